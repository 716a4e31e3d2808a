"""`workflow/coverage.yaml`: how gaps are split further, and the lines that are drawn."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, model_validator

from informality import vocabulary as v
from informality.coverage.laws import known_columns, load_laws
from informality.decisions import Decision, load
from informality.errors import nearest
from informality.expressions import Rule, parse

WHERE = "workflow/coverage.yaml"
# A column that the cover stage makes, and that the hierarchy may ask.
UNIT_REGISTERED = "unit_registered"


class Step(Decision):
    """One row of the hierarchy of the compliance gap."""

    id: str
    condition: str = Field(alias="if")
    source: str


class Line(Decision):
    """The earnings line: a share of the minimum wage of the law."""

    share_of_minimum_wage: float = Field(gt=0)


class TakeUp(Decision):
    """``affordable``: the share of earnings that a contribution may take of those who can pay."""

    line: Line
    affordable: float = Field(gt=0, lt=1)


class C102(Decision):
    """Shares of Convention No. 102 (Articles 9, 15, 21, 27, 33, 41, 48, 55, 61)."""

    employees: float = Field(gt=0, le=1)
    residents: float = Field(gt=0, le=1)


class Registered(Decision):
    """Who works in a registered unit, and who in one that is not; for all others it is not known."""

    yes: str
    no: str


class Options(Decision):
    """All of `coverage.yaml`."""

    headline: str
    unit_registered: Registered
    compliance: list[Step] = Field(min_length=1)
    take_up: TakeUp
    c102: C102

    @model_validator(mode="after")
    def _words_are_known(self) -> Options:
        if self.headline not in v.BRANCHES:
            raise ValueError(f"headline: '{self.headline}'; {nearest(self.headline, v.BRANCHES)}")
        ids = [step.id for step in self.compliance]
        for step in self.compliance:
            if step.id not in v.COMPLIANCE_STEPS:
                raise ValueError(f"compliance: '{step.id}'; {nearest(step.id, v.COMPLIANCE_STEPS)}")
            if ids.count(step.id) > 1:
                raise ValueError(f"compliance: the id '{step.id}' stands twice")
        if self.compliance[-1].condition.strip().upper() != "TRUE":
            raise ValueError("compliance: the last step takes everybody who is left: 'if: \"TRUE\"'")
        return self

    def registered(self) -> list[Rule]:
        """Whether the unit is registered, as a first-match table with the outcomes `yes` and `no`."""
        return [
            Rule(level, parse(text, f"{WHERE}, unit_registered.{level}"), level)
            for level, text in (("yes", self.unit_registered.yes), ("no", self.unit_registered.no))
        ]

    def steps(self) -> list[Rule]:
        """The hierarchy as a first-match table."""
        return [
            Rule(step.id, parse(step.condition, f"{WHERE}, compliance.{step.id}.if"), step.id)
            for step in self.compliance
        ]


def load_options(path: Path) -> Options:
    """Read `coverage.yaml`; its conditions are parsed and checked against the vocabulary."""
    options = load(Options, path)
    for rule in options.registered():
        rule.condition.check(known_columns())
    for rule in options.steps():
        rule.condition.check(known_columns() | {UNIT_REGISTERED: v.YES_NO})
    return options


def check(folder: Path) -> None:
    """Read `coverage.yaml` and every law below `workflow/`; UserError names the first thing that is wrong."""
    load_options(folder / "coverage.yaml")
    load_laws(folder / "laws")
