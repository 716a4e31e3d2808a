"""Counts of levels that add up, and what they leave open."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from informality.govern.model_levels import _adding_up, parts, rounded, with_partner
from informality.settings import Thresholds

LIMITS = Thresholds()
BASE = LIMITS.model_round
persons = st.lists(st.integers(0, 5000), min_size=2, max_size=12).filter(lambda n: sum(n) >= BASE)


def told(n: np.ndarray) -> tuple[np.ndarray, float]:
    total = float(rounded(np.array([n.sum()], dtype=float), LIMITS)[0])
    return _adding_up(n.astype(float), total, BASE), total


@given(persons)
def test_counts_are_next_to_the_true_ones_and_add_up(counts: list[int]) -> None:
    n = np.array(counts)
    found, total = told(n)
    assert found.sum() == total
    assert (np.abs(found - n) < BASE).all()
    assert (found % BASE == 0).all()


@given(persons, st.integers(-BASE // 2, BASE // 2 - 1))
def test_levels_leave_the_count_of_the_model_as_open_as_it_is_alone(counts: list[int], off: int) -> None:
    """Every other count of the model that is rounded to the same has levels that are told the same."""
    found, total = told(np.array(counts))
    other = found.astype(int)
    other[np.argmax(other)] += off
    again, same = told(other)
    assert same == total
    assert other.sum() == total + off
    np.testing.assert_array_equal(again, found)


def test_halves_go_up_and_few_persons_have_no_count() -> None:
    assert rounded(np.array([0.0, 10, 29, 30, 4001]), LIMITS).tolist() == [0, 20, 20, 40, 4000]
    assert np.isnan(rounded(np.array([1.0, 9]), LIMITS)).all()


def test_a_single_hidden_level_takes_the_smallest_other_with_it() -> None:
    n = np.array([7.0, 0, 300, 80])
    assert with_partner(np.array([True, False, False, False]), n).tolist() == [True, False, False, True]
    assert with_partner(np.array([True, False, True, False]), n).tolist() == [True, False, True, False]
    assert with_partner(np.array([False] * 4), n).tolist() == [False] * 4
    assert with_partner(np.array([True, True, False, False]), n).tolist() == [True, True, False, True]


def test_the_parts_of_a_product() -> None:
    assert list(parts("sex:area", "female:rural")) == [("sex", "female"), ("area", "rural")]
    assert list(parts("age", "_T")) == [("age", "_T")]
