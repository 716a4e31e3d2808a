"""The value rule of secondary suppression: what must be hidden together, as lines of a programme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from informality.govern.ties import Bools, Equation, Floats, Ints, Ties


@dataclass(frozen=True, eq=False)
class System:
    """Counts that are tied to each other.

    ``primary``: the confidential domains; ``measures`` (measures × domains): NaN where a domain has none; ``cost`` of hiding each
    domain; ``need``: persons that have to stand against each domain when it is hidden; ``least``: what a reader knows that every
    hidden count reaches; ``twins``: pairs shown or hidden together.
    """

    primary: Bools
    measures: Floats
    equations: Sequence[Equation]
    cost: Floats
    need: Floats
    least: float = 1.0
    twins: Sequence[tuple[int, int]] = ()


class Lines:
    """Lines of a programme, each: sum of coefficient × variable >= 0."""

    def __init__(self) -> None:
        self._columns: list[Ints] = []
        self._values: list[Floats] = []
        self._lengths: list[int] = []

    def add(self, columns: npt.ArrayLike, values: Floats) -> None:
        """One line for each row of ``values`` (lines × ``columns``); coefficients of 0 are left out."""
        line, at = np.nonzero(values)
        self._columns.append(np.asarray(columns, dtype=np.intp)[at])
        self._values.append(values[line, at])
        self._lengths += np.bincount(line, minlength=len(values)).tolist()

    def many(self, columns: Sequence[Ints], values: Sequence[float]) -> None:
        """As many lines as each of the ``columns`` has entries, all with the same coefficients."""
        self._columns.append(np.stack(columns, axis=1).ravel())
        self._values.append(np.tile(values, len(columns[0])))
        self._lengths += [len(values)] * len(columns[0])

    def matrix(self, width: int) -> Any:
        """All lines as a sparse matrix (lines × ``width`` variables)."""
        from scipy.sparse import csr_array

        if not self._lengths:
            return csr_array((0, width))
        entries = (np.concatenate(self._values), np.concatenate(self._columns), np.cumsum([0, *self._lengths]))
        return csr_array(entries, shape=(len(self._lengths), width))


def value_rule(system: System) -> Any:
    """The lines (a sparse matrix) of all equations in all measures in which they hold.

    The variables of a domain: it is hidden, it may be higher (``size`` further), it may be lower (twice that). Weights are parts of
    what is needed and at most all of it, which changes nothing and helps the solver. Of lines that ask the same with more and with less
    against it, only the latter are needed.
    """
    size = len(system.primary)
    lines = Lines()
    held = Ties(system.equations).hold(system.measures)
    for at, equation in enumerate(system.equations):
        parts = np.array(equation.parts, dtype=np.intp)
        counts = np.nan_to_num(system.measures[held[:, at]][:, parts])
        # What is above all needs counts as much as they do.
        most = system.need[list(equation.domains)].max() + max(system.least, 1.0)
        _of_equation(lines, np.unique(np.minimum(counts, most), axis=0), parts, equation.total, size, system)
    return lines.matrix(3 * size)


def _of_equation(lines: Lines, counts: Floats, parts: Ints, total: int, size: int, system: System) -> None:
    """Add the lines of an equation with these ``counts`` (measures × parts)."""
    higher, lower = size + parts, 2 * size + parts
    present, room = counts > 0, np.maximum(counts - system.least, 0.0)

    def keep(weights: Floats, columns: Ints, other: int | None, mine: int) -> None:
        """``mine`` needs the weighted ``columns``, or ``other``."""
        needed = _weakest(weights)
        ends = [mine] if other is None else [mine, other]
        values = np.empty((len(needed), len(columns) + len(ends)))
        values[:, : len(columns)], values[:, len(columns) :] = needed, [-1.0, 1.0][: len(ends)]
        lines.add([*columns, *ends], values)

    for at, domain in enumerate(parts):
        among = present[:, at]
        others = np.arange(len(parts)) != at
        # Higher: the other parts are lower, or the total is higher.
        need = float(system.need[domain])
        if need > 0:
            keep(np.minimum(room[among] / need, 1.0) * others, lower, size + total, size + int(domain))
        # Lower: another part is higher, or the total lower.
        keep((present[among] & others).astype(np.float64), higher, 2 * size + total, 2 * size + int(domain))
    keep(present[present.any(axis=1)].astype(np.float64), higher, None, size + total)
    need_of_total = np.minimum(system.need[total], room.sum(axis=1))
    some = need_of_total > 0
    keep(np.minimum(room[some] / need_of_total[some, None], 1.0), lower, None, 2 * size + total)


def _weakest(weights: Floats) -> Floats:
    """The rows no other row of which is nowhere higher: whoever meets these meets all."""
    if len(weights) < 2:
        return weights
    under = (weights[:, None, :] <= weights[None, :, :]).all(axis=2)
    # Of equal rows the first stays.
    beaten = under & (~under.T | np.triu(np.ones_like(under), 1))
    return weights[~beaten.any(axis=0)]
