"""Numbers as they cross the wall: rounded from the value alone, in every run in the same way (decision 28).

Ties go away from zero, after 12 significant digits, so that what arithmetic leaves in the last bits decides nothing. Limits are rounded
outward. A number that is rounded once is never computed with again on this side of the wall.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
# Significant digits of a magnitude (a mean, a quantile, an amount), of a standard error, and of a number before it is rounded.
MAGNITUDE, ERROR, EXACT = 3, 2, 12
# Persons in the sample are rounded to tens.
TENS = 10.0
# Shares are shown in tenths of a per cent where the rounded base has so many persons, else in whole per cent.
LARGE_BASE = 1000.0
# Few persons in the sample stand as a class: between the limits of reliability (30, 50) a rounded count would leave five values only.
SMALL = (0, 30, 50, 65)
# Where their number would say too much beside the weighted one, it stands as a class between two of these.
CLASSES = (0, 30, 50, *(digit * 10**power for power in range(2, 9) for digit in (1, 2, 5)))


def to_step(value: Floats, step: npt.ArrayLike) -> Floats:
    """Multiples of ``step`` (> 0) next to the values, ties away from zero."""
    quotient = _settled(value, step)
    return _times(np.sign(quotient) * np.floor(np.abs(quotient) + 0.5), step)


def down(value: Floats, step: npt.ArrayLike) -> Floats:
    """The largest multiples of ``step`` that are not above the values."""
    return _times(np.floor(_settled(value, step)), step)


def up(value: Floats, step: npt.ArrayLike) -> Floats:
    """The smallest multiples of ``step`` that are not below the values."""
    return _times(np.ceil(_settled(value, step)), step)


def digits_step(value: Floats, digits: int) -> Floats:
    """The step that leaves so many significant digits of each value; 1 for zero and NaN."""
    size = np.abs(value)
    there = np.isfinite(size) & (size > 0)
    power = np.zeros(len(size))
    settled = _to_digits(np.where(there, size, 1.0), EXACT)
    power[there] = np.floor(np.log10(settled[there]) + 1e-12)
    return np.power(10.0, power - digits + 1)


def to_digits(value: Floats, digits: int) -> Floats:
    """The values with so many significant digits, ties away from zero."""
    return to_step(value, digits_step(value, digits))


def decimals_of(step: Floats) -> Floats:
    """Digits after the point in which multiples of a step of 1, 0.1, 10 … are written."""
    return np.maximum(0.0, -np.round(np.log10(step)))


def persons_step(mean_weight: float, weights: float = 10.0) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is not below so many mean weights: how weighted persons are rounded."""
    least = mean_weight * weights
    power = np.floor(np.log10(least))
    return float(next(m * 10.0**power for m in (1, 2, 5, 10) if m * 10.0**power >= least * (1 - 1e-12)))


def sample_size(n: Floats, population: Floats, step: float, least: float, most: float) -> tuple[Floats, list[str]]:
    """Persons in the sample as they are shown: rounded to tens, and their class where that would say too much ("" elsewhere).

    ``population``: their weighted number (NaN where it is not shown), which readers see in steps of ``step``; ``least``, ``most``: the
    smallest and the largest weight of the file. Both numbers together must leave no fewer values than the rounded count alone; else
    the count stands as the class that holds all values which the weighted number leaves. Of a class the number is the lower end.
    """
    rounded = to_step(n, TENS)
    with np.errstate(invalid="ignore"):
        # A number below one step is shown as such; from there on it lies within half a step of what is shown.
        below = population < step
        weighted = to_step(population, step)
        low = np.where(below, 0.0, np.maximum(weighted - step / 2, step)) / most
        high = np.where(below, step, weighted + step / 2) / least
        cut = (low > np.maximum(rounded - TENS / 2, 1.0)) | (high < rounded + TENS / 2 - 1)
    texts = [""] * len(n)
    for at in np.flatnonzero((n > 0) & (cut | (n < SMALL[-1]))):
        bottom, top, edges = (min(low[at], n[at]), max(high[at], n[at]), CLASSES) if cut[at] else (n[at], n[at], SMALL)
        first = int(np.searchsorted(edges, bottom, side="right")) - 1
        last = min(int(np.searchsorted(edges, top, side="right")), len(edges) - 1)
        texts[at] = f"<{edges[last]}" if first == 0 else f"{edges[first]}-{edges[last] - 1}"
        rounded[at] = max(edges[first], TENS)
    return rounded, texts


def _settled(value: Floats, step: npt.ArrayLike) -> Floats:
    return _to_digits(np.asarray(value, dtype=np.float64) / np.asarray(step, dtype=np.float64), EXACT)


def _to_digits(value: Floats, digits: int) -> Floats:
    """Significant digits by the nearest double: takes away what arithmetic leaves in the last bits."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        scale = np.power(10.0, digits - 1 - np.floor(np.log10(np.abs(value))))
        return np.where(np.isfinite(scale) & (scale > 0), np.rint(value * scale) / scale, value)


def _times(count: Floats, step: npt.ArrayLike) -> Floats:
    """Count × step; a step below 1 is divided by its inverse, so that 570 thousandths are the double that is written 0.57."""
    steps = np.broadcast_to(np.asarray(step, dtype=np.float64), np.shape(count))
    with np.errstate(divide="ignore"):
        inverse = np.rint(1 / steps)
    return np.where(steps < 1, count / np.where(steps < 1, inverse, 1.0), count * steps) + 0.0
