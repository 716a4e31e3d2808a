from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from informality.errors import UserError
from informality.estimate.association import METHODS, TEST_KEYS, TEST_VALUES, Independence, independence
from informality.estimate.design import Design
from informality.estimate.hub import estimate
from informality.estimate.requests import Between, Request

check = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def surveys(draw: st.DrawFn) -> pd.DataFrame:
    rows = draw(st.integers(60, 300))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    frame = pd.DataFrame({"stratum": rng.integers(0, 3, rows), "psu": rng.integers(0, 8, rows)})
    frame["weight"] = rng.uniform(0.5, 5, rows)
    frame["flag"] = np.where(rng.random(rows) < 0.1, np.nan, rng.integers(0, 2, rows))
    frame["sex"] = pd.Categorical.from_codes(rng.integers(0, 2, rows), ["female", "male"])
    frame["region"] = pd.Categorical.from_codes(rng.integers(-1, 4, rows), list("abcd"))
    frame["inside"] = rng.random(rows) < 0.9
    return frame


def numbers(table: pd.DataFrame) -> pd.DataFrame:
    return table.set_index("method")[["value", "df1", "df2", "p_value"]]


@check
@given(surveys())
def test_rows_in_any_order_transposed_and_scaled(frame: pd.DataFrame) -> None:
    asked = Independence("flag", "region", where="inside")
    before = numbers(independence(frame, Design.from_frame(frame), [asked]))
    turned = frame.iloc[::-1].assign(weight=frame["weight"] * 100).reset_index(drop=True)
    after = numbers(independence(turned, Design.from_frame(turned), [asked]))
    pd.testing.assert_frame_equal(after, before, rtol=1e-6)
    other_way = independence(frame, Design.from_frame(frame), [Independence("region", "flag", where="inside")])
    pd.testing.assert_frame_equal(numbers(other_way), before, rtol=1e-6)


def test_a_simple_random_sample_has_pearsons_test() -> None:
    """Equal weights and every row its own PSU: design effects near 1, X2 is the textbook's."""
    rng = np.random.default_rng(4)
    rows = 4000
    frame = pd.DataFrame({"weight": 1.0, "sex": rng.choice(["f", "m"], rows)})
    frame["region"] = np.where(frame["sex"] == "f", rng.choice(list("aab"), rows), rng.choice(list("ab"), rows))
    table = numbers(
        independence(frame, Design.from_frame(frame, stratum=None, psu=None), [Independence("sex", "region")])
    )
    textbook = chi2_contingency(pd.crosstab(frame["sex"], frame["region"]), correction=False)
    assert table.loc["rao_scott_chisq", "value"] == pytest.approx(textbook.statistic, rel=1e-10)
    assert table.loc["rao_scott_f", "value"] == pytest.approx(textbook.statistic, rel=0.03)
    assert table.loc["adjusted_wald", "value"] == pytest.approx(textbook.statistic, rel=0.03)
    assert table.loc["rao_scott_f", "df2"] == rows - 1


@check
@given(surveys())
def test_wald_of_a_table_of_four_cells_is_the_square_of_its_t(frame: pd.DataFrame) -> None:
    """One degree of freedom: W = (Y / se)^2, Y the observed minus the expected total of a cell."""
    known = frame["flag"].notna()
    w = frame["weight"].where(known, 0)
    a, b = (frame["flag"] == 1).astype(float), (frame["sex"] == "male").astype(float)
    size, row, column = w.sum(), (w * a).sum(), (w * b).sum()
    score = a * b - a * column / size - b * row / size + row * column / size**2
    design = Design.from_frame(frame)
    total = estimate(frame.assign(z=score.where(known)), design, [Request("total", "z", measure="number")]).iloc[0]
    left = (w * a * b).sum() - row * column / size
    found = independence(frame, design, [Independence("flag", "sex")])
    wald = numbers(found).loc["adjusted_wald"]
    assert wald["value"] == pytest.approx((left / total["se"]) ** 2, rel=1e-7)
    assert (wald["df1"], wald["df2"]) == (1, found["n_psu"].iloc[0] - frame.loc[known, "stratum"].nunique())


def test_clustering_weakens_and_a_real_difference_is_found() -> None:
    rng = np.random.default_rng(6)
    psus, size = 60, 30
    frame = pd.DataFrame({"stratum": np.repeat(np.arange(psus) % 6, size), "psu": np.repeat(range(psus), size)})
    frame["weight"] = rng.uniform(1, 3, len(frame))
    frame["region"] = pd.Categorical.from_codes(frame["psu"] % 4, list("abcd"))
    frame["y"] = rng.random(len(frame)) < np.repeat(rng.beta(1, 1, psus), size)
    frame["x"] = frame["y"] ^ (rng.random(len(frame)) < 0.3)
    frame["z"] = rng.random(len(frame)) < 0.5
    frame["sex"] = np.where(frame["x"], "a", "b")
    clustered = independence(frame, Design.from_frame(frame), [Independence("y", "region"), Independence("y", "x"), Independence("y", "z")])  # fmt: skip
    p = clustered.set_index(["column_variable", "method"])["p_value"]
    simple = independence(frame, Design.from_frame(frame, stratum=None, psu=None), [Independence("y", "region")])
    assert (p["region"].to_numpy() > 20 * simple.set_index("method")["p_value"].loc[p["region"].index].to_numpy()).all()
    assert (p["x"] < 1e-6).all()
    assert (p["z"] > 0.01).all()
    # Of a table of four cells the test of the difference says much the same.
    between = Between("sex", "a", "b")
    row = estimate(frame, Design.from_frame(frame), [Request("difference", "z", by=("sex",), of="share", between=between)]).iloc[0]  # fmt: skip
    table = numbers(independence(frame, Design.from_frame(frame), [Independence("z", "sex")]))
    assert table.loc["adjusted_wald", "value"] == pytest.approx((row["estimate"] / row["se"]) ** 2, rel=0.02)


def test_shape_keys_and_counts() -> None:
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"stratum": np.repeat([0, 1], 50), "psu": np.repeat(range(20), 5), "weight": 1.0})
    frame["y"] = pd.array(rng.random(100) < 0.5, dtype="boolean")
    frame.loc[:4, "y"] = pd.NA
    frame["region"] = pd.Categorical.from_codes(rng.integers(0, 3, 100), ["a", "b", "c", "d"][:4])
    keys = {"survey": "x", "indicator": "i"}
    table = independence(frame, Design.from_frame(frame), [Independence("y", "region", keys=keys)])
    assert list(table.columns) == [*TEST_KEYS, *TEST_VALUES]
    assert sorted(table["method"]) == sorted(METHODS)
    assert (table["survey"] == "x").all()
    first = table.iloc[0]
    assert (first["rows"], first["columns"], first["n"], first["n_missing"], first["n_psu"]) == (2, 3, 95, 5, 19)
    assert list(independence(frame, Design.from_frame(frame), []).columns) == [*TEST_KEYS, *TEST_VALUES]
    with pytest.raises(UserError, match="did you mean 'survey'"):
        Independence("y", "region", keys={"surve": "x"})


@pytest.mark.parametrize("case", ["one level", "no weight", "one psu a stratum", "nobody"])
def test_what_cannot_be_tested(case: str) -> None:
    frame = pd.DataFrame({"stratum": [0] * 4 + [1] * 4, "psu": [0, 0, 1, 1, 2, 2, 3, 3], "weight": 1.0})
    frame["y"] = [1, 0, 1, 0, 0, 1, 0, 1]
    frame["sex"] = ["a", "b", "b", "a", "a", "a", "b", "b"]
    frame["inside"] = case != "nobody"
    if case == "one level":
        frame["sex"] = "a"
    if case == "no weight":
        frame.loc[frame["sex"] == "b", "weight"] = 0
    if case == "one psu a stratum":
        frame["psu"] = frame["stratum"]
    table = independence(frame, Design.from_frame(frame), [Independence("y", "sex", where="inside")])
    assert (table["state"] == "not_estimable").all()
    assert table[["value", "df1", "df2", "p_value"]].isna().all(axis=None)
