"""What must hold of the harmonised frame before any stage after it reads it."""

from __future__ import annotations

import pandas as pd

from informality import vocabulary as v
from informality.frames import Column, check

OLDEST = 130


def check_persons(persons: pd.DataFrame, survey: str) -> pd.DataFrame:
    """The frame itself; UserError with counts of rows where weights, design codes, ages or reasons are not as the contract says."""
    columns = {
        "weight": Column("float64", least=0),
        "stratum": Column("int32", least=0),
        "psu": Column("int32", least=0),
        "age": Column("float64", least=0, most=OLDEST, nullable=True),
        "age_base": Column("bool"),
        "national_base": Column("bool"),
    }
    if "household" in persons:
        columns["household"] = Column("int32", least=0)
    columns |= {name: Column("bool") for name in persons.columns if name.startswith("employed__")}
    columns |= {v.why(name): Column("category", levels=v.REASONS) for name in v.VARIABLES}
    check(persons, columns, where=f"{survey}, harmonised persons")
    for name in v.VARIABLES:
        told = persons[v.why(name)] == "answered"
        if not told.equals(persons[name].notna()):
            raise AssertionError(f"{name}: a value without the reason 'answered', or the reverse")
    return persons
