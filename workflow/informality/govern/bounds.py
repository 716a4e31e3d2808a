"""Bounds in place of a rate that cannot be computed: what it would be if none, and if all, of those who are left open had it (decision 31)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from pandas import DataFrame

from informality.govern.flags import NOT_COMPUTABLE
from informality.govern.hide import numbers
from informality.govern.rounding import down, up
from informality.vocabulary import HUB_KEYS

Floats = npt.NDArray[np.float64]
NONE, ALL = "as_formal", "as_informal"
# Wider bounds say nothing; they are shown in whole per cent.
WIDEST, STEP = 0.20, 0.01


def bounds_of_unknown(
    hub: DataFrame, flag: npt.NDArray[np.object_], reason: npt.NDArray[np.object_]
) -> tuple[Floats, Floats]:
    """Lower and upper bound of shares that are not computable, with the outer 95 per cent limits; NaN where there is none, or too wide.

    They are those of the rows beside them with the assumptions `NONE` and `ALL`, where these may be shown.
    """
    low, high = np.full(len(hub), np.nan), np.full(len(hub), np.nan)
    share = (hub["statistic"] == "share").to_numpy(dtype=bool)
    wanted = np.flatnonzero(share & (reason == NOT_COMPUTABLE) & (hub["assumption"] == "").to_numpy(dtype=bool))
    assumed = np.flatnonzero(share & hub["assumption"].isin([NONE, ALL]).to_numpy() & np.isin(flag, ["", "u"]))
    if not (len(wanted) and len(assumed)):
        return low, high
    names = [name for name in HUB_KEYS if name != "assumption"]
    keys = list(hub[names].itertuples(index=False, name=None))
    assumption = hub["assumption"].to_numpy(dtype=object)
    found = {(keys[at], assumption[at]): at for at in assumed}
    ends = numbers(hub, "ci_low"), numbers(hub, "ci_high")
    for at in wanted:
        least, most = (found.get((keys[at], name)) for name in (NONE, ALL))
        if least is not None and most is not None and ends[1][most] - ends[0][least] < WIDEST:
            low[at], high[at] = ends[0][least], ends[1][most]
    return np.maximum(down(low, STEP), 0.0), np.minimum(up(high, STEP), 1.0)
