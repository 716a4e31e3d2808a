"""One figure as a page of PDF/UA-1: the outlined SVG, placed by Typst, with title, language and alternative text.

Matplotlib's own PDF sets some Lao marks wrongly; the outlines of its SVG are right. Typst reads nothing but what is handed over:
texts come as data and are never part of the source, so that no label can be read as a command.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import typst

STANDARD: Final = "ua-1"
# A page as large as the picture. Without a date, so that the same figure gives the same bytes.
_SOURCE = b"""
#let page-of = json(bytes(sys.inputs.words))
#set document(title: page-of.title, date: none)
#set text(lang: page-of.lang, font: "Noto Sans Lao")
#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", alt: page-of.alt)
"""


def figure_pdf(svg: bytes, *, title: str, alt: str, lang: str, fonts: Path) -> bytes:
    """The picture as one page of its own size, vector, tagged; ``fonts``: the folder of the repository's fonts.

    Takes 0.02 to 0.15 s, by the number of paths. An empty ``alt`` or ``title`` is refused by PDF/UA: TypstError.
    """
    words = json.dumps({"title": title, "alt": alt, "lang": lang})
    inputs = {"words": words, "svg": svg.decode("utf-8")}
    made = compiler(fonts).compile(_SOURCE, format="pdf", pdf_standards=[STANDARD], sys_inputs=inputs)
    assert isinstance(made, bytes)
    return made


@lru_cache(maxsize=2)
def compiler(fonts: Path) -> typst.Compiler:
    """A Typst compiler that knows the fonts of the folder and no others; it can be used again and again."""
    import typst

    known = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fonts)])
    return typst.Compiler(font_paths=known, ignore_system_fonts=True)
