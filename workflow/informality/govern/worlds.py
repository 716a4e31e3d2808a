"""Which universe lies in which: where the domains of each are counted, as the counts themselves tell.

Persons who were asked about social security may be all employees; those of the national age base are some of the age groups. A reader can
find that out, so what is hidden of the one must be hidden of the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from informality.vocabulary import DIMENSIONS

# The levels of a domain, by dimension, in the order of the vocabulary.
Key = tuple[tuple[str, str], ...]
Table = dict[Key, int]

# A universe that is nearly one level of another is counted in that level's domain; one that is most of another, in the same domain.
NEARLY, MOSTLY = 0.9, 0.5
# Unions of levels are looked for in dimensions of at most so many.
FEW_LEVELS = 6


def joined(key: Key, level: Key) -> Key:
    """The levels of a domain within ``level``: a union of levels adds nothing to a level that is in it."""
    named = dict(key)
    added = [(name, union) for name, union in level if named.get(name) not in union.split("|")]
    return tuple(sorted({*key, *added}, key=lambda pair: (DIMENSIONS.index(pair[0]), pair[1])))


@dataclass(frozen=True)
class Home:
    """Where the domains of a universe lie: ``key`` (empty: the whole) of a ``world``; ``exactly``: the universe of which it is this level."""

    universe: int
    world: int
    key: Key = ()
    exactly: int = -1


def homes_of(tables: Sequence[Table], names: Sequence[tuple[str, str]]) -> list[Home]:
    """The home of each series, from its persons by domain and the names (concept, universe) of its universe."""
    different: dict[tuple[tuple[Key, int], ...], list[int]] = defaultdict(list)
    for at, table in enumerate(tables):
        different[tuple(sorted(table.items()))].append(at)
    # The widest universe with most domains begins a world.
    order = sorted(different.values(), key=lambda ats: (-len(tables[ats[0]]), -tables[ats[0]].get((), 0), ats[0]))
    wholes: list[tuple[Home, Table, set[str]]] = []
    found: dict[int, Home] = {}
    begun = 0
    for universe, ats in enumerate(order):
        table, called = tables[ats[0]], {names[at][1] for at in ats}
        home = _home(universe, table, called, wholes)
        if home is None:
            home, begun = Home(universe, begun), begun + 1
        if home.key == ():
            wholes.append((home, table, called))
        found |= dict.fromkeys(ats, home)
    return [found[at] for at in range(len(tables))]


def _home(universe: int, table: Table, called: set[str], wholes: Sequence[tuple[Home, Table, set[str]]]) -> Home | None:
    """The smallest domain of a known universe that holds every person of ``table``, where there is one that it nearly fills."""
    size = table.get((), 0)
    near: list[tuple[int, Home]] = []
    for home, wide, known_as in wholes:
        levels = [key for key in wide if len(key) == 1 and size <= wide[key] <= size / NEARLY]
        for key in [*levels, *_unions(table, wide)]:
            if "|" in str(key) or _inside(table, wide, key):
                exact = wide.get(key, size) == size
                near.append((wide.get(key, size), Home(universe, home.world, key, home.universe if exact else -1)))
        if _inside(table, wide, ()) and (size >= MOSTLY * wide[()] or called & known_as):
            near.append((wide[()], Home(universe, home.world)))
    if not near:
        return None
    # Of equal ones the whole is simpler than a level of it.
    return min(near, key=lambda found: (found[0], len(found[1].key), found[1].key, found[1].exactly))[1]


def _inside(table: Table, wide: Table, level: Key) -> bool:
    """Whether no domain of ``table`` holds more persons than ``wide`` has in that domain at ``level``."""
    shared = [(n, wide[joined(key, level)]) for key, n in table.items() if joined(key, level) in wide]
    return () in table and () in wide and len(shared) > 1 and all(n <= most for n, most in shared)


def _unions(table: Table, wide: Table) -> Iterator[Key]:
    """Unions of two or more levels of one dimension whose persons are exactly those of ``table``."""
    by_dimension: dict[str, dict[str, int]] = defaultdict(dict)
    for key, n in wide.items():
        if len(key) == 1:
            by_dimension[key[0][0]][key[0][1]] = n
    for name, levels in by_dimension.items():
        if not 2 < len(levels) <= FEW_LEVELS:
            continue
        for size in range(2, len(levels)):
            for some in combinations(sorted(levels), size):
                if sum(levels[level] for level in some) != table.get(()):
                    continue
                sums = [
                    (n, sum(wide.get(joined(key, ((name, level),)), 0) for level in some))
                    for key, n in table.items()
                    if name not in dict(key) and any(joined(key, ((name, level),)) in wide for level in some)
                ]
                if len(sums) > 1 and all(n == found for n, found in sums):
                    yield ((name, "|".join(some)),)
