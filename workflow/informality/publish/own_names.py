"""What surveys, their questions and breaks, laws and scenarios call themselves, in another language: `own` in its text file.

Their own descriptions give the names in English (or in the language of the law). A language that has no name for one shows that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from informality.publish.card import Card
from informality.publish.coverage_card import Coverage
from informality.publish.text import OWN, Texts


def renamed(card: Card, texts: Texts) -> Card:
    """The card with survey, country, levels, questions, laws and scenarios under the names that the language has for them."""
    name = namer(texts)
    levels = {
        kind: {level: name(kind, level, label) for level, label in labels.items()}
        for kind, labels in card.levels.items()
    }
    questions = {
        key: one.model_copy(update={"label": name("question", f"{card.family}.{key}", one.label)})
        for key, one in card.questions.items()
    }
    changes: dict[str, Any] = {
        "country": name("country", card.iso3, card.country), "levels": levels, "questions": questions,
        **{word: name(word, card.family, getattr(card, word)) for word in ("title", "producer", "population")},
    }  # fmt: skip
    if card.coverage is not None:
        changes["coverage"] = _coverage(card.coverage, name)
    return card.model_copy(update=changes)


def namer(texts: Texts) -> Callable[[str, str, str], str]:
    """A function of kind, key and usual name that gives the language's own name, or the usual one."""

    def name(kind: str, key: str, usual: str) -> str:
        own = f"{OWN}.{kind}.{key}"
        return texts.t(own) if texts.has(own) else usual

    return name


def _coverage(coverage: Coverage, name: Callable[[str, str, str], str]) -> Coverage:
    laws = tuple(one.model_copy(update={"title": name("law", one.law, one.title)}) for one in coverage.laws)
    scenarios = tuple(
        one.model_copy(
            update={
                "title": name("scenario", one.scenario, one.title),
                "upper_bound": one.upper_bound and name("upper_bound", one.scenario, one.upper_bound),
            }
        )
        for one in coverage.scenarios
    )
    return coverage.model_copy(update={"laws": laws, "scenarios": scenarios})
