"""What changes a rate: the rate before and after each of some steps from one definition to another, as a figure and as a table.

A change between variants has no standard error: both rates rest on the same sample, and only differences that `estimates.yaml`
declares carry the covariance. So none is drawn. Where fewer than ten persons change sides both rates are the same, and it says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from pandas import DataFrame

from informality.govern.flags import FEW_DIFFER
from informality.publish.card import Card, Pair
from informality.publish.cells import Cell, cell, count_cell
from informality.publish.figure_entries import BridgeFigure, Side, Step
from informality.publish.keys import Scope
from informality.publish.left import why
from informality.publish.maker import Built, Maker
from informality.publish.requests import Declared
from informality.publish.select import Estimates, NotMade
from informality.publish.tables import Column, TableItem
from informality.publish.text import Texts
from informality.publish.words import Caption, flag_notes, mark_names, mark_texts, note, reading_notes, source, subtitle
from informality.settings import Thresholds

BEFORE, AFTER = "before", "after"


@dataclass(frozen=True)
class Rate:
    """A published row (a mapping of its columns) with the variant and concept that it is of."""

    row: Mapping[str, Any]
    pair: Pair


@dataclass(frozen=True)
class Crossed:
    """One step with its two rates, or the reason why the survey does not yield it."""

    name: str
    before: Rate | None = None
    after: Rate | None = None
    problem: NotMade | None = None


def steps_of(entry: BridgeFigure, maker: Maker) -> list[Crossed]:
    """All steps in their order."""
    return [_crossed(name, step, maker) for name, step in entry.steps.items()]


def _crossed(name: str, step: Step, maker: Maker) -> Crossed:
    try:
        return Crossed(name, _rate(step.before, maker), _rate(step.after, maker))
    except NotMade as problem:
        return Crossed(name, problem=NotMade(step.absent) if problem.reason == "no_estimates" else problem)


def _rate(side: Side, maker: Maker) -> Rate:
    primary = maker.card.primary
    pair = Pair(variant=side.variant or primary.variant, concept=side.concept or primary.concept)
    if pair not in maker.card.pairs:
        raise NotMade("nothing_to_compare")
    card = maker.card.model_copy(update={"primary": pair})
    rows = Maker(maker.hub, Scope(card, maker.scope.declared), maker.texts).found(side.selection)
    row = rows.to_dict("records")[0]
    if not np.isfinite(row["estimate"]):
        raise NotMade(row["flag_reason"] or "not_estimable")
    return Rate(row, pair)


def built(entry: BridgeFigure, maker: Maker) -> Built:
    """Rows of the figure: two a step, series `before` and `after`; NotMade where the survey yields no step."""
    t = maker.texts.t
    steps = steps_of(entry, maker)
    made = [step for step in steps if step.before is not None and step.after is not None]
    if not made:
        raise NotMade("nothing_to_compare")
    records, variants = [], []
    for position, step in enumerate(made):
        for series, rate in ((BEFORE, step.before), (AFTER, step.after)):
            assert rate is not None
            words = {"row_label": t(f"bridge.steps.{step.name}.label"), "series_label": t(f"bridge.steps.{step.name}.{series}")}  # fmt: skip
            records.append({**rate.row, "row": step.name, "series": series, "group": position, "strong": False, "variant": rate.pair.variant, "concept": rate.pair.concept, **words})  # fmt: skip
            variants.append(rate.pair.variant)
    rows = maker.columns(DataFrame(records))
    labels = maker.labels() | {
        "change": t("bridge.change"),
        "before": t("bridge.before"),
        "after": t("bridge.after"),
        "axis": t("common.percent"),
        "few_differ": t("bridge.few_differ"),
    }
    ends = [
        maker.texts.numbers.counted(rows.loc[at, "n"], rows.loc[at, "n_class"])
        for at in (rows["n"].idxmin(), rows["n"].idxmax())
    ]
    ends = list(dict.fromkeys(ends))
    sentences = [t("frame.n_total_note", n="–".join(ends))]
    for step in steps:
        if step.problem is not None:
            label = t(f"bridge.steps.{step.name}.label")
            sentences.append(t("frame.left_out_note", what=label, reason=why(step.problem, maker.texts)))
    return Built(rows, labels, {}, sentences, variants=tuple(dict.fromkeys(variants)))


def bridge_table(
    item: str, entry: BridgeFigure, hub: Estimates, card: Card, texts: Texts, declared: Declared, thresholds: Thresholds
) -> TableItem:
    """The steps as a table: a row each, also those that the survey does not yield; NotMade where there is none."""
    t = texts.t
    steps = steps_of(entry, Maker(hub, Scope(card, declared), texts))
    if all(step.problem is not None for step in steps):
        raise NotMade("nothing_to_compare")
    percent, n = t("common.unit_percent"), t("common.persons_in_sample")
    columns = [
        *(Column(t(f"bridge.{name}"), "text", key=True) for name in ("step", "from", "to")),
        *(column for which in (BEFORE, AFTER) for column in (
            Column(t(f"bridge.rate_{which}"), "number", limits=True),
            Column(t("common.lower", unit=f"{t(f'bridge.{which}')}, {percent}"), "number"),
            Column(t("common.upper", unit=f"{t(f'bridge.{which}')}, {percent}"), "number"),
            Column(t("common.flag", unit=t(f"bridge.{which}")), "flag"),
            Column(f"{n} ({t(f'bridge.{which}')})", "count"),
        )),
        Column(t("bridge.change_points"), "number"),
        Column(t("bridge.because"), "text"),
    ]  # fmt: skip
    cells = [_cells(step, texts) for step in steps]
    rates = [rate for step in steps for rate in (step.before, step.after) if rate is not None]
    variants = list(dict.fromkeys(rate.pair.variant for rate in rates))
    flagged = flag_notes(
        {name: [rate.row[name] for rate in rates] for name in ("flag", "flag_reason", "review")}, texts, thresholds
    )
    provisional = [t("frame.provisional_note")] if set(variants) & set(card.provisional_variants) else []
    caption = Caption(
        title=t("table.bridge.title"),
        subtitle=subtitle(t("indicator.informal"), "", "", card, texts),
        marks=mark_texts(mark_names(card, variants), texts),
        note=note(
            [
                t("table.bridge.note"),
                t("frame.n_note"),
                *flagged,
                *reading_notes([], [rate.row["n_class"] for rate in rates], texts, thresholds),
                *provisional,
                t("frame.main_job_note"),
            ],
            texts,
        ),
        source=source(card, texts),
    )
    return TableItem(item, caption, tuple(columns), tuple(cells))


def _cells(step: Crossed, texts: Texts) -> tuple[Cell, ...]:
    t = texts.t
    head: list[Cell] = [t(f"bridge.steps.{step.name}.{part}") for part in ("label", BEFORE, AFTER)]
    if step.before is None or step.after is None:
        return (*head, *[None, None, None, "", None] * 2, None, why(step.problem or NotMade("no_estimates"), texts))
    before, after = step.before.row, step.after.row
    ends = [cell for row in (before, after) for cell in _of_rate(row)]
    if FEW_DIFFER in (before["flag_reason"], after["flag_reason"]):
        return (*head, *ends, t("bridge.few_differ"), "")
    # Of the numbers that stand beside it, and with no more digits.
    decimals = min(before["decimals"], after["decimals"])
    return (*head, *ends, cell(100 * (after["estimate"] - before["estimate"]), decimals), "")


def _of_rate(row: Mapping[str, Any]) -> list[Cell]:
    numbers: list[Cell] = [cell(100 * row[name], row["decimals"]) for name in ("estimate", "ci_low", "ci_high")]
    return [*numbers, str(row["flag"]), count_cell(row["n"], row["n_class"])]
