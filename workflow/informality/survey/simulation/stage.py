"""The job that makes the demo's file: apart from the survey room's other jobs, of whose libraries it needs few."""

from __future__ import annotations

from informality.job import Job
from informality.survey.simulation import SOURCE_FILE
from informality.survey.simulation.write import write_demo


def simulate_job(job: Job) -> None:
    """Write the demo survey's file."""
    write_demo(job.folder / SOURCE_FILE)
