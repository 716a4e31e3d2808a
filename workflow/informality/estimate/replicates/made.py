"""Replicates made from a design: the stratified jackknife and the rescaling bootstrap.

Both reproduce the stratified between-PSU variance of a linear statistic (Rust and Rao 1996). A single PSU cannot be left out
of, or drawn from, its stratum; the design's rule for lonely PSUs therefore moves the whole file in one direction v (by PSU):

- `adjust`: v is 1 for the lonely PSU. Its sum moves by itself, as centring at 0 says;
- `grand_mean`: v is 1 for the lonely PSU minus 1 / (PSUs of the file) for all;
- `certainty`: none, its weights never change; `average`: none, and all variances are multiplied by strata / strata that are
  not lonely, counted in the whole file (linearisation counts them in the domain; no set of weights can).
"""

from __future__ import annotations

import numpy as np

from informality.errors import UserError
from informality.estimate.codes import Floats, Ints
from informality.estimate.design import Design
from informality.estimate.replicates.design import ReplicateDesign

WHERE = "making replicates"


def jkn(design: Design, *, mse: bool = True) -> ReplicateDesign:
    """Stratified jackknife: one replicate a PSU, without it, the others of its stratum times n_h / (n_h - 1).

    rscale (1 - f_h) (n_h - 1) / n_h. A lonely PSU has a replicate with factors 1 - v and rscale 1 - f_h, or none. With ``mse``
    (about the full estimate) the variance of a total is that of linearisation exactly, save under `average`.
    """
    psus, left_out = design.stratum_psus, design.stratum_left_out
    dropped = np.flatnonzero(_drawn(design)[design.psu_stratum] & (design.psu_stratum >= 0))
    lonely, directions = _directions(design)
    factor = np.ones((len(design.psu_stratum), len(dropped) + len(lonely)))
    rscales = np.empty(factor.shape[1])
    for r, psu in enumerate(dropped):
        stratum = design.psu_stratum[psu]
        n = psus[stratum]
        factor[design.psu_stratum == stratum, r] = n / (n - 1)
        factor[psu, r] = 0.0
        rscales[r] = left_out[stratum] * (n - 1) / n
    factor[:, len(dropped) :] -= directions
    rscales[len(dropped) :] = left_out[design.psu_stratum[lonely]]
    return _design(design, factor, _average(design), rscales, mse)


def rao_wu(design: Design, replicates: int, seed: int, *, mse: bool = True) -> ReplicateDesign:
    """Rescaling bootstrap (Rao and Wu 1988; Rao, Wu and Yue 1992): n_h - 1 PSUs are drawn with replacement in each stratum.

    A PSU drawn k times has the factor 1 + sqrt(1 - f_h) (k n_h / (n_h - 1) - 1): never negative. A lonely PSU under `adjust` or
    `grand_mean` has the factors 1 + e sqrt(1 - f_h) v with e = -1 or 1 by even chances, which has the variance wanted. Scale
    1 / R about the full estimate (``mse``), 1 / (R - 1) about the mean. The same seed gives the same replicates whatever the
    order of the rows. UserError: fewer than two replicates.
    """
    if replicates < 2:
        raise UserError("a bootstrap needs two replicates or more", where=WHERE, todo="200 to 1000 are usual")
    rng = np.random.default_rng(seed)
    factor = np.ones((len(design.psu_stratum), replicates))
    for stratum in np.flatnonzero(_drawn(design)):
        members = np.flatnonzero(design.psu_stratum == stratum)
        n = len(members)
        times = rng.multinomial(n - 1, np.full(n, 1 / n), size=replicates).T
        factor[members] += np.sqrt(design.stratum_left_out[stratum]) * (times * (n / (n - 1)) - 1)
    lonely, directions = _directions(design)
    signs = rng.choice([-1.0, 1.0], size=(len(lonely), replicates))
    factor += directions @ (np.sqrt(design.stratum_left_out[design.psu_stratum[lonely]])[:, None] * signs)
    scale = _average(design) / (replicates if mse else replicates - 1)
    return _design(design, factor, scale, np.ones(replicates), mse)


def _drawn(design: Design) -> np.ndarray:
    """Strata whose PSUs are left out or drawn: two or more of them, and not all of the population."""
    return (design.stratum_psus > 1) & (design.stratum_left_out > 0)


def _directions(design: Design) -> tuple[Ints, Floats]:
    """The lonely PSUs that have replicates, and their directions: one line a PSU code, one column a lonely PSU."""
    there = design.psu_stratum >= 0
    lonely = np.flatnonzero(there & design.stratum_lonely[design.psu_stratum])
    if design.lonely not in ("adjust", "grand_mean"):
        lonely = lonely[:0]
    directions = np.zeros((len(design.psu_stratum), len(lonely)))
    directions[lonely, np.arange(len(lonely))] = 1.0
    if design.lonely == "grand_mean":
        directions[there] -= 1 / design.n_psu
    return lonely, directions


def _average(design: Design) -> float:
    if design.lonely != "average":
        return 1.0
    usable = design.n_strata - design.lonely_strata
    return design.n_strata / usable if usable else 1.0


def _design(design: Design, factor: Floats, scale: float, rscales: Floats, mse: bool) -> ReplicateDesign:
    if factor.shape[1] < 2 or np.all(factor == 1):
        raise UserError(
            "no stratum has two PSUs of a larger population, so there is nothing to replicate",
            where=WHERE,
            todo="see the design columns, or choose another rule for lonely PSUs: adjust, grand_mean",
        )
    return ReplicateDesign(
        weight=design.weight,
        factor=factor,
        unit=design.psu,
        base=design.weight,
        scale=scale,
        rscales=rscales,
        mse=mse,
        psu=design.psu,
    )
