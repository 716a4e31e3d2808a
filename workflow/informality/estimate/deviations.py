"""What each sampling unit adds to a variance, so that estimates of several samples which share units can be compared.

Of a domain the squares of its column sum to `variance.Layout.variance`. The difference of two waves, each with the columns of its own
units, then has the variance  sum_i (u_i - v_i)^2 = V(u) + V(v) - 2 sum_common u_i v_i,  units that one wave lacks counting as 0 there:
each wave is centred over the units that it has (its own n_h and mean), so that without a common unit the waves are independent and
each keeps the standard error that it publishes; with the same units in both it is the variance of the stacked sample (as
`differences.py`, and R's `svycontrast` on stacked waves; for overlapping samples Kish 1965, chapter 12).
"""

from __future__ import annotations

import numpy as np

from informality.estimate.codes import Bools, Floats, group_sums
from informality.estimate.variance import Layout


def deviations(layout: Layout, z: Floats, known: Bools) -> Floats:
    """Units of the design (by code) × domains; ``z`` and ``known`` by entry, as in `Layout.variance`. NaN where that is."""
    design = layout.design
    stratum, strata = design.psu_stratum, len(design.stratum_psus)
    psus = design.stratum_psus[stratum].astype(np.float64)
    lonely = design.stratum_lonely[stratum]
    factor = design.stratum_left_out[stratum] * psus / np.maximum(psus - 1, 1)
    if design.lonely in ("certainty", "average"):
        factor = np.where(lonely, 0.0, factor)
    found = np.zeros((len(stratum), layout.n_domains))
    found[layout.psu, layout.domain] = z
    for column in found.T:
        centre = group_sums(column, stratum, strata)[stratum] / psus
        alone = column.sum() / design.n_psu if design.lonely == "grand_mean" else 0.0
        column -= np.where(lonely, alone, centre)
        column *= np.sqrt(factor)
    if design.lonely == "average":
        squares = np.square(found).sum(axis=0)
        variance = layout.variance(z, known)
        found *= np.sqrt(np.divide(variance, squares, out=np.where(np.isnan(variance), np.nan, 1.0), where=squares > 0))
    return found
