"""Which names of a file's columns a message may show.

A file without a header gives the answers of its first person as names, and messages travel: to the screen, to logs, into a report of
a fault. So a name is shown only where it looks like one and enough of the columns that were asked for are there to show that the
file has names at all; else columns are counted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from informality.errors import UserError, nearest
from informality.survey.source import Metadata, printable, some

# As programs for statistics let columns be called; a long run of digits is a number of a telephone, a household, a card.
_LONGEST = 64
_BESIDES_LETTERS = "_.$#@"
_NUMBER = re.compile(r"\d{6}")
# Of those asked for, a quarter at least: the answers of a person are hardly called like a column, let alone like several.
_ENOUGH = 4


def looks_like_a_name(text: str) -> bool:
    """True where programs for statistics would let a column be called so."""
    # The vowels and tones of many scripts are marks, not letters.
    made_of = (c.isalnum() or c in _BESIDES_LETTERS or unicodedata.category(c)[0] == "M" for c in text)
    begins = text[:1].isalpha() or text[:1] == "_"
    return begins and len(text) <= _LONGEST and all(made_of) and not _NUMBER.search(text)


def has_names(asked: Iterable[str], columns: Iterable[str]) -> bool:
    """True where enough of the columns asked for are there, whatever their case, to say that ``columns`` are names."""
    wanted = {_bare(name) for name in asked}
    return _ENOUGH * len(wanted & {_bare(name) for name in columns}) >= max(len(wanted), 1)


def hints(absent: Sequence[str], asked: Iterable[str], metadata: Metadata) -> str:
    """What each of the ``absent`` columns may be called in the file, or that the file does not seem to have what was asked for."""
    if not _trusted(asked, metadata):
        near = {name: _likely(name, metadata.columns) for name in absent}
        told = [
            f"'{printable(name)}': {nearest(name, map(printable, likely))}" for name, likely in near.items() if likely
        ]
        return "; ".join([*told, unlike(metadata)])
    return "; ".join(f"'{printable(name)}': {hint(name, asked, metadata)}" for name in absent)


def hint(name: str, asked: Iterable[str], metadata: Metadata, others: Iterable[str] = ()) -> str:
    """What may be meant by ``name``, which the file does not have: one of its columns that may be shown, or one of the ``others``.

    ``asked``: all columns asked for; where hardly one is there, only a column that is spelt like ``name`` but for case, blanks,
    points and underscores can be meant.
    """
    columns = metadata.columns
    trusted = _trusted(asked, metadata)
    shown = [column for column in columns if looks_like_a_name(column)] if trusted else _likely(name, columns)
    none = f"none of the file's {len(columns):,} columns is called nearly so" if trusted else unlike(metadata)
    return nearest(name, map(printable, [*shown, *others]), otherwise=none)


def unlike(metadata: Metadata) -> str:
    """That hardly one of the columns asked for is in the file; what its columns are called is not said."""
    header = ", and does its first line hold the names of the columns" if metadata.format == "csv" else ""
    return (
        f"hardly one of the columns asked for is among the file's {len(metadata.columns):,}, whose names are therefore not shown: "
        f"is this the survey's file{header}?"
    )


def _trusted(asked: Iterable[str], metadata: Metadata) -> bool:
    # The names of a fixed-width file come from its layout, which holds no person.
    return metadata.format == "fwf" or has_names(asked, metadata.columns)


def _likely(name: str, columns: Iterable[str]) -> list[str]:
    return [column for column in columns if _bare(column) == _bare(name)]


def refuse_same_names(names: Sequence[str], where: str) -> None:
    """UserError where two columns of a file have the same name, with the places of the columns: answers of a person are often the same."""
    places: dict[str, list[int]] = {}
    for place, name in enumerate(names, start=1):
        places.setdefault(name, []).append(place)
    twice = [found for found in places.values() if len(found) > 1]
    if twice:
        raise UserError(
            f"columns with the same name: {some(' and '.join(map(str, found)) for found in twice)}, counted from the left",
            where=where,
            todo="give each column a name of its own in the file; if its first line holds a person, put the names above it",
        )


def _bare(name: str) -> str:
    return re.sub(r"[\W_]", "", name).casefold()
