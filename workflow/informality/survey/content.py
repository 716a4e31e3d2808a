"""What a file is, told from its first bytes: a name can lie, and a login page is often saved as data."""

from __future__ import annotations

from pathlib import Path

from informality.errors import UserError

_HEAD = 4096
_TEXT_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_EXPORT = "save it as .sav, .dta, .csv or .parquet with the program that made it"
_FRESH = "fetch the data file itself again"
# First bytes, what they are, what to do.
_FOREIGN: tuple[tuple[bytes, str, str], ...] = (
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file", _EXPORT),
    (b"%PDF", "a PDF document", _FRESH),
    (b"\x1f\x8b", "compressed by gzip (.gz, or an R file)", "unpack it, or save R data as .dta or .csv"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it, or pack it again as .zip"),
    (b"Rar!", "a RAR archive", "unpack it, or pack it again as .zip"),
    (b"BZh", "compressed by bzip2", "unpack it"),
    (b"\xfd7zXZ", "compressed by xz", "unpack it"),
    (b"\x00" * 12 + b"\xc2\xea\x81\x60", "a SAS data set", _EXPORT),
    (b"HEADER RECORD*******", "a SAS transport file", _EXPORT),
    (b"ARROW1", "an Arrow or Feather file", "save it as .parquet"),
    (
        b"version https://git-lfs",
        "a pointer left by Git LFS, not the data",
        "run 'git lfs pull', or fetch the file itself",
    ),
)
NAMES = {
    "sav": "an SPSS file (.sav, .zsav)",
    "dta": "a Stata file (.dta)",
    "parquet": "a Parquet file",
    "zip": "a zip archive",
    "text": "text",
    "csv": "delimited text",
    "fwf": "fixed-width text",
}


def kind(path: Path, *, where: str, encoding: str | None = None) -> str:
    """``sav``, ``dta``, ``parquet``, ``zip`` or ``text``; UserError for anything else, an empty file or a folder.

    ``encoding``: the declared one; UTF-16 without its mark looks like binary data unless it is declared.
    """
    head = _head(path, where)
    if head[:4] in (b"$FL2", b"$FL3"):
        return "sav"
    if head.startswith(b"<stata_dta>") or _is_old_stata(head):
        return "dta"
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    for magic, what, todo in _FOREIGN:
        if head.startswith(magic):
            raise UserError(f"this is {what}", where=where, todo=todo)
    _refuse_pages(head, where)
    wide = (encoding or "").lower().replace("_", "-").startswith(("utf-16", "utf-32"))
    if b"\0" in head and not head.startswith(_TEXT_MARKS) and not wide:
        raise UserError(
            "this is neither an SPSS, Stata or Parquet file, nor a zip archive, nor text",
            where=where,
            todo=f"{_EXPORT}; if it is text in UTF-16 without a mark, declare 'encoding: utf-16-le'",
        )
    return "text"


def data_format(path: Path, *, declared: str | None, has_layout: bool, where: str, encoding: str | None = None) -> str:
    """The format to read: sav, dta, csv, parquet or fwf; UserError where the declared one and the content disagree.

    Text is fixed width if a layout is given, else delimited, unless the description says which.
    """
    found = kind(path, where=where, encoding=encoding)
    if found == "zip":
        todo = "unpack the outer one, or pack the data file alone"
        raise UserError("this is a zip archive inside a zip archive", where=where, todo=todo)
    if found == "text" and declared in ("csv", "fwf", None):
        return declared or ("fwf" if has_layout else "csv")
    if declared not in (None, found):
        raise UserError(
            f"the file is {NAMES[found]}, but the description says 'format: {declared}'",
            where=where,
            todo="take 'format:' out of the description to read the file as what it is, or put the right file there",
        )
    return found


def _head(path: Path, where: str) -> bytes:
    if path.is_dir():
        raise UserError("this is a folder, not a file", where=where, todo="name the data file in it")
    if not path.is_file():
        what = "this is not a regular file" if path.exists() else "there is no such file"
        raise UserError(what, where=where, todo="put the survey's file there")
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError as error:
        raise UserError(
            f"the file cannot be opened: {error.strerror}", where=where, todo="check who may read it"
        ) from error
    if not head:
        raise UserError("the file is empty (0 bytes)", where=where, todo=_FRESH)
    return head


def _is_old_stata(head: bytes) -> bool:
    # Releases before 117: the format number, the byte order (1 or 2), the file type (1).
    return len(head) > 3 and 102 <= head[0] <= 115 and head[1] in (1, 2) and head[2] == 1


def _refuse_pages(head: bytes, where: str) -> None:
    start = head.removeprefix(_TEXT_MARKS[0]).lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head")):
        raise UserError(
            "this is a web page, not data: often a login or error page saved under the file's name",
            where=where,
            todo=_FRESH,
        )
    if b"annex/objects/" in head and len(head) < 1000:
        raise UserError("this is a pointer left by git-annex, not the data", where=where, todo="run 'git annex get'")
    if b"ASCII SPSS PORT FILE" in head[:500]:
        raise UserError("this is an SPSS portable file", where=where, todo=_EXPORT)
