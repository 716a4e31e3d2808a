"""How far an estimate may be trusted: the provisional rule by the number of persons behind it.

Three things stay apart: a true zero (a number like any other), ``:`` for what was not asked or cannot be computed, and ``x`` for
what too few persons answered. `workflow/config.yaml` sets the two limits.
"""

from __future__ import annotations

import numpy as np
from pandas import DataFrame, Series

from informality.errors import UserError, nearest
from informality.settings import Thresholds
from informality.vocabulary import ESTIMATE_STATES

NORMAL, UNRELIABLE, HIDDEN, NOT_AVAILABLE = "", "u", "x", ":"
FLAGS = (NORMAL, UNRELIABLE, HIDDEN, NOT_AVAILABLE)

FEW_PERSONS = "few_persons"
TOO_FEW_PERSONS = "too_few_persons"
BY_DEFINITION = "by_definition"
REASONS = ("", FEW_PERSONS, TOO_FEW_PERSONS, BY_DEFINITION, "not_asked", "not_computable", "not_estimable")


def flags(hub: DataFrame, thresholds: Thresholds) -> DataFrame:
    """``flag`` and ``flag_reason`` of every row of the hub, on its index.

    ``u``: ``hide_below <= n < flag_below``; ``x``: ``n < hide_below``, unknown ``n``, or no estimate possible; ``:``: not asked or
    not computable, whatever ``n``. ``n`` is the unweighted base of the estimate; behind a total stand the persons it counts
    (decision 28: a count of a few persons enters no table), behind a total of zero its base. Limits of this size are used by Eurostat's
    EU-SILC and NCHS; they hold until the full rule set replaces them.
    """
    state = hub["state"].astype("str")
    unknown = sorted(set(state.unique()) - set(ESTIMATE_STATES))
    if unknown:
        raise UserError(
            f"'{unknown[0]}' is not a state of an estimate",
            where="column state of the hub",
            todo=nearest(unknown[0], ESTIMATE_STATES),
        )
    n = _behind(hub)
    missing = hub["estimate"].isna()
    conditions = [
        state.isin(["not_asked", "not_computable"]),
        (state == "not_estimable") & (n >= thresholds.hide_below),
        n < thresholds.hide_below,
        missing,
        by_definition(hub),
        n < thresholds.flag_below,
    ]
    flag = np.select(conditions, [NOT_AVAILABLE, HIDDEN, HIDDEN, HIDDEN, NORMAL, UNRELIABLE], default=NORMAL)
    reason = np.select(
        conditions,
        [state.to_numpy(dtype=object), "not_estimable", TOO_FEW_PERSONS, "not_estimable", BY_DEFINITION, FEW_PERSONS],
        default="",
    )
    return DataFrame({"flag": flag.astype(str), "flag_reason": reason.astype(str)}, index=hub.index)


def _behind(hub: DataFrame) -> Series:
    """Unweighted persons on whom each estimate rests."""
    base = hub["n"].astype("float64").fillna(0.0)
    counted = hub["n_event"].astype("float64")
    is_count = (hub["statistic"].astype("str") == "total") & (counted > 0)
    return base.where(~is_count, counted)


def by_definition(hub: DataFrame) -> Series:
    """True where the standard itself fixes the value: the 17th ICLS makes every contributing family worker informal.

    Such a value has no sampling error; it is shown without interval and is not a finding (decision 28).
    """
    seventeenth = hub["variant"].astype("str").str.match(r"icls17(_|$)")
    informal_share = (hub["indicator"].astype("str") == "informal") & (hub["statistic"].astype("str") == "share")
    family = hub["status"].astype("str") == "family_worker"
    return seventeenth & informal_share & family & (hub["estimate"] == 1.0)
