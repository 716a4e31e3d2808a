from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from informality.govern.rounding import (
    decimals_of,
    digits_step,
    down,
    persons_step,
    sample_size,
    to_digits,
    to_step,
    up,
)

STEPS = st.sampled_from([0.001, 0.01, 1.0, 10.0, 500.0, 2000.0])
NUMBERS = st.floats(-1e9, 1e9).filter(lambda x: abs(x) > 1e-6 or x == 0)


def one(function, value: float, *args: object) -> float:
    return float(function(np.array([value]), *args)[0])


@given(NUMBERS, STEPS)
def test_a_rounded_number_is_a_multiple_within_half_a_step(value: float, step: float) -> None:
    rounded = one(to_step, value, step)
    assert abs(rounded - value) <= step / 2 * (1 + 1e-6) + 1e-9 * abs(value)
    assert Decimal(repr(rounded)) % Decimal(repr(step)) == 0


@given(NUMBERS, STEPS)
def test_rounding_twice_changes_nothing(value: float, step: float) -> None:
    for function in (to_step, down, up):
        rounded = one(function, value, step)
        assert one(function, rounded, step) == rounded


@given(st.integers(-10_000, 10_000), STEPS)
def test_ties_go_away_from_zero(count: int, step: float) -> None:
    tie = (abs(count) + 0.5) * step
    assert one(to_step, tie, step) == pytest.approx((abs(count) + 1) * step)
    assert one(to_step, -tie, step) == pytest.approx(-(abs(count) + 1) * step)


def test_what_arithmetic_leaves_decides_nothing() -> None:
    # 0.1 + 0.2 + 0.0005 is a hair above 0.3005, and 0.29 * 1.05 / 1.05 a hair off 0.29: both are what they look like.
    assert one(to_step, 0.1 + 0.2 + 0.0005, 0.001) == one(to_step, 0.3005, 0.001) == 0.301
    assert one(up, 0.1 + 0.2, 0.001) == 0.3
    assert one(down, 0.29 * 1.05 / 1.05, 0.01) == 0.29


@given(NUMBERS, STEPS)
def test_limits_go_outward(value: float, step: float) -> None:
    room = 1e-9 * max(abs(value), step)
    assert one(down, value, step) <= value + room
    assert one(up, value, step) >= value - room
    assert one(up, value, step) - one(down, value, step) <= step + room


@given(st.floats(1e-6, 1e9), st.sampled_from([2, 3]))
def test_significant_digits_are_those_of_decimal_arithmetic(value: float, digits: int) -> None:
    settled = Decimal(f"{value:.12g}")
    exponent = settled.adjusted() - digits + 1
    expected = (settled.scaleb(-exponent).quantize(Decimal(1), ROUND_HALF_UP)).scaleb(exponent)
    assert one(to_digits, value, digits) == pytest.approx(float(expected), rel=1e-12)


def test_nothing_stays_nothing() -> None:
    for function in (
        lambda v: to_step(v, 10),
        lambda v: to_digits(v, 3),
        lambda v: down(v, 0.01),
        lambda v: up(v, 0.01),
    ):
        assert math.isnan(one(function, math.nan))
    assert one(to_digits, 0.0, 3) == 0.0


@pytest.mark.parametrize(
    ("mean", "step"), [(127.6, 2000), (808.5, 10_000), (1.0, 10), (100.0, 1000), (51.0, 1000), (0.5, 5), (20.0, 200)]
)
def test_the_step_of_persons_is_the_smallest_round_one_above_ten_mean_weights(mean: float, step: float) -> None:
    assert persons_step(mean) == step


def test_decimals_are_those_of_the_step() -> None:
    assert decimals_of(np.array([0.1, 1.0, 10.0, 0.01])).tolist() == [1, 0, 0, 2]
    assert decimals_of(digits_step(np.array([12.34, 1.234, 1234.0]), 3)).tolist() == [1, 2, 0]


def test_small_counts_are_classes_and_others_tens() -> None:
    n = np.array([12.0, 29, 30, 49, 50, 64, 65, 74, 75, 1004, 0])
    rounded, classes = sample_size(n, np.full(len(n), np.nan), 2000.0, 10.0, 500.0)
    assert classes == ["<30", "<30", "30-49", "30-49", "50-64", "50-64", "", "", "", "", ""]
    assert rounded.tolist() == [10, 10, 30, 30, 50, 50, 70, 70, 80, 1000, 0]


@given(st.integers(1, 5000), st.floats(10, 20), st.floats(1, 1.9))
def test_where_all_weigh_nearly_the_same_a_count_tells_no_more_than_the_persons(
    n: int, weights: float, spread: float
) -> None:
    """All counts that are shown with the same weighted number are shown with the same class."""
    weight = 100.0
    step = weight * weights
    around = np.arange(max(1.0, n - 60), n + 60)
    persons = np.where(around * weight < step, -1.0, to_step(around * weight, step))
    _, classes = sample_size(around, around * weight, step, weight / spread**0.5, weight * spread**0.5)
    alike = {text for text, p in zip(classes, persons, strict=True) if p == persons[around == n][0]}
    assert len(alike) == 1
    assert "" not in alike


def test_a_class_holds_all_that_the_persons_leave() -> None:
    # 133 persons of weight 80 are shown as 11,000: 132 to 143 persons.
    rounded, classes = sample_size(np.array([133.0, 4.0]), np.array([10_640.0, 320.0]), 1000.0, 80.0, 80.0)
    assert (rounded.tolist(), classes) == ([100.0, 10.0], ["100-199", "<30"])
