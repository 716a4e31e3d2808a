"""Which published numbers make a hidden count narrow: the relations and intervals that a programme leans on.

For whoever coarsens a release: the rows named here are those that would have to say less.
"""

from __future__ import annotations

import numpy as np
from attack.knowledge import Knowledge
from attack.programme import MOST_CELLS, Programme, System, Trace, system, tighten
from scipy.optimize import linprog

LEAST = 1e-6


def explain(known: Knowledge, cell: int, most: int = MOST_CELLS, made: System | None = None) -> list[str]:
    """For the least and the most of a cell, the relations (multiplied by) and the intervals that give it, in words.

    Without the rounding to whole numbers that intervals have: ends may lie further out than those of `programme.ranges`.
    """
    made = system(known) if made is None else made
    programme = Programme(made, made.matrix.tocsc(), [cell], most)
    lines = []
    for sign, end in ((1.0, "least"), (-1.0, "most")):
        cost = np.where(programme.columns == cell, sign, 0.0)
        bounds = np.column_stack(programme.bounds)
        answer = linprog(cost, *programme.upper, *programme.equal, bounds, method="highs")
        if answer.status:
            lines.append(f"{end}: none")
            continue
        lines.append(f"{end} {sign * answer.fun:.2f} of {known.where.get(cell, cell)} (truth {known.cells.n[cell]:g})")
        for matrix, words, shadows in (
            (programme.upper[0], programme.words[0], answer.ineqlin.marginals),
            (programme.equal[0], programme.words[1], answer.eqlin.marginals),
        ):
            for at in np.flatnonzero(np.abs(shadows) > LEAST):
                row = matrix[[at]].tocoo()
                sides = [
                    f"{v:+.3g} {_name(known, programme.columns[c])}" for c, v in zip(row.col, row.data, strict=True)
                ]
                lines.append(f"  {shadows[at]:+.3g} x {words[at]}: {' '.join(sides)}")
        for side, marginals in (("at least", answer.lower.marginals), ("at most", answer.upper.marginals)):
            for at in np.flatnonzero(np.abs(marginals) > LEAST):
                value = bounds[at, 0 if side == "at least" else 1]
                lines.append(f"  {marginals[at]:+.3g} x {_name(known, programme.columns[at])} {side} {value:.6g}")
    return lines


def steps(known: Knowledge, cell: int, side: str = "most", deep: int = 6) -> list[str]:
    """How intervals alone lead to the ``least`` or the ``most`` of a cell, each line under the one that it serves."""
    made = system(known)
    trace: Trace = {}
    starts = {"least": made.x_low.copy(), "most": made.x_high.copy()}
    tighten(made, trace)
    lines: list[str] = []

    def tell(column: int, end: str, before: int, depth: int) -> None:
        moves = {at: move for at, move in trace.get((column, end), {}).items() if at < before}
        text = f"{'  ' * depth}{_name(known, column)} {'at least' if end == 'least' else 'at most'} "
        if not moves or depth > deep:
            lines.append(f"{text}{starts[end][column]:.6g}{' (published)' if not moves else ' …'}")
            return
        at = max(moves)
        value, row = moves[at]
        lines.append(f"{text}{value:.6g}: {made.words[row]}")
        part = made.matrix[[row]].tocoo()
        by = dict(zip(part.col.tolist(), part.data.tolist(), strict=True))
        # The end of the others that this end of the column leans on.
        upper = (end == "most") == (by[column] > 0)
        for other, factor in by.items():
            if other != column:
                tell(other, "least" if upper == (factor > 0) else "most", at, depth + 1)

    tell(cell, side, 1 << 30, 0)
    return lines


def _name(known: Knowledge, column: int) -> str:
    cells = len(known.cells.n)
    cell = int(column) % cells
    truth = known.cells.n[cell] if column < cells else known.cells.w[cell]
    kind = "n" if column < cells else "w"
    return f"{kind}<{known.where.get(cell, 'a sum')} = {truth:.6g}>"
