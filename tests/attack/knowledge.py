"""What an attacker knows of the counts behind a release: everything that is right of the wall, read together.

He is assumed to have every published row (of all variants, laws, readings and concepts; the figures show some of them), the card, the
lightest and the heaviest weight of the file, all definitions, every nest of dimensions, and any number of releases of the same file.
He is not assumed to know persons, sampling units or the joint counts of three dimensions, and does not use standard errors,
limits or amounts; to leave these out makes him weaker.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from attack.cells import COMPARISONS, Cells, cells
from attack.relations import Inside, Sum, insides, sums, words
from attack.rows import OTHER, SERIES, UNKNOWN_LEVELS, Key, Said, domains, few_of, said, series, step_of

from informality.vocabulary import DIMENSIONS

CATEGORY = SERIES.index("category")
Name = tuple[str, ...]


@dataclass
class Knowledge:
    """Intervals of every cell and what ties them.

    ``hidden``: cells whose number of persons is not shown, and why (`confidential`, `joined`: levels, `class`: joined classes);
    ``bounded``: cells of whom it is said that few are counted; ``shares``: (event, base, low, high).
    """

    cells: Cells
    lightest: float
    heaviest: float
    n_low: list[float]
    n_high: list[float]
    w_low: list[float]
    w_high: list[float]
    sums: list[Sum]
    insides: list[Inside]
    hidden: dict[int, str] = field(default_factory=dict)
    bounded: set[int] = field(default_factory=set)
    shown: set[int] = field(default_factory=set)
    shares: dict[tuple[int, int], tuple[float, float]] = field(default_factory=dict)
    where: dict[int, str] = field(default_factory=dict)
    contradictions: list[str] = field(default_factory=list)

    def number(self, cell: int, low: float, high: float) -> None:
        """Learn an interval of persons."""
        self.n_low[cell], self.n_high[cell] = max(self.n_low[cell], low), min(self.n_high[cell], high)
        if not low <= self.cells.n[cell] <= high:
            self.contradictions.append(
                f"{self.where.get(cell, cell)}: n {self.cells.n[cell]:g} not in [{low:g}, {high:g}]"
            )

    def weigh(self, cell: int, low: float, high: float) -> None:
        """Learn an interval of weighted persons, in mean weights."""
        self.w_low[cell], self.w_high[cell] = max(self.w_low[cell], low), min(self.w_high[cell], high)
        if not low - 1e-6 <= self.cells.w[cell] <= high * (1 + 1e-9) + 1e-6:
            self.contradictions.append(
                f"{self.where.get(cell, cell)}: weight {self.cells.w[cell]:g} not in [{low:g}, {high:g}]"
            )

    def share(self, event: int, base: int, low: float, high: float) -> None:
        """Learn an interval of a share."""
        known = self.shares.get((event, base), (0.0, 1.0))
        self.shares[event, base] = max(known[0], low), min(known[1], high)
        truth = self.cells.w[event] / self.cells.w[base] if self.cells.w[base] else np.nan
        if not low - 1e-9 <= truth <= high + 1e-9:
            self.contradictions.append(f"{self.where.get(event, event)}: share {truth:.6f} not in [{low:g}, {high:g}]")


def knowledge(
    hub: pd.DataFrame,
    releases: list[tuple[pd.DataFrame, Mapping[str, Any]]],
    universes: Mapping[str, str],
    weights: tuple[float, float, float],
) -> Knowledge:
    """What follows from some releases (published rows and cards) of one file.

    ``hub``: its exact counts, for sums that hold and for scoring; ``universes``: as declared; ``weights``: the lightest, the mean
    and the heaviest above nought.
    """
    lightest, mean, heaviest = weights
    found = cells(hub, mean)
    made = Knowledge(found, lightest / mean, heaviest / mean, [], [], [], [], sums(found), insides(found, universes))
    _grow(made)
    for published, card in releases:
        _Reader(made, published, step_of(card), mean, few_of(card)).read()
    for cell in set(made.hidden) & made.shown:
        del made.hidden[cell]
    _grow(made)
    return made


def _grow(made: Knowledge) -> None:
    more = len(made.cells.n) - len(made.n_low)
    for values, value in ((made.n_low, 0.0), (made.n_high, np.inf), (made.w_low, 0.0), (made.w_high, np.inf)):
        values.extend([value] * more)


class _Reader:
    """Reads one release into what is known."""

    def __init__(self, made: Knowledge, published: pd.DataFrame, step: float, mean: float, few: int) -> None:
        self.made, self.step, self.mean, self.few = made, step, mean, few
        rows = published[~published["statistic"].astype(str).isin(COMPARISONS)]
        self.names, self.keys = series(rows), domains(rows)
        self.rows = rows.to_dict("records")
        self.joined_levels: dict[tuple[Name, Key], list[Key]] = defaultdict(list)
        self.joined_classes: dict[tuple[Name, Key], set[str]] = defaultdict(set)
        self.in_levels: set[tuple[Name, Key]] = set()
        self.extra: dict[tuple[str, tuple[int, ...]], int] = {}
        self.alternatives = Counter(_alternative(*one) for one in zip(self.names, self.keys, self.rows, strict=True))
        self._members()

    def _members(self) -> None:
        """Which levels and classes were joined: rows with this reason beside the row `_O` that holds them.

        Where levels of a composition are joined all classes of a domain are; where classes are, one at least is left.
        """
        present = set(zip(self.names, self.keys, strict=True))
        compositions = {name for name in self.names if name[CATEGORY] == _other(name[CATEGORY])}
        joined: dict[tuple[Name, Key], set[str]] = defaultdict(set)
        every: dict[tuple[Name, Key], set[str]] = defaultdict(set)
        for name, key, row in zip(self.names, self.keys, self.rows, strict=True):
            category = name[CATEGORY]
            other = _with(name, _other(category))
            if category == other[CATEGORY]:
                continue
            group = other if other in compositions else name
            every[group, key].add(category)
            if row["flag_reason"] == "joined":
                joined[group, key].add(category)
        for (group, key), classes in joined.items():
            whole = classes == every[group, key]
            if not whole and (group, key) in present:
                self.joined_classes[group, key] |= classes
            for at in range(len(key) if whole else 0):
                together = (*key[:at], (key[at][0], OTHER), *key[at + 1 :])
                for category in sorted(classes):
                    name = _with(group, category)
                    if (name, together) in present:
                        self.joined_levels[name, together].append(key)
                        self.in_levels.add((name, key))

    def cell(self, kind: str, name: Name, key: Key) -> int | None:
        """The cell of a base or event; that of joined ones is their sum, learnt as a new cell."""
        if any(level == OTHER for _, level in key):
            members = [self.cell(kind, name, k) for k in self.joined_levels.get((name, key), ())]
            return self._sum(members, f"joined levels {words(key)}")
        if name[CATEGORY] == _other(name[CATEGORY]):
            classes = sorted(self.joined_classes.get((name, key), ()))
            if kind == "base":
                return self.cell(kind, _with(name, classes[0]), key) if classes else None
            return self._sum([self.cell(kind, _with(name, c), key) for c in classes], f"joined classes {words(key)}")
        tables = self.made.cells.base if kind == "base" else self.made.cells.event
        at = tables.get(name)
        return None if at is None else self.made.cells.tables[at].cells.get(key)

    def _sum(self, members: list[int | None], where: str) -> int | None:
        known = tuple(sorted(m for m in members if m is not None))
        if not known or len(known) < len(members):
            return None
        if len(known) == 1:
            return known[0]
        if (where, known) not in self.extra:
            truth = self.made.cells
            cell = truth.add(sum(truth.n[m] for m in known), sum(truth.w[m] for m in known))
            _grow(self.made)
            self.extra[where, known] = cell
            self.made.sums.append(Sum(cell, known, "joined", where))
        return self.extra[where, known]

    def read(self) -> None:
        """Learn from every row."""
        for name, key, row in zip(self.names, self.keys, self.rows, strict=True):
            base = self.cell("base", name, key)
            if base is None:
                continue
            event = self.cell("event", name, key)
            text = f"{'|'.join(filter(None, name))} [{words(key)}]"
            self.made.where.setdefault(base, text)
            if event is not None:
                self.made.where.setdefault(event, f"counted: {text}")
            self._learn(name, key, row, base, event)

    def _learn(self, name: Name, key: Key, row: Mapping[str, Any], base: int, event: int | None) -> None:
        made, says = self.made, said(row, key, self.step, self.few)
        if self._stands_for_another(name, key, row, says, base, event):
            return
        class_joined = says.hidden == "joined" and (name, key) not in self.in_levels
        # How many did not answer is no secret.
        secret = says.hidden if not any(level in UNKNOWN_LEVELS for _, level in key) else ""
        if says.shown:
            made.shown.add(base)
        elif secret and not class_joined:
            made.hidden.setdefault(base, secret)
        if not class_joined:
            made.number(base, *says.n)
        if event is None:
            return
        if class_joined:
            if secret:
                made.hidden.setdefault(event, "class")
            made.number(event, 1.0, np.inf)
            return
        made.number(event, *says.event)
        made.weigh(event, says.weight[0] / self.mean, says.weight[1] / self.mean)
        if says.share is not None:
            made.share(event, base, *says.share)
        if row["flag_reason"] == "few_counted":
            made.bounded.add(event)
        if says.rest == (0.0, 0.0):
            made.sums.append(Sum(base, (event,), "all of them"))
        elif says.rest != (0.0, np.inf):
            self._rest(event, base, says.rest)

    def _stands_for_another(
        self, name: Name, key: Key, row: Mapping[str, Any], says: Said, base: int, event: int | None
    ) -> bool:
        """Whether the row is not of its own persons: there are other variants, laws, branches or readings of it, and it does not fit.

        A row that differs from another one by a few persons is printed equal to it, which its flag does not always say. That the
        attacker is misled by none of these is the one thing that he is given beyond what he can know.
        """
        if self.alternatives[_alternative(name, key, row)] < 2:
            return False
        truth = self.made.cells
        fits = says.n[0] <= truth.n[base] <= says.n[1]
        if event is not None:
            fits &= says.event[0] <= truth.n[event] <= says.event[1]
            fits &= says.rest[0] <= truth.n[base] - truth.n[event] <= says.rest[1]
            w = truth.w[event] * self.mean
            fits &= says.weight[0] <= w * (1 + 1e-9) + 1e-6 and w * (1 - 1e-9) - 1e-6 <= says.weight[1]
            if says.share is not None and truth.w[base]:
                fits &= says.share[0] - 1e-9 <= truth.w[event] / truth.w[base] <= says.share[1] + 1e-9
        return not fits

    def _rest(self, event: int, base: int, between: tuple[float, float]) -> None:
        """Those not counted, as a cell of their own."""
        truth = self.made.cells
        if ("rest", (event, base)) not in self.extra:
            cell = truth.add(truth.n[base] - truth.n[event], truth.w[base] - truth.w[event])
            _grow(self.made)
            self.extra["rest", (event, base)] = cell
            self.made.where[cell] = f"not {self.made.where.get(event, '')}"
            self.made.sums.append(Sum(base, (event, cell), "not counted"))
        cell = self.extra["rest", (event, base)]
        self.made.number(cell, *between)
        if between[1] <= self.few:
            self.made.bounded.add(cell)


def _alternative(name: Name, key: Key, row: Mapping[str, Any]) -> tuple[object, ...]:
    """What rows have in common that may stand for each other: all but variant, branch, law, scenario and reading."""
    concept, universe, _, indicator, category, *_ = name
    return (concept, universe, indicator, category, key, row["statistic"])


def _other(category: str) -> str:
    """The category of the joined classes of a composition: `industry:_O` beside `industry:A`."""
    prefix, colon, _ = category.partition(":")
    return f"{prefix}:{OTHER}" if colon and prefix in DIMENSIONS else OTHER


def _with(name: Name, category: str) -> Name:
    return (*name[:CATEGORY], category, *name[CATEGORY + 1 :])
