"""Properties that hold for any scenarios: zero effort, full compliance, nobody counted twice, and what orders can change."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.estimate.scenarios.twelve import drawn

from informality.estimate.scenarios.expected import Expected, effect, gain_last, gains_in_order, left, total

check = settings(max_examples=40, deadline=None)
seeds = st.integers(0, 10_000)
shares = st.floats(0, 1)


@given(shares, shares)
def test_the_effect_brings_compliance_to_what_is_assumed_and_never_takes_cover_away(
    effort: float, covered: float
) -> None:
    p, _ = effect("compliance", effort, covered)
    assert 0 <= p <= 1
    if covered < 1:
        assert covered + (1 - covered) * p == pytest.approx(max(effort, covered), abs=1e-12)


@given(st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_the_slope_of_the_effect_is_its_derivative(effort: float, covered: float) -> None:
    step = 1e-6
    if abs(effort - covered) < 2 * step:
        return
    up, down = (effect("compliance", effort, covered + h)[0] for h in (step, -step))
    assert effect("compliance", effort, covered)[1] == pytest.approx((up - down) / (2 * step), rel=1e-4, abs=1e-4)
    assert effect("joining", effort, covered) == (effort, 0.0)


@check
@given(seeds)
def test_zero_effort_changes_nothing(seed: int) -> None:
    stack = drawn(seed, effort=(0.0, 0.0, 0.0))
    reached = stack.under("central")
    uncovered = stack.covered.rest()
    for gain in gains_in_order(uncovered, reached.reaches):
        assert not gain.value.any()
    assert np.array_equal(left(uncovered, reached.reaches).value, uncovered.value)


@check
@given(seeds)
def test_full_compliance_leaves_no_gap_in_the_target(seed: int) -> None:
    stack = drawn(seed, effort=(1.0, 0.3, 0.6))
    reached = stack.under("central")
    inside = stack.member(stack.cases[0])
    # The target holds somebody not covered, so that there was a gap.
    assert (stack.covered.rest().value[inside] > 0).any()
    remaining = left(stack.covered.rest(), reached.reaches[:1]).value
    assert not remaining[inside].any()
    assert (remaining[~inside] == stack.covered.rest().value[~inside]).all()


@check
@given(seeds, st.integers(1, 5))
def test_nobody_is_counted_twice_and_orders_change_only_who_counts_whom(seed: int, cases: int) -> None:
    stack = drawn(seed, cases=cases, rows=60)
    reached = stack.under("central")
    uncovered, reaches = stack.covered.rest(), reached.reaches
    weight = np.bincount(stack.kind, stack.design.weight)
    gains: dict[int, list[float]] = {at: [] for at in range(cases)}
    remaining = left(uncovered, reaches).value
    for order in permutations(range(cases)):
        found = gains_in_order(uncovered, [reaches[at] for at in order])
        all_of = total(found).value
        # A person gains at most what was not covered, and the same in any order.
        assert (all_of <= uncovered.value + 1e-12).all()
        np.testing.assert_allclose(all_of, uncovered.value - remaining, atol=1e-12)
        for at, gain in zip(order, found, strict=True):
            gains[at].append(float(weight @ gain.value))
    for at, sums in gains.items():
        assert max(sums) == pytest.approx(float(weight @ (uncovered * reaches[at]).value), rel=1e-12)
        assert min(sums) == pytest.approx(float(weight @ gain_last(uncovered, reaches, at).value), rel=1e-12)


@check
@given(seeds)
def test_slopes_are_derivatives(seed: int) -> None:
    stack = drawn(seed, rows=60)
    reached = stack.under("central")
    point = np.array([stack.rate, *reached.effects])
    found = total(gains_in_order(stack.covered.rest(), reached.reaches))

    def value(at: np.ndarray) -> np.ndarray:
        nothing = np.zeros((len(at), len(stack.covered.value)))
        base = np.where(stack.covered.slope[0] > 0, at[0], stack.covered.value)
        reaches = [Expected(p * stack.member(case), nothing) for p, case in zip(at[1:], stack.cases, strict=True)]
        return np.asarray(total(gains_in_order(Expected(base, nothing).rest(), reaches)).value)

    for place in range(len(point)):
        step = np.zeros(len(point))
        step[place] = 1e-6
        slope = (value(point + step) - value(point - step)) / 2e-6
        np.testing.assert_allclose(found.slope[place], slope, atol=1e-7)
