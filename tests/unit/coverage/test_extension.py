"""Whom a scenario reaches and at what contribution; and why one cannot be computed. Twelve made-up persons of a made-up law."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from support import WORKFLOW, workers

from informality.coverage.extension import Extension
from informality.coverage.law import Law
from informality.coverage.options import load_options
from informality.coverage.scenario import Scenario
from informality.coverage.stage import cover_survey, extend_survey

OPTIONS = load_options(WORKFLOW / "coverage.yaml")
AGE = {"male": 60, "female": 60, "source": "s", "verified": False}


def law(name: str = "xxx_a", **more: Any) -> Law:
    rules = [
        {"id": "jobs", "if": "status = 'employee'", "then": "mandatory", "source": "s"},
        {"id": "own", "if": "status IN ('own_account', 'family_worker')", "then": "voluntary", "source": "s"},
        {"id": "rest", "if": "TRUE", "then": "excluded", "source": "s"},
    ]
    rates = {"employer": 0.06, "employee": 0.05, "voluntary": 0.1, "source": "s", "verified": False}
    fund = {
        "title": "t",
        "branches": ["old_age", "unemployment", "medical_care"],
        "rules": rules,
        "rates": rates,
        "source": "s",
    }
    content = {
        "law": name, "title": "t", "country": "XXX", "source": "s", "verified": False, "from": "2015-01-01", "to": None,
        "pensionable_age": AGE, "minimum_wage": [], "schemes": {"fund": fund}, "to_verify": "inst_sector = 'government'",
    }  # fmt: skip
    return Law.model_validate({**content, **more}, strict=False)


def card(**more: Any) -> dict[str, Any]:
    question = {
        "kind": "statutory",
        "asked_of": ["employee"],
        "branches": ["old_age", "unemployment"],
        "others": [{"status": ["own_account", "family_worker"], "assume": "not_covered"}],
    }
    return {
        "questions": [["pension", question]], "reference_from": "2017-01-01", "primary_concept": "icls19", "currency": "kip",
        "industry": "industry", **more,
    }  # fmt: skip


def person(status: str, pension: str = "?not_asked", sector: str = "private", **more: Any) -> dict[str, Any]:
    return {
        "status": status,
        "inst_sector": sector,
        "pension": pension,
        "age": 30.0,
        "sex": "female",
        "earnings_month": 1000.0,
        **more,
    }


PEOPLE = [
    person("employee", "yes"),  # 0
    person("employee", "no"),  # 1
    person("employee", "no", size="50_plus", earnings_month=2000.0),  # 2
    person("employee", "?dont_know"),  # 3
    person("employee", "no", "government"),  # 4: to be verified
    person("employee", "no", age=65.0),  # 5: of pensionable age
    person("own_account"),  # 6
    person("own_account", earnings_month="?refused"),  # 7
    person("own_account", age=70.0),  # 8
    person("family_worker", household_earnings=500.0),  # 9
    person("employer"),  # 10: excluded, and not taken as not covered
    person("own_account"),  # 11: employed on another concept only
]
WEIGHTS = [10.0] * 12


def survey() -> pd.DataFrame:
    frame = workers([{key: value for key, value in row.items() if key != "pension"} for row in PEOPLE])
    answers = [row["pension"] for row in PEOPLE]
    reasons = [a[1:] if a.startswith("?") else "answered" for a in answers]
    inside = np.arange(12) < 11
    return frame.assign(
        cover__pension=pd.Categorical([None if a.startswith("?") else a for a in answers], categories=["yes", "no"]),
        cover__pension_why=pd.Categorical(reasons),
        weight=WEIGHTS,
        employed__icls13=True,
        employed__icls19=inside,
    )


def scenario(instrument: dict[str, Any], who: str = "TRUE", **more: Any) -> Scenario:
    content = {
        "scenario": "xxx_new", "title": "t", "country": "XXX", "who": who, "instrument": instrument,
        "months": {"contributed": 6, "reason": "r"}, "source": "s", "verified": False,
    }  # fmt: skip
    return Scenario.model_validate({**content, **more})


RANGE = {"low": 0.1, "central": 0.5, "high": 0.9}
ENFORCE = {"kind": "enforcement", "compliance": RANGE}
JOIN = {"kind": "take_up", "share": RANGE}


def run(
    *scenarios: Scenario, members: float | None = None, laws: dict[str, Law] | None = None, **changed: Any
) -> Extension:
    persons = survey().assign(**changed)
    laws = {"xxx_a": law()} if laws is None else laws
    covered, told = cover_survey(persons, card(), laws, OPTIONS)
    return Extension(*extend_survey(persons, covered, card(), laws, told, OPTIONS, scenarios, members))


def reached(found: Extension, which: str = "target", branch: str = "old_age", name: str = "xxx_new") -> list[int]:
    return np.flatnonzero(found.columns[f"{which}__{name}__{branch}"]).tolist()


def test_enforcement_reaches_who_must_be_insured_and_is_below_pensionable_age() -> None:
    found = run(scenario(ENFORCE))
    # The base of compliance holds the covered too; whose cover is not known stands apart, public employees are to be verified.
    assert reached(found) == [0, 1, 2]
    assert reached(found, "unknown") == [3]
    assert reached(run(scenario(ENFORCE, older_workers=True))) == [0, 1, 2, 5]
    assert reached(run(scenario(ENFORCE, "size = '50_plus'"))) == [2]


def test_take_up_and_subsidy_reach_who_may_join_and_a_wider_scope_who_need_not() -> None:
    assert reached(run(scenario(JOIN))) == [6, 7, 9]
    assert reached(run(scenario(JOIN, "covered = 'no' AND split = 'take_up_gap' AND status = 'family_worker'"))) == [9]
    scope = run(scenario({"kind": "mandatory_scope", "compliance": RANGE}))
    assert reached(scope) == [6, 7, 9]
    # The employer is excluded; nobody was asked and nothing is assumed.
    assert reached(scope, "unknown") == [10]


def test_contributions_of_a_year_by_payer() -> None:
    found = run(scenario(ENFORCE))
    assert found.parameters["stacks"][0]["cases"][0]["payers"] == ["employer", "employee"]
    employer = found.columns["pays_employer__xxx_new__old_age"].to_numpy()
    # 6 % of 1000 and 2000 for six months.
    assert employer[[0, 1, 2]] == pytest.approx([360, 360, 720])
    assert np.isnan(employer[3:]).all()
    subsidy = run(scenario({"kind": "subsidy", "paid_by_state": 0.25, "share": RANGE}))
    paid = {payer: subsidy.columns[f"pays_{payer}__xxx_new__old_age"].to_numpy() for payer in ("voluntary", "subsidy")}
    # 10 % of own earnings, of the household's per member; unknown where earnings are.
    assert paid["voluntary"][[6, 9]] == pytest.approx([450, 225])
    assert paid["subsidy"][[6, 9]] == pytest.approx([150, 75])
    assert np.isnan(paid["subsidy"][7])
    rates = {"employer": 0.0, "employee": 0.0, "state": 0.02, "voluntary": 0.03, "source": "s"}
    scope = run(scenario({"kind": "mandatory_scope", "compliance": RANGE, "rates": rates}))
    assert scope.parameters["stacks"][0]["cases"][0]["payers"] == ["state", "voluntary"]
    assert scope.columns["pays_state__xxx_new__old_age"][6] == pytest.approx(120)


def test_the_administrative_count_is_spread_over_those_who_were_not_asked_and_may_join() -> None:
    found = run(scenario(JOIN), members=8.0)
    assert found.parameters["stacks"][0]["members"] == 8
    # Older ones are members too; who is not employed on the primary concept is none of them.
    assert np.flatnonzero(found.columns["spread__xxx_a__old_age"]).tolist() == [6, 7, 8, 9]
    baseline = found.columns["baseline__xxx_a__old_age"].to_numpy()
    assert baseline[[0, 1, 6]].tolist() == [1, 0, 0]
    assert np.isnan(baseline[[3, 10, 11]]).all()
    assert run(scenario(JOIN)).parameters["stacks"][0]["members"] is None


def test_branches_with_the_same_rules_and_answers_are_one_case() -> None:
    found = run(scenario(ENFORCE, branches=["unemployment", "old_age"]))
    assert [(s["law"], s["branch"]) for s in found.parameters["stacks"]] == [("xxx_a", "old_age")]


def why(found: Extension, place: int = 0) -> list[Any]:
    assert found.parameters["stacks"] == []
    assert len(found.parameters["not_computable"]) == len(found.told[place]["not_computable"]) == 1
    assert not found.columns.shape[1]
    return list(found.told[place]["not_computable"][0])


def test_why_a_scenario_cannot_be_computed() -> None:
    assert why(run(scenario(ENFORCE, branches=["medical_care"]))) == ["medical_care", [["no_evidence", "medical_care"]]]
    never = pd.Categorical([None] * 12, categories=["urban", "rural"])
    rural = scenario(JOIN, "area = 'rural' AND status = 'own_account'")
    assert why(run(rural, area=never)) == ["old_age", [["not_asked", "area"]]]
    assert why(run(scenario(ENFORCE, law="xxx_b"))) == ["old_age", [["law_not_applied", "xxx_b"]]]
    assert why(run(scenario(ENFORCE), laws={})) == ["old_age", [["no_law", ""]]]
    assert why(run(scenario(ENFORCE, "age > 90"))) == ["old_age", [["nobody", ""]]]
    # Forty persons may join and were not asked.
    assert why(run(scenario(JOIN), members=41.0)) == ["old_age", [["members_exceed_group", "old_age"]]]


def test_a_proxy_stands_in_for_what_was_not_asked_and_is_an_upper_bound() -> None:
    never = pd.Categorical([None] * 12, categories=["urban", "rural"])
    proxy = {"reason": "everybody stands for rural", "who": "status = 'own_account'"}
    rural = scenario(JOIN, "area = 'rural' AND status = 'own_account'", proxy=proxy)
    found = run(rural, area=never)
    assert reached(found) == [6, 7]
    assert found.told[0]["upper_bound"] == "everybody stands for rural"
    # Where the variable was asked the condition itself is used.
    asked = run(rural, area=pd.Categorical(["rural"] + ["urban"] * 5 + ["rural"] + ["urban"] * 5))
    assert reached(asked) == [6]
    assert asked.told[0]["upper_bound"] is None
    wide = run(scenario(JOIN, "status = 'own_account'", proxy={"reason": "a wider group"}))
    assert wide.told[0]["upper_bound"] == "a wider group"


def test_what_is_told_holds_no_person() -> None:
    found = run(scenario(ENFORCE, order=1), members=8.0)
    told = found.told[0]
    assert (told["law"], told["counterfactual"], told["reading"]) == ("xxx_a", False, "wide")
    assert told["effort"] == RANGE
    assert told["contributions"] == [["old_age", ["employer", "employee"]]]
    another = run(
        scenario(ENFORCE, law="xxx_b"), laws={"xxx_a": law(), "xxx_b": law("xxx_b", **{"from": "2030-01-01"})}
    )
    assert another.told[0]["counterfactual"]
