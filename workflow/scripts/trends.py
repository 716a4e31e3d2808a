"""Differences between the waves of a family, with the covariance of sampling units that waves share."""

from informality.estimate.trends.stage import trends_job
from informality.job import run

run(trends_job)
