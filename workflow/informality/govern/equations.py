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

import numpy as np
import numpy.typing as npt
import pandas as pd

from informality.govern.halves import halves, tied
from informality.govern.nesting import grouping
from informality.govern.worlds import NEARLY, Home, Key, Table, homes_of, joined
from informality.vocabulary import DIMENSIONS, TOTAL

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]
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


@dataclass(frozen=True)
class Equation:
    """The count of domain ``total`` is the sum of those of ``parts`` (positions among the domains)."""

    total: int
    parts: tuple[int, ...]

    @property
    def domains(self) -> tuple[int, ...]:
        """Total and parts."""
        return (self.total, *self.parts)


@dataclass(frozen=True, eq=False)
class Series:
    """Counts of one series: persons of its universe, with a known value, with the event; NaN in domains that it has not."""

    persons: Floats
    known: Floats
    event: Floats

    def parts(self) -> Floats:
        """Event, no event, unknown (3 × domains): they add up to the persons."""
        return np.stack([self.event, self.known - self.event, self.persons - self.known])


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

    def measures(self) -> Floats:
        """Different counts of persons (measures × domains): of universes, and of those in them with a known value."""
        return _distinct([*self.persons, *(row for s in self.series for row in (s.persons, s.known))], len(self.keys))


def counts(hub: pd.DataFrame) -> Counts:
    """The system of counts of the hub's rows (columns `HUB_KEYS` and `HUB_VALUES`) with at most `MOST_WAYS` dimensions."""
    usable = (
        hub["n"].notna()
        & ~hub["statistic"].astype("str").isin(COMPARISONS)
        & ~hub["state"].astype("str").isin(["not_asked", "not_computable"])
    ).to_numpy()
    broken_down = keys_of(hub)
    rows = np.flatnonzero(usable & np.array([len(key) <= MOST_WAYS for key in broken_down], dtype=bool))
    names = list(zip(*(hub[name].astype("str") for name in SERIES), strict=True))
    known_as: dict[tuple[str, ...], int] = {}
    number = np.full(len(hub), -1, dtype=np.intp)
    n, missing, event = (hub[c].to_numpy(dtype=float, na_value=np.nan) for c in ("n", "n_missing", "n_event"))
    persons = n + np.nan_to_num(missing)
    tables: list[Table] = []
    for row in rows:
        at = number[row] = known_as.setdefault(names[row], len(known_as))
        if at == len(tables):
            tables.append({})
        tables[at][broken_down[row]] = int(persons[row])
    homes = homes_of(tables, [_universe(name) for name in known_as])

    place: dict[tuple[int, Key], int] = {}
    domain = np.full(len(hub), -1, dtype=np.intp)
    for row in rows:
        home = homes[number[row]]
        domain[row] = place.setdefault((home.world, joined(broken_down[row], home.key)), len(place))
    series = []
    for at in range(len(known_as)):
        columns = np.full((3, len(place)), np.nan)
        mine = rows[number[rows] == at]
        for line, values in enumerate((persons, n, event)):
            columns[line, domain[mine]] = values[mine]
        series.append(Series(*columns))
    together = _distinct([_with_levels(at, series, homes) for at in range(len(series))], len(place))
    equations = _equations(place, together)
    twins = _twins(place, equations, together)
    together, more, others = _halves(place, tables, homes, together)
    equations = tuple(sorted({*equations, *more}, key=lambda e: (e.total, e.parts)))
    return Counts(
        tuple(place), equations, tuple(series), together, tuple(dict.fromkeys([*twins, *others])), domain, number,
        _event_domains(place, series, homes, domain, number),
        np.array([len(key) for key in broken_down], dtype=np.intp),
        (hub["universe"].astype("str") != CHECK).to_numpy(dtype=bool),
    )  # fmt: skip


def _universe(name: tuple[str, ...]) -> tuple[str, str]:
    """Concept and universe of a series; who is in one that a law draws differs by law, reading and branch."""
    keys = dict(zip(SERIES, name, strict=True))
    drawn = "|".join((keys["law"], keys["assumption"], keys["branch"])) if keys["law"] else ""
    return keys["concept"], f"{keys['universe']}|{drawn}" if drawn else keys["universe"]


def _distinct(rows: Sequence[Floats], width: int) -> Floats:
    return np.array(list({row.tobytes(): row for row in rows}.values())).reshape(-1, width)


def _with_levels(at: int, series: Sequence[Series], homes: Sequence[Home]) -> Floats:
    """Persons of a universe, and of the universes that are exactly a level of it."""
    whole = series[at].persons.copy()
    for other, home in zip(series, homes, strict=True):
        if home.exactly == homes[at].universe:
            whole = np.where(np.isfinite(whole), whole, other.persons)
    return whole


def _event_domains(
    place: Mapping[tuple[int, Key], int], series: Sequence[Series], homes: Sequence[Home], domain: Ints, number: Ints
) -> Ints:
    """The domain of another world whose persons are the event of a row, -1 for none."""
    keys = list(place)
    found = np.full(len(domain), -1, dtype=np.intp)
    for at, one in enumerate(series):
        for world in sorted({home.world for home in homes}):
            if world == homes[at].world:
                continue
            mine = np.flatnonzero(np.isfinite(one.event))
            pairs = {m: place[world, keys[m][1]] for m in mine if (world, keys[m][1]) in place}
            persons = {homes[b].universe: s.persons for b, s in enumerate(series) if homes[b].world == world}
            for values in persons.values():
                if len(pairs) > 1 and all(one.event[m] == values[p] for m, p in pairs.items()):
                    rows = np.flatnonzero(number == at)
                    found[rows] = [pairs.get(d, -1) for d in domain[rows]]
    return found


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


def keys_of(hub: pd.DataFrame) -> list[Key]:
    """The levels of every row's domain."""
    columns = [hub[name].astype("str").to_numpy(dtype=object) for name in DIMENSIONS]
    found: list[list[tuple[str, str]]] = [[] for _ in range(len(hub))]
    for name, column in zip(DIMENSIONS, columns, strict=True):
        for row in np.flatnonzero(column != TOTAL):
            found[row].append((name, column[row]))
    return [tuple(key) for key in found]


def _equations(place: Mapping[tuple[int, Key], int], measures: Floats) -> tuple[Equation, ...]:
    children: dict[tuple[tuple[int, Key], str], list[int]] = defaultdict(list)
    for (world, key), at in place.items():
        for pair in key:
            rest = tuple(p for p in key if p != pair)
            children[(world, rest), pair[0]].append(at)
    level_of = {at: dict(key) for (_, key), at in place.items()}
    found: dict[tuple[int, frozenset[int]], Equation] = {}

    def keep(total: int, parts: Iterable[int]) -> None:
        equation = Equation(total, tuple(sorted(parts)))
        if equation.parts and any(holds(equation, measure) for measure in measures):
            found.setdefault((total, frozenset(parts)), equation)

    for (parent, name), ats in sorted(children.items(), key=lambda item: (item[0][0], item[0][1])):
        single = [at for at in ats if "|" not in level_of[at][name]]
        if parent in place:
            keep(place[parent], single)
        for union in set(ats) - set(single):
            members = level_of[union][name].split("|")
            keep(union, [at for at in single if level_of[at][name] in members])
    for fine, coarse in GROUPINGS:
        for total, parts in grouping(fine, coarse, children, level_of, measures):
            keep(total, parts)
    return tuple(sorted(found.values(), key=lambda e: (e.total, e.parts)))


def holds(equation: Equation, measure: Floats) -> bool:
    """Whether the measure has the total and some part of it, and they add up; a part that it lacks is an empty domain."""
    parts = measure[list(equation.parts)]
    total = measure[equation.total]
    return bool(np.isfinite(total) and np.isfinite(parts).any() and np.nansum(parts) == total)
