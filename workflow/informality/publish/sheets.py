"""Looking at everything at once, and the gallery of the README.

    python -m informality.publish.sheets contact figures/lao_lfs_demo/en processed/contact
    python -m informality.publish.sheets gallery figures figures/gallery

Contact sheets show all figures of a folder, some on a page, so that a person can look through them before they are used. The gallery
holds small copies of the figures that `workflow/report/gallery.yaml` names.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from informality.decisions import FOLDER, Decision, load
from informality.errors import UserError
from informality.files import write_bytes

if TYPE_CHECKING:
    from PIL.Image import Image

# Of a contact sheet: pictures beside each other, height of a page, width of a picture and room around it (pixels).
COLUMNS, PAGE, CELL, GAP = 3, 2400, 1000, 20
# Width of the pictures of the gallery, and their colours: text stays readable, and the repository small.
SMALL, COLOURS = 900, 64


class Gallery(Decision):
    """`gallery.yaml`: name of the small picture → figure below the folder of figures, without suffix."""

    pictures: dict[str, str]


def contact(folder: Path, out: Path) -> list[Path]:
    """Write ``<survey>-<language>-1.png`` … of all figures (PNG) in ``folder`` and those below it."""
    found = sorted(folder.rglob("F*.png"))
    if not found:
        raise UserError(
            f"there is no figure in '{folder}'",
            todo="run the pipeline first, or name a folder like figures/<survey>/<language>",
        )
    pages, names = [], "-".join(folder.parts[-2:])
    for place, page in enumerate(_pages([_scaled(path, CELL) for path in found]), start=1):
        path = out / f"{names}-{place}.png"
        write_bytes(path, _png(page))
        pages.append(path)
    return pages


def gallery(figures: Path, out: Path) -> list[Path]:
    """Write the small copies; UserError where a figure has not been made."""
    made = []
    for name, figure in load(Gallery, FOLDER / "report" / "gallery.yaml").pictures.items():
        path = figures / f"{figure}.png"
        if not path.is_file():
            raise UserError(
                f"the figure '{figure}' has not been made",
                where="workflow/report/gallery.yaml",
                todo="run its survey first",
            )
        small = _scaled(path, SMALL).quantize(COLOURS)
        made.append(out / f"{name}.png")
        write_bytes(made[-1], _png(small))
    return made


def _scaled(path: Path, width: int) -> Image:
    from PIL import Image as images

    with images.open(path) as picture:
        height = round(picture.height * width / picture.width)
        return picture.convert("RGB").resize((width, height), images.Resampling.LANCZOS)


def _pages(pictures: Sequence[Image]) -> list[Image]:
    """Pages of rows of pictures; a row is as high as its highest picture."""
    from PIL import Image as images

    pages: list[list[tuple[Image, int, int]]] = []
    heights: list[int] = []
    for at in range(0, len(pictures), COLUMNS):
        row = pictures[at : at + COLUMNS]
        height = max(picture.height for picture in row) + GAP
        if not pages or heights[-1] + height > PAGE:
            pages.append([])
            heights.append(GAP)
        pages[-1] += [(picture, GAP + i * (CELL + GAP), heights[-1]) for i, picture in enumerate(row)]
        heights[-1] += height
    made = []
    for placed, height in zip(pages, heights, strict=True):
        page = images.new("RGB", (GAP + COLUMNS * (CELL + GAP), height), "white")
        for picture, x, y in placed:
            page.paste(picture, (x, y))
        made.append(page)
    return made


def _png(picture: Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, format="png", optimize=True)
    return buffer.getvalue()


def main(argv: Sequence[str] | None = None) -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description="Contact sheets of figures, and the gallery of the README.")
    parser.add_argument("what", choices=["contact", "gallery"])
    parser.add_argument("folder", type=Path, help="where the figures are")
    parser.add_argument("out", type=Path, help="where to write")
    arguments = parser.parse_args(argv)
    try:
        made = {"contact": contact, "gallery": gallery}[arguments.what](arguments.folder, arguments.out)
    except UserError as error:
        sys.exit(str(error))
    print("\n".join(map(str, made)))


if __name__ == "__main__":
    main()
