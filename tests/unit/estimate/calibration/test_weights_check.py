"""Weights against declared totals: the verdicts and what they rest on."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from informality.errors import UserError
from informality.estimate.calibration.calibrate import post_stratify
from informality.estimate.calibration.weights_check import COLUMNS, VERDICTS, check_weights
from informality.estimate.design import Design
from informality.estimate.hub import estimate
from informality.estimate.requests import Request


@pytest.fixture
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    rows = 400
    out = pd.DataFrame(
        {"stratum": np.arange(rows) % 4, "psu": np.arange(rows) // 4 % 6, "weight": rng.uniform(20, 60, rows)}
    )
    out["sex"] = pd.Categorical(np.where(rng.random(rows) < 0.5, "male", "female"))
    out["area"] = pd.Categorical(
        np.where(rng.random(rows) < 0.05, None, np.where(rng.random(rows) < 0.4, "urban", "rural"))
    )
    out["adult"] = rng.random(rows) < 0.7
    out["one"] = True
    return out


def line(table: pd.DataFrame, margin: str, level: str) -> pd.Series:
    return table[(table["margin"] == margin) & (table["level"] == level)].iloc[0]


def test_verdicts(frame: pd.DataFrame) -> None:
    design = Design.from_frame(frame)
    weighted = frame.groupby("sex", observed=True)["weight"].sum()
    urban = (
        estimate(frame, design, [Request("total", "one", by=("area",), measure="persons")])
        .set_index("area")
        .loc["urban"]
    )
    declared = {
        "sex": {"male": weighted["male"] * 1.005, "female": weighted["female"] * 3},
        "area": {"urban": urban["estimate"] + 1.5 * urban["se"], "sea": 10.0},
    }
    table = check_weights(frame, design, declared)
    assert list(table.columns) == list(COLUMNS)
    assert set(table["verdict"]) == set(VERDICTS)
    assert line(table, "sex", "male")["verdict"] == "agrees"
    assert line(table, "sex", "female")["verdict"] == "differs"
    assert line(table, "area", "sea")[["verdict", "n", "weighted"]].tolist() == ["not_in_file", 0, 0.0]
    for level in ("rural", "_U"):
        found = line(table, "area", level)
        assert found["verdict"] == "not_declared"
        assert np.isnan(found["declared"])
    at_sampling = line(table, "area", "urban")
    assert at_sampling["verdict"] == "sampling"
    assert at_sampling["se"] == pytest.approx(urban["se"], rel=1e-12)
    assert at_sampling["weighted"] == pytest.approx(urban["estimate"], rel=1e-12)
    assert at_sampling["n"] == urban["n"]
    total = line(table, "sex", "_T")
    assert total["weighted"] == pytest.approx(frame["weight"].sum(), rel=1e-12)
    assert total["declared"] == pytest.approx(sum(declared["sex"].values()))
    assert (table["difference"] == table["weighted"] - table["declared"]).where(table["declared"].notna(), True).all()
    # More tolerance turns the lines that differ by chance into lines that agree, and no others.
    loose = check_weights(frame, design, declared, tolerance=0.5)
    assert line(loose, "area", "urban")["verdict"] == "agrees"
    assert line(loose, "sex", "female")["verdict"] == "differs"


def test_only_the_persons_that_the_totals_are_about(frame: pd.DataFrame) -> None:
    adults = frame[frame["adult"]].groupby("sex", observed=True)["weight"].sum().to_dict()
    table = check_weights(frame, Design.from_frame(frame), {"sex": adults}, where="adult", tolerance=1e-12)
    assert table["verdict"].tolist() == ["agrees"] * 3
    assert table["n"].tolist()[-1] == frame["adult"].sum()


def test_calibrated_weights_agree_with_what_they_were_calibrated_to(frame: pd.DataFrame) -> None:
    declared = {
        ("sex", "adult"): {
            ("male", "True"): 5000.0,
            ("male", "False"): 2000.0,
            ("female", "True"): 6000.0,
            ("female", "False"): 1500.0,
        }
    }
    found = post_stratify(frame, Design.from_frame(frame), declared)
    table = check_weights(frame, found.design, declared, tolerance=1e-9)
    assert (table["verdict"] == "agrees").all()
    assert line(table, "sex × adult", "male × False")["ratio"] == pytest.approx(1, rel=1e-9)


def test_messages(frame: pd.DataFrame) -> None:
    with pytest.raises(UserError, match="no population total"):
        check_weights(frame, Design.from_frame(frame), {})
    with pytest.raises(UserError, match="the frame has 3 rows"):
        check_weights(frame.head(3), Design.from_frame(frame), {"sex": {"male": 1.0}})
