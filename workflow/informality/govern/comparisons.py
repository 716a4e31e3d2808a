"""Declared comparisons: two-sided t tests, adjusted together, of which only the verdict crosses the wall (decisions 26 and 28)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from pandas import DataFrame

Floats = npt.NDArray[np.float64]
# What comparisons that are adjusted together share: those of one indicator, whatever they compare.
FAMILY = ("variant", "concept", "indicator", "branch", "law", "scenario", "assumption")


def p_values(rows: DataFrame) -> Floats:
    """Two-sided p of differences with their design-based standard errors; NaN where one cannot be tested."""
    from scipy.special import stdtr

    estimate, se, df = (rows[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in ("estimate", "se", "df"))
    testable = np.isfinite(estimate) & (se > 0) & (df >= 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(testable, 2 * stdtr(df, -np.abs(estimate) / se), np.nan)


def verdicts(rows: DataFrame, shown: npt.NDArray[np.bool_], alpha: float) -> npt.NDArray[np.object_]:
    """Of every row: `higher`, `lower`, `unclear`; empty for what is no difference, is not shown or cannot be tested.

    The p of all differences of an indicator are adjusted together (Holm), within one standard, law, branch and reading.
    """
    found = np.full(len(rows), "", dtype=object)
    at = np.flatnonzero((rows["statistic"] == "difference").to_numpy(dtype=bool) & shown)
    differences = rows.iloc[at]
    adjusted = adjusted_within(p_values(differences), zip(*(differences[name] for name in FAMILY), strict=True))
    found[at] = named(differences["estimate"].to_numpy(dtype=np.float64), adjusted, alpha)
    return found


def adjusted_within(p: Floats, families: Iterable[object]) -> Floats:
    """Adjusted p values of several families of tests, whose name stands beside each p."""
    places: dict[object, list[int]] = {}
    for at, family in enumerate(families):
        places.setdefault(family, []).append(at)
    adjusted = np.full(len(p), np.nan)
    for rows in places.values():
        adjusted[rows] = holm(p[rows])
    return adjusted


def holm(p: Floats) -> Floats:
    """Adjusted p values of a family of tests (Holm 1979, Scandinavian Journal of Statistics 6, 65-70), NaN where there is none: the
    k-th smallest of m times m - k + 1, at least those before it, at most 1.
    """
    adjusted = np.full(len(p), np.nan)
    known = np.flatnonzero(np.isfinite(p))
    order = known[np.argsort(p[known], kind="stable")]
    steps = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted


def named(estimate: Floats, adjusted: Floats, alpha: float) -> npt.NDArray[np.object_]:
    """What adjusted tests let one say: a word of `vocabulary.VERDICTS`, empty where there is no test."""
    clear = np.where(estimate > 0, "higher", "lower")
    return np.where(np.isnan(adjusted), "", np.where(adjusted < alpha, clear, "unclear")).astype(object)
