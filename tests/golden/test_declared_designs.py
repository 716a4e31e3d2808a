"""Replicates and calibration as a survey's description declares them, against R's survey package on the reference file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from informality.decisions import validated
from informality.estimate.design import Design
from informality.estimate.engines import calibrate, sampling
from informality.estimate.requests import Request
from informality.sampling import SamplingPlan

GOLDEN = Path(__file__).parents[2].parent / "shared" / "golden"
pytestmark = [
    pytest.mark.golden,
    pytest.mark.skipif(not GOLDEN.is_dir(), reason="the reference results are not beside the repository"),
]
SEXES = {"1": "male", "2": "female"}
REQUESTS = [
    Request(statistic, y, keys={"indicator": f"{statistic}|{y}"}, measure="number")
    for statistic in ("mean", "total")
    for y in ("informal", "hours")
]


@pytest.fixture(scope="module")
def persons() -> pd.DataFrame:
    """The reference file as harmonise would write it: sex by the words of the vocabulary, codes of the design."""
    text = dict.fromkeys(("sector", "stratum", "region", "psu", "educ", "sex"), "str")
    frame = pd.read_csv(GOLDEN / "data.csv", dtype=text)
    return frame.assign(
        sex=pd.Categorical(frame["sex"].map(SEXES), categories=["male", "female"]),
        region=frame["region"].astype("category"),
        stratum=frame["stratum_c"],
        psu=frame["psu_c"],
    )


def plan(**keys: object) -> SamplingPlan:
    return validated(SamplingPlan, keys, "sampling.json")


def test_a_declared_stratified_jackknife(persons: pd.DataFrame) -> None:
    weights = pd.read_csv(GOLDEN / "replicate_weights.csv").set_index("id").loc[persons["id"]].reset_index(drop=True)
    scales = pd.read_csv(GOLDEN / "replicate_scales.csv").query("method == 'jkn'")
    columns = scales["column"].tolist()
    declared = plan(
        replicates={
            "kind": "JKn", "weights": "jkn_[0-9]+", "rscales": scales["rscale"].tolist(), "scale": float(scales["scale"].iloc[0]), "mse": False,
        },
        columns=columns,
        psu=False,
    )  # fmt: skip
    hub = sampling(persons, declared, weights[columns]).engine(persons, REQUESTS).set_index("indicator")
    golden = pd.read_csv(GOLDEN / "estimates.csv", keep_default_na=False, na_values=[""], dtype={"by": "str"})
    golden = golden[(golden["design"] == "jkn") & golden["by"].isna() & golden["stat"].isin(["mean", "total"])]
    golden = golden[golden["y"].isin(["informal", "hours"])]
    assert len(golden) >= 3
    for row in golden.itertuples():
        ours = hub.loc[f"{row.stat}|{row.y}"]
        assert ours["estimate"] == pytest.approx(row.estimate, rel=1e-9)
        assert ours["se"] == pytest.approx(row.se, rel=1e-8)
        assert ours["df"] == row.df


def test_a_declared_raking(persons: pd.DataFrame) -> None:
    frame = persons[persons["weight"] > 0].reset_index(drop=True)
    totals = pd.read_csv(GOLDEN / "calibration_totals.csv", dtype={"level": "str"})
    totals["level"] = totals["level"].replace(SEXES)
    margins = [
        {"by": [name], "totals": dict(zip(rows["level"], rows["total"], strict=True))}
        for name, rows in totals.groupby("margin", sort=False)
    ]
    declared = plan(calibration={"method": "rake", "totals": {"source": "the reference", "margins": margins}})
    assert declared.calibration is not None
    weights = pd.read_csv(GOLDEN / "calibrated_weights.csv").set_index("id").loc[frame["id"], "rake"].to_numpy()
    found = calibrate(frame, Design.from_frame(frame), declared.calibration)
    assert found.design.weight == pytest.approx(weights, rel=1e-9)
    hub = sampling(frame, declared).engine(frame, REQUESTS).set_index("indicator")
    golden = pd.read_csv(GOLDEN / "calibrated_estimates.csv").query("method == 'rake'")
    for row in golden.itertuples():
        ours = hub.loc[f"{row.stat}|{row.y}"]
        assert ours["estimate"] == pytest.approx(row.estimate, rel=1e-9)
        # R regresses with equal weights after raking, the theory with those of the design.
        assert 0.97 < ours["se"] / row.se < 0.995
    assert np.isfinite(hub["ci_low"]).all()
