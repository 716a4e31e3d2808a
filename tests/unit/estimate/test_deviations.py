"""What each sampling unit adds to a variance: the squares sum to the variance of the engine."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from informality.estimate.columns import dimension, measured
from informality.estimate.design import LONELY_POLICIES, Design
from informality.estimate.deviations import deviations
from informality.estimate.plan import Step
from informality.estimate.results import point
from informality.estimate.sums import Rows
from informality.estimate.tables import tables


def drawn(seed: int, lonely: str) -> tuple[pd.DataFrame, Design]:
    """A few strata, one of them lonely, domains that some units lack."""
    random = np.random.default_rng(seed)
    n = 60
    stratum = random.integers(0, 4, n)
    psu = np.where(stratum == 3, 0, random.integers(0, 4, n))
    frame = pd.DataFrame(
        {
            "stratum": stratum,
            "psu": psu,
            "weight": random.uniform(1, 5, n),
            "y": random.random(n) < 0.4,
            "sex": pd.Categorical.from_codes(random.integers(0, 2, n), ["male", "female"]),
        }
    )
    return frame, Design.from_frame(frame, lonely=lonely)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10_000), lonely=st.sampled_from([p for p in LONELY_POLICIES if p != "fail"]))
def test_the_squares_of_a_domain_sum_to_its_variance(seed: int, lonely: str) -> None:
    frame, design = drawn(seed, lonely)
    sex = dimension(frame, "sex")
    table = tables([Step(("sex",), None)], design, None, design.psu, {"sex": sex})[0]
    found = Rows(table.entries, design.weight).sums(measured(frame, "y"))
    _, z = point("share", found, table.layout)
    known = found.parts.known
    parts = deviations(table.layout, z, known)
    assert parts.shape == (design.n_psu, 2)
    assert np.square(parts).sum(axis=0) == pytest.approx(table.layout.variance(z, known), rel=1e-10, nan_ok=True)
