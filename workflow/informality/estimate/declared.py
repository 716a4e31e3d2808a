"""`workflow/estimates.yaml`: what is computed, and the requests that follow from it for one survey."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import BeforeValidator, Field, model_validator

from informality import vocabulary as v
from informality.decisions import Decision, load
from informality.errors import UserError, nearest
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
    """Two levels of one dimension that are compared, with their covariance; ``_T`` for all levels together.

    ``within``: in each cell of these dimensions. Findings may compare only what is declared here, before the run (decision 26).
    """

    dimension: str
    plus: str
    minus: str
    within: list[str] = Field(default_factory=list, max_length=2)


Measure = Literal["share", "persons", "hours", "currency", "number"]
# What can be estimated of a condition, and of a number.
OF_CONDITIONS, OF_NUMBERS = ("share", "total"), ("mean", "total", "quantile", "ratio")
# The statistic that the declared differences of an indicator compare: the first of these that it has.
COMPARED = ("share", "mean", "ratio")


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


class Indicator(Decision):
    """One indicator among one universe or several, in the domains of a list of breakdowns.

    It is a condition (or one for each category); or, where ``measure`` says what it counts, a number, and with ``over`` the ratio
    of two. ``interval``: that of its shares. ``tests``: dimensions of which it is tested whether it is independent of them.
    """

    per: Literal["concept", "variant"]
    universe: Annotated[list[str], BeforeValidator(_listed)] = Field(default_factory=list)
    value: str | None = None
    categories: dict[str, str | Category] = Field(default_factory=dict)
    for_each: Literal["question"] | None = None
    measure: Measure | None = None
    over: str | None = None
    statistics: list[Literal["share", "total", "mean", "ratio", "quantile"]] = Field(min_length=1)
    quantiles: list[Annotated[float, Field(gt=0, lt=1)]] = Field(default_factory=list)
    interval: Literal["logit", "beta", "wilson", "t"] | None = None
    by: str
    bounds: bool = False
    differences: list[Difference] = Field(default_factory=list)
    tests: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _one_way(self) -> Indicator:
        if (self.value is None) == (not self.categories):
            raise ValueError("give either 'value' or 'categories'")
        own = [isinstance(c, Category) and c.universe is not None for c in self.categories.values()]
        if not self.universe and not (own and all(own)):
            raise ValueError("'universe' is required")
        if self.for_each is not None and (self.value is None or len(self.universe) > 1):
            raise ValueError(
                f"'for_each' goes with 'value' and one universe, in which {QUESTION} stands for the question's column"
            )
        self._check_statistics()
        self._check_parts()
        return self

    def _check_statistics(self) -> None:
        for name in ("universe", "statistics", "quantiles", "tests"):
            given = getattr(self, name)
            if len(set(given)) < len(given):
                raise ValueError(f"'{name}' names something twice")
        allowed = OF_CONDITIONS if self.measure is None else OF_NUMBERS
        for statistic in self.statistics:
            if statistic not in allowed and self.measure is None:
                raise ValueError(
                    f"a {statistic} is of a number: say by 'measure' what it counts ({', '.join(v.MEASURES)}), "
                    f"or estimate of a condition its {' or '.join(allowed)}"
                )
            if statistic not in allowed:
                raise ValueError("a share is of a condition: leave 'measure' out, or estimate the mean")
        if ("ratio" in self.statistics) != (self.over is not None):
            raise ValueError("'over' (the denominator) and the statistic ratio go together")
        if self.over is not None and len(self.statistics) > 1:
            raise ValueError("a ratio has a measure of its own: declare other statistics as another indicator")
        if ("quantile" in self.statistics) != bool(self.quantiles):
            raise ValueError("'quantiles', e.g. [0.25, 0.5, 0.75], and the statistic quantile go together")

    def _check_parts(self) -> None:
        plain = self.value is not None and self.for_each is None
        if self.quantiles and not plain:
            raise ValueError(
                "quantiles go with 'value' only: they are called p25, p50 … where categories have their names"
            )
        if self.tests and not (plain and self.measure is None):
            raise ValueError("'tests' go with a 'value' that is a condition")
        for key in ("interval", "bounds"):
            if getattr(self, key) and "share" not in self.statistics:
                raise ValueError(f"'{key}' is of shares, and no share is asked for")
        if self.differences and self.compared is None:
            raise ValueError(
                f"differences compare a {', '.join(COMPARED[:-1])} or {COMPARED[-1]}, and none is asked for"
            )

    @property
    def compared(self) -> str | None:
        """The statistic that differences compare."""
        return next((s for s in COMPARED if s in self.statistics), None)


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
            for dimension in indicator.tests:
                if dimension not in v.DIMENSIONS:
                    raise ValueError(f"indicators.{name}.tests: '{dimension}'; {nearest(dimension, v.DIMENSIONS)}")
            if indicator.for_each is not None:
                continue
            own = [c.universe for c in indicator.categories.values() if isinstance(c, Category)]
            for universe in filter(None, [*indicator.universe, *own]):
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
        for condition in (spec.among, spec.value, *([spec.over] if spec.over else [])):
            condition.check(known)
            of_variant = [column for column in condition.columns if column.lower() in OF_VARIANT]
            if spec.per == "concept" and of_variant:
                raise UserError(
                    f"'{of_variant[0]}' differs by variant, and '{spec.indicator}' is estimated per concept",
                    where=condition.where,
                    todo="write per: variant",
                )


# Columns that only an indicator per variant has.
OF_VARIANT = ("unit", "job")


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
    """One value to be estimated: an indicator, or one category of it, among one universe.

    ``measure`` is empty for a condition; ``over``: the denominator of a ratio; ``compared``: the statistic of the differences.
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

    def measured(self, statistic: str) -> str:
        """What a statistic counts: a word of `vocabulary.MEASURES`."""
        return self.measure or ("share" if statistic == "share" else "persons")


def specifications(declared: Declared, questions: Sequence[str]) -> Iterator[Specification]:
    """Indicators written out: one for each universe, category, and question on social security (its column's name)."""
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
                measure=indicator.measure or "",
                over=parse(indicator.over, f"{where}.over") if indicator.over is not None else None,
                quantiles=tuple(indicator.quantiles),
                interval=indicator.interval,
                compared=indicator.compared,
                tests=tuple(indicator.tests),
            )


class _Entry(NamedTuple):
    category: str
    universe: str
    among: str
    value: str
    where_present: bool = False


def _entries(indicator: Indicator, universes: Mapping[str, str], questions: Sequence[str]) -> Iterator[_Entry]:
    value = indicator.value or ""
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
