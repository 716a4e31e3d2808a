"""Delimited text (csv): everything is read as text, checked, and turned into numbers only where nothing is lost."""

from __future__ import annotations

import csv
from collections.abc import Sequence

import pandas as pd
import pyarrow as pa
import pyarrow.csv

from informality.errors import UserError
from informality.survey.first_and_last import breaks_off, has_open_end, refuse_numbers, refuse_repeated_header
from informality.survey.names import refuse_same_names
from informality.survey.source import DataFile, Metadata, count, damaged, some
from informality.survey.text_files import Scan, encoding_of, scan
from informality.survey.values import clean_label, column_from_texts

_DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
_OPEN_END = "the last line of the file has no line end: a cut inside its last value would not be seen; compare its size with the producer's"
_BLOCK = 16 * 1024**2


def metadata(file: DataFile) -> Metadata:
    """The columns of the header, which is checked; rows are unknown before the file is read."""
    encoding = encoding_of(file)
    header = tuple(_header(file, encoding))
    notes = (_OPEN_END,) if has_open_end(file) else ()
    return Metadata(format="csv", columns=header, rows=None, encoding=encoding, notes=notes)


def columns(file: DataFile, meta: Metadata, names: Sequence[str]) -> pd.DataFrame:
    """The named columns, each float64 or text by `values.column_from_texts`; UserError for rows of another length."""
    found = scan(file)
    # Where the last line has no end, the last value may be cut.
    open_end = has_open_end(file)
    looked_at = list(dict.fromkeys([*names, meta.columns[-1]])) if open_end else list(names)
    wrong: list[tuple[int, int]] = []

    def refuse(row: pyarrow.csv.InvalidRow) -> str:
        wrong.append((row.number, row.actual_columns))
        return "skip"

    try:
        table = pyarrow.csv.read_csv(
            file.path,
            # One thread: only then does Arrow tell the numbers of bad rows.
            read_options=pyarrow.csv.ReadOptions(
                use_threads=False,
                block_size=_BLOCK,
                column_names=list(meta.columns),
                skip_rows_after_names=1,
                # Arrow skips the mark of UTF-8 itself, and decodes UTF-8 much faster than Python does for it.
                encoding="utf-8" if found.encoding == "utf-8-sig" else found.encoding,
            ),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=_delimiter(file), newlines_in_values=True, invalid_row_handler=refuse
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(looked_at, pa.string()), include_columns=looked_at, strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        # Arrow's own message shows the text of the row: it must not reach a traceback either.
        if not found.line_ends:
            what = "the file holds no line after its header"
            raise UserError(what, where=file.where, todo="fetch the data file itself again") from None
        raise _unclosed(file) from None
    if wrong:
        raise UserError(
            f"{count(len(wrong), 'row')} with another number of values than the header ({len(meta.columns)}): row "
            + some(f"{number:,} ({values})" for number, values in wrong),
            where=file.where,
            todo="look at these rows (the header is row 1): a delimiter inside a text needs quotation marks; "
            "a short last row means a file that breaks off",
        )
    _check_quotes(file, found, table.num_rows)
    refuse_repeated_header(table, names, file.where)
    spec = file.spec
    if open_end and breaks_off(table[meta.columns[-1]], spec.decimal):
        raise damaged(file.origin, file.where, "csv", "its last value is shorter than all others of its column")
    return pd.DataFrame(
        {
            name: column_from_texts(table[name], decimal=spec.decimal, missing=spec.missing, thousands=spec.thousands)
            for name in names
        }
    )


def _delimiter(file: DataFile) -> str:
    delimiter = file.spec.delimiter if file.spec.delimiter is not None else ","
    if len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n':
        todo = 'declare one character, for example delimiter: ";" or delimiter: "\\t" for a tab'
        raise UserError("the delimiter must be one character", where=f"{file.where}, delimiter", todo=todo)
    return delimiter


def _header(file: DataFile, encoding: str) -> list[str]:
    delimiter = _delimiter(file)
    try:
        with file.path.open(encoding=encoding, newline="") as stream:
            record = next(csv.reader(stream, delimiter=delimiter), [])
    except (UnicodeError, csv.Error):
        scan(file)
        raise _unclosed(file) from None
    names = [clean_label(name) for name in record]
    if not any(names):
        todo = "the first line must hold the names of the columns: take what stands above them out"
        raise UserError("the first line is empty", where=file.where, todo=todo)
    if len(names) == 1:
        _refuse_other_delimiter(file, names[0], delimiter)
    refuse_numbers(names, file.where)
    refuse_same_names(names, f"{file.where}, header")
    return names


def _refuse_other_delimiter(file: DataFile, header: str, delimiter: str) -> None:
    counts = {other: header.count(other) for other in _DELIMITERS if other != delimiter}
    best = max(counts, key=lambda other: counts[other])
    if counts[best]:
        shown = "\\t" if best == "\t" else best
        declared = _DELIMITERS.get(delimiter, f"'{delimiter}'")
        raise UserError(
            f"the header is not divided by {declared}; {_DELIMITERS[best]} would divide it into {counts[best] + 1} columns",
            where=file.where,
            todo=f"""declare delimiter: "{shown}" under 'source:' in the survey's description""",
        )


def _check_quotes(file: DataFile, found: Scan, rows: int) -> None:
    # A quotation mark that is never closed makes one value of all the lines that follow, without a word from any parser.
    if found.quotes % 2 and rows < found.line_ends - (1 if found.ends_in_line_end else 0):
        raise _unclosed(file)


def _unclosed(file: DataFile) -> UserError:
    return UserError(
        "the rows cannot be told apart: probably a quotation mark that is never closed",
        where=file.where,
        todo="double or remove single quotation marks inside texts, or fetch a fresh copy of the file",
    )
