"""What a breakdown answers: counts, estimates, standard errors, from the sums of its entries and domains.

Variances are Taylor-linearised on the design of the whole file: with z = w y for a total, z = w (y - r x) / sum w x for a
ratio r (x = 1: mean, share), summed over each PSU, they are those of `variance.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from informality.estimate.codes import Floats, Ints
from informality.estimate.sums import Sums, quotient
from informality.estimate.variance import Layout

# A standard error below this part of the estimate is what rounding leaves of 0.
ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class Counts:
    """What a column has in each domain whatever is estimated of it: one value a domain.

    ``n``: rows with a known value; ``used``, ``n_event``, ``n_missing``, ``n_psu``: those of a weight above 0 only. ``df_known`` counts the PSUs and strata of rows with a known value, ``df_rows`` those of all rows of the domain (of a
    weight above 0 in both); ``squares``: sum of w (y - mean)^2.
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


@dataclass(frozen=True, eq=False, kw_only=True)
class Result:
    """Numbers of one statistic: one value a domain.

    ``se`` is what the formula gives, also where the domain is too small to be estimated; ``df``: degrees of freedom of its
    interval. ``srs`` is the variance of a simple random sample without replacement of the same rows from a population of the
    size of the weights, NaN where there is none (ratios, quantiles, differences, constants, a single row). ``low`` and
    ``high``: limits of a statistic that brings its own interval; ``same``: contributors who gave the answer that it, or a limit of it,
    is, the fewest of the three.
    """

    estimate: Floats
    se: Floats
    df: Ints
    srs: Floats
    counts: Counts
    low: Floats | None = None
    high: Floats | None = None
    same: Floats | None = None


def counts(found: Sums, layout: Layout) -> Counts:
    """The counts of a column in the domains of a layout."""
    parts, totals = found.parts, found.totals
    used = parts.w > 0
    n_psu = layout.psus(used)
    df_known = n_psu - layout.strata(used)
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
        n_psu=n_psu,
        n_psu_event=layout.psus(parts.with_event),
        df_known=df_known,
        df_rows=layout.degrees_of_freedom(parts.weighted)
        if parts.all_weighted or parts.w_lost is not None
        else df_known,
        squares=squares,
        top1_share=top1,
        top2_share=top2,
    )


def result(statistic: str, found: Sums, layout: Layout, counted: Counts) -> Result:
    """A share, mean, total or ratio in the domains of a layout."""
    if statistic == "total":
        estimate, variance = total(found), layout.variance(found.parts.wy, found.parts.known)
    else:
        estimate = divide(found.totals.wy, found.totals.wx)
        variance = layout.variance(residuals(found, layout), found.parts.known) * np.square(_scale(found))
    return Result(
        estimate=estimate,
        se=standard_error(estimate, variance),
        df=counted.df_known if statistic == "share" else counted.df_rows,
        srs=nothing(estimate) if statistic == "ratio" else srs_variance(counted, total=statistic == "total"),
        counts=counted,
    )


def point(statistic: str, found: Sums, layout: Layout) -> tuple[Floats, Floats]:
    """The estimate by domain (NaN where no row has a known value), and its linearised value z by entry."""
    if statistic == "total":
        return total(found), found.parts.wy
    return divide(found.totals.wy, found.totals.wx), linearised(found, layout)


def total(found: Sums) -> Floats:
    """Sum of w y by domain, NaN where no row has a known value."""
    return np.where(found.totals.n > 0, found.totals.wy, np.nan)


def standard_error(estimate: Floats, variance: Floats) -> Floats:
    """Root of the variance; NaN without an estimate, 0 where only rounding is left."""
    se = np.sqrt(variance)
    se[np.isnan(estimate)] = np.nan
    se[se <= ROUNDING * np.abs(estimate)] = 0.0
    return se


def linearised(found: Sums, layout: Layout) -> Floats:
    """Sums over each entry of z = w (y - r x) / sum w x, r being the ratio (mean, share) in the domain; 0 without weight."""
    z = residuals(found, layout)
    z *= _scale(found).take(layout.domain)
    return z


def residuals(found: Sums, layout: Layout) -> Floats:
    """Sums over each entry of w (y - r x)."""
    z = quotient(found.totals.wy, found.totals.wx).take(layout.domain)
    z *= found.parts.wx
    return np.subtract(found.parts.wy, z, out=z)


def _scale(found: Sums) -> Floats:
    return quotient(np.ones(len(found.totals.wx)), found.totals.wx)


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


def nothing(like: Floats) -> Floats:
    """NaN for each domain."""
    return np.full(len(like), np.nan)
