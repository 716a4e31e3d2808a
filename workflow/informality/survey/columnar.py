"""Parquet files, by pyarrow."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from informality.errors import UserError
from informality.survey.names import refuse_same_names
from informality.survey.source import DataFile, Metadata, damaged
from informality.survey.values import EXACT, clean_text, numbers_series, text_series


def metadata(file: DataFile) -> Metadata:
    """Columns and rows of the footer, which is checked; the file's label where the writer left one in the schema (`file_label`)."""
    with pyarrow.parquet.ParquetFile(file.path) as parquet:
        names, rows = parquet.schema_arrow.names, parquet.metadata.num_rows
        label = (parquet.schema_arrow.metadata or {}).get(b"file_label", b"").decode("utf-8", errors="replace")
        _check_footer(file, parquet.metadata)
    refuse_same_names(names, file.where)
    return Metadata(format="parquet", columns=tuple(names), rows=rows, file_label=label)


def columns(file: DataFile, _meta: Metadata, names: Sequence[str]) -> pd.DataFrame:
    """The named columns: numbers and truth values as float64, texts and days as texts, great whole numbers as texts."""
    with pyarrow.parquet.ParquetFile(file.path, page_checksum_verification=True) as parquet:
        table = parquet.read(columns=list(names))
    # Arrow believes texts to be UTF-8 because the file says so, and does not look.
    table.validate(full=True)
    return pd.DataFrame({name: _series(table[name], name, file) for name in names})


def _check_footer(file: DataFile, footer: pyarrow.parquet.FileMetaData) -> None:
    """Refuse a footer that contradicts itself before memory is taken for what it promises."""
    groups = [footer.row_group(at) for at in range(footer.num_row_groups)]
    rows = [group.num_rows for group in groups]
    size = file.path.stat().st_size
    sound = sum(rows) == footer.num_rows and all(number >= 0 for number in rows)
    for group in groups:
        for at in range(group.num_columns):
            column = group.column(at)
            # A list has more values than its row; nothing has fewer.
            sound &= column.num_values >= group.num_rows and 0 <= column.total_compressed_size <= size
    if not sound:
        raise damaged(file.origin, file.where, "parquet", "its footer contradicts itself")


def _series(column: pa.ChunkedArray, name: str, file: DataFile) -> pd.Series:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = pc.cast(column, kind.value_type)
        kind = column.type
    if pa.types.is_integer(kind) and any(abs(end or 0) >= EXACT for end in pc.min_max(column).as_py().values()):
        return text_series(pc.cast(column, pa.string()))
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return numbers_series(column)
    if pa.types.is_boolean(kind) or pa.types.is_null(kind):
        return numbers_series(column)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return clean_text(text_series(column))
    if pa.types.is_date(kind):
        return text_series(pc.strftime(column, format="%Y-%m-%d"))
    if pa.types.is_timestamp(kind):
        return text_series(
            pc.strftime(pc.cast(column, pa.timestamp("s", kind.tz), safe=False), format="%Y-%m-%dT%H:%M:%S")
        )
    # The names inside a compound kind are the file's own.
    shown = str(kind).split("<", 1)[0]
    raise UserError(
        f"the column '{name}' holds values of the kind {shown}, which are neither numbers nor texts",
        where=file.where,
        todo="save it as numbers or texts",
    )
