"""One file of `workflow/administration/`: dated counts of members that an administration publishes, for reconciliation with a survey.

A count is shown beside estimates as one national line and is never distributed over cells (decision 14); what makes it differ from a
survey's is named by component (decision 23).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from informality.coverage.countries import OfCountry, by_country
from informality.decisions import Decision
from informality.errors import UserError, nearest

What = Literal["insured", "voluntary_members", "dependants", "insured_and_dependants"]
# A part of the count of another kind, which it cannot exceed on the same day.
PARTS: dict[str, str] = {
    "voluntary_members": "insured",
    "dependants": "insured_and_dependants",
    "insured": "insured_and_dependants",
}


class Components(Decision):
    """What makes an administrative count differ from a survey's: each in words, or "not known"."""

    # Barracks, institutions, foreigners: whom the administration counts and a household survey does not reach.
    population: str = Field(min_length=1)
    # Active contributors, everybody ever registered, or dependants too.
    membership: Literal["active_contributors", "registered", "not_known"]
    reference_date: str = Field(min_length=1)
    multiple_jobs: str = Field(min_length=1)


class Count(Decision):
    """One published count. ``date``: the day it refers to, null where the source names none."""

    id: str = Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")
    what: What
    day: date | None = Field(alias="date")
    value: int = Field(ge=0)
    source: str = Field(min_length=1)
    verified: bool
    checked_by: str | None = None
    components: Components
    note: str = ""

    @model_validator(mode="after")
    def _by_whom(self) -> Count:
        if self.verified and not self.checked_by:
            raise ValueError("verified: a count is verified by a named person: write who under 'checked_by'")
        return self


class Administration(OfCountry):
    """The counts of one country."""

    organisation: str
    notes: list[str] = Field(default_factory=list)
    counts: list[Count] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Administration:
        ids = [count.id for count in self.counts]
        for name in ids:
            if ids.count(name) > 1:
                raise ValueError(f"counts: the id '{name}' stands twice")
        for part in self.counts:
            for whole in self.counts:
                # Without a day two counts may be of different years.
                if (
                    PARTS.get(part.what) == whole.what
                    and part.day == whole.day is not None
                    and part.value > whole.value
                ):
                    raise ValueError(
                        f"counts: on {part.day} '{part.id}' ({part.what}) is more than '{whole.id}' ({whole.what})"
                    )
        return self

    def of(self, what: What) -> list[Count]:
        """The counts of one kind, the latest first, those without a day last."""
        found = [count for count in self.counts if count.what == what]
        return sorted(found, key=lambda count: (count.day is None, -(count.day or date.min).toordinal(), count.id))

    def nearest_to(self, what: What, day: date) -> Count | None:
        """The count of one kind whose day is nearest to a survey's; without any day the first without one. None where there is none."""
        found = self.of(what)
        dated = [count for count in found if count.day is not None]
        if not dated:
            return found[0] if found else None
        return min(dated, key=lambda count: abs(((count.day or day) - day).days))


def load_administration(folder: Path) -> dict[str, Administration]:
    """The counts of every country of a folder, by its three letters; UserError for a file that is not called after its country."""
    return by_country(Administration, folder)


def counts_of(found: Mapping[str, Administration], iso3: str) -> Administration:
    """The counts of one country; UserError where there are none, with the countries that have some."""
    if iso3 not in found:
        raise UserError(
            f"there are no administrative counts of {iso3}",
            where="workflow/administration",
            todo=nearest(iso3, found) if found else f"write workflow/administration/{iso3.lower()}.yaml",
        )
    return found[iso3]
