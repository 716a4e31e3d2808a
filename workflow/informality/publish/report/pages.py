"""The report as PDF/UA-1 by Typst, with `workflow/report/report.typ` as its look; figures as outlined SVG, vector and smaller than pictures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from informality.publish.figure_pdf import STANDARD, compiler
from informality.publish.report.blocks import Block, Document

TEMPLATE = "report.typ"


def pdf(report: Document, svgs: Mapping[str, bytes], folder: Path) -> bytes:
    """The pages. ``svgs``: stem of a figure → its SVG; ``folder``: the report folder with template and fonts. The same input gives the
    same bytes.
    """
    content = {**asdict(report), "blocks": [_named(block) for block in report.blocks]}
    inputs = {"document": json.dumps(content, ensure_ascii=False)}
    inputs |= {f"svg:{picture.stem}": svgs[picture.stem].decode("utf-8") for picture in report.pictures}
    source = (folder / TEMPLATE).read_bytes()
    made = compiler(folder / "fonts").compile(source, format="pdf", pdf_standards=[STANDARD], sys_inputs=inputs)
    assert isinstance(made, bytes)
    return made


def _named(block: Block) -> dict[str, object]:
    return {"kind": type(block).__name__, **asdict(block)}
