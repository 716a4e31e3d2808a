"""Names of strata and sampling units, by which waves of one master sample find each other. Like persons they are restricted.

Codes of ``persons.parquet`` count from 0 in each wave; what the file itself calls a unit is the same in all waves of a sample.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from informality.sql import evaluate
from informality.survey.conditions import conditions
from informality.survey.description import Survey


def sampling_units(source: pd.DataFrame, survey: Survey, persons: pd.DataFrame) -> pd.DataFrame:
    """One row a unit, sorted by ``psu``: ``psu`` (code of ``persons``), ``stratum_name``, ``psu_name``. Empty where persons are the units.

    ``source`` and ``persons`` have the same rows. Whole numbers are named without decimals, however a file stores them.
    """
    design = {name: rule for name, rule in conditions(survey).design.items() if name != "weight"}
    if "psu" not in design:
        return pd.DataFrame({"psu": np.empty(0, dtype=np.int32), "stratum_name": [], "psu_name": []}).astype(NAMES)
    first = np.flatnonzero(~persons["psu"].duplicated().to_numpy())
    found = evaluate(source.iloc[first], design)
    names = {f"{name}_name": _names(found[name]) if name in found else "" for name in ("stratum", "psu")}
    units = pd.DataFrame({"psu": persons["psu"].to_numpy()[first], **names})
    return units.astype(NAMES).sort_values("psu", ignore_index=True)


NAMES = {"stratum_name": "str", "psu_name": "str"}


def _names(values: np.ma.MaskedArray) -> pd.Series:
    """Text of each value; a number that is whole as such."""
    plain = pd.Series(np.ma.getdata(values))
    if pd.api.types.is_numeric_dtype(plain) and (plain == np.floor(plain)).all():
        plain = plain.astype(np.int64)
    return plain.astype("str").str.strip()
