"""The demo's survey file, made by the simulator."""

from informality.job import run
from informality.survey.simulation.stage import simulate_job

run(simulate_job)
