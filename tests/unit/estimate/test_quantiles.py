"""Quantiles against a slow program, and what must not change them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from informality.estimate.design import Design
from informality.estimate.hub import estimate
from informality.estimate.intervals import t_quantile
from informality.estimate.requests import Request

check = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LEVELS = ("a", "b", "_U")


@st.composite
def surveys(draw: st.DrawFn) -> pd.DataFrame:
    """Few values, so that many rows tie; weights of 0 and missing values."""
    rows = draw(st.integers(2, 60))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    frame = pd.DataFrame({"stratum": rng.integers(0, 3, rows), "psu": rng.integers(0, 4, rows)})
    frame["weight"] = rng.integers(0, 5, rows) * rng.choice([1.0, 0.1, 37.25])
    frame["amount"] = np.where(rng.random(rows) < 0.1, np.nan, rng.choice([-2.0, 0.0, 3.5, 7.0, 40.0, 41.0], rows))
    frame["sex"] = pd.Categorical.from_codes(rng.integers(-1, 2, rows), ["a", "b"])
    frame["area"] = pd.Categorical.from_codes(rng.integers(0, 2, rows), ["a", "b"])
    return frame


def inverse(values: np.ndarray, weights: np.ndarray, p: float) -> float:
    """Smallest value whose cumulated weight reaches p, by a loop."""
    if not 0 <= p <= 1 or not weights.sum() > 0:
        return np.nan
    for value in sorted(set(values[weights > 0])):
        if weights[values <= value].sum() >= p * weights.sum() * (1 - 1e-12) - 1e-12:
            return float(value)
    raise AssertionError


@check
@given(surveys(), st.sampled_from([0.1, 0.25, 0.5, 0.75, 0.9]), st.sampled_from(["domain", "design"]))
def test_against_a_slow_program(frame: pd.DataFrame, p: float, df_rule: str) -> None:
    """The interval inverts that of the share of rows at or below the quantile, which the engine gives."""
    design = Design.from_frame(frame)
    breakdowns = ((), ("sex",), ("sex", "area"))
    asked = [
        Request("quantile", "amount", by=by, p=p, measure="number", keys={"indicator": str(len(by))}, df_rule=df_rule)  # type: ignore[arg-type]
        for by in breakdowns
    ]
    hub = estimate(frame, design, asked)
    assert (hub["category"] == f"p{100 * p:g}").all()
    for row in hub.itertuples():
        inside = np.ones(len(frame), dtype=bool)
        for name in ("sex", "area"):
            level = getattr(row, name)
            if level != "_T":
                inside &= frame[name].isna() if level == "_U" else (frame[name] == level).to_numpy()
        known = inside & frame["amount"].notna().to_numpy()
        values, weights = frame.loc[known, "amount"].to_numpy(), frame.loc[known, "weight"].to_numpy()
        quantile = inverse(values, weights, p)
        assert row.estimate == pytest.approx(quantile, nan_ok=True)
        assert row.n == (weights > 0).sum()
        below = (frame["amount"] <= quantile).astype("float").where(frame["amount"].notna())
        request = Request("share", "below", where="inside", interval="t", df_rule=df_rule)  # type: ignore[arg-type]
        share = estimate(frame.assign(below=below, inside=inside), design, [request]).iloc[0]
        if share["state"] == "not_estimable":
            assert row.state == "not_estimable"
            assert np.isnan(row.se)
            continue
        t = t_quantile(np.array([share["df"]]))[0]
        low, high = (inverse(values, weights, share["estimate"] + sign * t * share["se"]) for sign in (-1, 1))
        se = (high - low) / (2 * t)
        assert row.df == share["df"]
        assert row.se == pytest.approx(se, nan_ok=True)
        if se > 0:
            assert (row.ci_low, row.ci_high, row.ci_method) == (low, high, "woodruff")
        else:
            # NaN where the limits leave the values, 0 where they meet.
            assert (row.ci_method, row.state) == ("none", "not_estimable" if np.isnan(se) else "estimated")


@check
@given(surveys(), st.sampled_from([0.001, 3.0]), st.randoms(use_true_random=False))
def test_order_of_rows_and_scale_of_weights_change_nothing(frame: pd.DataFrame, factor: float, random) -> None:
    asked = [Request("quantile", "amount", by=("sex",), p=p, measure="number") for p in (0.25, 0.5)]
    before = estimate(frame, Design.from_frame(frame), asked)
    order = list(range(len(frame)))
    random.shuffle(order)
    other = frame.iloc[order].assign(weight=lambda f: f["weight"] * factor).reset_index(drop=True)
    after = estimate(other, Design.from_frame(other), asked)
    for name in ("sex", "category", "estimate", "n", "state"):
        pd.testing.assert_series_equal(after[name], before[name])


def test_equal_weights_reach_p_exactly() -> None:
    """The smallest value that reaches p is the second of four, though 0.1 + 0.1 is not exactly half of the sum."""
    frame = pd.DataFrame({"stratum": 0, "psu": range(4), "weight": 0.1, "y": [10.0, 20, 30, 40]})
    asked = [Request("quantile", "y", p=p, measure="number") for p in (0.25, 0.5, 0.75, 0.76)]
    hub = estimate(frame, Design.from_frame(frame), asked)
    assert list(hub["estimate"]) == [10, 20, 30, 40]


def test_a_quantile_of_a_column_of_zeros_and_of_nobody() -> None:
    frame = pd.DataFrame({"stratum": 0, "psu": range(4), "weight": 1.0, "y": 0.0, "empty": np.nan, "nobody": False})
    design = Design.from_frame(frame)
    request = Request("quantile", "y", p=0.5, measure="number")
    row = estimate(frame, design, [request]).iloc[0]
    assert (row["estimate"], row["se"], row["ci_method"]) == (0, 0, "none")
    nothing = estimate(frame, design, [Request("quantile", "empty", p=0.5, measure="number")]).iloc[0]
    assert np.isnan(nothing["estimate"])
    assert nothing["state"] == "not_estimable"
    assert len(estimate(frame, design, [Request("quantile", "y", p=0.5, where="nobody", measure="number")])) == 0
