"""The decision rules of the standards in words, from `workflow/standards/*.yaml`: what a variant asks, in which order, by which source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import ConfigDict, Field

from informality.decisions import Decision, load
from informality.publish.card import Card
from informality.publish.report.blocks import Block, PrintedTable
from informality.publish.report.grids import words_grid
from informality.publish.text import Texts
from informality.publish.words import MAX_SENTENCE, level_label, plain, text_or_name, variant_label
from informality.settings import NATIONAL, Variant

PARTS = ("unit", "job")


class _Read(Decision):
    # Checked where it is applied; here only what is printed is looked at.
    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


class Rule(_Read):
    """One rule: condition, outcome, source; ``only``: the choices of options under which it stands."""

    id: str
    only: dict[str, str] = Field(default_factory=dict)
    condition: str = Field(alias="if")
    outcome: str = Field(alias="then")
    source: str
    proxy: bool = False
    by_definition: bool = False


class Option(_Read):
    """What a standard leaves open."""

    default: str
    choices: dict[str, str]


class RuleBook(_Read):
    """A standard as it is printed."""

    standard: str
    source: str
    options: dict[str, Option] = Field(default_factory=dict)
    unit: list[Rule]
    job: list[Rule]

    def chosen(self, variant: Variant) -> dict[str, str]:
        """The choice of each option that a variant makes."""
        return {name: variant.options.get(name, option.default) for name, option in self.options.items()}

    def rules(self, part: str, chosen: Mapping[str, str]) -> list[Rule]:
        """The rules of the unit or the job that stand under these choices, in their order."""
        rules: list[Rule] = getattr(self, part)
        return [rule for rule in rules if all(chosen.get(name) == choice for name, choice in rule.only.items())]


def rules_of(card: Card, variants: Mapping[str, Variant], folder: Path, texts: Texts) -> Iterator[Block]:
    """The rules of each standard that was used, what was chosen where it leaves something open, and the variants that choose otherwise.

    ``folder``: that of the standards.
    """
    used = {name: variants[name] for name in dict.fromkeys(pair.variant for pair in card.pairs) if name in variants}
    books: dict[str, RuleBook] = {}
    for name, variant in used.items():
        if variant.standard == NATIONAL or variant.sensitivity:
            continue
        book = books[variant.standard] = load(RuleBook, folder / f"{variant.standard}.yaml")
        chosen = book.chosen(variant)
        for part in PARTS:
            yield _table(book, name, part, chosen, card, texts)
        if chosen:
            yield _options(book, name, chosen, texts)
    moved = [_moved(name, variant, texts) for name, variant in used.items() if variant.sensitivity]
    if moved:
        yield PrintedTable("", texts.t("report.sensitivity"), "", (), (words_grid(*_columns(moved, texts)),), ())


def _columns(rows: list[tuple[str, str]], texts: Texts) -> tuple[list[str], list[tuple[str, ...]]]:
    return [texts.t("dimension.variant"), texts.t("report.choice")], [tuple(row) for row in rows]


def _moved(name: str, variant: Variant, texts: Texts) -> tuple[str, str]:
    choices = [_choice(option, choice, texts) for option, choice in variant.options.items()]
    return variant_label(name, texts), texts.join(choices)


def _table(book: RuleBook, name: str, part: str, chosen: Mapping[str, str], card: Card, texts: Texts) -> PrintedTable:
    t = texts.t
    rules = book.rules(part, chosen)
    heads = [t(f"report.{key}") for key in ("rule", "rule_if", "rule_then", "rule_source")]
    rows = [
        (rule.id, _condition(book, rule, texts), _outcome(rule, part, card, texts), plain(rule.source, MAX_SENTENCE))
        for rule in rules
    ]
    notes = [t("report.rules_intro", standard=book.standard)]
    notes += [t("report.proxy_note")] if any(rule.proxy for rule in rules) else []
    marks = (t("mark.provisional"),) if name in card.provisional_variants else ()
    title = t(f"report.rules_{part}", standard=variant_label(name, texts, of="standard"))
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


def _options(book: RuleBook, name: str, chosen: Mapping[str, str], texts: Texts) -> PrintedTable:
    t = texts.t
    heads = [t(f"report.{key}") for key in ("option", "choice", "other_choices")]
    rows = []
    for option, spec in book.options.items():
        others = [_word(option, choice, texts) for choice in spec.choices if choice != chosen[option]]
        rows.append((_word(option, "name", texts), _word(option, chosen[option], texts), texts.join(others)))
    title = t("report.options", standard=variant_label(name, texts, of="standard"))
    return PrintedTable("", title, "", (), (words_grid(heads, rows),), ())


def _choice(option: str, choice: str, texts: Texts) -> str:
    return texts.t("report.chosen", option=_word(option, "name", texts), choice=_word(option, choice, texts))


def _word(option: str, name: str, texts: Texts) -> str:
    key = f"option.{option}.{name}"
    return texts.t(key) if texts.has(key) else plain((option if name == "name" else name).replace("_", " "))
