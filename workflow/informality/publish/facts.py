"""Tables of what stands behind the estimates of coverage: laws, evidence and assumptions, administrative counts, scenarios."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from informality.publish.card import Card
from informality.publish.cells import Cell, cell
from informality.publish.coverage_card import Coverage, Law
from informality.publish.fact_entries import FactTable
from informality.publish.select import NotMade
from informality.publish.tables import Column, TableItem
from informality.publish.text import Texts
from informality.publish.words import (
    MAX_SENTENCE,
    Caption,
    branches_label,
    capital,
    level_label,
    mark_names,
    mark_texts,
    note,
    plain,
    source,
    subtitle,
    text_or_name,
)

PAYERS = ("employer", "employee", "state", "voluntary")


def fact_table(item: str, entry: FactTable, card: Card, texts: Texts) -> TableItem:
    """The table of one entry; NotMade where the card has nothing of it."""
    if card.coverage is None:
        raise NotMade("no_law")
    make = {"laws": _laws, "assumptions": _assumptions, "reconciliation": _reconciliation, "scenarios": _scenarios}[
        entry.kind
    ]
    columns, rows, laws, scenarios = make(card, card.coverage, texts)
    if not rows:
        raise NotMade(
            {"laws": "no_law", "scenarios": "no_scenarios", "reconciliation": "no_counts"}.get(
                entry.kind, "no_evidence"
            )
        )
    key = f"fact.{entry.kind}"
    caption = Caption(
        title=texts.t(f"{key}.title"),
        subtitle=subtitle(texts.t(f"{key}.subtitle"), "", "", card, texts),
        marks=mark_texts(mark_names(card, (), laws, scenarios), texts),
        note=note([texts.t(f"{key}.note")], texts),
        source=source(card, texts),
    )
    return TableItem(item, caption, tuple(columns), tuple(tuple(row) for row in rows))


# Columns and rows, with the laws and scenarios that the marks are of.
Made = tuple[list[Column], list[list[Cell]], Sequence[str], Sequence[str]]


def _heads(texts: Texts, *names: str, keys: int = 1) -> list[Column]:
    return [Column(texts.t(f"fact_column.{name}"), "text", key=at < keys) for at, name in enumerate(names)]


def _status(law: Law, coverage: Coverage, texts: Texts) -> str:
    if law.not_computable:
        return texts.t("reason.not_computable")
    return texts.t("fact_word.in_force" if law.law == coverage.law else "fact_word.counterfactual")


def _checked(verified: bool, texts: Texts) -> str:
    return texts.t("common.verified" if verified else "common.not_verified")


def _laws(card: Card, coverage: Coverage, texts: Texts) -> Made:
    columns = _heads(
        texts,
        "law",
        "status",
        "from",
        "to",
        "pensionable_age",
        "rates",
        "earnings_line",
        "checked",
        "unverified",
        "source",
        "notes",
    )
    rows: list[list[Cell]] = []
    for law in coverage.laws:
        # The mark of a law that nobody has confirmed says so in every output; here stands of which parts.
        checked = _checked(law.verified and not law.unverified, texts)
        ages = texts.join([f"{level_label('sex', sex, card, texts)} {age}" for sex, age in law.pensionable_age.items()])
        line = texts.numbers.count(law.earnings_line) if law.earnings_line is not None else ""
        rows.append([
            plain(law.title, MAX_SENTENCE), _status(law, coverage, texts), law.first_day, law.last_day or "", ages, _rates(law, texts), line, checked,
            texts.join(law.unverified), plain(law.source, MAX_SENTENCE), plain(" ".join(law.notes), MAX_SENTENCE),
        ])  # fmt: skip
    # The table lists laws; nothing in it is computed under one that was not in force.
    return columns, rows, [coverage.law] if coverage.law else [], []


def _rates(law: Law, texts: Texts) -> str:
    parts = []
    for scheme in law.schemes:
        shares = [
            f"{texts.t(f'payer.{payer}')} {texts.numbers.fixed(100 * rate, 1)} %"
            for payer in PAYERS
            if (rate := scheme.rates.get(payer))
        ]
        if shares:
            parts.append(f"{plain(scheme.title)}: {texts.join(shares)}")
    return "; ".join(parts)


def _assumptions(card: Card, coverage: Coverage, texts: Texts) -> Made:
    columns = _heads(texts, "question", "kind", "branches", "asked_of", "others", "reason", "source")
    rows: list[list[Cell]] = []
    used = {name for group in coverage.evidence() for name in group.questions}

    def groups(levels: Iterable[str]) -> str:
        return texts.join([level_label("status", level, card, texts) for level in levels])

    for name, question in card.questions.items():
        role = text_or_name("evidence", question.kind, texts) if question.kind else ""
        if name not in used:
            role = texts.join([role, texts.t("fact_word.no_evidence")])
        branches = branches_label(question.branches, texts)
        first = [plain(question.label, MAX_SENTENCE), role, branches, groups(question.asked_of)]
        others = question.others or (None,)
        for other in others:
            assumed = f"{groups(other.status)}: {text_or_name('assume', other.assume, texts)}" if other else ""
            rows.append(
                [
                    *first,
                    assumed,
                    plain(other.reason, MAX_SENTENCE) if other else "",
                    plain(other.source, MAX_SENTENCE) if other else "",
                ]
            )
    return columns, rows, [], []


def _reconciliation(_: Card, coverage: Coverage, texts: Texts) -> Made:
    columns = [
        Column(texts.t("fact_column.count"), "text", key=True),
        Column(texts.t("fact_column.day"), "text"),
        Column(texts.t("fact_column.value"), "number"),
        Column(texts.t("fact_column.survey"), "text"),
        Column(texts.t("fact_column.estimate"), "number", limits=True),
        Column(texts.t("common.lower", unit=texts.t("common.unit_persons")), "number"),
        Column(texts.t("common.upper", unit=texts.t("common.unit_persons")), "number"),
        Column(texts.t("common.flag", unit=texts.t("common.unit_persons")), "flag"),
        Column(texts.t("fact_column.difference"), "number"),
        Column(texts.t("fact_column.in_standard_errors"), "number"),
        *(Column(texts.t(f"fact_column.{name}"), "text") for name in ("components", "checked", "source")),
    ]
    beside = {row.id: row for row in coverage.reconciliation}
    rows: list[list[Cell]] = []
    for count in coverage.administration:
        other = beside.get(count.id)
        survey = (
            texts.t(f"indicator.{other.indicator}")
            if other and other.indicator
            else texts.t("fact_word.no_counterpart")
        )
        numbers = [cell(getattr(other, name, None)) for name in ("estimate", "ci_low", "ci_high")]
        named = "; ".join(
            f"{texts.t(f'component.{name}')}: {plain(words, MAX_SENTENCE)}" for name, words in count.components.items()
        )
        rows.append([
            texts.join([text_or_name("counted", count.what, texts), plain(count.organisation)]), count.day or texts.t("common.no_day"), cell(count.value),
            survey, *numbers, other.flag if other else "", cell(other.difference if other else None),
            cell(other.in_standard_errors if other else None, 1), named, _checked(count.verified, texts), plain(count.source, MAX_SENTENCE),
        ])  # fmt: skip
    # Voluntary members are told apart by the law in force.
    return columns, rows, [coverage.law] if coverage.law else [], []


def _scenarios(_: Card, coverage: Coverage, texts: Texts) -> Made:
    columns = _heads(
        texts,
        "scenario",
        "order",
        "instrument",
        "low",
        "central",
        "high",
        "upper_bound",
        "not_computable",
        "checked",
        "source",
        "notes",
    )
    rows: list[list[Cell]] = []
    for scenario in coverage.scenarios:
        effort = [
            f"{texts.numbers.fixed(100 * scenario.effort[name], 0)} %" if name in scenario.effort else ""
            for name in ("low", "central", "high")
        ]
        refused = "; ".join(
            f"{branches_label([branch], texts)}: {texts.join(capital(text_or_name('refusal', reason, texts)) for reason, _ in reasons)}"
            for branch, reasons in scenario.not_computable
        )
        rows.append([
            plain(scenario.title, MAX_SENTENCE), "" if scenario.order is None else str(scenario.order), text_or_name("instrument", scenario.kind, texts), *effort,
            plain(scenario.upper_bound or "", MAX_SENTENCE), refused, _checked(scenario.verified, texts), plain(scenario.source, MAX_SENTENCE),
            plain(" ".join(scenario.notes), MAX_SENTENCE),
        ])  # fmt: skip
    return columns, rows, [], [scenario.scenario for scenario in coverage.scenarios]
