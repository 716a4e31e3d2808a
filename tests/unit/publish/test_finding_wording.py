from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from informality.publish.finding_entries import Condition
from informality.publish.finding_tests import holm, p_value, result_of
from informality.publish.finding_wording import Interval, chosen, holds

WORDINGS = {
    "nine_in_ten": [Condition(value="rate", within=[88.0, 92.0])],
    "most": [Condition(value="rate", above=50.0)],
    "minority": [Condition(value="rate", below=50.0)],
    "level": [],
}
percent = st.floats(0, 100, allow_nan=False)
p_values = st.lists(st.floats(0, 1, allow_nan=False), min_size=1, max_size=30)


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
    ("one", "other", "same"), [(71.32, 71.29, True), (71.34, 71.36, False), (math.nan, math.nan, False)]
)
def test_values_are_equal_to_the_printed_digit(one: float, other: float, same: bool) -> None:
    values = {"wide": Interval(70.0, 72.0, value=one), "narrow": Interval(70.0, 72.0, value=other)}
    assert holds(Condition(value="narrow", equals="wide"), values, {}) == same


@settings(deadline=None)  # the first call loads the distribution
@given(st.floats(-50, 50, allow_nan=False), st.floats(0.01, 20), st.integers(1, 40), st.integers(2, 3000))
def test_what_is_said_of_a_difference_follows_its_adjusted_test(
    estimate: float, se: float, comparisons: int, df: int
) -> None:
    adjusted = holm([p_value(estimate, se, df), *[1.0] * (comparisons - 1)])[0]
    result = result_of(estimate, adjusted, 0.05)
    shows = {name: chosen({name: [Condition(difference="gap", shows=name)]}, {}, {"gap": result}) for name in ("higher", "lower", "unclear")}  # fmt: skip
    assert [name for name, wording in shows.items() if wording] == [result]
    if result == "higher":
        assert estimate > 0
    if result == "lower":
        assert estimate < 0
    # What the adjusted test calls clear, the single one does too: its interval leaves zero out.
    if result != "unclear":
        assert p_value(estimate, se, df) < 0.05


@given(p_values)
def test_holm_is_between_the_single_test_and_bonferroni(given_p: list[float]) -> None:
    adjusted = holm(given_p)
    for p, q in zip(given_p, adjusted, strict=True):
        assert p - 1e-12 <= q <= min(1.0, len(given_p) * p) + 1e-12
    order = np.argsort(given_p, kind="stable")
    assert (np.diff(np.array(adjusted)[order]) >= 0).all()


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.2]) == [0.2]
    assert holm([]) == []


@given(p_values.filter(lambda ps: len(ps) > 1), st.randoms())
def test_the_order_in_which_comparisons_are_declared_does_not_matter(given_p: list[float], random: object) -> None:
    places = list(range(len(given_p)))
    random.shuffle(places)  # type: ignore[attr-defined]
    assert holm([given_p[at] for at in places]) == pytest.approx([holm(given_p)[at] for at in places])


def test_p_is_that_of_students_t() -> None:
    # R: 2 * pt(-2.1, 12)
    assert p_value(2.1, 1.0, 12) == pytest.approx(0.05754, abs=1e-5)
    assert p_value(-2.1, 1.0, 12) == p_value(2.1, 1.0, 12)
    for estimate, se, df in ((1.0, 0.0, 10), (1.0, math.nan, 10), (math.nan, 1.0, 10), (1.0, 1.0, 0), (1.0, 1.0, math.nan)):  # fmt: skip
        assert math.isnan(p_value(estimate, se, df))
