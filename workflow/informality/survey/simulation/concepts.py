"""From the raw answers to the classes of the targets: the rules of ILOSTAT's program for the Lao survey of 2017.

These are the rules of `domain.md` 1.1.4 with their default options: registration lenient, "don't know" on social security
as missing (the leave test decides), place and size as coded. The simulator needs them to calibrate its weights, so they are
written here apart from the pipeline's own rules, and the two can be compared.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from informality.survey.simulation.draws import NOT_ASKED
from informality.survey.simulation.targets import ACTIVITIES, CLASSES, SECTOR_OF_ACTIVITY

# First ISIC Rev.4 division of each run of divisions, and the activity that the run belongs to.
_RUNS = (
    (1, "agriculture"), (4, "not_classified"), (5, "mining_utilities"), (10, "manufacturing"), (34, "not_classified"),
    (35, "mining_utilities"), (40, "not_classified"), (41, "construction"), (44, "not_classified"),
    (45, "market_services"), (83, "not_classified"), (84, "non_market_services"), (100, "not_classified"),
)  # fmt: skip


def activity_of_division(division: np.ndarray) -> np.ndarray:
    """Position in `targets.ACTIVITIES` of each ISIC Rev.4 division (`lsic2`); "not asked" is not classified."""
    starts = np.array([start for start, _ in _RUNS])
    codes = np.array([ACTIVITIES.index("not_classified"), *(ACTIVITIES.index(name) for _, name in _RUNS)])
    return codes[np.searchsorted(starts, division, side="right")]


def raw(frame: pd.DataFrame, name: str) -> np.ndarray:
    """Codes of a raw variable as integers, `NOT_ASKED` where the file holds none."""
    return frame[name].to_numpy(dtype=np.int32, na_value=NOT_ASKED)


def employed19(frame: pd.DataFrame) -> np.ndarray:
    """Employed on the 19th concept: work for pay or for the market, or absent from such work for a short time."""
    own = (raw(frame, "ep02") == 1) | (raw(frame, "ep03") == 1)
    market = (raw(frame, "ep04") == 2) | np.isin(raw(frame, "ep05"), (1, 2))
    short = np.isin(raw(frame, "ep07"), (1, 2, 3)) | (raw(frame, "ep08") == 1) | (raw(frame, "ep09") == 1)
    return (raw(frame, "ep01") == 1) | (own & market) | ((raw(frame, "ep06") == 1) & short)


def _jobs(frame: pd.DataFrame, employed: np.ndarray, own_use: np.ndarray) -> dict[str, np.ndarray]:
    """Status, activity, institution, unit and job of the main job, as positions in `CLASSES`; rest as own-use producers."""
    ac03, ac13, ac08 = raw(frame, "ac03"), raw(frame, "ac13"), raw(frame, "ac08")
    household_employer = raw(frame, "ac11a") == 2
    status = np.select(
        [np.isin(ac03, (1, 2)) | ((ac03 == 6) & household_employer), ac03 == 3, ac03 == 4, ac03 == 5], [0, 1, 2, 3], 4
    )
    status[~employed] = CLASSES["status"].index("own_account")

    produces_own_use = (raw(frame, "opw04") == 1) | (raw(frame, "opw05") == 1)
    household = household_employer | ((ac13 == 6) & produces_own_use) | ~employed
    named = (raw(frame, "ac16") == 1) | (raw(frame, "ac15") == 1)
    premises = (raw(frame, "ac18") == 4) & np.isin(raw(frame, "ac17"), (2, 3, 4, 5))
    covered = (status == 0) & (ac08 == 1)
    unit = np.select([household, np.isin(ac13, (1, 2, 4, 5)) | named | covered | premises], [2, 0], 1)

    leave = (raw(frame, "ac09") == 1) & (raw(frame, "ac10") == 1)
    contributes = (ac08 == 1) | (~np.isin(ac08, (1, 2)) & leave)
    formal = np.where(np.isin(status, (0, 4)), contributes, (unit == 0) & (status != 3)) & employed

    activity = activity_of_division(raw(frame, "lsic2"))
    farms = ~employed & own_use & (raw(frame, "opw04") == 1)
    activity[farms] = ACTIVITIES.index("agriculture")
    institution = np.where(employed & np.isin(ac13, (1, 2)), 0, 1)
    return {
        "status": status,
        "activity": activity,
        "institution": institution,
        "unit": unit,
        "job": np.where(formal, 0, 1),
    }


def _labour_force(frame: pd.DataFrame, working_age: np.ndarray, employed: np.ndarray) -> dict[str, np.ndarray]:
    """Labour force status and underutilisation (LU4: unemployed, underemployed by time, potential labour force)."""
    seeks = ((raw(frame, "ue01") == 1) & (raw(frame, "ue03") != 14)) | (raw(frame, "ue02") == 1)
    available = np.isin(raw(frame, "ue09"), (1, 2))
    idle = working_age & ~employed
    unemployed = idle & seeks & available
    potential = idle & (seeks ^ available)
    hours = raw(frame, "wt01t")
    short = employed & (hours >= 0) & (hours < 35) & (raw(frame, "wt06") == 1) & (raw(frame, "wt08") == 1)
    return {
        "lfs": np.select([employed, unemployed], [0, 1], 2),
        "underutilised": np.where(unemployed | potential | short, 0, 1),
        "potential": potential,
    }


def _table(bases: dict[str, np.ndarray], codes: dict[str, np.ndarray]) -> pd.DataFrame:
    levels = {n: pd.Categorical.from_codes(c.astype(np.int8), categories=list(CLASSES[n])) for n, c in codes.items()}
    return pd.DataFrame({**bases, **levels})


def demography(frame: pd.DataFrame) -> pd.DataFrame:
    """Bases population and working_age, classes sex, area and age: what is known before the questions on work."""
    age = raw(frame, "hl05")
    return _table(
        {"population": np.ones(len(frame), dtype=bool), "working_age": age >= 15},
        {
            "sex": raw(frame, "hl04") - 1,
            "area": raw(frame, "vtype1") - 1,
            "age": np.searchsorted([15, 25, 35, 55, 65], age, side="right"),
        },
    )


def classes(frame: pd.DataFrame) -> pd.DataFrame:
    """Bases (booleans) and class variables (categoricals) of `targets`, one row a person, from the raw variables.

    Own-use producers outside 19th employment are own-account workers in the private household sector, informal, in
    agriculture where they farm and without industry otherwise.
    """
    who = demography(frame)
    working_age = who["working_age"].to_numpy()
    employed = employed19(frame) & working_age
    own_use = working_age & ~employed & ((raw(frame, "opw04") == 1) | (raw(frame, "opw05") == 1))
    force = _labour_force(frame, working_age, employed)
    jobs = _jobs(frame, employed, own_use)
    sectors = np.array([CLASSES["sector"].index(SECTOR_OF_ACTIVITY[a]) for a in ACTIVITIES])
    unemployed = force["lfs"] == 1
    bases = {
        "labour_force": employed | unemployed,
        "extended_labour_force": employed | unemployed | force.pop("potential"),
        "unemployed": unemployed,
        "icls13": employed | own_use,
        "icls19": employed,
        "own_use": own_use,
    }
    return pd.concat([who, _table(bases, {**force, **jobs, "sector": sectors[jobs["activity"]]})], axis=1)
