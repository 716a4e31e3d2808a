"""One law: what a file may say, and what is refused with its key and the nearest word."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from unit.coverage.small_law import content, refusal

from informality.coverage.law import Law, amount_on, extended, floor_on
from informality.decisions import validated

RULES = content()["schemes"]["fund"]["rules"]
REST = RULES[-1]


def law(**changes: object) -> Law:
    return validated(Law, content(**changes), "toy_2010.yaml")


def test_the_small_law_is_whole() -> None:
    toy = law()
    assert toy.branches == ("unemployment", "old_age"), "in the order of the convention"
    assert [rule.id for rule in toy.schemes["fund"].of("old_age")] == ["casual", "employees", "independent", "rest"]
    assert "no_unemployment" in [rule.id for rule in toy.schemes["fund"].of("unemployment")]
    assert toy.acts["act_1"].day == date(2009, 5, 1)


def test_a_rule_has_two_readings_where_it_says_so() -> None:
    casual, employees, *_ = law().schemes["fund"].rules
    assert (casual.reading("wide"), casual.reading("narrow")) == ("mandatory", "unknown")
    assert (employees.reading("wide"), employees.reading("narrow")) == ("mandatory", "mandatory")


@pytest.mark.parametrize(
    ("day", "inside"),
    [(date(2009, 12, 31), False), (date(2010, 1, 1), True), (date(2014, 12, 31), True), (date(2015, 1, 1), False)],
)
def test_a_law_is_in_force_from_its_first_to_its_last_day(day: date, inside: bool) -> None:
    assert law().in_force(day) is inside
    assert law(to=None).in_force(date(2100, 1, 1))


@pytest.mark.parametrize(
    ("day", "amount"),
    [(date(2005, 1, 1), 100), (date(2011, 12, 31), 100), (date(2012, 1, 1), 150), (date(2020, 1, 1), 150)],
)
def test_an_amount_holds_from_its_day_on(day: date, amount: float) -> None:
    """A law applied before its time takes its first amount."""
    toy = law()
    assert amount_on(toy.minimum_wage, day) == amount
    assert floor_on(toy, toy.schemes["fund"], day) == amount, "the floor is the minimum wage"
    assert amount_on([], day) is None
    assert floor_on(toy, toy.schemes["state"], day) is None
    own = [{"from": date(2010, 1, 1), "amount": 7.0, "source": "notice", "verified": False}]
    other = law(schemes__fund__insurable__floor=own)
    assert floor_on(other, other.schemes["fund"], day) == 7.0


def test_everything_that_nobody_confirmed_is_named_once() -> None:
    assert law().unverified() == [
        "law", "pensionable_age", "minimum_wage", "schemes.fund.rates", "schemes.fund.insurable"
    ]  # fmt: skip
    checked = law(
        checked_by="A. Lawyer",
        verified=True,
        pensionable_age={"male": 60, "female": 55, "source": "Act 1", "verified": True},
        minimum_wage=[],
        schemes__fund__rates__verified=True,
        schemes__fund__insurable={},
    )
    assert checked.unverified() == []


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("titel", "x", "titel: unknown key; did you mean 'title'?"),
        ("country", "Toy", "country: "),
        ("law", "lao_2010", "law: 'lao_2010' must begin with the country, as in 'toy_2018'"),
        ("law", "toy-2010", "law: 'toy-2010' must begin with the country"),
        ("from", "2010-01-01", "from: a day is written as 2022-05-31, without quotes"),
        ("to", date(2009, 1, 1), "'to' lies before 'from'"),
        ("to", ..., "to: this key is required"),
        ("verified", "no", "verified: "),
        ("verified", True, "verified: 'law' is verified, and by a named person only: write who under 'checked_by'"),
        ("schemes__fund__rates__verified", True, "verified: 'schemes.fund.rates' is verified, and by a named person only"),
        ("pensionable_age__verified", True, "verified: 'pensionable_age' is verified"),
        ("pensionable_age__male", 30, "pensionable_age.male: "),
        ("acts__act_1__day", "2009", "acts.act_1.day: a day is written as"),
        ("minimum_wage", [], "schemes.fund.insurable.floor: no minimum wage is declared under 'minimum_wage'"),
        ("minimum_wage", list(reversed(content()["minimum_wage"])), "minimum_wage: give each day once, in order"),
        ("minimum_wage", content()["minimum_wage"][:1] * 2, "minimum_wage: give each day once, in order"),
        ("schemes__fund__insurable__ceiling", content()["minimum_wage"][::-1], "schemes.fund.insurable.ceiling: give each day once"),
        ("schemes__fund__insurable__floor", content()["minimum_wage"][::-1], "schemes.fund.insurable.floor: give each day once"),
        ("schemes__fund__insurable__floor", "minimum_wge", "schemes.fund.insurable.floor: Input should be 'minimum_wage'; did you mean 'minimum_wage'?"),
        ("schemes__fund__insurable__floor", [{**content()["minimum_wage"][0], "amount": 0}], "schemes.fund.insurable.floor.0.amount: "),
        ("schemes__fund__insurable__floor", [{**content()["minimum_wage"][0], "amuont": 9}], "schemes.fund.insurable.floor.0.amuont: unknown key; did you mean 'amount'?"),
        ("schemes", {}, "schemes: "),
        ("schemes__fund__branches", [], "schemes.fund.branches: "),
        ("schemes__fund__branches", ["old_aeg"], "branches: 'old_aeg'; did you mean 'old_age'?"),
        ("schemes__fund__rates__employer", 6.0, "schemes.fund.rates.employer: "),
        ("schemes__fund__rates__employer", 0.99, "employer, employee and state together are more than all of the earnings"),
        ("schemes__fund__rates__voluntary", 0.0, "schemes.fund.rates.voluntary: "),
        ("schemes__fund__rules", [], "schemes.fund.rules: "),
        ("schemes__fund__rules", RULES[:-1], "rules: the last rule for old_age must decide everybody who is left: 'if: \"TRUE\"'"),
        ("schemes__fund__rules", [{**REST, "branches": ["old_age"]}], "rules: the last rule for unemployment must decide"),
        ("schemes__fund__rules", [{**REST, "id": "all"}, *RULES], "rules.all: it decides everybody, so the rules for old_age after it decide nobody"),
        ("schemes__fund__rules", [RULES[0], *RULES], "rules: the id 'casual' stands twice"),
        ("schemes__fund__rules", [{**RULES[0], "branches": ["survivors"]}, REST], "rules.casual.branches: 'survivors'"),
        ("schemes__fund__rules", [{**RULES[0], "then": "mandatry"}, REST], "did you mean 'mandatory'?"),
        ("schemes__fund__rules", [{**RULES[0], "narrow": "unknwon"}, REST], "did you mean 'unknown'?"),
        ("schemes__fund__rules", [{**RULES[0], "branch": ["old_age"]}, REST], "did you mean 'branches'?"),
        ("schemes__fund__first_rules", [REST], "schemes.fund.first_rules: unknown key"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_key(key: str, value: object, message: str, tmp_path: Path) -> None:
    changed = content(**{key: value})
    assert message in str(refusal(tmp_path, changed))


def test_a_version_says_only_what_is_new() -> None:
    first = {**REST, "id": "soldiers", "if": "occupation = 'armed_forces'"}
    version = {
        "extends": "toy_2010",
        "law": "toy_2015",
        "notes": ["new"],
        "acts": {"act_2": {"title": "Act 2"}},
        "schemes": {"fund": {"first_rules": [first], "source": "Act 2"}, "new": {"title": "New"}},
    }
    base = content(notes=["old"])
    whole = extended(version, base)
    assert "extends" not in whole
    assert (whole["law"], whole["notes"], whole["country"]) == ("toy_2015", ["new"], "TOY")
    assert list(whole["acts"]) == ["act_1", "act_2"]
    assert [rule["id"] for rule in whole["schemes"]["fund"]["rules"]][:2] == ["soldiers", "casual"]
    assert whole["schemes"]["fund"]["source"] == "Act 2"
    assert whole["schemes"]["fund"]["rates"] == base["schemes"]["fund"]["rates"]
    assert whole["schemes"]["state"] == base["schemes"]["state"]
    assert list(whole["schemes"]) == ["fund", "state", "new"]
    assert base == content(notes=["old"]), "the earlier law is left as it was"


def test_rules_given_whole_replace_those_of_the_earlier_law() -> None:
    whole = extended({"extends": "toy_2010", "schemes": {"fund": {"rules": [REST]}}}, content())
    assert whole["schemes"]["fund"]["rules"] == [REST]
