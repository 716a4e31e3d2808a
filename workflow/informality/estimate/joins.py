"""Levels and classes with too few persons, taken together in a row of their own: `_O`, "other, too few persons" (decision 28).

- **Levels**: where two or more levels of the last dimension of a breakdown have fewer persons than ``hide_below``, and together no
  fewer, one row more has them all. Where they are fewer even together, or there is one only, and one of them has 1 to 9 persons, the
  smallest other goes with them, unless the dimension is an order. Left as they are: the unknown, and a breakdown of which fewer than two others would remain.
- **Classes** of a composition, whose every person is in exactly one (the split, components, status of jobs …): 100 minus the rest would
  give a small class back. So in each domain the classes of 1 to 9 persons are taken together, with the smallest of the others if they
  are not ten; which those are differs between domains. Of classes that readers see added up as well (formal jobs, the coverage gap) those
  of one sum are taken together first. Left as they are: who is of unknown class, and all where nothing else would remain: then each
  has a bound.

The members keep their rows, with the state `joined`. Their sums have standard errors of their own, as a sum of shares has not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from informality.estimate.codes import Bools, Floats, Ints
from informality.estimate.columns import Dimension, dimension
from informality.estimate.requests import Request
from informality.vocabulary import (
    COVERED,
    DIMENSIONS,
    GAPS,
    JOBS,
    JOINED,
    ORDERED,
    OTHER,
    TOTAL,
    UNKNOWN,
    UNKNOWN_CLASSES,
)

# Statistics of which levels are taken together; of a composition shares and totals are added up.
OF_LEVELS, OF_CLASSES = ("share", "total", "mean", "ratio"), ("share", "total")
# A key that no request of a survey uses yet: says which dimension the rows of joined levels belong to, until they are made.
MARK = "scenario"
Engine = Callable[[pd.DataFrame, Sequence[Request]], pd.DataFrame]


@dataclass(frozen=True)
class Least:
    """Fewest contributors that a class, and that a level may have (`confidential_below`, `hide_below`)."""

    classes: int = 10
    levels: int = 30


@dataclass(eq=False)
class Joins:
    """The rows of some requests on one frame, and what is to be asked besides."""

    given: pd.DataFrame
    rows: pd.DataFrame
    least: Least
    columns: dict[str, npt.NDArray[np.bool_]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    _names: dict[tuple[object, ...], str] = field(default_factory=dict)
    _dimensions: dict[str, Dimension] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Sort the rows into breakdowns."""
        self.state = self.rows["state"].to_numpy(dtype=object).copy()
        self.n, self.event = (self.rows[name].to_numpy(dtype=np.float64) for name in ("n", "n_event"))
        broken = {name: (self.rows[name] != TOTAL).to_numpy(dtype=bool) for name in DIMENSIONS}
        self.levels = {name: self.rows[name].to_numpy(dtype=object) for name, some in broken.items() if some.any()}
        by = sum(broken[name].astype(np.int64) << at for at, name in enumerate(DIMENSIONS))
        keys = ("universe", "indicator", "category", "statistic", "assumption")
        self.places: dict[tuple[object, ...], list[int]] = {}
        columns = [self.rows[name].to_numpy(dtype=object) for name in keys]
        for at, key in enumerate(zip(*columns, by.tolist(), strict=True)):
            self.places.setdefault(key, []).append(at)

    def of(self, request: Request) -> Ints:
        """Positions of the rows of a request."""
        by = sum(1 << DIMENSIONS.index(name) for name in request.by)
        keys = (request.key("universe"), request.key("indicator"), request.key("category"), request.statistic)
        return np.array(self.places.get((*keys, request.key("assumption"), by), ()), dtype=np.intp)

    def dimension(self, name: str) -> Dimension:
        """A dimension of the persons."""
        if name not in self._dimensions:
            self._dimensions[name] = dimension(self.given, name)
        return self._dimensions[name]

    def codes(self, by: Sequence[str], at: Ints) -> tuple[Ints, Ints, int]:
        """A code of the domain of every person, and of some rows; and how many there are."""
        persons: Ints = np.zeros(len(self.given), dtype=np.intp)
        rows: Ints = np.zeros(len(at), dtype=np.intp)
        size = 1
        for name in by:
            found = self.dimension(name)
            place = {level: code for code, level in enumerate(found.levels)}
            persons = persons * len(found.levels) + found.code
            rows = rows * len(found.levels) + np.array([place[level] for level in self.levels[name][at]], dtype=np.intp)
            size *= len(found.levels)
        return persons, rows, size

    def column(self, key: tuple[object, ...], make: Callable[[], Bools]) -> str:
        """The name of a column of persons, made once."""
        if key not in self._names:
            self._names[key] = f"{OTHER} {len(self._names)}"
            self.columns[self._names[key]] = make()
        return self._names[key]


def with_joined(
    given: pd.DataFrame,
    requests: Sequence[Request],
    rows: pd.DataFrame,
    values: Mapping[str, Bools],
    engine: Engine,
    least: Least,
) -> list[pd.DataFrame]:
    """The rows with the state of members, and the rows of those that are taken together.

    ``given``, ``requests``, ``rows``: what an engine was asked and answered, the key `MARK` empty in all; ``values``: of the columns that
    shares and totals count, the persons of whom each is true. UserError: see the engine.
    """
    joins = Joins(given, rows, least)
    for request in requests:
        if request.by and request.statistic in OF_LEVELS:
            _levels(joins, request)
    for classes in _compositions(joins, requests, values):
        _classes(joins, classes, values)
    marked = rows.assign(state=pd.array(joins.state, dtype=rows["state"].dtype))
    if not joins.requests:
        return [marked]
    asked = sorted({d for r in joins.requests for d in r.by})
    columns = sorted({c for r in joins.requests for c in (r.y, r.x) if c} - set(joins.columns))
    frame = pd.concat([given[[*asked, *columns]], pd.DataFrame(joins.columns, index=given.index)], axis=1)
    found = engine(frame, joins.requests)
    mark = found[MARK].to_numpy(dtype=object)
    for name in sorted(set(mark) - {""}):
        found[name] = found[name].where(mark != name, OTHER)
    return [marked, found.assign(**{MARK: pd.array(np.full(len(found), ""), dtype=rows[MARK].dtype)})]


def _levels(joins: Joins, request: Request) -> None:
    """Ask for the small levels of the last dimension within each cell of the others."""
    *others, last = request.by
    at = joins.of(request)
    known = (joins.n[at] > 0) & (joins.levels[last][at] != UNKNOWN)
    small = known & (joins.n[at] < joins.least.levels)
    if not small.any():
        return
    _, cell, size = joins.codes(others, at)
    n = joins.n[at]

    def of_cell(some: Bools, weights: Floats | None = None) -> Floats:
        values = np.ones(len(n)) if weights is None else weights
        return np.asarray(np.bincount(cell[some], weights=values[some], minlength=size), dtype=np.float64)

    # Too few even together, one of them a secret: the smallest other goes with them.
    tiny = of_cell(small & (n < joins.least.classes)) > 0
    short = tiny & (of_cell(small, n) < joins.least.levels) & (last not in ORDERED)
    small |= _smallest_others(n, cell, known & ~small & short[cell])
    useful = (of_cell(small) > 1) & (of_cell(small, n) >= joins.least.levels)
    useful &= of_cell(known & ~small) >= np.where(short, 2, 1)
    member = small & useful[cell]
    if not member.any():
        return
    joins.state[at[member]] = JOINED
    persons, domain, size = joins.codes(request.by, at)
    table = np.zeros(size, dtype=np.bool_)
    table[domain[member]] = True
    inside = joins.given[request.where].to_numpy(dtype=bool)
    where = joins.column((request.where, request.by, table.tobytes()), lambda: inside & table[persons])
    keys = {**request.keys, MARK: last}
    joins.requests.append(replace(request, where=where, by=tuple(others), keys=keys))


def _smallest_others(n: Floats, cell: Ints, among: Bools) -> Bools:
    """Of each cell the smallest of the rows ``among``, the first of equals."""
    found = np.zeros(len(n), dtype=np.bool_)
    at = np.flatnonzero(among)
    order = at[np.lexsort((at, n[at], cell[at]))]
    found[order[np.flatnonzero(np.diff(cell[order], prepend=-1) != 0)]] = True
    return found


def _compositions(
    joins: Joins, requests: Sequence[Request], values: Mapping[str, Bools]
) -> Iterator[tuple[str, list[Request]]]:
    """Requests that differ in their category only and count each person of their universe once, with the prefix of their categories."""
    groups: dict[tuple[tuple[str, ...], str, tuple[str, ...]], list[Request]] = {}
    for request in requests:
        if request.statistic in OF_CLASSES and request.y in values and request.key("category"):
            prefix = _prefix(request.key("category"))
            name = request.key("universe"), request.key("indicator"), prefix, request.key("assumption")
            groups.setdefault((name, request.statistic, request.by), []).append(request)
    whole: dict[object, bool] = {}
    for (composition, *_), members in groups.items():
        if len(members) < 2:
            continue
        if composition not in whole:
            inside = joins.given[members[0].where].to_numpy(dtype=bool)
            held = np.sum([values[r.y][inside] for r in members], axis=0)
            whole[composition] = bool(np.all(held == 1))
        if whole[composition]:
            yield _prefix(members[0].key("category")), members


def _prefix(category: str) -> str:
    """``industry:`` of ``industry:A``, where a category names the column of its level."""
    name, colon, _ = category.partition(":")
    return f"{name}:" if colon and name in DIMENSIONS else ""


def _classes(joins: Joins, composition: tuple[str, list[Request]], values: Mapping[str, Bools]) -> None:
    """Ask, in each domain, for the classes that are taken together there."""
    prefix, members = composition
    first = members[0]
    at = [joins.of(request) for request in members]
    if not len(at[0]):
        return
    persons, _, size = joins.codes(first.by, at[0])
    counts = np.zeros((size, len(members)))
    for place, rows in enumerate(at):
        counts[joins.codes(first.by, rows)[1], place] = joins.event[rows]
    names = [request.key("category").removeprefix(prefix) for request in members]
    table = together(
        counts, joins.least.classes, [added_up_in(name) for name in names], [is_unknown(name) for name in names]
    )
    # A level that is taken together with others shows nothing of its own, no classes either.
    first_rows = at[0]
    table[joins.codes(first.by, first_rows)[1][joins.state[first_rows] == JOINED]] = False
    if not table.any():
        return
    for place, rows in enumerate(at):
        some = table[joins.codes(first.by, rows)[1], place]
        joins.state[rows[some]] = JOINED
    code = np.zeros(len(joins.given), dtype=np.intp)
    for place, request in enumerate(members):
        code[values[request.y]] = place
    inside = joins.given[first.where].to_numpy(dtype=bool)
    key = (first.where, first.by, tuple(r.y for r in members), table.tobytes())
    y = joins.column((*key, "value"), lambda: table[persons, code])
    some_joined = np.logical_or.reduce(table, axis=1)
    where = joins.column((*key, "where"), lambda: inside & some_joined[persons])
    joins.requests.append(replace(first, y=y, where=where, keys={**first.keys, "category": f"{prefix}{OTHER}"}))


def added_up_in(category: str) -> str:
    """The sum in which readers see a class as well; empty for none."""
    if category.rpartition(":")[2] in JOBS:
        return category.rpartition(":")[2]
    return next((name for name, some in (("covered", COVERED), ("gap", GAPS)) if category in some), "")


def is_unknown(category: str) -> bool:
    """A class that says only that something is not known (cover, or what the law says): nobody can be recognised by it."""
    return set(category.split(">")) <= {UNKNOWN, *UNKNOWN_CLASSES}


def together(counts: Floats, least: int, sums: Sequence[str] = (), unknown: Sequence[bool] = ()) -> Bools:
    """Which classes are taken together in each domain (``counts``: domains × classes).

    ``sums``: the sum that each class belongs to (`added_up_in`); ``unknown``: those that are no secret.
    """
    counts = np.where(np.array(unknown, dtype=np.bool_), 0.0, counts) if len(unknown) else counts
    small = (counts >= 1) & (counts < least)
    chosen = small.copy()
    for name in sorted(set(sums) - {""}):
        mine = np.array([one == name for one in sums], dtype=np.bool_)
        _reach(chosen, counts, least, mine)
    _reach(chosen, counts, least, np.ones(counts.shape[1], dtype=np.bool_))
    nothing_left = ~((counts >= 1) & ~chosen).any(axis=1)
    short = small.any(axis=1) & ((counts * chosen).sum(axis=1) < least)
    chosen[nothing_left | short] = False
    chosen[chosen.sum(axis=1) < 2] = False
    return chosen


def _reach(chosen: Bools, counts: Floats, least: int, among: Bools) -> None:
    """Where the chosen of some classes have too few persons together, choose the smallest other of them, if there is one."""
    mine = chosen & among
    short = mine.any(axis=1) & ((counts * mine).sum(axis=1) < least)
    candidate = (counts >= least) & ~chosen & among
    smallest = np.argmin(np.where(candidate, counts, np.inf), axis=1)
    rows = np.flatnonzero(short & candidate.any(axis=1))
    chosen[rows, smallest[rows]] = True
