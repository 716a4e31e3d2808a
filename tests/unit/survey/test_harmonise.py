"""From a file's columns to the vocabulary: every value with its reason, the design, the office's own rule."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.survey.small_family import COLUMNS, family, persons, survey

from informality import vocabulary as v
from informality.errors import UserError
from informality.survey.description import Survey, lay_over
from informality.survey.harmonise import harmonise

TOY = survey()
EMPLOYEE, EMPLOYER, OWN_ACCOUNT = {"stat": 1.0}, {"stat": 2.0}, {"stat": 3.0}
IDLE = {"work": 2.0}


def words(frame: pd.DataFrame, name: str) -> list[str | None]:
    return [None if pd.isna(x) else x for x in frame[name]]


def pairs(frame: pd.DataFrame, name: str) -> list[tuple[object, str]]:
    """Value and reason of each person; None for NULL."""
    return list(zip(words(frame, name), frame[v.why(name)], strict=True))


def refusal(source: pd.DataFrame, toy: Survey = TOY) -> UserError:
    with pytest.raises(UserError) as error:
        harmonise(source, toy)
    return error.value


def test_each_reason_has_its_case() -> None:
    source = persons(
        {**EMPLOYEE, "ss": 1.0},
        {**EMPLOYEE, "ss": 2.0},
        {**EMPLOYEE, "ss": 3.0},
        {**EMPLOYEE, "ss": 4.0},
        {**EMPLOYEE, "ss": 77.0},
        {**EMPLOYEE},
        {**OWN_ACCOUNT, "ss": 1.0},
        {"ss": 1.0},
        {**IDLE, **EMPLOYEE, "ss": 1.0},
        {**EMPLOYEE, "ss": 1.0, "age": 14.0},
    )
    assert pairs(harmonise(source, TOY), "soc_sec") == [
        ("yes", "answered"),
        ("no", "answered"),
        (None, "dont_know"),
        (None, "refused"),
        (None, "not_stated"),
        (None, "not_stated"),
        (None, "not_asked"),
        (None, "not_asked"),
        (None, "not_applicable"),
        (None, "not_applicable"),
    ]


def test_levels_win_over_reasons_in_their_order() -> None:
    """The description's `not_asked` catches whom no level caught."""
    source = persons(
        {**EMPLOYER, "reg": 1.0, "small": 1.0}, {**EMPLOYER, "small": 1.0}, {**EMPLOYER}, {**EMPLOYEE, "reg": 1.0}
    )
    assert pairs(harmonise(source, TOY), "registered") == [
        ("yes", "answered"),
        (None, "not_asked"),
        (None, "not_stated"),
        (None, "not_asked"),
    ]


def test_what_the_description_does_not_hold_was_not_asked() -> None:
    frame = harmonise(persons(EMPLOYEE, IDLE), TOY)
    assert pairs(frame, "books") == [(None, "not_asked"), (None, "not_applicable")]
    assert pairs(frame, "area") == [(None, "not_asked")] * 2
    assert pairs(frame, "hours_usual") == [(None, "not_asked"), (None, "not_applicable")]


def test_numbers_have_reasons_too() -> None:
    source = persons(
        {**EMPLOYEE, "isic": 4711.0, "isco": 52.0},
        {**EMPLOYEE, "isic": 9998.0},
        EMPLOYEE,
        {**IDLE, "isic": 4711.0},
        {"age": 999.0},
    )
    frame = harmonise(source, TOY)
    assert pairs(frame, "isic2") == [
        (47.0, "answered"),
        (None, "dont_know"),
        (None, "not_stated"),
        (None, "not_applicable"),
        (None, "not_applicable"),
    ]
    assert pairs(frame, "age")[4] == (None, "not_stated")
    assert pairs(frame, "isco2")[:2] == [(52.0, "answered"), (None, "not_stated")]


def test_codes_that_the_file_declares_as_missing_are_no_numbers() -> None:
    source = persons({**EMPLOYEE, "isco": 52.0}, {**EMPLOYEE, "isco": 98.0}, {**EMPLOYEE, "isic": 9998.0})
    frame = harmonise(source, TOY, {"ISCO": [{"lo": 97.0, "hi": 99.0}], "isic": [{"lo": 9998.0, "hi": 9998.0}]})
    assert pairs(frame, "isco2") == [(52.0, "answered"), (None, "not_stated"), (None, "not_stated")]
    # The description may say what such a code means.
    assert pairs(frame, "isic2")[2] == (None, "dont_know")


def test_questions_on_social_security_follow_whom_they_were_asked_of() -> None:
    source = persons(
        {**EMPLOYEE, "pen": 1.0},
        {**EMPLOYER, "pen": 2.0},
        {**EMPLOYER, "pen": 3.0},
        EMPLOYEE,
        {**OWN_ACCOUNT, "pen": 1.0},
        {**IDLE, "pen": 1.0},
    )
    assert pairs(harmonise(source, TOY), "cover__pension") == [
        ("yes", "answered"),
        ("no", "answered"),
        (None, "dont_know"),
        (None, "not_stated"),
        (None, "not_asked"),
        (None, "not_applicable"),
    ]


def test_the_age_base_bounds_employment_and_the_national_base() -> None:
    source = persons({"age": 14.0}, {"age": 15.0}, {"age": 65.0}, {"age": 999.0}, {"age": None}, {"age": 30.0, **IDLE})
    toy = survey(national_base={"condition": "age BETWEEN 10 AND 64", "label": "ages 10 to 64"})
    frame = harmonise(source, toy)
    assert frame["age_base"].tolist() == [False, True, True, False, False, True]
    assert frame["national_base"].tolist() == [False, True, False, False, False, True]
    assert frame["employed__national"].tolist() == [False, True, True, False, False, False]
    younger = harmonise(source, survey(age_base=10))
    assert younger["employed__national"].tolist() == [True, True, True, False, False, False]
    assert pairs(younger, "age_group")[0] == (None, "not_applicable")
    assert harmonise(source, TOY)["national_base"].equals(frame["age_base"].rename("national_base"))


def test_who_works_under_any_concept_has_a_job() -> None:
    toy = survey(concepts={"national": {"employed": "work = 1"}, "icls13": {"employed": "work IN (1, 3)"}})
    frame = harmonise(persons({"stat": 1.0, "work": 3.0, "ss": 1.0}, {"stat": 1.0, "work": 2.0, "ss": 1.0}), toy)
    assert frame["employed__icls13"].tolist() == [True, False]
    assert frame["employed__national"].tolist() == [False, False]
    assert pairs(frame, "soc_sec") == [("yes", "answered"), (None, "not_applicable")]


def test_the_survey_s_own_levels_keep_their_order() -> None:
    frame = harmonise(persons({"prov": 2.0}, {"prov": 1.0}, {"prov": 3.0}), TOY)
    assert list(frame["region"].cat.categories) == ["north", "south"]
    assert pairs(frame, "region") == [("south", "answered"), ("north", "answered"), (None, "not_stated")]


def test_psus_that_start_again_in_each_stratum_are_told_apart() -> None:
    source = persons(*({"str": float(s), "ea": float(e)} for s in (2, 1) for e in (1, 2, 1)))
    frame = harmonise(source, TOY)
    assert frame["stratum"].tolist() == [1, 1, 1, 0, 0, 0]
    assert frame["psu"].tolist() == [2, 3, 2, 0, 1, 0]


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(-3, 5)), min_size=1, max_size=30), st.booleans())
def test_design_codes_tell_apart_what_the_file_tells_apart(cells: list[tuple[int, int]], text: bool) -> None:
    def code(x: int) -> float | str:
        return f"v {x}" if text else float(x)

    frame = harmonise(persons(*({"str": code(s), "ea": code(e)} for s, e in cells)), TOY)
    found = list(zip(frame["stratum"], frame["psu"], strict=True))
    for i, one in enumerate(cells):
        for j, other in enumerate(cells):
            assert (found[i][0] == found[j][0]) == (one[0] == other[0])
            assert (found[i][1] == found[j][1]) == (one == other)
    assert set(frame["psu"]) == set(range(len(set(cells))))
    assert set(frame["stratum"]) == set(range(len({s for s, _ in cells})))


def test_households_are_codes_and_their_identifiers_are_not_kept() -> None:
    source = persons({}, {}, {}, {}).assign(hh=["b-10", "a-7", "b-10", "b-2"])
    frame = harmonise(source, survey(household="hh"))
    assert frame["household"].tolist() == [1, 0, 1, 2]
    assert frame["household"].dtype == np.int32
    assert not frame.isin(["a-7", "b-10", "b-2"]).to_numpy().any()
    assert "household" not in harmonise(persons({}), TOY)


def test_a_household_may_be_an_expression() -> None:
    source = persons({"ea": 1.0}, {"ea": 2.0}, {"ea": 2.0}, {"ea": 1.0}).assign(hh=[1, 1, 2, 1])
    frame = harmonise(source, survey(household="concat(ea, '-', hh)"))
    assert frame["household"].tolist() == [0, 1, 2, 0]


def test_persons_without_a_household_are_counted_and_not_shown() -> None:
    source = persons({}, {}, {}).assign(hh=["secret", None, None])
    error = refusal(source, survey(household="hh"))
    assert error.what == "toy_lfs_2017q3: 'household' is missing for 2 of 3 persons"
    assert error.where == "workflow/surveys/toy_lfs.yaml, household"
    assert "secret" not in str(error)


def test_no_strata_and_no_psus() -> None:
    frame = harmonise(persons({}, {}, {}), survey(design={"weight": "1", "stratum": "none", "psu": "none"}))
    assert frame["stratum"].tolist() == [0, 0, 0]
    assert frame["psu"].tolist() == [0, 1, 2]
    assert frame["weight"].tolist() == [1.0, 1.0, 1.0]


def test_design_columns_may_be_expressions_and_texts() -> None:
    source = persons({"ea": "AB1"}, {"ea": "AB2"}, {"ea": "CD1"})
    frame = harmonise(source, survey(design={"weight": "w * 2", "stratum": "none", "psu": "left(ea, 2)"}))
    assert frame["psu"].tolist() == [0, 0, 1]
    assert frame["weight"].tolist() == [2.0, 2.0, 2.0]


@pytest.mark.parametrize(
    ("rows", "message", "key"),
    [
        ([{"w": None}, {"w": 777.0}], "the weight is missing for 1 of 2 persons", "design.weight"),
        ([{"w": float("inf")}, {"w": 777.0}], "the weight is missing for 1 of 2 persons", "design.weight"),
        ([{"w": -777.0}, {"w": 1.0}], "the weight is negative for 1 of 2 persons", "design.weight"),
        ([{"w": 0.0}, {"w": 0.0}], "none of 2 persons has a weight above zero", "design.weight"),
        ([{"w": "777"}, {"w": "x"}], "this is not a number for a person: w", "design.weight"),
        ([{"str": None}, {"ea": 777.0}], "'stratum' is missing for 1 of 2 persons", "design.stratum"),
        ([{"ea": None}, {"ea": None}, {"ea": 777.0}], "'psu' is missing for 2 of 3 persons", "design.psu"),
    ],
)
def test_a_broken_design_stops_with_counts_and_no_value(rows: list[dict], message: str, key: str) -> None:
    error = refusal(persons(*rows))
    assert message in error.what
    assert error.where == f"workflow/surveys/toy_lfs.yaml, {key}"
    assert "777" not in str(error)


def test_a_file_without_persons_stops() -> None:
    assert "none of 0 persons" in refusal(persons({}).iloc[:0]).what


def test_a_zero_weight_is_kept() -> None:
    assert harmonise(persons({"w": 0.0}, {"w": 2.0}), TOY)["weight"].tolist() == [0.0, 2.0]


def test_a_design_to_be_declared_stops() -> None:
    toy = survey(design={"weight": "w", "stratum": "TO_BE_DECLARED", "psu": "ea"})
    assert "not declared yet: stratum" in refusal(persons({}), toy).what


def test_an_absent_column_names_the_key_and_the_nearest() -> None:
    error = refusal(persons(EMPLOYEE).rename(columns={"ss": "sss"}))
    assert "there is no column 'ss'" in error.what
    assert error.where.startswith("workflow/surveys/toy_lfs.yaml, variables.soc_sec.")
    assert error.todo == "did you mean 'sss'?"


@pytest.mark.parametrize(
    ("column", "value", "key"),
    [
        ("ss", "secret", "variables.soc_sec.yes"),
        ("age", "secret", "variables.age"),
        ("work", "secret", "concepts.national.employed"),
    ],
)
def test_a_text_where_a_number_should_be_never_shows_itself(column: str, value: str, key: str) -> None:
    error = refusal(persons({**EMPLOYEE, column: value}, {**EMPLOYEE, column: "1"}))
    assert error.where == f"workflow/surveys/toy_lfs.yaml, {key}"
    assert "secret" not in str(error)


@pytest.mark.parametrize("condition", ["sex", "sex + 1", "'x'"])
def test_a_level_without_comparison_is_no_condition(condition: str) -> None:
    """`male: Q13GENDER` would make everybody with a code but 0 a man."""
    error = refusal(persons({}), survey(variables__sex={"male": condition, "female": "sex = 2"}))
    assert "not true or false" in error.what
    assert error.where.endswith("variables.sex.male")


def old_wave(**differences: object) -> Survey:
    wave = {"file": None, "from": date(2008, 7, 1), "to": date(2008, 9, 30), "differs": ["old"]}
    return lay_over(family(waves__2008q3=wave, differences={"old": differences}), "2008q3")


def test_columns_declared_absent_are_empty_whatever_they_are_compared_with() -> None:
    source = persons(EMPLOYEE).drop(columns=["ss", "offsec"])
    frame = harmonise(source, old_wave(absent=["SS", "offsec"]))
    assert pairs(frame, "soc_sec") == [(None, "not_stated")]
    assert "flag__sector" not in frame
    texts = {"soc_sec": {"yes": "ss = 'Y'", "no": "left(ss, 1) = 'N' OR ss + 1 = 3 OR ss IN ('a', 'b')"}}
    assert pairs(harmonise(source, old_wave(absent=["SS", "offsec"], variables=texts)), "soc_sec") == [
        (None, "not_stated")
    ]


def test_what_is_declared_absent_and_still_there_is_read() -> None:
    frame = harmonise(persons({**EMPLOYEE, "ss": 1.0}), old_wave(absent=["ss"]))
    assert pairs(frame, "soc_sec") == [("yes", "answered")]


def test_a_variable_that_a_difference_takes_away_was_not_asked() -> None:
    frame = harmonise(
        persons({**EMPLOYEE, "ss": 1.0}), old_wave(variables={"soc_sec": None}, social_security={"pension": None})
    )
    assert pairs(frame, "soc_sec") == [(None, "not_asked")]
    assert "cover__pension" not in frame


def test_later_tables_of_the_office_see_the_outcomes_of_earlier_ones() -> None:
    source = persons(
        {"reg": 2.0, "ss": 1.0},
        {"reg": 1.0, "ss": 1.0},
        {"reg": 1.0},
        {},
        {**IDLE, "reg": 2.0},
        {"reg": 2.0, "age": 12.0},
    )
    frame = harmonise(source, TOY)
    assert words(frame, "national__sector") == ["2", "1", "1", None, None, None]
    assert words(frame, "national_by__sector") == ["not_registered", "registered", "registered", None, None, None]
    assert words(frame, "national__total") == ["2", "1", None, None, None, None]
    assert words(frame, "unit__national") == ["informal_sector", "formal_sector", "formal_sector", None, None, None]
    assert words(frame, "unit_rule__national") == words(frame, "national_by__sector")
    assert words(frame, "job__national") == ["informal", "formal", None, None, None, None]
    assert list(frame["unit__national"].cat.categories) == list(v.UNITS)
    assert list(frame["job__national"].cat.categories) == list(v.JOBS)


def test_an_earlier_table_does_not_see_a_later_one() -> None:
    rules = [{"id": "early", "if": "total_rule = '1'", "then": "1"}]
    toy = survey(national__tables__sector__rules=rules, national__unit=...)
    assert "there is no column 'total_rule'" in refusal(persons({}), toy).what


def test_an_outcome_that_means_nothing_in_the_vocabulary_is_null() -> None:
    frame = harmonise(persons({"reg": 1.0}, {"reg": 2.0}), survey(national__unit__outcomes={"2": "informal_sector"}))
    assert words(frame, "unit__national") == [None, "informal_sector"]
    assert words(frame, "unit_rule__national") == ["registered", "not_registered"]


def test_flags_are_texts_as_the_office_writes_them() -> None:
    source = persons(
        {"offsec": 1.0, "offinf": "1"}, {"offsec": 10.0, "offinf": ""}, {"offsec": None, "offinf": "b"}, {"offsec": 2.5}
    )
    frame = harmonise(source, TOY)
    assert words(frame, "flag__sector") == ["1", "10", None, "2.5"]
    assert words(frame, "flag__total") == ["1", None, "b", None]


def test_flags_keep_every_digit() -> None:
    frame = harmonise(persons({"offsec": 1000001.0}, {"offsec": 1000002.0}, {"offsec": 2.0**53}), TOY)
    assert words(frame, "flag__sector") == ["1000001", "1000002", "9007199254740992"]


def test_checks_are_one_zero_or_unknown_among_their_universe() -> None:
    source = persons({"reg": 2.0}, {"reg": 1.0, "ss": 1.0}, {}, {**IDLE, "sex": 2.0}, {"sex": None})
    frame = harmonise(source, TOY)
    np.testing.assert_array_equal(frame["check__informal"], [1, 0, np.nan, np.nan, np.nan])
    assert frame["check_in__informal"].tolist() == [True, True, True, False, True]
    np.testing.assert_array_equal(frame["check__women"], [0, 0, 0, 1, np.nan])
    assert frame["check_in__women"].all()


def test_a_survey_without_a_national_rule() -> None:
    frame = harmonise(persons(EMPLOYEE), survey(national=..., checks={}))
    assert not [c for c in frame if c.startswith(("national_", "unit__", "job__", "flag__")) and c != "national_base"]
    noted = harmonise(persons(EMPLOYEE), survey(national={"source": "none known", "note": "none"}, checks={}))
    assert list(noted) == list(frame)


def test_capital_letters_of_the_file_do_not_matter_here() -> None:
    upper = persons({**EMPLOYEE, "ss": 1.0, "offsec": 2.0}).rename(columns=str.upper)
    frame = harmonise(upper, TOY)
    assert words(frame, "soc_sec") == ["yes"]
    assert words(frame, "flag__sector") == ["2"]


def test_the_source_is_left_as_it_was() -> None:
    source = persons(EMPLOYEE, IDLE)
    copy = source.copy(deep=True)
    harmonise(source, old_wave(absent=["nowhere"]))
    pd.testing.assert_frame_equal(source, copy)


CODES = {
    "w": st.sampled_from([0.5, 1.0, 3.0]),
    "str": st.sampled_from([1.0, 2.0]),
    "ea": st.sampled_from([1.0, 2.0, 3.0]),
    "work": st.sampled_from([1.0, 2.0, None]),
    "age": st.sampled_from([3.0, 14.0, 15.0, 40.0, 70.0, 999.0, None]),
    "isic": st.sampled_from([111.0, 400.0, 4711.0, 9998.0, None]),
    "isco": st.sampled_from([1.0, 52.0, 99.0, None]),
}
CODE = st.sampled_from([None, 1.0, 2.0, 3.0, 4.0, 8.0, 99.0])
ROWS = st.lists(st.fixed_dictionaries({name: CODES.get(name, CODE) for name in COLUMNS}), min_size=1, max_size=30)


@settings(max_examples=12, deadline=None)
@given(ROWS)
def test_invariants_of_the_harmonised_frame(rows: list[dict]) -> None:
    source = persons(*rows)
    frame = harmonise(source, TOY)
    assert len(frame) == len(source)
    assert frame["weight"].tolist() == source["w"].tolist(), "rows in the order of the file"
    job = frame["employed__national"]
    # 999 is the code of an unknown age.
    assert job.tolist() == ((source["work"] == 1) & source["age"].between(15, 998)).tolist()
    assert not (job & ~frame["age_base"]).any()
    asked_of = {
        **{name: TOY.family.routing.get(name) for name in v.VARIABLES},
        "cover__pension": ["employee", "employer"],
    }
    for name, groups in asked_of.items():
        value, why = frame[name], frame[v.why(name)]
        assert (value.notna() == (why == "answered")).all(), "a value is there only where it was answered"
        assert why.notna().all()
        assert list(why.cat.categories) == list(v.REASONS)
        of_workers = name == "cover__pension" or v.VARIABLES[name].of == "employed"
        if of_workers:
            assert ((why == "not_applicable") == ~job).all()
        if groups is not None:
            outside = job & ~frame["status"].isin(groups)
            assert (why[outside] == "not_asked").all(), "routing is not ignorance"
    for name in ("unit__national", "job__national", "national__sector", "national__total"):
        assert frame.loc[~job, name].isna().all()
    assert (frame["age_group"].notna() == (frame["age"] >= 15)).all()


@settings(max_examples=6, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_each_person_is_recoded_alone(rows: list[dict], random: object) -> None:
    """Another order of the persons gives the same persons in that order; design codes too, for they follow the file's codes."""
    order = list(range(len(rows)))
    random.shuffle(order)  # type: ignore[attr-defined]
    frame = harmonise(persons(*rows), TOY)
    other = harmonise(persons(*(rows[i] for i in order)), TOY)
    pd.testing.assert_frame_equal(other, frame.iloc[order].reset_index(drop=True))
