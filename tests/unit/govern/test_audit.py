"""The audit against linear programmes that are written down and solved one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from unit.govern.small_hub import table

from informality.errors import UserError
from informality.govern.audit import Audit, narrow, widths
from informality.govern.equations import Equation


def plain(
    parts: np.ndarray, equations: list[Equation], hidden: np.ndarray, least: float, most: np.ndarray | None
) -> np.ndarray:
    """Widths by two linear programmes a domain, of all hidden domains at once."""
    k, size = parts.shape
    total = parts.sum(axis=0)
    limit = np.full(size, 2 * total.max() + 1000.0) if most is None else most
    sums = np.zeros((len(equations), size))
    for row, equation in enumerate(equations):
        sums[row, list(equation.parts)] = 1.0
        sums[row, equation.total] = -1.0
    a = np.kron(np.eye(k), sums)
    g = np.tile(np.eye(size)[hidden], k)
    bounds = [(0, limit[d]) if hidden[d] else (parts[p, d],) * 2 for p in range(k) for d in range(size)]
    found = np.full(size, np.nan)
    for domain in np.flatnonzero(hidden):
        aim = np.tile(np.eye(1, size, domain)[0], k)
        ends = [
            linprog(sign * aim, -g, -np.minimum(least, total[hidden]), a, np.zeros(len(a)), bounds).fun
            for sign in (1, -1)
        ]
        found[domain] = -ends[1] - ends[0]
    return found


@st.composite
def systems(draw: st.DrawFn) -> tuple[np.ndarray, list[Equation], np.ndarray]:
    """Counts of one or three parts in a table with margins, its equations, and some hidden domains."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows, columns, k = draw(st.integers(1, 4)), draw(st.integers(2, 4)), draw(st.sampled_from([1, 3]))
    tables = [table(rng.choice([0, 1, 2, 5, 9, 40], size=(rows, columns))) for _ in range(k)]
    values = np.stack([counts for counts, _ in tables])
    hidden = rng.random(values.shape[1]) < draw(st.sampled_from([0.2, 0.5, 0.9]))
    return values, [Equation(total, parts) for total, parts in tables[0][1]], hidden


@given(systems(), st.sampled_from([0.0, 1.0]), st.booleans())
@settings(max_examples=30, deadline=None)
def test_the_widths_are_those_of_plain_linear_programmes(system: tuple, least: float, bounded: bool) -> None:
    parts, equations, hidden = system
    most = parts.sum(axis=0) + 7 if bounded else None
    expected = plain(parts, equations, hidden, least, most)
    assert widths(parts, equations, hidden, least=least, most=most) == pytest.approx(expected, abs=1e-5, nan_ok=True)


@given(systems(), st.integers(1, 30))
@settings(max_examples=20, deadline=None)
def test_narrow_are_all_that_are_and_no_others(system: tuple, enough: int) -> None:
    parts, equations, hidden = system
    expected = plain(parts, equations, hidden, 1.0, None)
    weak = narrow(parts, equations, hidden, np.full(parts.shape[1], float(enough)))
    assert {one.domain for one in weak} == set(np.flatnonzero(expected < enough - 1e-5))
    for one in weak:
        assert one.width == pytest.approx(expected[one.domain], abs=1e-5)
        assert not hidden[list(one.because)].any()
        # All else may be hidden, and the range is no wider.
        rest = np.ones_like(hidden)
        rest[list(one.because)] = False
        assert widths(parts, equations, rest)[one.domain] <= one.width + 1e-5


@given(systems(), systems(), st.integers(1, 30))
@settings(max_examples=12, deadline=None)
def test_several_series_are_those_one_by_one_whatever_was_asked_before(first: tuple, second: tuple, need: int) -> None:
    parts, equations, hidden = first
    enough = np.full(parts.shape[1], float(need))
    attack = Audit([parts, parts[:1], parts], equations)
    alone = {one.domain for some in (parts, parts[:1]) for one in narrow(some, equations, hidden, enough)}
    for _ in range(2):
        found = attack.narrow(hidden, enough)
        assert sorted(one.domain for one in found) == sorted(alone), "one proof a domain"
        other = np.resize(second[2], len(hidden))
        assert {one.domain for one in attack.narrow(other, enough)} == {
            one.domain for some in (parts, parts[:1]) for one in narrow(some, equations, other, enough)
        }


def test_an_equation_that_one_part_does_not_meet_ties_nothing() -> None:
    parts = np.array([[10.0, 4, 6], [5.0, 1, 3]])
    hidden = np.array([False, True, True])
    free = widths(parts, [Equation(0, (1, 2))], hidden)
    assert free[1:] == pytest.approx(widths(parts, [], hidden)[1:])


def test_counts_that_contradict_each_other_are_refused() -> None:
    parts = np.array([[5.0, 9.0, -4.0]])
    with pytest.raises(UserError, match="contradict"):
        widths(parts, [Equation(0, (1, 2))], np.array([False, True, False]), most=np.full(3, 4.0))
