"""What is not computable has no rate, no total and no test, but bounds where they are narrow (decision 31)."""

from __future__ import annotations

import pandas as pd
import pytest
from unit.govern.small_hub import PUBLICATION, SmallHub

from informality.govern.release import release
from informality.settings import Thresholds

LIMITS = Thresholds()


def survey(open_: float, low: int = 1500, high: int = 1800) -> pd.DataFrame:
    """3,000 persons of whom the part ``open_`` cannot be computed: the whole, men and women, and the bounds of all."""
    hub = SmallHub().add((), 3000, 1600).add((("sex", "male"),), 1500, 800).add((("sex", "female"),), 1500, 800)
    hub.add((), 3000, low, assumption="as_formal").add((), 3000, high, assumption="as_informal")
    frame = hub.frame()
    plain = frame["assumption"] == ""
    frame.loc[plain & (frame["sex"] == "_T"), "w_not_computable"] = open_
    share = frame["statistic"] == "share"
    frame.loc[share, "ci_low"] = frame.loc[share, "estimate"] - 0.02
    frame.loc[share, "ci_high"] = frame.loc[share, "estimate"] + 0.02
    return frame


def test_five_per_cent_may_be_open() -> None:
    published = release(survey(0.05), LIMITS, PUBLICATION)
    assert set(published["flag"]) == {""}
    national = published[(published["sex"] == "_T") & (published["assumption"] == "")]
    assert national["w_not_computable"].tolist() == [0.05, 0.05]


def test_where_the_whole_cannot_be_computed_no_part_of_it_is_shown() -> None:
    published = release(survey(0.06), LIMITS, PUBLICATION)
    plain = published["assumption"] == ""
    assert set(published.loc[plain, "flag_reason"]) == {"not_computable"}
    assert set(published.loc[plain, "state"]) == {"not_computable"}
    assert published.loc[plain, ["estimate", "se", "ci_low"]].isna().all(axis=None)


@pytest.mark.parametrize(("high", "expected"), [(1800, (0.48, 0.62)), (2200, None)])
def test_bounds_stand_in_its_place_if_they_are_narrow(high: int, expected: tuple[float, float] | None) -> None:
    published = release(survey(0.06, high=high), LIMITS, PUBLICATION)
    row = published[
        (published["statistic"] == "share") & (published["assumption"] == "") & (published["sex"] == "_T")
    ].iloc[0]
    if expected is None:
        assert row["flag"] == ":"
        assert pd.isna(row["bound_low"])
    else:
        assert (row["flag"], row["bound_low"], row["bound_high"]) == ("b", *expected)
    total = published[(published["statistic"] == "total") & (published["assumption"] == "")]
    assert set(total["flag"]) == {":"}, "a total of those who happen to be computable is no total"


def test_a_part_that_cannot_be_computed_goes_alone() -> None:
    frame = survey(0.0)
    frame.loc[frame["sex"] == "male", "w_not_computable"] = 0.3
    published = release(frame, LIMITS, PUBLICATION)
    assert set(published.loc[published["sex"] == "male", "flag"]) == {":"}
    assert set(published.loc[published["sex"] != "male", "flag"]) == {""}
