"""Second variants, laws, readings and branches that differ from the first by 1 to 9 persons are printed equal to it (decision 28).

Else two published shares of the same persons, subtracted, would give the class, and the weight, of the few who differ.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from pandas import DataFrame

from informality.govern.hide import First, numbers
from informality.settings import Thresholds
from informality.vocabulary import ALL_SCENARIOS, HUB_KEYS

# Keys in which rows of the same persons differ.
ALTERNATIVES = ("variant", "law", "branch", "assumption", "scenario")
# What is taken over of the first row.
COPIED = (
    "estimate",
    "se",
    "ci_low",
    "ci_high",
    "cv",
    "df",
    "deff",
    "n",
    "n_event",
    "n_psu",
    "n_psu_event",
    "population",
)
# Shares of those covered before and after a scenario: the same persons, most of them in the same class.
STAGES = "scenario_coverage"


def settled(hub: DataFrame, thresholds: Thresholds, first: First) -> tuple[DataFrame, npt.NDArray[np.bool_]]:
    """The hub with such rows equal to the first, and which they are.

    Compared are shares and totals of persons that are alike in all other keys and rest on the same persons, or on all but a few (those
    above another law's pensionable age); each with those before it,
    in the order: the survey's first variant, law in force, main branch, wide reading, then by name. A row is printed equal to the first
    one from which its persons counted, or not counted, or in all, differ by fewer than ten.
    """
    rows = np.flatnonzero(_counts(hub))
    taken_from = np.arange(len(hub))
    if len(rows):
        event, rest = numbers(hub, "n_event"), numbers(hub, "n") - numbers(hub, "n_event")
        base = numbers(hub, "n") + numbers(hub, "n_missing")
        least = thresholds.confidential_below
        for group in _groups(hub, rows, first):
            shown: list[int] = []
            for at in group:
                for other in shown:
                    counted, not_counted = abs(event[at] - event[other]), abs(rest[at] - rest[other])
                    few = max(counted, not_counted, abs(base[at] - base[other]))
                    if 0 < few < least:
                        taken_from[at] = other
                        break
                else:
                    shown.append(at)
    equal = taken_from != np.arange(len(hub))
    found = hub.copy()
    for name in COPIED:
        found[name] = hub[name].to_numpy()[taken_from]
    return found, equal


def _counts(hub: DataFrame) -> npt.NDArray[np.bool_]:
    """Rows that count persons. Scenarios give expected values: of them only cover before and after."""
    share = (hub["statistic"] == "share").to_numpy(dtype=bool)
    total = ((hub["statistic"] == "total") & (hub["measure"] == "persons")).to_numpy(dtype=bool)
    expected = ((hub["scenario"] != "") & (hub["indicator"] != STAGES)).to_numpy(dtype=bool)
    return (share | total) & ~expected & np.isfinite(numbers(hub, "n_event")) & (numbers(hub, "n") > 0)


def _groups(hub: DataFrame, rows: npt.NDArray[np.intp], first: First) -> list[list[int]]:
    """Positions of the rows that are alternatives of each other, in the order in which they are shown."""
    some = hub.iloc[rows]
    stage = (some["indicator"] == STAGES).to_numpy(dtype=bool)
    codes = np.zeros(len(rows), dtype=np.int64)
    for name in (key for key in HUB_KEYS if key not in ALTERNATIVES):
        column = some[name].to_numpy(dtype=object)
        if name == "category":
            column = np.where(stage, STAGES, column)
        codes = _coded(codes, column)
    # Before any scenario all rest on the same persons, so what comes after is compared with that.
    before = ((some["category"] == "before") & (some["scenario"] == ALL_SCENARIOS)).to_numpy(dtype=bool)
    variants = {name: at for at, name in enumerate([first.variant, *first.variants])}
    ranks = [
        ~(stage & before),
        [variants.get(name, len(variants)) for name in some["variant"]],
        (some["law"] != first.law).to_numpy(),
        (some["branch"] != first.branch).to_numpy(),
        [("", "wide", "narrow").index(name) if name in ("", "wide", "narrow") else 3 for name in some["assumption"]],
    ]
    names = [
        _coded(np.zeros(len(rows), dtype=np.int64), some[name].to_numpy(dtype=object))
        for name in ("category", *ALTERNATIVES)
    ]
    order = np.lexsort([*names[::-1], *(np.asarray(rank) for rank in ranks[::-1]), codes])
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1) != 0)
    return [part.tolist() for part in np.split(rows[order], starts[1:]) if len(part) > 1]


def _coded(codes: npt.NDArray[np.int64], column: npt.NDArray[np.object_]) -> npt.NDArray[np.int64]:
    """Codes of the pairs of a code and a text, as small as there are pairs."""
    levels, own = np.unique(column.astype(str), return_inverse=True)
    if len(levels) == 1:
        return codes
    return np.unique(codes * len(levels) + own, return_inverse=True)[1].astype(np.int64)
