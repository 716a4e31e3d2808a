"""Which cells add up to which, and which are part of which: what an attacker works out from definitions.

- sums: over the levels of a dimension, `_U` included; over the fine levels in a coarse one; over the categories of a composition,
  all of them or those that make up another indicator (the classes of the gap); a base without the persons counted, where the rest is
  a universe of its own.
- parts: whoever is counted is in the base; a universe whose conditions include all those of another one; persons whose answer is
  known among all of a universe; a concept of employment within a wider one; categories inside each other.

Each is kept only where it holds in the exact counts and weights, so that no false sum misleads the attacker.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from attack.cells import Cells, Table
from attack.nests import nests
from attack.rows import OTHER, SERIES, Key

# Compositions with more categories are added up as a whole and by the parts of their names only.
MOST_CATEGORIES = 16
# So many common domains at least say that one category lies within another.
ENOUGH_DOMAINS = 3


@dataclass(frozen=True)
class Sum:
    """``whole`` is the sum of ``parts``; ``kind`` and ``where`` are words for the report."""

    whole: int
    parts: tuple[int, ...]
    kind: str
    where: str = ""


@dataclass(frozen=True)
class Inside:
    """All of ``part`` are in ``whole``."""

    part: int
    whole: int
    kind: str


def sums(cells: Cells) -> list[Sum]:
    """All sums, each once."""
    found: dict[tuple[int, tuple[int, ...]], Sum] = {}
    for one in (*_margins(cells), *_nested(cells), *_compositions(cells), *_remainders(cells)):
        whole, parts = one.whole, tuple(sorted(p for p in one.parts if cells.n[p] or cells.w[p]))
        if parts and parts != (whole,) and holds(cells, whole, parts):
            found.setdefault((whole, parts), Sum(whole, parts, one.kind, one.where))
    return list(found.values())


def holds(cells: Cells, whole: int, parts: Sequence[int]) -> bool:
    """Whether numbers and weights add up."""
    n, w = sum(cells.n[p] for p in parts), sum(cells.w[p] for p in parts)
    return n == cells.n[whole] and abs(w - cells.w[whole]) <= 1e-6 * max(1.0, cells.w[whole])


def _children(table: Table) -> dict[tuple[Key, str], dict[str, int]]:
    children: dict[tuple[Key, str], dict[str, int]] = defaultdict(dict)
    for key, cell in table.cells.items():
        for name, level in key:
            children[tuple(p for p in key if p[0] != name), name][level] = cell
    return children


def _margins(cells: Cells) -> Iterator[Sum]:
    for table in cells.tables:
        for (parent, name), levels in _children(table).items():
            if parent in table.cells:
                yield Sum(table.cells[parent], tuple(levels.values()), "margin", f"{words(parent)} over {name}")


def _nested(cells: Cells) -> Iterator[Sum]:
    known = nests(cells)
    for table in cells.tables:
        children = _children(table)
        for (fine, coarse), nest in known.items():
            for (parent, name), levels in children.items():
                if name != coarse or (parent, fine) not in children:
                    continue
                within = children[parent, fine]
                for level, members in nest.items():
                    parts = tuple(within[m] for m in sorted(members) if m in within)
                    if level in levels:
                        yield Sum(levels[level], parts, f"nest {fine} in {coarse}", words((*parent, (coarse, level))))


def compositions(cells: Cells) -> dict[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Series that differ in category only, and have the same base, by their other keys."""
    at = SERIES.index("category")
    groups: dict[tuple[str, ...], dict[str, tuple[str, ...]]] = defaultdict(dict)
    for name in cells.event:
        groups[(*name[:at], *name[at + 1 :])][name[at]] = name
    return {
        rest: group
        for rest, group in groups.items()
        if len(group) > 1 and len({cells.base[name] for name in group.values()}) == 1
    }


def _compositions(cells: Cells) -> Iterator[Sum]:
    national: dict[float, list[int]] = defaultdict(list)
    for at, table in enumerate(cells.tables):
        if table.values.get((), (0.0, 0.0))[0]:
            national[table.values[()][0]].append(at)
    for group in compositions(cells).values():
        tables = {category: cells.tables[cells.event[name]] for category, name in group.items()}
        base = cells.base[next(iter(group.values()))]
        if not all(() in table.values for table in tables.values()):
            continue
        n = {category: table.values[()][0] for category, table in tables.items()}
        seen = set()
        for chosen in _choices(sorted(group)):
            for at in national.get(sum(n[c] for c in chosen), ()):
                if (chosen, at) in seen:
                    continue
                seen.add((chosen, at))
                yield from _same(cells, [tables[c] for c in chosen], at, at == base, chosen)


def _choices(categories: Sequence[str]) -> Iterator[tuple[str, ...]]:
    yield tuple(categories)
    if len(categories) <= MOST_CATEGORIES:
        for size in range(2, len(categories)):
            yield from combinations(categories, size)
        return
    parts: dict[tuple[int, str], list[str]] = defaultdict(list)
    for category in categories:
        for at, word in enumerate(re.split(r"[>:+]", category)):
            parts[at, word].append(category)
    yield from (tuple(found) for found in parts.values())


def _same(cells: Cells, tables: Sequence[Table], at: int, base: bool, chosen: Sequence[str]) -> Iterator[Sum]:
    """Sums in every domain, where they hold in all of them; an accident in one domain is no rule."""
    whole = cells.tables[at]
    made = []
    for key, cell in whole.cells.items():
        if not any(key in table.cells for table in tables):
            continue
        parts = tuple(table.cells[key] for table in tables if key in table.cells)
        if not holds(cells, cell, parts):
            return
        kind = "composition" if base else "part of a composition"
        made.append(Sum(cell, parts, kind, f"{'+'.join(chosen)} in {words(key)}"))
    if len(made) >= (ENOUGH_DOMAINS if cells.self_weighting and not base else 1):
        yield from made


def _remainders(cells: Cells) -> Iterator[Sum]:
    """Those of a base who are not counted, where they are a table of their own."""
    national: dict[float, list[int]] = defaultdict(list)
    for at, table in enumerate(cells.tables):
        if table.values.get((), (0.0, 0.0))[0]:
            national[table.values[()][0]].append(at)
    for name, event in {(cells.base[s], e): e for s, e in cells.event.items()}.items():
        base = cells.tables[name[0]]
        if () not in base.values or () not in cells.tables[event].values:
            continue
        rest = base.values[()][0] - cells.tables[event].values[()][0]
        for at in national.get(rest, ()):
            both = [cells.tables[event], cells.tables[at]]
            common = [k for k in base.cells if all(k in t.cells for t in both)]
            made = [Sum(base.cells[k], tuple(t.cells[k] for t in both), "remainder", words(k)) for k in common]
            enough = len(made) >= (ENOUGH_DOMAINS if cells.self_weighting else 1)
            if enough and all(holds(cells, one.whole, one.parts) for one in made):
                yield from made


def insides(cells: Cells, universes: Mapping[str, str]) -> list[Inside]:
    """All inclusions, each once; ``universes``: their conditions, as declared."""
    found: dict[tuple[int, int], Inside] = {}
    pairs: dict[tuple[int, int], str] = {}
    for name, event in cells.event.items():
        pairs.setdefault((event, cells.base[name]), "counted in base")
    whole = _fullest(cells)
    for name, base in cells.base.items():
        for other, kind in _wider(name, universes):
            if other in whole:
                pairs.setdefault((base, whole[other]), kind)
    for group in compositions(cells).values():
        tables = sorted({cells.event[name] for name in group.values()})
        # Where everybody is in one category there is none inside another; small ones would seem to be.
        whole = cells.tables[cells.base[next(iter(group.values()))]].values.get((), (np.nan, 0.0))[0]
        if sum(cells.tables[at].values.get((), (0.0, 0.0))[0] for at in tables) <= whole:
            continue
        pairs.update({(a, b): "category in category" for a in tables for b in tables if _within(cells, a, b)})
    for (part, wide), kind in pairs.items():
        one, other = cells.tables[part], cells.tables[wide]
        common = [k for k in one.cells if k in other.cells and one.cells[k] != other.cells[k]]
        if all(
            one.values[k][0] <= other.values[k][0] and one.values[k][1] <= other.values[k][1] + 1e-6 for k in common
        ):
            for k in common:
                found.setdefault((one.cells[k], other.cells[k]), Inside(one.cells[k], other.cells[k], kind))
    return list(found.values())


def _within(cells: Cells, a: int, b: int) -> bool:
    one, other = cells.tables[a].values, cells.tables[b].values
    common = [key for key in one if key in other and key]
    return a != b and len(common) >= ENOUGH_DOMAINS and all(one[k][0] <= other[k][0] for k in common)


def _place(name: tuple[str, ...]) -> tuple[str, ...]:
    """What a universe depends on: its concept and name, the variant, and what the law says."""
    keys = dict(zip(SERIES, name, strict=True))
    return keys["concept"], keys["universe"], keys["variant"], keys["branch"], keys["law"], keys["assumption"]


def _fullest(cells: Cells) -> dict[tuple[str, ...], int]:
    """The table with most persons of each universe: all of it, or those who answered most."""
    best: dict[tuple[str, ...], int] = {}
    for name, at in cells.base.items():
        place = _place(name)
        size = cells.tables[at].values.get((), (-1.0, 0.0))[0]
        if place not in best or size > cells.tables[best[place]].values.get((), (-1.0, 0.0))[0]:
            best[place] = at
    return best


def _wider(name: tuple[str, ...], universes: Mapping[str, str]) -> Iterator[tuple[tuple[str, ...], str]]:
    concept, universe, variant, branch, law, assumption = _place(name)
    mine = conditions(universes.get(universe, universe))
    for other, text in universes.items():
        if conditions(text) <= mine or other == universe:
            for v in {variant, ""}:
                yield (concept, other, v, "", "", ""), "universe in universe"
                yield (concept, other, v, branch, law, assumption), "universe in universe"
    wider = {"icls19": "icls13"}.get(concept)
    if wider:
        yield (wider, universe, variant, branch, law, assumption), "concept in concept"


def conditions(text: str) -> frozenset[str]:
    """The conditions of a universe that are joined by AND."""
    depth, words_, found = 0, [], set()
    for word in re.findall(r"\(|\)|[^\s()]+", text):
        depth += (word == "(") - (word == ")")
        if word == "AND" and depth == 0:
            found.add(" ".join(words_))
            words_ = []
        else:
            words_.append(word)
    return frozenset({*found, " ".join(words_)} - {"age_base"}) if text != "age_base" else frozenset()


def words(key: Key) -> str:
    """A domain in words."""
    return " × ".join(f"{name}={level}" for name, level in key) or "all"


__all__ = ["OTHER", "Inside", "Sum", "compositions", "holds", "insides", "sums", "words"]
