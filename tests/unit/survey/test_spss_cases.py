"""The cases of an SPSS file, counted in its own terms."""

import struct
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from informality.errors import UserError
from informality.survey.read import SourceSpec, read_columns, read_metadata
from informality.survey.spss_cases import Cases, count_cases

SPEC = SourceSpec(name="survey")
KINDS = {"plain": {}, "compressed": {"row_compress": True}, "zsav": {"compress": True}}
ROWS = 600
_NUMBER_OF_CASES = 80


def frame(rows: int = ROWS) -> pd.DataFrame:
    random = np.random.default_rng(3)
    return pd.DataFrame(
        {
            "id": np.arange(rows) + 1000.5,
            "code": random.integers(0, 400, rows).astype(float),
            "text": ["x" * int(n) for n in random.integers(1, 300, rows)],
        }
    )


def write(path: Path, kind: str, rows: int = ROWS) -> bytearray:
    labels = {"variable_value_labels": {"code": {1.0: "one", 2.0: "t" * 99}}, "column_labels": {"id": "Identifier"}}
    pyreadstat.write_sav(frame(rows), path, missing_ranges={"code": [9]}, note="a note", **labels, **KINDS[kind])
    return bytearray(path.read_bytes())


def state(path: Path, data: bytearray, cases: int) -> Path:
    """The file with another number of cases in its header."""
    data[_NUMBER_OF_CASES : _NUMBER_OF_CASES + 4] = struct.pack("<i", cases)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rows", [1, 7, 8, ROWS])
def test_sound_files_hold_what_they_state(tmp_path: Path, kind: str, rows: int) -> None:
    path = tmp_path / "f.sav"
    write(path, kind, rows)
    assert count_cases(path) == Cases(stated=rows, whole=rows, rest=False)


@pytest.mark.parametrize("kind", KINDS)
def test_an_open_number_of_cases_is_counted_and_noted(tmp_path: Path, kind: str) -> None:
    path = state(tmp_path / "f.sav", write(tmp_path / "f.sav", kind), -1)
    metadata = read_metadata(path, SPEC)
    assert metadata.rows == ROWS
    (note,) = metadata.notes
    assert note.startswith("the file does not say how many rows it has; 600 whole ones were counted")
    assert read_columns(path, SPEC, ["id"])["id"].tolist() == frame()["id"].tolist()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lost", [1, 5, 1003, 6005])
def test_a_cut_file_with_an_open_number_of_cases_is_never_read_as_whole(tmp_path: Path, kind: str, lost: int) -> None:
    data = write(tmp_path / "f.sav", kind)
    path = state(tmp_path / "f.sav", data[:-lost], -1)
    with pytest.raises(UserError, match="incomplete or damaged"):
        read_columns(path, SPEC, ["id"])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("stated", [0, 1, 599, 601, 12_600_000])
def test_another_number_than_the_file_holds_is_refused_before_it_is_read(
    tmp_path: Path, kind: str, stated: int
) -> None:
    path = state(tmp_path / "f.sav", write(tmp_path / "f.sav", kind), stated)
    with pytest.raises(UserError, match=rf"it promises {stated:,} rows? and holds 600"):
        read_metadata(path, SPEC)


def test_what_cannot_be_counted_is_refused_where_nothing_is_stated(tmp_path: Path, monkeypatch) -> None:
    path = state(tmp_path / "f.sav", write(tmp_path / "f.sav", "plain"), -1)
    monkeypatch.setattr("informality.survey.statistical.count_cases", lambda _: None)
    with pytest.raises(UserError, match="it does not say how many rows it has, and they cannot be counted") as error:
        read_metadata(path, SPEC)
    assert "save it again" in error.value.todo
    assert read_metadata(state(path, bytearray(path.read_bytes()), ROWS), SPEC).rows == ROWS


def test_the_order_of_bytes_is_that_of_the_file(tmp_path: Path) -> None:
    """By hand, big-endian: a header, one variable, the end of the dictionary, three numbers."""
    header = b"$FL2" + b" " * 60 + struct.pack(">iiiiid", 2, 1, 0, 0, 3, 100.0) + b" " * 84
    variable = struct.pack(">iiiiii", 2, 0, 0, 0, 0, 0) + b"V       "
    path = tmp_path / "f.sav"
    path.write_bytes(header + variable + struct.pack(">ii", 999, 0) + struct.pack(">3d", 1, 2, 3))
    assert count_cases(path) == Cases(stated=3, whole=3, rest=False)
    path.write_bytes(path.read_bytes()[:-1])
    assert count_cases(path) == Cases(stated=3, whole=2, rest=True)


def test_what_is_no_dictionary_is_not_counted(tmp_path: Path) -> None:
    data = write(tmp_path / "f.sav", "plain")
    for damaged in (data[:90], data[:200], data[:176] + b"\xff" * 500):
        (tmp_path / "g.sav").write_bytes(damaged)
        assert count_cases(tmp_path / "g.sav") is None
