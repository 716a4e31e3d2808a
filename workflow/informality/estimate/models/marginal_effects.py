"""Average marginal effects of a logistic regression: changes of the probability, averaged over the persons of the fit.

A factor: everybody at the level minus everybody at the reference. A number: the derivative, averaged. Two standard errors:
``se_fixed`` takes the covariates of the sample as given (delta method on the coefficients alone); ``se`` counts their own
sampling too, by linearisation: the total over the sample of w (h - mean h) / W + w (y - mu) x A^-1 J, h a person's effect, J the
derivative of the mean of h by the coefficients (Binder 1983; Graubard and Korn 1999 on predictive margins).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from informality.estimate.codes import Floats
from informality.estimate.models.likelihood import expit
from informality.estimate.models.logit import Fit
from informality.estimate.models.matrix import Block
from informality.estimate.models.terms import variables_of


@dataclass(frozen=True)
class Effect:
    """One average marginal effect; ``level`` and ``reference`` are empty for a number."""

    variable: str
    level: str
    reference: str
    estimate: float
    se: float
    se_fixed: float


def average_marginal_effects(fitted: Fit) -> list[Effect]:
    """Effects of every variable of the model, factors level by level, in the order of the terms."""
    effects = []
    for variable in variables_of(fitted.patterns.terms):
        if variable in fitted.patterns.levels:
            effects += _factor(fitted, variable)
        else:
            effects.append(_number(fitted, variable))
    return effects


def _factor(fitted: Fit, variable: str) -> list[Effect]:
    reference, *others = fitted.patterns.levels[variable]
    base_p, base_j = _at(fitted, variable, reference)
    effects = []
    for level in others:
        p, j = _at(fitted, variable, level)
        effects.append(Effect(variable, level, reference, *_estimate(fitted, p - base_p, j - base_j)))
    return effects


def _at(fitted: Fit, variable: str, level: str) -> tuple[Floats, Floats]:
    """Probability of each pattern with the variable at a level, and the derivative of their mean by the coefficients."""
    patterns, b, w = fitted.patterns, fitted.coefficients, fitted.sums.total
    inside, changed = patterns.touched(variable), patterns.with_value(variable, level)
    eta = patterns.x.linear(b)
    for before, after in zip(inside, changed, strict=True):
        eta += after.linear(b) - before.linear(b)
    p = expit(eta)
    slope = w * p * (1 - p)
    j = patterns.x.sums(slope)
    for block in changed:
        j[block.places] = block.sums(slope)
    return p, j


def _number(fitted: Fit, variable: str) -> Effect:
    """Central difference over one unit to either side: exact, since a number enters as itself, its square and in products."""
    patterns, b, w = fitted.patterns, fitted.coefficients, fitted.sums.total
    value = patterns.covariates[variable].to_numpy(np.float64)
    above, below = patterns.with_value(variable, value + 1), patterns.with_value(variable, value - 1)
    dx = [_half_difference(plus, minus) for plus, minus in zip(above, below, strict=True)]
    p = fitted.probability
    slope = p * (1 - p)
    by_x = sum((block.linear(b) for block in dx), np.zeros(patterns.size))
    j = patterns.x.sums(w * (1 - 2 * p) * slope * by_x)
    for block in dx:
        j[block.places] += block.sums(w * slope)
    return Effect(variable, "", "", *_estimate(fitted, slope * by_x, j))


def _half_difference(plus: Block, minus: Block) -> Block:
    """(plus - minus) / 2; a value of 0 has no column of its own."""
    code = np.minimum(plus.code, minus.code)
    ones = np.ones(len(code))
    difference = np.where(plus.code < plus.size, plus.times(ones), 0) - np.where(
        minus.code < minus.size, minus.times(ones), 0
    )
    return Block(plus.first, plus.size, code, difference / 2)


def _estimate(fitted: Fit, h: Floats, j: Floats) -> tuple[float, float, float]:
    """Mean of ``h`` over the persons, its standard error, and the one with fixed covariates."""
    mean = float(fitted.sums.total @ h)
    z = fitted.sums.of_psu @ (h - mean) + fitted.scores @ (fitted.bread @ j)
    known = np.ones(len(z), dtype=np.bool_)
    variance = float(fitted.sums.layout.variance(z, known)[0])
    return mean, float(np.sqrt(variance)), float(np.sqrt(j @ fitted.covariance @ j))
