"""Tests of independence against R's svychisq on the reference file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from informality.estimate.association import Independence, independence
from informality.estimate.design import Design

GOLDEN = Path(__file__).parents[2].parent / "shared" / "golden"
pytestmark = [
    pytest.mark.golden,
    pytest.mark.skipif(not GOLDEN.is_dir(), reason="the reference results are not beside the repository"),
]
DESIGNS = {
    "strat_psu": {"stratum": "stratum", "psu": "psu"},
    "strat_psu_fpc": {"stratum": "stratum", "psu": "psu", "fpc": "npsu_pop"},
    "stratc_psu": {"stratum": "stratum_c", "psu": "psu_c"},
}
METHODS = {"rao_scott_f": "F", "rao_scott_chisq": "Chisq", "rao_scott_lincom": "lincom"}


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    return pd.read_csv(GOLDEN / "data.csv", dtype=dict.fromkeys(("sector", "stratum", "region", "psu", "educ"), "str"))


@pytest.mark.parametrize("name", sorted(DESIGNS))
def test_rao_scott(data: pd.DataFrame, name: str) -> None:
    golden = pd.read_csv(GOLDEN / "tests.csv").query("design == @name")
    columns = sorted(golden["col"].unique())
    assert len(golden) == 3 * len(columns) == 12
    asked = [Independence("informal", column) for column in columns]
    ours = independence(data, Design.from_frame(data, **DESIGNS[name]), asked)
    ours["statistic"] = ours["method"].map(METHODS)
    both = ours.dropna(subset="statistic").merge(
        golden, left_on=["column_variable", "statistic"], right_on=["col", "statistic"], suffixes=("", "_r")
    )
    assert len(both) == 12
    assert (both["state"] == "estimated").all()
    for column in ("value", "df1", "df2"):
        np.testing.assert_allclose(both[column], both[f"{column}_r"], rtol=1e-8)
    saddlepoint = both["statistic"] == "lincom"
    for rows, tolerance in ((~saddlepoint, 1e-8), (saddlepoint, 1e-4)):
        np.testing.assert_allclose(both.loc[rows, "p_value"], both.loc[rows, "p_value_r"], rtol=0, atol=tolerance)
