"""Entries of figures that show where workers are: shares and persons together, and regions."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from informality.publish.figure_entries import ANY, Figure, Selection, known_axes

UNIVERSE = "universe"


class CompositionFigure(Figure):
    """Full bars of shares, a bar a row, with the persons of each row in a panel beside them (decision 29).

    ``rows``: a dimension, or `universe` with the ``universes`` in their order; ``persons``: the total of each row.
    """

    kind: Literal["composition"]
    data: Selection
    rows: str
    series: str
    universes: list[str] = Field(default_factory=list)
    persons: Selection

    @model_validator(mode="after")
    def _axes_are_in_the_data(self) -> CompositionFigure:
        known_axes(self.data, self.rows, self.series)
        if (self.rows == UNIVERSE) != bool(self.universes):
            raise ValueError("`rows: universe` and the list `universes` go together")
        if self.rows == UNIVERSE and self.data.universe != ANY:
            raise ValueError("rows are universes: write `universe: any`")
        return self

    def selections(self) -> list[Selection]:  # noqa: D102
        return [self.data, self.persons]

    def text_keys(self) -> list[str]:  # noqa: D102
        return [f"group.{name}" for name in self.universes]


class VolumeFigure(Figure):
    """Bars of persons, of whom ``part`` is darker, and beside them the ``rate`` with its interval (decision 29): a row a level of
    ``rows``, largest first.
    """

    kind: Literal["volume"]
    data: Selection
    part: Selection
    rate: Selection
    rows: str

    @model_validator(mode="after")
    def _axes_are_in_the_data(self) -> VolumeFigure:
        for selection in self.selections():
            known_axes(selection, self.rows)
        return self

    def selections(self) -> list[Selection]:  # noqa: D102
        return [self.rate, self.data, self.part]


class TilesFigure(Figure):
    """A map of tiles (or of a user's boundaries) beside dots with intervals, ranked: a region a row of ``data``."""

    kind: Literal["tiles"]
    data: Selection
    total: Selection

    @model_validator(mode="after")
    def _of_regions(self) -> TilesFigure:
        if self.data.by != ["region"]:
            raise ValueError("a map shows regions: write `by: [region]`")
        return self

    def selections(self) -> list[Selection]:  # noqa: D102
        return [self.data, self.total]


DistributionFigure = CompositionFigure | VolumeFigure | TilesFigure
