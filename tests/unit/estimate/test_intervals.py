from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from informality.estimate.intervals import METHODS, interval, none_or_all, t_quantile


def one(method: str, p: float, se: float, df: float, n: float) -> tuple[float, float, bool]:
    (low, high), there = interval(method, *(np.array([v], dtype=float) for v in (p, se, df, n)))
    return float(low[0]), float(high[0]), bool(there[0])


def test_t_quantile_against_tables() -> None:
    assert t_quantile(np.array([1.0, 10, 1e9])) == pytest.approx([12.7062047, 2.2281389, 1.9599640], rel=1e-7)
    assert np.isnan(t_quantile(np.array([0.0, -1]))).all()


@pytest.mark.parametrize("method", sorted(METHODS))
@pytest.mark.parametrize(("se", "df"), [(0.0, 10), (np.nan, 10), (0.1, 0), (0.1, -1)])
def test_no_interval_without_error_or_freedom(method: str, se: float, df: float) -> None:
    low, high, there = one(method, 0.4, se, df, 50)
    assert np.isnan([low, high]).all()
    assert not there


@given(st.floats(0.001, 0.999), st.floats(0.001, 0.3), st.integers(1, 500), st.integers(2, 10_000))
def test_intervals_of_shares_stay_inside_and_hold_the_share(p: float, se: float, df: int, n: int) -> None:
    for method in ("logit", "beta", "wilson"):
        low, high, there = one(method, p, se, df, n)
        assert there
        assert 0 <= low <= p <= high <= 1
        # The complement has the mirrored interval.
        mirrored = one(method, 1 - p, se, df, n)
        assert (1 - mirrored[1], 1 - mirrored[0]) == pytest.approx((low, high), abs=1e-9)


def test_wilson_by_hand() -> None:
    # 20 of 100 under simple random sampling and many degrees of freedom (Brown, Cai and DasGupta 2001: 0.1334 to 0.2888).
    low, high, _ = one("wilson", 0.2, (0.2 * 0.8 / 100) ** 0.5, 1e9, 100)
    assert (low, high) == pytest.approx((0.1334, 0.2888), abs=1e-4)


def test_korn_graubard_of_a_simple_sample_is_clopper_pearson() -> None:
    # 5 of 20, df = n - 1: 0.0866 to 0.4910.
    low, high, _ = one("beta", 0.25, (0.25 * 0.75 / 20) ** 0.5, 19, 20)
    assert (low, high) == pytest.approx((0.0866, 0.4910), abs=1e-4)


def exact(p: float, df: float, n: float) -> tuple[float, float]:
    low, high = none_or_all(*(np.array([v], dtype=float) for v in (p, df, n)))
    return float(low[0]), float(high[0])


def test_none_of_a_simple_sample_is_clopper_pearson() -> None:
    # 0 of 20: 0 to 0.1684.
    assert exact(0, 19, 20) == (0, pytest.approx(0.1684, abs=1e-4))
    assert exact(1, 19, 20) == (pytest.approx(0.8316, abs=1e-4), 1)


@given(st.integers(1, 500), st.integers(2, 10_000))
def test_none_and_all_mirror_each_other_and_few_degrees_of_freedom_widen(df: int, n: int) -> None:
    low, high = exact(0, df, n)
    assert low == 0
    assert 0 < high < 1
    assert exact(1, df, n) == (pytest.approx(1 - high, abs=1e-12), 1)
    # Never shorter than of a simple random sample of as many rows.
    assert high >= exact(0, n - 1, n)[1] * (1 - 1e-12)
    assert exact(0, df + 1, n)[1] <= high
