"""Factors associated with informality, and decompositions: what workflow/models.yaml declares."""

from informality.estimate.models.stage import models_job
from informality.job import run

run(models_job)
