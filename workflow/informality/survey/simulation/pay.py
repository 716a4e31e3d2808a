"""Hours, wish for more work, earnings and injuries at the main job."""

from __future__ import annotations

import numpy as np
import pandas as pd

from informality.survey.simulation.allocate import deal
from informality.survey.simulation.answers import (
    EMPLOYEE,
    EMPLOYER,
    FAMILY_WORKER,
    FORMAL_SECTOR,
    HOUSEHOLD,
    OWN_ACCOUNT,
)
from informality.survey.simulation.draws import NOT_ASKED, blank, choose, fill, happens, stream
from informality.survey.simulation.targets import ACTIVITIES, Plan

REFUSED = 9_999_999
NEVER_RETURNED = 999
_FARM = ACTIVITIES.index("agriculture")


def hours(work: pd.DataFrame, plan: Plan, seed: int) -> dict[str, np.ndarray]:
    """`wt01a/b/t`, `wt02a/b/t`, `wt06` to `wt08` of the employed; work has ``absent``, ``ac20`` and ``weight``."""
    rng = stream(seed, "hours")
    count = len(work)
    hired = (work["status"] == EMPLOYEE).to_numpy()
    formal, public = (work["job"] == 0).to_numpy(), (work["institution"] == 0).to_numpy()
    farm = (work["activity"] == _FARM).to_numpy()
    usual = fill(
        rng,
        blank(count, np.int16),
        [
            (public, {40: 0.84, 35: 0.06, 48: 0.06, 30: 0.02, 56: 0.02}),
            (hired & formal, {40: 0.38, 44: 0.10, 48: 0.40, 56: 0.08, 35: 0.04}),
            (hired, {40: 0.18, 48: 0.34, 54: 0.12, 56: 0.12, 60: 0.06, 72: 0.03, 30: 0.08, 20: 0.07}),
            (farm, {56: 0.07, 48: 0.15, 42: 0.18, 40: 0.14, 35: 0.16, 30: 0.12, 28: 0.08, 21: 0.06, 14: 0.04}),
            (
                np.ones(count, dtype=bool),
                {70: 0.06, 63: 0.07, 56: 0.22, 48: 0.18, 42: 0.14, 40: 0.12, 35: 0.07, 28: 0.07, 20: 0.04, 10: 0.03},
            ),
        ],
    )
    usual = np.clip(usual + np.where(happens(rng, 0.35, count) & ~public, rng.integers(-6, 7, count), 0), 1, 98)
    second = (work["ac20"] == 1).to_numpy()
    other = np.where(second, rng.integers(3, 22, count), NOT_ASKED)
    present = ~work["absent"].to_numpy()
    actual = np.where(happens(rng, 0.6, count), usual, usual + np.round(rng.normal(-2.0, 7.0, count)))
    # Usual and actual hours that contradict each other, as in every survey.
    actual = np.where(happens(rng, 0.004, count) & (usual <= 30), 60, actual)
    actual = np.where(present, np.clip(actual, 1, 98), 0)
    other_actual = np.where(
        second, np.where(present, np.clip(other + rng.integers(-3, 4, count), 0, None), 0), NOT_ASKED
    )
    total = usual + np.where(second, other, 0)

    wishes = happens(rng, np.where(total < 35, 0.10, 0.035), count)
    available = happens(rng, 0.5, count)
    short = total < 35
    available &= ~short
    pool = np.flatnonzero(short)
    longing = 0.5 * work["v_search"].to_numpy() - 0.02 * (work["age"].to_numpy() - 35)
    under = deal(rng, pool, work["weight"].to_numpy(), [plan.persons("D09")], lambda _, who: longing[who], rest=False)[
        0
    ]
    wishes[under] = available[under] = True
    return {
        "wt01a": usual.astype(np.int16),
        "wt01b": other.astype(np.int16),
        "wt01t": total.astype(np.int16),
        "wt02a": actual.astype(np.int16),
        "wt02b": other_actual.astype(np.int16),
        "wt02t": (actual + np.where(second, other_actual, 0)).astype(np.int16),
        "wt06": np.where(wishes, 1, 2).astype(np.int8),
        "wt07": np.where(wishes, choose(rng, count, {1: 0.3, 2: 0.7}), NOT_ASKED).astype(np.int8),
        "wt08": np.where(wishes, np.where(available, 1, 2), NOT_ASKED).astype(np.int8),
    }


def _month(work: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Kip a month before rounding: log-normal, around the minimum wage of 900,000 kip for informal employees."""
    formal, public = (work["job"] == 0).to_numpy(), (work["institution"] == 0).to_numpy()
    unit = work["unit"].to_numpy()
    status, level, age = work["status"].to_numpy(), work["level"].to_numpy(), work["age"].to_numpy()
    middle = np.select(
        [public & formal, public, formal, unit == FORMAL_SECTOR, unit == HOUSEHOLD],
        [14.05, 13.85, 14.03, 13.78, 13.42],
        13.60,
    )
    own = np.isin(status, (OWN_ACCOUNT, EMPLOYER))
    middle = np.where(
        own, 13.55 + 0.55 * formal + 0.5 * (status == EMPLOYER) - 0.35 * (work["activity"] == _FARM), middle
    )
    middle = middle + 0.055 * (np.minimum(level, 7) - 2) - 0.10 * work["woman"] - 0.00035 * (age - 44.0) ** 2
    middle = middle + 0.10 * work["urban"] + 0.10 * work["capital"] - 0.08 * work["no_road"] + 0.15 * work["v_formal"]
    middle = middle + 0.45 * np.log(np.clip(work["wt01a"], 10, 70) / 44.0)
    spread = np.where(own, 0.75, np.where(public, 0.30, np.where(formal, 0.55, 0.45)))
    return np.exp(middle.to_numpy() + rng.normal(0.0, 1.0, len(work)) * spread)


def _rounded(amount: np.ndarray) -> np.ndarray:
    """Amounts as people say them: to 1,000, 10,000 or 50,000 kip."""
    step = np.select([amount < 100_000, amount < 1_000_000], [1_000, 10_000], 50_000)
    return np.maximum(np.round(amount / step) * step, step)


def earnings(work: pd.DataFrame, seed: int) -> dict[str, np.ndarray]:
    """`eri06`, `eri07`, `eri11`, `eri13` of employees and of status 6, `eri01`, `eri03` of employers and own-account workers."""
    rng = stream(seed, "earnings")
    count = len(work)
    paid = work["ac03"].isin((1, 2, 6)).to_numpy()
    own = work["ac03"].isin((3, 4)).to_numpy()
    formal = (work["job"] == 0).to_numpy()
    month = _month(work, rng)
    casual = (work["ac03"] == 2).to_numpy()
    period = fill(
        rng,
        blank(count),
        [
            (paid & formal, {5: 0.985, 4: 0.01, 3: 0.005}),
            (paid & casual, {2: 0.62, 3: 0.05, 4: 0.03, 5: 0.30}),
            (paid, {5: 0.86, 2: 0.10, 3: 0.03, 4: 0.01}),
        ],
    )
    share = np.select([period == 2, period == 3, period == 4], [12.0 / 365.0, 0.25, 0.5], 1.0)
    wage = np.where(happens(rng, 0.018, count), REFUSED, _rounded(month * share))
    in_kind = paid & happens(rng, 0.16, count)
    kind = _rounded(rng.lognormal(12.0, 0.6, count))
    # Some give a paid part above the whole value: the pair is inconsistent in the real file too.
    own_part = np.where(
        happens(rng, 0.15, count), kind * 1.5, np.where(happens(rng, 0.4, count), _rounded(kind * 0.4), 0)
    )
    farm = (work["activity"] == _FARM).to_numpy()
    nothing = happens(rng, np.where(farm, 0.06, 0.015), count)
    profit = np.where(happens(rng, 0.03, count), REFUSED, np.where(nothing, 0, _rounded(month)))
    eaten = np.where(happens(rng, np.where(farm, 0.75, 0.20), count), _rounded(rng.lognormal(12.2, 0.7, count)), 0)
    answers = {
        "eri01": np.where(own, profit, NOT_ASKED),
        "eri03": np.where(own, eaten, NOT_ASKED),
        "eri06": np.where(paid, wage, NOT_ASKED),
        "eri07": period,
        "eri11": np.where(paid, np.where(in_kind, kind, 0), NOT_ASKED),
        "eri13": np.where(in_kind, own_part, NOT_ASKED),
    }
    return {name: value.astype(np.int8 if name == "eri07" else np.int32) for name, value in answers.items()}


def injuries(work: pd.DataFrame, seed: int) -> dict[str, np.ndarray]:
    """`osh01` and `osh12` of the employed."""
    rng = stream(seed, "injuries")
    count = len(work)
    risky = work["activity"].isin([ACTIVITIES.index(a) for a in ("construction", "mining_utilities", "manufacturing")])
    hurt = happens(rng, 0.012 + 0.02 * risky.to_numpy() + 0.008 * (work["status"] != FAMILY_WORKER).to_numpy(), count)
    days = np.clip(np.round(rng.lognormal(1.5, 1.0, count)), 0, 180)
    days = np.where(happens(rng, 0.02, count), NEVER_RETURNED, days)
    return {
        "osh01": np.where(hurt, 1, 2).astype(np.int8),
        "osh12": np.where(hurt, days, NOT_ASKED).astype(np.int16),
    }
