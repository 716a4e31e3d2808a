from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from pandas import DataFrame
from unit.publish import fake_hub
from unit.publish.released import release

from informality.errors import UserError
from informality.publish.card import Card, Pair, read_card
from informality.publish.figure_entries import Selection
from informality.publish.select import Estimates, Keys, NotMade, levels_in_order, places_of, prepared, resolved, rows_of
from informality.settings import Thresholds
from informality.vocabulary import DIMENSIONS

PRIMARY = Pair(variant="icls17", concept="icls19")


def select(estimates: Estimates, *of: Any, **keys: Keys) -> DataFrame:
    return estimates.frame.take(places_of(estimates, *of, **keys))


def test_a_breakdown_leaves_all_other_dimensions_at_their_total(estimates: Estimates) -> None:
    rows = select(estimates, Selection(indicator="informal", by=["sex"]), ["sex"], PRIMARY)
    assert sorted(rows["sex"]) == ["female", "male"]
    assert (rows[[d for d in DIMENSIONS if d != "sex"]] == "_T").all(axis=None)


def test_the_margin_comes_when_asked_for(estimates: Estimates) -> None:
    rows = select(estimates, Selection(indicator="informal", by=["sex"], margin=True), ["sex"], PRIMARY)
    assert sorted(rows["sex"]) == ["_T", "female", "male"]


def test_bounds_and_other_variants_stay_out(estimates: Estimates) -> None:
    assert len(select(estimates, Selection(indicator="informal"), [], PRIMARY)) == 1
    bounds = select(
        estimates,
        Selection(indicator="informal"),
        [],
        Pair(variant="icls21", concept="icls19"),
        keys=Keys(assumption="as_formal"),
    )
    assert bounds["assumption"].tolist() == ["as_formal"]


def test_what_has_no_variant_is_found_for_every_variant(estimates: Estimates) -> None:
    rows = select(estimates, Selection(indicator="employment", universe="any"), [], PRIMARY)
    assert rows["variant"].tolist() == [""]


def test_another_universe_is_another_estimate(estimates: Estimates) -> None:
    assert select(estimates, Selection(indicator="informal", universe="employees"), [], PRIMARY).empty


def test_industry_is_the_grouping_of_the_survey() -> None:
    card = read_card(fake_hub.card(industry="industry_national"))
    assert resolved(["sex", "industry"], card) == ["sex", "industry_national"]


def test_the_reason_for_an_absent_breakdown_comes_from_the_card(limits: Thresholds) -> None:
    card = read_card(fake_hub.card(not_available=[{"variable": "settlement", "reason": "not_asked"}]))
    hub = prepared(release(fake_hub.hub(without=("settlement",)), limits))
    with pytest.raises(NotMade) as caught:
        rows_of(hub, Selection(indicator="informal", by=["settlement"]), card)
    assert (caught.value.reason, caught.value.variables) == ("not_asked", ("settlement",))


def test_not_computable_is_a_reason(card: Card, limits: Thresholds) -> None:
    hub = fake_hub.hub()
    hub.loc[hub["indicator"] == "informal", "state"] = "not_computable"
    with pytest.raises(NotMade, match="not_computable"):
        rows_of(prepared(release(hub, limits)), Selection(indicator="informal", by=["sex"]), card)


def test_all_hidden_is_a_reason(card: Card, limits: Thresholds) -> None:
    hub = prepared(release(fake_hub.hub(n=60), limits))
    with pytest.raises(NotMade, match="all_hidden"):
        rows_of(hub, Selection(indicator="informal", by=["region"]), card)


def test_strata_of_one_sampling_unit_are_the_reason_where_all_is_hidden(card: Card, limits: Thresholds) -> None:
    hub = prepared(release(fake_hub.hub(n=60), limits))
    lonely = card.model_copy(update={"n_strata": 30, "n_psu": 30})
    with pytest.raises(NotMade, match="lonely_design"):
        rows_of(hub, Selection(indicator="informal", by=["region"]), lonely)


def test_a_confidential_level_that_is_not_stated_is_not_an_empty_one(card: Card, limits: Thresholds) -> None:
    published = release(fake_hub.hub(), limits)
    there = (published["status"] == "_U") & (published["indicator"] == "informal") & (published["industry3"] == "_T")
    published.loc[there, ["flag", "n"]] = [":c", float("nan")]
    rows = rows_of(prepared(published), Selection(indicator="informal", by=["status"]), card)
    assert "_U" in set(rows["status"])


def test_categories_split_into_parts(estimates: Estimates, card: Card) -> None:
    rows = rows_of(estimates, Selection(indicator="component", split=["unit", "job"]), card)
    assert set(rows["unit"]) == {"formal_sector", "informal_sector", "household"}
    assert set(rows["job"]) == {"formal", "informal"}


def test_levels_have_the_order_of_the_vocabulary_or_the_card(card: Card) -> None:
    assert levels_in_order("education", ["_U", "basic", "less_than_basic", "odd", "_T"], card) == [
        "_T", "less_than_basic", "basic", "odd", "_U",
    ]  # fmt: skip
    assert levels_in_order("settlement", ["rural_no_road", "urban"], card) == ["urban", "rural_no_road"]


def test_categories_of_pandas_are_text(published: pd.DataFrame) -> None:
    coded = published.assign(sex=published["sex"].astype("category"), law=None)
    assert len(prepared(coded).drawers) == len(prepared(published).drawers)


def test_a_missing_column_is_named(published: pd.DataFrame) -> None:
    with pytest.raises(UserError, match="lack the column 'flag'"):
        prepared(published.drop(columns="flag"))
