"""Levels and classes with too few persons: taken together where that helps, with the sums and standard errors of their own."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from informality.estimate.design import Design
from informality.estimate.hub import estimate
from informality.estimate.joins import Least, together, with_joined
from informality.estimate.requests import Request

KEYS = {"survey": "s", "universe": "employed", "indicator": "informal"}
CLASSES = ("covered", "gap", "rare", "rarer")


def persons(regions: dict[str, int], seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    region = np.repeat(list(regions), list(regions.values()))
    n = len(region)
    part = rng.choice(CLASSES, size=n, p=[0.6, 0.38, 0.015, 0.005])
    return pd.DataFrame(
        {
            "stratum": rng.integers(0, 5, n),
            "psu": rng.integers(0, 40, n),
            "weight": rng.uniform(50, 150, n),
            "region": pd.Categorical(region),
            "sex": pd.Categorical(rng.choice(["male", "female"], n)),
            "in": True,
            "informal": rng.random(n) < 0.6,
            **{name: part == name for name in CLASSES},
        }
    )


def joined(frame: pd.DataFrame, requests: list[Request], least: Least = Least()) -> pd.DataFrame:  # noqa: B008
    design = Design.from_frame(frame)
    values = {name: frame[name].to_numpy() for name in ("informal", *CLASSES)}
    rows = estimate(frame, design, requests)
    return pd.concat(
        with_joined(frame, requests, rows, values, lambda f, r: estimate(f, design, r), least), ignore_index=True
    )


def of(statistic: str, y: str, *by: str, **keys: str) -> Request:
    measure = "share" if statistic == "share" else "persons"
    return Request(statistic, y, where="in", by=by, keys={**KEYS, **keys}, measure=measure)  # type: ignore[arg-type]


def test_small_levels_stand_together_with_an_error_of_their_own() -> None:
    frame = persons({"big": 2000, "wide": 900, "few": 20, "fewer": 15})
    rows = joined(frame, [of("share", "informal", "region"), of("total", "informal", "region")])
    assert set(rows.loc[rows["state"] == "joined", "region"]) == {"few", "fewer"}
    other = rows[rows["region"] == "_O"].set_index("statistic")
    recoded = frame.assign(region=frame["region"].astype(str).replace({"few": "x", "fewer": "x"}))
    expected = estimate(
        recoded, Design.from_frame(frame), [of("share", "informal", "region"), of("total", "informal", "region")]
    )
    expected = expected[expected["region"] == "x"].set_index("statistic")
    for name in ("estimate", "se", "ci_low", "ci_high", "df", "n", "n_event", "n_psu", "population"):
        assert other[name].astype(float).to_dict() == pytest.approx(expected[name].astype(float).to_dict()), name
    assert set(other["scenario"]) == {""}


@pytest.mark.parametrize(
    "regions",
    [
        {"big": 2000, "few": 20},
        {"big": 2000, "few": 8, "fewer": 9},
        {"big": 2000, "wide": 900, "few": 12, "fewer": 14},
        {"few": 20, "fewer": 25},
        {"big": 2000, "wide": 31, "few": 30},
    ],
    ids=[
        "one small level",
        "too few even together, and one other",
        "too few even together, and no secret",
        "every level is small",
        "none is small",
    ],
)
def test_levels_that_joining_does_not_help_stay(regions: dict[str, int]) -> None:
    rows = joined(persons(regions), [of("share", "informal", "region")])
    assert not (rows["region"] == "_O").any()
    assert not (rows["state"] == "joined").any()


def test_of_two_dimensions_the_last_is_joined_within_the_first() -> None:
    frame = persons({"big": 2000, "few": 40, "fewer": 36, "wide": 900})
    rows = joined(frame, [of("share", "informal", "sex", "region"), of("share", "informal", "region")])
    other = rows[rows["region"] == "_O"]
    assert set(other["sex"]) == {"male", "female"}
    for sex, row in other.set_index("sex").iterrows():
        members = rows[(rows["sex"] == sex) & (rows["state"] == "joined")]
        assert row["n"] == members["n"].sum()


def test_a_tiny_level_takes_the_smallest_other_with_it() -> None:
    frame = persons({"big": 2000, "wide": 900, "small": 140, "tiny": 8})
    rows = joined(frame, [of("share", "informal", "region")])
    assert set(rows.loc[rows["state"] == "joined", "region"]) == {"small", "tiny"}
    assert rows.loc[rows["region"] == "_O", "n"].tolist() == [148]


def test_tiny_levels_that_are_too_few_together_take_one_more() -> None:
    rows = joined(
        persons({"big": 2000, "wide": 900, "small": 140, "tiny": 8, "few": 12}), [of("share", "informal", "region")]
    )
    assert set(rows.loc[rows["state"] == "joined", "region"]) == {"small", "tiny", "few"}


def test_levels_of_an_order_are_taken_together_only_where_several_are_small() -> None:
    frame = persons({"big": 2000, "wide": 900, "small": 140, "tiny": 8}).rename(columns={"region": "size"})
    assert not (joined(frame, [of("share", "informal", "size")])["size"] == "_O").any()


def test_the_unknown_is_no_member() -> None:
    frame = persons({"big": 2000, "few": 20, "fewer": 15})
    frame.loc[frame.index[:12], "region"] = None
    rows = joined(frame, [of("share", "informal", "region")])
    assert rows.loc[rows["region"] == "_U", "state"].tolist() == ["estimated"]
    assert rows.loc[rows["region"] == "_O", "n"].tolist() == [35]


def composition(*by: str) -> list[Request]:
    return [of(s, name, *by, indicator="split", category=name) for name in CLASSES for s in ("share", "total")]


def test_small_classes_of_each_domain_stand_together() -> None:
    frame = persons({"big": 3000, "wide": 600})
    rows = joined(frame, composition("region"))
    rows = rows[rows["statistic"] == "share"]
    counts = frame.groupby("region", observed=True)[list(CLASSES)].sum()
    for region, events in counts.iterrows():
        mine = rows[rows["region"] == region].set_index("category")
        assert mine["estimate"].drop(mine.index[mine["state"] == "joined"]).sum() == pytest.approx(1.0)
        members = set(mine.index[mine["state"] == "joined"])
        assert {name for name in CLASSES if 0 < events[name] < 10} <= members
        if members:
            assert mine.loc["_O", "n_event"] == sum(events[name] for name in members) >= 10
            assert mine.loc["_O", "se"] > 0


def test_a_level_that_stands_with_others_has_no_classes_of_its_own() -> None:
    frame = persons({"big": 3000, "wide": 600, "few": 28, "fewer": 25})
    rows = joined(frame, composition("region"))
    assert set(rows.loc[rows["region"].isin(["few", "fewer"]), "state"]) == {"joined"}
    assert "_O" not in set(rows.loc[rows["region"].isin(["few", "fewer"]), "category"])


def test_classes_that_are_no_composition_stay() -> None:
    frame = persons({"big": 3000, "wide": 600})
    frame["gap"] |= frame["covered"]
    rows = joined(frame, composition("region"))
    assert not (rows["state"] == "joined").any()


def test_where_nothing_else_would_remain_each_class_stays() -> None:
    frame = persons({"big": 300})
    for name in CLASSES:
        frame[name] = name == "covered"
    frame.loc[:3, "covered"], frame.loc[:3, "rare"] = False, True
    assert not (joined(frame, composition())["state"] == "joined").any()


def test_classes_of_one_sum_are_taken_together_first() -> None:
    """Informal jobs are published as a sum: with 3 and 4 of the formal ones joined to an informal class, it would give 7."""
    sums = ["formal", "formal", "formal", "informal", "informal"]
    chosen = together(np.array([[100.0, 3, 4, 300, 20], [0, 3, 4, 300, 20]]), 10, sums)
    assert chosen.tolist() == [[True, True, True, False, False], [False, True, True, False, True]]


def test_of_unknown_class_is_no_secret() -> None:
    assert not together(np.array([[100.0, 300, 3]]), 10, ["", "", ""], [False, False, True]).any()


@given(st.lists(st.lists(st.integers(0, 60), min_size=5, max_size=5), min_size=1, max_size=6))
def test_no_sum_of_the_rest_gives_a_small_class(counts: list[list[int]]) -> None:
    events = np.array(counts, dtype=float)
    chosen = together(events, 10)
    for event, some in zip(events, chosen, strict=True):
        small = (event >= 1) & (event < 10)
        if some.any():
            assert some[small].all()
            assert event[some].sum() >= 10
            assert (event[~some] >= 1).any()
            assert some.sum() >= 2
        elif small.any():
            # Only where one class is all but a few persons: it has a bound, as they have.
            assert (event >= 10).sum() <= 1
