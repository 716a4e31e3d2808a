"""What may be published, with flags, and the checks as tables; reads statistics only."""

from informality.govern.stage import govern_job
from informality.job import run

run(govern_job)
