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
class Sample:
    """The design of the whole file, and those of its ``rows`` of which scenarios speak; arrays elsewhere are as long as these."""

    design: Design
    rows: Ints

    @cached_property
    def weight(self) -> Floats:
        """Weight of each row."""
        return self.design.weight[self.rows]

    @cached_property
    def psu(self) -> Ints:
        """PSU of each row."""
        return self.design.psu[self.rows]

    @cached_property
    def psus(self) -> Ints:
        """PSUs of the file."""
        return np.flatnonzero(self.design.psu_stratum >= 0)


@dataclass(frozen=True, eq=False)
class Base:
    """The domains of one breakdown by at most one dimension, and whom they hold.

    ``inside``: rows of the universe, which make the domains; ``known``: those of them whose value is known; ``kind``: of each row.
    """

    sample: Sample
    inside: Bools
    known: Bools
    kind: Ints
    dimension: Dimension | None

    @cached_property
    def _coded(self) -> tuple[Ints, Ints]:
        """Level code of each domain, and the domain of each row of the universe."""
        codes = np.zeros(len(self.inside), dtype=np.intp) if self.dimension is None else self.dimension.code
        present, found = np.unique(codes[self._rows], return_inverse=True)
        return present.astype(np.intp), found.astype(np.intp)

    @cached_property
    def _rows(self) -> Ints:
        return np.flatnonzero(self.inside)

    @cached_property
    def _entry(self) -> Ints:
        """PSU and domain of each row of the universe."""
        return self.sample.psu[self._rows] * self.size + self._coded[1]

    @property
    def levels(self) -> list[str]:
        """Level of each domain; without a dimension a single empty word."""
        return [""] if self.dimension is None else [self.dimension.levels[code] for code in self._coded[0]]

    @property
    def size(self) -> int:
        """Number of domains."""
        return len(self._coded[0])

    @cached_property
    def layout(self) -> Layout:
        """Every PSU in every domain: what is estimated of a target reaches PSUs without a row of the domain."""
        psus = self.sample.psus
        return Layout(
            self.sample.design, np.repeat(psus, self.size), np.tile(np.arange(self.size), len(psus)), self.size
        )

    def total(self, values: Floats) -> Floats:
        """Sum of ``values`` by domain."""
        return group_sums(values[self._rows], self._coded[1], self.size)

    def by_psu(self, values: Floats) -> Floats:
        """The same by PSU and domain, in the order of the layout's entries."""
        whole = group_sums(values[self._rows], self._entry, len(self.sample.design.psu_stratum) * self.size)
        return whole.reshape(-1, self.size)[self.sample.psus].ravel()

    def by_kind(self, values: Floats, kinds: int) -> Floats:
        """The same by domain and kind of person (domains × kinds)."""
        cell = self._coded[1] * kinds + self.kind[self._rows]
        return group_sums(values[self._rows], cell, self.size * kinds).reshape(self.size, kinds)

    def count(self, rows: Bools) -> Ints:
        """Number of rows by domain."""
        return self.total(rows.astype(np.float64)).astype(np.intp)

    @cached_property
    def used(self) -> Floats:
        """Weight of the known rows, 0 of others."""
        return np.where(self.known & self.inside, self.sample.weight, 0.0)

    @cached_property
    def population(self) -> Floats:
        """Sum of the weights of the known rows by domain."""
        return self.total(self.used)

    @cached_property
    def used_by_psu(self) -> Floats:
        """The same by PSU and domain."""
        return self.by_psu(self.used)

    @cached_property
    def present(self) -> Bools:
        """Entries with a known row."""
        return self.by_psu((self.known & self.inside).astype(np.float64)) > 0

    @cached_property
    def counts(self) -> dict[str, Ints | Floats]:
        """What is the same for every value of these rows, under the names of `Numbers`."""
        lost = self.inside & ~self.known
        w_lost = self.total(np.where(lost, self.sample.weight, 0.0))
        return {
            "df": self.layout.degrees_of_freedom(self.used_by_psu > 0),
            "n": self.count(self.used > 0),
            "n_missing": self.count(lost & (self.sample.weight > 0)),
            "n_psu": self.layout.psus(self.used_by_psu > 0),
            "w_no_answer": divide(w_lost, self.population + w_lost),
            "population": self.population,
        }

    def largest(self, values: Floats) -> tuple[Floats, Floats]:
        """Part of the largest and of the two largest values in the sum of each domain; NaN where that is 0."""
        domain, values = self._coded[1], values[self._rows]
        order = np.lexsort((-values, domain))
        domain, ranked = domain[order], values[order]
        first = np.searchsorted(domain, np.arange(self.size))
        next_one = np.minimum(first + 1, len(ranked) - 1)
        has_next = (next_one > first) & (domain[next_one] == np.arange(self.size))
        second = np.where(has_next, ranked[next_one], 0.0)
        whole = group_sums(ranked, domain, self.size)
        return divide(ranked[first], whole), divide(ranked[first] + second, whole)


@dataclass(frozen=True, eq=False, kw_only=True)
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
    w_no_answer: Floats
    population: Floats
    top1_share: Floats
    top2_share: Floats


# What is added up: for each row the sum of terms, an expected value of its kind times an amount of its own (None: 1).
Terms = Sequence[tuple[Expected, Floats | None]]


def numbers(base: Base, terms: Terms, influence: Floats, *, share: bool = False, persons: bool = False) -> Numbers:
    """The total of the terms over the known rows of each domain, or its ``share`` in their number.

    ``influence`` (k × PSUs) belongs to the slopes of the expected values. What the largest rows have of a total is told of amounts only,
    unless these count ``persons``.
    """
    value = np.zeros(len(base.kind))
    slopes = np.zeros((len(influence), base.size))
    for expected, amount in terms:
        held = base.used if amount is None else base.used * np.nan_to_num(amount)
        value += expected.value[base.kind] * (1.0 if amount is None else np.nan_to_num(amount))
        slopes += expected.slope @ base.by_kind(held, len(expected.value)).T
    weighted = base.used * value
    z = base.by_psu(weighted) + (influence.T @ slopes)[base.sample.psus].ravel()
    estimate = np.where(base.counts["n"] > 0, base.total(weighted), np.nan)
    if share:
        estimate = divide(estimate, base.population)
        residual = z - np.nan_to_num(estimate)[base.layout.domain] * base.used_by_psu
        z = np.nan_to_num(divide(residual, base.population[base.layout.domain]))
    event = (base.used > 0) & (value != 0)
    is_amount = not persons and any(amount is not None for _, amount in terms)
    nothing = np.full(base.size, np.nan)
    top1, top2 = base.largest(weighted) if is_amount else (nothing, nothing)
    return Numbers(
        estimate=estimate,
        se=standard_error(estimate, base.layout.variance(z, base.present)),
        n_event=base.count(event),
        n_psu_event=base.layout.psus(base.by_psu(event.astype(np.float64)) > 0),
        top1_share=top1,
        top2_share=top2,
        **base.counts,  # type: ignore[arg-type]
    )
