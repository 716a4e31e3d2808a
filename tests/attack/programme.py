"""The range of every hidden count: intervals are tightened along all relations, then linear programmes ask for least and most.

What is dropped: a programme holds the relations nearest to its cell (`MOST_CELLS` cells), the others take part through the tightened
intervals only; counts are whole in the intervals, at the ends, and in a second look at ranges that are short. To drop something makes
ranges wider, never narrower.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from attack.knowledge import Knowledge
from attack.rows import FEW
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csc_array, csr_array, vstack

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
# Of the least or the most of a column, by round: what it became, and through which row.
Trace = dict[tuple[int, str], dict[int, tuple[float, int]]]
MOST_CELLS = 800
# Ranges with fewer values, and not narrow yet, are looked at again with whole numbers, in a smaller neighbourhood, for so many seconds
# at most.
LOOK_CLOSER, FEWER_CELLS, SECONDS = 8, 120, 1.0
ROUNDS = 60
# Fewer values than these are too few.
NARROW = 5
SLACK = 1e-6


@dataclass
class System:
    """``low`` ≤ ``matrix`` x ≤ ``high`` for x: numbers of all cells, then their weights, between ``x_low`` and ``x_high``."""

    matrix: csr_array
    low: np.ndarray
    high: np.ndarray
    x_low: np.ndarray
    x_high: np.ndarray
    cells: int
    words: list[str]


def system(known: Knowledge) -> System:
    """All relations as rows of one matrix."""
    cells = len(known.cells.n)
    rows: list[tuple[list[int], list[float], float, float]] = []
    words: list[str] = []

    def add(at: list[int], by: list[float], low: float, high: float, word: str) -> None:
        rows.append((at, by, low, high))
        words.append(word)

    for one in known.sums:
        by = [1.0, *(-1.0 for _ in one.parts)]
        add([one.whole, *one.parts], by, 0.0, 0.0, f"{one.kind}: {one.where}")
        add([cells + c for c in (one.whole, *one.parts)], by, 0.0, 0.0, f"weights, {one.kind}: {one.where}")
    for cell in range(cells):
        add([cells + cell, cell], [1.0, -known.lightest], 0.0, np.inf, "lightest")
        add([cells + cell, cell], [1.0, -known.heaviest], -np.inf, 0.0, "heaviest")
    for inside in known.insides:
        a, b = inside.part, inside.whole
        add([b, a], [1.0, -1.0], 0.0, np.inf, inside.kind)
        four = [cells + b, cells + a, b, a]
        add(four, [1.0, -1.0, -known.lightest, known.lightest], 0.0, np.inf, f"lightest, {inside.kind}")
        add(four, [1.0, -1.0, -known.heaviest, known.heaviest], -np.inf, 0.0, f"heaviest, {inside.kind}")
    for (event, base), (low, high) in known.shares.items():
        if low > 0:
            add([cells + event, cells + base], [1.0, -low], 0.0, np.inf, "share")
        add([cells + event, cells + base], [1.0, -high], -np.inf, 0.0, "share")
    sizes = [len(at) for at, *_ in rows]
    matrix = csr_array(
        (
            np.concatenate([by for _, by, *_ in rows]),
            np.concatenate([at for at, *_ in rows]),
            np.concatenate([[0], np.cumsum(sizes)]),
        ),
        shape=(len(rows), 2 * cells),
    )
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    tight = 1e-9
    w_high = np.array(known.w_high)
    return System(
        matrix,
        np.array([low for *_, low, _ in rows]),
        np.array([high for *_, high in rows]),
        np.array([*known.n_low, *np.array(known.w_low) * (1 - tight)]),
        np.array([*known.n_high, *np.where(np.isfinite(w_high), w_high * (1 + tight) + tight, np.inf)]),
        cells,
        words,
    )


def tighten(made: System, trace: Trace | None = None) -> None:
    """Intervals of all cells along all rows, until nothing moves; numbers of persons are whole.

    ``trace``: which row moved the end of which column, in the order in which that was found.
    """
    matrix = made.matrix
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    column, by = matrix.indices, matrix.data
    positive = by > 0
    for step in range(ROUNDS):
        least = by * np.where(positive, made.x_low[column], made.x_high[column])
        most = by * np.where(positive, made.x_high[column], made.x_low[column])
        sums_ = []
        for part, sign in ((least, -1), (most, 1)):
            infinite = ~np.isfinite(part)
            finite = np.where(infinite, 0.0, part)
            count = np.bincount(row, infinite, minlength=matrix.shape[0])
            total = np.bincount(row, finite, minlength=matrix.shape[0])
            others = count[row] - infinite
            sums_.append(np.where(others > 0, sign * np.inf, total[row] - finite))
        # by * x lies between low - most of the others and high - least of the others.
        low, high = made.low[row] - sums_[1], made.high[row] - sums_[0]
        with np.errstate(invalid="ignore"):
            x_low, x_high = np.where(positive, low, high) / by, np.where(positive, high, low) / by
        new_low, new_high = made.x_low.copy(), made.x_high.copy()
        np.maximum.at(new_low, column, np.where(np.isnan(x_low), -np.inf, x_low))
        np.minimum.at(new_high, column, np.where(np.isnan(x_high), np.inf, x_high))
        n = slice(0, made.cells)
        new_low[n], new_high[n] = np.ceil(new_low[n] - SLACK), np.floor(new_high[n] + SLACK)
        w = slice(made.cells, None)
        # Weights move by steps that are worth it, and never past what rounding of floats allows.
        new_low[w], new_high[w] = _worth(made.x_low[w], new_low[w], 1), _worth(made.x_high[w], new_high[w], -1)
        if (new_low > new_high + 1e-6 * np.maximum(1.0, np.abs(new_high))).any():
            raise ValueError("what is known contradicts itself")
        if (new_low == made.x_low).all() and (new_high == made.x_high).all():
            return
        if trace is not None:
            for side, ends, old, new in (
                ("least", x_low, made.x_low, new_low),
                ("most", x_high, made.x_high, new_high),
            ):
                near_enough = np.abs(ends - new[column]) < np.where(
                    column < made.cells, 1 - SLACK, 1e-5 * np.maximum(1.0, np.abs(ends))
                )
                for at in np.flatnonzero((new != old)[column] & near_enough):
                    trace.setdefault((int(column[at]), side), {})[step] = float(new[column[at]]), int(row[at])
        made.x_low, made.x_high = new_low, new_high


def _worth(old: np.ndarray, new: np.ndarray, sign: int) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        moved = sign * (new - old) > np.where(np.isfinite(old), 1e-3 * np.maximum(1.0, np.abs(old)), 0.0)
    return np.where(moved, new - sign * 1e-7 * np.maximum(1.0, np.abs(np.where(np.isfinite(new), new, 0.0))), old)


def near(made: System, by_column: csc_array, cells: Sequence[int], most: int = MOST_CELLS) -> tuple[Ints, Ints]:
    """Rows and columns around some cells, the nearest first."""
    rows: dict[int, None] = {}
    columns: dict[int, None] = dict.fromkeys([*cells, *(made.cells + c for c in cells)])
    waiting = deque(columns)
    while waiting and len(columns) < 2 * most:
        at = waiting.popleft()
        for row in by_column.indices[by_column.indptr[at] : by_column.indptr[at + 1]].tolist():
            if row in rows:
                continue
            rows[row] = None
            for column in made.matrix.indices[made.matrix.indptr[row] : made.matrix.indptr[row + 1]].tolist():
                if column not in columns:
                    columns[column] = None
                    # Through what is known exactly nothing more is learnt.
                    if made.x_high[column] - made.x_low[column] > SLACK:
                        waiting.append(column)
    return np.array(sorted(rows), dtype=int), np.array(sorted(columns), dtype=int)


class Programme:
    """Everything near some cells, as a programme that can be asked for the ends of any sum of its columns."""

    def __init__(self, made: System, by_column: csc_array, cells: Sequence[int], most: int = MOST_CELLS) -> None:
        rows, self.columns = near(made, by_column, cells, most)
        some = made.matrix[rows][:, self.columns]
        low, high = made.low[rows], made.high[rows]
        words = np.array(made.words, dtype=object)[rows]
        self.equal = some[low == high], low[low == high]
        above, below = np.isfinite(high) & (low < high), np.isfinite(low) & (low < high)
        self.words = [*words[above], *words[below]], [*words[low == high]]
        self.cells = made.cells
        # A solver works to seven digits: ends of weights, and rows with them, give way a little.
        least = np.where(self.columns >= made.cells, np.abs(made.x_low[self.columns]), 0.0)
        give = np.where(self.columns >= made.cells, SLACK * np.maximum(1.0, least), 0.0)
        self.bounds = made.x_low[self.columns] - give, made.x_high[self.columns] + give
        upper = vstack([some[above], -some[below]], format="csr")
        self.upper = upper, np.concatenate([high[above], -low[below]]) + SLACK * np.maximum(1.0, abs(upper) @ least)

    def ends(self, by: Mapping[int, float], whole: bool = False) -> tuple[float, float]:
        """The least and the most of the sum of columns times ``by``; ``whole``: numbers of persons are whole, slower.

        NaN where nothing fits.
        """
        cost = np.zeros(len(self.columns))
        for column, value in by.items():
            cost[np.searchsorted(self.columns, column)] = value
        found = [self._least(sign * cost, whole) for sign in (1.0, -1.0)]
        return found[0], -found[1]

    def _least(self, cost: Floats, whole: bool) -> float:
        if whole:
            limits = [LinearConstraint(self.upper[0], -np.inf, self.upper[1])] if self.upper[0].shape[0] else []
            limits += [LinearConstraint(self.equal[0], self.equal[1], self.equal[1])] if self.equal[0].shape[0] else []
            integral = (self.columns < self.cells).astype(int)
            answer = milp(
                cost,
                integrality=integral,
                bounds=Bounds(*self.bounds),
                constraints=limits,
                options={"time_limit": SECONDS},
            )
            # What is proven when time is over counts, not the best that was found.
            known = getattr(answer, "mip_dual_bound", None)
            return np.nan if answer.status == 2 else (-np.inf if known is None else float(known))
        answer = linprog(cost, *self.upper, *self.equal, np.column_stack(self.bounds), method="highs")
        return float(answer.fun) if answer.status == 0 else (np.nan if answer.status == 2 else -np.inf)


def span(made: System, by_column: csc_array, cell: int, nearest: int = MOST_CELLS) -> tuple[float, float]:
    """The least and the most persons of a cell, whole."""
    low, high = made.x_low[cell], made.x_high[cell]
    if high - low < 1:
        return low, high
    for most, whole in ((nearest, False), (FEWER_CELLS, True)):
        if whole and not NARROW <= high - low + 1 < LOOK_CLOSER:
            break
        ends = Programme(made, by_column, [cell], most).ends({cell: 1.0}, whole)
        if np.isnan(ends).any():
            return np.nan, np.nan
        low, high = max(low, np.ceil(ends[0] - 1e-4)), min(high, np.floor(ends[1] + 1e-4))
    return low, high


def ranges(known: Knowledge, cells: Sequence[int] | None = None, nearest: int = MOST_CELLS) -> pd.DataFrame:
    """The range of every hidden count (or of ``cells``), the narrowest first, with the truth for scoring.

    ``nearest``: how many cells one programme holds; fewer are faster and find less. ``believed``: values left for who takes a confidential count to be one of 1 to 9, though two sampling units may be the reason.
    """
    made = system(known)
    tighten(made)
    by_column = made.matrix.tocsc()
    found = []
    for cell in sorted(known.hidden) if cells is None else cells:
        low, high = span(made, by_column, cell, nearest)
        kind, where = known.hidden.get(cell, "bounded"), known.where.get(cell, "")
        found.append((cell, kind, where, low, high, known.cells.n[cell]))
    table = pd.DataFrame(found, columns=["cell", "kind", "where", "low", "high", "truth"])
    table["values"] = table["high"] - table["low"] + 1
    few = (table["kind"] == "confidential") & (table["low"] <= FEW)
    table["believed"] = np.where(few, table["high"].clip(upper=FEW) - table["low"] + 1, table["values"])
    table["right"] = (table["low"] <= table["truth"]) & (table["truth"] <= table["high"])
    # A class that was taken along with small ones, and is known to have ten persons or more, is no secret itself.
    secret = table["low"] <= FEW
    table["exact"], table["narrow"] = secret & (table["values"] == 1), secret & (table["values"] < NARROW)
    return table.sort_values(["values", "cell"], ignore_index=True)
