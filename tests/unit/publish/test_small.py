"""Levels and classes of too few persons, for which one row stands: in figures, on maps and in tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from unit.publish import fake_compared, fake_coverage, fake_distribution, fake_hub
from unit.publish.extents import sound
from unit.publish.released import release, together

from informality.publish import style
from informality.publish.card import Card, read_card
from informality.publish.catalogue import Catalogue
from informality.publish.charts import draw
from informality.publish.figure_entries import Selection
from informality.publish.figures import figure_item
from informality.publish.item import FigureItem, leaves_open, open_part
from informality.publish.select import CLASS, LEVEL, parts_of, prepared, rows_of
from informality.publish.tables import TableItem, table_item
from informality.publish.text import Texts
from informality.settings import Thresholds
from informality.vocabulary import OTHER, TOTAL

Figured = Callable[..., FigureItem]
SMALL = ("B", "D", "E")


@pytest.fixture(autouse=True)
def _drawing(catalogue: Catalogue) -> Iterator[None]:
    with style.drawing(catalogue.folder / "fonts"):
        yield


@pytest.fixture
def figured(texts: Texts, catalogue: Catalogue, limits: Thresholds) -> Figured:
    def make(name: str, hub: pd.DataFrame, card: dict[str, Any], words: Texts = texts) -> FigureItem:
        return figure_item(name, prepared(release(hub, limits)), read_card(card), words, catalogue, limits)

    return make


@pytest.fixture
def tabled(texts: Texts, catalogue: Catalogue, limits: Thresholds) -> Callable[..., TableItem]:
    def make(name: str, hub: pd.DataFrame, card: dict[str, Any]) -> TableItem:
        return table_item(name, prepared(release(hub, limits)), read_card(card), texts, catalogue, limits)

    return make


def test_one_row_stands_for_small_levels_and_is_the_last_but_for_what_is_not_known(
    figured: Figured, texts: Texts
) -> None:
    item = figured("F08", together(fake_hub.hub(), "industry", SMALL), fake_hub.card(not_available=[]))
    rows = item.rows["row"].tolist()
    assert not set(SMALL) & set(rows)
    assert rows[-2:] == [OTHER, "_U"]
    assert item.rows.loc[item.rows["row"] == OTHER, "row_label"].tolist() == [texts.t("common.other_levels")]
    assert "“Other, too few persons”: groups of fewer than 30 persons in the sample, together." in item.caption.note
    # It is not told as the highest or the lowest.
    assert "too few persons" not in item.caption.alt
    assert texts.t("common.other_levels").split(",")[0] in " ".join(sound(item))


def test_levels_of_which_no_other_row_is_there_stay(card: Card, limits: Thresholds) -> None:
    hub = together(fake_hub.hub(), "industry", SMALL)
    hub = hub[(hub["industry"] != OTHER) | (hub["statistic"] != "share")]
    rows = rows_of(prepared(release(hub, limits)), Selection(indicator="informal", by=["industry"]), card)
    assert set(SMALL) <= set(rows["industry"])


def test_each_kind_of_members_can_be_asked_for(card: Card, limits: Thresholds) -> None:
    hub = together(fake_hub.hub(), "sex", ("male",))
    hub = together(hub, "category", ("formal_sector:formal", "formal_sector:informal"), indicator="component")
    estimates = prepared(release(hub, limits))
    by_sex = Selection(indicator="informal", by=["sex"])
    assert rows_of(estimates, by_sex, card)["sex"].tolist() == [OTHER, "female"]
    assert set(rows_of(estimates, by_sex, card, members=[LEVEL])["sex"]) == {OTHER, "male", "female"}
    parts = Selection(indicator="component", split=["unit", "job"])
    assert "formal_sector" not in set(rows_of(estimates, parts, card, members=[LEVEL])["unit"])
    assert "formal_sector" in set(rows_of(estimates, parts, card, members=[CLASS])["unit"])


def test_joined_classes_are_so_in_all_of_their_parts() -> None:
    assert dict(parts_of(["a:b", OTHER], ["unit", "job"])) == {"unit": ["a", OTHER], "job": ["b", OTHER]}
    assert dict(parts_of([OTHER, "a>b"], ["split_in_force", "split"]))["split"] == [OTHER, "b"]
    assert dict(parts_of(["industry:_O"], ["dimension", "level"])) == {"dimension": ["industry"], "level": [OTHER]}


def test_an_axis_with_an_order_has_no_place_for_it_and_the_note_names_the_levels(figured: Figured) -> None:
    hub = together(fake_hub.hub(), "age_group", ("55_64", "65_plus"), sex="female")
    item = figured("F04", hub, fake_hub.card(not_available=[]))
    assert OTHER not in set(item.rows["row"])
    women = item.rows[(item.rows["series"] == "female") & item.rows["row"].isin(["55_64", "65_plus"])]
    assert women["estimate"].isna().all()
    assert "Not shown by themselves, too few persons in the sample: 55–64, Women; 65+, Women." in item.caption.note
    # The line breaks off: nothing is drawn between groups that are not shown.
    ends = [np.max(line.get_xdata()) for line in draw(item).axes[0].lines if len(line.get_xdata()) > 1]
    assert sorted(ends)[0] == 3.0


def bars(hub: pd.DataFrame) -> pd.DataFrame:
    """Classes of too few persons, others in each industry."""
    hub = together(hub, "category", ("covered_outside", "legal_gap"), indicator="split", industry="A")
    return together(hub, "category", ("to_verify", "unknown"), indicator="split", industry="C")


def test_each_bar_shows_its_own_classes_and_the_others_as_one_part(figured: Figured, texts: Texts) -> None:
    item = figured("F26", bars(fake_coverage.hub()), fake_coverage.card())
    main = item.part("main")
    parts = main.groupby("row")["series"].agg(set)
    assert OTHER in parts["A"] & parts["C"]
    assert "to_verify" in parts["A"] - parts["C"]
    assert "covered_outside" in parts["C"] - parts["A"]
    assert OTHER not in parts["_T"]
    # Nothing is left open because of a small part, and the part stands last, in grey.
    assert not leaves_open(main, ["row"])
    assert texts.t("figure_part.rest") not in sound(item)
    assert item.series[-1] == OTHER
    assert "which they are differs from row to row" in item.caption.note


def test_parts_whose_order_the_first_bar_does_not_know_stand_in_theirs(figured: Figured) -> None:
    hub = together(
        fake_compared.hub(), "category", ("0_14", "15_34"), indicator="hours_band", universe="employed_formal"
    )
    item = figured("F23", hub, fake_compared.card())
    assert item.series == ["0_14", "15_34", "35_39", "40_48", "49_plus", OTHER]
    sound(item)


def test_a_table_shows_the_sign_of_a_small_class_and_the_row_that_stands_for_it(
    tabled: Callable[..., TableItem], texts: Texts
) -> None:
    hub = together(fake_hub.hub(), "category", ("formal_sector:formal", "formal_sector:informal"), indicator="component", sex="female")  # fmt: skip
    table = tabled("T20", hub, fake_hub.card())
    by = {row[:3]: row for row in table.rows}
    assert by["Formal sector", "Formal jobs", "Women"][3:7] == (None, None, None, ":c")
    assert by["Formal sector", "Formal jobs", "Men"][3] == 16
    other = texts.t("common.other_classes")
    assert by[other, other, "Women"][3] == 20.6
    assert (other, other, "Men") not in by
    assert list(by)[-1][0] == other
    assert "together as “other”" in table.caption.note


def test_a_table_leaves_small_levels_out_for_the_row_that_stands_for_them(tabled: Callable[..., TableItem]) -> None:
    table = tabled("T11", together(fake_hub.hub(), "industry", SMALL), fake_hub.card(not_available=[]))
    labels = [row[0] for row in table.rows]
    assert labels[-2:] == ["Other, too few persons", "No answer"]
    assert "Mining and quarrying" not in labels
    assert "parts need not add up" in table.caption.note


def test_a_small_region_keeps_its_tile_and_stands_with_others_in_the_list(figured: Figured) -> None:
    hub = together(fake_distribution.hub(), "region", ("LA-XS", "LA-AT"))
    item = figured("F11", hub, fake_distribution.card())
    listed = item.part("main")["row"].tolist()
    assert listed[-1] == OTHER
    assert not {"LA-XS", "LA-AT"} & set(listed)
    assert item.part("few")["row"].tolist() == ["LA-AT", "LA-XS"]
    assert "too few persons in the sample: Attapeu; Xaysomboun." in item.caption.note
    assert sound(item).count(":c") == 2


def test_a_column_of_which_more_than_half_is_hidden_is_left_out_with_a_word(figured: Figured, texts: Texts) -> None:
    hub = fake_coverage.hub()
    few = (hub["indicator"] == "coverage_gap") & (hub["industry6"] == "construction") & (hub["region"] != "_T")
    item = figured("F27", hub.assign(n=hub["n"].mask(few, 12.0), n_event=hub["n_event"].mask(few, 6.0)), fake_coverage.card())  # fmt: skip
    assert "construction" not in set(item.rows["series"])
    assert texts.t("frame.mostly_hidden_note", levels="Construction") in item.caption.note


def test_a_breakdown_that_cannot_be_computed_is_named(figured: Figured) -> None:
    hub = fake_hub.hub()
    here = (hub["indicator"] == "informal") & (hub["area"] != TOTAL)
    item = figured("F02", hub.assign(state=hub["state"].mask(here, "not_computable")), fake_hub.card())
    assert "Not shown: area (cannot be computed from the questions of this survey)." in item.caption.note


def test_a_level_that_is_small_by_one_reading_only_has_its_sign_there(figured: Figured) -> None:
    hub = together(fake_coverage.hub(), "size", ("1_4",), indicator="compliance_rate", assumption="narrow", law=fake_coverage.LAW)  # fmt: skip
    item = figured("F28", hub, fake_coverage.card())
    small = item.rows[item.rows["row"] == "size:1_4"].set_index("series")
    assert small.loc["narrow", "flag"] == ":c"
    assert np.isfinite(small.loc["wide", "estimate"])


@pytest.mark.parametrize(
    ("estimates", "below", "above", "decimals", "rest"),
    [
        ([33, 33, 33], {}, {}, 0, 0.0),  # a per cent is lost by rounding
        ([16.4, 83.5], {}, {}, 1, 0.0),
        ([99.9, np.nan], {1: 0.1}, {}, 1, 0.0),
        ([60.0, np.nan], {}, {}, 1, 40.0),
        ([101.0, np.nan], {}, {}, 0, 0.0),
        ([np.nan, np.nan], {1: 9.0}, {0: 91.0}, 0, 0.0),  # what is beyond a bound is told beside it
        ([np.nan, np.nan, 2.0], {1: 3.0}, {0: 91.0}, 0, 0.0),
        ([np.nan, 2.0], {0: 66.0}, {0: 51.0}, 0, 47.0),
    ],
)
def test_rounding_and_bounds_leave_no_part_of_a_whole_open(
    estimates: list[float], below: dict[int, float], above: dict[int, float], decimals: int, rest: float
) -> None:
    at = range(len(estimates))
    parts = pd.DataFrame(
        {
            "estimate": estimates,
            "bound_low": [above.get(i, np.nan) for i in at],
            "bound_high": [below.get(i, np.nan) for i in at],
            "decimals": float(decimals),
        }
    )
    assert open_part(parts.itertuples()) == rest
