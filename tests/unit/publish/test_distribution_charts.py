"""Figures on who has informal jobs, where and with whom: what they show, and that nothing of it overlaps or is cut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import Rectangle
from unit.publish import fake_distribution, fake_hub
from unit.publish.extents import sound, text_boxes
from unit.publish.released import release

from informality.publish import style
from informality.publish.card import Card, read_card
from informality.publish.catalogue import Catalogue
from informality.publish.charts import draw, rendered
from informality.publish.figures import figure_item
from informality.publish.item import FigureItem
from informality.publish.select import Estimates, NotMade, prepared
from informality.publish.text import Texts
from informality.settings import Thresholds
from informality.vocabulary import SECTIONS

FONTS = Path(__file__).parents[3] / "workflow" / "report" / "fonts"
LAO = "ຜູ້ຢູ່ຊົນນະບົດທີ່ບໍ່ມີທາງເຂົ້າເຖິງໄດ້ຕະຫຼອດປີແລະກຳມະກອນໜ້າທີ່"
ITEMS = ["F07", "F09", "F10", "F11", "F13", "F14", "F15", "F16", "F17", "F18", "F19"]
# Of the kinds that are new with these figures.
NEW = ["F07", "F09", "F11", "F19"]
OTHERS = {"north": "Northern districts", "south": "Southern districts", "city": "The city"}
Items = dict[str, FigureItem]


@pytest.fixture(autouse=True)
def _drawing() -> Iterator[None]:
    with style.drawing(FONTS):
        yield


@pytest.fixture(scope="module")
def known() -> Card:
    return read_card(fake_distribution.card())


@pytest.fixture(scope="module")
def there(limits: Thresholds) -> Estimates:
    return prepared(release(fake_distribution.hub(), limits))


@pytest.fixture(scope="module")
def items(there: Estimates, known: Card, texts: Texts, catalogue: Catalogue, limits: Thresholds) -> Items:
    return {name: figure_item(name, there, known, texts, catalogue, limits) for name in ITEMS}


def relabelled(item: FigureItem, label: str) -> FigureItem:
    """With long labels of all rows and series."""
    rows = item.rows
    named = {row: f"{label} {at}"[:70] for at, row in enumerate(dict.fromkeys(rows["row"]))}
    parts = {part: f"{label} {part}"[:70] for part in dict.fromkeys(rows["series"]) if part}
    return replace(item, rows=rows.assign(row_label=rows["row"].map(named), series_label=[parts.get(part, "") for part in rows["series"]]))  # fmt: skip


@pytest.mark.parametrize("name", ITEMS)
def test_nothing_is_clipped_overlapping_or_rotated(name: str, items: Items) -> None:
    sound(items[name])


@pytest.mark.parametrize("name", ITEMS)
def test_lao_fits_too(
    name: str, there: Estimates, known: Card, lao: Texts, catalogue: Catalogue, limits: Thresholds
) -> None:
    sound(figure_item(name, there, known, lao, catalogue, limits))


@pytest.mark.parametrize("name", NEW)
def test_long_lao_labels_are_wrapped(name: str, items: Items) -> None:
    sound(relabelled(items[name], LAO))


@pytest.mark.parametrize("name", NEW)
@pytest.mark.parametrize("flags", [["u"], ["x", ":", ":c"]], ids=["flagged", "hidden"])
def test_flagged_and_hidden_values_are_drawn(name: str, flags: list[str], items: Items) -> None:
    rows = items[name].rows
    # Row by row, whose parts are hidden together.
    rows = rows.assign(flag=np.array(flags)[pd.factorize(rows["row"])[0] % len(flags)])
    if flags != ["u"]:
        rows = rows.assign(estimate=np.nan, low=np.nan, high=np.nan, bound_low=np.nan, bound_high=np.nan)
    words = sound(replace(items[name], rows=rows))
    for flag in dict.fromkeys(rows.loc[rows["part"] == "main", "flag"]):
        assert any(flag in word.split() or word.endswith(f" {flag}") for word in words), flag


@pytest.mark.parametrize("name", NEW)
@pytest.mark.parametrize(("side", "bound", "text"), [("bound_low", 97.0, "> 97"), ("bound_high", 3.0, "< 3")])
def test_bounded_shares_are_written_as_bounds(name: str, side: str, bound: float, text: str, items: Items) -> None:
    rows = items[name].rows.copy()
    some = (rows["part"] == "main") & (np.arange(len(rows)) % 3 == 1)
    rows.loc[some, ["estimate", "low", "high"]] = np.nan
    rows.loc[some, ["flag", side]] = ["b", bound]
    assert sound(replace(items[name], rows=rows)).count(text) >= int(some.sum())


@pytest.mark.parametrize("name", NEW)
def test_one_row_is_enough(name: str, items: Items) -> None:
    rows = items[name].rows
    last = rows.loc[rows["part"] == "main", "row"].iloc[-1]
    sound(replace(items[name], rows=rows[rows["row"] == last].reset_index(drop=True)))


@pytest.mark.parametrize("name", ["F07", "F11"])
def test_the_same_figure_gives_the_same_bytes(name: str, items: Items) -> None:
    """All figures of the demo are compared in tests/workflow."""
    assert rendered(items[name], FONTS) == rendered(items[name], FONTS)


def test_all_21_sections_stand_below_each_other_largest_first_and_unknown_last(items: Items) -> None:
    main = items["F09"].part("main")
    assert set(main["row"]) - {"_T", "_U"} <= set(SECTIONS)
    assert len(main) > 19
    assert (main["row"].iloc[0], main["row"].iloc[-1]) == ("_T", "_U")
    size = items["F09"].part("workers").set_index("row")["estimate"].reindex(main["row"]).iloc[1:-1].fillna(0)
    assert (np.diff(size) <= 0).all()


def test_persons_and_rate_stand_in_one_figure(items: Items) -> None:
    """Decision 29."""
    main = items["F09"].part("main")
    assert set(items["F09"].part("part")["row"]) == set(main["row"]) == set(items["F09"].part("workers")["row"])
    assert set(items["F07"].part("beside")["row"]) == set(items["F07"].part("main")["row"])
    assert (items["F07"].part("beside")["measure"] == "persons").all()


def test_a_bar_of_which_the_informal_part_is_not_shown_is_left_open(items: Items) -> None:
    rows = shown(items["F09"].rows)
    assert "How many are informal is not shown" not in sound(replace(items["F09"], rows=rows))
    hidden = (rows["part"] == "part") & (rows["row"] == "A")
    rows.loc[hidden, ["estimate", "low", "high", "flag"]] = [np.nan, np.nan, np.nan, ":c"]
    item = replace(items["F09"], rows=rows)
    assert "How many are informal is not shown" in sound(item)
    assert len([p for ax in draw(item).axes for p in ax.patches if p.get_hatch()]) == 1
    # Of whom nearly all are, that is told beside the bar.
    bounded = (rows["part"] == "main") & (rows["row"] == "A")
    rows.loc[bounded, ["estimate", "bound_low", "flag"]] = [np.nan, 97.0, "b"]
    words = sound(replace(items["F09"], rows=rows))
    assert "How many are informal is not shown" not in words


def shown(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of which all is known and reliable."""
    known = rows.groupby("row")["estimate"].transform(lambda some: some.notna().all())
    return rows[known].assign(flag="").reset_index(drop=True)


def test_bars_of_composition_stand_in_the_declared_order_and_add_up_to_all(items: Items) -> None:
    main = items["F07"].part("main")
    assert list(dict.fromkeys(main["row"])) == ["employed", "informal", "employed_formal"]
    assert main["series"].iloc[-1] != "_U"
    assert list(main.loc[main["row"] == "employed", "series"])[-1] == "_U"
    assert main.groupby("row")["estimate"].sum().to_numpy() == pytest.approx(100)


def test_many_rows_of_composition_have_no_grid_below(items: Items) -> None:
    item = items["F07"]
    few = [words for words, _ in text_boxes(draw(item))]
    row = item.rows[item.rows["row"] == "employed"]
    rows = [row.assign(row=f"r{at}", row_label=f"Row {at}") for at in range(21)]
    many = sound(replace(item, rows=pd.concat(rows, ignore_index=True)))
    assert any(word.startswith("(") for word in few)
    assert not any(word.startswith("(") for word in many)


def test_provinces_are_tiles_and_ranked_dots(items: Items) -> None:
    item = items["F11"]
    main = item.part("main")
    assert set(item.options["tiles"]) == set(fake_hub.REGIONS)
    values = main.loc[~main["strong"].astype(bool), "estimate"].dropna()
    assert (np.diff(values) <= 0).all()
    words = sound(item)
    assert words.count("VT") == 2
    figure = draw(item)
    tiles = [p for ax in figure.axes for p in ax.patches if isinstance(p, Rectangle)]
    assert len(tiles) >= 18


def test_where_intervals_overlap_the_note_says_so_and_nobody_is_called_the_worst(items: Items) -> None:
    item = items["F11"]
    assert "overlaps those of other regions" in item.caption.note
    first = item.part("main").sort_values("estimate")["row_label"].iloc[-1]
    assert first not in item.caption.alt
    assert first not in item.caption.note


def test_a_tile_without_estimate_says_so_and_an_unreliable_one_is_hatched(items: Items) -> None:
    rows = items["F11"].rows.copy()
    rows.loc[rows["row"] == "LA-VT", ["estimate", "low", "high", "flag"]] = [np.nan, np.nan, np.nan, ":c"]
    rows.loc[rows["row"] == "LA-SV", "flag"] = "u"
    rows = rows[rows["row"] != "LA-PH"]
    item = replace(items["F11"], rows=rows.reset_index(drop=True))
    words = sound(item)
    assert ":c" in words
    assert "–" in words
    hatched = [p for ax in draw(item).axes for p in ax.patches if p.get_hatch()]
    assert len(hatched) == 1


def test_regions_without_codes_are_dots_alone(texts: Texts, catalogue: Catalogue, limits: Thresholds) -> None:
    card = read_card(fake_distribution.card(levels={"region": OTHERS}))
    hub = prepared(release(fake_distribution.hub(OTHERS), limits))
    item = figure_item("F11", hub, card, texts, catalogue, limits)
    assert "ISO 3166-2" in item.caption.note
    assert "tiles" not in item.options
    sound(item)


def test_a_boundary_file_takes_the_place_of_the_tiles(
    tmp_path: Path, there: Estimates, known: Card, texts: Texts, catalogue: Catalogue, limits: Thresholds
) -> None:
    (tmp_path / "boundaries").mkdir()
    regions = list(fake_hub.REGIONS)
    (tmp_path / "boundaries" / "lao.geojson").write_text(squares(regions), encoding="utf-8")
    item = figure_item("F11", there, known, texts, replace(catalogue, folder=tmp_path), limits)
    assert set(item.options["shapes"]) == set(regions)
    assert "legal status of any territory" in item.caption.note
    sound(item)
    without = figure_item("F11", there, known, texts, catalogue, limits)
    assert item.digest("") != without.digest("")


def squares(codes: list[str]) -> str:
    """A boundary file of squares in a row of six."""
    import json

    def ring(at: int) -> list[list[float]]:
        x, y = 100 + at % 6, 15 + at // 6
        return [[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1], [x, y]]

    features = [
        {"type": "Feature", "properties": {"iso": code}, "geometry": {"type": "Polygon", "coordinates": [ring(at)]}}
        for at, code in enumerate(codes)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


@pytest.mark.parametrize(
    ("name", "variable", "reason"),
    [
        ("F14", "workplace", "not_asked"),
        ("F15", "books", "not_asked"),
        ("F16", "contract", "not_asked"),
        ("F19", "household", "no_household_key"),
    ],
)
def test_what_the_survey_lacks_is_not_made_and_the_reason_said(
    name: str, variable: str, reason: str, texts: Texts, catalogue: Catalogue, limits: Thresholds
) -> None:
    card = read_card(fake_distribution.card(not_available=[{"variable": variable, "reason": reason}]))
    hub = fake_distribution.hub()
    lacking = hub["indicator"].isin(["household_jobs", "contract_of_jobs"]) | ~hub[["workplace", "books"]].eq("_T").all(axis=1)  # fmt: skip
    with pytest.raises(NotMade) as problem:
        figure_item(name, prepared(release(hub[~lacking], limits)), card, texts, catalogue, limits)
    assert (problem.value.reason, problem.value.variables) == (reason, (variable,))


@pytest.mark.parametrize("name", NEW)
def test_nothing_that_may_be_shown_is_no_figure(
    name: str, known: Card, texts: Texts, catalogue: Catalogue, limits: Thresholds
) -> None:
    hub = fake_distribution.hub()
    few = hub.assign(n=hub["n"].clip(upper=4))
    with pytest.raises(NotMade):
        figure_item(name, prepared(release(few, limits)), known, texts, catalogue, limits)
    none = prepared(release(hub[hub["indicator"] == "employment"], limits))
    with pytest.raises(NotMade):
        figure_item(name, none, known, texts, catalogue, limits)


@pytest.mark.parametrize(("name", "dimension"), [("F09", "industry"), ("F11", "region"), ("F15", "books")])
def test_totals_alone_are_no_figure(
    name: str, dimension: str, known: Card, texts: Texts, catalogue: Catalogue, limits: Thresholds
) -> None:
    hub = fake_distribution.hub()
    totals = prepared(release(hub[hub[dimension] == "_T"], limits))
    with pytest.raises(NotMade) as problem:
        figure_item(name, totals, known, texts, catalogue, limits)
    assert dimension in problem.value.variables


def test_everybody_is_a_total_among_the_special_groups(items: Items) -> None:
    main = items["F18"].part("main")
    assert list(main.loc[main["strong"].astype(bool), "row"]) == ["all"]
    assert set(items["F18"].part("beside")["row"]) == set(main["row"])
    assert "all" not in items["F18"].options["shares"]


def test_a_group_that_the_survey_cannot_tell_leaves_the_rows_with_the_reason(
    known: Card, texts: Texts, catalogue: Catalogue, limits: Thresholds
) -> None:
    hub = fake_distribution.hub()
    gone = (hub["indicator"] == "special_groups") & (hub["category"] == "home_based")
    nothing = {"state": "not_asked", "estimate": np.nan, "ci_low": np.nan, "ci_high": np.nan, "n": 0.0, "n_event": 0.0}
    hub = hub.assign(**{name: hub[name].mask(gone, value) for name, value in nothing.items()})
    item = figure_item("F18", prepared(release(hub, limits)), known, texts, catalogue, limits)
    assert gone.any()
    assert "home_based" not in set(item.rows["row"])
    assert "street" in set(item.rows["row"])
    assert "Not shown: Home-based workers (not asked in this survey)." in item.caption.note
    assert "“:”" not in item.caption.note
