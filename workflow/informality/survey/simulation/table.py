"""Joint tables of jobs and of labour force states that satisfy the targets, by iterative proportional fitting."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

from informality.survey.simulation.targets import (
    ACTIVITIES,
    BASES,
    CLASSES,
    SECTOR_OF_ACTIVITY,
    Jobs,
    Plan,
    Target,
    select,
)


def fit(cells: pd.DataFrame, seed: np.ndarray, targets: list[Target], *, rounds: int = 2000) -> np.ndarray:
    """Thousand persons a cell: the table nearest to ``seed`` (Kullback-Leibler) whose sums meet the targets.

    ``cells`` has bases and classes as columns (see `targets.select`). Scaling one set of cells after another converges to
    the projection (Csiszar 1975); targets that contradict each other in the last printed digit leave a rest of that size.
    """
    value = seed.astype(float).copy()
    rows = [(np.flatnonzero(select(cells, t.of, t.where)), float(t.value)) for t in targets]
    rows = [(inside, total) for inside, total in rows if len(inside)]
    for _ in range(rounds):
        worst = 0.0
        for inside, total in rows:
            part = value.take(inside)
            now = np.add.reduce(part)
            worst = max(worst, abs(now - total))
            value[inside] = part * (total / now)
        if worst < 1e-6:
            break
    return value


def _with_bases(cells: pd.DataFrame, **bases: np.ndarray | bool) -> pd.DataFrame:
    """``cells`` with class columns as categoricals and every base as a boolean column."""
    out = {name: pd.Categorical(cells[name], categories=list(CLASSES[name])) for name in cells}
    flags = {base: np.broadcast_to(np.asarray(bases.get(base, False)), len(cells)) for base in BASES}
    return pd.DataFrame({**out, **flags})


def _job_seed(jobs: Jobs) -> pd.DataFrame:
    """Cells of employment on the 19th concept with their first guess: sex, status, activity, institution, job, unit, seed."""
    rows = []
    for split, activity, sex in itertools.product(jobs.split, ACTIVITIES, ("male", "female")):
        persons = jobs.status_by_activity[split.status][activity]
        women = jobs.women[split.status][activity]
        public = jobs.public.get(split.status, {}).get(activity, 0.0)
        share = split.share_in.get(activity, split.share)
        seed = persons * (women if sex == "female" else 1.0 - women)
        seed *= (public if split.institution == "public" else 1.0 - public) * share
        rows.append((sex, split.status, activity, split.institution, split.job, split.unit, seed))
    names = ["sex", "status", "activity", "institution", "job", "unit", "seed"]
    table = pd.DataFrame(rows, columns=names)
    return table[table["seed"] > 0].reset_index(drop=True)


def job_table(plan: Plan) -> pd.DataFrame:
    """The joint table of jobs: sex, status, activity, institution, job, unit, own_use (outside 19th), thousand."""
    work = _job_seed(plan.jobs)
    own = pd.DataFrame(
        list(itertools.product(("male", "female"), ("agriculture", "not_classified"))), columns=["sex", "activity"]
    ).assign(status="own_account", institution="private", job="informal", unit="household")
    own["seed"] = np.where(own["activity"] == "agriculture", 390.0, 98.0)
    table = pd.concat([work, own], ignore_index=True)
    table["sector"] = table["activity"].map(SECTOR_OF_ACTIVITY)
    own_use = np.arange(len(table)) >= len(work)
    classes = table[["sex", "status", "activity", "sector", "institution", "job", "unit"]]
    cells = _with_bases(classes, icls13=True, icls19=~own_use, own_use=own_use)
    known = set(classes) | {"own_use"}
    targets = [t for t in plan.calibrated if t.of in ("icls13", "icls19", "own_use") and set(t.where) <= known]
    return table.assign(own_use=own_use, thousand=fit(cells, table["seed"].to_numpy(), targets)).drop(columns="seed")


def force_table(plan: Plan) -> pd.DataFrame:
    """Labour force states: sex, area, age (youth or 25_34 for all others), lfs, thousand; the rest is outside."""
    names = ["sex", "area", "age", "lfs"]
    levels = [("male", "female"), ("urban", "rural"), ("15_24", "25_34"), ("employed", "unemployed")]
    table = pd.DataFrame(list(itertools.product(*levels)), columns=names)
    # Odds before fitting: young women in towns look for work more often than old men in villages.
    seed = np.where(table["lfs"] == "employed", 200.0, 20.0) * np.where(table["age"] == "15_24", 0.2, 1.0)
    employed = (table["lfs"] == "employed").to_numpy()
    cells = _with_bases(table, labour_force=True, icls19=employed, unemployed=~employed)
    targets = [t for t in plan.calibrated if t.of in ("icls19", "unemployed") and set(t.where) <= set(names)]
    return table.assign(thousand=fit(cells, seed, targets))
