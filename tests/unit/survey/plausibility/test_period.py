"""Reference periods, and numbers compared by the alphabet."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from unit.survey.small_family import survey

from informality.errors import UserError
from informality.expressions import parse
from informality.survey.plausibility.period import refuse_period
from informality.survey.plausibility.text_order import refuse_order_of_texts

TODAY = date(2026, 12, 1)


def wave(first: date, last: date) -> dict:
    return {"2017q3": {"file": "toy.sav", "from": first, "to": last}}


def test_a_period_that_has_begun_is_accepted() -> None:
    refuse_period(survey(waves=wave(date(1950, 1, 1), date(1950, 12, 31))), TODAY)
    refuse_period(survey(waves=wave(date(2026, 1, 1), date(2026, 12, 31))), TODAY)


def test_the_future_and_the_distant_past_are_refused() -> None:
    with pytest.raises(UserError, match="has not begun yet"):
        refuse_period(survey(waves=wave(date(2026, 12, 2), date(2027, 1, 1))), TODAY)
    with pytest.raises(UserError, match="before 1950"):
        refuse_period(survey(waves=wave(date(1949, 12, 31), date(2019, 1, 1))), TODAY)


def test_the_buddhist_calendar_is_named() -> None:
    with pytest.raises(UserError, match="2562 of the Buddhist era is 2019"):
        refuse_period(survey(waves=wave(date(2562, 1, 1), date(2562, 12, 31))), TODAY)


FILE = pd.DataFrame({
    "size": pd.array(["1", "4", "15", "30", None], dtype="str"),
    "two": pd.array(["01", "04", "15", "30", None], dtype="str"),
    "mixed": pd.array(["1", "15", "NA", "", None], dtype="str"),
    "day": pd.array(["2019-01-05", "2019-02-05", None, "2019-03-01", "2019-03-02"], dtype="str"),
    "word": pd.array(["a", "bb", "c", "d", "e"], dtype="str"),
    "number": [1.0, 4.0, 15.0, 30.0, None],
})  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "size BETWEEN '1' AND '4'",
        "NOT (size >= '5')",
        "size < '5' OR number = 3",
        "'5' > size",
        "trim(size) <= '4'",
        "left(mixed, 2) > '1'",
        "CASE WHEN size > '4' THEN 1 ELSE 0 END",
        "two >= '5'",
        "size < two",
    ],
)
def test_numbers_in_the_order_of_the_alphabet_are_refused(text: str) -> None:
    with pytest.raises(UserError) as error:
        refuse_order_of_texts(FILE, [parse(text, "variables.size")])
    assert "by the alphabet" in str(error.value)
    assert "TRY_CAST(" in error.value.todo


@pytest.mark.parametrize(
    "text",
    [
        "two BETWEEN '01' AND '30'",
        "day >= '2019-02-01'",
        "word < 'c'",
        "number > 4",
        "TRY_CAST(size AS DOUBLE) BETWEEN 1 AND 4",
        "CAST(size AS DOUBLE) > CAST(two AS DOUBLE)",
        "size = '4' OR size IN ('1', '15')",
        "length(size) > 1",
        "other > '4'",
    ],
)
def test_orders_that_are_right_are_left_alone(text: str) -> None:
    refuse_order_of_texts(FILE, [parse(text, "variables.size")])
