"""The reference period of a wave against the calendar."""

from __future__ import annotations

from datetime import date

from informality.errors import UserError
from informality.survey.description import Survey
from informality.survey.plausibility.limits import LIMITS, Limits

# Years of the Buddhist era are 543 ahead of the common one (Lao PDR, Thailand, Cambodia, Myanmar).
BUDDHIST = 543


def refuse_period(survey: Survey, today: date, limits: Limits = LIMITS) -> None:
    """UserError for a reference period that has not begun, or lies before any labour force survey."""
    first, _ = survey.reference
    if limits.first_year <= first.year and first <= today:
        return
    told = "has not begun yet" if first > today else f"lies before {limits.first_year}"
    common = first.year - BUDDHIST
    era = f"; {first.year} of the Buddhist era is {common}" if limits.first_year <= common <= today.year else ""
    raise UserError(
        f"{survey.id}: the reference period {told}",
        where=f"{survey.file}, waves.{survey.wave}",
        todo=f"write 'from' and 'to' in years of the common era{era}",
    )
