"""The survey card: what crosses the wall of one survey, without a value of a person."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from unit.survey.small_family import persons, survey

from informality.survey.card import card, reference, revisions
from informality.survey.harmonise import harmonise
from informality.survey.ingest import Facts

TOY = survey(notes=["a note"], national_base={"condition": "age < 65", "label": "ages 15-64"})
FACTS = Facts("sav", 4, 20, "secret label", False, "0" * 64, True)
PERSONS = harmonise(
    persons(
        {"stat": 1.0, "w": 2.5, "prov": 2.0, "isic": 4711.0},
        {"stat": 2.0, "str": 2.0, "ea": 0.0},
        {"work": 2.0, "str": 2.0, "ea": 0.0},
        {"age": 5.0},
    ),
    TOY,
)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2017, 1, 1), date(2017, 12, 31), "2017"),
        (date(2017, 7, 1), date(2017, 9, 30), "Q3 2017"),
        (date(2012, 1, 1), date(2012, 3, 31), "Q1 2012"),
        (date(2012, 10, 1), date(2012, 12, 31), "Q4 2012"),
        (date(2017, 2, 1), date(2017, 4, 30), "2017-02-01 to 2017-04-30"),
        (date(2017, 7, 1), date(2017, 9, 29), "2017-07-01 to 2017-09-29"),
        (date(2016, 1, 1), date(2017, 12, 31), "2016-01-01 to 2017-12-31"),
        (date(2016, 10, 1), date(2017, 12, 31), "2016-10-01 to 2017-12-31"),
        (date(2016, 2, 1), date(2016, 2, 29), "2016-02-01 to 2016-02-29"),
    ],
)
def test_the_reference_period_is_said_as_short_as_it_can_be(first: date, last: date, words: str) -> None:
    assert reference(first, last) == words


def test_counts_are_those_of_the_frame() -> None:
    found = card(TOY, PERSONS, FACTS)
    assert found["n_persons"] == 4
    assert found["n_employed"] == 2
    assert found["n_strata"] == 2
    assert found["n_psu"] == 3
    assert found["weights_sum"] == pytest.approx(5.5)


def test_the_revision_of_a_classification_is_named_where_all_codes_are_of_one() -> None:
    assert revisions(PERSONS) == {"isic_revision": "rev4"}
    mixed = PERSONS.assign(isco_revision=pd.Categorical(["isco88", "isco08", None, None]))
    assert revisions(mixed) == {"isic_revision": "rev4"}
    assert card(TOY, PERSONS, FACTS)["revisions"] == {"isic_revision": "rev4"}


def test_text_and_dates_are_those_of_the_description() -> None:
    found = card(TOY, PERSONS, FACTS)
    assert (found["survey"], found["family"], found["wave"]) == ("toy_lfs_2017q3", "toy_lfs", "2017q3")
    assert found["reference"] == "Q3 2017"
    assert (found["reference_from"], found["reference_to"]) == ("2017-07-01", "2017-09-30")
    assert found["national_base"] == "ages 15-64"
    assert found["levels"] == {"region": [["north", "North"], ["south", "South"]]}
    pension = {
        "label": "Pays for a pension",
        "asked_of": ["employee", "employer"],
        "kind": "statutory",
        "branches": [],
        "others": [],
    }
    assert found["questions"] == [["pension", pension]]
    assert found["checks"] == {"informal": [[], ["sex"]], "women": [[]]}
    assert found["national"] == {"source": "Toy office", "note": "", "parts": ["unit", "job"]}
    assert found["marks"] == []


def test_evidence_of_a_question_and_what_is_assumed_of_others_cross_the_wall() -> None:
    others = {"status": ["own_account", "family_worker"], "assume": "not_covered", "reason": "why", "source": "where"}
    toy = survey(social_security__pension__branches=["old_age", "survivors"], social_security__pension__others=[others])
    [[_, pension]] = card(toy, PERSONS, FACTS)["questions"]
    assert pension["branches"] == ["old_age", "survivors"]
    assert pension["others"] == [others]


def test_simulated_data_carry_their_mark() -> None:
    assert card(TOY, PERSONS, replace(FACTS, simulated=True))["marks"] == ["simulated"]


@pytest.mark.parametrize(("as_described", "notes"), [(True, 1), (None, 1), (False, 2)])
def test_another_file_than_the_described_one_is_noted(as_described: bool | None, notes: int) -> None:
    found = card(TOY, PERSONS, replace(FACTS, as_described=as_described))["notes"]
    assert len(found) == notes
    assert found[0] == "a note"


def test_dimensions_without_an_answer_are_listed() -> None:
    names = [entry["variable"] for entry in card(TOY, PERSONS, FACTS)["not_available"]]
    assert "area" in names
    assert not {"sex", "age_group", "region", "status", "industry", "industry3"} & set(names)


def test_classes_of_earnings_that_are_not_made_say_why() -> None:
    toy = survey(variables__earnings_month="wage", routing__earnings_month=["employee"])
    for wages, reason in (([1000.0] * 12 + [1001.0] * 8, "earnings_heap"), ([np.nan] * 20, "not_asked")):
        people = harmonise(persons(*[{"stat": 1.0}] * 20).assign(wage=wages), toy)
        told = {entry["variable"]: entry["reason"] for entry in card(toy, people, FACTS)["not_available"]}
        assert told["earnings_quintile"] == reason


def test_a_survey_without_a_national_rule() -> None:
    toy = survey(national=..., checks={}, national_base=None)
    found = card(toy, harmonise(persons({}), toy), FACTS)
    assert found["national"] == {"source": None, "note": None, "parts": []}
    assert found["national_base"] is None


def test_the_card_is_json_without_the_file_s_label_or_digest() -> None:
    text = json.dumps(card(TOY, PERSONS, FACTS), allow_nan=False)
    assert "secret" not in text
    assert FACTS.sha256 not in text


def test_a_file_that_does_not_say_who_lives_together_says_so() -> None:
    missing = {"variable": "household", "reason": "no_household_key"}
    assert missing in card(TOY, PERSONS, FACTS)["not_available"]
    assert missing not in card(TOY, PERSONS.assign(household=0), FACTS)["not_available"]
