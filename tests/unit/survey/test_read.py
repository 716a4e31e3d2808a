import datetime
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from informality.errors import UserError
from informality.survey import archive
from informality.survey.read import SourceSpec, match_columns, open_source, read_columns, read_metadata
from informality.survey.source import Metadata

SPEC = SourceSpec(name="survey")
IGNORE = SourceSpec(name="survey", column_case="ignore")


@pytest.fixture
def persons() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Stratum": [1.0, 1.0, 2.0, 2.0],
            "hours": [40.0, 98.0, 99.0, np.nan],
            "name": ["Ana  ", "", "ກຳ", "Bo"],
            "day": [datetime.date(2017, 7, 31), None, datetime.date(2017, 9, 1), datetime.date(2017, 9, 2)],
        }
    )


def write(frame: pd.DataFrame, path: Path, ending: str) -> Path:
    options = {
        "column_labels": {"hours": "Hours worked"},
        "variable_value_labels": {"Stratum": {1: " Urban", 2: "Re\u0301gion"}},
        "file_label": "SIMULATED DATA",
    }
    if ending == "dta":
        pyreadstat.write_dta(frame, path, **options)
    elif ending == "parquet":
        frame.to_parquet(path)
    else:
        missing = {"hours": [98, {"lo": 99, "hi": 120}]}
        pyreadstat.write_sav(frame, path, compress=ending == "zsav", missing_ranges=missing, **options)
    return path


def refusal(path: Path, *columns: str, spec: SourceSpec = SPEC) -> UserError:
    with pytest.raises(UserError) as error:
        read_columns(path, spec, columns or ("hours",))
    return error.value


@pytest.mark.parametrize("ending", ["sav", "zsav", "dta", "parquet"])
def test_every_format_gives_the_asked_columns_in_the_same_shape(
    tmp_path: Path, persons: pd.DataFrame, ending: str
) -> None:
    frame = read_columns(write(persons, tmp_path / "no_ending", ending), SPEC, ["name", "day", "hours", "Stratum"])
    assert list(frame) == ["name", "day", "hours", "Stratum"]
    assert frame["Stratum"].tolist() == [1.0, 1.0, 2.0, 2.0]
    assert frame["hours"].tolist()[:3] == [40.0, 98.0, 99.0]
    assert frame["name"].fillna("NULL").tolist() == ["Ana", "NULL", "ກຳ", "Bo"]
    assert frame["day"].fillna("NULL").tolist() == ["2017-07-31", "NULL", "2017-09-01", "2017-09-02"]
    assert frame.dtypes.astype(str).tolist() == ["str", "str", "float64", "float64"]


@pytest.mark.parametrize("ending", ["sav", "zsav", "dta"])
def test_labels_come_stripped_and_composed_with_numbers_as_keys(
    tmp_path: Path, persons: pd.DataFrame, ending: str
) -> None:
    metadata = read_metadata(write(persons, tmp_path / "f", ending), SPEC)
    assert metadata.columns == ("Stratum", "hours", "name", "day")
    assert metadata.rows == 4
    assert metadata.value_labels == {"Stratum": {1.0: "Urban", 2.0: "Région"}}
    assert metadata.column_labels == {"hours": "Hours worked"}
    assert metadata.file_label == "SIMULATED DATA"
    assert metadata.notes == ()


def test_user_missing_codes_of_spss_stay_values_and_stand_in_the_metadata(
    tmp_path: Path, persons: pd.DataFrame
) -> None:
    with open_source(write(persons, tmp_path / "f.sav", "sav"), SPEC) as source:
        ranges = source.metadata.user_missing["hours"]
        assert source.columns(["hours"])["hours"].tolist()[1:3] == [98.0, 99.0]
    assert sorted((r["lo"], r["hi"]) for r in ranges) == [(98.0, 98.0), (99.0, 120.0)]


def test_missing_letters_of_stata_are_missing_numbers_and_can_be_had(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": pd.Series([1, 2, "a", "z"], dtype=object), "b": [1.0, 2.0, 3.0, np.nan]})
    path = tmp_path / "f.dta"
    pyreadstat.write_dta(
        frame, path, missing_user_values={"a": ["a", "z"]}, variable_value_labels={"a": {1: "yes", "a": "refused"}}
    )
    with open_source(path, IGNORE) as source:
        columns = source.columns(["A", "b"])
        assert columns["A"].tolist()[:2] == [1.0, 2.0]
        assert columns["A"].isna().tolist() == [False, False, True, True]
        letters = source.missing_letters(["A", "b"])
        assert list(letters) == ["A"]
        assert letters["A"].fillna("-").tolist() == ["-", "-", "a", "z"]
        assert source.metadata.value_labels["a"] == {1.0: "yes", "a": "refused"}


def test_other_formats_have_no_missing_letters(tmp_path: Path, persons: pd.DataFrame) -> None:
    with open_source(write(persons, tmp_path / "f.sav", "sav"), SPEC) as source:
        assert source.missing_letters(["hours"]) == {}


def test_times_of_spss_and_stata_are_iso_texts(tmp_path: Path) -> None:
    frame = pd.DataFrame({"t": pd.to_datetime(["2017-07-31 14:05:09", None])})
    pyreadstat.write_sav(frame, tmp_path / "t.sav")
    pyreadstat.write_dta(frame, tmp_path / "t.dta")
    frame.to_parquet(tmp_path / "t.parquet")
    for ending in ("sav", "dta", "parquet"):
        assert read_columns(tmp_path / f"t.{ending}", SPEC, ["t"])["t"].fillna("-").tolist() == [
            "2017-07-31T14:05:09",
            "-",
        ]


def test_parquet_kinds(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "flag": [True, False],
            "code": pd.Categorical(["x", "y"]),
            "small": np.array([1, 2], dtype="int8"),
            "id": [2**53 + 1, 1],
            "many": [[1], [2]],
        }
    )
    path = tmp_path / "f.parquet"
    frame.to_parquet(path)
    found = read_columns(path, SPEC, ["flag", "code", "small", "id"])
    assert found["flag"].tolist() == [1.0, 0.0]
    assert found["code"].tolist() == ["x", "y"]
    assert found["small"].dtype == "float64"
    assert found["id"].tolist() == ["9007199254740993", "1"]
    assert "'many'" in refusal(path, "many").what


def test_names_in_another_case_come_under_the_asked_name(tmp_path: Path, persons: pd.DataFrame) -> None:
    path = write(persons, tmp_path / "f.dta", "dta")
    assert list(read_columns(path, IGNORE, ["STRATUM", "Hours"])) == ["STRATUM", "Hours"]
    assert list(read_columns(path, IGNORE, ["STRATUM", "stratum"])) == ["STRATUM", "stratum"]
    assert "did you mean 'Stratum'" in refusal(path, "STRATUM").what


def test_all_absent_columns_are_named_at_once(tmp_path: Path, persons: pd.DataFrame) -> None:
    error = refusal(write(persons, tmp_path / "f.sav", "sav"), "hourz", "name", "stratumm")
    assert "2 columns not in the file" in error.what
    assert "'hourz': did you mean 'hours'?" in error.what
    assert "'stratumm': did you mean 'Stratum'?" in error.what
    assert "'name'" not in error.what


def test_columns_that_differ_only_in_case_are_ambiguous_where_case_is_ignored() -> None:
    metadata = Metadata(format="dta", columns=("Q1", "q1", "Q2"), rows=1)
    assert match_columns(["Q1", "q1"], metadata, SPEC) == {"Q1": "Q1", "q1": "q1"}
    with pytest.raises(UserError, match="Q1 and q1"):
        match_columns(["Q1", "Q2"], metadata, IGNORE)
    assert match_columns(["q2"], metadata, IGNORE) == {"q2": "Q2"}


def test_asking_for_nothing_is_a_mistake_of_the_caller(tmp_path: Path, persons: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="no columns"):
        read_columns(write(persons, tmp_path / "f.sav", "sav"), SPEC, [])


@pytest.mark.parametrize("ending", ["sav", "zsav", "dta", "parquet"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.9, 0.99])
def test_a_truncated_file_is_one_clear_error(tmp_path: Path, ending: str, share: float) -> None:
    frame = pd.DataFrame({f"v{i}": np.arange(2000.0) % (i + 2) for i in range(12)})
    path = tmp_path / f"survey.{ending}"
    if ending == "parquet":
        frame.to_parquet(path)
    elif ending == "dta":
        pyreadstat.write_dta(frame, path)
    else:
        pyreadstat.write_sav(frame, path, compress=ending == "zsav")
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    error = refusal(path, "v0")
    assert error.what.startswith("the file is incomplete or damaged")
    assert "sha256" in error.where
    assert "fresh copy" in error.todo


def test_a_truncated_spss_file_says_how_many_rows_it_promises(tmp_path: Path) -> None:
    path = tmp_path / "survey.sav"
    pyreadstat.write_sav(pd.DataFrame({"v": np.arange(5000.0)}), path)
    path.write_bytes(path.read_bytes()[:-100])
    assert "it promises 5,000 rows" in refusal(path, "v").what


def test_texts_in_another_encoding_ask_for_it_and_are_read_with_it(tmp_path: Path) -> None:
    path = tmp_path / "f.sav"
    pyreadstat.write_sav(pd.DataFrame({"t": ["abcdefgh", "éxyz123"]}), path)
    path.write_bytes(path.read_bytes().replace("éxyz123".encode(), "éxyz123 ".encode("latin-1")))
    error = refusal(path, "t")
    assert "cannot be read as" in error.what
    assert "encoding:" in error.todo
    assert "xyz" not in str(error)
    assert read_columns(path, SourceSpec(name="f", encoding="latin-1"), ["t"])["t"].tolist() == ["abcdefgh", "éxyz123"]


def test_misread_labels_are_noted(tmp_path: Path) -> None:
    path = tmp_path / "f.sav"
    pyreadstat.write_sav(pd.DataFrame({"a": [1.0]}), path, variable_value_labels={"a": {1.0: "Regi\ufffdn"}})
    assert "1 label" in read_metadata(path, SPEC).notes[0]


def test_an_ending_that_lies_is_read_by_content_unless_the_format_is_declared(
    tmp_path: Path, persons: pd.DataFrame
) -> None:
    path = write(persons, tmp_path / "survey.sav", "dta")
    assert read_metadata(path, SPEC).format == "dta"
    assert "Stata" in refusal(path, spec=SourceSpec(name="s", format="sav")).what


def test_a_zip_is_unpacked_once_for_metadata_and_columns(
    tmp_path: Path, persons: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(persons, tmp_path / "p.dta", "dta")
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as packed:
        packed.write(tmp_path / "p.dta", "in/p.dta")
    calls = []
    copy = archive._copy
    monkeypatch.setattr(archive, "_copy", lambda *given: (calls.append(1), copy(*given)))
    with open_source(tmp_path / "s.zip", SPEC) as source:
        assert source.metadata.rows == 4
        assert source.columns(["hours"]).shape == (4, 1)
        assert source.columns(["name"]).shape == (4, 1)
    assert calls == [1]


def test_errors_inside_a_zip_name_archive_and_member_never_the_scratch_file(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as packed:
        packed.writestr("broken.sav", b"$FL2@(#) SPSS")
    error = refusal(tmp_path / "s.zip")
    assert "s.zip, member 'broken.sav'" in error.where
    assert "informality-" not in str(error)
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as packed:
        packed.write(Path(__file__), "inner.csv")
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as packed:
        packed.write(tmp_path / "s.zip", "data.csv")
    assert "zip archive inside a zip" in refusal(tmp_path / "outer.zip").what


def test_a_decimal_sign_is_a_point_or_a_comma(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("a\n1\n")
    assert "decimal sign" in refusal(tmp_path / "f.csv", "a", spec=SourceSpec(name="f", decimal=";")).what
