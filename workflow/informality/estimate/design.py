"""The sampling design of one survey wave: strata, primary sampling units (PSUs), weights, finite populations.

Variances are those of the ultimate cluster (first stage only), so a design is what the first stage says. Domains are never
cut out of it: a stratum keeps all its PSUs whatever part of them holds persons of the domain.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import pandas as pd

from informality.errors import UserError, nearest
from informality.estimate.codes import Bools, Floats, Ints, compress

# What to do with a stratum of which the file holds one PSU only:
# `adjust`      its total enters uncentred (R survey's "adjust"; equal to `grand_mean` except for totals);
# `grand_mean`  its total is centred at the mean over all PSUs of the file (Stata's singleunit(centered));
# `average`     it gets the mean variance of the other strata of the domain (R's "average", Stata's "scaled");
# `certainty`   it adds nothing (R's "certainty" and "remove");
# `fail`        it is an error.
LONELY_POLICIES = ("adjust", "grand_mean", "average", "certainty", "fail")
# A stratum in which at most this share of the PSUs was left out of the sample is taken as complete (as in R survey).
COMPLETE = 1e-7


@dataclass(frozen=True, eq=False)
class Design:
    """Arrays as long as the frame that is estimated from, in the order of its rows.

    ``stratum`` and ``psu`` are codes from 0; a PSU code belongs to one stratum. ``weight`` is >= 0; a row of weight 0 adds
    nothing, but its PSU counts among the PSUs of the stratum. ``fpc`` is the number of PSUs in the population of the row's
    stratum. UserError: lengths differ, weights missing or negative, a PSU in two strata, fewer PSUs in the population than
    in the file, a lonely stratum under ``fail``.
    """

    stratum: np.ndarray
    psu: np.ndarray
    weight: np.ndarray
    fpc: np.ndarray | None = None
    lonely: str = "adjust"

    def __post_init__(self) -> None:
        """Check the arrays and bring them to their types."""
        if self.lonely not in LONELY_POLICIES:
            raise UserError(
                f"'{self.lonely}' is no rule for lonely PSUs",
                where="design",
                todo=nearest(self.lonely, LONELY_POLICIES),
            )
        weight = _weights(self.weight)
        for name, codes in (("stratum", self.stratum), ("psu", self.psu)):
            if len(codes) != len(weight):
                raise UserError(f"{name} has {len(codes)} rows, weight has {len(weight)}", where="design")
            if len(codes) and (not np.issubdtype(codes.dtype, np.integer) or codes.min() < 0):
                raise UserError(f"{name} must be codes 0, 1, 2 …", where="design", todo="use Design.from_frame")
        object.__setattr__(self, "weight", weight)
        object.__setattr__(self, "stratum", self.stratum.astype(np.intp, copy=False))
        object.__setattr__(self, "psu", self.psu.astype(np.intp, copy=False))
        if np.any(self.psu_stratum[self.psu] != self.stratum):
            raise UserError(
                "a PSU code occurs in two strata", where="design", todo="use Design.from_frame, which nests them"
            )
        if self.fpc is not None:
            object.__setattr__(self, "fpc", self._checked_fpc(self.fpc))
        if self.lonely == "fail" and self.lonely_strata:
            raise UserError(
                f"{self.lonely_strata} strata hold a single PSU",
                where="design",
                todo="join them with a neighbour, or choose another rule for lonely PSUs: adjust, grand_mean, average, certainty",
            )

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame,
        *,
        stratum: str | None = "stratum",
        psu: str | None = "psu",
        weight: str = "weight",
        fpc: str | None = None,
        lonely: str = "adjust",
    ) -> Self:
        """The design in the named columns of ``frame``.

        PSU codes are nested in strata, so codes that start again in each stratum are told apart. No ``stratum``: one
        stratum. No ``psu``: every row is its own PSU. UserError: a column is absent or has missing values.
        """
        rows = len(frame)
        strata, n_strata = _codes(frame, stratum) if stratum is not None else (np.zeros(rows, dtype=np.intp), 1)
        if psu is None:
            units = np.arange(rows, dtype=np.intp)
        else:
            units, n_units = _codes(frame, psu)
            _, units = compress(strata * n_units + units, n_strata * n_units)
        return cls(
            stratum=strata,
            psu=units,
            weight=_numbers(frame, weight),
            fpc=_numbers(frame, fpc) if fpc is not None else None,
            lonely=lonely,
        )

    @cached_property
    def psu_stratum(self) -> Ints:
        """Stratum of each PSU code; -1 for a code without a row."""
        of_psu = np.full(int(self.psu.max(initial=-1)) + 1, -1, dtype=np.intp)
        of_psu[self.psu] = self.stratum
        return of_psu

    @cached_property
    def stratum_psus(self) -> Ints:
        """Number of PSUs in the file, by stratum code: n_h, whatever their weights."""
        present = self.psu_stratum[self.psu_stratum >= 0]
        return np.bincount(present, minlength=int(self.stratum.max(initial=-1)) + 1)

    @cached_property
    def stratum_left_out(self) -> Floats:
        """1 - f_h by stratum code, f_h = PSUs in the file / PSUs in the population; 1 without a finite population."""
        left_out = np.ones(len(self.stratum_psus))
        if self.fpc is not None:
            population = np.ones(len(left_out))
            population[self.stratum] = self.fpc
            finite = np.isfinite(population)
            left_out[finite] = (population[finite] - self.stratum_psus[finite]) / population[finite]
        left_out[left_out < COMPLETE] = 0.0
        return left_out

    @cached_property
    def stratum_lonely(self) -> Bools:
        """By stratum code: a single PSU in the file, and more in the population."""
        return (self.stratum_psus == 1) & (self.stratum_left_out > 0)

    @property
    def n_strata(self) -> int:
        """Strata with at least one row."""
        return int(np.count_nonzero(self.stratum_psus))

    @property
    def n_psu(self) -> int:
        """PSUs with at least one row."""
        return int(self.stratum_psus.sum())

    @property
    def lonely_strata(self) -> int:
        """Number of lonely strata; a certainty stratum is never lonely."""
        return int(np.count_nonzero(self.stratum_lonely))

    @cached_property
    def df(self) -> int:
        """Degrees of freedom of the whole design: PSUs with a weight above 0 minus their strata (R's degf)."""
        used = np.unique(self.psu[self.weight > 0])
        return len(used) - len(np.unique(self.psu_stratum[used]))

    def _checked_fpc(self, fpc: np.ndarray) -> Floats:
        population = np.asarray(fpc, dtype=np.float64)
        if len(population) != len(self.weight):
            raise UserError(f"fpc has {len(population)} rows, weight has {len(self.weight)}", where="design")
        missing = int(np.isnan(population).sum())
        if missing:
            raise UserError(f"the number of PSUs in the population is missing in {missing} rows", where="design")
        of_stratum = np.zeros(len(self.stratum_psus))
        of_stratum[self.stratum] = population
        if np.any(of_stratum[self.stratum] != population):
            raise UserError("the number of PSUs in the population differs within a stratum", where="design")
        short = int(np.count_nonzero(of_stratum < self.stratum_psus))
        if short:
            raise UserError(
                f"{short} strata hold more PSUs than their population",
                where="design",
                todo="the finite population is the number of PSUs in the stratum, not a share and not a number of persons",
            )
        return population


def _weights(values: np.ndarray) -> Floats:
    weight = np.ascontiguousarray(values, dtype=np.float64)
    missing = int(np.count_nonzero(~np.isfinite(weight)))
    if missing:
        raise UserError(
            f"the weight is missing or infinite in {missing} rows", where="design", todo="see where it is not set"
        )
    negative = int(np.count_nonzero(weight < 0))
    if negative:
        raise UserError(f"the weight is negative in {negative} rows", where="design", todo="weights must be 0 or more")
    return weight


def _column(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    if name not in frame.columns:
        raise UserError(f"there is no column '{name}'", where="design", todo=nearest(name, frame.columns))
    return frame[name]


def _codes(frame: pd.DataFrame, name: str) -> tuple[Ints, int]:
    """Codes in the order of the values, so that the order of the rows does not matter; and how many there are."""
    codes, values = pd.factorize(_column(frame, name), sort=True)
    missing = int(np.count_nonzero(codes < 0))
    if missing:
        raise UserError(
            f"column '{name}' is missing in {missing} rows", where="design", todo="every row needs its design"
        )
    return codes.astype(np.intp, copy=False), len(values)


def _numbers(frame: pd.DataFrame, name: str) -> Floats:
    try:
        return _column(frame, name).to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        raise UserError(f"column '{name}' is not numeric", where="design") from None
