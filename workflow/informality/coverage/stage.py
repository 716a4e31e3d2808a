"""The coverage room's job: the laws of the survey's country applied to its persons."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from informality import frames
from informality import vocabulary as v
from informality.coverage.administration import Administration, load_administration
from informality.coverage.apply import Cover, apply_law, cover_columns, cover_groups, cover_of, groups
from informality.coverage.contributions import earnings_line
from informality.coverage.economy import load_economies
from informality.coverage.evidence import questions
from informality.coverage.extension import Ground, extend
from informality.coverage.gaps import unit_registered
from informality.coverage.law import MINIMUM_WAGE, Law, Scheme, amount_on, entry_on
from informality.coverage.laws import in_force, load_laws, of_country
from informality.coverage.legal import not_asked
from informality.coverage.options import UNIT_REGISTERED, Options, load_options
from informality.coverage.scenario import Scenario
from informality.coverage.scenarios import load_scenarios
from informality.coverage.scenarios import of_country as scenarios_of_country
from informality.decisions import FOLDER
from informality.job import Job


def cover_job(job: Job) -> None:
    """Write ``covered.parquet`` (a row a person, see `apply`) and ``coverage.json`` (which laws, branches and assumptions).

    And, for extension scenarios, ``scenarios.parquet`` (a row a person, see `extension`) and ``scenarios.json`` (their parameters).
    """
    card = json.loads(job.inputs["card.json"].read_text(encoding="utf-8"))
    options = load_options(FOLDER / "coverage.yaml")
    every_law = load_laws(FOLDER / "laws")
    laws = of_country(every_law, card["iso3"])
    persons = frames.read(job.inputs["persons.parquet"])
    counts = load_administration(FOLDER / "administration").get(card["iso3"])
    covered, told = cover_survey(persons, card, laws, options, job.settings["counterfactual_laws"])
    scenarios = scenarios_of_country(load_scenarios(FOLDER / "scenarios", every_law), card["iso3"])
    economy = load_economies(FOLDER / "economy").get(card["iso3"])
    members = counts and counts.nearest_to("voluntary_members", date.fromisoformat(card["reference_from"]))
    columns, parameters, told["scenarios"] = extend_survey(
        persons, covered, card, laws, told, options, scenarios, float(members.value) if members else None
    )
    told["members"] = members.model_dump(mode="json", by_alias=True) if members else None
    product = economy and economy.of(date.fromisoformat(card["reference_from"]).year, card["currency"])
    parameters["gdp"] = product.amount if product else None
    told["gdp"] = product.model_dump() if product else None
    frames.write(covered, job.folder / "covered.parquet")
    frames.write(columns, job.folder / "scenarios.parquet")
    frames.write_json(parameters, job.folder / "scenarios.json")
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
    wage = amount_on(laws[current].minimum_wage, day) if current is not None else None
    least = pd.DataFrame({MINIMUM_WAGE: np.full(len(workers), np.nan if wage is None else wage)}, index=workers.index)
    parts = [workers[[UNIT_REGISTERED]], least, pd.DataFrame(cover_columns(cover, shown), index=workers.index)]
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


def extend_survey(
    persons: pd.DataFrame,
    covered: pd.DataFrame,
    card: Mapping[str, Any],
    laws: Mapping[str, Law],
    told: Mapping[str, Any],
    options: Options,
    scenarios: Sequence[Scenario],
    members: float | None,
) -> tuple[pd.DataFrame, dict[str, Any], list[dict[str, Any]]]:
    """Columns of `extension.person_columns` for every person, the parameters beside them, and what is said of each scenario.

    ``covered`` and ``told`` are those of `cover_survey`; ``members``: voluntary members, None where no count is declared.
    """
    applied = {entry["law"] for entry in told["laws"] if not entry["not_computable"]}
    working = np.logical_or.reduce([persons[c].to_numpy(bool) for c in persons if c.startswith("employed__")])
    workers = persons[working].assign(unit_registered=covered.loc[working, UNIT_REGISTERED])
    ground = Ground(
        workers=workers,
        applied=covered[working],
        within=workers[f"employed__{card['primary_concept']}"].to_numpy(dtype=bool),
        laws={name: law for name, law in laws.items() if name in applied},
        current=told["law"],
        cover=cover_of(workers, questions(card)),
        options=options,
        day=date.fromisoformat(card["reference_from"]),
        members=members,
    )
    found = extend(scenarios, ground)
    named = {
        "concept": card["primary_concept"],
        "industry": card["industry"],
        "currency": card["currency"] or v.CURRENCY,
    }
    return _everybody(found.columns, persons.index), found.parameters | named, found.told


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
        "minimum_wage": _wage(law, day),
        "schemes": [_scheme(scheme) for scheme in law.schemes.values()],
        "groups": [[group.name, list(group.branches)] for group in groups(law, cover, options.headline)],
        "not_computable": [["not_asked", name] for name in absent],
    }


def _wage(law: Law, day: date) -> dict[str, Any] | None:
    """What a reader is told of the minimum wage of a law."""
    found = entry_on(law.minimum_wage, day)
    return None if found is None else found.model_dump(mode="json", by_alias=True)


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
