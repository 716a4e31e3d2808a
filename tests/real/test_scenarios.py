"""Extension scenarios on real surveys: the enforcement of a law in another country than the one they were thought of for."""

from __future__ import annotations

import pytest
from support import WORKFLOW

from informality import vocabulary as v
from informality.coverage.laws import load_laws, of_country
from informality.coverage.options import load_options
from informality.coverage.scenarios import load_scenarios
from informality.coverage.scenarios import of_country as scenarios_of_country
from informality.coverage.stage import extend_survey
from informality.estimate.scenarios.run import estimate_scenarios

pytestmark = pytest.mark.real


@pytest.mark.parametrize(
    ("survey", "scenario", "branch"),
    [
        # Declared for unemployment, which shares rules and answers with sickness.
        ("zaf_qlfs_2017q3", "zaf_enforcement", "sickness"),
        ("ecu_enemdu_2021q1", "ecu_enforcement", "old_age"),
    ],
)
def test_enforcement_reaches_the_compliance_that_is_assumed(real, survey: str, scenario: str, branch: str) -> None:
    persons, coverage, about = real.persons(survey), real.coverage(survey), real.card(survey)
    every_law = load_laws(WORKFLOW / "laws")
    columns, parameters, told = extend_survey(
        persons,
        coverage.covered,
        about,
        of_country(every_law, about["iso3"]),
        coverage.told,
        load_options(WORKFLOW / "coverage.yaml"),
        scenarios_of_country(load_scenarios(WORKFLOW / "scenarios", every_law), about["iso3"]),
        None,
    )
    assert [one["scenario"] for one in told] == [scenario]
    (stack,) = parameters["stacks"]
    (case,) = stack["cases"]
    hub = estimate_scenarios(persons, columns, {**parameters, "gdp": None}, {"survey": survey, "wave": "w"})
    national = hub[(hub[list(v.DIMENSIONS)] == v.TOTAL).all(axis=1)]
    target = columns[f"target__{case['case']}"].to_numpy()
    weight = persons["weight"].to_numpy(dtype=float)
    covered = columns[f"baseline__{stack['law']}__{stack['branch']}"].to_numpy()
    before = (weight * covered)[target].sum() / weight[target].sum()
    assert 0 < before < 1
    for assumption in v.ASSUMPTIONS:
        found = national[(national["indicator"] == "scenario_gain_alone") & (national["assumption"] == assumption)]
        row = found.iloc[0]
        reached = before + row["estimate"] / weight[target].sum()
        assert reached == pytest.approx(max(before, case["effort"][assumption]), rel=1e-12)
        assert row["estimate"] == 0 or row["se"] > 0
        by = hub[(hub["indicator"] == "scenario_gain_alone") & (hub["assumption"] == assumption)]
        for name in ("sex", about["industry"], "industry3"):
            assert by.loc[by[name] != v.TOTAL, "estimate"].sum() == pytest.approx(row["estimate"], rel=1e-9)
    # Neither survey asks for earnings, so nothing is said of contributions.
    assert set(hub.loc[hub["indicator"] == "scenario_contribution", "state"]) == {"not_computable"}
    assert stack["branch"] == branch
