"""The simulated persons: population, work, answers, weights, in this order."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from informality.errors import UserError
from informality.survey.simulation import codebook as book
from informality.survey.simulation import targets as goals
from informality.survey.simulation.activity import EMPLOYED, search_questions, states, work_questions
from informality.survey.simulation.answers import job_answers, own_use_answers
from informality.survey.simulation.concepts import classes, demography
from informality.survey.simulation.draws import NOT_ASKED
from informality.survey.simulation.features import adults as features_of
from informality.survey.simulation.jobs import deal_jobs
from informality.survey.simulation.occupation import industry, occupation
from informality.survey.simulation.pay import earnings, hours, injuries
from informality.survey.simulation.population import disability, households, marriage, persons, schooling
from informality.survey.simulation.table import job_table
from informality.survey.simulation.targets import Plan, Target
from informality.survey.simulation.villages import URBAN, villages
from informality.survey.simulation.weights import household_counts, rake

SMALLEST, LARGEST = 0.1, 200.0


def simulate(seed: int = 2017, scale: float = 1.0, *, folder: Path = goals.DATA) -> pd.DataFrame:
    """The simulated persons: one row each, sorted by village, household and person.

    Columns are those of the codebook: nullable integers (Int16 codes, Int64 quantities and sim_ identifiers, missing where not
    asked) and the weight ``v`` in persons. ``scale``
    multiplies the villages of each stratum (one at least) and leaves weighted totals as they are. ``folder`` holds the
    targets and the codebook. `UserError` for a scale outside 0.1 to 200.
    """
    if not SMALLEST <= scale <= LARGEST:
        raise UserError(
            "the simulator cannot work at this scale", where="scale", todo=f"choose {SMALLEST} to {LARGEST:.0f}"
        )
    plan = goals.load(folder)
    places = villages(plan, scale, seed)
    homes = households(places, plan.design.households, seed)
    people = persons(homes, places, seed)
    people = people.assign(
        **schooling(people, homes, places, seed), hl06=marriage(people, seed), **disability(people, seed)
    )
    village = homes["village"].to_numpy()
    road = places["road"].to_numpy()[village][people["household"].to_numpy()]
    people["vtype1"] = np.where(road == URBAN, 1, 2).astype(np.int8)

    known = [t for t in plan.calibrated if t.of in ("population", "working_age")]
    weight = _weigh(people, demography(people), homes, places, plan, known)
    people = people.assign(**_work(people, homes, places, weight, plan, seed))
    final = _weigh(people, classes(people), homes.assign(weight=weight), places, plan, plan.calibrated)
    return _file(people, homes, places, np.round(final, 4), book.load(folder))


def _weigh(
    people: pd.DataFrame,
    told: pd.DataFrame,
    homes: pd.DataFrame,
    places: pd.DataFrame,
    plan: Plan,
    wanted: list[Target],
) -> np.ndarray:
    """Household weights that meet ``wanted``, counted in the classes ``told``, and the population of the provinces."""
    members = [goals.select(told, t.of, t.where) for t in wanted]
    counts = [1000.0 * t.value for t in wanted]
    province = places["province"].to_numpy()[homes["village"].to_numpy()][people["household"].to_numpy()]
    population = sum(t.value for t in plan.calibrated if t.of == "population" and set(t.where) == {"sex", "age"})
    share = population / sum(each.persons for each in plan.provinces)
    # The last province follows from the others.
    for each in plan.provinces[:-1]:
        members.append(province == each.code)
        counts.append(1000.0 * share * each.persons)
    design = household_counts(people["household"].to_numpy(), members, len(homes))
    base = homes["weight"].to_numpy(dtype=float)
    base = base * (1000.0 * population / (base * np.bincount(people["household"], minlength=len(homes))).sum())
    return rake(base, design, np.array(counts))


def _work(
    people: pd.DataFrame, homes: pd.DataFrame, places: pd.DataFrame, weight: np.ndarray, plan: Plan, seed: int
) -> dict[str, np.ndarray]:
    """All answers on work, a value a person of ``people`` each."""
    adults = features_of(people, homes, places, weight[people["household"].to_numpy()])
    adults = adults.assign(**states(adults, plan, seed))
    employed = np.flatnonzero(adults["state"].to_numpy() == EMPLOYED)
    work = deal_jobs(adults.iloc[employed].reset_index(drop=True), job_table(plan), seed)
    work = work.assign(**job_answers(work, seed), lsic2=industry(work, seed))
    work["lsco2"] = occupation(work, seed)

    farming = np.zeros(len(adults), dtype=bool)
    farming[employed] = work["activity"] == goals.ACTIVITIES.index("agriculture")
    adults = adults.assign(status=_spread(work["status"].to_numpy(), employed, len(adults)), farming=farming)
    asked = work_questions(adults, seed)
    absent = asked.pop("absent")
    work["absent"] = absent[employed]
    work = work.assign(**hours(work, plan, seed))
    work = work.assign(**earnings(work, seed), **injuries(work, seed))

    module = own_use_answers(adults, seed)
    for name, codes in module.items():
        codes[employed] = work[name]
    rows = adults["row"].to_numpy()
    of_adults: dict[str, np.ndarray] = {**asked, **search_questions(adults, seed), **module}
    of_workers = [name for name in work if name not in adults and name not in of_adults]
    out = {name: _spread(codes, rows, len(people)) for name, codes in of_adults.items()}
    return out | {name: _spread(work[name].to_numpy(), rows[employed], len(people)) for name in of_workers}


def _spread(codes: np.ndarray, rows: np.ndarray, count: int) -> np.ndarray:
    out = np.full(count, NOT_ASKED, dtype=codes.dtype)
    out[rows] = codes
    return out


def _file(
    people: pd.DataFrame, homes: pd.DataFrame, places: pd.DataFrame, weight: np.ndarray, codebook: book.Codebook
) -> pd.DataFrame:
    """The columns of the codebook in its order, "not asked" as missing."""
    home = people["household"].to_numpy()
    village = homes["village"].to_numpy()[home]
    made: Mapping[str, np.ndarray] = {
        "sim_stratum": places["stratum"].to_numpy()[village],
        "sim_village": village + 1,
        "sim_household": home + 1,
        "sim_person": people["person"].to_numpy(),
        "sim_province": places["province"].to_numpy()[village],
        "sim_road": places["road"].to_numpy()[village],
    }
    columns: dict[str, object] = {}
    for name, variable in codebook.variables.items():
        if name == "v":
            columns[name] = weight[home]
            continue
        codes = made[name] if name in made else people[name].to_numpy()
        # Wide enough to calculate with: pandas lets small integers overflow in silence.
        kind = np.int64 if variable.number else np.int16
        columns[name] = pd.arrays.IntegerArray(codes.astype(kind), codes == NOT_ASKED)
    return pd.DataFrame(columns)
