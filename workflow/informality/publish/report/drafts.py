"""`report.pdf` and `report.docx` on the shelf of an edition: made where something of them has changed, else kept."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from informality.publish.files import Shelf, files_digest
from informality.publish.report.blocks import Document

PDF, DOCX = "report.pdf", "report.docx"
HOUSE_TEMPLATE = "template.docx"


def put_drafts(shelf: Shelf, report: Document, folder: Path, code: str) -> None:
    """Write both files; the pictures of their figures lie on the shelf already.

    ``folder``: the report folder with fonts, `report.typ` and perhaps a house template; ``code``: digest of the rest of the program.
    """
    words = json.dumps(
        [asdict(report), [type(block).__name__ for block in (*report.second, *report.blocks)]], sort_keys=True
    )
    stems = [picture.stem for picture in report.pictures]
    for name, suffix, library, look in (
        (PDF, "svg", "typst", "report.typ"),
        (DOCX, "png", "python-docx", HOUSE_TEMPLATE),
    ):
        pictures = {stem: shelf.out / f"{stem}.{suffix}" for stem in stems}
        sources = [*Path(__file__).parent.glob("*.py"), *(path for path in (folder / look,) if path.is_file())]
        parts = [words, files_digest(pictures.values()), files_digest(sources), f"{library} {version(library)}", code]
        digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
        if not shelf.keeps(name, digest, [name]):
            shelf.put(name, digest, {name: _made(name, report, pictures, folder)})


def _made(name: str, report: Document, pictures: dict[str, Path], folder: Path) -> bytes:
    contents = {stem: path.read_bytes() for stem, path in pictures.items()}
    if name == PDF:
        from informality.publish.report.pages import pdf

        return pdf(report, contents, folder)
    from informality.publish.report.word import docx

    template = folder / HOUSE_TEMPLATE
    return docx(report, contents, template if template.is_file() else None)
