"""What a reader can work out of hidden counts: the least and the most that each may be, given everything that is published.

The attacker of this audit knows every published count exactly, how many of each published domain have the event (in a sample of equal
weights a share times n tells), every sum that holds between domains, and that a domain marked as confidential holds somebody. The
range that is left is found by linear programmes (HiGHS, without integrality: no range of whole numbers is wider). A range need
not be known once points in it lie far enough apart; each solution is a point for all domains at once, so few are needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from informality.errors import UserError
from informality.govern.solver import Answer, Programme
from informality.govern.ties import Bools, Equation, Floats, Ints, Ties, components

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


class Audit:
    """The audit of several series of counts that the same equations tie, for one choice of hidden domains after another.

    Each series (parts × domains) holds counts that add up to those in question, NaN where a domain has none. ``least``: what the sum
    of a hidden domain is known to reach; ``most``: what each is known not to exceed. Which equations hold is found once, and a
    problem that was solved and found wide enough is not solved again. UserError: the counts contradict each other.
    """

    def __init__(
        self,
        series: Sequence[Floats],
        equations: Sequence[Equation],
        *,
        least: float = 1.0,
        most: Floats | None = None,
    ) -> None:
        self._series, self._ties, self._least, self._most = series, Ties(equations), least, most
        lines = np.cumsum([0, *(len(parts) for parts in series)])
        held = self._ties.hold(np.concatenate(series)) if series else np.empty((0, len(equations)), dtype=bool)
        # An equation is used where it holds in every part.
        self._held = [np.asarray(held[a:b].all(axis=0)) for a, b in pairwise(lines.tolist())]
        self._totals = [parts.sum(axis=0) for parts in series]
        self._wide: set[bytes] = set()

    def widths(self, hidden: Bools) -> list[Floats]:
        """Of each series the width of the feasible range in each hidden domain, NaN in the others."""
        found = []
        for at, parts in enumerate(self._series):
            found.append(np.full(parts.shape[1], np.nan))
            for problem in self._problems(at, hidden):
                found[-1][problem.cells] = problem.ranges(np.full(len(problem.cells), np.inf))
        return found

    def narrow(self, hidden: Bools, enough: Floats) -> list[Narrow]:
        """Hidden domains whose range is not ``enough`` (one width a domain) in some series, with one proof a domain."""
        found: list[Narrow] = []
        wanted = enough.copy()
        for at in range(len(self._series)):
            for problem in self._problems(at, hidden):
                asked = wanted[problem.cells]
                name = problem.name + asked.tobytes()
                if name in self._wide:
                    continue
                reached = problem.ranges(asked)
                weak = np.flatnonzero(reached < asked - CLOSE)
                found += [Narrow(int(problem.cells[w]), float(reached[w]), problem.proof(int(w))) for w in weak]
                # Mending one proof often mends the others of the domain.
                wanted[problem.cells[weak]] = 0.0
                if not len(weak):
                    self._wide.add(name)
        return found

    def _problems(self, at: int, hidden: Bools) -> Iterator[_Problem]:
        """The hidden domains of a series that equations tie together, and those equations."""
        ties = self._ties
        unknown = hidden & np.isfinite(self._totals[at])
        cells = np.flatnonzero(unknown)
        if not len(cells):
            return
        place = np.cumsum(unknown) - 1
        inside = self._held[at][ties.row] & unknown[ties.domain]
        label = components(ties.row[inside], place[ties.domain[inside]], len(cells))
        of_row = np.full(ties.size, -1, dtype=np.intp)
        of_row[ties.row[inside]] = label[place[ties.domain[inside]]]
        for number in range(int(label.max()) + 1):
            rows = np.flatnonzero(of_row == number)
            yield _Problem(self._series[at], ties, rows, cells[label == number], self._least, self._most)


class _Problem:
    """Unknowns x, part after part and in each the hidden domains ``cells``: A x = b, G x >= h, 0 <= x <= most.

    A has a block of rows (those of the equations ``rows``) for each part; G x is the sum over the parts; ``true`` is the point itself.
    """

    def __init__(self, parts: Floats, ties: Ties, rows: Ints, cells: Ints, least: float, most: Floats | None) -> None:
        mine = np.isin(ties.row, rows)
        self._row = np.searchsorted(rows, ties.row[mine])
        self._domain, self._sign = ties.domain[mine], ties.sign[mine]
        self.cells, self._n, self._m, self._k = cells, len(cells), len(rows), len(parts)
        total = parts.sum(axis=0)
        self._present = np.isfinite(total)
        self._place = np.full(parts.shape[1], -1, dtype=np.intp)
        self._place[cells] = np.arange(self._n)
        self._unknown = self._place[self._domain] >= 0
        known = self._sign * np.where(self._unknown, 0.0, np.nan_to_num(parts[:, self._domain]))
        self._b = np.array([-np.bincount(self._row, weights=line, minlength=self._m) for line in known])
        limit = np.full(self._n, 2.0 * float(np.nanmax(total)) + 1000.0)
        self._limit = limit if most is None else np.minimum(limit, most[cells])
        self._true = parts[:, cells]
        self._floor = np.minimum(least, total[cells])
        self._programme: Programme | None = None

    @property
    def name(self) -> bytes:
        """The same for equal problems only."""
        numbers = (self.cells, self._row, self._domain, self._b, self._true, self._limit)
        return b"|".join([repr((self._n, self._m, self._k)).encode(), *(array.tobytes() for array in numbers)])

    def ranges(self, enough: Floats) -> Floats:
        """Width of each domain's range: exact where it is less than ``enough``."""
        if not (enough > CLOSE).any():
            return np.zeros(self._n)
        rng = np.random.default_rng(self._n)
        low = self._true.sum(axis=0)
        high = low.copy()
        for _ in range(DIRECTIONS):
            self._widen(rng.standard_normal(self._n), low, high)
        for at in range(self._n):
            for sign in (1.0, -1.0):
                if high[at] - low[at] < enough[at] - CLOSE:
                    self._widen(sign * np.eye(1, self._n, at)[0], low, high)
        return high - low

    def proof(self, at: int) -> tuple[int, ...]:
        """Shown domains without whose counts the range of a domain could not be bounded as it is: by the dual solutions."""
        rests = np.zeros(len(self._present), dtype=bool)
        for sign in (1.0, -1.0):
            multipliers = self._solve(sign * np.eye(1, self._n, at)[0]).duals[: self._k * self._m]
            for used in multipliers.reshape(self._k, self._m):
                weights = self._sign * np.where(np.abs(used) > CLOSE, used, 0.0)[self._row]
                rests |= np.abs(np.bincount(self._domain, weights=weights, minlength=len(rests))) > CLOSE
        rests[self.cells] = False
        return tuple(np.flatnonzero(rests & self._present).tolist())

    def _widen(self, direction: Floats, low: Floats, high: Floats) -> None:
        point = self._solve(direction).x.reshape(self._k, self._n).sum(axis=0)
        np.minimum(low, point, out=low)
        np.maximum(high, point, out=high)

    def _solve(self, direction: Floats) -> Answer:
        if self._programme is None:
            self._programme = self._build()
        answer = self._programme.aim(np.tile(direction, self._k))
        if answer is None:
            raise UserError(
                "the published counts contradict each other, so what is hidden in them cannot be checked",
                where="estimates.parquet",
                todo="this is a fault of the pipeline: please report it",
            )
        return answer

    def _build(self) -> Programme:
        from scipy.sparse import coo_array

        row, column, sign = (v[self._unknown] for v in (self._row, self._place[self._domain], self._sign))
        blocks = range(self._k)
        sums = self._k * self._m + np.arange(self._n)
        at = [*(self._m * b + row for b in blocks), *(sums for _ in blocks)]
        of = [*(self._n * b + column for b in blocks), *(self._n * b + np.arange(self._n) for b in blocks)]
        value = [*(sign for _ in blocks), *(np.ones(self._n) for _ in blocks)]
        shape = (self._k * self._m + self._n, self._k * self._n)
        matrix = coo_array((np.concatenate(value), (np.concatenate(at), np.concatenate(of))), shape=shape)
        below = np.concatenate([self._b.ravel(), self._floor])
        above = np.concatenate([self._b.ravel(), np.full(self._n, np.inf)])
        bounds = (np.zeros(shape[1]), np.tile(self._limit, self._k))
        return Programme(np.zeros(shape[1]), matrix, (below, above), bounds)


def widths(
    parts: Floats,
    equations: Sequence[Equation],
    hidden: Bools,
    *,
    least: float = 1.0,
    most: Floats | None = None,
) -> Floats:
    """Width of the feasible range of the sum over ``parts`` in each hidden domain, NaN in the others: `Audit` of one series."""
    return Audit([parts], equations, least=least, most=most).widths(hidden)[0]


def narrow(
    parts: Floats,
    equations: Sequence[Equation],
    hidden: Bools,
    enough: Floats,
    *,
    least: float = 1.0,
    most: Floats | None = None,
) -> list[Narrow]:
    """Hidden domains whose range is not ``enough`` (one width a domain): `Audit` of one series."""
    return Audit([parts], equations, least=least, most=most).narrow(hidden, enough)
