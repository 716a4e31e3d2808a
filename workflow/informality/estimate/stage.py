"""The estimate room's job."""

from __future__ import annotations

import json

import pandas as pd

from informality import frames
from informality.decisions import FOLDER, validated
from informality.estimate.engines import sampling, weights_check
from informality.estimate.joins import Least
from informality.estimate.scenarios.run import estimate_scenarios, joined
from informality.estimate.specifications import load_declared
from informality.estimate.survey import Coverage, Subject, estimate_survey
from informality.job import Job
from informality.sampling import SamplingPlan
from informality.vocabulary import CURRENCY


def estimate_job(job: Job) -> None:
    """Write ``estimates.parquet``, the hub of one survey; and ``checks/weights.csv`` where population totals are declared."""
    declared = load_declared(FOLDER / "estimates.yaml")
    card = json.loads(job.inputs["card.json"].read_text(encoding="utf-8"))
    variants = json.loads(job.inputs["variants.json"].read_text(encoding="utf-8"))
    subject = Subject(
        survey=card["survey"],
        wave=card["wave"],
        pairs=tuple((pair["variant"], pair["concept"]) for pair in variants["pairs"]),
        sensitivity=frozenset(variants["sensitivity_variants"]),
        checks=card["checks"],
        national_base=card["national_base"] is not None,
        currency=card["currency"] or CURRENCY,
        concept=variants["primary"]["concept"],
        least=Least(job.settings["thresholds.confidential_below"], job.settings["thresholds.hide_below"]),
    )
    persons = frames.read(job.inputs["persons.parquet"])
    classified = frames.read(job.inputs["classified.parquet"])
    # The office's own rule was run with the recodes; its unit and job stand beside the others.
    classified = pd.concat([classified, persons.filter(regex=r"^(unit|job)__national$")], axis=1)
    coverage = Coverage(
        frames.read(job.inputs["covered.parquet"]),
        json.loads(job.inputs["coverage.json"].read_text(encoding="utf-8")),
    )
    plan = sampling_plan(job)
    replicates = frames.read(job.inputs["replicates.parquet"]) if plan.columns else None
    lonely = job.settings["lonely"]
    engine = sampling(persons, plan, replicates, lonely)
    hub = estimate_survey(persons, classified, declared, subject, sampling=engine, coverage=coverage)
    extended = estimate_scenarios(
        persons,
        frames.read(job.inputs["scenarios.parquet"]),
        json.loads(job.inputs["scenarios.json"].read_text(encoding="utf-8")),
        {"survey": subject.survey, "wave": subject.wave},
        lonely=lonely,
    )
    frames.write(joined(hub, extended), job.folder / "estimates.parquet")
    weights = weights_check(persons, plan, replicates, lonely)
    if weights is not None:
        frames.write_csv(weights, job.folder / "checks" / "weights.csv")


def sampling_plan(job: Job) -> SamplingPlan:
    """How the survey's description says that variances are had."""
    return validated(SamplingPlan, json.loads(job.inputs["sampling.json"].read_text(encoding="utf-8")), "sampling.json")
