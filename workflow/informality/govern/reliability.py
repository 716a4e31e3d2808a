"""How far an estimate may be trusted: rules R1, R2, R3 and R5, and the flags of ILO's own export (R4).

- R1: fewer than 30 persons in the base, or effectively: not shown.
- R2: fewer than 50; a share whose Korn-Graubard interval is too wide by the rule of NCHS (Parker et al. 2017, Vital and Health Statistics
  2/175): at least 30 points, or more than 5 points and 130 per cent of the share; an error of a total above 30 per cent: unreliable.
- R3: fewer than eight degrees of freedom: unreliable, and for review.
- R5: no answer for more than 10 per cent of the persons in question: a note; 30: unreliable (as in Eurostat's LFS). What could not be
  computed from the questions is no missing answer: `computed` decides on it (decision 31).

`workflow/config.yaml` sets every limit.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from pandas import DataFrame, Series

from informality.errors import UserError, nearest
from informality.govern.flags import (
    BY_DEFINITION,
    COMPLEMENT,
    FEW_DEGREES,
    FEW_EFFECTIVE,
    FEW_PERSONS,
    HIDDEN,
    LARGE_ERROR,
    NON_RESPONSE,
    NORMAL,
    NOT_AVAILABLE,
    NOT_COMPUTABLE,
    NOT_ESTIMABLE,
    SOME_MISSING,
    TOO_FEW_PERSONS,
    UNRELIABLE,
    WIDE_INTERVAL,
)  # fmt: skip
from informality.govern.rounding import SMALL
from informality.settings import Thresholds
from informality.vocabulary import DIMENSIONS, ESTIMATE_STATES, TOTAL

Floats = npt.NDArray[np.float64]
LEVEL = 0.975
# What the rows of one series share: of one number of one universe by one standard, law and reading.
SERIES = ("variant", "concept", "universe", "indicator", "category", "branch", "law", "scenario", "assumption")


def flags(hub: DataFrame, thresholds: Thresholds) -> DataFrame:
    """``flag``, ``flag_reason`` and ``review`` of every row of the hub by reliability alone, on its index.

    ``n`` is the unweighted base of an estimate; behind a total stand the persons it counts, behind a total of zero its base.
    The first rule that applies gives flag and reason: not asked or computable, then ``x``, then ``u``. UserError for an unknown state.
    """
    state = hub["state"].astype("str")
    unknown = sorted(set(state.unique()) - set(ESTIMATE_STATES))
    if unknown:
        raise UserError(
            f"'{unknown[0]}' is not a state of an estimate",
            where="column state of the hub",
            todo=nearest(unknown[0], ESTIMATE_STATES),
        )
    t = thresholds
    n, share = behind(hub), is_share(hub)
    effective = effective_size(hub)
    width, p = _width(hub, effective), _numbers(hub, "estimate")
    missing, df = _numbers(hub, "w_no_answer"), degrees_of_freedom(hub)
    error = hub["statistic"].astype("str").isin(["total", "mean", "ratio", "quantile"]).to_numpy(dtype=bool)
    too_wide = share & ((width >= t.width_wide) | ((width > t.width_narrow) & (width > t.width_relative * p)))
    rules: list[tuple[Any, str, Any]] = [
        (state.isin(["not_asked", NOT_COMPUTABLE]), NOT_AVAILABLE, state.to_numpy(dtype=object)),
        (not_computable(hub, thresholds), NOT_AVAILABLE, NOT_COMPUTABLE),
        ((state == NOT_ESTIMABLE) & (n >= t.hide_below), HIDDEN, NOT_ESTIMABLE),
        (n < t.hide_below, HIDDEN, TOO_FEW_PERSONS),
        (hub["estimate"].isna(), HIDDEN, NOT_ESTIMABLE),
        (by_definition(hub), NORMAL, BY_DEFINITION),
        (share & (effective < t.hide_below), HIDDEN, FEW_EFFECTIVE),
        (n < t.flag_below, UNRELIABLE, FEW_PERSONS),
        (too_wide, UNRELIABLE, WIDE_INTERVAL),
        (error & (_numbers(hub, "cv") > t.cv), UNRELIABLE, LARGE_ERROR),
        (df < t.least_df, UNRELIABLE, FEW_DEGREES),
        (missing > t.missing_flag, UNRELIABLE, NON_RESPONSE),
    ]
    conditions = [np.asarray(condition, dtype=bool) for condition, _, _ in rules]
    flag = np.select(conditions, [f for _, f, _ in rules], default=NORMAL).astype(str)
    reason = np.select(conditions, [r for _, _, r in rules], default="").astype(str)
    shown = np.isin(flag, [NORMAL, UNRELIABLE]) & (reason != BY_DEFINITION)
    reviews = {
        FEW_DEGREES: df < t.least_df,
        COMPLEMENT: share & (width > t.width_narrow) & (width > t.width_relative * (1 - p)),
        SOME_MISSING: missing > t.missing_note,
    }
    words = [np.where(hit & shown, word, "") for word, hit in reviews.items()]
    review = [" ".join(filter(None, found)) for found in zip(*words, strict=True)]
    return DataFrame({"flag": flag, "flag_reason": reason, "review": review}, index=hub.index, dtype="str")


def not_computable(hub: DataFrame, thresholds: Thresholds) -> npt.NDArray[np.bool_]:
    """Rows of which too much is not computable, and all rows of a series whose national row is such a one (decision 31).

    A rate over those who happen to be computable is no rate of the group, and a total no total of it.
    """
    failed = _numbers(hub, "w_not_computable") > thresholds.not_computable
    if not failed.any():
        return failed
    national = np.ones(len(hub), dtype=np.bool_)
    for name in DIMENSIONS:
        national &= (hub[name].astype("str") == TOTAL).to_numpy()
    series = list(zip(*(hub[name].astype("str") for name in SERIES), strict=True))
    whole = {series[at] for at in np.flatnonzero(failed & national)}
    # The category of a test is the test.
    tested = {(*one[:4], *one[5:]) for one in whole}
    tests = (hub["statistic"].astype("str") == "test").to_numpy()
    lost = [one in whole or (test and (*one[:4], *one[5:]) in tested) for one, test in zip(series, tests, strict=True)]
    return failed | np.array(lost, dtype=np.bool_)


def ilo_flags(hub: DataFrame, thresholds: Thresholds, confidential: npt.NDArray[np.bool_]) -> npt.NDArray[np.object_]:
    """ILO's flags by unweighted persons (rule R4): ``S``, not disseminated, below 5, and for all that is confidential; ``U`` below 15.

    Readers see small counts as a class, so ``U`` stands for the whole class: else it would part it in two.
    """
    n = behind(hub).to_numpy()
    least = next((edge for edge in SMALL if edge >= thresholds.ilo_unreliable_below), thresholds.ilo_unreliable_below)
    flag = np.where(n < thresholds.ilo_suppress_below, "S", np.where(n < least, "U", ""))
    return np.where(confidential, "S", flag).astype(object)


def is_share(hub: DataFrame) -> npt.NDArray[np.bool_]:
    """Rows that estimate a share."""
    return (hub["statistic"].astype("str") == "share").to_numpy(dtype=bool)


def behind(hub: DataFrame) -> Series:
    """Unweighted persons on whom each estimate rests."""
    base = hub["n"].astype("float64").fillna(0.0)
    counted = hub["n_event"].astype("float64")
    is_count = (hub["statistic"].astype("str") == "total") & (counted > 0)
    return base.where(~is_count, counted)


def degrees_of_freedom(hub: DataFrame) -> Floats:
    """Those of the design: of a test, whose denominator has a multiple of them, for each of its numerator."""
    df, df1 = _numbers(hub, "df"), _numbers(hub, "df1")
    return np.where(np.isfinite(df1) & (df1 > 0), df / np.where(df1 > 0, df1, 1.0), df)


def effective_size(hub: DataFrame) -> Floats:
    """Effective size p (1 - p) / se^2 of each share, at most n; n where p is 0 or 1 or the error is not known."""
    n, p, se = (_numbers(hub, name) for name in ("n", "estimate", "se"))
    with np.errstate(divide="ignore", invalid="ignore"):
        size = p * (1 - p) / np.square(se)
    return np.where(np.isfinite(size) & (p > 0) & (p < 1) & (se > 0), np.minimum(size, n), n)


def _width(hub: DataFrame, effective: Floats) -> Floats:
    """Width of the Korn-Graubard interval of each share: Clopper-Pearson on the effective size adjusted for degrees of freedom."""
    from scipy.special import betaincinv, stdtrit

    n, p, df = (_numbers(hub, name) for name in ("n", "estimate", "df"))
    df = np.where(df > 0, df, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        adjusted = effective * np.square(stdtrit(n - 1, LEVEL) / stdtrit(df, LEVEL))
    size = np.where(np.isfinite(adjusted), np.minimum(adjusted, n), effective)
    hits = np.clip(p, 0, 1) * size
    with np.errstate(invalid="ignore"):
        low = np.where(hits > 0, betaincinv(np.maximum(hits, 1e-9), size - hits + 1, 1 - LEVEL), 0.0)
        high = np.where(hits < size, betaincinv(hits + 1, np.maximum(size - hits, 1e-9), LEVEL), 1.0)
    return high - low


def by_definition(hub: DataFrame) -> Series:
    """True where a rule itself fixes the value: the 17th ICLS makes every contributing family worker informal, and a law that insures
    all employees, or nobody of a group, leaves nothing to estimate.

    Such a value has no sampling error; it is shown without interval and is not a finding (decision 28).
    """
    indicator, share = hub["indicator"].astype("str"), hub["statistic"].astype("str") == "share"
    seventeenth = hub["variant"].astype("str").str.match(r"icls17(_|$)")
    family = hub["status"].astype("str") == "family_worker"
    fixed_by_standard = seventeenth & (indicator == "informal") & family & (hub["estimate"] == 1.0)
    step = (indicator == "employee_steps") & (hub["category"].astype("str") == "mandatory")
    fixed_by_law = ((indicator == "legal_coverage") | step) & hub["estimate"].isin([0.0, 1.0])
    return share & (fixed_by_standard | fixed_by_law)


def _numbers(hub: DataFrame, name: str) -> Floats:
    return hub[name].to_numpy(dtype="float64", na_value=np.nan)
