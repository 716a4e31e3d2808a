from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.govern.small_hub import SmallHub

from informality.govern import disclosure
from informality.govern.release import release
from informality.settings import Thresholds

LIMITS = Thresholds()


@given(n=st.integers(30, 50_000), few=st.integers(1, 9), over=st.booleans(), weight=st.floats(0.01, 8.0))
def test_a_bound_is_true_and_tells_no_count(n: int, few: int, over: bool, weight: float) -> None:
    event = n - few if over else few
    hub = SmallHub().add((), n, event).frame()
    share = min(few * weight / n, 0.94)
    hub["estimate"] = 1 - share if over else share
    low, high = disclosure.bounds(hub, LIMITS)
    estimate = float(hub["estimate"].iloc[0])
    bound = low[0] if over else high[0]
    assert (low[0] <= estimate) if over else (estimate <= high[0])
    assert np.isnan(high[0] if over else low[0])
    # The same n gives the same bound whatever the count, or a step of five points that the weights ask for.
    alone = np.floor(100 * (1 - 9 / n) + 1e-9) / 100 if over else np.ceil(900 / n - 1e-9) / 100
    stepped = abs(bound / disclosure.STEP - round(bound / disclosure.STEP)) < 1e-6
    assert bound == pytest.approx(alone) or stepped


def test_counts_of_ten_and_more_need_no_bound() -> None:
    low, high = disclosure.bounds(SmallHub().add((), 400, 10).add((), 400, 390).add((), 400, 0).frame(), LIMITS)
    assert np.isnan(low).all()
    assert np.isnan(high).all()


def test_persons_of_two_sampling_units_are_confidential() -> None:
    small = SmallHub().add((), 400, 200).add((("sex", "male"),), 100, 50, n_psu=2.0).add((("sex", "female"),), 300, 150)
    published = release(small.frame(), LIMITS)
    # The other sex would give them away.
    assert published.loc[published["sex"] == "_T", "flag"].tolist() == ["", ""]
    assert set(published.loc[published["sex"] != "_T", "flag"]) == {":c"}


@pytest.mark.parametrize(
    ("top1", "top2", "hidden"),
    [(0.5, 0.91, True), (0.89, 0.895, False), (0.92, 0.93, True), (0.05, 0.08, False), (np.nan, np.nan, False)],
)
def test_magnitudes_of_which_one_or_two_make_nearly_all(top1: float, top2: float, hidden: bool) -> None:
    hub = SmallHub().add((), 400, 400).frame().assign(statistic=["mean", "total"], top1_share=top1, top2_share=top2)
    assert disclosure.dominated(hub, LIMITS).tolist() == [hidden] * 2
    assert (release(hub, LIMITS)["flag"] == ":c").tolist() == [hidden] * 2


def test_the_rest_must_be_a_tenth_of_the_largest() -> None:
    hub = SmallHub().add((), 400, 400).frame().assign(top1_share=0.85, top2_share=0.89)
    assert disclosure.dominated(hub, Thresholds(rest_to_top=0.2)).all()
    assert not disclosure.dominated(hub, LIMITS).any()


def test_sensitive_numerators_are_confidential_and_defended() -> None:
    """5 of 300 men and 60 of 100 women: without the women's number hidden too, the total would give the men's."""
    small = SmallHub().add((), 400, 65).add((("sex", "male"),), 300, 5).add((("sex", "female"),), 100, 60)
    plain = release(small.frame(), LIMITS)
    assert set(plain.loc[plain["sex"] == "male", "flag"]) == {"b", ":c"}
    published = release(small.frame(), Thresholds(sensitive_indicators=["informal"]))
    parts = published["sex"] != "_T"
    assert set(published.loc[parts, "flag"]) == {":c"}
    assert published.loc[parts, "n"].tolist() == [300, 300, 100, 100], "the base is no secret"
    assert set(published.loc[~parts, "flag"]) == {""}


def test_sensitive_dimensions_are_those_of_the_settings() -> None:
    hub = SmallHub().add((("region", "north"),), 400, 5).add((("sex", "male"),), 400, 5).frame()
    assert disclosure.sensitive(hub, Thresholds(below_province=["region"])).tolist() == [True, True, False, False]
    assert not disclosure.sensitive(hub, LIMITS).any()


@pytest.mark.parametrize(
    ("category", "n", "hidden"),
    [
        ("p50", 20, False),
        ("p50", 19, True),
        ("p90", 100, False),
        ("p90", 99, True),
        ("p10", 99, True),
        ("p2.5", 400, False),
    ],
)
def test_ten_persons_lie_on_either_side_of_a_quantile(category: str, n: int, hidden: bool) -> None:
    hub = SmallHub().add((), n, n).frame().assign(statistic=["quantile", "mean"], category=category)
    assert disclosure.near_the_end(hub, LIMITS).tolist() == [hidden, False]


def test_a_quantile_of_which_too_few_lie_beyond_is_not_published() -> None:
    hub = SmallHub().add((), 80, 80).frame().assign(statistic=["quantile", "mean"], category=["p90", ""])
    published = release(hub, LIMITS)
    assert published["flag"].tolist() == [":c", ""]
    assert published[["estimate", "ci_low", "ci_high"]].iloc[0].isna().all()


def test_a_quantile_without_a_name_for_its_p_is_hidden() -> None:
    hub = SmallHub().add((), 400, 400).frame().assign(statistic=["quantile", "mean"], category="median")
    assert disclosure.near_the_end(hub, LIMITS).tolist() == [True, False]
