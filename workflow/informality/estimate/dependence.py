"""Declared tests of independence as rows of the hub: is an indicator the same at all levels of a dimension?

A row for each test and method: the key ``category`` names the method, and the tested dimension has the level `_C`. ``estimate`` is
the F statistic on ``df1`` and ``df`` degrees of freedom, ``p_value`` its upper tail (`association.py` has the formulas and sources).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from informality import vocabulary as v
from informality.estimate.association import Independence, answers
from informality.estimate.design import Design

# Of the methods that are computed: the second-order F of Rao and Scott, to be reported, and the adjusted Wald test beside it.
REPORTED = ("rao_scott_f", "adjusted_wald")


@dataclass(frozen=True)
class Dependence:
    """Whether the yes/no column ``y`` is independent of ``dimension`` among ``where``; ``keys`` of the hub."""

    y: str
    where: str
    dimension: str
    keys: Mapping[str, str]


def test_rows(frame: pd.DataFrame, design: Design | None, tests: Sequence[Dependence]) -> pd.DataFrame:
    """Rows of the hub. No ``design``: one whose variances have no linearised form, so that no test can be had of it.

    Rows are `not_estimable` then, and where one of the two has a single level or no degrees of freedom are left.
    """
    if not tests:
        return pd.DataFrame(columns=[*v.HUB_KEYS, *v.HUB_VALUES])
    if design is None:
        made = [_row(test, method, {"state": "not_estimable"}) for test in tests for method in REPORTED]
        return pd.DataFrame(made).reindex(columns=[*v.HUB_KEYS, *v.HUB_VALUES])
    rows: list[dict[str, object]] = []
    for test in tests:
        asked = Independence(test.y, test.dimension, test.where)
        for method, numbers in zip(REPORTED, answers(frame, design, asked, REPORTED), strict=True):
            values = {name: numbers[name] for name in ("p_value", "df1", "n", "n_psu", "n_missing", "state")}
            rows.append(_row(test, method, {**values, "estimate": numbers["value"], "df": numbers["df2"]}))
    return pd.DataFrame(rows).reindex(columns=[*v.HUB_KEYS, *v.HUB_VALUES])


def _row(test: Dependence, method: str, values: Mapping[str, object]) -> dict[str, object]:
    row: dict[str, object] = {**dict.fromkeys(v.HUB_KEYS, ""), **dict.fromkeys(v.DIMENSIONS, v.TOTAL), **test.keys}
    row |= {"statistic": "test", "category": method, test.dimension: v.COMPARED}
    return row | {
        "n": 0,
        "n_missing": 0,
        "n_psu": 0,
        "n_event": np.nan,
        "measure": "number",
        "ci_method": "none",
        **values,
    }
