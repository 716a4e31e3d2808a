"""Weighted quantiles in all domains of a breakdown, with Woodruff's interval.

The quantile is the smallest value whose cumulated weight reaches p (R survey's rule `math`). Its interval (Woodruff 1952)
inverts that of the share of rows at or below it: the share's t interval gives two new p, their quantiles are the limits; the
standard error is the width of the interval divided by 2 t (R's `svyquantile(interval.type = "mean")`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from informality.estimate.codes import Floats, Ints
from informality.estimate.columns import MISSING, Amount, Flag
from informality.estimate.entries import Entries
from informality.estimate.intervals import t_quantile
from informality.estimate.results import Counts, Result, nothing, result
from informality.estimate.sums import Rows
from informality.estimate.variance import Layout

# Weights that reach p but for this part of their sum have reached it: what rounding takes from a sum.
ROUNDING = 1e-12


# Shares of a yes/no column of the rows of the universe in all domains.
Share = Callable[[Flag], Result]


class Sorted:
    """The rows of a universe in the order of the values of one column, those without a value or a weight left out."""

    def __init__(self, column: Amount, weight: Floats) -> None:
        """Values and weights of the rows of the universe."""
        self.column = column
        self.weight = weight
        used = np.flatnonzero(column.known & (weight > 0))
        self.order = used.take(np.argsort(column.value.take(used), kind="stable"))


class Quantiles:
    """Quantiles of one column in the domains of one breakdown."""

    def __init__(self, ordered: Sorted, entries: Entries, layout: Layout) -> None:
        """``entries``: with the rows as source."""
        self.ordered = ordered
        self.entries = entries
        self.layout = layout

    def result(self, p: float, counted: Counts, df: Ints, share: Share | None = None) -> Result:
        """The quantile of each domain; limits are NaN where the interval of the share leaves 0 .. 1.

        ``share``: the estimate and standard error by domain of a share of the rows, where they are not those of the layout.
        """
        estimate = self._inverse(np.full(self.entries.n_domains, p))
        below = self._share_below(estimate, counted, share)
        t = t_quantile(df.astype(np.float64))
        low, high = (self._inverse(below.estimate + sign * t * below.se) for sign in (-1, 1))
        se = (high - low) / (2 * t)
        same = np.fmin(np.fmin(self._same(estimate), self._same(low)), self._same(high))
        return Result(estimate=estimate, se=se, df=df, srs=nothing(se), counts=counted, low=low, high=high, same=same)

    def _share_below(self, value: Floats, counted: Counts, share: Share | None) -> Result:
        """Share of the rows at or below the value of their domain."""
        column = self.ordered.column
        code = (column.value <= value.take(self.entries.source_domain)).astype(np.int8)
        code[~column.known] = MISSING
        if share is not None:
            return share(Flag(code))
        found = Rows(self.entries, self.ordered.weight).sums(Flag(code))
        return result("share", found, self.layout, counted)

    def _same(self, value: Floats) -> Floats:
        """Rows of each domain whose value is this one; NaN where there is none."""
        rows, places = self._by_domain
        out = nothing(value)
        for at, place in enumerate(places):
            if np.isfinite(value[at]):
                answers = self.ordered.column.value[rows[place]]
                first, last = (np.searchsorted(answers, value[at], side=side) for side in ("left", "right"))
                out[at] = last - first
        return out

    @cached_property
    def _by_domain(self) -> tuple[Ints, list[slice]]:
        """Rows by domain and value, and where each domain lies among them."""
        domain = self.entries.source_domain.take(self.ordered.order)
        # A stable sort of short integers is by digits, hence linear.
        short = domain.astype(np.uint16) if self.entries.n_domains <= 2**16 else domain
        rows = self.ordered.order.take(np.argsort(short, kind="stable"))
        ends = np.cumsum(np.bincount(domain, minlength=self.entries.n_domains))
        return rows, [slice(a, b) for a, b in zip([0, *ends[:-1]], ends, strict=True)] if len(ends) else []

    @cached_property
    def _cumulated(self) -> list[Floats]:
        rows, places = self._by_domain
        weight = self.ordered.weight.take(rows)
        return [np.cumsum(weight[place]) for place in places]

    def _inverse(self, p: Floats) -> Floats:
        """Smallest value of each domain whose cumulated weight reaches p; NaN for p outside 0 .. 1 and for no rows."""
        rows, places = self._by_domain
        value = self.ordered.column.value
        out = nothing(p)
        for at, (place, cumulated) in enumerate(zip(places, self._cumulated, strict=True)):
            if len(cumulated) and 0 <= p[at] <= 1:
                reached = np.searchsorted(cumulated, cumulated[-1] * (p[at] - ROUNDING))
                out[at] = value[rows[place.start + reached]]
        return out
