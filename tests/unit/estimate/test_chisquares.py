from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, f

from informality.estimate.chisquares import upper_tail

POSITIVE = st.lists(st.floats(0.05, 20), min_size=1, max_size=25)
MANY = 10**9


@given(st.integers(2, 40), st.floats(0.5, 4), st.floats(0.1, 30))
def test_equal_weights_are_a_chi_square(k: int, weight: float, factor: float) -> None:
    """With many degrees of freedom below; the saddlepoint is good to an eightieth, with two weights to 2.25 %."""
    x = factor * k
    expected = chi2.sf(x, k)
    assert upper_tail(weight * x, np.full(k, weight), MANY) == pytest.approx(
        expected, rel=0.0225 if k == 2 else 0.0125, abs=2e-4
    )


@given(st.integers(2, 20), st.integers(10, 200), st.floats(0.2, 5))
def test_equal_weights_are_an_f(k: int, freedom: int, value: float) -> None:
    expected = f.sf(value, k, freedom)
    assert upper_tail(value * k, np.ones(k), freedom) == pytest.approx(expected, rel=0.05, abs=2e-4)


@given(POSITIVE, st.floats(0.5, 20), st.floats(5, 500))
def test_a_tail_falls_with_x_and_is_free_of_scale(weights: list[float], at: float, freedom: float) -> None:
    a = np.array(weights)
    x = at * a.sum() / 3
    here = upper_tail(x, a, freedom)
    assert 0 <= here <= 1
    assert upper_tail(1.5 * x, a, freedom) <= here + 1e-3
    assert upper_tail(1e6 * x, 1e6 * a, freedom) == pytest.approx(here, rel=1e-6, abs=1e-12)


@given(POSITIVE, st.floats(0.999, 1.001), st.integers(5, 100))
def test_no_jump_at_the_mean(weights: list[float], near: float, freedom: int) -> None:
    a = np.array(weights)
    at, beside = (upper_tail(x, a, freedom) for x in (a.sum(), near * a.sum()))
    assert at == pytest.approx(beside, abs=0.005)


def test_against_random_numbers() -> None:
    rng = np.random.default_rng(1)
    a = np.array([5.0, 2, 1, 0.2])
    draws = (rng.chisquare(1, (200_000, 4)) @ a) / (rng.chisquare(30, 200_000) / 30)
    for x in (4.0, 12.0, 30.0):
        assert upper_tail(x, a, 30) == pytest.approx((draws > x).mean(), abs=0.02)


def test_ends() -> None:
    assert upper_tail(0.0, np.ones(3), 10) == 1
    assert np.isnan(upper_tail(1.0, np.zeros(3), 10))
    assert upper_tail(2.0, np.array([1.0, 1e-15]), 10) == upper_tail(2.0, np.array([1.0]), 10)
