"""Fixed-width text, cut by a layout.

The layout says what is text and what is a number. Every line must have the same length and reach the layout's end: a line that
does not is a person whose answers would be read from the wrong places.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from informality.errors import UserError, nearest
from informality.survey.layout import Field, read_layout
from informality.survey.source import DataFile, Metadata, count, damaged, printable, some
from informality.survey.text_files import Scan, scan
from informality.survey.values import (
    any_true,
    clean_label,
    distinct,
    is_number,
    numbers_series,
    text_series,
    tidy,
    to_float,
    without_thousands,
)

_LINES = 50_000
# A lone point is SAS's missing value, for numbers and for `$` texts alike.
_SAS_MISSING = "."
# Line end, and the end-of-file sign of DOS that some programs still write.
_LINE_END = "\n\x1a"


def layout_path(file: DataFile) -> Path:
    """The layout file: the one given by the caller, else the declared one beside the file that the user knows."""
    if file.layout is not None:
        return file.layout
    name = file.spec.layout
    if name is None:
        raise UserError(
            "a fixed-width file needs a layout",
            where=file.where,
            todo="name it by 'layout:' under 'source:' in the survey's description; it lies beside the data file",
        )
    if name in ("", ".", "..") or any(character in name for character in "/\\\0"):
        what = "the layout must be the name of a file beside the data, without folders"
        raise UserError(what, where=f"{file.where}, layout", todo="put the layout beside the data file")
    path = file.origin.parent / name
    if not path.is_file():
        beside = (other.name for other in file.origin.parent.iterdir() if other.is_file() and other != file.origin)
        raise UserError(
            f"the layout '{name}' does not lie beside the data; {nearest(name, map(printable, beside))}",
            where=str(file.origin.parent),
            todo="put it there, or correct 'layout:' under 'source:' in the survey's description",
        )
    return path


def metadata(file: DataFile) -> Metadata:
    """The fields of the layout, in its order, with their labels; rows are the lines, each of which is checked."""
    fields = read_layout(layout_path(file))
    found = scan(file)
    return Metadata(
        format="fwf",
        columns=tuple(field.name for field in fields),
        rows=_checked_rows(file, found, max(field.end for field in fields)),
        column_labels={field.name: clean_label(field.label) for field in fields if field.label},
        encoding=found.encoding,
    )


def columns(file: DataFile, meta: Metadata, names: Sequence[str]) -> pd.DataFrame:
    """The named fields: ``text`` as str, ``number`` as float64; empty, ``.`` and ``missing`` texts become NULL.

    ``meta`` comes from `metadata`, which checked the lines.
    """
    layout = {field.name: field for field in read_layout(layout_path(file))}
    pieces: dict[str, list[pa.Array]] = {name: [] for name in names}
    with file.path.open(encoding=meta.encoding) as stream:
        lines = itertools.islice(stream, meta.rows)
        while batch := list(itertools.islice(lines, _LINES)):
            cut = _cutter(batch)
            for name, cuts in pieces.items():
                # Few distinct codes in many rows: a batch keeps each once.
                cuts.append(cut(layout[name]).dictionary_encode())
    return pd.DataFrame({name: _values(pieces.pop(name), layout[name], file) for name in names})


def _cutter(lines: list[str]) -> Callable[[Field], pa.Array]:
    texts = pa.array(lines, pa.large_string())
    if pc.all(pc.string_is_ascii(texts)).as_py():
        # Cutting bytes is fifty times as fast as counting characters, and comes to the same.
        data = texts.cast(pa.large_binary())
        return lambda field: pc.cast(pc.binary_slice(data, field.start - 1, field.end), pa.string())
    return lambda field: pc.cast(pc.utf8_slice_codeunits(texts, field.start - 1, field.end), pa.string())


def _checked_rows(file: DataFile, found: Scan, end: int) -> int:
    with file.path.open(encoding=found.encoding) as stream:
        lengths = np.fromiter((len(line.rstrip(_LINE_END)) for line in stream), dtype="int64")
    filled = np.flatnonzero(lengths)
    if not filled.size:
        raise UserError("the file holds no line", where=file.where, todo="fetch the data file itself again")
    rows = int(filled[-1]) + 1
    usual = int(np.bincount(lengths[:rows]).argmax())
    odd = np.flatnonzero(lengths[:rows] != usual)
    if odd.size == 1 and odd[0] == rows - 1 and lengths[rows - 1] < usual and not found.ends_in_line_end:
        raise damaged(file.origin, file.where, "fwf", f"its last line breaks off, after {rows - 1:,} whole ones")
    if odd.size:
        shown = some(f"{line + 1:,} ({lengths[line]:,})" for line in odd)
        raise UserError(
            f"{count(odd.size, 'line')} with another length than the others ({usual:,} characters): line {shown}",
            where=file.where,
            todo="fetch a fresh copy; if blanks at the line ends were cut off, fill the lines up to the same length",
        )
    if usual < end:
        raise UserError(
            f"the lines have {usual:,} characters, but the layout reaches to {end:,}",
            where=file.where,
            todo="use the layout that belongs to this file's year",
        )
    return rows


def _values(cuts: list[pa.Array], field: Field, file: DataFile) -> pd.Series:
    unique, indices = distinct(pa.chunked_array(cuts))
    stripped = tidy(unique)
    no_value = tidy(pa.array(["", _SAS_MISSING, *file.spec.missing], pa.string()))
    present = pc.if_else(pc.is_in(stripped, value_set=no_value), pa.scalar(None, pa.string()), stripped)
    if field.text:
        return text_series(present.take(indices))
    present = without_thousands(present, file.spec.decimal, file.spec.thousands)
    _refuse_texts(present, indices, field, file)
    numbers = to_float(present, file.spec.decimal)
    if field.decimals:
        has_point = pc.match_substring(present, file.spec.decimal)
        numbers = pc.if_else(has_point, numbers, pc.divide(numbers, 10.0**field.decimals))
    return numbers_series(numbers.take(indices))


def _refuse_texts(present: pa.Array, indices: pa.Array, field: Field, file: DataFile) -> None:
    is_bad = pc.invert(is_number(present, file.spec.decimal))
    if not any_true(is_bad):
        return
    lines = np.flatnonzero(pc.fill_null(is_bad.take(indices), False).to_numpy(zero_copy_only=False))
    raise UserError(
        f"the field '{field.name}' is a number in the layout, but something else in {count(lines.size, 'line')}: "
        f"line {some(f'{line + 1:,}' for line in lines)}",
        where=file.where,
        todo="check that the layout belongs to this file; declare 'decimal:' or the texts that mean no value by 'missing:'",
    )
