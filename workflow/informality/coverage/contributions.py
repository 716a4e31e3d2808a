"""What insurance would cost a person a month: contributions due under a law, and the voluntary contribution."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from informality import vocabulary as v
from informality.coverage.law import Law, Scheme, amount_on, floor_on
from informality.coverage.legal import LegalStatus
from informality.coverage.options import Options

Floats = npt.NDArray[np.float64]
PAYERS = ("employer", "employee", "state")
_MANDATORY, _VOLUNTARY = v.LEGAL.index("mandatory"), v.LEGAL.index("voluntary")


@dataclass(frozen=True, eq=False)
class Contributions:
    """Amounts of a month in the country's currency, one a worker.

    ``due``: payer → what a mandatory member owes, or would if declared; ``voluntary``: what a voluntary member pays; ``means``: the
    earnings that each is held against. NaN where earnings are not known or not positive, where no rate is known, and for those with
    another legal status.
    """

    due: dict[str, Floats]
    voluntary: Floats
    means: Floats


def contributions(
    law: Law, workers: pd.DataFrame, status: LegalStatus, day: date, reading: str = "wide"
) -> Contributions:
    """Rates times insurable earnings: cash earnings, not below the scheme's floor and not above its ceiling (decision 21)."""
    own = workers["earnings_month"].to_numpy(dtype=float)
    family = (workers["status"] == "family_worker").to_numpy()
    means = np.where(family, workers["household_earnings"].to_numpy(dtype=float), own)
    means = np.where(means > 0, means, np.nan)
    due = {payer: np.full(len(workers), np.nan) for payer in PAYERS}
    voluntary = np.full(len(workers), np.nan)
    for name, scheme in law.schemes.items():
        if scheme.rates is None:
            continue
        base = insurable(law, scheme, means, day)
        codes = status.of_scheme[reading][name]
        for payer in PAYERS:
            _add(due[payer], getattr(scheme.rates, payer) * base, codes == _MANDATORY)
        if scheme.rates.voluntary is not None:
            _add(voluntary, scheme.rates.voluntary * base, codes == _VOLUNTARY)
    return Contributions(due, voluntary, means)


def insurable(law: Law, scheme: Scheme, earnings: Floats, day: date) -> Floats:
    """Earnings between the floor and the ceiling of a scheme on a day; NaN stays."""
    floor, ceiling = floor_on(law, scheme, day), amount_on(scheme.insurable.ceiling, day)
    return np.clip(earnings, floor, ceiling) if floor is not None or ceiling is not None else earnings.copy()


def earnings_line(law: Law, options: Options, day: date) -> float | None:
    """The earnings line of the law on a day; None where it has no minimum wage."""
    wage = amount_on(law.minimum_wage, day)
    return None if wage is None else options.take_up.line.share_of_minimum_wage * wage


def _add(total: Floats, part: Floats, among: npt.NDArray[np.bool_]) -> None:
    """Contributions to several schemes add up."""
    new = among & np.isfinite(part)
    total[new] = np.nan_to_num(total[new]) + part[new]
