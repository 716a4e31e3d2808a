"""Variables that the pipeline makes itself: age groups, sections and groups of industry, classes of earnings, earnings of a household.

Each takes its reason from what it is made of, so that nobody who was not asked looks like somebody who did not answer.
Sections and broad groups follow ILOSTAT, the ten groups the World Bank's Global Labor Database (`industrycat10`), the six
ILOSTAT's aggregates.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from informality import vocabulary as v
from informality.frames import WHY_DTYPE, levels
from informality.survey.description import Survey
from informality.survey.plausibility.limits import LIMITS

WHY = {reason: code for code, reason in enumerate(v.REASONS)}
AGE_BOUNDS = (15, 25, 35, 45, 55, 65)
# Sections of each group, in the order of its levels. Who has no section has no group either.
GROUPS = {
    "industry10": ("A", "B", "C", "DE", "F", "GI", "HJ", "KLMN", "O", "PQRSTU"),
    "industry6": ("A", "C", "F", "BDE", "GHIJKLMN", "OPQRSTU"),
}
CLASSES = {"earnings_quintile": 5, "earnings_decile": 10}
# Below any difference that a weight makes, above the rounding of sums of weights.
ROUNDING = 1e-9


def derive(columns: dict[str, object], survey: Survey) -> None:
    """Add every derived variable of the vocabulary, as value and reason, to the columns of the described ones.

    ``columns``: the frame that `harmonise` makes, with ``weight``, ``employed__<primary concept>`` and, where the survey has one, the
    code ``household``. Recodes of the description are left as they are.
    """
    _age_group(columns)
    for target, origin in v.DERIVABLE.items():
        if target not in survey.variables:
            _from_origin(columns, target, origin)
    for target, sections in GROUPS.items():
        _industry_group(columns, target, sections)
    employed = np.asarray(columns[f"employed__{survey.family.primary_concept}"], dtype=bool)
    for target, classes in CLASSES.items():
        _earnings_class(columns, target, classes, employed)
    _household_earnings(columns, employed, "earnings_month" in survey.variables)


def _age_group(columns: dict[str, object]) -> None:
    code = np.digitize(np.nan_to_num(np.asarray(columns["age"], dtype=float), nan=-1.0), AGE_BOUNDS) - 1
    why = _why_codes(columns, "age")
    why[(why == WHY["answered"]) & (code < 0)] = WHY["not_applicable"]
    _put(columns, "age_group", code, why)


def _from_origin(columns: dict[str, object], target: str, origin: str) -> None:
    """Sections and occupations from divisions and groups, broad groups from sections."""
    code = _derived_codes(target, columns[origin])
    why = _why_codes(columns, origin)
    why[(why == WHY["answered"]) & (code < 0)] = WHY["not_stated"]
    if target == "industry":
        # Sections are those of ISIC Rev.4; the divisions of Rev.3 carry other meanings.
        other = np.asarray(pd.Categorical(columns["isic_revision"]) != "rev4") & (why == WHY["answered"])
        code[other], why[other] = -1, WHY["not_asked"]
    _put(columns, target, code, why)


def _derived_codes(target: str, origin: object) -> np.ndarray:
    if target == "industry":
        division = np.nan_to_num(np.asarray(origin, dtype=float), nan=-1.0)
        code = np.full(len(division), -1, dtype=np.int16)
        for i, (first, last) in enumerate(v.SECTION_DIVISIONS.values()):
            code[(division >= first) & (division <= last)] = i
        return code
    if target == "industry3":
        section = np.asarray(pd.Categorical(origin).codes)
        return np.where(section < 0, -1, np.digitize(section, [1, 6])).astype(np.int16)
    major = np.floor(np.nan_to_num(np.asarray(origin, dtype=float), nan=-10.0) / 10)
    return np.where((major >= 1) & (major <= 9), major - 1, np.where(major == 0, 9, -1)).astype(np.int16)


def _industry_group(columns: dict[str, object], target: str, groups: tuple[str, ...]) -> None:
    """A group of sections; NULL with the section's reason, as where only a national grouping was asked."""
    group_of = {section: i for i, sections in enumerate(groups) for section in sections}
    table = np.array([*(group_of[section] for section in v.SECTIONS), -1], dtype=np.int16)
    _put(columns, target, table[pd.Categorical(columns["industry"]).codes], _why_codes(columns, "industry"))


def _earnings_class(columns: dict[str, object], target: str, classes: int, employed: np.ndarray) -> None:
    """Weighted classes among the employed whose reported cash earnings are above zero, the lowest first.

    The class of an amount x is the first j whose quantile (least amount with a share of at least j / classes of the weights at or
    below it) is not below x, so equal amounts share a class and no order of persons matters. Who earns nothing or has a loss, and
    who is employed under another concept only, is not applicable; else the reason is that of the earnings.
    """
    earnings = np.asarray(columns["earnings_month"], dtype=float)
    weight = np.asarray(columns["weight"], dtype=float)
    why = _why_codes(columns, "earnings_month")
    answered = why == WHY["answered"]
    ranked = answered & employed & (earnings > 0)
    code = np.full(len(earnings), -1, dtype=np.int16)
    amounts, place = np.unique(earnings[ranked], return_inverse=True)
    held = np.bincount(place, weights=weight[ranked], minlength=len(amounts))
    total = held.sum()
    if heaped(earnings[ranked], weight[ranked]):
        # A fifth cannot be told from the next where a third earn the same: as if amounts had not been asked.
        why[ranked] = WHY["not_asked"]
    elif total > 0:
        below = np.cumsum(held) - held
        code[ranked] = np.minimum(np.floor(classes * below / total + ROUNDING), classes - 1)[place]
    why[answered & ~(ranked & (why == WHY["not_asked"])) & (code < 0)] = WHY["not_applicable"]
    _put(columns, target, code, why)


def heaped(amounts: np.ndarray, weight: np.ndarray) -> bool:
    """Whether too many earn one and the same amount; a few persons make no heap."""
    share, persons = largest_heap(amounts, weight)
    return share > LIMITS.heap_share and persons >= LIMITS.fewest_asked


def largest_heap(amounts: np.ndarray, weight: np.ndarray) -> tuple[float, int]:
    """The share of the weights at the commonest amount, and how many persons have it."""
    _, place, counts = np.unique(amounts, return_inverse=True, return_counts=True)
    held = np.bincount(place, weights=weight) if len(amounts) else np.zeros(1)
    if held.sum() <= 0:
        return 0.0, 0
    return float(held.max() / held.sum()), int(counts[held.argmax()])


def _household_earnings(columns: dict[str, object], employed: np.ndarray, described: bool) -> None:
    """Cash earnings of the employed members of a household over all its members in the file, for each of them.

    Family workers add what they report and may report nothing; where another employed member has no known earnings, the sum is not
    stated for the whole household. Not asked where the survey has no key of households or no earnings.
    """
    n = len(employed)
    if "household" not in columns or not described:
        columns["household_earnings"] = np.full(n, np.nan)
        columns[v.why("household_earnings")] = pd.Categorical.from_codes(
            np.full(n, WHY["not_asked"], dtype=np.int8), dtype=WHY_DTYPE
        )
        return
    household = np.asarray(columns["household"])
    earnings = np.asarray(columns["earnings_month"], dtype=float)
    known = ~np.isnan(earnings)
    unpaid = np.asarray(pd.Categorical(columns["status"]) == "family_worker")
    members = np.bincount(household)
    total = np.bincount(household, weights=np.where(employed & known, earnings, 0.0))
    unknown = np.bincount(household, weights=employed & ~known & ~unpaid) > 0
    each = np.where(unknown, np.nan, total / np.maximum(members, 1))[household]
    columns["household_earnings"] = each
    why = np.where(np.isnan(each), WHY["not_stated"], WHY["answered"]).astype(np.int8)
    columns[v.why("household_earnings")] = pd.Categorical.from_codes(why, dtype=WHY_DTYPE)


def _put(columns: dict[str, object], name: str, code: np.ndarray, why: np.ndarray) -> None:
    columns[name] = levels(code, v.VARIABLES[name].levels or ())
    columns[v.why(name)] = pd.Categorical.from_codes(why, dtype=WHY_DTYPE)


def _why_codes(columns: Mapping[str, object], name: str) -> np.ndarray:
    return np.asarray(pd.Categorical(columns[v.why(name)]).codes).copy()
