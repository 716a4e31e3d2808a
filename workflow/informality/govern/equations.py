"""The system of counts behind the published rows of one survey: which domains there are, and which add up to which.

A domain is a set of levels (`sex=female, area=urban`; the empty set is the whole country). A reader of all outputs can use every
sum that holds between published counts: over the levels of a dimension, over the parts of a coarser grouping, between universes of
which one is a level of the other. So equations are not declared; they are found in the counts and kept where they hold exactly.
What is true by accident is kept too: that makes the rule stricter, never weaker.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from informality.govern.events import Series, event_domains
from informality.govern.halves import halves, tied
from informality.govern.nesting import grouping
from informality.govern.ties import Bools, Equation, Floats, Ints, Ties
from informality.govern.worlds import NEARLY, Home, Key, Table, homes_of, joined
from informality.vocabulary import DIMENSIONS, TOTAL

# A fine and a coarse grouping of the same thing; which levels make up which is read from the counts.
GROUPINGS = (("industry", "industry3"), ("industry_national", "industry3"), ("settlement", "area"))
# Rows of one series differ in statistic and domain only.
SERIES = ("concept", "universe", "variant", "indicator", "category", "branch", "law", "scenario", "assumption")
# These compare domains, and count nobody of their own.
COMPARISONS = ("difference", "test")
# The office's own figures stand in no table of the report.
CHECK = "check"
# Tables with more dimensions are not published: nothing would check them.
MOST_WAYS = 2


@dataclass(frozen=True, eq=False)
class Counts:
    """All counts of a survey.

    ``keys``: the levels of each domain, after the number of its world: universes of different worlds share no domain.
    ``series``: the different series; ``persons``: persons of each universe together with those universes that are exactly a level
    of it (universes × domains). Of each row of the hub: ``domain`` and ``number`` of its series, -1 for none, and
    ``event_domain``, the domain of another world that its event is (the employed among all persons); ``ways``, its dimensions;
    ``shown``: whether it stands in a table of the report.
    ``twins``: pairs of domains that are nearly the same persons without an equation that says so: shown or hidden together.
    """

    keys: tuple[tuple[int, Key], ...]
    equations: tuple[Equation, ...]
    series: tuple[Series, ...]
    persons: Floats
    twins: tuple[tuple[int, int], ...]
    domain: Ints
    number: Ints
    event_domain: Ints
    ways: Ints
    shown: Bools

    @cached_property
    def measures(self) -> Floats:
        """Different counts of persons (measures × domains): of universes, and of those in them with a known value."""
        return _distinct([*self.persons, *(row for s in self.series for row in (s.persons, s.known))], len(self.keys))


def counts(hub: pd.DataFrame) -> Counts:
    """The system of counts of the hub's rows (columns `HUB_KEYS` and `HUB_VALUES`) with at most `MOST_WAYS` dimensions.

    The same whatever the order of the rows.
    """
    usable = (
        hub["n"].notna()
        & ~hub["statistic"].astype("str").isin(COMPARISONS)
        & ~hub["state"].astype("str").isin(["not_asked", "not_computable"])
    ).to_numpy()
    levels, at_levels = _levels(hub)
    ways = np.array([len(key) for key in levels], dtype=np.intp)[at_levels]
    rows = np.flatnonzero(usable & (ways <= MOST_WAYS))
    # Where statistics of a series differ in their persons the last in the alphabet counts.
    rows = rows[np.argsort(hub["statistic"].astype("str").to_numpy(dtype=object)[rows], kind="stable")]
    names, of_row = distinct(hub.iloc[rows], SERIES)
    number = np.full(len(hub), -1, dtype=np.intp)
    number[rows] = of_row
    n, missing, event = (hub[c].to_numpy(dtype=float, na_value=np.nan) for c in ("n", "n_missing", "n_event"))
    persons = n + np.nan_to_num(missing)
    tables: list[Table] = [{} for _ in names]
    for series_at, level_at, count in zip(
        of_row.tolist(), at_levels[rows].tolist(), persons[rows].tolist(), strict=True
    ):
        tables[series_at][levels[level_at]] = int(count)
    homes = homes_of(tables, [_universe(name) for name in names])

    # Rows of the same series and levels are of one domain.
    pairs, of_pair = np.unique(of_row * len(levels) + at_levels[rows], return_inverse=True)
    where: dict[tuple[Key, Home], tuple[int, Key]] = {}
    named = []
    for series_at, level_at in zip((pairs // len(levels)).tolist(), (pairs % len(levels)).tolist(), strict=True):
        key, home = levels[level_at], homes[series_at]
        if (key, home) not in where:
            where[key, home] = home.world, joined(key, home.key)
        named.append(where[key, home])
    place = {key: at for at, key in enumerate(sorted(set(named)))}
    domain = np.full(len(hub), -1, dtype=np.intp)
    domain[rows] = np.array([place[key] for key in named], dtype=np.intp)[of_pair]
    columns = np.full((3, len(names), len(place)), np.nan)
    for line, values in enumerate((persons, n, event)):
        columns[line, of_row, domain[rows]] = values[rows]
    series = [Series(*columns[:, at]) for at in range(len(names))]
    together = _distinct(_with_levels(series, homes), len(place))
    equations = _equations(place, together)
    twins = _twins(place, equations, together)
    together, more, others = _halves(place, tables, homes, together)
    equations = tuple(sorted({*equations, *more}, key=lambda e: (e.total, e.parts)))
    return Counts(
        tuple(place), equations, tuple(series), together, tuple(dict.fromkeys([*twins, *others])), domain, number,
        event_domains(tuple(place), series, homes, domain, number), ways,
        (hub["universe"].astype("str") != CHECK).to_numpy(dtype=bool),
    )  # fmt: skip


def _universe(name: tuple[str, ...]) -> tuple[str, str]:
    """Concept and universe of a series; who is in one that a law draws differs by law, reading and branch."""
    keys = dict(zip(SERIES, name, strict=True))
    drawn = "|".join((keys["law"], keys["assumption"], keys["branch"])) if keys["law"] else ""
    return keys["concept"], f"{keys['universe']}|{drawn}" if drawn else keys["universe"]


def _distinct(rows: Sequence[Floats], width: int) -> Floats:
    return np.array(list({row.tobytes(): row for row in rows}.values())).reshape(-1, width)


def _with_levels(series: Sequence[Series], homes: Sequence[Home]) -> list[Floats]:
    """Persons of each universe together with those of the universes that are exactly a level of it."""
    persons: dict[int, Floats] = {}
    levels: dict[int, list[int]] = defaultdict(list)
    for one, home in zip(series, homes, strict=True):
        if home.universe not in persons:
            persons[home.universe] = one.persons
            levels[home.exactly].append(home.universe)
    lines = []
    for universe, whole in persons.items():
        for level in levels[universe]:
            whole = np.where(np.isfinite(whole), whole, persons[level])
        lines.append(whole)
    return lines


def _twins(
    place: Mapping[tuple[int, Key], int], equations: Sequence[Equation], measures: Floats
) -> tuple[tuple[int, int], ...]:
    tied = {(e.total, part) for e in equations for part in e.parts}
    most = np.nanmax(np.where(np.isfinite(measures), measures, -1.0), axis=0)
    found = []
    for (world, key), at in place.items():
        for pair in key:
            level, whole = place.get((world, (pair,))), place.get((world, ()))
            wide = place.get((world, tuple(p for p in key if p != pair)))
            if level is None or whole is None or wide is None or (wide, at) in tied:
                continue
            if most[level] >= NEARLY * most[whole]:
                found.append((wide, at))
    return tuple(found)


def _halves(
    place: Mapping[tuple[int, Key], int], tables: Sequence[Table], homes: Sequence[Home], together: Floats
) -> tuple[Floats, list[Equation], list[tuple[int, int]]]:
    """Persons of universes, with those of two and what they make up as one more line; equations and twins of these."""
    lines, equations, twins = [*together], [], []
    for found in halves(tables, homes):
        summed, pairs = tied(found)
        twins += [(place[a], place[b]) for a, b in pairs]
        line = np.full(len(place), np.nan)
        for whole in summed:
            parts = {place[domain]: persons for domain, persons in found[whole]}
            line[list(parts)] = list(parts.values())
            line[place[whole]] = sum(parts.values())
            equations.append(Equation(place[whole], tuple(sorted(parts))))
        if summed:
            lines.append(line)
    return _distinct(lines, len(place)), equations, twins


def distinct(frame: pd.DataFrame, names: Sequence[str]) -> tuple[list[tuple[str, ...]], Ints]:
    """The different rows of some columns, as texts and sorted; and of each row the position among them."""
    code, columns = np.zeros(len(frame), dtype=np.intp), []
    for name in names:
        codes, values = pd.factorize(frame[name].astype("str"), sort=True)
        columns.append((codes, values))
        _, code = np.unique(code * (len(values) + 1) + codes, return_inverse=True)
    _, first, at = np.unique(code, return_index=True, return_inverse=True)
    texts = [np.asarray(values, dtype=object)[codes[first]].tolist() for codes, values in columns]
    return list(zip(*texts, strict=True)), at.astype(np.intp)


def keys_of(hub: pd.DataFrame) -> list[Key]:
    """The levels of every row's domain."""
    levels, at = _levels(hub)
    return [levels[a] for a in at.tolist()]


def _levels(hub: pd.DataFrame) -> tuple[list[Key], Ints]:
    """The different sets of levels of a hub, and of each row the position among them."""
    found, at = distinct(hub, DIMENSIONS)
    keys = [tuple(pair for pair in zip(DIMENSIONS, row, strict=True) if pair[1] != TOTAL) for row in found]
    return keys, at


def _equations(place: Mapping[tuple[int, Key], int], measures: Floats) -> tuple[Equation, ...]:
    """The equations that hold in some line of ``measures``."""
    children: dict[tuple[tuple[int, Key], str], list[int]] = defaultdict(list)
    for (world, key), at in place.items():
        for pair in key:
            rest = tuple(p for p in key if p != pair)
            children[(world, rest), pair[0]].append(at)
    level_of = {at: dict(key) for (_, key), at in place.items()}
    possible: set[Equation] = set()

    def keep(total: int, parts: Iterable[int]) -> None:
        equation = Equation(total, tuple(sorted(parts)))
        if equation.parts:
            possible.add(equation)

    for (parent, name), ats in children.items():
        single = [at for at in ats if "|" not in level_of[at][name]]
        if parent in place:
            keep(place[parent], single)
        for union in set(ats) - set(single):
            members = level_of[union][name].split("|")
            keep(union, [at for at in single if level_of[at][name] in members])
    for fine, coarse in GROUPINGS:
        for total, parts in grouping(fine, coarse, children, level_of, measures):
            keep(total, parts)
    found = sorted(possible, key=lambda e: (e.total, e.parts))
    held = np.asarray(Ties(found).hold(measures).any(axis=0))
    return tuple(equation for equation, holds in zip(found, held, strict=True) if holds)
