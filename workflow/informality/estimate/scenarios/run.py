"""All estimates of a survey's extension scenarios as rows of the hub.

Key ``scenario`` is the scenario, or `vocabulary.ALL_SCENARIOS` for what belongs to all that are stacked; ``assumption`` is low, central or
high, empty for what rests on none. Persons are counted among all employed on the survey's primary concept (universe `employed`; of these
``n_event`` may gain), so that the targets themselves, which may be small, make no tables. Amounts are counted among those whom a scenario
aims at and who are not covered (universe ``target_<scenario>``), for the whole country only.

- ``scenario_target``: persons aimed at, category ``cover_known`` and ``cover_unknown``;
- ``scenario_gain_alone``, ``scenario_gain_in_order``, ``scenario_gain_last``: persons newly covered by the scenario alone, after those before
  it, after all others (the least of any order, as alone is the most);
- ``scenario_coverage``, category ``before`` (all), ``after`` (the scenario alone), ``after_in_order`` (with those before it), ``after_all`` (all);
- ``scenario_contribution``: amounts of a year that the newly covered would pay (the scenario alone; all: in order), category the payer or
  ``all``; persons whose earnings are not known are missing;
- ``scenario_cost_gdp``: the same as a share of the gross domestic product, category ``all`` and ``public`` (state and subsidy);
- ``scenario_phase_in``, category ``year_1`` …: newly covered by the scenario alone in each year.

Gains alone and in order, and coverage before, after and after all, are broken down by sex, by industry as the survey has it, and by
three sectors; all else is for the whole country.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from informality import vocabulary as v
from informality.estimate import columns
from informality.estimate.design import Design
from informality.estimate.scenarios.expected import gain_last, gains_in_order, left, total
from informality.estimate.scenarios.rows import COLUMNS, Block, not_computable, table
from informality.estimate.scenarios.stack import Stack, read_stack
from informality.estimate.scenarios.sums import Base, Sample
from informality.estimate.scenarios.writer import Aim, Frame, Writer


def estimate_scenarios(
    persons: pd.DataFrame,
    scenarios: pd.DataFrame,
    parameters: Mapping[str, Any],
    keys: Mapping[str, str],
    lonely: str = "adjust",
) -> pd.DataFrame:
    """Hub rows, sorted by their keys.

    ``persons``, ``scenarios``: rows of one survey in the same order; ``parameters``: ``scenarios.json``; ``keys``: survey and wave.
    """
    concept = parameters["concept"]
    employed = np.flatnonzero(persons[f"employed__{concept}"].to_numpy(dtype=bool))
    sample = Sample(Design.from_frame(persons, lonely=lonely), employed)
    if not len(scenarios.columns):
        # A country without scenarios: a file without columns does not keep its rows.
        scenarios = pd.DataFrame(index=persons.index)
    workers, of_workers = persons.iloc[employed], scenarios.iloc[employed]
    wanted = ("sex", parameters["industry"], "industry3")
    frame = Frame(
        sample=sample,
        dimensions=tuple(columns.dimension(workers, name) for name in wanted if workers[name].notna().any()),
        keys={**keys, "concept": concept},
        currency=parameters["currency"],
        product=parameters["gdp"],
    )
    parts = [part for entry in parameters["stacks"] for part in _stack(read_stack(entry, of_workers, sample), frame)]
    for entry in parameters["not_computable"]:
        row_keys = frame.scenario_keys(entry["law"], entry["branch"], entry["scenario"])
        parts.append(not_computable({**row_keys, "indicator": "scenario_gain_alone"}, "total", "persons"))
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    return table(parts)


def joined(hub: pd.DataFrame, extended: pd.DataFrame) -> pd.DataFrame:
    """The hub with the rows of scenarios, sorted by its keys."""
    if not len(extended):
        return hub
    texts = [*v.HUB_KEYS, *v.HUB_TEXT_VALUES]
    whole = pd.concat([hub, extended.astype({name: hub[name].dtype for name in texts})], ignore_index=True)
    return whole.sort_values(list(v.HUB_KEYS), kind="stable", ignore_index=True)


def _stack(stack: Stack, frame: Frame) -> Iterator[Block]:
    everybody = np.ones(len(stack.baseline), dtype=bool)
    employed = frame.bases(everybody, np.isfinite(stack.baseline), stack)
    aims = [Aim(frame, stack, case.scenario, (case,)) for case in stack.cases]
    ordered = [stack.cases[at] for at in stack.ordered]
    together = Aim(frame, stack, v.ALL_SCENARIOS, tuple(ordered))
    # Before any scenario no effect has a slope, so the influences of any assumption will do.
    before = Writer(frame, stack.under(v.ASSUMPTIONS[0]), "")
    yield from before.coverage(employed, stack.covered, "before", v.ALL_SCENARIOS)
    for case in stack.cases:
        yield from before.target(Base(frame.sample, everybody, everybody, stack.kind, None), case)
    for assumption in v.ASSUMPTIONS:
        writer = Writer(frame, stack.under(assumption), assumption)
        for at, aim in enumerate(aims):
            yield from _alone(writer, at, aim, employed)
        if ordered:
            yield from _together(writer, together, employed)


def _alone(writer: Writer, at: int, aim: Aim, employed: Sequence[Base]) -> Iterator[Block]:
    """One scenario without any other."""
    case, reach = writer.reached.stack.cases[at], writer.reached.reaches[at]
    uncovered = writer.reached.stack.covered.rest()
    gain = uncovered * reach
    yield from writer.persons(employed, gain, writer.keys("scenario_gain_alone", case.scenario))
    yield from writer.coverage(employed, (uncovered * reach.rest()).rest(), "after", case.scenario)
    for year, part in enumerate(case.years, start=1):
        keys = writer.keys("scenario_phase_in", case.scenario, f"year_{year}")
        yield from writer.persons(employed[:1], gain.part(part), keys)
    yield from writer.money(aim, [gain])


def _together(writer: Writer, together: Aim, employed: Sequence[Base]) -> Iterator[Block]:
    """The stacked scenarios in the declared order, each of them last, and all of them."""
    reaches = [writer.reached.reaches[at] for at in writer.reached.stack.ordered]
    uncovered = writer.reached.stack.covered.rest()
    gains = gains_in_order(uncovered, reaches)
    for place, (case, gain) in enumerate(zip(together.cases, gains, strict=True)):
        yield from writer.persons(employed, gain, writer.keys("scenario_gain_in_order", case.scenario))
        last = gain_last(uncovered, reaches, place)
        yield from writer.persons(employed[:1], last, writer.keys("scenario_gain_last", case.scenario))
        after = left(uncovered, reaches[: place + 1]).rest()
        yield from writer.coverage(employed[:1], after, "after_in_order", case.scenario)
    yield from writer.persons(employed, total(gains), writer.keys("scenario_gain_in_order", v.ALL_SCENARIOS))
    yield from writer.coverage(employed, left(uncovered, reaches).rest(), "after_all", v.ALL_SCENARIOS)
    yield from writer.money(together, gains)
