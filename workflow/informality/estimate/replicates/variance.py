"""Estimates with replicate variances: the requests of the hub in all their domains, or any statistic of a frame and weights.

Rows are read once for each breakdown and added up by unit of the replicates and domain; the sums of all replicates are then a
product of these with the factors. A replicate in which a statistic is undefined (a domain that lived in one PSU) is discarded,
as in R survey; how many were is reported. Degrees of freedom of a domain: rank of the replicate weights of its rows minus 1.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pandas as pd

from informality.errors import UserError
from informality.estimate import answers, columns, results
from informality.estimate.codes import Bools, Floats, Ints
from informality.estimate.columns import Amount, Dimension, Flag
from informality.estimate.design import Design
from informality.estimate.differences import Comparison
from informality.estimate.entries import Entries, from_rows
from informality.estimate.quantiles import Quantiles, Sorted
from informality.estimate.replicates.design import ReplicateDesign
from informality.estimate.replicates.factors import Matrix, column_blocks, rank
from informality.estimate.requests import BREAKDOWN, Between, Request
from informality.estimate.sums import Rows, Sums
from informality.estimate.variance import Layout


@dataclass(frozen=True, eq=False)
class Replicated:
    """The answer to one request: one value a domain that holds a row of the universe.

    ``dimensions`` and ``level`` (domains × dimensions) say which domain; ``theta`` (domains × R) holds the statistic in each
    replicate (of a quantile: the share below it), ``discarded`` how many of them are undefined. ``se`` is what the formula gives,
    also where ``df`` is 0; ``srs``: the variance of a simple random sample (`results.srs_variance`); ``used``: rows with a known
    value and a weight; ``low`` and ``high``: the limits of a quantile.
    """

    request: int
    dimensions: tuple[Dimension, ...]
    level: Ints
    estimate: Floats
    se: Floats
    df: Ints
    srs: Floats
    discarded: Ints
    theta: Floats
    used: Floats
    low: Floats | None = None
    high: Floats | None = None


@dataclass(frozen=True, eq=False)
class Statistic:
    """Any statistic (k values), its covariance over the replicates, and how many replicates were discarded."""

    estimate: Floats
    covariance: Floats
    df: int
    discarded: int

    @property
    def se(self) -> Floats:
        """Standard errors, one a value."""
        return np.sqrt(np.diagonal(self.covariance))


def estimate_replicates(
    frame: pd.DataFrame, design: ReplicateDesign, requests: Sequence[Request]
) -> tuple[pd.DataFrame, Ints]:
    """Rows of the hub as `hub.estimate` gives them, with replicate standard errors; and the replicates discarded, by row.

    ``df`` is that of the domain's replicate weights (rows with a known value for shares, all rows else), or of the whole
    design where the request says so; `not_estimable` where it is 0 or no replicate is left. ``n_psu`` counts the units of
    the replicates where the design has no PSUs. Of a quantile the interval is Woodruff's with the replicate standard error of the
    share below (R survey's default; the jackknife of the quantile itself is not consistent). UserError: as `hub.estimate`.
    """
    found = list(evaluate_replicates(frame, design, requests))
    rows = [
        answers.Answer(a.request, a.dimensions, a.level, a.se, a.df, a.srs, a.used, a.discarded, a.low, a.high)
        for a in found
    ]
    counting = _one_stratum(design, design.unit if design.psu is None else design.psu)
    return answers.hub_rows(frame, counting, requests, rows, design.df)


def variance_of(
    statistic: Callable[[pd.DataFrame, Floats], float | Floats], frame: pd.DataFrame, design: ReplicateDesign
) -> Statistic:
    """Estimate and covariance of ``statistic(frame, weights)``: one number, or k of them in a fixed order.

    For what linearisation does not reach: decompositions, medians of ratios. The frame is passed whole, so the statistic itself
    leaves out rows. A replicate in which any value is not finite, or a division by 0 or a singular matrix is met, is
    discarded. The covariance is NaN where fewer than two are left or the statistic of the whole file is not finite.
    UserError: frame and design of different lengths.
    """
    _same_length(frame, design)
    estimate = np.atleast_1d(np.asarray(statistic(frame, design.weight), dtype=np.float64))
    theta = np.full((len(estimate), design.n_replicates), np.nan)
    for r in range(design.n_replicates):
        try:
            with np.errstate(invalid="ignore", divide="ignore"):
                theta[:, r] = statistic(frame, design.weights(r))
        except (ZeroDivisionError, np.linalg.LinAlgError):
            continue
    covariance, discarded = joint_covariance(design, theta, estimate)
    return Statistic(estimate, covariance, design.df, discarded)


def joint_covariance(design: ReplicateDesign, theta: Floats, estimate: Floats) -> tuple[Floats, int]:
    """Covariance (k × k) of k statistics from their replicates (k × R), and the replicates discarded for all of them.

    A replicate is discarded where any of the statistics is undefined (as in R survey's `svrVar` of several).
    """
    kept = np.isfinite(theta).all(axis=0)
    discarded = int(np.count_nonzero(~kept))
    if np.count_nonzero(kept) < 2 or not np.isfinite(estimate).all():
        return np.full((len(theta), len(theta)), np.nan), discarded
    values, rscales = theta[:, kept], design.rscales[kept]
    centre = estimate if design.mse else values[:, rscales > 0].mean(axis=1)
    gap = (values - centre[:, None]) * np.sqrt(rscales)
    return design.scale * (gap @ gap.T), discarded


def evaluate_replicates(
    frame: pd.DataFrame, design: ReplicateDesign, requests: Sequence[Request]
) -> Iterator[Replicated]:
    """Answer every request; ``request`` of an answer is its position in ``requests``, the order is that of the work.

    UserError: frame and design of different lengths, a column that is absent or of the wrong kind.
    """
    _same_length(frame, design)
    asked: dict[tuple[str | None, tuple[str, ...]], list[int]] = defaultdict(list)
    for position, request in enumerate(requests):
        # One order for all that break down alike.
        asked[request.where, tuple(d for d in BREAKDOWN if d in request.by)].append(position)
    dimensions = {d: columns.dimension(frame, d) for d in sorted({d for r in requests for d in r.by})}
    single = {name: columns.measured(frame, name) for name in sorted({c for r in requests for c in (r.y, r.x) if c})}
    ranks: dict[bytes, int] = {}
    units = _one_stratum(design, design.unit)
    for (where, by), positions in asked.items():
        rows = None if where is None else np.flatnonzero(columns.members(frame, where))
        used = tuple(dimensions[d] for d in by)
        reader = _Reader(design, units, rows, used, ranks)
        measured = {}
        for position in positions:
            request = requests[position]
            if (request.y, request.x) not in measured:
                column = single[request.y] if request.x is None else columns.ratio(single[request.y], single[request.x])
                measured[request.y, request.x] = column.take(rows)
        found = reader.read(list(measured.values()))
        for position in positions:
            request = requests[position]
            place = list(measured).index((request.y, request.x))
            yield reader.answer(position, request, measured[request.y, request.x], found[place])


@dataclass(frozen=True, eq=False)
class _Replicates:
    """Sums of one measured column: with the weights of the whole file; and those of w y and w x in each replicate."""

    whole: Sums
    base: Sums
    wy: Floats
    wx: Floats


class _Reader:
    """The rows of a universe by unit of the replicates and domain of one breakdown."""

    def __init__(
        self,
        design: ReplicateDesign,
        units: Design,
        rows: Ints | None,
        dimensions: tuple[Dimension, ...],
        ranks: dict[bytes, int],
    ) -> None:
        self.design, self.units, self.dimensions, self.ranks = design, units, dimensions, ranks

        def chosen(values: Floats) -> Floats:
            return values if rows is None else values[rows]

        unit = design.unit if rows is None else design.unit[rows]
        self.entries: Entries = from_rows(dimensions, rows, unit, len(design.factor))
        self.weighted = Rows(self.entries, chosen(design.weight))
        self.based = self.weighted if design.base is design.weight else Rows(self.entries, chosen(design.base))
        self.layout = Layout(units, self.entries.psu, self.entries.domain, self.entries.n_domains)

    def read(self, measured: Sequence[Flag | Amount]) -> list[_Replicates]:
        """The sums of each column."""
        whole = [self.weighted.sums(column) for column in measured]
        base = whole if self.based is self.weighted else [self.based.sums(column) for column in measured]
        values = [part for sums in base for part in (sums.parts.wy, sums.parts.wx)]
        totals = replicate_totals(self.design.factor, self.entries, values)
        return [_Replicates(whole[i], base[i], totals[2 * i], totals[2 * i + 1]) for i in range(len(measured))]

    def answer(self, position: int, request: Request, column: Flag | Amount, sums: _Replicates) -> Replicated:
        """One request, of whose column the sums are given."""
        if request.between is not None:
            return self._difference(position, request.base, request.between, sums)
        if request.p is not None:
            return self._quantile(position, request.p, column, sums, request.df_rule == "design")
        return self._answer(position, request.statistic, sums)

    def _answer(self, position: int, statistic: str, sums: _Replicates) -> Replicated:
        counted = results.counts(sums.whole, self.layout)
        estimate, _ = results.point(statistic, sums.whole, self.layout)
        theta = _statistic(statistic, sums.wy, sums.wx, counted.n)
        variance, discarded = self.design.variance(theta, estimate)
        parts = sums.base.parts
        used = parts.w > 0 if statistic == "share" else parts.weighted
        srs = results.nothing(estimate)
        if statistic != "ratio":
            srs = results.srs_variance(counted, total=statistic == "total")
        return Replicated(
            request=position,
            dimensions=self.dimensions,
            level=self.entries.level,
            estimate=estimate,
            se=results.standard_error(estimate, variance),
            df=_degrees_of_freedom(self.design, self.entries, used, self.ranks),
            srs=srs,
            discarded=discarded,
            theta=theta,
            used=counted.used,
        )

    def _quantile(
        self, position: int, p: float, column: Flag | Amount, sums: _Replicates, of_design: bool
    ) -> Replicated:
        below: list[Replicated] = []
        counted = results.counts(sums.whole, self.layout)
        used = sums.base.parts.w > 0
        df = _degrees_of_freedom(self.design, self.entries, used, self.ranks)

        def share(flag: Flag) -> results.Result:
            found = self._answer(position, "share", self.read([flag])[0])
            below.append(found)
            return results.Result(estimate=found.estimate, se=found.se, df=df, srs=found.srs, counts=counted)

        wanted = np.full_like(df, self.design.df) if of_design else df
        quantiles = Quantiles(Sorted(column.amount(), self.weighted.weight), self.entries, self.layout)
        found = quantiles.result(p, counted, wanted, share)
        return replace(below[0], estimate=found.estimate, se=found.se, srs=found.srs, low=found.low, high=found.high)

    def _difference(self, position: int, statistic: str, between: Between, sums: _Replicates) -> Replicated:
        comparison = Comparison(self.units, self.entries, self.dimensions, between)
        whole, base = comparison.sides(sums.whole), comparison.sides(sums.base)
        values = [part for side in base for part in (side.parts.wy, side.parts.wx)]
        plus_wy, plus_wx, minus_wy, minus_wx = replicate_totals(self.design.factor, comparison.cells, values)
        n_plus, n_minus = (side.totals.n for side in whole)
        theta = _statistic(statistic, plus_wy, plus_wx, n_plus) - _statistic(statistic, minus_wy, minus_wx, n_minus)
        (plus, _), (minus, _) = (results.point(statistic, side, comparison.layout) for side in whole)
        variance, discarded = self.design.variance(theta, plus - minus)
        df = _degrees_of_freedom(self.design, comparison.cells, comparison.used(statistic, base), self.ranks)
        here = comparison.answered
        estimate = (plus - minus)[here]
        return Replicated(
            request=position,
            dimensions=comparison.answered_dimensions,
            level=comparison.answered_levels,
            estimate=estimate,
            se=results.standard_error(estimate, variance[here]),
            df=df[here],
            srs=results.nothing(estimate),
            discarded=discarded[here],
            theta=theta[here],
            used=np.fmin(whole[0].totals.used, whole[1].totals.used)[here],
        )


def _statistic(statistic: str, wy: Floats, wx: Floats, n: Floats) -> Floats:
    """A statistic in each domain and replicate from its sums; NaN where it is undefined. ``n``: rows with a known value."""
    if statistic == "total":
        return np.where((n > 0)[:, None], wy, np.nan)
    return np.divide(wy, wx, out=np.full(wy.shape, np.nan), where=wx != 0)


def replicate_totals(factor: Matrix, entries: Entries, values: Sequence[Floats]) -> list[Floats]:
    """For each array of ``values`` by entry, its sums by domain in every replicate: arrays of domains × R."""
    from scipy.sparse import csr_array

    size, kinds = entries.n_domains, len(values)
    line = np.concatenate([entries.domain + k * size for k in range(kinds)])
    sums = csr_array(
        (np.concatenate(values), (line, np.tile(entries.psu, kinds))), shape=(kinds * size, len(factor))
    )  # fmt: skip
    out = np.empty((kinds * size, factor.shape[1]))
    for part in column_blocks(factor):
        out[:, part] = sums @ np.ascontiguousarray(factor[:, part], dtype=np.float64)
    return [out[k * size : (k + 1) * size] for k in range(kinds)]


def _degrees_of_freedom(design: ReplicateDesign, entries: Entries, used: Bools, ranks: dict[bytes, int]) -> Ints:
    """Rank of the factors of the used entries minus 1, by domain, and no more than is declared.

    Many domains live in the same units, the two sexes in nearly all of them; ``ranks`` remembers.
    """
    out = np.zeros(entries.n_domains, dtype=np.intp)
    order = np.argsort(entries.domain[used], kind="stable")
    units = entries.psu[used][order]
    ends = np.cumsum(np.bincount(entries.domain[used], minlength=entries.n_domains))
    for domain, (start, end) in enumerate(pairwise([0, *ends])):
        lines = units[start:end]
        key = lines.tobytes()
        if key not in ranks:
            ranks[key] = rank(design.factor, lines)
        out[domain] = max(ranks[key] - 1, 0)
    return out if design.declared_df is None else np.minimum(out, design.declared_df)


def _one_stratum(design: ReplicateDesign, psu: Ints) -> Design:
    """A design that serves to count: the given PSUs in one stratum."""
    return Design(np.zeros(len(design.weight), dtype=np.intp), psu, design.weight, lonely="certainty")


def _same_length(frame: pd.DataFrame, design: ReplicateDesign) -> None:
    if len(frame) != len(design.weight):
        raise UserError(
            f"the frame has {len(frame)} rows, the replicate design {len(design.weight)}",
            where="estimate",
            todo="make the design from the frame that is estimated from; a universe is a column, not a selection of rows",
        )
