"""The laws of a country applied to made-up persons: columns, groups of branches, and the identities that hold for any answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import WORKFLOW, random_workers

from informality import vocabulary as v
from informality.coverage.laws import load_laws, of_country
from informality.coverage.options import load_options
from informality.coverage.stage import cover_survey
from informality.frames import WHY_DTYPE

OPTIONS = load_options(WORKFLOW / "coverage.yaml")
LAWS = of_country(load_laws(WORKFLOW / "laws"), "LAO")
BRANCHES = ["sickness", "unemployment", "old_age", "employment_injury", "maternity", "invalidity", "survivors"]
INDEPENDENT = ["employer", "own_account", "cooperative", "family_worker"]
GAPS = ["compliance_gap", "take_up_gap", "legal_gap", "unclassified"]


def card(assume: str = "not_covered", branches: list[str] = BRANCHES, day: str = "2017-01-01") -> dict[str, Any]:
    pension = {
        "label": "l", "kind": "statutory", "asked_of": ["employee", "not_classifiable"], "branches": branches,
        "others": [{"status": INDEPENDENT, "assume": assume, "reason": "r", "source": "s"}],
    }  # fmt: skip
    return {"iso3": "LAO", "reference_from": day, "questions": [["pension", pension]]}


def people(size: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = random_workers(size, seed=seed)
    asked = frame["status"].isin(["employee", "not_classifiable"]).to_numpy()
    answer = np.where(asked, rng.integers(-1, 2, size), -1)
    why = np.where(asked, np.where(answer >= 0, "answered", "dont_know"), "not_asked")
    return frame.assign(
        employed__icls19=rng.random(size) < 0.8,
        weight=rng.uniform(0.5, 400, size),
        cover__pension=pd.Categorical.from_codes(answer, categories=["no", "yes"]),
        cover__pension_why=pd.Categorical(why, dtype=WHY_DTYPE),
    )


def keys(covered: pd.DataFrame) -> list[str]:
    return [name.removeprefix("split__") for name in covered if name.startswith("split__")]


# Many persons and few examples: what a call costs hardly depends on the number of persons.
@pytest.mark.parametrize("assume", ["not_covered", "unknown"])
@settings(max_examples=2, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_split_is_a_partition_and_its_identities_hold_in_every_domain(seed: int, assume: str) -> None:
    persons = people(3000, seed)
    covered, _ = cover_survey(persons, card(assume), LAWS, OPTIONS)
    working = persons["employed__icls19"].to_numpy()
    weight = persons["weight"].to_numpy()
    assert {key.split("__")[0] for key in keys(covered)} == set(LAWS)
    for key in keys(covered):
        classes, legal = covered[f"split__{key}"], covered[f"legal__{key}"]
        assert classes.notna().to_numpy().tolist() == working.tolist()
        assert legal.notna().to_numpy().tolist() == working.tolist()
        steps, taken = covered[f"step__{key}"], covered[f"take_up__{key}"]
        assert (steps.notna() == (classes == "compliance_gap")).all()
        assert taken[classes != "take_up_gap"].isna().all()
        for _, rows in persons.groupby(persons["sex"].astype("object").fillna("?"), observed=True).groups.items():
            total = weight[rows][working[rows]].sum()
            by = {name: weight[rows][(classes.iloc[rows] == name).to_numpy()].sum() for name in v.SPLIT}
            assert sum(by.values()) == pytest.approx(total, rel=1e-12)
            says = {name: weight[rows][(legal.iloc[rows] == name).to_numpy()].sum() for name in v.LEGAL}
            assert sum(says.values()) == pytest.approx(total, rel=1e-12)
            mandatory = by["covered_mandatory"] + by["compliance_gap"] + by["to_verify"]
            assert mandatory <= says["mandatory"] * (1 + 1e-12)


@settings(max_examples=2, deadline=None)
@given(st.integers(0, 10_000))
def test_the_narrow_reading_obliges_nobody_whom_the_wide_one_does_not(seed: int) -> None:
    covered, _ = cover_survey(people(3000, seed), card(), LAWS, OPTIONS)
    for key in keys(covered):
        law, reading, branch = key.split("__")
        if reading == "narrow":
            wide = covered[f"legal__{law}__wide__{branch}"] == "mandatory"
            assert not ((covered[f"legal__{key}"] == "mandatory") & ~wide).any()


def test_branches_that_rest_on_one_answer_and_one_rule_are_one_group() -> None:
    covered, told = cover_survey(people(200, 1), card(), LAWS, OPTIONS)
    assert told["main"] == "old_age"
    assert [name for name, _, _ in told["cover"]] == ["old_age"]
    entry = next(entry for entry in told["laws"] if entry["law"] == "lao_2013")
    assert dict(entry["groups"])["old_age"] == ["sickness", "old_age", "maternity", "invalidity", "survivors"]
    assert entry["any_cash"] == "old_age"
    assert (covered["split__lao_2013__wide__medical_care"].dropna() == "unknown").all()


def test_without_evidence_for_the_headline_any_cash_branch_is_the_main_one() -> None:
    covered, told = cover_survey(people(200, 1), card(branches=["unemployment"]), LAWS, OPTIONS)
    entry = next(entry for entry in told["laws"] if entry["in_force"])
    assert told["main"] == v.ANY_CASH
    assert entry["any_cash"] == "unemployment"
    assert "covered__old_age" not in covered


def test_only_the_law_in_force_is_applied_where_no_other_is_wanted() -> None:
    covered, told = cover_survey(people(50, 1), card(), LAWS, OPTIONS, counterfactual=False)
    assert [entry["law"] for entry in told["laws"]] == [told["law"]] == ["lao_2013"]
    assert {key.split("__")[0] for key in keys(covered)} == {"lao_2013"}


def test_a_law_that_needs_what_nobody_was_asked_is_told_and_not_applied() -> None:
    persons = people(50, 1)
    persons["status"] = persons["status"].where(np.zeros(50, dtype=bool))
    covered, told = cover_survey(persons, card(), LAWS, OPTIONS)
    assert all(["not_asked", "status"] in entry["not_computable"] for entry in told["laws"])
    assert not keys(covered)


def test_the_minimum_wage_of_the_law_in_force_stands_beside_everybody_and_is_told_with_its_source() -> None:
    covered, told = cover_survey(people(100, 1), card(), LAWS, OPTIONS)
    assert set(covered["minimum_wage"].dropna()) == {900_000.0}
    law = next(entry for entry in told["laws"] if entry["in_force"])
    assert law["minimum_wage"] == {
        "from": "2015-02-09", "amount": 900_000.0, "source": "VDB Loi, 3 October 2024 (day of the notice)", "verified": False,
    }  # fmt: skip


def test_a_law_without_a_minimum_wage_leaves_it_unknown() -> None:
    without = {name: law.model_copy(update={"minimum_wage": []}) for name, law in LAWS.items()}
    covered, told = cover_survey(people(50, 1), card(), without, OPTIONS)
    assert covered["minimum_wage"].isna().all()
    assert all(entry["minimum_wage"] is None for entry in told["laws"])
