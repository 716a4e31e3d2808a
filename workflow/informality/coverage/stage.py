"""The coverage room's job: the laws of the survey's country applied to its persons."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from informality import frames
from informality import vocabulary as v
from informality.coverage.administration import Administration, load_administration
from informality.coverage.apply import Cover, apply_law, cover_columns, cover_groups, cover_of, groups
from informality.coverage.contributions import earnings_line
from informality.coverage.evidence import questions
from informality.coverage.gaps import unit_registered
from informality.coverage.law import Law, Scheme
from informality.coverage.laws import in_force, load_laws, of_country
from informality.coverage.legal import not_asked
from informality.coverage.options import UNIT_REGISTERED, Options, load_options
from informality.decisions import FOLDER
from informality.job import Job


def cover_job(job: Job) -> None:
    """Write ``covered.parquet`` (a row a person, see `apply`) and ``coverage.json`` (which laws, branches and assumptions)."""
    card = json.loads(job.inputs["card.json"].read_text(encoding="utf-8"))
    options = load_options(FOLDER / "coverage.yaml")
    laws = of_country(load_laws(FOLDER / "laws"), card["iso3"])
    persons = frames.read(job.inputs["persons.parquet"])
    counts = load_administration(FOLDER / "administration").get(card["iso3"])
    covered, told = cover_survey(persons, card, laws, options, job.settings["counterfactual_laws"])
    frames.write(covered, job.folder / "covered.parquet")
    frames.write_json({**told, "administration": _counts(counts)}, job.folder / "coverage.json")


def cover_survey(
    persons: pd.DataFrame,
    card: Mapping[str, Any],
    laws: Mapping[str, Law],
    options: Options,
    counterfactual: bool = True,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Columns of `apply` for every person, NULL outside employment, and what is said of them on the survey's card.

    ``laws``: those of the survey's country, in the order of time; without ``counterfactual`` only the one in force is applied.
    """
    day = date.fromisoformat(card["reference_from"])
    current = in_force(laws, day)
    if not counterfactual:
        laws = {name: law for name, law in laws.items() if name == current}
    asked = questions(card)
    working = np.logical_or.reduce([persons[c].to_numpy(bool) for c in persons if c.startswith("employed__")])
    workers = persons[working].assign(unit_registered=unit_registered(persons[working], options))
    cover = cover_of(workers, asked)
    shown = cover_groups(cover, options.headline)
    parts = [workers[[UNIT_REGISTERED]], pd.DataFrame(cover_columns(cover, shown), index=workers.index)]
    entries = []
    for name, law in laws.items():
        absent = not_asked(law, persons, working)
        entry = _entry(law, cover, options, day, current=name == current, absent=absent)
        if not absent:
            columns, entry["any_cash"] = apply_law(law, workers, cover, options, day)
            parts.append(columns)
        entries.append(entry)
    told = {
        "headline": options.headline,
        "law": current,
        "main": main_branch(cover, options),
        "laws": entries,
        "cover": [[group.name, list(group.branches), list(cover.questions[group.name])] for group in shown],
        "c102": options.c102.model_dump(),
        "affordable": options.take_up.affordable,
        "share_of_minimum_wage": options.take_up.line.share_of_minimum_wage,
    }
    return _everybody(pd.concat(parts, axis=1), persons.index), told


def main_branch(cover: Cover, options: Options) -> str | None:
    """The branch for which everything is shown: that of the headline; where the survey has no evidence for it, any cash branch."""
    return next((branch for branch in (options.headline, v.ANY_CASH) if branch in cover.of_branch), None)


def _entry(law: Law, cover: Cover, options: Options, day: date, *, current: bool, absent: list[str]) -> dict[str, Any]:
    """What a reader is told of one law."""
    return {
        "law": law.law,
        "title": law.title,
        "source": law.source,
        "from": law.first_day.isoformat(),
        "to": law.last_day.isoformat() if law.last_day else None,
        "in_force": current,
        "verified": law.verified,
        "unverified": law.unverified(),
        "notes": list(law.notes),
        "pensionable_age": {"male": law.pensionable_age.male, "female": law.pensionable_age.female},
        "earnings_line": earnings_line(law, options, day),
        "schemes": [_scheme(scheme) for scheme in law.schemes.values()],
        "groups": [[group.name, list(group.branches)] for group in groups(law, cover, options.headline)],
        "not_computable": [["not_asked", name] for name in absent],
    }


def _counts(administration: Administration | None) -> list[dict[str, Any]]:
    """What a reader is told of administrative counts; ``day`` is null where the source names none."""
    if administration is None:
        return []
    return [
        {**count.model_dump(mode="json", exclude={"checked_by"}), "organisation": administration.organisation}
        for count in administration.counts
    ]


def _scheme(scheme: Scheme) -> dict[str, Any]:
    """What a reader is told of the rates of one scheme."""
    if scheme.rates is None:
        return {"title": scheme.title, "rates": {}, "source": scheme.source, "verified": False}
    told = scheme.rates.model_dump(include={"employer", "employee", "state", "voluntary"})
    return {"title": scheme.title, "rates": told, "source": scheme.rates.source, "verified": scheme.rates.verified}


def _everybody(workers: pd.DataFrame, index: pd.Index) -> pd.DataFrame:
    """The columns for all persons: NULL (false for a yes/no that holds of workers only) outside employment."""
    columns: dict[str, Any] = {}
    place = index.get_indexer(workers.index)
    for name in workers:
        values = workers[name]
        if isinstance(values.dtype, pd.CategoricalDtype):
            codes = np.full(len(index), -1, dtype=np.int16)
            codes[place] = values.cat.codes
            columns[name] = frames.levels(codes, list(values.cat.categories))
        else:
            whole = np.zeros(len(index), dtype=bool) if values.dtype == bool else np.full(len(index), np.nan)
            whole[place] = values.to_numpy()
            columns[name] = whole
    return pd.DataFrame(columns, index=index)
