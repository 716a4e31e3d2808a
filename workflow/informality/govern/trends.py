"""From differences between waves to what may be published: each wave shows what its own publication shows, and a difference goes with
its sides.

A wave's estimates come with their flags from the wave's own ``published.parquet``; nothing is decided anew of them. A difference of which
a side is not shown would give it back with the other side, and is confidential whatever its own error. Beyond that the rules of
reliability hold (R1 to R3, R5), on the counts of the weaker side, and a difference of an unreliable side is unreliable.

Holm's adjustment (Holm 1979, Scandinavian Journal of Statistics 6, 65-70) is made over the comparisons that are shown of one indicator
and breakdown: who reads the table can make it again.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas import DataFrame

from informality.errors import UserError
from informality.govern import reliability
from informality.govern.flags import (
    BY_DEFINITION,
    CONFIDENTIAL,
    DOMAIN,
    HIDDEN,
    NORMAL,
    NOT_ESTIMABLE,
    UNRELIABLE,
)
from informality.govern.release import CONFIDENTIAL_VALUES, HIDDEN_VALUES, NEVER_SHOWN
from informality.settings import Thresholds
from informality.vocabulary import DIMENSIONS, HUB_KEYS, TOTAL, TREND_COLUMNS

# Keys that waves share, and what tells the lines of one trend apart besides their levels.
SHARED = tuple(key for key in HUB_KEYS if key not in ("survey", "wave", "statistic"))
LINE = ("variant", "concept", "universe", "indicator", "category")
ADDED = ("p_holm", "flag", "flag_reason", "review")
PUBLISHED_TREND_COLUMNS = (*TREND_COLUMNS, *ADDED)
# Rounding between a difference and that of two estimates which were computed apart.
SAME = 1e-9


def waves_of(differences: DataFrame, published: Sequence[DataFrame]) -> DataFrame:
    """The waves' own estimates of everything that is followed: rows of their ``published.parquet``, in the order of the waves."""
    lines = {(*line, by) for line, by in zip(_lines(differences), _breakdowns(differences), strict=True)}
    parts = []
    for wave in published:
        share = wave[wave["statistic"].astype("str") == "share"]
        share = share[(share[["branch", "law", "scenario", "assumption"]].astype("str") == "").all(axis=1)]
        followed = [(*line, by) in lines for line, by in zip(_lines(share), _breakdowns(share), strict=True)]
        parts.append(share[followed])
    return pd.concat(parts, ignore_index=True)


def release_trends(differences: DataFrame, waves: DataFrame, thresholds: Thresholds) -> DataFrame:
    """``differences`` (columns `vocabulary.TREND_COLUMNS`) with the columns `ADDED`, hidden values null; same rows in the same order.

    ``waves``: what `waves_of` found. UserError where a difference is not that of the two published estimates.
    """
    found = differences.reset_index(drop=True)
    plus, minus = (_side(found, waves, side) for side in ("plus", "minus"))
    made = (found["why"] == "").to_numpy()
    _check_same(found[made], plus[made], minus[made])
    flags = reliability.flags(found, thresholds)
    flag, reason = (flags[name].to_numpy(dtype=object) for name in ("flag", "flag_reason"))
    reason = np.where(made, reason, found["why"].to_numpy(dtype=object))
    for side in (plus, minus):
        doubtful = made & (flag == NORMAL) & (side["flag"] == UNRELIABLE).to_numpy()
        flag, reason = np.where(doubtful, UNRELIABLE, flag), np.where(doubtful, side["flag_reason"], reason)
    for side in (plus, minus):
        fixed = made & (side["flag_reason"] == BY_DEFINITION).to_numpy()
        flag, reason = np.where(fixed, HIDDEN, flag), np.where(fixed, NOT_ESTIMABLE, reason)
        unseen = made & ~side["flag"].isin([NORMAL, UNRELIABLE]).to_numpy()
        flag, reason = np.where(unseen, CONFIDENTIAL, flag), np.where(unseen, DOMAIN, reason)
    found = found.assign(
        flag=flag, flag_reason=reason, review=flags["review"].where(np.isin(flag, [NORMAL, UNRELIABLE]), "")
    )
    found = found.astype(dict.fromkeys(("flag", "flag_reason", "review"), "str"))
    for column in HIDDEN_VALUES:
        found[column] = found[column].mask(~found["flag"].isin([NORMAL, UNRELIABLE]))
    for column in CONFIDENTIAL_VALUES:
        found[column] = found[column].mask(found["flag"] == CONFIDENTIAL)
    for column in NEVER_SHOWN:
        found[column] = np.nan
    families: dict[tuple[object, ...], list[int]] = {}
    for at, family in enumerate(zip(_lines(found), _breakdowns(found), strict=True)):
        families.setdefault(family, []).append(at)
    found["p_holm"] = np.nan
    for rows in families.values():
        found.loc[rows, "p_holm"] = holm(found.loc[rows, "p_value"].to_numpy(dtype=np.float64))
    return found.loc[:, list(PUBLISHED_TREND_COLUMNS)]


def holm(p: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Adjusted p values of a family of tests, NaN where there is none: the k-th smallest of m times m - k + 1, at least those before it."""
    adjusted = np.full(len(p), np.nan)
    known = np.flatnonzero(np.isfinite(p))
    order = known[np.argsort(p[known], kind="stable")]
    steps = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted


def _lines(rows: DataFrame) -> list[tuple[str, ...]]:
    return list(rows[list(LINE)].astype("str").itertuples(index=False, name=None))


def _breakdowns(rows: DataFrame) -> list[tuple[str, ...]]:
    """Dimensions that are not at their total, of each row."""
    broken = rows[list(DIMENSIONS)].astype("str").to_numpy() != TOTAL
    names = np.array(DIMENSIONS, dtype=object)
    return [tuple(names[line]) for line in broken]


def _side(found: DataFrame, waves: DataFrame, side: str) -> DataFrame:
    """The published estimate of one side of every difference; NaN and an empty flag of nothing where there is none."""
    keys = ["wave", *SHARED]
    wanted = found.assign(wave=found[side])[keys].astype("str")
    there = waves[[*keys, "estimate", "flag", "flag_reason"]].astype(
        dict.fromkeys([*keys, "flag", "flag_reason"], "str")
    )
    joined = wanted.merge(there, on=keys, how="left", validate="many_to_one")
    # What stands nowhere is not shown.
    joined["flag"] = joined["flag"].where(joined["flag"].notna(), CONFIDENTIAL)
    return joined


def _check_same(found: DataFrame, plus: DataFrame, minus: DataFrame) -> None:
    gap = plus["estimate"].to_numpy(dtype=float) - minus["estimate"].to_numpy(dtype=float)
    off = np.abs(gap - found["estimate"].to_numpy(dtype=float)) > SAME
    if off.any():
        raise UserError(
            f"{int(off.sum())} differences between waves are not those of the published estimates",
            where="trends.parquet",
            todo="run the same command again: the estimates of a wave and the trends are not of one run",
        )
