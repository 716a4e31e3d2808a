from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml

from informality.errors import UserError
from informality.publish.catalogue import Catalogue, load_catalogue
from informality.publish.finding_entries import EVERYWHERE, SECTIONS, Condition, FindingEntry, Findings
from informality.publish.text import Texts, load_texts

REPORT = Path(__file__).parents[3] / "workflow" / "report"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "report").mkdir()
    for path in REPORT.glob("*.yaml"):
        shutil.copy(path, tmp_path / "report")
    for name in ("estimates.yaml", "models.yaml"):
        shutil.copy(REPORT.parent / name, tmp_path)
    return tmp_path / "report"


def changed(folder: Path, file: str, old: str, new: str) -> Path:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def test_every_section_has_findings_and_every_finding_its_words(catalogue: Catalogue, texts: Texts, lao: Texts) -> None:
    assert {entry.section for entry in catalogue.findings.findings.values()} == set(SECTIONS)
    catalogue.findings.check(texts)
    catalogue.findings.check(lao)


def test_what_is_the_same_is_said_before_what_would_say_it_twice(catalogue: Catalogue) -> None:
    for entry in catalogue.findings.findings.values():
        equal = [any(condition.equals for condition in wording) for wording in entry.wordings.values()]
        assert equal == sorted(equal, reverse=True)


def test_findings_stand_in_the_order_of_the_sections(catalogue: Catalogue) -> None:
    places = [SECTIONS.index(entry.section) for entry in catalogue.findings.findings.values()]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("rate: {indicator: informal}", "rate: {indicator: informl}", "did you mean 'informal'"),
        ("rate: {indicator: informal}", "rate: {indicator: informal, statistic: mean}", "no mean of 'informal'"),
        ("{indicator: informal, at: {sex: female}}", "{indicator: informal, at: {sex: femal}}", "did you mean 'female'"),
        ("{indicator: informal, at: {sex: female}}", "{indicator: informal, at: {sx: female}}", "did you mean 'sex'"),
        ("at: {age_group: \"15_24\"}", "at: {age_group: \"15_24\", area: rural}", "not declared by age_group, area"),
        ("plus: female, minus: male}", "plus: male, minus: female}", "is not compared by sex, male with female"),
        ("plus: female, minus: male}", "plus: female, minus: male, within: {education: basic}}", "within education"),
        ("universe: employees}", "universe: employes}", "did you mean 'employees'"),
        ("category: missing_middle,", "category: missing_midle,", "did you mean 'missing_middle'"),
        ("reading: narrow}", "reading: both}", "reading"),
        ("{indicator: take_up_class,", "{indicator: capacity, reading: narrow,", "in the narrow reading"),
        ("largest: industry}", "largest: industri}", "did you mean 'industry'"),
        ("largest: industry}", "largest: industry, smallest: industry}", "exclude each other"),
        ("variant: icls17, concept: icls13}", "variant: icls17, concept: icls14}", "is not an employment concept"),
        ("within: [88, 92]", "within: [92, 88]", "a lower and an upper end"),
        ("{value: rate, above: 50}", "{value: rat, above: 50}", "no value 'rat' here; did you mean 'rate'"),
        ("{value: rate, above: 50}", "{value: rate}", "say what has to hold"),
        ("{value: rate, above: 50}", "{value: rate, shows: higher}", "is of a difference"),
        ("{value: rate, above: 50}", "{value: rate, apart: true}", "the 'largest' or 'smallest' of several"),
        ("{difference: gap, shows: higher}", "{difference: gap, shows: bigger}", "shows"),
        ("{difference: gap, shows: higher}", "{difference: gap, value: women, shows: higher}", "of one 'value' or of one"),
        ("item: F02", "item: F99", "there is no figure or table 'F99'"),
        ("section: level", "section: levels", "did you mean 'level'"),
        ("N01:", "N1:", "is not a number like N01"),
        ("    section: level", "    sectoin: level", "unknown key"),
    ],
)  # fmt: skip
def test_a_wrong_entry_is_an_error_at_load(folder: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        load_catalogue(changed(folder, "findings.yaml", old, new))


def test_a_comparison_that_is_not_declared_names_those_that_are(folder: Path) -> None:
    with pytest.raises(UserError, match=r"declare the difference in estimates\.yaml; declared are: sex female - male"):
        load_catalogue(changed(folder, "findings.yaml", "plus: female, minus: male", "plus: male, minus: female"))


def test_a_missing_sentence_is_an_error_at_start(folder: Path) -> None:
    changed(folder, "findings.yaml", "most: [{value: rate", "more: [{value: rate")
    with pytest.raises(UserError, match=r"findings\.yaml needs the text 'finding\.N01\.more'"):
        load_catalogue(folder).check(load_texts(folder, "en"))


def test_a_missing_title_is_an_error_at_start(folder: Path) -> None:
    changed(folder, "text.en.yaml", "    title: Share of informal employment\n", "")
    with pytest.raises(UserError, match=r"finding\.N01\.title"):
        load_catalogue(folder).check(load_texts(folder, "en"))


def test_a_placeholder_that_nothing_fills_is_an_error_at_start(folder: Path) -> None:
    changed(folder, "text.en.yaml", "in informal employment: {rate} per cent", "in informal employment: {rat} per cent")
    with pytest.raises(UserError, match=r"nothing is known as \{rat\}(.|\n)*did you mean 'rate'"):
        load_catalogue(folder).check(load_texts(folder, "en"))


def test_the_example_of_the_how_to_is_whole(catalogue: Catalogue) -> None:
    page = (REPORT / "README.md").read_text(encoding="utf-8")
    entry, sentences = (yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)[:2])
    finding = Findings(findings=entry).findings["N30"]
    assert set(sentences["finding"]["N30"]) == {"title", *finding.wordings}
    for words in sentences["finding"]["N30"].values():
        assert set(re.findall(r"\{(\w+)\}", words)) <= set(finding.placeholders())
    assert finding.item in catalogue.figures


def test_the_how_to_explains_every_key_and_placeholder(catalogue: Catalogue) -> None:
    page = (REPORT / "README.md").read_text(encoding="utf-8")
    for key in (*FindingEntry.model_fields, *Condition.model_fields, *SECTIONS):
        assert key in page, key
    value = next(v for v in catalogue.findings.findings["N08"].values.values() if v.sought)
    difference = catalogue.findings.findings["N02"].differences["gap"]
    for placeholder in [*value.placeholders("x"), *difference.placeholders("d"), *EVERYWHERE]:
        assert f"{{{placeholder}}}" in page, placeholder
