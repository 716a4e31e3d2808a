"""Parquet there and back, replacement by rename, and the checks at stage borders."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from informality import frames
from informality import vocabulary as v
from informality.errors import UserError


def mixed() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "sex": frames.levels(np.array([1, -1, 0]), ("male", "female", "other")),
            "region": frames.levels(np.array([-1, -1, -1]), ("LA-VT", "LA-PH")),
            "settlement": frames.levels(np.array([-1, -1, -1]), ()),
            "town": frames.levels(np.array([199, -1, 0]), [f"town {i}" for i in range(200)]),
            "age": [15.0, np.nan, 0.1 + 0.2],
            "worker": [True, False, True],
            "psu": np.array([2, 0, 1], dtype=np.int32),
            "label": pd.array(["a", None, "ຍິງ"], dtype="str"),
        },
        index=[5, 5, 9],
    )


def test_what_is_written_is_read(tmp_path: Path) -> None:
    frame = mixed()
    found = frames.read(frames.write(frame, tmp_path / "x.parquet"))
    # Where a survey names no level at all, the empty list of levels has no type on disk.
    typed = [name for name in frame if name != "settlement"]
    pd.testing.assert_frame_equal(found[typed], frame[typed].reset_index(drop=True))
    assert list(found) == list(frame)
    for name in ("sex", "region", "settlement", "town"):
        assert list(found[name].cat.categories) == list(frame[name].cat.categories), "order and empty levels stay"
        assert found[name].cat.codes.tolist() == frame[name].cat.codes.tolist()
        assert not found[name].cat.ordered


def test_an_empty_frame_keeps_its_columns(tmp_path: Path) -> None:
    found = frames.read(frames.write(mixed().iloc[:0], tmp_path / "x.parquet"))
    assert list(found) == list(mixed())
    assert found.empty


def test_levels_are_small_codes_on_disk(tmp_path: Path) -> None:
    schema = pq.read_schema(frames.write(mixed(), tmp_path / "x.parquet"))
    assert {str(schema.field(name).type.index_type) for name in ("sex", "region", "settlement")} == {"int8"}
    assert str(schema.field("town").type.index_type) == "int16"


def test_levels_keep_their_order_beyond_one_row_group(tmp_path: Path) -> None:
    """The second group holds another level first."""
    codes = np.r_[np.ones(1_000_000, dtype=np.int8), np.full(50, 3), np.zeros(50, dtype=np.int8)]
    frame = pd.DataFrame({"x": frames.levels(codes, ("a", "b", "c", "d"))})
    found = frames.read(frames.write(frame, tmp_path / "x.parquet"))["x"]
    assert list(found.cat.categories) == ["a", "b", "c", "d"]
    np.testing.assert_array_equal(found.cat.codes, codes)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_any_levels_come_back_with_their_codes(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    names = data.draw(st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=5), max_size=6, unique=True))
    codes = np.array(data.draw(st.lists(st.integers(-1, len(names) - 1), min_size=1, max_size=10)), dtype=np.int16)
    path = tmp_path_factory.getbasetemp() / "any.parquet"
    found = frames.read(frames.write(pd.DataFrame({"x": frames.levels(codes, names)}), path))["x"]
    assert list(found.cat.categories) == names
    assert found.cat.codes.tolist() == codes.tolist()


def test_same_frame_same_bytes(tmp_path: Path) -> None:
    one = frames.write(mixed(), tmp_path / "one.parquet").read_bytes()
    other = frames.write(mixed().set_axis([0, 1, 2]), tmp_path / "other" / "two.parquet").read_bytes()
    assert one == other
    assert b"pandas" not in one


def test_only_the_asked_columns_are_read_in_the_asked_order(tmp_path: Path) -> None:
    path = frames.write(mixed(), tmp_path / "x.parquet")
    assert list(frames.read(path, ["psu", "age"])) == ["psu", "age"]


def test_an_absent_column_names_file_and_nearest(tmp_path: Path) -> None:
    path = frames.write(mixed(), tmp_path / "survey" / "persons.parquet")
    with pytest.raises(UserError, match=r"persons\.parquet has no column 'wroker'[\s\S]*survey[\s\S]*'worker'"):
        frames.read(path, ["age", "wroker"])


def test_an_absent_file_is_said_without_the_path_of_this_machine(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"persons\.parquet is not there") as error:
        frames.read(tmp_path / "survey" / "persons.parquet")
    assert error.value.where == "survey"


def test_a_failing_writer_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("old")

    def fail() -> None:
        with frames.replacing(path) as temporary:
            assert temporary.parent == path.parent
            temporary.write_text("half")
            assert path.read_text() == "old"
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_file_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    path = frames.write_json({"b": 1, "a": "ຍິງ"}, tmp_path / "deep" / "x.json")
    assert path.read_text(encoding="utf-8") == '{\n "a": "ຍິງ",\n "b": 1\n}\n'
    frames.write_json({"a": None}, path)
    assert json.loads(path.read_bytes()) == {"a": None}
    assert list(path.parent.iterdir()) == [path]


def test_what_json_cannot_hold_leaves_the_old_file(tmp_path: Path) -> None:
    path = frames.write_json({"a": 1}, tmp_path / "x.json")
    with pytest.raises(ValueError, match="not JSON compliant"):
        frames.write_json({"a": float("nan")}, path)
    assert json.loads(path.read_bytes()) == {"a": 1}


def test_csv_reads_back_the_same_numbers(tmp_path: Path) -> None:
    frame = pd.DataFrame({"x": [0.1 + 0.2, 1e-17, 123456789.123456789], "label": ["a,b", "ຍິງ", ""]})
    path = frames.write_csv(frame, tmp_path / "x.csv")
    assert b"\r" not in path.read_bytes()
    pd.testing.assert_frame_equal(pd.read_csv(path, keep_default_na=False), frame)


def test_check_counts_rows_and_shows_no_value() -> None:
    frame = pd.DataFrame({"weight": [1.0, -77.0, np.nan, -88.0], "name": ["secret", "x", "x", "y"]})
    columns = {
        "weight": pa.Column(float, pa.Check.ge(0), nullable=False),
        "name": pa.Column(str, pa.Check.isin(["x", "y"]), unique=True),
        "psu": pa.Column(int),
    }
    with pytest.raises(UserError) as error:
        frames.check(frame, columns, "persons of a survey")
    message = str(error.value)
    assert "weight: greater_than_or_equal_to(0) fails in 2 row(s)" in message
    assert "weight: not_nullable fails in 1 row(s)" in message
    assert "name: isin(['x', 'y']) fails in 1 row(s)" in message
    assert "name: field_uniqueness fails in 2 row(s)" in message
    assert "psu: column_in_dataframe" in message
    assert "nan:" not in message
    for value in ("secret", "77", "88"):
        assert value not in message


def test_check_of_the_wrong_kind_of_column_shows_no_value() -> None:
    with pytest.raises(UserError, match="name: dtype") as error:
        frames.check(pd.DataFrame({"name": ["secret"]}), {"name": pa.Column(float)}, "here")
    assert "secret" not in str(error.value)


def test_check_hands_back_a_good_frame() -> None:
    frame = pd.DataFrame({"weight": [1.0]})
    assert frames.check(frame, {"weight": pa.Column(float, pa.Check.ge(0))}, "here").equals(frame)


def test_levels_of_a_variable_are_the_vocabulary_s_or_the_survey_s() -> None:
    assert list(frames.level_dtype("sex").categories) == ["male", "female"]
    assert list(frames.level_dtype("region", ("a", "b")).categories) == ["a", "b"]


def test_a_frame_of_some_variables_is_made_complete() -> None:
    given = pd.DataFrame({"sex": ["female", None], "age": [30.0, np.nan], "region": ["north", None], "id": [1, 2]})
    found = frames.complete(given)
    assert set(found) == {"id", *v.VARIABLES, *map(v.why, v.VARIABLES)}
    assert list(found["sex"].cat.categories) == ["male", "female"]
    for name in ("sex", "age", "region"):
        assert found[v.why(name)].tolist() == ["answered", "not_stated"]
    assert found["status"].isna().all()
    assert set(found["status_why"]) == set(found["isic2_why"]) == {"not_asked"}


def test_reasons_that_are_given_stay() -> None:
    why = pd.Categorical(["refused"], dtype=frames.WHY_DTYPE)
    assert frames.complete(pd.DataFrame({"soc_sec": [None], "soc_sec_why": why}))["soc_sec_why"].tolist() == ["refused"]


def test_an_unknown_level_is_counted_not_shown() -> None:
    with pytest.raises(UserError, match=r"'sex' has 2 value\(s\)") as error:
        frames.complete(pd.DataFrame({"sex": ["secret", "male", "secret"]}))
    assert "secret" not in str(error.value)
    assert "male, female" in error.value.todo
