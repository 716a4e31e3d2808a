"""Weights brought to declared population totals: post-stratification, raking, linear calibration (GREG).

Calibrated weights are w = d g, d the weights of the design, with g as near to 1 as the totals allow (Deville and Särndal 1992;
Deville, Särndal and Sautory 1993). Rows of weight 0 keep it. Variances are in `estimates.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from informality.errors import UserError, nearest
from informality.estimate import columns
from informality.estimate.calibration.estimates import CalibratedDesign
from informality.estimate.calibration.margins import Margin, Totals, complete, margins
from informality.estimate.calibration.regression import Regression, indicators
from informality.estimate.codes import Bools, Floats
from informality.estimate.columns import Flag
from informality.estimate.design import Design

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# What residuals are taken with: the weights of the design (the theory), or 1 for every row (R survey after raking).
Residuals = Literal["base", "equal"]
# Largest relative gap between a weighted and its declared total.
TOLERANCE = 1e-10
WHERE = "calibration"


def post_stratify(frame: pd.DataFrame, design: Design, totals: Totals, *, where: str | None = None) -> CalibratedDesign:
    """Weights in each level of the one (crossed) margin times declared total / weighted total (Holt and Smith 1979).

    ``where``: the yes/no column of the persons that the totals are about; the weights of others stay. UserError: more than one
    margin, a level without persons or without total (see `margins.py`).
    """
    if len(totals) != 1:
        raise UserError(
            f"post-stratification takes one margin, and {len(totals)} are declared",
            where=WHERE,
            todo="cross them, with a total for each cell, or rake to them",
        )
    found = _read(frame, design, totals, where)
    g = np.ones(len(frame))
    _scale(found[0], design.weight, g)
    return _calibrated(design, g, indicators(found), "base", 1)


def rake(
    frame: pd.DataFrame,
    design: Design,
    totals: Totals,
    *,
    where: str | None = None,
    tolerance: float = TOLERANCE,
    most: int = 500,
    residuals: Residuals = "base",
) -> CalibratedDesign:
    """Iterative proportional fitting to every margin in turn (Deming and Stephan 1940): weights above 0 stay above 0.

    Until the largest relative gap is at most ``tolerance``. ``residuals``: the variance regresses with the weights of the
    design (Deville and Särndal 1992), or with ``equal`` weights as R survey 4.1 does after `rake`, which gives other (mostly
    larger) standard errors. UserError: as `margins.complete`; not met after ``most`` rounds, which names the margin.
    """
    if residuals not in get_args(Residuals):
        raise UserError(
            f"'{residuals}' is no kind of residuals", where=WHERE, todo=nearest(residuals, get_args(Residuals))
        )
    found = _read(frame, design, totals, where)
    g = np.ones(len(frame))
    for rounds in range(1, most + 1):
        for margin in found:
            _scale(margin, design.weight * g, g)
        if max(gap for *_, gap in _gaps(found, design.weight * g)) <= tolerance:
            return _calibrated(design, g, indicators(found), residuals, rounds)
    raise _not_met(found, design.weight * g, f"after {most} rounds of raking")


def linear(
    frame: pd.DataFrame,
    design: Design,
    totals: Totals,
    *,
    numbers: Mapping[str, float] | None = None,
    bounds: tuple[float, float] | None = None,
    where: str | None = None,
    tolerance: float = TOLERANCE,
    most: int = 100,
) -> CalibratedDesign:
    """Linear calibration: g = 1 + x'b, the generalised regression estimator (Särndal, Swensson and Wretman 1992).

    ``numbers``: numeric columns and their population totals, beside the margins. ``bounds``: g stays in low … high
    (truncated linear, Deville and Särndal 1992, case 7), low < 1 < high. UserError: as `margins.complete`; a number is missing in
    some rows; a total cannot be met (with these bounds), which names the margin; negative weights, which need bounds.
    """
    if bounds is not None and not 0 <= bounds[0] < 1 < bounds[1]:
        raise UserError("bounds of the weights' factors must be 0 or more, and 1 between them", where=WHERE)
    low, high = bounds if bounds is not None else (-np.inf, np.inf)
    found = _read(frame, design, totals, where) if totals else []
    inside = _inside(frame, where)
    extra = [(name, _number(frame, name, inside), float(total)) for name, total in (numbers or {}).items()]
    if not found and not extra:
        raise UserError("there is no population total", where=WHERE)
    auxiliary = indicators(found, [values for _, values, _ in extra])
    target = np.concatenate([*(m.declared[~np.isnan(m.declared)] for m in found), [t for *_, t in extra]])
    # Totals in units of their own size, so that one tolerance serves persons and hours.
    size = np.maximum(np.abs(target), np.finfo(float).tiny)
    whole = Regression(auxiliary, design.weight).inverse
    slope = np.zeros(len(target))
    raw = g = np.ones(len(frame))
    for rounds in range(most + 1):
        gap = target - auxiliary.T @ (design.weight * g)
        if rounds and np.max(np.abs(gap) / size) <= tolerance:
            break
        step = whole @ gap
        clipped = (raw <= low) | (raw >= high)
        if clipped.any():
            # Newton's step, and where it leads away from the minimum, that of a parabola above the function.
            newton = Regression(auxiliary, design.weight * ~clipped).inverse @ gap
            there, here = (
                _dual(slope + by, auxiliary, design.weight, target, (low, high)) for by in (newton, 0 * newton)
            )
            step = newton if there < here else step
        slope = slope + step
        raw = 1 + auxiliary @ slope
        g = np.clip(raw, low, high)
    else:
        name = _worst_number(extra, design.weight * g, tolerance)
        limit = "" if bounds is None else f" with factors between {low:g} and {high:g}"
        if name is not None:
            raise UserError(f"the total of '{name}' cannot be met{limit}", where=WHERE, todo=_TODO)
        raise _not_met(found, design.weight * g, f"by linear calibration{limit}")
    negative = int(np.count_nonzero(design.weight * g < 0))
    if negative:
        raise UserError(
            f"linear calibration makes the weight negative in {negative} rows",
            where=WHERE,
            todo="give bounds, e.g. (0.3, 3), or rake",
        )
    return _calibrated(design, g, auxiliary, "base", rounds)


def _dual(slope: Floats, auxiliary: csr_array, weight: Floats, target: Floats, bounds: tuple[float, float]) -> float:
    """The convex function whose gradient is what the weighted totals exceed the declared ones by."""
    raw = 1 + auxiliary @ slope
    g = np.clip(raw, *bounds)
    return float(weight @ (g * raw - np.square(g) / 2) - target @ slope)


_TODO = "join small levels, widen the bounds, or see whether the totals are about the same persons as the file"


def _read(frame: pd.DataFrame, design: Design, totals: Totals, where: str | None) -> list[Margin]:
    if len(frame) != len(design.weight):
        raise UserError(f"the frame has {len(frame)} rows, the design {len(design.weight)}", where=WHERE)
    found = margins(frame, totals, _inside(frame, where))
    complete(found, design.weight)
    return found


def _calibrated(design: Design, g: Floats, auxiliary: csr_array, residuals: Residuals, rounds: int) -> CalibratedDesign:
    weight = design.weight if residuals == "base" else np.ones(len(g))
    return CalibratedDesign(
        design=replace(design, weight=design.weight * g),
        base=design.weight,
        regression=Regression(auxiliary, weight),
        rounds=rounds,
    )


def _inside(frame: pd.DataFrame, where: str | None) -> Bools | None:
    return None if where is None else columns.members(frame, where)


def _scale(margin: Margin, weight: Floats, g: Floats) -> None:
    """Multiply the factors of each level by what its weights lack."""
    weighted = margin.sums(weight)
    factor = np.divide(margin.declared, weighted, out=np.ones(len(weighted)), where=weighted > 0)
    inside = margin.code >= 0
    g[inside] *= factor[margin.code[inside]]


def _gaps(found: list[Margin], weight: Floats) -> list[tuple[Margin, int, float]]:
    """The level of each margin with the largest relative gap."""
    out = []
    for margin in found:
        gap = np.abs(margin.sums(weight) / margin.declared - 1)
        out.append((margin, int(np.nanargmax(gap)), float(np.nanmax(gap))))
    return out


def _not_met(found: list[Margin], weight: Floats, how: str) -> UserError:
    margin, level, gap = max(_gaps(found, weight), key=lambda worst: worst[2])
    return UserError(
        f"margin '{margin.name}' cannot be met {how}: '{margin.label(level)}' is {100 * gap:.3g} % off",
        where=WHERE,
        todo=_TODO,
    )


def _worst_number(extra: list[tuple[str, Floats, float]], weight: Floats, tolerance: float) -> str | None:
    gaps = {name: abs(float(weight @ values) - total) / max(abs(total), 1e-300) for name, values, total in extra}
    worst = max(gaps, key=gaps.__getitem__, default=None)
    return worst if worst is not None and gaps[worst] > tolerance else None


def _number(frame: pd.DataFrame, name: str, inside: Bools | None) -> Floats:
    column = columns.measured(frame, name)
    amount = column.amount() if isinstance(column, Flag) else column
    here = np.ones(len(frame), dtype=np.bool_) if inside is None else inside
    missing = int(np.count_nonzero(here & ~amount.known))
    if missing:
        raise UserError(f"column '{name}' is missing in {missing} rows", where=WHERE, todo="impute it, or leave it out")
    return np.where(here, amount.value, 0.0)
