"""The likelihood of a logistic regression over covariate patterns, and Newton's method on it."""

from __future__ import annotations

import numpy as np

from informality.estimate.codes import Floats
from informality.estimate.models.matrix import Matrix

# Newton's method squares the error, so a last step that moves no linear predictor by more than this leaves about 1e-14. Where the
# outcome is separated every step moves one by about 1, and the method never arrives.
CONVERGED = 1e-7
MOST_STEPS = 30


def newton(x: Matrix, total: Floats, yes: Floats, start: Floats | None = None) -> Floats | None:
    """Coefficients that maximise the likelihood of ``yes`` out of ``total`` in each pattern; None where there is no maximum.

    ``x`` must have full rank; weights sum to 1. A step that lowers the likelihood is halved.
    """
    if start is None:
        start = np.zeros(x.size)
        start[0] = np.log(yes.sum()) - np.log(total.sum() - yes.sum())
    b, eta = start, x.linear(start)
    likelihood = _likelihood(eta, total, yes)
    for _ in range(MOST_STEPS):
        mu = expit(eta)
        try:
            step = inverse(x.cross(total * mu * (1 - mu))) @ x.sums(yes - total * mu)
        except np.linalg.LinAlgError:
            return None
        move = x.linear(step)
        if np.abs(move).max() < CONVERGED:
            return b + step
        for _ in range(MOST_STEPS):
            reached = _likelihood(eta + move, total, yes)
            if reached >= likelihood - 1e-12 * abs(likelihood):
                break
            step, move = step / 2, move / 2
        b, eta, likelihood = b + step, eta + move, reached
    return None


def inverse(matrix: Floats) -> Floats:
    """Inverse of a positive definite matrix, its diagonal brought to 1 first; LinAlgError where it is not positive definite."""
    diagonal = np.diag(matrix)
    if not np.all(diagonal > 0):
        raise np.linalg.LinAlgError
    scale = 1 / np.sqrt(diagonal)
    root = np.linalg.inv(np.linalg.cholesky(matrix * np.outer(scale, scale)))
    return (root.T @ root) * np.outer(scale, scale)


def expit(x: Floats) -> Floats:
    """1 / (1 + exp(-x)) without overflow."""
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, e) / (1 + e)


def _likelihood(eta: Floats, total: Floats, yes: Floats) -> float:
    """Log-likelihood: sum of yes eta - total log(1 + exp(eta)), without overflow."""
    return float(yes @ eta - total @ (np.maximum(eta, 0) + np.log1p(np.exp(-np.abs(eta)))))
