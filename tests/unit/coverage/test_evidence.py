"""Which answers are evidence of cover, and what is taken to hold of those who were not asked."""

from __future__ import annotations

import numpy as np
import pandas as pd

from informality.coverage.evidence import NO, UNKNOWN, YES, Question, any_of, covered, evidence_of, questions

ASKED = ("employee",)
PENSION = Question(
    "pension", "statutory", ASKED, ("old_age", "survivors"), {"own_account": "not_covered", "employer": "unknown"}
)
FUND = Question("fund", "occupational", ASKED, ("old_age",), {})


def frame(rows: list[tuple[str, str | None, str]]) -> pd.DataFrame:
    status, answer, why = zip(*rows, strict=True)
    return pd.DataFrame(
        {"status": pd.Categorical(status), "cover__pension": list(answer), "cover__pension_why": list(why)}
    )


def test_only_statutory_answers_are_evidence() -> None:
    assert evidence_of([PENSION, FUND]) == {"old_age": (PENSION,), "survivors": (PENSION,)}


def test_a_group_that_was_not_asked_is_what_the_description_takes_it_to_be() -> None:
    people = frame(
        [
            ("employee", "yes", "answered"),
            ("employee", "no", "answered"),
            ("employee", None, "dont_know"),
            ("own_account", None, "not_asked"),
            ("employer", None, "not_asked"),
            ("family_worker", None, "not_asked"),
        ]
    )
    found, assumed = covered(people, [PENSION])
    assert found.tolist() == [YES, NO, UNKNOWN, NO, UNKNOWN, UNKNOWN]
    assert assumed.tolist() == [False, False, False, True, False, False]


def test_one_yes_is_enough_and_a_no_needs_every_question() -> None:
    people = frame([("employee", "yes", "answered"), ("employee", "no", "answered"), ("employee", "no", "answered")])
    people = people.assign(cover__other=["no", "no", None], cover__other_why=["answered", "answered", "refused"])
    other = Question("other", "statutory", ASKED, ("old_age",), {})
    assert covered(people, [PENSION, other])[0].tolist() == [YES, NO, UNKNOWN]


def test_any_of_several_branches_is_not_covered_only_where_all_are_not() -> None:
    parts = [np.array([YES, NO, NO, UNKNOWN], dtype=np.int8), np.array([NO, NO, UNKNOWN, UNKNOWN], dtype=np.int8)]
    assert any_of(parts).tolist() == [YES, NO, UNKNOWN, UNKNOWN]


def test_questions_are_read_from_the_card_in_its_order() -> None:
    card = {
        "questions": [
            ["b", {"kind": "statutory", "asked_of": ["employee"], "branches": ["old_age"],
                   "others": [{"status": ["own_account", "employer"], "assume": "not_covered"}]}],
            ["a", {"kind": "private", "asked_of": ["employee"]}],
        ]
    }  # fmt: skip
    found = questions(card)
    assert [q.name for q in found] == ["b", "a"]
    assert found[0].others == {"own_account": "not_covered", "employer": "not_covered"}
    assert found[1].branches == ()
