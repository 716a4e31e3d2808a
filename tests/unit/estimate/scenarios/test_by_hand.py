"""Scenarios of the twelve persons of `twelve`, with the arithmetic written out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from unit.estimate.scenarios.twelve import columns, parameters, twelve

from informality import vocabulary as v
from informality.estimate.scenarios.run import estimate_scenarios

DIMENSIONS = list(v.DIMENSIONS)
KEYS = {"survey": "made_up", "wave": "2020"}


@pytest.fixture(scope="module")
def hub() -> pd.DataFrame:
    return estimate_scenarios(twelve(), columns(), parameters(), KEYS)


def rows(hub: pd.DataFrame, **keys: str) -> pd.DataFrame:
    """Rows with these keys; `*` for any level but the margin, and the margin for dimensions that are not named."""
    keys = dict.fromkeys(DIMENSIONS, v.TOTAL) | {"assumption": "central", "statistic": "total"} | keys
    for name, word in keys.items():
        hub = hub[hub[name] != v.TOTAL] if word == "*" else hub[hub[name] == word]
    return hub


def one(hub: pd.DataFrame, **keys: str) -> Any:
    found = rows(hub, **keys)
    assert len(found) == 1, keys
    return found.iloc[0]


def gain(hub: pd.DataFrame, which: str, scenario: str, **keys: str) -> float:
    return float(one(hub, indicator=f"scenario_gain_{which}", scenario=scenario, **keys)["estimate"])


def test_enforcement_to_a_compliance(hub: pd.DataFrame) -> None:
    # Of 1-5 two are covered: c = 0.4. To 0.7: p = 0.3 / 0.6 = 0.5 of three persons of weight 10; to 0.4: nobody; to 1: all three.
    assert gain(hub, "alone", "enforce") == pytest.approx(15)
    assert gain(hub, "alone", "enforce", assumption="low") == 0
    assert gain(hub, "alone", "enforce", assumption="high") == pytest.approx(30)
    assert gain(hub, "alone", "enforce", sex="female") == pytest.approx(10)
    assert gain(hub, "alone", "enforce", industry3="services") == pytest.approx(10)
    row = one(hub, indicator="scenario_gain_alone", scenario="enforce")
    # Among all employed; three may gain. Of person 6 cover is not known.
    assert (row["n"], row["n_event"], row["n_missing"], row["universe"]) == (11, 3, 1, "employed")
    aimed = {
        category: one(hub, indicator="scenario_target", scenario="enforce", category=category, assumption="")
        for category in ("cover_known", "cover_unknown")
    }
    assert [(r["estimate"], r["n_event"]) for r in aimed.values()] == [(50, 5), (10, 1)]
    # PSU sums 20, 20, 10, 0.
    assert aimed["cover_known"]["se"] == pytest.approx(10)


def test_scenarios_that_reach_those_over_whom_members_are_spread(hub: pd.DataFrame) -> None:
    # 7-12 are covered with 0.2. Scope to 0.6: p = 0.4 / 0.8 = 0.5 of 7-9; joining 0.5 of 7-12: 0.8 x 0.5 x 10 each.
    assert gain(hub, "alone", "scope") == pytest.approx(12)
    assert gain(hub, "alone", "join") == pytest.approx(24)
    # After the scope half of 7-9 is left: 3 x 8 x 0.5 x 0.5 = 6, and 10-12 as before: 12.
    assert gain(hub, "in_order", "join") == pytest.approx(18)
    assert gain(hub, "last", "join") == pytest.approx(18)
    # The scope stands before joining; in last place half is gone.
    assert gain(hub, "in_order", "scope") == pytest.approx(12)
    assert gain(hub, "last", "scope") == pytest.approx(6)
    assert gain(hub, "in_order", "enforce") == gain(hub, "last", "enforce") == pytest.approx(15)
    assert gain(hub, "in_order", "all") == pytest.approx(15 + 12 + 18)


def test_coverage_before_and_after(hub: pd.DataFrame) -> None:
    def covered(scenario: str, category: str, **keys: str) -> tuple[float, float]:
        found = [
            one(hub, indicator="scenario_coverage", scenario=scenario, category=category, statistic=s, **keys)[
                "estimate"
            ]
            for s in ("total", "share")
        ]
        return found[0], found[1]

    # Two persons, and the 12 members; of eleven whose cover is known.
    assert covered("all", "before", assumption="") == pytest.approx((32, 32 / 110))
    assert covered("enforce", "after") == pytest.approx((47, 47 / 110))
    assert covered("join", "after") == pytest.approx((56, 56 / 110))
    assert covered("scope", "after_in_order") == pytest.approx((59, 59 / 110))
    assert covered("all", "after_all") == pytest.approx((77, 77 / 110))
    # Women: 1, 3, 5, 7, 9, 11. Before 10 + 3 x 2; enforcement 5 + 5.
    assert covered("enforce", "after", sex="female") == pytest.approx((26, 26 / 60))


def test_contributions_by_payer(hub: pd.DataFrame) -> None:
    def paid(scenario: str, category: str) -> float:
        return float(one(hub, indicator="scenario_contribution", scenario=scenario, category=category)["estimate"])

    # Half of each of 3-5, weight 10: (60 + 120 + 60) x 5 and (55 + 110 + 55) x 5.
    assert paid("enforce", "employer") == pytest.approx(1200)
    assert paid("enforce", "employee") == pytest.approx(1100)
    assert paid("enforce", "all") == pytest.approx(2300)
    # 1 and 2 are covered already and pay nothing more.
    row = one(hub, indicator="scenario_contribution", scenario="enforce", category="all")
    assert (row["n"], row["n_event"], row["n_missing"]) == (3, 3, 1)
    # Five of six with known earnings, 4 persons expected of each: 30 x 4 x 5 and 10 x 4 x 5.
    assert paid("join", "voluntary") == pytest.approx(600)
    assert paid("join", "subsidy") == pytest.approx(200)
    row = one(hub, indicator="scenario_contribution", scenario="join", category="all")
    assert (row["n"], row["n_missing"], row["measure"], row["universe"]) == (5, 1, "kip", "target_join")
    assert row["w_no_answer"] == pytest.approx(1 / 6)
    assert row["top1_share"] == pytest.approx(1 / 5)
    assert row["top2_share"] == pytest.approx(2 / 5)
    # All in order: the scope has no amounts, so 7-9 are not known, nor 11 nor 6. 2300 and 40 x 4 x 2.
    row = one(hub, indicator="scenario_contribution", scenario="all", category="all")
    assert row["estimate"] == pytest.approx(2620)
    assert row["n_missing"] == 5


def test_per_cent_of_the_gross_domestic_product(hub: pd.DataFrame) -> None:
    def cost(scenario: str, category: str) -> Any:
        return one(hub, indicator="scenario_cost_gdp", scenario=scenario, category=category, measure="share")

    assert cost("enforce", "all")["estimate"] == pytest.approx(0.23)
    assert cost("join", "public")["estimate"] == pytest.approx(0.02)
    money = one(hub, indicator="scenario_contribution", scenario="join", category="all")
    assert money["se"] > 0
    assert cost("join", "all")["se"] == pytest.approx(money["se"] / 10000)
    # 3-5 live in one PSU of each of their strata, which leaves no degree of freedom.
    assert one(hub, indicator="scenario_contribution", scenario="enforce", category="all")["state"] == "not_estimable"
    # Nothing is paid by the state where employers and employees pay.
    assert rows(hub, indicator="scenario_cost_gdp", scenario="enforce", category="public", measure="share").empty


def test_the_effect_by_year(hub: pd.DataFrame) -> None:
    found = rows(hub, indicator="scenario_phase_in", scenario="join").set_index("category")["estimate"]
    assert found.to_dict() == pytest.approx({"year_1": 6.0, "year_2": 24.0})


def test_what_has_no_amounts_or_no_product_is_not_computable() -> None:
    without = {**parameters(), "gdp": None}
    hub = estimate_scenarios(twelve(), columns(), without, KEYS)
    assert one(hub, indicator="scenario_contribution", scenario="scope", category="all")["state"] == "not_computable"
    row = one(hub, indicator="scenario_cost_gdp", scenario="enforce", category="all", measure="share")
    assert (row["state"], row["n"]) == ("not_computable", 0)
    refused = [{"scenario": "absent", "law": "law", "branch": "medical_care"}]
    hub = estimate_scenarios(twelve(), columns(), {**parameters(), "not_computable": refused}, KEYS)
    found = hub[hub["scenario"] == "absent"]
    assert found["state"].tolist() == ["not_computable"]
    assert found["branch"].tolist() == ["medical_care"]
    assert not (hub["branch"].eq("medical_care") & hub["scenario"].ne("absent")).any()


def test_standard_errors_know_that_the_compliance_is_estimated(hub: pd.DataFrame) -> None:
    # Enforcement: dp/dc = -0.3 / 0.36, over 30 persons not covered -25. c moves by 10 x 0.6 / 50 for each of 1-2 and by -10 x 0.4 / 50 for
    # 3-5, so z = -3, -3, 5 + 2, 5 + 2, 5 + 2. Sums of PSUs -6 and 14, 7 and 0: variance 20^2 + 7^2.
    row = one(hub, indicator="scenario_gain_alone", scenario="enforce")
    assert row["se"] == pytest.approx(np.sqrt(449))
    # Six PSUs, three strata.
    assert row["df"] == 3
    half = 3.182446 * np.sqrt(449)
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((15 - half, 15 + half), rel=1e-6)
    # Members are a count, so before any scenario only 1 and 2 vary: PSU sums 20 and 0.
    row = one(hub, indicator="scenario_coverage", scenario="all", category="before", assumption="")
    assert row["se"] == pytest.approx(20)
    # (N - 12) x 0.5 join, N being the estimated number of 7-12: PSU sums 10 against 0, and two equal ones.
    assert one(hub, indicator="scenario_gain_alone", scenario="join")["se"] == pytest.approx(10)


def test_persons_outside_employment_change_nothing_but_the_design(hub: pd.DataFrame) -> None:
    outside = twelve().assign(employed__icls19=False)
    # In the same PSUs nothing changes; in a PSU of their own they add one of which the estimates hold nobody.
    persons, scenarios = (
        pd.concat([frame, part], ignore_index=True) for frame, part in ((twelve(), outside), (columns(), columns()))
    )
    pd.testing.assert_frame_equal(estimate_scenarios(persons, scenarios, parameters(), KEYS), hub)
    persons.loc[persons.index[12:], ["stratum", "psu"]] = [0, 99]
    row = one(
        estimate_scenarios(persons, scenarios, parameters(), KEYS), indicator="scenario_gain_alone", scenario="enforce"
    )
    # -6, 14 and 0 of three PSUs, whose sum is 8: 3 / 2 x (36 + 196 - 64 / 3), and 7^2.
    assert row["se"] == pytest.approx(np.sqrt(1.5 * (36 + 196 - 64 / 3) + 49))


def test_rows_are_those_of_the_hub(hub: pd.DataFrame) -> None:
    assert list(hub.columns) == [*v.HUB_KEYS, *v.HUB_VALUES]
    assert not hub.duplicated(list(v.HUB_KEYS)).any()
    assert hub[list(v.HUB_KEYS)].equals(hub[list(v.HUB_KEYS)].sort_values(list(v.HUB_KEYS), ignore_index=True))
    assert set(hub["state"]) <= set(v.ESTIMATE_STATES)
    assert set(hub["statistic"]) <= set(v.STATISTICS)
    assert set(hub["measure"]) <= {*v.MEASURES, "kip"}
    # A dimension of which nothing is known is not broken down.
    assert set(hub["industry"]) == {v.TOTAL}
