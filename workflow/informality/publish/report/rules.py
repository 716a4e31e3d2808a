"""The decision rules of the standards in words: what a variant asks, in which order, by which source."""

from __future__ import annotations

from collections.abc import Iterator

from informality.publish.card import Card
from informality.publish.report.blocks import Block, PrintedTable
from informality.publish.report.grids import words_grid
from informality.publish.rule_card import Rule, RuleBook
from informality.publish.text import Texts
from informality.publish.words import MAX_SENTENCE, level_label, plain, text_or_name, variant_label

PARTS = ("unit", "job")


def rules_of(card: Card, texts: Texts) -> Iterator[Block]:
    """The rules of each standard that was used, what was chosen where it leaves something open, and the variants that choose otherwise."""
    for book in card.rules:
        if book.sensitivity:
            continue
        for part in PARTS:
            yield _table(book, part, card, texts)
        if book.options:
            yield _options(book, texts)
    moved = [_moved(book, texts) for book in card.rules if book.sensitivity]
    if moved:
        yield PrintedTable("", texts.t("report.sensitivity"), "", (), (words_grid(*_columns(moved, texts)),), ())


def _columns(rows: list[tuple[str, str]], texts: Texts) -> tuple[list[str], list[tuple[str, ...]]]:
    return [texts.t("dimension.variant"), texts.t("report.choice")], [tuple(row) for row in rows]


def _moved(book: RuleBook, texts: Texts) -> tuple[str, str]:
    choices = [_choice(one.option, one.choice, texts) for one in book.options]
    return variant_label(book.variant, texts), texts.join(choices)


def _table(book: RuleBook, part: str, card: Card, texts: Texts) -> PrintedTable:
    t = texts.t
    rules: tuple[Rule, ...] = getattr(book, part)
    heads = [t(f"report.{key}") for key in ("rule", "rule_if", "rule_then", "rule_source")]
    rows = [
        (rule.id, _condition(book, rule, texts), _outcome(rule, part, card, texts), plain(rule.source, MAX_SENTENCE))
        for rule in rules
    ]
    notes = [t("report.rules_intro", standard=book.standard)]
    notes += [t("report.proxy_note")] if any(rule.proxy for rule in rules) else []
    marks = (t("mark.provisional"),) if book.variant in card.provisional_variants else ()
    title = t(f"report.rules_{part}", standard=variant_label(book.variant, texts, of="standard"))
    source = t("report.rules_subtitle", source=plain(book.source, MAX_SENTENCE))
    return PrintedTable("", title, source, marks, (words_grid(heads, rows),), (" ".join(notes),))


def _condition(book: RuleBook, rule: Rule, texts: Texts) -> str:
    key = f"rule.{book.standard}.{rule.id}"
    return texts.t(key) if texts.has(key) else plain(rule.condition, MAX_SENTENCE)


def _outcome(rule: Rule, part: str, card: Card, texts: Texts) -> str:
    known = texts.has(f"level.{part}.{rule.outcome}")
    label = level_label(part, rule.outcome, card, texts) if known else text_or_name("reason", rule.outcome, texts)
    if rule.by_definition:
        return texts.t("report.rule_definition", outcome=label)
    return texts.t("report.rule_proxy", outcome=label) if rule.proxy else label


def _options(book: RuleBook, texts: Texts) -> PrintedTable:
    t = texts.t
    heads = [t(f"report.{key}") for key in ("option", "choice", "other_choices")]
    rows = [
        (
            _word(one.option, "name", texts),
            _word(one.option, one.choice, texts),
            texts.join([_word(one.option, other, texts) for other in one.others]),
        )
        for one in book.options
    ]
    title = t("report.options", standard=variant_label(book.variant, texts, of="standard"))
    return PrintedTable("", title, "", (), (words_grid(heads, rows),), ())


def _choice(option: str, choice: str, texts: Texts) -> str:
    return texts.t("report.chosen", option=_word(option, "name", texts), choice=_word(option, choice, texts))


def _word(option: str, name: str, texts: Texts) -> str:
    key = f"option.{option}.{name}"
    return texts.t(key) if texts.has(key) else plain((option if name == "name" else name).replace("_", " "))
