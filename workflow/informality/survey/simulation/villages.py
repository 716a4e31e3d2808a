"""Strata, villages and what the people of one village have in common."""

from __future__ import annotations

import numpy as np
import pandas as pd

from informality.survey.simulation.draws import stream
from informality.survey.simulation.targets import ACTIVITIES, Plan

CAPITAL = 1
URBAN, ROAD, NO_ROAD = 1, 2, 3
# Standard deviations of the effects that the people of a village share: they make the design effects.
_SPREAD = {"work": 0.30, "formal": 0.50, "own_use": 0.6, "school": 0.35, "search": 0.5}
_SPREAD_OF_ACTIVITY = 0.55


def strata(plan: Plan, scale: float) -> pd.DataFrame:
    """Strata: province, road, persons (share of the population), villages (sample size), stratum (code).

    Villages go to strata in proportion to a power of their population (two at least, one in the lonely stratum), so that
    small provinces can be shown and weights differ; ``scale`` then multiplies the number in each stratum.
    """
    rows = []
    for province in plan.provinces:
        shares = {URBAN: province.urban, ROAD: 1.0 - province.urban - province.no_road, NO_ROAD: province.no_road}
        rows += [(province.code, road, province.persons * share) for road, share in shares.items() if share > 0]
    table = pd.DataFrame(rows, columns=["province", "road", "persons"])
    table["stratum"] = table["province"] * 10 + table["road"]
    lonely = (table["province"] == plan.design.lonely.province) & (table["road"] == plan.design.lonely.road)
    size = table["persons"].to_numpy() ** plan.design.allocation_power
    others = np.flatnonzero(~lonely.to_numpy())
    villages = np.ones(len(table), dtype=np.int64)
    villages[others] = _allocate(size[others], plan.design.villages - int(lonely.sum()), least=2)
    table["villages"] = np.maximum(1, np.round(villages * scale)).astype(np.int64)
    return table


def _allocate(size: np.ndarray, total: int, *, least: int) -> np.ndarray:
    """Whole numbers that add to ``total``, nearly proportional to ``size``, none below ``least``."""
    small = np.zeros(len(size), dtype=bool)
    while True:
        exact = np.where(small, least, size / size[~small].sum() * (total - least * small.sum()))
        if (exact >= least).all():
            break
        small |= exact < least
    whole = np.floor(exact).astype(np.int64)
    rest = np.argsort(-(exact - whole), kind="stable")[: total - whole.sum()]
    whole[rest] += 1
    return whole


def villages(plan: Plan, scale: float, seed: int) -> pd.DataFrame:
    """One row a sampled village: stratum, province, road, weight (persons stand for one household), shared effects."""
    rng = stream(seed, "villages")
    table = strata(plan, scale)
    out = table.loc[table.index.repeat(table["villages"])].reset_index(drop=True)
    count = len(out)
    # Villages were drawn by an old list: today's size differs from the size used in the draw.
    drift = np.exp(rng.normal(0.0, 0.35, count))
    out["weight"] = out["persons"] / (out["villages"] * plan.design.households) * drift
    for name, spread in _SPREAD.items():
        out[f"v_{name}"] = rng.normal(0.0, spread, count)
    for name in ACTIVITIES:
        out[f"v_{name}"] = rng.normal(0.0, _SPREAD_OF_ACTIVITY, count)
    return out.drop(columns=["persons", "villages"])
