"""The tables of a trend: estimates of the waves, and differences between them with their tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from pandas import DataFrame

from informality.publish.cells import P_DIGITS, Cell, cell, count_cell
from informality.publish.family_card import Wave
from informality.publish.select import NotMade, levels_in_order
from informality.publish.tables import Column, TableItem
from informality.publish.trend_entries import TrendTable
from informality.publish.trend_figure import Trend
from informality.publish.words import (
    Caption,
    bounded,
    capital,
    flag_notes,
    flag_word,
    mark_names,
    mark_texts,
    note,
    plain,
    reading_notes,
    reason_text,
    source,
    subtitle,
)
from informality.vocabulary import COMPARED, DIMENSIONS, OTHER, TOTAL, UNKNOWN


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
        Column(t("common.estimate", unit=percent), "number", limits=True),
        Column(t("common.lower", unit=percent), "number"),
        Column(t("common.upper", unit=percent), "number"),
        Column(t("common.persons_in_sample"), "count"),
        Column(t("common.flag", unit=percent), "flag"),
        Column(t("trend.remark"), "text"),
    ]
    order = {wave.wave: at for at, wave in enumerate(family.waves)}
    new = {one.wave for before, one in pairwise(family.waves) if one.sample != before.sample}
    remarks = [[*([t("trend.new_sample")] if w.wave in new else []), *_of_season(w, trend)] for w in family.waves]
    breaks = _broken(trend)
    cells: list[tuple[Cell, ...]] = []
    for row in _sorted(rows.assign(at=rows["wave"].map(order)), trend).itertuples():
        line = (row.indicator, row.variant, row.category)
        bound = bounded(row.flag, row.bound_low * 100, row.bound_high * 100, trend.texts)
        numbers = [cell(v * 100, row.decimals) for v in (row.estimate, row.ci_low, row.ci_high)]
        flag = flag_word(row.flag, row.flag_reason, trend.texts)
        said = [*remarks[row.at], *breaks.get((*line, row.by, row.wave), [])]
        cells.append((
            *_labels(line, row.by, row.level, trend), family.waves[row.at].reference, bound or numbers[0], *numbers[1:],
            count_cell(row.n, row.n_class), flag, trend.texts.join(said),
        ))  # fmt: skip
    return TableItem(item, _caption("waves", rows, trend, ["frame.n_note"]), tuple(columns), tuple(cells))


def _differences(item: str, rows: DataFrame, trend: Trend) -> TableItem:
    t, waves = trend.texts.t, trend.family.waves
    points = t("trend.points")
    columns = [
        *_keys(trend),
        Column(t("trend.later"), "text", key=True),
        Column(t("trend.earlier"), "text", key=True),
        Column(t("trend.difference", unit=points), "number", limits=True),
        Column(t("common.lower", unit=points), "number"),
        Column(t("common.upper", unit=points), "number"),
        Column(t("trend.verdict"), "text"),
        Column(t("trend.p"), "p"),
        Column(t("trend.p_holm"), "p"),
        Column(t("common.persons_in_sample"), "count"),
        Column(t("common.flag", unit=points), "flag"),
        Column(t("trend.remark"), "text"),
    ]
    order = {wave.wave: at for at, wave in enumerate(waves)}
    # Neighbours first, then first and last.
    at = rows["plus"].map(order) + len(waves) * (rows["comparison"] == "first_last")
    cells: list[tuple[Cell, ...]] = []
    for row in _sorted(rows.assign(at=at), trend).itertuples():
        sides = [waves[order[wave]] for wave in (row.plus, row.minus)]
        numbers = [cell(v * 100, row.decimals) for v in (row.estimate, row.ci_low, row.ci_high)]
        said = t(f"verdict.{row.verdict}") if row.verdict else ""
        tests = [cell(v, P_DIGITS) for v in (row.p_value, row.p_holm)]
        cells.append((
            *_labels((row.indicator, row.variant, row.category), row.by, row.level, trend), *(wave.reference for wave in sides), *numbers,
            said, *tests, None if row.why else count_cell(row.n, row.n_class), row.flag, _remarks(sides, row.why, row.breaks, trend),
        ))  # fmt: skip
    extra = ["trend.test_note", "trend.n_of_side_note"]
    return TableItem(item, _caption("differences", rows, trend, extra), tuple(columns), tuple(cells))


def _remarks(sides: Sequence[Wave], why: str, breaks: str, trend: Trend) -> str:
    """What a reader has to know of one comparison: another season, another sample, why nothing was compared."""
    t = trend.texts.t
    found = [remark for wave in sides for remark in _of_season(wave, trend)]
    if sides[0].sample != sides[1].sample:
        found.append(t("trend.new_sample"))
    if why:
        labels = [plain(point.label) for point in trend.family.break_texts(breaks.split()) if point.label]
        found.append(t("trend.not_compared", reason=trend.texts.join(labels) or reason_text(why, trend.texts)))
    return capital(trend.texts.join(found))


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


def _sorted(rows: DataFrame, trend: Trend) -> DataFrame:
    """Rows with the columns ``by`` and ``level`` for their dimensions: by line, dimension, level and ``at``; without empty unknown levels."""
    rows = _narrow(rows)
    rows = rows[(rows["level"] != UNKNOWN) | (rows["n"].fillna(0) > 0)]
    places = {name: at for at, name in enumerate(["", *trend.card.questions])}
    indicators = list(dict.fromkeys([*trend.indicators, *sorted(rows["indicator"].unique())]))
    levels = {
        (by, level): at
        for by in rows["by"].unique()
        for at, level in enumerate(levels_in_order(by, rows.loc[rows["by"] == by, "level"], trend.card))
    }
    keys = {
        "_indicator": rows["indicator"].map(indicators.index),
        "_category": rows["category"].map(places),
        "_by": rows["by"].map(["", *DIMENSIONS].index),
        "_level": [levels[pair] for pair in zip(rows["by"], rows["level"], strict=True)],
    }
    return rows.assign(**keys).sort_values(["_indicator", "_category", "variant", "_by", "_level", "at"], kind="stable")


def _narrow(rows: DataFrame) -> DataFrame:
    """One dimension and its level in the place of all dimensions."""
    dimensions = rows[list(DIMENSIONS)].to_numpy(dtype=object)
    broken = dimensions != TOTAL
    first = broken.argmax(axis=1)
    by = np.where(broken.any(axis=1), np.array(DIMENSIONS, dtype=object)[first], "")
    return rows.drop(columns=list(DIMENSIONS)).assign(by=by, level=dimensions[np.arange(len(rows)), first])


def _broken(trend: Trend) -> Mapping[tuple[str, ...], list[str]]:
    """Remarks on the waves before which a line breaks, by line, dimension and wave."""
    rows = _narrow(trend.differences[trend.differences["why"] == "break"])
    found: dict[tuple[str, ...], list[str]] = {}
    for row in rows.itertuples():
        words = [plain(p.label) or trend.texts.t("trend.break") for p in trend.family.break_texts(row.breaks.split())]
        key = (row.indicator, row.variant, row.category, row.by, row.plus)
        found[key] = [trend.texts.t("trend.break_label", what=trend.texts.join(words))]
    return found


def _of_season(wave: Wave, trend: Trend) -> list[str]:
    others = {other.wave for other in trend.family.other_seasons()}
    return [trend.texts.t("trend.other_season", wave=wave.reference)] if wave.wave in others else []


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
        *reading_notes(
            [texts.t("common.other_levels")] if (rows[list(DIMENSIONS)] == OTHER).any(axis=None) else [],
            rows["n_class"],
            texts,
            trend.limits,
        ),
        texts.t("frame.main_job_note"),
    ]
    return Caption(
        title=texts.t(f"table.trend_{of}.title"),
        subtitle=subtitle(texts.t(f"table.trend_{of}.subtitle"), "", card.primary.concept, card, texts),
        marks=mark_texts(mark_names(card, set(rows["variant"]), (), ()), texts),
        note=note(sentences, texts),
        source=source(card, texts),
    )
