"""Entries of `workflow/report/findings.yaml`: what a finding refers to, compares, and when which wording of it is true."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator

from informality.decisions import Decision, load
from informality.errors import UserError, nearest
from informality.publish.figure_entries import MAIN, Dimension, Part, Selection, Statistic
from informality.publish.requests import Declared, Request, check_declared, check_measure
from informality.publish.text import Texts
from informality.vocabulary import CONCEPTS, DIMENSIONS, VARIABLES

# The parts of a report, in their order; their headings are `finding_section.<name>` in the texts.
SECTIONS = ("level", "groups", "jobs", "coverage", "gaps", "scenarios", "standards")
Section = Literal["level", "groups", "jobs", "coverage", "gaps", "scenarios", "standards"]
CATEGORY = "category"
FILE = "findings.yaml"
Verdict = Literal["higher", "lower", "unclear"]
# What any sentence may say.
EVERYWHERE = ("country", "reference")

_ID = re.compile(r"N\d\d[a-z]?")
_NAME = re.compile(r"[a-z][a-z0-9]*")


def _check_levels(key: str, levels: Mapping[str, str]) -> None:
    for dimension, level in levels.items():
        if dimension not in DIMENSIONS:
            raise ValueError(f"{key}: '{dimension}' is not a dimension; {nearest(dimension, DIMENSIONS)}")
        known = VARIABLES[dimension].levels
        if known is not None and level not in known:
            raise ValueError(f"{key}.{dimension}: '{level}'; {nearest(level, known)}")


class Value(Decision):
    """One published estimate, or (``largest``, ``smallest``) the extreme one of several.

    ``at``: levels of the breakdown. ``largest``, ``smallest``: the dimension of which the level is sought, or `category`; ``among``:
    only of these levels or categories; ``split``: names for the parts of a category. ``variant``, ``concept``: others than the survey's own.
    """

    indicator: str
    statistic: Statistic = "share"
    universe: str = "employed"
    category: str | None = None
    at: dict[str, str] = Field(default_factory=dict)
    largest: str | None = None
    smallest: str | None = None
    among: list[str] | None = None
    split: list[Part] | None = None
    branch: str = MAIN
    reading: Literal["wide", "narrow"] = "wide"
    scenario: str = ""
    assumption: Literal["low", "central", "high"] = "central"
    variant: str | None = None
    concept: str | None = None

    @model_validator(mode="after")
    def _one_row(self) -> Value:
        if self.largest and self.smallest:
            raise ValueError("'largest' and 'smallest' exclude each other: name two values")
        if self.among is not None and self.sought is None:
            raise ValueError("'among' goes with 'largest' or 'smallest'")
        if self.sought is not None and self.sought not in (CATEGORY, *DIMENSIONS):
            raise ValueError(f"'{self.sought}' is not a dimension; {nearest(self.sought, [CATEGORY, *DIMENSIONS])}")
        if self.sought in self.at or (self.sought == CATEGORY and self.category is not None):
            raise ValueError(f"'{self.sought}' cannot be both given and sought")
        if self.concept is not None and self.concept not in CONCEPTS:
            raise ValueError(f"'{self.concept}' is not an employment concept; {nearest(self.concept, CONCEPTS)}")
        _check_levels("at", self.at)
        return self

    @property
    def sought(self) -> str | None:
        """What is chosen: a dimension, or `category`."""
        return self.largest or self.smallest

    @property
    def selection(self) -> Selection:
        """The rows that it is looked up in."""
        chosen = self.among if self.sought == CATEGORY else [self.category] if self.category is not None else None
        over = [self.sought] if self.sought not in (None, CATEGORY) else []
        return Selection(
            indicator=self.indicator, statistic=self.statistic, universe=self.universe, by=[*self.at, *over], categories=chosen, branch=self.branch,
            reading=self.reading, scenario=self.scenario or "each", assumption=self.assumption,
        )  # fmt: skip

    def placeholders(self, name: str) -> Iterator[str]:
        """Words that a sentence may hold of it."""
        yield from (name, f"{name}_interval", f"{name}_unit")
        if self.sought is not None:
            yield from (f"{name}_level", f"{name}_group")


class Difference(Decision):
    """A difference that `estimates.yaml` declares: ``plus`` minus ``minus``, ``within`` a level of other dimensions."""

    indicator: str
    universe: str = "employed"
    category: str | None = None
    dimension: Dimension
    plus: str
    minus: str
    within: dict[str, str] = Field(default_factory=dict)
    branch: str = MAIN

    @model_validator(mode="after")
    def _levels(self) -> Difference:
        _check_levels("within", self.within)
        return self

    @property
    def level(self) -> str:
        """The level of the compared dimension in the estimates."""
        return f"{self.plus}-{self.minus}"

    @property
    def selection(self) -> Selection:
        """The rows that it is looked up in."""
        return Selection(
            indicator=self.indicator, statistic="difference", universe=self.universe, by=[self.dimension, *self.within],
            categories=[self.category] if self.category is not None else None, branch=self.branch,
        )  # fmt: skip

    def placeholders(self, name: str) -> Iterator[str]:
        """Words that a sentence may hold of it."""
        yield from (name, f"{name}_interval", f"{name}_signed", f"{name}_signed_interval")


class Condition(Decision):
    """When a wording may be used; every key that is given has to hold.

    Of a ``value``: ``above``, ``below``, ``within``: its whole interval lies there (per cent for shares); ``apart``: the intervals of all
    others lie beyond its own; ``equals``: another value that is the same number to the printed digit. Of a ``difference``: ``shows`` the verdict on it, higher or lower (by an adjusted test), or unclear.
    """

    value: str | None = None
    difference: str | None = None
    above: float | None = None
    below: float | None = None
    within: list[float] | None = None
    apart: bool | None = None
    equals: str | None = None
    shows: Verdict | None = None

    @field_validator("above", "below", "within", mode="before")
    @classmethod
    def _whole_numbers_too(cls, given: object) -> object:
        if isinstance(given, list):
            return [cls._whole_numbers_too(one) for one in given]
        return float(given) if isinstance(given, int) and not isinstance(given, bool) else given

    @model_validator(mode="after")
    def _of_one_thing(self) -> Condition:
        if (self.value is None) == (self.difference is None):
            raise ValueError("a condition is of one 'value' or of one 'difference'")
        of_value = [self.above, self.below, self.within, self.apart, self.equals]
        if (self.difference is not None) != (self.shows is not None) or (
            self.difference is not None and any(x is not None for x in of_value)
        ):
            raise ValueError(
                "'shows' (higher, lower, unclear) is of a difference; 'above', 'below', 'within', 'apart', 'equals' of a value"
            )
        if self.value is not None and all(x is None for x in of_value):
            raise ValueError("say what has to hold: 'above', 'below', 'within', 'apart' or 'equals'")
        if self.within is not None and (len(self.within) != 2 or self.within[0] >= self.within[1]):
            raise ValueError("'within' is a lower and an upper end, as in [88, 92]")
        return self


class FindingEntry(Decision):
    """One finding. ``item``: the figure or table it belongs to. ``office``: it is about the office's own rule, and made where that decides
    on the job, or on the unit only, and is not what the survey shows first anyway.

    ``wordings``: in their order, the first of which all conditions hold is used; its sentence is `finding.<id>.<wording>`.
    """

    section: Section
    item: str
    needs: list[Dimension] = Field(default_factory=list)
    office: Literal["job", "unit"] | None = None
    values: dict[str, Value] = Field(default_factory=dict)
    differences: dict[str, Difference] = Field(default_factory=dict)
    wordings: dict[str, list[Condition]] = Field(min_length=1)

    @model_validator(mode="after")
    def _names(self) -> FindingEntry:
        names = [*self.values, *self.differences]
        if not names:
            raise ValueError("a finding needs 'values' or 'differences'")
        if len(set(names)) < len(names):
            raise ValueError("values and differences need different names")
        for name in [*names, *(w.replace("_", "") for w in self.wordings)]:
            if not _NAME.fullmatch(name):
                raise ValueError(f"'{name}': a name has small letters and digits only")
        for wording, conditions in self.wordings.items():
            for condition in conditions:
                named = [("value", condition.value), ("value", condition.equals), ("difference", condition.difference)]
                for kind, word in named:
                    known = self.differences if kind == "difference" else self.values
                    if word is not None and word not in known:
                        raise ValueError(f"wordings.{wording}: no {kind} '{word}' here; {nearest(word, known)}")
                value = self.values.get(condition.value or "")
                if condition.apart is not None and value is not None and value.sought is None:
                    raise ValueError(
                        f"wordings.{wording}: 'apart' is of a value that is the 'largest' or 'smallest' of several"
                    )
        return self

    def placeholders(self) -> list[str]:
        """Everything that a sentence may hold."""
        found = [p for name, value in self.values.items() for p in value.placeholders(name)]
        return [*EVERYWHERE, *found, *(p for name, d in self.differences.items() for p in d.placeholders(name))]


class Findings(Decision):
    """All of `findings.yaml`."""

    findings: dict[str, FindingEntry]

    @field_validator("findings")
    @classmethod
    def _ids(cls, value: dict[str, FindingEntry]) -> dict[str, FindingEntry]:
        for name in value:
            if not _ID.fullmatch(name):
                raise ValueError(f"'{name}' is not a number like N01, N02 …")
        return dict(sorted(value.items()))

    def text_keys(self) -> Iterator[str]:
        """Every text that the findings need."""
        yield from (f"finding_section.{name}" for name in SECTIONS)
        for name, entry in self.findings.items():
            yield f"finding.{name}.title"
            yield from (f"finding.{name}.{wording}" for wording in entry.wordings)
            parts: list[Value | Difference] = [*entry.values.values(), *entry.differences.values()]
            yield from (f"indicator.{part.indicator}" for part in parts)
            yield from (f"universe.{part.universe}" for part in parts)

    def check(self, texts: Texts) -> None:
        """UserError for the first sentence that is missing, and for a placeholder of a sentence that nothing fills."""
        texts.require(self.text_keys(), FILE)
        for name, entry in self.findings.items():
            for wording in entry.wordings:
                texts.check_placeholders(f"finding.{name}.{wording}", entry.placeholders())


NO_FINDINGS = Findings(findings={})


def load_findings(path: Path, declared: Declared, file: str, items: list[str]) -> Findings:
    """Read findings.yaml and check it against what ``file`` (estimates.yaml) declares and the ``items`` of the catalogue.

    UserError names file, key path and nearest word.
    """
    findings = load(Findings, path)
    for name, entry in findings.findings.items():
        where = f"{name} in {FILE}"
        if entry.item not in items:
            raise UserError(f"there is no figure or table '{entry.item}'", where=where, todo=nearest(entry.item, items))
        for value in entry.values.values():
            check_declared([_request(name, value)], declared, file)
            check_measure(value.indicator, value.universe, value.category, declared, where)
        for difference in entry.differences.values():
            _check_difference(difference, declared, where, file)
            check_measure(difference.indicator, difference.universe, difference.category, declared, where)
    return findings


def _request(name: str, value: Value) -> Request:
    extents = ("by", *(("narrow",) if value.reading == "narrow" else ()), *(("also",) if value.branch != MAIN else ()))
    return Request(name, value.indicator, value.statistic, tuple(value.selection.by), extents)


def _check_difference(difference: Difference, declared: Declared, where: str, file: str) -> None:
    """UserError for a comparison that is not declared before the run (decision 26)."""
    name = difference.indicator
    if name not in declared.indicators:
        raise UserError(f"no estimate '{name}' is declared", where=where, todo=nearest(name, declared.indicators))
    known = declared.indicators[name].get("differences", [])
    wanted = (difference.dimension, difference.plus, difference.minus, list(difference.within))
    if wanted not in [(d["dimension"], d["plus"], d["minus"], d.get("within", [])) for d in known]:
        within = f" within {', '.join(difference.within)}" if difference.within else ""
        others = ", ".join(f"{d['dimension']} {d['plus']} - {d['minus']}" for d in known)
        raise UserError(
            f"'{name}' is not compared by {difference.dimension}, {difference.plus} with {difference.minus}{within}",
            where=where,
            todo=f"declare the difference in {file}; declared are: {others or 'none'}",
        )
