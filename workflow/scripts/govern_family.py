"""What may be published of a family: each wave's own estimates with its flags, and the differences whose sides are shown."""

from informality.govern.family import govern_family_job
from informality.job import run

run(govern_family_job)
