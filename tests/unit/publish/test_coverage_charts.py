from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import Rectangle
from unit.publish import fake_coverage
from unit.publish.extents import clipped, overlapping, sound, text_boxes
from unit.publish.released import release

from informality.publish import style
from informality.publish.card import Card, read_card
from informality.publish.catalogue import Catalogue
from informality.publish.chart_parts import scale_of
from informality.publish.charts import draw
from informality.publish.figures import figure_item
from informality.publish.item import FigureItem
from informality.publish.select import Estimates, prepared
from informality.publish.text import Texts
from informality.settings import Thresholds

FONTS = Path(__file__).parents[3] / "workflow" / "report" / "fonts"
LAO = "ຜູ້ຢູ່ຊົນນະບົດທີ່ບໍ່ມີທາງເຂົ້າເຖິງໄດ້ຕະຫຼອດປີແລະກຳມະກອນໜ້າທີ່"
ITEMS = ["F24", "F25", "F26", "F27", "F28", "F29", "F33", "F34", "F35"]
Maker = dict[str, FigureItem]


@pytest.fixture(autouse=True)
def _drawing() -> Iterator[None]:
    with style.drawing(FONTS):
        yield


@pytest.fixture(scope="module")
def covered() -> Card:
    return read_card(fake_coverage.card())


@pytest.fixture(scope="module")
def with_coverage(limits: Thresholds) -> Estimates:
    return prepared(release(fake_coverage.hub(), limits))


@pytest.fixture(scope="module")
def items(with_coverage: Estimates, covered: Card, texts: Texts, catalogue: Catalogue, limits: Thresholds) -> Maker:
    return {name: figure_item(name, with_coverage, covered, texts, catalogue, limits) for name in ITEMS}


@pytest.mark.parametrize("name", ITEMS)
def test_nothing_is_clipped_overlapping_or_rotated(name: str, items: Maker) -> None:
    sound(items[name])


@pytest.mark.parametrize("name", ITEMS)
def test_lao_fits_too(
    name: str, with_coverage: Estimates, covered: Card, lao: Texts, catalogue: Catalogue, limits: Thresholds
) -> None:
    sound(figure_item(name, with_coverage, covered, lao, catalogue, limits))


@pytest.mark.parametrize("name", ITEMS)
def test_long_lao_labels_are_wrapped(name: str, items: Maker) -> None:
    rows = items[name].rows
    # The places of a curve are numbers; its parts have names.
    column = "series_label" if name == "F33" else "row_label"
    sound(replace(items[name], rows=rows.assign(**{column: [f"{LAO} {row}"[:110] for row in rows["row"]]})))


@pytest.mark.parametrize("name", ITEMS)
@pytest.mark.parametrize("flag", ["u and x", ":c"])
def test_flagged_and_hidden_values_are_drawn(name: str, flag: str, items: Maker) -> None:
    rows = items[name].rows.assign(flag=flag)
    if flag == "u and x":
        rows["flag"] = np.resize(["u", "x"], len(rows))
    rows.loc[rows["flag"] != "u", ["estimate", "low", "high", "bound_low", "bound_high"]] = np.nan
    figure = draw(replace(items[name], rows=rows))
    boxes = text_boxes(figure)
    assert clipped(figure, boxes) == []
    assert overlapping(boxes) == []
    if flag == ":c" and name != "F26":
        assert ":c" in " ".join(words for words, _ in boxes)


@pytest.mark.parametrize("name", ["F24", "F26", "F27", "F28"])
def test_one_row_is_enough(name: str, items: Maker) -> None:
    rows = items[name].rows
    sound(
        replace(
            items[name],
            rows=rows[(rows["row"] == rows["row"].iloc[0]) | (rows["part"] == "alone")].reset_index(drop=True),
        )
    )


def test_unreliable_cells_of_the_heat_map_are_hatched_and_no_others(items: Maker) -> None:
    rows = items["F27"].rows.assign(flag="")
    rows.loc[rows.index[10], "flag"] = "u"
    hatched = [
        p
        for ax in draw(replace(items["F27"], rows=rows)).axes
        for p in ax.patches
        if isinstance(p, Rectangle) and p.get_hatch()
    ]
    assert len(hatched) == 1


def test_a_heat_map_of_18_by_12_can_be_read_and_a_longer_one_repeats_its_heads(items: Maker) -> None:
    def grid(height: int, width: int) -> FigureItem:
        cells = [(r, c) for r in range(height) for c in range(width)]
        base = items["F27"].rows.iloc[[5] * len(cells)].reset_index(drop=True)
        return replace(items["F27"], rows=base.assign(
            row=[f"r{r}" for r, _ in cells], row_label=[f"Region number {r}" for r, _ in cells], series=[f"c{c}" for _, c in cells],
            series_label=[f"Industry {c}" for _, c in cells],
        ))  # fmt: skip

    sound(grid(18, 12))
    sound(grid(1, 1))
    words = [text for text, _ in text_boxes(draw(grid(30, 12)))]
    assert words.count("11") + words.count("Industry 11") >= 2


def test_what_is_not_shown_of_a_full_bar_is_left_open_and_named(items: Maker) -> None:
    whole = items["F26"].rows[lambda rows: rows["row"] == "_T"].reset_index(drop=True)
    part = whole.copy()
    part.loc[part["series"] == "take_up_gap", ["estimate", "flag"]] = [np.nan, ":c"]

    def words(rows: pd.DataFrame) -> list[str]:
        return [text for text, _ in text_boxes(draw(replace(items["F26"], rows=rows)))]

    assert "Not shown" in words(part)
    assert "Not shown" not in words(whole)
    over = part.copy()
    largest = over.loc[over["part"] == "main", "estimate"].idxmax()
    over["bound_high"] = over["bound_high"].where(over.index == largest, 9.0)
    over = over.assign(estimate=np.nan, flag="b")
    over.loc[largest, "bound_low"] = 91.0
    assert "> 91" in words(over)
    assert "Not shown" not in words(over)
    # One class under a bound is what is left of the bar, which the others do not fill.
    one = whole[whole["part"] == "main"].iloc[[0, 1]].assign(estimate=[80.0, np.nan], bound_high=[np.nan, 21.0])
    assert "< 21" in words(one)


def test_the_line_of_convention_102_stands_in_the_panel_of_employees_only(items: Maker) -> None:
    figure = draw(items["F25"])
    assert [text.get_text() for text in figure.texts].count("C102: 50 %") == 1
    panels = [
        ax
        for ax in figure.axes
        if any(abs(line.get_xdata()[0] - 50) < 1e-9 and line.get_linestyle() != "-" for line in ax.lines)
    ]
    assert len(panels) == 1
    assert items["F25"].options["lines"] == {"1": 50.0}


def test_an_interval_of_a_scenario_is_drawn_only_with_its_range(items: Maker) -> None:
    def lines(item: FigureItem) -> int:
        return sum(len(ax.lines) for ax in draw(item).axes)

    rows = items["F35"].rows
    without = replace(items["F35"], rows=rows[rows["series"].isin(["", "central"])].reset_index(drop=True))
    # Three gains and the sum lose a line and its two caps; what rests on no assumption keeps its own.
    assert lines(items["F35"]) - lines(without) == 3 * 4


def test_a_loss_needs_both_steps(items: Maker) -> None:
    def losses(rows: pd.DataFrame) -> int:
        words = [text.get_text() for ax in draw(replace(items["F29"], rows=rows)).axes for text in ax.texts]
        return sum("thousand" in word for word in words)

    rows = items["F29"].rows.copy()
    whole = losses(rows)
    rows.loc[rows["row"] == "contract", ["estimate", "low", "high", "flag"]] = [np.nan, np.nan, np.nan, "x"]
    assert losses(rows) == whole - 2


@pytest.mark.parametrize(("largest", "top"), [(573, 600), (661, 800), (54, 60), (1, 1), (0.3, 0.3), (0, 1)])
def test_scales_end_at_a_round_number(largest: float, top: float) -> None:
    upper, ticks = scale_of([largest])
    assert upper == pytest.approx(top)
    assert 3 <= ticks <= 8


def test_the_legend_names_the_parts_that_can_be_seen(items: Maker) -> None:
    item = items["F26"]
    main = item.rows["part"] == "main"
    first, *_, last = dict.fromkeys(item.rows.loc[main, "series"])
    labels = item.rows[main].drop_duplicates("series").set_index("series")["series_label"]

    def words(rows: pd.DataFrame) -> set[str]:
        return {text for text, _ in text_boxes(draw(replace(item, rows=rows)))}

    of_last = main & (item.rows["series"] == last)
    nobody = item.rows.assign(estimate=item.rows["estimate"].mask(of_last, 0.0))
    assert labels[first] in words(nobody)
    assert labels[last] not in words(nobody)
    flags = item.rows["flag"].mask(main & item.rows["estimate"].notna(), "")
    assert "Unreliable" not in words(item.rows.assign(flag=flags))
    one = main & (item.rows["series"] == first) & (item.rows["row"] == "_T")
    assert "Unreliable" in words(item.rows.assign(flag=flags.mask(one, "u")))
