"""`estimates.yaml`: what it declares, written out; and every mistake in it with its place and the nearest word."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import WORKFLOW, edited

from informality import vocabulary as v
from informality.errors import UserError
from informality.estimate.declared import Declared
from informality.estimate.specifications import load_declared, specifications

ESTIMATES = WORKFLOW / "estimates.yaml"


@pytest.fixture(scope="module")
def declared() -> Declared:
    return load_declared(ESTIMATES)


def small(**indicator: object) -> Declared:
    given = {
        "per": "variant",
        "universe": "employed",
        "value": "job = 'informal'",
        "statistics": ["share"],
        "by": "national",
    }
    given = {key: value for key, value in {**given, **indicator}.items() if value is not None}
    return Declared.model_validate(
        {"universes": {"employed": "employed"}, "breakdowns": {"national": [[]]}, "indicators": {"mine": given}}
    )


def test_what_the_main_job_asks_for_is_declared(declared: Declared) -> None:
    specs = list(specifications(declared, ()))
    full = {by for spec in specs if spec.indicator == "informal" for by in spec.breakdowns}
    single = ("sex", "age_group", "area", "region", "education", "status", "industry", "industry_national", "industry3", "occupation",
              "size", "inst_sector")  # fmt: skip
    assert {(), *((d,) for d in single)} <= full
    assert {("sex", "industry"), ("sex", "area"), ("status", "industry3")} <= full
    assert {s.statistics for s in specs if s.indicator in ("informal", "informal_sector")} == {("share", "total")}
    assert {s.category for s in specs if s.indicator == "sdg_8_3_1"} == {"total", "agriculture", "non_agriculture"}
    assert [s.indicator for s in specs if s.bounds] == ["informal", "informal_sector"]


def test_sdg_8_3_1_has_the_employment_of_its_own_cell_below_the_line(declared: Declared) -> None:
    """Decision 8."""
    among = {s.category: s.among.text for s in specifications(declared, ()) if s.indicator == "sdg_8_3_1"}
    assert among["total"] == "employed"
    assert among["agriculture"] == "employed AND industry3 = 'agriculture'"
    assert among["non_agriculture"] == "employed AND industry3 IN ('industry', 'services')"


def test_components_cover_every_unit_and_both_bases_have_the_same_parts(declared: Declared) -> None:
    specs = list(specifications(declared, ()))
    parts = [s.category for s in specs if s.indicator == "component"]
    assert parts == [f"{unit}:{job}" for unit in v.UNITS for job in ("formal", "informal")]
    of_informal = [s.category for s in specs if s.indicator == "component_of_informal"]
    assert of_informal == list(v.UNITS)
    assert {s.category for s in specs if s.where_present and s.indicator.startswith("component")} == {
        "not_classified:formal",
        "not_classified:informal",
        "not_classified",
    }


def test_a_question_is_written_out(declared: Declared) -> None:
    assert not [s for s in specifications(declared, ()) if s.indicator == "cover"]
    specs = [s for s in specifications(declared, ["cover__pension", "cover__uif"]) if s.indicator == "cover"]
    assert [(s.category, s.universe, s.value.text) for s in specs] == [
        ("pension", "asked", "cover__pension = 'yes'"),
        ("uif", "asked", "cover__uif = 'yes'"),
    ]
    assert specs[1].among.text == "employed AND cover__uif_why NOT IN ('not_asked', 'not_applicable')"
    assert {s.per for s in specs} == {"concept"}


def test_every_condition_knows_where_it_stands(declared: Declared) -> None:
    where = {s.value.where for s in specifications(declared, ["cover__pension"])}
    assert "workflow/estimates.yaml, indicators.informal" in where
    assert "workflow/estimates.yaml, indicators.component.household:formal" in where
    assert "workflow/estimates.yaml, indicators.cover.pension" in where


def test_a_category_has_the_universe_of_its_indicator_or_its_own() -> None:
    declared = Declared.model_validate(
        {
            "universes": {"employed": "employed", "men": "employed AND sex = 'male'"},
            "breakdowns": {"national": [[]]},
            "indicators": {
                "mine": {
                    "per": "variant",
                    "universe": "employed",
                    "statistics": ["share"],
                    "by": "national",
                    "categories": {
                        "plain": "job = 'formal'",
                        "own": {"universe": "men", "value": "job = 'formal'"},
                        "rare": {"value": "job = 'not_classified'", "where_present": True},
                    },
                }
            },
        }
    )
    found = {s.category: (s.universe, s.among.text, s.where_present) for s in specifications(declared, ())}
    assert found == {
        "plain": ("employed", "employed", False),
        "own": ("men", "employed AND sex = 'male'", False),
        "rare": ("employed", "employed", True),
    }


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"indicators.informal.universe": "employd"}, ["indicators.informal.universe: 'employd'", "'employed'?"]),
        ({"indicators.informal.by": "ful"}, ["indicators.informal.by: 'ful'", "did you mean 'full'?"]),
        ({"breakdowns.by_sex": [["sexe"]]}, ["breakdowns.by_sex: 'sexe'", "did you mean 'sex'?"]),
        ({"breakdowns.by_sex": [["sex", "area", "region", "status"]]}, ["at most three dimensions"]),
        ({"indicators.informal.statistics": ["means"]}, ["indicators.informal.statistics.0", "did you mean 'mean'?"]),
        ({"indicators.informal.statistics": ["mean"]}, ["indicators.informal: a mean is of a number", "'measure'"]),
        ({"indicators.informal.statistics": ["share", "share"]}, ["'statistics' names something twice"]),
        ({"indicators.informal.measure": "ours"}, ["indicators.informal.measure", "did you mean 'hours'?"]),
        ({"indicators.informal.measure": "hours"}, ["a share is of a condition: leave 'measure' out"]),
        ({"indicators.informal.interval": "betta"}, ["indicators.informal.interval", "did you mean 'beta'?"]),
        ({"indicators.earnings.interval": "beta"}, ["'interval' is of shares, and no share is asked for"]),
        ({"indicators.earnings.bounds": True}, ["'bounds' is of shares"]),
        ({"indicators.earnings.over": "hours_usual"}, ["'over' (the denominator) and the statistic ratio go together"]),
        ({"indicators.hourly_earnings.over": None}, ["'over' (the denominator) and the statistic ratio go together"]),
        ({"indicators.hourly_earnings.over": "hours_usal"}, ["indicators.hourly_earnings.over", "'hours_usual'?"]),
        ({"indicators.hourly_earnings.statistics": ["ratio", "mean"]}, ["a ratio has a measure of its own"]),
        ({"indicators.earnings.quantiles": []}, ["'quantiles', e.g. [0.25, 0.5, 0.75]"]),
        ({"indicators.earnings.quantiles": [0.5, 1.0]}, ["indicators.earnings.quantiles.1"]),
        ({"indicators.earnings.universe": "employees_formel"}, ["'employees_formel'", "'employees_formal'?"]),
        ({"indicators.earnings.value": "earnings_mont"}, ["'earnings_mont'", "did you mean 'earnings_month'?"]),
        ({"indicators.earnings_by_job.per": "concept"}, ["'job' differs by variant", "write per: variant"]),
        ({"indicators.informal.tests": ["sexe"]}, ["indicators.informal.tests: 'sexe'", "did you mean 'sex'?"]),
        ({"indicators.earnings.tests": ["sex"]}, ["'tests' go with a 'value' that is a condition"]),
        ({"indicators.component.tests": ["sex"]}, ["'tests' go with a 'value' that is a condition"]),
        (
            {
                "indicators.employment_distribution.differences": [
                    {"dimension": "sex", "plus": "female", "minus": "male"}
                ]
            },
            ["differences compare a share, mean or ratio, and none is asked for"],
        ),
        ({"indicators.informal.per": "survey"}, ["indicators.informal.per"]),
        ({"indicators.informal.bound": True}, ["indicators.informal.bound: unknown key", "did you mean 'bounds'?"]),
        (
            {"indicators.informal.differences": [{"dimension": "sex", "plus": "femal", "minus": "male"}]},
            ["indicators.informal.differences: 'femal'", "did you mean 'female'?"],
        ),
        ({"indicators.informal.universe": None}, ["'universe' is required"]),
        ({"indicators.informal.value": None}, ["give either 'value', 'categories' or 'category_of'"]),
        ({"indicators.component.value": "TRUE"}, ["give either 'value', 'categories' or 'category_of'"]),
        ({"indicators.component.for_each": "question"}, ["'for_each' goes with 'value'"]),
        (
            {"indicators.sdg_8_3_1.categories.total.universe": "employees_"},
            ["'employees_'", "did you mean 'employees'?"],
        ),
        ({"indicators.informal.value": "job = 'informel'"}, ["'informel' is not a level of 'job'", "'informal'?"]),
        ({"indicators.informal.value": "jop = 'informal'"}, ["there is no column 'jop'", "did you mean 'job'?"]),
        ({"universes.employees": "employed AND status = 'employe'"}, ["'employe' is not a level of 'status'"]),
        ({"indicators.cover.value": "{question} = 'ja'"}, ["'ja' is not a level of 'cover__question'"]),
        (
            {"indicators.cover.universe": "employed AND {question}_why <> 'never'"},
            ["'never' is not a level of 'cover__question_why'"],
        ),
        (
            {"indicators.component.categories.household:formal": "unit IS NOT DISTINCT FROM 'houshold'"},
            ["'houshold' is not a level of 'unit'", "workflow/estimates.yaml, indicators.component.household:formal"],
        ),
    ],
)
def test_a_mistake_names_the_key_and_the_nearest_word(
    tmp_path: Path, change: dict[str, object], expected: list[str]
) -> None:
    path = edited(ESTIMATES, tmp_path, change)
    with pytest.raises(UserError) as raised:
        load_declared(path)
    assert "estimates.yaml" in str(raised.value)
    for part in expected:
        assert part in str(raised.value)


def test_a_category_that_names_no_universe_needs_that_of_its_indicator() -> None:
    with pytest.raises(ValueError, match="'universe' is required"):
        small(value=None, universe=None, categories={"a": {"value": "job = 'formal'"}})
