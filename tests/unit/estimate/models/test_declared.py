"""`models.yaml`: what it may say, and terms that settle what they are to be associated with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from support import WORKFLOW, edited, standards

from informality.errors import UserError
from informality.estimate.models.declared import Models, check_terms, determining, load_models

FILE = WORKFLOW / "models.yaml"
MODELS = load_models(FILE)


def reads(standard: str = "icls17") -> set[str]:
    """The columns that the rules of a standard read under its default options."""
    found = standards()[standard]
    choices = found.choices({}, "test")
    return {c for part in ("unit", "job") for rule in found.rules(part, choices) for c in rule.condition.columns}


def changed(tmp_path: Path, change: Mapping[str, object]) -> Models:
    return load_models(edited(FILE, tmp_path, change))


def test_the_models_of_the_repository_take_no_term_that_settles_the_outcome() -> None:
    check_terms(MODELS, {"icls17": reads()})
    check_terms(MODELS, {"icls21": reads("icls21")})
    assert {m.kind for m in MODELS.models.values()} == {"logit", "decomposition"}
    # Decision 25: never formal-informal in informality.
    assert all(m.groups.of == "sex" for m in MODELS.models.values() if m.groups and "job" in m.outcome)


@pytest.mark.parametrize(
    "term", ["contract", "registered", "size", "size_cut", "annual_leave", "status", "soc_sec", "sex:size", "place"]
)
@pytest.mark.parametrize("model", ["informal_employees", "informal_independent_workers"])
def test_decision_24(tmp_path: Path, model: str, term: str) -> None:
    asked = changed(tmp_path, {f"models.{model}.terms": ["sex", term], f"models.{model}.references": {}})
    with pytest.raises(UserError, match="it is part of what decides it") as error:
        check_terms(asked, {"icls17": reads()})
    assert f"models.{model}.terms" in str(error.value)


def test_what_the_rules_of_the_variant_read_is_refused() -> None:
    """Also what no list names: rules may be changed."""
    check_terms(MODELS, {"icls17": {"soc_sec"}})
    with pytest.raises(UserError, match="'region' is no factor"):
        check_terms(MODELS, {"icls17": {"soc_sec", "region"}})
    with pytest.raises(UserError, match="'education' is no factor"):
        check_terms(MODELS, {"icls17": {"education_why"}})
    # Of an office's own rule nobody knows what it reads; what `refused` names is refused all the same.
    check_terms(MODELS, {"national": []})


def test_groups_and_outcomes_of_other_models() -> None:
    """Groups by job are settled by the same rules; cover by law is not, and earnings only by themselves."""
    rules = {"soc_sec", "size_cut"}
    assert {"size", "size_cut", "contract"} <= determining(MODELS, "earnings_formal_informal", rules)
    assert determining(MODELS, "earnings_women_men", rules) == {"earnings_month", "hours_usual", "sex"}
    assert determining(MODELS, "covered_given_mandatory", rules) == {"covered", "soc_sec"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"models.informal_employees.terms": ["sexx"]}, "'sexx'; did you mean 'sex'"),
        ({"models.informal_employees.terms": ["isic2"]}, "terms: 'isic2'"),
        ({"models.informal_employees.terms": ["sex^2"]}, "'sex' is no number"),
        ({"models.informal_employees.terms": ["sex +"]}, "is no term of a model"),
        ({"models.informal_employees.references": {"sex": "men"}}, "'men' is not a level of 'sex'"),
        ({"models.informal_employees.references": {"size": "1_4"}}, "'size' is not among the terms"),
        ({"models.informal_employees.universe": "employes"}, "did you mean 'employees'"),
        ({"models.informal_employees.outcome": "job = 'informl'"}, "did you mean 'informal'"),
        ({"models.informal_employees.excluded": {"x": "nothing = 1"}}, "there is no column 'nothing'"),
        ({"universes.employees": "employed AND status = 'employe'"}, "'employe' is not a level of 'status'"),
        ({"models.informal_employees.kind": "probit"}, "logit"),
        ({"models.informal_employees.groups": {"of": "sex", "first": "female", "second": "male"}}, "needs 'groups'"),
        ({"models.informal_women_men.groups": None}, "needs 'groups'"),
        ({"models.informal_women_men.groups.second": "female"}, "the two groups are the same"),
        ({"models.informal_women_men.groups.second": "mal"}, "did you mean 'male'"),
        ({"models.informal_women_men.groups.of": "gender"}, "of: 'gender'"),
        ({"models.informal_women_men.references": {"area": "urban"}}, "has no 'references'"),
        ({"models.informal_women_men.terms": ["area:marital"]}, "a decomposition takes no products"),
        ({"refused": ["sise"]}, "did you mean 'size'"),
        ({"least.persons": 0}, "greater than or equal to 1"),
        ({"modells": {}}, "unknown key; did you mean 'models'"),
    ],
)
def test_messages(tmp_path: Path, change: Mapping[str, object], message: str) -> None:
    with pytest.raises(UserError) as error:
        changed(tmp_path, change)
    assert message in str(error.value)
    assert "models.yaml" in str(error.value)
