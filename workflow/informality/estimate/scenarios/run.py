"""All estimates of a survey's extension scenarios as rows of the hub.

Universe `employed` (on the survey's primary concept) for coverage, ``target_<scenario>`` for what is counted among those whom a scenario
aims at. Key ``scenario`` is the scenario, or `vocabulary.ALL_SCENARIOS` for what belongs to all that are stacked; ``assumption`` is low,
central or high, empty for what rests on none.

- ``scenario_gain_alone``, ``scenario_gain_in_order``, ``scenario_gain_last``: persons newly covered by the scenario alone, after those before
  it, after all others (the least of any order, as alone is the most);
- ``scenario_coverage``, category ``before`` (all), ``after`` (the scenario alone), ``after_in_order`` (with those before it), ``after_all`` (all);
- ``scenario_contribution``: amounts of a year that the newly covered would pay (the scenario alone; all: in order), category the payer or
  ``all``; persons whose earnings are not known are missing;
- ``scenario_cost_gdp``: the same over the gross domestic product, category ``all`` and ``public`` (state and subsidy);
- ``scenario_phase_in``, category ``year_1`` …: newly covered by the scenario alone in each year.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from informality import vocabulary as v
from informality.estimate import columns
from informality.estimate.codes import Bools
from informality.estimate.columns import Dimension
from informality.estimate.design import Design
from informality.estimate.scenarios.expected import Expected, gain_last, gains_in_order, left, total
from informality.estimate.scenarios.rows import COLUMNS, not_computable, rows
from informality.estimate.scenarios.stack import Case, Reached, Stack, read_stack
from informality.estimate.scenarios.sums import Cells, Numbers, Values, numbers

# Persons and coverage are shown by these, each alone, beside the whole.
BREAKDOWNS = ("sex", "industry", "industry_national", "industry3")
PUBLIC = ("state", "subsidy")


@dataclass(frozen=True, eq=False)
class Frame:
    """What all stacks of a survey share: ``dimensions`` of the breakdowns, ``inside`` the employed, and keys of every row."""

    design: Design
    dimensions: tuple[Dimension, ...]
    inside: Bools
    keys: Mapping[str, str]
    currency: str | None
    product: float | None


def estimate_scenarios(
    persons: pd.DataFrame,
    scenarios: pd.DataFrame,
    parameters: Mapping[str, Any],
    keys: Mapping[str, str],
    industry: str,
    lonely: str = "adjust",
) -> pd.DataFrame:
    """Hub rows, sorted by their keys.

    ``persons``, ``scenarios``: rows of one survey in the same order; ``parameters``: ``scenarios.json``; ``keys``: survey, wave and the
    primary concept; ``industry``: the grouping of industries that the survey has.
    """
    design = Design.from_frame(persons, lonely=lonely)
    wanted = [name for name in BREAKDOWNS if name in ("sex", industry, "industry3")]
    frame = Frame(
        design=design,
        dimensions=tuple(columns.dimension(persons, name) for name in wanted if persons[name].notna().any()),
        inside=persons[f"employed__{keys['concept']}"].to_numpy(dtype=bool),
        keys=keys,
        currency=parameters["currency"],
        product=parameters["gdp"],
    )
    parts = [part for entry in parameters["stacks"] for part in _stack(read_stack(entry, scenarios, design), frame)]
    parts += [
        not_computable({**_target_keys(frame, entry), "indicator": "scenario_gain_alone"}, "total", "persons")
        for entry in parameters["not_computable"]
    ]
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    return pd.concat(parts, ignore_index=True).sort_values(list(v.HUB_KEYS), kind="stable", ignore_index=True)


@dataclass(frozen=True, eq=False)
class Writer:
    """Rows of one stack under one assumption (empty: what rests on none)."""

    frame: Frame
    reached: Reached
    assumption: str

    def keys(self, indicator: str, scenario: str, category: str = "") -> dict[str, str]:
        """Keys of what is counted among those whom a scenario aims at."""
        stack = self.reached.stack
        return {
            **_target_keys(self.frame, {"law": stack.law, "branch": stack.branch, "scenario": scenario}),
            "indicator": indicator,
            "category": category,
            "assumption": self.assumption,
        }

    def total(self, cells: Cells, value: Expected, known: Bools, keys: Mapping[str, str]) -> pd.DataFrame:
        """Expected persons."""
        values = Values(self.reached.stack.kind, [(value, None)])
        return rows(cells, numbers(cells, values, known, self.reached.influence), keys, "total", "persons")

    def coverage(self, cells: Sequence[Cells], value: Expected, category: str, scenario: str) -> Iterator[pd.DataFrame]:
        """Share of the employed who are covered, and their number."""
        stack = self.reached.stack
        keys = {**self.keys("scenario_coverage", scenario, category), "universe": "employed"}
        values, known = Values(stack.kind, [(value, None)]), np.isfinite(stack.baseline)
        for some in cells:
            for statistic, measure in (("share", "share"), ("total", "persons")):
                found = numbers(some, values, known, self.reached.influence, share=statistic == "share")
                yield rows(some, found, keys, statistic, measure)

    def money(self, cells: Cells, pairs: Sequence[tuple[Expected, Case]], scenario: str) -> Iterator[pd.DataFrame]:
        """Contributions by payer and in all, and over the gross domestic product."""
        measure = self.frame.currency or "number"
        payers = [payer for payer in v.PAYERS if any(payer in case.amounts for _, case in pairs)]
        if not payers or self.frame.currency is None:
            yield not_computable(self.keys("scenario_contribution", scenario, "all"), "total", measure)
            return
        # Somebody is known where the amounts of every scenario that reaches the person are; who is covered already pays nothing more.
        known = np.logical_and.reduce([~case.target | case.priced for _, case in pairs])
        known |= self.reached.stack.baseline == 1
        known &= np.logical_or.reduce([case.target for _, case in pairs])
        groups = {payer: (payer,) for payer in payers} | {"all": tuple(payers)}
        for category, some in groups.items():
            found = self._paid(cells, pairs, some, known)
            yield rows(cells, found, self.keys("scenario_contribution", scenario, category), "total", measure)
        public = tuple(payer for payer in payers if payer in PUBLIC)
        for category, some in {"all": tuple(payers), "public": public}.items():
            keys = self.keys("scenario_cost_gdp", scenario, category)
            if some and self.frame.product is None:
                yield not_computable(keys, "ratio", "share")
            elif some and self.frame.product is not None:
                found, whole = self._paid(cells, pairs, some, known), self.frame.product
                yield rows(
                    cells, replace(found, estimate=found.estimate / whole, se=found.se / whole), keys, "ratio", "share"
                )

    def _paid(
        self, cells: Cells, pairs: Sequence[tuple[Expected, Case]], payers: Sequence[str], known: Bools
    ) -> Numbers:
        terms = [(gain, case.amounts[payer]) for gain, case in pairs for payer in payers if payer in case.amounts]
        values = Values(self.reached.stack.kind, terms)
        return numbers(cells, values, known, self.reached.influence, magnitude=True)


def _stack(stack: Stack, frame: Frame) -> Iterator[pd.DataFrame]:
    employed = _cells(frame, frame.inside)
    targets = [_cells(frame, case.target | case.unknown) for case in stack.cases]
    # Before any scenario no effect has a slope, so the influences of any assumption will do.
    before = Writer(frame, stack.under(v.ASSUMPTIONS[0]), "")
    yield from before.coverage(employed, stack.covered, "before", v.ALL_SCENARIOS)
    for assumption in v.ASSUMPTIONS:
        writer = Writer(frame, stack.under(assumption), assumption)
        for at, cells in enumerate(targets):
            yield from _alone(writer, at, cells, employed)
        if stack.ordered:
            yield from _together(writer, targets, employed)


def _alone(writer: Writer, at: int, cells: Sequence[Cells], employed: Sequence[Cells]) -> Iterator[pd.DataFrame]:
    """One scenario without any other."""
    case, reach = writer.reached.stack.cases[at], writer.reached.reaches[at]
    uncovered = writer.reached.stack.covered.rest()
    gain = uncovered * reach
    for some in cells:
        yield writer.total(some, gain, case.target, writer.keys("scenario_gain_alone", case.scenario))
    yield from writer.coverage(employed, (uncovered * reach.rest()).rest(), "after", case.scenario)
    for year, part in enumerate(case.years, start=1):
        keys = writer.keys("scenario_phase_in", case.scenario, f"year_{year}")
        yield writer.total(cells[0], gain.part(part), case.target, keys)
    yield from writer.money(cells[0], [(gain, case)], case.scenario)


def _together(writer: Writer, targets: Sequence[Sequence[Cells]], employed: Sequence[Cells]) -> Iterator[pd.DataFrame]:
    """The stacked scenarios in the declared order, each of them last, and all of them."""
    stack = writer.reached.stack
    cases = [stack.cases[at] for at in stack.ordered]
    reaches = [writer.reached.reaches[at] for at in stack.ordered]
    uncovered = stack.covered.rest()
    gains = gains_in_order(uncovered, reaches)
    for place, (case, gain) in enumerate(zip(cases, gains, strict=True)):
        last = gain_last(uncovered, reaches, place)
        for some in targets[stack.ordered[place]]:
            yield writer.total(some, gain, case.target, writer.keys("scenario_gain_in_order", case.scenario))
            yield writer.total(some, last, case.target, writer.keys("scenario_gain_last", case.scenario))
        after = left(uncovered, reaches[: place + 1]).rest()
        yield from writer.coverage(employed, after, "after_in_order", case.scenario)
    yield from writer.coverage(employed, left(uncovered, reaches).rest(), "after_all", v.ALL_SCENARIOS)
    members = np.logical_or.reduce([case.target for case in cases])
    unknown = np.logical_or.reduce([case.unknown for case in cases])
    cells = _cells(writer.frame, members | unknown)
    for some in cells:
        keys = writer.keys("scenario_gain_in_order", v.ALL_SCENARIOS)
        yield writer.total(some, total(gains), members, keys)
    yield from writer.money(cells[0], list(zip(gains, cases, strict=True)), v.ALL_SCENARIOS)


def _cells(frame: Frame, inside: Bools) -> list[Cells]:
    """The whole, then each breakdown."""
    return [Cells(frame.design, inside, dimension) for dimension in (None, *frame.dimensions)]


def _target_keys(frame: Frame, entry: Mapping[str, str]) -> dict[str, str]:
    named = {name: entry[name] for name in ("law", "branch", "scenario")}
    return {**frame.keys, **named, "universe": f"target_{entry['scenario']}"}
