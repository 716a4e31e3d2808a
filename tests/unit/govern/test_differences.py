"""A difference is shown only where both of its sides are."""

from __future__ import annotations

import pandas as pd
import pytest

from informality.govern.differences import compares_without
from informality.vocabulary import DIMENSIONS, HUB_KEYS, TOTAL


def row(statistic: str, flag: str = "", **dimensions: str) -> dict[str, str]:
    keys = dict.fromkeys(HUB_KEYS, "") | dict.fromkeys(DIMENSIONS, TOTAL)
    return keys | {"statistic": statistic, "flag": flag} | dimensions


@pytest.mark.parametrize(
    ("women", "men", "hidden"), [("", "", False), ("u", "", False), (":c", "", True), ("", "x", True), ("b", "", True)]
)
def test_a_hidden_side_hides_the_difference(women: str, men: str, hidden: bool) -> None:
    frame = pd.DataFrame(
        [
            row("share", women, sex="female", region="ZA-WC"),
            row("share", men, sex="male", region="ZA-WC"),
            row("difference", sex="female-male", region="ZA-WC"),
        ]
    )
    assert list(compares_without(frame, frame["flag"].isin(["", "u"]).to_numpy())) == [False, False, hidden]


def test_a_side_that_stands_nowhere_hides_it_too() -> None:
    frame = pd.DataFrame([row("share", sex="female"), row("difference", sex="female-male")])
    assert list(compares_without(frame, frame["flag"].isin(["", "u"]).to_numpy())) == [False, True]


@pytest.mark.parametrize("statistic", ["mean", "ratio"])
@pytest.mark.parametrize(("men", "hidden"), [("", False), (":c", True), ("x", True)])
def test_differences_of_means_and_ratios_too(statistic: str, men: str, hidden: bool) -> None:
    frame = pd.DataFrame(
        [row(statistic, sex="female"), row(statistic, men, sex="male"), row("difference", sex="female-male")]
    )
    assert list(compares_without(frame, frame["flag"].isin(["", "u"]).to_numpy())) == [False, False, hidden]


def test_a_total_on_both_sides_is_no_side() -> None:
    frame = pd.DataFrame([row("total", sex="female"), row("total", sex="male"), row("difference", sex="female-male")])
    assert list(compares_without(frame, frame["flag"].isin(["", "u"]).to_numpy())) == [False, False, True]
