"""Which dimension is a function of which other one, as the counts tell, and as every reader of the vocabulary knows.

An attacker knows that sections make up industries, deciles quintiles and settlements urban and rural areas. Which level belongs to
which is found from exact counts and weights of all tables that have both dimensions: a choice of fine levels that adds up to the
coarse one in every table. Levels of which the counts say nothing else are left unmatched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from attack.cells import Cells, Pair
from attack.rows import Key
from scipy.optimize import Bounds, LinearConstraint, milp

# Tables that are looked at for one pair of dimensions: the largest tell most.
MOST_TABLES = 40
Nest = dict[str, frozenset[str]]


def nests(cells: Cells) -> dict[tuple[str, str], Nest]:
    """For each pair (fine, coarse) of dimensions the fine levels of each coarse level, where they add up in all tables."""
    tables: dict[tuple[int, Key, str], dict[str, Pair]] = defaultdict(dict)
    beside: dict[tuple[int, Key], set[str]] = defaultdict(set)
    for at, table in enumerate(cells.tables):
        for key, pair in table.values.items():
            for name, level in key:
                parent = tuple(p for p in key if p[0] != name)
                tables[at, parent, name][level] = pair
                beside[at, parent].add(name)
    places: dict[tuple[str, str], list[tuple[int, Key]]] = defaultdict(list)
    for place, names in beside.items():
        for fine in names:
            for coarse in names - {fine}:
                places[fine, coarse].append(place)
    found = {}
    for (fine, coarse), where in sorted(places.items()):
        lines = [(tables[(*place, fine)], tables[(*place, coarse)]) for place in where]
        nest = _nest(lines)
        if nest:
            found[fine, coarse] = nest
    return found


def _nest(lines: Sequence[tuple[Mapping[str, Pair], Mapping[str, Pair]]]) -> Nest:
    fine = sorted({level for one, _ in lines for level in one})
    coarse = sorted({level for _, other in lines for level in other})
    if len(fine) < 2 or len(coarse) < 2 or len(fine) < len(coarse):
        return {}
    distinct: dict[bytes, np.ndarray] = {}
    for one, other in lines:
        line = np.array(
            [one.get(level, (0.0, 0.0)) for level in fine] + [other.get(level, (0.0, 0.0)) for level in coarse]
        )
        distinct[line.tobytes()] = line
    rows = sorted(distinct.values(), key=lambda line: -line[:, 0].sum())[:MOST_TABLES]
    measures = np.array([column for line in rows for column in line.T])
    parts, wholes = measures[:, : len(fine)], measures[:, len(fine) :]
    nest: Nest = {}
    taken: set[int] = set()
    for at, level in enumerate(coarse):
        chosen = _subset(parts, wholes[:, at], taken)
        if chosen is None:
            continue
        taken |= set(chosen)
        nest[level] = frozenset(fine[i] for i in chosen)
    # One level that two groupings share (no answer) is no nest.
    return nest if sum(len(members) for members in nest.values()) > len(nest) else {}


def _subset(parts: np.ndarray, whole: np.ndarray, taken: set[int]) -> list[int] | None:
    """The columns of ``parts`` that add up to ``whole`` in every line, or None."""
    slack = 1e-6 * np.maximum(1.0, np.abs(whole))
    if not whole.any():
        return None
    possible = (parts <= (whole + slack)[:, None]).all(axis=0) & (parts > 0).any(axis=0)
    possible[list(taken)] = False
    candidates = np.flatnonzero(possible)
    if not len(candidates) or (parts[:, candidates].sum(axis=1) < whole - slack).any():
        return None
    some = parts[:, candidates]
    if (np.abs(some.sum(axis=1) - whole) <= slack).all():
        return candidates.tolist()
    answer = milp(
        np.zeros(len(candidates)),
        constraints=LinearConstraint(some, whole - slack, whole + slack),
        integrality=np.ones(len(candidates)),
        bounds=Bounds(0, 1),
        options={"time_limit": 5.0},
    )
    if answer.x is None:
        return None
    chosen = candidates[answer.x > 0.5]
    return chosen.tolist() if (np.abs(parts[:, chosen].sum(axis=1) - whole) <= slack).all() else None
