"""Universes that two others make up, as employees with a formal and with an informal job: what is hidden of one of the three is
hidden of a second.

Else a mean that is hidden among the few who have formal jobs follows from those of all employees and of the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from informality.govern.worlds import Home, Key, Table, joined

Domain = tuple[int, Key]


def halves(tables: Sequence[Table], homes: Sequence[Home]) -> Iterator[dict[Domain, tuple[tuple[Domain, int], ...]]]:
    """For each universe and two others that make it up: its domains, and of each the domains of the two with their persons.

    Found in the counts: they add up in every domain of a breakdown that all three have, in the whole and in one domain more. A domain
    that one of the two lacks holds nobody of it. Universes whose domains are the same (of one home) are no two.
    """
    different = {home.universe: (table, home) for table, home in zip(tables, homes, strict=True)}
    by_size: dict[int, list[int]] = {}
    for number, (table, _) in different.items():
        by_size.setdefault(table.get((), 0), []).append(number)
    breakdowns = {number: {_dimensions(key) for key in table} for number, (table, _) in different.items()}
    for a, b in combinations(sorted(different), 2):
        for whole in by_size.get(different[a][0].get((), 0) + different[b][0].get((), 0), []):
            if whole in (a, b):
                continue
            table = different[whole][0]
            keys = [key for key in table if _dimensions(key) in breakdowns[a] & breakdowns[b]]
            parts = (different[a], different[b])
            if len(keys) > 1 and all(table[key] == sum(part.get(key, 0) for part, _ in parts) for key in keys):
                yield {
                    _domain(different[whole][1], key): tuple(
                        (_domain(home, key), part[key]) for part, home in parts if key in part
                    )
                    for key in keys
                }


def _dimensions(key: Key) -> tuple[str, ...]:
    return tuple(name for name, _ in key)


def _domain(home: Home, key: Key) -> Domain:
    return home.world, joined(key, home.key)


def tied(found: Mapping[Domain, tuple[tuple[Domain, int], ...]]) -> tuple[list[Domain], list[tuple[Domain, Domain]]]:
    """Of one whole: the domains of which an equation says what it is made of; and pairs that are shown or hidden together.

    Where a part is counted in the domain of the whole, being most of it, the other part is what is left of the whole.
    """
    equations, pairs = [], []
    for whole, parts in found.items():
        names = {domain for domain, _ in parts}
        if whole in names:
            pairs += [(whole, other) for other in sorted(names - {whole})]
        elif len(names) == len(parts):
            equations.append(whole)
    return equations, pairs
