from __future__ import annotations

import math

from pandas import DataFrame
from unit.publish import fake_hub

from informality.publish.card import Card, read_card
from informality.publish.text import Texts
from informality.publish.words import (
    bounded,
    category_label,
    flag_notes,
    level_label,
    mark_names,
    mark_texts,
    note,
    plain,
    reading_notes,
    reason_text,
    subtitle,
)
from informality.settings import Thresholds


def test_labels_are_one_line_without_control_characters() -> None:
    assert plain("a\n\tb\x00c  d\u202e") == "a b c d"
    assert len(plain("x" * 10_000)) <= 120


def test_levels_of_the_survey_carry_their_own_labels(card: Card, texts: Texts) -> None:
    assert level_label("region", "LA-VT", card, texts) == "Vientiane Capital"
    assert level_label("sex", "female", card, texts) == "Women"
    assert level_label("region", "_U", card, texts) == "No answer"
    assert level_label("region", "LA-ZZ", card, texts) == "LA-ZZ"


def test_categories(card: Card, texts: Texts) -> None:
    assert category_label("cover", "pension", card, texts) == "Employer pays into a pension fund"
    assert (
        category_label("component", "household:informal", card, texts, ["unit", "job"]) == "Households, Informal jobs"
    )
    assert category_label("sdg_8_3_1", "agriculture", card, texts) == "Agriculture"


def test_a_mark_is_never_dropped(texts: Texts) -> None:
    card = read_card(fake_hub.card(marks=["embargoed", "simulated"]))
    assert mark_names(card, ["icls21"]) == ("simulated", "provisional", "embargoed")
    assert mark_texts(mark_names(card), texts) == ("SIMULATED DATA", "embargoed")


def test_the_subtitle_names_standard_concept_country_and_date(card: Card, texts: Texts) -> None:
    line = subtitle("Per cent of employed persons", "icls17", "icls19", card, texts)
    assert line == "Per cent of employed persons. 17th ICLS standard, 19th ICLS employment concept. Lao PDR, 2017."
    assert (
        subtitle("Employment", "", "icls19", card, texts) == "Employment. 19th ICLS employment concept. Lao PDR, 2017."
    )
    assert subtitle("Employment", "", "", card, texts) == "Employment. Lao PDR, 2017."


def test_every_flag_that_occurs_has_a_note(texts: Texts, limits: Thresholds) -> None:
    def notes(flag: str, reason: str = "", review: str = "") -> str:
        return " ".join(
            flag_notes(DataFrame({"flag": [flag], "flag_reason": [reason], "review": [review]}), texts, limits)
        )

    assert notes("") == ""
    assert "fewer than 50 persons in the sample, unreliable" in notes("u", "few_persons")
    assert "a wide interval" in notes("u", "wide_interval")
    assert "fewer than 10 persons in the sample are, or are not" in notes("b", "few_counted")
    assert notes(":c", "confidential").startswith("“:c” (confidential, not shown): fewer than 10 persons")
    assert "together as “other”" in notes(":c", "joined")
    assert "fewer than 10 persons in the sample are counted otherwise" in notes("", "few_differ")
    assert "more than 10 % of the persons" in notes("", "", "some_missing")


def test_one_sign_is_explained_once(texts: Texts, lao: Texts, limits: Thresholds) -> None:
    hidden = DataFrame({"flag": ["x", "x"], "flag_reason": ["too_few_persons", "few_effective"], "review": ["", ""]})
    few = DataFrame({"flag": "b", "flag_reason": ["few_counted", "rounds_to_end", "few_counted"], "review": ""})
    for words in (texts, lao):
        assert " ".join(flag_notes(hidden, words, limits)).count("“x”") == 1
        assert " ".join(flag_notes(few, words, limits)).count("“<”") == 1
    unknown = few.assign(flag_reason="not_computable")
    assert " ".join(flag_notes(unknown, texts, limits)).startswith("“to” (no exact number): of more than 5 %")
    # A number that is rounded away is not one of few persons.
    assert "fewer than 10" not in " ".join(flag_notes(few.iloc[[1]], texts, limits))
    assert "rounded to nobody or to everybody" in " ".join(flag_notes(few.iloc[[1]], texts, limits))


def test_what_stands_for_small_groups_and_classes_is_explained_where_it_stands(
    texts: Texts, limits: Thresholds
) -> None:
    told = " ".join(reading_notes(["Total", "Other, too few persons"], ["", "30-49"], texts, limits))
    assert "“Other, too few persons”: groups of fewer than 30 persons" in told
    assert "Classes taken together" not in told
    assert "A range in place of n" in told
    assert reading_notes(["Total"], [""], texts, limits) == []


def test_a_note_says_nothing_twice(texts: Texts) -> None:
    assert note(["Main job only.", "", "Other.", "Main job only."], texts) == "Note: Main job only. Other."


def test_bounds_in_words(texts: Texts, lao: Texts) -> None:
    assert bounded("b", 98.0, math.nan, texts) == "> 98"
    assert bounded("b", math.nan, 3.0, lao) == "< 3"
    assert bounded("b", 99.9, math.nan, texts) == "> 99.9"
    assert bounded("b", math.nan, 2000.0, texts) == "< 2,000"
    assert bounded("b", 51.0, 66.0, texts) == "51 to 66"
    assert bounded("b", math.nan, math.nan, texts) == "few"
    assert bounded("", math.nan, math.nan, texts) == ""


def test_a_reason_is_a_key_or_the_words_of_the_card(texts: Texts) -> None:
    assert reason_text("not asked", texts) == texts.t("reason.not_asked")
    assert reason_text("the file lacks the column", texts) == "the file lacks the column"
