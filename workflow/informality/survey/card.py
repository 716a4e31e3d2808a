"""The survey card: text, dates, counts and marks of one survey. It crosses the wall, so it holds no value of a person."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from informality import vocabulary as v
from informality.survey.derive import CLASSES
from informality.survey.description import Survey
from informality.survey.ingest import Facts


def card(survey: Survey, persons: pd.DataFrame, facts: Facts, sampling: Sequence[str] = ()) -> dict[str, Any]:
    """The card as a mapping that JSON can hold; ``persons`` is the harmonised frame, ``sampling`` notes on its variances."""
    family = survey.family
    first, last = survey.reference
    employed = persons[f"employed__{family.primary_concept}"]
    weights = persons.loc[persons["weight"] > 0, "weight"]
    notes = [*survey.notes, *survey.breaks, *sampling]
    if facts.as_described is False:
        notes.append("The file is not byte for byte the one that the description was written for.")
    # Classes of earnings that were asked and are not made (`derive`).
    earning = persons["earnings_month"].notna()
    heaped = [name for name in CLASSES if (earning & (persons[v.why(name)] == "not_asked")).any()]
    own = [name for name, variable in v.VARIABLES.items() if variable.has_own_levels and name in survey.variables]
    return {
        "survey": survey.id,
        "family": family.family,
        "wave": survey.wave,
        "title": survey.title,
        "country": family.country,
        "iso3": family.iso3,
        "reference": reference(first, last),
        "reference_from": first.isoformat(),
        "reference_to": last.isoformat(),
        "producer": survey.producer,
        "citation": survey.citation,
        "terms": survey.terms,
        "population": family.population,
        "age_base": family.age_base,
        "national_base": family.national_base.label if family.national_base else None,
        "currency": family.currency,
        "marks": ["simulated"] if facts.simulated else [],
        "notes": notes,
        "breaks": list(survey.breaks),
        "break_points": [point.model_dump(mode="json") for point in survey.break_points],
        "sample": survey.sample,
        "concepts": {name: concept.note for name, concept in survey.concepts.items()},
        "primary_concept": family.primary_concept,
        "industry": family.industry,
        "revisions": revisions(persons),
        # Pairs, not mappings: their order is that of the description, and JSON is written with sorted keys.
        "levels": {name: [list(pair) for pair in survey.variables[name].labels.items()] for name in own},
        "questions": [
            [
                name,
                {
                    "label": q.label,
                    "asked_of": list(q.asked_of),
                    "kind": q.kind,
                    "branches": list(q.branches),
                    "others": [entry.model_dump() for entry in q.others],
                },
            ]
            for name, q in survey.social_security.items()
        ],
        "checks": {name: [list(by) for by in check.by] for name, check in family.checks.items()},
        "national": {
            "source": family.national.source if family.national else None,
            "note": family.national.note if family.national else None,
            "parts": [p for p in ("unit", "job") if family.national and getattr(family.national, p)],
        },
        "n_persons": len(persons),
        "n_employed": int(employed.sum()),
        "n_strata": int(persons["stratum"].nunique()),
        "n_psu": int(persons["psu"].nunique()),
        "weights_sum": float(persons["weight"].sum()),
        # Never published: how persons are rounded follows from the mean, what a reader could work out from the others.
        "weights": {"mean": float(weights.mean()), "least": float(weights.min()), "most": float(weights.max())},
        "publication": family.publication.model_dump(mode="json")
        if family.publication
        else {"step": None, "primary": None},
        "not_available": [
            *(
                {"variable": name, "reason": "earnings_heap" if name in heaped else "not_asked"}
                for name in v.DIMENSIONS
                if not persons[name].notna().any()
            ),
            *([] if v.HOUSEHOLD in persons else [{"variable": v.HOUSEHOLD, "reason": "no_household_key"}]),
        ],
    }


def revisions(persons: pd.DataFrame) -> dict[str, str]:
    """The revision of each classification (`isic_revision`, `isco_revision`), where all codes of the file are of one."""
    found = {name: persons[name].dropna().unique() for name in v.VARIABLES if name.endswith("_revision")}
    return {name: str(levels[0]) for name, levels in found.items() if len(levels) == 1}


def reference(first: date, last: date) -> str:
    """``2017``, ``Q3 2017``, or the two days, for the reference period."""
    whole_months = first.day == 1 and last.day == monthrange(last.year, last.month)[1] and first.year == last.year
    if whole_months and (first.month, last.month) == (1, 12):
        return str(first.year)
    if whole_months and first.month % 3 == 1 and last.month == first.month + 2:
        return f"Q{last.month // 3} {first.year}"
    return f"{first.isoformat()} to {last.isoformat()}"
