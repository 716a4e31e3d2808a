from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pypdf
import pypdfium2
import pytest
from PIL import Image
from unit.publish.conftest import REPORT

from informality.publish import style
from informality.publish.figure_pdf import figure_pdf
from informality.publish.figure_svg import figure_svg

FONTS = REPORT / "fonts"
# Each of them came out wrong in some renderer; the first two alone would hide two of the three faults found.
TRAPS = [
    "ການຈ້າງງານນອກລະບົບ",
    "ປະກັນສັງຄົມ",
    "ນ້ຳ ທີ່ ນີ້ ຄັ້ງ ໝໍ້ ຫຼື",
    "ຜູ້ຢູ່ຊົນນະບົດ",
    "ກຳມະກອນ, ໜ້າທີ່, ເງິນ ₭",
    "ທີ່ (ກ)",
]
EVIL = "#evil *bold* <script>alert(1)</script> =cmd $x$ \\ @a"


def pictures(*lines: str, dpi: int = 100, kind: str = "svg") -> tuple[bytes, bytes]:
    """PNG, and SVG (or Matplotlib's own PDF), of some lines of text with little room around them."""
    with style.drawing(FONTS):
        import matplotlib as mpl
        from matplotlib import patheffects
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        # As outlines, letters are not moved to the pixels of a screen, which a page does not have.
        outlines = [patheffects.Normal()] if kind == "svg" else []
        with mpl.rc_context({"path.effects": outlines}):
            figure = Figure(figsize=(2.8, 0.36 * len(lines)), facecolor="white")
            FigureCanvasAgg(figure)
            for i, line in enumerate(reversed(lines)):
                figure.text(0.03, (i + 0.33) / len(lines), line, fontsize=16)
            png, other = io.BytesIO(), io.BytesIO()
            figure.savefig(png, format="png", dpi=dpi)
            if kind == "svg":
                other.write(figure_svg(figure, "A title", dpi))
            else:
                figure.savefig(other, format=kind)
    return png.getvalue(), other.getvalue()


def page(pdf: bytes, dpi: int = 100) -> np.ndarray:
    # A hair smaller, or a page of 280.0001 pixels is drawn 281 wide, and everything in it.
    document = pypdfium2.PdfDocument(pdf)
    return np.asarray(document[0].render(scale=(dpi - 0.01) / 72).to_pil().convert("L"), dtype=int)


def differing(png: bytes, pdf: bytes) -> float:
    """Share of pixels of a PDF's page that differ by more than 96 grey levels from the picture."""
    one, other = np.asarray(Image.open(io.BytesIO(png)).convert("L"), dtype=int), page(pdf)
    assert one.shape == other.shape
    return float((np.abs(one - other) > 96).mean())


def pdf_of(svg: bytes, **words: str) -> bytes:
    return figure_pdf(svg, **{"title": "A title", "alt": "A chart", "lang": "lo", "fonts": FONTS, **words})  # type: ignore[arg-type]


@pytest.mark.parametrize("line", TRAPS)
def test_lao_looks_the_same_as_in_the_picture(line: str) -> None:
    png, svg = pictures(line)
    assert differing(png, pdf_of(svg)) < 0.002


def test_the_comparison_sees_what_matplotlib_makes_of_a_page_by_itself() -> None:
    """Should this fail, Matplotlib's own PDF has become right, and could be used."""
    line = "ກຳມະກອນ, ໜ້າທີ່, ເງິນ ₭"
    png, _ = pictures(line)
    _, page_of_matplotlib = pictures(line, kind="pdf")
    assert differing(png, page_of_matplotlib) > 0.002


def test_the_page_has_the_size_of_the_picture_and_is_tagged() -> None:
    _, svg = pictures(*TRAPS)
    reader = pypdf.PdfReader(io.BytesIO(pdf_of(svg, title=EVIL, alt=EVIL)))
    assert len(reader.pages) == 1
    box = reader.pages[0].mediabox
    assert (float(box.width), float(box.height)) == pytest.approx((2.8 * 72, 0.36 * len(TRAPS) * 72), abs=0.1)
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "lo"
    assert reader.metadata is not None
    assert reader.metadata.title == EVIL
    assert reader.metadata.creation_date is None
    assert "/Font" not in reader.pages[0]["/Resources"], "text is outlined"


def alternatives(reader: pypdf.PdfReader) -> list[str]:
    found = []

    def look(node: object) -> None:
        node = node.get_object() if isinstance(node, pypdf.generic.IndirectObject) else node
        if isinstance(node, list):
            for kid in node:
                look(kid)
        elif isinstance(node, dict):
            if "/Alt" in node:
                found.append(str(node["/Alt"]))
            look(node.get("/K", []))

    look(reader.trailer["/Root"]["/StructTreeRoot"])
    return found


def test_the_alternative_text_is_there_as_it_was_written() -> None:
    _, svg = pictures("a", "b")
    assert alternatives(pypdf.PdfReader(io.BytesIO(pdf_of(svg, alt=EVIL)))) == [EVIL]


def test_the_same_picture_gives_the_same_bytes() -> None:
    _, svg = pictures(*TRAPS)
    assert pdf_of(svg) == pdf_of(svg)


def test_no_path_of_the_machine_is_in_the_file() -> None:
    _, svg = pictures("a", "b")
    assert str(Path.cwd()).encode() not in pdf_of(svg)
