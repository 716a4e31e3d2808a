"""From the estimates hub to what may be published: the only door in the wall for estimates."""

from __future__ import annotations

from pandas import DataFrame

from informality.errors import UserError, nearest
from informality.govern.reliability import BY_DEFINITION, HIDDEN, NOT_AVAILABLE, flags
from informality.settings import Thresholds
from informality.vocabulary import HUB_KEYS, HUB_VALUES

# What must not be seen of a hidden estimate. `n` stays: it is the reason; so do the counts of missing answers.
HIDDEN_VALUES = (
    "estimate",
    "se",
    "ci_low",
    "ci_high",
    "cv",
    "df",
    "deff",
    "n_event",
    "n_psu_event",
    "top1_share",
    "top2_share",
    "population",
)
PUBLISHED_COLUMNS = (*HUB_KEYS, *HUB_VALUES, "flag", "flag_reason")


def release(hub: DataFrame, thresholds: Thresholds) -> DataFrame:
    """The hub with ``flag`` and ``flag_reason``, hidden values null; same rows in the same order.

    ``hub`` has the columns `vocabulary.HUB_KEYS` and `HUB_VALUES`, keys unique. Flags and their reasons are those of
    `govern.reliability`. Values of rows flagged ``x`` or ``:`` become null, intervals also where a value holds by definition.
    """
    _check(hub)
    published = hub.loc[:, [*HUB_KEYS, *HUB_VALUES]].reset_index(drop=True)
    published = published.join(flags(published, thresholds))
    hidden = published["flag"].isin([HIDDEN, NOT_AVAILABLE])
    for column in HIDDEN_VALUES:
        published[column] = published[column].mask(hidden)
    fixed = published["flag_reason"] == BY_DEFINITION
    for column in ("ci_low", "ci_high"):
        published[column] = published[column].mask(fixed)
    return published


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
