"""Estimates with calibrated weights, their variances from residuals.

With z the linearised value of a row (0 outside the domain) and e = z - x'B its residual from the regression on the auxiliary
variables, the variance is that of the sum of w e over the sample's PSUs, w the calibrated weights (Deville and Särndal 1992;
Särndal, Swensson and Wretman 1992, 6.6). Residuals are not 0 outside the domain, so every PSU enters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from informality.errors import UserError
from informality.estimate import answers, columns, results
from informality.estimate.answers import Answer
from informality.estimate.calibration.regression import Regression
from informality.estimate.codes import Floats, Ints, group_sums
from informality.estimate.columns import Amount, Dimension, Flag
from informality.estimate.design import Design
from informality.estimate.differences import Comparison
from informality.estimate.entries import Entries, from_rows
from informality.estimate.quantiles import Quantiles, Sorted
from informality.estimate.requests import BREAKDOWN, Between, Request
from informality.estimate.sums import Rows, Sums
from informality.estimate.variance import Layout

# Numbers in a block of PSUs × domains that is worked on at once.
BLOCK = 1 << 21


@dataclass(frozen=True, eq=False)
class CalibratedDesign:
    """A design with calibrated weights: ``design`` carries them, ``base`` are those before, ``regression`` gives residuals."""

    design: Design
    base: Floats
    regression: Regression
    rounds: int

    @property
    def g(self) -> Floats:
        """Calibrated weight / weight before; 1 for rows of weight 0."""
        return np.divide(self.design.weight, self.base, out=np.ones(len(self.base)), where=self.base > 0)

    def standard_error(self, z: Floats) -> float:
        """Standard error of the sum of w z over the rows, for any linearised ``z`` (one value a row, 0 outside its domain)."""
        e = self.regression.residuals(np.asarray(z, dtype=np.float64))
        sums = group_sums(self.design.weight * e, self.design.psu, len(self.design.psu_stratum))
        there = np.flatnonzero(self.design.psu_stratum >= 0)
        layout = Layout(self.design, there, np.zeros_like(there), 1)
        return float(np.sqrt(layout.variance(sums[there], np.ones(len(there), dtype=np.bool_)))[0])


@dataclass(frozen=True, eq=False)
class Calibrated:
    """The answer to one request: one value a domain; fields as in `answers.Answer`."""

    request: int
    dimensions: tuple[Dimension, ...]
    level: Ints
    estimate: Floats
    se: Floats
    df: Ints
    srs: Floats
    used: Floats
    low: Floats | None = None
    high: Floats | None = None


def estimate_calibrated(frame: pd.DataFrame, calibrated: CalibratedDesign, requests: Sequence[Request]) -> pd.DataFrame:
    """Rows of the hub as `hub.estimate` gives them with the calibrated weights, standard errors from residuals.

    ``deff`` compares with simple random sampling without calibration. Of a quantile the interval is Woodruff's with the standard
    error of the share below from residuals. UserError: as `hub.estimate`.
    """
    found = list(evaluate_calibrated(frame, calibrated, requests))
    rows = [Answer(a.request, a.dimensions, a.level, a.se, a.df, a.srs, a.used, None, a.low, a.high) for a in found]
    return answers.hub_rows(frame, calibrated.design, requests, rows, calibrated.design.df)[0]


def evaluate_calibrated(
    frame: pd.DataFrame, calibrated: CalibratedDesign, requests: Sequence[Request]
) -> Iterator[Calibrated]:
    """Answer every request; ``request`` of an answer is its position in ``requests``, the order is that of the work.

    UserError: frame and design of different lengths, a column that is absent or of the wrong kind.
    """
    if len(frame) != len(calibrated.base):
        raise UserError(f"the frame has {len(frame)} rows, the design {len(calibrated.base)}", where="estimate")
    asked: dict[tuple[str | None, tuple[str, ...]], list[int]] = defaultdict(list)
    for position, request in enumerate(requests):
        asked[request.where, tuple(d for d in BREAKDOWN if d in request.by)].append(position)
    dimensions = {d: columns.dimension(frame, d) for d in sorted({d for r in requests for d in r.by})}
    psu_auxiliary = _psu_auxiliary(calibrated)
    for (where, by), positions in asked.items():
        rows = None if where is None else np.flatnonzero(columns.members(frame, where))
        used = tuple(dimensions[d] for d in by)
        work = _Work(calibrated, psu_auxiliary, rows, used)
        for position in positions:
            request = requests[position]
            column = columns.measured(frame, request.y)
            if request.x is not None:
                column = columns.ratio(column, columns.measured(frame, request.x))
            yield replace(work.answer(request, column.take(rows)), request=position)


def _psu_auxiliary(calibrated: CalibratedDesign) -> Floats:
    """Sums of w x by PSU code: PSUs × p."""
    from scipy.sparse import csr_array

    design = calibrated.design
    shape = (len(design.psu_stratum), len(design.weight))
    by_psu = csr_array((design.weight, (design.psu, np.arange(len(design.weight)))), shape=shape)
    return (by_psu @ calibrated.regression.auxiliary).toarray()


class _Work:
    """The rows of a universe by PSU and domain of one breakdown, and the auxiliary sums they need."""

    def __init__(
        self,
        calibrated: CalibratedDesign,
        psu_auxiliary: Floats,
        rows: Ints | None,
        dimensions: tuple[Dimension, ...],
    ) -> None:
        design = calibrated.design
        self.calibrated, self.psu_auxiliary, self.dimensions = calibrated, psu_auxiliary, dimensions
        self.rows = np.arange(len(design.weight)) if rows is None else rows
        self.entries: Entries = from_rows(dimensions, rows, design.psu[self.rows], len(design.psu_stratum))
        self.reader = Rows(self.entries, design.weight[self.rows])
        self.layout = Layout(design, self.entries.psu, self.entries.domain, self.entries.n_domains)

    def answer(self, request: Request, column: Flag | Amount) -> Calibrated:
        """One request of one column, in all domains."""
        if request.between is not None:
            return self._difference(request.base, request.between, column)
        if request.p is not None:
            return self._quantile(request.p, column, request.df_rule == "design")
        return self._statistic(request.statistic, column)

    def _statistic(self, statistic: str, column: Flag | Amount) -> Calibrated:
        found = self.reader.sums(column)
        counted = results.counts(found, self.layout)
        estimate, z = results.point(statistic, found, self.layout)
        slope = self._slope(statistic, column.amount(), found, self.entries)
        variance = self._variance(z, slope, found.parts.known, self.entries)
        srs = results.nothing(estimate)
        if statistic != "ratio":
            srs = results.srs_variance(counted, total=statistic == "total")
        return Calibrated(
            request=-1,
            dimensions=self.dimensions,
            level=self.entries.level,
            estimate=estimate,
            se=results.standard_error(estimate, variance),
            df=counted.df_known if statistic == "share" else counted.df_rows,
            srs=srs,
            used=counted.used,
        )

    def _quantile(self, p: float, column: Flag | Amount, of_design: bool) -> Calibrated:
        counted = results.counts(self.reader.sums(column), self.layout)
        df = counted.df_known
        below: list[Calibrated] = []

        def share(flag: Flag) -> results.Result:
            below.append(self._statistic("share", flag))
            return results.Result(estimate=below[0].estimate, se=below[0].se, df=df, srs=below[0].srs, counts=counted)

        wanted = np.full_like(df, self.calibrated.design.df) if of_design else df
        quantiles = Quantiles(Sorted(column.amount(), self.reader.weight), self.entries, self.layout)
        found = quantiles.result(p, counted, wanted, share)
        return replace(below[0], estimate=found.estimate, se=found.se, srs=found.srs, low=found.low, high=found.high)

    def _difference(self, statistic: str, between: Between, column: Flag | Amount) -> Calibrated:
        """The linearised value is that of one side minus that of the other, and so is its regression."""
        comparison = Comparison(self.calibrated.design, self.entries, self.dimensions, between)
        cells = comparison.cells.of_rows(self.entries)
        sides = comparison.sides(self.reader.sums(column))
        points = [results.point(statistic, side, comparison.layout) for side in sides]
        slopes = [
            self._slope(statistic, column.amount(), side, cells, inside.take(self.entries.source_domain))
            for side, inside in zip(sides, comparison.domains, strict=True)
        ]
        estimate = points[0][0] - points[1][0]
        known = sides[0].parts.known | sides[1].parts.known
        variance = self._variance(points[0][1] - points[1][1], slopes[0] - slopes[1], known, cells)
        here = comparison.answered
        return Calibrated(
            request=-1,
            dimensions=comparison.answered_dimensions,
            level=comparison.answered_levels,
            estimate=estimate[here],
            se=results.standard_error(estimate[here], variance[here]),
            df=comparison.layout.degrees_of_freedom(comparison.used(statistic, sides))[here],
            srs=results.nothing(estimate[here]),
            used=np.fmin(sides[0].totals.used, sides[1].totals.used)[here],
        )

    def _slope(
        self, statistic: str, column: Amount, found: Sums, entries: Entries, inside: np.ndarray | None = None
    ) -> Floats:
        """B of the regression of z on the auxiliary variables, by domain of ``entries``: p × domains.

        ``inside``: the rows that enter (None: all).
        """
        known = column.known if inside is None else column.known & inside
        top = self._cross(column.value * known, entries)
        if statistic == "total":
            return self.calibrated.regression.inverse @ top
        base = known.astype(np.float64) if column.base is None else column.base * known
        wy, wx = found.totals.wy, found.totals.wx
        ratio = np.divide(wy, wx, out=np.zeros(len(wx)), where=wx != 0)
        scale = np.divide(1.0, wx, out=np.zeros(len(wx)), where=wx != 0)
        return self.calibrated.regression.inverse @ ((top - ratio * self._cross(base, entries)) * scale)

    def _cross(self, values: Floats, entries: Entries) -> Floats:
        """Sums of q x values by domain, q the weights of the regression: p × domains."""
        from scipy.sparse import csr_array

        regression = self.calibrated.regression
        place = (self.rows, entries.source_domain)
        weighted = csr_array(
            (regression.weight[self.rows] * values, place), shape=(len(regression.weight), entries.n_domains)
        )
        return (regression.auxiliary.T @ weighted).toarray()

    def _variance(self, z: Floats, slope: Floats, known: np.ndarray, entries: Entries) -> Floats:
        """Variance of the sum of w e, block by block of the domains; ``z`` and ``known`` by entry."""
        design = self.calibrated.design
        there = np.flatnonzero(design.psu_stratum >= 0)
        out = np.empty(entries.n_domains)
        width = max(1, BLOCK // max(len(design.psu_stratum), 1))
        for start in range(0, len(out), width):
            end = min(start + width, len(out))
            chosen = (entries.domain >= start) & (entries.domain < end)
            place = (entries.domain[chosen] - start, entries.psu[chosen])
            sums = -(self.psu_auxiliary @ slope[:, start:end]).T
            sums[place] += z[chosen]
            has = np.zeros(sums.shape, dtype=np.bool_)
            has[place] = known[chosen]
            size = end - start
            layout = Layout(design, np.tile(there, size), np.repeat(np.arange(size), len(there)), size)
            out[start:end] = layout.variance(sums[:, there].ravel(), has[:, there].ravel())
        return out
