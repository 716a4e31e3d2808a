"""Deal the employed to the cells of the joint table of jobs: first status and activity, then institution, job and unit."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd

from informality.survey.simulation.allocate import deal
from informality.survey.simulation.draws import stream
from informality.survey.simulation.targets import ACTIVITIES, CLASSES

# Log odds of an activity for each feature; the village's own effect of the activity is added.
_ACTIVITY_ODDS: dict[str, Mapping[str, float]] = {
    "agriculture": {"urban": -1.8, "no_road": 1.0, "h_farm": 1.3, "level": -0.20},
    "manufacturing": {"urban": 0.2, "h_farm": -0.5, "young": 0.3},
    "construction": {"h_farm": -0.3, "young": 0.2},
    "mining_utilities": {"level": 0.1, "h_farm": -0.2},
    "market_services": {"urban": 1.0, "no_road": -0.8, "h_farm": -0.9, "level": 0.10},
    "non_market_services": {"urban": 0.4, "h_farm": -0.6, "level": 0.10},
    "not_classified": {},
}
# Log odds of a status, added to those of the activity. `first` marks the likeliest head of a household's own business.
_STATUS_ODDS: dict[str, Mapping[str, float]] = {
    "employee": {"prime": 0.3, "level": 0.15},
    "not_classifiable": {"young": 0.4},
    "employer": {"first": 4.0, "prime": 0.6, "level": 0.30, "urban": 0.4},
    "own_account": {"first": 9.0, "prime": 0.2},
    "family_worker": {},
}
_EMPLOYEE_ODDS: dict[str, Mapping[str, float]] = {
    "non_market_services": {"level": 0.75, "prime": 0.8},
    "market_services": {"young": 0.5, "capital": 0.6, "level": 0.15},
    "manufacturing": {"young": 0.6, "capital": 0.5},
}
# Rare and demanding activities choose first, farming takes whoever is left.
_ORDER = (
    "non_market_services", "mining_utilities", "market_services", "manufacturing", "construction", "not_classified",
    "agriculture",
)  # fmt: skip
_SAME_BUSINESS = 4.0
_LED_BY_WOMEN = 0.38


def deal_jobs(work: pd.DataFrame, table: pd.DataFrame, seed: int) -> pd.DataFrame:
    """``work`` (features of the employed) with status, activity, institution, unit and job as positions in `CLASSES`.

    table: `table.job_table`; its cells of own-use producers are ignored. Family workers come last and join the activity of
    their household's own-account worker or employer; about a fifth help relatives in another household.
    """
    rng = stream(seed, "jobs")
    cells = table[~table["own_use"]]
    features = _features(work)
    weight = work["weight"].to_numpy()
    woman = work["woman"].to_numpy()
    status = np.full(len(work), -1, dtype=np.int8)
    activity = np.full(len(work), -1, dtype=np.int8)
    led_by_woman = rng.random(int(work["household"].max()) + 1) < _LED_BY_WOMEN
    for names in (("employee", "not_classifiable"), ("employer", "own_account"), ("family_worker",)):
        free = status < 0
        features["first"] = _first(work, free, led_by_woman)
        business = _household_business(work, status, activity)
        for sex in ("male", "female"):
            pool = np.flatnonzero(free & (woman == (sex == "female")))
            todo = [(s, a) for s in names for a in _ORDER]
            totals = cells[cells["sex"] == sex].groupby(["status", "activity"])["thousand"].sum() * 1000.0
            wanted = [float(totals.get(key, 0.0)) for key in todo]
            parts = deal(
                rng,
                pool,
                weight,
                wanted,
                partial(_score, features, business, todo),
                rest=names == ("family_worker",),
            )
            for (s, a), part in zip(todo, parts, strict=True):
                status[part], activity[part] = CLASSES["status"].index(s), ACTIVITIES.index(a)
    out = work.assign(status=status, activity=activity)
    return out.assign(**_inner(rng, out, cells, features))


def _features(work: pd.DataFrame) -> dict[str, np.ndarray]:
    """Features named in the odds, float32, with each village's effect of each activity."""
    age = work["age"].to_numpy()
    out = {name: work[name].to_numpy(dtype=np.float32) for name in ("urban", "no_road", "capital", "h_farm", "level")}
    out["young"] = (age < 30).astype(np.float32)
    out["prime"] = ((age >= 28) & (age < 58)).astype(np.float32)
    out["formal"] = (
        work["v_formal"]
        + work["h_formal"]
        + 0.28 * work["level"]
        + 0.6 * work["urban"]
        + 0.4 * work["capital"]
        - 0.8 * work["no_road"]
        - ((age - 42.0) / 16.0) ** 2 * 0.5
    ).to_numpy(dtype=np.float32)
    for name in ACTIVITIES:
        out[f"v_{name}"] = work[f"v_{name}"].to_numpy(dtype=np.float32)
    return out


def _first(work: pd.DataFrame, free: np.ndarray, led_by_woman: np.ndarray) -> np.ndarray:
    """Above 0 for the one person of each household who would head its own business; ``led_by_woman``: by household.

    1, and less where no other member is free to become a family worker.
    """
    home = work["household"].to_numpy()
    likely = np.where(led_by_woman[home], work["woman"], work["head"])
    rank = np.where(free, 200.0 * likely + work["age"].to_numpy(), -1.0)
    order = np.lexsort((-rank, home))
    leads = np.zeros(len(work), dtype=bool)
    leads[order] = np.r_[True, home[order][1:] != home[order][:-1]]
    others = np.bincount(home[free], minlength=int(home.max(initial=0)) + 1)[home] - 1
    return np.where(free & leads, np.where(others > 0, 1.0, 0.5), 0.0).astype(np.float32)


def _household_business(work: pd.DataFrame, status: np.ndarray, activity: np.ndarray) -> np.ndarray:
    """Activity of the household's own-account worker or employer for each person; -1 where there is none."""
    home = work["household"].to_numpy()
    out = np.full(int(home.max(initial=0)) + 1, -1, dtype=np.int8)
    for name in ("own_account", "employer"):
        at = status == CLASSES["status"].index(name)
        out[home[at]] = activity[at]
    return out[home]


def _score(
    features: dict[str, np.ndarray], business: np.ndarray, todo: list[tuple[str, str]], cell: int, who: np.ndarray
) -> np.ndarray:
    """Utility of the status and activity ``todo[cell]`` for the persons ``who``."""
    status, activity = todo[cell]
    odds = [_STATUS_ODDS[status], _ACTIVITY_ODDS[activity]]
    if status == "employee":
        odds.append(_EMPLOYEE_ODDS.get(activity, {}))
    total = features[f"v_{activity}"][who].copy()
    for each in odds:
        for name, value in each.items():
            total += value * features[name][who]
    if status == "family_worker":
        total += _SAME_BUSINESS * (business[who] == ACTIVITIES.index(activity))
    return total


def _inner(
    rng: np.random.Generator, work: pd.DataFrame, cells: pd.DataFrame, features: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Institution, unit and job within each sex, status and activity, in the table's proportions."""
    out = {name: np.full(len(work), -1, dtype=np.int8) for name in ("institution", "unit", "job")}
    weight = work["weight"].to_numpy()
    woman, status, activity = work["woman"].to_numpy(), work["status"].to_numpy(), work["activity"].to_numpy()
    groups: dict[tuple[str, str, str], list[dict[str, object]]] = {}
    for row in cells.to_dict("records"):
        groups.setdefault((row["sex"], row["status"], row["activity"]), []).append(row)
    for sex, s, a in sorted(groups):
        pool = np.flatnonzero(
            (woman == (sex == "female")) & (status == CLASSES["status"].index(s)) & (activity == ACTIVITIES.index(a))
        )
        if not len(pool):
            continue
        todo = sorted(groups[sex, s, a], key=_rank)
        share = np.array([row["thousand"] for row in todo])
        parts = deal(
            rng,
            pool,
            weight,
            list(share / share.sum() * weight[pool].sum()),
            partial(_inner_score, features, todo),
        )
        for row, part in zip(todo, parts, strict=True):
            for name in out:
                out[name][part] = CLASSES[name].index(row[name])
    return out


def _rank(row: Mapping[str, object]) -> int:
    """Formal public jobs choose first; informal jobs in the informal sector take whoever is left."""
    key = (row["institution"], row["job"], row["unit"])
    order = [
        ("public", "formal", "formal_sector"),
        ("public", "informal", "formal_sector"),
        ("private", "formal", "formal_sector"),
        ("private", "formal", "informal_sector"),
        ("private", "formal", "household"),
        ("private", "informal", "household"),
        ("private", "informal", "formal_sector"),
        ("private", "informal", "informal_sector"),
    ]
    return order.index(key)  # type: ignore[arg-type]


def _inner_score(
    features: dict[str, np.ndarray], todo: list[dict[str, object]], cell: int, who: np.ndarray
) -> np.ndarray:
    """Utility of the institution, unit and job of ``todo[cell]``: how strongly it asks for what makes jobs formal."""
    row = todo[cell]
    pull = 0.0
    if row["institution"] == "public":
        pull += 0.6
    if row["job"] == "formal":
        pull += 1.0
    if row["unit"] == "household":
        pull -= 0.6
    elif row["unit"] == "formal_sector" and row["job"] == "informal" and row["institution"] == "private":
        pull += 0.5
    return pull * features["formal"][who]
