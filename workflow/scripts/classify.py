"""Unit and job of every person under each variant, with the rule that decided; tables of rules and options."""

from informality.classify.stage import classify_job
from informality.job import run

run(classify_job)
