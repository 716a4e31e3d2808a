"""Parquet files, by pyarrow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from informality.errors import UserError
from informality.survey.source import DataFile, Metadata, damaged, some
from informality.survey.values import EXACT, clean_text, numbers_series, text_series


def metadata(file: DataFile) -> Metadata:
    """Columns and rows of the footer; the file's label where the writer left one in the schema (`file_label`)."""
    try:
        with pyarrow.parquet.ParquetFile(file.path) as parquet:
            names, rows = parquet.schema_arrow.names, parquet.metadata.num_rows
            label = (parquet.schema_arrow.metadata or {}).get(b"file_label", b"").decode("utf-8", errors="replace")
    except (pa.ArrowException, OSError) as error:
        raise damaged(file.origin, file.where, "no readable Parquet footer") from error
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    if twice:
        what = f"columns with the same name: {some(twice)}"
        raise UserError(what, where=file.where, todo="give each column a name of its own in the file")
    return Metadata(format="parquet", columns=tuple(names), rows=rows, file_label=label)


def columns(file: DataFile, meta: Metadata, names: Sequence[str]) -> pd.DataFrame:
    """The named columns: numbers and truth values as float64, texts and days as texts, great whole numbers as texts."""
    try:
        with pyarrow.parquet.ParquetFile(file.path) as parquet:
            table = parquet.read(columns=list(names))
        return pd.DataFrame({name: _series(table[name], name, file) for name in names})
    except (pa.ArrowException, OSError):
        raise damaged(file.origin, file.where, f"its footer promises {meta.rows:,} rows") from None


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
    raise UserError(
        f"the column '{name}' holds values of the kind {kind}, which are neither numbers nor texts",
        where=file.where,
        todo="save it as numbers or texts",
    )
