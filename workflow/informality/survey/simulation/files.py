"""The simulated file as SPSS, Stata or parquet, with labels and without a clock: same persons, same bytes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd

from informality.errors import UserError, nearest
from informality.files import replacing
from informality.survey.clock import STATA, blank_dta_clock, blank_sav_clock
from informality.survey.simulation.codebook import Codebook

FILE_LABEL = "SIMULATED DATA - not real persons"
# One document line each: SPSS holds 80 characters a line.
NOTE = (
    "SIMULATED DATA. No row of this file is a person.",
    "Questions and codes: Lao Labour Force Survey 2017.",
    "Weighted totals were made to meet figures published for 2017; all else is",
    "invented. sim_* variables exist in this file only. Not a source on Lao PDR.",
)
# How SPSS stores what is missing. The writer asks every cell of a column with empty ones whether it is; of numbers it asks nothing.
SYSTEM_MISSING = -sys.float_info.max


def write(frame: pd.DataFrame, path: Path, codebook: Codebook, kind: str) -> None:
    """Write ``frame`` (columns of the codebook, nullable integers and the weight) to ``path`` by rename.

    kind: `sav` (row-compressed), `dta` or `parquet` (labels in the schema's metadata). `UserError` for any other.
    """
    if kind not in FORMATS:
        raise UserError(f"the demo cannot be written as '{kind}'", where=path.name, todo=nearest(kind, FORMATS))
    with replacing(path) as temporary:
        FORMATS[kind](frame, temporary, codebook)


def _sav(frame: pd.DataFrame, path: Path, codebook: Codebook) -> None:
    import pyreadstat

    codes = {name: "F8.0" for name, kind in frame.dtypes.items() if kind == "Int16"}
    pyreadstat.write_sav(
        frame.astype("float64").fillna(SYSTEM_MISSING),
        path,
        file_label=FILE_LABEL,
        note=list(NOTE),
        column_labels=codebook.labels(),
        variable_value_labels=codebook.value_labels(),
        variable_measure=codebook.measures(),
        variable_format={**codes, "v": "F12.4"},
        row_compress=True,
    )
    blank_sav_clock(path, FILE_LABEL)


def _dta(frame: pd.DataFrame, path: Path, codebook: Codebook) -> None:
    import pyreadstat

    pyreadstat.write_dta(
        frame,
        path,
        file_label=FILE_LABEL,
        column_labels={name: label[:80] for name, label in codebook.labels().items()},
        variable_value_labels=codebook.value_labels(),
        variable_format={"v": "%12.4f"},
        version=STATA,
    )
    blank_dta_clock(path)


def _parquet(frame: pd.DataFrame, path: Path, codebook: Codebook) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(frame, preserve_index=False)
    metadata = {
        "file_label": FILE_LABEL,
        "note": " ".join(NOTE),
        "variable_labels": json.dumps(codebook.labels(), ensure_ascii=False),
        "value_labels": json.dumps(codebook.value_labels(), ensure_ascii=False),
    }
    pq.write_table(table.replace_schema_metadata(metadata), path, compression="zstd", row_group_size=1_000_000)


FORMATS = {"sav": _sav, "dta": _dta, "parquet": _parquet}
