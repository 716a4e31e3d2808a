"""The estimates hub: what workflow/estimates.yaml declares, with sampling errors."""

from informality.estimate.stage import estimate_job
from informality.job import run

run(estimate_job)
