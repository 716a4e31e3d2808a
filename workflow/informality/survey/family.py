"""One file of `workflow/surveys/` as typed models: what a family of waves declares, and what words it may use."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Literal

from pydantic import Field, field_validator, model_validator

from informality import vocabulary as v
from informality.decisions import Decision
from informality.errors import nearest
from informality.population import PopulationTotals
from informality.sampling import Calibration, Replicates
from informality.survey.question import Question, Recode, Status

# Names that become parts of column names: a wave, a question, a national table, a check.
WAVE = r"[a-z0-9]+"
NAME = r"[a-z][a-z0-9]*(_[a-z0-9]+)*"


class Design(Decision):
    """SQL expressions for the design columns; ``stratum`` or ``psu`` may be ``none``: one stratum, every person a PSU.

    ``replicates``: replicate weights of the file, which mostly come without strata and PSUs, or replicates to be made.
    """

    weight: str
    stratum: str
    psu: str
    replicates: Replicates | None = None

    def expressions(self) -> dict[str, str]:
        """The expressions by name, as written."""
        return {"weight": self.weight, "stratum": self.stratum, "psu": self.psu}

    @field_validator("weight")
    @classmethod
    def _every_survey_has_one(cls, weight: str) -> str:
        if weight == "none":
            raise ValueError("write 1 where every person counts the same")
        return weight

    @model_validator(mode="after")
    def _replicates_are_made_of_something(self) -> Design:
        if self.replicates is not None and self.replicates.make is not None and self.psu == "none":
            raise ValueError("replicates are made from sampling units, and 'psu' is none")
        return self


class Source(Decision):
    """How the file is to be read; the format is found by content unless it is named."""

    format: Literal["sav", "dta", "csv", "parquet", "fwf"] | None = None
    member: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    decimal: str = "."
    thousands: str | None = None
    layout: str | None = None
    column_case: Literal["exact", "ignore"] = "exact"
    missing: list[str] = Field(default_factory=list)
    # What conditions see of a code that a .sav file declares as missing: nothing, or (levels, not numbers) the code.
    declared_missing: Literal["empty", "codes"] = "empty"


class Concept(Decision):
    """Who is employed under one employment concept (at or above the age base, which is added by the pipeline)."""

    employed: str
    note: str = ""


class NationalBase(Decision):
    """The population for which the office publishes, where it is not everybody at or above the age base."""

    condition: str
    label: str


class NationalRule(Decision):
    """One row of the office's own rule."""

    id: str
    condition: str = Field(alias="if")
    outcome: str = Field(alias="then")


class NationalTable(Decision):
    """An ordered rule of the office, and the column of the file that holds the office's own result."""

    rules: list[NationalRule] = Field(min_length=1)
    flag: str | None = None
    label: str = ""

    @field_validator("rules")
    @classmethod
    def _one_id_a_rule(cls, rules: list[NationalRule]) -> list[NationalRule]:
        ids = [rule.id for rule in rules]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValueError(f"the id '{twice[0]}' stands twice")
        return rules


class Outcome(Decision):
    """Which national table gives the unit (or job), and what its outcomes mean in the vocabulary."""

    table: str
    outcomes: dict[str, str]


class National(Decision):
    """The office's own rule for informality (decision 2); tables are evaluated in order over the file's columns.

    The outcome of an earlier table is the column ``<table>_rule`` of later ones. Where no rule is known there are no tables, and the
    note says so.
    """

    source: str
    universe: str | None = None
    tables: dict[str, NationalTable] = Field(default_factory=dict)
    unit: Outcome | None = None
    job: Outcome | None = None
    note: str = ""


class Check(Decision):
    """A figure that the office or a reference publishes on its own definition; it defines nothing that we publish."""

    condition: str = Field(alias="if")
    among: str
    by: list[list[str]] = Field(default=[[]])


class Break(Decision):
    """A break in a series that concerns part of it only: what rests on the variables and questions ``of``, which may be none.

    ``national`` stands for the office's own rule, which reads the columns of the file. ``label``: a few words for a figure.
    """

    text: str
    label: str
    of: list[str]


class Overlay(Decision):
    """What is different in some waves, laid over the family's description; ``null`` takes a variable away."""

    absent: list[str] = Field(default_factory=list)
    keep: str | None = None
    household: str | None = None
    person: str | None = None
    design: Design | None = None
    variables: dict[str, Recode | None] = Field(default_factory=dict)
    social_security: dict[str, Question | None] = Field(default_factory=dict)
    concepts: dict[str, Concept] | None = None
    # The master sample of these waves, where it is not that of the family. A text alone is a break of everything.
    sample: str | None = None
    breaks: list[str | Break] = Field(default_factory=list)
    notes: list[str] = Field(default_factory=list)
    # Why the file's own flag differs from the office's rule for some persons; by national table.
    flag_notes: dict[str, str] = Field(default_factory=dict)
    title: str | None = None
    producer: str | None = None
    terms: str | None = None
    citation: str | None = None


class Wave(Decision):
    """One file of the family."""

    file: str | None
    first_day: date = Field(alias="from")
    last_day: date = Field(alias="to")
    sha256: str | None = None
    differs: list[str] = Field(default_factory=list)
    # What the weights are held against, and what they are brought to.
    population_totals: PopulationTotals | None = None
    calibration: Calibration | None = None

    @model_validator(mode="after")
    def _days_in_order(self) -> Wave:
        if self.last_day < self.first_day:
            raise ValueError("'to' lies before 'from'")
        return self


class Rounding(Decision):
    """What is the same in every wave of a family. ``step``: weighted persons are published in its multiples; ``primary``: the variant that
    figures, tables, findings and models show first. Left out, each wave has the step of its own weights, and the first variant that it
    can compute.
    """

    step: float | None = Field(None, gt=0)
    primary: str | None = None

    @field_validator("step")
    @classmethod
    def _round(cls, step: float | None) -> float | None:
        if step is not None and (float(f"{step:.0e}") != step or f"{step:.0e}"[0] not in "125"):
            raise ValueError("write 1, 2 or 5 times a power of ten, as 2000")
        return step


class Family(Decision):
    """One file of `workflow/surveys/`."""

    family: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    country: str
    iso3: str = Field(pattern=r"^[A-Z]{3}$")
    producer: str
    terms: str
    citation: str
    population: str
    age_base: int = 15
    currency: str | None = None
    publication: Rounding | None = None
    estimates: bool = True
    notes: list[str] = Field(default_factory=list)
    source: Source = Field(default_factory=Source)
    # Rows for which this condition does not hold are no persons of the survey (a form that was not filled in, say).
    keep: str | None = None
    # What tells households apart: an identifier over the file's columns.
    household: str | None = None
    # What tells persons apart; only looked at for interviews that stand in the file twice.
    person: str | None = None
    design: Design
    # The master sample: its waves share strata and sampling units, by the names that the design columns give them.
    sample: str = ""
    waves: dict[str, Wave] = Field(min_length=1)
    differences: dict[str, Overlay] = Field(default_factory=dict)
    concepts: dict[str, Concept] = Field(min_length=1)
    primary_concept: str
    national_base: NationalBase | None = None
    industry: Literal["industry", "industry_national"] = "industry"
    routing: dict[str, list[Status]] = Field(default_factory=dict)
    variables: dict[str, Recode]
    social_security: dict[str, Question] = Field(default_factory=dict)
    national: National | None = None
    checks: dict[str, Check] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _names_are_known(self) -> Family:
        _named("waves", self.waves, WAVE)
        _known("routing", self.routing, v.VARIABLES)
        for name, wave in self.waves.items():
            _known(f"waves.{name}.differs", wave.differs, self.differences)
        _check_part("", self)
        _known("primary_concept", [self.primary_concept], self.concepts)
        for name, overlay in self.differences.items():
            _known(f"differences.{name}.flag_notes", overlay.flag_notes, self.national.tables if self.national else {})
            _check_part(f"differences.{name}.", overlay)
            for at, item in enumerate(overlay.breaks):
                if isinstance(item, Break):
                    _known(
                        f"differences.{name}.breaks.{at}.of", item.of, [*v.VARIABLES, *self._questions(), "national"]
                    )
        if self.national is not None:
            _check_national(self.national)
            declared = [self.concepts, *(overlay.concepts or {} for overlay in self.differences.values())]
            if (self.national.unit or self.national.job) and not any("national" in part for part in declared):
                raise ValueError(
                    "national: 'unit' and 'job' are estimated for the concept 'national' only, and it is not declared; "
                    "add under concepts:  national: {employed: …}"
                )
        _named("checks", self.checks, NAME)
        for name, check in self.checks.items():
            for by in check.by:
                _known(f"checks.{name}.by", by, v.DIMENSIONS)
        return self

    def _questions(self) -> list[str]:
        """Questions on social security of any wave."""
        return [
            *self.social_security,
            *(name for overlay in self.differences.values() for name in overlay.social_security),
        ]


def _known(where: str, words: Iterable[str], known: Iterable[str]) -> None:
    for word in words:
        if word not in known:
            raise ValueError(f"{where}: '{word}' is unknown; {nearest(word, known)}")


def _named(where: str, names: Iterable[str], pattern: str) -> None:
    for name in names:
        if not re.fullmatch(pattern, name):
            kinds = "lower-case letters and digits" + (", with single underscores between" if pattern == NAME else "")
            raise ValueError(f"{where}: the name '{name}' may hold {kinds} only")


def _check_part(where: str, part: Family | Overlay) -> None:
    """Concepts, variables and questions of the family itself, or of one of its differences."""
    _known(f"{where}concepts", part.concepts or {}, v.CONCEPTS)
    _known(f"{where}variables", part.variables, v.VARIABLES)
    for name, recode in part.variables.items():
        if recode is not None:
            _check_recode(f"{where}variables.{name}", name, recode)
    _named(f"{where}social_security", part.social_security, NAME)
    for name, question in part.social_security.items():
        if question is not None:
            _check_levels(f"{where}social_security.{name}.answers", question.answers, v.YES_NO)


def _check_recode(where: str, name: str, recode: Recode) -> None:
    variable = v.VARIABLES[name]
    if name in v.DERIVED:
        raise ValueError(f"{where}: the pipeline derives this variable itself; leave it out")
    if variable.kind == "number":
        if recode.number is None or recode.levels:
            raise ValueError(f"{where}: this is a number; give one column or expression")
    else:
        _check_levels(where, recode, variable.levels)


def _check_levels(where: str, recode: Recode, known: tuple[str, ...] | None) -> None:
    """Levels must be those of the vocabulary, whose words are at home in the report's texts; a survey's own carry a label."""
    if recode.number is not None or not recode.levels:
        raise ValueError(f"{where}: this has levels; give a condition for each")
    if known is not None:
        _known(where, recode.levels, known)
        for level in recode.labels:
            raise ValueError(f"{where}.{level}: only a survey's own levels have a label; write the condition alone")
        return
    for level in recode.levels:
        if level not in recode.labels:
            raise ValueError(f"{where}.{level}: the survey's own levels need 'if' and 'label'")
        if level in (v.TOTAL, v.UNKNOWN):
            raise ValueError(f"{where}.{level}: this name is taken; choose another")


def _check_national(national: National) -> None:
    _named("national.tables", national.tables, NAME)
    if national.tables and national.universe is None:
        raise ValueError("national.universe: say by a condition for whom the tables hold")
    for part, outcome, levels in (("unit", national.unit, v.UNITS), ("job", national.job, v.JOBS)):
        if outcome is not None:
            _known(f"national.{part}.table", [outcome.table], national.tables)
            _given(f"national.{part}.outcomes", outcome, national.tables[outcome.table].rules)
            _known(f"national.{part}.outcomes", outcome.outcomes.values(), levels)


def _given(where: str, outcome: Outcome, rules: list[NationalRule]) -> None:
    """Refuse an outcome that no rule gives; often the slip is in a rule, so those whose outcome means nothing are named."""
    given = {rule.outcome for rule in rules}
    for code in outcome.outcomes:
        if code not in given:
            loose = [rule for rule in rules if rule.outcome not in outcome.outcomes] or rules
            shown = ", ".join(f"{rule.id} '{rule.outcome}'" for rule in loose[:6])
            raise ValueError(
                f"{where}: '{code}' is unknown; no rule of the table '{outcome.table}' has it under 'then': {shown}"
            )
