"""Covariances are those of the design's own variance."""

from __future__ import annotations

import numpy as np
import pytest

from informality.estimate.design import Design
from informality.estimate.sandwich import covariance
from informality.estimate.variance import Layout


def layout(lonely: str) -> Layout:
    """Six strata, the last with one PSU; some PSUs hold no row of the domain."""
    stratum = np.repeat(np.arange(6), [5, 4, 3, 6, 2, 1])
    design = Design(stratum, np.arange(21), np.ones(21), lonely=lonely)
    psus = np.delete(np.arange(21), [2, 9])
    return Layout(design, psus, np.zeros_like(psus), 1)


@pytest.mark.parametrize("lonely", ["adjust", "grand_mean", "average", "certainty"])
def test_every_combination_has_its_variance(lonely: str) -> None:
    place = layout(lonely)
    random = np.random.default_rng(4)
    z = random.normal(size=(19, 5)) * np.array([1, 1e-6, 1e4, 3, 1])
    found = covariance(place, z)
    np.testing.assert_array_equal(found, found.T)
    for _ in range(20):
        c = random.normal(size=5) / np.sqrt(np.diag(found))
        assert c @ found @ c == pytest.approx(place.variance(z @ c, np.ones(19, dtype=bool))[0], rel=1e-10)


def test_a_total_that_does_not_vary_has_no_covariance() -> None:
    z = np.column_stack([np.zeros(19), np.arange(19.0)])
    found = covariance(layout("certainty"), z)
    assert found[0].tolist() == [0, 0]
    assert found[1, 1] > 0
