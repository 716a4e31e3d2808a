"""What `workflow/estimates.yaml` declares, written out: one specification for each universe, category and question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from informality import vocabulary as v
from informality.decisions import load
from informality.errors import UserError, nearest
from informality.estimate.declared import QUESTION, WHERE, Category, Declared, Difference, Indicator
from informality.expressions import Condition, parse

# Prefix of the columns of questions on social security, and a column to check conditions with before any survey is known.
COVER = "cover__"
ANY_QUESTION = f"{COVER}question"


def load_declared(path: Path) -> Declared:
    """Read `estimates.yaml`; every condition is parsed and checked against the vocabulary."""
    declared = load(Declared, path)
    for name, universe in declared.universes.items():
        parse(universe, f"{WHERE}, universes.{name}").check(known_columns(()))
    # Of the categories that are made of levels one is enough: the others differ by a level that is known.
    check(list(specifications(declared, [ANY_QUESTION], first_level_only=True)), [ANY_QUESTION])
    return declared


def check(specs: Sequence[Specification], questions: Sequence[str]) -> None:
    """UserError for a column or level that is unknown in a survey which asks these questions on social security."""
    known = {**known_columns(questions), MINIMUM_WAGE: None}
    for spec in specs:
        for condition in (spec.among, spec.value, *([spec.over] if spec.over else [])):
            condition.check(known)
            for column in condition.columns:
                others = [per for per, allowed in _ALLOWED.items() if column.lower() in allowed]
                if others and spec.per not in others:
                    raise UserError(
                        f"'{column}' differs by {others[0]}, and '{spec.indicator}' is estimated per {spec.per}",
                        where=condition.where,
                        todo=f"write per: {others[0]}",
                    )


# The minimum wage of the law in force, the same for all: every indicator may ask it.
MINIMUM_WAGE = "minimum_wage"
# Columns that only an indicator per variant has; per branch or law; per law.
OF_VARIANT: dict[str, Sequence[str] | None] = {"unit": v.UNITS, "job": v.JOBS, "household_jobs": v.HOUSEHOLD_JOBS}
OF_BRANCH: dict[str, Sequence[str] | None] = {"covered": v.YES_NO, "assumed": None, "unit_registered": v.YES_NO}
OF_LAW: dict[str, Sequence[str] | None] = {
    "legal": v.LEGAL, "split": v.SPLIT, "step": v.COMPLIANCE_STEPS, "take_up": v.TAKE_UP, "below_pension": None,
    "means": None, "voluntary_contribution": None, "due_employer": None, "due_employee": None, "due_state": None,
    # The split under the law in force, in its wide reading: what another law or reading moves people from.
    "split_in_force": v.SPLIT,
}  # fmt: skip
_ALLOWED = {
    "concept": (),
    "variant": (*OF_VARIANT,),
    "branch": (*OF_BRANCH,),
    "law": (*OF_BRANCH, *OF_LAW),
}


def known_columns(questions: Sequence[str]) -> dict[str, Sequence[str] | None]:
    """Columns that a condition of `estimates.yaml` may name, with their levels."""
    known: dict[str, Sequence[str] | None] = {"employed": None, "age_base": None, "national_base": None}
    for name, variable in v.VARIABLES.items():
        known |= {name: variable.levels, v.why(name): v.REASONS}
    for question in questions:
        known |= {question: v.YES_NO, v.why(question): v.REASONS}
    return known | OF_VARIANT | OF_BRANCH | OF_LAW


@dataclass(frozen=True)
class Specification:
    """One value to be estimated: an indicator, or one category of it, among one universe.

    ``measure`` is empty for a condition; ``over``: the denominator of a ratio; ``compared``: the statistic of the differences;
    ``narrow``, ``also``: breakdowns in the narrow reading, and of other branches and laws than the main one and the one in force.
    """

    indicator: str
    category: str
    per: str
    universe: str
    among: Condition
    value: Condition
    statistics: tuple[str, ...]
    breakdowns: tuple[tuple[str, ...], ...]
    bounds: bool
    differences: tuple[Difference, ...]
    where_present: bool = False
    measure: str = ""
    over: Condition | None = None
    quantiles: tuple[float, ...] = ()
    interval: str | None = None
    compared: str | None = None
    tests: tuple[str, ...] = ()
    narrow: tuple[tuple[str, ...], ...] = ()
    also: tuple[tuple[str, ...], ...] = ()
    main_branch_only: bool = False

    def measured(self, statistic: str) -> str:
        """What a statistic counts: a word of `vocabulary.MEASURES`."""
        return self.measure or ("share" if statistic == "share" else "persons")


def specifications(
    declared: Declared,
    questions: Sequence[str],
    own: Mapping[str, Sequence[str]] | None = None,
    *,
    first_level_only: bool = False,
) -> Iterator[Specification]:
    """Indicators written out: one for each universe, category, and question on social security (its column's name).

    ``own``: the levels of variables that have those of the survey, for categories made of them; ``first_level_only``: one of these.
    """
    levels = {**known_columns(questions), **(own or {})}
    if first_level_only:
        levels = {name: None if known is None else known[:1] for name, known in levels.items()}
    for name, indicator in declared.indicators.items():
        for entry in _entries(indicator, declared.universes, questions, levels):
            where = f"{WHERE}, indicators.{name}" + (f".{entry.category}" if entry.category else "")
            yield Specification(
                indicator=name,
                category=entry.category,
                per=indicator.per,
                universe=entry.universe,
                among=parse(entry.among, where),
                value=parse(entry.value, where),
                statistics=tuple(indicator.statistics),
                breakdowns=_breakdowns(declared, *indicator.by),
                bounds=indicator.bounds,
                differences=tuple(indicator.differences),
                where_present=entry.where_present,
                measure=indicator.measure or "",
                over=parse(indicator.over, f"{where}.over") if indicator.over is not None else None,
                quantiles=tuple(indicator.quantiles),
                interval=indicator.interval,
                compared=indicator.compared,
                tests=tuple(indicator.tests),
                narrow=_breakdowns(declared, indicator.narrow),
                also=_breakdowns(declared, indicator.also),
                main_branch_only=indicator.main_branch_only,
            )


def _breakdowns(declared: Declared, *names: str | None) -> tuple[tuple[str, ...], ...]:
    found = (tuple(by) for name in names if name is not None for by in declared.breakdowns[name])
    return tuple(dict.fromkeys(found))


class _Entry(NamedTuple):
    category: str
    universe: str
    among: str
    value: str
    where_present: bool = False


def _entries(
    indicator: Indicator,
    universes: Mapping[str, str],
    questions: Sequence[str],
    levels: Mapping[str, Sequence[str] | None],
) -> Iterator[_Entry]:
    value = indicator.value or ""
    if indicator.within is not None:
        universes = {name: f"({text}) AND ({universes[indicator.within]})" for name, text in universes.items()}
    if indicator.for_each is not None:
        for question in questions:
            among = indicator.universe[0].replace(QUESTION, question)
            yield _Entry(question.removeprefix(COVER), "asked", among, value.replace(QUESTION, question))
    elif indicator.value is not None:
        for name in indicator.universe:
            yield _Entry("", name, universes[name], value)
    for category, given in indicator.categories.items():
        part = given if isinstance(given, Category) else Category(value=given)
        for name in [part.universe] if part.universe else indicator.universe:
            yield _Entry(category, name, universes[name], part.value, part.where_present)
    for category, condition in _level_categories(indicator, levels):
        for name in indicator.universe:
            yield _Entry(category, name, universes[name], condition, where_present=True)


def _level_categories(indicator: Indicator, levels: Mapping[str, Sequence[str] | None]) -> Iterator[tuple[str, str]]:
    """A category for each level of a column and for the unknown, or for each pair of levels of two columns."""
    prefixed = len(indicator.category_of) > 1
    for entry in indicator.category_of:
        names = [entry] if isinstance(entry, str) else entry
        for name in names:
            if name not in levels:
                raise UserError(
                    f"there is no column '{name}' to make categories of", where=WHERE, todo=nearest(name, levels)
                )
        if len(names) == 2:
            first, second = (levels[name] or () for name in names)
            for one in first:
                yield from ((f"{one}>{other}", f"{names[0]} = '{one}' AND {names[1]} = '{other}'") for other in second)
            continue
        for level in levels[names[0]] or ():
            yield (f"{names[0]}:{level}" if prefixed else level), f"({names[0]} = '{level}') IS TRUE"
        yield (f"{names[0]}:{v.UNKNOWN}" if prefixed else v.UNKNOWN), f"{names[0]} IS NULL"
