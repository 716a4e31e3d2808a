"""Rows of the estimates hub: one tidy table, keys unique, sorted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from informality import vocabulary
from informality.errors import UserError
from informality.estimate import intervals
from informality.estimate.codes import Bools, Floats, Ints
from informality.estimate.design import Design
from informality.estimate.domains import Estimates, evaluate
from informality.estimate.requests import BREAKDOWN, Request
from informality.estimate.results import divide, nothing
from informality.vocabulary import TOTAL, UNKNOWN


@dataclass(frozen=True, eq=False)
class Coded:
    """A column of text: ``words``, and the position of each row's word among them."""

    code: npt.NDArray[np.integer[Any]]
    words: Sequence[str]

    def text(self, order: Ints) -> Any:
        """The column in an order of rows."""
        import pyarrow as pa

        words = pa.array(self.words, type=pa.large_string())
        return pd.array(words.take(pa.array(self.code.take(order))), dtype="str")


# The interval of a statistic that brings its own: of a quantile.
OWN = "woodruff"
# Counts of the hub are of contributors: persons with a weight above 0.
_COUNTS = {"n": "used", "n_event": "n_event", "n_psu": "n_psu", "n_psu_event": "n_psu_event", "n_missing": "n_missing"}


def estimate(frame: pd.DataFrame, design: Design, requests: Sequence[Request]) -> pd.DataFrame:
    """Answer all requests on the persons of ``frame``: the rows of the hub, columns `HUB_KEYS` + `HUB_VALUES`, sorted.

    A row for each request and each domain that holds a person of its universe; dimensions that the request does not break
    down are `_T`, unknown levels `_U`. Of the values:

    - ``df``: for shares over the rows with a known value, for the rest over all rows of the domain (as R does in
      `svyciprop` on the complete rows, and in `degf` of a domain); or that of the whole design where the request says so;
    - ``deff`` against simple random sampling without replacement, NaN for ratios and for values that do not vary;
    - ``n`` rows with a known value and a weight above 0, ``n_event`` those of them where it is not 0; ``population`` the sum of their weights;
      ``w_no_answer`` the weighted share of the domain whose value is missing (`computable` parts ``w_not_computable`` from it);
    - ``top1_share``, ``top2_share``: part of the largest and of the two largest w |y| in their sum, for magnitudes only;
    - ``state``: `not_estimable` where the persons with a known value live in one PSU of each of their strata (no degree of
      freedom) or there is none; the estimate is shown, standard error and interval are NaN. A standard error of 0 with an
      interval of no width is never a result: a share of exactly 0 or 1 has the exact interval `beta` whatever was asked for
      (`intervals.none_or_all`), of anything else ``ci_method`` is then `none`;
    - a quantile: the limits are Woodruff's, NaN with the standard error where they leave the values of the domain; ``n_same``:
      contributors who gave the answer that it, or one of its limits, is (the fewest of the three);
    - a difference: the compared dimension has the level `plus-minus`, as in `female-male` or `north-_T`, the others that of the
      cell in which the two are compared. Only cells in which both sides hold a row are there. Counts are those of the side
      that says less (the smaller n, n_psu …, the larger part missing or dominant), and the state is `not_estimable` where it
      is for one of them. Differences of shares and of totals of one indicator need different keys.

    UserError: see `Design`, `Request` and `domains.evaluate`; two requests that make rows of the same keys.
    """
    answers = sorted(evaluate(frame, design, requests), key=lambda answer: answer.request)
    lengths = np.array([len(a.estimate) for a in answers], dtype=np.intp)
    asked = [requests[a.request] for a in answers]
    keys = _keys(answers, asked, lengths)
    # Constant columns sort nothing, and most of them are constant.
    varying = [column.code for column in keys.values() if column.code.min(initial=0) != column.code.max(initial=0)]
    order = np.lexsort(varying[::-1]) if varying else np.arange(lengths.sum())
    _unique(varying, order, keys)
    values = _values(answers, asked, lengths, design)
    columns: dict[str, Any] = {name: column.text(order) for name, column in keys.items()}
    for name in vocabulary.HUB_VALUES:
        value = values[name]
        columns[name] = value.text(order) if isinstance(value, Coded) else value[order]
    return pd.DataFrame(columns, copy=False)


def _keys(answers: Sequence[Estimates], asked: Sequence[Request], lengths: Ints) -> dict[str, Coded]:
    """Key columns as categories in the order of their text."""
    broken_down: dict[str, list[tuple[int, int]]] = {name: [] for name in BREAKDOWN}
    for position, answer in enumerate(answers):
        for place, dimension in enumerate(answer.dimensions):
            broken_down[dimension.name].append((position, place))
    keys: dict[str, Coded] = {}
    for name in vocabulary.HUB_KEYS:
        margins = [TOTAL if name in vocabulary.DIMENSIONS else request.key(name) for request in asked]
        if broken_down.get(name):
            keys[name] = _dimension(broken_down[name], answers, margins, lengths)
        else:
            keys[name] = _repeated(margins, lengths)
    return keys


def _dimension(
    places: Sequence[tuple[int, int]], answers: Sequence[Estimates], margins: Sequence[str], lengths: Ints
) -> Coded:
    """Levels of the answers that are broken down by the dimension, the given word for the others.

    ``places``: position of such an answer, and that of the dimension among its own.
    """
    code = {word: position for position, word in enumerate(dict.fromkeys(margins))}
    codes = np.repeat(np.array([code[word] for word in margins], dtype=np.intp), lengths)
    ends = np.cumsum(lengths)
    place_of: dict[tuple[str, ...], Ints] = {}
    for position, place in places:
        answer = answers[position]
        levels = answer.dimensions[place].levels
        if levels not in place_of:
            place_of[levels] = np.array([code.setdefault(level, len(code)) for level in levels], dtype=np.intp)
        codes[ends[position] - lengths[position] : ends[position]] = place_of[levels].take(answer.level[:, place])
    return _sorted(codes, list(code))


def _repeated(words: Sequence[str], lengths: Ints) -> Coded:
    levels = sorted(set(words))
    position = {word: i for i, word in enumerate(levels)}
    codes = np.repeat(np.array([position[word] for word in words], dtype=np.intp), lengths)
    return Coded(codes, levels)


def _sorted(codes: Ints, levels: list[str]) -> Coded:
    order = np.argsort(np.array(levels, dtype=object))
    rank = np.empty(len(levels), dtype=np.intp)
    rank[order] = np.arange(len(levels))
    return Coded(rank[codes], [levels[i] for i in order])


def _unique(varying: Sequence[np.ndarray], order: Ints, keys: dict[str, Coded]) -> None:
    """UserError where two neighbours in the sorted order have the same keys."""
    if len(order) < 2:
        return
    same: Bools = np.ones(len(order) - 1, dtype=np.bool_)
    for codes in varying:
        line = codes[order]
        same &= line[1:] == line[:-1]
    if same.any():
        at = order[int(np.flatnonzero(same)[0])]
        words = {name: column.words[column.code[at]] for name, column in keys.items()}
        shown = ", ".join(f"{name} {word}" for name, word in words.items() if word not in ("", TOTAL, UNKNOWN))
        raise UserError(
            f"two requests make the same rows of the hub ({int(same.sum())} rows)",
            where=shown,
            todo="give them different keys, e.g. indicator or category",
        )


def _values(
    answers: Sequence[Estimates], asked: Sequence[Request], lengths: Ints, design: Design
) -> dict[str, np.ndarray | Coded]:
    def joined(name: str) -> Floats:
        pick = attrgetter(name)
        return _joined([pick(a) for a in answers], np.float64)

    value = joined("estimate")
    se = joined("se")
    df = joined("df")
    df[np.repeat(np.array([r.df_rule == "design" for r in asked], dtype=np.bool_), lengths)] = design.df
    estimable = (joined("counts.df_known") > 0) & ~np.isnan(se)
    se[~estimable] = np.nan
    low, high, method = _intervals(answers, asked, lengths, (value, se, df, joined("counts.n"), joined("counts.used")))
    population = joined("counts.population")
    counts = {name: joined(f"counts.{of}").astype(np.int64) for name, of in _COUNTS.items()}
    return {
        "estimate": value,
        "se": se,
        "ci_low": low,
        "ci_high": high,
        "ci_method": method,
        "cv": divide(se, np.abs(value)),
        "df": df,
        "df1": nothing(df),
        "p_value": nothing(df),
        "deff": np.square(se) / joined("srs"),
        **counts,
        "n_same": _joined([nothing(a.estimate) if a.same is None else a.same for a in answers], np.float64),
        "top1_share": joined("counts.top1_share"),
        "top2_share": joined("counts.top2_share"),
        "w_not_computable": np.zeros(len(value)),
        "w_no_answer": joined("counts.w_missing"),
        "population": population,
        "measure": _repeated([r.measure for r in asked], lengths),
        "state": Coded((~estimable).astype(np.int8), ["estimated", "not_estimable"]),
    }


def _intervals(
    answers: Sequence[Estimates], asked: Sequence[Request], lengths: Ints, numbers: tuple[Floats, ...]
) -> tuple[Floats, Floats, Coded]:
    value, se, df, n, used = numbers
    names = [*intervals.METHODS, OWN, "none"]
    wanted = np.repeat(np.array([names.index(r.method) for r in asked], dtype=np.intp), lengths)
    low, high = (
        _joined([nothing(a.estimate) if limit is None else limit for a, limit in own], np.float64)
        for own in ([(a, a.low) for a in answers], [(a, a.high) for a in answers])
    )
    drawn = ~np.isnan(low) & ~np.isnan(high) & (se > 0)
    for number in range(len(intervals.METHODS)):
        rows = np.flatnonzero(wanted == number)
        (low[rows], high[rows]), drawn[rows] = intervals.interval(
            names[number], value[rows], se[rows], df[rows], n[rows]
        )
    low[~drawn] = high[~drawn] = np.nan
    code = np.where(drawn, wanted, names.index("none"))
    share = np.repeat(np.array([r.statistic == "share" for r in asked], dtype=np.bool_), lengths)
    rows = np.flatnonzero(share & (se == 0) & (df > 0) & ((value == 0) | (value == 1)))
    low[rows], high[rows] = intervals.none_or_all(value[rows], df[rows], used[rows])
    code[rows] = names.index("beta")
    return low, high, Coded(code, names)


def _joined(parts: Sequence[np.ndarray], dtype: type) -> Any:
    return np.concatenate([np.asarray(part, dtype=dtype) for part in parts]) if parts else np.empty(0, dtype=dtype)
