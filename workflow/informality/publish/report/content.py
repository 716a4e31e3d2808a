"""The report of one survey in one language as a neutral document, put together from what an edition made and what it could not make."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from informality.publish.card import Card
from informality.publish.coverage_card import Law
from informality.publish.findings import Finding
from informality.publish.item import FigureItem
from informality.publish.report.blocks import (
    Block,
    Bullets,
    Definitions,
    Document,
    Heading,
    Paragraph,
    Picture,
    PrintedTable,
    Told,
)
from informality.publish.report.grids import printed, words_grid
from informality.publish.report.methods import flags, methods
from informality.publish.report.plan import Part, Plan
from informality.publish.report.rules import rules_of
from informality.publish.select import Estimates
from informality.publish.tables import TableItem
from informality.publish.text import Texts
from informality.publish.words import MAX_SENTENCE, plain, rules, text_or_name
from informality.settings import Thresholds

WRITERS_WORDS = ("contents", "list_of_figures", "list_of_tables", "figure", "table", "evidence", "page")


@dataclass(frozen=True, eq=False)
class Material:
    """All that goes into a report. ``left``: number, title and reason of what could not be made; ``about``: the card as label and text;
    ``marks``: of the whole, each with what it means; ``some_marks``: sentences on those of some items; ``benchmarks``: see `front_matter.benchmarks`.
    """

    card: Card
    hub: Estimates
    texts: Texts
    thresholds: Thresholds
    plan: Plan
    figures: Sequence[FigureItem]
    tables: Sequence[TableItem]
    left: Sequence[tuple[str, str, str]]
    about: Sequence[tuple[str, str]]
    marks: Sequence[tuple[str, str]]
    some_marks: Sequence[str]
    findings: Sequence[Finding] = field(default=())
    benchmarks: tuple[str, Sequence[tuple[str, str, str]]] = ("", ())


def document(m: Material) -> Document:
    """The whole report."""
    card, t = m.card, m.texts.t
    title = t("report.title", country=plain(card.country), reference=plain(card.reference))
    return Document(
        lang=m.texts.lang,
        language=m.texts.meta.tag or m.texts.lang,
        title=title,
        subtitle=plain(card.title, MAX_SENTENCE),
        front=(t("report.draft"), t("report.made")),
        second=tuple(_benchmarks(m)),
        marks=tuple(m.marks),
        some_marks=tuple(t("report.some_marks", mark=mark) for mark in m.some_marks),
        disclaimer=t("page.own_processing"),
        blocks=tuple(_blocks(m, title)),
        words={name: m.texts.words[f"report.{name}"] for name in WRITERS_WORDS},
    )


def _benchmarks(m: Material) -> Iterator[Block]:
    """Published figures that the microdata give: the first evidence for everything that follows (decision 42)."""
    sentence, rows = m.benchmarks
    if not rows:
        return
    t = m.texts.t
    yield Heading(t("page.benchmarks"))
    yield Paragraph(sentence)
    grid = words_grid(
        [t(f"quality_column.{name}") for name in ("figure", "published", "verdict")], list(rows), [False, True, False]
    )
    yield PrintedTable("", t("quality.benchmarks.title"), "", (), (grid,), (t("page.reproduced_note"),))


def _blocks(m: Material, title: str) -> Iterator[Block]:
    yield from _cite(m, title)
    yield from _findings(m)
    yield from _definitions(m)
    for name, part in m.plan.chapters.items():
        yield Heading(m.texts.t(f"report.chapter.{name}"))
        yield from list(_items(m, part)) or [Paragraph(m.texts.t("report.nothing"))]
    yield from methods(m.card, m.hub, m.thresholds, m.texts)
    yield Heading(m.texts.t("report.quality"))
    yield flags(m.hub, m.texts)
    yield from _items(m, m.plan.annex("quality"))
    yield Heading(m.texts.t("report.card"))
    yield Definitions(tuple(m.about))
    yield from _assumptions(m)
    yield from _not_made(m)


def _cite(m: Material, title: str) -> Iterator[Block]:
    card, t = m.card, m.texts.t
    yield Heading(t("report.cite"))
    survey, producer = plain(card.title, MAX_SENTENCE), plain(card.producer, MAX_SENTENCE)
    yield Paragraph(t("report.cite_report", title=title, survey=survey, producer=producer))
    if card.citation:
        yield Paragraph(t("report.cite_data", citation=plain(card.citation, MAX_SENTENCE).rstrip(".")))
    named = rules(card.primary.variant, card.primary.concept, m.texts)
    yield Paragraph(t("report.cite_number", rules=named, age=_age(card)))
    yield Paragraph(t("page.own_processing"), "note")


def _age(card: Card) -> str:
    return str(card.age_base if card.age_base is not None else 15)


def _findings(m: Material) -> Iterator[Block]:
    if not m.findings:
        return
    yield Heading(m.texts.t("report.findings"))
    yield Paragraph(m.texts.t("report.findings_note"), "note")
    for section in dict.fromkeys(finding.section for finding in m.findings):
        if section:
            yield Heading(text_or_name("finding_section", section, m.texts), 2)
        for finding in m.findings:
            if finding.section == section:
                see = m.texts.t("report.see", item=finding.item) if finding.item else ""
                yield Told(finding.sentence, tuple(finding.evidence), tuple(finding.marks), see)


def _definitions(m: Material) -> Iterator[Block]:
    card, t = m.card, m.texts.t
    yield Heading(t("report.definitions"))
    yield Heading(t("report.concepts"), 2)
    yield Definitions(tuple(_concepts(m)))
    yield from rules_of(card, m.texts)
    told = [plain(text, MAX_SENTENCE) for text in (card.national.note, card.national.source) if text]
    if told:
        yield Definitions(((t("report.national"), " ".join(told)),))
    law = card.coverage.law_of(card.coverage.law) if card.coverage is not None else None
    if law is not None:
        yield Heading(t("report.law"), 2)
        yield Paragraph(t("report.law_intro"))
        yield Definitions(tuple(_law(law, m.texts)), plain(law.title, MAX_SENTENCE))


def _concepts(m: Material) -> Iterator[tuple[str, str]]:
    card, t = m.card, m.texts.t
    yield t("report.age_base"), t("report.age_base_text", age=_age(card))
    if card.national_base:
        yield t("report.national_base"), plain(card.national_base, MAX_SENTENCE)
    names = dict.fromkeys([card.primary.concept, *(pair.concept for pair in card.pairs)])
    for name in names:
        kind = "employment_concept" if name == card.primary.concept else "other_concept"
        label = t(f"report.{kind}", concept=text_or_name("concept", name, m.texts))
        yield label, plain(card.concepts.get(name, ""), MAX_SENTENCE) or t("report.concept_text")


def _law(law: Law, texts: Texts) -> Iterator[tuple[str, str]]:
    t = texts.t
    unverified = law.unverified or not law.verified
    pairs = [
        (t("fact_column.source"), plain(law.source, MAX_SENTENCE)),
        (t("fact_column.from"), law.first_day),
        (t("fact_column.checked"), t("common.not_verified" if unverified else "common.verified")),
        (t("report.law_unverified"), texts.join(law.unverified)),
        (t("fact_column.notes"), plain(" ".join(law.notes), MAX_SENTENCE)),
    ]
    yield from ((label, text) for label, text in pairs if text)


def _items(m: Material, part: Part) -> Iterator[Block]:
    """Figures in the order of their numbers, then tables as the plan orders them; what the survey does not have is left out."""
    for figure in sorted(m.figures, key=lambda figure: figure.item):
        if part.holds(figure.item):
            caption = figure.caption
            yield Picture(figure.item, figure.stem, f"{caption.title} ({figure.item})", caption.alt or caption.title)
    tables = {table.item: table for table in m.tables}
    for item in part.tables:
        if item in tables:
            yield from printed(tables[item], m.texts)


def _assumptions(m: Material) -> Iterator[Block]:
    card, t = m.card, m.texts.t
    yield Heading(t("report.assumptions"))
    notes = tuple(plain(note, MAX_SENTENCE) for note in card.notes if note not in card.breaks)
    breaks = tuple(plain(text, MAX_SENTENCE) for text in card.breaks)
    for key, items in (("assumptions_notes", notes), ("breaks", breaks)):
        if items:
            yield Heading(t(f"report.{key}"), 2)
            yield Bullets(items)
    yield from _items(m, m.plan.annex("assumptions"))


def _not_made(m: Material) -> Iterator[Block]:
    if not m.left:
        return
    t = m.texts.t
    yield Heading(t("report.not_made"))
    yield Paragraph(t("report.not_made_intro"))
    rows = [(f"{item} {title}", reason) for item, title, reason in sorted(m.left)]
    grid = words_grid([t("report.item"), t("report.reason")], rows)
    yield PrintedTable("", t("report.not_made"), "", (), (grid,), ())
