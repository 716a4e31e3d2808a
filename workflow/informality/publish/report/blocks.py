"""The report as a neutral document: what is said, in order; `pages` and `word` say how it looks.

All texts are final and of one language; a writer formats and never words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Heading:
    """``level``: 1 a chapter, 2 a section, 3 a part of one."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """``style``: body, note (small) or mark (a warning that stands out)."""

    text: str
    style: str = "body"


@dataclass(frozen=True)
class Bullets:
    """A list without numbers."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Told:
    """A finding: its sentence, the estimates on which it rests, its marks, and where to look."""

    sentence: str
    evidence: tuple[str, ...]
    marks: tuple[str, ...]
    see: str


@dataclass(frozen=True)
class Picture:
    """A figure by the stem of its files."""

    item: str
    stem: str
    caption: str
    alt: str


@dataclass(frozen=True)
class Grid:
    """Cells as text. ``right``: which columns hold numbers; ``widths``: of the columns, in shares of the whole width; ``small``: set in
    small letters.
    """

    heading: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[bool, ...]
    widths: tuple[float, ...]
    small: bool = False


@dataclass(frozen=True)
class PrintedTable:
    """A table with its caption above, and its marks, note and source below; ``grids``: one, or more below each other."""

    item: str
    caption: str
    subtitle: str
    marks: tuple[str, ...]
    grids: tuple[Grid, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Definitions:
    """Terms and what they mean; ``title``: of what they are told, where that needs saying."""

    pairs: tuple[tuple[str, str], ...]
    title: str = ""


Block = Heading | Paragraph | Bullets | Told | Picture | PrintedTable | Definitions


@dataclass(frozen=True)
class Document:
    """The whole report. ``marks``: each with what it means; ``words``: those that a writer itself needs (Figure, Table, Contents …).

    ``some_marks``: sentences on marks that some items carry and not the whole; ``language``: as a language tag (en-GB, lo-LA);
    ``front``: lines of the title page below the title; ``second``: what stands on the page after it, before the contents.
    """

    lang: str
    language: str
    title: str
    subtitle: str
    front: tuple[str, ...]
    second: tuple[Block, ...]
    marks: tuple[tuple[str, str], ...]
    some_marks: tuple[str, ...]
    disclaimer: str
    blocks: tuple[Block, ...]
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """All figures, in order."""
        return tuple(block for block in self.blocks if isinstance(block, Picture))
