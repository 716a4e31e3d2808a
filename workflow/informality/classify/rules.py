"""Classification: unit and job of every employed person, with the rule that decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
    choices = standard.choices({}, standard.standard) if choices is None else choices
    return classify_each(workers, standard, [choices])[0]


def classify_each(workers: pd.DataFrame, standard: Standard, chosen: Sequence[Mapping[str, str]]) -> list[pd.DataFrame]:
    """`classify_one` under each of the ``chosen`` choices. Most choices touch few rules: what some have in common is decided once."""
    _require_employed(workers)
    units = [standard.rules("unit", choices) for choices in chosen]
    jobs = [standard.rules("job", choices) for choices in chosen]
    of_units = _decide(workers, units, v.UNITS)
    alike: dict[str, list[int]] = {}
    for place, rules in enumerate(units):
        alike.setdefault(_name(rules), []).append(place)
    made: dict[int, pd.DataFrame] = {}
    for places in alike.values():
        unit, unit_rule = of_units[places[0]]
        decided = _decide(workers.assign(unit=unit), [jobs[place] for place in places], v.JOBS)
        for place, (job, job_rule) in zip(places, decided, strict=True):
            columns = {"unit": unit, "unit_rule": unit_rule, "job": job, "job_rule": job_rule}
            made[place] = pd.DataFrame(columns, index=workers.index)
    return [made[place] for place in range(len(chosen))]


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
    workers: pd.DataFrame, tables: Sequence[list[Rule]], outcomes: tuple[str, ...]
) -> list[tuple[pd.Categorical, pd.Categorical]]:
    """Outcome and rule of every worker by each of the tables, which belong to one part of one standard."""
    found = first_match(workers, {_name(rules): rules for rules in tables})
    return [_read(found[_name(rules)], rules, outcomes) for rules in tables]


def _name(rules: list[Rule]) -> str:
    """What tells tables of one part of a standard apart: which of its rules they have."""
    return " ".join(rule.id for rule in rules)


def _read(index: np.ndarray, rules: list[Rule], outcomes: tuple[str, ...]) -> tuple[pd.Categorical, pd.Categorical]:
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
