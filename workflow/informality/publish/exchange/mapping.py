"""`workflow/report/ilostat.yaml`: frozen codes of ILOSTAT, and which published estimate goes out under which of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from informality.decisions import Decision, load
from informality.errors import UserError, nearest
from informality.publish.figure_entries import Dimension, Statistic
from informality.publish.requests import Declared, Request, check_declared, check_measure
from informality.vocabulary import UNKNOWN, VARIABLES

FILE = "ilostat.yaml"
# Components that every dataflow has besides the concepts of its code lists.
FIXED = ("REF_AREA", "FREQ", "MEASURE", "TIME_PERIOD")


def _revision(given: dict[str, str]) -> dict[str, str]:
    for name, level in given.items():
        known = [variable for variable in VARIABLES if variable.endswith("_revision")]
        if name not in known:
            raise ValueError(f"'{name}' is no revision of a classification; {nearest(name, known)}")
        levels = VARIABLES[name].levels or ()
        if level not in levels:
            raise ValueError(f"'{level}' is no level of {name}; {nearest(level, levels)}")
    return given


Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*(-[0-9]+)?$")]
Concept = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")]
Revision = Annotated[dict[str, str], AfterValidator(_revision)]


class Words(Decision):
    """What the file says in words; `{…}` are filled in."""

    own_processing: str
    standard: str
    standards: dict[str, str]
    concepts: dict[str, str]
    marks: dict[str, str]
    hidden: dict[str, str]
    over: str
    under: str
    units: dict[str, str]
    break_: str = Field(alias="break")
    unverified: str
    national_industry: str


class Unit(Decision):
    """ILOSTAT's codes of a unit of measure; ``factor`` leads from the estimate to the number in the file."""

    type: Code
    measure: Code
    mult: int
    factor: float | int = Field(gt=0)
    verified: bool
    source: str


class Statuses(Decision):
    """Codes of OBS_STATUS; a reliable estimate has none."""

    unreliable: Code
    hidden: Code
    break_: Code = Field(alias="break")


class CodeList(Decision):
    """Codes of the levels of one dimension."""

    concept: Concept
    dimension: Dimension
    total: Code
    levels: dict[str, Code]
    also: list[Code] = Field(default_factory=list)
    revision: Revision = Field(default_factory=dict)
    verified: bool
    source: str

    @model_validator(mode="after")
    def _whole(self) -> CodeList:
        if self.concept in FIXED:
            raise ValueError(f"concept: '{self.concept}' is a component of every dataflow")
        known = VARIABLES[self.dimension].levels
        if known is None:
            raise ValueError(f"dimension: each survey names its own levels of '{self.dimension}'")
        for level in self.levels:
            if level not in (*known, UNKNOWN):
                raise ValueError(f"levels: '{level}' is no level of {self.dimension}; {nearest(level, known)}")
        if missing := [level for level in known if level not in self.levels]:
            raise ValueError(f"levels: '{missing[0]}' of {self.dimension} has no code")
        if len(set(self.codes)) < len(self.codes):
            twice = next(code for code in self.codes if self.codes.count(code) > 1)
            raise ValueError(f"levels: the code {twice} stands twice")
        return self

    @property
    def codes(self) -> list[str]:
        """Every code of the list, the total first."""
        return [self.total, *self.levels.values(), *self.also]


class CodesOf(Decision):
    """Codes of the categories of an indicator."""

    codelist: str
    categories: dict[str, Code]


class Dataflow(Decision):
    """One dataflow: which estimate, by which breakdowns (lists of code lists), in which unit."""

    measure: Code
    indicator: str
    statistic: Statistic
    universe: str
    category: str | None = None
    codes_of: CodesOf | None = None
    by: list[list[str]] = Field(min_length=1)
    unit: str
    verified: bool
    source: str

    @property
    def lists(self) -> list[str]:
        """Names of its code lists, in the order in which they are first named."""
        own = [self.codes_of.codelist] if self.codes_of else []
        return list(dict.fromkeys([name for by in self.by for name in by] + own))


class Exchange(Decision):
    """The whole file."""

    version: Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)*$")]
    words: Words
    units: dict[str, Unit]
    statuses: Statuses
    codelists: dict[Code, CodeList]
    dataflows: dict[Concept, Dataflow]

    @model_validator(mode="after")
    def _known(self) -> Exchange:
        for name, flow in self.dataflows.items():
            for where, units in (("units", set(self.units)), ("words.units", set(self.words.units))):
                if flow.unit not in units:
                    raise ValueError(
                        f"dataflows.{name}.unit: '{flow.unit}' is not in {where}; {nearest(flow.unit, units)}"
                    )
            for codelist in flow.lists:
                if codelist not in self.codelists:
                    raise ValueError(
                        f"dataflows.{name}: no code list '{codelist}'; {nearest(codelist, self.codelists)}"
                    )
            for by in flow.by:
                concepts = [self.codelists[codelist].concept for codelist in by]
                if len(set(concepts)) < len(concepts):
                    raise ValueError(f"dataflows.{name}.by: two code lists of one concept in {by}")
            if flow.codes_of:
                known = self.codelists[flow.codes_of.codelist].codes
                for code in flow.codes_of.categories.values():
                    if code not in known:
                        raise ValueError(f"dataflows.{name}.codes_of: '{code}'; {nearest(code, known)}")
        return self

    def concepts(self, flow: Dataflow) -> list[str]:
        """The concepts of a dataflow, in order, each once."""
        return list(dict.fromkeys(self.codelists[name].concept for name in flow.lists))

    def requests(self) -> Iterator[Request]:
        """Every estimate that goes out."""
        for name, flow in self.dataflows.items():
            for by in flow.by:
                yield Request(
                    name, flow.indicator, flow.statistic, tuple(self.codelists[codelist].dimension for codelist in by)
                )


def load_mapping(folder: Path, declared: Declared) -> Exchange:
    """Read ilostat.yaml of the report folder and check it against what is ``declared``; UserError with the nearest word."""
    mapping = load(Exchange, folder / FILE)
    try:
        check_declared(mapping.requests(), declared, "estimates.yaml")
    except UserError as error:
        raise UserError(error.what, where=_where(error.where or ""), todo=error.todo) from None
    for name, flow in mapping.dataflows.items():
        named: Mapping[str, str] = flow.codes_of.categories if flow.codes_of else {}
        for category in (flow.category, *named):
            check_measure(flow.indicator, flow.universe, category, declared, f"dataflows.{name} in {FILE}")
        per = declared.per(flow.indicator)
        if per not in ("concept", "variant"):
            raise UserError(
                f"'{flow.indicator}' is estimated per {per}, of which ILOSTAT has no dimension",
                where=f"dataflows.{name} in {FILE}",
                todo="name an indicator that is estimated per concept or per variant",
            )
    return mapping


def _where(where: str) -> str:
    """The place of an error: what checks the catalogue names its files."""
    return f"dataflows.{where.partition(' in ')[0]} in {FILE}"
