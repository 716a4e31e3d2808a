"""Rows of the figures that set things side by side: pairs of marks, and bands of a whole under headings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from pandas import DataFrame

from informality.publish.catalogue import Catalogue
from informality.publish.compared_entries import (
    STANDARD,
    AbsentFigure,
    BandsFigure,
    ComparedFigure,
    ForestFigure,
    PairsFigure,
    sum_key,
)
from informality.publish.figure_entries import Figure, Selection
from informality.publish.figures_models import forest
from informality.publish.keys import Scope
from informality.publish.maker import Built, Maker, is_hidden, labelled, without_joined
from informality.publish.select import LEVEL, NotMade, concat, order, resolved
from informality.publish.text import Texts
from informality.publish.words import MAX_SENTENCE, category_label, plain, reason_text, text_or_name
from informality.vocabulary import OTHER, TOTAL, UNKNOWN

# From here on amounts are written in thousands.
THOUSANDS = 100_000.0


def built(entry: ComparedFigure, maker: Maker, catalogue: Catalogue, models: DataFrame | None) -> Built:
    """Rows, labels, options and sentences of one figure; NotMade with the reason."""
    if isinstance(entry, AbsentFigure):
        raise NotMade(entry.reason)
    if isinstance(entry, ForestFigure):
        return forest(entry, maker, catalogue, models)
    return _pairs(entry, maker) if isinstance(entry, PairsFigure) else _bands(entry, maker)


@dataclass(frozen=True)
class Amount:
    """An amount that a figure rests on: whether a named person has confirmed it, and a sentence on it for the note."""

    verified: bool
    sentence: str


def rests_on(entry: Figure, scope: Scope, texts: Texts) -> Amount | None:
    """What the figure rests on; None where on nothing. NotMade where the law in force sets no such amount."""
    if entry.rests_on is None:
        return None
    law = scope.coverage.law_of(scope.coverage.law)
    if law is None:
        raise NotMade("no_law")
    wage = law.minimum_wage
    if wage is None:
        raise NotMade("no_minimum_wage")
    told = texts.t(
        "frame.minimum_wage_note", amount=texts.numbers.count(wage.amount), unit=text_or_name("currency", scope.card.currency or "currency", texts),
        day=wage.first_day, source=plain(wage.source, MAX_SENTENCE), checked=texts.t("common.verified" if wage.verified else "common.not_verified"),
    )  # fmt: skip
    return Amount(wage.verified, told)


def _pairs(entry: PairsFigure, maker: Maker) -> Built:
    frames: list[DataFrame] = []
    titles: list[str] = []
    left_out: list[str] = []
    problems: list[NotMade] = []
    hidden: list[str] = []
    for panel in entry.panels:
        name = maker.texts.t(f"figure_part.{panel.text}") if panel.text else ""
        try:
            found = without_joined(concat([_marks(selection, entry, maker) for selection in panel.data]), ["row"])
        except NotMade as problem:
            problems.append(problem)
            left_out.append(_left_out(problem, name, maker))
            continue
        if found["series"].nunique() < 2:
            problems.append(NotMade("nothing_to_compare"))
            left_out.append(_left_out(problems[-1], name, maker))
            continue
        if entry.series == STANDARD:
            found, fixed = _standards(found, maker)
            name = maker.texts.t("figure_part.given", what=name, fixed=fixed) if fixed else name
        for heading, some in _each(found, entry.each, maker):
            if is_hidden(some):
                hidden.append(heading or name)
                continue
            frames.append(some.assign(group=len(titles)))
            titles.append(heading or name)
    if not frames:
        raise problems[0] if problems else NotMade("all_hidden")
    found = concat(frames)
    variants = tuple(dict.fromkeys(found["variant"])) if entry.series == STANDARD else None
    rows, empty = maker.without_empty(maker.columns(found), per_row=True)
    labels, options = _unit(rows, maker)
    options["panels"] = {str(at): title for at, title in enumerate(titles)}
    sentences = [
        maker.texts.t("frame.interval_note"),
        maker.texts.t("frame.n_note"),
        *empty,
        *left_out,
        *maker.mostly_hidden(hidden),
    ]
    if variants and set(variants) & set(maker.card.provisional_variants):
        sentences.append(maker.texts.t("frame.provisional_note"))
    return Built(rows, labels, options, sentences, variants=variants)


def _left_out(problem: NotMade, name: str, maker: Maker) -> str:
    return maker.texts.t("frame.left_out_note", what=name, reason=reason_text(problem.reason, maker.texts))


def _marks(selection: Selection, entry: PairsFigure, maker: Maker) -> DataFrame:
    found = maker.found(selection, [LEVEL])
    row = resolved([entry.rows], maker.card)[0]
    if row == "category":
        names = {c: category_label(selection.indicator, c, maker.card, maker.texts) for c in found["category"]}
        place = {category: at for at, category in enumerate([*(selection.categories or sorted(names)), OTHER])}
        found = found.assign(row=found["category"], row_label=found["category"].map(names), strong=False)
        found = found.iloc[np.argsort(found["row"].map(place).to_numpy(), kind="stable")]
    else:
        found = found.assign(row=found[row], row_label=labelled(found, maker, row), strong=found[row] == TOTAL)
        found = found.iloc[np.argsort(order(found[row], row, maker.card).to_numpy(), kind="stable")]
    series, label = _series(entry, found, maker)
    return found.assign(series=series, series_label=label)


def _series(entry: PairsFigure, found: DataFrame, maker: Maker) -> tuple[str, str]:
    """Code and name of a mark; `_standards` names standards, when all of a panel are known."""
    if entry.series == STANDARD:
        return ":".join(str(found[name].iloc[0]) for name in ("variant", "concept")), ""
    level = str(found[entry.series].iloc[0])
    key = f"group.{level}"
    named = maker.texts.t(key) if maker.texts.has(key) else maker.level(entry.series, level)
    return level, named[:1].upper() + named[1:]


def _standards(found: DataFrame, maker: Maker) -> tuple[DataFrame, str]:
    """The marks named by what tells them apart, variant or concept; and what they share."""
    texts, names = maker.texts, ("variant", "concept")
    words = {
        name: found[name].map({level: text_or_name(name, level, texts) for level in found[name].unique()})
        for name in names
    }
    apart = [name for name in names if len(found[name].unique()) > 1]
    shared = [str(words[name].iloc[0]) for name in names if name not in apart]
    label = [texts.join(row) for row in zip(*(words[name] for name in apart), strict=True)]
    return found.assign(series_label=[text[:1].upper() + text[1:] for text in label]), texts.join(shared)


def _each(found: DataFrame, name: str | None, maker: Maker) -> Iterator[tuple[str, DataFrame]]:
    """Heading and rows of the total and of each level of a dimension; all rows without a heading where there is none."""
    if name is None:
        yield "", found
        return
    own = resolved([name], maker.card)[0]
    place = order(found[own], own, maker.card)
    for at in sorted(place.unique()):
        some = found[place == at]
        level = str(some[own].iloc[0])
        if level != UNKNOWN:
            yield maker.level(own, level), some


def _unit(rows: DataFrame, maker: Maker) -> tuple[dict[str, str], dict[str, object]]:
    """How the numbers of a figure are written: labels, and the option ``per`` (divisor)."""
    labels, texts = maker.labels(), maker.texts
    measure = str(rows["measure"].iloc[0])
    if measure == "percent":
        return labels, {"per": 1.0, "share": True}
    largest = float(rows[["estimate", "high"]].max().max())
    per = 1000.0 if largest >= THOUSANDS else 1.0
    name = text_or_name("currency", measure, texts)
    labels["percent"] = texts.t("figure_part.thousands_of", unit=name) if per > 1 else name[:1].upper() + name[1:]
    return labels, {"per": per, "share": False}


def _bands(entry: BandsFigure, maker: Maker) -> Built:
    found = concat([_bars(selection, entry, maker) for selection in entry.data])
    place = order(found[entry.series], entry.series, maker.card)
    wanted = entry.data[0].categories
    if wanted and entry.series == "category":
        place = found["category"].map({category: at for at, category in enumerate([*wanted, OTHER])})
    across = list(dict.fromkeys(found[entry.series].iloc[np.argsort(place.to_numpy(), kind="stable")]))
    bars = {row: at for at, row in enumerate(dict.fromkeys(found["row"]))}
    found = found.iloc[np.lexsort([place.to_numpy(), found["row"].map(bars).to_numpy()])]
    all_panels = list(_each(found, entry.each, maker))
    titles = [title for title, some in all_panels if not is_hidden(some)]
    if not titles:
        raise NotMade("all_hidden")
    without = maker.mostly_hidden(title for title, some in all_panels if is_hidden(some))
    groups = [some.assign(group=titles.index(title)) for title, some in all_panels if title in titles]
    rows, empty = maker.without_empty(maker.columns(concat(groups)), per_row=True)
    frames, labels = [rows], maker.labels() | {"rest": maker.texts.t("figure_part.rest")}
    left_out: list[str] = []
    for selection in entry.sums:
        part, name = f"sum{len(frames) - 1}", maker.texts.t(f"figure_part.{sum_key(selection)}")
        try:
            sums = concat([_bars(one, entry, maker) for one in _by_bar(selection, entry)])
        except NotMade as problem:
            left_out.append(_left_out(problem, maker.level("indicator", selection.indicator), maker))
            continue
        parts = [some.assign(group=titles.index(t)) for t, some in _each(sums, entry.each, maker) if t in titles]
        frames.append(maker.columns(concat(parts), part))
        labels[part] = name
    options = {"panels": {str(at): title for at, title in enumerate(titles)}, "sums": len(frames) - 1, "series": across}
    notes = [maker.texts.t(f"frame.{name}") for name in ("shares_note", "parts_note", "n_note")]
    return Built(concat(frames), labels, options, [*notes, *empty, *left_out, *without])


def _by_bar(one: Selection, entry: BandsFigure) -> list[Selection]:
    """A sum for every bar of the data: of the same universe."""
    return [one.model_copy(update={"universe": selection.universe}) for selection in entry.data]


def _bars(selection: Selection, entry: BandsFigure, maker: Maker) -> DataFrame:
    found = maker.found(selection)
    row = resolved([entry.rows], maker.card)[0]
    names = {level: _bar_name(row, level, maker) for level in found[row].unique()}
    series = {c: category_label(selection.indicator, c, maker.card, maker.texts) for c in found["category"].unique()}
    label = found["category"].map(series) if entry.series == "category" else labelled(found, maker, entry.series)
    return found.assign(
        row=found[row], row_label=found[row].map(names), series=found[entry.series], series_label=label, strong=found[row] == TOTAL
    )  # fmt: skip


def _bar_name(row: str, level: str, maker: Maker) -> str:
    key = f"group.{level}"
    named = maker.texts.t(key) if row == "universe" and maker.texts.has(key) else maker.level(row, level)
    return named[:1].upper() + named[1:]
