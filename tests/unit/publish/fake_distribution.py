"""The rows of `fake_hub` with those on who has informal jobs, where and with whom."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np
import pandas as pd
from pandas import DataFrame
from unit.publish import fake_hub
from unit.publish.fake_coverage import row

from informality.vocabulary import HUB_KEYS, HUB_VALUES, VARIABLES

ETHNICITIES = {"one": "First group", "two": "Second group", "few": "Small group"}
# Share of each part of a whole, by universe.
STATUS = {
    "employed": {"employee": 0.31, "employer": 0.01, "own_account": 0.29, "family_worker": 0.385, "_U": 0.005},
    "informal": {"employee": 0.19, "employer": 0.01, "own_account": 0.34, "family_worker": 0.455, "_U": 0.005},
    "employed_formal": {"employee": 0.93, "employer": 0.03, "own_account": 0.04},
}
CONTRACTS = {
    "employees": {"permanent": 0.55, "temporary": 0.19, "none": 0.26},
    "employees_informal": {"permanent": 0.32, "temporary": 0.19, "none": 0.49},
    "employees_formal": {"permanent": 0.78, "temporary": 0.19, "none": 0.03},
}
HOUSEHOLDS = {
    "employed": {"all_informal": 0.66, "mixed": 0.28, "all_formal": 0.06},
    "working_age": {"all_informal": 0.42, "mixed": 0.14, "all_formal": 0.04, "no_worker": 0.4},
}
PERSONS = {
    "employed": 13_600, "informal": 11_500, "employed_formal": 2_100, "employees": 4_100, "employees_informal": 2_100, "employees_formal": 2_000,
    "working_age": 38_000,
}  # fmt: skip
GROUPS = ("all", "domestic", "home_based", "street", "construction", "transport", "casual_agriculture")
SKILLS = ("high", "medium", "low")


def card(**changes: object) -> dict:
    """A card whose regions are the 18 provinces of the Lao PDR."""
    levels = {"region": fake_hub.REGIONS, "settlement": fake_hub.SETTLEMENTS, "ethnicity": ETHNICITIES}
    return fake_hub.card(**{"not_available": [], "levels": levels, **changes})


def hub(regions: Mapping[str, str] | None = None) -> DataFrame:
    """Estimates; ``regions``: other regions than the Lao provinces."""
    base = fake_hub.hub()
    if regions is not None:
        base = base[base["region"] == "_T"]
    return pd.concat([base, DataFrame(_rows(regions))[[*HUB_KEYS, *HUB_VALUES]]], ignore_index=True)


def _rows(regions: Mapping[str, str] | None) -> list[dict]:
    found = []

    def add(indicator: str, share: float, n: int, /, **keys: str) -> None:
        given = {"variant": "icls17", "universe": "employed", **keys}
        found.append(row(indicator, "share", share, n, **given))
        found.append(row(indicator, "total", share * n * 98.0, n, **{**given, "measure": "persons"}))

    parts = (("status_of_jobs", STATUS), ("contract_of_jobs", CONTRACTS), ("household_jobs", HOUSEHOLDS))
    for indicator, shares in parts:
        for universe, some in shares.items():
            for category, share in some.items():
                add(indicator, share, PERSONS[universe], universe=universe, category=category)
    for universe, n in PERSONS.items():
        found.append(row("headcount", "total", n * 98.0, n, variant="icls17", universe=universe, measure="persons"))
    random = np.random.default_rng(9)
    for at, name in enumerate(GROUPS):
        add("special_groups", random.uniform(0.5, 0.95), 13_600 if not at else 200 * at, universe=f"u{at}", category=name)  # fmt: skip
    for at, name in enumerate(SKILLS, start=1):
        add("informal_by_skill", 0.3 * at, 2_000, universe=f"s{at}", category=name)
    own = {"ethnicity": tuple(ETHNICITIES)}
    for name in ("marital", "disability", "migrant", "ethnicity", "workplace", "registered", "books"):
        for level in own.get(name) or VARIABLES[name].levels or ():
            add("informal", random.uniform(0.4, 0.95), 3_000, **{name: level})
    for registered, books in itertools.product(*(VARIABLES[name].levels or () for name in ("registered", "books"))):
        add("informal", random.uniform(0.1, 0.95), 1_000, registered=registered, books=books)
    for region in regions or ():
        add("informal", random.uniform(0.4, 0.95), 900, region=region)
    return found
