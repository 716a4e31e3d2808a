"""Design-based logistic regression: pseudo maximum likelihood with the sandwich covariance of the design.

The coefficients solve sum w (y - mu) x = 0 (Binder 1983; R survey's `svyglm` with `quasibinomial`): Newton steps over covariate
patterns. Their covariance is A^-1 B A^-1 with A = sum w mu (1 - mu) x x' and B the design's variance of the totals of
w (y - mu) x: PSU totals within strata, so that stratification lowers it and clustering raises it. Reference: degf + 1 - k
degrees of freedom, where degf counts PSUs and strata that hold a row of the fit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from informality.estimate.codes import Bools, Floats, Ints, compress, group_sums
from informality.estimate.design import Design
from informality.estimate.intervals import student
from informality.estimate.models.estimable import NotEstimated, collinear, separated
from informality.estimate.models.likelihood import expit, inverse, newton
from informality.estimate.models.patterns import Patterns, collapse, known_rows
from informality.estimate.models.terms import Term, variables_of
from informality.estimate.sandwich import covariance
from informality.estimate.variance import Layout

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums of weights, scaled to 1 in all. ``total`` and ``yes`` by pattern; ``of_psu`` and ``yes_of_psu`` (sparse, PSUs ×
    patterns, the same places) by PSU of ``layout`` and pattern.
    """

    total: Floats
    yes: Floats
    layout: Layout
    of_psu: csr_matrix
    yes_of_psu: csr_matrix


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted logistic regression; arrays in the order of ``patterns.columns``.

    ``bread``: A^-1. ``df``: of t and F tests of the coefficients. ``n``, ``n_psu``: rows and PSUs with a weight above 0, ``n_yes`` of
    the rows with the outcome.
    """

    patterns: Patterns
    sums: Sums
    coefficients: Floats
    bread: Floats
    covariance: Floats
    df: int
    n: int
    n_yes: int
    n_psu: int

    @cached_property
    def probability(self) -> Floats:
        """Fitted probability of each pattern."""
        return expit(self.patterns.x.linear(self.coefficients))

    @cached_property
    def scores(self) -> Floats:
        """PSU totals of w (y - mu) x, one row a PSU."""
        return score_totals(self.patterns, self.sums, self.probability)

    @property
    def se(self) -> Floats:
        """Standard errors of the coefficients."""
        return np.sqrt(np.diag(self.covariance))


def fit(
    frame: pd.DataFrame,
    outcome: Floats,
    terms: Sequence[Term],
    design: Design,
    *,
    among: Bools | None = None,
    references: Mapping[str, str] | None = None,
) -> Fit | NotEstimated:
    """Fit ``outcome`` (1, 0, NaN unknown; as long as ``frame``) on the terms, in the rows of ``among``.

    Rows with an unknown outcome or covariate, or with weight 0, leave the fit; the PSUs of the latter, and of everybody else,
    stay in the design. UserError: a variable that the frame lacks.
    """
    complete = np.isfinite(outcome) & known_rows(frame, variables_of(terms))
    if among is not None:
        complete &= among
    used = complete & (design.weight > 0)
    y = outcome[used]
    if not len(y):
        return NotEstimated("no_persons")
    if y.min() == y.max():
        return NotEstimated("no_variation")
    patterns = collapse(frame, terms, used, references)
    if related := collinear(patterns.x, patterns.columns):
        return NotEstimated("collinear", related)
    sums = weight_sums(design, complete, used, y, patterns)
    solved = newton(patterns.x, sums.total, sums.yes)
    if solved is None:
        by = separated(patterns.x, sums.yes, sums.total, patterns.columns)
        return NotEstimated("separated", by) if by else NotEstimated("not_converged")
    here = np.diff(sums.of_psu.indptr) > 0
    df = int(sums.layout.degrees_of_freedom(here)[0]) + 1 - len(solved)
    if df <= 0:
        return NotEstimated("too_few_psus")
    mu = expit(patterns.x.linear(solved))
    bread = inverse(patterns.x.cross(sums.total * mu * (1 - mu)))
    matrix = covariance(sums.layout, score_totals(patterns, sums, mu) @ bread)
    if not np.all(np.diag(matrix) > 0):
        return NotEstimated("no_variance")
    return Fit(
        patterns=patterns,
        sums=sums,
        coefficients=solved,
        bread=bread,
        covariance=matrix,
        df=df,
        n=len(y),
        n_yes=int(y.sum()),
        n_psu=int(here.sum()),
    )


def weight_sums(design: Design, complete: Bools, used: Bools, y: Floats, patterns: Patterns) -> Sums:
    """Sums of the weights of the ``used`` rows (``y`` is theirs); PSUs are those of the ``complete`` rows."""
    from scipy.sparse import csr_matrix

    weight = design.weight[used] / design.weight[used].sum()
    psus, position = compress(design.psu[complete], len(design.psu_stratum))
    row = position[used[complete]]
    shape = (len(psus), patterns.size)
    return Sums(
        total=group_sums(weight, patterns.of_row, patterns.size),
        yes=group_sums(weight * y, patterns.of_row, patterns.size),
        layout=Layout(design, psus, np.zeros_like(psus), 1),
        of_psu=csr_matrix((weight, (row, patterns.of_row)), shape=shape),
        yes_of_psu=csr_matrix((weight * y, (row, patterns.of_row)), shape=shape),
    )


def score_totals(patterns: Patterns, sums: Sums, mu: Floats) -> Floats:
    """PSU totals of w (y - mu) x, one row a PSU; ``mu`` by pattern."""
    entries = sums.of_psu
    pattern = entries.indices.astype(np.intp)
    psu = np.repeat(np.arange(entries.shape[0]), np.diff(entries.indptr))
    return patterns.x.grouped_sums(psu, entries.shape[0], pattern, sums.yes_of_psu.data - entries.data * mu[pattern])


@dataclass(frozen=True, eq=False)
class Coefficients:
    """Arrays in the order of the columns: t statistic, p value and interval of 95 %, and the odds ratio with its own."""

    t: Floats
    p: Floats
    low: Floats
    high: Floats
    odds_ratio: Floats
    odds_low: Floats
    odds_high: Floats


def coefficients(fitted: Fit) -> Coefficients:
    """Tests and intervals of the coefficients, from t with the fit's degrees of freedom; odds ratios are their exponentials."""
    from scipy.special import stdtr

    b, se = fitted.coefficients, fitted.se
    df = np.full(len(b), float(fitted.df))
    low, high = student(b, se, df, df)
    t = b / se
    return Coefficients(t, 2 * stdtr(fitted.df, -np.abs(t)), low, high, np.exp(b), np.exp(low), np.exp(high))


@dataclass(frozen=True)
class Wald:
    """An F statistic with its degrees of freedom and p value."""

    f: float
    df1: int
    df2: int
    p: float


def wald(fitted: Fit, columns: Ints) -> Wald | NotEstimated:
    """Joint test that the coefficients at these places are all 0: F = b' V^-1 b / q with (q, df) (R's `regTermTest`).

    `NotEstimated` where their covariance is singular: fewer PSUs behind them than coefficients.
    """
    from scipy.special import fdtrc

    b, v = fitted.coefficients[columns], fitted.covariance[np.ix_(columns, columns)]
    error = np.sqrt(np.diag(v))
    correlation = v / np.outer(error, error)
    if np.linalg.eigvalsh(correlation)[0] < 1e-10:
        return NotEstimated("too_few_psus")
    t = b / error
    f = float(t @ np.linalg.solve(correlation, t)) / len(b)
    return Wald(f, len(b), fitted.df, float(fdtrc(len(b), fitted.df, f)))
