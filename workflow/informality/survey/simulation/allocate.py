"""Deal persons to cells whose weighted totals are given, those with the highest scores first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np


def pick(score: np.ndarray, weight: np.ndarray, target: float) -> np.ndarray:
    """Positions of the highest scores whose weights add up to ``target``, to half a person's weight."""
    if target <= 0:
        return np.empty(0, dtype=np.int64)
    order = np.argsort(-score, kind="stable")
    total = np.cumsum(weight[order])
    last = int(np.searchsorted(total, target))
    if last >= len(order):
        return order
    before = total[last - 1] if last else 0.0
    return order[: last + 1] if total[last] - target <= target - before else order[:last]


def deal(
    rng: np.random.Generator,
    pool: np.ndarray,
    weight: np.ndarray,
    targets: Sequence[float],
    score: Callable[[int, np.ndarray], np.ndarray],
    *,
    rest: bool = True,
) -> list[np.ndarray]:
    """Deal the persons of ``pool`` to cells in order; what one cell got too much or too little goes to the next.

    score: ``score(cell, persons)`` gives the utility of the cell; a Gumbel draw is added, which makes the first choices those
    of a Plackett-Luce model with odds ``exp(score)``. With ``rest`` the last cell takes whoever is left; without, the
    persons left are not dealt.
    """
    free, carry, out = pool, 0.0, []
    for cell, target in enumerate(targets):
        if rest and cell == len(targets) - 1:
            out.append(free)
            break
        noise = rng.gumbel(size=len(free))
        wanted = float(target) + carry
        chosen = pick(score(cell, free) + noise, weight[free], wanted)
        carry = wanted - float(weight[free[chosen]].sum())
        out.append(free[np.sort(chosen)])
        keep = np.ones(len(free), dtype=bool)
        keep[chosen] = False
        free = free[keep]
    return out
