"""A breakdown at work: its entries, where they lie in the strata, and what several requests share of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from informality.estimate import plan
from informality.estimate.codes import Ints
from informality.estimate.columns import Dimension
from informality.estimate.design import Design
from informality.estimate.differences import Comparison
from informality.estimate.entries import Entries, from_rows, margin
from informality.estimate.quantiles import Quantiles, Sorted
from informality.estimate.requests import Between, Request
from informality.estimate.results import Counts, Result, result
from informality.estimate.sums import Sums
from informality.estimate.variance import Layout


@dataclass(eq=False)
class Table:
    """A breakdown; ``parent``: the breakdown that it is a margin of, None where it was read from the rows."""

    design: Design
    dimensions: tuple[Dimension, ...]
    entries: Entries
    parent: Table | None
    _comparisons: dict[Between, Comparison] = field(default_factory=dict)
    _quantiles: Quantiles | None = None

    @cached_property
    def layout(self) -> Layout:
        """Where the entries lie in the strata."""
        return Layout(self.design, self.entries.psu, self.entries.domain, self.entries.n_domains)

    @property
    def rows(self) -> Entries:
        """The entries with the rows as source."""
        return self.entries if self.parent is None else self.entries.of_rows(self.parent.rows)

    def answer(
        self, request: Request, found: Sums, counted: Counts, ordered: Sorted | None
    ) -> tuple[Result, tuple[Dimension, ...], Ints]:
        """The numbers, and the dimensions and level codes that say which domains they belong to."""
        if request.between is not None:
            comparison = self._comparison(request.between)
            return comparison.result(request.base, found), comparison.answered_dimensions, comparison.answered_levels
        if request.p is not None and ordered is not None:
            df = np.full(self.entries.n_domains, self.design.df) if request.df_rule == "design" else counted.df_known
            return self._of(ordered).result(request.p, counted, df), self.dimensions, self.entries.level
        return result(request.statistic, found, self.layout, counted), self.dimensions, self.entries.level

    def _comparison(self, between: Between) -> Comparison:
        if between not in self._comparisons:
            self._comparisons[between] = Comparison(self.design, self.entries, self.dimensions, between)
        return self._comparisons[between]

    def _of(self, ordered: Sorted) -> Quantiles:
        """Quantiles of a column; those of the column asked for last are kept."""
        if self._quantiles is None or self._quantiles.ordered is not ordered:
            self._quantiles = Quantiles(ordered, self.rows, self.layout)
        return self._quantiles


def tables(
    family: Sequence[plan.Step], design: Design, rows: Ints | None, psu: Ints, dimensions: dict[str, Dimension]
) -> list[Table]:
    """The breakdowns of a family over the rows of a universe (None: all), whose PSUs are ``psu``."""
    made: list[Table] = []
    n_psu = len(design.psu_stratum)
    for step in family:
        chosen = tuple(dimensions[d] for d in step.by)
        if step.parent is None:
            made.append(Table(design, chosen, from_rows(chosen, rows, psu, n_psu), None))
        else:
            parent = made[step.parent]
            made.append(Table(design, chosen, margin(parent.entries, chosen, n_psu), parent))
    return made
