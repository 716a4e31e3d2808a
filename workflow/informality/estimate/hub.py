"""Rows of the estimates hub: one tidy table, keys unique, sorted."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

import numpy as np
import pandas as pd

from informality import vocabulary
from informality.errors import UserError
from informality.estimate import intervals
from informality.estimate.codes import Bools, Floats, Ints
from informality.estimate.design import Design
from informality.estimate.domains import Estimates, divide, evaluate
from informality.estimate.requests import Request
from informality.vocabulary import TOTAL, UNKNOWN

_COUNTS = ("n", "n_event", "n_psu", "n_psu_event", "n_missing")


def estimate(frame: pd.DataFrame, design: Design, requests: Sequence[Request]) -> pd.DataFrame:
    """Answer all requests on the persons of ``frame``: the rows of the hub, columns `HUB_KEYS` + `HUB_VALUES`, sorted.

    A row for each request and each domain that holds a person of its universe; dimensions that the request does not break
    down are `_T`, unknown levels `_U`. Of the values:

    - ``df``: for shares over the rows with a known value, for the rest over all rows of the domain (as R does in
      `svyciprop` on the complete rows, and in `degf` of a domain); or that of the whole design where the request says so;
    - ``deff`` against simple random sampling without replacement, NaN for ratios and for values that do not vary;
    - ``n`` rows with a known value, ``n_event`` those where it is not 0; ``population`` the sum of their weights;
      ``w_missing`` the weighted share of the domain whose value is missing;
    - ``top1_share``, ``top2_share``: part of the largest and of the two largest w |y| in their sum, for magnitudes only;
    - ``state``: `not_estimable` where the persons with a known value live in one PSU of each of their strata (no degree of
      freedom) or there is none; the estimate is shown, standard error and interval are NaN. A standard error of 0 with an
      interval of no width is never a result: ``ci_method`` is then `none`.

    UserError: see `Design`, `Request` and `domains.evaluate`; two requests that make rows of the same keys.
    """
    answers = sorted(evaluate(frame, design, requests), key=lambda answer: answer.request)
    lengths = np.array([len(a.estimate) for a in answers], dtype=np.intp)
    asked = [requests[a.request] for a in answers]
    keys = _keys(answers, asked, lengths)
    # Constant columns sort nothing, and most of them are constant.
    varying = [column.codes for column in keys.values() if column.codes.min(initial=0) != column.codes.max(initial=0)]
    order = np.lexsort(varying[::-1]) if varying else np.arange(lengths.sum())
    _unique(varying, order, keys)
    values = _values(answers, asked, lengths, design)
    columns: dict[str, Any] = {name: _text(column.take(order)) for name, column in keys.items()}
    for name in vocabulary.HUB_VALUES:
        value = values[name]
        columns[name] = _text(value.take(order)) if isinstance(value, pd.Categorical) else value[order]
    return pd.DataFrame(columns, copy=False)


def _keys(answers: Sequence[Estimates], asked: Sequence[Request], lengths: Ints) -> dict[str, pd.Categorical]:
    """Key columns as categories in the order of their text."""
    keys: dict[str, pd.Categorical] = {}
    for name in vocabulary.HUB_KEYS:
        if name in vocabulary.DIMENSIONS:
            keys[name] = _dimension(name, answers, lengths)
        elif name == "statistic":
            keys[name] = _repeated([r.statistic for r in asked], lengths)
        else:
            keys[name] = _repeated([str(r.keys.get(name, "")) for r in asked], lengths)
    return keys


def _dimension(name: str, answers: Sequence[Estimates], lengths: Ints) -> pd.Categorical:
    levels: dict[str, int] = {TOTAL: 0}
    parts: list[Ints] = []
    for answer, length in zip(answers, lengths, strict=True):
        place = next((i for i, d in enumerate(answer.dimensions) if d.name == name), None)
        if place is None:
            parts.append(np.zeros(length, dtype=np.intp))
            continue
        if len(levels) == 1:
            levels |= {level: i for i, level in enumerate(answer.dimensions[place].levels, start=1)}
        parts.append(answer.level[:, place] + 1)
    return _sorted(_joined(parts, np.intp), list(levels))


def _repeated(words: Sequence[str], lengths: Ints) -> pd.Categorical:
    levels = sorted(set(words))
    position = {word: i for i, word in enumerate(levels)}
    codes = np.repeat(np.array([position[word] for word in words], dtype=np.intp), lengths)
    return pd.Categorical.from_codes(codes, categories=levels)


def _sorted(codes: Ints, levels: list[str]) -> pd.Categorical:
    order = np.argsort(np.array(levels, dtype=object))
    rank = np.empty(len(levels), dtype=np.intp)
    rank[order] = np.arange(len(levels))
    return pd.Categorical.from_codes(rank[codes], categories=[levels[i] for i in order])


def _unique(varying: Sequence[np.ndarray], order: Ints, keys: dict[str, pd.Categorical]) -> None:
    """UserError where two neighbours in the sorted order have the same keys."""
    if len(order) < 2:
        return
    same: Bools = np.ones(len(order) - 1, dtype=np.bool_)
    for codes in varying:
        line = codes[order]
        same &= line[1:] == line[:-1]
    if same.any():
        at = order[int(np.flatnonzero(same)[0])]
        words = {name: str(column[at]) for name, column in keys.items()}
        shown = ", ".join(f"{name} {word}" for name, word in words.items() if word not in ("", TOTAL, UNKNOWN))
        raise UserError(
            f"two requests make the same rows of the hub ({int(same.sum())} rows)",
            where=shown,
            todo="give them different keys, e.g. indicator or category",
        )


def _values(
    answers: Sequence[Estimates], asked: Sequence[Request], lengths: Ints, design: Design
) -> dict[str, np.ndarray | pd.Categorical]:
    def joined(name: str) -> Floats:
        pick = attrgetter(name)
        return _joined([pick(a) for a in answers], np.float64)

    value = joined("estimate")
    se = joined("se")
    df_known = joined("counts.df_known")
    share = np.repeat(np.array([r.statistic == "share" for r in asked], dtype=np.bool_), lengths)
    df = np.where(share, df_known, joined("counts.df_rows"))
    df[np.repeat(np.array([r.df_rule == "design" for r in asked], dtype=np.bool_), lengths)] = design.df
    estimable = (df_known > 0) & ~np.isnan(se)
    se[~estimable] = np.nan
    n = joined("counts.n")
    low, high, method = _intervals(asked, lengths, value, se, df, n)
    population = joined("counts.population")
    counts = {name: joined(f"counts.{name}").astype(np.int64) for name in _COUNTS}
    return {
        "estimate": value,
        "se": se,
        "ci_low": low,
        "ci_high": high,
        "ci_method": method,
        "cv": divide(se, np.abs(value)),
        "df": df,
        "deff": np.square(se) / joined("srs"),
        **counts,
        "top1_share": joined("counts.top1_share"),
        "top2_share": joined("counts.top2_share"),
        "w_missing": joined("counts.w_missing"),
        "population": population,
        "measure": _repeated([r.measure for r in asked], lengths),
        "state": pd.Categorical.from_codes((~estimable).astype(np.int8), categories=["estimated", "not_estimable"]),
    }


def _intervals(
    asked: Sequence[Request], lengths: Ints, value: Floats, se: Floats, df: Floats, n: Floats
) -> tuple[Floats, Floats, pd.Categorical]:
    names = [*intervals.METHODS, "none"]
    wanted = np.repeat(np.array([names.index(r.method) for r in asked], dtype=np.intp), lengths)
    low, high = np.full(len(value), np.nan), np.full(len(value), np.nan)
    code = np.full(len(value), names.index("none"), dtype=np.intp)
    for number in np.unique(wanted):
        rows = np.flatnonzero(wanted == number)
        (low[rows], high[rows]), there = intervals.interval(names[number], value[rows], se[rows], df[rows], n[rows])
        code[rows[there]] = number
    return low, high, pd.Categorical.from_codes(code, categories=names)


def _joined(parts: Sequence[np.ndarray], dtype: type) -> Any:
    return np.concatenate([np.asarray(part, dtype=dtype) for part in parts]) if parts else np.empty(0, dtype=dtype)


def _text(column: pd.Categorical) -> Any:
    return pd.array(np.array(column.categories, dtype=object)[column.codes], dtype="str")
