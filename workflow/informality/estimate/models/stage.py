"""The estimate room's second job: models."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from informality import frames
from informality.decisions import FOLDER
from informality.estimate.applied import FULL, laws
from informality.estimate.design import Design
from informality.estimate.models.declared import load_models
from informality.estimate.models.run import run_models
from informality.estimate.stage import sampling_plan
from informality.estimate.survey import Subject
from informality.job import Job
from informality.settings import NATIONAL

# What the classify stage says where the survey yields no standard.
NONE_COMPUTABLE = "none_computable"


def models_job(job: Job) -> None:
    """Write ``models.parquet``, the results of all declared models, and ``model_cells.parquet``, the counts behind their terms."""
    models = load_models(FOLDER / "models.yaml")
    card = json.loads(job.inputs["card.json"].read_text(encoding="utf-8"))
    variants = json.loads(job.inputs["variants.json"].read_text(encoding="utf-8"))
    # By the variant that is shown first, and on one concept: what another adds to employment (own-use producers) is informal by
    # definition and in no universe of a model.
    first = variants["primary"]
    pairs = ((first["variant"], first["concept"]),)
    reads = {first["variant"]: variants["reads"].get(first["variant"], [])}
    told = json.loads(job.inputs["coverage.json"].read_text(encoding="utf-8"))
    persons = with_law(frames.read(job.inputs["persons.parquet"]), frames.read(job.inputs["covered.parquet"]), told)
    classified = frames.read(job.inputs["classified.parquet"])
    if variants["primary_why"] == NONE_COMPUTABLE:
        # Associations among those who happen to be computable say nothing of workers (decision 31).
        classified = classified.drop(columns=classified.filter(regex=r"^(unit|job)__").columns)
    elif first["variant"] == NATIONAL:
        # The office's own rule was run with the recodes.
        classified = pd.concat([classified, persons.filter(regex=r"^(unit|job)__national$")], axis=1)
    # Models rest on the design and weights of the file: neither replicate nor calibrated weights enter them (the card says so).
    design = Design.from_frame(persons, lonely=job.settings["lonely"])
    if not sampling_plan(job).models_can_be_had:
        print(
            "no models: the file has replicate weights and no sampling units, without which no model has a standard error"
        )
        models = models.model_copy(update={"models": {}})
    results = run_models(persons, classified, models, Subject(card["survey"], card["wave"], pairs), design, reads)
    frames.write(results.models, job.folder / "models.parquet")
    frames.write(results.cells, job.folder / "model_cells.parquet")


def with_law(persons: pd.DataFrame, covered: pd.DataFrame, told: Mapping[str, Any]) -> pd.DataFrame:
    """``persons`` with what the law in force says of them, in its wide reading and for the main branch; as they are without one."""
    shown = next((one for one in laws(told) if one.extent == FULL), None)
    return persons if shown is None else shown.frame(persons, covered)
