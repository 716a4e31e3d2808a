"""What a description says of a survey's file, what the file says of itself, and the words for a file that cannot be read."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from informality.errors import UserError
from informality.survey.content import NAMES

# Lines and rows named in one message; the rest is counted.
SHOWN = 5


@dataclass(frozen=True)
class SourceSpec:
    """How a survey's file is to be read.

    ``name``: the file's name, for messages. ``format``: sav, dta, csv, parquet or fwf; None: found from the content.
    ``member``: pattern (`*`, `?`, any case) of the data file's base name in a zip. ``delimiter``, ``decimal`` and ``missing``
    (texts that mean "no value", besides the empty one) and ``thousands`` (the sign between groups of three digits) are for text files; ``encoding`` is for text files, and for SPSS and
    Stata files that name a wrong one or none. ``layout``: name of a layout file beside a fixed-width file. ``column_case``:
    ``ignore`` where names differ in case between waves.
    """

    name: str
    format: str | None = None
    member: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    decimal: str = "."
    thousands: str | None = None
    layout: str | None = None
    column_case: Literal["exact", "ignore"] = "exact"
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Metadata:
    """What a file says of itself, without a value of a person.

    ``rows`` is None where only reading the whole file would tell (csv). Labels are stripped and in Unicode's composed form.
    ``value_labels``: column to value to label; values are floats, or texts for text columns and for Stata's missing letters
    (``a`` stands for ``.a``). ``user_missing``: column to SPSS ranges ``{"lo": …, "hi": …}``. ``notes``: oddities for the
    quality report. ``single``: columns of 32-bit floats, which hold whole numbers to 2^24 only.
    """

    format: str
    columns: tuple[str, ...]
    rows: int | None
    column_labels: dict[str, str] = field(default_factory=dict)
    value_labels: dict[str, dict[float | str, str]] = field(default_factory=dict)
    user_missing: dict[str, list] = field(default_factory=dict)
    file_label: str = ""
    encoding: str | None = None
    notes: tuple[str, ...] = ()
    single: tuple[str, ...] = ()


@dataclass(frozen=True)
class DataFile:
    """A file ready to be read: ``path`` holds the data; ``origin`` is the file that the user knows (the zip, say)."""

    path: Path
    spec: SourceSpec
    origin: Path
    member: str = ""
    layout: Path | None = None

    @property
    def where(self) -> str:
        """The file as the user knows it, for messages."""
        return f"{self.origin}, member '{self.member}'" if self.member else str(self.origin)


def damaged(origin: Path, where: str, kind: str, detail: str = "") -> UserError:
    """The error for a file that breaks off or cannot be decoded, the same for every ``kind`` of `content.NAMES`, with what is needed
    to compare the file with a good copy.

    ``detail``: what is known of the fault, in our own words; those of a reader may quote what stands in the file.
    """
    with origin.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    because = f" ({detail})" if detail else ""
    return UserError(
        f"the file is incomplete or damaged{because}",
        where=f"{where}: {NAMES[kind]}, {origin.stat().st_size:,} bytes, sha256 {digest[:12]}…",
        todo="fetch a fresh copy and compare its size and digest with those that the producer or raw/README.md gives; "
        "if they are the same, open it with the program that made it and save it again",
    )


def codec(encoding: str, where: str) -> str:
    """The standard name of a declared encoding; UserError where there is no such encoding of text."""
    try:
        found = codecs.lookup(encoding)
        "a".encode(found.name)
    except (LookupError, ValueError) as error:
        raise UserError(
            f"'{printable(encoding)}' is not an encoding",
            where=f"{where}, encoding",
            todo="common ones are utf-8, cp1252 (Western Windows), iso8859-1, utf-16, cp874 (Thai)",
        ) from error
    return found.name


def printable(text: str) -> str:
    """A name from a file, safe to print: control characters replaced, at most 120 characters."""
    shown = "".join(c if c.isprintable() else "?" for c in text)
    return shown if len(shown) <= 120 else shown[:119] + "…"


def count(number: int, thing: str) -> str:
    """``1 line``, ``1,204 lines``."""
    return f"{number:,} {thing}" + ("" if number == 1 else "s")


def some(items: Iterable[object]) -> str:
    """The first few items, and how many there are besides."""
    texts = [printable(str(item)) for item in items]
    more = len(texts) - SHOWN
    return ", ".join(texts[:SHOWN]) + (f" and {more:,} more" if more > 0 else "")
