"""Columns of a table that say of which law, reading, branch, scenario and assumption a row is, and parts of its category."""

from __future__ import annotations

from collections.abc import Sequence

from pandas import DataFrame, Series

from informality.publish.card import Card
from informality.publish.select import Keys, levels_in_order, order
from informality.publish.text import Texts
from informality.publish.words import branches_label, level_label, plain
from informality.vocabulary import ALL_SCENARIOS, READINGS, UNKNOWN


def key_labels(contexts: Sequence[Keys], card: Card, texts: Texts) -> dict[str, list[str]]:
    """Key of the head → labels of every row, for each key in which rows differ."""
    columns: dict[str, list[str]] = {}
    coverage = card.coverage
    if coverage is None:
        words = [key.assumption for key in contexts]
        return {"dimension.assumption": [texts.t(f"assumption.{word}") for word in words]} if any(words) else {}
    if len({key.law for key in contexts}) > 1:
        titles = {law.law: plain(law.title) for law in coverage.laws}
        columns["dimension.law"] = [titles.get(key.law, key.law) for key in contexts]
    if len({key.branch for key in contexts}) > 1:
        columns["dimension.branch"] = [
            branches_label(coverage.branches_of(key.branch, coverage.law_of(key.law)), texts) for key in contexts
        ]
    scenarios = [key.scenario for key in contexts]
    if len(set(scenarios)) > 1:
        columns["dimension.scenario"] = [
            texts.t("common.all_scenarios") if name == ALL_SCENARIOS else level_label("scenario", name, card, texts)
            for name in scenarios
        ]
    words = [key.assumption for key in contexts]
    if set(words) - {""} <= set(READINGS):
        if len(set(words)) > 1:
            columns["dimension.reading"] = [texts.t(f"level.reading.{word}") if word else "" for word in words]
    elif len(set(words)) > 1:
        columns["dimension.assumption"] = [texts.t(f"assumption.{word or 'none'}") for word in words]
    return columns


def parts_of(category: Series, names: Sequence[str]) -> list[tuple[str, Series]]:
    """Parts of a category, by the names that the catalogue gives them."""
    parts = category.str.split("[:>]", expand=True, regex=True).reindex(columns=range(len(names))).fillna("")
    return [(name, parts[position]) for position, name in enumerate(names)]


def sorted_parts(parts: Sequence[tuple[str, Series]], card: Card) -> list[Series]:
    """Positions of parts in the order of their levels; of a level in that of its dimension."""
    found = []
    of = dict(parts).get("dimension")
    for name, values in parts:
        if name != "level" or of is None:
            found.append(order(values, name, card))
            continue
        places = {
            (dimension, level): at
            for dimension in of.unique()
            for at, level in enumerate(levels_in_order(dimension, values[of == dimension], card))
        }
        found.append(Series([places[pair] for pair in zip(of, values, strict=True)], index=values.index))
    return found


def without_strange_dimensions(rows: DataFrame, split: Sequence[str]) -> DataFrame:
    """Without the categories of dimensions that the survey has not: all persons are unknown there."""
    if "dimension" not in split or rows.empty:
        return rows
    parts = dict(parts_of(rows["category"], split))
    known = (parts["level"] != UNKNOWN).groupby(parts["dimension"]).transform("any")
    return rows[known].reset_index(drop=True)
