from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from informality.publish.finding_entries import Condition
from informality.publish.finding_wording import Interval, chosen, holds

WORDINGS = {
    "nine_in_ten": [Condition(value="rate", within=[88.0, 92.0])],
    "most": [Condition(value="rate", above=50.0)],
    "minority": [Condition(value="rate", below=50.0)],
    "level": [],
}
percent = st.floats(0, 100, allow_nan=False)


@given(st.tuples(percent, percent).map(sorted))
def test_the_wording_is_true_of_the_whole_interval(ends: list[float]) -> None:
    low, high = ends
    wording = chosen(WORDINGS, {"rate": Interval(low, high)}, {})
    for value in np.linspace(low, high, 7):
        true = {"nine_in_ten": 88 <= value <= 92, "most": value > 50, "minority": value < 50, "level": True}
        assert true[wording or ""]


@given(st.tuples(percent, percent).map(sorted))
def test_a_stronger_wording_that_is_true_is_not_passed_over(ends: list[float]) -> None:
    low, high = ends
    wording = chosen(WORDINGS, {"rate": Interval(low, high)}, {})
    assert (wording == "nine_in_ten") == (low >= 88 and high <= 92)
    assert (wording == "level") == (low <= 50 <= high)


@pytest.mark.parametrize("condition", [{"above": 0.0}, {"below": 100.0}, {"within": [0.0, 100.0]}])
def test_an_interval_that_is_not_known_lies_nowhere(condition: dict) -> None:
    for interval in (Interval(math.nan, math.nan), Interval(10.0, math.nan), Interval(math.nan, 10.0)):
        assert not holds(Condition(value="rate", **condition), {"rate": interval}, {})


@given(st.booleans(), st.booleans())
def test_apart_is_what_the_ranking_says(apart: bool, asked: bool) -> None:
    assert holds(Condition(value="top", apart=asked), {"top": Interval(1.0, 2.0, apart)}, {}) == (apart == asked)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [(71.3, 71.3, True), (71.3, 71.4, False), (71.0, 71.3, False), (math.nan, math.nan, False)],
)
def test_values_are_equal_where_their_rounded_numbers_are(one: float, other: float, same: bool) -> None:
    values = {"wide": Interval(70.0, 72.0, value=one), "narrow": Interval(70.0, 72.0, value=other)}
    assert holds(Condition(value="narrow", equals="wide"), values, {}) == same


@pytest.mark.parametrize("verdict", ["higher", "lower", "unclear"])
def test_what_is_said_of_a_difference_is_the_verdict_on_it(verdict: str) -> None:
    shows = {name: [Condition(difference="gap", shows=name)] for name in ("higher", "lower", "unclear")}  # type: ignore[arg-type]
    assert chosen(shows, {}, {"gap": verdict}) == verdict
