"""What rows of a table are about: their order, the columns that say of which law, reading, branch, scenario and assumption a row is, and parts
of its category.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from informality.publish.card import Card
from informality.publish.select import Keys, parts_of, ranks
from informality.publish.text import Texts
from informality.publish.words import branches_label, level_label, plain
from informality.vocabulary import ALL_SCENARIOS, READINGS, UNKNOWN


class About(NamedTuple):
    """What a row is about. ``measure``, ``pair``, ``context``, ``breakdown``: positions, so that rows can be sorted as declared;
    ``levels``: of all dimensions of the table.
    """

    measure: int
    pair: int
    context: int
    breakdown: int
    category: str
    levels: tuple[str, ...]


def levels_of(abouts: Iterable[About]) -> list[tuple[str, ...]]:
    """Levels of each dimension, of all rows."""
    return list(zip(*(about.levels for about in abouts), strict=True))


def in_order(some: Iterable[About], dimensions: Sequence[str], split: Sequence[str], card: Card) -> list[About]:
    """Each once, as declared, then in the order of the levels; what no order tells apart stays as it came."""
    abouts = list(dict.fromkeys(some))
    names = [about.category for about in abouts]
    categories = ["", "total", *card.questions, *sorted(set(names))]
    place = {name: i for i, name in reversed(list(enumerate(categories)))}
    levels = []
    for name, values in zip(dimensions, levels_of(abouts), strict=True):
        places = ranks(name, values, card)
        levels.append([places[value] for value in values])
    keys = [
        [about.measure for about in abouts],
        [about.pair for about in abouts],
        [about.context for about in abouts],
        *(sorted_parts(parts_of(names, split), card) or [[place[name] for name in names]]),
        [about.breakdown for about in abouts],
        *levels,
    ]
    return [abouts[i] for i in np.lexsort(keys[::-1])]


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


def sorted_parts(parts: Sequence[tuple[str, Sequence[str]]], card: Card) -> list[list[int]]:
    """Positions of parts in the order of their levels; of a level in that of its dimension."""
    found = []
    of = dict(parts).get("dimension")
    for name, values in parts:
        if name != "level" or of is None:
            places = ranks(name, values, card)
            found.append([places[value] for value in values])
            continue
        levels: dict[str, list[str]] = {}
        for dimension, value in zip(of, values, strict=True):
            levels.setdefault(dimension, []).append(value)
        within = {dimension: ranks(dimension, present, card) for dimension, present in levels.items()}
        found.append([within[dimension][value] for dimension, value in zip(of, values, strict=True)])
    return found


def strange_dimensions(categories: Sequence[str], split: Sequence[str]) -> list[bool]:
    """Which categories are of dimensions that the survey has not: all persons are unknown there."""
    if "dimension" not in split:
        return [False] * len(categories)
    parts = dict(parts_of(categories, split))
    known = {of for of, level in zip(parts["dimension"], parts["level"], strict=True) if level != UNKNOWN}
    return [of not in known for of in parts["dimension"]]
