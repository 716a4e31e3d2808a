"""The one reader and writer of parquet, and the checks at stage borders.

Levels are pandas Categoricals in memory and int8 (int16 where a survey names more than 127) dictionary codes on disk, in the
order of the vocabulary, so that a code means the same in every file of a survey.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from informality import vocabulary as v
from informality.errors import UserError, nearest
from informality.files import replacing, write_text


def write(frame: pd.DataFrame, path: Path) -> Path:
    """Write a frame as parquet (zstd) by rename; same frame, same bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(frame.reset_index(drop=True), preserve_index=False).replace_schema_metadata(None)
    with replacing(path) as temporary:
        pq.write_table(table, temporary, compression="zstd", row_group_size=1_000_000)
    return path


def read(path: Path, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Read a parquet file, or only the named columns of it; UserError names what is absent."""
    import pyarrow.parquet as pq

    if not path.is_file():
        raise UserError(
            f"{path.name} is not there",
            where=path.parent.name,
            todo="run the pipeline again; it remakes what is missing",
        )
    if columns is not None:
        present = pq.read_schema(path).names
        absent = [c for c in columns if c not in present]
        if absent:
            raise UserError(
                f"{path.name} has no column '{absent[0]}'", where=path.parent.name, todo=nearest(absent[0], present)
            )
    return pq.read_table(path, columns=list(columns) if columns is not None else None).to_pandas()


def write_csv(frame: pd.DataFrame, path: Path) -> Path:
    """Write a small table of counts as CSV (UTF-8, shortest digits that read back the same) by rename."""
    with replacing(path) as temporary:
        frame.to_csv(temporary, index=False, lineterminator="\n")
    return path


def write_json(content: Any, path: Path) -> Path:
    """Write JSON with sorted keys by rename."""
    write_text(path, json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n")
    return path


def levels(values: np.ndarray, names: Sequence[str]) -> pd.Categorical:
    """A Categorical from codes (-1 is NULL) in the order of ``names``."""
    return pd.Categorical.from_codes(values.astype(np.int16), categories=pd.Index(list(names), dtype="str"))


def check(frame: pd.DataFrame, columns: dict[str, Any], where: str) -> pd.DataFrame:
    """Check a frame at a stage border with pandera and return it; the error counts rows and never shows a value.

    ``columns`` maps a column name to a ``pandera.pandas.Column``.
    """
    import pandera.pandas as pa

    schema = pa.DataFrameSchema(columns, strict=False, coerce=False)
    try:
        return schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        # For a column that is absent pandera puts its name where it puts a value otherwise.
        cases = error.failure_cases
        cases["column"] = cases["column"].fillna(cases["failure_case"].where(cases["check"] == "column_in_dataframe"))
        counts = cases.groupby(["column", "check"], dropna=False, observed=True).size().sort_index()
        lines = [f"{column}: {rule} fails in {n} row(s)" for (column, rule), n in list(counts.items())[:8]]
        raise UserError(
            "\n".join(lines), where=where, todo="look at the recodes of these variables in the survey's description"
        ) from None


def level_dtype(name: str, own: Sequence[str] | None = None) -> pd.CategoricalDtype:
    """The dtype of a level variable; ``own`` are the levels that the survey names for it."""
    variable = v.VARIABLES[name]
    return pd.CategoricalDtype(list(own if own is not None else variable.levels or ()))


WHY_DTYPE = pd.CategoricalDtype(list(v.REASONS))


def complete(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame of some of the vocabulary's variables, made complete for the stages that classify and estimate.

    Level variables become Categoricals in the vocabulary's order (UserError for a level that it does not know; the values are not
    shown), a variable that is absent was not asked, and where ``<variable>_why`` is absent an empty value is `not_stated`.
    For notebooks: the pipeline's own frames are complete already.
    """
    columns: dict[str, Any] = {}
    for name, variable in v.VARIABLES.items():
        if name not in frame:
            empty = np.full(len(frame), -1)
            columns[name] = (
                np.full(len(frame), np.nan) if variable.kind == "number" else levels(empty, variable.levels or ())
            )
            columns[v.why(name)] = pd.Categorical(["not_asked"] * len(frame), dtype=WHY_DTYPE)
            continue
        values = frame[name]
        if variable.kind == "level" and variable.levels is not None:
            unknown = ~values.isin(variable.levels) & values.notna()
            if unknown.any():
                raise UserError(
                    f"'{name}' has {int(unknown.sum())} value(s) that are no level of it",
                    where="the data frame",
                    todo=f"its levels are: {', '.join(variable.levels)}",
                )
            columns[name] = pd.Categorical(values, categories=list(variable.levels))
        if v.why(name) not in frame:
            why = np.where(values.notna(), "answered", "not_stated")
            columns[v.why(name)] = pd.Categorical(why, dtype=WHY_DTYPE)
    return frame.assign(**columns)
