"""Hub rows of scenarios: the keys that they share, intervals, and what stands where nothing can be computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

import numpy as np
import pandas as pd

from informality import vocabulary as v
from informality.estimate import intervals
from informality.estimate.results import divide
from informality.estimate.scenarios.sums import Base, Numbers

# Statistics with the interval that they have in the hub.
METHOD = {"share": "logit", "total": "t"}
COLUMNS = [*v.HUB_KEYS, *v.HUB_VALUES]


def rows(base: Base, found: Numbers, keys: Mapping[str, str], statistic: str, measure: str) -> pd.DataFrame:
    """One row a domain: `HUB_KEYS` and `HUB_VALUES`."""
    size = base.size
    df, n = found.df.astype(np.float64), found.n.astype(np.float64)
    se = np.where((df > 0) & np.isfinite(found.estimate), found.se, np.nan)
    (low, high), drawn = intervals.interval(METHOD[statistic], found.estimate, se, df, n)
    method = np.where(drawn, METHOD[statistic], "none").astype(object)
    if statistic == "share":
        fixed = np.flatnonzero((se == 0) & ((found.estimate == 0) | (found.estimate == 1)))
        low[fixed], high[fixed] = intervals.none_or_all(found.estimate[fixed], df[fixed], n[fixed])
        method[fixed] = "beta"
    counted = {field.name: getattr(found, field.name) for field in fields(Numbers)}
    columns: dict[str, object] = {
        **_keys(keys, statistic, measure),
        **counted,
        "se": se,
        "ci_low": low,
        "ci_high": high,
        "ci_method": method,
        "cv": divide(se, np.abs(found.estimate)),
        "deff": np.full(size, np.nan),
        "state": np.where(np.isfinite(se), "estimated", "not_estimable"),
    }
    if base.dimension is not None:
        columns[base.dimension.name] = base.levels
    return pd.DataFrame(columns, index=range(size)).reindex(columns=COLUMNS)


def not_computable(keys: Mapping[str, str], statistic: str, measure: str) -> pd.DataFrame:
    """The one row of what cannot be computed."""
    row = {**_keys(keys, statistic, measure), "ci_method": "none", "state": "not_computable", "n": 0, "n_missing": 0}
    return pd.DataFrame([row]).reindex(columns=COLUMNS)


def _keys(keys: Mapping[str, str], statistic: str, measure: str) -> dict[str, str]:
    start = dict.fromkeys(v.HUB_KEYS, "") | dict.fromkeys(v.DIMENSIONS, v.TOTAL)
    return {**start, **keys, "statistic": statistic, "measure": measure}
