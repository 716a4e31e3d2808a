"""Universes that two others make up, found in the counts."""

from __future__ import annotations

from informality.govern.halves import halves, tied
from informality.govern.worlds import Home, Table

MALE, FEMALE = (("sex", "male"),), (("sex", "female"),)
ALL: Table = {(): 100, MALE: 60, FEMALE: 40}
FORMAL: Table = {(): 30, MALE: 30}
INFORMAL: Table = {(): 70, MALE: 30, FEMALE: 40}
APART = [Home(0, 0), Home(1, 1), Home(2, 2)]


def test_the_halves_of_every_domain_with_those_that_are_there() -> None:
    (found,) = halves([ALL, FORMAL, INFORMAL], APART)
    assert found == {
        (0, ()): (((1, ()), 30), ((2, ()), 70)),
        (0, MALE): (((1, MALE), 30), ((2, MALE), 30)),
        (0, FEMALE): (((2, FEMALE), 40),),
    }
    equations, twins = tied(found)
    assert equations == [(0, ()), (0, MALE), (0, FEMALE)]
    assert twins == []


def test_what_does_not_add_up_in_one_domain_makes_up_nothing() -> None:
    other: Table = {(): 70, MALE: 31, FEMALE: 39}
    assert list(halves([ALL, FORMAL, other], APART)) == []


def test_the_whole_alone_is_no_proof() -> None:
    """Any two sizes add up to a third by accident."""
    assert list(halves([ALL, {(): 30}, {(): 70}], APART)) == []


def test_a_breakdown_that_one_of_the_halves_lacks_is_left_out() -> None:
    wide = ALL | {(("area", "urban"),): 50, (("area", "rural"),): 50}
    (found,) = halves([wide, FORMAL, INFORMAL], APART)
    assert {key for _, key in found} == {(), MALE, FEMALE}


def test_a_half_in_the_domain_of_the_whole_is_shown_or_hidden_with_the_rest() -> None:
    """Most of a universe is counted in its domains; what is left of it is the other half."""
    (found,) = halves([ALL, FORMAL, INFORMAL], [Home(0, 0), Home(1, 1), Home(2, 0)])
    equations, twins = tied(found)
    assert equations == []
    assert twins == [((0, ()), (1, ())), ((0, MALE), (1, MALE))]


def test_the_same_universe_under_two_names_is_one() -> None:
    homes = [*APART, Home(1, 1)]
    assert len(list(halves([ALL, FORMAL, INFORMAL, dict(FORMAL)], homes))) == 1
