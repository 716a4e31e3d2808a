"""Order of work: which breakdowns are read from the rows, and which are margins of another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

By = tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """A breakdown, and the step of its family (a position) that it is a margin of; None: it is read from the rows."""

    by: By
    parent: int | None


def families(breakdowns: Iterable[By], sizes: Mapping[str, int]) -> list[list[Step]]:
    """Breakdowns that share one pass over the rows, parents before margins.

    A breakdown is a margin of the smallest requested one that contains it (``sizes``: levels of each dimension).
    """

    def order(by: By) -> tuple[int, By]:
        return int(np.prod([sizes[d] for d in by], dtype=np.int64)), by

    found = sorted(set(breakdowns), key=lambda by: (-len(by), by))
    home: dict[By, list[Step]] = {}
    made: list[list[Step]] = []
    for by in found:
        wider = [other for other in home if set(by) < set(other)]
        if not wider:
            home[by] = [Step(by, None)]
            made.append(home[by])
            continue
        parent = min(wider, key=order)
        family = home[parent]
        home[by] = family
        family.append(Step(by, [step.by for step in family].index(parent)))
    return made


def needed(family: list[Step], wanted: Iterable[By]) -> list[int]:
    """Positions of the wanted breakdowns of a family and of all that they are margins of, parents first."""
    want = set(wanted)
    positions: set[int] = set()
    for position, step in enumerate(family):
        if step.by in want:
            at: int | None = position
            while at is not None and at not in positions:
                positions.add(at)
                at = family[at].parent
    return sorted(positions)
