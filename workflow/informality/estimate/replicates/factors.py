"""The matrix of replicate factors: joined where rows share their factors, its rank, and blocks of its columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from informality.estimate.codes import Floats, Ints

Matrix: TypeAlias = npt.NDArray[np.floating[Any]]

# Numbers of a matrix that are worked on at once; bounds the memory of every step to some tens of MiB.
BLOCK = 1 << 22
# Factors that differ by less are those of one unit: what is left of a division of printed weights.
SAME = 1e-11
# What a line or column adds to the others counts as nothing below this part of the longest (R survey: 1e-5 in a QR).
NEGLIGIBLE = 3e-6


def column_blocks(matrix: Matrix) -> Iterator[slice]:
    """Blocks of the columns of a matrix."""
    width = max(1, BLOCK // max(len(matrix), 1))
    for start in range(0, matrix.shape[1], width):
        yield slice(start, min(start + width, matrix.shape[1]))


def common_factors(weight: Floats, replicates: Matrix) -> tuple[Floats, Ints] | None:
    """``(factor, unit)`` of full replicate weights where rows share their factors; None where that saves less than half.

    Rows of weight 0 have the factor 1, in a unit of their own; None where they have a weight in a replicate.
    """
    used = np.flatnonzero(weight > 0)
    unused = np.flatnonzero(weight == 0)
    if not len(used) or np.any(replicates[unused]):
        return None
    # A random combination of the factors tells the units apart; whether it does so is checked below.
    mix = np.random.default_rng(20_170_701).random((replicates.shape[1],))
    mark = np.zeros(len(used))
    for part in column_blocks(replicates):
        mark += (replicates[used, part] / weight[used, None]) @ mix[part]
    order = np.argsort(mark, kind="stable")
    apart = np.diff(mark[order]) > SAME * np.maximum(np.abs(mark[order[1:]]), 1.0)
    unit_of = np.empty(len(used), dtype=np.intp)
    unit_of[order] = np.concatenate([[0], np.cumsum(apart)])
    _, first, position = np.unique(unit_of, return_index=True, return_inverse=True)
    if len(first) > len(weight) / 2:
        return None
    factor = np.ones((len(first) + bool(len(unused)), replicates.shape[1]))
    factor[: len(first)] = replicates[used[first]] / weight[used[first], None]
    for part in column_blocks(replicates):
        found = replicates[used, part] / weight[used, None]
        if np.any(np.abs(found - factor[position, part]) > SAME * np.maximum(np.abs(found), 1.0)):
            return None
    unit = np.full(len(weight), len(first), dtype=np.intp)
    unit[used] = position
    return factor, unit


def rank(factor: Matrix, lines: Ints) -> int:
    """Rank of the given lines of ``factor``.

    It cannot exceed the number of columns: where a spread selection of lines has that rank already, the rest is not read.
    """
    columns = factor.shape[1]
    if len(lines) > 2 * columns:
        some = lines[np.linspace(0, len(lines) - 1, 2 * columns).astype(np.intp)]
        if _rank(_gram(factor, some)) == columns:
            return columns
    if len(lines) < columns:
        chosen = factor[lines].astype(np.float64, copy=False)
        return _rank(chosen @ chosen.T)
    return _rank(_gram(factor, lines))


def _gram(factor: Matrix, lines: Ints) -> Floats:
    columns = factor.shape[1]
    total = np.zeros((columns, columns))
    step = max(1, BLOCK // columns)
    for start in range(0, len(lines), step):
        part = factor[lines[start : start + step]].astype(np.float64, copy=False)
        total += part.T @ part
    return total


def _rank(gram: Floats) -> int:
    """Rank from the cross products, by a Cholesky decomposition that takes the largest remaining diagonal first."""
    from scipy.linalg.lapack import dpstrf

    largest = float(np.max(np.diagonal(gram), initial=0.0))
    if largest == 0:
        return 0
    # A diagonal of what remains is the square of a distance to the lines or columns already taken.
    _, _, found, _ = dpstrf(gram, tol=NEGLIGIBLE**2 * largest)
    return int(found)
