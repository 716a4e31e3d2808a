"""Upper tail of a weighted sum of independent chi-squares of one degree of freedom, over an estimated scale."""

from __future__ import annotations

import numpy as np

from informality.estimate.codes import Floats

# Near its mean the saddlepoint's formula divides 0 by 0.
AT_THE_MEAN = 1e-4
# Part of the largest weight below which another is what rounding leaves of 0.
ROUNDING = 1e-12


def upper_tail(x: float, weights: Floats, freedom: float) -> float:
    """P(sum of weight_i chi2_i(1) > x chi2(freedom) / freedom), by the saddlepoint approximation.

    The probability is that of a sum of chi-squares with the weights and -x / freedom being above 0 (Kuonen 1999; Lumley and
    Scott 2014; R survey's `pFsum`). R writes the last one as a whole number of chi-squares of one degree of freedom, rounded
    down, each with the part -x / freedom; so does this, to give R's p-values: with few degrees of freedom these are about a
    fiftieth larger. Weights are >= 0, freedom >= 1; NaN where no weight is above 0.
    """
    weights = weights[weights > ROUNDING * weights.max(initial=0.0)]
    if not len(weights):
        return float("nan")
    if x <= 0:
        return 1.0
    parts = np.append(weights, -x / freedom)
    times = np.append(np.ones(len(weights)), np.floor(freedom))
    return _above_zero(parts, times)


def _above_zero(part: Floats, times: Floats) -> float:
    """P(sum of part_i chi2_i(times_i) > 0) with parts of both signs.

    Near a mean of 0 the formula's limit is taken, a sixth of the skewness (R takes Satterthwaite's F there, which jumps).
    """
    from scipy.optimize import brentq
    from scipy.special import ndtr

    part = part / part.max()

    def slope(zeta: float) -> float:
        return float(np.sum(times * part / (1 - 2 * zeta * part)))

    # Of the cumulant function the slope rises from minus to plus infinity between these.
    low, high = 0.5 / part.min(), 0.5
    edge = 1e-5
    while not slope(low * (1 - edge)) < 0 < slope(high * (1 - edge)):
        edge /= 10
    zeta = brentq(slope, low * (1 - edge), high * (1 - edge), xtol=1e-14)
    if abs(zeta) < AT_THE_MEAN:
        skewness = 8 * np.sum(times * part**3) / (2 * np.sum(times * np.square(part))) ** 1.5
        return float(ndtr(-skewness / 6))
    w = np.sign(zeta) * np.sqrt(np.sum(times * np.log1p(-2 * zeta * part)))
    v = zeta * np.sqrt(2 * np.sum(times * np.square(part / (1 - 2 * zeta * part))))
    return float(ndtr(-(w + np.log(v / w) / w)))
