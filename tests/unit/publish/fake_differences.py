"""Rows of declared differences, so that findings can be tested without a survey."""

from __future__ import annotations

import pandas as pd
from pandas import DataFrame
from unit.publish import fake_coverage
from unit.publish.fake_coverage import row

from informality.vocabulary import HUB_KEYS, HUB_VALUES

# Of the rate: dimension, level, difference, standard error.
OF_RATE = (
    ("sex", "female-male", 0.06, 0.008),
    ("area", "rural-urban", 0.2, 0.012),
    ("age_group", "15_24-25_34", 0.1, 0.013),
    ("age_group", "55_64-25_34", 0.12, 0.014),
    ("education", "basic-advanced", 0.6, 0.02),
    ("status", "own_account-employee", 0.5, 0.015),
    ("industry3", "agriculture-industry", 0.17, 0.012),
    ("industry3", "industry-services", 0.16, 0.018),
)


def difference(indicator: str, value: float, se: float, **keys: object) -> dict:
    """One difference of shares with its interval."""
    ends = {"ci_low": value - 1.96 * se, "ci_high": value + 1.96 * se}
    return row(indicator, "difference", 0.5, 4_000, measure="share", universe="employed") | {
        "estimate": value,
        "se": se,
        "cv": float("nan"),
        "ci_method": "t",
        **ends,
        **keys,
    }


def hub(changes: dict[str, tuple[float, float]] | None = None) -> DataFrame:
    """The hub of `fake_coverage` with the differences of the rate; ``changes``: other values and standard errors by level."""
    rows = []
    for dimension, level, value, se in OF_RATE:
        value, se = (changes or {}).get(level, (value, se))
        rows.append(difference("informal", value, se, variant="icls17", **{dimension: level}))
    return pd.concat([fake_coverage.hub(), DataFrame(rows)[[*HUB_KEYS, *HUB_VALUES]]], ignore_index=True)
