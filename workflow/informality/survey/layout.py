"""Layouts of fixed-width files: SAS input statements, as IBGE ships them, and plain tables."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from informality.errors import UserError, nearest
from informality.survey import content
from informality.survey.source import count, printable, some

# @0050 V1028 15.  /* label */   and   @0005 UF $2.   and   @10 WAGE 8.2
_SAS_FIELD = re.compile(
    r"^@\s*(?P<start>\d+)\s+(?P<name>[^\W\d]\w*)\s+(?P<text>\$(?:char)?)?\s*(?P<width>\d+)\.(?P<decimals>\d*)"
    r"\s*(?:/\*\s*(?P<label>.*?)\s*\.?\s*(?:\*/)?)?\s*;?\s*$",
    re.IGNORECASE,
)
_TABLE_COLUMNS = ("name", "start", "width", "type")
_TABLE_MORE = ("label", "decimals")


@dataclass(frozen=True)
class Field:
    """One field: ``start`` counts characters from 1; ``decimals`` are implied where the data show no point (SAS ``w.d``)."""

    name: str
    start: int
    width: int
    text: bool
    decimals: int = 0
    label: str = ""

    @property
    def end(self) -> int:
        """The place of its last character, from 1."""
        return self.start + self.width - 1


def read_layout(path: Path) -> tuple[Field, ...]:
    """The fields of a layout file, in its order; UserError with the line of what cannot be understood.

    Two forms: lines such as ``@0005 UF $2. /* label */`` (start, name, ``$`` for text, width; all other lines are ignored), or
    a csv table with the columns name, start, width, type (``text`` or ``number``) and, if wanted, label and decimals (of numbers
    written without their point). Any other column is refused: what it was meant to say would be left undone.
    """
    if content.kind(path, where=str(path)) != "text":
        raise UserError("the layout must be a text file", where=str(path), todo="save it as text or .csv")
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Names and places are plain letters and digits: only labels can suffer from a wrong guess.
        text = data.decode("latin-1")
    lines = text.splitlines()
    is_sas = any(re.match(r"\s*@\s*\d", line) for line in lines)
    fields = _sas_fields(lines, path) if is_sas else _table_fields(lines, path)
    _check(fields, path)
    return fields


def _sas_fields(lines: list[str], path: Path) -> tuple[Field, ...]:
    fields = []
    for number, line in enumerate(lines, start=1):
        stripped = line.strip()
        if not stripped.startswith("@"):
            continue
        found = _SAS_FIELD.match(stripped)
        if found is None:
            raise UserError(
                "a line of the layout is not understood",
                where=f"{path}, line {number}",
                todo="write it as: @START NAME $WIDTH. for text, @START NAME WIDTH. for a number",
            )
        fields.append(
            Field(
                name=found["name"],
                start=int(found["start"]),
                width=int(found["width"]),
                text=bool(found["text"]),
                decimals=0 if found["text"] else int(found["decimals"] or 0),
                label=found["label"] or "",
            )
        )
    return tuple(fields)


def _table_fields(lines: list[str], path: Path) -> tuple[Field, ...]:
    rows = csv.DictReader(lines)
    header = [name.strip().lower() for name in rows.fieldnames or []]
    rows.fieldnames = header
    absent = [name for name in _TABLE_COLUMNS if name not in header]
    if absent:
        raise UserError(
            f"the layout has neither lines such as '@0005 UF $2.' nor the columns {', '.join(_TABLE_COLUMNS)} "
            f"(absent: {', '.join(absent)})",
            where=str(path),
            todo="write one line per field: name,start,width,type with type text or number; start counts from 1",
        )
    unknown = [name for name in header if name not in (*_TABLE_COLUMNS, *_TABLE_MORE)]
    if unknown:
        raise UserError(
            f"{count(len(unknown), 'column')} of the layout that nobody knows: {some(name or '(no name)' for name in unknown)}",
            where=str(path),
            todo=f"{nearest(unknown[0], (*_TABLE_COLUMNS, *_TABLE_MORE))}; take other columns out",
        )
    return tuple(_table_field(row, f"{path}, line {rows.line_num}") for row in rows)


def _table_field(row: dict[str, str | None], where: str) -> Field:
    name, start, width, kind, label, decimals = (
        (row.get(key) or "").strip() for key in (*_TABLE_COLUMNS, *_TABLE_MORE)
    )
    if kind not in ("text", "number"):
        raise UserError(f"the type '{printable(kind)}' is unknown", where=where, todo=nearest(kind, ("text", "number")))
    if not name or not (start.isdecimal() and width.isdecimal()):
        raise UserError(
            "name, start and width must be given, the last two as whole numbers", where=where, todo="fill them in"
        )
    if decimals and not (decimals.isdecimal() and kind == "number"):
        raise UserError(
            "decimals must be a whole number, and only numbers have them",
            where=where,
            todo="correct or empty the field",
        )
    return Field(name, int(start), int(width), text=kind == "text", decimals=int(decimals or 0), label=label)


def _check(fields: tuple[Field, ...], path: Path) -> None:
    if not fields:
        raise UserError("the layout names no field", where=str(path), todo="give one line per field")
    twice = sorted(name for name, times in Counter(field.name for field in fields).items() if times > 1)
    if twice:
        raise UserError(
            f"fields with the same name: {some(twice)}", where=str(path), todo="give each field a name of its own"
        )
    nowhere = [field.name for field in fields if field.start < 1 or field.width < 1]
    if nowhere:
        what = f"fields without a place: {some(nowhere)}"
        raise UserError(what, where=str(path), todo="start and width count from 1")
