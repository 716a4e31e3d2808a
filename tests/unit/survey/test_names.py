"""What a message may show of the names that stand in a file."""

import pandas as pd
import pytest
from unit.survey.mutants import leaks, people
from unit.survey.small_family import COLUMNS, survey

from informality.errors import UserError
from informality.survey.ingest import ingest
from informality.survey.names import has_names, hint, hints, looks_like_a_name, refuse_same_names
from informality.survey.source import Metadata

ANSWERS = ("Somphone", "Ban Nakhamxieng", "02055512345", "yes", "2017-07-31", "213.28", "")


def of(*columns: str, kind: str = "csv") -> Metadata:
    return Metadata(format=kind, columns=columns, rows=None)


@pytest.mark.parametrize("name", ["Q13GENDER", "_weight", "p61b1", "V1028", "hh.size", "ລະຫັດ", "reg_code"])
def test_names_of_columns_look_like_names(name: str) -> None:
    assert looks_like_a_name(name)


@pytest.mark.parametrize(
    "text", ["Ban Nakhamxieng", "02055512345", "213.28", "2017-07-31", "id02055512345", "", "a" * 65]
)
def test_answers_with_blanks_or_digits_do_not(text: str) -> None:
    assert not looks_like_a_name(text)


def test_a_header_is_known_by_the_columns_asked_for() -> None:
    assert has_names(["a", "b", "c", "d"], ["D", "x"])
    assert not has_names(["a", "b", "c", "d", "e"], ["e", "x"])


def test_names_are_suggested_where_the_file_has_names() -> None:
    assert hint("wieght", ["wieght", "sex"], of("weight", "sex")) == "did you mean 'weight'?"
    assert hint("zzz", ["zzz", "sex"], of("weight", "sex")) == "none of the file's 2 columns is called nearly so"
    assert hint("Somphonx", ["Somphonx", "sex"], of("Somphone 1", "sex")).startswith("none of"), "no name of a column"


def test_no_answer_is_suggested_where_it_has_none() -> None:
    asked = ["name", "village", "sex", "age", "Somphona"]
    for name in asked:
        told = hint(name, asked, of(*ANSWERS))
        assert "hardly one of the columns asked for is among the file's 7" in told
        assert not any(answer in told for answer in ANSWERS if answer)
    assert "Somphone" not in hints(asked, asked, of(*ANSWERS))


def test_another_spelling_of_what_was_asked_for_is_shown_all_the_same() -> None:
    assert hint("hh_size", ["hh_size", *"abcdefgh"], of("HHSIZE", "Somphone")) == "did you mean 'HHSIZE'?"
    told = hints(["hh_size", "a"], ["hh_size", *"abcdefgh"], of("HHSIZE", "Somphone"))
    assert told.startswith("'hh_size': did you mean 'HHSIZE'?; hardly one")


def test_names_of_a_layout_are_nobody_s_answers() -> None:
    assert hint("wage", ["wage"], of("wages", kind="fwf")) == "did you mean 'wages'?"


def test_equal_names_are_told_by_their_places() -> None:
    with pytest.raises(UserError, match="same name: 1 and 3, counted from the left") as error:
        refuse_same_names(["Somphone", "b", "Somphone"], "f")
    assert "Somphone" not in str(error.value)


def headless(path, frame: pd.DataFrame, first: int, **how: object):
    frame.iloc[[first, *range(20)]].to_csv(path, index=False, header=False, **how)
    return path


def test_a_file_without_a_header_tells_nothing_of_its_first_person(tmp_path) -> None:
    """Neither where most answers are numbers, nor where most are words."""
    frame = people()
    planted = len(frame) // 2
    words = frame[["name", "village", "phone", "w", "pay"]].assign(**{f"q{i}": f"answer {i}" for i in range(6)})
    for number, shown in enumerate((frame, words, words.assign(again=words["name"]))):
        path = headless(tmp_path / f"{number}.csv", shown, planted)
        with pytest.raises(UserError) as error:
            ingest(survey(), path)
        assert leaks(str(error.value)) == []
        assert "answer" not in str(error.value).replace("answers", "")


def test_a_parquet_file_with_answers_for_names_tells_nothing_of_them(tmp_path) -> None:
    frame = people()
    frame.columns = [str(value) for value in frame.iloc[len(frame) // 2]]
    frame.iloc[:, [-1, -2, -3, 0, 1]].to_parquet(tmp_path / "toy.parquet")
    with pytest.raises(UserError) as error:
        ingest(survey(), tmp_path / "toy.parquet")
    assert leaks(str(error.value)) == []


def test_all_absent_columns_are_named_at_once_with_their_keys(tmp_path) -> None:
    frame = people().rename(columns={"ss": "sss", "ea": "ea_x"})
    frame.to_csv(tmp_path / "toy.csv", index=False)
    with pytest.raises(UserError) as error:
        ingest(survey(), tmp_path / "toy.csv")
    assert "2 columns that conditions name are not in the file" in error.value.what
    assert "'ea' (design.psu), 'ss' (variables.soc_sec.yes)" in error.value.what
    assert "'ea': did you mean 'ea_x'?; 'ss': did you mean 'sss'?" in error.value.todo
    assert error.value.where == "workflow/surveys/toy_lfs.yaml"
    assert set(COLUMNS) - set(frame) == {"ss", "ea"}
