"""The survey room's jobs: ingest, harmonise, and compare for the waves of a family."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pandas as pd

from informality import frames
from informality.decisions import FOLDER
from informality.job import Job
from informality.survey.border import check_persons
from informality.survey.card import card
from informality.survey.description import Survey, load_families, surveys
from informality.survey.harmonise import harmonise
from informality.survey.ingest import Facts, ingest
from informality.survey.plausibility.checks import examine
from informality.survey.plausibility.finding import Subject, refuse, table
from informality.survey.plausibility.period import refuse_period
from informality.survey.plausibility.waves import jumps, shares
from informality.survey.quality import official_flags, quality
from informality.survey.recode import without_declared
from informality.survey.replicates import replicate_weights
from informality.survey.simulation import SOURCE_FILE
from informality.survey.units import sampling_units


def described(survey: str) -> Survey:
    """The description of one survey."""
    return surveys(load_families(FOLDER / "surveys"))[survey]


def ingest_job(job: Job) -> None:
    """Write ``source.parquet`` (the file's columns that the description names) and ``source.json`` (facts of the file)."""
    layout = job.inputs.get("layout")
    file: Path = job.inputs["raw"] if "raw" in job.inputs else job.inputs[SOURCE_FILE]
    survey = described(job.survey)
    refuse_period(survey, date.today())
    frame, facts = ingest(survey, file, layout)
    frames.write(frame, job.folder / "source.parquet")
    frames.write_json(asdict(facts), job.folder / "source.json")


def harmonise_job(job: Job) -> None:
    """Write ``persons.parquet``, the survey card, the checks of flags and quality, and what is not plausible.

    And ``sampling.json``, how variances are had, with ``replicates.parquet`` where the file brings replicate weights, and
    ``units.parquet``, what the file calls strata and sampling units.
    """
    survey = described(job.survey)
    source = frames.read(job.inputs["source.parquet"])
    facts = Facts(**json.loads(job.inputs["source.json"].read_text(encoding="utf-8")))
    replicates = replicate_weights(without_declared(source, facts.user_missing), survey)
    plan = survey.plan(list(replicates.columns))
    persons = harmonise(source, survey, facts.user_missing)
    declared = (facts.user_missing, facts.value_labels)
    subject = Subject(persons, source, survey, facts.rows, *declared, replicates, facts.notes, facts.single)
    found = examine(subject)
    refuse(found, survey)
    check_persons(persons, survey.id)
    frames.write(persons, job.folder / "persons.parquet")
    frames.write(sampling_units(source, survey, persons), job.folder / "units.parquet")
    if plan.columns:
        frames.write(replicates, job.folder / "replicates.parquet")
    frames.write_json(plan.model_dump(mode="json", by_alias=True, exclude_unset=True), job.folder / "sampling.json")
    frames.write_json(card(survey, persons, facts, plan.notes()), job.folder / "card.json")
    frames.write_csv(official_flags(persons, survey), job.folder / "checks" / "official_flags.csv")
    frames.write_csv(quality(persons, survey, facts.rows), job.folder / "checks" / "quality.csv")
    frames.write_csv(table(found), job.folder / "checks" / "warnings.csv")
    frames.write_csv(shares(subject), job.folder / "checks" / "shares.csv")


def compare_job(job: Job) -> None:
    """Write ``checks/warnings.csv`` of a family: levels whose share jumps between its waves; and ``checks/summary.json``, their sentences."""
    cards = [
        json.loads(path.read_text(encoding="utf-8")) for name, path in job.inputs.items() if name.endswith("/card.json")
    ]
    cards.sort(key=lambda card: (card["reference_from"], card["survey"]))
    levels = {card["wave"]: pd.read_csv(job.inputs[f"{card['survey']}/checks/shares.csv"]) for card in cards}
    found = table(jumps(levels, {card["wave"]: card["break_points"] for card in cards}))
    frames.write_csv(found, job.folder / "checks" / "warnings.csv")
    frames.write_json({"failed": [], "warnings": found["text"].tolist()}, job.folder / "checks" / "summary.json")
