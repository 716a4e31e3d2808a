"""Whether a Stata file holds the rows that it states."""

import struct
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from informality.errors import UserError
from informality.survey.read import SourceSpec, read_columns
from informality.survey.stata_rows import holds_its_rows

RELEASES = (114, 117, 118, 119)
ROWS = 300


def write(path: Path, release: int, rows: int = ROWS) -> bytes:
    frame = pd.DataFrame({"a": np.arange(float(rows)), "b": np.arange(rows, dtype="int8") % 5, "t": ["text"] * rows})
    labels = {"b": {0: "none", 1: "one", 2: "two" * 20}}
    frame.to_stata(path, version=release, write_index=False, value_labels=labels)
    return path.read_bytes()


def state(path: Path, data: bytes, release: int, rows: int) -> Path:
    at, form = (6, "<I") if release == 114 else (data.index(b"<N>") + 3, "<I" if release == 117 else "<Q")
    path.write_bytes(data[:at] + struct.pack(form, rows) + data[at + struct.calcsize(form) :])
    return path


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("rows", [1, ROWS])
def test_sound_files_do(tmp_path: Path, release: int, rows: int) -> None:
    write(tmp_path / "f.dta", release, rows)
    assert holds_its_rows(tmp_path / "f.dta") is True


@pytest.mark.parametrize("version", [10, 12, 13, 14, 15])
def test_sound_files_of_another_writer_do(tmp_path: Path, version: int) -> None:
    frame = pd.DataFrame({"a": np.arange(50.0), "t": ["text"] * 50})
    labels = {"variable_value_labels": {"a": {1.0: "one", 2.0: "two"}}}
    pyreadstat.write_dta(frame, tmp_path / "f.dta", version=version, file_label="a label", **labels)
    assert holds_its_rows(tmp_path / "f.dta") is True


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("rows", [1, ROWS - 50, ROWS + 1, 500_000_000])
def test_a_header_that_states_too_few_or_too_many_is_found_before_rows_are_read(
    tmp_path: Path, release: int, rows: int
) -> None:
    path = state(tmp_path / "f.dta", write(tmp_path / "f.dta", release), release, rows)
    with pytest.raises(UserError, match="does not hold the number of rows that it promises"):
        read_columns(path, SourceSpec(name="f"), ["a"])


def test_what_is_not_understood_is_not_judged(tmp_path: Path) -> None:
    path = tmp_path / "f.dta"
    data = write(path, 117)
    for other in (b"", b"\x69" + data[1:], data[:60], data.replace(b"<map>", b"<mop>")):
        path.write_bytes(other)
        assert holds_its_rows(path) is None
