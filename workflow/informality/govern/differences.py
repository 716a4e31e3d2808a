"""Differences of which a side is not shown: with the other side they would give it back."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas import DataFrame

from informality.vocabulary import DIMENSIONS, HUB_KEYS

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.intp]

# What differences compare: an indicator has one of them.
COMPARED = ("share", "mean", "ratio")


def compares_without(published: DataFrame, known: Bools) -> Bools:
    """Differences (a mask of the rows) of which a side is none of the ``known`` rows. ``published`` has `HUB_KEYS`."""
    statistic = published["statistic"].astype("str")
    compared = statistic.isin(COMPARED).to_numpy()
    differences = np.flatnonzero((statistic == "difference").to_numpy())
    others = [key for key in HUB_KEYS if key != "statistic"]
    plus, minus = (np.empty((len(published), len(others)), dtype=np.int64) for _ in range(2))
    split = np.zeros(len(published), dtype=bool)
    codes = np.empty_like(plus)
    for at, name in enumerate(others):
        codes[:, at], levels = pd.factorize(published[name].astype("str"))
        plus[:, at] = minus[:, at] = codes[:, at]
        if name in DIMENSIONS:
            sides = _sides(list(levels), set(codes[compared, at].tolist()))
            # A difference compares two levels of one dimension, the first that can be read so.
            mine = ~split & (sides[codes[:, at], 0] >= 0)
            plus[mine, at], minus[mine, at] = sides[codes[mine, at]].T
            split |= mine
    there = {row.tobytes() for row in codes[compared & known]}
    found = np.zeros(len(published), dtype=bool)
    # Of one without sides the keys are its own, which no share has.
    found[differences] = [
        a.tobytes() not in there or b.tobytes() not in there
        for a, b in zip(plus[differences], minus[differences], strict=True)
    ]
    return found


def _sides(levels: list[str], compared: set[int]) -> Ints:
    """Of each level ``a-b`` the positions of ``a`` and ``b`` (levels × 2); -1 where it is itself a level that has a share, or they are none."""
    place = {level: at for at, level in enumerate(levels) if at in compared}
    found = np.full((len(levels), 2), -1, dtype=np.intp)
    for at, level in enumerate(levels):
        if level in place:
            continue
        for dash in [i for i, letter in enumerate(level) if letter == "-"]:
            plus, minus = place.get(level[:dash]), place.get(level[dash + 1 :])
            if plus is not None and minus is not None:
                found[at] = plus, minus
                break
    return found
