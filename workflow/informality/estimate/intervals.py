"""Confidence intervals of 95 % for shares and for means, totals and ratios; all arguments are arrays of one length.

An interval is NaN where it cannot be had: standard error 0 or NaN, no degrees of freedom. A share of exactly 0 or 1 has the
standard error 0 whatever the size of the sample; its interval is `none_or_all`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from informality.estimate.codes import Bools, Floats

LEVEL = 0.95
Pair = tuple[Floats, Floats]


def t_quantile(df: Floats) -> Floats:
    """The t quantile of the two-sided level; NaN where df <= 0."""
    from scipy.special import stdtrit

    values, position = np.unique(np.asarray(df, dtype=np.float64), return_inverse=True)
    quantile = np.full(len(values), np.nan)
    ok = values > 0
    quantile[ok] = stdtrit(values[ok], 0.5 + LEVEL / 2)
    return quantile[position]


def student(estimate: Floats, se: Floats, df: Floats, n: Floats) -> Pair:  # noqa: ARG001
    """estimate -/+ t(df) se."""
    half = t_quantile(df) * se
    return estimate - half, estimate + half


def logit(estimate: Floats, se: Floats, df: Floats, n: Floats) -> Pair:  # noqa: ARG001
    """Of a share p: t interval of log(p / (1 - p)) with se / (p (1 - p)) by the delta method, and back (R's xlogit)."""
    centre = np.log(estimate) - np.log1p(-estimate)
    half = t_quantile(df) * se / (estimate * (1 - estimate))
    return _expit(centre - half), _expit(centre + half)


def korn_graubard(estimate: Floats, se: Floats, df: Floats, n: Floats) -> Pair:
    """Clopper-Pearson on the effective sample size (Korn and Graubard 1998; R's beta).

    The effective size p (1 - p) / se^2 is multiplied by (t(n - 1) / t(df))^2; ``n`` rows have a known value.
    """
    from scipy.special import betaincinv

    size = estimate * (1 - estimate) / np.square(se) * np.square(t_quantile(n - 1) / t_quantile(df))
    tail = (1 - LEVEL) / 2
    yes, no = size * estimate, size * (1 - estimate)
    return betaincinv(yes, no + 1, tail), betaincinv(yes + 1, no, 1 - tail)


def none_or_all(estimate: Floats, df: Floats, n: Floats) -> Pair:
    """Of a share of exactly 0 or 1: Korn-Graubard's interval with the design effect 1, of which a single tail is used.

    The effective size is n (t(n - 1) / t(df))^2, at most n (Parker et al. 2017, NCHS Data Presentation Standards for
    Proportions); ``n`` rows have a known value and a weight above 0. The open limit is 1 - 0.025^(1 / size), or its mirror.
    """
    size = n * np.minimum(np.square(t_quantile(n - 1) / t_quantile(df)), 1.0)
    reach = -np.expm1(np.log((1 - LEVEL) / 2) / size)
    return np.where(estimate == 0, 0.0, 1 - reach), np.where(estimate == 0, reach, 1.0)


def wilson(estimate: Floats, se: Floats, df: Floats, n: Floats) -> Pair:  # noqa: ARG001
    """Wilson's score interval on the effective size p (1 - p) / se^2 with the t quantile (Franco et al. 2019)."""
    size = estimate * (1 - estimate) / np.square(se)
    ratio = np.square(t_quantile(df)) / size
    centre = (estimate + ratio / 2) / (1 + ratio)
    half = np.sqrt(ratio * (estimate * (1 - estimate) + ratio / 4)) / (1 + ratio)
    return centre - half, centre + half


METHODS: dict[str, Callable[[Floats, Floats, Floats, Floats], Pair]] = {
    "logit": logit,
    "t": student,
    "beta": korn_graubard,
    "wilson": wilson,
}


def interval(method: str, estimate: Floats, se: Floats, df: Floats, n: Floats) -> tuple[Pair, Bools]:
    """The interval by one of `METHODS`, NaN where there is none; and where there is one."""
    there = (se > 0) & (df > 0) & np.isfinite(estimate)
    low, high = np.full(len(estimate), np.nan), np.full(len(estimate), np.nan)
    low[there], high[there] = METHODS[method](estimate[there], se[there], df[there], n[there])
    return (low, high), there


def _expit(x: Floats) -> Floats:
    """1 / (1 + exp(-x)) without overflow."""
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, e) / (1 + e)
