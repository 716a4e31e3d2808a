from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from informality.errors import UserError
from informality.govern.flags import REASONS
from informality.publish.text import Numbers, Texts, load_texts
from informality.vocabulary import CONCEPTS, DIMENSIONS, ESTIMATE_STATES, JOBS, UNITS, VARIABLES

EN = """
meta: {language: English, decimal: ".", thousands: ","}
level: {sex: {male: Men, "no": Not}}
frame: {note: "Note: {notes}"}
rule:
"""
LO = EN.replace("English", "Lao")


def folder(tmp_path: Path, en: str = EN, lo: str = LO) -> Path:
    (tmp_path / "text.en.yaml").write_text(en, encoding="utf-8")
    (tmp_path / "text.lo.yaml").write_text(lo, encoding="utf-8")
    return tmp_path


def test_keys_are_joined_and_placeholders_filled(tmp_path: Path) -> None:
    texts = load_texts(folder(tmp_path), "en")
    assert texts.t("level.sex.male") == "Men"
    assert texts.t("frame.note", notes="{braces} and %s stay") == "Note: {braces} and %s stay"
    assert not any(key.startswith("rule") for key in texts.words)


def test_an_unknown_key_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"did you mean 'level\.sex\.male'"):
        load_texts(folder(tmp_path), "en").t("level.sex.mal")


def test_a_placeholder_without_value_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"nothing is known as \{notes\}"):
        load_texts(folder(tmp_path), "en").t("frame.note", note="")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('male: Men, "no": Not', "male: Men", r"the text 'level\.sex\.no' is missing"),
        ("male: Men", "male: Men, femal: Women", r"nothing uses the text 'level\.sex\.femal'"),
        ("{notes}", "{note}", r"the placeholder \{note\} stands in one language only"),
        ('"no": Not', "no: Not", "the key False is not text"),
        ("male: Men", "male: 1", r"level\.sex\.male: int is not text"),
        ("decimal: ", "decimals: ", "unknown key; did you mean 'decimal'"),
    ],
)
def test_languages_must_agree(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        load_texts(folder(tmp_path, lo=LO.replace(old, new)), "lo")


def test_a_language_without_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no words in the language 'fr'"):
        load_texts(folder(tmp_path), "fr")


def test_every_level_has_words_in_both_languages(texts: Texts, lao: Texts) -> None:
    levels = {f"level.{v.name}.{level}" for v in VARIABLES.values() for level in v.levels or ()}
    levels |= {f"level.unit.{unit}" for unit in UNITS} | {f"level.job.{job}" for job in JOBS}
    keys = levels | {f"dimension.{d}" for d in DIMENSIONS} | {f"concept.{c}" for c in CONCEPTS}
    keys |= {f"reason.{r}" for r in (*REASONS, *ESTIMATE_STATES) if r and r != "estimated"}
    assert keys - set(texts.words) == set()
    assert {key for key in lao.words if not key.startswith("own.")} == set(texts.words)


def test_lao_is_marked_as_a_draft(texts: Texts, lao: Texts) -> None:
    assert lao.meta.draft
    assert lao.meta.confirmed is None
    assert not texts.meta.draft


def test_numbers_as_the_language_writes_them(texts: Texts, lao: Texts) -> None:
    assert texts.numbers.fixed(1234.56) == "1,234.6"
    assert lao.numbers.fixed(1234.56) == "1.234,6"
    assert texts.numbers.fixed(-0.04) == "0.0"
    assert texts.numbers.fixed(-1.25, 1) == "−1.2"
    assert texts.numbers.count(math.nan) == ""


@pytest.mark.parametrize(
    ("value", "decimals", "per", "written"),
    [
        (57.0, 0, 1.0, "57"),
        (16.5, 1, 1.0, "16.5"),
        (1_462_000.0, 0, 1.0, "1,462,000"),
        (1_462_000.0, 0, 1000.0, "1,462"),
        (12_500.0, 0, 1000.0, "12.5"),
        (2_000.0, math.nan, 1000.0, "2"),
        (0.1, math.nan, 1.0, "0.1"),
    ],
)
def test_a_number_is_written_with_the_digits_that_it_has_and_no_more(
    value: float, decimals: float, per: float, written: str, texts: Texts
) -> None:
    assert texts.numbers.written(value, decimals, per) == written


def test_numbers_beside_each_other_have_as_many_digits(texts: Texts) -> None:
    ends = (11_400.0, 12_600.0)
    assert texts.numbers.written(12_000.0, 0, 1000.0, ends) == "12.0"


def test_persons_in_the_sample_are_a_number_or_a_class(texts: Texts) -> None:
    assert texts.numbers.counted(12_660.0) == "12,660"
    assert texts.numbers.counted(30.0, "30-49") == "30–49"
    assert texts.numbers.counted(10.0, "<30") == "< 30"
    assert texts.numbers.counted(math.nan) == ""


@given(st.floats(-1e9, 1e9), st.integers(0, 3))
def test_a_written_number_reads_back(value: float, decimals: int) -> None:
    text = Numbers(",", ".").fixed(value, decimals)
    back = float(text.replace(".", "").replace(",", ".").replace("−", "-"))
    assert back == pytest.approx(value, abs=0.5 * 10**-decimals + 1e-6)
