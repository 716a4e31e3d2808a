"""Who works, looks for work or produces for own use, and the questions that say so (`ep…`, `ue…`, `opw…`)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from informality.survey.simulation.allocate import deal
from informality.survey.simulation.draws import NOT_ASKED, choose, fill, happens, stream
from informality.survey.simulation.table import force_table
from informality.survey.simulation.targets import Plan

EMPLOYED, UNEMPLOYED, OUTSIDE = 0, 1, 2
NO_OWN_USE, OWN_FARM, OWN_GOODS = 0, 1, 2


def states(adults: pd.DataFrame, plan: Plan, seed: int) -> dict[str, np.ndarray]:
    """``state`` (`EMPLOYED` …), ``potential`` (potential labour force) and ``own_use`` (of those not employed) of persons 15+.

    adults: features of `features.adults`, with ``weight``.
    """
    rng = stream(seed, "states")
    weight = adults["weight"].to_numpy()
    age = adults["age"].to_numpy()
    work = _work_score(adults)
    search = _search_score(adults)
    state = np.full(len(adults), OUTSIDE, dtype=np.int8)
    table = force_table(plan)
    for (sex, area, young), rows in table.groupby(["sex", "area", "age"], sort=True):
        pool = np.flatnonzero(
            (adults["woman"] == (sex == "female"))
            & (adults["urban"] == (area == "urban"))
            & ((age < 25) == (young == "15_24"))
        )
        wanted = rows.set_index("lfs")["thousand"] * 1000.0
        employed, unemployed = deal(
            rng,
            pool,
            weight,
            [wanted["employed"], wanted["unemployed"]],
            lambda cell, who: (work if cell == 0 else search)[who],
            rest=False,
        )
        state[employed], state[unemployed] = EMPLOYED, UNEMPLOYED

    potential = np.zeros(len(adults), dtype=bool)
    outside = np.flatnonzero(state == OUTSIDE)
    potential[deal(rng, outside, weight, [plan.persons("D10")], lambda _, who: 0.8 * search[who], rest=False)[0]] = True

    own_use = np.zeros(len(adults), dtype=np.int8)
    score = _own_use_score(adults, state)
    for sex, woman in (("men", False), ("women", True)):
        pool = np.flatnonzero((adults["woman"] == woman) & (state != EMPLOYED))
        goods = plan.persons(f"A01-{sex}")
        farm = plan.persons(f"B07-{sex}") - plan.persons(f"D01-{sex}") - goods
        made, farmed = deal(rng, pool, weight, [goods, farm], lambda cell, who: score[cell][who], rest=False)
        own_use[made], own_use[farmed] = OWN_GOODS, OWN_FARM
    return {"state": state, "potential": potential, "own_use": own_use}


def _work_score(adults: pd.DataFrame) -> np.ndarray:
    age = adults["age"].to_numpy()
    return (
        1.2 * adults["v_work"]
        + adults["h_work"]
        + 0.15 * adults["level"]
        - 2.2 * adults["attends"]
        - ((age - 38.0) / 17.0) ** 2
        + 0.5 * adults["head"]
        - 0.4 * adults["no_road"]
        - 1.0 * adults["disabled"]
    ).to_numpy(dtype=np.float32)


def _search_score(adults: pd.DataFrame) -> np.ndarray:
    age = adults["age"].to_numpy()
    return (
        1.2 * adults["v_search"]
        + 0.12 * adults["level"]
        - 2.0 * adults["attends"]
        - 0.06 * np.clip(age - 40, 0, None)
        - 2.0 * (age >= 65)
        - 0.8 * adults["disabled"]
    ).to_numpy(dtype=np.float32)


def _own_use_score(adults: pd.DataFrame, state: np.ndarray) -> list[np.ndarray]:
    """Scores of making other goods only, and of farming, for own use."""
    age = adults["age"].to_numpy()
    common = (
        adults["v_own_use"] - 1.0 * adults["attends"] - 0.5 * (state == UNEMPLOYED) - 0.05 * np.clip(age - 62, 0, None)
    ).to_numpy(dtype=np.float32)
    rural = 1.0 - adults["urban"].to_numpy()
    farm = common + 1.6 * rural + 0.5 * adults["no_road"].to_numpy() + 0.5 * adults["h_farm"].to_numpy()
    return [common + 0.5 * rural, farm]


def work_questions(adults: pd.DataFrame, seed: int) -> dict[str, np.ndarray]:
    """`ep01` to `ep09` of persons 15+; adults needs ``state``, ``own_use``, and of the employed ``status`` and ``farming``."""
    rng = stream(seed, "work_questions")
    count = len(adults)
    employed = (adults["state"] == EMPLOYED).to_numpy()
    status, farming = adults["status"].to_numpy(), adults["farming"].to_numpy()
    absent = employed & happens(rng, 0.025, count)
    works = employed & ~absent
    paid = works & ((status == 0) | ((status == 4) & happens(rng, 0.6, count)))
    helps = works & ~paid & (status == 3)
    business = works & ~paid & ~helps
    # Own-use farmers mostly say that they work on the farm; the next question tells them apart.
    own_farm = ~employed & (adults["own_use"] == OWN_FARM).to_numpy() & happens(rng, 0.75, count)
    helps_own = own_farm & happens(rng, 0.4, count)

    ep01 = np.where(paid, 1, 2)
    ep02 = np.where(ep01 == 2, np.where(business | (own_farm & ~helps_own), 1, 2), NOT_ASKED)
    ep03 = np.where(ep02 == 2, np.where(helps | helps_own, 1, 2), NOT_ASKED)
    own_work = (ep02 == 1) | (ep03 == 1)
    ep04 = np.where(own_work, np.where(own_farm | farming, 1, 2), NOT_ASKED)
    ep05 = fill(
        rng,
        np.full(count, NOT_ASKED),
        [((ep04 == 1) & own_farm, {3: 0.55, 4: 0.45}), (ep04 == 1, {1: 0.45, 2: 0.55})],
    )
    at_work = (ep01 == 1) | (own_work & ((ep04 == 2) | (ep05 <= 2)))
    has_job = absent | (~employed & happens(rng, 0.008, count))
    ep06 = np.where(at_work, NOT_ASKED, np.where(has_job, 1, 2))
    ep07 = fill(
        rng,
        np.full(count, NOT_ASKED),
        [
            (absent, {1: 0.30, 2: 0.25, 3: 0.08, 4: 0.20, 5: 0.05, 6: 0.07, 7: 0.03, 8: 0.02}),
            (ep06 == 1, {4: 0.6, 6: 0.3, 8: 0.1}),
        ],
    )
    long_reason = (ep06 == 1) & (ep07 > 3)
    ep08 = fill(
        rng,
        np.full(count, NOT_ASKED),
        [(long_reason & absent, {1: 0.9, 2: 0.05, 3: 0.05}), (long_reason, {2: 0.6, 3: 0.4})],
    )
    # An absence of open length is employment only while the pay goes on.
    ep09 = np.where(long_reason & (ep08 != 1), np.where(absent, 1, 2), NOT_ASKED)
    answers = {"ep01": ep01, "ep02": ep02, "ep03": ep03, "ep04": ep04, "ep05": ep05, "ep06": ep06, "ep07": ep07}
    out = {name: codes.astype(np.int8) for name, codes in {**answers, "ep08": ep08, "ep09": ep09}.items()}
    return {**out, "absent": absent}


def search_questions(adults: pd.DataFrame, seed: int) -> dict[str, np.ndarray]:
    """`ue01`, `ue02`, `ue03`, `ue09` of persons 15+ who are not employed."""
    rng = stream(seed, "search_questions")
    count = len(adults)
    idle = (adults["state"] != EMPLOYED).to_numpy()
    unemployed = (adults["state"] == UNEMPLOYED).to_numpy()
    potential = adults["potential"].to_numpy()
    starter = unemployed & happens(rng, 0.06, count)
    seeker = potential & happens(rng, 0.10, count)
    # "Looked", but by no method that counts: the trap of the definition.
    no_method = idle & ~unemployed & ~seeker & happens(rng, 0.02, count)
    looked = (unemployed & ~starter) | seeker | no_method
    ue01 = np.where(idle, np.where(looked, 1, 2), NOT_ASKED)
    ue02 = np.where(ue01 == 2, np.where(starter, 1, 2), NOT_ASKED)
    method = choose(
        rng,
        count,
        {1: 0.10, 2: 0.22, 3: 0.08, 4: 0.03, 5: 0.35, 6: 0.05, 7: 0.04, 8: 0.03, 9: 0.04, 10: 0.02, 13: 0.04},
    )
    ue03 = np.where(ue01 == 1, np.where(no_method, 14, method), NOT_ASKED)
    soon, later = choose(rng, count, {1: 0.75, 2: 0.25}), choose(rng, count, {3: 0.15, 4: 0.85})
    available = unemployed | (potential & ~seeker)
    ue09 = np.where(idle, np.where(available, soon, later), NOT_ASKED)
    return {
        name: codes.astype(np.int8) for name, codes in (("ue01", ue01), ("ue02", ue02), ("ue03", ue03), ("ue09", ue09))
    }
