"""The 17th ICLS on the codes of the Lao LFS 2017 against the rules that ILOSTAT applies to that file, written out by hand.

Codes are drawn at random under the questionnaire's routing, contradictions and unknown codes included.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from support import WORKFLOW, standards

from informality.classify.rules import classify
from informality.settings import Variant
from informality.survey.conditions import conditions
from informality.survey.description import load_families, surveys
from informality.survey.harmonise import harmonise

ICLS17 = {"icls17": Variant(standard="icls17")}
# The program for this file reads no household from codes; most programs that do have no question on the employer.
AS_ILOSTAT = {"icls17": Variant(standard="icls17", options={"household_codes": "not_used"})}
ROWS = 8000
# Codes of yes/no questions, with one that means neither, and no answer at all.
YES_NO = (1, 2, 9, np.nan)
CODES = {
    "hl04": (1, 2), "vtype1": (1, 2), "ep01": (1, 2), "ep02": (1, 2), "ep03": (1, 2), "ep04": (1, 2), "ep05": (1, 2, 3, 4), "ep06": (1, 2),
    "opw04": (1, 2), "opw05": (1, 2), "ac03": (1, 2, 3, 4, 5, 6), "ac08": YES_NO, "ac09": YES_NO, "ac10": YES_NO, "ac11a": (1, 2),
    "ac13": (1, 2, 3, 4, 5, 6, np.nan), "ac15": YES_NO, "ac16": YES_NO, "ac17": (1, 2, 3, 4, 5, 9, np.nan), "ac18": (1, 2, 3, 4, 5, np.nan),
    "lsic2": (1, 10, 47, 84, 95, 97), "lsco2": (23, 52, 61, 62, 63, 92), "sim_stratum": (1, 2), "sim_village": tuple(range(20)), "sim_household": tuple(range(90)),
}  # fmt: skip


@pytest.fixture(scope="module")
def source() -> pd.DataFrame:
    random = np.random.default_rng(2017)
    survey = surveys(load_families(WORKFLOW / "surveys"))["lao_lfs_demo"]
    frame = pd.DataFrame({name: np.full(ROWS, np.nan) for name in conditions(survey).columns()})
    for name, codes in CODES.items():
        frame[name] = random.choice(codes, ROWS)
    frame["hl05"] = random.integers(15, 80, ROWS).astype(float)
    frame["v"] = random.uniform(10, 90, ROWS)
    # Only the employed on the 19th concept are asked about a main job, only employees and others about their employer.
    job = [name for name in frame if name.startswith("ac") or name in ("lsic2", "lsco2")]
    frame.loc[~employed19(frame), job] = np.nan
    frame.loc[frame["ac03"].isin([3, 4, 5]), ["ac08", "ac09", "ac10", "ac11a"]] = np.nan
    return frame


def employed19(s: pd.DataFrame) -> pd.Series:
    in_business = ((s["ep02"] == 1) | (s["ep03"] == 1)) & ((s["ep04"] == 2) | s["ep05"].isin([1, 2]))
    absent = (s["ep06"] == 1) & (s["ep07"].isin([1, 2, 3]) | (s["ep08"] == 1) | (s["ep09"] == 1))
    return (s["ep01"] == 1) | in_business | absent


def own_use(s: pd.DataFrame) -> pd.Series:
    return (s["opw04"] == 1) | (s["opw05"] == 1)


def ilostat_unit(s: pd.DataFrame) -> np.ndarray:
    household = (s["ac11a"] == 2) | ((s["ac13"] == 6) & own_use(s))
    formal = (
        s["ac13"].isin([1, 2, 4, 5])
        | (s["ac16"] == 1)
        | (s["ac15"] == 1)
        | (s["ac03"].isin([1, 2]) & (s["ac08"] == 1))
        | ((s["ac18"] == 4) & s["ac17"].between(2, 5))
    )
    return np.select([household, formal], ["household", "formal_sector"], "informal_sector")


def ilostat_job(s: pd.DataFrame, unit: np.ndarray) -> np.ndarray:
    employee = s["ac03"].isin([1, 2, 6])
    leave = ~s["ac08"].isin([1, 2]) & (s["ac09"] == 1) & (s["ac10"] == 1)
    formal_employee = employee & ((s["ac08"] == 1) | leave)
    formal_head = (s["ac03"] == 3) & (unit == "formal_sector")
    producing = (s["ac13"] == 6) & own_use(s)
    formal_own_account = (s["ac03"] == 4) & (unit == "formal_sector") & ~producing
    return np.where(formal_employee | formal_head | formal_own_account, "formal", "informal")


@pytest.fixture(scope="module")
def persons(source: pd.DataFrame) -> pd.DataFrame:
    return harmonise(source, surveys(load_families(WORKFLOW / "surveys"))["lao_lfs_demo"])


def test_employment_is_that_of_the_questionnaire(source: pd.DataFrame, persons: pd.DataFrame) -> None:
    assert (persons["employed__icls19"] == employed19(source)).all()
    assert (persons["employed__icls13"] == (employed19(source) | own_use(source))).all()


def test_units_and_jobs_are_those_of_ilostat(source: pd.DataFrame, persons: pd.DataFrame) -> None:
    classified = classify(persons, AS_ILOSTAT, standards())
    working = persons["employed__icls19"].to_numpy()
    unit = ilostat_unit(source)
    job = ilostat_job(source, unit)
    assert (classified.loc[working, "unit__icls17"].astype("str").to_numpy() == unit[working]).all()
    assert (classified.loc[working, "job__icls17"].astype("str").to_numpy() == job[working]).all()


def test_codes_of_households_move_units_and_hardly_jobs(source: pd.DataFrame, persons: pd.DataFrame) -> None:
    with_codes, without = (classify(persons, variants, standards()) for variants in (ICLS17, AS_ILOSTAT))
    moved = with_codes["unit__icls17"].cat.codes != without["unit__icls17"].cat.codes
    assert moved.any()
    assert ((source["lsic2"] == 97) | (source["lsco2"] == 63))[moved].all()
    assert (with_codes.loc[moved, "unit__icls17"] == "household").all()
    jobs = moved & (with_codes["job__icls17"].cat.codes != without["job__icls17"].cat.codes)
    assert persons.loc[jobs, "status"].isin(["employer", "own_account"]).all()
    assert (without.loc[jobs, "unit__icls17"] == "formal_sector").all()


def test_invariant_4_the_13th_concept_adds_informal_workers_only(persons: pd.DataFrame) -> None:
    classified = classify(persons, ICLS17, standards())
    old, new = persons["employed__icls13"], persons["employed__icls19"]
    assert (old | ~new).all()
    assert old.sum() > new.sum()
    added = old & ~new
    assert (classified.loc[added, "job__icls17"] == "informal").all()
    assert (classified.loc[added, "unit__icls17"] == "household").all()
    assert (persons.loc[added, "status"] == "own_account").all()
    formal = classified["job__icls17"] == "formal"
    assert persons.loc[old & formal, "weight"].sum() == persons.loc[new & formal, "weight"].sum()
