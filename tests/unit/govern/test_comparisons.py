from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from informality.govern.comparisons import FAMILY, adjusted_within, holm, named, p_values, verdicts

P = st.lists(st.floats(0, 1), min_size=1, max_size=12)


@given(P)
def test_holm_is_that_of_statsmodels(p: list[float]) -> None:
    assert holm(np.array(p)) == pytest.approx(multipletests(p, method="holm")[1], rel=1e-12)


def test_holm_by_hand_leaves_out_what_was_not_tested() -> None:
    adjusted = holm(np.array([0.01, np.nan, 0.04, 0.03, 0.005]))
    assert adjusted[[0, 2, 3, 4]] == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert np.isnan(adjusted[1])


def test_families_are_adjusted_apart() -> None:
    assert adjusted_within(np.array([0.03, 0.03, 0.01]), ["a", "b", "a"]) == pytest.approx([0.03, 0.03, 0.02])


def differences(**columns: list) -> pd.DataFrame:
    rows = len(columns["estimate"])
    given = {"statistic": ["difference"] * rows, "df": [200.0] * rows, **columns}
    return pd.DataFrame({**{name: [""] * rows for name in FAMILY}, **given})


def test_p_is_that_of_students_t() -> None:
    # R: 2 * pt(-2.1, 12)
    assert p_values(differences(estimate=[2.1, -2.1], se=[1.0, 1.0], df=[12.0, 12.0])) == pytest.approx(
        0.05754, abs=1e-5
    )


@pytest.mark.parametrize(
    ("estimate", "se", "df"),
    [(1.0, 0.0, 10), (1.0, np.nan, 10), (np.nan, 1.0, 10), (1.0, 1.0, 0), (1.0, 1.0, np.nan)],
)
def test_what_cannot_be_tested_has_no_p(estimate: float, se: float, df: float) -> None:
    assert np.isnan(p_values(differences(estimate=[estimate], se=[se], df=[df]))).all()


def test_verdicts_say_what_the_adjusted_test_lets_one_say() -> None:
    rows = differences(estimate=[0.1, -0.1, 0.01, 0.1], se=[0.01, 0.01, 0.01, np.nan])
    assert verdicts(rows, np.ones(4, dtype=bool), 0.05).tolist() == ["higher", "lower", "unclear", ""]
    assert verdicts(rows, np.array([True, False, True, True]), 0.05).tolist() == ["higher", "", "unclear", ""]


def test_more_comparisons_make_a_verdict_harder() -> None:
    """p of 0.03 is clear alone and not among three; those of another indicator do not count."""
    rows = differences(estimate=[0.02187] * 3, se=[0.01] * 3)
    assert p_values(rows)[0] == pytest.approx(0.03, abs=0.001)
    assert set(verdicts(rows, np.ones(3, dtype=bool), 0.05)) == {"unclear"}
    alone = rows.assign(indicator=["a", "b", "c"])
    assert set(verdicts(alone, np.ones(3, dtype=bool), 0.05)) == {"higher"}


def test_what_is_no_difference_has_no_verdict() -> None:
    rows = differences(estimate=[0.5], se=[0.01]).assign(statistic="share")
    assert verdicts(rows, np.ones(1, dtype=bool), 0.05).tolist() == [""]
    assert named(np.array([0.2]), np.array([np.nan]), 0.05).tolist() == [""]
