"""What keeps a column from being a number, said with counts and never with an answer."""

from __future__ import annotations

import pandas as pd
import pytest

from informality.errors import UserError
from informality.expressions import Rule, parse
from informality.held_as_text import why_text
from informality.sql import booleans, first_match, numbers


def told(*texts: str | None) -> str:
    return why_text(pd.DataFrame({"Q": pd.array(texts, dtype="str")}), ("q",))


def test_words_that_mean_no_value_are_named() -> None:
    said = told("1", "2", "NA", "NA", None)
    assert "2 of 4 values are no numbers but NA" in said
    assert "source: {missing: [NA]}" in said
    assert 'missing: ["."]' in told("1", ".")


def test_other_words_are_answers_and_only_counted() -> None:
    said = told("1", "secret", "secret", "other")
    assert "3 of 4 values are no numbers (2 different texts)" in said
    assert "secret" not in said
    assert "other" not in said.replace("others", "")


@pytest.mark.parametrize(
    ("texts", "advice"),
    [
        (("1.560,09", "832,15", "-4,00"), 'thousands: ".", decimal: ","'),
        (("1,560.09", "832.15"), 'thousands: ",", decimal: "."'),
        (("1 560", "832"), 'thousands: " "'),
        (("1,5", "2,25"), 'decimal: ","'),
        (("12", "70+"), "regexp_extract(q, '[0-9]+')"),
        (("x1", "2"), "TRY_CAST(q AS DOUBLE)"),
    ],
)
def test_what_stands_in_the_way_is_named(texts: tuple[str, ...], advice: str) -> None:
    assert advice in told(*texts)


def test_numbers_with_a_leading_zero_are_no_hindrance() -> None:
    assert told("01", "2") == ""
    assert why_text(pd.DataFrame({"q": [1.0]}), ("q", "absent")) == ""


FILE = pd.DataFrame({"q": pd.array(["1", "NA"], dtype="str"), "n": [1.0, 2.0]})


def test_conditions_that_fail_for_it_say_so() -> None:
    for run in (
        lambda: numbers(FILE, {"a": parse("n", "x"), "b": parse("q", "variables.isic2")}),
        lambda: numbers(FILE, {"b": parse("floor(q / 100)", "variables.isic2")}),
        lambda: booleans(FILE, {"b": parse("q = 1", "variables.isic2")}),
        lambda: first_match(
            FILE, {"t": [Rule("a", parse("n = 1"), "a"), Rule("b", parse("q > 1", "variables.isic2"), "b")]}
        ),
    ):
        with pytest.raises(UserError) as error:
            run()
        assert error.value.where == "variables.isic2"
        assert "1 of 2 values are no numbers but NA" in error.value.todo


def test_other_failures_keep_their_advice() -> None:
    with pytest.raises(UserError) as error:
        numbers(FILE, {"b": parse("CASE WHEN n = 1 THEN 'a' END", "x")})
    assert "CAST" in error.value.todo
