"""Factors associated with informality, and decompositions: what workflow/models.yaml declares."""

from informality.estimate.model_stage import models_job
from informality.job import run

run(models_job)
