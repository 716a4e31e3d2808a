from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from unit.publish import fake_coverage, fake_models
from unit.publish.released import release

from informality.publish.card import read_card
from informality.publish.catalogue import Catalogue
from informality.publish.keys import Scope
from informality.publish.maker import Maker
from informality.publish.publish import publish
from informality.publish.quality_tables import quality_table
from informality.publish.select import NotMade, prepared
from informality.publish.tables import TableItem
from informality.publish.text import Texts
from informality.settings import Thresholds

QUALITY = {
    "questions": [
        {"variable": "soc_sec", "answered": 4060.0, "dont_know": 180.0, "refused": None, "not_stated": 0.0, "not_asked": 17_720.0, "not_applicable": 0.0},
        {"variable": "cover__pension", "answered": 100.0, "dont_know": 100.0},
        {"variable": "isic2", "answered": 100.0},
        {"variable": "age_group", "answered": 100.0},
        {"variable": "industry_national", "not_asked": 100.0},
        {"variable": "in_kind_month", "not_asked": 100.0},
    ],
    "design": {"strata": 51.0, "psus": 540.0, "lonely_strata": 0.0, "design_effect_of_weighting": 1.2},
    "flags": [{"flag": "=Infempl", "persons": 18_440.0, "agreement": 0.998}],
    "checks": [{"check": "untaken", "where": "variables.area", "count": 1120.0}, {"check": "age", "where": "variables.age", "count": None}],
    "benchmarks": [
        {"id": "unemployment_rate", "kind": "published", "published": 27.7, "estimate": 28.0, "unit": "percent", "decimals": 1, "verdict": "match", "source": "a release"},
        {"id": "a_rate", "kind": "reference", "published": 2.345678, "decimals": 6, "estimate": 2.0, "unit": "million", "verdict": "not_comparable", "likely_cause": "another concept"},
    ],
}  # fmt: skip
Tabled = Callable[..., TableItem]


@pytest.fixture(scope="module")
def released(limits: Thresholds) -> pd.DataFrame:
    return release(fake_coverage.hub(), limits)


@pytest.fixture
def tabled(released: pd.DataFrame, texts: Texts, catalogue: Catalogue, limits: Thresholds) -> Tabled:
    def make(kind: str, words: Texts = texts, **card: object) -> TableItem:
        item, entry = next((item, entry) for item, entry in catalogue.quality.items() if entry.kind == kind)
        told = read_card(fake_coverage.card() | {"quality": QUALITY} | card)
        return quality_table(item, entry, Maker(prepared(released), Scope(told, catalogue.declared), words), limits)

    return make


def heads(table: TableItem) -> list[str]:
    return [column.head for column in table.columns]


def test_precision_is_that_of_the_published_rows_and_hides_what_they_hide(
    tabled: Tabled, released: pd.DataFrame
) -> None:
    table = tabled("precision")
    by_group = {row[:2]: row for row in table.rows}
    whole = by_group["Informal employment", "Total"]
    row = released[
        (released["indicator"] == "informal") & (released["statistic"] == "share") & (released["variant"] == "icls17")
    ]
    row = row[(row["concept"] == "icls19") & (row[["sex", "region", "industry", "status"]] == "_T").all(axis=1)].iloc[0]
    assert whole[2] == pytest.approx(100 * row["estimate"])
    assert whole[3] == pytest.approx(100 * row["se"])
    assert whole[4] == pytest.approx(100 * row["se"] / row["estimate"], abs=0.051)
    assert whole[5:9] == (row["deff"], row["df"], row["n"], row["n_psu"])
    hidden = [row for row in table.rows if row[-1] in ("x", ":c")]
    assert hidden
    assert all(value is None for row in hidden for value in row[2:6])
    # What describes the sample is of the whole country only; every group has its error.
    men = by_group["Informal employment", "Men"]
    assert men[5:7] == (None, None)
    assert men[8] is None
    assert men[3] > 0
    assert men[4] > 0
    assert "SIMULATED DATA" in table.caption.marks
    assert "UNVERIFIED" in table.caption.marks


def test_missing_answers_are_of_those_asked_and_few_have_no_number(tabled: Tabled) -> None:
    table = tabled("questions")
    assert table.rows[0] == ("Social security", 4060.0, 180.0, None, 0.0, 17_720.0, 4.2)
    assert table.rows[1][0] == "Employer pays into a pension fund"
    assert table.rows[1][-1] == 50.0
    # The code behind industry is told once, as industry; nobody was asked the last.
    assert [row[0] for row in table.rows] == [
        "Social security",
        "Employer pays into a pension fund",
        "Earnings in kind",
    ]
    assert table.rows[2][-1] is None
    assert "rounded to tens" in table.caption.note


def test_simulated_data_are_not_held_against_published_figures(tabled: Tabled) -> None:
    with pytest.raises(NotMade, match="simulated_not_compared"):
        tabled("benchmarks")
    with pytest.raises(NotMade, match="no_benchmarks"):
        tabled("benchmarks", marks=[], quality={})


def test_beside_a_published_figure_stands_whether_it_is_reproduced(tabled: Tabled) -> None:
    table = tabled("benchmarks", marks=[])
    assert table.rows[0] == (
        "Unemployment rate", "per cent", 27.7, "reproduced to its last printed digit", 28.0, "", "published", "a release",
    )  # fmt: skip
    # Who knows that a number made from the same file is reproduced has ours with all of its digits.
    assert table.rows[1][2:6] == (None, "not comparable", 2.0, "another concept")
    # Our own number has no more digits than are published here.
    assert table.rows[0][4].decimals == 0


def test_the_design_and_the_flags_of_the_office(tabled: Tabled) -> None:
    table = tabled("design")
    assert ("Strata", 51.0, None) in table.rows
    assert ("Design effect of weighting", None, 1.2) in table.rows
    assert table.below[0].rows == (("=Infempl", 18_440.0, pytest.approx(99.8)),)
    assert table.below[1].rows == (("untaken", "variables.area", 1120.0), ("age", "variables.age", None))
    with pytest.raises(NotMade):
        tabled("design", quality={})


def test_the_annex_is_in_the_workbook_and_no_formula_comes_out_of_it(
    tmp_path: Path, released: pd.DataFrame, texts: Texts, catalogue: Catalogue, limits: Thresholds
) -> None:
    small = replace(catalogue, figures={}, tables={}, models={}, facts={})
    card = fake_coverage.card() | {"quality": QUALITY}
    report = publish(released, fake_models.published(limits), card, texts, small, tmp_path, thresholds=limits)
    book = openpyxl.load_workbook(tmp_path / "tables.xlsx")
    assert {"T86", "T87", "T89"} <= set(book.sheetnames)
    assert [left.item for left in report.not_made if left.item.startswith("T8")] == ["T88"]
    cells = [cell for line in book["T89"].iter_rows() for cell in line]
    assert "=Infempl" in {cell.value for cell in cells}
    assert {cell.data_type for cell in cells} <= {"s", "n"}


def test_lao_has_all_of_it(tabled: Tabled, lao: Texts) -> None:
    for kind in ("precision", "questions", "design"):
        assert len(set(heads(tabled(kind, lao)))) == len(heads(tabled(kind)))
