"""Replicate designs: the weights of one survey wave, and the same weights in each of R replicates of its sample.

The variance of any statistic is  V = scale sum_r rscale_r (theta_r - centre)^2,  theta_r the statistic with the weights of
replicate r, the centre either the statistic of the whole file or the mean over the replicates (Wolter 2007; Rust and Rao
1996). Replicates come with the file, or are made from a design (`made.py`); `variance.py` estimates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, Self, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from informality.errors import UserError, nearest
from informality.estimate.codes import Floats, Ints, compress
from informality.estimate.design import Design
from informality.estimate.replicates.factors import column_blocks, common_factors, rank

Kind = Literal["jk1", "jk2", "jkn", "brr", "fay", "bootstrap", "successive_difference", "other"]
KINDS: tuple[Kind, ...] = get_args(Kind)
WHERE = "replicate weights"


@dataclass(frozen=True, eq=False)
class ReplicateDesign:
    """Arrays as long as the frame (n rows) and R replicates.

    The weight of row i in replicate r is ``base[i] * factor[unit[i], r]``. Where rows share their factors, as the persons of
    a PSU do, ``factor`` has one line for each such unit (U × R, float32 or float64) and ``base`` is the weight; replicate
    weights that differ person by person are ``factor`` themselves (n × R, ``base`` 1). ``psu`` only counts PSUs; without it
    the units are counted. ``mse``: centred at the estimate of the whole file, else at the mean over the replicates.
    ``declared_df``: degrees of freedom that the producer of the file states. Use the constructors. UserError: lengths differ,
    values missing, infinite or (weights, rscales) negative, fewer than two replicates, scale not above 0.
    """

    weight: Floats
    factor: npt.NDArray[np.floating[Any]]
    unit: Ints
    base: Floats
    scale: float
    rscales: Floats
    mse: bool = True
    psu: Ints | None = None
    declared_df: int | None = None

    def __post_init__(self) -> None:
        """Check the arrays."""
        rows = len(self.weight)
        replicates = self.factor.shape[1] if self.factor.ndim == 2 else 0
        if replicates < 2:
            raise UserError("there are fewer than two replicates", where=WHERE)
        for name, values in (("unit", self.unit), ("base", self.base), ("psu", self.psu)):
            if values is not None and len(values) != rows:
                raise UserError(f"{name} has {len(values)} rows, weight has {rows}", where=WHERE)
        if self.unit.max(initial=-1) >= len(self.factor) or self.unit.min(initial=0) < 0:
            raise UserError("a row belongs to a unit without factors", where=WHERE)
        if len(self.rscales) != replicates:
            raise UserError(
                f"there are {replicates} replicates and {len(self.rscales)} rscales",
                where=WHERE,
                todo="give one scale for each replicate, in the order of the columns",
            )
        if (
            not np.isfinite(self.scale)
            or self.scale <= 0
            or not np.isfinite(self.rscales).all()
            or self.rscales.min() < 0
        ):
            raise UserError(
                "scales must be numbers, the common one above 0, those of replicates 0 or more", where=WHERE
            )
        if self.declared_df is not None and self.declared_df < 1:
            raise UserError("the declared degrees of freedom must be 1 or more", where=WHERE)

    @classmethod
    def supplied(
        cls,
        weight: np.ndarray,
        replicates: np.ndarray,
        *,
        kind: Kind,
        factors: bool = False,
        unit: Ints | None = None,
        rho: float | None = None,
        scale: float | None = None,
        rscales: np.ndarray | None = None,
        mse: bool = True,
        psu: Ints | None = None,
        df: int | None = None,
    ) -> Self:
        """The design of replicate weights that come with a file.

        ``replicates``: full replicate weights (n × R), or ``factors`` by which the weight is multiplied: n × R, or one line
        for each ``unit`` (codes 0, 1, 2 …, as long as the file). ``kind`` gives the scales that are not given:

        - jk1: (R - 1) / R; jk2 (one replicate a pair of PSUs): 1; jkn: 1, and ``rscales`` (n_h - 1) / n_h must be given;
        - brr: 1 / R; fay: 1 / (R (1 - rho)^2), ``rho`` in 0 … 1 must be given (Judkins 1990);
        - bootstrap: 1 / R about the full estimate, 1 / (R - 1) about the mean (files about the full estimate with 1 / (R - 1),
          as R survey makes them, need ``scale``); successive_difference: 4 / R (Fay and Train 1995);
        - other: ``scale`` must be given.

        ``mse``: about the full estimate (default; what the producer writes decides; R survey's own default is the mean).
        """
        if kind not in KINDS:
            raise UserError(f"'{kind}' is no kind of replicate", where=WHERE, todo=nearest(kind, KINDS))
        whole = _checked("weight", np.asarray(weight, dtype=np.float64))
        if whole.min(initial=0.0) < 0:
            raise UserError("the weight is negative in some rows", where=WHERE, todo="weights must be 0 or more")
        matrix = np.asarray(replicates)
        if not np.issubdtype(matrix.dtype, np.floating):
            matrix = matrix.astype(np.float64)
        if matrix.ndim != 2 or (unit is None and len(matrix) != len(whole)):
            raise UserError(
                f"there are {len(whole)} rows and {len(matrix)} lines of replicates",
                where=WHERE,
                todo="one line for each row, or factors with the unit of each row",
            )
        if unit is not None and not factors:
            raise UserError("units are for factors, not for full replicate weights", where=WHERE)
        _checked("replicate weight", matrix)
        r = matrix.shape[1]
        if factors:
            lines, of_row, base = matrix, unit if unit is not None else np.arange(len(whole)), whole
        else:
            common = common_factors(whole, matrix)
            lines, of_row, base = (*common, whole) if common else (matrix, np.arange(len(whole)), np.ones(len(whole)))
        return cls(
            weight=whole,
            factor=lines,
            unit=of_row.astype(np.intp, copy=False),
            base=base,
            scale=_scale(kind, r, rho, mse) if scale is None else float(scale),
            rscales=_rscales(kind, r, rscales),
            mse=mse,
            psu=psu,
            declared_df=df,
        )

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame,
        columns: Sequence[str],
        *,
        kind: Kind,
        weight: str = "weight",
        psu: str | None = None,
        stratum: str | None = None,
        factors: bool = False,
        rho: float | None = None,
        scale: float | None = None,
        rscales: np.ndarray | None = None,
        mse: bool = True,
        df: int | None = None,
    ) -> Self:
        """As `supplied`, from columns of ``frame``; ``psu`` (nested in ``stratum``) is for counting only."""
        for name in (weight, *columns):
            if name not in frame.columns:
                raise UserError(f"there is no column '{name}'", where=WHERE, todo=nearest(name, frame.columns))
        try:
            matrix = frame[list(columns)].to_numpy(dtype=np.float64, na_value=np.nan)
            whole = frame[weight].to_numpy(dtype=np.float64, na_value=np.nan)
        except (TypeError, ValueError):
            raise UserError("a column of weights is not numeric", where=WHERE) from None
        codes = None if psu is None else Design.from_frame(frame, stratum=stratum, psu=psu, weight=weight).psu
        return cls.supplied(
            whole, matrix, kind=kind, factors=factors, rho=rho, scale=scale, rscales=rscales, mse=mse, psu=codes, df=df
        )

    @property
    def n_replicates(self) -> int:
        """R."""
        return int(self.factor.shape[1])

    def weights(self, replicate: int) -> Floats:
        """Weights of the rows in one replicate."""
        return self.base * self.factor[self.unit, replicate]

    @cached_property
    def df(self) -> int:
        """Degrees of freedom: as declared, else rank of the replicate weights minus 1 (R survey's degf)."""
        return self.rank - 1 if self.declared_df is None else self.declared_df

    @cached_property
    def rank(self) -> int:
        """Rank of the matrix of replicate weights over the rows with a weight above 0."""
        used, _ = compress(self.unit[self.weight > 0], len(self.factor))
        return rank(self.factor, used)

    def variance(self, theta: Floats, estimate: Floats) -> tuple[Floats, Ints]:
        """Variance of statistics, and how many replicates were discarded because the statistic is not finite there.

        ``theta``: one line a statistic, one column a replicate; ``estimate``: the statistics with the whole weights. Each
        statistic discards for itself, and the scales stay as they are (as in R survey). NaN where no replicate is left.
        """
        defined = np.isfinite(theta)
        lost = np.count_nonzero(~defined, axis=1)
        gap = np.where(defined, theta, 0.0)
        centre = np.asarray(estimate, dtype=np.float64)
        if not self.mse:
            counted = defined & (self.rscales > 0)
            n = np.count_nonzero(counted, axis=1)
            total = np.where(counted, gap, 0.0).sum(axis=1)
            centre = np.divide(total, n, out=np.full(len(total), np.nan), where=n > 0)
        gap -= centre[:, None]
        gap[~defined] = 0.0
        np.square(gap, out=gap)
        gap *= self.rscales
        out = self.scale * gap.sum(axis=1)
        out[(lost == self.n_replicates) | ~np.isfinite(estimate)] = np.nan
        return out, lost.astype(np.intp)


def _scale(kind: Kind, r: int, rho: float | None, mse: bool) -> float:
    if kind == "fay":
        if rho is None or not 0 <= rho < 1:
            raise UserError("Fay's method needs rho, from 0 to below 1", where=WHERE)
        return 1 / (r * (1 - rho) ** 2)
    if rho is not None:
        raise UserError(f"rho is for Fay's method, not for {kind}", where=WHERE)
    if kind == "other":
        raise UserError(
            "replicates of another kind need a scale", where=WHERE, todo="see the documentation of the file"
        )
    return {
        "jk1": (r - 1) / r,
        "jk2": 1.0,
        "jkn": 1.0,
        "brr": 1 / r,
        "bootstrap": 1 / (r if mse else r - 1),
        "successive_difference": 4 / r,
    }[kind]


def _rscales(kind: Kind, r: int, given: np.ndarray | None) -> Floats:
    if given is not None:
        return np.asarray(given, dtype=np.float64)
    if kind == "jkn":
        raise UserError(
            "the stratified jackknife needs one rscale for each replicate",
            where=WHERE,
            todo="give (n - 1) / n of the stratum of each replicate, or make the replicates with jkn(design)",
        )
    return np.ones(r)


def _checked(name: str, values: Any) -> Any:
    bad = sum(
        int(np.count_nonzero(~np.isfinite(values[:, part]))) for part in column_blocks(values)
    ) if values.ndim == 2 else int(np.count_nonzero(~np.isfinite(values)))  # fmt: skip
    if bad:
        raise UserError(f"the {name} is missing or infinite in {bad} places", where=WHERE)
    return values
