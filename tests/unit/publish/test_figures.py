from __future__ import annotations

import pytest
from unit.publish import fake_hub
from unit.publish.released import release

from informality.publish.card import Card, read_card
from informality.publish.catalogue import Catalogue
from informality.publish.figures import figure_item
from informality.publish.item import FigureItem
from informality.publish.select import Estimates, NotMade, prepared
from informality.publish.text import Texts
from informality.settings import Thresholds


def built(name: str, request: pytest.FixtureRequest, **changes: object) -> FigureItem:
    fixtures = {k: request.getfixturevalue(k) for k in ("estimates", "card", "texts", "catalogue", "limits")} | changes
    return figure_item(name, *(fixtures[k] for k in ("estimates", "card", "texts", "catalogue", "limits")))


def test_ordered_by_estimate_with_total_first_hidden_then_unknown_last(request: pytest.FixtureRequest) -> None:
    rows = built("F08", request).rows
    assert rows["row_label"].iloc[0] == "Total"
    assert rows["row"].iloc[-1] == "_U"
    levels = rows.iloc[1:-1]
    shown = levels["estimate"].notna().to_numpy()
    assert shown.any()
    assert not shown.all()
    assert shown.tolist() == sorted(shown, reverse=True)
    assert levels.loc[shown, "estimate"].is_monotonic_decreasing


def test_levels_without_persons_are_named_in_the_note(request: pytest.FixtureRequest) -> None:
    item = built("F08", request)
    assert "U" not in set(item.rows["row"])
    assert "No persons in the sample: Extraterritorial organisations." in item.caption.note


def test_vocabulary_order_where_levels_have_one(request: pytest.FixtureRequest) -> None:
    assert built("F05", request).rows["row_label"].tolist() == [
        "Total",
        "Less than basic",
        "Basic",
        "Intermediate",
        "Advanced",
    ]


def test_parts_of_the_matrix_sum_to_a_hundred_and_total_has_its_complement(request: pytest.FixtureRequest) -> None:
    rows = built("F01", request).rows
    total, parts = rows[rows["row"] == "_T"], rows[rows["row"] != "_T"]
    # Seven persons of the sample are in one part: it has a bound, and the others sum to 100 but for less than that, and rounding.
    rest = 100 - parts["estimate"].sum()
    assert -0.3 <= rest <= parts["bound_high"].sum() == 1
    assert total["estimate"].sum() == pytest.approx(100)
    assert total["series"].tolist() == ["informal", "formal"]
    low, high = total["low"].tolist(), total["high"].tolist()
    assert low[1] == pytest.approx(100 - high[0])
    assert parts[parts["series"] == "informal"]["estimate"].sum() == pytest.approx(total["estimate"].iloc[0], abs=0.2)
    assert parts["flag"].tolist().count("b") == 1


def test_bars_beside_hold_persons_and_shares(request: pytest.FixtureRequest) -> None:
    item = built("F06", request)
    beside = item.part("beside")
    assert set(beside["measure"]) == {"persons"}
    employees = float(beside.loc[beside["row"] == "employee", "estimate"].iloc[0])
    total = float(beside.loc[beside["strong"].astype(bool), "estimate"].iloc[0])
    assert item.options["shares"]["employee"] == pytest.approx(employees / total * 100)


def test_captions_name_standard_source_and_flags(request: pytest.FixtureRequest) -> None:
    caption = built("F08", request).caption
    assert "17th ICLS standard, 19th ICLS employment concept. Lao PDR, 2017." in caption.subtitle
    assert "not an official estimate" in caption.source
    assert "“x”: fewer than 30 persons" in caption.note
    assert "Main job only." in caption.note
    assert caption.marks == ("SIMULATED DATA",)
    assert "82.7" in caption.alt


def test_a_missing_group_is_named_and_the_rest_is_made(request: pytest.FixtureRequest, limits: Thresholds) -> None:
    card = read_card(fake_hub.card(not_available=[{"variable": "area", "reason": "not asked"}]))
    hub = prepared(release(fake_hub.hub(without=("area",)), limits))
    item = built("F02", request, card=card, estimates=hub)
    assert "Not shown: area (not asked in this survey)." in item.caption.note
    assert "Men" in set(item.rows["row_label"])


def test_a_total_alone_is_no_figure(request: pytest.FixtureRequest, limits: Thresholds) -> None:
    card = read_card(fake_hub.card(not_available=[{"variable": "settlement", "reason": "not asked"}]))
    hub = prepared(release(fake_hub.hub(without=("settlement",)), limits))
    with pytest.raises(NotMade, match="not asked"):
        built("F12", request, card=card, estimates=hub)


def test_provisional_standards_mark_their_figures(request: pytest.FixtureRequest) -> None:
    card = read_card(fake_hub.card(primary={"variant": "icls17", "concept": "icls19"}, provisional_variants=["icls17"]))
    assert built("F05", request, card=card).caption.marks == ("SIMULATED DATA", "PROVISIONAL")


def test_broad_industries_of_a_national_classification_are_not_fully_comparable(
    request: pytest.FixtureRequest, limits: Thresholds
) -> None:
    card = read_card(fake_hub.card(industry="industry_national", levels={"industry_national": fake_hub.NATIONAL}))
    hub = prepared(release(fake_hub.hub(industry="industry_national"), limits))
    assert "not fully comparable" in built("F02", request, card=card, estimates=hub).caption.note
    assert "not fully comparable" not in built("F08", request, card=card, estimates=hub).caption.note
    assert "not fully comparable" not in built("F02", request).caption.note


def test_the_digest_follows_data_words_and_code(
    estimates: Estimates, card: Card, texts: Texts, lao: Texts, catalogue: Catalogue, limits: Thresholds
) -> None:
    item = figure_item("F05", estimates, card, texts, catalogue, limits)
    again = figure_item("F05", estimates, card, texts, catalogue, limits)
    assert item.digest("code") == again.digest("code")
    other = figure_item("F05", estimates, card, lao, catalogue, limits)
    wider = figure_item("F05", estimates, card, texts, catalogue, Thresholds(hide_below=20, flag_below=50))
    assert len({item.digest("code"), item.digest("other code"), other.digest("code")}) == 3
    assert wider.digest("code") == item.digest("code")
