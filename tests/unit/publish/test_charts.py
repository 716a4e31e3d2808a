from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from unit.publish import fake_hub
from unit.publish.extents import clipped, overlapping, rotated, sound, text_boxes
from unit.publish.released import release

from informality.publish import style
from informality.publish.card import Card, read_card
from informality.publish.catalogue import Catalogue
from informality.publish.charts import KINDS, draw, rendered
from informality.publish.figures import figure_item
from informality.publish.item import FigureItem
from informality.publish.select import Estimates, prepared
from informality.publish.text import Texts
from informality.settings import Thresholds

FONTS = Path(__file__).parents[3] / "workflow" / "report" / "fonts"
LAO = "ຜູ້ຢູ່ຊົນນະບົດທີ່ບໍ່ມີທາງເຂົ້າເຖິງໄດ້ຕະຫຼອດປີແລະກຳມະກອນໜ້າທີ່"
LATIN = "Wholesale and retail trade; repair of motor vehicles and motorcycles, and related activities"
ITEMS = ["F01", "F02", "F03", "F04", "F05", "F06", "F08", "F12"]


@pytest.fixture(autouse=True)
def _drawing() -> Iterator[None]:
    with style.drawing(FONTS):
        yield


def relabelled(item: FigureItem, label: str) -> FigureItem:
    rows = item.rows.assign(row_label=[f"{label} {i}" for i in range(len(item.rows))])
    if (rows["series"] != "").any():
        first = rows.groupby("row", sort=False)["row_label"].transform("first")
        rows = rows.assign(row_label=first, series_label=[f"{s} {label}"[:45] for s in rows["series_label"]])
    return replace(item, rows=rows)


def test_the_measure_sees_what_it_should(
    estimates: Estimates, card: Card, texts: Texts, catalogue: Catalogue, limits: Thresholds
) -> None:
    figure = draw(figure_item("F12", estimates, card, texts, catalogue, limits))
    figure.text(0.99, 0.5, "beyond the edge")
    figure.text(0.02, 0.5, "one", rotation=30)
    figure.text(0.022, 0.5, "other")
    boxes = text_boxes(figure)
    assert clipped(figure, boxes) == ["beyond the edge"]
    assert ("one", "other") in overlapping(boxes)
    assert rotated(figure) == ["one"]


def test_every_kind_of_the_catalogue_is_drawn(catalogue: Catalogue) -> None:
    assert {entry.kind for entry in catalogue.figures.values()} - {"absent"} <= set(KINDS)


@pytest.mark.parametrize("name", ITEMS)
@pytest.mark.parametrize("lang", ["en", "lo"])
def test_nothing_is_clipped_overlapping_or_rotated(
    name: str,
    lang: str,
    estimates: Estimates,
    card: Card,
    texts: Texts,
    lao: Texts,
    catalogue: Catalogue,
    limits: Thresholds,
) -> None:
    sound(figure_item(name, estimates, card, texts if lang == "en" else lao, catalogue, limits))


@pytest.mark.parametrize("name", ["F01", "F03", "F04", "F06", "F08"])
@pytest.mark.parametrize("label", [LAO, LATIN], ids=["lao", "latin"])
def test_long_labels_are_wrapped(
    name: str, label: str, estimates: Estimates, card: Card, texts: Texts, catalogue: Catalogue, limits: Thresholds
) -> None:
    sound(relabelled(figure_item(name, estimates, card, texts, catalogue, limits), label))


@pytest.mark.parametrize("name", ["F01", "F03", "F04", "F06", "F08", "F12"])
def test_one_category_is_enough(
    name: str, estimates: Estimates, card: Card, texts: Texts, catalogue: Catalogue, limits: Thresholds
) -> None:
    item = figure_item(name, estimates, card, texts, catalogue, limits)
    rows = item.rows[item.rows["row"] == item.rows["row"].iloc[-1]]
    sound(replace(item, rows=rows.reset_index(drop=True)))


@pytest.mark.parametrize("name", ["F01", "F03", "F04", "F06", "F08"])
@pytest.mark.parametrize("flags", [["u", "x"], [":", ":c"]], ids=["u_x", "colon_c"])
def test_flagged_and_hidden_values(
    name: str,
    flags: list[str],
    estimates: Estimates,
    card: Card,
    texts: Texts,
    catalogue: Catalogue,
    limits: Thresholds,
) -> None:
    item = figure_item(name, estimates, card, texts, catalogue, limits)
    rows = item.rows.copy()
    some = np.flatnonzero(np.arange(len(rows)) % 3 == 1)
    rows.loc[some, "flag"] = np.resize(flags, len(some))
    rows.loc[np.setdiff1d(some, np.flatnonzero(rows["flag"] == "u")), ["estimate", "low", "high"]] = np.nan
    sound(replace(item, rows=rows))


@pytest.mark.parametrize("name", ["F01", "F03", "F04", "F06", "F08"])
@pytest.mark.parametrize(
    ("bounds", "text"),
    [
        ({"bound_low": 97.0}, "> 97"),
        ({"bound_high": 3.0}, "< 3"),
        ({"bound_low": 51.0, "bound_high": 66.0}, "51 to 66"),
    ],
)
def test_bounded_shares_are_marked_at_their_bound(
    name: str,
    bounds: dict[str, float],
    text: str,
    estimates: Estimates,
    card: Card,
    texts: Texts,
    catalogue: Catalogue,
    limits: Thresholds,
) -> None:
    item = figure_item(name, estimates, card, texts, catalogue, limits)
    rows = item.rows.copy()
    some = (rows["part"] == "main") & (np.arange(len(rows)) % 3 == 1)
    rows.loc[some, ["estimate", "low", "high"]] = np.nan
    rows.loc[some, ["flag", *bounds]] = ["b", *bounds.values()]
    assert sound(replace(item, rows=rows)).count(text) >= int(some.sum())


@pytest.mark.parametrize("name", ["F06", "F08"])
def test_values_without_interval_are_drawn(
    name: str, estimates: Estimates, card: Card, texts: Texts, catalogue: Catalogue, limits: Thresholds
) -> None:
    item = figure_item(name, estimates, card, texts, catalogue, limits)
    sound(replace(item, rows=item.rows.assign(low=np.nan, high=np.nan)))


def test_hidden_values_are_written_as_x(card: Card, texts: Texts, catalogue: Catalogue, limits: Thresholds) -> None:
    hub = prepared(release(fake_hub.hub(n=2_000), limits))
    figure = draw(figure_item("F08", hub, card, texts, catalogue, limits))
    assert [text.get_text() for text in figure.axes[0].texts].count("x") > 3


def test_the_national_grouping_and_a_survey_without_marks(
    texts: Texts, catalogue: Catalogue, limits: Thresholds
) -> None:
    card = read_card(
        fake_hub.card(industry="industry_national", marks=[], levels={"industry_national": fake_hub.NATIONAL})
    )
    hub = prepared(release(fake_hub.hub(industry="industry_national"), limits))
    item = figure_item("F08", hub, card, texts, catalogue, limits)
    assert item.caption.marks == ()
    sound(item)


def test_letters_that_mean_something_elsewhere_stay_letters(
    estimates: Estimates, card: Card, texts: Texts, catalogue: Catalogue, limits: Thresholds
) -> None:
    item = relabelled(
        figure_item("F12", estimates, card, texts, catalogue, limits), r"$\frac{1}{2}$ <script> %s {x} &amp;"
    )
    svg = rendered(item, FONTS)[f"{item.stem}.svg"].decode()
    assert "<script>" not in svg.split("<defs>")[1]
    sound(item)


def test_equal_items_give_equal_bytes(
    estimates: Estimates, card: Card, texts: Texts, catalogue: Catalogue, limits: Thresholds
) -> None:
    item = figure_item("F04", estimates, card, texts, catalogue, limits)
    assert rendered(item, FONTS) == rendered(item, FONTS)


def test_the_picture_is_170_mm_wide_at_300_dpi(
    estimates: Estimates, card: Card, texts: Texts, catalogue: Catalogue, limits: Thresholds
) -> None:
    item = figure_item("F12", estimates, card, texts, catalogue, limits)
    png = rendered(item, FONTS)[f"{item.stem}.png"]
    assert int.from_bytes(png[16:20], "big") == pytest.approx(170 / 25.4 * 300, abs=1)


def test_the_mark_is_on_the_picture(
    estimates: Estimates, card: Card, texts: Texts, catalogue: Catalogue, limits: Thresholds
) -> None:
    figure = draw(figure_item("F01", estimates, card, texts, catalogue, limits))
    assert "SIMULATED DATA" in [text.get_text() for text in figure.texts]


def test_no_rows_are_lost_between_data_and_picture(
    estimates: Estimates, card: Card, texts: Texts, catalogue: Catalogue, limits: Thresholds
) -> None:
    item = figure_item("F08", estimates, card, texts, catalogue, limits)
    words = " ".join(text.get_text() for text in draw(item).texts)
    missing = [label for label in item.rows["row_label"] if any(word not in words for word in str(label).split())]
    assert missing == []
    assert isinstance(item.rows, pd.DataFrame)
