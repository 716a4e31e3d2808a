"""Which counts of persons there are behind a hub, and which of them are the same persons in two places.

A cell is one set of persons: those of a base in a domain, or those of them who are counted. The same set stands in many series (the
base of every category of a split; the informal employees as a base and as an event of the employees). An attacker knows which, since
the definitions are public; here it is found in the exact counts and weights, which agree where the sets do. Numbers of the exact hub
are used for this and for scoring, never as knowledge.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from attack.rows import OTHER, Key, domains, series

from informality.vocabulary import DIMENSIONS

# Rows that compare domains have no base of their own.
COMPARISONS = ("difference", "test")
# Two sets of at least so many persons with the same number and the same sum of weights are one, where weights differ.
ENOUGH = 10
Pair = tuple[float, float]


@dataclass
class Table:
    """One kind of persons in every domain: number and weights by domain."""

    values: dict[Key, Pair]
    cells: dict[Key, int] = field(default_factory=dict)


@dataclass
class Cells:
    """All cells. ``base`` and ``event``: the table of each series; ``n`` and ``w``: the truth of each cell, weights in mean weights."""

    tables: list[Table]
    base: dict[tuple[str, ...], int]
    event: dict[tuple[str, ...], int]
    n: list[float]
    w: list[float]
    self_weighting: bool

    def add(self, n: float, w: float) -> int:
        """A new cell."""
        self.n.append(n)
        self.w.append(w)
        return len(self.n) - 1


def cells(hub: pd.DataFrame, mean_weight: float) -> Cells:
    """The cells of an exact hub; ``mean_weight`` is the unit of weights."""
    bases, events = _tables(hub, mean_weight)
    ratios = [w / n for table in bases.values() for n, w in table.values() if n]
    self_weighting = bool(ratios) and max(ratios) - min(ratios) < 1e-6 * max(ratios)
    tables: list[Table] = []
    found: dict[tuple[float, str], list[int]] = defaultdict(list)

    def place(values: Mapping[Key, Pair]) -> int:
        national = values.get((), None)
        if national is not None and national[0] > 0:
            for at in found[_signature(national)]:
                if _agree(tables[at].values, values, 3 if self_weighting or national[0] < ENOUGH else 1):
                    tables[at].values.update(values)
                    return at
            found[_signature(national)].append(len(tables))
        tables.append(Table(dict(values)))
        return len(tables) - 1

    base = {name: place(values) for name, values in bases.items()}
    event = {name: place(values) for name, values in events.items()}
    made = Cells(tables, base, event, [], [], self_weighting)
    _number(made)
    return made


def _tables(
    hub: pd.DataFrame, mean_weight: float
) -> tuple[dict[tuple[str, ...], dict[Key, Pair]], dict[tuple[str, ...], dict[Key, Pair]]]:
    used = hub[~hub["statistic"].astype(str).isin(COMPARISONS) & hub["n"].notna() & hub["population"].notna()]
    used = used[~joined_rows(used)]
    bases: dict[tuple[str, ...], dict[Key, Pair]] = defaultdict(dict)
    events: dict[tuple[str, ...], dict[Key, Pair]] = defaultdict(dict)
    columns = [used[c].to_numpy() for c in ("statistic", "measure", "estimate", "n", "n_event", "population")]
    for name, key, statistic, measure, estimate, n, event, population in zip(
        series(used), domains(used), *columns, strict=True
    ):
        bases[name][key] = float(n), float(population) / mean_weight
        scenario = name[7]
        if np.isnan(event) or np.isnan(estimate) or scenario or measure not in ("share", "persons"):
            continue
        if statistic == "share":
            events[name].setdefault(key, (float(event), float(estimate * population) / mean_weight))
        elif statistic == "total":
            events[name][key] = float(event), float(estimate) / mean_weight
    return bases, events


def joined_rows(frame: pd.DataFrame) -> np.ndarray:
    """Rows of joined levels or classes: of each release its own, sums of other cells."""
    found = frame["category"].astype(str).str.contains(rf"(?:^|:){OTHER}$").to_numpy(dtype=bool)
    for name in DIMENSIONS:
        if name in frame:
            found = found | (frame[name].astype(str) == OTHER).to_numpy()
    return found


def _signature(pair: Pair) -> tuple[float, str]:
    return pair[0], f"{pair[1]:.8g}"


def same(a: Pair, b: Pair) -> bool:
    """The same number of persons with the same weights."""
    return a[0] == b[0] and abs(a[1] - b[1]) <= 1e-7 * max(1.0, abs(a[1]))


def _agree(one: Mapping[Key, Pair], other: Mapping[Key, Pair], least: int) -> bool:
    common = [key for key in other if key in one]
    return len(common) >= least and all(same(one[key], other[key]) for key in common)


def _number(made: Cells) -> None:
    """Give cells their numbers, one number where two are the same persons."""
    slots = [(at, key) for at, table in enumerate(made.tables) for key in table.values]
    position = {slot: i for i, slot in enumerate(slots)}
    parent = list(range(len(slots)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    def unite(pairs: Iterable[tuple[int, int]]) -> None:
        for a, b in pairs:
            parent[root(b)] = root(a)

    levels: dict[tuple[float, str], list[tuple[int, Key]]] = defaultdict(list)
    alike: dict[tuple[float, str], list[int]] = defaultdict(list)
    for i, (at, key) in enumerate(slots):
        pair = made.tables[at].values[key]
        if pair[0] and len(key) == 1:
            levels[_signature(pair)].append((at, key))
        if pair[0] >= ENOUGH and not made.self_weighting:
            alike[_signature(pair)].append(i)
    for group in alike.values():
        unite((group[0], other) for other in group[1:])
    # A table that is one level of another: the employees among the employed.
    for at, table in enumerate(made.tables):
        national = table.values.get(())
        if national is None or not national[0]:
            continue
        for other, level in levels[_signature(national)]:
            if other == at:
                continue
            wide = made.tables[other].values
            common = [(key, inner) for key in table.values if (inner := joined(key, level)) in wide]
            enough = len(common) >= (3 if made.self_weighting or national[0] < ENOUGH else 1)
            if enough and all(same(table.values[key], wide[inner]) for key, inner in common):
                unite((position[at, key], position[other, inner]) for key, inner in common)
    numbers: dict[int, int] = {}
    for i, (at, key) in enumerate(slots):
        top = root(i)
        if top not in numbers:
            numbers[top] = made.add(*made.tables[at].values[key])
        made.tables[at].cells[key] = numbers[top]


def joined(key: Key, more: Key) -> Key | None:
    """Both sets of levels as one domain; None where they share a dimension."""
    names = {name for name, _ in key}
    return None if any(name in names for name, _ in more) else ordered((*key, *more))


def ordered(key: Iterable[tuple[str, str]]) -> Key:
    """A domain in the order of the vocabulary."""
    return tuple(sorted(key, key=lambda pair: DIMENSIONS.index(pair[0])))
