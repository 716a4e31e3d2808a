"""Estimates of the made-up survey beyond shares of jobs: numbers, differences and tests, households, the minimum wage."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from unit.estimate.made_up import (
    DECLARED,
    SUBJECT,
    by_hand,
    made_classified,
    made_hub,
    made_persons,
    one,
    rows,
)

from informality import vocabulary as v
from informality.estimate.association import Independence, independence
from informality.estimate.design import Design
from informality.estimate.survey import Coverage, Subject, estimate_survey


@pytest.fixture(scope="module")
def persons() -> pd.DataFrame:
    return made_persons()


@pytest.fixture(scope="module")
def classified() -> pd.DataFrame:
    return made_classified()


@pytest.fixture(scope="module")
def hub() -> pd.DataFrame:
    return made_hub()


def test_declared_differences_are_those_of_the_shares(hub: pd.DataFrame) -> None:
    keys = {"variant": "icls17", "concept": "icls19", "indicator": "informal"}
    found = one(hub, **keys, statistic="difference", sex="female-male")
    women, men = (one(hub, **keys, statistic="share", sex=sex) for sex in ("female", "male"))
    assert found["estimate"] == pytest.approx(women["estimate"] - men["estimate"], abs=1e-14)
    # With covariance: between what no and what full dependence would give.
    assert abs(women["se"] - men["se"]) <= found["se"] <= women["se"] + men["se"]
    assert found["ci_low"] < found["estimate"] < found["ci_high"]
    within = rows(hub, **keys, statistic="difference", sex="female-male", area="*")
    assert set(within["area"]) >= {"urban", "rural"}


def test_numbers_by_hand(hub: pd.DataFrame, persons: pd.DataFrame, classified: pd.DataFrame) -> None:
    """Mean, quantile and ratio among the informal employees, whose job is that of the variant."""
    among = persons["employed__icls19"] & (persons["status"] == "employee") & (classified["job__icls17"] == "informal")
    earnings, hours = persons["earnings_month"].where(among), persons["hours_usual"].where(among)
    keys = {"variant": "icls17", "concept": "icls19", "universe": "employees_informal"}
    mean = one(hub, **keys, indicator="earnings_by_job", statistic="mean")
    assert mean["estimate"] == pytest.approx(by_hand(persons, earnings, among), rel=1e-12)
    assert (mean["n"], mean["n_missing"]) == (earnings.notna().sum(), (among & earnings.isna()).sum())
    assert mean["ci_method"] == "t"
    assert 0 < mean["top1_share"] < mean["top2_share"] < 1
    paid = persons[earnings.notna()].sort_values("earnings_month")
    reached = paid["weight"].cumsum() / paid["weight"].sum() >= 0.25
    quarter = one(hub, **keys, indicator="earnings_distribution", statistic="quantile", category="p25")
    assert quarter["estimate"] == paid.loc[reached, "earnings_month"].iloc[0]
    assert quarter["ci_low"] <= quarter["estimate"] <= quarter["ci_high"]
    assert quarter["top2_share"] == pytest.approx(mean["top2_share"], rel=1e-12)
    both = earnings.notna() & hours.notna()
    weight = persons.loc[both, "weight"]
    ratio = one(hub, **keys, indicator="hourly_earnings", statistic="ratio")
    expected = (weight * earnings[both]).sum() / (weight * hours[both] * 52 / 12).sum()
    assert ratio["estimate"] == pytest.approx(expected, rel=1e-12)


def test_every_declared_universe_is_estimated(hub: pd.DataFrame) -> None:
    found = rows(hub, indicator="hourly_earnings", statistic="ratio", variant="icls17", concept="icls19")
    assert found["universe"].tolist() == ["employees", "employees_formal", "employees_informal"]
    bands = rows(hub, indicator="hours_band", variant="icls17", concept="icls19", universe="informal")
    assert bands["estimate"].sum() == pytest.approx(1, rel=1e-12)


def test_amounts_are_called_by_the_currency_of_the_survey(persons: pd.DataFrame, classified: pd.DataFrame) -> None:
    wanted = {name: DECLARED.indicators[name] for name in ("earnings", "hours", "informal")}
    declared = DECLARED.model_copy(update={"indicators": wanted})
    pair = (("icls17", "icls19"),)
    hub = estimate_survey(persons, classified, declared, Subject("made_up", "2020", pair, currency="riel"))
    assert set(hub.loc[hub["indicator"] == "earnings", "measure"]) == {"riel"}
    assert set(hub.loc[hub["indicator"] == "hours", "measure"]) == {"hours"}
    nothing = persons.assign(earnings_month=np.nan)
    missing = estimate_survey(nothing, classified, declared, Subject("made_up", "2020", pair, currency="riel"))
    left = missing[missing["indicator"] == "earnings"]
    assert left[["statistic", "category", "state", "measure"]].drop_duplicates().to_numpy().tolist() == [
        ["mean", "", "not_computable", "riel"],
        ["quantile", "p50", "not_computable", "riel"],
    ]


def test_declared_differences_of_means(hub: pd.DataFrame) -> None:
    keys = {"variant": "icls17", "concept": "icls19", "indicator": "hours_by_job", "universe": "informal"}
    found = one(hub, **keys, statistic="difference", sex="female-male")
    women, men = (one(hub, **keys, statistic="mean", sex=sex) for sex in ("female", "male"))
    assert found["estimate"] == pytest.approx(women["estimate"] - men["estimate"], rel=1e-12)
    assert found["measure"] == "hours"


def test_an_interval_is_that_which_is_declared(persons: pd.DataFrame, classified: pd.DataFrame) -> None:
    changed = {"informal": DECLARED.indicators["informal"].model_copy(update={"interval": "beta"})}
    declared = DECLARED.model_copy(update={"indicators": changed})
    hub = estimate_survey(persons, classified, declared, Subject("made_up", "2020", (("icls17", "icls19"),)))
    methods = hub.groupby("statistic")["ci_method"].agg(set)
    assert methods["share"] <= {"beta", "none"}
    assert "beta" in methods["share"]
    assert "t" in methods["total"]


def test_declared_tests_are_those_of_the_engine(
    hub: pd.DataFrame, persons: pd.DataFrame, classified: pd.DataFrame
) -> None:
    job = classified["job__icls17"]
    frame = persons[["sex", "area"]].assign(
        informal=(job == "informal").astype(float).where(job.notna()), among=persons["employed__icls19"]
    )
    design = Design.from_frame(persons)
    for dimension in ("sex", "area"):
        asked = independence(frame, design, [Independence("informal", dimension, "among")]).set_index("method")
        for method in ("rao_scott_f", "adjusted_wald"):
            keys = {"variant": "icls17", "concept": "icls19", "indicator": "informal", "category": method}
            row = one(hub, **keys, statistic="test", **{dimension: v.COMPARED})
            for name, of_engine in {
                "estimate": "value",
                "df1": "df1",
                "df": "df2",
                "p_value": "p_value",
                "n": "n",
            }.items():
                assert row[name] == pytest.approx(asked.loc[method, of_engine], rel=1e-12), name
            assert np.isnan([row["se"], row["ci_low"], row["population"]]).all()
    # Of a variable that was not asked there is no test.
    assert (hub.loc[hub["statistic"] == "test", "education"] == v.TOTAL).all()


def test_households_are_taken_together_where_the_file_tells_them_apart(
    persons: pd.DataFrame, classified: pd.DataFrame, hub: pd.DataFrame
) -> None:
    assert not (hub["indicator"] == "household_jobs").any()
    household = np.random.default_rng(3).integers(0, 1500, len(persons)).astype(np.int32)
    found = estimate_survey(persons.assign(household=household), classified, DECLARED, SUBJECT)
    for universe in ("employed", "working_age"):
        some = rows(found, indicator="household_jobs", variant="icls17", concept="icls19", universe=universe)
        assert some["estimate"].sum() == pytest.approx(1)
    informal = rows(
        found,
        indicator="household_jobs",
        variant="icls17",
        concept="icls19",
        universe="employed",
        category="all_informal",
    )
    # Nobody with a formal job lives where all jobs are informal.
    assert (
        informal["estimate"].item()
        <= rows(found, indicator="informal", variant="icls17", concept="icls19", universe="employed")["estimate"].item()
    )


def test_shares_of_status_are_of_all_who_have_such_a_job(hub: pd.DataFrame) -> None:
    for universe in ("employed", "employed_formal", "informal"):
        some = rows(hub, indicator="status_of_jobs", variant="icls17", concept="icls19", universe=universe)
        assert some["estimate"].sum() == pytest.approx(1)
        persons = rows(
            hub, indicator="status_of_jobs", variant="icls17", concept="icls19", universe=universe, statistic="total"
        )
        all_of_them = rows(
            hub, indicator="headcount", variant="icls17", concept="icls19", universe=universe, statistic="total"
        )
        assert persons["estimate"].sum() == pytest.approx(all_of_them["estimate"].item())


def test_earnings_are_held_against_the_minimum_wage_of_full_time_employees(
    persons: pd.DataFrame, classified: pd.DataFrame
) -> None:
    covered = pd.DataFrame({"minimum_wage": np.full(len(persons), 1000.0)}, index=persons.index)
    told: dict[str, Any] = {"main": None, "law": None, "laws": [], "cover": []}
    hub = estimate_survey(persons, classified, DECLARED, SUBJECT, coverage=Coverage(covered, told))
    full_time = (persons["status"] == "employee") & persons["employed__icls19"] & (persons["hours_usual"] >= 35)
    for job in ("formal", "informal"):
        among = full_time & (classified["job__icls17"] == job)
        earnings = persons["earnings_month"].where(persons["earnings_month"] > 0)
        value = (earnings < 1000.0).where(earnings.notna())
        found = one(
            hub, indicator="below_minimum_wage", universe=f"full_time_{job}", variant="icls17", concept="icls19"
        )
        assert found["estimate"] == pytest.approx(by_hand(persons, value, among))


def test_without_a_minimum_wage_nothing_is_held_against_it(hub: pd.DataFrame) -> None:
    found = hub[hub["indicator"] == "below_minimum_wage"]
    assert len(found)
    assert set(found["state"]) == {"not_computable"}
