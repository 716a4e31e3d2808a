"""Persons twice, in no base, in two places; keys that have lost digits."""

from __future__ import annotations

import numpy as np
from unit.survey.plausibility.looking import changed, found, ids, whole
from unit.survey.small_family import survey

from informality.survey.plausibility.limits import Limits

N = len(whole())


def test_nobody_of_the_age_and_nobody_at_work() -> None:
    young = [{**row, "age": 1.0 + i % 14} for i, row in enumerate(whole())]
    assert ("nobody", True) in ids(found(young))
    assert ("nobody", True) in ids(found(changed(N, age=None)))
    idle = [{**row, "work": 2.0} for row in whole()]
    assert ("nobody", False) in ids(found(idle))
    assert "nobody" not in dict(ids(found([*idle[1:], whole()[0]])))


def test_age_and_sex_of_all_persons() -> None:
    assert ids(found(changed(1, age=None))) == [("unknown", False)]
    assert ids(found(changed(1, sex=None))) == [("unknown", False)]
    assert found([*whole(), *changed(1, sex=None)][: 2 * N]) == []


def test_keys_that_have_lost_their_digits() -> None:
    toy = survey(household="hh")
    (finding,) = found(whole(), toy, {"hh": 2.0**53 + 2 * np.arange(N)})
    assert (finding.id, finding.where, finding.count, finding.impossible) == ("keys", "household", N, True)
    assert found(whole(), toy, {"hh": 2.0**52 + np.arange(N)}) == []
    texts = [str(2**53 + 2 * i) for i in range(N)]
    assert found(whole(), toy, {"hh": texts}) == [], "texts keep every digit"
    assert ids(found(whole(), survey(person="concat(hh, '-', ea)"), {"hh": 2.0**53 + np.arange(N)})) == [("keys", True)]
    assert ids(found(whole(), survey(design__psu="ea + 0 * hh"), {"hh": np.full(N, 2.0**53)})) == [("keys", True)]


def test_keys_that_stata_stored_as_float() -> None:
    toy, large = survey(household="hh"), {"hh": 2.0**24 + 2 * np.arange(N)}
    assert found(whole(), toy, large) == []
    (finding,) = found(whole(), toy, large, single=["HH"])
    assert (finding.id, finding.count, finding.impossible) == ("keys", N, True)
    assert "stores them as float" in finding.text


def test_a_household_lives_in_one_sampling_unit() -> None:
    toy = survey(household="hh")
    assert found(whole(), toy, {"hh": np.arange(N) // 4, "ea": np.arange(N) // 8}) == []
    (finding,) = found(whole(), toy, {"hh": np.arange(N) % 4, "ea": np.arange(N) // 8})
    assert (finding.id, finding.count, finding.impossible) == ("households", 4, True)
    nobody = survey(household="hh", design__psu="none")
    assert found(whole(), nobody, {"hh": np.arange(N) // 2}) == [], "where every person is a unit, this says nothing"


def test_a_household_of_very_many() -> None:
    toy = survey(household="hh")
    two = {"ea": np.arange(N) // 41}
    assert ids(found(whole(), toy, {"hh": np.arange(N) // 41, **two})) == [("households", False)]
    assert (
        found(whole(), toy, {"hh": np.minimum(np.arange(N), 40) // 40, "ea": np.minimum(np.arange(N), 40) // 40}) == []
    )


def test_persons_with_one_key() -> None:
    toy = survey(person="concat(ea, '-', line)")
    assert found(whole(), toy, {"line": np.arange(N)}) == []
    (finding,) = found([*whole(), *changed(3, sex=2.0)[:3]], toy, {"line": 1, "ea": [*range(N), 0, 1, 2]})
    assert (finding.id, finding.where, finding.count) == ("twice", "person", 3)


def test_employed_persons_equal_in_all_that_is_read() -> None:
    toy = survey(household="hh")
    rows, homes = [*whole(), whole()[0]], {"hh": [*np.arange(N) // 2, 0], "ea": [*np.arange(N) // 4, 0]}
    assert ids(found(rows, toy, homes)) == [("twice", False)]
    assert found([*whole(), {**whole()[0], "age": 61.0}], toy, homes) == []
    apart = {"hh": [*np.arange(N) // 2, 40], "ea": [*np.arange(N) // 4, 20]}
    assert found(rows, toy, apart) == [], "alike in another household is no duplicate"
    idle = [{**row, "work": 2.0} for row in rows]
    assert "twice" not in dict(ids(found(idle, toy, homes))), "children are alike"


def test_without_households_the_sampling_unit_stands_for_them_where_much_is_read() -> None:
    rows, units = [*whole(), whole()[0]], {"ea": [*np.arange(N) // 4, 0]}
    assert found(rows, survey(), units) == [], "too few columns to tell neighbours apart"
    (finding,) = found(rows, survey(), units, limits=Limits(twice_columns=10))
    assert (finding.id, finding.where, finding.count) == ("twice", "design.psu", 1)
    apart = {"ea": [*np.arange(N) // 4, 16]}
    assert found(rows, survey(), apart, limits=Limits(twice_columns=10)) == []


def test_rows_that_keep_leaves_out() -> None:
    assert ids(found(whole(), rows=N + 8)) == [("left_out", False)]
    assert found(whole(), rows=N + 7) == []


def test_a_design_in_which_every_stratum_has_one_unit() -> None:
    (finding,) = found(whole(), survey(), {"str": np.arange(N) // 5, "ea": np.arange(N) // 5})
    assert (finding.id, finding.count) == ("lonely", 13)
    assert "each of the 13 strata has one sampling unit" in finding.text
    assert found(whole(), survey(), {"str": np.arange(N) // 5}) == []
    assert "one sampling unit" in found(whole(), survey(), {"ea": 1})[0].text
