"""Oaxaca-Blinder decomposition of the difference of a mean between two groups, with replicate standard errors.

The split itself is `oaxaca.Split`: a function of weighted cross products by group. They are summed once by unit of the
replicates; those of all replicates are a product of these sums with the replicates' factors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from informality.errors import UserError
from informality.estimate.codes import Bools, Floats, Ints, compress
from informality.estimate.design import Design
from informality.estimate.models.estimable import NotEstimated, collinear
from informality.estimate.models.oaxaca import Part, Split
from informality.estimate.models.patterns import Patterns, collapse, known_rows
from informality.estimate.models.terms import Term, variables_of
from informality.estimate.replicates.design import ReplicateDesign
from informality.estimate.replicates.factors import Matrix
from informality.estimate.replicates.variance import joint_covariance
from informality.estimate.variance import Layout

# Numbers of cross products that are held for the units at a time.
BLOCK = 1 << 22
# Rows that are written out at a time.
LINES = 1 << 14
# Replicates whose regressions are solved at a time.
AT_ONCE = 256
# Where no more than this part of the factors differs from 1, only these are multiplied.
SPARSE = 0.1


@dataclass(frozen=True, eq=False)
class Decomposition:
    """Estimates and standard errors, in the order of ``parts``; ``n`` and ``n_psu``: rows and PSUs with a weight above 0, ``n_first``
    of them in the first group; ``discarded`` of the replicates had no regression.
    """

    parts: tuple[Part, ...]
    estimate: Floats
    se: Floats
    df: int
    n: int
    n_first: int
    n_psu: int
    discarded: int
    patterns: Patterns


def decompose(
    frame: pd.DataFrame,
    outcome: Floats,
    first: Floats,
    terms: Sequence[Term],
    design: Design,
    replicates: ReplicateDesign,
    *,
    among: Bools | None = None,
    bearable: float = 0.0,
) -> Decomposition | NotEstimated:
    """Split the mean of ``outcome`` in the first group (``first`` 1) minus that in the second (0); NaN is unknown, and left out.

    Arrays are as long as ``frame``. Terms are factors, numbers and squares. A replicate without a regression (all persons of a level
    live in the PSUs that it leaves out) is discarded; `NotEstimated` where these are more than the ``bearable`` part. For the
    jackknife that is none: what has no regression without one PSU rests on it alone. UserError: a product of variables.
    """
    if any(len(term.variables) > 1 for term in terms):
        raise UserError("a decomposition takes no products of variables", where="terms", todo="leave them out")
    complete = np.isfinite(outcome) & np.isfinite(first) & known_rows(frame, variables_of(terms))
    if among is not None:
        complete &= among
    used = complete & (design.weight > 0)
    in_first = first[used] == 1
    if not in_first.any() or in_first.all():
        return NotEstimated("no_persons")
    patterns = collapse(frame, terms, used)
    for group in (in_first, ~in_first):
        present = np.bincount(patterns.of_row[group], minlength=patterns.size) > 0
        if related := collinear(patterns.x, patterns.columns, present):
            return NotEstimated("collinear", related)
    psus, position = compress(design.psu[complete], len(design.psu_stratum))
    here = np.bincount(position[used[complete]], minlength=len(psus)) > 0
    df = int(Layout(design, psus, np.zeros_like(psus), 1).degrees_of_freedom(here)[0])
    if df <= 0:
        return NotEstimated("too_few_psus")
    split = Split(patterns)
    rows = _Rows(patterns, outcome[used], in_first)
    estimate = split(rows.cross_products(design.weight[used])[None])[:, 0]
    packed = rows.replicated(replicates, used)
    parts = [split(_unpacked(packed[r : r + AT_ONCE])) for r in range(0, len(packed), AT_ONCE)]
    theta = np.concatenate(parts, axis=1)
    covariance, discarded = joint_covariance(replicates, theta, estimate)
    if discarded > bearable * replicates.n_replicates or not np.isfinite(covariance).all():
        return NotEstimated("too_few_psus")
    return Decomposition(
        parts=split.parts,
        estimate=estimate,
        se=np.sqrt(np.maximum(np.diagonal(covariance), 0)),
        df=df,
        n=int(used.sum()),
        n_first=int(in_first.sum()),
        n_psu=int(here.sum()),
        discarded=discarded,
        patterns=patterns,
    )


class _Rows:
    """The rows of a decomposition: covariates (scaled) and outcome beside each other, by group."""

    def __init__(self, patterns: Patterns, outcome: Floats, in_first: Bools) -> None:
        self.x, self.of_row, self.y, self.in_first = patterns.x, patterns.of_row, outcome, in_first

    def cross_products(self, weight: Floats, rows: Ints | None = None) -> Floats:
        """Weighted cross products of (x, y) of the rows (all, or some), by group: 2 × (k + 1) × (k + 1)."""
        chosen = np.arange(len(self.y)) if rows is None else rows
        out = np.zeros((2, self.x.size + 1, self.x.size + 1))
        for first in range(0, len(chosen), LINES):
            part = chosen[first : first + LINES]
            z = np.column_stack([self.x.dense(self.of_row[part]) / self.x.scale, self.y[part]])
            weighted = z * weight[part, None]
            for place, group in enumerate((self.in_first[part], ~self.in_first[part])):
                out[place] += z[group].T @ weighted[group]
        return out

    def replicated(self, replicates: ReplicateDesign, used: Bools) -> Floats:
        """Cross products in every replicate, the upper triangles only, one line a replicate."""
        unit, base = replicates.unit[used], replicates.base[used]
        order = np.argsort(unit, kind="stable")
        units, starts = np.unique(unit[order], return_index=True)
        ends = np.append(starts[1:], len(order))
        size = self.x.size + 1
        upper = np.triu_indices(size)
        packed = np.zeros((replicates.n_replicates, 2 * len(upper[0])))
        step = max(1, BLOCK // packed.shape[1])
        for begin in range(0, len(units), step):
            block = range(begin, min(begin + step, len(units)))
            sums = np.empty((len(block), packed.shape[1]))
            for line, place in enumerate(block):
                rows = order[starts[place] : ends[place]]
                products = self.cross_products(base, rows)
                sums[line] = products[:, upper[0], upper[1]].ravel()
            packed += _weighted(replicates.factor[units[block.start : block.stop]], sums)
        return packed


def _unpacked(packed: Floats) -> Floats:
    """Symmetric matrices (R × 2 × size × size) from the upper triangles of two."""
    triangles = packed.reshape(len(packed), 2, -1)
    size = int(np.sqrt(2 * triangles.shape[2]))
    i, j = np.triu_indices(size)
    out = np.empty((len(packed), 2, size, size))
    out[:, :, i, j] = out[:, :, j, i] = triangles
    return out


def _weighted(factor: Matrix, sums: Floats) -> Floats:
    """``factor.T @ sums``; replicates that touch one stratum each, as the jackknife's, differ from 1 in few places."""
    change = factor.astype(np.float64, copy=False) - 1
    if np.count_nonzero(change) > SPARSE * change.size:
        dense: Floats = factor.T @ sums
        return dense
    from scipy.sparse import csr_array

    few: Floats = csr_array(change.T) @ sums
    return few + sums.sum(axis=0)
