"""The simulated survey meets what was published, and looks like a survey."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from informality.errors import UserError
from informality.survey.simulate import simulate
from informality.survey.simulation import codebook, targets
from informality.survey.simulation.concepts import classes


@pytest.fixture(scope="module")
def survey() -> pd.DataFrame:
    return simulate()


@pytest.fixture(scope="module")
def read(survey: pd.DataFrame) -> pd.DataFrame:
    return classes(survey)


def weighted(survey: pd.DataFrame, rows: pd.Series | np.ndarray) -> float:
    """Thousand persons."""
    return float(survey["v"].to_numpy()[np.asarray(rows, dtype=bool)].sum() / 1000.0)


def informal_rate(survey: pd.DataFrame, read: pd.DataFrame, rows: pd.Series | np.ndarray) -> float:
    rows = np.asarray(rows, dtype=bool) & read["icls19"].to_numpy()
    return weighted(survey, rows & (read["job"] == "informal")) / weighted(survey, rows)


def table_of_targets(survey: pd.DataFrame) -> pd.DataFrame:
    plan = targets.load()
    table = targets.compare(classes(survey), survey["v"].to_numpy(), plan.targets)
    table["contradicts"] = [t.contradicts is not None for t in plan.targets]
    return table


def assert_targets_met(table: pd.DataFrame, tolerance: float) -> None:
    """Counts that weights are made to meet within ``tolerance`` thousand; every printed figure to its printed digit."""
    meant = {t.id for t in targets.load().calibrated}
    far = table[table["id"].isin(meant) & (table["difference"].abs() > tolerance)]
    assert far.empty, far.to_string()
    # A figure that its neighbours contradict is missed, or the note on it is wrong.
    wrong = table[table["printed"] == table["contradicts"]]
    assert wrong.empty, wrong.to_string()


def test_published_totals_are_met_to_the_printed_digit(survey: pd.DataFrame) -> None:
    assert_targets_met(table_of_targets(survey), tolerance=0.001)


def test_the_figures_of_the_two_concepts(survey: pd.DataFrame) -> None:
    got = table_of_targets(survey).set_index("id")["got"]
    assert got["B09"] == pytest.approx(88.827, abs=5e-4)
    assert got["B20"] == pytest.approx(82.66, abs=5e-3)
    assert got["B10-formal"] == pytest.approx(307.417, abs=1e-3)
    assert (round(got["D01-men"]), round(got["D01-women"])) == (948, 825)
    assert (round(got["D03-men"]), round(got["D03-women"])) == (478, 500)
    assert got["B08-public"] > got["B10-formal"]


@pytest.mark.parametrize("scale", [0.1, 1.3])
def test_scale_keeps_weighted_totals(scale: float) -> None:
    some = simulate(scale=scale)
    strata = some["sim_stratum"].nunique()
    assert 540 * scale - strata < some["sim_village"].nunique() < 540 * scale + strata
    assert_targets_met(table_of_targets(some), tolerance=0.002)


def test_seeds_give_other_persons_and_the_same_totals(survey: pd.DataFrame) -> None:
    other = simulate(seed=1, scale=0.2)
    assert_targets_met(table_of_targets(other), tolerance=0.002)
    assert simulate(seed=1, scale=0.2).equals(other)
    assert not other["hl05"].head(500).equals(survey["hl05"].head(500))


@pytest.mark.parametrize("scale", [0.0, 0.05, 1000.0, float("nan")])
def test_an_impossible_scale_is_refused(scale: float) -> None:
    with pytest.raises(UserError, match="scale"):
        simulate(scale=scale)


def test_the_design(survey: pd.DataFrame) -> None:
    villages = survey.drop_duplicates("sim_village")
    assert len(villages) == 540
    assert (survey.groupby("sim_village")["sim_household"].nunique() == 20).all()
    per_stratum = villages.groupby("sim_stratum").size()
    assert (per_stratum == 1).sum() == 1
    assert per_stratum.drop(per_stratum.idxmin()).min() >= 2
    assert set(villages["sim_province"]) == set(range(1, 19))
    assert not ((villages["sim_province"] == 1) & (villages["sim_road"] == 3)).any()
    assert (survey["sim_stratum"] == survey["sim_province"] * 10 + survey["sim_road"]).all()
    assert ((survey["sim_road"] == 1) == (survey["vtype1"] == 1)).all()
    assert not survey.duplicated(["sim_household", "sim_person"]).any()
    assert 50_000 <= len(survey) <= 55_000
    assert (survey["hl05"] < 15).any()


def test_weights_are_unequal_between_and_equal_within_households(survey: pd.DataFrame) -> None:
    assert (survey.groupby("sim_household")["v"].nunique() == 1).all()
    assert (survey["v"] > 0).all()
    assert 0.5 <= survey["v"].std() / survey["v"].mean() <= 0.9


# Who is asked what: an independent statement of the routing, as in the codebook.
_EMPLOYED = "ac03.notna()"
_HIRED = "ac03 in (1, 2, 6)"
_IDLE = "hl05 >= 15 and ac03.isna()"
ROUTING = {
    "hl06": "hl05 >= 12",
    **dict.fromkeys(["hl10", "hl11", "hl12", "hl13", "hl14", "hl15"], "hl05 >= 5"),
    "ed02": "hl05 >= 6",
    **dict.fromkeys(["ed03", "ed06"], "ed02 == 1"),
    **dict.fromkeys(["ep01", "opw04", "opw05"], "hl05 >= 15"),
    "ep02": "ep01 == 2",
    "ep03": "ep02 == 2",
    "ep04": "ep02 == 1 or ep03 == 1",
    "ep05": "ep04 == 1",
    "ep06": "ep01 == 2 and not (ep04 == 2 or ep05 in (1, 2))",
    "ep07": "ep06 == 1",
    "ep08": "ep07 > 3",
    "ep09": "ep07 > 3 and ep08 != 1",
    **dict.fromkeys(["ue01", "ue09"], _IDLE),
    "ue02": "ue01 == 2",
    "ue03": "ue01 == 1",
    **dict.fromkeys(["ac20", "ac13", "ac15", "ac16", "ac17", "ac18"], _EMPLOYED),
    **dict.fromkeys(["ac05", "ac08", "ac09", "ac10", "ac11a", "eri06", "eri07", "eri11"], _HIRED),
    "eri13": "eri11 > 0",
    **dict.fromkeys(["eri01", "eri03"], "ac03 in (3, 4)"),
    **dict.fromkeys(["wt01a", "wt01t", "wt02a", "wt02t", "wt06", "osh01"], _EMPLOYED),
    **dict.fromkeys(["wt01b", "wt02b"], "ac20 == 1"),
    **dict.fromkeys(["wt07", "wt08"], "wt06 == 1"),
    "osh12": "osh01 == 1",
}
_PARTLY_CODED = {"lsic2", "lsco2"}


def test_every_question_is_asked_of_those_whom_the_routing_names(survey: pd.DataFrame) -> None:
    plain = survey.astype(float)
    for name, asked in ROUTING.items():
        assert (plain[name].notna() == plain.eval(asked, engine="python")).all(), name
    unrouted = set(survey) - set(ROUTING) - _PARTLY_CODED - {"ac03"}
    assert not survey[sorted(unrouted)].isna().any().any()
    for name in _PARTLY_CODED:
        assert survey.loc[survey[name].notna(), "ac03"].notna().all()
        assert 0 < survey.loc[survey["ac03"].notna(), name].isna().mean() < 0.03


def test_the_main_job_is_asked_of_the_employed_on_the_19th_concept(survey: pd.DataFrame, read: pd.DataFrame) -> None:
    assert (survey["ac03"].notna().to_numpy() == read["icls19"].to_numpy()).all()


def test_codes_are_those_of_the_codebook(survey: pd.DataFrame) -> None:
    book = codebook.load()
    assert list(survey) == list(book.variables)
    labels = book.value_labels()
    for name, variable in book.variables.items():
        if not variable.number:
            assert set(survey[name].dropna()) <= set(labels[name]), name


def test_unknown_answers_are_few_but_there(survey: pd.DataFrame) -> None:
    for name, most in (("ac08", 0.08), ("ac15", 0.20), ("ac16", 0.25), ("ac17", 0.05)):
        asked = survey[name].dropna()
        assert 0 < (asked == 8).mean() < most, name
    assert 0 < (survey["eri06"] == 9_999_999).sum() < 200


def test_answers_contradict_each_other_here_and_there(survey: pd.DataFrame) -> None:
    state = survey["ac13"].isin([1, 2])
    contradictions = {
        "state staff without social security": state & (survey["ac08"] == 2),
        "government body not registered": (survey["ac13"] == 1) & (survey["ac15"] == 2),
        "registered without books": (survey["ac15"] == 1) & (survey["ac16"] == 2),
        "short usual and long actual hours": (survey["wt01a"] <= 30) & (survey["wt02a"] == 60),
        "a job but no hours last week": (survey["wt01t"] > 0) & (survey["wt02t"] == 0),
        "leave without social security": (survey["ac08"] == 2) & (survey["ac09"] == 1) & (survey["ac10"] == 1),
        "household's employee with social security": (survey["ac11a"] == 2) & (survey["ac08"] == 1),
        "household's employee who says other": (survey["ac11a"] == 2) & (survey["ac03"] == 6),
        "looked, but by no method": (survey["ue01"] == 1) & (survey["ue03"] == 14),
        "absent for too long": (survey["ep06"] == 1) & survey["ac03"].isna(),
    }
    for what, rows in contradictions.items():
        assert 0 < rows.sum() < 0.15 * len(survey), what
    # Public employment exceeds formal jobs: that many at least say no.
    assert weighted(survey, (state & (survey["ac08"] == 2)).fillna(False)) > 8.1


def test_informality_differs_between_groups_as_it_does_in_life(survey: pd.DataFrame, read: pd.DataFrame) -> None:
    def rate(rows: pd.Series) -> float:
        return informal_rate(survey, read, rows.fillna(False))

    by_road = [rate(survey["sim_road"] == road) for road in (1, 2, 3)]
    assert by_road == sorted(by_road)
    capital = rate(survey["sim_province"] == 1)
    assert all(capital < rate(survey["sim_province"] == province) for province in range(2, 19))
    school = survey["ed06"].where(survey["ed02"] == 1, 0)
    by_school = [rate(school.between(low, high)) for low, high in ((0, 11), (12, 16), (21, 24), (31, 42), (43, 46))]
    assert by_school == sorted(by_school, reverse=True)
    by_age = [rate(survey["hl05"].between(low, high)) for low, high in ((15, 24), (30, 49), (60, 99))]
    assert by_age[0] > by_age[1] < by_age[2]


def test_pay_lies_around_the_minimum_wage_and_formal_jobs_pay_more(survey: pd.DataFrame, read: pd.DataFrame) -> None:
    month = survey["eri06"].astype(float) * survey["eri07"].astype(float).map({2: 365 / 12, 3: 4, 4: 2, 5: 1})
    month = month.where(survey["eri06"].astype(float) < 9_999_999)
    formal = month[(read["job"] == "formal").to_numpy()].median()
    informal = month[(read["job"] == "informal").to_numpy()].median()
    assert 600_000 < informal < 900_000 < formal < 2_000_000


def test_villages_make_design_effects_of_real_size(survey: pd.DataFrame, read: pd.DataFrame) -> None:
    weight, inside = survey["v"].to_numpy(), read["icls19"].to_numpy()
    informal = (read["job"] == "informal").to_numpy()
    rate = weight[inside & informal].sum() / weight[inside].sum()
    score = np.where(inside, weight * (informal - rate) / weight[inside].sum(), 0.0)
    design = {"stratum": survey["sim_stratum"].astype(int), "village": survey["sim_village"].astype(int)}
    totals = pd.DataFrame({**design, "score": score}).groupby(["stratum", "village"])["score"].sum()
    strata = totals.groupby("stratum")
    variance = (strata.var() * strata.size()).sum()
    effect = variance / (rate * (1 - rate) / inside.sum())
    assert 2 <= effect <= 5


def test_domestic_work_and_subsistence_farming_are_household_units_under_any_rule(
    survey: pd.DataFrame, read: pd.DataFrame
) -> None:
    domestic = (survey["lsic2"] == 97).fillna(False).to_numpy(dtype=bool)
    subsistence = (survey["lsco2"] == 63).fillna(False).to_numpy(dtype=bool)
    assert domestic.any()
    assert subsistence.any()
    assert (survey.loc[domestic, "ac11a"] == 2).all()
    assert (read.loc[domestic | subsistence, "unit"] == "household").all()


def test_industry_and_occupation_go_together(survey: pd.DataFrame) -> None:
    farmers = survey["lsco2"].isin([61, 63])
    teachers = survey["lsco2"] == 23
    assert survey.loc[farmers & survey["lsic2"].notna(), "lsic2"].isin([1]).mean() > 0.98
    assert (survey.loc[teachers & survey["lsic2"].notna(), "lsic2"] == 85).all()
