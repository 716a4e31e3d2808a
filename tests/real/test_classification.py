"""The standards on real surveys: what routing may not do, what rates must hold, and the illustrations of the data's README."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from support import WORKFLOW

from informality import vocabulary as v
from informality.classify.explain import dependent_contractors, not_computable, option_table, rule_table

pytestmark = pytest.mark.real

QLFS = [
    f"zaf_qlfs_{wave}"
    for wave in ("2008q3", "2009q3", "2010q3", "2011q3", "2012q2", "2013q3", "2014q3", "2016q3", "2017q3")
]
ALL = [*QLFS, "ecu_enemdu_2021q1"]
RULE_VARIABLES = ("registered", "books", "size_cut", "place", "soc_sec", "annual_leave", "sick_leave", "inst_sector")


def rate(persons: pd.DataFrame, value: pd.Series, among: pd.Series) -> float:
    return 100 * float(np.average(value[among], weights=persons.loc[among, "weight"]))


@pytest.mark.parametrize("survey", ALL)
def test_no_employee_of_a_large_unit_falls_through_to_the_informal_sector(real, survey: str) -> None:
    """Decision 3. Read naively, five million employees of the QLFS would: they are asked neither for value added tax nor for books."""
    persons, classified = real.persons(survey), real.classified(survey)
    large = (persons["status"] == "employee") & (persons["size"] == "50_plus")
    assert large.sum() > 3000
    for variant in ("icls17", "icls17_strict", "icls17_dk_informal"):
        assert not (classified.loc[large, f"unit_rule__{variant}"] == "U9").any()
    # The 21st ICLS does not read size where registration or accounts were asked: its residual takes nobody who was asked neither.
    unasked = (persons["registered_why"] == "not_asked") & (persons["books_why"] == "not_asked")
    assert not (classified.loc[large & unasked, "unit_rule__icls21"] == "V9").any()
    # Only a unit that says that it is not registered may be informal, and only where that alone decides.
    informal = large & (classified["unit__icls17_strict"] == "informal_sector")
    assert (classified.loc[informal, "unit_rule__icls17_strict"] == "U6").all()
    assert (persons.loc[informal, "registered"] == "no").all()
    decided = classified.loc[large, "unit__icls17"]
    assert decided.isin(["formal_sector", "household"]).all()
    assert (decided == "household").mean() < 0.005


@pytest.mark.parametrize("survey", ALL)
def test_no_question_is_silently_empty_for_a_status_group(real, survey: str) -> None:
    """Routing that the description forgot would show as answers that are not stated, and rules would take it for ignorance."""
    persons = real.persons(survey)
    employed = persons[persons["employed__national"]]
    assert employed["status"].notna().all()
    for variable in RULE_VARIABLES:
        not_stated = employed[v.why(variable)] == "not_stated"
        by_status = not_stated.groupby(employed["status"], observed=True).mean()
        assert (by_status < 0.02).all(), (variable, by_status.to_dict())


@pytest.mark.parametrize("survey", QLFS)
def test_routing_of_the_qlfs(real, survey: str) -> None:
    persons = real.persons(survey)
    employed = persons[persons["employed__national"]]
    employee = employed["status"] == "employee"
    assert (employed.loc[employee, "registered_why"] == "not_asked").all()
    assert not (employed.loc[~employee, "registered_why"] == "not_asked").any()
    assert (employed.loc[~employee, "soc_sec_why"] == "not_asked").all()
    assert (employed["books_why"] == "not_asked").all()
    assert (employed["place_why"] == "not_asked").all()
    asked = survey not in ("zaf_qlfs_2008q3", "zaf_qlfs_2009q3")
    assert (employed.loc[employee, "sick_leave_why"] == "answered").all() == asked
    assert (employed.loc[employee, "sick_leave_why"] == "not_asked").all() != asked


def test_skips_of_the_enemdu_are_answers_or_routing(real) -> None:
    persons = real.persons("ecu_enemdu_2021q1")
    employed = persons[persons["employed__national"]]
    # Units of 100 and more are not asked for the tax register nor for their exact size: both follow from the skip.
    assert employed["size_cut"].notna().all()
    large = (employed["size"] == "50_plus") & (employed["books_why"] == "not_asked")
    assert (employed.loc[large, "registered"] == "yes").all()
    domestic = employed["household_employer"] == "yes"
    assert (employed.loc[domestic, "registered_why"] == "not_asked").all()
    assert (employed.loc[~domestic, "registered_why"] != "not_asked").all()


@pytest.mark.parametrize("survey", ALL)
def test_units_and_jobs_partition_employment(real, survey: str) -> None:
    persons, classified = real.persons(survey), real.classified(survey)
    employed = persons["employed__national"]
    for variant in ("icls17", "icls17_strict", "icls17_dk_informal"):
        assert classified.loc[employed, [f"unit__{variant}", f"job__{variant}"]].notna().all(axis=None)
    assert classified[~employed].isna().all(axis=None)
    family = persons["status"] == "family_worker"
    assert (classified.loc[family & employed, "job__icls17"] == "informal").all()
    # Under the 21st ICLS only family workers of formal units are open, where nobody asked who pays for them.
    open_ = employed & classified["job__icls21"].isna()
    pays = (persons["cover__contribution"] == "yes") if "cover__contribution" in persons else True
    assert open_.any()
    assert (open_ == employed & family & (classified["unit__icls21"] == "formal_sector") & pays).all()
    household = employed & (classified["unit__icls17"] == "household") & (persons["soc_sec"] == "yes")
    assert household.any()
    assert (classified.loc[household, "job__icls17"] == "formal").all()


@pytest.mark.parametrize("survey", ALL)
def test_options_move_rates_the_way_they_must(real, survey: str) -> None:
    persons, classified = real.persons(survey), real.classified(survey)
    employed = persons["employed__national"]
    main, strict, unknown = (
        rate(persons, classified[f"job__{name}"] == "informal", employed)
        for name in ("icls17", "icls17_strict", "icls17_dk_informal")
    )
    assert strict >= main
    assert unknown >= main
    table = option_table(persons, [("icls17", "national")], real.variants, real.standards)
    table = table[(table["part"] == "job") & ~table["default"]].set_index(["option", "choice"])
    assert table.loc[("registration", "strict"), "rate_percent"] == pytest.approx(strict, rel=1e-12)
    assert table.loc[("dont_know", "informal"), "change_points"] == pytest.approx(unknown - main, abs=1e-12)


@pytest.mark.parametrize("survey", QLFS)
def test_the_ilo_rule_gives_a_higher_rate_than_the_national_one(real, survey: str) -> None:
    """As the data's README expects: a pension contribution is asked for, not any one of three benefits."""
    persons, classified = real.persons(survey), real.classified(survey)
    base = persons["employed__national"] & persons["national_base"]
    ilo = rate(persons, classified["job__icls17"] == "informal", base)
    national = rate(persons, classified["job__national"] == "informal", base)
    assert 50 < ilo < 58
    assert 27 < national < 33
    assert ilo > national + 20


def test_illustrations_of_the_readme(real) -> None:
    """Simple rules of thumb printed with the data (15-64), rebuilt from the harmonised variables alone."""
    persons = real.persons("zaf_qlfs_2017q3")
    base = persons["employed__national"] & persons["national_base"]
    family = persons["status"] == "family_worker"
    unregistered = persons["status"].isin(["employer", "own_account"]) & (persons["registered"] != "yes")
    no_pension = (persons["status"] == "employee") & (persons["soc_sec"] != "yes")
    leave = (persons["annual_leave"] == "yes") & (persons["sick_leave"] == "yes")
    assert round(rate(persons, family | unregistered | no_pension, base), 1) == 55.0
    assert round(rate(persons, family | unregistered | (no_pension & ~leave), base), 1) == 38.3


@pytest.mark.parametrize("survey", ["zaf_qlfs_2012q2", "ecu_enemdu_2021q1"])
def test_tables_of_the_quality_annex_add_up(real, survey: str) -> None:
    persons, classified, possible = real.persons(survey), real.classified(survey), real.pairs(survey)
    employed = persons["employed__national"]
    persons_all = persons.loc[employed, "weight"].sum()
    rules = rule_table(persons, classified, possible, real.variants, real.standards)
    parts = {("unit", "national")} | ({("job", "national")} if survey.startswith("zaf") else set())
    parts |= {(part, name) for part in ("unit", "job") for name in real.variants if name != "national"}
    sums = rules.groupby(["part", "variant"])[["n", "persons"]].sum()
    assert set(sums.index) == parts
    assert (sums["n"] == employed.sum()).all()
    assert sums["persons"].to_numpy() == pytest.approx(persons_all, rel=1e-12)
    # The rules of the office carry their outcome.
    assert set(
        rules.loc[(rules["variant"] == "national") & (rules["part"] == "unit") & (rules["n"] > 0), "outcome"]
    ) <= set(v.UNITS)
    unsettled = not_computable(persons, classified, possible)
    assert set(unsettled.loc[unsettled["variant"] == "icls21", "status"]) == {"family_worker"}
    contractors = dependent_contractors(persons, classified, possible, real.variants, real.standards)
    assert contractors["n"].tolist() == [(employed & (persons["status"] == "own_account")).sum()]


def test_every_survey_with_data_is_tested(real) -> None:
    described = {name for name, survey in real.described.items() if survey.family.estimates and survey.file_name}
    assert set(ALL) == {name for name in described if not name.startswith("lao")}
    assert (WORKFLOW / "benchmarks").is_dir()
