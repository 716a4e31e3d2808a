"""Differences between waves: the covariance of shared units, by hand and against the engine on stacked waves; which are made."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from informality.estimate.design import Design
from informality.estimate.hub import estimate
from informality.estimate.requests import Between, Request
from informality.estimate.specifications import Specification
from informality.estimate.trends.compare import Pair, Units, comparisons, differences
from informality.estimate.trends.measured import Asked, Shares, shares
from informality.expressions import parse

BY_SEX = ("sex",)


def spec() -> Specification:
    return Specification(
        indicator="informal",
        category="",
        per="variant",
        universe="employed",
        among=parse("employed", "test"),
        value=parse("job = 'informal'", "test"),
        statistics=("share",),
        breakdowns=((),),
        bounds=False,
        differences=(),
    )


def wave(seed: int, units: list[tuple[int, int]], per_unit: int = 6) -> pd.DataFrame:
    """Persons of a wave: so many in each unit (stratum, psu), whose informality goes with the unit in every wave."""
    random = np.random.default_rng(seed)
    stratum, psu = (np.repeat(side, per_unit) for side in zip(*units, strict=True))
    n = len(stratum)
    level = 0.2 + 0.5 * ((stratum * 7 + psu * 13) % 10) / 10
    return pd.DataFrame(
        {
            "stratum": stratum,
            "psu": psu,
            "weight": random.uniform(50, 150, n),
            "employed": random.random(n) < 0.85,
            "job": pd.Categorical.from_codes((random.random(n) < level).astype(int), ["formal", "informal"]),
            "sex": pd.Categorical.from_codes(random.integers(0, 2, n), ["male", "female"]),
        }
    )


def shares_of(frame: pd.DataFrame, by: tuple[str, ...] = ()) -> Shares:
    ((_, found),) = shares(frame, Design.from_frame(frame), [Asked(spec(), by)])
    return found


def units_of(*frames: pd.DataFrame, samples: tuple[str, ...] | None = None) -> Units:
    names = []
    for at, frame in enumerate(frames):
        design = Design.from_frame(frame)
        units = pd.DataFrame({"code": design.psu, "s": frame["stratum"], "p": frame["psu"]}).drop_duplicates("code")
        units = units.sort_values("code")
        names.append(
            pd.DataFrame(
                {
                    "sample": samples[at] if samples else "one",
                    "stratum_name": units["s"].astype(str),
                    "psu_name": units["p"].astype(str),
                }
            )
        )
    return Units.numbered(names)


def linearised(frame: pd.DataFrame) -> tuple[float, dict[int, dict[int, float]]]:
    """The share and, by stratum and unit, sums of w (y - p) / sum w, person by person."""
    inside = frame[frame["employed"]]
    w, y = inside["weight"], (inside["job"] == "informal").astype(float)
    p = float((w * y).sum() / w.sum())
    z = w * (y - p) / w.sum()
    sums: dict[int, dict[int, float]] = {}
    for s, u in frame[["stratum", "psu"]].drop_duplicates().itertuples(index=False):
        sums.setdefault(s, {})[u] = float(z[(inside["stratum"] == s) & (inside["psu"] == u)].sum())
    return p, sums


def covariance(a: dict[int, dict[int, float]], b: dict[int, dict[int, float]]) -> float:
    """sum_h sqrt(n/(n-1) m/(m-1)) sum over common units of the products of deviations from each wave's own mean."""
    total = 0.0
    for stratum in sorted(set(a) & set(b)):
        x, y = a[stratum], b[stratum]
        n, m = len(x), len(y)
        centre_x, centre_y = sum(x.values()) / n, sum(y.values()) / m
        products = sum((x[u] - centre_x) * (y[u] - centre_y) for u in sorted(set(x) & set(y)))
        total += np.sqrt(n / (n - 1) * m / (m - 1)) * products
    return total


ALL = [(s, u) for s in range(3) for u in range(6)]


def test_a_difference_has_the_covariance_of_the_units_that_both_waves_have() -> None:
    first, second = wave(1, ALL[:16]), wave(2, ALL[4:])
    rows = differences(shares_of(second), shares_of(first), units_of(first, second), (1, 0))
    (p, z), (q, y) = linearised(second), linearised(first)
    assert covariance(z, y) > 0, "units are alike in both waves"
    variance = covariance(z, z) + covariance(y, y) - 2 * covariance(z, y)
    assert rows["estimate"].item() == pytest.approx(p - q, rel=1e-12)
    assert rows["se"].item() == pytest.approx(np.sqrt(variance), rel=1e-10)
    assert rows["df"].item() == 18 - 3
    t = (p - q) / np.sqrt(variance)
    assert rows["p_value"].item() == pytest.approx(2 * stats.t.sf(abs(t), 15), rel=1e-10)
    half = stats.t.ppf(0.975, 15) * np.sqrt(variance)
    assert (rows["ci_low"].item(), rows["ci_high"].item()) == pytest.approx((p - q - half, p - q + half), rel=1e-10)


def test_with_the_same_units_it_is_the_difference_of_the_stacked_sample() -> None:
    first, second = wave(3, ALL), wave(4, ALL)
    rows = differences(shares_of(second, BY_SEX), shares_of(first, BY_SEX), units_of(first, second), (1, 0))
    stacked = pd.concat([first.assign(wave="a"), second.assign(wave="b")], ignore_index=True)
    stacked = stacked.assign(y=stacked["job"] == "informal")
    request = Request(
        "difference", "y", where="employed", by=("wave", "sex"), of="share", between=Between("wave", "b", "a")
    )
    engine = estimate(stacked, Design.from_frame(stacked), [request]).set_index("sex").loc[["male", "female"]]
    for name in ("estimate", "se", "df", "ci_low", "ci_high"):
        assert rows[name].to_numpy(float) == pytest.approx(engine[name].to_numpy(float), rel=1e-9)
    assert rows["n"].tolist() == engine["n"].tolist()


def test_waves_of_different_samples_are_independent_whatever_their_units_are_called() -> None:
    first, second = wave(5, ALL), wave(6, ALL)
    one, other = shares_of(first), shares_of(second)
    rows = differences(other, one, units_of(first, second, samples=("old", "new")), (1, 0))
    assert rows["se"].item() == pytest.approx(np.hypot(one.se.item(), other.se.item()), rel=1e-12)
    assert rows["df"].item() == 2 * (18 - 3)


def test_a_wave_keeps_the_standard_error_that_it_publishes() -> None:
    frame = wave(7, ALL)
    request = Request("share", "y", where="employed", by=BY_SEX)
    published = estimate(frame.assign(y=frame["job"] == "informal"), Design.from_frame(frame), [request])
    ours = shares_of(frame, BY_SEX)
    theirs = published.set_index("sex").loc[[domain[0] for domain in ours.domains]]
    assert ours.estimate == pytest.approx(theirs["estimate"].to_numpy(), rel=1e-12)
    assert ours.se == pytest.approx(theirs["se"].to_numpy(), rel=1e-12)


def test_unknown_levels_and_levels_of_one_wave_are_not_compared() -> None:
    first, second = wave(8, ALL), wave(9, ALL)
    first.loc[first.index[:5], "sex"] = None
    second.loc[second.index[:5], "sex"] = None
    men = second[(second["sex"] != "female").to_numpy()]
    rows = differences(shares_of(men, BY_SEX), shares_of(first, BY_SEX), units_of(first, men), (1, 0))
    assert len(rows) == 1


def test_a_domain_where_nothing_varies_has_no_test() -> None:
    first, second = wave(10, ALL), wave(11, ALL)
    for frame in (first, second):
        frame["job"] = pd.Categorical(["informal"] * len(frame), categories=["formal", "informal"])
    row = differences(shares_of(second), shares_of(first), units_of(first, second), (1, 0)).iloc[0]
    assert row["state"] == "not_estimable"
    assert np.isnan(row[["se", "ci_low", "p_value"]].astype(float)).all()


def always(_plus: int, _minus: int) -> bool:
    return True


def test_waves_are_compared_with_their_neighbours_and_the_last_with_the_first() -> None:
    found = comparisons([0, 1, 2, 3], always)
    assert [(p.plus, p.minus) for p in found] == [(1, 0), (2, 1), (3, 2), (3, 0)]
    assert [p.kind for p in found] == ["consecutive"] * 3 + ["first_last"]


def test_two_waves_have_one_comparison() -> None:
    assert comparisons([0, 5], always) == [Pair(5, 0, "consecutive", True)]
    assert comparisons([0], always) == []


def test_nothing_is_compared_across_a_break() -> None:
    side = {0: "old", 1: "old", 2: "old", 3: "new", 4: "new"}
    found = comparisons([0, 1, 2, 3, 4], lambda a, b: side[a] == side[b])
    refused = [(p.plus, p.minus) for p in found if not p.compared]
    assert refused == [(3, 2)]
    assert [(p.plus, p.minus) for p in found if p.kind == "first_last"] == [(2, 0)], (
        "each part has its own, two waves none"
    )
