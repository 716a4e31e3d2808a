"""Writing the rows of one stack of scenarios under one assumption."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from informality import vocabulary as v
from informality.estimate.codes import Bools
from informality.estimate.columns import Dimension
from informality.estimate.scenarios.expected import Expected
from informality.estimate.scenarios.rows import Block, not_computable, rows
from informality.estimate.scenarios.stack import Case, Reached, Stack
from informality.estimate.scenarios.sums import Base, Numbers, Sample, numbers

PUBLIC = ("state", "subsidy")


@dataclass(frozen=True, eq=False)
class Frame:
    """What all stacks of a survey share: ``dimensions`` of the breakdowns, and keys of every row."""

    sample: Sample
    dimensions: tuple[Dimension, ...]
    keys: Mapping[str, str]
    currency: str
    product: float | None

    def bases(self, inside: Bools, known: Bools, stack: Stack) -> list[Base]:
        """The whole, then each breakdown."""
        return [Base(self.sample, inside, known, stack.kind, dimension) for dimension in (None, *self.dimensions)]

    def scenario_keys(self, law: str, branch: str, scenario: str) -> dict[str, str]:
        """Keys of what is counted among all employed."""
        return {**self.keys, "law": law, "branch": branch, "scenario": scenario, "universe": "employed"}


@dataclass(frozen=True, eq=False)
class Aim:
    """Those whom one scenario, or several together, aim at."""

    frame: Frame
    stack: Stack
    scenario: str
    cases: tuple[Case, ...]

    @cached_property
    def paying(self) -> Base:
        """Those of them who would pay, so nobody who is covered already; somebody is missing whose cover or amounts are not known."""
        target = np.logical_or.reduce([case.target for case in self.cases])
        inside = target | np.logical_or.reduce([case.unknown for case in self.cases])
        priced = np.logical_and.reduce([~case.target | case.priced for case in self.cases])
        return Base(self.frame.sample, inside & (self.stack.baseline != 1), target & priced, self.stack.kind, None)

    @property
    def payers(self) -> list[str]:
        """Who pays anything."""
        return [payer for payer in v.PAYERS if any(payer in case.amounts for case in self.cases)]


@dataclass(frozen=True, eq=False)
class Writer:
    """Rows of one stack under one ``assumption`` (empty: what rests on none)."""

    frame: Frame
    reached: Reached
    assumption: str

    def keys(self, indicator: str, scenario: str, category: str = "") -> dict[str, str]:
        """Keys of what is counted among all employed."""
        own = {"indicator": indicator, "category": category, "assumption": self.assumption}
        return self.frame.scenario_keys(self.reached.stack.law, self.reached.stack.branch, scenario) | own

    def aimed(self, indicator: str, scenario: str, category: str) -> dict[str, str]:
        """Keys of what is counted among those whom a scenario aims at and who are not covered."""
        return self.keys(indicator, scenario, category) | {"universe": f"target_{scenario}"}

    def persons(self, bases: Sequence[Base], value: Expected, keys: Mapping[str, str]) -> Iterator[Block]:
        """Expected persons."""
        for base in bases:
            yield rows(base, numbers(base, [(value, None)], self.reached.influence), keys, "total", "persons")

    def target(self, everybody: Base, case: Case) -> Iterator[Block]:
        """Persons aimed at, and those of the same kind whose cover is not known."""
        none = np.zeros((len(self.reached.influence), len(self.reached.stack.covered.value)))
        one = Expected(np.ones(none.shape[1]), none)
        for category, inside in (("cover_known", case.target), ("cover_unknown", case.unknown)):
            found = numbers(everybody, [(one, inside.astype(np.float64))], self.reached.influence, persons=True)
            yield rows(everybody, found, self.keys("scenario_target", case.scenario, category), "total", "persons")

    def coverage(self, employed: Sequence[Base], value: Expected, category: str, scenario: str) -> Iterator[Block]:
        """Share of the employed who are covered, and their number."""
        keys = self.keys("scenario_coverage", scenario, category)
        for base in employed:
            for statistic, measure in (("share", "share"), ("total", "persons")):
                found = numbers(base, [(value, None)], self.reached.influence, share=statistic == "share")
                yield rows(base, found, keys, statistic, measure)

    def money(self, aim: Aim, gains: Sequence[Expected]) -> Iterator[Block]:
        """Contributions by payer and in all, and the same over the gross domestic product.

        That is a total too, so that the rules of publication treat it like the amount that follows from it.
        """
        payers = aim.payers
        if not payers:
            keys = self.aimed("scenario_contribution", aim.scenario, "all")
            yield not_computable(keys, "total", self.frame.currency)
            return
        paid = {payer: self._paid(aim, gains, [payer]) for payer in payers} | {"all": self._paid(aim, gains, payers)}
        for category, found in paid.items():
            keys = self.aimed("scenario_contribution", aim.scenario, category)
            yield rows(aim.paying, found, keys, "total", self.frame.currency)
        public = [payer for payer in payers if payer in PUBLIC]
        costs = {"all": paid["all"]} | ({"public": self._paid(aim, gains, public)} if public else {})
        for category, found in costs.items():
            keys = self.aimed("scenario_cost_gdp", aim.scenario, category)
            whole = self.frame.product
            if whole is None:
                yield not_computable(keys, "total", "share")
            else:
                part = replace(found, estimate=found.estimate / whole, se=found.se / whole)
                yield rows(aim.paying, part, keys, "total", "share")

    def _paid(self, aim: Aim, gains: Sequence[Expected], payers: Sequence[str]) -> Numbers:
        pairs = list(zip(gains, aim.cases, strict=True))
        terms = [(gain, case.amounts[payer]) for gain, case in pairs for payer in payers if payer in case.amounts]
        return numbers(aim.paying, terms, self.reached.influence)
