"""`workflow/estimates.yaml`: what is computed, and the requests that follow from it for one survey."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import Field, model_validator

from informality import vocabulary as v
from informality.decisions import Decision, load
from informality.errors import nearest
from informality.expressions import Condition, parse

WHERE = "workflow/estimates.yaml"
QUESTION = "{question}"
# Prefix of the columns of questions on social security, and a column to check conditions with before any survey is known.
COVER = "cover__"
ANY_QUESTION = f"{COVER}question"


class Category(Decision):
    """One category with a universe of its own, or one that is left out where nobody is in it."""

    value: str
    universe: str | None = None
    where_present: bool = False


class Difference(Decision):
    """Two levels of one dimension whose shares are compared, with their covariance; ``_T`` for all levels together.

    ``within``: in each cell of these dimensions. Findings may compare only what is declared here, before the run (decision 26).
    """

    dimension: str
    plus: str
    minus: str
    within: list[str] = Field(default_factory=list, max_length=2)


class Indicator(Decision):
    """One indicator: a condition (or one for each category) among a universe, in the domains of a list of breakdowns."""

    per: Literal["concept", "variant"]
    universe: str | None = None
    value: str | None = None
    categories: dict[str, str | Category] = Field(default_factory=dict)
    for_each: Literal["question"] | None = None
    statistics: list[Literal["share", "total"]] = Field(min_length=1)
    by: str
    bounds: bool = False
    differences: list[Difference] = Field(default_factory=list)

    @model_validator(mode="after")
    def _one_way(self) -> Indicator:
        if (self.value is None) == (not self.categories):
            raise ValueError("give either 'value' or 'categories'")
        own = [isinstance(c, Category) and c.universe is not None for c in self.categories.values()]
        if self.universe is None and not (own and all(own)):
            raise ValueError("'universe' is required")
        if self.for_each is not None and self.value is None:
            raise ValueError(f"'for_each' goes with 'value', in which {QUESTION} stands for the question's column")
        return self


class Declared(Decision):
    """All of `estimates.yaml`."""

    universes: dict[str, str]
    breakdowns: dict[str, list[list[str]]]
    indicators: dict[str, Indicator]

    @model_validator(mode="after")
    def _names_are_known(self) -> Declared:
        for name, breakdowns in self.breakdowns.items():
            for by in breakdowns:
                for dimension in by:
                    if dimension not in v.DIMENSIONS:
                        raise ValueError(f"breakdowns.{name}: '{dimension}'; {nearest(dimension, v.DIMENSIONS)}")
                if len(by) > 3:
                    raise ValueError(f"breakdowns.{name}: a breakdown has at most three dimensions")
        for name, indicator in self.indicators.items():
            if indicator.by not in self.breakdowns:
                raise ValueError(f"indicators.{name}.by: '{indicator.by}'; {nearest(indicator.by, self.breakdowns)}")
            for difference in indicator.differences:
                _check_difference(f"indicators.{name}.differences", difference)
            if indicator.for_each is not None:
                continue
            own = [c.universe for c in indicator.categories.values() if isinstance(c, Category)]
            for universe in filter(None, [indicator.universe, *own]):
                if universe not in self.universes:
                    raise ValueError(f"indicators.{name}.universe: '{universe}'; {nearest(universe, self.universes)}")
        return self


def _check_difference(where: str, difference: Difference) -> None:
    for dimension in (difference.dimension, *difference.within):
        if dimension not in v.DIMENSIONS:
            raise ValueError(f"{where}: '{dimension}'; {nearest(dimension, v.DIMENSIONS)}")
    levels = v.VARIABLES[difference.dimension].levels
    for level in (difference.plus, difference.minus):
        if levels is not None and level not in (*levels, v.TOTAL):
            raise ValueError(f"{where}: '{level}'; {nearest(level, levels)}")


def load_declared(path: Path) -> Declared:
    """Read `estimates.yaml`; every condition is parsed and checked against the vocabulary."""
    declared = load(Declared, path)
    for name, universe in declared.universes.items():
        parse(universe, f"{WHERE}, universes.{name}").check(known_columns(()))
    check(list(specifications(declared, [ANY_QUESTION])), [ANY_QUESTION])
    return declared


def check(specs: Sequence[Specification], questions: Sequence[str]) -> None:
    """UserError for a column or level that is unknown in a survey which asks these questions on social security."""
    known = known_columns(questions)
    for spec in specs:
        spec.among.check(known)
        spec.value.check(known)


def known_columns(questions: Sequence[str]) -> dict[str, Sequence[str] | None]:
    """Columns that a condition of `estimates.yaml` may name, with their levels."""
    known: dict[str, Sequence[str] | None] = {"employed": None, "age_base": None, "national_base": None}
    for name, variable in v.VARIABLES.items():
        known |= {name: variable.levels, v.why(name): v.REASONS}
    for question in questions:
        known |= {question: v.YES_NO, v.why(question): v.REASONS}
    return known | {"unit": v.UNITS, "job": v.JOBS}


@dataclass(frozen=True)
class Specification:
    """One value to be estimated: an indicator, or one category of it."""

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


def specifications(declared: Declared, questions: Sequence[str]) -> Iterator[Specification]:
    """Indicators written out: one for each category, and for each question on social security (its column's name)."""
    for name, indicator in declared.indicators.items():
        for entry in _entries(indicator, declared.universes, questions):
            where = f"{WHERE}, indicators.{name}" + (f".{entry.category}" if entry.category else "")
            yield Specification(
                indicator=name,
                category=entry.category,
                per=indicator.per,
                universe=entry.universe,
                among=parse(entry.among, where),
                value=parse(entry.value, where),
                statistics=tuple(indicator.statistics),
                breakdowns=tuple(tuple(by) for by in declared.breakdowns[indicator.by]),
                bounds=indicator.bounds,
                differences=tuple(indicator.differences),
                where_present=entry.where_present,
            )


class _Entry(NamedTuple):
    category: str
    universe: str
    among: str
    value: str
    where_present: bool = False


def _entries(indicator: Indicator, universes: Mapping[str, str], questions: Sequence[str]) -> Iterator[_Entry]:
    universe, value = indicator.universe or "", indicator.value or ""
    if indicator.for_each is not None:
        for question in questions:
            among = universe.replace(QUESTION, question)
            yield _Entry(question.removeprefix(COVER), "asked", among, value.replace(QUESTION, question))
    elif indicator.value is not None:
        yield _Entry("", universe, universes[universe], value)
    for category, given in indicator.categories.items():
        part = given if isinstance(given, Category) else Category(value=given)
        name = part.universe or universe
        yield _Entry(category, name, universes[name], part.value, part.where_present)
