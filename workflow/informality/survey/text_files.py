"""The encoding of a text file, and one pass over it that finds what cannot be decoded before anything is read."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from informality.errors import UserError
from informality.survey.source import DataFile, codec

_BLOCK = 4 * 1024**2
# UTF-32's mark begins with that of UTF-16, so it comes first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Scan:
    """What one pass over a text file found: its encoding, its line ends and its double quotation marks."""

    encoding: str
    line_ends: int
    quotes: int
    ends_in_line_end: bool


def encoding_of(file: DataFile) -> str:
    """The mark at the file's start, else the declared encoding, else UTF-8; UserError where mark and declaration differ."""
    with file.path.open("rb") as stream:
        start = stream.read(4)
    marked = next((name for mark, name in _MARKS if start.startswith(mark)), None)
    declared = codec(file.spec.encoding, file.where) if file.spec.encoding is not None else None
    if marked is None:
        return declared or "utf-8"
    if declared is not None and not declared.startswith(marked[:6].rstrip("-")):
        raise UserError(
            f"the file begins with the mark of {marked.removesuffix('-sig')}, but the description says 'encoding: {declared}'",
            where=file.where,
            todo="take 'encoding:' out of the description: the mark tells it",
        )
    return marked


def scan(file: DataFile) -> Scan:
    """Decode the whole file once; UserError with the line where it cannot be decoded."""
    encoding = encoding_of(file)
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = quotes = 0
    last = ""
    with file.path.open("rb") as stream:
        while True:
            block = stream.read(_BLOCK)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeError as error:
                raise _undecodable(file, encoding, lines + _lines_before(error)) from None
            lines += text.count("\n")
            quotes += text.count('"')
            last = text[-1:] or last
            if not block:
                return Scan(encoding, lines, quotes, ends_in_line_end=last == "\n")


def _lines_before(error: UnicodeError) -> int:
    if not isinstance(error, UnicodeDecodeError):
        return 0
    return error.object[: error.start].decode(error.encoding, errors="replace").count("\n")


def _undecodable(file: DataFile, encoding: str, lines: int) -> UserError:
    declared = file.spec.encoding is not None
    what = f"line {lines + 1:,} cannot be read as {encoding}"
    todo = (
        "correct 'encoding:' in the survey's description, or fetch a fresh copy of the file"
        if declared
        else "declare the file's 'encoding:' in the survey's description: cp1252 (Western Windows), iso8859-1, cp874 (Thai) …"
    )
    return UserError(what, where=file.where, todo=todo)
