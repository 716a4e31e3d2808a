"""The simulated file as SPSS, Stata or parquet, with labels and without a clock: same persons, same bytes."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pandas as pd

from informality.errors import UserError, nearest
from informality.files import replacing
from informality.survey.simulation.codebook import Codebook

FILE_LABEL = "SIMULATED DATA - not real persons"
# One document line each: SPSS holds 80 characters a line.
NOTE = (
    "SIMULATED DATA. No row of this file is a person.",
    "Questions and codes: Lao Labour Force Survey 2017.",
    "Weighted totals were made to meet figures published for 2017; all else is",
    "invented. sim_* variables exist in this file only. Not a source on Lao PDR.",
)
# Where ReadStat writes the day and the time of creation into the header of a system file (9 and 8 characters).
_SAV_MAGIC, _SAV_CLOCK, _SAV_LABEL = b"$FL2", slice(92, 109), slice(109, 173)
# Stata 14 (release 118): pyreadstat writes 119 for Stata 15, which only the largest edition of Stata opens.
_STATA = 14


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

    pyreadstat.write_sav(
        frame,
        path,
        file_label=FILE_LABEL,
        note=list(NOTE),
        column_labels=codebook.labels(),
        variable_value_labels=codebook.value_labels(),
        variable_measure=codebook.measures(),
        variable_format={"v": "F12.4"},
        row_compress=True,
    )
    with path.open("r+b") as file:
        header = file.read(_SAV_LABEL.stop)
        if header[:4] != _SAV_MAGIC or header[_SAV_LABEL].rstrip() != FILE_LABEL.encode():
            raise RuntimeError("the SPSS header is not laid out as expected: its clock cannot be blanked")
        file.seek(_SAV_CLOCK.start)
        file.write(b" " * (_SAV_CLOCK.stop - _SAV_CLOCK.start))


def _dta(frame: pd.DataFrame, path: Path, codebook: Codebook) -> None:
    import pyreadstat

    pyreadstat.write_dta(
        frame,
        path,
        file_label=FILE_LABEL,
        column_labels={name: label[:80] for name, label in codebook.labels().items()},
        variable_value_labels=codebook.value_labels(),
        variable_format={"v": "%12.4f"},
        version=_STATA,
    )
    path.write_bytes(without_timestamp(path.read_bytes()))


def without_timestamp(content: bytes) -> bytes:
    """A Stata file (releases 117 to 119) whose time stamp has length zero, as its format allows.

    ``<map>`` holds 14 offsets from the start of the file; all behind the header move by the length of the stamp.
    """
    opening, closing = b"<timestamp>", b"</timestamp></header><map>"
    start = content.index(opening) + len(opening)
    end = content.index(closing, start)
    stamp = end - start - 1
    first = end + len(closing)
    little = b"<byteorder>LSF</byteorder>" in content[:200]
    layout = f"{'<' if little else '>'}14Q"
    offsets = struct.unpack(layout, content[first : first + 112])
    # The first two count to the start of the file and to the map's own tag.
    moved = [0, *(offset - stamp for offset in offsets[1:])]
    return content[:start] + b"\x00" + closing + struct.pack(layout, *moved) + content[first + 112 :]


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
