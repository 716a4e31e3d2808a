"""The publishing room's job for a family: the trend over its waves, in the frame of an edition like any survey's."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from pandas import DataFrame, option_context

from informality import frames
from informality.decisions import FOLDER
from informality.job import PROCESSED, Job
from informality.publish import charts
from informality.publish.catalogue import Catalogue
from informality.publish.drawers import drawers
from informality.publish.edition import Edition, Left, Report
from informality.publish.family_card import read_family_card
from informality.publish.formats import in_order, load_formats
from informality.publish.item import FigureItem
from informality.publish.publish import PLAIN_STRINGS
from informality.publish.select import NotMade, prepared
from informality.publish.stage import finish, previous_items
from informality.publish.tables import TableItem
from informality.publish.text import Texts, load_texts, names_of
from informality.publish.trend_entries import TrendCatalogue, load_trend_catalogue
from informality.publish.trend_figure import Trend, trend_figure
from informality.publish.trend_tables import trend_table
from informality.publish.words import reason_text
from informality.settings import Thresholds
from informality.vocabulary import HUB_KEYS


@dataclass(frozen=True)
class FamilyEdition(Edition):
    """An edition whose figures and tables are those of a trend."""

    trend: Trend = field(kw_only=True)
    entries: TrendCatalogue = field(kw_only=True)

    @property
    def has_report(self) -> bool:
        """A trend stands by itself."""
        return False

    def figures(self, left: list[Left]) -> list[FigureItem]:
        """Every figure of the trend."""
        made = []
        for item, entry in self.entries.figures.items():
            try:
                made.append(trend_figure(item, entry, self.trend))
            except NotMade as problem:
                left.append(self._left(item, f"figure.{item}.title", problem))
        return made

    def tables(self, left: list[Left]) -> list[TableItem]:
        """Every table of the trend."""
        made = []
        for item, entry in self.entries.tables.items():
            try:
                made.append(trend_table(item, entry, self.trend))
            except NotMade as problem:
                left.append(self._left(item, f"table.trend_{entry.of}.title", problem))
        return made

    def formats_of(self, item: str) -> list[str]:
        """Names of the formats in which a figure is made too."""
        return in_order([*self.formats, *self.entries.figures[item].formats], self.catalogue.formats)

    def _left(self, item: str, title: str, problem: NotMade) -> Left:
        return Left(item, self.texts.t(title), reason_text(problem.reason, self.texts))


def family_edition(
    waves: DataFrame,
    differences: DataFrame,
    card: Mapping[str, Any],
    texts: Texts,
    entries: TrendCatalogue,
    thresholds: Thresholds,
    languages: Sequence[str] = (),
    formats: Sequence[str] = (),
) -> FamilyEdition:
    """The edition of a family from what govern wrote: estimates of the waves, differences, and the card."""
    folder = FOLDER / "report"
    texts.require(entries.text_keys(), "the catalogue of trends")
    family, as_card = read_family_card(card, texts)
    hub = prepared(waves)
    trend = Trend(hub, _plain(differences), family, as_card, texts, thresholds, entries.indicators)
    code = charts.code_digest(folder)
    return FamilyEdition(
        hub,
        DataFrame(),
        as_card,
        texts,
        Catalogue(folder, {}, {}, formats=load_formats(folder)),
        thresholds,
        code,
        trend=trend,
        entries=entries,
        languages=names_of(folder, languages),
        formats=formats,
    )


def _plain(differences: DataFrame) -> DataFrame:
    """Keys and words as plain text, counts as numbers with NaN for what is not shown."""
    texts = [
        *HUB_KEYS,
        "plus",
        "minus",
        "comparison",
        "why",
        "breaks",
        "verdict",
        "n_class",
        "flag",
        "flag_reason",
        "review",
    ]
    numbers = ["estimate", "ci_low", "ci_high", "decimals", "p_value", "p_holm", "n"]
    columns = {name: differences[name].astype("object").where(differences[name].notna(), "") for name in texts}
    columns |= {name: pd.to_numeric(differences[name]).astype("float64") for name in numbers}
    return DataFrame(columns)


@option_context(*PLAIN_STRINGS)
def publish_family_job(job: Job) -> None:
    """Write figures, workbook and page of one family in one language; keep those of which nothing has changed."""
    folder = FOLDER / "report"
    record = PROCESSED / job.survey / f"publish_{job.language}_items.json"
    edition = family_edition(
        frames.read(job.inputs["published_waves.parquet"]),
        frames.read(job.inputs["published_trends.parquet"]),
        json.loads(job.inputs["published_family.json"].read_text(encoding="utf-8")),
        load_texts(folder, job.language),
        load_trend_catalogue(folder),
        Thresholds(**job.settings["thresholds"]),
        job.settings["languages"],
        job.settings["figure_formats"],
    )
    with drawers(folder / "fonts", job.threads) as draw:
        report: Report = edition.begin(job.folder, job.home, previous_items(record), draw).finish()
    finish(report, record)
