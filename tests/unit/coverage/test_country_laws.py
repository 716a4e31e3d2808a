"""What a law says of each person: exactly one status for every branch and reading."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import WORKFLOW, random_workers, workers
from unit.coverage.small_law import content, save

from informality import vocabulary as v
from informality.coverage.law import Law
from informality.coverage.laws import load_laws
from informality.coverage.legal import LegalStatus
from informality.coverage.legal import legal_status as status_by_law
from informality.decisions import validated
from informality.frames import levels

LAWS = load_laws(WORKFLOW / "laws")
TOY = validated(Law, content(), "toy_2010.yaml")
EMPLOYEE = {"status": "employee"}
LARGE = {"size": "10_19"}
PUBLIC = {"inst_sector": "government"}
HOME = {"household_employer": "yes"}
CASUAL = {"registered": "no", "contract": "none"}


def as_levels(found: LegalStatus, branch: str, reading: str) -> pd.Categorical:
    """The status as levels; a branch that no scheme has excludes everybody."""
    outside = np.full(len(found.verify), v.LEGAL.index("excluded"))
    return levels(found.of_branch[reading].get(branch, outside), v.LEGAL)


def legal_status(persons: pd.DataFrame, law: Law, branch: str, reading: str) -> pd.Categorical:
    return as_levels(status_by_law(law, persons), branch, reading)


def of(law: str, branch: str, *persons: dict[str, str | float], reading: str = "wide") -> list[str]:
    return list(legal_status(workers(list(persons)), LAWS[law], branch, reading))


@pytest.mark.parametrize("name", LAWS)
@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_every_person_has_exactly_one_status(name: str, seed: int) -> None:
    """Whatever was answered: some rule of each scheme holds, and the readings differ only where the narrow one says so."""
    law = LAWS[name]
    by_law = status_by_law(law, random_workers(1000, seed))
    for branch in law.branches:
        found = {}
        for reading in v.READINGS:
            status = as_levels(by_law, branch, reading)
            assert list(status.categories) == list(v.LEGAL)
            assert (status.codes >= 0).all()
            found[reading] = np.asarray(status)
        wide, narrow = found["wide"], found["narrow"]
        # Narrower is never more: nobody is mandatory in the narrow reading alone, nor excluded in the wide one alone.
        assert (wide[narrow == "mandatory"] == "mandatory").all()
        assert (narrow[wide == "excluded"] == "excluded").all()


@pytest.mark.parametrize("name", LAWS)
def test_a_branch_without_a_scheme_excludes_everybody(name: str) -> None:
    """No law here has family benefits."""
    assert set(legal_status(random_workers(50, 1), LAWS[name], "family", "wide")) == {"excluded"}


def test_a_third_reading_is_refused() -> None:
    with pytest.raises(KeyError, match="strict"):
        legal_status(workers([EMPLOYEE]), TOY, "old_age", "strict")


STRENGTHS = [("mandatory", 0), ("unknown", 1), ("voluntary", 2), ("excluded", 3)]


@pytest.mark.parametrize("one", STRENGTHS)
@pytest.mark.parametrize("other", STRENGTHS)
def test_the_strongest_of_several_schemes_decides(one: tuple[str, int], other: tuple[str, int], tmp_path: Path) -> None:
    law = content(
        schemes__fund__rules=[{"id": "all", "if": "TRUE", "then": one[0], "source": "Act 1"}],
        schemes__state__rules=[{"id": "all", "if": "TRUE", "then": other[0], "source": "Act 1"}],
    )
    [toy] = load_laws(save(tmp_path, law)).values()
    assert list(legal_status(workers([EMPLOYEE]), toy, "old_age", "wide")) == [min(one, other, key=lambda x: x[1])[0]]
    assert list(legal_status(workers([EMPLOYEE]), toy, "unemployment", "wide")) == [one[0]]


def test_the_lao_decree_of_1999_asks_for_the_size() -> None:
    small, unknown = {"size": "5_9"}, {"size": "?dont_know"}
    private = {**EMPLOYEE, "inst_sector": "private"}
    persons = [private | LARGE, private | small, private | unknown, EMPLOYEE | PUBLIC | unknown, EMPLOYEE | HOME | LARGE | {"inst_sector": "household"},
               {"status": "own_account"}, {"status": "family_worker"}, {"status": "employer"} | LARGE]  # fmt: skip
    expected = ["mandatory", "voluntary", "unknown", "mandatory", "excluded", "excluded", "excluded", "excluded"]
    assert of("lao_1999", "old_age", *persons) == expected
    assert of("lao_1999", "unemployment", private | LARGE) == ["excluded"]
    # A small unit of an unknown sector may be the state's, which insures its own.
    assert of("lao_1999", "old_age", EMPLOYEE | small, EMPLOYEE | LARGE) == ["unknown", "mandatory"]


@pytest.mark.parametrize("name", ["lao_2013", "lao_2018", "lao_2022"])
def test_lao_law_since_2013(name: str) -> None:
    persons = [EMPLOYEE, EMPLOYEE | PUBLIC | CASUAL, {"status": "own_account"}, {"status": "family_worker"}, {"status": "not_classifiable"}]  # fmt: skip
    assert of(name, "old_age", *persons) == ["mandatory", "mandatory", "voluntary", "voluntary", "unknown"]
    assert of(name, "unemployment", *persons) == ["mandatory", "mandatory", "excluded", "excluded", "unknown"]
    casual = EMPLOYEE | CASUAL
    assert of(name, "old_age", casual) == ["mandatory"]
    assert of(name, "old_age", casual, EMPLOYEE | PUBLIC | CASUAL, reading="narrow") == ["unknown", "mandatory"]


def test_lao_domestic_workers_are_unknown_since_november_2022() -> None:
    maid = EMPLOYEE | HOME
    assert of("lao_2018", "old_age", maid) == ["mandatory"]
    assert of("lao_2018", "old_age", maid, reading="narrow") == ["unknown"]
    for reading in v.READINGS:
        assert of("lao_2022", "old_age", maid, reading=reading) == ["unknown"]


def test_ecuador_s_law_is_read_in_two_ways_for_the_self_employed() -> None:
    trader = {"status": "own_account", "area": "urban", "industry": "G"}
    farmer = {"status": "own_account", "area": "rural", "industry": "A"}
    maid = EMPLOYEE | HOME
    persons = [EMPLOYEE, maid, trader, farmer, {"status": "family_worker", "area": "urban", "industry": "G"}]
    assert of("ecu_2015", "old_age", *persons) == ["mandatory", "mandatory", "mandatory", "mandatory", "voluntary"]
    assert of("ecu_2015", "old_age", *persons, reading="narrow") == ["mandatory", "mandatory", "voluntary", "voluntary", "voluntary"]  # fmt: skip
    assert of("ecu_2015", "survivors", farmer) == ["voluntary"], "the rural scheme has no pension for them"
    assert of("ecu_2015", "unemployment", *persons) == ["mandatory", "mandatory", "excluded", "excluded", "excluded"]
    assert of("ecu_2015", "old_age", EMPLOYEE | {"occupation": "armed_forces"}) == ["mandatory"]


def test_south_african_unemployment_insurance() -> None:
    maid, short = EMPLOYEE | HOME | {"inst_sector": "household"}, {"hours_usual": 5.0}
    private = EMPLOYEE | {"inst_sector": "private"}
    persons = [private, private | short, private | {"hours_usual": 6.0}, maid, EMPLOYEE | PUBLIC, EMPLOYEE | {"inst_sector": "?dont_know"},
               {"status": "own_account"}]  # fmt: skip
    expected = ["mandatory", "excluded", "mandatory", "mandatory", "excluded", "unknown", "excluded"]
    assert of("zaf_2004", "unemployment", *persons) == expected
    assert set(LAWS["zaf_2004"].branches) == {"sickness", "unemployment", "maternity", "employment_injury"}


def test_south_african_domestic_workers_are_insured_for_injuries_since_the_judgment() -> None:
    maid = EMPLOYEE | HOME
    assert of("zaf_2004", "employment_injury", maid, EMPLOYEE) == ["excluded", "mandatory"]
    assert of("zaf_2020", "employment_injury", maid, EMPLOYEE) == ["mandatory", "mandatory"]


def test_no_order_of_persons_matters() -> None:
    persons = random_workers(200, 3)
    status = pd.Series(legal_status(persons, LAWS["ecu_2015"], "old_age", "narrow"))
    turned = pd.Series(legal_status(persons[::-1], LAWS["ecu_2015"], "old_age", "narrow"))
    assert status.tolist() == turned[::-1].tolist()
