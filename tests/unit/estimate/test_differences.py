"""Differences between domains: against the definition, and as rows of the hub."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from informality.errors import UserError
from informality.estimate.design import Design
from informality.estimate.hub import estimate
from informality.estimate.requests import Between, Request

POLICIES = ("adjust", "grand_mean", "certainty")
check = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def surveys(draw: st.DrawFn) -> pd.DataFrame:
    rows = draw(st.integers(8, 60))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    frame = pd.DataFrame({"stratum": rng.integers(0, 3, rows), "psu": rng.integers(0, 4, rows)})
    frame["weight"] = rng.integers(0, 6, rows) * 1.5
    frame["flag"] = np.where(rng.random(rows) < 0.1, np.nan, rng.integers(0, 2, rows))
    frame["amount"] = np.where(rng.random(rows) < 0.1, np.nan, rng.choice([2.5, 40.0, -1.0], rows))
    frame["base"] = rng.choice([2.0, 8.0], rows)
    for name, levels in (("sex", ["female", "male"]), ("area", ["rural", "urban"])):
        frame[name] = pd.Categorical.from_codes(rng.integers(0, 2, rows), levels)
    return frame


def ask(of: str, y: str, minus: str, by: tuple[str, ...], x: str | None = None) -> Request:
    between = Between("sex", "female", minus)
    return Request("difference", y, x=x, by=by, of=of, between=between, measure="number")  # type: ignore[arg-type]


def single(of: str, y: str, by: tuple[str, ...], x: str | None = None) -> Request:
    return Request(of, y, x=x, by=by, measure="number")  # type: ignore[arg-type]


CASES = [("share", "flag", None), ("mean", "amount", None), ("total", "flag", None), ("ratio", "amount", "base")]


@check
@given(
    surveys(),
    st.sampled_from(POLICIES),
    st.sampled_from(CASES),
    st.sampled_from(["male", "_T"]),
    st.sampled_from([("sex",), ("sex", "area")]),
)
def test_the_variance_is_that_of_the_total_of_the_difference_of_scores(
    frame: pd.DataFrame, lonely: str, case: tuple[str, str, str | None], minus: str, by: tuple[str, ...]
) -> None:
    of, y, x = case
    design = Design.from_frame(frame, lonely=lonely)
    hub = estimate(frame, design, [ask(of, y, minus, by, x)])
    for row in hub.itertuples():
        cell = np.ones(len(frame), dtype=bool) if row.area == "_T" else (frame["area"] == row.area).to_numpy()
        estimates, scores, sides = [], [], []
        for level in ("female", minus):
            inside = cell & ((frame["sex"] == level).to_numpy() if level != "_T" else True)
            known = inside & frame[[y, *([x] if x else [])]].notna().all(axis=1).to_numpy()
            top = np.where(known, frame[y].fillna(0), 0.0)
            bottom = np.where(known, frame[x] if x else 1.0, 0.0)
            weight = frame["weight"].to_numpy()
            size = (weight * bottom).sum()
            if of == "total":
                estimates.append((weight * top).sum() if known.any() else np.nan)
                scores.append(top)
            else:
                r = (weight * top).sum() / size if size else np.nan
                estimates.append(r)
                scores.append((top - r * bottom) / size if size else np.zeros(len(frame)))
            sides.append(known)
        assert row.estimate == pytest.approx(estimates[0] - estimates[1], rel=1e-9, abs=1e-9, nan_ok=True)
        assert row.n == min((side & (weight > 0)).sum() for side in sides)
        if row.state == "estimated":
            score = frame.assign(z=scores[0] - scores[1] + 0.0)
            # A column of 0 and 1 only would be counted as yes/no, which changes nothing in its total.
            total = estimate(score, design, [Request("total", "z", measure="number")]).iloc[0]
            room = 1e-9 * max(1.0, abs(row.estimate))
            assert row.se == pytest.approx(0 if np.isnan(total["se"]) else total["se"], rel=1e-7, abs=room)


@check
@given(surveys(), st.sampled_from(CASES))
def test_turned_round_it_is_the_negative(frame: pd.DataFrame, case: tuple[str, str, str | None]) -> None:
    of, y, x = case
    turned = Request("difference", y, x=x, by=("sex",), of=of, between=("sex", "male", "female"), measure="number")  # type: ignore[arg-type]
    design = Design.from_frame(frame)
    there, back = (estimate(frame, design, [r]) for r in (ask(of, y, "male", ("sex",), x), turned))
    np.testing.assert_allclose(there["estimate"], -back["estimate"], atol=1e-12)
    np.testing.assert_allclose(there["se"], back["se"], atol=1e-12)
    assert list(there["n"]) == list(back["n"])


@check
@given(surveys())
def test_the_sides_are_the_cells_of_the_hub(frame: pd.DataFrame) -> None:
    """The difference is not estimable where a side is not; estimates are those of the sides."""
    design = Design.from_frame(frame)
    cells = estimate(frame, design, [single("share", "flag", ("sex", "area"))]).set_index(["area", "sex"])
    for row in estimate(frame, design, [ask("share", "flag", "male", ("sex", "area"))]).itertuples():
        sides = cells.loc[[(row.area, "female"), (row.area, "male")]]
        assert row.estimate == pytest.approx(sides["estimate"].iloc[0] - sides["estimate"].iloc[1], nan_ok=True)
        estimable = (sides["state"] == "estimated").all()
        assert row.state == ("estimated" if estimable else "not_estimable")
        assert row.n_psu == sides["n_psu"].min()
        assert row.n_missing == sides["n_missing"].max()


def many() -> pd.DataFrame:
    rng = np.random.default_rng(8)
    rows = 800
    frame = pd.DataFrame({"stratum": np.repeat(range(4), 200), "psu": np.repeat(range(40), 20)})
    frame["weight"] = rng.uniform(1, 5, rows)
    frame["flag"] = rng.random(rows) < 0.3 + 0.3 * (frame["psu"] % 2)
    frame["sex"] = pd.Categorical.from_codes(rng.integers(0, 2, rows), ["female", "male"])
    frame["area"] = pd.Categorical.from_codes(rng.integers(0, 2, rows), ["rural", "urban"])
    frame["wave"] = pd.Categorical(np.where(rng.random(rows) < 0.5, "2015", "2017"))
    return frame


def test_rows_of_the_hub() -> None:
    frame = many()
    asked = [ask("share", "flag", "male", ("sex", "area")), ask("share", "flag", "_T", ("sex",)), single("share", "flag", ("sex", "area"))]  # fmt: skip
    hub = estimate(frame, Design.from_frame(frame), asked)
    differences = hub[hub["statistic"] == "difference"]
    assert set(zip(differences["sex"], differences["area"], strict=True)) == {
        ("female-male", "rural"),
        ("female-male", "urban"),
        ("female-_T", "_T"),
    }
    assert (differences["ci_method"] == "t").all()
    assert differences["deff"].isna().all()
    row = differences[differences["sex"] == "female-_T"].iloc[0]
    assert row["ci_low"] < row["estimate"] < row["ci_high"]
    assert row["df"] == 40 - 4


def test_covariance_within_psus_is_kept() -> None:
    """Both sexes live in the same PSUs, which differ: their difference varies less than if they were apart."""
    frame = many()
    design = Design.from_frame(frame)
    apart = np.sqrt(np.square(estimate(frame, design, [single("share", "flag", ("sex",))])["se"]).sum())
    together = estimate(frame, design, [ask("share", "flag", "male", ("sex",))])["se"].iloc[0]
    assert together < 0.9 * apart


def test_waves_of_a_stacked_frame() -> None:
    """Waves of one master sample share strata and PSUs: a wave is compared as any dimension, its level is the key."""
    frame = many()
    design = Design.from_frame(frame)
    asked = [
        Request("difference", "flag", by=("wave", "sex"), of="share", between=Between("wave", "2017", "2015")),
        Request("share", "flag", by=("wave", "sex")),
        Request("share", "flag", keys={"wave": "all"}),
    ]
    hub = estimate(frame, design, asked)
    assert set(hub["wave"]) == {"2015", "2017", "2017-2015", "all"}
    as_area = frame.assign(area=frame["wave"])
    asked = [Request("difference", "flag", by=("area", "sex"), of="share", between=Between("area", "2017", "2015"))]
    other = estimate(as_area, design, asked)
    ours = hub[hub["statistic"] == "difference"]
    assert list(ours["sex"]) == list(other["sex"]) == ["female", "male"]
    assert list(ours["se"]) == list(other["se"])


def test_only_cells_with_both_sides_are_compared() -> None:
    frame = many()
    frame.loc[(frame["sex"] == "male") & (frame["area"] == "urban"), "area"] = "rural"
    hub = estimate(frame, Design.from_frame(frame), [ask("share", "flag", "male", ("sex", "area"))])
    assert list(hub["area"]) == ["rural"]


def test_a_level_that_is_not_there() -> None:
    frame = many()
    between = Between("sex", "female", "mal")
    with pytest.raises(UserError, match="did you mean 'male'"):
        estimate(frame, Design.from_frame(frame), [Request("difference", "flag", by=("sex",), of="share", between=between)])  # fmt: skip
    with pytest.raises(UserError, match="needs a yes/no column"):
        estimate(frame, Design.from_frame(frame), [ask("share", "weight", "male", ("sex",))])
