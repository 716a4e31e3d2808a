"""Figures, tables and pages in one language, from what govern wrote and nothing else."""

from informality.job import run
from informality.publish.stage import publish_job

run(publish_job)
