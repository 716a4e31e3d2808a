from __future__ import annotations

import pandas as pd
import pytest
from unit.publish.fake_hub import hub

from informality.errors import UserError
from informality.govern.release import HIDDEN_VALUES, PUBLISHED_COLUMNS, release
from informality.settings import Thresholds
from informality.vocabulary import HUB_KEYS, HUB_VALUES

LIMITS = Thresholds(hide_below=30, flag_below=50)


@pytest.fixture(scope="module")
def estimates() -> pd.DataFrame:
    frame = hub()
    frame.loc[frame.index[:3], ["state", "estimate"]] = ["not_computable", 0.5]
    return frame


def test_same_rows_same_order_two_more_columns(estimates: pd.DataFrame) -> None:
    published = release(estimates, LIMITS)
    assert tuple(published.columns) == PUBLISHED_COLUMNS
    pd.testing.assert_frame_equal(published[list(HUB_KEYS)], estimates[list(HUB_KEYS)])


def test_hidden_values_are_gone_and_n_stays(estimates: pd.DataFrame) -> None:
    published = release(estimates, LIMITS)
    hidden = published["flag"].isin(["x", ":"])
    assert hidden.any()
    assert published.loc[hidden, list(HIDDEN_VALUES)].isna().all(axis=None)
    pd.testing.assert_series_equal(published["n"], estimates["n"])


def test_shown_values_are_untouched(estimates: pd.DataFrame) -> None:
    published = release(estimates, LIMITS)
    shown = ~published["flag"].isin(["x", ":"])
    fixed = published["flag_reason"] == "by_definition"
    assert (shown & ~fixed).any()
    values = list(HUB_VALUES)
    same = shown & ~fixed
    pd.testing.assert_frame_equal(published.loc[same, values], estimates.loc[same, values], check_dtype=False)
    assert fixed.any()
    assert published.loc[fixed, ["ci_low", "ci_high"]].isna().all(axis=None)
    assert (published.loc[fixed, "estimate"] == 1.0).all()


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
