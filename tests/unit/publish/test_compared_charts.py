from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import Rectangle
from unit.publish import fake_compared
from unit.publish.extents import sound, text_boxes
from unit.publish.released import release

from informality.publish import style
from informality.publish.card import read_card
from informality.publish.catalogue import Catalogue
from informality.publish.charts import draw
from informality.publish.figures import figure_item
from informality.publish.item import FigureItem
from informality.publish.models import prepared_models
from informality.publish.select import prepared
from informality.publish.text import Texts
from informality.settings import Thresholds
from informality.vocabulary import SECTIONS

FONTS = Path(__file__).parents[3] / "workflow" / "report" / "fonts"
LAO = "ຜູ້ຢູ່ຊົນນະບົດທີ່ບໍ່ມີທາງເຂົ້າເຖິງໄດ້ຕະຫຼອດປີແລະກຳມະກອນໜ້າທີ່"
ITEMS = ["F20", "F21", "F22", "F23", "F31", "F38"]
Made = dict[str, FigureItem]


@pytest.fixture(autouse=True)
def _drawing() -> Iterator[None]:
    with style.drawing(FONTS):
        yield


def made(texts: Texts, catalogue: Catalogue, limits: Thresholds) -> Made:
    hub, models = prepared(release(fake_compared.hub(), limits)), prepared_models(fake_compared.models(limits))
    card = read_card(fake_compared.card())
    return {name: figure_item(name, hub, card, texts, catalogue, limits, None, models) for name in ITEMS}


@pytest.fixture(scope="module")
def items(texts: Texts, catalogue: Catalogue, limits: Thresholds) -> Made:
    return made(texts, catalogue, limits)


@pytest.fixture(scope="module")
def in_lao(lao: Texts, catalogue: Catalogue, limits: Thresholds) -> Made:
    return made(lao, catalogue, limits)


@pytest.mark.parametrize("name", ITEMS)
def test_nothing_is_clipped_overlapping_or_rotated(name: str, items: Made, in_lao: Made) -> None:
    sound(items[name])
    sound(in_lao[name])


@pytest.mark.parametrize("name", ITEMS)
def test_long_lao_labels_are_wrapped(name: str, items: Made) -> None:
    item = items[name]
    rows = item.rows.assign(
        row_label=[f"{LAO[:60]} {row}"[:70] for row in item.rows["row"]],
        series_label=[f"{LAO[:60]} {series}"[:70] for series in item.rows["series"]],
    )
    panels = dict.fromkeys(item.options["panels"], LAO[:60])
    terms = dict.fromkeys(item.options.get("terms", {}), LAO[:60])
    sound(replace(item, rows=rows, options=item.options | {"panels": panels, "terms": terms}))


@pytest.mark.parametrize("name", ITEMS)
@pytest.mark.parametrize("flags", [["u"], ["x", ":c", ":"]], ids=["flagged", "suppressed"])
def test_flagged_and_wholly_suppressed_figures_are_drawn(name: str, flags: list[str], items: Made) -> None:
    rows = items[name].rows
    # Row by row, whose parts are hidden together.
    rows = rows.assign(flag=np.array(flags)[pd.factorize(rows["row"])[0] % len(flags)])
    if flags == ["u"]:
        assert any(text.endswith(" u") for text in sound(replace(items[name], rows=rows)))
        return
    rows = rows.assign(**dict.fromkeys(("estimate", "low", "high", "bound_low", "bound_high", "n"), np.nan))
    words = sound(replace(items[name], rows=rows))
    there = set(rows.loc[rows["part"] == "main", "flag"])
    assert there & set(words) == there


@pytest.mark.parametrize("name", ITEMS)
def test_one_row_is_enough(name: str, items: Made) -> None:
    item = items[name]
    first = item.part("main")["row"].iloc[0]
    sound(replace(item, rows=item.rows[item.rows["row"] == first].reset_index(drop=True)))


@pytest.mark.parametrize("name", ["F20", "F23", "F31", "F38"])
def test_twenty_one_sections_can_be_read(name: str, items: Made, texts: Texts) -> None:
    item = items[name]
    base = item.rows[item.rows["row"] == item.part("main")["row"].iloc[0]]
    if name == "F20":
        base = base[base["group"] == 0]
    parts = [base.assign(row=f"industry={s}", row_label=texts.t(f"level.industry.{s}")) for s in SECTIONS]
    terms = {f"industry={s}": "Industry" for s in SECTIONS} if name == "F31" else {}
    item = replace(item, rows=pd.concat(parts, ignore_index=True), options=item.options | {"terms": terms})
    words = " ".join(sound(item))
    assert "Mining and quarrying" in words
    assert "Public administration and defence" in words


def test_a_bounded_share_is_a_mark_at_its_bound(items: Made) -> None:
    rows = items["F38"].rows.copy()
    rows.loc[0, ["estimate", "low", "high", "bound_low", "flag"]] = [np.nan, np.nan, np.nan, 98.0, "b"]
    assert "> 98" in sound(replace(items["F38"], rows=rows))


def test_what_is_not_shown_of_a_bar_is_left_open_and_named(items: Made) -> None:
    rows = items["F23"].rows.copy()
    rows.loc[rows["series"] == "40_48", ["estimate", "low", "high", "flag"]] = [np.nan, np.nan, np.nan, ":c"]
    figure = draw(replace(items["F23"], rows=rows))
    hatched = [p for ax in figure.axes for p in ax.patches if isinstance(p, Rectangle) and p.get_hatch() == "...."]
    assert len(hatched) == 6
    assert "Not shown" in [words for words, _ in text_boxes(figure)]


def test_the_axis_of_a_forest_holds_zero_and_every_interval(items: Made) -> None:
    for name in ("F21", "F31"):
        item = items[name]
        for ax, (_, rows) in zip(draw(item).axes, item.rows.groupby("group"), strict=True):
            low, high = ax.get_xlim()
            assert low <= min(0.0, rows["low"].min())
            assert high >= max(0.0, rows["high"].max())


def test_axes_of_one_unit_share_their_scale_and_others_have_their_own(items: Made) -> None:
    item = items["F31"]
    second = item.rows.assign(
        group=1, estimate=item.rows["estimate"] / 10, low=item.rows["low"] / 10, high=item.rows["high"] / 10
    )
    both = replace(
        item, rows=pd.concat([item.rows, second], ignore_index=True),
        options=item.options | {"panels": {"0": "One", "1": "Two"}, "counts": [100.0, 200.0]},
    )  # fmt: skip
    same = [ax.get_xlim() for ax in draw(both).axes]
    own = [ax.get_xlim() for ax in draw(replace(both, options=both.options | {"same_scale": False})).axes]
    assert same[0] == same[1]
    assert own[0] != own[1]


def test_the_unit_of_amounts_stands_below_their_axis(items: Made) -> None:
    assert "Thousand kip" in sound(items["F20"])
