"""What is tied to what by sums of counts: which equations hold in which counts, and which unknowns hang together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Equation:
    """The count of domain ``total`` is the sum of those of ``parts`` (positions among the domains)."""

    total: int
    parts: tuple[int, ...]

    @property
    def domains(self) -> tuple[int, ...]:
        """Total and parts."""
        return (self.total, *self.parts)


class Ties:
    """All equations as entries of a matrix (equations × domains), row by row: ``row``, ``domain`` and ``sign``.

    The parts minus the total are 0.
    """

    def __init__(self, equations: Sequence[Equation]) -> None:
        self.size = len(equations)
        self.total = np.array([e.total for e in equations], dtype=np.intp)
        self.row = np.repeat(np.arange(self.size), [len(e.domains) for e in equations])
        self.domain = np.array([d for e in equations for d in e.domains], dtype=np.intp)
        self.sign = np.ones(len(self.row))
        self.sign[np.flatnonzero(np.diff(self.row, prepend=-1))] = -1.0

    def hold(self, counts: Floats) -> Bools:
        """Which equations (lines × equations) hold in each line of ``counts`` (lines × domains, NaN where a domain has none).

        The line has the total and some part of it, and they add up; a part that it lacks is an empty domain.
        """
        from scipy.sparse import coo_array

        there = np.isfinite(counts)
        is_part = self.sign > 0
        place = (self.row[is_part], self.domain[is_part])
        parts = coo_array((self.sign[is_part], place), shape=(self.size, counts.shape[1])).tocsr()
        sums, some = parts @ np.where(there, counts, 0.0).T, parts @ there.T.astype(np.float64)
        # A comparison with NaN is false.
        held: Bools = (sums == counts[:, self.total].T) & (some > 0)
        return held.T


def components(row: Ints, column: Ints, width: int) -> Ints:
    """Number of the component of each of ``width`` columns; the entries (``row``, ``column``) of a matrix tie the columns of a row together.

    Numbered in the order of their first columns.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    height = int(row.max()) + 1 if len(row) else 0
    graph = coo_array((np.ones(len(row)), (column, width + row)), shape=(width + height, width + height))
    label = connected_components(graph, directed=False)[1][:width]
    _, first, number = np.unique(label, return_index=True, return_inverse=True)
    return np.asarray(np.argsort(np.argsort(first))[number], dtype=np.intp)
