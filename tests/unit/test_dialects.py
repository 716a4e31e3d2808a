"""Words of Stata and SPSS in a condition are answered with those of SQL."""

from __future__ import annotations

import pytest

from informality.errors import UserError
from informality.expressions import parse


def advice(text: str) -> str:
    with pytest.raises(UserError) as error:
        parse(text, "here").check({"q12": None, "q13": None})
    return error.value.todo


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("q12 = 1 | q13 = 1", "write OR"),
        ("q12 = 1 || q13 = 1", "write OR"),
        ("q12 = 1 & q13 = 1", "write AND"),
        ("inlist(q12, 1, 2)", "write  q13 IN (1, 2)"),
        ("ANY(q12, 1, 2)", "write  q13 IN (1, 2)"),
        ("inrange(q12, 1, 4) AND q13 = 1", "write  q13 BETWEEN 1 AND 4"),
        ("missing(q12)", "write  q13 IS NULL"),
        ("SYSMIS(q12)", "write  q13 IS NULL"),
        ("!missing(q12)", "write  q13 IS NOT NULL"),
        ("cond(q12 = 1, 1, 2)", "CASE WHEN"),
        ("q12 <> .", "write  q13 IS NOT NULL"),
        ("q12 != . AND q13 = 1", "write  q13 IS NOT NULL"),
        ("q12 < .", "write  q13 IS NOT NULL"),
        ("q12 == .", "write  q13 IS NULL"),
        ("q12 == .d", "q13_missing = 'd'"),
        ("q12 ~= 1", "write  q13 <> 1"),
        ("!(q12 = 1)", "write NOT"),
        ("q12 EQ 1", "write  =  <>"),
        ("q12 = \u201801\u2019", "straight single quotes"),
        ("q12 = \u201c01\u201d", "straight single quotes"),
        ('q12 = "01"', "text stands in single quotes: '01'"),
    ],
)
def test_the_form_of_sql_is_said(text: str, words: str) -> None:
    assert words in advice(text)


@pytest.mark.parametrize("text", ["q12 = 'l\u2019Est'", "q12 = 'a|b & c'", "q12 || 'x' = 'yx'", "q12 > .5", "q12 != 1"])
def test_what_sql_allows_is_left_alone(text: str) -> None:
    assert parse(text).check({"q12": None}).text == text


@pytest.mark.parametrize(("text", "words"), [("q12 = 'a|b' AND", "syntax error"), ("flor(q12) = '!'", "'floor'")])
def test_what_stands_in_a_text_draws_no_advice(text: str, words: str) -> None:
    assert words in advice(text)
