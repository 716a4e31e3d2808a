"""Estimates and their variances in all domains of all requested breakdowns.

Requests that share a universe share the reading of the rows; those that share a column share its sums. Variances are
Taylor-linearised on the design of the whole file: with z = w y for a total, z = w (y - r x) / sum w x for a ratio r (x = 1:
mean, share), summed over each PSU, they are those of `variance.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from informality import vocabulary
from informality.errors import UserError
from informality.estimate import columns, plan
from informality.estimate.codes import Floats, Ints
from informality.estimate.columns import Amount, Dimension, Flag
from informality.estimate.design import Design
from informality.estimate.entries import Entries, from_rows, margin
from informality.estimate.requests import Request
from informality.estimate.sums import Rows, Sums, quotient, regroup
from informality.estimate.variance import Layout

Measure = tuple[str, str | None]
# A standard error below this part of the estimate is what rounding leaves of 0.
ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class Counts:
    """What a column has in each domain whatever is estimated of it: one value a domain.

    ``df_known`` counts the PSUs and strata of rows with a known value, ``df_rows`` those of all rows of the domain (of a
    weight above 0 in both); ``used``: rows with a known value and a weight above 0; ``squares``: sum of w (y - mean)^2.
    """

    n: Floats
    n_event: Floats
    used: Floats
    n_missing: Floats
    population: Floats
    w_missing: Floats
    n_psu: Ints
    n_psu_event: Ints
    df_known: Ints
    df_rows: Ints
    squares: Floats
    top1_share: Floats
    top2_share: Floats


@dataclass(frozen=True, eq=False)
class Estimates:
    """The answer to one request: one value a domain that holds a row of the universe.

    ``dimensions`` and ``level`` (domains × dimensions) say which domain. ``se`` is what the formula gives, also where the
    domain is too small to be estimated; ``srs`` is the variance of a simple random sample without replacement of the same
    rows from a population of the size of the weights, NaN where there is none (ratios, constants, a single row).
    """

    request: int
    dimensions: tuple[Dimension, ...]
    level: Ints
    estimate: Floats
    se: Floats
    srs: Floats
    counts: Counts


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
        if request.statistic == "share" and not isinstance(single[request.y], Flag):
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
        by = tuple(d for d in vocabulary.DIMENSIONS if d in request.by)
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
    tables = _tables(family, universe, dimensions)
    reader = Rows(tables[0][0], universe.weight)
    for measure, wanted in asked.items():
        found: dict[int, Sums] = {}
        for at in plan.needed(family, wanted):
            step = family[at]
            entries, layout = tables[at]
            if step.parent is None:
                found[at] = reader.sums(universe.measured[measure])
            else:
                found[at] = regroup(tables[step.parent][0], found[step.parent], entries)
            if step.by in wanted:
                counts = _counts(found[at], layout)
                used = tuple(dimensions[d] for d in step.by)
                for position in wanted[step.by]:
                    answer = _estimates(requests[position].statistic, found[at], layout, counts)
                    yield Estimates(position, used, entries.level, *answer, counts)


def _tables(
    family: list[plan.Step], universe: _Universe, dimensions: dict[str, Dimension]
) -> list[tuple[Entries, Layout]]:
    tables: list[tuple[Entries, Layout]] = []
    n_psu = len(universe.design.psu_stratum)
    for step in family:
        chosen = [dimensions[d] for d in step.by]
        if step.parent is None:
            entries = from_rows(chosen, universe.rows, universe.psu, n_psu)
        else:
            entries = margin(tables[step.parent][0], chosen, n_psu)
        tables.append((entries, Layout(universe.design, entries.psu, entries.domain, entries.n_domains)))
    return tables


def _counts(found: Sums, layout: Layout) -> Counts:
    parts, totals = found.parts, found.totals
    df_known = layout.degrees_of_freedom(parts.w > 0)
    top1 = top2 = np.full(layout.n_domains, np.nan)
    squares = totals.squares
    if totals.absolute is not None and totals.top is not None and totals.second is not None:
        squares = np.where(squares * totals.w > np.square(ROUNDING * totals.absolute), squares, 0.0)
        top1 = divide(totals.top, totals.absolute)
        top2 = divide(totals.top + totals.second, totals.absolute)
    return Counts(
        n=totals.n,
        n_event=totals.event,
        used=totals.used,
        n_missing=totals.lost,
        population=totals.w,
        w_missing=divide(totals.w_lost, totals.w + totals.w_lost),
        n_psu=layout.psus(parts.known),
        n_psu_event=layout.psus(parts.with_event),
        df_known=df_known,
        df_rows=df_known if parts.w_lost is None else layout.degrees_of_freedom(parts.weighted),
        squares=squares,
        top1_share=top1,
        top2_share=top2,
    )


def _estimates(statistic: str, found: Sums, layout: Layout, counts: Counts) -> tuple[Floats, Floats, Floats]:
    """Estimate, standard error, variance under simple random sampling."""
    totals = found.totals
    if statistic == "total":
        estimate, z = np.where(totals.n > 0, totals.wy, np.nan), found.parts.wy
    else:
        estimate, z = divide(totals.wy, totals.wx), linearised(found, layout)
    se = np.sqrt(layout.variance(z, found.parts.known))
    se[np.isnan(estimate)] = np.nan
    se[se <= ROUNDING * np.abs(estimate)] = 0.0
    if statistic == "ratio":
        return estimate, se, np.full(len(se), np.nan)
    return estimate, se, srs_variance(counts, total=statistic == "total")


def linearised(found: Sums, layout: Layout) -> Floats:
    """Sums over each entry of z = w (y - r x) / sum w x, r being the ratio (mean, share) in the domain; 0 without weight."""
    wy, wx = found.totals.wy, found.totals.wx
    scale = quotient(np.ones(len(wx)), wx)
    z = found.parts.wy - quotient(wy, wx)[layout.domain] * found.parts.wx
    z *= scale[layout.domain]
    return z


def srs_variance(counts: Counts, *, total: bool, replacement: bool = False) -> Floats:
    """Variance of the mean (or total) of as many rows drawn at random, NaN where the values do not vary.

    s^2 / n (1 - n / N), with s^2 = n / (n - 1) sum w (y - mean)^2 / sum w, N the sum of the weights and n the rows with a
    weight above 0 (R survey's ``deff``); without the factor 1 - n / N with replacement (``deff = "replace"``).
    """
    n, size = counts.used, counts.population
    varies = (n > 1) & (counts.squares > 0)
    out = np.full(len(n), np.nan)
    s2 = counts.squares[varies] / size[varies] * n[varies] / (n[varies] - 1)
    out[varies] = s2 / n[varies]
    if not replacement:
        with np.errstate(invalid="ignore", divide="ignore"):
            left = 1 - n / size
        out = np.where(left > 0, out * left, np.nan)
    return out * np.square(size) if total else out


def divide(a: Floats, b: Floats) -> Floats:
    """a / b, NaN where b is 0."""
    return np.divide(a, b, out=np.full(len(a), np.nan), where=b != 0)
