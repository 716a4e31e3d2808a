"""The jobs of a household taken together (OECD, Key Indicators of Informality based on Individuals and their Households)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from informality.vocabulary import HOUSEHOLD_JOBS

ALL_INFORMAL, MIXED, ALL_FORMAL, NO_WORKER = range(len(HOUSEHOLD_JOBS))


def household_jobs(household: pd.Series, employed: pd.Series, job: pd.Categorical) -> pd.Categorical:
    """The level of `vocabulary.HOUSEHOLD_JOBS` of each person's household; rows as given.

    ``household``: codes from zero; ``employed``: booleans; ``job``: the job of each person who has one. It is NULL where a job
    that is not known (or not classified) decides: a household with a formal and an informal job is mixed whatever a third one is.
    """
    codes, works = household.to_numpy(), employed.to_numpy(dtype=bool)
    kinds = np.asarray(job.astype(object))
    size = int(codes.max()) + 1 if len(codes) else 0

    def having(hit: np.ndarray) -> np.ndarray:
        return np.bincount(codes[works & hit], minlength=size) > 0

    formal, informal = having(kinds == "formal"), having(kinds == "informal")
    unknown = having((kinds != "formal") & (kinds != "informal"))
    level = np.full(size, -1, dtype=np.int8)
    level[informal & ~formal & ~unknown] = ALL_INFORMAL
    level[informal & formal] = MIXED
    level[formal & ~informal & ~unknown] = ALL_FORMAL
    level[~formal & ~informal & ~unknown] = NO_WORKER
    return pd.Categorical.from_codes(level[codes], categories=list(HOUSEHOLD_JOBS))
