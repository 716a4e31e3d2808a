"""Entries of `workflow/report/figures.yaml`: a class for each kind of chart, and the rows of estimates that it asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from informality.decisions import Decision
from informality.errors import nearest
from informality.vocabulary import DIMENSIONS, HOUSEHOLD, STATISTICS

# Names for the parts of a category `<unit>:<job>` or `<before>><after>`; they behave like dimensions in a figure or table.
PARTS = (
    "unit", "job", "split", "step", "take_up", "split_in_force", "dimension", "level", "status", "contract", "household_jobs",
)  # fmt: skip
# Keys of the estimates that may tell series apart.
TOLD_APART = ("category", "indicator", "universe", "branch", "reading", "scenario")
ANY = "any"
MAIN, EACH = "main", "each"

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def _one_of(word: str, known: tuple[str, ...], kind: str) -> str:
    if word not in known:
        raise ValueError(f"'{word}' is not {kind}; {nearest(word, known)}")
    return word


Dimension = Annotated[str, AfterValidator(lambda word: _one_of(word, DIMENSIONS, "a dimension"))]
Part = Annotated[str, AfterValidator(lambda word: _one_of(word, PARTS, "a part of a category"))]
Needed = Annotated[str, AfterValidator(lambda word: _one_of(word, (*DIMENSIONS, HOUSEHOLD), "a variable to need"))]
Statistic = Annotated[str, AfterValidator(lambda word: _one_of(word, STATISTICS, "a statistic"))]
Reading = Literal["wide", "narrow", "both"]


class Selection(Decision):
    """Rows of the published estimates. ``universe: any`` takes whatever the indicator was computed for.

    ``branch``: main, each, or the name of a group of branches; ``reading`` of the law; ``scenario``: each, or one. The law is the
    one in force, or the one for which a counterfactual item is made.
    """

    indicator: str
    statistic: Statistic = "share"
    universe: str = "employed"
    by: list[Dimension] = Field(default_factory=list)
    margin: bool = False
    categories: list[str] | None = None
    split: list[Part] | None = None
    branch: str = MAIN
    reading: Reading = "wide"
    scenario: str = EACH
    assumption: Literal["low", "central", "high", "range"] = "central"
    # A standard other than the survey's own, and the employment concept that it is computed on.
    variant: str = ""
    concept: str = ""

    @property
    def columns(self) -> list[str]:
        """Names that a figure may use as rows or series."""
        return [*self.by, *(self.split or []), *TOLD_APART]


class Figure(Decision):
    """What every figure has. ``counterfactual``: it is also made under the country's other laws; ``needs``: without these variables
    it would say something else, and is not made; ``rests_on``: an amount of the law in force, without which it is not made; ``formats``:
    formats in which it is made too, whatever the configuration asks for.
    """

    slug: str
    text: str | None = None
    counterfactual: bool = False
    needs: list[Needed] = Field(default_factory=list)
    rests_on: Literal["minimum_wage"] | None = None
    formats: list[str] = Field(default_factory=list)

    @field_validator("slug")
    @classmethod
    def _is_a_slug(cls, value: str) -> str:
        if not _SLUG.fullmatch(value):
            raise ValueError("a slug has small letters, digits and single hyphens only")
        return value

    def selections(self) -> list[Selection]:
        """All data of the figure."""
        raise NotImplementedError

    def text_parts(self) -> tuple[str, ...]:
        """Which of its texts the figure needs: `figure.<item>.<part>`."""
        return ("title", "subtitle", "alt", "note")

    def text_keys(self) -> Iterable[str]:
        """Texts that it needs besides those of its item and of its data."""
        return ()


class DotsFigure(Figure):
    """Estimates with intervals, a row a level; ``beside``: totals as bars in a second panel."""

    kind: Literal["dots"]
    data: list[Selection] = Field(min_length=1)
    order: Literal["levels", "estimate"] = "levels"
    beside: Selection | None = None

    def selections(self) -> list[Selection]:  # noqa: D102
        return [*self.data, *([self.beside] if self.beside else [])]


class StackedFigure(Figure):
    """Parts of a whole: a bar a row, a part a level of ``series``; ``first`` begins the bar, ``total`` adds a bar for its share."""

    kind: Literal["stacked"]
    data: Selection
    rows: str
    series: str
    first: str
    total: Selection | None = None

    @model_validator(mode="after")
    def _axes_are_in_the_data(self) -> StackedFigure:
        known_axes(self.data, self.rows, self.series)
        return self

    def selections(self) -> list[Selection]:  # noqa: D102
        return [self.data, *([self.total] if self.total else [])]


class LinesFigure(Figure):
    """A line a level of ``series`` over the levels of ``x``."""

    kind: Literal["lines"]
    data: list[Selection] = Field(min_length=1)
    x: str
    series: str

    @field_validator("data", mode="before")
    @classmethod
    def _one_or_more(cls, value: object) -> object:
        return value if isinstance(value, list) else [value]

    @model_validator(mode="after")
    def _axes_are_in_the_data(self) -> LinesFigure:
        for selection in self.data:
            known_axes(selection, self.x, self.series)
        return self

    def selections(self) -> list[Selection]:  # noqa: D102
        return list(self.data)


class SharesFigure(Figure):
    """Many parts of a whole: a full bar a row, a part a level of ``series``; ``sum``: an estimate of some parts together, beside it."""

    kind: Literal["shares"]
    data: Selection
    rows: str
    series: str
    sum: Selection

    @model_validator(mode="after")
    def _axes_are_in_the_data(self) -> SharesFigure:
        known_axes(self.data, self.rows, self.series)
        known_axes(self.sum, self.rows)
        return self

    def selections(self) -> list[Selection]:  # noqa: D102
        return [self.data, self.sum]


class HeatFigure(Figure):
    """A cell for each pair of levels of ``rows`` and ``columns``, darker the larger the share."""

    kind: Literal["heat"]
    data: Selection
    rows: str
    columns: str

    @model_validator(mode="after")
    def _axes_are_in_the_data(self) -> HeatFigure:
        known_axes(self.data, self.rows, self.columns)
        return self

    def selections(self) -> list[Selection]:  # noqa: D102
        return [self.data]


class PairedFigure(Figure):
    """A pair of bars a row: ``law`` (parts of it, the larger holding the smaller) and ``practice``; a panel a universe.

    ``assumed``: persons of whom no cover was assumed; ``lines``: universe → the denominator of Convention No. 102 that it is.
    """

    kind: Literal["paired"]
    law: list[Selection] = Field(min_length=1)
    practice: Selection
    assumed: Selection | None = None
    universes: list[str] = Field(min_length=1)
    lines: dict[str, Literal["employees", "residents"]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _lines_are_of_panels(self) -> PairedFigure:
        for name in self.lines:
            if name not in self.universes:
                raise ValueError(f"lines: '{name}' is not a panel; {nearest(name, self.universes)}")
        return self

    def selections(self) -> list[Selection]:  # noqa: D102
        return [*self.law, self.practice, *([self.assumed] if self.assumed else [])]


class DumbbellFigure(Figure):
    """Two marks with intervals a row, one for each reading of the law."""

    kind: Literal["dumbbell"]
    data: list[Selection] = Field(min_length=1)

    @model_validator(mode="after")
    def _both_readings(self) -> DumbbellFigure:
        for selection in self.data:
            if selection.reading != "both":
                raise ValueError("a dumbbell compares two readings: write reading: both")
        return self

    def selections(self) -> list[Selection]:  # noqa: D102
        return list(self.data)


class StepsFigure(Figure):
    """Nested steps from ``base`` on with what is lost on each; ``beside``: who arrives without a step; ``others``: who is outside;
    ``unknown``: shares of those of whom a step is not known.
    """

    kind: Literal["steps"]
    base: Selection
    data: Selection
    shares: Selection
    beside: Selection
    unknown: Selection
    others: Selection

    @model_validator(mode="after")
    def _steps_are_named(self) -> StepsFigure:
        if not self.data.categories or self.data.categories != self.shares.categories:
            raise ValueError("data and shares need the same `categories`, the steps in their order")
        return self

    def selections(self) -> list[Selection]:  # noqa: D102
        return [self.base, self.data, self.shares, self.beside, self.unknown, self.others]


class CurveFigure(Figure):
    """A curve over a number that the categories are ("05" is 5 per cent), with ``parts``: what the whole consists of at the mark."""

    kind: Literal["curve"]
    data: Selection
    parts: Selection

    def selections(self) -> list[Selection]:  # noqa: D102
        return [self.data, self.parts]


class PatternsFigure(Figure):
    """Which of some attributes go together: a row a pattern ("a+b"), a column a member; ``alone``: each member by itself."""

    kind: Literal["patterns"]
    data: Selection
    alone: Selection

    @model_validator(mode="after")
    def _members_are_named(self) -> PatternsFigure:
        if not self.alone.categories:
            raise ValueError("alone: name the members under `categories`")
        return self

    def selections(self) -> list[Selection]:  # noqa: D102
        return [self.data, self.alone]


class WaterfallFigure(Figure):
    """From ``before`` to ``after`` by the gain of each scenario in its order, with the range of assumptions and the interval."""

    kind: Literal["waterfall"]
    before: Selection
    data: Selection
    after: Selection

    def selections(self) -> list[Selection]:  # noqa: D102
        return [self.before, self.data, self.after]


class Side(Decision):
    """A rate by one definition. ``variant``, ``concept``: others than the survey's own."""

    indicator: str = "informal"
    universe: str = "employed"
    variant: str | None = None
    concept: str | None = None

    @property
    def selection(self) -> Selection:
        """The row that it is looked up in."""
        return Selection(indicator=self.indicator, universe=self.universe)


class Step(Decision):
    """From one definition to another; without ``before``: from the survey's own. ``absent``: the reason where there is no estimate."""

    before: Side = Field(default_factory=Side)
    after: Side
    absent: str = "no_estimates"


class BridgeFigure(Figure):
    """What changes a rate: a row for each of some steps from one definition to another, each by itself."""

    kind: Literal["bridge"]
    steps: dict[str, Step] = Field(min_length=1)

    def selections(self) -> list[Selection]:  # noqa: D102
        return [side.selection for step in self.steps.values() for side in (step.before, step.after)]

    def text_keys(self) -> Iterable[str]:  # noqa: D102
        words = [f"bridge.steps.{name}.{part}" for name in self.steps for part in ("label", "before", "after")]
        return [*words, *(f"reason.{step.absent}" for step in self.steps.values())]


def known_axes(data: Selection, *names: str) -> None:
    """ValueError for a row or series that the data do not have."""
    for name in names:
        if name not in data.columns:
            raise ValueError(f"'{name}' is not in `by` or `split`; {nearest(name, data.columns)}")


CoverageFigure = (
    SharesFigure
    | HeatFigure
    | PairedFigure
    | DumbbellFigure
    | StepsFigure
    | CurveFigure
    | PatternsFigure
    | WaterfallFigure
)
