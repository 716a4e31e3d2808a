"""Levels whose share jumps between neighbouring waves of a family."""

from informality.job import run
from informality.survey.stage import compare_job

run(compare_job)
