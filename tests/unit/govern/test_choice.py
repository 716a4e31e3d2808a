"""What is chosen, against the whole programme written down line by line."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp
from unit.govern.small_hub import table

from informality.errors import UserError
from informality.govern.choice import GAP, choose
from informality.govern.equations import Equation
from informality.govern.rule import System, value_rule

Line = dict[int, float]


def system(seed: int, rows: int, columns: int, measures: int = 1) -> System:
    """A table with margins, counted in several ways (all, and those of whom something is known)."""
    rng = np.random.default_rng(seed)
    counts = rng.choice([0, 1, 2, 5, 9, 12, 40, 300], size=(rows, columns))
    several = [counts, *(rng.binomial(counts, 0.9) for _ in range(measures - 1))]
    tables = [table(some) for some in several]
    values = np.stack([some for some, _ in tables])
    primary = ((values >= 1) & (values < 10)).any(axis=0)
    equations = [Equation(total, parts) for total, parts in tables[0][1]]
    need = np.where(primary, 10.0, 7.0)
    return System(primary, values, equations, 1 + np.log10(1 + values[0]), need)


def by_the_word(given: System) -> list[Line]:
    """The value rule of each equation in each measure, line by line (each >= 0)."""
    size = len(given.primary)
    lines: list[Line] = []
    for equation in given.equations:
        for measure in given.measures:
            parts = [d for d in equation.parts if measure[d] > 0]
            total, room = equation.total, {d: max(measure[d] - given.least, 0.0) for d in parts}
            for d in parts:
                others = [o for o in parts if o != d]
                need = given.need[d]
                lines.append({2 * size + o: min(room[o], need) for o in others} | {size + total: need, size + d: -need})
                lines.append({size + o: 1.0 for o in others} | {2 * size + total: 1.0, 2 * size + d: -1.0})
            if parts:
                lines.append({size + d: 1.0 for d in parts} | {size + total: -1.0})
            need = min(given.need[total], sum(room.values()))
            if need > 0:
                lines.append({2 * size + d: min(w, need) for d, w in room.items()} | {2 * size + total: -need})
    return lines


def dense(lines: list[Line], width: int) -> np.ndarray:
    matrix = np.zeros((len(lines), width))
    for row, line in enumerate(lines):
        matrix[row, list(line)] = list(line.values())
    return matrix


@given(st.integers(0, 10_000), st.integers(1, 3), st.integers(2, 4), st.integers(1, 3))
@settings(max_examples=40, deadline=None)
def test_the_lines_ask_what_the_rule_says(seed: int, rows: int, columns: int, measures: int) -> None:
    some = system(seed, rows, columns, measures)
    width = 3 * len(some.primary)
    word, lines = dense(by_the_word(some), width), value_rule(some)
    rng = np.random.default_rng(seed)
    points = rng.random((400, width)) < rng.random((400, 1))
    points[:width] = ~np.eye(width, dtype=bool)[:400]
    met = (word @ points.T > -1e-9).all(axis=0)
    assert ((lines @ points.T > -1e-9).all(axis=0) == met).all()
    assert met.any()
    assert lines.shape[0] <= len(word)


@pytest.mark.parametrize("seed", range(8))
def test_the_choice_is_as_cheap_as_that_among_all_domains(seed: int) -> None:
    some = system(seed, 5, 6, 2)
    size = len(some.primary)
    lines = by_the_word(some)
    for d in range(size):
        lines += [{d: 1.0, size + d: -1.0}, {d: 1.0, 2 * size + d: -1.0}, {size + d: 1.0, 2 * size + d: 1.0, d: -1.0}]
    matrix = dense(lines, 3 * size)
    cost = np.concatenate([np.where(some.primary, 0.0, some.cost), np.zeros(2 * size)])
    low = np.concatenate([some.primary, some.primary, np.zeros(size)])
    best = milp(cost, constraints=LinearConstraint(matrix, lb=-1e-9), bounds=Bounds(low, 1), integrality=1)
    hidden = choose(some, value_rule(some))
    assert hidden[some.primary].all()
    fixed = Bounds(np.concatenate([hidden, low[size:]]), np.concatenate([hidden, np.ones(2 * size)]))
    assert milp(cost, constraints=LinearConstraint(matrix, lb=-1e-9), bounds=fixed, integrality=1).success, (
        "the rule holds in what is hidden"
    )
    assert (cost[:size] * hidden).sum() <= best.fun * (1 + 2 * GAP)


def test_what_no_set_protects_is_said_so() -> None:
    alone = System(np.array([True, True]), np.array([[5.0, 5.0]]), [Equation(0, (1,))], np.ones(2), np.full(2, 10.0))
    nothing = System(np.array([False, True]), np.array([[5.0, 5.0]]), [Equation(0, (1,))], np.ones(2), np.full(2, 10.0))
    assert choose(alone, value_rule(alone)).all()
    assert choose(nothing, value_rule(nothing)).all()
    with pytest.raises(UserError, match="no set of domains"):
        choose(nothing, -value_rule(nothing) - abs(value_rule(nothing)))


def test_the_solver_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    """A line of its own in the log of each job would be one too many."""
    some = system(3, 4, 4)
    choose(some, value_rule(some))
    assert capfd.readouterr().out == ""
