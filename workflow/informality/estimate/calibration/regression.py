"""Weighted regression on the auxiliary variables of a calibration; levels that add up to others are allowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from informality.estimate.calibration.margins import Margin
from informality.estimate.codes import Floats

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# Eigenvalues of the scaled cross products below this are 0: directions that other levels already span.
SPANNED = 1e-10


def indicators(margins: Sequence[Margin], numbers: Sequence[Floats] = ()) -> csr_array:
    """Auxiliary variables: one column for each declared level of each margin (1 in it, else 0), then the numbers.

    Shape: rows × columns. Levels without a declared total have none: they hold no weight.
    """
    from scipy.sparse import csr_array, hstack

    blocks = []
    for margin in margins:
        declared = ~np.isnan(margin.declared)
        column = np.cumsum(declared) - 1
        rows = np.flatnonzero((margin.code >= 0) & declared[margin.code])
        place = (np.ones(len(rows)), (rows, column[margin.code[rows]]))
        blocks.append(csr_array(place, shape=(len(margin.code), int(declared.sum()))))
    blocks += [csr_array(values[:, None]) for values in numbers]
    return csr_array(hstack(blocks, format="csr"))


@dataclass(frozen=True, eq=False)
class Regression:
    """Regression on ``auxiliary`` (rows × p) with ``weight`` of the rows."""

    auxiliary: csr_array
    weight: Floats

    @cached_property
    def inverse(self) -> Floats:
        """Generalised inverse (p × p) of X' diag(weight) X."""
        cross = (self.auxiliary.T @ (self.auxiliary * self.weight[:, None])).toarray()
        scale = 1 / np.sqrt(np.where(np.diagonal(cross) > 0, np.diagonal(cross), 1.0))
        values, vectors = np.linalg.eigh(cross * np.outer(scale, scale))
        kept = values > SPANNED
        half = scale[:, None] * vectors[:, kept]
        return (half / values[kept]) @ half.T

    def residuals(self, values: Floats) -> Floats:
        """Residuals of one value a row."""
        return values - self.auxiliary @ (self.inverse @ (self.auxiliary.T @ (self.weight * values)))
