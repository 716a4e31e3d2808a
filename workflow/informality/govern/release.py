"""From the estimates hub to what may be published: the only door in the wall for estimates."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from pandas import DataFrame, Series

from informality.errors import UserError, nearest
from informality.govern import disclosure, reliability
from informality.govern.flags import (
    BOUNDED,
    BY_DEFINITION,
    CONFIDENTIAL,
    DOMAIN,
    FEW_CONTRIBUTORS,
    FEW_COUNTED,
    HIDDEN,
    NORMAL,
    NOT_AVAILABLE,
    UNRELIABLE,
)  # fmt: skip
from informality.govern.protection import Protection, protect
from informality.settings import Thresholds
from informality.vocabulary import DIMENSIONS, HUB_KEYS, HUB_VALUES

# What must not be seen of an estimate that is hidden or bounded. `n` stays: it is the reason; so do the counts of missing answers.
HIDDEN_VALUES = (
    "estimate",
    "se",
    "ci_low",
    "ci_high",
    "cv",
    "df",
    "df1",
    "p_value",
    "deff",
    "n_event",
    "n_psu_event",
    "population",
)
# And of a domain that is confidential.
CONFIDENTIAL_VALUES = (*HIDDEN_VALUES, "n", "n_psu", "n_missing", "w_missing")
# What the largest contributors have is for the rules of disclosure only.
NEVER_SHOWN = ("top1_share", "top2_share")
# What differences compare: an indicator has one of them.
COMPARED = ("share", "mean", "ratio")
ADDED = ("flag", "flag_reason", "ilo_flag", "bound_low", "bound_high", "review")
PUBLISHED_COLUMNS = (*HUB_KEYS, *HUB_VALUES, *ADDED)


def release(hub: DataFrame, thresholds: Thresholds, protection: Protection | None = None) -> DataFrame:
    """The hub with the columns `ADDED`, hidden values null; same rows in the same order.

    ``hub`` has the columns `vocabulary.HUB_KEYS` and `HUB_VALUES`, keys unique. Flags are explained in `govern.flags`; ``ilo_flag``
    is that of ILO's own export, ``bound_low`` and ``bound_high`` are shares, ``review`` words for a person to look at.
    ``protection``: what `protection.protect` found for this hub, if it is known. UserError: a column is missing, keys repeat.
    """
    _check(hub)
    published = hub.loc[:, [*HUB_KEYS, *HUB_VALUES]].reset_index(drop=True)
    protected = protect(published, thresholds) if protection is None else protection
    flags = _flags(published, thresholds, protected)
    published = published.join(flags)
    for column in HIDDEN_VALUES:
        published[column] = published[column].mask(~flags["flag"].isin([NORMAL, UNRELIABLE]))
    for column in CONFIDENTIAL_VALUES:
        published[column] = published[column].mask(protected.rows)
    for column in NEVER_SHOWN:
        published[column] = np.nan
    compared = _compares_hidden(published)
    published.loc[compared, ["flag", "flag_reason"]] = [CONFIDENTIAL, DOMAIN]
    for column in CONFIDENTIAL_VALUES:
        published[column] = published[column].mask(compared)
    fixed = published["flag_reason"] == BY_DEFINITION
    for column in ("ci_low", "ci_high"):
        published[column] = published[column].mask(fixed)
    return published


def _flags(hub: DataFrame, thresholds: Thresholds, protected: Protection) -> DataFrame:
    """The columns `ADDED`: disclosure first, then reliability."""
    found = reliability.flags(hub, thresholds)
    low, high = disclosure.bounds(hub, thresholds)
    few = disclosure.few_counted(hub, thresholds)
    bounded = few & (np.isfinite(low) | np.isfinite(high))
    asked = (found["flag"] != NOT_AVAILABLE).to_numpy()
    rules = [
        (protected.rows, CONFIDENTIAL, DOMAIN),
        (protected.counted, CONFIDENTIAL, FEW_COUNTED),
        (disclosure.dominated(hub, thresholds), CONFIDENTIAL, FEW_CONTRIBUTORS),
        (disclosure.near_the_end(hub, thresholds), CONFIDENTIAL, FEW_CONTRIBUTORS),
        (few & (hub["statistic"] == "total").to_numpy(), CONFIDENTIAL, FEW_COUNTED),
        ((found["flag"] == HIDDEN).to_numpy(), found["flag"].to_numpy(), found["flag_reason"].to_numpy()),
        (bounded, BOUNDED, FEW_COUNTED),
        (few, CONFIDENTIAL, FEW_COUNTED),
    ]
    conditions = [asked & condition for condition, _, _ in rules]
    flag = np.select(conditions, [f for _, f, _ in rules], default=found["flag"]).astype(str)
    reason = np.select(conditions, [r for _, _, r in rules], default=found["flag_reason"]).astype(str)
    confidential, is_bounded = flag == CONFIDENTIAL, flag == BOUNDED
    shown = np.isin(flag, [NORMAL, UNRELIABLE])
    # A bounded share of few persons is the less to be trusted.
    doubt = np.where(is_bounded & (found["flag"] == UNRELIABLE), found["flag_reason"], "")
    words = [
        np.where(shown | is_bounded, found["review"], ""),
        doubt,
        np.where(shown, disclosure.group_disclosure(hub, reason), ""),
    ]
    review = [" ".join(dict.fromkeys(" ".join(filter(None, some)).split())) for some in zip(*words, strict=True)]
    columns = {
        "flag": flag, "flag_reason": reason, "ilo_flag": reliability.ilo_flags(hub, thresholds, confidential),
        "bound_low": np.where(is_bounded, low, np.nan), "bound_high": np.where(is_bounded, high, np.nan), "review": review,
    }  # fmt: skip
    texts = [name for name in ADDED if name not in ("bound_low", "bound_high")]
    return DataFrame(columns, index=hub.index).astype(dict.fromkeys(texts, "str"))


def _compares_hidden(published: DataFrame) -> Series:
    """Differences of which a side is not shown, or stands nowhere: with the other side they would give it back."""
    others = [key for key in HUB_KEYS if key != "statistic"]
    texts = published[[*others, "statistic", "flag"]].astype("str")
    sides = texts[texts["statistic"].isin(COMPARED)]
    shown = set(sides.loc[sides["flag"].isin([NORMAL, UNRELIABLE]), others].itertuples(index=False, name=None))
    levels = {name: set(sides[name]) for name in DIMENSIONS}
    hidden = Series(False, index=published.index)
    for row, keys in texts.loc[texts["statistic"] == "difference", others].iterrows():
        hidden[row] = not all(tuple(side) in shown for side in _sides(keys, levels))
    return hidden


def _sides(keys: Series, levels: Mapping[str, set[str]]) -> list[Series]:
    """The keys of the two cells that a difference compares; those of the difference itself, which no share has, where none is found."""
    for name in DIMENSIONS:
        level = keys[name]
        for place in (i for i, letter in enumerate(level) if letter == "-" and level not in levels[name]):
            plus, minus = level[:place], level[place + 1 :]
            if plus in levels[name] and minus in levels[name]:
                return [keys.where(keys.index != name, side) for side in (plus, minus)]
    return [keys]


def _check(hub: DataFrame) -> None:
    absent = [name for name in (*HUB_KEYS, *HUB_VALUES) if name not in hub.columns]
    if absent:
        raise UserError(
            f"the hub lacks the column '{absent[0]}'",
            where="estimates.parquet",
            todo=f"run the estimates again; {nearest(absent[0], map(str, hub.columns))}",
        )
    twice = int(hub.duplicated(subset=list(HUB_KEYS)).sum())
    if twice:
        raise UserError(
            f"{twice} rows of the hub repeat the keys of another row",
            where="estimates.parquet",
            todo="look in estimates.yaml for two entries that ask for the same estimate",
        )
