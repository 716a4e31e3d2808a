"""The figure of a trend: what `chart_trend` draws, from the published estimates of the waves and the differences between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
from pandas import DataFrame, Series

from informality.publish.card import Card
from informality.publish.family_card import FamilyCard, Wave
from informality.publish.item import FigureItem, marked
from informality.publish.keys import Scope
from informality.publish.maker import Maker, is_hidden
from informality.publish.requests import Declared
from informality.publish.select import Estimates, NotMade, levels_in_order
from informality.publish.text import Texts
from informality.publish.trend_entries import Panel, TrendFigure
from informality.publish.words import (
    Caption,
    capital,
    category_label,
    flag_notes,
    mark_names,
    mark_texts,
    note,
    plain,
    source,
    subtitle,
    text_or_name,
    variant_label,
)
from informality.settings import Thresholds
from informality.vocabulary import DIMENSIONS, OTHER, TOTAL, UNKNOWN

LINE = ("indicator", "variant", "category")
# What is read of the estimates of the waves besides.
OF_WAVES = (
    "concept", "wave", "universe", "branch", "law", "assumption", "scenario", "measure", "estimate", "ci_low", "ci_high", "bound_low", "bound_high",
    "decimals", "n", "n_class", "flag", "flag_reason", "review",
)  # fmt: skip


class Trend:
    """The waves and differences of one family in one language; ``differences`` with plain text keys.

    ``indicators``: those that tables show first, in order.
    """

    def __init__(
        self,
        waves: Estimates,
        differences: DataFrame,
        family: FamilyCard,
        card: Card,
        texts: Texts,
        limits: Thresholds,
        indicators: Sequence[str] = (),
    ) -> None:
        """See the class."""
        self.differences = differences
        self.waves = waves.frame.loc[:, [*dict.fromkeys((*LINE, *OF_WAVES, *DIMENSIONS))]]
        self.family, self.card, self.texts, self.limits = family, card, texts, limits
        self.indicators = tuple(indicators)
        self.maker = Maker(waves, Scope(card, Declared()), texts)

    def name(self, indicator: str, variant: str, category: str) -> str:
        """Name of what a line follows: indicator or question, and the standard."""
        texts = self.texts
        what = (
            category_label(indicator, category, self.card, texts)
            if category
            else text_or_name("indicator", indicator, texts)
        )
        return texts.join([capital(what), variant_label(variant, texts, of="standard") if variant else ""])

    def broken(self, line: tuple[str, ...]) -> list[tuple[str, str, list[str]]]:
        """Breaks of a line without breakdown: the wave before, the wave after, and the names of the breaks."""
        rows = _of(self.differences, line)
        rows = rows[rows["why"] == "break"]
        found = rows[(rows[list(DIMENSIONS)] == TOTAL).all(axis=1)]
        return [(row.minus, row.plus, row.breaks.split()) for row in found.itertuples()]

    def season_notes(self) -> list[str]:
        """A sentence on the waves of another season than most."""
        others = self.family.other_seasons()
        return [self.texts.t("trend.season_note", waves=self.texts.join(w.reference for w in others))] if others else []

    def sample_notes(self) -> list[str]:
        """A sentence on each master sample, and on what is assumed of waves without one."""
        notes = [_sample(name, waves, self.texts) for name, waves in self.family.samples()]
        unknown = any(not wave.sample for wave in self.family.waves)
        return [*notes, *([self.texts.t("trend.no_sample_note")] if unknown else [])]

    def break_notes(self, names: Sequence[str]) -> list[str]:
        """The words of breaks."""
        return [self.texts.t("trend.break_note", text=plain(b.text, 2000)) for b in self.family.break_texts(names)]


def _sample(name: str, waves: Sequence[Wave], texts: Texts) -> str:
    first, last = waves[0].reference, waves[-1].reference
    period = first if first == last else texts.t("trend.period", first=first, last=last)
    return texts.t("trend.sample", name=plain(name), period=period)


def _of(rows: DataFrame, line: tuple[str, ...]) -> DataFrame:
    return rows[(rows[list(LINE)] == list(line)).all(axis=1)]


def trend_figure(item: str, entry: TrendFigure, trend: Trend) -> FigureItem:
    """The figure, resolved. Raises NotMade where no line has two waves with an estimate."""
    texts, card, family = trend.texts, trend.card, trend.family
    lines = [line for panel in entry.panels for line in _lines(panel, trend)]
    parts, panels, broken = [], [], []
    hidden: list[str] = []
    for line in lines:
        rows = _rows(_of(trend.waves, line), entry.by, trend)
        totals = rows[rows["strong"].astype(bool)]
        if marked(totals).notna().sum() < 2:
            continue
        if is_hidden(rows):
            hidden.append(trend.name(*line))
            continue
        part = "-".join(filter(None, line))
        breaks = trend.broken(line)
        broken += [name for _, _, names in breaks for name in names]
        panels.append({"part": part, "title": trend.name(*line), "rules": _rules(breaks, trend)})
        parts.append(rows.assign(part=part, variant=line[1]))
    if not parts:
        raise NotMade("nothing_to_compare")
    rows = pd.concat(parts, ignore_index=True)
    key = f"figure.{item}"
    below = subtitle(texts.t(f"{key}.subtitle"), "", card.primary.concept, card, texts)
    counts = rows.loc[rows["strong"].astype(bool), "n"].dropna()
    sentences = [
        texts.t(f"{key}.note"),
        texts.t("trend.interval_note"),
        *trend.maker.mostly_hidden(hidden),
        *trend.sample_notes(),
        *trend.season_notes(),
        *trend.break_notes(broken),
        *flag_notes(rows, texts, trend.limits),
        texts.t("trend.n_note", low=texts.numbers.count(counts.min()), high=texts.numbers.count(counts.max())),
        texts.t("frame.main_job_note"),
    ]
    caption = Caption(
        title=texts.t(f"{key}.title"),
        subtitle=below,
        marks=mark_texts(mark_names(card, set(rows["variant"]), (), ()), texts),
        note=note(sentences, texts),
        source=source(card, texts),
        alt=texts.t(f"{key}.alt", subtitle=below, changes=_changes(rows, panels, texts)),
    )
    options = {
        "panels": panels,
        "x": _positions(family.waves),
        "ticks": _tick_labels(family),
        "other_season": [wave.wave for wave in family.other_seasons()],
    }
    return FigureItem(
        item, f"{item}-{entry.slug}", "trend", texts.lang, caption, rows, trend.maker.labels(), texts.numbers, options
    )


def _lines(panel: Panel, trend: Trend) -> Iterator[tuple[str, str, str]]:
    """What a panel of the catalogue stands for: one line, or one for each question of a kind."""
    found = trend.waves[(trend.waves["indicator"] == panel.indicator) & (trend.waves["variant"] == panel.variant)]
    questions = trend.card.questions
    for category in [name for name in ["", *questions] if name in set(found["category"])]:
        if panel.kind is None or (category in questions and questions[category].kind == panel.kind):
            yield panel.indicator, panel.variant, category


def _rows(found: DataFrame, by: str | None, trend: Trend) -> DataFrame:
    """Total, and levels of ``by``, of every wave; columns of `item.COLUMNS`."""
    others = [name for name in DIMENSIONS if name != by]
    found = found[(found[others] == TOTAL).all(axis=1)]
    series = found[by] if by is not None else Series(TOTAL, index=found.index)
    # Over time a line is of the same persons: not of those of whom nothing is known, nor of groups that were too small in a wave.
    followed = ~series.isin([OTHER, UNKNOWN])
    found, series = found[followed], series[followed]
    order = levels_in_order(by or "", series, trend.card) if by else [TOTAL]
    waves = [wave.wave for wave in trend.family.waves]
    found = found.assign(
        row=found["wave"],
        row_label=found["wave"].map(trend.family.names),
        series=series,
        series_label=[trend.maker.level(by or "", level) for level in series],
        strong=series == TOTAL,
        group=0,
        _at=series.map(order.index),
        _wave=found["wave"].map(waves.index),
    )
    return trend.maker.columns(found.sort_values(["_at", "_wave"], kind="stable"))


def _rules(breaks: Sequence[tuple[str, str, list[str]]], trend: Trend) -> list[dict[str, Any]]:
    """A rule for each break and each change of sample, in the order of time; both in one place are one."""
    texts, family = trend.texts, trend.family
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for one, other in zip(family.waves, family.waves[1:], strict=False):
        if one.sample != other.sample:
            found[one.wave, other.wave] = {"kind": "sample", "label": texts.t("trend.new_sample")}
    for minus, plus, names in breaks:
        words = texts.join(point.label or texts.t("trend.break") for point in family.break_texts(names))
        known = found.get((minus, plus))
        label = texts.t("trend.break_label", what=plain(words))
        found[minus, plus] = {"kind": "break", "label": texts.join([known["label"] if known else "", label])}
    at = [wave.wave for wave in family.waves]
    ordered = sorted(found.items(), key=lambda entry: at.index(entry[0][0]))
    return [{"after": after, "before": before, **rule} for (after, before), rule in ordered]


def _positions(waves: Sequence[Wave]) -> dict[str, float]:
    """Years: whole ones where no year has two waves, so that a wave of another season stands no nearer to its neighbour."""
    years = [int(wave.time) for wave in waves]
    whole = len(set(years)) == len(years)
    return {wave.wave: float(year) if whole else wave.time for wave, year in zip(waves, years, strict=True)}


def _tick_labels(family: FamilyCard) -> Mapping[str, str]:
    """The year of a wave, and its season where that is not the usual one or the year has several waves."""
    others = {wave.wave for wave in family.other_seasons()}
    years = [wave.reference_from[:4] for wave in family.waves]
    return {
        wave.wave: f"{year}\n{wave.season}" if wave.season and (wave.wave in others or years.count(year) > 1) else year
        for wave, year in zip(family.waves, years, strict=True)
    }


def _changes(rows: DataFrame, panels: Sequence[Mapping[str, Any]], texts: Texts) -> str:
    """First and last total of every panel, in words."""
    found = []
    for panel in panels:
        totals = rows[(rows["part"] == panel["part"]) & rows["strong"].astype(bool) & rows["estimate"].notna()]
        if len(totals):
            first, last = totals.iloc[0], totals.iloc[-1]
            values = {
                "first": first["row_label"],
                "last": last["row_label"],
                "first_value": texts.numbers.written(first["estimate"], first["decimals"]),
                "last_value": texts.numbers.written(last["estimate"], last["decimals"]),
            }
            found.append(texts.t("trend.change", what=panel["title"], **values))
    return " ".join(found)
