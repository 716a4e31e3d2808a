from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.govern.small_hub import PUBLICATION, SmallHub
from unit.publish.fake_hub import hub

from informality.errors import UserError
from informality.govern.flags import citable
from informality.govern.hide import First
from informality.govern.release import PUBLISHED_COLUMNS, Publication, release
from informality.settings import Thresholds
from informality.vocabulary import DIMENSIONS, HUB_KEYS

LIMITS = Thresholds()


@pytest.fixture(scope="module")
def estimates() -> pd.DataFrame:
    frame = hub()
    frame.loc[frame.index[:3], ["state", "estimate"]] = ["not_computable", 0.5]
    return frame


def test_same_rows_same_order_other_columns(estimates: pd.DataFrame) -> None:
    published = release(estimates, LIMITS, PUBLICATION)
    assert tuple(published.columns) == PUBLISHED_COLUMNS
    pd.testing.assert_frame_equal(published[list(HUB_KEYS)], estimates[list(HUB_KEYS)], check_dtype=False)


def test_hidden_values_are_gone_and_n_stays_unless_it_is_the_secret(estimates: pd.DataFrame) -> None:
    published = release(estimates, LIMITS, PUBLICATION)
    hidden = published["flag"].isin(["x", ":", "b", ":c"])
    secret = published["flag_reason"].isin(["confidential", "joined"])
    assert set(published["flag"]) == {"", "u", "x", ":", "b", ":c"}
    assert published.loc[hidden, ["estimate", "se", "ci_low", "ci_high", "cv", "df"]].isna().all(axis=None)
    assert published.loc[secret, "n"].isna().all()
    assert published.loc[~secret, "n"].notna().all()
    unknown = estimates[list(DIMENSIONS)].isin(LIMITS.unknown_levels).any(axis=1)
    few = estimates["n"].between(1, 9) & ~unknown
    assert few.any()
    assert secret[few].all()


def test_no_shown_number_has_more_digits_than_its_rounding(estimates: pd.DataFrame) -> None:
    published = release(estimates, LIMITS, PUBLICATION)
    shown = published[published["flag"].isin(["", "u"])]
    share = shown["statistic"] == "share"
    fine = shown["n"] >= 1000
    for name in ("estimate", "ci_low", "ci_high"):
        points = shown.loc[share, name] * 100
        assert (points.dropna() - points.dropna().round(1)).abs().max() < 1e-9
        whole = points[~fine].dropna()
        assert len(whole)
        assert (whole - whole.round()).abs().max() < 1e-9
    assert shown.loc[share & fine, "decimals"].eq(1).all()
    assert shown.loc[share & ~fine, "decimals"].eq(0).all()
    persons = shown.loc[
        (shown["statistic"] == "total") & (shown["measure"] == "persons"), ["estimate", "ci_low", "ci_high"]
    ]
    assert (persons.stack().dropna() % PUBLICATION.step == 0).all()
    assert (published["n"].dropna() % 10 == 0).all()
    classes = published["n_class"] != ""
    assert (published.loc[~classes & published["n"].gt(0), "n"] >= 70).all()


def test_limits_stay_around_the_estimate(estimates: pd.DataFrame) -> None:
    published = release(estimates, LIMITS, PUBLICATION)
    exact = estimates.loc[:, ["ci_low", "ci_high"]]
    drawn = published["ci_low"].notna()
    assert drawn.any()
    assert (published.loc[drawn, "ci_low"] <= exact.loc[drawn, "ci_low"] + 1e-9).all()
    assert (published.loc[drawn, "ci_high"] >= exact.loc[drawn, "ci_high"] - 1e-9).all()
    fixed = published["flag_reason"] == "by_definition"
    assert fixed.any()
    assert published.loc[fixed, ["ci_low", "ci_high"]].isna().all(axis=None)
    assert (published.loc[fixed, "estimate"] == 1.0).all()


def test_numbers_of_the_design_are_of_the_whole_country(estimates: pd.DataFrame) -> None:
    published = release(estimates, LIMITS, PUBLICATION)
    national = (published[list(DIMENSIONS)] == "_T").all(axis=1)
    design = ["df", "cv", "n_psu"]
    assert published.loc[~national, [*design, "deff", "df1", "p_value"]].isna().all(axis=None)
    assert published.loc[national & (published["flag"] == ""), design].notna().all(axis=None)


def test_0_and_100_are_nobody_and_everybody_only() -> None:
    hub = (
        SmallHub()
        .add((), 80_000, 35)
        .add((("sex", "male"),), 80_000, 79_965)
        .add((("sex", "female"),), 80_000, 0)
        .frame()
    )
    hub.loc[hub["statistic"].eq("total") & hub["sex"].eq("_T"), "estimate"] = 1_990.0
    published = release(hub, LIMITS, PUBLICATION).set_index(["sex", "statistic"])
    assert published.loc[("_T", "share"), ["flag", "flag_reason", "bound_high", "decimals"]].tolist() == [
        "b",
        "rounds_to_end",
        0.001,
        1,
    ]
    assert published.loc[("male", "share"), ["flag_reason", "bound_low"]].tolist() == ["rounds_to_end", 0.999]
    assert published.loc[("female", "share"), ["flag", "estimate"]].tolist() == ["", 0.0]
    assert published.loc[("_T", "total"), ["flag_reason", "bound_high"]].tolist() == ["rounds_to_end", 2000.0]


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_a_share_is_0_or_1_only_where_it_is_true(event: int, rest: int) -> None:
    published = release(SmallHub().add((), max(event + rest, 1), event).frame(), LIMITS, PUBLICATION)
    row = published[published["statistic"] == "share"].iloc[0]
    if row["estimate"] == 0:
        assert event == 0
    if row["estimate"] == 1:
        assert rest == 0


def test_a_changed_threshold_changes_nothing_that_is_shown(estimates: pd.DataFrame) -> None:
    here, there = (
        release(estimates, limits, PUBLICATION) for limits in (LIMITS, Thresholds(confidential_below=12, hide_below=40))
    )
    both = here["flag"].isin(["", "u"]) & there["flag"].isin(["", "u"])
    assert not here["flag"].equals(there["flag"])
    numbers = ["estimate", "se", "ci_low", "ci_high", "n", "n_class", "decimals"]
    pd.testing.assert_frame_equal(here.loc[both, numbers], there.loc[both, numbers])


@pytest.mark.parametrize(("n_same", "shown"), [(10, 1_270_000.0), (9, 1_250_000.0), (float("nan"), 1_250_000.0)])
def test_a_quantile_is_no_single_persons_answer(n_same: float, shown: float) -> None:
    """Else the middle of its two-digit interval stands, and limits outward in the same way."""
    hub = SmallHub().add((), 4000, 4000).frame().head(1)
    values = {"estimate": 1_273_000.0, "ci_low": 1_201_000.0, "ci_high": 1_299_000.0, "n_same": n_same}
    hub = hub.assign(statistic="quantile", category="p50", measure="kip", **values)
    row = release(hub, LIMITS, PUBLICATION).iloc[0]
    assert row["estimate"] == shown
    assert row["ci_low"] <= 1_201_000 < 1_299_000 <= row["ci_high"]
    if shown == 1_250_000:
        assert row[["ci_low", "ci_high"]].tolist() == [1_150_000.0, 1_350_000.0]


def test_amounts_have_three_digits_and_errors_two() -> None:
    hub = SmallHub().add((), 4000, 4000).frame().head(1)
    hub = hub.assign(statistic="mean", measure="hours", estimate=41.2345, se=0.34567, ci_low=40.557, ci_high=41.912)
    row = release(hub, LIMITS, PUBLICATION).iloc[0]
    assert row[["estimate", "se", "ci_low", "ci_high", "decimals"]].tolist() == [41.2, 0.35, 40.5, 42.0, 1]


def test_a_step_that_would_undo_n_is_refused() -> None:
    with pytest.raises(UserError, match=r"publication.step in surveys/x.yaml") as error:
        Publication.of(500, 127.6, 20, 900, First(), "surveys/x.yaml")
    assert "write a step of 2000" in str(error.value)
    assert Publication.of(None, 127.6, 20, 900, First()).step == 2000
    assert Publication.of(1000, 127.6, 20, 900, First()).step == 1000


def test_the_input_is_left_alone(estimates: pd.DataFrame) -> None:
    before = estimates.copy(deep=True)
    release(estimates, LIMITS, PUBLICATION)
    pd.testing.assert_frame_equal(estimates, before)


def test_text_columns_may_be_categories(estimates: pd.DataFrame) -> None:
    coded = estimates.assign(**{name: estimates[name].astype("category") for name in (*HUB_KEYS, "state")})
    pd.testing.assert_series_equal(
        release(coded, LIMITS, PUBLICATION)["flag"], release(estimates, LIMITS, PUBLICATION)["flag"]
    )


def test_a_missing_column_is_named(estimates: pd.DataFrame) -> None:
    with pytest.raises(UserError, match="the hub lacks the column 'ci_low'"):
        release(estimates.drop(columns="ci_low"), LIMITS, PUBLICATION)


def test_repeated_keys_are_refused(estimates: pd.DataFrame) -> None:
    with pytest.raises(UserError, match="1 rows of the hub repeat"):
        release(pd.concat([estimates, estimates.tail(1)]), LIMITS, PUBLICATION)


def test_a_few_of_many_are_a_bound_and_no_count() -> None:
    """Decision 28: 5 of 400 are no secret, and no number."""
    small = SmallHub().add((), 400, 395).add((("sex", "male"),), 300, 5).add((("sex", "female"),), 100, 100)
    published = release(small.frame(), LIMITS, PUBLICATION).set_index(["sex", "statistic"])
    assert published.loc[("_T", "share"), ["flag", "bound_low", "n"]].tolist() == ["b", 0.97, 400.0]
    assert published.loc[("male", "share"), ["flag", "bound_high"]].tolist() == ["b", 0.03]
    assert published.loc[[("_T", "total"), ("male", "total")], "flag"].tolist() == [":c", ":c"]
    assert published.loc[("female", "share"), ["flag", "review"]].tolist() == ["", "group_disclosure"], (
        "a hundred and more"
    )


def test_disclosure_comes_before_reliability() -> None:
    """Three persons are confidential, not merely few; a bound of few persons is not shown at all."""
    small = SmallHub().add((), 23, 12).add((("sex", "male"),), 3, 1).add((("sex", "female"),), 20, 11)
    published = release(small.frame(), LIMITS, PUBLICATION).set_index(["sex", "statistic"])
    assert published.loc[("male", "share"), "flag"] == ":c"
    assert published.loc[("_T", "share"), "flag"] == "x"
    assert published["estimate"].isna().all()
    assert published.loc[("_T", "share"), "n_class"] == "<30"


def test_only_reliable_estimates_may_be_cited(estimates: pd.DataFrame) -> None:
    published = release(estimates, LIMITS, PUBLICATION)
    may = published.apply(citable, axis=1)
    assert may.any()
    assert (published.loc[may, "flag"] == "").all()
    assert published.loc[may, "estimate"].notna().all()
    assert not may[published["flag_reason"] == "by_definition"].any()
