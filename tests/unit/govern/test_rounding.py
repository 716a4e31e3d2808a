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


@given(st.integers(10, 5000), st.floats(10, 20))
def test_where_all_weigh_the_same_count_and_persons_together_leave_ten_values(n: int, weights_in_a_step: float) -> None:
    """Every count that is shown alike (persons and count) with ``n``: at least ten, or the class says what the persons say."""
    weight, step = 100.0, 100.0 * weights_in_a_step
    around = np.arange(1.0, n + 400)
    shown = sample_size(around, around * weight, step, weight, weight)
    persons = np.where(around * weight < step, -1.0, to_step(around * weight, step))
    alike = [
        m for m, rounded, text, p in zip(around, *shown, persons, strict=True)
        if (rounded, text, p) == (shown[0][n - 1], shown[1][n - 1], persons[n - 1])
    ]  # fmt: skip
    same_persons = (persons == persons[n - 1]).sum()
    assert n in alike
    assert len(alike) >= min(5, same_persons - 5)
    assert max(alike) - min(alike) + 1 >= 10 or shown[1][n - 1] == "" or n < 65


def test_a_class_holds_all_that_the_persons_leave() -> None:
    # 133 persons of weight 80 are shown as 11,000: 132 to 143 persons, of which a rounded count would leave three.
    rounded, classes = sample_size(np.array([133.0]), np.array([10_640.0]), 1000.0, 80.0, 80.0)
    assert (rounded[0], classes[0]) == (100, "100-199")
