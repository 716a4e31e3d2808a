"""Whether a regression can be estimated: columns that are combinations of others, outcomes that a term settles alone.

Both leave no number that means anything, so a model that has them is `NotEstimated`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from informality.estimate.codes import Bools, Floats
from informality.estimate.models.matrix import Matrix
from informality.estimate.models.terms import Column
from informality.vocabulary import CONSTANT

# A column whose part outside the columns before it is shorter than this, of length 1, is a combination of them (R: 1e-7).
INDEPENDENT = 1e-7
# The least eigenvalue of the scaled cross products above which no decomposition of the matrix itself is needed.
SAFE = 1e-6
# What counts as 0 in a combination of columns of length 1, and in the value of a separating combination.
ZERO = 1e-6


@dataclass(frozen=True)
class NotEstimated:
    """Why there are no numbers: a key for the reason, and the terms or levels it is about."""

    reason: str
    about: tuple[str, ...] = ()

    def __str__(self) -> str:
        """``collinear: industry, industry3``."""
        return self.reason + (": " + ", ".join(self.about) if self.about else "")


def collinear(x: Matrix, columns: Sequence[Column], present: Bools | None = None) -> tuple[str, ...]:
    """Terms that take part in an exact linear relation of the columns of ``x``, in the rows ``present``; none where the rank is full.

    Pivoted QR decomposition of the columns brought to length 1.
    """
    cross = x.cross(np.ones(x.rows) if present is None else present.astype(np.float64))
    length = np.sqrt(np.diag(cross))
    if np.any(length == 0):
        return _terms(columns, length == 0)
    if np.linalg.eigvalsh(cross / np.outer(length, length))[0] > SAFE:
        return ()
    from scipy.linalg import qr, solve_triangular

    # The triangle of x has the same relations between its columns as x.
    triangle = np.linalg.qr(x.dense(None if present is None else np.flatnonzero(present)) / length, mode="r")
    r, pivot = qr(triangle, mode="r", pivoting=True)
    diagonal = np.abs(np.diag(r))
    rank = int(np.count_nonzero(diagonal > INDEPENDENT * diagonal[0]))
    if rank == x.size:
        return ()
    combination = solve_triangular(r[:rank, :rank], r[:rank, rank:])
    involved = np.zeros(x.size, dtype=np.bool_)
    involved[pivot[rank:]] = True
    involved[pivot[:rank]] = (np.abs(combination) > ZERO).any(axis=1)
    return _terms(columns, involved)


def separated(x: Matrix, yes: Floats, total: Floats, columns: Sequence[Column]) -> tuple[str, ...]:
    """Terms by which the outcome is separated, completely or in part; none where the likelihood has a maximum.

    ``yes`` and ``total``: weights with the outcome and in all, by pattern (row of ``x``, of full rank). A combination c of the
    columns separates if x c >= 0 wherever everybody has the outcome, <= 0 wherever nobody has it, 0 wherever both occur, and not
    0 everywhere (Albert and Anderson 1984); found by linear programming (Konis 2007). Patterns with both outcomes are taken
    out first: c must lie in the null space of their rows, which is mostly empty.
    """
    from scipy.optimize import linprog

    scaled = x.dense() / x.scale
    both = (yes > 0) & (yes < total)
    space = _null_space(scaled[both])
    if not space.shape[1]:
        return ()
    sign = np.where(yes[~both] > 0, 1.0, -1.0)
    rows = np.unique(np.round(sign[:, None] * (scaled[~both] @ space), 10), axis=0)
    rows = rows[np.abs(rows).max(axis=1) > ZERO]
    found = linprog(-rows.sum(axis=0), A_ub=-rows, b_ub=np.zeros(len(rows)), bounds=(-1, 1), method="highs")
    if not found.success or not len(rows) or (rows @ found.x).max() <= ZERO:
        return ()
    direction = space @ found.x
    return _terms(columns, np.abs(direction) > ZERO * np.abs(direction).max())


def _null_space(rows: Floats) -> Floats:
    """An orthonormal basis of the vectors that all rows send to 0."""
    k = rows.shape[1]
    if not len(rows):
        return np.eye(k)
    triangle = np.linalg.qr(rows, mode="r")
    _, singular, right = np.linalg.svd(triangle, full_matrices=True)
    rank = int(np.count_nonzero(singular > INDEPENDENT * singular[0]))
    return np.ascontiguousarray(right[rank:].T)


def _terms(columns: Sequence[Column], involved: Bools) -> tuple[str, ...]:
    """The terms of the columns, once each; a single level is named with its term. The constant only where it is alone."""
    chosen = [column for column, hit in zip(columns, involved, strict=True) if hit]
    levels: dict[str, list[str]] = {}
    for column in chosen:
        levels.setdefault(column.term, []).append(column.level)
    names = [
        f"{term}={of_term[0]}" if len(of_term) == 1 and of_term[0] else term
        for term, of_term in levels.items()
        if term != CONSTANT
    ]
    return tuple(names) or tuple(dict.fromkeys(column.term for column in chosen))
