"""The figure of a trend: nothing clipped or overlapping, breaks and samples drawn, what is not shown said."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pandas import DataFrame
from unit import small_series
from unit.publish.extents import clipped, overlapping, rotated, text_boxes

from informality.errors import UserError
from informality.publish import style
from informality.publish.cells import cell_text
from informality.publish.charts import draw
from informality.publish.family_card import FamilyCard, read_family_card
from informality.publish.item import FigureItem
from informality.publish.select import NotMade, prepared
from informality.publish.text import Texts
from informality.publish.trend_entries import Panel, TrendFigure, TrendTable, load_trend_catalogue
from informality.publish.trend_figure import Trend, trend_figure
from informality.publish.trend_tables import trend_table
from informality.settings import Thresholds
from informality.vocabulary import DIMENSIONS, HUB_KEYS, TOTAL

REPORT = Path(__file__).parents[3] / "workflow" / "report"
ENTRY = TrendFigure(slug="trend", panels=[Panel(indicator="informal", variant="icls17")] * 1, by="sex")
QLFS = [("2008q3", "Q3 2008"), ("2009q3", "Q3 2009"), ("2010q3", "Q3 2010"), ("2011q3", "Q3 2011"), ("2012q2", "Q2 2012"),
        ("2013q3", "Q3 2013"), ("2014q3", "Q3 2014"), ("2016q3", "Q3 2016"), ("2017q3", "Q3 2017")]  # fmt: skip
BREAK = {"name": "old.0", "text": "Paid sick leave was not asked.", "label": "paid sick leave asked from 2010 on"}


@pytest.fixture(autouse=True)
def _drawing() -> Iterator[None]:
    with style.drawing(REPORT / "fonts"):
        yield


def waves_of(names: list[tuple[str, str]], sample: str = "One sample") -> list[dict[str, Any]]:
    starts = {"Q1": "01", "Q2": "04", "Q3": "07", "Q4": "10"}
    return [
        {
            "survey": f"toy_{wave}",
            "wave": wave,
            "reference": words,
            "reference_from": f"{words[3:]}-{starts[words[:2]]}-01",
            "sample": sample,
            "break_points": [],
        }
        for wave, words in names
    ]


def content(waves: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    card = small_series.card("2010")
    return {**card, "waves": waves, "concept": "icls19", "notes": [["Of all.", [w["wave"] for w in waves]]], **changes}


def published(waves: list[dict[str, Any]], variants: tuple[str, ...] = ("icls17",)) -> DataFrame:
    random = np.random.default_rng(1)
    rows = []
    for variant in variants:
        for wave in waves:
            for sex, level in ((TOTAL, 0.55), ("male", 0.52), ("female", 0.6)):
                estimate = round(level + random.uniform(-0.03, 0.03), 3)
                keys = {
                    **dict.fromkeys(HUB_KEYS, ""),
                    **dict.fromkeys(DIMENSIONS, TOTAL),
                    "sex": sex,
                    "wave": wave["wave"],
                }
                keys |= {"indicator": "informal", "variant": variant, "universe": "employed", "statistic": "share"}
                values = {"estimate": estimate, "ci_low": estimate - 0.012, "ci_high": estimate + 0.012, "n": 15000.0}
                values |= {"cv": 0.01, "deff": 1.5, "df": 800.0, "n_psu": 900.0, "decimals": 1.0}
                texts = {
                    "measure": "share",
                    "ci_method": "logit",
                    "state": "estimated",
                    "flag": "",
                    "flag_reason": "",
                    "review": "",
                    "ilo_flag": "",
                    "n_class": "",
                    "verdict": "",
                }
                rows.append(
                    {
                        **keys,
                        **values,
                        **texts,
                        "se": 0.006,
                        "bound_low": np.nan,
                        "bound_high": np.nan,
                    }
                )
    return DataFrame(rows)


def refused(plus: str, minus: str) -> DataFrame:
    keys = {
        **dict.fromkeys(HUB_KEYS, ""),
        **dict.fromkeys(DIMENSIONS, TOTAL),
        "indicator": "informal",
        "variant": "icls17",
    }
    return DataFrame(
        [{**keys, "plus": plus, "minus": minus, "why": "break", "breaks": "old.0", "comparison": "consecutive"}]
    )


def item(
    texts: Texts,
    waves: list[dict[str, Any]],
    table: DataFrame | None = None,
    differences: DataFrame | None = None,
    entry: TrendFigure = ENTRY,
) -> FigureItem:
    family, card = read_family_card(content(waves), texts)
    hub = prepared(published(waves) if table is None else table)
    gone = refused("b", "a").head(0) if differences is None else differences
    return trend_figure("F37", entry, Trend(hub, gone, family, card, texts, Thresholds.model_validate({})))


def sound(figure_item: FigureItem) -> Any:
    figure = draw(figure_item)
    boxes = text_boxes(figure)
    assert clipped(figure, boxes) == []
    assert overlapping(boxes) == []
    assert rotated(figure) == []
    return figure


def two_samples() -> list[dict[str, Any]]:
    waves = waves_of(QLFS)
    for wave in waves[:2]:
        wave["break_points"] = [BREAK]
    for wave in waves[7:]:
        wave["sample"] = "Another sample"
    return waves


@pytest.mark.parametrize("lang", ["en", "lo"])
def test_nine_waves_with_a_break_and_a_new_sample(lang: str, texts: Texts, lao: Texts) -> None:
    words = texts if lang == "en" else lao
    figure = item(words, two_samples(), differences=refused("2010q3", "2009q3"))
    sound(figure)
    (panel,) = figure.options["panels"]
    assert [(r["kind"], r["after"], r["before"]) for r in panel["rules"]] == [
        ("break", "2009q3", "2010q3"),
        ("sample", "2014q3", "2016q3"),
    ]
    assert figure.options["other_season"] == ["2012q2"]
    assert figure.options["ticks"]["2012q2"] == "2012\nQ2"
    for part in ("Paid sick leave was not asked.", "Another sample", "Q2 2012"):
        assert part in figure.caption.note


@pytest.mark.parametrize("panels", [2, 3, 4])
def test_panels_stand_beside_each_other(panels: int, texts: Texts) -> None:
    names = tuple(f"v{i}" for i in range(panels))
    waves = two_samples()
    entry = ENTRY.model_copy(update={"panels": [Panel(indicator="informal", variant=name) for name in names]})
    sound(item(texts, waves, published(waves, names), entry=entry))


def test_no_line_runs_across_a_break(texts: Texts) -> None:
    figure = draw(item(texts, two_samples(), differences=refused("2010q3", "2009q3")))
    axes = figure.axes[0]
    solid = [line for line in axes.lines if line.get_linestyle() == "-"]
    assert len(solid) == 3
    for line in solid:
        x = np.asarray(line.get_xdata(), dtype=float).reshape(-1, 3)[:, :2]
        assert not ((x[:, 0] < 2009.5) & (x[:, 1] > 2009.5)).any(), "the break"
        assert not ((x[:, 0] < 2015) & (x[:, 1] > 2015)).any(), "the change of sample is dotted"
        assert len(x) == 1 + 4 + 1


def test_quarters_of_one_year_have_their_own_labels(texts: Texts) -> None:
    names = [(f"{y}q{q}", f"Q{q} {y}") for y in (2015, 2016, 2017) for q in (1, 2, 3, 4)]
    figure = item(texts, waves_of(names))
    sound(figure)
    assert figure.options["other_season"] == []
    assert figure.options["x"]["2015q3"] == pytest.approx(2015.5)


def test_two_waves_and_no_breakdown_are_enough(texts: Texts) -> None:
    entry = ENTRY.model_copy(update={"by": None})
    figure = item(texts, waves_of([("2010", "Q3 2010"), ("2017", "Q3 2017")]), entry=entry)
    assert set(figure.rows["series"]) == {TOTAL}
    sound(figure)


def test_one_wave_is_no_trend(texts: Texts) -> None:
    with pytest.raises(NotMade, match="nothing_to_compare"):
        item(texts, waves_of([("2010", "Q3 2010")]))


def test_changes_are_told_by_their_verdict_and_p_of_the_whole_country_only(texts: Texts) -> None:
    waves = waves_of([("a", "Q3 2010"), ("b", "Q3 2011")])
    family, card = read_family_card(content(waves), texts)
    told = refused("b", "a").assign(
        why="", breaks="", estimate=0.021, ci_low=0.005, ci_high=0.037, decimals=1.0, p_value=0.0, p_holm=0.004, verdict="higher", n=15_000.0,
        n_class="", flag="", flag_reason="", review="",
    )  # fmt: skip
    women = told.assign(sex="female", verdict="unclear", p_value=np.nan, p_holm=np.nan)
    differences = pd.concat([told, women], ignore_index=True)
    trend = Trend(prepared(published(waves)), differences, family, card, texts, Thresholds.model_validate({}))
    table = trend_table("T92", TrendTable(of="differences"), trend)
    heads = [column.head for column in table.columns]
    whole, of_women = (dict(zip(heads, row, strict=True)) for row in table.rows)
    cells = dict(
        zip(
            heads,
            (cell_text(c, cell, texts) for c, cell in zip(table.columns, table.rows[0], strict=True)),
            strict=True,
        )
    )
    assert (whole["Difference (points)"], cells["Difference (points)"]) == (2.1, "2.1")
    assert (cells["Verdict"], cells["p value"], cells["p value (Holm)"]) == ("higher", "< 0.001", "0.004")
    assert (of_women["Verdict"], of_women["p value"]) == ("no clear difference", None)


@pytest.mark.parametrize("flag", ["u", "x", ":c"])
def test_flagged_and_hidden_values_are_drawn_as_such(flag: str, texts: Texts) -> None:
    waves = waves_of(QLFS)
    table = published(waves)
    some = (table["sex"] == "female") & table["wave"].isin(["2010q3", "2011q3"])
    table.loc[some, "flag"] = flag
    table.loc[some, "flag_reason"] = {"u": "wide_interval", "x": "too_few_persons", ":c": "confidential"}[flag]
    if flag != "u":
        table.loc[some, ["estimate", "ci_low", "ci_high"]] = np.nan
    figure = sound(item(texts, waves, table))
    texts_drawn = [text.get_text() for text in figure.axes[0].texts]
    assert texts_drawn.count(flag) == (0 if flag == "u" else 2)


def test_bounded_shares_are_drawn_at_their_bound(texts: Texts) -> None:
    waves = waves_of(QLFS)
    table = published(waves)
    some = (table["sex"] == "female") & (table["wave"] == "2013q3")
    table.loc[some, ["estimate", "ci_low", "ci_high", "bound_low"]] = [np.nan, np.nan, np.nan, 0.62]
    table.loc[some, "flag"] = "b"
    figure = sound(item(texts, waves, table))
    assert "> 62" in [text.get_text() for text in figure.axes[0].texts]


def test_waves_without_a_usual_season_are_not_marked(texts: Texts) -> None:
    family, _ = read_family_card(content(waves_of([("a", "Q1 2010"), ("b", "Q2 2011")])), texts)
    assert family.other_seasons() == ()
    years = [{"survey": "s", "wave": str(y), "reference": str(y), "reference_from": f"{y}-01-01"} for y in (2010, 2012)]
    whole = FamilyCard.model_validate({"family": "s", "concept": "icls19", "waves": years})
    assert [wave.season for wave in whole.waves] == ["", ""]


def test_a_note_of_some_waves_names_them(texts: Texts) -> None:
    waves = waves_of([("a", "Q1 2010"), ("b", "Q1 2011")])
    _, card = read_family_card(content(waves, notes=[["Of all.", ["a", "b"]], ["Of one.", ["b"]]]), texts)
    assert card.notes == ("Of all.", "Of one. (Q1 2011)")
    assert card.reference == "Q1 2010 to Q1 2011"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("indicator: informal_sektor", "did you mean 'informal_sector'"),
        ("indicator: informal, variant: icls18", "did you mean 'icls17'"),
        ("indicator: cover, variant: icls17", "not followed for the variant 'icls17'"),
    ],
)
def test_only_what_is_followed_can_be_shown(wrong: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "report").mkdir()
    shutil.copy(REPORT.parent / "trends.yaml", tmp_path)
    figures = f"figures: {{F37: {{slug: trend, panels: [{{{wrong}}}]}}}}\ntables: {{}}\n"
    (tmp_path / "report" / "trends.yaml").write_text(figures, encoding="utf-8")
    with pytest.raises(UserError, match=message):
        load_trend_catalogue(tmp_path / "report")


def test_the_catalogue_of_the_repository_has_its_words(texts: Texts, lao: Texts) -> None:
    catalogue = load_trend_catalogue(REPORT)
    for words in (texts, lao):
        words.require(catalogue.text_keys(), "the test")
