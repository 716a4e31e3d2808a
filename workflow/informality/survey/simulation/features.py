"""What makes a person likelier to be in one cell than in another: one numeric frame of the persons of working age."""

from __future__ import annotations

import numpy as np
import pandas as pd

from informality.survey.simulation.population import HEAD
from informality.survey.simulation.targets import ACTIVITIES
from informality.survey.simulation.villages import CAPITAL, NO_ROAD, URBAN

_VILLAGE = ("v_work", "v_formal", "v_own_use", "v_search", *(f"v_{name}" for name in ACTIVITIES))
_HOUSEHOLD = ("h_work", "h_farm", "h_formal")


def adults(people: pd.DataFrame, homes: pd.DataFrame, villages: pd.DataFrame, weight: np.ndarray) -> pd.DataFrame:
    """Persons of 15 and over: ``row`` (position in ``people``), ``weight``, booleans and effects (float32)."""
    row = np.flatnonzero(people["hl05"].to_numpy() >= 15)
    some = people.iloc[row]
    home = some["household"].to_numpy()
    village = homes["village"].to_numpy()[home]
    road = villages["road"].to_numpy()[village]
    items = some[["hl10", "hl11", "hl12", "hl13", "hl14", "hl15"]].to_numpy()
    columns: dict[str, np.ndarray] = {
        "row": row,
        "household": home,
        "weight": weight[row],
        "age": some["hl05"].to_numpy(),
        "woman": some["hl04"].to_numpy() == 2,
        "head": some["place"].to_numpy() == HEAD,
        "level": some["level"].to_numpy(),
        "attends": some["ed03"].to_numpy() == 1,
        "disabled": (items >= 3).any(axis=1),
        "urban": road == URBAN,
        "no_road": road == NO_ROAD,
        "capital": villages["province"].to_numpy()[village] == CAPITAL,
    }
    for name in _VILLAGE:
        columns[name] = villages[name].to_numpy(dtype=np.float32)[village]
    for name in _HOUSEHOLD:
        columns[name] = homes[name].to_numpy(dtype=np.float32)[home]
    return pd.DataFrame(columns)
