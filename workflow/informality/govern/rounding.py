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
# Where all weigh nearly the same, the weighted number tells how many they are: the largest weight over the smallest is below this. Then
# they stand as a class between two of these.
NEARLY_EQUAL = 2.0
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
    """Persons in the sample as they are shown: rounded to tens, and a class ("" elsewhere) where they are few; of a class the number is
    the lower end.

    ``population``: their weighted number, which readers see in steps of ``step``; ``least``, ``most``: the smallest and the largest
    weight of the file. Where all weigh nearly the same, the weighted number and a rounded count would together leave fewer values than
    either, so each count stands as the class that holds all which the weighted number leaves: it follows from that alone. (To decide
    cell by cell was tried: that a cell has a class then tells which of the values it is.)
    """
    rounded = to_step(n, TENS)
    texts = [""] * len(n)
    edges = SMALL
    low, high, some = n, n, n < SMALL[-1]
    if most < NEARLY_EQUAL * least:
        edges = CLASSES
        with np.errstate(invalid="ignore"):
            weighted = np.where(population < step, 0.0, np.maximum(to_step(population, step) - step / 2, step))
            upper = np.where(population < step, step, to_step(population, step) + step / 2)
            # A number below one step is shown as such; from there on it lies within half a step of what is shown.
            low, high = np.fmin(weighted / most, n), np.fmax(upper / least, n)
        some = np.ones(len(n), dtype=np.bool_)
    for at in np.flatnonzero(some & (n > 0)):
        first = int(np.searchsorted(edges, low[at], side="right")) - 1
        last = min(int(np.searchsorted(edges, high[at], side="right")), len(edges) - 1)
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
