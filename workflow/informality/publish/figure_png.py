"""One figure as PNG of 300 dots per inch, rasterised by Typst from the outlined SVG: cheaper than to draw it anew."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from informality.publish.figure_pdf import compiler

DPI = 300
_SOURCE = b"""
#set page(width: auto, height: auto, margin: 0pt, fill: white)
#image(bytes(sys.inputs.svg), format: "svg")
"""
# After signature and header of a PNG.
_BEGIN = 8 + 25


def figure_png(svg: bytes, *, title: str, fonts: Path) -> bytes:
    """The picture with its title and its resolution, so that a text processor sets it in its own size; same input, same bytes."""
    made = compiler(fonts).compile(_SOURCE, format="png", ppi=float(DPI), sys_inputs={"svg": svg.decode("utf-8")})
    assert isinstance(made, bytes)
    per_metre = round(DPI / 0.0254)
    resolution = _chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1))
    # A text in UTF-8: keyword, not compressed, no language, no translated keyword (PNG 11.3.3.4).
    named = _chunk(b"iTXt", b"Title\0\0\0\0\0" + title.encode())
    return made[:_BEGIN] + resolution + named + made[_BEGIN:]


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
