"""The columns that the description names, read from the survey's file, and what the file says of itself."""

from informality.job import run
from informality.survey.apart import ingest_apart

run(ingest_apart)
