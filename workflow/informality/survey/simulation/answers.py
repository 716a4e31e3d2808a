"""Answers about the main job and its unit, drawn so that the rules read back the cell that the person was dealt to."""

from __future__ import annotations

import numpy as np
import pandas as pd

from informality.survey.simulation.draws import NOT_ASKED, blank, choose, fill, happens, stream
from informality.survey.simulation.targets import ACTIVITIES, CLASSES

EMPLOYEE, EMPLOYER, OWN_ACCOUNT, FAMILY_WORKER, NOT_CLASSIFIABLE = range(len(CLASSES["status"]))
FORMAL_SECTOR, INFORMAL_SECTOR, HOUSEHOLD = range(len(CLASSES["unit"]))
_FARM = ACTIVITIES.index("agriculture")
_NON_MARKET = ACTIVITIES.index("non_market_services")
_DONT_KNOW = 8


def job_answers(work: pd.DataFrame, seed: int) -> dict[str, np.ndarray]:
    """`ac03` to `ac20`, `opw04`, `opw05` of the employed; work has status, activity, institution, unit, job, urban, woman."""
    rng = stream(seed, "answers")
    count = len(work)
    status, unit, activity = (work[name].to_numpy() for name in ("status", "unit", "activity"))
    formal, public = (work["job"] == 0).to_numpy(), (work["institution"] == 0).to_numpy()
    asked = np.isin(status, (EMPLOYEE, NOT_CLASSIFIABLE))
    domestic = (status == EMPLOYEE) & (unit == HOUSEHOLD)
    # With the worker's own social security the unit would be formal: formal jobs in informal units rest on leave.
    certain = asked & formal & (unit == INFORMAL_SECTOR)
    security = _security(rng, asked, formal, public, domestic, certain)
    named = _unit_answers(rng, status, unit, activity, public, asked & formal & (security["ac08"] == 1))
    ac13 = named["ac13"]
    own_use = _own_use(rng, unit, activity, domestic, ac13, work["urban"].to_numpy())
    out = {
        "ac20": np.where(happens(rng, 0.05 + 0.04 * (activity == _FARM), count), 1, 2),
        "ac03": _status_answer(rng, status, formal, domestic),
        "ac05": _contract(rng, asked, formal, public, unit),
        **security,
        "ac11a": np.where(asked, np.where(domestic, 2, 1), NOT_ASKED),
        **named,
        **own_use,
    }
    return {name: codes.astype(np.int8) for name, codes in out.items()}


def _status_answer(
    rng: np.random.Generator, status: np.ndarray, formal: np.ndarray, domestic: np.ndarray
) -> np.ndarray:
    code = np.array([1, 3, 4, 5, 6])[status]
    casual = (status == EMPLOYEE) & ~formal & happens(rng, 0.35, len(status))
    # Part of the domestic workers call themselves "other": they are employees by their household employer.
    other = domestic & happens(rng, 0.12, len(status))
    return np.where(other, 6, np.where(casual, 2, code))


def _contract(
    rng: np.random.Generator, asked: np.ndarray, formal: np.ndarray, public: np.ndarray, unit: np.ndarray
) -> np.ndarray:
    return fill(
        rng,
        blank(len(asked)),
        [
            (asked & public, {1: 0.80, 2: 0.16, 3: 0.03, 8: 0.01}),
            (asked & formal, {1: 0.62, 2: 0.28, 3: 0.08, 8: 0.02}),
            (asked & (unit == FORMAL_SECTOR), {1: 0.16, 2: 0.30, 3: 0.50, 8: 0.04}),
            (asked, {1: 0.03, 2: 0.09, 3: 0.86, 8: 0.02}),
        ],
    )


def _security(
    rng: np.random.Generator,
    asked: np.ndarray,
    formal: np.ndarray,
    public: np.ndarray,
    domestic: np.ndarray,
    certain: np.ndarray,
) -> dict[str, np.ndarray]:
    """Social security and leave. Part of the formal jobs rest on leave: the worker does not know about social security."""
    count = len(asked)
    by_leave = certain | (asked & formal & ~domestic & happens(rng, 0.025, count))
    unsure = asked & ~formal & happens(rng, 0.05, count)
    ac08 = np.where(asked, np.select([by_leave | unsure, formal], [_DONT_KNOW, 1], 2), NOT_ASKED)
    cases = [
        (by_leave, {1: 1.0}),
        (asked & formal, {1: 0.91, 2: 0.06, 8: 0.03}),
        (asked & public, {1: 0.70, 2: 0.24, 8: 0.06}),
        (asked, {1: 0.10, 2: 0.83, 8: 0.07}),
    ]
    ac09 = fill(rng, blank(count), cases)
    ac10 = fill(rng, blank(count), cases)
    # Leave goes together; and who is unsure about social security has not both, or the job would be formal.
    ac10 = np.where(asked & ~by_leave & happens(rng, 0.6, count), ac09, ac10)
    both = unsure & (ac09 == 1) & (ac10 == 1)
    return {"ac08": ac08, "ac09": ac09, "ac10": np.where(both, 2, ac10)}


def _unit_answers(
    rng: np.random.Generator,
    status: np.ndarray,
    unit: np.ndarray,
    activity: np.ndarray,
    public: np.ndarray,
    covered: np.ndarray,
) -> dict[str, np.ndarray]:
    """Sector, registration, books, size and place. Units of the formal private sector get at least one sign of it."""
    count = len(status)
    private = (unit == FORMAL_SECTOR) & ~public
    hired = np.isin(status, (EMPLOYEE, NOT_CLASSIFIABLE))
    farm, non_market = activity == _FARM, activity == _NON_MARKET
    ac13 = fill(
        rng,
        blank(count),
        [
            (public & non_market, {1: 0.97, 2: 0.03}),
            (public, {1: 0.15, 2: 0.85}),
            (private & hired & non_market, {3: 0.50, 4: 0.10, 5: 0.40}),
            (private & hired, {3: 0.56, 4: 0.42, 5: 0.02}),
            (private & (status == EMPLOYER), {3: 0.82, 4: 0.18}),
            (private, {3: 0.97, 4: 0.03}),
            (unit == HOUSEHOLD, {6: 1.0}),
            (farm, {3: 0.35, 6: 0.65}),
            (hired, {3: 0.88, 6: 0.12}),
            (unit == INFORMAL_SECTOR, {3: 0.70, 6: 0.30}),
        ],
    )
    body = public | np.isin(ac13, (4, 5))
    # What makes a private business formal: 0 registered and books, 1 registered, 2 books, 3 premises and size, 4 the worker's
    # own social security.
    sign = fill(
        rng,
        blank(count),
        [
            (private & ~body & covered, {0: 0.45, 1: 0.33, 2: 0.06, 3: 0.08, 4: 0.08}),
            (private & ~body & np.isin(status, (OWN_ACCOUNT, FAMILY_WORKER)), {0: 0.20, 1: 0.62, 2: 0.14, 3: 0.04}),
            (private & ~body, {0: 0.34, 1: 0.38, 2: 0.08, 3: 0.20}),
        ],
    )
    unnamed = {2: 0.82, 8: 0.18}
    ac15 = fill(
        rng,
        blank(count),
        [
            (body, {1: 0.84, 2: 0.04, 8: 0.12}),
            (np.isin(sign, (0, 1)), {1: 1.0}),
            (hired, unnamed),
            (np.ones(count, dtype=bool), {2: 0.97, 8: 0.03}),
        ],
    )
    ac16 = fill(
        rng,
        blank(count),
        [
            (body, {1: 0.72, 2: 0.06, 8: 0.22}),
            (np.isin(sign, (0, 2)), {1: 1.0}),
            (hired, unnamed),
            (np.ones(count, dtype=bool), {2: 0.97, 8: 0.03}),
        ],
    )
    small, large = (
        {1: 0.45, 2: 0.27, 3: 0.17, 4: 0.08, 5: 0.02, 8: 0.01},
        {1: 0.08, 2: 0.20, 3: 0.24, 4: 0.22, 5: 0.22, 8: 0.04},
    )
    ac17 = fill(
        rng,
        blank(count),
        [
            (public, {1: 0.04, 2: 0.13, 3: 0.26, 4: 0.28, 5: 0.25, 8: 0.04}),
            (sign == 3, {2: 0.55, 3: 0.30, 4: 0.12, 5: 0.03}),
            (private & hired, large),
            (private & (status == EMPLOYER), small),
            (private, {1: 0.90, 2: 0.09, 8: 0.01}),
            ((unit == INFORMAL_SECTOR) & hired, {1: 0.68, 2: 0.20, 3: 0.06, 4: 0.01, 8: 0.05}),
            (status == EMPLOYER, {1: 0.72, 2: 0.22, 3: 0.06}),
            (farm, {1: 0.90, 2: 0.10}),
            (np.ones(count, dtype=bool), {1: 0.975, 2: 0.02, 8: 0.005}),
        ],
    )
    construction = activity == ACTIVITIES.index("construction")
    homely = activity == ACTIVITIES.index("manufacturing")
    ac18 = fill(
        rng,
        blank(count),
        [
            (sign == 3, {4: 1.0}),
            (hired & (unit == HOUSEHOLD), {2: 0.90, 3: 0.08, 7: 0.02}),
            (farm, {3: 0.96, 1: 0.04}),
            (construction, {7: 0.80, 4: 0.08, 2: 0.08, 6: 0.04}),
            (public | body, {4: 0.88, 3: 0.02, 6: 0.06, 7: 0.02, 2: 0.02}),
            (private, {4: 0.70, 1: 0.12, 5: 0.10, 6: 0.05, 3: 0.03}),
            (hired, {4: 0.48, 1: 0.03, 2: 0.20, 5: 0.10, 6: 0.19}),
            (homely, {1: 0.80, 4: 0.10, 5: 0.05, 3: 0.05}),
            (np.ones(count, dtype=bool), {1: 0.34, 4: 0.22, 5: 0.28, 6: 0.14, 2: 0.02}),
        ],
    )
    # An informal unit with premises has fewer than five persons, or the rule on place and size would make it formal.
    plain = unit == INFORMAL_SECTOR
    ac17 = np.where(plain & (ac18 == 4) & np.isin(ac17, (2, 3, 4, 5)), 1, ac17)
    # A sign that is social security alone must not be joined by premises and size.
    ac17 = np.where((sign == 4) & (ac18 == 4) & (ac17 > 1), 1, ac17)
    return {"ac13": ac13, "ac15": ac15, "ac16": ac16, "ac17": ac17, "ac18": ac18}


def _own_use(
    rng: np.random.Generator,
    unit: np.ndarray,
    activity: np.ndarray,
    domestic: np.ndarray,
    ac13: np.ndarray,
    urban: np.ndarray,
) -> dict[str, np.ndarray]:
    """Own-use module of the employed: a household or farm (`ac13` = 6) that produces for own use is a household unit."""
    count = len(unit)
    by_module = (unit == HOUSEHOLD) & ~domestic
    barred = (ac13 == 6) & ~by_module & ~domestic
    farm = activity == _FARM
    opw04 = np.where(happens(rng, np.where(urban, 0.05, 0.24), count), 1, 2)
    opw05 = np.where(happens(rng, np.where(urban, 0.02, 0.05), count), 1, 2)
    goods = by_module & ~farm & happens(rng, 0.35, count)
    opw04 = np.where(by_module, np.where(goods, 2, 1), np.where(barred, 2, opw04))
    opw05 = np.where(by_module, np.where(goods, 1, opw05), np.where(barred, 2, opw05))
    return {"opw04": opw04, "opw05": opw05}


def own_use_answers(adults: pd.DataFrame, seed: int) -> dict[str, np.ndarray]:
    """`opw04`, `opw05` of persons 15+ who are not employed; adults has ``own_use`` (1 farming, 2 other goods only)."""
    rng = stream(seed, "own_use_answers")
    kind = adults["own_use"].to_numpy()
    also = choose(rng, len(kind), {1: 0.12, 2: 0.88})
    return {
        "opw04": np.where(kind == 1, 1, 2).astype(np.int8),
        "opw05": np.where(kind == 2, 1, np.where(kind == 1, also, 2)).astype(np.int8),
    }
