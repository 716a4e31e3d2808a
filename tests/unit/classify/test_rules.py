"""The standards' rules on made-up workers: a witness for every rule, and the invariants that hold for any answers."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import cache

import numpy as np
import pandas as pd
import pytest
from support import all_choices, answer, random_workers, standards, workers

from informality.classify.rules import classify, classify_each, classify_one
from informality.classify.standards import NOT_COMPUTABLE
from informality.errors import UserError
from informality.settings import Variant

STANDARDS = standards()
SETTINGS = [
    pytest.param(name, choices, id=f"{name}-{'-'.join(c for c in choices.values())}")
    for name, standard in STANDARDS.items()
    for choices in all_choices(standard)
]
FRAME = random_workers(6000, seed=20030).assign(lfs="employed")

# A worker whom the rule decides, under the choices of its `only` and the defaults otherwise.
UNIT_WITNESSES = {
    "icls17": {
        "U1": {"household_employer": "yes", "registered": "yes"},
        "U1c": {"isic_revision": "rev4", "isic2": 97, "registered": "yes"},
        "U2": {"destination": "only_own_use", "inst_sector": "private", "registered": "yes"},
        "U2m": {"destination": "mainly_own_use", "registered": "yes"},
        "U3": {"inst_sector": "government", "registered": "no"},
        "U4": {"books": "complete", "registered": "no"},
        "U5": {"registered": "yes", "books": "none"},
        "U6": {"registered": "in_process", "status": "employee", "soc_sec": "yes"},
        "U7": {"status": "employee", "soc_sec": "yes", "registered": "no"},
        "U8": {"place": "fixed_premises", "size_cut": "at_or_above", "registered": "no"},
        "U8s": {"place": "?not_asked", "size_cut": "at_or_above"},
        "UI": {"status": "own_account", "registered": "?not_asked", "books": "?not_asked", "size_cut": "below"},
        "UN": {"registered": "?not_asked", "books": "?not_asked", "size_cut": "?not_asked"},
        "UNs": {"registered": "?not_asked", "books": "?not_asked", "place": "?not_asked", "size_cut": "at_or_above"},
        "U9x": {"registered": "?dont_know", "books": "?refused", "size_cut": "?dont_know"},
        "U9": {"registered": "?dont_know", "books": "?refused", "size_cut": "?dont_know"},
    },
    "icls21": {
        "V1": {"household_employer": "yes", "registered": "yes"},
        "V1c": {"isco_revision": "isco88", "isco2": 62, "registered": "yes"},
        "V2": {"destination": "mainly_own_use", "registered": "yes"},
        "V3": {"inst_sector": "corporation", "registered": "no"},
        "V4": {"registered": "yes"},
        "V5": {"books": "complete", "registered": "no"},
        "V6": {"registered": "no", "status": "employee", "soc_sec": "yes"},
        "V7": {"status": "employee", "soc_sec": "yes"},
        "V8": {"registered": "?not_asked", "books": "?not_asked", "size_cut": "at_or_above"},
        "VI": {"status": "employer", "registered": "?not_asked", "books": "?not_asked", "size_cut": "below"},
        "VN": {"registered": "?not_asked", "books": "?not_asked", "size_cut": "?not_asked"},
        "VNp": {"registered": "?not_asked", "books": "?not_asked", "size_cut": "at_or_above"},
        "V9": {"registered": "no", "size_cut": "at_or_above"},
    },
}
LEAVE = {"annual_leave": "yes", "sick_leave": "yes"}
NOTHING_ASKED = dict.fromkeys(("soc_sec", "annual_leave", "sick_leave"), "?not_asked")
NO_UNIT = dict.fromkeys(("registered", "books", "size_cut", "place"), "?not_asked")
JOB_WITNESSES = {
    "icls17": {
        "J1": {"status": "family_worker", "registered": "yes", "soc_sec": "yes"},
        "J2n": {"status": "not_classifiable", "soc_sec": "yes"},
        "J2": {"status": "employee", "soc_sec": "yes", "household_employer": "yes"},
        "J3": {"status": "employee", "soc_sec": "no", **LEAVE},
        "J4": {"status": "employee", "soc_sec": "?dont_know", **LEAVE},
        "JN": {"status": "employee", **NOTHING_ASKED},
        "J5": {"status": "employee", "soc_sec": "?dont_know", **LEAVE},
        "J6": {"status": "employee", "soc_sec": "?dont_know", "annual_leave": "yes"},
        "J7": {"status": "employer", "registered": "yes"},
        "J8": {"status": "cooperative", "registered": "no"},
        "J9": {"status": "own_account", "destination": "only_own_use", "inst_sector": "corporation"},
        "J9m": {"status": "own_account", "destination": "mainly_own_use", "inst_sector": "corporation"},
        "J10": {"status": "own_account", "books": "complete", "destination": "mainly_sale"},
        "J11": {"status": "own_account", "books": "none"},
        "JX": {"status": "own_account"},
        "JU": {"status": "employer", **NO_UNIT},
        "J12": {"registered": "yes"},
    },
    "icls21": {
        "K1": {"status": "family_worker", "registered": "no", "soc_sec": "yes"},
        "K2": {"status": "family_worker", "registered": "yes", "soc_sec": "yes"},
        "K3": {"status": "family_worker", "registered": "yes", "soc_sec": "no"},
        "KF": {"status": "family_worker", "registered": "yes", "soc_sec": "?not_asked"},
        "K4": {"status": "employee", "soc_sec": "yes", "household_employer": "yes"},
        "K5": {"status": "employee", "soc_sec": "no", **LEAVE},
        "K6": {"status": "employee", "soc_sec": "?dont_know", **LEAVE},
        "KN": {"status": "not_classifiable", **NOTHING_ASKED},
        "K7": {"status": "employee", "soc_sec": "?refused", **LEAVE},
        "K8": {"status": "employee", "soc_sec": "?refused", "annual_leave": "yes", "sick_leave": "no"},
        "K9": {"status": "own_account", "inst_sector": "corporation"},
        "K10": {"status": "employer", "registered": "no"},
        "KU": {"status": "own_account", **NO_UNIT},
        "K11": {"registered": "yes"},
    },
}


@pytest.mark.parametrize(("part", "witnesses"), [("unit", UNIT_WITNESSES), ("job", JOB_WITNESSES)], ids=["unit", "job"])
@pytest.mark.parametrize("name", STANDARDS)
def test_every_rule_decides_somebody(name: str, part: str, witnesses: dict[str, dict[str, dict[str, str]]]) -> None:
    standard = STANDARDS[name]
    rules = getattr(standard, part)
    assert [rule.id for rule in rules] == list(witnesses[name])
    extra = {"JX": {"residual": "not_classified"}}
    for rule in rules:
        choices = standard.choices({**rule.only, **extra.get(rule.id, {})}, "test")
        result = classify_one(workers([witnesses[name][rule.id]]), standard, choices).iloc[0]
        assert result[f"{part}_rule"] == rule.id
        assert result[part] == rule.outcome or (rule.outcome == NOT_COMPUTABLE and pd.isna(result[part]))


@pytest.mark.parametrize(
    ("person", "unit"),
    [
        ({"isic_revision": "rev4", "isic2": 97}, "household"),
        ({"isic_revision": "rev3", "isic2": 95}, "household"),
        # Divisions of one revision mean something else in the other (decision 6).
        ({"isic_revision": "rev4", "isic2": 95}, "informal_sector"),
        ({"isic_revision": "rev3", "isic2": 97}, "informal_sector"),
        ({"isco_revision": "isco08", "isco2": 63}, "household"),
        ({"isco_revision": "isco88", "isco2": 62}, "household"),
        ({"isco_revision": "isco08", "isco2": 62}, "informal_sector"),
        # Household comes first, then the kind of unit, then accounts and registration.
        ({"household_employer": "yes", "inst_sector": "government", "books": "complete"}, "household"),
        ({"destination": "only_own_use", "inst_sector": "?dont_know", "books": "complete"}, "household"),
        ({"destination": "only_own_use", "inst_sector": "corporation"}, "formal_sector"),
        ({"destination": "mainly_own_use", "registered": "yes"}, "formal_sector"),
        ({"inst_sector": "non_profit", "registered": "no", "books": "none"}, "formal_sector"),
        ({"inst_sector": "cooperative", "registered": "no"}, "informal_sector"),
        # Simplified accounts and a pending application are neither accounts nor registration.
        ({"books": "simplified", "registered": "in_process"}, "informal_sector"),
        # Only an employee's own cover is a sign of a formal unit.
        ({"status": "own_account", "soc_sec": "yes"}, "informal_sector"),
        # Size counts with fixed premises only, unless premises were not asked; unknown premises are not a routing.
        ({"place": "other", "size_cut": "at_or_above"}, "informal_sector"),
        ({"place": "?dont_know", "size_cut": "at_or_above"}, "informal_sector"),
        ({"place": "fixed_premises", "size_cut": "?dont_know"}, "informal_sector"),
        ({"place": "?not_asked", "size_cut": "below"}, "informal_sector"),
    ],
)
def test_units_of_the_17th_in_the_order_of_table_u(person: dict[str, str], unit: str) -> None:
    assert classify_one(workers([person]), STANDARDS["icls17"])["unit"].iloc[0] == unit


@pytest.mark.parametrize(
    ("name", "status", "unit", "soc_sec", "job"),
    [
        ("icls17", "family_worker", "registered", "yes", "informal"),
        ("icls21", "family_worker", "registered", "yes", "formal"),
        ("icls21", "family_worker", "registered", "no", "informal"),
        ("icls21", "family_worker", "registered", "?not_asked", None),
        ("icls21", "family_worker", "unregistered", "yes", "informal"),
        ("icls21", "family_worker", "unknowable", "no", "informal"),
        ("icls17", "employer", "registered", "no", "formal"),
        ("icls17", "cooperative", "registered", "no", "formal"),
        ("icls17", "own_account", "registered", "no", "formal"),
        ("icls17", "own_account", "unregistered", "yes", "informal"),
        ("icls17", "employer", "unknowable", "yes", None),
        ("icls21", "own_account", "unknowable", "yes", None),
        ("icls17", "employee", "unregistered", "yes", "formal"),
        ("icls17", "employee", "registered", "no", "informal"),
        ("icls17", "employee", "unknowable", "no", "informal"),
        ("icls17", "not_classifiable", "unregistered", "yes", "formal"),
    ],
)
def test_jobs_by_status(name: str, status: str, unit: str, soc_sec: str, job: str | None) -> None:
    of_unit = {"registered": {"registered": "yes"}, "unregistered": {"registered": "no"}, "unknowable": NO_UNIT}[unit]
    person = {"status": status, "soc_sec": soc_sec, **LEAVE, **of_unit}
    found = classify_one(workers([person]), STANDARDS[name])["job"].iloc[0]
    assert found == job if job is not None else pd.isna(found)


@cache
def _of_frame(name: str, choices: tuple[tuple[str, str], ...]) -> pd.DataFrame:
    return classify_one(FRAME, STANDARDS[name], dict(choices))


def of_frame(name: str, choices: dict[str, str]) -> pd.DataFrame:
    """`FRAME` by a standard with these choices, made once for all that is asked of it."""
    return _of_frame(name, tuple(choices.items())).copy(deep=False)


def one_by_one(frames: Sequence[pd.DataFrame], name: str, choices: dict[str, str]) -> list[pd.DataFrame]:
    """Each frame's result; all are classified together, since a call costs more than its rows."""
    result = classify_one(pd.concat(frames, ignore_index=True), STANDARDS[name], choices)
    ends = np.cumsum([len(frame) for frame in frames])
    return [result[end - len(frame) : end].set_axis(frame.index) for frame, end in zip(frames, ends, strict=True)]


@pytest.mark.parametrize(("name", "choices"), SETTINGS)
def test_invariant_1_units_and_jobs_partition_employment(name: str, choices: dict[str, str]) -> None:
    result = of_frame(name, choices)
    for part in ("unit", "job"):
        outcomes = {rule.id: rule.outcome for rule in getattr(STANDARDS[name], part)}
        by_rule = result[f"{part}_rule"].map(outcomes)
        assert by_rule.notna().all()
        assert (result[part].astype("str").where(result[part].notna(), NOT_COMPUTABLE) == by_rule).all()
    family = (FRAME["status"] == "family_worker") & (result["job"] == "formal")
    if name == "icls17":
        assert not family.any()
    else:
        assert family.any()
        assert (result.loc[family, "unit"] == "formal_sector").all()


@pytest.mark.parametrize(("name", "choices"), SETTINGS)
def test_invariant_2_jobs_follow_unit_or_social_security(name: str, choices: dict[str, str]) -> None:
    result = of_frame(name, choices)
    formal, formal_unit = result["job"] == "formal", result["unit"] == "formal_sector"
    heads = FRAME["status"].isin(["employer", "cooperative"])
    assert (formal[heads] == formal_unit[heads]).all()
    own_account = FRAME["status"] == "own_account"
    assert formal_unit[own_account & formal].all()
    employee = FRAME["status"] == "employee"
    missing = FRAME["soc_sec"].isna()
    if choices["dont_know"] == "informal":
        missing &= FRAME["soc_sec_why"] != "dont_know"
    leave = (FRAME["annual_leave"] == "yes") & (FRAME["sick_leave"] == "yes")
    assert (formal[employee] == ((FRAME["soc_sec"] == "yes") | (missing & leave))[employee]).all()


BETTER = {
    "books": ("complete", ["none", "simplified"]),
    "registered": ("yes", ["no", "in_process"]),
    "soc_sec": ("yes", ["no"]),
    "annual_leave": ("yes", ["no"]),
    "sick_leave": ("yes", ["no"]),
}


@pytest.mark.parametrize(("name", "choices"), SETTINGS)
def test_invariant_3_a_better_answer_never_makes_informal(name: str, choices: dict[str, str]) -> None:
    before = of_frame(name, choices)
    changed = 0
    better = [
        answer(
            FRAME, variable, yes, (FRAME[variable].isin(worse) | (FRAME[f"{variable}_why"] == "dont_know")).to_numpy()
        )
        for variable, (yes, worse) in BETTER.items()
    ]
    for variable, after in zip(BETTER, one_by_one(better, name, choices), strict=True):
        for part, formal in (("unit", "formal_sector"), ("job", "formal")):
            assert (after.loc[before[part] == formal, part] == formal).all(), variable
        changed += int((after["job"].cat.codes != before["job"].cat.codes).sum())
    assert changed > 0


@pytest.mark.parametrize(("name", "choices"), SETTINGS)
def test_invariant_3_size_never_matters_beside_books_and_registration(name: str, choices: dict[str, str]) -> None:
    known = FRAME[(FRAME["books"] == "complete") | (FRAME["registered"] == "yes")]
    before = of_frame(name, choices).loc[known.index]
    everybody = np.ones(len(known), dtype=bool)
    sizes = (("below", "answered"), ("at_or_above", "answered"), (None, "dont_know"), (None, "not_asked"))
    changed = [answer(known, "size_cut", value, everybody, reason) for value, reason in sizes]
    for after in one_by_one(changed, name, choices):
        pd.testing.assert_frame_equal(after[["unit", "job"]], before[["unit", "job"]])


@pytest.mark.parametrize("name", STANDARDS)
def test_invariant_4_strict_registration_is_never_less_informal(name: str) -> None:
    standard = STANDARDS[name]
    lenient = classify_one(FRAME, standard)
    strict = classify_one(FRAME, standard, standard.choices({"registration": "strict"}, "test"))
    for part, informal in (("unit", "informal_sector"), ("job", "informal")):
        assert (strict.loc[lenient[part] == informal, part] == informal).all()
    assert (strict["unit"] == "informal_sector").sum() > (lenient["unit"] == "informal_sector").sum()
    # The 21st ICLS reads size only where registration was not asked: the option moves units of employees, whose jobs rest on cover.
    assert ((strict["job"] == "informal").sum() > (lenient["job"] == "informal").sum()) == (name == "icls17")


@pytest.mark.parametrize("name", STANDARDS)
def test_invariant_6_a_household_employee_with_social_security_has_a_formal_job(name: str) -> None:
    signs = [
        {"household_employer": "yes"},
        {"isic_revision": "rev4", "isic2": 97},
        {"isco_revision": "isco08", "isco2": 63},
    ]
    people = workers(
        [{"status": "employee", "soc_sec": answered, **sign} for sign in signs for answered in ("yes", "no")]
    )
    result = classify_one(people, STANDARDS[name])
    assert (result["unit"] == "household").all()
    assert result["job"].tolist() == ["formal", "informal"] * 3


@pytest.mark.parametrize("name", STANDARDS)
def test_invariant_8_dont_know_moves_only_those_whom_leave_had_made_formal(name: str) -> None:
    standard = STANDARDS[name]
    as_missing = classify_one(FRAME, standard)
    informal = classify_one(FRAME, standard, standard.choices({"dont_know": "informal"}, "test"))
    moved = as_missing["job"].cat.codes != informal["job"].cat.codes
    expected = (
        FRAME["status"].isin(["employee", "not_classifiable"])
        & (FRAME["soc_sec_why"] == "dont_know")
        & (FRAME["annual_leave"] == "yes")
        & (FRAME["sick_leave"] == "yes")
    )
    assert expected.any()
    assert (moved == expected).all()
    assert (as_missing.loc[moved, "job"] == "formal").all()
    assert (informal.loc[moved, "job"] == "informal").all()


@pytest.mark.parametrize(("name", "choices"), SETTINGS)
def test_routing_is_not_ignorance(name: str, choices: dict[str, str]) -> None:
    """Decision 3: a group that was asked neither registration nor books nor size has no unit; the rest of the survey keeps its own."""
    group = (FRAME["status"] == "employee").to_numpy()
    frame = FRAME
    for variable in ("registered", "books", "size", "size_cut"):
        frame = answer(frame, variable, None, group, "not_asked")
    result = classify_one(frame, STANDARDS[name], choices)
    residual = {"icls17": ["U9", "U9x"], "icls21": ["V9"]}[name]
    assert not result.loc[group, "unit_rule"].isin(residual).any()
    open_ = group & result["unit"].isna().to_numpy()
    assert open_.sum() > 50
    assert result.loc[~group, "unit_rule"].isin(residual).any()
    # The job of an employee rests on social security and leave, not on the unit.
    before = of_frame(name, choices)
    assert (result.loc[group, "job"].cat.codes == before.loc[group, "job"].cat.codes).all()
    # An independent worker's job rests on the unit alone.
    heads = answer(frame, "status", "employer", open_)
    assert classify_one(heads, STANDARDS[name], choices).loc[open_, "job"].isna().all()


def test_size_alone_decides_where_premises_were_not_asked() -> None:
    person = {"status": "employee", "place": "?not_asked", "registered": "?not_asked", "books": "?not_asked"}
    people = workers([{**person, "size": "50_plus", "size_cut": "at_or_above"}, {**person, "size_cut": "below"}])
    standard = STANDARDS["icls17"]
    assert classify_one(people, standard)["unit_rule"].tolist() == ["U8s", "U9"]
    skipped = classify_one(people, standard, standard.choices({"place_not_asked": "skip"}, "test"))
    assert skipped["unit_rule"].tolist() == ["UNs", "UNs"]
    assert skipped["unit"].isna().all()


def test_size_alone_makes_no_unit_of_an_independent_worker_informal() -> None:
    """Decision 3: without registration and accounts only the sector or a large size settles the unit; employees' units are as before."""
    person = {"place": "?not_asked", "registered": "?not_asked", "books": "?not_asked"}
    small, large = {"size_cut": "below"}, {"size": "50_plus", "size_cut": "at_or_above"}
    people = workers([
        {**person, **small, "status": "own_account"}, {**person, **large, "status": "employer"},
        {**person, **small, "status": "employee"}, {**person, **small, "status": "employer", "inst_sector": "corporation"},
        {**person, **small, "status": "own_account", "books": "none"},
    ])  # fmt: skip
    standard = STANDARDS["icls17"]
    found = classify_one(people, standard)
    assert found["unit_rule"].tolist() == ["UI", "U8s", "U9", "U3", "U9"]
    assert found.loc[0, ["unit", "job"]].isna().all()
    used = classify_one(people, standard, standard.choices({"size_alone": "used"}, "test"))
    assert used["unit_rule"].tolist() == ["U9", "U8s", "U9", "U3", "U9"]
    assert classify_one(people, STANDARDS["icls21"])["unit_rule"].tolist()[0] == "VI"


def test_rules_decide_alike_in_any_order_of_rows() -> None:
    shuffled = FRAME.sample(frac=1, random_state=5)
    for standard in STANDARDS.values():
        pd.testing.assert_frame_equal(
            classify_one(shuffled, standard).sort_index(), classify_one(FRAME, standard).sort_index()
        )


def test_classify_writes_four_columns_a_variant_and_nothing_outside_employment() -> None:
    persons = FRAME.assign(
        employed__icls13=np.arange(len(FRAME)) % 3 > 0, employed__icls19=np.arange(len(FRAME)) % 3 > 1
    )
    variants = {
        "main": Variant(standard="icls17"),
        "strict": Variant(standard="icls17", options={"registration": "strict"}),
        "national": Variant(standard="national"),
    }
    classified = classify(persons, variants, STANDARDS)
    parts = ("unit", "unit_rule", "job", "job_rule")
    assert list(classified) == [f"{part}__{name}" for name, part in itertools.product(("main", "strict"), parts)]
    working = persons["employed__icls13"].to_numpy()
    assert classified[~working].isna().all(axis=None)
    alone = classify_one(persons[working], STANDARDS["icls17"])
    assert (classified.loc[working, "job_rule__main"] == alone["job_rule"]).all()
    assert (classified["unit_rule__strict"] == "U6").any()
    assert "U6" not in classified["unit_rule__main"].cat.categories


def test_nobody_employed_is_an_empty_classification() -> None:
    persons = FRAME.head(5).assign(employed__icls19=False)
    classified = classify(persons, {"icls17": Variant(standard="icls17")}, STANDARDS)
    assert classified.isna().all(axis=None)


def test_a_frame_without_a_variable_that_the_rules_need_is_refused() -> None:
    with pytest.raises(UserError, match="household_employer"):
        classify_one(FRAME.drop(columns="household_employer"), STANDARDS["icls17"])


def test_persons_who_are_not_employed_are_refused_with_their_number() -> None:
    people = FRAME.head(5)
    outside = people.assign(lfs=["employed", "outside", "unemployed", None, "employed"])
    with pytest.raises(UserError, match="2 of 5 persons to classify are not employed"):
        classify_one(outside, STANDARDS["icls17"])
    # Where concepts are there they decide: own-use producers are outside the labour force and employed on the 13th concept.
    classify_one(outside.assign(employed__icls13=True, employed__icls19=False), STANDARDS["icls17"])
    with pytest.raises(UserError, match="1 of 5 persons"):
        classify_one(people.assign(employed__icls19=[True, True, True, True, False]), STANDARDS["icls17"])


def test_a_frame_that_says_nothing_of_employment_is_taken_as_it_is() -> None:
    assert len(classify_one(FRAME.head(5).assign(lfs=None), STANDARDS["icls17"])) == 5
    assert len(classify_one(FRAME.head(5).drop(columns="lfs"), STANDARDS["icls17"])) == 5


@pytest.mark.parametrize("name", sorted(STANDARDS))
def test_choices_tried_together_decide_what_each_decides_alone(name: str) -> None:
    standard = STANDARDS[name]
    chosen = [
        standard.choices({option: choice}, "test")
        for option, spec in standard.options.items()
        for choice in spec.choices
    ]
    for choices, together in zip(chosen, classify_each(FRAME, standard, chosen), strict=True):
        pd.testing.assert_frame_equal(together, classify_one(FRAME, standard, choices))
