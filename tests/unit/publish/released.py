"""Hubs and models of tests as they are published."""

from __future__ import annotations

import pandas as pd
from unit.publish.fake_coverage import LAW

from informality.govern import release as door
from informality.govern.hide import First
from informality.govern.release import Publication
from informality.settings import Thresholds
from informality.vocabulary import HUB_KEYS, HUB_VALUES, JOINED, OTHER

# Persons of the made-up survey weigh 98 each.
STEP = 2000.0
FIRST = First("icls17", LAW, "old_age", ("icls17", "icls17_strict", "icls17_dk_informal", "icls21"))
PUBLICATION = Publication(STEP, 50.0, 400.0, FIRST)


def release(hub: pd.DataFrame, limits: Thresholds) -> pd.DataFrame:
    """The hub as it is published."""
    return door.release(hub, limits, PUBLICATION)


def together(hub: pd.DataFrame, column: str, small: tuple[str, ...], **where: str) -> pd.DataFrame:
    """The hub as `estimate` writes it where levels of a dimension (or classes, of `category`) have too few persons: their rows are joined, and
    one row stands for them. ``where``: only in these rows.
    """
    here = hub[column].isin(small) & (hub["statistic"] != "difference")
    for name, value in where.items():
        here &= hub[name] == value
    others = [key for key in HUB_KEYS if key != column]
    sums = dict.fromkeys(("n", "n_event", "population", "n_missing"), "sum")
    rows = (
        hub[here]
        .groupby(others, sort=False, as_index=False)
        .agg({**dict.fromkeys(HUB_VALUES, "first"), **sums, "estimate": "mean" if column != "category" else "sum"})
    )
    if column == "category":
        rows["n"] = hub[here].groupby(others, sort=False)["n"].first().to_numpy()
    rows = rows.assign(**{column: OTHER})[[*HUB_KEYS, *HUB_VALUES]]
    return pd.concat([hub.assign(state=hub["state"].mask(here, JOINED)), rows], ignore_index=True)
