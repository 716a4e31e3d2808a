from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from unit.publish import fake_hub
from unit.publish.conftest import REPORT

from informality.classify.rule_book import rule_books
from informality.classify.standards import load_standards
from informality.publish.card import Card, Publication, read_card
from informality.publish.catalogue import Catalogue
from informality.publish.figures import figure_item
from informality.publish.front_matter import benchmarks
from informality.publish.report.blocks import (
    Bullets,
    Definitions,
    Document,
    Heading,
    Paragraph,
    Picture,
    PrintedTable,
    Told,
)
from informality.publish.report.content import Material, document
from informality.publish.report.plan import Part, Plan
from informality.publish.select import Estimates
from informality.publish.tables import table_item
from informality.publish.text import Texts
from informality.settings import Thresholds, Variant

VARIANTS = {
    "icls17": Variant(standard="icls17"),
    "icls21": Variant(standard="icls21"),
    "icls17_strict": Variant(standard="icls17", options={"registration": "strict"}, sensitivity=True),
}
PAIRS = [{"variant": name, "concept": "icls19"} for name in VARIANTS]
PLAN = Plan(
    chapters={"persons": Part(figures=["F04-F05"], tables=["T04"]), "trends": Part(figures=["F37"])},
    annexes={"quality": Part(tables=["T25"])},
)


@dataclass(frozen=True)
class Found:
    id: str = "N01"
    section: str = "extent"
    sentence: str = "Nine in ten work informally."
    evidence: tuple[str, ...] = ("82.7 % (81.2–84.1)",)
    marks: tuple[str, ...] = ("PROVISIONAL",)
    item: str = "F02"


@pytest.fixture(scope="module")
def material(estimates: Estimates, texts: Texts, catalogue: Catalogue, limits: Thresholds) -> Material:
    card = read_card(
        fake_hub.card(
            not_available=[],
            pairs=PAIRS,
            provisional_variants=["icls21"],
            notes=["A note"],
            breaks=["A break"],
            rules=rule_books(VARIANTS, VARIANTS, load_standards(REPORT.parent / "standards")),
        )
    )
    figures = [figure_item(item, estimates, card, texts, catalogue, limits) for item in ("F05", "F04")]
    tables = [table_item("T04", estimates, card, texts, catalogue, limits)]
    return Material(
        card, estimates, texts, limits, PLAN, figures, tables,
        left=[("T25", "By standard", "nothing to compare"), ("F37", "Trend", "one wave")],
        about=[("Survey", "A survey")], marks=[("SIMULATED DATA", "Invented.")], some_marks=["UNVERIFIED: not confirmed"],
    )  # fmt: skip


@pytest.fixture(scope="module")
def report(material: Material) -> Document:
    return document(material)


def after(report: Document, title: str) -> list[Any]:
    """Blocks of a chapter."""
    blocks = list(report.blocks)
    start = next(i for i, b in enumerate(blocks) if isinstance(b, Heading) and b.level == 1 and b.text == title) + 1
    ends = [i for i, b in enumerate(blocks) if i >= start and isinstance(b, Heading) and b.level == 1]
    return blocks[start : ends[0] if ends else None]


def chapters(report: Document) -> list[str]:
    return [b.text for b in report.blocks if isinstance(b, Heading) and b.level == 1]


def test_the_chapters_stand_in_their_order(report: Document, texts: Texts) -> None:
    names = (
        "cite",
        "definitions",
        "chapter.persons",
        "chapter.trends",
        "methods",
        "quality",
        "card",
        "assumptions",
        "not_made",
    )
    assert chapters(report) == [texts.t(f"report.{name}") for name in names]


def test_levels_of_headings_are_never_skipped(report: Document) -> None:
    levels = [b.level for b in report.blocks if isinstance(b, Heading)]
    assert levels[0] == 1
    assert all(later <= level + 1 for level, later in itertools.pairwise(levels))


def test_figures_stand_in_the_order_of_their_numbers_and_tables_after_them(report: Document, texts: Texts) -> None:
    blocks = after(report, texts.t("report.chapter.persons"))
    assert [b.item for b in blocks] == ["F04", "F05", "T04"]
    assert isinstance(blocks[0], Picture)
    assert blocks[0].alt
    assert isinstance(blocks[2], PrintedTable)


def test_a_chapter_of_which_nothing_can_be_made_says_so(report: Document, texts: Texts) -> None:
    assert after(report, texts.t("report.chapter.trends")) == [Paragraph(texts.t("report.nothing"))]


def test_what_could_not_be_made_is_listed_with_its_reason(report: Document, texts: Texts) -> None:
    (table,) = [b for b in after(report, texts.t("report.not_made")) if isinstance(b, PrintedTable)]
    assert table.grids[0].rows == (("F37 Trend", "one wave"), ("T25 By standard", "nothing to compare"))


def test_the_rules_that_stand_under_the_chosen_options_are_told_in_words_with_their_sources(
    report: Document, texts: Texts
) -> None:
    tables = {b.caption: b for b in after(report, texts.t("report.definitions")) if isinstance(b, PrintedTable)}
    unit = tables[texts.t("report.rules_unit", standard=texts.t("standard.icls17"))].grids[0].rows
    rules = {row[0]: row for row in unit}
    assert list(rules)[:3] == ["U1", "U1c", "U2"]
    assert "U6" not in rules, "it stands only where registration is strict"
    assert rules["U5"][1:] == (texts.t("rule.icls17.U5"), "Formal sector", "15th ICLS, paragraphs 8 and 9")
    assert "operational" in rules["U7"][2]
    job = tables[texts.t("report.rules_job", standard=texts.t("standard.icls17"))].grids[0].rows
    assert "by definition" in next(row for row in job if row[0] == "J1")[2]


def test_a_provisional_standard_is_marked_and_a_sensitivity_variant_told(report: Document, texts: Texts) -> None:
    tables = [b for b in after(report, texts.t("report.definitions")) if isinstance(b, PrintedTable)]
    provisional = [b for b in tables if "21st" in b.caption and b.caption.endswith("job")]
    assert [b.marks for b in provisional] == [("PROVISIONAL",)]
    moved = next(b for b in tables if b.caption == texts.t("report.sensitivity"))
    assert moved.grids[0].rows == ((texts.t("variant.icls17_strict"), "A unit that is not registered is informal"),)


def test_the_limits_are_those_of_the_run(material: Material, texts: Texts) -> None:
    changed = replace(material, thresholds=Thresholds(hide_below=77, flag_below=99))
    table = next(b for b in after(document(changed), texts.t("report.methods")) if isinstance(b, PrintedTable))
    rules = [row[0] for row in table.grids[0].rows]
    assert any("77" in rule for rule in rules)
    assert any("99" in rule for rule in rules)


def test_the_step_of_rounding_is_told(material: Material) -> None:
    card = material.card.model_copy(update={"publication": Publication(step=2000.0)})
    told = document(replace(material, card=card))
    assert any("weighted persons to multiples of 2,000" in getattr(block, "text", "") for block in told.blocks)


def test_published_figures_that_are_reproduced_stand_on_the_second_page(material: Material, texts: Texts) -> None:
    assert document(material).second == ()
    told = [
        {"id": "a_rate", "kind": "published", "published": 27.7, "decimals": 1, "unit": "percent", "verdict": "match", "estimate": 28.0},
        {"id": "a_count", "kind": "published", "published": 5.0, "decimals": 0, "unit": "million", "verdict": "differs", "likely_cause": "another weight"},
        {"id": "of_the_file", "kind": "reference", "published": 27.7234, "decimals": 4, "unit": "percent", "verdict": "match"},
    ]  # fmt: skip
    card = read_card(fake_hub.card(marks=[], quality={"benchmarks": told}))
    assert benchmarks(read_card(fake_hub.card(quality={"benchmarks": told})), texts) == ("", [])
    _, sentence, table = document(replace(material, benchmarks=benchmarks(card, texts))).second
    assert getattr(sentence, "text", "").startswith("1 of 2 published figures are reproduced")
    assert isinstance(table, PrintedTable)
    assert table.grids[0].rows == (
        ("A rate", "27.7 per cent", "reproduced to its last printed digit"),
        ("A count", "5 million", "differs (another weight)"),
    )


def test_flags_are_counted(report: Document, material: Material, texts: Texts) -> None:
    table = next(b for b in after(report, texts.t("report.quality")) if isinstance(b, PrintedTable))
    counted = [int(row[1].replace(",", "")) for row in table.grids[0].rows]
    assert sum(counted) == len(material.hub.frame)
    assert len(counted) > 1


def test_notes_and_breaks_stand_apart(report: Document, texts: Texts) -> None:
    lists = [b.items for b in after(report, texts.t("report.assumptions")) if isinstance(b, Bullets)]
    assert lists == [("A note",), ("A break",)]


def test_findings_stand_under_their_sections_with_evidence_and_marks(material: Material, texts: Texts) -> None:
    told = [
        Found(),
        Found(id="N02", section="coverage", sentence="Few are covered."),
        Found(id="N03", sentence="Third."),
    ]
    blocks = after(document(replace(material, findings=told)), texts.t("report.findings"))
    kinds = [(type(b).__name__, getattr(b, "sentence", "")) for b in blocks[1:]]
    assert kinds == [
        ("Heading", ""),
        ("Told", told[0].sentence),
        ("Told", "Third."),
        ("Heading", ""),
        ("Told", told[1].sentence),
    ]
    assert blocks[2] == Told(told[0].sentence, told[0].evidence, told[0].marks, "See F02.")


def test_marks_are_those_that_were_given(report: Document) -> None:
    assert report.marks == (("SIMULATED DATA", "Invented."),)
    assert report.some_marks == ("In some figures and tables: UNVERIFIED: not confirmed",)


def test_the_card_is_told(report: Document, texts: Texts) -> None:
    assert after(report, texts.t("report.card")) == [Definitions((("Survey", "A survey"),))]


def test_a_label_of_the_card_is_one_plain_line(material: Material, texts: Texts) -> None:
    card = material.card.model_copy(update={"title": "#evil\n*bold*  <script>", "citation": "=cmd\ttext"})
    paragraphs = [b.text for b in after(document(replace(material, card=card)), texts.t("report.cite"))]
    assert any("“#evil *bold* <script>”" in text for text in paragraphs)
    assert any("=cmd text." in text for text in paragraphs)


def test_a_standard_of_ones_own_is_told_by_its_conditions(material: Material, tmp_path: Path, texts: Texts) -> None:
    text = (REPORT.parent / "standards" / "icls17.yaml").read_text(encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(text.replace("standard: icls17", "standard: mine"), encoding="utf-8")
    rules = rule_books(["mine"], {"mine": Variant(standard="mine")}, load_standards(tmp_path))
    card: Card = read_card(
        fake_hub.card(not_available=[], pairs=[{"variant": "mine", "concept": "icls19"}], rules=rules)
    )
    changed = replace(material, card=card)
    table = next(b for b in after(document(changed), texts.t("report.definitions")) if isinstance(b, PrintedTable))
    assert ("U5", "registered = 'yes'") in [row[:2] for row in table.grids[0].rows]


def test_every_word_of_the_report_is_there_in_lao(material: Material, lao: Texts) -> None:
    made = document(replace(material, texts=lao))
    assert made.language == "lo-LA"
    assert chapters(made)[0] == lao.t("report.cite")
