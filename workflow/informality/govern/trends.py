"""From differences between waves to what may be published: each wave shows what its own publication shows, and a difference goes with
its sides.

A wave's estimates come with their flags from the wave's own ``published.parquet``; nothing is decided anew of them. A difference of which
a side is not shown would give it back with the other side, and is confidential whatever its own error. Beyond that the rules of
reliability hold (R1 to R3, R5), on the counts of the weaker side, and a difference of an unreliable side is unreliable. It is rounded from
the exact difference, so it need not be that of the two rounded estimates.

Holm's adjustment is made over the comparisons that are shown of one indicator and breakdown; p cross of national rows only, of the others
the verdict.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandas import DataFrame

from informality.errors import UserError
from informality.govern import reliability
from informality.govern.comparisons import adjusted_within, named
from informality.govern.flags import (
    BY_DEFINITION,
    CONFIDENTIAL,
    DOMAIN,
    HIDDEN,
    NORMAL,
    NOT_AVAILABLE,
    NOT_COMPUTABLE,
    NOT_ESTIMABLE,
    UNRELIABLE,
)
from informality.govern.release import POINT, TENTH, rounded_differences
from informality.govern.rounding import to_step
from informality.settings import Thresholds
from informality.vocabulary import DIMENSIONS, HUB_KEYS, PUBLISHED_VALUES, TOTAL

# Keys that waves share, and what tells the lines of one trend apart besides their levels.
SHARED = tuple(key for key in HUB_KEYS if key not in ("survey", "wave", "statistic"))
LINE = ("variant", "concept", "universe", "indicator", "category")
ADDED = ("plus", "minus", "comparison", "why", "breaks", "p_holm", "flag", "flag_reason", "review")
PUBLISHED_TREND_COLUMNS = (*HUB_KEYS, *PUBLISHED_VALUES, *ADDED)
# Between a difference and that of two estimates which are rounded to whole points each.
SAME = POINT + TENTH


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
    """``differences`` (columns `vocabulary.TREND_COLUMNS`) as they are published: columns `PUBLISHED_TREND_COLUMNS`, same rows in the
    same order, hidden values null.

    ``waves``: what `waves_of` found. Persons are those that the side with fewer shows. UserError where a difference is not that of the two published estimates.
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
        absent = made & (side["flag_reason"] == NOT_COMPUTABLE).to_numpy()
        flag, reason = np.where(absent, NOT_AVAILABLE, flag), np.where(absent, NOT_COMPUTABLE, reason)
    shown = np.isin(flag, [NORMAL, UNRELIABLE])
    breakdowns = _breakdowns(found)
    p = found["p_value"].where(shown).to_numpy(dtype=np.float64)
    adjusted = adjusted_within(p, zip(_lines(found), breakdowns, strict=True))
    national = np.array([not by for by in breakdowns], dtype=np.bool_)
    weaker = (minus["n"] < plus["n"]).to_numpy()
    seen = flag != CONFIDENTIAL
    told = rounded_differences(found, shown).assign(
        n=np.where(seen, np.where(weaker, minus["n"], plus["n"]), np.nan),
        n_class=np.where(seen, np.where(weaker, minus["n_class"], plus["n_class"]), ""),
        p_value=np.where(national, to_step(p, TENTH), np.nan),
        p_holm=np.where(national, to_step(adjusted, TENTH), np.nan),
        **{name: found[name].where(shown & national) for name in ("df", "n_psu", "cv", "deff")},
        verdict=named(found["estimate"].to_numpy(dtype=np.float64), adjusted, thresholds.alpha),
        flag=flag,
        flag_reason=reason,
        review=flags["review"].where(shown, ""),
    )
    texts = ("flag", "flag_reason", "review", "verdict", "n_class")
    return told.reindex(columns=list(PUBLISHED_TREND_COLUMNS)).astype(dict.fromkeys(texts, "str"))


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
    there = waves[[*keys, "estimate", "n", "n_class", "flag", "flag_reason"]].astype(
        dict.fromkeys([*keys, "n_class", "flag", "flag_reason"], "str")
    )
    joined = wanted.merge(there, on=keys, how="left", validate="many_to_one")
    # What stands nowhere is not shown.
    joined["flag"] = joined["flag"].where(joined["flag"].notna(), CONFIDENTIAL)
    joined["n_class"] = joined["n_class"].fillna("")
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
