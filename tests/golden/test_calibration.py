"""Post-stratification, raking and linear calibration against R's survey package on the reference file.

Where we differ from R on purpose: after raking R regresses with equal weights, the theory with those of the design; ours is
the latter unless `residuals="equal"` is said.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from informality.estimate.calibration.calibrate import linear, post_stratify, rake
from informality.estimate.calibration.estimates import CalibratedDesign, estimate_calibrated
from informality.estimate.design import Design
from informality.estimate.requests import Request

GOLDEN = Path(__file__).parents[2].parent / "shared" / "golden"
pytestmark = [
    pytest.mark.golden,
    pytest.mark.skipif(not GOLDEN.is_dir(), reason="the reference results are not beside the repository"),
]

ESTIMATE, SE = 1e-9, 1e-8
METHODS = ("poststrat", "rake", "linear")


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    frame = pd.read_csv(GOLDEN / "data.csv", dtype=dict.fromkeys(("sector", "stratum", "region", "psu", "educ"), "str"))
    return frame[frame["weight"] > 0].reset_index(drop=True)


def totals() -> dict[str, dict[str, float]]:
    table = pd.read_csv(GOLDEN / "calibration_totals.csv", dtype={"level": str})
    return {
        str(k): dict(zip(rows["level"], rows["total"], strict=True)) for k, rows in table.groupby("margin", sort=False)
    }


def calibrated(frame: pd.DataFrame, method: str) -> CalibratedDesign:
    design = Design.from_frame(frame, stratum="stratum_c", psu="psu_c")
    declared = totals()
    if method == "poststrat":
        return post_stratify(frame, design, {"sex": declared["sex"]})
    if method == "rake":
        return rake(frame, design, declared, residuals="equal")
    return linear(frame, design, declared)


REQUESTS = [
    Request(statistic, y, keys={"indicator": f"{statistic}|{y}"}, measure="number")
    for statistic in ("mean", "total")
    for y in ("informal", "hours")
]


@pytest.mark.parametrize("method", METHODS)
def test_weights(data: pd.DataFrame, method: str) -> None:
    golden = pd.read_csv(GOLDEN / "calibrated_weights.csv").set_index("id").loc[data["id"], method].to_numpy()
    assert calibrated(data, method).design.weight == pytest.approx(golden, rel=ESTIMATE)


@pytest.mark.parametrize("method", METHODS)
def test_estimates_and_errors_from_residuals(data: pd.DataFrame, method: str) -> None:
    golden = pd.read_csv(GOLDEN / "calibrated_estimates.csv")
    golden = golden[golden["method"] == method].set_index(["stat", "y"])
    found = calibrated(data, method)
    hub = estimate_calibrated(data, found, REQUESTS).set_index("indicator")
    for (stat, y), row in golden.iterrows():
        ours = hub.loc[f"{stat}|{y}"]
        assert ours["estimate"] == pytest.approx(row["estimate"], rel=ESTIMATE)
        assert ours["se"] == pytest.approx(row["se"], rel=SE)
        # The same from a linearised value a row.
        value = data[y].to_numpy()
        known = ~np.isnan(value)
        size = found.design.weight[known].sum()
        z = np.where(known, value if stat == "total" else (value - row["estimate"]) / size, 0.0)
        assert found.standard_error(z) == pytest.approx(row["se"], rel=SE)


def test_raking_regresses_with_the_weights_of_the_design(data: pd.DataFrame) -> None:
    design = Design.from_frame(data, stratum="stratum_c", psu="psu_c")
    golden = pd.read_csv(GOLDEN / "calibrated_estimates.csv").query("method == 'rake'")
    theirs = golden.set_index(golden["stat"] + "|" + golden["y"])["se"]
    ours = estimate_calibrated(data, rake(data, design, totals()), REQUESTS).set_index("indicator")["se"]
    ratio = (ours / theirs.loc[ours.index]).to_numpy()
    assert ((ratio > 0.97) & (ratio < 0.995)).all()
    # Raking and linear calibration estimate alike in large samples, and so do their standard errors.
    greg = estimate_calibrated(data, linear(data, design, totals()), REQUESTS).set_index("indicator")["se"]
    assert (ours / greg).to_numpy() == pytest.approx(1, abs=0.002)
