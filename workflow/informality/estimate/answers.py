"""Rows of the hub whose standard errors come from elsewhere: from replicates, or from the residuals of a calibration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from informality import vocabulary
from informality.estimate import hub, intervals, results
from informality.estimate.codes import Floats, Ints
from informality.estimate.columns import Dimension
from informality.estimate.design import Design
from informality.estimate.requests import Request


@dataclass(frozen=True, eq=False)
class Answer:
    """Standard errors, degrees of freedom and variances under simple random sampling of one request, one value a domain.

    ``dimensions`` and ``level`` (domains × dimensions) say which domain; ``used``: rows with a known value and a weight;
    ``discarded``: replicates discarded; ``low`` and ``high``: limits of a statistic that brings its own interval.
    """

    request: int
    dimensions: tuple[Dimension, ...]
    level: Ints
    se: Floats
    df: Ints
    srs: Floats
    used: Floats
    discarded: Ints | None = None
    low: Floats | None = None
    high: Floats | None = None


def hub_rows(
    frame: pd.DataFrame, design: Design, requests: Sequence[Request], found: Sequence[Answer], design_df: int
) -> tuple[pd.DataFrame, Ints]:
    """The rows that `hub.estimate` makes with ``design``, their standard errors and what follows from them replaced.

    Counts and estimates stay; ``se``, ``ci_low``, ``ci_high``, ``ci_method``, ``cv``, ``df``, ``deff`` and ``state`` are those
    of the answers; ``design_df`` where a request asks for the degrees of freedom of the design. Also returns the replicates
    discarded, by row.
    """
    table = hub.estimate(frame, design, requests)
    keys = list(vocabulary.HUB_KEYS)
    answered = pd.concat([_keyed(a, requests[a.request], design_df) for a in found], ignore_index=True)
    joined = table[keys].merge(answered, on=keys, how="left", validate="one_to_one")
    se, df = (joined[name].to_numpy(np.float64, copy=True) for name in ("se", "df"))
    estimate = table["estimate"].to_numpy(np.float64)
    estimable = (joined["df_domain"].to_numpy() > 0) & np.isfinite(se) & np.isfinite(estimate)
    se[~estimable] = np.nan
    joined["share"] = table["statistic"] == "share"
    low, high, method = _intervals(joined, estimate, se, df, table["n"].to_numpy(np.float64))
    values = {
        "se": se,
        "ci_low": low,
        "ci_high": high,
        "ci_method": pd.array(method, dtype="str"),
        "cv": results.divide(se, np.abs(estimate)),
        "df": df,
        # Whose answers the new limits are is not counted.
        "n_same": np.full(len(table), np.nan),
        "deff": np.square(se) / joined["srs"].to_numpy(np.float64),
        "state": pd.array(np.where(estimable, "estimated", "not_estimable"), dtype="str"),
    }
    return table.assign(**values), joined["discarded"].to_numpy(np.intp)


def _keyed(answer: Answer, request: Request, design_df: int) -> pd.DataFrame:
    size = len(answer.se)
    text: dict[str, np.ndarray] = {}
    for name in vocabulary.HUB_KEYS:
        fixed = vocabulary.TOTAL if name in vocabulary.DIMENSIONS else request.key(name)
        text[name] = np.full(size, fixed, dtype=object)
    for place, dimension in enumerate(answer.dimensions):
        text[dimension.name] = np.array(dimension.levels, dtype=object)[answer.level[:, place]]
    given = {"low": answer.low, "high": answer.high}
    numbers: dict[str, np.ndarray] = {
        name: results.nothing(answer.se) if line is None else line for name, line in given.items()
    }
    numbers |= {"se": answer.se, "srs": answer.srs, "df_domain": answer.df, "used": answer.used}
    numbers["discarded"] = np.zeros(size, dtype=np.intp) if answer.discarded is None else answer.discarded
    df = answer.df if request.df_rule == "domain" else np.full(size, design_df)
    return pd.DataFrame({name: pd.array(words, dtype="str") for name, words in text.items()}).assign(
        **numbers, df=df.astype(np.float64), method=request.method
    )


def _intervals(
    joined: pd.DataFrame, estimate: Floats, se: Floats, df: Floats, n: Floats
) -> tuple[Floats, Floats, np.ndarray]:
    wanted = joined["method"].to_numpy(object)
    low, high = (joined[name].to_numpy(np.float64, copy=True) for name in ("low", "high"))
    drawn = np.isfinite(low) & np.isfinite(high) & (se > 0)
    for name in sorted(set(wanted) & set(intervals.METHODS)):
        rows = np.flatnonzero(wanted == name)
        (low[rows], high[rows]), drawn[rows] = intervals.interval(name, estimate[rows], se[rows], df[rows], n[rows])
    low[~drawn] = high[~drawn] = np.nan
    method = np.where(drawn, wanted, "none")
    rows = np.flatnonzero(joined["share"].to_numpy() & (se == 0) & (df > 0) & ((estimate == 0) | (estimate == 1)))
    low[rows], high[rows] = intervals.none_or_all(estimate[rows], df[rows], joined["used"].to_numpy(np.float64)[rows])
    method[rows] = "beta"
    return low, high, method
