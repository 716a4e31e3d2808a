"""What page, workbook and report say of a survey as a whole: the card, its notes, and what marks mean."""

from __future__ import annotations

from collections.abc import Sequence

from informality.publish.card import Card
from informality.publish.item import FigureItem
from informality.publish.tables import TableItem
from informality.publish.text import Texts
from informality.publish.words import MARKS, MAX_SENTENCE, capital, mark_texts, plain, rules

# The verdict on a published figure that the microdata give to its last printed digit.
REPRODUCED = "match"


def about(card: Card, texts: Texts) -> list[tuple[str, str]]:
    """What the card says of the survey, as label and text."""
    n = texts.numbers.count
    pairs = [
        ("survey", plain(card.title, MAX_SENTENCE)),
        ("country", plain(card.country)),
        ("reference", plain(card.reference)),
        ("producer", plain(card.producer, MAX_SENTENCE)),
        ("population", plain(card.population, MAX_SENTENCE)),
        ("standard", rules(card.primary.variant, card.primary.concept, texts)),
        ("sample", n(card.n_persons) if card.n_persons is not None else ""),
        ("sample_employed", n(card.n_employed) if card.n_employed is not None else ""),
        ("strata", n(card.n_strata) if card.n_strata is not None else ""),
        ("psus", n(card.n_psu) if card.n_psu is not None else ""),
        ("citation", plain(card.citation, MAX_SENTENCE)),
        ("terms", plain(card.terms, MAX_SENTENCE)),
    ]
    return [(texts.t(f"page.{key}"), text) for key, text in pairs if text]


def benchmarks(card: Card, texts: Texts) -> tuple[str, list[tuple[str, str, str]]]:
    """Figures that were published elsewhere (name, number, what was found), and a sentence on them all; nothing where there are none
    (decision 42).
    """
    told = [one for one in card.quality.benchmarks if one.printed and "simulated" not in card.marks]
    rows = []
    for one in told:
        number = f"{texts.numbers.fixed(one.published, one.decimals)} {texts.t(f'benchmark.{one.unit}')}"
        verdict = texts.t(f"benchmark.{one.verdict}")
        cause = f" ({plain(one.likely_cause, MAX_SENTENCE)})" if one.likely_cause else ""
        rows.append((capital(plain(one.id.replace("_", " "))), number, verdict + cause))
    matched = sum(one.verdict == REPRODUCED for one in told)
    return (texts.t("page.benchmarks_note", matched=matched, all=len(told)) if told else "", rows)


def notes(card: Card) -> list[str]:
    """Notes of the card, each a line."""
    return [plain(note, MAX_SENTENCE) for note in card.notes]


def explained(names: Sequence[str], texts: Texts) -> list[str]:
    """What marks mean."""
    return [texts.t(f"mark_explained.{name}") for name in names if texts.has(f"mark_explained.{name}")]


def own_marks(
    figures: Sequence[FigureItem], tables: Sequence[TableItem], names: Sequence[str], texts: Texts
) -> list[str]:
    """What marks mean that some items carry and not the whole."""
    captions = [*(figure.caption for figure in figures), *(table.caption for table in tables)]
    shown = {mark for caption in captions for mark in caption.marks} - set(mark_texts(names, texts))
    return [
        f"{texts.t(f'mark.{name}')}: {texts.t(f'mark_explained.{name}')}"
        for name in MARKS
        if texts.t(f"mark.{name}") in shown
    ]
