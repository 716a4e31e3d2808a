"""Classification: unit and job of every employed person, with the rule that decided."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from informality import vocabulary as v
from informality.classify.standards import NATIONAL, NOT_COMPUTABLE, Standard
from informality.errors import UserError
from informality.frames import levels
from informality.settings import Variant
from informality.sql import Rule, first_match


def employed(persons: pd.DataFrame) -> np.ndarray:
    """Persons who are employed under at least one employment concept of the survey."""
    columns = [c for c in persons.columns if c.startswith("employed__")]
    return np.logical_or.reduce([persons[c].to_numpy(dtype=bool) for c in columns])


def classify_one(workers: pd.DataFrame, standard: Standard, choices: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Columns ``unit``, ``unit_rule``, ``job``, ``job_rule`` for a frame of the vocabulary's variables, one row an employed person.

    ``choices``: of the standard's options; the defaults where none are given. A unit or job that cannot be computed is NULL, and its
    rule says why. UserError where the frame says of a person that he or she is not employed: the last rule would call the job informal.
    """
    _require_employed(workers)
    choices = standard.choices({}, standard.standard) if choices is None else choices
    unit, unit_rule = _decide(workers, standard.rules("unit", choices), v.UNITS)
    job, job_rule = _decide(workers.assign(unit=unit), standard.rules("job", choices), v.JOBS)
    return pd.DataFrame({"unit": unit, "unit_rule": unit_rule, "job": job, "job_rule": job_rule}, index=workers.index)


def _require_employed(workers: pd.DataFrame) -> None:
    """By the ``employed__<concept>`` columns, of which one must hold, or else by ``lfs`` where it is known."""
    if any(column.startswith("employed__") for column in workers.columns):
        others = ~employed(workers)
    elif "lfs" in workers:
        others = (workers["lfs"].notna() & (workers["lfs"] != "employed")).to_numpy(dtype=bool)
    else:
        return
    if others.any():
        raise UserError(
            f"{int(others.sum())} of {len(workers)} persons to classify are not employed",
            where="the data frame",
            todo='keep the employed only, as in  persons[persons["employed__icls19"]]  or  persons[persons["lfs"] == "employed"]',
        )


def _decide(
    workers: pd.DataFrame, rules: list[Rule], outcomes: tuple[str, ...]
) -> tuple[pd.Categorical, pd.Categorical]:
    index = first_match(workers, {"rules": rules})["rules"]
    table = np.array(
        [-1 if r.outcome == NOT_COMPUTABLE else outcomes.index(r.outcome) for r in rules] + [-1], dtype=np.int16
    )
    return levels(table[index], outcomes), levels(index, [r.id for r in rules])


def classify(persons: pd.DataFrame, variants: Mapping[str, Variant], standards: Mapping[str, Standard]) -> pd.DataFrame:
    """For every variant ``unit__<variant>``, ``unit_rule__…``, ``job__…``, ``job_rule__…``; rows as in ``persons``, NULL outside employment.

    The national variant's columns come with ``persons``, where the office's own rule was run over the file's columns.
    """
    working = employed(persons)
    workers = persons.loc[working]
    columns: dict[str, pd.Categorical] = {}
    for name, variant in variants.items():
        if variant.standard == NATIONAL:
            continue
        standard = standards[variant.standard]
        result = classify_one(workers, standard, standard.choices(variant.options, f"variants.{name}"))
        for part in ("unit", "unit_rule", "job", "job_rule"):
            codes = np.full(len(persons), -1, dtype=np.int16)
            codes[working] = result[part].cat.codes
            columns[f"{part}__{name}"] = levels(codes, list(result[part].cat.categories))
    return pd.DataFrame(columns, index=persons.index)
