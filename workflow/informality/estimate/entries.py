"""Entries: the pairs of a PSU and a domain that hold a row, numbered once for each breakdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from informality.estimate.codes import Ints, compress
from informality.estimate.columns import Dimension


@dataclass(frozen=True, eq=False)
class Entries:
    """The entries of one breakdown, by PSU and then by domain.

    ``psu`` and ``domain`` (position among the domains that occur): one value an entry. ``level``: one line a domain, one
    column a dimension of ``by``, the level codes. ``source``: the entry of each row, or of each entry of the breakdown that
    this one is a margin of, ``source_domain`` its domain; ``up``: the domain of each domain of that breakdown.
    """

    by: tuple[str, ...]
    psu: Ints
    domain: Ints
    level: Ints
    source: Ints
    source_domain: Ints
    up: Ints

    @property
    def size(self) -> int:
        """Number of entries."""
        return len(self.psu)

    @property
    def n_domains(self) -> int:
        """Number of domains that hold a row."""
        return len(self.level)

    def of_rows(self, parent: Entries) -> Entries:
        """The same with the rows as source, ``parent`` being the breakdown of this margin, its source the rows."""
        return replace(self, source=self.source.take(parent.source), source_domain=self.up.take(parent.source_domain))


def from_rows(dimensions: Sequence[Dimension], rows: Ints | None, psu: Ints, n_psu: int) -> Entries:
    """Entries of the breakdown by ``dimensions`` over the rows of a universe (None: all); ``psu`` of these rows."""
    cells = _cells(dimensions)
    cell: Any = np.zeros(1, dtype=np.int32 if cells < 2**31 else np.intp)
    for d in dimensions:
        cell = cell * len(d.levels)
        cell = cell + (d.code if rows is None else d.code.take(rows))
    # Without a dimension there is one domain.
    occurring, domain = compress(cell if dimensions else np.zeros(len(psu), dtype=np.int8), cells)
    del cell
    key = psu * len(occurring)
    key += domain
    return _entries(dimensions, key, n_psu, occurring, source_domain=domain, up=np.empty(0, dtype=np.intp))


def margin(parent: Entries, dimensions: Sequence[Dimension], n_psu: int) -> Entries:
    """Entries of a breakdown by some of the dimensions of ``parent``."""
    cell = np.zeros(parent.n_domains, dtype=np.intp)
    for d in dimensions:
        cell = cell * len(d.levels) + parent.level[:, parent.by.index(d.name)]
    occurring, up = compress(cell, _cells(dimensions))
    domain = up.take(parent.domain)
    key = parent.psu * len(occurring)
    key += domain
    return _entries(dimensions, key, n_psu, occurring, source_domain=domain, up=up)


def _entries(
    dimensions: Sequence[Dimension], key: Ints, n_psu: int, occurring: Ints, source_domain: Ints, up: Ints
) -> Entries:
    """``key``: PSU × number of domains + domain, of each row or source entry; ``occurring``: the cell of each domain."""
    present, source = compress(key, n_psu * len(occurring))
    psu, domain = np.divmod(present, max(len(occurring), 1))
    level = np.empty((len(occurring), len(dimensions)), dtype=np.intp)
    if dimensions:
        level[:] = np.column_stack(np.unravel_index(occurring, [len(d.levels) for d in dimensions]))
    return Entries(tuple(d.name for d in dimensions), psu, domain, level, source, source_domain, up)


def _cells(dimensions: Sequence[Dimension]) -> int:
    return int(np.prod([len(d.levels) for d in dimensions], dtype=np.int64))
