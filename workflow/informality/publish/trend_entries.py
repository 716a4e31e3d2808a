"""`workflow/report/trends.yaml`: what is shown of the waves of a family."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import Field

from informality.decisions import Decision, load, read_yaml
from informality.errors import UserError, nearest
from informality.publish.figure_entries import Dimension
from informality.publish.formats import check_asked, load_formats


class Panel(Decision):
    """One panel: an indicator, of a variant where it has one; of questions on social security those of one ``kind``."""

    indicator: str
    variant: str = ""
    kind: Literal["statutory", "occupational", "private"] | None = None


class TrendFigure(Decision):
    """Lines over the waves; a line a level of ``by`` beside the total; ``formats``: as of any figure."""

    slug: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    panels: list[Panel] = Field(min_length=1)
    by: Dimension | None = None
    formats: list[str] = Field(default_factory=list)


class TrendTable(Decision):
    """The estimates of each wave, or the differences between waves."""

    of: Literal["waves", "differences"]


class TrendCatalogue(Decision):
    """All of `report/trends.yaml`."""

    figures: dict[str, TrendFigure]
    tables: dict[str, TrendTable]

    @property
    def indicators(self) -> tuple[str, ...]:
        """Indicators in the order of the panels."""
        return tuple(dict.fromkeys(p.indicator for figure in self.figures.values() for p in figure.panels))

    def text_keys(self) -> Iterator[str]:
        """Every text that the entries need."""
        for item, figure in self.figures.items():
            yield from (f"figure.{item}.{part}" for part in ("title", "subtitle", "note", "alt"))
            yield from (f"indicator.{panel.indicator}" for panel in figure.panels)
        for table in self.tables.values():
            yield from (f"table.trend_{table.of}.{part}" for part in ("title", "subtitle", "note"))


def load_trend_catalogue(folder: Path) -> TrendCatalogue:
    """Read `trends.yaml` of the report folder and check it against ``trends.yaml`` beside that folder.

    UserError: an indicator, a variant or a breakdown that is not followed.
    """
    catalogue = load(TrendCatalogue, folder / "trends.yaml")
    followed = read_yaml(folder.parent / "trends.yaml")["indicators"]
    for item, figure in catalogue.figures.items():
        if figure.formats:
            check_asked(figure.formats, load_formats(folder), f"workflow/report/trends.yaml, figures.{item}.formats")
        for at, panel in enumerate(figure.panels):
            where = f"workflow/report/trends.yaml, figures.{item}.panels.{at}"
            if panel.indicator not in followed:
                raise UserError(
                    f"'{panel.indicator}' is not followed", where=where, todo=nearest(panel.indicator, followed)
                )
            trend = followed[panel.indicator]
            variants = trend.get("variants", [""])
            if panel.variant not in variants:
                raise UserError(
                    f"'{panel.indicator}' is not followed for the variant '{panel.variant}'",
                    where=where,
                    todo=nearest(panel.variant, variants),
                )
            if figure.by is not None and [figure.by] not in trend["by"]:
                raise UserError(
                    f"'{panel.indicator}' is not followed by {figure.by}",
                    where=where,
                    todo="add the breakdown to workflow/trends.yaml, or show another",
                )
    return catalogue
