"""Lines of text as glyphs: how wide a line is, and which outline stands where, by HarfBuzz.

Matplotlib sets text with HarfBuzz too, but a line takes it about a millisecond each time that it is measured or drawn, and a report has
thousands. Here a line is shaped once, for every size: without hinting, widths grow with the size. Lengths are in thousandths of an em.
"""

from __future__ import annotations

import unicodedata
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from informality.publish.style import FAMILY

if TYPE_CHECKING:
    import uharfbuzz as hb

EM: Final = 1000.0
# Of texts in general; else HarfBuzz asks the machine for its language.
_LANGUAGE = "en"


@dataclass(frozen=True, eq=False)
class Face:
    """A font file: its PostScript name, characters, and units per thousandth of an em."""

    name: str
    font: hb.Font
    characters: frozenset[int]
    unit: float


@dataclass(frozen=True)
class Glyph:
    """One glyph of a line, at the place of its origin."""

    face: str
    code: int
    x: float
    y: float


@dataclass(frozen=True)
class Line:
    """A shaped line: ``width`` is its advance, ``low`` and ``high`` the lowest and highest point of its outlines."""

    glyphs: tuple[Glyph, ...]
    width: float
    low: float
    high: float


@lru_cache(maxsize=2)
def _faces(bold: bool) -> tuple[Face, ...]:
    """The fonts of the house style in their order; they must be known to Matplotlib (`style.drawing`)."""
    import uharfbuzz as hb
    from matplotlib.font_manager import FontProperties, findfont, get_font

    faces = []
    for family in FAMILY:
        wanted = FontProperties(family=family, weight="bold" if bold else "normal")
        path = findfont(wanted, fallback_to_default=False)
        face = hb.Face(hb.Blob.from_file_path(path))
        faces.append(Face(get_font(path).postscript_name, hb.Font(face), frozenset(face.unicodes), face.upem / EM))
    return tuple(faces)


@lru_cache(maxsize=20_000)
def shaped(text: str, bold: bool) -> Line:
    """One line of text in the fonts of the house style. A character that none of them has is shown as a box, with a warning."""
    import uharfbuzz as hb

    glyphs, at, low, high = [], 0.0, 0.0, 0.0
    for face, part in _runs(text, bold):
        buffer = hb.Buffer()
        buffer.add_str(part)
        buffer.language = _LANGUAGE
        buffer.guess_segment_properties()
        hb.shape(face.font, buffer)
        for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            glyph = Glyph(face.name, info.codepoint, at + place.x_offset / face.unit, place.y_offset / face.unit)
            bottom, top = _extent(face, info.codepoint)
            if top > bottom:
                glyphs.append(glyph)
                low, high = min(low, glyph.y + bottom), max(high, glyph.y + top)
            at += place.x_advance / face.unit
    return Line(tuple(glyphs), at, low, high)


def heights(bold: bool) -> tuple[float, float]:
    """Ascent and descent of the house font, both positive."""
    extents = _faces(bold)[0].font.get_font_extents("ltr")
    unit = _faces(bold)[0].unit
    return extents.ascender / unit, -extents.descender / unit


@lru_cache(maxsize=2_000)
def outline(face_name: str, code: int) -> str:
    """Outline of a glyph as data of an SVG path, upwards, in thousandths of an em."""
    from fontTools.pens.svgPathPen import SVGPathPen
    from fontTools.pens.transformPen import TransformPen

    face = next(face for bold in (False, True) for face in _faces(bold) if face.name == face_name)
    pen = SVGPathPen(None, ntos=lambda value: f"{round(value, 2):g}")
    face.font.draw_glyph_with_pen(code, TransformPen(pen, (1 / face.unit, 0, 0, 1 / face.unit, 0, 0)))
    return str(pen.getCommands())


def is_right_to_left(text: str) -> bool:
    """Whether parts of a line are written from right to left, so that their order is more than a matter of shaping."""
    return not text.isascii() and any(unicodedata.bidirectional(c) in ("R", "AL", "AN") for c in text)


def _runs(text: str, bold: bool) -> Iterator[tuple[Face, str]]:
    """Parts of a line that are in one font and one script; what belongs to no script (digits, signs) stays with what is before."""
    faces = _faces(bold)
    part, face, script = "", faces[0], None
    for character in text:
        own = _script(character)
        fitting = face if part and _stays(character, face) else _face_of(character, faces)
        if part and (fitting is not face or (own and script and own != script)):
            yield face, part
            part, script = "", None
        part, face, script = part + character, fitting, script or own
    if part:
        yield face, part


def _stays(character: str, face: Face) -> bool:
    """Whether a mark can stay in the font of its letter."""
    return unicodedata.category(character) in ("Mn", "Mc") and ord(character) in face.characters


def _face_of(character: str, faces: tuple[Face, ...]) -> Face:
    for face in faces:
        if ord(character) in face.characters:
            return face
    if character.isprintable():
        warnings.warn(f"The fonts have no character U+{ord(character):04X}; it is shown as a box", stacklevel=2)
    return faces[0]


@lru_cache(maxsize=5_000)
def _script(character: str) -> str | None:
    import uharfbuzz as hb

    buffer = hb.Buffer()
    buffer.add_str(character)
    buffer.language = _LANGUAGE
    buffer.guess_segment_properties()
    return buffer.script if unicodedata.category(character) not in ("Mn", "Mc") else None


@lru_cache(maxsize=2_000)
def _extent(face: Face, code: int) -> tuple[float, float]:
    extent = face.font.get_glyph_extents(code)
    if extent is None:
        return 0.0, 0.0
    return (extent.y_bearing + extent.height) / face.unit, extent.y_bearing / face.unit
