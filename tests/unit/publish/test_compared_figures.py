from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from unit.publish import fake_compared, fake_coverage
from unit.publish.released import release

from informality.errors import UserError
from informality.publish.card import read_card
from informality.publish.catalogue import Catalogue, load_catalogue
from informality.publish.edition import Edition, _figures
from informality.publish.figures import figure_item
from informality.publish.item import FigureItem
from informality.publish.models import prepared_models
from informality.publish.select import NotMade, prepared
from informality.publish.text import Texts
from informality.settings import Thresholds

REPORT = Path(__file__).parents[3] / "workflow" / "report"
Built = Callable[..., FigureItem]


@pytest.fixture(scope="module")
def released(limits: Thresholds) -> pd.DataFrame:
    return release(fake_compared.hub(), limits)


@pytest.fixture(scope="module")
def released_models(limits: Thresholds) -> pd.DataFrame:
    return prepared_models(fake_compared.models(limits))


@pytest.fixture
def built(
    released: pd.DataFrame, released_models: pd.DataFrame, texts: Texts, catalogue: Catalogue, limits: Thresholds
) -> Built:
    def make(
        name: str, rows: pd.DataFrame = released, models: pd.DataFrame | None = released_models, **card: object
    ) -> FigureItem:
        told = read_card(fake_compared.card(**card))
        return figure_item(name, prepared(rows), told, texts, catalogue, limits, None, models)

    return make


def test_percentiles_stand_beside_each_other_and_there_are_no_tails(built: Built) -> None:
    item = built("F20")
    assert item.options["panels"] == {"0": "Total", "1": "Men", "2": "Women"}
    assert item.rows.loc[item.rows["group"] == 0, "row"].tolist() == ["p10", "p25", "p50", "p75", "p90"] * 2
    assert item.rows["series"].unique().tolist() == ["employees_formal", "employees_informal"]
    assert {"low", "high"} <= set(item.rows.columns[item.rows.notna().all()])
    assert item.options["per"] == 1000.0
    assert item.labels["percent"] == "Thousand kip"


@pytest.mark.parametrize(
    ("scale", "per", "median"), [(400.0, 1.0, "360 ("), (12.0, 1.0, "10.8 ("), (2e6, 1000.0, "1,800 (")]
)
def test_amounts_are_written_in_a_unit_that_can_be_read_with_three_digits(
    scale: float, per: float, median: str, built: Built, limits: Thresholds
) -> None:
    item = built("F20", release(fake_compared.hub(scale), limits))
    assert item.options["per"] == per
    row = item.rows[(item.rows["row"] == "p50") & (item.rows["series"] == "employees_formal")].iloc[0]
    assert item.number(row, per=per).startswith(median)


def test_the_minimum_wage_is_told_with_its_source_and_marked_as_not_verified(built: Built) -> None:
    caption = built("F22").caption
    assert "900,000 kip a month since 2015-02-09 (a notice; not verified)" in caption.note
    assert caption.marks == ("SIMULATED DATA", "UNVERIFIED")
    assert "Law" not in caption.subtitle


@pytest.mark.parametrize(
    ("coverage", "reason"),
    [(None, "no_law"), (fake_coverage.coverage(law=None), "no_law"), (fake_coverage.coverage(), "no_minimum_wage")],
)
def test_without_a_minimum_wage_nobody_is_below_it(coverage: object, reason: str, built: Built) -> None:
    with pytest.raises(NotMade, match=reason):
        built("F22", coverage=coverage)


def test_bands_of_hours_are_whole_bars_with_short_and_long_hours_beside(built: Built) -> None:
    item = built("F23")
    main = item.part("main")
    whole = main.groupby(["group", "row"])["estimate"].sum()
    assert np.allclose(whole, 100)
    assert main["series"].unique().tolist() == ["0_14", "15_34", "35_39", "40_48", "49_plus"]
    for part in ("sum0", "sum1", "sum2"):
        assert len(item.part(part)) == len(whole) == 6
    assert item.part("sum2")["estimate"].tolist() == main.loc[main["series"] == "49_plus", "estimate"].tolist()


def test_a_sum_that_was_not_asked_is_left_out_and_told(built: Built, released: pd.DataFrame) -> None:
    rows = released[released["indicator"] != "underemployed"]
    item = built("F23", rows)
    assert item.options["sums"] == 2
    assert item.labels["sum1"] == "49 hours and more, per cent"
    assert "Not shown: Time-related underemployment" in item.caption.note


def test_marks_are_named_by_what_tells_them_apart(built: Built) -> None:
    item = built("F38")
    rows = item.rows
    concepts, standards = (rows.loc[rows["group"] == at] for at in (0, 1))
    assert item.options["panels"]["0"] == "Employment concept (17th ICLS)"
    assert item.options["panels"]["1"] == "Standard (19th ICLS employment concept)"
    assert concepts["series_label"].unique().tolist() == [
        "13th ICLS employment concept",
        "19th ICLS employment concept",
    ]
    assert standards["series_label"].unique().tolist() == ["17th ICLS", "21st ICLS (provisional)"]
    # The data behind the figure say of every number by which rules it was made.
    assert set(zip(rows["variant"], rows["concept"], strict=True)) == {
        ("icls17", "icls13"),
        ("icls17", "icls19"),
        ("icls21", "icls19"),
    }


def test_a_provisional_standard_marks_the_figure_and_what_is_not_there_is_told(built: Built) -> None:
    caption = built("F38").caption
    assert "PROVISIONAL" in caption.marks
    assert "Standard and national definition (the survey has only one" in caption.note
    assert "17th ICLS standard" not in caption.subtitle


def test_a_survey_with_one_standard_has_nothing_to_compare(built: Built) -> None:
    with pytest.raises(NotMade, match="nothing_to_compare"):
        built("F38", pairs=[{"variant": "icls17", "concept": "icls19"}])


def test_models_of_cover_name_no_standard_of_informality(
    built: Built, released: pd.DataFrame, texts: Texts, catalogue: Catalogue, limits: Thresholds
) -> None:
    models = prepared_models(fake_compared.of_mandatory(limits))
    card = read_card(fake_coverage.card())
    item = figure_item("F32", prepared(released), card, texts, catalogue, limits, None, models)
    assert "ICLS standard" not in item.caption.subtitle
    assert "17th ICLS standard" in built("F31").caption.subtitle


def test_effects_stand_under_their_terms_with_the_reference_in_its_place(built: Built) -> None:
    item = built("F31")
    rows = item.rows
    education = rows[rows["row"].str.startswith("education=")]
    assert education["row"].tolist() == ["education=basic", "education=intermediate"]
    assert education["flag"].tolist() == ["u", "reference"]
    assert {item.options["terms"][row] for row in education["row"]} == {"Education"}
    # Hidden in the only model: named below, not drawn.
    assert "Without an estimate (too few persons in the sample to compare): Advanced; Widowed." in item.caption.note
    assert "T61" in item.caption.note
    assert "Employers and own-account workers" in item.caption.note
    # Associations only (decision 24).
    assert not [word for word in ("cause", "effect", "discriminat") if word in f"{item.caption}".lower()]


def test_a_difference_is_told_in_per_cent_of_the_second_group(built: Built, released_models: pd.DataFrame) -> None:
    rows = built("F21").rows
    mine = released_models[
        (released_models["model"] == "earnings_women_men") & (released_models["statistic"] == "difference")
    ]
    shown = rows[(rows["series"] == "earnings_women_men") & (rows["row"] == "difference")].iloc[0]
    for column, value in (("estimate", "estimate"), ("low", "ci_low"), ("high", "ci_high")):
        assert shown[column] == pytest.approx(100 * (np.exp(mine[value].iloc[0]) - 1), abs=0.51)
    # Of three digits of a logarithm there are no more in per cent.
    assert shown["decimals"] == 0
    assert shown["estimate"] == round(shown["estimate"])
    assert "discriminat" not in f"{built('F21').caption}".lower()


def test_what_one_model_has_and_the_other_has_not_is_marked_in_its_row(built: Built) -> None:
    rows = built("F21").rows
    marital = rows[rows["row"] == "accounted_for=marital"].set_index("series")
    assert marital.loc["earnings_formal_informal", "flag"] == "absent"
    assert marital.loc["earnings_women_men", "flag"] == ""
    assert rows.groupby("group")["row"].apply(tuple).nunique() == 1


def test_without_any_model_the_reason_is_told(built: Built) -> None:
    with pytest.raises(NotMade, match=r"not_in_data|not_asked"):
        built("F32")
    with pytest.raises(NotMade, match="no_model"):
        built("F31", models=None)


def test_what_no_survey_can_give_is_always_in_the_list(
    released: pd.DataFrame,
    released_models: pd.DataFrame,
    texts: Texts,
    lao: Texts,
    catalogue: Catalogue,
    limits: Thresholds,
) -> None:
    for words in (texts, lao):
        left: list = []
        edition = Edition(
            prepared(released), released_models, read_card(fake_compared.card()), words, catalogue, limits, "code"
        )
        assert not {figure.item for figure in _figures(edition, left)} & {"F30", "F39"}
        told = {one.item: one.reason for one in left}
        assert told["F30"] == words.t("reason.reasons_not_asked")
        assert told["F39"] == words.t("reason.no_panel")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("models: [covered_given_mandatory]", "models: [covered_given_mandatry]", "did you mean 'covered_given_mandatory'"),
        ("models: [covered_given_mandatory]", "models: [covered_given_mandatory, informal_women_men]", "not of one kind"),
        ("reason: no_panel", "reason: no panel", "the reason is a key"),
        ("series: standard\n    panels:\n      - text: concepts\n        data:\n          - &standard {indicator: informal, by: [sex], margin: true, variant: icls17,", "series: standard\n    panels:\n      - text: concepts\n        data:\n          - &standard {indicator: informal, by: [sex], margin: true,", "needs `variant` in all data"),
        ("rows: category\n    series: universe\n    each: sex", "rows: category\n    series: universe\n    each: area", "each: the data need 'area'"),
        ("rests_on: minimum_wage", "rests_on: wage", "rests_on"),
    ],
)  # fmt: skip
def test_an_entry_that_cannot_be_drawn_is_refused_with_its_place(
    old: str, new: str, message: str, tmp_path: Path
) -> None:
    folder = tmp_path / "report"
    folder.mkdir()
    for path in (*REPORT.glob("*.yaml"),):
        (folder / path.name).write_bytes(path.read_bytes())
    for name in ("estimates.yaml", "models.yaml"):
        (tmp_path / name).write_bytes((REPORT.parent / name).read_bytes())
    text = (folder / "figures.yaml").read_text(encoding="utf-8")
    assert old in text
    (folder / "figures.yaml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(UserError, match=message):
        load_catalogue(folder)


def test_a_model_of_those_whom_the_law_insures_names_the_law_and_carries_its_mark(
    released: pd.DataFrame, texts: Texts, catalogue: Catalogue, limits: Thresholds
) -> None:
    models = prepared_models(fake_compared.of_mandatory(limits))
    told = read_card(fake_compared.card())
    caption = figure_item("F32", prepared(released), told, texts, catalogue, limits, None, models).caption
    assert f"Law {fake_coverage.LAW}" in caption.subtitle
    assert "UNVERIFIED" in caption.marks
    assert "T63" in caption.note


@pytest.mark.parametrize(
    ("name", "indicator"),
    [("F20", "earnings_distribution"), ("F22", "below_minimum_wage"), ("F23", "hours_band"), ("F38", "informal")],
)
def test_without_rows_or_with_all_hidden_there_is_a_reason_and_no_empty_figure(
    name: str, indicator: str, built: Built, released: pd.DataFrame
) -> None:
    with pytest.raises(NotMade, match="no_estimates"):
        built(name, released[released["indicator"] != indicator])
    hidden = released.copy()
    mine = hidden["indicator"] == indicator
    hidden.loc[mine, "flag"] = "x"
    hidden.loc[mine, ["estimate", "ci_low", "ci_high", "bound_low", "bound_high"]] = np.nan
    with pytest.raises(NotMade, match="all_hidden"):
        built(name, hidden)


def test_a_survey_without_hours_says_so_and_names_no_breakdown(built: Built, released: pd.DataFrame) -> None:
    rows = released[~((released["indicator"] == "hours_band") & (released["sex"] != "_T"))].copy()
    mine = rows["indicator"] == "hours_band"
    rows.loc[mine, ["flag", "flag_reason"]] = [":", "not_computable"]
    rows.loc[mine, ["estimate", "ci_low", "ci_high"]] = np.nan
    with pytest.raises(NotMade) as refused:
        built("F23", rows)
    assert (refused.value.reason, refused.value.variables) == ("not_computable", ())
