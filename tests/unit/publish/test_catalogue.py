from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from informality.decisions import read_yaml
from informality.errors import UserError
from informality.publish.catalogue import Catalogue, load_catalogue
from informality.publish.text import Texts, load_texts

REPORT = Path(__file__).parents[3] / "workflow" / "report"


def copied(tmp_path: Path) -> Path:
    (tmp_path / "report").mkdir()
    for path in REPORT.glob("*.yaml"):
        shutil.copy(path, tmp_path / "report")
    for name in ("estimates.yaml", "models.yaml"):
        shutil.copy(REPORT.parent / name, tmp_path)
    return tmp_path / "report"


def test_the_figures_are_there(catalogue: Catalogue, texts: Texts, lao: Texts) -> None:
    first = [f"F{at:02}" for at in range(1, 20)]
    coverage = ["F24", "F25", "F26", "F27", "F28", "F29", "F33", "F34", "F35"]
    compared = ["F20", "F21", "F22", "F23", "F30", "F31", "F32", "F38", "F39", "F41"]
    assert list(catalogue.figures) == sorted([*first, *coverage, *compared])
    assert catalogue.file_stem("F08") == "F08-informality-by-industry"
    catalogue.check(texts)
    catalogue.check(lao)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "figures",
            "indicator: component_of_informal",
            "indicator: components_of_informal",
            "did you mean 'component_of_informal'",
        ),
        ("figures", "by: [education]", "by: [eduction]", "did you mean 'education'"),
        (
            "tables",
            "category: p50, universe: employees}",
            "category: p55, universe: employees}",
            "'earnings' has no category 'p55'",
        ),
        (
            "tables",
            "category: p50, universe: employees}",
            "category: p50, universe: employed}",
            "'earnings' is not declared among 'employed'",
        ),
        (
            "tables",
            "indicator: hours, statistic: mean",
            "indicator: hours, statistic: quantile",
            "no quantile of 'hours' is declared",
        ),
        ("figures", "kind: lines", "kind: line", "figures.F04"),
        ("figures", "order: estimate", "oder: estimate", "unknown key"),
        ("figures", "x: age_group", "x: age_grup", "did you mean 'age_group'"),
        ("figures", "slug: informality-by-education", "slug: Informality by education", "a slug has small letters"),
        ("figures", "slug: informality-by-education", "slug: informality-by-status", "the same slug"),
        ("figures", "F12:", "F12b:", "is not an item number like"),
        ("figures", "by: [education]", "by: [education, size, area]", "is not declared by education, size, area"),
        ("figures", "by: [size], reading: both", "by: [size], reading: all", "reading"),
        ("figures", "by: [size], reading: both", "by: [size], reading: wide", "a dumbbell compares two readings"),
        (
            "figures",
            "indicator: capacity,",
            "indicator: capacity, branch: each,",
            "'capacity' is not estimated for other branches",
        ),
        ("figures", "{indicator: take_up_class,", "{indicator: capacity, reading: narrow,", "in the narrow reading"),
        (
            "figures",
            "lines: {main_span_employees: employees}",
            "lines: {main_spam: employees}",
            "did you mean 'main_span'",
        ),
        ("figures", "indicator: scenario_gain_in_order", "indicator: scenario_gain_in_oder", "scenario_gain_in_order"),
        ("tables", "text: capacity", "text: capacity\n    law: each", "for other branches and laws"),
        ("tables", "T54: {kind: laws}", "T30: {kind: laws}", "is that of a table already"),
        (
            "tables",
            "{indicator: employment, statistic: share",
            "{indicator: employment, statistic: mean",
            "no mean of 'employment'",
        ),
        ("tables", "model: informal_employees", "model: informal_employes", "did you mean 'informal_employees'"),
        ("tables", "model: informal_employees", "model: informal_employees, unit: log", "which has no unit"),
        ("tables", "unit: log", "unit: logs", "unit"),
        ("tables", "T61:", "T30:", "is that of a table already"),
    ],
)
def test_a_wrong_entry_is_an_error_at_load(tmp_path: Path, file: str, old: str, new: str, message: str) -> None:
    folder = copied(tmp_path)
    path = folder / f"{file}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(UserError, match=message):
        load_catalogue(folder)


def test_an_entry_without_words_is_an_error(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    path = folder / "figures.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("F12:", "F36:"), encoding="utf-8")
    with pytest.raises(UserError, match=r"needs the text 'figure\.F36\.title'"):
        load_catalogue(folder).check(load_texts(folder, "en"))


def test_models_are_shown_as_they_are_declared(catalogue: Catalogue) -> None:
    entries = {entry.model: entry for entry in catalogue.models.values()}
    assert entries["informal_employees"].kind == "logit"
    assert entries["informal_employees"].terms[:3] == ("sex", "age_group", "area")
    assert {"industry", "industry_national", "region"} <= set(entries["informal_employees"].terms)
    assert entries["informal_women_men"].groups == ("female", "male")
    assert entries["earnings_women_men"].unit == "log"
    assert set(entries) == set(read_yaml(REPORT.parent / "models.yaml")["models"])
