"""The report as PDF/UA-1 by Typst, with `workflow/report/report.typ` as its look; figures as outlined SVG, vector and smaller than pictures."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from informality.publish.figure_pdf import STANDARD, compiler
from informality.publish.report.blocks import Block, Document, Picture

TEMPLATE = "report.typ"
# Room for a figure on a page, in mm: the width of the text, and the height that leaves place for its caption.
WIDEST, HIGHEST = 170.0, 228.0
_SIZE = re.compile(r'<svg [^>]*?width="([\d.]+)pt" height="([\d.]+)pt"')


def pdf(report: Document, svgs: Mapping[str, bytes], folder: Path) -> bytes:
    """The pages. ``svgs``: stem of a figure → its SVG; ``folder``: the report folder with template and fonts. The same input gives the
    same bytes.
    """
    blocks = {name: [_named(block, svgs) for block in getattr(report, name)] for name in ("second", "blocks")}
    content = {**asdict(report), **blocks}
    inputs = {"document": json.dumps(content, ensure_ascii=False)}
    inputs |= {f"svg:{picture.stem}": svgs[picture.stem].decode("utf-8") for picture in report.pictures}
    source = (folder / TEMPLATE).read_bytes()
    made = compiler(folder / "fonts").compile(source, format="pdf", pdf_standards=[STANDARD], sys_inputs=inputs)
    assert isinstance(made, bytes)
    return made


def _named(block: Block, svgs: Mapping[str, bytes]) -> dict[str, object]:
    named = {"kind": type(block).__name__, **asdict(block)}
    return {**named, "width": _width(svgs[block.stem])} if isinstance(block, Picture) else named


def _width(svg: bytes) -> float:
    """Width in mm at which a figure is shown: that of the text, or less where the figure would be higher than the page."""
    size = _SIZE.search(svg[:2000].decode("utf-8", "replace"))
    return min(WIDEST, HIGHEST * float(size[1]) / float(size[2])) if size else WIDEST
