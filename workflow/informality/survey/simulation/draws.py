"""Random draws and the integer code arrays that all parts of the simulator share."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

import numpy as np

# Code of "not asked" while the file is being made; becomes a missing value at the end.
NOT_ASKED = -1


def stream(seed: int, subject: str) -> np.random.Generator:
    """An independent generator for one subject: a change in one part leaves the draws of the others as they were."""
    return np.random.default_rng([seed, zlib.crc32(subject.encode())])


def choose(rng: np.random.Generator, size: int, chances: Mapping[int, float]) -> np.ndarray:
    """``size`` codes drawn with the given relative chances (they need not add to one)."""
    codes = np.array(list(chances), dtype=np.int16)
    steps = np.cumsum(np.array(list(chances.values()), dtype=float))
    return codes[np.searchsorted(steps, rng.random(size) * steps[-1], side="right").clip(max=len(codes) - 1)]


def happens(rng: np.random.Generator, chance: np.ndarray | float, size: int) -> np.ndarray:
    """Booleans, true with the given chance each."""
    return rng.random(size) < chance


def fill(
    rng: np.random.Generator, out: np.ndarray, cases: Sequence[tuple[np.ndarray, Mapping[int, float]]]
) -> np.ndarray:
    """Write drawn codes into ``out`` for each (rows, chances) in turn; the first case that holds for a row wins."""
    free = np.ones(len(out), dtype=bool)
    for rows, chances in cases:
        at = np.flatnonzero(rows & free)
        out[at] = choose(rng, len(at), chances)
        free[at] = False
    return out


def blank(size: int, dtype: type = np.int8) -> np.ndarray:
    """``size`` times "not asked"."""
    return np.full(size, NOT_ASKED, dtype=dtype)
