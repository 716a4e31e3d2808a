"""The file's columns recoded to the vocabulary, one row per person; the survey card; checks of flags and quality."""

from informality.job import run
from informality.survey.stage import harmonise_job

run(harmonise_job)
