from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.govern.small_hub import PUBLICATION, SmallHub

from informality.govern import hide
from informality.govern.release import release
from informality.settings import Thresholds

LIMITS, FIRST = Thresholds(), PUBLICATION.first


@given(n=st.integers(30, 50_000), few=st.integers(1, 9), over=st.booleans(), weight=st.floats(0.01, 8.0))
def test_a_bound_is_true_and_follows_from_the_rounded_base(n: int, few: int, over: bool, weight: float) -> None:
    hub = SmallHub().add((), n, n - few if over else few).frame()
    share = min(few * weight / n, 0.94)
    hub["estimate"] = 1 - share if over else share
    low, high = (bound[0] for bound in hide.bounds(hub, LIMITS))
    base = int(n / 10 + 0.5) * 10
    step = 5 if base < 100 else 1
    alone = math.ceil(900 / base / step - 1e-9) * step / 100
    bound = 1 - low if over else high
    assert np.isnan(high if over else low)
    # A share beyond it, by large weights of a few, has no bound: "few" is all that is said.
    assert bound == pytest.approx(alone) or (np.isnan(bound) and share > alone)
    assert np.isnan(bound) or share <= bound + 1e-12


def test_counts_of_ten_and_more_need_no_bound() -> None:
    low, high = hide.bounds(SmallHub().add((), 400, 10).add((), 400, 390).frame(), LIMITS)
    assert np.isnan(low).all()
    assert np.isnan(high).all()


def test_nobody_and_everybody_of_a_small_class_have_a_bound() -> None:
    small = SmallHub().add((), 2000, 700).add((("sex", "male"),), 60, 0).add((("sex", "female"),), 60, 60)
    published = release(small.frame(), LIMITS, PUBLICATION).set_index(["sex", "statistic"])
    assert published.loc[("male", "share"), ["flag", "flag_reason", "bound_high"]].tolist() == [
        "b",
        "few_counted",
        0.15,
    ]
    assert published.loc[("female", "share"), ["flag", "flag_reason", "bound_low"]].tolist() == [
        "b",
        "few_counted",
        0.85,
    ]
    # The total beside it would tell nobody from a few, and everybody from all but a few.
    assert published.loc[[("male", "total"), ("female", "total")], "flag"].tolist() == [":c", ":c"]
    assert published["estimate"].notna().sum() == 2, "the national share and total"


def test_one_small_row_hides_no_other() -> None:
    small = SmallHub().add((), 400, 200).add((("sex", "male"),), 5, 2).add((("sex", "female"),), 395, 198)
    published = release(small.frame(), LIMITS, PUBLICATION).set_index(["sex", "statistic"])
    assert published.loc[("male", "share"), ["flag", "flag_reason"]].tolist() == [":c", "confidential"]
    assert np.isnan(published.loc[("male", "share"), "n"])
    assert published.loc[["_T", "female"], "flag"].tolist() == [""] * 4


def test_persons_of_two_sampling_units_are_confidential() -> None:
    small = SmallHub().add((), 400, 200).add((("sex", "male"),), 100, 50, n_psu=2.0).add((("sex", "female"),), 300, 150)
    published = release(small.frame(), LIMITS, PUBLICATION)
    assert set(published.loc[published["sex"] == "male", "flag"]) == {":c"}
    assert set(published.loc[published["sex"] != "male", "flag"]) == {""}


@pytest.mark.parametrize(
    ("top1", "top2", "hidden"),
    [(0.5, 0.91, True), (0.89, 0.895, False), (0.92, 0.93, True), (0.05, 0.08, False), (np.nan, np.nan, False)],
)
def test_magnitudes_of_which_one_or_two_make_nearly_all(top1: float, top2: float, hidden: bool) -> None:
    hub = SmallHub().add((), 400, 400).frame().assign(statistic=["mean", "total"], top1_share=top1, top2_share=top2)
    assert hide.dominated(hub, LIMITS, FIRST).tolist() == [hidden] * 2
    assert (release(hub, LIMITS, PUBLICATION)["flag"] == ":c").tolist() == [hidden] * 2


def test_the_rest_must_be_a_tenth_of_the_largest() -> None:
    hub = SmallHub().add((), 400, 400).frame().assign(top1_share=0.85, top2_share=0.89)
    assert hide.dominated(hub, Thresholds(rest_to_top=0.2), FIRST).all()
    assert not hide.dominated(hub, LIMITS, FIRST).any()


def test_sensitive_numerators_are_confidential() -> None:
    small = SmallHub().add((), 400, 65).add((("sex", "male"),), 300, 5).add((("sex", "female"),), 100, 60)
    plain = release(small.frame(), LIMITS, PUBLICATION)
    assert set(plain.loc[plain["sex"] == "male", "flag"]) == {"b", ":c"}
    published = release(small.frame(), Thresholds(sensitive_indicators=["informal"]), PUBLICATION).set_index("sex")
    assert set(published.loc["male", "flag"]) == {":c"}
    assert published.loc["male", "n"].tolist() == [300, 300], "the base is no secret"
    assert set(published.loc[["female", "_T"], "flag"]) == {""}


def test_sensitive_dimensions_are_shown_by_one_standard() -> None:
    hub = SmallHub()
    for variant in ("icls17", "icls21"):
        hub.add((("disability", "yes"),), 4000, 2000 if variant == "icls17" else 2500, variant=variant)
    published = release(hub.frame(), LIMITS, PUBLICATION).set_index("variant")
    assert set(published.loc["icls17", "flag"]) == {""}
    assert set(published.loc["icls21", "flag_reason"]) == {"one_standard"}


def test_an_unknown_level_is_no_secret() -> None:
    published = release(SmallHub().add((("sex", "_U"),), 4, 2).frame(), LIMITS, PUBLICATION)
    assert set(published["flag_reason"]) == {"too_few_persons", "few_counted"}
    assert set(published["n_class"]) == {"<30"}


def test_members_of_a_joined_row_show_nothing() -> None:
    hub = SmallHub().add((("region", "a"),), 25, 10).add((("region", "_O"),), 600, 300).frame()
    hub.loc[hub["region"] == "a", "state"] = "joined"
    published = release(hub, LIMITS, PUBLICATION).set_index("region")
    assert set(published.loc["a", "flag_reason"]) == {"joined"}
    assert published.loc["a", ["estimate", "n", "ci_low"]].isna().all(axis=None)
    assert set(published.loc["_O", "flag"]) == {""}


def test_sensitive_dimensions_are_those_of_the_settings() -> None:
    hub = SmallHub().add((("region", "north"),), 400, 5).add((("sex", "male"),), 400, 5).frame()
    assert hide.sensitive(hub, Thresholds(below_province=["region"])).tolist() == [True, True, False, False]
    assert not hide.sensitive(hub, LIMITS).any()


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
    assert hide.near_the_end(hub, LIMITS, FIRST).tolist() == [hidden, False]


def test_a_quantile_of_which_too_few_lie_beyond_is_not_published() -> None:
    hub = SmallHub().add((), 80, 80).frame().assign(statistic=["quantile", "mean"], category=["p90", ""])
    published = release(hub, LIMITS, PUBLICATION)
    assert published["flag"].tolist() == [":c", ""]
    assert published[["estimate", "ci_low", "ci_high"]].iloc[0].isna().all()


def test_a_quantile_without_a_name_for_its_p_is_hidden() -> None:
    hub = SmallHub().add((), 400, 400).frame().assign(statistic=["quantile", "mean"], category="median")
    assert hide.near_the_end(hub, LIMITS, FIRST).tolist() == [True, False]
