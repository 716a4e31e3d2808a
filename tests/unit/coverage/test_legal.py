"""What a law says of whom: schemes, branches, readings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from support import random_workers, workers

from informality import vocabulary as v
from informality.coverage.law import Law
from informality.coverage.legal import any_of, legal_status, not_asked

EVERYBODY = {"id": "rest", "if": "TRUE", "then": "excluded", "source": "s"}


def scheme(rules: list[dict[str, Any]], branches: tuple[str, ...] = ("old_age",)) -> dict[str, Any]:
    return {
        "title": "t",
        "branches": list(branches),
        "rules": [{"source": "s", **rule} for rule in rules],
        "source": "s",
    }


def law(**schemes: dict[str, Any]) -> Law:
    from datetime import date

    age = {"male": 60, "female": 55, "source": "s", "verified": False}
    return Law.model_validate(
        {"law": "xxx_a", "title": "t", "country": "XXX", "source": "s", "verified": False, "from": date(2000, 1, 1), "to": None,
         "pensionable_age": age, "schemes": schemes}
    )  # fmt: skip


def words(codes: np.ndarray) -> list[str]:
    return [v.LEGAL[code] for code in codes]


def test_the_first_rule_that_holds_decides_and_the_narrow_reading_may_differ() -> None:
    rules = [
        {"id": "home", "if": "household_employer = 'yes'", "then": "mandatory", "narrow": "unknown"},
        {"id": "jobs", "if": "status = 'employee'", "then": "mandatory"},
        EVERYBODY,
    ]
    people = workers(
        [{"household_employer": "yes", "status": "employee"}, {"status": "employee"}, {"status": "own_account"}]
    )
    found = legal_status(law(fund=scheme(rules)), people).of_branch
    assert words(found["wide"]["old_age"]) == ["mandatory", "mandatory", "excluded"]
    assert words(found["narrow"]["old_age"]) == ["unknown", "mandatory", "excluded"]


def test_a_rule_may_hold_for_some_branches_only() -> None:
    rules = [{"id": "self", "if": "status = 'own_account'", "then": "voluntary", "branches": ["old_age"]}, EVERYBODY]
    found = legal_status(law(fund=scheme(rules, ("unemployment", "old_age"))), workers([{"status": "own_account"}]))
    assert {b: words(codes)[0] for b, codes in found.of_branch["wide"].items()} == {
        "unemployment": "excluded",
        "old_age": "voluntary",
    }
    assert words(found.of_scheme["wide"]["fund"]) == ["voluntary"]


def test_of_several_schemes_the_strongest_word_counts() -> None:
    one = scheme([{"id": "a", "if": "status = 'employee'", "then": "mandatory"}, EVERYBODY])
    other = scheme([{"id": "rest", "if": "TRUE", "then": "voluntary"}])
    open_question = scheme([{"id": "rest", "if": "status = 'employer'", "then": "unknown"}, {**EVERYBODY, "id": "z"}])
    people = workers([{"status": "employee"}, {"status": "own_account"}, {"status": "employer"}])
    found = legal_status(law(a=one, b=other, c=open_question), people)
    assert words(found.of_branch["wide"]["old_age"]) == ["mandatory", "voluntary", "unknown"]


def test_who_is_below_the_pensionable_age_depends_on_sex() -> None:
    people = workers([{"sex": s, "age": a} for s in ("male", "female", "?refused") for a in (54, 57)])
    found = legal_status(law(fund=scheme([EVERYBODY])), people).below_pension
    assert found.tolist() == [True, True, True, False, True, False]


def test_any_of_several_branches_takes_the_strongest_word() -> None:
    codes = [
        np.array([v.LEGAL.index(w) for w in some], dtype=np.int8)
        for some in (("excluded", "voluntary"), ("voluntary", "unknown"))
    ]
    assert words(any_of(codes)) == ["voluntary", "unknown"]


@pytest.mark.parametrize(("extra", "absent"), [("", ["size"]), ("size_why = 'not_asked'", [])])
def test_a_law_that_asks_what_nobody_was_asked_says_so_unless_it_provides_for_it(extra: str, absent: list[str]) -> None:
    rules = [{"id": "large", "if": "size = '50_plus'", "then": "mandatory"}, EVERYBODY]
    rules = [{"id": "open", "if": extra, "then": "unknown"}, *rules] if extra else rules
    people = random_workers(50, seed=3)
    people["size"] = people["size"].where(np.zeros(50, dtype=bool))
    assert not_asked(law(fund=scheme(rules)), people, np.ones(50, dtype=bool)) == absent


def test_every_worker_has_one_status_for_every_branch_and_reading() -> None:
    people = random_workers(3000, seed=11)
    rules = [
        {"id": "a", "if": "size IN ('10_19', '20_49', '50_plus')", "then": "mandatory", "narrow": "unknown"},
        {"id": "b", "if": "contract = 'none' AND registered = 'no'", "then": "voluntary"},
        EVERYBODY,
    ]
    status = legal_status(law(fund=scheme(rules, v.BRANCHES)), people)
    for by in status.of_branch.values():
        for codes in by.values():
            assert ((codes >= 0) & (codes < len(v.LEGAL))).all()
            assert len(codes) == len(people)
