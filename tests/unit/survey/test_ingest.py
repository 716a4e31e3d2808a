"""From a file to the columns that the description names, and what the file says of itself."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from unit.survey.small_family import COLUMNS, family, persons, survey

from informality.errors import UserError
from informality.survey.description import Survey, lay_over
from informality.survey.harmonise import harmonise
from informality.survey.ingest import ingest, sha256, source_spec

TOY = survey()


def save(folder: Path, frame: pd.DataFrame, label: str = "") -> Path:
    path = folder / "toy.sav"
    pyreadstat.write_sav(frame, path, file_label=label)
    return path


@pytest.fixture
def source() -> pd.DataFrame:
    return persons({"stat": 1.0, "ss": 2.0}, {"stat": 3.0, "reg": 1.0}, {"work": 2.0})


def refusal(file: Path, toy: Survey = TOY) -> UserError:
    with pytest.raises(UserError) as error:
        ingest(toy, file)
    return error.value


def test_only_the_named_columns_are_read_in_the_order_of_the_file(tmp_path: Path, source: pd.DataFrame) -> None:
    frame, facts = ingest(TOY, save(tmp_path, source.assign(name="secret", other=1.0)))
    assert sorted(frame) == sorted(COLUMNS)
    assert frame["w"].tolist() == source["w"].tolist()
    assert frame["stat"].fillna(-1).tolist() == [1.0, 3.0, -1.0]
    assert (facts.rows, facts.columns_in_file, facts.format) == (3, len(COLUMNS) + 2, "sav")


def test_a_misspelt_column_names_file_key_and_nearest_within_a_second(tmp_path: Path) -> None:
    """Before any row is read: the file has 200,000 of them."""
    many = pd.DataFrame(np.zeros((200_000, len(COLUMNS))), columns=[c if c != "ss" else "sss" for c in COLUMNS])
    file = save(tmp_path, many)
    start = time.process_time()
    error = refusal(file)
    assert time.process_time() - start < 10
    assert "there is no column 'ss' in the condition: ss = 1" in error.what
    assert error.where == "workflow/surveys/toy_lfs.yaml, variables.soc_sec.yes"
    assert error.todo == "did you mean 'sss'?"


@pytest.mark.parametrize(
    ("column", "where"),
    [
        ("ea", "design.psu"),
        ("work", "concepts.national.employed"),
        ("isco", "variables.isco_revision.isco08"),
        ("pen", "social_security.pension.answers.yes"),
        ("offsec", "national.tables.sector.flag"),
        ("offinf", "national.tables.total.flag"),
    ],
)
def test_every_kind_of_key_is_named(tmp_path: Path, source: pd.DataFrame, column: str, where: str) -> None:
    error = refusal(save(tmp_path, source.rename(columns={column: f"{column}_x"})))
    assert error.where == f"workflow/surveys/toy_lfs.yaml, {where}"
    assert error.todo == f"did you mean '{column}_x'?"


def test_other_capital_letters_say_how_to_go_on(tmp_path: Path, source: pd.DataFrame) -> None:
    file = save(tmp_path, source.rename(columns={"ss": "SS", "offsec": "OffSec"}))
    error = refusal(file)
    assert "the file writes the column 'ss' with other capital letters" in error.what
    assert "column_case: ignore" in error.todo
    frame, _ = ingest(survey(source={"column_case": "ignore"}), file)
    assert sorted(frame) == sorted(COLUMNS), "under the names that the description uses"


def test_two_columns_that_differ_only_in_case_cannot_both_be_named(tmp_path: Path, source: pd.DataFrame) -> None:
    path = tmp_path / "toy.dta"
    pyreadstat.write_dta(source.assign(SS=2.0), path)
    ingest(TOY, path)
    both = survey(variables__soc_sec={"yes": "ss = 1", "no": "SS = 2"})
    error = refusal(path, both)
    assert "'ss' and 'SS' are two columns of the file" in error.what
    assert error.where.endswith("variables.soc_sec.no")


def test_a_design_to_be_declared_stops_before_the_file_is_opened(tmp_path: Path) -> None:
    toy = survey(design={"weight": "w", "stratum": "TO_BE_DECLARED", "psu": "TO_BE_DECLARED"})
    assert "stratum, psu" in refusal(tmp_path / "nowhere.sav", toy).what


def test_absent_columns_are_not_looked_for(tmp_path: Path, source: pd.DataFrame) -> None:
    old = lay_over(family(differences={"old": {"absent": ["SS", "offinf"]}}, waves__2017q3__differs=["old"]), "2017q3")
    frame, _ = ingest(old, save(tmp_path, source.drop(columns=["ss", "offinf"])))
    assert not {"ss", "offinf"} & set(frame)


@pytest.mark.parametrize(
    ("label", "simulated"),
    [("SIMULATED DATA", True), ("Toy 2017 - simulated data", True), ("Toy survey", False), ("", False)],
)
def test_the_mark_of_simulated_data_comes_from_the_file_s_own_label(
    tmp_path: Path, source: pd.DataFrame, label: str, simulated: bool
) -> None:
    _, facts = ingest(TOY, save(tmp_path, source, label))
    assert facts.simulated is simulated
    assert facts.file_label == label


def test_the_digest_tells_whether_it_is_the_file_that_was_described(tmp_path: Path, source: pd.DataFrame) -> None:
    file = save(tmp_path, source)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert sha256(file) == digest
    for expected, as_described in ((None, None), (digest, True), ("0" * 64, False)):
        _, facts = ingest(survey(waves__2017q3__sha256=expected), file)
        assert facts.sha256 == digest
        assert facts.as_described is as_described


def test_the_reader_is_told_what_the_description_says_of_the_file() -> None:
    toy = survey(
        source={
            "format": "csv",
            "delimiter": ";",
            "decimal": ",",
            "missing": ["NA"],
            "encoding": "cp1252",
            "member": "*.csv",
        }
    )
    spec = source_spec(toy, "toy.zip")
    assert (spec.name, spec.format, spec.delimiter, spec.decimal, spec.encoding, spec.member) == (
        "toy.zip", "csv", ";", ",", "cp1252", "*.csv",
    )  # fmt: skip
    assert spec.missing == ("NA",)


def test_rows_for_which_keep_does_not_hold_are_left_out(tmp_path: Path, source: pd.DataFrame) -> None:
    toy = survey(keep="result = 1")
    frame, facts = ingest(toy, save(tmp_path, source.assign(result=[1.0, 2.0, np.nan])))
    assert frame["stat"].tolist() == [1.0]
    assert facts.rows == 3
    with pytest.raises(UserError, match="'keep' holds for no row") as error:
        ingest(survey(keep="result = 3"), tmp_path / "toy.sav")
    assert error.value.where == "workflow/surveys/toy_lfs.yaml, keep"


def test_what_the_file_declares_is_kept_with_its_columns(tmp_path: Path, source: pd.DataFrame) -> None:
    path = tmp_path / "toy.sav"
    declared = {"ss": [{"lo": 8, "hi": 9}], "home": ["99"], "not_read": [1]}
    frame = source.assign(home=["99", "1", "2"], not_read=1.0, result=[1.0, 8.0, 1.0])
    labels = {"sex": {1: "Male", 2: "Female"}, "not_read": {1: "x"}}
    pyreadstat.write_sav(frame, path, missing_ranges={**declared, "result": [8]}, variable_value_labels=labels)
    toy = survey(variables__hours_usual="CAST(home AS DOUBLE)", keep="result <> 9")
    kept, facts = ingest(toy, path)
    assert len(kept) == 2, "a code that is declared missing is not different from 9: it is no answer"
    assert set(facts.user_missing) == {"ss", "home", "result"}
    assert facts.value_labels == {"sex": {"1.0": "Male", "2.0": "Female"}}
    hours = harmonise(kept, toy, facts.user_missing)["hours_usual"]
    assert hours.isna().tolist() == [True, True], "the second does not work"
    assert len(ingest(survey(keep="result <> 9", source={"declared_missing": "codes"}), path)[0]) == 3


@pytest.fixture
def stata(tmp_path: Path, source: pd.DataFrame) -> Path:
    """Column `ss` holds 1, .d and .r; `stat` holds numbers only."""
    path = tmp_path / "toy.dta"
    frame = source.assign(ss=pd.Series([1.0, "d", "r"], dtype=object), stat=[1.0, 1.0, 3.0])
    pyreadstat.write_dta(frame, path, missing_user_values={"ss": ["d", "r"]})
    return path


def test_columns_of_32_bits_are_known(tmp_path: Path, source: pd.DataFrame) -> None:
    path = tmp_path / "toy.dta"
    source.assign(ss=np.array([1.1, 2.3, np.nan], dtype="float32")).to_stata(path, write_index=False)
    frame, facts = ingest(TOY, path)
    assert facts.single == ["ss"]
    assert frame["ss"].tolist()[:2] == [1.1, 2.3], "codes are those that were written"


def test_missing_letters_of_a_stata_file_are_a_column_that_conditions_may_name(stata: Path) -> None:
    named = survey(
        variables__soc_sec={"yes": "ss = 1", "dont_know": "ss_missing = 'd'", "refused": "stat_missing = 'r'"}
    )
    frame, _ = ingest(named, stata)
    assert frame["ss"].fillna(-1).tolist() == [1.0, -1.0, -1.0]
    assert frame["ss_missing"].fillna("").tolist() == ["", "d", "r"]
    assert frame["stat_missing"].isna().all()
    found = harmonise(frame, named)
    assert found["soc_sec_why"].tolist()[:2] == ["answered", "dont_know"]
    plain, _ = ingest(TOY, stata)
    assert not [name for name in plain if name.endswith("_missing")]


def test_letters_of_a_column_that_is_not_there_are_an_error(stata: Path, tmp_path: Path, source: pd.DataFrame) -> None:
    named = survey(variables__soc_sec={"yes": "ss = 1", "dont_know": "sss_missing = 'd'"})
    assert "there is no column 'sss_missing'" in refusal(stata, named).what
    other = survey(variables__soc_sec={"yes": "ss = 1", "dont_know": "ss_missing = 'd'"})
    assert "there is no column 'ss_missing'" in refusal(save(tmp_path, source), other).what, "SPSS has no letters"


def test_a_column_of_that_name_in_the_file_is_itself(tmp_path: Path, source: pd.DataFrame) -> None:
    path = tmp_path / "toy.dta"
    pyreadstat.write_dta(source.assign(ss_missing=7.0), path)
    frame, _ = ingest(survey(variables__soc_sec={"yes": "ss = 1", "dont_know": "ss_missing = 7"}), path)
    assert frame["ss_missing"].tolist() == [7.0] * 3
