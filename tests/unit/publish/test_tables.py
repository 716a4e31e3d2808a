from __future__ import annotations

import itertools

import pandas as pd
import pytest
from unit.publish import fake_hub
from unit.publish.released import release

from informality.publish.card import read_card
from informality.publish.catalogue import Catalogue
from informality.publish.select import Estimates, NotMade, prepared
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
    assert column(table, "Informality rate (per cent)")[0] == 82.7


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


def of_numbers(measure: str, scale: float, **given: object) -> Estimates:
    """Rows of numbers as `estimate` writes them, made of the fake shares by sex and area."""
    hub = fake_hub.hub()
    shares = (hub["indicator"] == "informal") & (hub["statistic"] == "share") & (hub["variant"] == "icls17")
    rows = hub[shares & (hub["concept"] == "icls19") & (hub["assumption"] == "")]
    numbers = ["estimate", "se", "ci_low", "ci_high"]
    rows = rows.assign(n_same=20.0)
    parts = []
    for universe, statistic, category in itertools.product(
        given["universes"], given["statistics"], given["categories"]
    ):  # type: ignore[call-overload]
        keys = {"indicator": given["indicator"], "universe": universe, "statistic": statistic, "category": category}
        part = rows.assign(**keys, measure=measure, variant=given.get("variant", "icls17"))
        part[numbers] *= scale
        parts.append(part)
    return prepared(release(pd.concat(parts, ignore_index=True), Thresholds()))


def test_amounts_are_called_by_the_currency_and_every_head_is_different(request: pytest.FixtureRequest) -> None:
    """The median stands in a column of its own beside the mean."""
    both = {"indicator": "earnings", "universes": ["employees"], "variant": ""}
    mean = of_numbers("kip", 2e6, **both, statistics=["mean"], categories=[""])
    median = of_numbers("kip", 1e6, **both, statistics=["quantile"], categories=["p50"])
    frame = pd.concat([mean.frame, median.frame], ignore_index=True)
    hub = prepared(frame)
    table = built("T71", request, estimates=hub)
    heads = [c.head.replace("\u00a0", " ") for c in table.columns]
    assert len(set(heads)) == len(heads)
    assert "Lower limit (median, kip)" in heads
    assert column(table, "Mean monthly earnings (kip)")[0] == 1_650_000
    assert column(table, "Median monthly earnings (kip)")[0] == 827_000
    assert column(table, "n")[0] > 0


@pytest.mark.parametrize(("scale", "value", "decimals"), [(90.0, 74.4, 1), (5000.0, 4130.0, 0)])
def test_amounts_have_three_digits(request: pytest.FixtureRequest, scale: float, value: float, decimals: int) -> None:
    given = {"indicator": "earnings_by_job", "universes": ["employees_formal", "employees_informal"]}
    hub = of_numbers("guarani", scale, **given, statistics=["quantile"], categories=["p50"])
    table = built("T72", request, estimates=hub)
    head = "Median monthly earnings (guarani): employees with formal jobs"
    # A currency without a text keeps the survey's own word.
    found = column(table, head)[0]
    assert (found, found.decimals) == (value, decimals)
    assert "Flag (employees with formal jobs, median, guarani)" in [
        c.head.replace("\u00a0", " ") for c in table.columns
    ]


def test_hours_and_their_bands(request: pytest.FixtureRequest) -> None:
    hub = of_numbers(
        "hours", 40.0, indicator="hours", universes=["employed"], statistics=["mean"], categories=[""], variant=""
    )
    hours = built("T74", request, estimates=hub)
    assert column(hours, "Mean usual hours a week")[0] == 33.1
    given = {"indicator": "hours_band", "universes": ["employed_formal", "informal"], "statistics": ["share"]}
    bands = built("T75", request, estimates=of_numbers("share", 1.0, **given, categories=["0_14", "49_plus"]))
    assert list(dict.fromkeys(column(bands, "Category"))) == ["Under 15 hours", "49 hours and more"]
    assert column(bands, "Per cent of employment: formal jobs")[0] == 82.7


def test_hidden_numbers_are_empty_and_flagged(request: pytest.FixtureRequest, catalogue: Catalogue) -> None:
    table = built(named("informal_by", catalogue, [[], ["region"]]), request)
    row = next(row for row in table.rows if row[0] == "Xaysomboun")
    assert row[1:5] == (None, None, None, "x")
    # So few persons stand as a class.
    assert row[-1] == "<30"
    assert "“x”: fewer than 30 persons" in table.caption.note


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
    assert sum(row[3] for row in totals if not isinstance(row[3], str)) == pytest.approx(100, abs=0.3)
    assert "parts need not add up" in table.caption.note


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
