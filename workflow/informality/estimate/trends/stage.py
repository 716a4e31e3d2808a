"""The estimate room's third job: differences between the waves of a family."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd
import pyarrow.parquet as pq

from informality import frames
from informality.decisions import FOLDER
from informality.estimate.specifications import load_declared
from informality.estimate.trends.declared import load_trends
from informality.estimate.trends.run import Source, estimate_trends
from informality.estimate.trends.wave import read_wave
from informality.job import Job

# What holds the persons of a wave, in the same order of rows.
PERSONS = ("persons.parquet", "classified.parquet")


def trends_job(job: Job) -> None:
    """Write ``trends.parquet``: the declared differences between the waves whose files are among the inputs."""
    trends, declared = load_trends(FOLDER / "trends.yaml", load_declared(FOLDER / "estimates.yaml"))
    waves = sorted({name.partition("/")[0] for name in job.inputs if name.endswith("/card.json")})
    sources = sorted((_source(job, wave) for wave in waves), key=lambda s: (s.wave.first_day, s.wave.survey))
    family = job.survey.rpartition("/")[2]
    table = estimate_trends(family, sources, trends, declared, job.settings["lonely"])
    frames.write(table, job.folder / "trends.parquet")


def _source(job: Job, survey: str) -> Source:
    files = [job.inputs[f"{survey}/{name}"] for name in PERSONS]
    held = [frozenset(pq.read_schema(file).names) for file in files]

    def persons(columns: Sequence[str]) -> pd.DataFrame:
        parts = [frames.read(file, [c for c in columns if c in there]) for file, there in zip(files, held, strict=True)]
        return pd.concat(parts, axis=1)

    units = partial(frames.read, job.inputs[f"{survey}/units.parquet"])
    return Source(read_wave(job.inputs, survey), frozenset().union(*held), persons, units)
