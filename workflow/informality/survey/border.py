"""What must hold of the harmonised frame before any stage after it reads it."""

from __future__ import annotations

import pandas as pd

from informality import vocabulary as v
from informality.frames import check
from informality.survey.plausibility.limits import LIMITS


def check_persons(persons: pd.DataFrame, survey: str) -> pd.DataFrame:
    """The frame itself; UserError with counts of rows where weights, design codes, ages or reasons are not as the contract says."""
    import pandera.pandas as pa

    columns = {
        "weight": pa.Column(float, pa.Check.ge(0)),
        "stratum": pa.Column("int32", pa.Check.ge(0)),
        "psu": pa.Column("int32", pa.Check.ge(0)),
        "age": pa.Column(float, pa.Check.in_range(0, LIMITS.age_possible), nullable=True),
        "age_base": pa.Column(bool),
        "national_base": pa.Column(bool),
    }
    if "household" in persons:
        columns["household"] = pa.Column("int32", pa.Check.ge(0))
    columns |= {name: pa.Column(bool) for name in persons.columns if name.startswith("employed__")}
    for name in v.VARIABLES:
        columns[v.why(name)] = pa.Column("category", pa.Check.isin(v.REASONS))
    check(persons, columns, where=f"{survey}, harmonised persons")
    for name in v.VARIABLES:
        told = persons[v.why(name)] == "answered"
        if not told.equals(persons[name].notna()):
            raise AssertionError(f"{name}: a value without the reason 'answered', or the reverse")
    return persons
