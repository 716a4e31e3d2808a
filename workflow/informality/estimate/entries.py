"""Entries: the pairs of a PSU and a domain that hold a row, numbered once for each breakdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from informality.estimate.codes import Ints, compress
from informality.estimate.columns import Dimension


@dataclass(frozen=True, eq=False)
class Entries:
    """The entries of one breakdown, by PSU and then by domain.

    ``psu`` and ``domain`` (position among the domains that occur): one value an entry. ``level``: one line a domain, one
    column a dimension of ``by``, the level codes. ``source``: the entry of each row, or of each entry of the breakdown that
    this one is a margin of.
    """

    by: tuple[str, ...]
    psu: Ints
    domain: Ints
    level: Ints
    source: Ints

    @property
    def size(self) -> int:
        """Number of entries."""
        return len(self.psu)

    @property
    def n_domains(self) -> int:
        """Number of domains that hold a row."""
        return len(self.level)

    @cached_property
    def source_domain(self) -> Ints:
        """The domain of each row or source entry."""
        return self.domain[self.source]


def from_rows(dimensions: Sequence[Dimension], rows: Ints | None, psu: Ints, n_psu: int) -> Entries:
    """Entries of the breakdown by ``dimensions`` over the rows of a universe (None: all); ``psu`` of these rows."""
    key = psu.copy()
    for d in dimensions:
        key *= len(d.levels)
        key += d.code if rows is None else d.code[rows]
    return _entries(dimensions, key, n_psu)


def margin(parent: Entries, dimensions: Sequence[Dimension], n_psu: int) -> Entries:
    """Entries of a breakdown by some of the dimensions of ``parent``."""
    cells = int(np.prod([len(d.levels) for d in dimensions], dtype=np.int64))
    cell = np.zeros(parent.n_domains, dtype=np.intp)
    for d in dimensions:
        cell = cell * len(d.levels) + parent.level[:, parent.by.index(d.name)]
    return _entries(dimensions, parent.psu * cells + cell[parent.domain], n_psu)


def _entries(dimensions: Sequence[Dimension], key: Ints, n_psu: int) -> Entries:
    """``key``: PSU × number of cells + cell, of each row or source entry."""
    sizes = [len(d.levels) for d in dimensions]
    cells = int(np.prod(sizes, dtype=np.int64))
    present, source = compress(key, n_psu * cells)
    psu, cell = np.divmod(present, cells)
    occurring, domain = compress(cell, cells)
    level = np.empty((len(occurring), len(sizes)), dtype=np.intp)
    for place, codes in enumerate(np.unravel_index(occurring, sizes) if sizes else ()):
        level[:, place] = codes
    return Entries(tuple(d.name for d in dimensions), psu, domain, level, source)
