"""Hub rows of scenarios: the keys that they share, intervals, and what stands where nothing can be computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from informality import vocabulary as v
from informality.estimate import intervals
from informality.estimate.results import divide
from informality.estimate.scenarios.sums import Base, Numbers

# Statistics with the interval that they have in the hub.
METHOD = {"share": "logit", "total": "t"}
COLUMNS = [*v.HUB_KEYS, *v.HUB_VALUES]


@dataclass(frozen=True, eq=False)
class Block:
    """Some rows of the hub: ``same`` in all of them, ``own`` with one value a row; what neither names is not there."""

    size: int
    same: Mapping[str, Any]
    own: Mapping[str, Any]


def rows(base: Base, found: Numbers, keys: Mapping[str, str], statistic: str, measure: str) -> Block:
    """One row a domain."""
    df, n = found.df.astype(np.float64), found.n.astype(np.float64)
    se = np.where((df > 0) & np.isfinite(found.estimate), found.se, np.nan)
    (low, high), drawn = intervals.interval(METHOD[statistic], found.estimate, se, df, n)
    method = np.where(drawn, METHOD[statistic], "none").astype(object)
    if statistic == "share":
        fixed = np.flatnonzero((se == 0) & ((found.estimate == 0) | (found.estimate == 1)))
        low[fixed], high[fixed] = intervals.none_or_all(found.estimate[fixed], df[fixed], n[fixed])
        method[fixed] = "beta"
    values = {field.name: getattr(found, field.name) for field in fields(Numbers)} | {
        "se": se,
        "ci_low": low,
        "ci_high": high,
        "ci_method": method,
        "cv": divide(se, np.abs(found.estimate)),
        "state": np.where(np.isfinite(se), "estimated", "not_estimable").astype(object),
    }
    if base.dimension is not None:
        values[base.dimension.name] = base.levels
    return Block(base.size, _keys(keys, statistic, measure), values)


def not_computable(keys: Mapping[str, str], statistic: str, measure: str) -> Block:
    """The one row of what cannot be computed."""
    same = {**_keys(keys, statistic, measure), "ci_method": "none", "state": "not_computable", "n": 0, "n_missing": 0}
    return Block(1, same, {})


def table(blocks: Sequence[Block]) -> pd.DataFrame:
    """The rows of all blocks, sorted by their keys: columns `HUB_KEYS` and `HUB_VALUES`."""
    columns = {name: _joined(name, blocks) for name in COLUMNS}
    return pd.DataFrame(columns).sort_values(list(v.HUB_KEYS), kind="stable", ignore_index=True)


def _joined(name: str, blocks: Sequence[Block]) -> Any:
    parts: list[Any] = []
    for block in blocks:
        parts.extend(block.own[name] if name in block.own else [block.same.get(name, np.nan)] * block.size)
    return pd.array(parts, dtype="str") if name in (*v.HUB_KEYS, *v.HUB_TEXT_VALUES) else np.array(parts, dtype=float)


def _keys(keys: Mapping[str, str], statistic: str, measure: str) -> dict[str, str]:
    start = dict.fromkeys(v.HUB_KEYS, "") | dict.fromkeys(v.DIMENSIONS, v.TOTAL)
    return {**start, **keys, "statistic": statistic, "measure": measure}
