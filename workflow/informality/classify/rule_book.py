"""The rules that were applied, for readers: the part of the survey card from which a report prints them. Nothing of a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from informality.classify.standards import Option, Standard, StandardRule
from informality.settings import Variant

PARTS = ("unit", "job")


def rule_books(
    used: Iterable[str], variants: Mapping[str, Variant], standards: Mapping[str, Standard]
) -> list[dict[str, Any]]:
    """Each variant of a standard that was ``used``, once, in order: its source, options and, in their order, the rules that stand
    under them. Of a sensitivity variant only the options that it changes; the national rule has its own place on the card.
    """
    books = []
    for name in dict.fromkeys(used):
        variant = variants[name]
        standard = standards.get(variant.standard)
        if standard is None:
            continue
        choices = standard.choices(variant.options, standard.standard)
        shown = {n: o for n, o in standard.options.items() if n in variant.options or not variant.sensitivity}
        books.append(
            {
                "variant": name,
                "standard": standard.standard,
                "source": standard.source,
                "sensitivity": variant.sensitivity,
                "options": [_option(option, spec, choices[option]) for option, spec in shown.items()],
                **{part: [] if variant.sensitivity else _rules(standard, part, choices) for part in PARTS},
            }
        )
    return books


def _option(name: str, option: Option, chosen: str) -> dict[str, Any]:
    return {"option": name, "choice": chosen, "others": [other for other in option.choices if other != chosen]}


def _rules(standard: Standard, part: str, choices: Mapping[str, str]) -> list[dict[str, Any]]:
    rules: list[StandardRule] = getattr(standard, part)
    return [rule.model_dump(exclude={"only"}) for rule in rules if rule.stands(choices)]
