"""Conditions of levels against the codes of the file."""

from __future__ import annotations

from unit.survey.plausibility.looking import changed, found, ids, subject, whole
from unit.survey.small_family import persons, survey

from informality import vocabulary as v

N = len(whole())


def test_codes_that_no_level_takes() -> None:
    (finding,) = found(changed(3, ss=7.0))
    assert (finding.id, finding.where, finding.count, finding.share) == ("untaken", "variables.soc_sec", 3, 3 / 20)
    assert found(changed(3, ss=3.0)) == [], "a reason names the code"
    stated = survey(variables__soc_sec={"yes": "ss = 1", "no": "ss = 2", "not_stated": "ss = 7"})
    assert found(changed(3, ss=7.0), stated) == [], "also where it says: not stated"


def test_codes_that_differ_in_capital_letters() -> None:
    toy = survey(
        variables__region={"n": {"if": "home = 'NORTH'", "label": "N"}, "s": {"if": "home = 'SOUTH'", "label": "S"}}
    )
    (finding,) = found(whole(), toy, {"home": ["North", "other"] + ["NORTH", "SOUTH"] * 31 + ["SOUTH"]})
    assert (finding.id, finding.count) == ("untaken", 2)
    assert "1 of them differ from a code of the conditions in capital letters only" in finding.text
    assert "North" not in finding.text


def test_persons_whom_two_levels_take() -> None:
    toy = survey(variables__sex={"male": "sex <= 1", "female": "sex >= 1"})
    assert ids(found(whole(), toy)) == [], "a last level that takes all others is a remainder"
    toy = survey(
        variables__region={
            "n": {"if": "prov <= 1", "label": "N"},
            "m": {"if": "prov = 1 AND sex = 1", "label": "M"},
            "s": {"if": "prov = 2", "label": "S"},
        }
    )
    (overlap, nobody) = found(whole(), toy)
    assert (overlap.id, overlap.count, nobody.id) == ("overlap", 10, "level_of_nobody")


LABELS = {"sex": {"1.0": "Man / male", "2.0": "Woman / female"}}


def test_labels_that_are_exchanged() -> None:
    assert found(whole(), value_labels=LABELS) == []
    exchanged = {"sex": {"1.0": "Female", "2.0": "Male"}}
    assert [(f.id, f.where) for f in found(whole(), value_labels=exchanged)] == [
        ("labels", "variables.sex.male"),
        ("labels", "variables.sex.female"),
    ]
    assert found(whole(), value_labels={"sex": {"1.0": "Homme", "2.0": "Femme"}}) == [], "another language says nothing"


def test_a_label_with_the_word_of_another_level_is_no_fault_where_that_level_has_it_too() -> None:
    toy = survey(variables__marital={"married": "m = 1", "single": "m = 5"})
    labels = {"m": {"1.0": "Married", "5.0": "Never married"}}
    assert found(whole(), toy, {"m": [1.0, 5.0] * 32 + [1.0]}, value_labels=labels) == []


MISSING = {"edu": [{"lo": 9.0, "hi": 9.0}], "wage": [{"lo": -1e300, "hi": -1.0}], "grade": [{"lo": "99", "hi": "99"}]}
EDU = {"basic": "edu < 4", "advanced": "edu >= 4", "refused": "edu = 9"}
FILE = {
    "edu": [9.0, 9.0, *[1.0, 5.0] * 31, 5.0],
    "wage": [-9.0, *[500.0 + i for i in range(N - 1)]],
    "grade": ["99 ".strip(), *["12"] * (N - 1)],
    "bonus": 1.0,
}


def test_codes_that_the_file_declares_as_missing_are_no_answers() -> None:
    toy = survey(
        variables__education=EDU, variables__earnings_month="wage", variables__hours_usual="CAST(grade AS DOUBLE)"
    )
    (finding,) = found(whole(), toy, FILE, user_missing=MISSING)
    assert (finding.id, finding.where, finding.count) == ("declared_missing", "variables.education", 2)
    people = subject(persons(*whole()).assign(**FILE), toy, user_missing=MISSING).persons
    assert people["education"].isna().tolist()[:3] == [True, True, False]
    assert people[v.why("education")].tolist()[:3] == ["refused", "refused", "answered"], "a reason sees the code"
    assert people["earnings_month"].isna().tolist()[:2] == [True, False]
    assert people["hours_usual"].isna().tolist()[:2] == [True, False], "texts likewise"


def test_a_number_loses_only_what_its_own_expression_used() -> None:
    toy = survey(variables__earnings_month="CASE WHEN sex = 1 THEN bonus ELSE wage END")
    people = subject(persons(*whole()).assign(**FILE), toy, user_missing=MISSING).persons
    assert people["earnings_month"].tolist()[0] == 1.0


def test_an_option_lets_levels_see_the_codes() -> None:
    toy = survey(variables__education=EDU, variables__earnings_month="wage", source={"declared_missing": "codes"})
    findings = found(whole(), toy, FILE, user_missing=MISSING)
    assert ids(findings) == [("declared_missing", False)]
    assert "declared_missing: codes" in findings[0].text
    people = subject(persons(*whole()).assign(**FILE), toy, user_missing=MISSING).persons
    assert people["education"].tolist()[:2] == ["advanced", "advanced"]
    assert people["earnings_month"].isna().tolist()[:2] == [True, False], "a number is never made from them"


def test_concepts_rules_and_checks_do_not_see_declared_codes_either() -> None:
    missing = {"work": [{"lo": 1.0, "hi": 1.0}], "ss": [{"lo": 2.0, "hi": 4.0}]}
    people = subject(persons(*whole()), survey(), user_missing=missing).persons
    assert not people["employed__national"].any()
    assert people["national__total"].isna().all()
    seen = subject(persons(*whole()), survey(source={"declared_missing": "codes"}), user_missing=missing).persons
    assert seen["employed__national"].all()
