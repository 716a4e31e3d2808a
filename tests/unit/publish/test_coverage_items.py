from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from unit.publish import fake_coverage, fake_models
from unit.publish.fake_coverage import LAW, OTHER
from unit.publish.released import release

from informality.publish.card import read_card
from informality.publish.catalogue import Catalogue
from informality.publish.edition import FORMATS
from informality.publish.figures import figure_item
from informality.publish.item import FigureItem
from informality.publish.keys import Scope
from informality.publish.publish import publish
from informality.publish.select import Keys, NotMade, prepared
from informality.publish.tables import TableItem, table_item
from informality.publish.text import Texts
from informality.publish.words import mark_names
from informality.settings import Thresholds

Built = Callable[..., FigureItem]
Tabled = Callable[..., TableItem]


@pytest.fixture(scope="module")
def released(limits: Thresholds) -> pd.DataFrame:
    return release(fake_coverage.hub(), limits)


@pytest.fixture
def built(released: pd.DataFrame, texts: Texts, catalogue: Catalogue, limits: Thresholds) -> Built:
    def make(name: str, law: str | None = None, rows: pd.DataFrame = released, **card: object) -> FigureItem:
        told = read_card(fake_coverage.card() | card)
        return figure_item(name, prepared(rows), told, texts, catalogue, limits, law)

    return make


@pytest.fixture
def tabled(released: pd.DataFrame, texts: Texts, catalogue: Catalogue, limits: Thresholds) -> Tabled:
    def make(text: str, **card: object) -> TableItem:
        name = next(item for item, table in catalogue.tables.items() if table.text == text)
        return table_item(name, prepared(released), read_card(fake_coverage.card() | card), texts, catalogue, limits)

    return make


def test_branch_law_and_reading_come_from_the_card(catalogue: Catalogue) -> None:
    scope = Scope(read_card(fake_coverage.card()), catalogue.declared)
    assert scope.keys("split") == [Keys(branch="old_age", law=LAW, assumption="wide")]
    assert [key.assumption for key in scope.keys("split", reading="both")] == ["wide", "narrow"]
    assert [key.branch for key in scope.keys("split", branch="each")] == ["old_age", "unemployment", "medical_care"]
    assert scope.keys("coverage", branch="each") == [Keys(branch="old_age")]
    assert scope.keys("informal") == [Keys()]
    assert {key.law for key in scope.keys("moves", laws=scope.laws())} == {LAW, OTHER}
    assert replace(scope, law=OTHER).keys("split")[0].law == OTHER


def test_any_cash_stands_under_the_name_that_the_law_gives_it(catalogue: Catalogue) -> None:
    told = fake_coverage.coverage(
        main="any_cash",
        cover=[["sickness", ["sickness", "any_cash"], ["uif"]]],
        laws=[fake_coverage.law(LAW, any_cash="sickness", groups=[["sickness", ["sickness"]]])],
    )
    scope = Scope(read_card(fake_coverage.card() | {"coverage": told}), catalogue.declared)
    assert scope.keys("split") == [Keys(branch="sickness", law=LAW, assumption="wide")]
    assert scope.keys("coverage") == [Keys(branch="sickness")]


@pytest.mark.parametrize(
    ("told", "reason"),
    [({"law": None}, "no_law"), ({"laws": [fake_coverage.law(LAW, not_computable=[["not_asked", "size"]])]}, "not_asked"), ({"main": None}, "no_evidence")],
)  # fmt: skip
def test_what_a_survey_has_not_is_a_reason(told: dict, reason: str, catalogue: Catalogue) -> None:
    scope = Scope(read_card(fake_coverage.card() | {"coverage": fake_coverage.coverage(**told)}), catalogue.declared)
    with pytest.raises(NotMade, match=reason):
        scope.keys("split")


def test_a_card_without_coverage_gives_a_reason(built: Built) -> None:
    with pytest.raises(NotMade, match="no_law"):
        built("F26", coverage=None)


def test_law_reading_branches_and_denominator_are_in_the_subtitle(built: Built) -> None:
    line = built("F26").caption.subtitle
    assert f"Law {LAW}, wide reading, branches: sickness, old age, maternity." in line
    assert "employed persons aged 15 and over below pensionable age" in line
    assert "17th ICLS" not in line


def test_laws_that_nobody_confirmed_and_those_not_in_force_are_marked(built: Built) -> None:
    assert built("F26").caption.marks == ("SIMULATED DATA", "UNVERIFIED")
    assert built("F26", OTHER).caption.marks == ("SIMULATED DATA", "UNVERIFIED", "COUNTERFACTUAL")
    assert f"in force at the time of the survey was “Law {LAW}”" in built("F26", OTHER).caption.note
    assert built("F08").caption.marks == ("SIMULATED DATA",)
    checked = fake_coverage.coverage(laws=[fake_coverage.law(LAW, verified=True, unverified=[])])
    assert built("F26", coverage=checked).caption.marks == ("SIMULATED DATA",)


def test_a_scenario_that_nobody_confirmed_is_marked() -> None:
    told = fake_coverage.coverage(laws=[fake_coverage.law(LAW, verified=True, unverified=[])])
    card = read_card(fake_coverage.card() | {"coverage": told})
    assert mark_names(card, (), [LAW]) == ("simulated",)
    assert mark_names(card, (), [LAW], ["lao_subsidy"]) == ("simulated", "unverified")


def test_a_branch_without_a_question_is_not_available_and_one_bar_lists_its_branches(built: Built) -> None:
    rows = built("F25").rows
    care = rows[(rows["branch"] == "medical_care") & (rows["series"] == "practice")]
    assert set(care["flag"]) == {":"}
    assert care["estimate"].isna().all()
    assert "Sickness, old age, maternity" in set(rows["row_label"])
    assert "26,793" in built("F25").caption.note


def test_the_count_of_the_administration_is_told_only_where_something_was_assumed(
    built: Built, released: pd.DataFrame
) -> None:
    rows = released.copy()
    rows.loc[rows["indicator"] == "assumed", "estimate"] = 0.0
    assert "26,793" not in built("F25", rows=rows).caption.note


def test_a_step_that_was_not_asked_is_no_loss(built: Built, released: pd.DataFrame) -> None:
    rows = released.copy()
    rows.loc[rows["category"] == "registered_unknown", "estimate"] = 0.9
    with pytest.raises(NotMade, match="step_not_known"):
        built("F29", rows=rows)


def test_capacity_is_not_shown_without_earnings(built: Built, tabled: Tabled) -> None:
    missing = [{"variable": "earnings_decile", "reason": "not_asked"}]
    for make, name in ((built, "F33"), (tabled, "capacity")):
        with pytest.raises(NotMade, match="not_asked"):
            make(name, not_available=missing)


def test_of_readings_that_are_the_same_one_is_drawn(built: Built, released: pd.DataFrame) -> None:
    rows = released.copy()
    rows.loc[rows["indicator"] == "compliance_rate", "estimate"] = 0.5
    same, other = built("F28", rows=rows), built("F28")
    assert "Both readings of this law are the same" in same.caption.note
    assert set(same.rows["series"]) == {"wide"}
    assert "Both readings of this law are the same" not in other.caption.note
    assert set(other.rows["series"]) == {"wide", "narrow"}


def test_a_sign_that_a_chart_puts_in_words_is_not_explained(built: Built) -> None:
    item = built("F25")
    assert (item.rows["flag"] == ":").any()
    assert "“:”" not in item.caption.note


def test_an_amount_has_its_currency(built: Built) -> None:
    assert re.search(r"Earnings line: .* [\d,]+ kip a month", built("F33", currency="kip").caption.note)


def test_a_long_table_names_each_denominator(tabled: Tabled) -> None:
    table = tabled("coverage_headline")
    heads = [column.head for column in table.columns]
    assert heads[:2] == ["Indicator", "Denominator"]
    assert {row[1] for row in table.rows} >= {"Employed persons aged 15 and over", "Employees aged 15 and over"}
    assert any("contributor component of SDG 1.3.1" in str(row[0]) for row in table.rows)


def test_moves_are_told_for_every_law_and_reading(tabled: Tabled) -> None:
    table = tabled("moves")
    heads = [column.head for column in table.columns]
    assert heads[:4] == ["Law", "Reading", "Class under the law in force, wide reading", "Class"]
    assert {row[:2] for row in table.rows} == {
        (f"Law {law}", reading) for law in (LAW, OTHER) for reading in ("Wide reading", "Narrow reading")
    }
    assert "COUNTERFACTUAL" in table.caption.marks


def test_scenarios_stand_with_their_range(tabled: Tabled) -> None:
    table = tabled("scenario_gains")
    heads = [column.head for column in table.columns]
    assert {"Scenario", "Assumption"} <= set(heads)
    assert len(set(heads)) == len(heads)
    assert {row[heads.index("Assumption")] for row in table.rows} == {
        "Low assumption",
        "Central assumption",
        "High assumption",
    }


@pytest.fixture(scope="module")
def whole(
    tmp_path_factory: pytest.TempPathFactory,
    released: pd.DataFrame,
    texts: Texts,
    catalogue: Catalogue,
    limits: Thresholds,
) -> Path:
    out = tmp_path_factory.mktemp("figures")
    figures = {name: catalogue.figures[name] for name in ("F05", "F26")}
    tables = {name: catalogue.tables[name] for name in ("T01", "T34", "T39")}
    small = replace(catalogue, figures=figures, tables=tables, models={})
    publish(released, fake_models.published(limits), fake_coverage.card(), texts, small, out, thresholds=limits)
    return out


def test_marks_are_in_every_format_and_other_laws_have_a_folder(whole: Path) -> None:
    below = whole / "counterfactual" / OTHER
    assert {path.name for path in below.iterdir()} == {
        *(f"F26-coverage-gaps-by-industry.{suffix}" for suffix in FORMATS), "tables.xlsx", "index.html",
    }  # fmt: skip
    assert f'href="counterfactual/{OTHER}/index.html"' in (whole / "index.html").read_text(encoding="utf-8")
    for folder, marks in ((whole, ("UNVERIFIED",)), (below, ("UNVERIFIED", "COUNTERFACTUAL"))):
        page = (folder / "index.html").read_text(encoding="utf-8")
        with (folder / "F26-coverage-gaps-by-industry.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        sheet = openpyxl.load_workbook(folder / "tables.xlsx")["T34"]
        top = {cell.value for line in sheet.iter_rows(max_row=6) for cell in line}
        for mark in marks:
            assert mark in page
            assert mark in top
            assert all(mark in row["mark"] for row in rows)
    assert {row["law"] for row in rows} == {OTHER}
    assert {row["assumption"] for row in rows} == {"wide"}
    assert {row["branch"] for row in rows} == {"old_age"}
    assert {row["variant"] for row in rows} == {""}
