"""Entries of `workflow/report/figures.yaml` that set things side by side: pairs of marks, bands of a whole, models; and what cannot be made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field, field_validator, model_validator

from informality.decisions import Decision
from informality.errors import nearest
from informality.publish.figure_entries import Dimension, Figure, Selection

# What tells the marks of a row apart, besides the columns of its rows: the standard with its employment concept.
STANDARD = "standard"


class Panel(Decision):
    """Rows under one heading; ``text``: the key `figure_part.<text>` of the heading. A selection a mark, in the order of drawing."""

    text: str | None = None
    data: list[Selection] = Field(min_length=2, max_length=3)


class PairsFigure(Figure):
    """Two or three marks with intervals a row, joined by a line; the numbers of all beside them.

    ``rows``: the column that the rows are levels of; ``series``: what tells the marks apart, a column or `standard`; ``each``: every
    panel once for the total and for each level of this dimension.
    """

    kind: Literal["pairs"]
    rows: str
    series: str
    each: Dimension | None = None
    panels: list[Panel] = Field(min_length=1)

    @model_validator(mode="after")
    def _columns_are_in_the_data(self) -> PairsFigure:
        for selection in self.selections():
            for name in (self.rows, *([] if self.series == STANDARD else [self.series])):
                if name not in selection.columns:
                    raise ValueError(f"'{name}' is not in the data; {nearest(name, selection.columns)}")
            if self.each is not None and not (self.each in selection.by and selection.margin):
                raise ValueError(f"each: the data need '{self.each}' in `by`, and margin: true")
        if self.series == STANDARD and any(not s.variant for s in self.selections()):
            raise ValueError(f"series: {STANDARD} needs `variant` in all data")
        return self

    def selections(self) -> list[Selection]:  # noqa: D102
        return [selection for panel in self.panels for selection in panel.data]

    def text_keys(self) -> Iterator[str]:  # noqa: D102
        yield from (f"figure_part.{panel.text}" for panel in self.panels if panel.text)
        if self.series == "universe":
            yield from (f"group.{selection.universe}" for selection in self.selections())


class BandsFigure(Figure):
    """Full bars of ordered parts, a bar a row, under a heading for the total and for each level of ``each``; beside them ``sums``:
    estimates of some parts together, each with its interval.
    """

    kind: Literal["bands"]
    rows: str
    series: str
    each: Dimension | None = None
    data: list[Selection] = Field(min_length=1)
    sums: list[Selection] = Field(min_length=1, max_length=3)

    @model_validator(mode="after")
    def _columns_are_in_the_data(self) -> BandsFigure:
        for selection in self.data:
            for name in (self.rows, self.series):
                if name not in selection.columns:
                    raise ValueError(f"'{name}' is not in the data; {nearest(name, selection.columns)}")
        if any(self.each is not None and not (self.each in s.by and s.margin) for s in self.selections()):
            raise ValueError(f"each: the data and sums need '{self.each}' in `by`, and margin: true")
        return self

    def selections(self) -> list[Selection]:  # noqa: D102
        return [*self.data, *self.sums]

    def text_keys(self) -> Iterator[str]:  # noqa: D102
        yield from (f"figure_part.{sum_key(selection)}" for selection in self.sums)
        if self.rows == "universe":
            yield from (f"group.{selection.universe}" for selection in self.data)


def sum_key(selection: Selection) -> str:
    """Under which key of `figure_part` the head of a sum stands."""
    return f"{selection.indicator}.{selection.categories[0]}" if selection.categories else selection.indicator


class ForestFigure(Figure):
    """Estimates of one or two models of the same kind with intervals around zero, beside each other: average marginal effects of a
    logit model, or a difference of two groups and what accounts for it. ``leave_out``: terms that only the table shows.
    """

    kind: Literal["forest"]
    models: list[str] = Field(min_length=1, max_length=2)
    leave_out: list[str] = Field(default_factory=list)

    def selections(self) -> list[Selection]:  # noqa: D102
        return []

    def text_keys(self) -> Iterator[str]:  # noqa: D102
        yield from (f"figure_part.model.{model}" for model in self.models)


class AbsentFigure(Figure):
    """An item that no survey of this kind can give. ``reason``: a key of `reason` in the texts; it stands in every list of what could not
    be made.
    """

    kind: Literal["absent"]
    reason: str

    @field_validator("reason")
    @classmethod
    def _is_a_key(cls, value: str) -> str:
        if not value.isidentifier():
            raise ValueError("the reason is a key of `reason` in the texts, in small letters and underscores")
        return value

    def selections(self) -> list[Selection]:  # noqa: D102
        return []

    def text_parts(self) -> tuple[str, ...]:  # noqa: D102
        return ("title",)

    def text_keys(self) -> Iterator[str]:  # noqa: D102
        yield f"reason.{self.reason}"


ComparedFigure = PairsFigure | BandsFigure | ForestFigure | AbsentFigure
