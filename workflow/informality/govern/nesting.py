"""Which levels of a fine grouping make up the levels of a coarse one, as the counts tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from informality.govern.solver import Floats, Programme

# The most nodes of the programme that are looked at.
NODES = 2000


def grouping(
    fine: str,
    coarse: str,
    children: Mapping[tuple[tuple, str], Sequence[int]],
    level_of: Mapping[int, Mapping[str, str]],
    measures: Floats,
) -> Iterator[tuple[int, list[int]]]:
    """Pairs of a coarse domain and the fine domains in it; none where the groupings are not nested.

    ``children``: domains by parent and dimension; ``level_of``: levels of a domain by dimension; ``measures``: counts of all domains; unions of levels (``a|b``) are left out.
    """
    children = {
        (parent, name): [at for at in ats if "|" not in level_of[at][name]]
        for (parent, name), ats in children.items()
        if name in (fine, coarse)
    }
    parents = sorted({parent for parent, name in children if name == fine and (parent, coarse) in children})
    lines: dict[str, list[dict[str, float]]] = {"fine": [], "coarse": []}
    for parent in parents:
        for measure in measures:
            tables = {
                side: {level_of[at][name]: measure[at] for at in children[parent, name] if np.isfinite(measure[at])}
                for side, name in (("fine", fine), ("coarse", coarse))
            }
            if tables["fine"] and tables["coarse"]:
                for side, table in tables.items():
                    lines[side].append(table)
    found = assignment(lines["fine"], lines["coarse"])
    members: dict[str, set[str]] = defaultdict(set)
    for level, whole in found.items():
        members[whole].add(level)
    for parent in parents:
        for total in children[parent, coarse]:
            inside = members.get(level_of[total][coarse], set())
            parts = [at for at in children[parent, fine] if level_of[at][fine] in inside]
            if parts:
                yield total, parts


def assignment(fine: Sequence[Mapping[str, float]], coarse: Sequence[Mapping[str, float]]) -> dict[str, str]:
    """The coarse level of each fine level, so that counts add up in every table; empty where there is no such assignment.

    ``fine`` and ``coarse`` hold one table of counts by level for each population that both group. A level that a table lacks has no
    person in it. A small integer programme; the answer is checked against the counts.
    """
    from scipy.sparse import coo_array

    parts = sorted({level for table in fine for level in table})
    wholes = sorted({level for table in coarse for level in table})
    if not parts or not wholes:
        return {}
    lines = [
        [*(some.get(level, 0.0) for level in parts), *(whole.get(level, 0.0) for level in wholes)]
        for some, whole in zip(fine, coarse, strict=True)
    ]
    p, w = np.split(np.unique(np.array(lines), axis=0), [len(parts)], axis=1)
    width = len(wholes)
    possible = (p[:, :, None] <= w[:, None, :]).all(axis=0)
    if not np.all(np.any(possible, axis=1)):
        return {}
    once = np.kron(np.eye(len(parts)), np.ones(width))
    sums = np.concatenate([np.kron(line, np.eye(width)) for line in p])
    made = np.concatenate([np.ones(len(parts)), w.ravel()])
    answer = Programme(
        # Any assignment will do; the first in the alphabet, so that it is always the same.
        np.tile(np.arange(width), len(parts)).astype(np.float64),
        coo_array(np.concatenate([once, sums])),
        (made, made),
        (np.zeros(possible.size), possible.ravel().astype(np.float64)),
        gap=0.0,
        nodes=NODES,
    ).solve()
    if answer is None:
        return {}
    chosen = answer.x.reshape(len(parts), width).argmax(axis=1)
    made = np.stack([p[:, chosen == c].sum(axis=1) for c in range(width)], axis=1)
    return dict(zip(parts, (wholes[c] for c in chosen), strict=True)) if np.array_equal(made, w) else {}
