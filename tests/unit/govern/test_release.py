from __future__ import annotations

import pandas as pd
import pytest
from unit.govern.small_hub import SmallHub
from unit.publish.fake_hub import hub

from informality.errors import UserError
from informality.govern.flags import citable
from informality.govern.release import CONFIDENTIAL_VALUES, HIDDEN_VALUES, NEVER_SHOWN, PUBLISHED_COLUMNS, release
from informality.settings import Thresholds
from informality.vocabulary import DIMENSIONS, HUB_KEYS, HUB_VALUES

LIMITS = Thresholds()


@pytest.fixture(scope="module")
def estimates() -> pd.DataFrame:
    frame = hub()
    frame.loc[frame.index[:3], ["state", "estimate"]] = ["not_computable", 0.5]
    return frame


def test_same_rows_same_order_more_columns(estimates: pd.DataFrame) -> None:
    published = release(estimates, LIMITS)
    assert tuple(published.columns) == PUBLISHED_COLUMNS
    pd.testing.assert_frame_equal(published[list(HUB_KEYS)], estimates[list(HUB_KEYS)])


def test_hidden_values_are_gone_and_n_stays_unless_it_is_the_secret(estimates: pd.DataFrame) -> None:
    published = release(estimates, LIMITS)
    hidden = published["flag"].isin(["x", ":", "b", ":c"])
    secret = published["flag_reason"] == "confidential"
    assert set(published["flag"]) == {"", "u", "x", ":", "b", ":c"}
    assert published.loc[hidden, list(HIDDEN_VALUES)].isna().all(axis=None)
    assert published.loc[secret, list(CONFIDENTIAL_VALUES)].isna().all(axis=None)
    pd.testing.assert_series_equal(published.loc[~secret, "n"], estimates.loc[~secret, "n"], check_dtype=False)
    unknown = estimates[list(DIMENSIONS)].isin(LIMITS.unknown_levels).any(axis=1)
    few = estimates["n"].between(1, 9) & ~unknown
    assert few.any()
    assert secret[few].all()


def test_shown_values_are_untouched(estimates: pd.DataFrame) -> None:
    published = release(estimates, LIMITS)
    fixed = published["flag_reason"] == "by_definition"
    same = published["flag"].isin(["", "u"]) & ~fixed
    assert same.any()
    values = [value for value in HUB_VALUES if value not in NEVER_SHOWN]
    pd.testing.assert_frame_equal(published.loc[same, values], estimates.loc[same, values], check_dtype=False)
    assert fixed.any()
    assert published.loc[fixed, ["ci_low", "ci_high"]].isna().all(axis=None)
    assert (published.loc[fixed, "estimate"] == 1.0).all()


def test_what_the_largest_contribute_never_leaves(estimates: pd.DataFrame) -> None:
    published = release(estimates.assign(top1_share=0.01, top2_share=0.02), LIMITS)
    assert published[list(NEVER_SHOWN)].isna().all(axis=None)


def test_the_input_is_left_alone(estimates: pd.DataFrame) -> None:
    before = estimates.copy(deep=True)
    release(estimates, LIMITS)
    pd.testing.assert_frame_equal(estimates, before)


def test_text_columns_may_be_categories(estimates: pd.DataFrame) -> None:
    coded = estimates.assign(**{name: estimates[name].astype("category") for name in (*HUB_KEYS, "state")})
    pd.testing.assert_series_equal(release(coded, LIMITS)["flag"], release(estimates, LIMITS)["flag"])


def test_a_missing_column_is_named(estimates: pd.DataFrame) -> None:
    with pytest.raises(UserError, match="the hub lacks the column 'ci_low'"):
        release(estimates.drop(columns="ci_low"), LIMITS)


def test_repeated_keys_are_refused(estimates: pd.DataFrame) -> None:
    with pytest.raises(UserError, match="1 rows of the hub repeat"):
        release(pd.concat([estimates, estimates.tail(1)]), LIMITS)


def test_a_few_of_many_are_a_bound_and_no_count() -> None:
    """Decision 28: 5 of 400 are no secret, and no number."""
    small = SmallHub().add((), 400, 395).add((("sex", "male"),), 300, 5).add((("sex", "female"),), 100, 100)
    published = release(small.frame(), LIMITS).set_index(["sex", "statistic"])
    assert published.loc[("_T", "share"), ["flag", "bound_low", "n"]].tolist() == ["b", 0.97, 400]
    assert published.loc[("male", "share"), ["flag", "bound_high"]].tolist() == ["b", 0.03]
    assert published.loc[[("_T", "total"), ("male", "total")], "flag"].tolist() == [":c", ":c"]
    assert published.loc[("female", "share"), ["flag", "review"]].tolist() == ["", "group_disclosure"]


def test_disclosure_comes_before_reliability() -> None:
    """Three persons are confidential, not merely few; a bound of few persons is not shown at all."""
    small = SmallHub().add((), 23, 12).add((("sex", "male"),), 3, 1).add((("sex", "female"),), 20, 11)
    published = release(small.frame(), LIMITS).set_index(["sex", "statistic"])
    assert published.loc[("male", "share"), "flag"] == ":c"
    assert published.loc[("_T", "share"), "flag"] == "x"
    assert published["estimate"].isna().all()


def test_only_reliable_estimates_may_be_cited(estimates: pd.DataFrame) -> None:
    published = release(estimates, LIMITS)
    may = published.apply(citable, axis=1)
    assert may.any()
    assert (published.loc[may, "flag"] == "").all()
    assert published.loc[may, "estimate"].notna().all()
    assert not may[published["flag_reason"] == "by_definition"].any()
