"""Household weights that meet totals: raking with one factor a household, so that all members keep the same weight."""

from __future__ import annotations

import numpy as np

from informality.errors import UserError

_BLOCK = 40_000  # households a block: bounds the memory of a large simulation


def household_counts(household: np.ndarray, members: list[np.ndarray], households: int) -> np.ndarray:
    """Members of each household (position 0 to ``households`` - 1) in each set of persons: int8, households by sets."""
    out = np.empty((households, len(members)), dtype=np.int8)
    for column, inside in enumerate(members):
        out[:, column] = np.bincount(household[inside], minlength=households)
    return out


def rake(weight: np.ndarray, counts: np.ndarray, totals: np.ndarray, *, tolerance: float = 1e-7) -> np.ndarray:
    """Weights ``w = d exp(x'l)`` with ``sum w x = totals`` (raking ratio; Deville and Särndal 1992), by Newton steps.

    weight: ``d`` of each household, positive; counts: ``x``, households by totals; totals: persons. Totals that repeat each
    other are fine (least squares step). `UserError` where the sample cannot meet them.
    """
    multiplier = np.zeros(len(totals))
    value, gap = _state(weight, counts, multiplier, totals)
    scale = totals.max()
    for _ in range(60):
        if np.abs(gap).max() <= tolerance * scale:
            return value
        step = np.linalg.lstsq(_hessian(value, counts), gap, rcond=1e-11)[0]
        size = np.linalg.norm(gap)
        for shorter in 0.5 ** np.arange(12):
            trial, left = _state(weight, counts, multiplier + shorter * step, totals)
            if np.linalg.norm(left) < size:
                break
        else:
            break
        multiplier, value, gap = multiplier + shorter * step, trial, left
    if np.abs(gap).max() <= 100 * tolerance * scale:
        return value
    raise UserError(
        "the simulated sample is too small to meet the published totals",
        where=f"largest rest {np.abs(gap).max():.0f} persons in {len(weight)} households",
        todo="choose a larger scale",
    )


def _state(
    weight: np.ndarray, counts: np.ndarray, multiplier: np.ndarray, totals: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Weights at ``multiplier`` and what is missing to ``totals``."""
    value = np.empty_like(weight)
    reached = np.zeros_like(totals)
    for start in range(0, len(weight), _BLOCK):
        block = counts[start : start + _BLOCK].astype(float)
        value[start : start + _BLOCK] = weight[start : start + _BLOCK] * np.exp(np.clip(block @ multiplier, -6, 6))
        reached += value[start : start + _BLOCK] @ block
    return value, totals - reached


def _hessian(value: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """``sum w x x'``."""
    out = np.zeros((counts.shape[1], counts.shape[1]))
    for start in range(0, len(value), _BLOCK):
        block = counts[start : start + _BLOCK].astype(float)
        out += block.T @ (value[start : start + _BLOCK, None] * block)
    return out
