"""Totals by domain add up, and their errors are those of replicate weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.estimate.scenarios.twelve import drawn

from informality.estimate.columns import dimension
from informality.estimate.design import Design
from informality.estimate.domains import evaluate
from informality.estimate.replicates.made import jkn
from informality.estimate.replicates.variance import variance_of
from informality.estimate.requests import Request
from informality.estimate.scenarios.expected import gain_last, gains_in_order, left
from informality.estimate.scenarios.stack import Reached, Stack
from informality.estimate.scenarios.sums import Cells, Values, numbers

check = settings(max_examples=20, deadline=None)


def sectors(stack: Stack, seed: int) -> pd.DataFrame:
    """A dimension with an unknown level."""
    code = np.random.default_rng([seed, 7]).integers(-1, 3, len(stack.baseline))
    return pd.DataFrame(
        {"industry3": pd.Categorical.from_codes(code, categories=["agriculture", "industry", "services"])}
    )


@check
@given(st.integers(0, 10_000))
def test_sectors_sum_to_the_total(seed: int) -> None:
    stack = drawn(seed)
    reached = stack.under("central")
    by_sector = dimension(sectors(stack, seed), "industry3")
    for case, gain in zip(stack.cases, gains_in_order(stack.covered.rest(), reached.reaches), strict=True):
        for amount in (None, case.amounts["voluntary"]):
            values = Values(stack.kind, [(gain, amount)])
            known = case.target if amount is None else case.target & np.isfinite(amount)
            inside = case.target | case.unknown
            whole = numbers(Cells(stack.design, inside, None), values, known, reached.influence)
            parts = numbers(Cells(stack.design, inside, by_sector), values, known, reached.influence)
            assert parts.estimate.sum() == pytest.approx(whole.estimate[0], rel=1e-12)
            for count in ("n", "n_event", "n_missing", "population"):
                assert getattr(parts, count).sum() == pytest.approx(getattr(whole, count)[0], rel=1e-12)


def test_without_estimated_effects_errors_are_those_of_the_engine() -> None:
    stack = drawn(11, cases=1, effort=(0.0,))
    covered = replace(stack, members=None, spread=np.zeros(len(stack.baseline), dtype=bool))
    known = np.isfinite(covered.baseline)
    frame = sectors(stack, 11).assign(covered=covered.baseline)
    by_sector = dimension(frame, "industry3")
    everybody = np.ones(len(known), dtype=bool)
    for statistic in ("share", "total"):
        request = Request(
            statistic, "covered", by=("industry3",), measure="share" if statistic == "share" else "persons"
        )  # type: ignore[arg-type]
        expected = next(iter(evaluate(frame, stack.design, [request])))
        values = Values(covered.kind, [(covered.covered, None)])
        influence = covered.under("central").influence
        found = numbers(Cells(stack.design, everybody, by_sector), values, known, influence, share=statistic == "share")
        np.testing.assert_allclose(found.estimate, expected.estimate, rtol=1e-12)
        np.testing.assert_allclose(found.se, expected.se, rtol=1e-9)
        np.testing.assert_array_equal(found.n, expected.counts.n)
        np.testing.assert_array_equal(found.n_psu, expected.counts.n_psu)
        np.testing.assert_array_equal(found.df, expected.counts.df_known)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_errors_agree_with_the_jackknife(seed: int) -> None:
    stack = drawn(seed, rows=6000, strata=10, psus=25, effort=(0.7, 0.8, 0.75))
    inside = np.ones(len(stack.baseline), dtype=bool)
    by_sector = dimension(sectors(stack, seed), "industry3")
    known = np.isfinite(stack.baseline)

    def estimates(stack: Stack) -> list[tuple[np.ndarray, np.ndarray]]:
        reached: Reached = stack.under("central")
        uncovered = stack.covered.rest()
        cells = Cells(stack.design, inside, by_sector)
        last = gain_last(uncovered, reached.reaches, 1)
        after = left(uncovered, reached.reaches).rest()
        money = Values(stack.kind, [(last, stack.cases[1].amounts["voluntary"])])
        found = [
            numbers(cells, Values(stack.kind, [(uncovered * reached.reaches[0], None)]), known, reached.influence),
            numbers(cells, Values(stack.kind, [(last, None)]), known, reached.influence),
            numbers(cells, Values(stack.kind, [(after, None)]), known, reached.influence, share=True),
            numbers(cells, money, known, reached.influence),
        ]
        return [(one.estimate, one.se) for one in found]

    def statistic(_: pd.DataFrame, weights: np.ndarray) -> np.ndarray:
        design = Design(stack.design.stratum, stack.design.psu, weights)
        return np.concatenate([estimate for estimate, _ in estimates(replace(stack, design=design))])

    replicated = variance_of(statistic, pd.DataFrame(index=range(len(inside))), jkn(stack.design))
    linearised = np.concatenate([se for _, se in estimates(stack)])
    np.testing.assert_allclose(linearised, replicated.se, rtol=0.02)
    # Effects taken as known would give other errors, so that the test can see what is added.
    without = numbers(
        Cells(stack.design, inside, None),
        Values(stack.kind, [(stack.covered.rest() * stack.under("central").reaches[0], None)]),
        known,
        np.zeros_like(stack.under("central").influence),
    )
    whole = numbers(
        Cells(stack.design, inside, None),
        Values(stack.kind, [(stack.covered.rest() * stack.under("central").reaches[0], None)]),
        known,
        stack.under("central").influence,
    )
    assert abs(without.se[0] / whole.se[0] - 1) > 0.05
