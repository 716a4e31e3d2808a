"""What the survey card says of coverage: laws, branches and evidence, administrative counts, scenarios."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ConfigDict, Field

from informality.decisions import Decision
from informality.vocabulary import ANY_CASH


class _Part(Decision):
    # Written by the pipeline as JSON (no tuples), and may grow; what publishing does not know it leaves alone.
    model_config = ConfigDict(extra="ignore", strict=False, frozen=True)


class Group(_Part):
    """Branches that share evidence and rules; ``name``: the branch that stands for them in the estimates."""

    name: str
    branches: tuple[str, ...]
    questions: tuple[str, ...] = ()


class Scheme(_Part):
    """One scheme of a law with the shares of insurable earnings that each side pays."""

    title: str
    rates: dict[str, float | None] = Field(default_factory=dict)
    source: str = ""
    verified: bool = False


class Wage(_Part):
    """A minimum wage of a month, since when, and by which source."""

    amount: float
    first_day: str = Field("", alias="from")
    source: str = ""
    verified: bool = False


class Law(_Part):
    """One law of the survey's country, and what of it nobody has confirmed."""

    law: str
    title: str
    source: str = ""
    first_day: str = Field("", alias="from")
    last_day: str | None = Field(None, alias="to")
    in_force: bool = False
    verified: bool = False
    unverified: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    any_cash: str | None = None
    earnings_line: float | None = None
    minimum_wage: Wage | None = None
    pensionable_age: dict[str, int] = Field(default_factory=dict)
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    schemes: tuple[Scheme, ...] = ()
    not_computable: tuple[tuple[str, str], ...] = ()


class Lines(_Part):
    """Shares that Convention No. 102 asks to be protected, by what they are a share of (decision 17)."""

    employees: float
    residents: float


class Count(_Part):
    """A count of members that an administration publishes; ``day`` empty where its source names none."""

    id: str
    what: str
    value: float
    day: str | None = None
    source: str
    verified: bool = False
    organisation: str = ""
    components: dict[str, str] = Field(default_factory=dict)
    note: str = ""


class Reconciled(_Part):
    """A count beside the survey's estimate of the same, where it has one: their difference in persons and in standard errors."""

    id: str
    indicator: str = ""
    estimate: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    n: float | None = None
    flag: str = ""
    difference: float | None = None
    in_standard_errors: float | None = None
    ratio: float | None = None


class Scenario(_Part):
    """What a reader is told of one extension scenario."""

    scenario: str
    title: str
    order: int | None = None
    kind: str = ""
    effort: dict[str, float] = Field(default_factory=dict)
    law: str = ""
    counterfactual: bool = False
    verified: bool = False
    source: str = ""
    upper_bound: str | None = None
    notes: tuple[str, ...] = ()
    not_computable: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()


class Coverage(_Part):
    """The survey's laws, its evidence of cover, and what stands beside the estimates."""

    headline: str = ""
    main: str | None = None
    law: str | None = None
    laws: tuple[Law, ...] = ()
    cover: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = ()
    c102: Lines | None = None
    affordable: float | None = None
    share_of_minimum_wage: float | None = None
    administration: tuple[Count, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    reconciliation: tuple[Reconciled, ...] = ()

    def law_of(self, name: str | None) -> Law | None:
        """A law by name; None where the survey has none of it."""
        return next((law for law in self.laws if law.law == name), None)

    @property
    def others(self) -> tuple[str, ...]:
        """Laws that could be applied and are not the one in force."""
        return tuple(law.law for law in self.laws if law.law != self.law and not law.not_computable)

    def evidence(self) -> Iterator[Group]:
        """Groups of branches with evidence of cover."""
        for name, branches, questions in self.cover:
            yield Group(name=name, branches=branches, questions=questions)

    def evidence_of(self, branch: str | None) -> Group | None:
        """The group of evidence to which a branch belongs; None for a branch without evidence."""
        return next((g for g in self.evidence() if branch == g.name or branch in g.branches), None)

    def main_of(self, law: Law | None) -> str | None:
        """Under which branch everything is shown: of a law, or (None) of the evidence alone."""
        if law is None:
            group = self.evidence_of(self.main)
            return group.name if group else None
        return law.any_cash if self.main == ANY_CASH else self.main

    def groups_of(self, law: Law | None) -> tuple[Group, ...]:
        """Groups of branches of a law, or (None) of the evidence, "any cash" last where it stands for itself."""
        if law is None:
            return tuple(self.evidence())
        found = [Group(name=name, branches=branches) for name, branches in law.groups]
        if law.any_cash == ANY_CASH:
            found.append(Group(name=ANY_CASH, branches=(ANY_CASH,)))
        return tuple(found)

    def branches_of(self, branch: str, law: Law | None) -> tuple[str, ...]:
        """The branches for which a name in the estimates stands."""
        group = next((g for g in self.groups_of(law) if g.name == branch), None)
        some = tuple(name for name in group.branches if name != ANY_CASH) if group else ()
        return some or (branch,)
