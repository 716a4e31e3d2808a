"""What one published row says: intervals for the persons of its base, for the weighted persons counted, and for the share.

The attacker reads the file as a statistician would: he knows the rounding step on the card, that persons are rounded to tens with ties
away from zero, that `decimals` says how many digits a share has, what each flag means, and nothing of how cells were chosen. Rows of
a release without the column `decimals` (the outputs before rounding) are read to the ten digits that were printed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from informality.vocabulary import DIMENSIONS, TOTAL

Key = tuple[tuple[str, str], ...]
# Rows of one series differ in statistic and domain only.
SERIES = ("concept", "universe", "variant", "indicator", "category", "branch", "law", "scenario", "assumption")
OTHER = "_O"
FEW = 9
# Ten digits were printed before anything was rounded.
PRINTED = 1e-9
CONFIDENTIAL = ":c"


@dataclass(frozen=True)
class Said:
    """What a row says: of its base, of the persons counted (their number, their weights), of the share; infinite where nothing.

    ``hidden``: why the base or the class is not shown; ``shown``: whether the row prints a number of persons in its base.
    """

    n: tuple[float, float]
    event: tuple[float, float]
    rest: tuple[float, float]
    weight: tuple[float, float]
    share: tuple[float, float] | None
    hidden: str
    shown: bool


def domains(frame: pd.DataFrame) -> list[Key]:
    """The levels of each row, the margins left out."""
    columns = [(name, frame[name].astype(str).to_numpy()) for name in DIMENSIONS if name in frame]
    keys: list[list[tuple[str, str]]] = [[] for _ in range(len(frame))]
    for name, values in columns:
        for at in np.flatnonzero(values != TOTAL):
            keys[at].append((name, values[at]))
    return [tuple(key) for key in keys]


def series(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    """The series of each row."""
    columns = [frame[name].fillna("").astype(str).to_numpy() for name in SERIES]
    return list(zip(*columns, strict=True))


def step_of(card: Mapping[str, Any]) -> float:
    """The rounding step of persons; 0 where the release knows none."""
    return float(card.get("publication", {}).get("step", 0) or 0)


def persons_between(n: float, label: str, rounded: bool) -> tuple[float, float]:
    """The numbers of persons that are printed like this; `<30` is of at least ten, since fewer are confidential."""
    if label:
        inside = re.fullmatch(r"(\d+)\s*[-–]\s*(\d+)", label)
        if inside:
            return float(inside[1]), float(inside[2])
        below = re.fullmatch(r"<\s*(\d+)", label)
        if below:
            return FEW + 1.0, float(below[1]) - 1
        above = re.fullmatch(r"(?:>=|≥)\s*(\d+)|(\d+)\s*(?:\+|and more)", label)
        if above:
            return float(above[1] or above[2]), np.inf
        raise ValueError(f"no class of persons: {label}")
    if np.isnan(n):
        return 0.0, np.inf
    if not rounded or n == 0:
        return n, n
    return n - 5, n + 4


def said(row: Mapping[str, Any], step: float) -> Said:
    """What ``row`` (a published row as a mapping) says."""
    rounded = "decimals" in row
    flag, reason = str(row["flag"]), str(row["flag_reason"])
    label = str(row.get("n_class", "") or "")
    n = persons_between(float(row["n"]), label, rounded)
    shown = bool(label) or not np.isnan(float(row["n"]))
    event, rest, weight, share = (0.0, np.inf), (0.0, np.inf), (0.0, np.inf), None
    estimate = float(row["estimate"])
    hidden = ""
    if flag == CONFIDENTIAL and reason in ("confidential", "joined") and not shown:
        hidden = reason
        # Before rounding whole domains were hidden, in series without anybody too.
        n = (1.0 if rounded else 0.0, n[1])
    if reason == "joined" and not shown:
        hidden = "joined"
    if row["statistic"] == "share":
        share = _share(row, estimate, rounded)
    if row["statistic"] in ("share", "total") and row["measure"] in ("share", "persons"):
        if np.isfinite(estimate) and reason != "few_differ":
            if estimate == 0:
                event, weight = (0.0, 0.0), (0.0, 0.0)
            elif row["statistic"] == "share" and estimate == 1:
                rest = (0.0, 0.0)
            else:
                event = (1.0, np.inf)
        if row["statistic"] == "total":
            weight = _total(row, estimate, step, weight) if reason != "few_differ" else weight
        # Before rounding totals were also hidden because of other rows.
        if reason == "few_counted" and (flag == "b" or (flag == CONFIDENTIAL and rounded)):
            event, rest = _few(row)
    return Said(n, event, rest, weight, None if reason == "few_differ" else share, hidden, shown)


def _share(row: Mapping[str, Any], estimate: float, rounded: bool) -> tuple[float, float] | None:
    if np.isfinite(estimate):
        if not rounded:
            return estimate * (1 - PRINTED), estimate * (1 + PRINTED)
        decimals = float(row["decimals"])
        if estimate in (0.0, 1.0):
            return estimate, estimate
        half = 0.5 * 10 ** -((decimals if np.isfinite(decimals) else 1) + 2)
        return max(estimate - half, 0.0), min(estimate + half, 1.0)
    low, high = float(row["bound_low"]), float(row["bound_high"])
    if np.isnan(low) and np.isnan(high):
        return None
    return 0.0 if np.isnan(low) else low, 1.0 if np.isnan(high) else high


def _total(row: Mapping[str, Any], estimate: float, step: float, weight: tuple[float, float]) -> tuple[float, float]:
    if np.isfinite(estimate) and estimate > 0:
        half = step / 2 if step else PRINTED * estimate
        return max(estimate - half, 0.0), estimate + half
    high = float(row["bound_high"])
    if np.isfinite(high) and high > 1:
        return 0.0, high
    return weight


def _few(row: Mapping[str, Any]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Few are counted, or few are not; where the row does not say which, one person at least is on either side."""
    anything = (1.0, np.inf)
    low, high = float(row["bound_low"]), float(row["bound_high"])
    if row["statistic"] == "share" and np.isfinite(high) and np.isnan(low):
        return (1.0, float(FEW)), anything
    if row["statistic"] == "share" and np.isfinite(low) and np.isnan(high):
        return anything, (1.0, float(FEW))
    return anything, anything
