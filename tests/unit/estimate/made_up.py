"""A made-up survey of which all declared estimates are made, and how rows of its hub are found."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
from support import WORKFLOW, answer, random_persons, standards

from informality import vocabulary as v
from informality.classify.rules import classify
from informality.estimate.specifications import load_declared
from informality.estimate.survey import Subject, estimate_survey
from informality.settings import Variant

DECLARED = load_declared(WORKFLOW / "estimates.yaml")
VARIANTS = {
    "icls17": Variant(standard="icls17"),
    "icls21": Variant(standard="icls21"),
    "icls17_strict": Variant(standard="icls17", options={"registration": "strict"}, sensitivity=True),
}
PAIRS = (("icls17", "icls13"), ("icls17", "icls19"), ("icls21", "icls19"), ("icls17_strict", "icls19"))
SUBJECT = Subject("made_up", "2020", PAIRS, frozenset({"icls17_strict"}))
DIMENSIONS = list(v.DIMENSIONS)


@cache
def made_persons() -> pd.DataFrame:
    frame = random_persons(4000, seed=8)
    nobody = np.ones(len(frame), dtype=bool)
    frame = answer(frame, "education", None, nobody, "not_asked")
    # The office's own figures: known of some, for men only.
    known = np.where(frame["education_why"] == "not_asked", (frame["age"] > 40).astype(float), np.nan)
    return frame.assign(check__older=known, check_in__older=(frame["sex"] == "male").to_numpy())


@cache
def made_classified() -> pd.DataFrame:
    return classify(made_persons(), VARIANTS, standards())


@cache
def made_hub() -> pd.DataFrame:
    subject = Subject("made_up", "2020", PAIRS, SUBJECT.sensitivity, {"older": [[], ["sex"], ["education"]]})
    return estimate_survey(made_persons(), made_classified(), DECLARED, subject)


def rows(hub: pd.DataFrame, **keys: str) -> pd.DataFrame:
    """Rows with these keys, at the total of all dimensions that are not named; `sex="*"`: any level but the total.

    Without the rows of what is taken together, whose members are there.
    """
    chosen = ~hub["category"].str.endswith(v.OTHER) & (hub[list(DIMENSIONS)] != v.OTHER).all(axis=1)
    for name in DIMENSIONS:
        wanted = keys.pop(name, v.TOTAL)
        chosen &= (hub[name] != v.TOTAL) if wanted == "*" else (hub[name] == wanted)
    for name, wanted in {"statistic": "share", "assumption": "", **keys}.items():
        chosen &= hub[name] == wanted
    return hub[chosen]


def one(hub: pd.DataFrame, **keys: str) -> pd.Series:
    found = rows(hub, **keys)
    assert len(found) == 1, keys
    return found.iloc[0]


def by_hand(persons: pd.DataFrame, value: pd.Series, among: pd.Series) -> float:
    """The weighted share of those whose value is known, written as one line."""
    known = among & value.notna()
    return float(np.average(value[known].astype(float), weights=persons.loc[known, "weight"]))
