"""A small survey for tests: a description with one of everything, and a file of a few persons."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np
import pandas as pd
import yaml

from informality.decisions import validated
from informality.survey.description import Survey, lay_over
from informality.survey.family import Family

TEXT = """
family: toy_lfs
title: Toy survey
country: Toyland
iso3: TOY
producer: Toy office
terms: free
citation: Toy office, Toy survey
population: persons
currency: kip
primary_concept: national
design: {weight: w, stratum: str, psu: ea}
waves:
  2017q3: {file: toy.sav, from: 2017-07-01, to: 2017-09-30}
concepts:
  national: {employed: work = 1}
routing:
  soc_sec: [employee]
  registered: [employer, own_account]
variables:
  sex: {male: sex = 1, female: sex = 2}
  age: {number: age, not_stated: age = 999}
  region:
    north: {if: prov = 1, label: North}
    south: {if: prov = 2, label: South}
  status: {employee: stat = 1, employer: stat = 2, own_account: stat = 3, family_worker: stat = 4, refused: stat = 8}
  soc_sec: {"yes": ss = 1, "no": ss = 2, dont_know: ss = 3, refused: ss = 4}
  registered: {"yes": reg = 1, "no": reg = 2, not_asked: small = 1}
  isic_revision: {rev4: isic IS NOT NULL}
  isic2: {number: floor(isic / 100), dont_know: isic = 9998}
  isco_revision: {isco08: isco IS NOT NULL}
  isco2: isco
social_security:
  pension: {label: Pays for a pension, kind: statutory, asked_of: [employee, employer], answers: {"yes": pen = 1, "no": pen = 2, dont_know: pen = 3}}
national:
  source: Toy office
  universe: work = 1
  tables:
    sector:
      flag: offsec
      rules:
        - {id: registered, if: reg = 1, then: "1"}
        - {id: not_registered, if: reg = 2, then: "2"}
    total:
      flag: offinf
      rules:
        - {id: informal_sector, if: sector_rule = '2', then: "2"}
        - {id: covered, if: ss = 1, then: "1"}
  unit: {table: sector, outcomes: {"1": formal_sector, "2": informal_sector}}
  job: {table: total, outcomes: {"1": formal, "2": informal}}
checks:
  informal: {if: total_rule = '2', among: age >= 15 AND work = 1, by: [[], [sex]]}
  women: {if: sex = 2, among: "TRUE"}
"""

COLUMNS = (
    "w",
    "str",
    "ea",
    "work",
    "sex",
    "age",
    "prov",
    "stat",
    "ss",
    "reg",
    "small",
    "isic",
    "isco",
    "pen",
    "offsec",
    "offinf",
)


def described() -> dict[str, Any]:
    """The description as YAML gives it, to be changed at will."""
    content = yaml.safe_load(TEXT)
    # YAML reads this key of a wave as a text, as it should.
    assert list(content["waves"]) == ["2017q3"]
    return deepcopy(content)


def put(content: dict[str, Any], key: str, value: object) -> dict[str, Any]:
    """The description with another value at a key path (`design.psu`); Ellipsis takes the key away."""
    *way, last = key.split(".")
    place = content
    for step in way:
        place = place.setdefault(step, {})
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return content


def family(**changes: object) -> Family:
    """The family with changes by key path, `__` for the point: `design__psu="none"`."""
    content = described()
    for key, value in changes.items():
        put(content, key.replace("__", "."), value)
    return validated(Family, content, "toy_lfs.yaml")


def survey(wave: str = "2017q3", **changes: object) -> Survey:
    """The survey of one wave."""
    return lay_over(family(**changes), wave)


def persons(*rows: dict[str, float | str | None]) -> pd.DataFrame:
    """The file's columns, one row a person; what is not given: weight 1, stratum 1, a PSU of its own, 30 years old, at work."""
    filled = [
        {"w": 1.0, "str": 1.0, "ea": float(i), "work": 1.0, "age": 30.0, "sex": 1.0, **row}
        for i, row in enumerate(rows)
    ]
    columns = {}
    for name in COLUMNS:
        values = [row.get(name) for row in filled]
        text = any(isinstance(x, str) for x in values)
        columns[name] = (
            pd.array(values, dtype="str")
            if text
            else np.array([np.nan if x is None else x for x in values], dtype=float)
        )
    return pd.DataFrame(columns)
