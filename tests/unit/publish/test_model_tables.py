from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import yaml
from unit.publish import fake_hub, fake_models

from informality.publish.card import Card, read_card
from informality.publish.catalogue import Catalogue
from informality.publish.model_tables import model_table, reason_about, term_label
from informality.publish.models import prepared_models
from informality.publish.publish import publish
from informality.publish.select import NotMade
from informality.publish.tables import TableItem
from informality.publish.text import Texts
from informality.publish.workbook import workbook
from informality.settings import Thresholds

REPORT = Path(__file__).parents[3] / "workflow" / "report"


@pytest.fixture(scope="module")
def logit(models: pd.DataFrame, card: Card, texts: Texts, catalogue: Catalogue, limits: Thresholds) -> TableItem:
    return made("informal_employees", models, card, texts, catalogue, limits)


@pytest.fixture(scope="module")
def split(models: pd.DataFrame, card: Card, texts: Texts, catalogue: Catalogue, limits: Thresholds) -> TableItem:
    return made("informal_women_men", models, card, texts, catalogue, limits)


def made(
    model: str, models: pd.DataFrame, card: Card, texts: Texts, catalogue: Catalogue, limits: Thresholds
) -> TableItem:
    item, entry = next((i, e) for i, e in catalogue.models.items() if e.model == model)
    return model_table(item, entry, prepared_models(models), card, texts, limits)


def row(table: TableItem, *keys: str) -> tuple:
    return next(row[len(keys) :] for row in table.rows if row[: len(keys)] == keys)


def test_a_row_a_level_with_the_reference_in_its_place(logit: TableItem) -> None:
    assert [row[:2] for row in logit.rows] == [
        ("Sex", "Men"), ("Sex", "Women"),
        ("Education", "Basic"), ("Education", "Intermediate"), ("Education", "Advanced"),
        ("Marital status", "Single"), ("Marital status", "Married"), ("Marital status", "Cohabiting"), ("Marital status", "Widowed"),
    ]  # fmt: skip
    assert row(logit, "Sex", "Men") == ("1 (reference)", *[None] * 8, 2240.0)


def test_numbers_of_a_level_are_those_that_were_released(logit: TableItem, models: pd.DataFrame) -> None:
    women = models[(models["model"] == "informal_employees") & (models["level"] == "female")].set_index("statistic")
    odds, effect = women.loc["odds_ratio"], women.loc["effect"]
    expected = [odds["estimate"], odds["ci_low"], odds["ci_high"]]
    expected += [100 * effect[name] for name in ("estimate", "ci_low", "ci_high", "se")]
    expected += [100 * women.loc["effect_fixed_covariates", "se"]]
    found = row(logit, "Sex", "Women")
    # With the digits that are shown: two of ratios, one of points.
    assert found[:3] == pytest.approx(expected[:3], abs=0.00501)
    assert found[3:8] == pytest.approx(expected[3:], abs=0.0501)
    assert found[8:] == ("", 1800.0)


def test_hidden_levels_are_empty_and_flagged(logit: TableItem) -> None:
    assert row(logit, "Education", "Basic")[-2:] == ("u", 890.0)
    assert row(logit, "Education", "Advanced") == (*[None] * 8, "x", 920.0)
    assert row(logit, "Marital status", "Widowed") == (*[None] * 8, ":c", None)
    assert row(logit, "Marital status", "Cohabiting")[-1] == 230.0
    for words in (
        "“u”: unreliable, fewer than 50 persons on one side",
        "“x”: not shown, fewer than 30",
        "“:c” (confidential, not shown): fewer than 10 persons",
        "rounded; fewer than 30 have none",
    ):
        assert words in logit.caption.note


def test_joint_tests_and_persons_stand_below(logit: TableItem) -> None:
    tests, persons = logit.below
    assert [line[0] for line in tests.rows] == ["Sex", "Education", "Marital status"]
    assert tests.rows[1][3:5] == (2.0, 400.0)
    assert persons.rows == (
        ("In the model", "", 4040.0, ""),
        ("Not in its population", "Contributing family workers", 5200.0, ""),
        ("Not in its population", "Members of cooperatives, and workers not classifiable by status", None, ":c"),
        ("Answer not known", "Education", 40.0, ""),
        ("Left out, too few persons to compare", "Industry: Activities of households as employers", 120.0, ""),
        ("Primary sampling units in the model", "", 200.0, ""),
        ("Degrees of freedom", "", 400.0, ""),
    )


def test_a_decomposition_goes_from_the_means_to_the_characteristics(split: TableItem, models: pd.DataFrame) -> None:
    assert [row[:2] for row in split.rows] == [
        ("Share in informal employment", "Women"), ("Share in informal employment", "Men"),
        ("Difference", "Women minus men"),
        ("Accounted for", "All characteristics"), ("Accounted for", "Education"), ("Accounted for", "Marital status"),
        ("Difference not accounted for", "All characteristics"), ("Difference not accounted for", "Education"),
        ("Difference not accounted for", "Marital status"), ("Difference not accounted for", "Constant"),
    ]  # fmt: skip
    whole = models[(models["model"] == "informal_women_men") & (models["statistic"] == "difference")].iloc[0]
    expected = [100 * whole[name] for name in ("estimate", "ci_low", "ci_high", "se")]
    assert row(split, "Difference", "Women minus men")[:4] == pytest.approx(expected, abs=0.0501)
    # Levels are flagged, but are not in this table.
    assert "“u”: unreliable" not in split.caption.note


def test_logarithms_stay_as_they_are(
    models: pd.DataFrame, card: Card, texts: Texts, catalogue: Catalogue, limits: Thresholds
) -> None:
    earnings = models[models["model"] == "informal_women_men"].assign(model="earnings_women_men")
    table = made("earnings_women_men", earnings, card, texts, catalogue, limits)
    difference = earnings.loc[earnings["statistic"] == "difference", "estimate"].iloc[0]
    assert row(table, "Difference", "Women minus men")[0] == pytest.approx(difference, abs=0.000501)


@pytest.mark.parametrize(
    ("model", "reason", "about"),
    [
        ("covered_given_mandatory", "not_in_data", "social security cover, legal status of social security"),
        ("informal_independent_workers", "separated", "sex, industry"),
        ("earnings_women_men", "no_model", ""),
    ],
)
def test_a_model_that_is_not_there_says_why(
    model: str, reason: str, about: str,
    models: pd.DataFrame, card: Card, texts: Texts, catalogue: Catalogue, limits: Thresholds,
) -> None:  # fmt: skip
    with pytest.raises(NotMade) as problem:
        made(model, models, card, texts, catalogue, limits)
    assert problem.value.reason == reason
    assert texts.has(f"reason.{reason}")
    assert reason_about(problem.value, texts) == about


def test_a_model_without_residual_degrees_of_freedom_is_not_made(
    card: Card, texts: Texts, catalogue: Catalogue
) -> None:
    strict = Thresholds(model_least_df=401)
    with pytest.raises(NotMade, match="few_residual"):
        made("informal_employees", fake_models.published(strict), card, texts, catalogue, strict)


def test_products_and_squares_in_words(texts: Texts) -> None:
    assert term_label("sex:area", texts) == "sex × area"
    assert term_label("age^2", texts) == "age, squared"


def test_no_word_of_cause_or_of_unequal_treatment(texts: Texts, lao: Texts) -> None:
    words = {key: text.lower() for key, text in texts.words.items() if key.startswith(("models.", "model."))}
    for key, text in words.items():
        assert not any(word in text for word in ("cause", "effect", "discriminat", "impact", "determin")), key
        assert key in lao.words
    assert "factors associated with" in words["model.informal_employees.title"]
    assert words["models.not_accounted_for"] == "difference not accounted for"


def test_every_reason_for_which_there_is_no_model_has_words(texts: Texts) -> None:
    folder = REPORT.parent / "informality" / "estimate" / "models"
    sources = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    for reason in (
        "no_persons",
        "no_variation",
        "collinear",
        "separated",
        "not_converged",
        "too_few_psus",
        "no_variance",
    ):
        assert f'"{reason}"' in sources
        assert texts.has(f"reason.{reason}")
    excluded = yaml.safe_load((REPORT.parent / "models.yaml").read_text(encoding="utf-8"))["models"].values()
    for key in {key for model in excluded for key in model.get("excluded", {})}:
        assert texts.has(f"excluded.{key}")


def test_numbers_in_the_workbook_are_numbers(logit: TableItem, texts: Texts) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook([logit], "Heading", [], [], (), [], texts)))
    sheet = book[logit.item]
    rows = {row[:2]: row for row in sheet.iter_rows(values_only=True) if row[1]}
    assert rows["Sex", "Women"][2] == pytest.approx(row(logit, "Sex", "Women")[0])
    assert rows["Sex", "Men"][2] == "1 (reference)"
    assert isinstance(rows["Sex", "All levels together"][2], float)
    assert rows["Not in its population", "Contributing family workers"][2] == 5200
    notes = [line[0] for line in sheet.iter_rows(max_row=14, max_col=1, values_only=True) if line[0]]
    assert all(len(text) < 260 for text in notes), "a longer line would widen the printed page"


def test_models_are_on_the_page_and_in_the_workbook(
    tmp_path: Path,
    published: pd.DataFrame,
    models: pd.DataFrame,
    texts: Texts,
    lao: Texts,
    catalogue: Catalogue,
    limits: Thresholds,
) -> None:
    small = Catalogue(
        catalogue.folder, {}, {"T04": catalogue.tables["T04"]}, catalogue.models, declared=catalogue.declared
    )
    for language in (texts, lao):
        out = tmp_path / language.lang
        out.mkdir()
        report = publish(published, models, fake_hub.card(), language, small, out, thresholds=limits)
        page = (out / "index.html").read_text(encoding="utf-8")
        for key in ("model.informal_employees.title", "models.joint_tests", "models.who", "models.reference"):
            assert language.t(key) in page
        assert openpyxl.load_workbook(out / "tables.xlsx").sheetnames[1:-1] == ["T04", "T61", "T64"]
        assert [left.item for left in report.not_made] == ["T62", "T63", "T65", "T66", "ilostat.csv"]
    again = publish(published, models, fake_hub.card(), lao, small, out, thresholds=limits, previous=report.items)
    assert again.made == ()


def test_nothing_that_was_hidden_is_in_any_file(
    tmp_path: Path, published: pd.DataFrame, texts: Texts, catalogue: Catalogue, limits: Thresholds
) -> None:
    small = Catalogue(catalogue.folder, {}, {}, catalogue.models, declared=catalogue.declared)
    publish(published, fake_models.published(limits), fake_hub.card(), texts, small, tmp_path, thresholds=limits)
    lines = openpyxl.load_workbook(tmp_path / "tables.xlsx")["T61"].iter_rows(values_only=True)
    by_level = {line[:2]: line[2:10] for line in lines if line[1]}
    assert all(isinstance(value, float | int) for value in by_level["Sex", "Women"])
    for level in (("Marital status", "Widowed"), ("Education", "Advanced")):
        assert by_level[level] == (None,) * 8


def test_another_standard_is_not_taken_for_the_primary_one(
    models: pd.DataFrame, texts: Texts, catalogue: Catalogue, limits: Thresholds
) -> None:
    card = read_card(fake_hub.card(primary={"variant": "national", "concept": "national"}))
    with pytest.raises(NotMade, match="no_model"):
        made("informal_employees", models, card, texts, catalogue, limits)
