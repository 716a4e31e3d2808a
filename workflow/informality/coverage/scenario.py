"""One file of `workflow/scenarios/`: who would be covered in addition, by which instrument, and how strongly it is assumed to work.

Scenarios are static: jobs, registration and earnings stay as the survey found them (decision 22). What is assumed is declared as a
range, and no figure is shown without it.
"""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, model_validator

from informality import vocabulary as v
from informality.decisions import Decision
from informality.errors import nearest

NAME = re.compile(r"[a-z]{3}_[a-z0-9]+(_[a-z0-9]+)*")
# How the effect follows from the assumption: a compliance that is reached, or the part of those not covered who join.
COMPLIANCE, JOINING = "compliance", "joining"


class Effort(Decision):
    """What is assumed, from the least to the most; shares."""

    low: float = Field(ge=0, le=1)
    central: float = Field(ge=0, le=1)
    high: float = Field(ge=0, le=1)

    @model_validator(mode="after")
    def _in_order(self) -> Effort:
        if not self.low <= self.central <= self.high:
            raise ValueError("low, central and high must not decrease")
        return self


class ScopeRates(Decision):
    """Shares of insurable earnings that each side would pay."""

    employer: float = Field(0.0, ge=0, le=1)
    employee: float = Field(0.0, ge=0, le=1)
    state: float = Field(0.0, ge=0, le=1)
    voluntary: float = Field(0.0, ge=0, le=1)
    source: str

    @model_validator(mode="after")
    def _not_more_than_all(self) -> ScopeRates:
        if self.employer + self.employee + self.state + self.voluntary > 1:
            raise ValueError("all payers together pay more than all of the earnings")
        return self


class Enforcement(Decision):
    """The law is enforced among those whom it obliges, up to a compliance."""

    kind: Literal["enforcement"]
    compliance: Effort


class MandatoryScope(Decision):
    """The law obliges persons whom it does not oblige today, and reaches a compliance; without ``rates`` they pay the voluntary rate."""

    kind: Literal["mandatory_scope"]
    compliance: Effort
    rates: ScopeRates | None = None


class TakeUp(Decision):
    """A part of those who may join, and have not, join."""

    kind: Literal["take_up"]
    share: Effort


class Subsidy(Decision):
    """The same, where the state pays a part of the voluntary contribution."""

    kind: Literal["subsidy"]
    paid_by_state: float = Field(gt=0, le=1)
    share: Effort


Instrument = Enforcement | MandatoryScope | TakeUp | Subsidy


class Months(Decision):
    """Months of a year for which contributions are paid (decision 21)."""

    contributed: float = Field(gt=0, le=12)
    reason: str


class Span(Decision):
    """Years since the beginning in which a part of the effect is reached."""

    first: int = Field(alias="from", ge=1)
    last: int = Field(alias="to", ge=1, le=50)
    share: float = Field(ge=0, le=1)


class Proxy(Decision):
    """The condition takes in more persons than are meant, so that the result is an upper bound.

    ``who``: used instead of the scenario's own where a variable of that was not asked; without it, that is the proxy itself.
    """

    reason: str
    who: str | None = None


class Scenario(Decision):
    """One file of `workflow/scenarios/`, named after the country and the scenario: `lao_enforcement.yaml`.

    ``order``: its place where scenarios are stacked; without one it stands alone. ``branches``: default that of the headline.
    ``law``: default the one in force. ``older_workers``: also those of pensionable age and above.
    """

    scenario: str
    title: str
    country: str = Field(pattern=r"^[A-Z]{3}$")
    order: int | None = Field(None, ge=1)
    who: str
    instrument: Instrument = Field(discriminator="kind")
    branches: list[str] = Field(default_factory=list)
    law: str | None = None
    older_workers: bool = False
    months: Months
    phase_in: list[Span] = Field(default_factory=list)
    proxy: Proxy | None = None
    source: str
    verified: bool
    checked_by: str | None = None
    notes: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _consistent(self) -> Scenario:
        if not NAME.fullmatch(self.scenario) or self.scenario[:3] != self.country.lower():
            raise ValueError(f"scenario: a name is '{self.country.lower()}_' and lower-case words with _ between")
        if self.verified and not self.checked_by:
            raise ValueError("checked_by: who has confirmed the assumptions? Without a name write 'verified: no'")
        for branch in self.branches:
            if branch not in v.BRANCHES:
                raise ValueError(f"branches: '{branch}'; {nearest(branch, v.BRANCHES)}")
            if self.branches.count(branch) > 1:
                raise ValueError(f"branches: '{branch}' stands twice")
        _years_in_order(self.phase_in)
        return self

    @property
    def rule(self) -> str:
        """How the effect follows from the assumption."""
        return COMPLIANCE if isinstance(self.instrument, Enforcement | MandatoryScope) else JOINING

    @property
    def effort(self) -> Effort:
        """What is assumed."""
        instrument = self.instrument
        return instrument.compliance if isinstance(instrument, Enforcement | MandatoryScope) else instrument.share

    @property
    def years(self) -> list[float]:
        """The part of the effect that is reached in the first, second … year."""
        return [span.share for span in self.phase_in for _ in range(span.first, span.last + 1)]


def _years_in_order(spans: list[Span]) -> None:
    reached, before = 0, 0.0
    for span in spans:
        if span.last < span.first:
            raise ValueError(f"phase_in: 'to: {span.last}' lies before 'from: {span.first}'")
        if span.first <= reached:
            raise ValueError(f"phase_in: year {span.first} stands in two spans")
        if span.first > reached + 1:
            raise ValueError(f"phase_in: year {reached + 1} stands in no span")
        if span.share < before:
            raise ValueError(f"phase_in: the share falls in year {span.first}; the effect of a year is not lost later")
        reached, before = span.last, span.share
