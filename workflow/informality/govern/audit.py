"""What a reader can work out of hidden counts: the least and the most that each may be, given everything that is published.

The attacker of this audit knows every published count exactly, how many of each published domain have the event (in a sample of equal
weights a share times n tells), every sum that holds between domains, and that a domain marked as confidential holds somebody. The
range that is left is found by linear programmes (HiGHS, without integrality: no range of whole numbers is wider). A range need
not be known once points in it lie far enough apart; each solution is a point for all domains at once, so few are needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from informality.errors import UserError
from informality.govern.equations import Equation, Floats, Ints, holds

Bools = npt.NDArray[np.bool_]
# A width counts as reached in spite of the solver's tolerance, a multiplier below it as none.
CLOSE = 1e-6
# Random directions to start from: they move many domains at once.
DIRECTIONS = 4


@dataclass(frozen=True)
class Narrow:
    """A hidden domain whose range is too narrow, and the shown domains that the proof of that rests on."""

    domain: int
    width: float
    because: tuple[int, ...]


def widths(
    parts: Floats,
    equations: Sequence[Equation],
    hidden: Bools,
    *,
    least: float = 1.0,
    most: Floats | None = None,
) -> Floats:
    """Width of the feasible range of the sum over ``parts`` in each hidden domain, NaN in the others.

    ``parts`` (parts × domains): counts that add up to the one in question, NaN where a domain has none. ``hidden``: domains whose
    counts are not published. ``least``: what the sum of a hidden domain is known to reach; ``most``: what each is known not to exceed. UserError: the counts contradict each other.
    """
    result = np.full(parts.shape[1], np.nan)
    for problem in _problems(parts, equations, hidden, least, most):
        result[problem.cells] = problem.ranges(np.full(len(problem.cells), np.inf))
    return result


def narrow(
    parts: Floats,
    equations: Sequence[Equation],
    hidden: Bools,
    enough: Floats,
    *,
    least: float = 1.0,
    most: Floats | None = None,
) -> list[Narrow]:
    """Hidden domains whose range is not ``enough`` (one width a domain); the other arguments are those of `widths`."""
    found = []
    for problem in _problems(parts, equations, hidden, least, most):
        wanted = enough[problem.cells]
        reached = problem.ranges(wanted)
        for at in np.flatnonzero(reached < wanted - CLOSE):
            found.append(Narrow(int(problem.cells[at]), float(reached[at]), problem.proof(int(at))))
    return found


def _problems(
    parts: Floats, equations: Sequence[Equation], hidden: Bools, least: float, most: Floats | None
) -> Iterator[_Problem]:
    total = parts.sum(axis=0)
    unknown = np.flatnonzero(hidden & np.isfinite(total))
    if not len(unknown):
        return
    used = [e for e in equations if all(holds(e, part) for part in parts)]
    for cells, rows in _components(unknown, used, len(total)):
        yield _Problem.of(parts, [used[r] for r in rows], cells, least, most)


def _components(unknown: Ints, equations: Sequence[Equation], size: int) -> list[tuple[Ints, list[int]]]:
    """Hidden domains that equations tie together, and those equations."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    place = np.full(size, -1, dtype=np.intp)
    place[unknown] = np.arange(len(unknown))
    ties = [(r, [int(place[d]) for d in e.domains if place[d] >= 0]) for r, e in enumerate(equations)]
    pairs = np.array([(inside[0], other) for _, inside in ties for other in inside[1:]], dtype=np.intp).reshape(-1, 2)
    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(unknown), len(unknown)))
    n, label = connected_components(graph, directed=False)
    rows: list[list[int]] = [[] for _ in range(n)]
    for r, inside in ties:
        if inside:
            rows[label[inside[0]]].append(r)
    return [(unknown[label == at], rows[at]) for at in range(n)]


@dataclass(frozen=True, eq=False)
class _Problem:
    """Unknowns x, part after part and in each the hidden domains ``cells``: A x = b, G x >= h, 0 <= x <= most.

    A has a block of rows (the ``equations``) for each part; ``true`` is the point itself.
    """

    cells: Ints
    equations: Sequence[Equation]
    present: Bools
    a: Any
    b: Floats
    g: Any
    h: Floats
    most: Floats
    true: Floats

    @classmethod
    def of(
        cls, parts: Floats, equations: Sequence[Equation], cells: Ints, least: float, most: Floats | None
    ) -> _Problem:
        from scipy.sparse import block_array, coo_array, eye_array, hstack

        place = {int(cell): at for at, cell in enumerate(cells)}
        n, k = len(cells), len(parts)
        entries = []
        known = np.zeros((k, len(equations)))
        for r, equation in enumerate(equations):
            for domain, sign in signed(equation):
                if domain in place:
                    entries.append((r, place[domain], sign))
                else:
                    known[:, r] += sign * np.nan_to_num(parts[:, domain])
        row, column, value = (np.array(c) for c in zip(*entries, strict=True)) if entries else (np.empty(0, int),) * 3
        block = coo_array((value, (row, column)), shape=(len(equations), n))
        a = block_array([[block if i == j else None for j in range(k)] for i in range(k)])
        b = -known.ravel()
        g = hstack([eye_array(n)] * k, format="csr")
        total = parts.sum(axis=0)
        limit = np.full(n, 2.0 * float(np.nanmax(total)) + 1000.0)
        if most is not None:
            limit = np.minimum(limit, most[cells])
        floor = np.minimum(least, total[cells])
        present = np.isfinite(total)
        return cls(cells, equations, present, a.tocsr(), b, g, floor, np.tile(limit, k), parts[:, cells].ravel())

    def ranges(self, enough: Floats) -> Floats:
        """Width of each domain's range: exact where it is less than ``enough``."""
        rng = np.random.default_rng(len(self.cells))
        low = self.g @ self.true
        high = low.copy()
        for _ in range(DIRECTIONS):
            self._widen(rng.standard_normal(len(self.cells)), low, high)
        for at in range(len(self.cells)):
            for sign in (1.0, -1.0):
                if high[at] - low[at] < enough[at] - CLOSE:
                    self._widen(sign * np.eye(1, len(self.cells), at)[0], low, high)
        return high - low

    def proof(self, at: int) -> tuple[int, ...]:
        """Shown domains without whose counts the range of a domain could not be bounded as it is: by the dual solutions."""
        weights: dict[int, Floats] = {}
        k = len(self.true) // len(self.cells)
        rows = len(self.equations)
        for way, sign in enumerate((1.0, -1.0)):
            multipliers = self._solve(sign * np.eye(1, len(self.cells), at)[0]).eqlin.marginals
            for part in range(k):
                for r, equation in enumerate(self.equations):
                    used = multipliers[part * rows + r]
                    if abs(used) > CLOSE:
                        for domain, factor in signed(equation):
                            weights.setdefault(domain, np.zeros(2 * k))[way * k + part] += factor * used
        hidden = set(self.cells.tolist())
        return tuple(
            sorted(d for d, w in weights.items() if d not in hidden and self.present[d] and np.abs(w).max() > CLOSE)
        )

    def _widen(self, direction: Floats, low: Floats, high: Floats) -> None:
        point = self.g @ self._solve(direction).x
        np.minimum(low, point, out=low)
        np.maximum(high, point, out=high)

    def _solve(self, direction: Floats) -> Any:
        from scipy.optimize import linprog

        answer = linprog(
            self.g.T @ direction, A_ub=-self.g, b_ub=-self.h, A_eq=self.a, b_eq=self.b, bounds=np.stack([np.zeros_like(self.most), self.most], axis=1), method="highs"
        )  # fmt: skip
        if answer.x is None:
            raise UserError(
                "the published counts contradict each other, so what is hidden in them cannot be checked",
                where="estimates.parquet",
                todo="this is a fault of the pipeline: please report it",
            )
        return answer


def signed(equation: Equation) -> list[tuple[int, float]]:
    """Domains of an equation with their signs: the parts minus the total are 0."""
    return [(equation.total, -1.0), *((part, 1.0) for part in equation.parts)]
