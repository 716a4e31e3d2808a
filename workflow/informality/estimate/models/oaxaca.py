"""The Oaxaca-Blinder split of a difference of means, from weighted cross products of covariates and outcome.

The difference of the means is split by linear regressions (Oaxaca 1973; Blinder 1973) into what differences in the covariates
account for at pooled coefficients, (x1 - x2)' b*, and the rest, x1' (b1 - b*) + x2' (b* - b2). The pooled regression holds an
indicator of the group, so that b* does not take up the difference itself (Jann 2008; Fortin 2008). In the detail by term the
coefficients of a factor are normalised to sum to 0 over all of its levels, the reference included, so that no number depends on
the choice of the reference (Gardeazabal and Ugidos 2004; Yun 2005). What is not accounted for by the slope of a number depends on
where its zero lies in the same way; it has no line of its own and stands with the constant.

The same linear form serves a yes/no outcome, as a linear probability model: the means are those of the sample, the detail adds up
without weights, and it does not depend on the order in which covariates are exchanged, as non-linear decompositions do
(Fairlie 2005; Yun 2004). Fitted values outside 0 to 1 do no harm: only means are used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from informality.estimate.codes import Floats
from informality.estimate.models.patterns import Patterns
from informality.vocabulary import CONSTANT, TOTAL

# Cross products, scaled to a diagonal of 1, whose least eigenvalue is below this belong to a singular regression.
SINGULAR = 1e-10


@dataclass(frozen=True)
class Part:
    """What one number is: ``mean`` (``level``: first or second), ``difference``, ``accounted_for`` or ``not_accounted_for``, the
    latter two in all (`_T`), by variable (``level`` `_T`) and by level.
    """

    statistic: str
    term: str
    level: str


class Split:
    """From cross products of covariates, scaled to a largest value of 1, to the numbers of ``parts``; and the linear maps to
    normalised coefficients and the means of all levels.
    """

    def __init__(self, patterns: Patterns) -> None:
        columns, scale = patterns.columns, patterns.x.scale
        # Rows of the maps: the constant; every level of each factor; numbers.
        names = [(CONSTANT, TOTAL)]
        to_coefficient, to_mean = [_unit(len(columns), 0)], [_unit(len(columns), 0)]
        for term in patterns.terms:
            variable, places = term.variables[0], patterns.of_term(term.text)
            if variable not in patterns.levels:
                names.append((variable, term.text))
                to_coefficient.append(_unit(len(columns), int(places[0])))
                to_mean.append(_unit(len(columns), int(places[0])))
                continue
            levels = patterns.levels[variable]
            average = sum((_unit(len(columns), int(i)) for i in places), np.zeros(len(columns))) / len(levels)
            to_coefficient[0] = to_coefficient[0] + average
            reference_share = _unit(len(columns), 0) - average * len(levels)
            for level in levels:
                own = [_unit(len(columns), int(i)) for i in places if columns[i].level == level]
                names.append((variable, level))
                to_coefficient.append((own[0] if own else 0) - average)
                to_mean.append(own[0] if own else reference_share)
        self.to_coefficient = np.array(to_coefficient) / scale
        self.to_mean = np.array(to_mean) * scale
        variables = list(dict.fromkeys(variable for variable, _ in names[1:]))
        factors = [variable for variable in variables if variable in patterns.levels]
        self.of_variable = _membership(names, variables)
        self.of_factor = _membership(names, factors)
        self.of_rest = 1 - self.of_factor.sum(axis=0)
        self.details = [i for i, (variable, _) in enumerate(names) if variable in factors]
        by_level = [names[i] for i in self.details]
        self.parts: tuple[Part, ...] = (
            Part("mean", TOTAL, "first"),
            Part("mean", TOTAL, "second"),
            Part("difference", TOTAL, TOTAL),
            Part("accounted_for", TOTAL, TOTAL),
            Part("not_accounted_for", TOTAL, TOTAL),
            Part("not_accounted_for", CONSTANT, TOTAL),
            *(Part("accounted_for", variable, TOTAL) for variable in variables),
            *(Part("not_accounted_for", variable, TOTAL) for variable in factors),
            *(Part(s, v, level) for s in ("accounted_for", "not_accounted_for") for v, level in by_level),
        )

    def __call__(self, products: Floats) -> Floats:
        """The numbers (parts × R) from cross products (R × 2 × (k + 1) × (k + 1)); NaN where a regression is singular."""
        first, second = products[:, 0], products[:, 1]
        k = products.shape[-1] - 1
        means, coefficients = [], []
        for group in (first, second):
            with np.errstate(invalid="ignore", divide="ignore"):
                means.append(group[:, 0, :] / group[:, 0, :1])
            coefficients.append(_solve(group[:, :k, :k], group[:, :k, k]))
        pooled = np.empty((len(products), k + 1, k + 1))
        pooled[:, :k, :k] = first[:, :k, :k] + second[:, :k, :k]
        pooled[:, k, :k] = pooled[:, :k, k] = first[:, 0, :k]
        pooled[:, k, k] = first[:, 0, 0]
        right = np.concatenate([first[:, :k, k] + second[:, :k, k], first[:, :1, k]], axis=1)
        common = _solve(pooled, right)[:, :k] @ self.to_coefficient.T
        b1, b2 = (b @ self.to_coefficient.T for b in coefficients)
        x1, x2 = (mean[:, :k] @ self.to_mean.T for mean in means)
        accounted = ((x1 - x2) * common).T
        rest = (x1 * (b1 - common) + x2 * (common - b2)).T
        y1, y2 = means[0][:, k], means[1][:, k]
        head = np.array([y1, y2, y1 - y2, accounted.sum(axis=0), rest.sum(axis=0), self.of_rest @ rest])
        by_variable = [self.of_variable @ accounted, self.of_factor @ rest]
        return np.concatenate([head, *by_variable, accounted[self.details], rest[self.details]])


def _membership(names: Sequence[tuple[str, str]], variables: Sequence[str]) -> Floats:
    """One row a variable, 1 where a row of the maps is its."""
    return np.array([[float(name == v) for name, _ in names] for v in variables]).reshape(len(variables), len(names))


def _unit(size: int, place: int) -> Floats:
    vector = np.zeros(size)
    vector[place] = 1.0
    return vector


def _solve(matrices: Floats, right: Floats) -> Floats:
    """Solutions of symmetric systems (R × k × k and R × k), NaN for a singular one; diagonals are brought to 1 first."""
    diagonal = np.diagonal(matrices, axis1=1, axis2=2)
    positive = (diagonal > 0).all(axis=1)
    scale = 1 / np.sqrt(np.where(diagonal > 0, diagonal, 1))
    scaled = matrices * scale[:, :, None] * scale[:, None, :]
    regular = positive & (np.linalg.eigvalsh(scaled)[:, 0] > SINGULAR)
    out = np.full(right.shape, np.nan)
    out[regular] = np.linalg.solve(scaled[regular], (right * scale)[regular][:, :, None])[:, :, 0] * scale[regular]
    return out
