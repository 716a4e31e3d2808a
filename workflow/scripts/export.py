"""Classified persons as SPSS and Stata files, for work outside the pipeline; they stay in processed/."""

from informality.job import run
from informality.survey.export import export_job

run(export_job)
