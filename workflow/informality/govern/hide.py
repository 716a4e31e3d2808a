"""Step one: which rows are hidden because what stands behind them is small (decision 28). That row, and no other.

==================  ==========================================================================================  ====================
rule                hidden                                                                                      reason
==================  ==========================================================================================  ====================
few persons         a base of 1 to 9 contributors (persons of a weight above 0 whose value is known)            ``confidential``
few units           contributors of fewer than three primary sampling units                                     ``confidential``
joined              a level or class whose persons stand in the row `_O` beside it (`estimate.joins`)            ``joined``
one standard        sensitive dimensions by another standard, law or reading than the survey's first            ``one_standard``
few counted         of sensitive attributes: 1 to 9 persons counted, or not counted; of others only the total,  ``few_counted``
                    the share has a bound (`bounds`)
dominated           an amount of which two persons have over 90 per cent, or all others under a tenth of the     ``dominated``
                    largest
near the end        a quantile with fewer than ten persons on one side                                          ``dominated``
==================  ==========================================================================================  ====================

What is left is rounded (`rounding`), so that sums and differences of what is shown do not give back what is hidden.
Nobody can be recognised by an answer that is missing, so levels like "not stated" (``unknown_levels``) are exempt from the first two.

Sources: ten contributors and n = 2, k = 0.9 for dominance are those of ONS and SDAP, as in acro; `workflow/config.yaml` sets them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas import DataFrame

from informality.govern.flags import DOMAIN, FEW_CONTRIBUTORS, FEW_COUNTED, JOINED, ONE_STANDARD
from informality.govern.rounding import TENS, to_step
from informality.settings import Thresholds
from informality.vocabulary import DIMENSIONS, TOTAL

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
# Bounds of small bases move in steps so wide that the step tells nothing of the share.
STEP, SMALL_BASE = 0.05, 100.0
PERCENT = 0.01


@dataclass(frozen=True)
class First:
    """What a survey shows before all else: its standard, the law in force, the main branch, the wide reading; ``variants`` in their order."""

    variant: str = ""
    law: str = ""
    branch: str = ""
    variants: Sequence[str] = ()


def hidden(hub: DataFrame, thresholds: Thresholds, first: First) -> npt.NDArray[np.object_]:
    """The reason why each row of the hub is hidden, empty where it is not; the first rule that applies gives it."""
    rules: tuple[tuple[str, Callable[[DataFrame, Thresholds, First], Bools]], ...] = (
        (JOINED, joined),
        (DOMAIN, few_persons),
        (DOMAIN, few_units),
        (ONE_STANDARD, second_standard),
        (FEW_COUNTED, few_counted_hidden),
        (FEW_CONTRIBUTORS, dominated),
        (FEW_CONTRIBUTORS, near_the_end),
    )
    reason = np.full(len(hub), "", dtype=object)
    for name, rule in reversed(rules):
        reason[rule(hub, thresholds, first)] = name
    return reason


def few(count: Floats, thresholds: Thresholds) -> Bools:
    """1 to 9 persons."""
    return (count >= 1) & (count < thresholds.confidential_below)


def few_persons(hub: DataFrame, thresholds: Thresholds, _: First) -> Bools:
    """Rows that rest on 1 to 9 contributors."""
    return few(numbers(hub, "n"), thresholds) & ~unknown(hub, thresholds)


def few_units(hub: DataFrame, thresholds: Thresholds, _: First) -> Bools:
    """Rows with contributors of too few primary sampling units."""
    units = numbers(hub, "n_psu")
    return (numbers(hub, "n") > 0) & (units >= 1) & (units < thresholds.least_psus) & ~unknown(hub, thresholds)


def unknown(hub: DataFrame, thresholds: Thresholds) -> Bools:
    """Rows about persons of whom a dimension is not known."""
    found = np.zeros(len(hub), dtype=np.bool_)
    for name in DIMENSIONS:
        found |= hub[name].isin(thresholds.unknown_levels).to_numpy()
    return found


def joined(hub: DataFrame, thresholds: Thresholds, _: First) -> Bools:
    """Levels and classes whose persons stand in a row `_O` beside them: the members that `estimate.joins` names."""
    del thresholds
    return (hub["state"].astype("str") == JOINED).to_numpy()


def second_standard(hub: DataFrame, thresholds: Thresholds, first: First) -> Bools:
    """Rows of a sensitive dimension that are not by the survey's first standard, law in force and wide reading."""
    others = np.zeros(len(hub), dtype=np.bool_)
    for name, shown in (("variant", first.variant), ("law", first.law), ("assumption", "wide")):
        others |= ~hub[name].isin(["", shown]).to_numpy()
    return others & sensitive(hub, thresholds)


def sensitive(hub: DataFrame, thresholds: Thresholds) -> Bools:
    """Rows of sensitive indicators, or broken down by a sensitive dimension or one below the province."""
    found = hub["indicator"].isin(thresholds.sensitive_indicators).to_numpy(dtype=bool).copy()
    for name in {*thresholds.sensitive_dimensions, *thresholds.below_province} & set(DIMENSIONS):
        found |= (hub[name] != TOTAL).to_numpy(dtype=bool)
    return found


def few_counted(hub: DataFrame, thresholds: Thresholds) -> Bools:
    """Shares and totals of which 1 to 9 persons of the base are counted, or are not."""
    n, event = numbers(hub, "n"), numbers(hub, "n_event")
    counts = hub["statistic"].isin(["share", "total"]).to_numpy(dtype=bool)
    return counts & (few(event, thresholds) | few(n - event, thresholds))


def few_counted_hidden(hub: DataFrame, thresholds: Thresholds, _: First) -> Bools:
    """Of these the totals, and all of sensitive attributes."""
    total = (hub["statistic"] == "total").to_numpy(dtype=bool)
    return few_counted(hub, thresholds) & (total | sensitive(hub, thresholds))


def dominated(hub: DataFrame, thresholds: Thresholds, _: First) -> Bools:
    """Magnitudes of which one or two persons make nearly all; rows without contributions are none."""
    top1, top2 = numbers(hub, "top1_share"), numbers(hub, "top2_share")
    return (top2 > thresholds.top2_share) | (1 - top2 < thresholds.rest_to_top * top1)


def near_the_end(hub: DataFrame, thresholds: Thresholds, _: First) -> Bools:
    """Quantiles with fewer persons on one side than are shown: the p90 of 40 persons is the value of the fourth from above."""
    quantile = (hub["statistic"] == "quantile").to_numpy(dtype=bool)
    names = hub["category"].where(quantile, "").str.extract(r"^p([0-9.]+)$", expand=False)
    p = pd.to_numeric(names, errors="coerce").to_numpy(dtype="float64") / 100
    beyond = np.round(numbers(hub, "n") * np.fmin(p, 1 - p), 9)
    # Of a name that says no p nothing is known.
    return quantile & ~(beyond >= thresholds.confidential_below)


def bounds(hub: DataFrame, thresholds: Thresholds) -> tuple[Floats, Floats]:
    """Lower and upper bound of each share of which few persons are, or are not, counted, or nobody or everybody; NaN where there is none.

    The bound is the share with as many persons as may not be counted (9), of the rounded base, outward to a whole per cent (five where
    the base is below a hundred): it follows from what is shown, so it gives no count. Where weights make that untrue, or where it would
    say nothing, there is no bound: the row says "few".
    """
    n, event, share = to_step(numbers(hub, "n"), TENS), numbers(hub, "n_event"), numbers(hub, "estimate")
    is_share = (hub["statistic"] == "share").to_numpy(dtype=bool) & np.isfinite(share)
    most = (thresholds.confidential_below - 1) / np.where(n > 0, n, np.nan)
    step = np.where(n < SMALL_BASE, STEP, PERCENT)
    high = np.ceil(np.round(most / step, 9)) * step
    under = is_share & (few(event, thresholds) | (event == 0)) & (high < 1) & (share <= high)
    rest = numbers(hub, "n") - event
    over = is_share & (few(rest, thresholds) | (rest == 0)) & ~under & (high < 1) & (share >= 1 - high)
    return np.where(over, np.round(1 - high, 2), np.nan), np.where(under, np.round(high, 2), np.nan)


def numbers(hub: DataFrame, name: str) -> Floats:
    """A column of numbers."""
    return hub[name].to_numpy(dtype="float64", na_value=np.nan)
