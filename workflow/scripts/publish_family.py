"""Figures, tables and page of a family in one language, from what govern wrote and nothing else."""

from informality.job import run
from informality.publish.family import publish_family_job

run(publish_family_job)
