"""Differences between waves: which are made, and their standard errors, intervals and tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from informality.estimate.codes import Ints
from informality.estimate.intervals import student
from informality.estimate.trends.measured import Shares
from informality.vocabulary import UNKNOWN

CONSECUTIVE, FIRST_LAST = "consecutive", "first_last"


@dataclass(frozen=True)
class Pair:
    """Two waves by position, the later first; ``compared``: False across a break."""

    plus: int
    minus: int
    kind: str
    compared: bool


def comparisons(order: Sequence[int], comparable: Callable[[int, int], bool]) -> list[Pair]:
    """Each wave with the one before it; then last and first, of each part between breaks where they are not comparable.

    ``order``: the waves that have the estimate, in the order of time. A part of two waves has no comparison of its own.
    """
    found = [Pair(b, a, CONSECUTIVE, comparable(b, a)) for a, b in pairwise(order)]
    parts: list[list[int]] = [[wave] for wave in order[:1]]
    for pair in found:
        if pair.compared:
            parts[-1].append(pair.plus)
        else:
            parts.append([pair.plus])
    return [*found, *(Pair(part[-1], part[0], FIRST_LAST, True) for part in parts if len(part) > 2)]


@dataclass(frozen=True, eq=False)
class Units:
    """Sampling units of all waves, numbered together: ``of``: wave → number of each unit of its own design; ``stratum`` of each."""

    of: tuple[Ints, ...]
    stratum: Ints

    @classmethod
    def numbered(cls, names: Sequence[pd.DataFrame]) -> Units:
        """``names``: of each wave the columns ``sample``, ``stratum_name``, ``psu_name``, a row a unit in the order of its codes."""
        together = pd.concat(names, ignore_index=True)
        stratum = together.groupby(["sample", "stratum_name"], sort=True).ngroup()
        number = together.groupby(["sample", "stratum_name", "psu_name"], sort=True).ngroup().to_numpy(dtype=np.intp)
        of_unit = np.zeros(int(number.max(initial=-1)) + 1, dtype=np.intp)
        of_unit[number] = stratum.to_numpy(dtype=np.intp)
        return cls(tuple(np.split(number, np.cumsum([len(n) for n in names])[:-1])), of_unit)


def differences(plus: Shares, minus: Shares, units: Units, waves: tuple[int, int]) -> pd.DataFrame:
    """A row for each known domain that both waves have: its position in either (``at_plus``, ``at_minus``), ``estimate`` and what follows.

    The standard error has the covariance of units that both waves have. ``state`` is `not_estimable` where either side is, or nothing
    varies. Counts are those of the weaker side, as in `differences.Comparison`.
    """
    place = {domain: at for at, domain in enumerate(minus.domains)}
    here = [(at, place[domain]) for at, domain in enumerate(plus.domains) if domain in place and UNKNOWN not in domain]
    at_plus, at_minus = (np.array(side, dtype=np.intp) for side in zip(*here, strict=True)) if here else (_NONE, _NONE)
    # A matrix of all units, 0 where a wave has not the unit.
    deviation = np.zeros((len(units.stratum), len(here)))
    used = np.zeros(deviation.shape, dtype=np.bool_)
    for side, at, wave, sign in ((plus, at_plus, waves[0], 1.0), (minus, at_minus, waves[1], -1.0)):
        deviation[units.of[wave]] += sign * side.deviations[:, at]
        used[units.of[wave]] |= side.used[:, at]
    strata = pd.DataFrame(used).groupby(units.stratum).any().to_numpy()
    df = (used.sum(axis=0) - strata.sum(axis=0)).astype(np.float64)
    estimate = plus.estimate[at_plus] - minus.estimate[at_minus]
    se = np.sqrt(np.square(deviation).sum(axis=0))
    estimable = np.isfinite(plus.se[at_plus]) & np.isfinite(minus.se[at_minus]) & (df > 0) & (se > _ROUNDING)
    se[~estimable] = np.nan
    low, high = student(estimate, se, df, df)
    found: dict[str, Any] = {
        "at_plus": at_plus,
        "at_minus": at_minus,
        "estimate": estimate,
        "se": se,
        "ci_low": low,
        "ci_high": high,
        "ci_method": np.where(estimable, "t", "none"),
        "df": df,
        "p_value": _p(estimate, se, df),
        "state": np.where(estimable, "estimated", "not_estimable"),
    }
    for name in ("n", "n_event", "n_psu", "n_psu_event", "population", "n_missing", "w_missing"):
        pick = np.fmax if name in ("n_missing", "w_missing") else np.fmin
        column = {"w_missing": "w_no_answer"}.get(name, name)
        found[column] = pick(getattr(plus.counts, name)[at_plus], getattr(minus.counts, name)[at_minus])
    return pd.DataFrame(found)


_NONE: Ints = np.empty(0, dtype=np.intp)
# Shares lie between 0 and 1: what rounding leaves of a standard error of 0.
_ROUNDING = 1e-12


def _p(estimate: np.ndarray, se: np.ndarray, df: np.ndarray) -> np.ndarray:
    """Two-sided p value of the t test that nothing has changed."""
    from scipy.special import stdtr

    with np.errstate(invalid="ignore", divide="ignore"):
        t = np.abs(estimate) / se
    p: np.ndarray = 2 * stdtr(np.where(df > 0, df, np.nan), -t)
    return p
