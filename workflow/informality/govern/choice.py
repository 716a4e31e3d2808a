"""The cheapest domains to hide with the confidential ones: a mixed-integer programme (HiGHS) over the value rule.

The programme of all domains is large, and few of them are ever worth hiding. Which are, its linear relaxation tells: it uses them, or
their reduced cost is well below their cost. What only those can do is chosen among them, in each component that lines tie
together by itself; all domains are offered where that protects nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from informality.errors import UserError
from informality.govern.audit import Narrow
from informality.govern.rule import Lines, System
from informality.govern.solver import Programme
from informality.govern.ties import Bools, Floats, components

# The relative gap at which a programme is content, and the most nodes that it looks at: both the same on every computer.
GAP, NODES = 0.01, 10
# Domains are offered whose reduced cost is less than this part of their cost.
WORTH = 0.7
# A line is met in spite of the solver's tolerance.
SLACK = 1e-9


def choose(
    system: System,
    rule: Any,
    cuts: Sequence[Narrow] = (),
    kept: Bools | None = None,
    solved: dict[bytes, Floats] | None = None,
) -> Bools:
    """The cheapest domains to hide with the confidential ones, so that the value ``rule`` holds and every proof of ``cuts`` is broken.

    ``rule``: the lines of `rule.value_rule`. ``kept``: domains that are hidden in any case. ``solved``: the components that were
    solved before, by what they are made of; those of this choice are added. UserError where the solver finds none.
    """
    from scipy.sparse import vstack

    size = len(system.primary)
    lines = vstack([rule, _further(system, cuts)], format="csr")
    cost = np.concatenate([np.where(system.primary, 0.0, system.cost), np.zeros(2 * size)])
    least = np.concatenate([system.primary if kept is None else kept, system.primary, np.zeros(size)]).astype(
        np.float64
    )
    below = np.full(lines.shape[0], -SLACK)
    relaxed = Programme(cost, lines, (below, np.full_like(below, np.inf)), (least, np.ones(3 * size))).solve()
    if relaxed is not None:
        used = (relaxed.x > SLACK) | (relaxed.reduced < WORTH * cost)
        for offered in (used[:size], np.ones(size, dtype=bool)):
            found = _whole(cost, lines, least, np.tile(offered, 3), {} if solved is None else solved)
            if found is not None:
                return np.asarray(found[:size] > 0.5)
    raise UserError(
        "no set of domains was found that protects the confidential ones",
        where="secondary suppression",
        todo="declare fewer or coarser breakdowns in estimates.yaml",
    )


def _further(system: System, cuts: Sequence[Narrow]) -> Any:
    """Lines beside the value rule."""
    size = len(system.primary)
    lines = Lines()
    hidden, higher, lower = (np.arange(size) + i * size for i in range(3))
    # What may be higher or lower is hidden, and what is hidden is one of the two.
    lines.many([hidden, higher], [1.0, -1.0])
    lines.many([hidden, lower], [1.0, -1.0])
    lines.many([higher, lower, hidden], [1.0, 1.0, -1.0])
    pairs = np.array(system.twins, dtype=np.intp).reshape(-1, 2).T
    lines.many([*pairs], [1.0, -1.0])
    lines.many([*pairs[::-1]], [1.0, -1.0])
    for cut in cuts:
        # A proof is broken where a domain is hidden that it rests on, or, of a domain that need not be hidden, where that is shown.
        if cut.because:
            lines.add([*cut.because, cut.domain], np.array([[1.0] * len(cut.because) + [-1.0]]))
    for domain in sorted({cut.domain for cut in cuts}):
        # And what was too narrow once must from now on be able to be higher: fewer rounds.
        lines.add([size + domain, domain], np.array([[1.0, -1.0]]))
    return lines.matrix(3 * size)


def _whole(cost: Floats, lines: Any, least: Floats, offered: Bools, solved: dict[bytes, Floats]) -> Floats | None:
    """The best point of whole numbers in which all but the ``offered`` variables are 0 and all are ``least`` at least; None: there is none."""
    point = least.copy()
    free = np.flatnonzero(offered & (least < 1))
    below = -SLACK - lines @ least
    matrix = lines[:, free]
    # Lines that hold whatever is chosen.
    worst = matrix.minimum(0).sum(axis=1)
    open_lines = np.flatnonzero(worst < below)
    matrix, below = matrix[open_lines], below[open_lines]
    entries = matrix.tocoo()
    label = components(entries.row, entries.col, len(free))
    of_line = np.full(len(open_lines), -1, dtype=np.intp)
    of_line[entries.row] = label[entries.col]
    if (of_line < 0).any():
        return None
    for number in np.unique(of_line):
        mine, rows = np.flatnonzero(label == number), np.flatnonzero(of_line == number)
        some = matrix[rows][:, mine].tocsr()
        numbers = (np.array(some.shape), some.indptr, some.indices, some.data, below[rows], cost[free[mine]])
        name = b"|".join(array.tobytes() for array in numbers)
        if name not in solved:
            limits, bounds = (below[rows], np.full(len(rows), np.inf)), (np.zeros(len(mine)), np.ones(len(mine)))
            found = Programme(cost[free[mine]], some, limits, bounds, gap=GAP, nodes=NODES).solve()
            if found is None:
                return None
            solved[name] = found.x
        point[free[mine]] = solved[name]
    return point
