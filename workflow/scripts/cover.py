"""The laws of the survey's country applied to its persons: legal status, cover, gaps, contributions."""

from informality.coverage.stage import cover_job
from informality.job import run

run(cover_job)
