"""Disclosure: what a row of the hub would tell of a few persons (rules D1, D2, D3 and D5).

- D1: a base of 1 to 9 persons (``confidential_below``). A numerator or complement of 1 to 9 is no secret where the attribute is not
  sensitive, but no number either: the share gets a bound, its total is hidden (decision 28). For sensitive indicators and dimensions
  and for domains below the province it is treated like a base.
- D2: fewer than three primary sampling units.
- D3, magnitudes: the two largest contributions are more than 90 per cent, or all others less than a tenth of the largest. A quantile
  is the value of one person, so 10 persons must lie on either side of it.
- D5: nobody or everybody of a group: for review.

Nobody can be recognised by an answer that is missing, so levels like "not stated" (``unknown_levels``) are exempt from D1 and D2: to hide
them would hide the smallest real groups beside them, for nothing. Their estimates are unreliable anyway.

Thresholds: ONS and SDAP use 10 contributors, n = 2 and k = 0.9 for dominance as acro does; `workflow/config.yaml` sets them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas import DataFrame

from informality.govern.flags import BY_DEFINITION, GROUP_DISCLOSURE
from informality.settings import Thresholds
from informality.vocabulary import DIMENSIONS, TOTAL

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
# Bounds that must give way to weights move in steps so wide that the step tells nothing of the share.
STEP = 0.05


def few(count: Floats, thresholds: Thresholds) -> Bools:
    """1 to 9 persons."""
    return (count >= 1) & (count < thresholds.confidential_below)


def few_units(hub: DataFrame, thresholds: Thresholds) -> Bools:
    """Rows with persons of fewer primary sampling units than rule D2 asks for."""
    units = _numbers(hub, "n_psu")
    return (_numbers(hub, "n") > 0) & (units >= 1) & (units < thresholds.least_psus)


def dominated(hub: DataFrame, thresholds: Thresholds) -> Bools:
    """Magnitudes of which one or two persons make nearly all (rule D3); rows without contributions are none."""
    top1, top2 = _numbers(hub, "top1_share"), _numbers(hub, "top2_share")
    return (top2 > thresholds.top2_share) | (1 - top2 < thresholds.rest_to_top * top1)


def sensitive(hub: DataFrame, thresholds: Thresholds) -> Bools:
    """Rows of sensitive indicators, or broken down by a sensitive dimension or one below the province."""
    found = hub["indicator"].astype("str").isin(thresholds.sensitive_indicators).to_numpy(dtype=bool).copy()
    for name in {*thresholds.sensitive_dimensions, *thresholds.below_province} & set(DIMENSIONS):
        found |= (hub[name].astype("str") != TOTAL).to_numpy()
    return found


def few_counted(hub: DataFrame, thresholds: Thresholds) -> Bools:
    """Shares and totals of which 1 to 9 persons of the base are counted, or are not."""
    n, event = _numbers(hub, "n"), _numbers(hub, "n_event")
    counts = hub["statistic"].astype("str").isin(["share", "total"]).to_numpy(dtype=bool)
    return counts & (few(event, thresholds) | few(n - event, thresholds))


def near_the_end(hub: DataFrame, thresholds: Thresholds) -> Bools:
    """Quantiles with fewer persons on one side than are shown: the p90 of 40 persons is the value of the fourth from above."""
    quantile = (hub["statistic"].astype("str") == "quantile").to_numpy()
    names = hub["category"].astype("str").str.extract(r"^p([0-9.]+)$", expand=False)
    p = pd.to_numeric(names, errors="coerce").to_numpy(dtype="float64") / 100
    beyond = np.round(_numbers(hub, "n") * np.fmin(p, 1 - p), 9)
    # Of a name that says no p nothing is known.
    return quantile & ~(beyond >= thresholds.confidential_below)


def bounds(hub: DataFrame, thresholds: Thresholds) -> tuple[Floats, Floats]:
    """Lower and upper bound of each share of which few persons are, or are not, counted; NaN where there is none.

    The bound is the share with as many persons as may not be counted (9), rounded outward to a whole per cent: it follows from n
    alone, so bound × n gives no count. Where weights make that untrue it moves outward in steps of five points. A bound of 0 or 100
    per cent says nothing and is none.
    """
    n, event, share = _numbers(hub, "n"), _numbers(hub, "n_event"), _numbers(hub, "estimate")
    is_share = (hub["statistic"].astype("str") == "share").to_numpy()
    most = (thresholds.confidential_below - 1) / np.where(n > 0, n, np.nan)
    high = np.ceil(np.round(100 * most, 9)) / 100
    high = np.where(share > high, np.ceil(np.round(share / STEP, 9)) * STEP, high)
    low = np.floor(np.round(100 * (1 - most), 9)) / 100
    low = np.where(share < low, np.floor(np.round(share / STEP, 9)) * STEP, low)
    known = is_share & np.isfinite(share)
    high = np.where(known & few(event, thresholds) & (high < 1), np.round(high, 2), np.nan)
    low = np.where(known & few(n - event, thresholds) & (low > 0), np.round(low, 2), np.nan)
    return low, high


def group_disclosure(hub: DataFrame, reasons: npt.NDArray[np.object_]) -> list[str]:
    """The word of rule D5 for shares of a group of which nobody or everybody is counted, unless a standard says so."""
    n, event = _numbers(hub, "n"), _numbers(hub, "n_event")
    broken_down = (hub[list(DIMENSIONS)].astype("str") != TOTAL).any(axis=1).to_numpy()
    share = (hub["statistic"].astype("str") == "share").to_numpy()
    whole = broken_down & share & (n > 0) & ((event == 0) | (event == n)) & (reasons != BY_DEFINITION)
    return [GROUP_DISCLOSURE if one else "" for one in whole]


def _numbers(hub: DataFrame, name: str) -> Floats:
    return hub[name].to_numpy(dtype="float64", na_value=np.nan)
