"""The tables of a trend: estimates of the waves, and differences between them with their tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from pandas import DataFrame

from informality.govern.flags import BY_DEFINITION
from informality.publish.family_card import Wave
from informality.publish.select import NotMade, levels_in_order
from informality.publish.tables import Cell, Column, TableItem
from informality.publish.trend_entries import TrendTable
from informality.publish.trend_figure import LINE, Trend
from informality.publish.words import (
    Caption,
    bounded,
    capital,
    flag_notes,
    mark_names,
    mark_texts,
    note,
    plain,
    reason_text,
    source,
    subtitle,
)
from informality.vocabulary import COMPARED, DIMENSIONS, TOTAL, UNKNOWN


def trend_table(item: str, entry: TrendTable, trend: Trend) -> TableItem:
    """The table, resolved. Raises NotMade where there is nothing to show."""
    rows = trend.waves if entry.of == "waves" else trend.differences
    if rows.empty:
        raise NotMade("nothing_to_compare")
    return (_waves if entry.of == "waves" else _differences)(item, rows, trend)


def _waves(item: str, rows: DataFrame, trend: Trend) -> TableItem:
    t, family = trend.texts.t, trend.family
    percent = t("common.unit_percent").replace(" ", "\u00a0")
    columns = [
        *_keys(trend),
        Column(t("trend.wave"), "text", key=True),
        Column(t("common.estimate", unit=percent), "percent"),
        Column(t("common.lower", unit=percent), "percent"),
        Column(t("common.upper", unit=percent), "percent"),
        Column(t("common.flag", unit=percent), "flag"),
        Column(t("common.persons_in_sample"), "count"),
        Column(t("trend.remark"), "text"),
    ]
    order = {wave.wave: at for at, wave in enumerate(family.waves)}
    cells: list[tuple[Cell, ...]] = []
    for line, by, level, mine in _groups(rows, trend):
        ordered = mine.assign(at=mine["wave"].map(order)).sort_values("at")
        breaks = _broken(trend, line, by)
        for row in ordered.itertuples():
            wave = family.waves[row.at]
            bound = bounded(row.bound_low * 100, row.bound_high * 100, trend.texts)
            numbers = [_number(v, 100) for v in (row.estimate, row.ci_low, row.ci_high)]
            flag = t("common.by_definition") if row.flag_reason == BY_DEFINITION else row.flag
            remarks = [*_of_wave(wave, trend), *breaks.get(wave.wave, [])]
            cells.append((
                *_labels(line, by, level, trend), wave.reference, bound or numbers[0], *numbers[1:], flag, _number(row.n),
                trend.texts.join(remarks),
            ))  # fmt: skip
    return TableItem(item, _caption("waves", rows, trend, ["frame.n_note"]), tuple(columns), tuple(cells))


def _differences(item: str, rows: DataFrame, trend: Trend) -> TableItem:
    t, family = trend.texts.t, trend.family
    points = t("trend.points")
    columns = [
        *_keys(trend),
        Column(t("trend.later"), "text", key=True),
        Column(t("trend.earlier"), "text", key=True),
        Column(t("trend.difference", unit=points), "points"),
        Column(t("common.lower", unit=points), "points"),
        Column(t("common.upper", unit=points), "points"),
        Column(t("common.flag", unit=points), "flag"),
        Column(t("trend.p"), "p"),
        Column(t("trend.p_holm"), "p"),
        Column(t("common.persons_in_sample"), "count"),
        Column(t("trend.remark"), "text"),
    ]
    order = {wave.wave: at for at, wave in enumerate(family.waves)}
    cells: list[tuple[Cell, ...]] = []
    for line, by, level, mine in _groups(rows, trend):
        place = mine.assign(first=mine["comparison"] == "first_last", at=mine["plus"].map(order))
        for row in place.sort_values(["first", "at"]).itertuples():
            sides = [family.waves[order[wave]] for wave in (row.plus, row.minus)]
            remarks = list(dict.fromkeys(remark for wave in sides for remark in _of_season(wave, trend)))
            if sides[0].sample != sides[1].sample:
                remarks.append(t("trend.new_sample"))
            if row.why:
                labels = [plain(point.label or point.text) for point in family.break_texts(row.breaks.split())]
                remarks.append(
                    trend.texts.join([t("trend.not_compared", reason=reason_text(row.why, trend.texts)), *labels])
                )
            numbers = [_number(v, 100) for v in (row.estimate, row.ci_low, row.ci_high)]
            tests = [_number(v, 1) for v in (row.p_value, row.p_holm)]
            cells.append((
                *_labels(line, by, level, trend), *(wave.reference for wave in sides), *numbers, row.flag, *tests,
                None if row.why else _number(row.n), capital(trend.texts.join(remarks)),
            ))  # fmt: skip
    extra = ["trend.test_note", "trend.n_of_side_note"]
    return TableItem(item, _caption("differences", rows, trend, extra), tuple(columns), tuple(cells))


def _keys(trend: Trend) -> list[Column]:
    heads = ("common.indicator", "common.characteristic", "common.level")
    return [Column(capital(trend.texts.t(key)), "text", key=True) for key in heads]


def _labels(line: tuple[str, ...], by: str, level: str, trend: Trend) -> tuple[str, str, str]:
    t = trend.texts.t
    total = t("common.total")
    name = trend.name(*line)
    if not by:
        return name, total, total
    shown = t("trend.all_levels") if level == COMPARED else trend.maker.level(by, level)
    return name, capital(t(f"dimension.{by}")), shown


def _groups(rows: DataFrame, trend: Trend) -> Iterator[tuple[tuple[str, ...], str, str, DataFrame]]:
    """Line, dimension, level, and their rows; lines and dimensions as they come in the catalogue of what is followed, total first."""
    rows = rows.assign(by=_dimension(rows))
    rows = rows.assign(level=[getattr(row, row.by) if row.by else TOTAL for row in rows.itertuples()])
    questions = list(trend.card.questions)
    place = {name: at for at, name in enumerate(["", *questions])}
    lines = rows[list(LINE)].drop_duplicates()
    lines = lines.assign(at=lines["category"].map(place)).sort_values(["indicator", "at", "variant"], kind="stable")
    for line in lines[list(LINE)].itertuples(index=False, name=None):
        mine = rows[(rows[list(LINE)] == list(line)).all(axis=1)]
        for by in sorted(set(mine["by"]), key=["", *DIMENSIONS].index):
            of = mine[mine["by"] == by]
            for level in levels_in_order(by, of["level"], trend.card):
                found = of[of["level"] == level]
                if level != UNKNOWN or (found["n"].fillna(0) > 0).any():
                    yield line, by, level, found


def _dimension(rows: DataFrame) -> list[str]:
    broken = rows[list(DIMENSIONS)].to_numpy(dtype=object) != TOTAL
    return ["" if not line.any() else DIMENSIONS[int(np.flatnonzero(line)[0])] for line in broken]


def _broken(trend: Trend, line: tuple[str, ...], by: str) -> Mapping[str, list[str]]:
    """Remarks on the waves before which a line breaks."""
    rows = trend.differences
    rows = rows[(rows[list(LINE)] == list(line)).all(axis=1) & (rows["why"] == "break")]
    rows = rows[[name == by for name in _dimension(rows)]]
    found = {}
    for row in rows.itertuples():
        words = [plain(p.label) or trend.texts.t("trend.break") for p in trend.family.break_texts(row.breaks.split())]
        found[row.plus] = [trend.texts.t("trend.break_label", what=trend.texts.join(words))]
    return found


def _of_season(wave: Wave, trend: Trend) -> list[str]:
    others = {other.wave for other in trend.family.other_seasons()}
    return [trend.texts.t("trend.other_season", wave=wave.reference)] if wave.wave in others else []


def _of_wave(wave: Wave, trend: Trend) -> list[str]:
    """Sample and season of a wave."""
    return [*([plain(wave.sample)] if wave.sample else []), *_of_season(wave, trend)]


def _caption(of: str, rows: DataFrame, trend: Trend, extra: Sequence[str]) -> Caption:
    texts, card = trend.texts, trend.card
    broken = [name for words in trend.differences["breaks"] for name in words.split()]
    sentences = [
        texts.t(f"table.trend_{of}.note"),
        *(texts.t(key) for key in extra),
        *trend.sample_notes(),
        *trend.season_notes(),
        *trend.break_notes(sorted(set(broken))),
        *flag_notes(rows, texts, trend.limits),
        texts.t("frame.main_job_note"),
    ]
    return Caption(
        title=texts.t(f"table.trend_{of}.title"),
        subtitle=subtitle(texts.t(f"table.trend_{of}.subtitle"), "", card.primary.concept, card, texts),
        marks=mark_texts(mark_names(card, set(rows["variant"]), (), ()), texts),
        note=note(sentences, texts),
        source=source(card, texts),
    )


def _number(value: float, scale: float | None = None) -> float | None:
    """A number for a cell, by ``scale``; a count where there is none. None for nothing to show."""
    if not np.isfinite(value):
        return None
    return round(float(value)) if scale is None else round(float(value) * scale, 6)
