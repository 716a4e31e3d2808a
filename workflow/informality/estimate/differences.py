"""Differences between two domains of one breakdown, or a domain and its margin, with the covariance between them.

Of the ratios r1 and r2 of two domains the difference has the linearised value z1 - z2, in which a PSU (and a row, where one
domain is the margin of the other) may have a part in both: so the covariance is in the variance of its sum over the PSUs, as
in R survey's `svyby(covmat = TRUE)` and `svycontrast`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from informality.errors import UserError, nearest
from informality.estimate.codes import Bools, Ints
from informality.estimate.columns import Dimension
from informality.estimate.design import Design
from informality.estimate.entries import Entries, margin
from informality.estimate.requests import Between
from informality.estimate.results import Counts, Result, counts, nothing, point, standard_error
from informality.estimate.sums import Sums, regroup
from informality.estimate.variance import Layout
from informality.vocabulary import TOTAL


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two sides within each cell of the other dimensions of a breakdown; only cells in which both hold a row are answered."""

    design: Design
    entries: Entries
    dimensions: tuple[Dimension, ...]
    between: Between

    @property
    def answered_dimensions(self) -> tuple[Dimension, ...]:
        """The dimensions of the breakdown, the compared one with the only level ``plus-minus``."""
        compared = Dimension(self.between.dimension, (self.between.level,), np.empty(0, dtype=np.int16))
        return tuple(compared if d.name == compared.name else d for d in self.dimensions)

    @property
    def answered_levels(self) -> Ints:
        """Level codes (cells × dimensions of the breakdown), 0 in the compared dimension."""
        return np.insert(self.cells.level[self.answered], self._place, 0, axis=1)

    def result(self, statistic: str, found: Sums) -> Result:
        """Estimate of the first side minus that of the second; counts are those of the weaker side.

        Degrees of freedom are those of both sides together.
        """
        layout = self.layout
        sides = self.sides(found)
        (plus, z_plus), (minus, z_minus) = (point(statistic, side, layout) for side in sides)
        known: Bools = sides[0].parts.known | sides[1].parts.known
        estimate = plus - minus
        se = standard_error(estimate, layout.variance(z_plus - z_minus, known))
        df = layout.degrees_of_freedom(self.used(statistic, sides))
        here = self.answered
        weaker = _weaker(counts(sides[0], layout), counts(sides[1], layout), here)
        return Result(estimate=estimate[here], se=se[here], df=df[here], srs=nothing(se[here]), counts=weaker)

    def sides(self, found: Sums) -> tuple[Sums, Sums]:
        """The sums of either side, by entry and by cell."""
        plus, minus = (regroup(_part(found, self.entries, side), self.cells) for side in self.domains)
        return plus, minus

    @staticmethod
    def used(statistic: str, sides: tuple[Sums, Sums]) -> Bools:
        """Entries whose PSUs count for the degrees of freedom."""
        plus, minus = (s.parts.w > 0 if statistic == "share" else s.parts.weighted for s in sides)
        return plus | minus

    @cached_property
    def _place(self) -> int:
        return self.entries.by.index(self.between.dimension)

    @cached_property
    def cells(self) -> Entries:
        """The entries of the other dimensions: the cells in which the two sides are compared."""
        others = [d for d in self.dimensions if d.name != self.between.dimension]
        return margin(self.entries, others, len(self.design.psu_stratum))

    @cached_property
    def layout(self) -> Layout:
        """Where the entries of the cells lie in the strata."""
        return Layout(self.design, self.cells.psu, self.cells.domain, self.cells.n_domains)

    @cached_property
    def domains(self) -> tuple[Bools, Bools]:
        """Which domains of the breakdown belong to either side."""
        return self._side(self.between.plus), self._side(self.between.minus)

    def _side(self, level: str) -> Bools:
        if level == TOTAL:
            return np.ones(self.entries.n_domains, dtype=np.bool_)
        levels: Sequence[str] = self.dimensions[self._place].levels
        if level not in levels:
            raise UserError(
                f"'{level}' is no level of '{self.between.dimension}', so nothing can be compared with it",
                where="estimate",
                todo=nearest(level, levels),
            )
        side: Bools = self.entries.level[:, self._place] == levels.index(level)
        return side

    @cached_property
    def answered(self) -> Ints:
        """Cells in which both sides hold a row."""
        there = [np.bincount(self.cells.up[side], minlength=self.cells.n_domains) > 0 for side in self.domains]
        return np.flatnonzero(there[0] & there[1])


def _part(found: Sums, entries: Entries, side: Bools) -> Sums:
    """The sums with 0 in the domains outside a side."""
    if side.all():
        return found
    inside = side.take(entries.domain)
    lines = {name: line for name, line in vars(found.parts).items() if name != "all_weighted"}
    parts: dict[str, Any] = {name: None if line is None else line * inside for name, line in lines.items()}
    if found.parts.all_weighted:
        # Any number above 0 says that the entry has a weight.
        parts |= {"w_lost": inside.astype(np.float64), "all_weighted": False}
    totals: dict[str, Any] = {name: None if line is None else line * side for name, line in vars(found.totals).items()}
    return Sums(replace(found.parts, **parts), replace(found.totals, **totals))


def _weaker(plus: Counts, minus: Counts, cells: Ints) -> Counts:
    """Count by count the one of the side that says less: the smaller number, the larger part missing or dominant."""
    larger = ("n_missing", "w_missing", "top1_share", "top2_share")
    chosen: dict[str, Any] = {}
    for name, line in vars(plus).items():
        pick = np.fmax if name in larger else np.minimum
        chosen[name] = pick(line, vars(minus)[name])[cells]
    return Counts(**chosen)
