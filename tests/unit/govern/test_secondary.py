from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.govern.small_hub import table

from informality.govern.audit import narrow, widths
from informality.govern.equations import Equation
from informality.govern.secondary import System, suppress

RULE = 10.0


def protected(counts: np.ndarray, least: float = 1.0) -> tuple[np.ndarray, list[Equation], np.ndarray, np.ndarray]:
    """Counts, equations, confidential and hidden cells of a table with margins."""
    values, sums = table(counts)
    equations = [Equation(total, parts) for total, parts in sums]
    primary = (values >= 1) & (values < 10)
    need = np.full(len(values), RULE)
    cost = 1 + np.log10(1 + values)
    system = System(primary, values[None, :], equations, cost, need, least)
    hidden = suppress(system, lambda now: narrow(values[None, :], equations, now, need, least=least))
    return values, equations, primary, hidden


def eighteen_by_twelve() -> np.ndarray:
    """A table of provinces by industries with 22 cells of 1 to 9 persons."""
    rng = np.random.default_rng(1812)
    counts = rng.integers(12, 400, size=(18, 12))
    few = rng.choice(counts.size, size=22, replace=False)
    counts.ravel()[few] = rng.integers(1, 10, size=22)
    return counts


def test_a_table_of_18_by_12_with_22_confidential_cells() -> None:
    values, equations, primary, hidden = protected(eighteen_by_twelve())
    assert primary.sum() == 22
    recovered = widths(values[None, :], equations, primary)
    assert (recovered[primary] == 0).sum() >= 10, "without more, most can be worked out exactly"
    reached = widths(values[None, :], equations, hidden)
    assert np.isnan(reached[~hidden]).all()
    assert reached[hidden].min() >= RULE - 1e-6
    assert hidden.sum() <= 22 + 20


def test_nothing_confidential_hides_nothing() -> None:
    assert not protected(np.full((4, 3), 50))[3].any()


def test_two_small_cells_in_a_line_are_not_enough() -> None:
    """Two cells of 2 and 3 in each of two lines leave a range of 4: a third has to go, though each line has two."""
    counts = np.array([[2, 3, 40, 60], [3, 2, 50, 70], [80, 90, 60, 50]])
    values, equations, primary, hidden = protected(counts)
    pairs = widths(values[None, :], equations, primary)
    assert 0 < np.nanmin(pairs) < RULE
    assert widths(values[None, :], equations, hidden)[hidden].min() >= RULE - 1e-6


@given(st.integers(0, 10_000), st.integers(2, 5), st.integers(2, 5))
@settings(max_examples=30, deadline=None)
def test_no_range_is_narrower_than_the_rule(seed: int, rows: int, columns: int) -> None:
    rng = np.random.default_rng(seed)
    counts = rng.choice([0, 1, 2, 5, 9, 12, 40, 300], size=(rows, columns))
    values, equations, primary, hidden = protected(counts)
    assert hidden[primary].all()
    assert not hidden[values == 0].any() or not primary.any() or (values[hidden] > 0).any()
    reached = widths(values[None, :], equations, hidden)
    known = hidden & (values > 0)
    assert (reached[known] >= RULE - 1e-6).all()


@pytest.mark.parametrize("least", [0.0, 1.0])
def test_a_reader_knows_that_hidden_cells_hold_somebody(least: float) -> None:
    """Of 12 in two hidden cells each may be 0 to 12 for one who knows nothing else, 1 to 11 for one who does."""
    values = np.array([[12.0, 5.0, 7.0]])
    found = widths(values, [Equation(0, (1, 2))], np.array([False, True, True]), least=least)
    assert found[1:].tolist() == pytest.approx([12 - 2 * least] * 2)


def test_parts_narrow_the_range_of_their_sum() -> None:
    """Known margins of those with and without the event bound each of them, and so the persons."""
    persons, event = np.array([[10, 2], [3, 20.0]]), np.array([[10, 0], [0, 20.0]])
    values, sums = table(persons)
    events, _ = table(event)
    equations = [Equation(total, parts) for total, parts in sums]
    hidden = np.zeros(len(values), dtype=bool)
    hidden[[4, 5, 7, 8]] = True
    alone = widths(values[None, :], equations, hidden)
    linked = widths(np.stack([events, values - events]), equations, hidden)
    assert (linked[hidden] <= alone[hidden] + 1e-6).all()


def test_the_same_counts_hide_the_same_cells() -> None:
    first, second = (protected(eighteen_by_twelve())[3] for _ in range(2))
    assert (first == second).all()


def test_the_proof_of_a_narrow_range_names_what_it_rests_on() -> None:
    values = np.array([[12.0, 5.0, 7.0, 30.0]])
    weak = narrow(values, [Equation(0, (1, 2))], np.array([False, True, False, False]), np.full(4, RULE))
    assert [(w.domain, w.width, w.because) for w in weak] == [(1, 0.0, (0, 2))]
