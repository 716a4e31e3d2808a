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
CONFIDENTIAL, BOUNDED = ":c", "b"
UNKNOWN_LEVELS = ("_U", "not_classifiable")
ANY = (0.0, np.inf)
# Of fewer persons, and of these dimensions, a bound may also stand for nobody or everybody.
SURE, SENSITIVE = 100, ("disability", "migrant", "ethnicity")


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


def few_of(card: Mapping[str, Any]) -> int:
    """How many persons are few at most: the notes of a release say it where it is not nine."""
    return int(card.get("confidential_below", FEW + 1)) - 1


def step_of(card: Mapping[str, Any]) -> float:
    """The rounding step of persons; 0 where the release knows none."""
    return float(card.get("publication", {}).get("step", 0) or 0)


def persons_between(n: float, label: str, rounded: bool, unknown: bool = False) -> tuple[float, float]:
    """The numbers of persons that are printed like this; `<30` is of at least ten, since fewer are confidential.

    ``unknown``: a row about persons of whom a level is not known, which is never confidential.
    """
    if label:
        inside = re.fullmatch(r"(\d+)\s*[-–]\s*(\d+)", label)
        if inside:
            return float(inside[1]), float(inside[2])
        below = re.fullmatch(r"<\s*(\d+)", label)
        if below:
            return 1.0 if unknown else FEW + 1.0, float(below[1]) - 1
        raise ValueError(f"no class of persons: {label}")
    if np.isnan(n):
        return 0.0, np.inf
    if not rounded or n == 0:
        return n, n
    return n - 5, n + 4


def said(row: Mapping[str, Any], key: Key, step: float, most: int = FEW) -> Said:
    """What ``row`` (a published row of the domain ``key`` as a mapping) says; fewer than ten, up to ``most``, are few."""
    rounded = "decimals" in row
    flag, reason, statistic = str(row["flag"]), str(row["flag_reason"]), str(row["statistic"])
    label = str(row.get("n_class", "") or "")
    unknown = any(level in UNKNOWN_LEVELS for _, level in key)
    n = persons_between(float(row["n"]), label, rounded, unknown)
    shown = bool(label) or not np.isnan(float(row["n"]))
    hidden = reason if flag == CONFIDENTIAL and reason in ("confidential", "joined") and not shown else ""
    if hidden:
        # Before rounding whole domains were hidden, in series without anybody too.
        n = (1.0 if rounded else 0.0, n[1])
    if statistic not in ("share", "total") or row["measure"] not in ("share", "persons"):
        return Said(n, ANY, ANY, ANY, None, hidden, shown)
    if reason == "few_differ":
        # All numbers of the row are those of another one.
        return Said(ANY, ANY, ANY, ANY, None, hidden, shown)
    event, rest, weight = ANY, ANY, ANY
    estimate = float(row["estimate"])
    if estimate == 0:
        event, weight = (0.0, 0.0), (0.0, 0.0)
    elif statistic == "share" and estimate == 1:
        rest = (0.0, 0.0)
    elif np.isfinite(estimate):
        event = (1.0, np.inf)
    # Before rounding totals were also hidden because of other rows.
    if reason == "few_counted" and (flag == BOUNDED or (flag == CONFIDENTIAL and rounded)):
        event, rest = _few(row, unknown, most)
    if statistic == "total":
        return Said(n, event, rest, _total(row, estimate, step, weight), None, hidden, shown)
    return Said(n, event, rest, weight, _share(row, estimate, rounded), hidden, shown)


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
        if not step:
            return estimate * (1 - PRINTED), estimate * (1 + PRINTED)
        # Less than one step is shown as such.
        return max(estimate - step / 2, step), estimate + step / 2
    high = float(row["bound_high"])
    if np.isfinite(high):
        return 0.0, high
    return weight


def _few(row: Mapping[str, Any], unknown: bool, most: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """Few are counted, or few are not; of ten or more in the base (less only where a level is not known) some are on either side."""
    low, high = float(row["bound_low"]), float(row["bound_high"])
    # In a small or sensitive group it may be nobody, or everybody.
    sure = not unknown and float(row["n"]) >= SURE and all(row.get(name, TOTAL) == TOTAL for name in SENSITIVE)
    least = 1.0 if sure else 0.0
    anything = (least, np.inf)
    if row["statistic"] == "share" and np.isfinite(high) and np.isnan(low):
        return (least, float(most)), anything
    if row["statistic"] == "share" and np.isfinite(low) and np.isnan(high):
        return anything, (least, float(most))
    return anything, anything
