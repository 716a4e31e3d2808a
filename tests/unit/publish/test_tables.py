from __future__ import annotations

import pytest
from unit.publish import fake_hub

from informality.govern.release import release
from informality.publish.card import read_card
from informality.publish.catalogue import Catalogue
from informality.publish.select import NotMade, prepared
from informality.publish.tables import TableItem, table_item
from informality.settings import Thresholds


def built(name: str, request: pytest.FixtureRequest, **changes: object) -> TableItem:
    fixtures = {k: request.getfixturevalue(k) for k in ("estimates", "card", "texts", "catalogue", "limits")} | changes
    return table_item(name, *(fixtures[k] for k in ("estimates", "card", "texts", "catalogue", "limits")))


def named(text: str, catalogue: Catalogue, by: list[list[str]] | None = None) -> str:
    return next(i for i, t in catalogue.tables.items() if t.text == text and (by is None or t.over == by))


def column(table: TableItem, head: str) -> list:
    position = [c.head.replace("\u00a0", " ") for c in table.columns].index(head)
    return [row[position] for row in table.rows]


def test_estimate_interval_flag_and_n_stand_in_columns_of_their_own(
    request: pytest.FixtureRequest, catalogue: Catalogue
) -> None:
    table = built(named("informal_by", catalogue, [[], ["sex"]]), request)
    assert [c.head.replace("\u00a0", " ") for c in table.columns] == [
        "Sex",
        "Informality rate (per cent)",
        "Lower limit (per cent)",
        "Upper limit (per cent)",
        "Flag (per cent)",
        "Informal employment (persons)",
        "Lower limit (persons)",
        "Upper limit (persons)",
        "Flag (persons)",
        "n",
    ]
    assert column(table, "Sex") == ["Total", "Men", "Women"]
    assert column(table, "Informality rate (per cent)")[0] == pytest.approx(82.66)


def test_heads_are_unique_and_rows_have_a_cell_for_each(request: pytest.FixtureRequest, catalogue: Catalogue) -> None:
    for name in catalogue.tables:
        try:
            table = built(name, request)
        except NotMade:
            continue
        heads = [c.head for c in table.columns]
        assert len(set(heads)) == len(heads), name
        assert {len(row) for row in table.rows} == {len(heads)}
        keys = sum(c.key for c in table.columns)
        assert len({row[:keys] for row in table.rows}) == len(table.rows), name


def test_hidden_numbers_are_empty_and_flagged(request: pytest.FixtureRequest, catalogue: Catalogue) -> None:
    table = built(named("informal_by", catalogue, [[], ["region"]]), request)
    row = next(row for row in table.rows if row[0] == "Xaysomboun")
    assert row[1:5] == (None, None, None, "x")
    assert row[-1] == 19 or row[-1] < 30
    assert "x: fewer than 30 persons" in table.caption.note


def test_margins_of_a_cross_stand_beside_its_cells(request: pytest.FixtureRequest, catalogue: Catalogue) -> None:
    table = built(named("informal_by", catalogue, [[], ["sex"], ["area"], ["sex", "area"]]), request)
    assert [row[:2] for row in table.rows] == [
        ("Total", "Total"), ("Total", "Urban"), ("Total", "Rural"),
        ("Men", "Total"), ("Men", "Urban"), ("Men", "Rural"),
        ("Women", "Total"), ("Women", "Urban"), ("Women", "Rural"),
    ]  # fmt: skip
    assert "sex × area" in table.caption.title


def test_several_breakdowns_below_each_other(request: pytest.FixtureRequest, catalogue: Catalogue) -> None:
    table = built(named("informal_overview", catalogue), request)
    assert [row[:2] for row in table.rows][:5] == [
        ("Total", "Total"), ("Sex", "Men"), ("Sex", "Women"), ("Area", "Urban"), ("Area", "Rural"),
    ]  # fmt: skip


def test_components_have_unit_and_job(request: pytest.FixtureRequest, catalogue: Catalogue) -> None:
    table = built(named("components", catalogue), request)
    assert [c.head for c in table.columns][:3] == ["Production unit", "Job", "Sex"]
    assert table.rows[0][:3] == ("Formal sector", "Formal jobs", "Total")
    totals = [row for row in table.rows if row[2] == "Total"]
    assert [row[3] for row in totals if isinstance(row[3], str)] == ["< 1"]
    assert sum(row[3] for row in totals if not isinstance(row[3], str)) == pytest.approx(99.96)


def test_standards_are_marked_provisional(request: pytest.FixtureRequest, catalogue: Catalogue) -> None:
    table = built(named("standards", catalogue), request)
    assert table.caption.marks == ("SIMULATED DATA", "PROVISIONAL")
    assert "provisional" in table.caption.note
    assert {row[0] for row in table.rows} == {"17th ICLS", "21st ICLS (provisional)"}


def test_subtitles_name_what_all_rows_share(request: pytest.FixtureRequest, catalogue: Catalogue) -> None:
    lines = {
        text: built(named(text, catalogue), request).caption.subtitle
        for text in ("employment", "standards", "concepts", "components")
    }
    assert lines["employment"] == "Employment. 19th ICLS employment concept. Lao PDR, 2017."
    assert lines["standards"] == "Informal employment. 19th ICLS employment concept. Lao PDR, 2017."
    assert lines["concepts"] == "Informal employment. 17th ICLS standard. Lao PDR, 2017."
    assert "17th ICLS standard, 19th ICLS employment concept" in lines["components"]


def test_options_and_concepts_and_bounds(request: pytest.FixtureRequest, catalogue: Catalogue) -> None:
    options = built(named("options", catalogue), request)
    assert len({row[0] for row in options.rows}) == 3
    concepts = built(named("concepts", catalogue), request)
    assert {row[0] for row in concepts.rows} == {"19th ICLS employment concept", "13th ICLS employment concept"}
    bounds = built(named("bounds", catalogue), request)
    assert "Where not computable, all taken as formal" in {cell for row in bounds.rows for cell in row}


def test_one_variant_alone_compares_nothing(request: pytest.FixtureRequest, catalogue: Catalogue) -> None:
    card = read_card(fake_hub.card(pairs=[{"variant": "icls17", "concept": "icls19"}]))
    for text in ("standards", "concepts", "options"):
        with pytest.raises(NotMade, match="nothing_to_compare"):
            built(named(text, catalogue), request, card=card)


def test_what_the_survey_did_not_ask_is_a_reason(
    request: pytest.FixtureRequest, catalogue: Catalogue, limits: Thresholds
) -> None:
    card = read_card(fake_hub.card(not_available=[{"variable": "settlement", "reason": "not_asked"}]))
    hub = prepared(release(fake_hub.hub(without=("settlement",)), limits))
    with pytest.raises(NotMade, match="not_asked"):
        built(named("informal_by", catalogue, [[], ["settlement"]]), request, card=card, estimates=hub)
    sector = built(named("informal_sector", catalogue), request, card=card, estimates=hub)
    assert "type of settlement (not asked in this survey)" in sector.caption.note


def test_values_by_definition_say_so(request: pytest.FixtureRequest, catalogue: Catalogue) -> None:
    table = built(named("informal_by", catalogue, [[], ["status"]]), request)
    row = next(row for row in table.rows if row[0] == "Contributing family workers")
    assert row[1:5] == (100.0, None, None, "by definition")
