"""The quality annex: precision of estimates, missing answers by question, published figures beside computed ones, design."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from informality.publish.card import Card
from informality.publish.cells import Cell, cell, count_cell
from informality.publish.keys import Scope
from informality.publish.maker import Maker
from informality.publish.quality_card import Answers, Benchmark
from informality.publish.quality_entries import QualityTable
from informality.publish.select import NotMade, order
from informality.publish.tables import Below, Column, TableItem
from informality.publish.text import Texts, digits, significant
from informality.publish.words import (
    MAX_SENTENCE,
    Caption,
    bounded,
    capital,
    flag_notes,
    law_line,
    law_notes,
    mark_names,
    mark_texts,
    note,
    plain,
    reading_notes,
    source,
    subtitle,
    text_or_name,
)
from informality.settings import Thresholds
from informality.vocabulary import DERIVED, TOTAL

# Codes of classifications and cut-offs from which other variables are made, and what is made of others: a question is listed once.
NO_QUESTIONS = ("isic2", "isic_revision", "isco2", "isco_revision", "size_cut", "industry3", *DERIVED)
COVER = "cover__"
# From so many persons on their shares are shown with a digit.
LARGE = 1000.0
Rows = tuple[tuple[Cell, ...], ...]
# Columns of the table of precision, most of them of the whole country only.
_OF_PRECISION = ("percent", "se", "cv", "deff", "df", "n", "psus")
# Significant digits of errors, and digits after the point at most.
_ERROR, _MOST = 2, 2


def quality_table(item: str, entry: QualityTable, maker: Maker, thresholds: Thresholds) -> TableItem:
    """The table of one entry; NotMade, with the reason, where the card has nothing of it."""
    if entry.kind == "precision":
        return _precision(item, entry, maker, thresholds)
    make = {"questions": _questions, "benchmarks": _benchmarks, "design": _design}[entry.kind]
    columns, rows, below = make(maker.card, maker.texts)
    return TableItem(item, _caption(entry, maker.scope, maker.texts, thresholds), columns, rows, below)


def _caption(
    entry: QualityTable, scope: Scope, texts: Texts, thresholds: Thresholds, extra: Iterable[str] = (), laws: Iterable[str] = (), line: str = ""
) -> Caption:  # fmt: skip
    key, card = f"quality.{entry.kind}", scope.card
    variant = card.primary.variant if entry.data else ""
    concept = card.primary.concept if entry.data else ""
    fields = {"few": thresholds.confidential_below} if entry.kind == "questions" else {}
    return Caption(
        title=texts.t(f"{key}.title"),
        subtitle=subtitle(texts.t(f"{key}.subtitle"), variant, concept, card, texts, line),
        marks=mark_texts(mark_names(card, [variant], laws), texts),
        note=note([texts.t(f"{key}.note", **fields), *extra], texts),
        source=source(card, texts),
    )


def _precision(item: str, entry: QualityTable, maker: Maker, thresholds: Thresholds) -> TableItem:
    t = maker.texts.t
    columns = (
        Column(t("common.indicator"), "text", key=True),
        Column(t("common.level"), "text", key=True),
        *(Column(t(f"quality_column.{name}"), "count" if name == "n" else "number") for name in _OF_PRECISION),
        Column(t("models.flag"), "flag"),
    )
    cells: list[tuple[Cell, ...]] = []
    problems: list[NotMade] = []
    laws: dict[str, None] = {}
    sentences: dict[str, None] = {}
    for selection in entry.data:
        try:
            found = maker.found(selection)
        except NotMade as problem:
            problems.append(problem)
            continue
        by = maker.by(selection)
        found = (
            found.iloc[np.lexsort([order(found[name], name, maker.card).to_numpy() for name in reversed(by)])]
            if by
            else found
        )
        laws |= dict.fromkeys(law for law in found["law"] if law)
        sentences |= dict.fromkeys(flag_notes(found, maker.texts, thresholds))
        name = capital(maker.level("indicator", selection.indicator))
        for row in found.to_dict("records"):
            group = maker.texts.join([maker.level(one, str(row[one])) for one in by if row[one] != TOTAL]) or t(
                "common.total"
            )
            cells.append((name, group, *_precise(row, maker.texts), str(row["flag"])))
        sentences |= dict.fromkeys(
            reading_notes([str(line[1]) for line in cells], found["n_class"], maker.texts, thresholds)
        )
    if not cells:
        raise problems[0]
    # What of no estimate is told has no column.
    told = [at for at, column in enumerate(zip(*cells, strict=True)) if any(one is not None for one in column)]
    columns, cells = tuple(columns[at] for at in told), [tuple(line[at] for at in told) for line in cells]
    line = law_line(maker.card, maker.texts, laws, [], [])
    extra = [*sentences, *law_notes(laws, maker.card, maker.texts)]
    return TableItem(
        item, _caption(entry, maker.scope, maker.texts, thresholds, extra, laws, line), columns, tuple(cells)
    )


def _precise(row: dict[str, Any], texts: Texts) -> Iterator[Cell]:
    """Cells of `_OF_PRECISION`; the relative error is that of the rounded numbers beside it."""
    estimate, error = 100 * row["estimate"], 100 * row["se"]
    bound = bounded(row["flag"], 100 * row["bound_low"], 100 * row["bound_high"], texts)
    relative = 100 * error / estimate if estimate else math.nan
    yield bound or cell(estimate, row["decimals"])
    yield cell(error, significant([error], _ERROR, _MOST))
    yield cell(relative, significant([relative], _ERROR, 1))
    yield cell(row["deff"], significant([row["deff"]], _ERROR, _MOST))
    yield cell(row["df"])
    yield count_cell(row["n"], row["n_class"])
    yield cell(row["n_psu"])


def _questions(card: Card, texts: Texts) -> tuple[tuple[Column, ...], Rows, tuple[Below, ...]]:
    groupings = {"industry", "industry_national"} - {card.industry}
    shown = [a for a in card.quality.questions if a.variable not in NO_QUESTIONS and a.variable not in groupings]
    if not shown:
        raise NotMade("no_estimates")
    counts = ("answered", "dont_know", "refused", "not_stated", "not_asked")
    columns = (
        Column(texts.t("common.question"), "text", key=True),
        *(Column(texts.t(f"quality_column.{name}"), "count") for name in counts),
        Column(texts.t("quality_column.missing"), "number"),
    )
    rows = tuple(
        (_question(answers, card, texts), *(cell(getattr(answers, name)) for name in counts), _missing(answers)) for answers in shown
    )  # fmt: skip
    return columns, rows, ()


def _question(answers: Answers, card: Card, texts: Texts) -> str:
    asked = card.questions.get(answers.variable.removeprefix(COVER))
    if answers.variable.startswith(COVER) and asked is not None:
        return plain(asked.label)
    return capital(text_or_name("dimension", answers.variable, texts))


def _missing(answers: Answers) -> Cell:
    """Of rounded counts, so with a digit only where these are large."""
    return cell(100 * answers.lacking / answers.asked, 1 if answers.asked >= LARGE else 0) if answers.asked else None


def _benchmarks(card: Card, texts: Texts) -> tuple[tuple[Column, ...], Rows, tuple[Below, ...]]:
    if "simulated" in card.marks:
        raise NotMade("simulated_not_compared")
    if not card.quality.benchmarks:
        raise NotMade("no_benchmarks")
    t = texts.t
    columns = (
        Column(t("quality_column.figure"), "text", key=True),
        Column(t("quality_column.unit"), "text"),
        Column(t("quality_column.published"), "number"),
        Column(t("quality_column.verdict"), "text"),
        Column(t("quality_column.estimate"), "number"),
        Column(t("quality_column.cause"), "text"),
        Column(t("quality_column.kind"), "text"),
        Column(t("fact_column.source"), "text"),
    )
    return columns, tuple(_benchmark(one, texts) for one in card.quality.benchmarks), ()


def _benchmark(one: Benchmark, texts: Texts) -> tuple[Cell, ...]:
    """The published number with all of its digits, and what was found; our own number is rounded, and has no more digits."""
    published = cell(one.published, one.decimals) if one.printed else None
    return (
        capital(plain(one.id.replace("_", " "))), texts.t(f"benchmark.{one.unit}"), published,
        texts.t(f"benchmark.{one.verdict}"), cell(one.estimate, math.nan if one.estimate is None else digits([one.estimate], math.nan)),
        plain(one.likely_cause, MAX_SENTENCE), texts.t(f"benchmark.{one.kind}"), plain(one.source, MAX_SENTENCE),
    )  # fmt: skip


def _design(card: Card, texts: Texts) -> tuple[tuple[Column, ...], Rows, tuple[Below, ...]]:
    told = card.quality.design
    if not told:
        raise NotMade("no_estimates")
    t = texts.t
    counts = {
        "sample": card.n_persons, "sample_employed": card.n_employed, "strata": told.get("strata"), "psus": told.get("psus"),
        "lonely_strata": told.get("lonely_strata"), "weights_sum": card.weights_sum,
    }  # fmt: skip
    ratios = {name: told.get(name) for name in ("coefficient_of_variation", "design_effect_of_weighting")}
    columns = (
        Column(t("common.characteristic"), "text", key=True),
        Column(t("quality_column.number"), "count"),
        Column(t("quality_column.ratio"), "number"),
    )
    rows: list[tuple[Cell, ...]] = [
        (t(f"quality_row.{name}"), cell(value), None) for name, value in counts.items() if value is not None
    ]
    rows += [
        (t(f"quality_row.{name}"), None, cell(value, significant([value], _ERROR, _MOST)))
        for name, value in ratios.items()
        if value is not None
    ]
    return columns, tuple(rows), tuple(_below_design(card, texts))


def _below_design(card: Card, texts: Texts) -> Iterator[Below]:
    """The office's own flags, and what the checks of plausibility found."""
    t = texts.t
    if card.quality.flags:
        heads = (
            Column(t("quality_column.flag"), "text", key=True),
            Column(t("quality_column.compared"), "count"),
            Column(t("quality_column.agreement"), "number"),
        )
        flags = tuple(
            (plain(flag.flag), cell(flag.persons), cell(100 * flag.agreement, 1)) for flag in card.quality.flags
        )
        yield Below(t("quality_row.flags"), heads, flags)
    if card.quality.checks:
        heads = (
            Column(t("quality_column.check"), "text", key=True),
            Column(t("quality_column.where"), "text", key=True),
            Column(t("quality_column.number"), "count"),
        )
        found = tuple((plain(d.check), plain(d.where), cell(d.count)) for d in card.quality.checks)
        yield Below(t("quality_row.checks"), heads, found)
