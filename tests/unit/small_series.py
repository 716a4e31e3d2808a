"""A family of made-up waves as its stages leave them: persons, cards, published estimates."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from support import WORKFLOW, random_persons, standards

from informality import frames
from informality.classify.rules import classify
from informality.classify.standards import pairs
from informality.estimate.declared import Declared
from informality.estimate.specifications import load_declared
from informality.estimate.survey import Subject, estimate_survey
from informality.estimate.trends.declared import Trends, load_trends
from informality.govern.release import Publication, release
from informality.sampling import SamplingPlan
from informality.settings import Thresholds, Variant

WAVES = ("2010", "2012", "2015")
VARIANTS = {"icls17": Variant(standard="icls17")}
SICK_LEAVE = {"name": "old.0", "text": "Paid sick leave was not asked.", "label": "sick leave", "of": ["sick_leave"]}


@cache
def declared() -> tuple[Trends, Declared]:
    """What the repository follows."""
    return load_trends(WORKFLOW / "trends.yaml", load_declared(WORKFLOW / "estimates.yaml"))


@cache
def persons(wave: str) -> pd.DataFrame:
    """Persons of a wave; all waves have the strata and sampling units of one sample."""
    return random_persons(1500, int(wave))


@cache
def classified(wave: str) -> pd.DataFrame:
    return classify(persons(wave), VARIANTS, standards())


@cache
def hub(wave: str) -> pd.DataFrame:
    possible = tuple(pairs(VARIANTS, standards(), ("icls13", "icls19")))
    return estimate_survey(persons(wave), classified(wave), declared()[1], Subject(f"toy_{wave}", wave, possible))


@cache
def released(wave: str) -> pd.DataFrame:
    weight = persons(wave)["weight"]
    return release(
        hub(wave), Thresholds.model_validate({}), Publication(2000.0, float(weight.min()), float(weight.max()))
    )


def card(wave: str, **changes: Any) -> dict[str, Any]:
    """What crosses the wall of one wave."""
    return {
        "survey": f"toy_{wave}",
        "family": "toy",
        "wave": wave,
        "title": "Toy survey",
        "country": "Toyland",
        "iso3": "TOY",
        "reference": f"Q3 {wave}",
        "reference_from": f"{wave}-07-01",
        "producer": "Toy office",
        "citation": "Toy office, Toy survey",
        "terms": "free",
        "population": "persons",
        "industry": "industry",
        "primary_concept": "icls19",
        "sample": "Sample of 2009",
        "break_points": [],
        "n_persons": 1500,
        "marks": [],
        "notes": ["Of all waves."],
        "provisional_variants": [],
        "levels": {},
        "questions": [["pension", {"label": "Pays for a pension", "asked_of": ["employee"], "kind": "statutory"}]],
        **changes,
    }


def laid_out(folder: Path, changes: Mapping[str, Mapping[str, Any]] | None = None) -> dict[str, Path]:
    """The files of all waves below ``folder``, by the names under which the stages of a family get them."""
    possible = pairs(VARIANTS, standards(), ("icls13", "icls19"))
    reads = ["annual_leave", "sick_leave", "soc_sec", "status", "unit"]
    variants = {
        "pairs": [{"variant": variant, "concept": concept} for variant, concept in possible],
        "primary": {"variant": "icls17", "concept": "icls19"},
        "reads": {"icls17": reads},
        "unit_reads": {"icls17": ["status"]},
    }
    inputs: dict[str, Path] = {}
    for wave in WAVES:
        home = folder / f"toy_{wave}"
        home.mkdir(parents=True)
        units = persons(wave)[["psu", "stratum"]].drop_duplicates("psu").sort_values("psu", ignore_index=True)
        names = {"stratum_name": units["stratum"].astype(str), "psu_name": units["psu"].astype(str)}
        tables = {
            "persons.parquet": persons(wave),
            "classified.parquet": classified(wave),
            "units.parquet": pd.DataFrame({"psu": units["psu"], **names}),
            "published.parquet": released(wave),
        }
        one = card(wave, **(changes or {}).get(wave, {}))
        texts = {
            "card.json": one,
            "published_card.json": one,
            "variants.json": variants,
            "sampling.json": SamplingPlan(**one.pop("sampling", {})).model_dump(
                mode="json", by_alias=True, exclude_unset=True
            ),
        }
        for name, table in tables.items():
            frames.write(table, home / name)
        for name, content in texts.items():
            (home / name).write_text(json.dumps(content), encoding="utf-8")
        inputs |= {f"toy_{wave}/{name}": home / name for name in (*tables, *texts)}
    return inputs
