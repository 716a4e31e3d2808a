"""The covariance matrix of several totals over one sample, by the variance of the design."""

from __future__ import annotations

import numpy as np

from informality.estimate.codes import Floats
from informality.estimate.variance import Layout


def covariance(layout: Layout, z: Floats) -> Floats:
    """Covariance matrix (k × k) of the sums over PSUs of the columns of ``z`` (one row a PSU of the one domain of ``layout``).

    The variance of the design is a quadratic form, so that 2 cov(a, b) = V(a + b) - V(a) - V(b); every policy for lonely PSUs
    holds as it does for a single variance. Columns are brought to variance 1 first: what rounding leaves is about 1e-15 of the
    product of two standard errors. NaN where a variance is.
    """
    k = z.shape[1]
    # The policy `average` counts strata in which a row is complete, whatever its weight: these are the layout's.
    known = np.ones(len(z), dtype=np.bool_)
    columns = np.ascontiguousarray(z.T)
    variance = np.array([layout.variance(column, known)[0] for column in columns])
    error = np.sqrt(variance)
    unit = np.divide(columns, error[:, None], out=np.zeros_like(columns), where=error[:, None] > 0)
    correlation = np.eye(k)
    for i in range(k):
        for j in range(i):
            of_sum = layout.variance(unit[i] + unit[j], known)[0]
            correlation[i, j] = correlation[j, i] = of_sum / 2 - 1
    return correlation * np.outer(error, error)
