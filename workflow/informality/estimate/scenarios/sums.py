"""Totals and shares of expected values by domain, with errors that know that effects are estimated themselves.

A total of v over a domain moves with its own rows and with every estimated quantity q that v rests on (the covered share of a target,
the rate of the administrative count): its linearised value is w v in the domain + sum over q of (sum w dv/dq) times the influence of
each PSU on q. Squares are taken of the sums of PSUs, as everywhere (`variance.Layout`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from informality.estimate.codes import Bools, Floats, Ints, group_sums
from informality.estimate.columns import Dimension
from informality.estimate.design import Design
from informality.estimate.results import divide, standard_error
from informality.estimate.scenarios.expected import Expected
from informality.estimate.variance import Layout


@dataclass(frozen=True, eq=False)
class Cells:
    """The domains of one breakdown by at most one dimension in which a row of the universe lies.

    ``inside``: rows of the universe. ``levels``: the level of each domain; one domain without a dimension.
    """

    design: Design
    inside: Bools
    dimension: Dimension | None

    @cached_property
    def _coded(self) -> tuple[Ints, Ints]:
        codes = np.zeros(len(self.inside), dtype=np.intp) if self.dimension is None else self.dimension.code
        present, found = np.unique(codes[self.inside], return_inverse=True)
        return present.astype(np.intp), found.astype(np.intp)

    @property
    def levels(self) -> list[str]:
        """Level of each domain; without a dimension a single empty word."""
        return [""] if self.dimension is None else [self.dimension.levels[code] for code in self._coded[0]]

    @property
    def size(self) -> int:
        """Number of domains."""
        return len(self._coded[0])

    @cached_property
    def rows(self) -> Ints:
        """Positions of the rows of the universe."""
        return np.flatnonzero(self.inside)

    @cached_property
    def layout(self) -> Layout:
        """Every PSU in every domain: what is estimated of a target reaches PSUs without a row of the domain."""
        psus = np.flatnonzero(self.design.psu_stratum >= 0)
        return Layout(self.design, np.repeat(psus, self.size), np.tile(np.arange(self.size), len(psus)), self.size)

    def total(self, values: Floats) -> Floats:
        """Sum of ``values`` (as long as the file) by domain."""
        return group_sums(values[self.rows], self._coded[1], self.size)

    def by_kind(self, values: Floats, kind: Ints, kinds: int) -> Floats:
        """The same by domain and kind of person (domains × kinds)."""
        cell = self._coded[1] * kinds + kind[self.rows]
        return group_sums(values[self.rows], cell, self.size * kinds).reshape(self.size, kinds)

    def by_psu(self, values: Floats) -> Floats:
        """The same by PSU and domain, in the order of the layout's entries."""
        entry = self.design.psu[self.rows] * self.size + self._coded[1]
        whole = group_sums(values[self.rows], entry, len(self.design.psu_stratum) * self.size)
        return whole.reshape(-1, self.size)[self.design.psu_stratum >= 0].ravel()


@dataclass(frozen=True, eq=False)
class Numbers:
    """What a row of the hub says of each domain."""

    estimate: Floats
    se: Floats
    df: Ints
    n: Ints
    n_event: Ints
    n_missing: Ints
    n_psu: Ints
    n_psu_event: Ints
    w_missing: Floats
    population: Floats
    top1_share: Floats
    top2_share: Floats


@dataclass(frozen=True, eq=False)
class Values:
    """What is added up: for each row the sum of terms, an expected value of its ``kind`` times an amount of its own (None: 1)."""

    kind: Ints
    terms: Sequence[tuple[Expected, Floats | None]]

    @cached_property
    def rows(self) -> Floats:
        """The value of each row; 0 where an amount is not known."""
        total = np.zeros(len(self.kind))
        for value, amount in self.terms:
            total += value.value[self.kind] * (1.0 if amount is None else np.nan_to_num(amount))
        return total

    def slopes(self, cells: Cells, weight: Floats) -> Floats:
        """Sum of weight × slope by estimated quantity and domain (k × domains)."""
        found = np.zeros((len(self.terms[0][0].slope), cells.size))
        for value, amount in self.terms:
            held = cells.by_kind(
                weight if amount is None else weight * np.nan_to_num(amount), self.kind, len(value.value)
            )
            found += value.slope @ held.T
        return found


def numbers(
    cells: Cells, values: Values, known: Bools, influence: Floats, *, share: bool = False, magnitude: bool = False
) -> Numbers:
    """The total of ``values`` over the known rows of each domain, or its ``share`` in their number.

    ``influence`` (k × PSUs) belongs to the slopes of the values. ``magnitude``: also what the largest rows have of the total.
    """
    weight, layout = cells.design.weight, cells.layout
    known = known & cells.inside
    used = np.where(known, weight, 0.0)
    weighted = used * values.rows
    population = cells.total(used)
    moved = influence.T @ values.slopes(cells, used)
    z = cells.by_psu(weighted) + moved[cells.design.psu_stratum >= 0].ravel()
    present = cells.by_psu(known.astype(float)) > 0
    estimate = np.where(cells.total(known.astype(float)) > 0, cells.total(weighted), np.nan)
    if share:
        estimate = divide(estimate, population)
        residual = z - np.nan_to_num(estimate)[layout.domain] * cells.by_psu(used)
        z = np.nan_to_num(divide(residual, population[layout.domain]))
    event = known & (values.rows != 0)
    lost = cells.inside & ~known
    w_lost = cells.total(np.where(lost, weight, 0.0))
    largest, two = _largest(cells, weighted) if magnitude else (np.full(cells.size, np.nan),) * 2
    return Numbers(
        estimate=estimate,
        se=standard_error(estimate, layout.variance(z, present)),
        df=layout.degrees_of_freedom(cells.by_psu(used) > 0),
        n=_count(cells, known),
        n_event=_count(cells, event),
        n_missing=_count(cells, lost),
        n_psu=layout.psus(present),
        n_psu_event=layout.psus(cells.by_psu(event.astype(float)) > 0),
        w_missing=divide(w_lost, population + w_lost),
        population=population,
        top1_share=largest,
        top2_share=two,
    )


def _count(cells: Cells, rows: Bools) -> Ints:
    return cells.total(rows.astype(float)).astype(np.intp)


def _largest(cells: Cells, values: Floats) -> tuple[Floats, Floats]:
    """Part of the largest and of the two largest values in the sum of each domain; NaN where that is 0."""
    domain = cells._coded[1]
    order = np.lexsort((-values[cells.rows], domain))
    sorted_domain, ranked = domain[order], values[cells.rows][order]
    starts = np.searchsorted(sorted_domain, np.arange(cells.size))
    first = ranked[starts]
    follows = np.minimum(starts + 1, len(ranked) - 1)
    second = np.where(
        (starts + 1 < len(ranked)) & (sorted_domain[follows] == np.arange(cells.size)), ranked[follows], 0.0
    )
    total = cells.total(values)
    return divide(first, total), divide(first + second, total)
