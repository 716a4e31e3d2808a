"""Differences: two published numbers that differ by very few persons, asked for the weight, the earnings or the class of one.

The attacker knows everything of `knowledge`; in addition, of each pair of rows, that they count the same persons (two variants,
laws, readings, bounds, concepts), and of two releases of a file that exactly one person left. He has found:

- *class*: that somebody at all, and fewer than five, are counted by one row and not by the other;
- *weight*: what one person stands for to within a tenth (`CLOSE`);
- *none or all*: that nobody, or everybody, of a small group is counted, where the share is a bound that may be of a few;
- *earnings*: what one person earns to within a tenth, from means before and after; or to the last digit, where a quantile that is
  printed is the answer of fewer than ten.

Exact numbers choose the pairs that are worth a question (differences of 1 to 9 persons) and score the answers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from attack.cells import Pair, same
from attack.knowledge import Knowledge
from attack.programme import FEWER_CELLS, NARROW, Programme, system, tighten
from attack.relations import words
from attack.rows import CONFIDENTIAL, FEW, SERIES, Key, domains, said, series

CLOSE = 0.1
ALTERNATIVES = ("concept", "variant", "branch", "law", "scenario", "assumption")
Name = tuple[str, ...]


def close(low: float, high: float, truth: float) -> bool:
    """Whether an interval says a number to within a tenth."""
    return low >= (1 - CLOSE) * truth > 0 and high <= (1 + CLOSE) * truth


def alternatives(known: Knowledge) -> Iterator[tuple[Name, Name, Key, int, int]]:
    """Two series and a domain in which they count nearly the same persons: (cells of) their events differ by 1 to 9."""
    groups: dict[tuple[str, ...], list[Name]] = defaultdict(list)
    for name in known.cells.event:
        fixed = tuple(value for key, value in zip(SERIES, name, strict=True) if key not in ALTERNATIVES)
        groups[fixed].append(name)
    tables, seen = known.cells.tables, set()
    for group in groups.values():
        for one, other in combinations(sorted(group), 2):
            a, b = tables[known.cells.event[one]], tables[known.cells.event[other]]
            base_a, base_b = tables[known.cells.base[one]].values, tables[known.cells.base[other]].values
            for key in a.cells:
                if key not in b.cells or not same(base_a.get(key, (0.0, 0.0)), base_b.get(key, (-1.0, 0.0))):
                    continue
                pair = a.cells[key], b.cells[key]
                if 1 <= abs(a.values[key][0] - b.values[key][0]) <= FEW and pair not in seen:
                    seen.add(pair)
                    yield one, other, key, *pair


def within(known: Knowledge, most: int = FEWER_CELLS) -> pd.DataFrame:
    """Of all such pairs in one release the range of the persons and of the weights by which they differ."""
    made = system(known)
    tighten(made)
    by_column, found = made.matrix.tocsc(), []
    for one, other, key, a, b in alternatives(known):
        programme = Programme(made, by_column, [a, b], most)
        n_low, n_high = programme.ends({a: 1.0, b: -1.0})
        n_low, n_high = np.ceil(n_low - 1e-4), np.floor(n_high + 1e-4)
        w_low, w_high = programme.ends({made.cells + a: 1.0, made.cells + b: -1.0})
        truth, weight = known.cells.n[a] - known.cells.n[b], known.cells.w[a] - known.cells.w[b]
        if truth < 0:
            n_low, n_high, w_low, w_high = -n_high, -n_low, -w_high, -w_low
            truth, weight = -truth, -weight
        text = f"{'|'.join(filter(None, one))} and {'|'.join(filter(None, other))} [{words(key)}]"
        found.append(
            {
                "where": text, "low": n_low, "high": n_high, "truth": truth,
                "class": bool(n_low >= 1 and n_high < NARROW),
                "weight": bool(truth == 1 and close(w_low, w_high, weight)),
                "right": bool(n_low <= truth <= n_high),
            }
        )  # fmt: skip
    return pd.DataFrame(found, columns=["where", "low", "high", "truth", "class", "weight", "right"])


def ends(published: pd.DataFrame) -> pd.DataFrame:
    """Shares that are printed as a bound: whether the total beside them tells those of nobody or everybody from those of a few.

    The total of a few, or of all but a few, is confidential; one that is shown, or is below one step, says that it is none or all.
    """
    keys = [(name, key) for name, key in zip(series(published), domains(published), strict=True)]
    statistic, flag = published["statistic"].to_numpy(), published["flag"].to_numpy()
    totals = {key: flag[at] for at, key in enumerate(keys) if statistic[at] == "total"}
    found = []
    for at in np.flatnonzero(
        (statistic == "share") & ((published["flag_reason"] == "few_counted") & (flag == "b")).to_numpy()
    ):
        total = totals.get(keys[at])
        name, key = keys[at]
        where = f"{'|'.join(filter(None, name))} [{words(key)}]"
        found.append({"where": where, "told": total is not None and total != CONFIDENTIAL})
    return pd.DataFrame(found, columns=["where", "told"])


def answers(published: pd.DataFrame, hub: pd.DataFrame, given: Mapping[tuple[Name, Key], pd.Series]) -> pd.DataFrame:
    """Quantiles that are printed as they are, to the last digit, and are the answer of 1 to 9 persons.

    ``given``: the answers of the persons of some series and domains, which as the exact ``hub`` only the scorer knows. A quantile that
    happens to be printed as another round answer says nothing of it.
    """
    quantiles = hub[hub["statistic"] == "quantile"]
    exact = dict(zip(zip(series(quantiles), domains(quantiles), strict=True), quantiles["estimate"], strict=True))
    rows = published[(published["statistic"] == "quantile") & published["estimate"].notna()]
    found = []
    for name, key, value in zip(series(rows), domains(rows), rows["estimate"], strict=True):
        some = given.get((name, key))
        if some is None:
            continue
        gave = int((some == value).sum())
        told = 1 <= gave <= FEW and exact.get((name, key)) == value
        where = f"{'|'.join(filter(None, name))} [{words(key)}]"
        found.append({"where": where, "value": value, "gave": gave, "answer": told})
    return pd.DataFrame(found, columns=["where", "value", "gave", "answer"])


def between(
    before: tuple[pd.DataFrame, pd.DataFrame],
    after: tuple[pd.DataFrame, pd.DataFrame],
    step: float,
    weights: tuple[float, float, float],
    truth: Mapping[str, float],
) -> pd.DataFrame:
    """Two releases of one file, the second without one person: what single rows say of that person.

    ``before`` and ``after``: (published rows, exact hub); ``weights``: the lightest, the mean and the heaviest; ``truth``: the ``weight``
    and the ``earnings`` of the one. The attacker knows the person's weight when he asks for the earnings.
    """
    (old, old_hub), (new, new_hub) = (_indexed(*release) for release in (before, after))
    found = []
    for key, row in old.items():
        other = new.get(key)
        if other is None or key not in old_hub or key not in new_hub:
            continue
        left = old_hub[key][0] - new_hub[key][0], old_hub[key][1] - new_hub[key][1]
        if left[0] != 1:
            continue
        one, two = said(row, key[1], step), said(other, key[1], step)
        national = not key[1]
        weight = (one.weight[0] - two.weight[1], one.weight[1] - two.weight[0])
        earnings = (
            _earned(row, other, one.n, weights, truth["weight"]) if row["statistic"] == "mean" else (-np.inf, np.inf)
        )
        counted = (one.hidden != "" and two.hidden == "") or (one.hidden == "" and two.hidden != "")
        found.append(
            {
                "where": f"{'|'.join(filter(None, key[0]))} {key[2]} [{words(key[1])}]", "national": national,
                "weight": close(*weight, truth["weight"]),
                "earnings": row["measure"] not in ("share", "persons", "hours", "number") and close(*earnings, truth["earnings"]),
                "count": counted or (one.shown and two.shown and one.n != two.n),
            }
        )  # fmt: skip
    return pd.DataFrame(found, columns=["where", "national", "weight", "earnings", "count"])


def _indexed(
    published: pd.DataFrame, hub: pd.DataFrame
) -> tuple[dict[tuple[Name, Key, str], dict[str, Any]], dict[tuple[Name, Key, str], Pair]]:
    rows = {
        (name, key, row["statistic"]): row
        for name, key, row in zip(series(published), domains(published), published.to_dict("records"), strict=True)
    }
    exact = {
        (name, key, statistic): (float(n), float(population))
        for name, key, statistic, n, population in zip(
            series(hub), domains(hub), hub["statistic"], hub["n"], hub["population"], strict=True
        )
    }
    return rows, exact


def _earned(
    before: Mapping[str, Any], after: Mapping[str, Any], n: Pair, weights: tuple[float, float, float], weight: float
) -> Pair:
    """What the one who left earned: mean after + (mean before - mean after) x all weights / the weight of the one."""
    halves = [10.0 ** _power(float(row["estimate"])) / 2 for row in (before, after)]
    one, two = float(before["estimate"]), float(after["estimate"])
    if not np.isfinite([one, two]).all() or not np.isfinite(n[1]):
        return -np.inf, np.inf
    change = one - two - sum(halves), one - two + sum(halves)
    all_of_them = max(n[0], 1.0) * weights[0] / weight, n[1] * weights[2] / weight
    corners = [c * a for c in change for a in all_of_them]
    return two - halves[1] + min(corners), two + halves[1] + max(corners)


def _power(value: float) -> float:
    """Three significant digits are printed."""
    return np.floor(np.log10(abs(value))) - 2 if value else 0.0
