"""Who stands behind each level of a model: levels with too few persons, and the counts by which a release is judged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from informality.estimate.codes import Bools, Floats, Ints
from informality.estimate.models.declared import Least
from informality.estimate.models.patterns import is_number
from informality.estimate.models.terms import Term


@dataclass(frozen=True)
class Thin:
    """A level that is left out of a model, and how many persons with it."""

    variable: str
    level: str
    n: int


@dataclass(frozen=True)
class Cell:
    """Persons and PSUs of a level (or crossing of levels) of a term on one side: outcome or first group 1, the other 0."""

    term: str
    level: str
    side: int
    n: int
    n_psu: int


def thin_levels(
    frame: pd.DataFrame, variables: Sequence[str], side: Floats, rows: Bools, psu: Ints, least: Least
) -> tuple[Bools, list[Thin]]:
    """Rows without those of thin levels, and the levels.

    A level is thin that has fewer than ``least`` persons or PSUs on either side. Its persons leave, so the search goes on until
    no level is thin. A level that no row has is not counted. ``rows``: those with a known side.
    """
    kept = rows.copy()
    thin: list[Thin] = []
    factors = {name: _codes(frame, name) for name in variables if not is_number(frame[name])}
    while True:
        found = []
        for name, (code, levels) in factors.items():
            n, psus = _counts(code[kept], side[kept], psu[kept], len(levels))
            short = (n.sum(axis=0) > 0) & ((n.min(axis=0) < least.persons) | (psus.min(axis=0) < least.psus))
            found += [Thin(name, levels[i], int(n[:, i].sum())) for i in np.flatnonzero(short)]
        if not found:
            return kept, thin
        for hit in found:
            code, levels = factors[hit.variable]
            kept &= code != levels.index(hit.level)
        thin += found


def cells(frame: pd.DataFrame, terms: Sequence[Term], side: Floats, rows: Bools, psu: Ints) -> Iterator[Cell]:
    """Counts of every level, and crossing of levels, of the factors of each term, on both sides; also those without a person.

    Levels that no row has are left out; a term of numbers only has none.
    """
    for term in terms:
        code = np.zeros(int(rows.sum()), dtype=np.intp)
        names: list[tuple[str, ...]] = [()]
        for variable in term.variables:
            if is_number(frame[variable]):
                continue
            of_rows, levels = _codes(frame, variable)
            present = np.unique(of_rows[rows])
            place = np.zeros(len(levels), dtype=np.intp)
            place[present] = np.arange(len(present))
            code = code * len(present) + place[of_rows[rows]]
            names = [(*before, levels[i]) for before, i in product(names, present)]
        if names == [()]:
            continue
        n, psus = _counts(code, side[rows], psu[rows], len(names))
        for i, name in enumerate(names):
            for which in (0, 1):
                yield Cell(term.text, ":".join(name), which, int(n[which, i]), int(psus[which, i]))


def _codes(frame: pd.DataFrame, name: str) -> tuple[Ints, list[str]]:
    series = frame[name]
    categorical = series if isinstance(series.dtype, pd.CategoricalDtype) else series.astype("category")
    return categorical.cat.codes.to_numpy().astype(np.intp), [str(level) for level in categorical.cat.categories]


def _counts(code: Ints, side: Floats, psu: Ints, size: int) -> tuple[Ints, Ints]:
    """Persons and PSUs by side (0, 1) and code: 2 × ``size``."""
    key = side.astype(np.intp) * size + code
    n = np.bincount(key, minlength=2 * size)
    pairs = np.unique(psu * (2 * size) + key)
    psus = np.bincount(pairs % (2 * size), minlength=2 * size)
    return n.reshape(2, size), psus.reshape(2, size)
