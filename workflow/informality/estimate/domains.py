"""Estimates and their variances in all domains of all requested breakdowns.

Requests that share a universe share the reading of the rows; those that share a column share its sums.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from informality.errors import UserError
from informality.estimate import columns, plan
from informality.estimate.codes import Floats, Ints
from informality.estimate.columns import Amount, Dimension, Flag
from informality.estimate.design import Design
from informality.estimate.quantiles import Sorted
from informality.estimate.requests import BREAKDOWN, Request
from informality.estimate.results import Result, counts
from informality.estimate.sums import Rows, Sums, regroup
from informality.estimate.tables import tables

Measure = tuple[str, str | None]


@dataclass(frozen=True, eq=False, kw_only=True)
class Estimates(Result):
    """The answer to one request (a position): one value a domain that holds a row of the universe.

    ``dimensions`` and ``level`` (domains × dimensions, level codes) say which domain.
    """

    request: int
    dimensions: tuple[Dimension, ...]
    level: Ints


def evaluate(frame: pd.DataFrame, design: Design, requests: Sequence[Request]) -> Iterator[Estimates]:
    """Answer every request; ``request`` of an answer is its position in ``requests``, the order is that of the work.

    UserError: frame and design of different lengths, a column that is absent or of the wrong kind.
    """
    if len(frame) != len(design.weight):
        raise UserError(
            f"the frame has {len(frame)} rows, the design {len(design.weight)}",
            where="estimate",
            todo="make the design from the frame that is estimated from; a universe is a column, not a selection of rows",
        )
    dimensions = {d: columns.dimension(frame, d) for d in sorted({d for r in requests for d in r.by})}
    measured = _measured(frame, requests)
    universes: dict[str | None, list[int]] = defaultdict(list)
    for position, request in enumerate(requests):
        universes[request.where].append(position)
    for where, positions in universes.items():
        rows = None if where is None else np.flatnonzero(columns.members(frame, where))
        if rows is not None and len(rows) == len(frame):
            rows = None
        yield from _universe(design, requests, positions, rows, dimensions, measured)


def _measured(frame: pd.DataFrame, requests: Sequence[Request]) -> dict[Measure, Flag | Amount]:
    single = {name: columns.measured(frame, name) for name in sorted({c for r in requests for c in (r.y, r.x) if c})}
    for request in requests:
        if request.base == "share" and not isinstance(single[request.y], Flag):
            raise UserError(
                f"a share needs a yes/no column, and '{request.y}' holds other numbers",
                where="estimate",
                todo="ask for its mean, or make a yes/no column",
            )
    made: dict[Measure, Flag | Amount] = {}
    for request in requests:
        if (request.y, request.x) not in made:
            y = single[request.y]
            made[request.y, request.x] = y if request.x is None else columns.ratio(y, single[request.x])
    return made


@dataclass(frozen=True, eq=False)
class _Universe:
    """What is as long as the rows of a universe (``rows`` of the frame; None: all of them)."""

    design: Design
    rows: Ints | None
    psu: Ints
    weight: Floats
    measured: dict[Measure, Flag | Amount]


def _universe(
    design: Design,
    requests: Sequence[Request],
    positions: Sequence[int],
    rows: Ints | None,
    dimensions: dict[str, Dimension],
    measured: dict[Measure, Flag | Amount],
) -> Iterator[Estimates]:
    asked: dict[Measure, dict[plan.By, list[int]]] = defaultdict(lambda: defaultdict(list))
    for position in positions:
        request = requests[position]
        by = tuple(d for d in BREAKDOWN if d in request.by)
        asked[request.y, request.x][by].append(position)
    universe = _Universe(
        design,
        rows,
        psu=design.psu if rows is None else design.psu[rows],
        weight=design.weight if rows is None else design.weight[rows],
        measured={measure: measured[measure].take(rows) for measure in asked},
    )
    breakdowns = [by for breakdown in asked.values() for by in breakdown]
    for family in plan.families(breakdowns, {name: len(d.levels) for name, d in dimensions.items()}):
        yield from _family(family, universe, requests, asked, dimensions)


def _family(
    family: list[plan.Step],
    universe: _Universe,
    requests: Sequence[Request],
    asked: Mapping[Measure, Mapping[plan.By, list[int]]],
    dimensions: dict[str, Dimension],
) -> Iterator[Estimates]:
    """All answers for a breakdown and its margins; the keys of the rows live no longer than this."""
    made = tables(family, universe.design, universe.rows, universe.psu, dimensions)
    reader = Rows(made[0].entries, universe.weight)
    for measure, wanted in asked.items():
        found: dict[int, Sums] = {}
        ordered: Sorted | None = None
        for at in plan.needed(family, wanted):
            step, table = family[at], made[at]
            if step.parent is None:
                found[at] = reader.sums(universe.measured[measure])
            else:
                found[at] = regroup(found[step.parent], table.entries)
            if step.by not in wanted:
                continue
            counted = counts(found[at], table.layout)
            for position in wanted[step.by]:
                request = requests[position]
                if request.p is not None and ordered is None:
                    ordered = Sorted(universe.measured[measure].amount(), universe.weight)
                answer, used, level = table.answer(request, found[at], counted, ordered)
                yield Estimates(request=position, dimensions=used, level=level, **vars(answer))
