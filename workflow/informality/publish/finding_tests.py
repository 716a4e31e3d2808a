"""Tests of declared differences: two-sided t tests, adjusted within a family of findings (decision 26)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Result = Literal["higher", "lower", "unclear"]


@dataclass(frozen=True)
class Tested:
    """A difference with its test. ``adjusted``: p of Holm among the ``comparisons`` of ``family``."""

    estimate: float
    p: float
    adjusted: float
    comparisons: int
    family: str
    result: Result


def p_value(estimate: float, se: float, df: float) -> float:
    """Two-sided p of a difference with its design-based standard error; NaN where it cannot be tested."""
    from scipy.special import stdtr

    if not (math.isfinite(estimate) and math.isfinite(se) and se > 0 and df >= 1):
        return math.nan
    return float(2 * stdtr(df, -abs(estimate) / se))


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted p values of Holm (1979): times the number of hypotheses left, in order of p, never falling, at most 1."""
    order = sorted(range(len(p_values)), key=lambda at: (p_values[at], at))
    adjusted, reached = [0.0] * len(p_values), 0.0
    for rank, at in enumerate(order):
        reached = max(reached, min(1.0, (len(p_values) - rank) * p_values[at]))
        adjusted[at] = reached
    return adjusted


def result_of(estimate: float, adjusted: float, alpha: float) -> Result:
    """What an adjusted test lets one say."""
    if adjusted >= alpha:
        return "unclear"
    return "higher" if estimate > 0 else "lower"
