"""`workflow/standards/*.yaml`: a standard's options and its first-match tables for the unit and for the job."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import Field, model_validator

from informality import vocabulary as v
from informality.decisions import Decision, load
from informality.errors import UserError, nearest
from informality.expressions import Condition, Rule, parse
from informality.settings import Variant

# Valid pairs of standard and employment concept (decision 1); `national` is the questionnaire's own concept.
VALID_CONCEPTS = {"icls17": {"icls13", "icls19", "national"}, "icls21": {"icls19", "national"}}
NOT_COMPUTABLE = "not_computable"
NATIONAL = "national"


class StandardRule(Decision):
    """One row: the condition, what it decides, its source; ``only`` names the option's choice under which it stands."""

    id: str
    only: dict[str, str] = Field(default_factory=dict)
    condition: str = Field(alias="if")
    outcome: str = Field(alias="then")
    source: str
    proxy: bool = False
    by_definition: bool = False

    def stands(self, choices: Mapping[str, str]) -> bool:
        """Whether the rule stands under these choices of options."""
        return all(choices[name] == choice for name, choice in self.only.items())


class Option(Decision):
    """A choice that the standard leaves open; each choice says who takes it."""

    default: str
    choices: dict[str, str] = Field(min_length=2)


class Standard(Decision):
    """One standard as data."""

    standard: str
    concepts: list[str]
    provisional: bool
    checked_by: str | None = None
    source: str
    possible_dependent_contractors: str | None = None
    options: dict[str, Option] = Field(default_factory=dict)
    unit: list[StandardRule] = Field(min_length=1)
    job: list[StandardRule] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Standard:
        for concept in self.concepts:
            if concept not in v.CONCEPTS:
                raise ValueError(f"concepts: '{concept}'; {nearest(concept, v.CONCEPTS)}")
            if concept not in VALID_CONCEPTS.get(self.standard, set(v.CONCEPTS)):
                raise ValueError(f"concepts: {self.standard} does not go with the employment concept '{concept}'")
        for name, option in self.options.items():
            if option.default not in option.choices:
                raise ValueError(f"options.{name}.default: {nearest(option.default, option.choices)}")
        for part, outcomes in (("unit", v.UNITS), ("job", v.JOBS)):
            rules: list[StandardRule] = getattr(self, part)
            for place, rule in enumerate(rules):
                if rule.id in [r.id for r in rules[:place]]:
                    raise ValueError(f"{part}.{rule.id}: this id stands twice")
                self._check_rule(rule, f"{part}.{rule.id}", (*outcomes, NOT_COMPUTABLE))
            if rules[-1].only or rules[-1].condition.strip().upper() != "TRUE":
                raise ValueError(f"{part}.{rules[-1].id}: the last rule decides everybody who is left: 'if: \"TRUE\"'")
        if self.provisional != (self.checked_by is None and self.standard == "icls21"):
            raise ValueError(
                "provisional: icls21 is provisional until 'checked_by' names the person who checked its rules"
            )
        return self

    def _check_rule(self, rule: StandardRule, where: str, outcomes: tuple[str, ...]) -> None:
        if rule.outcome not in outcomes:
            raise ValueError(f"{where}.then: '{rule.outcome}'; {nearest(rule.outcome, outcomes)}")
        for name, choice in rule.only.items():
            if name not in self.options:
                raise ValueError(f"{where}.only: '{name}'; {nearest(name, self.options)}")
            if choice not in self.options[name].choices:
                raise ValueError(f"{where}.only: '{choice}'; {nearest(choice, self.options[name].choices)}")

    def choices(self, chosen: Mapping[str, str], where: str) -> dict[str, str]:
        """The default of each option, with ``chosen`` over it; UserError for an unknown option or choice."""
        for name, choice in chosen.items():
            if name not in self.options:
                raise UserError(
                    f"{self.standard} has no option '{name}'", where=where, todo=nearest(name, self.options)
                )
            if choice not in self.options[name].choices:
                raise UserError(
                    f"the option '{name}' has no choice '{choice}'",
                    where=where,
                    todo=nearest(choice, self.options[name].choices),
                )
        return {name: chosen.get(name, option.default) for name, option in self.options.items()}

    def rules(self, part: str, choices: Mapping[str, str]) -> list[Rule]:
        """The rules of ``unit`` or ``job`` that stand under these choices, parsed and checked against the vocabulary."""
        return [
            Rule(rule.id, self._parsed(rule.condition, f"{part}.{rule.id}", part), rule.outcome)
            for rule in getattr(self, part)
            if rule.stands(choices)
        ]

    def outcome(self, part: str, rule: str) -> tuple[str, bool]:
        """Outcome of a rule of ``unit`` or ``job``, and whether it is an operational proxy."""
        found: StandardRule = next(r for r in getattr(self, part) if r.id == rule)
        return found.outcome, found.proxy

    def contractors(self) -> Condition | None:
        """Who might be a dependent contractor, over the variables of a person and the unit; None where the standard knows none."""
        if self.possible_dependent_contractors is None:
            return None
        return self._parsed(self.possible_dependent_contractors, "possible_dependent_contractors", "job")

    def check(self) -> None:
        """UserError for a condition that is not understood, or that names an unknown column or level, whatever the choices."""
        for part in ("unit", "job"):
            for rule in getattr(self, part):
                self._parsed(rule.condition, f"{part}.{rule.id}", part)
        self.contractors()

    def _parsed(self, condition: str, key: str, part: str) -> Condition:
        return parse(condition, f"workflow/standards/{self.standard}.yaml, {key}").check(_known_columns(part))


def _known_columns(part: str) -> dict[str, tuple[str, ...] | None]:
    known: dict[str, tuple[str, ...] | None] = {}
    for name, variable in v.VARIABLES.items():
        known[name] = variable.levels
        known[v.why(name)] = v.REASONS
    if part == "job":
        known["unit"] = v.UNITS
    return known


def load_standards(folder: Path) -> dict[str, Standard]:
    """All standards of a folder by name, every condition parsed and checked; a file must be called after its standard."""
    standards = {}
    for path in sorted(folder.glob("*.yaml")):
        standard = load(Standard, path)
        if standard.standard != path.stem:
            raise UserError(
                f"the standard is called '{standard.standard}' but its file {path.name}",
                where=path.name,
                todo=f"rename the file to {standard.standard}.yaml, or change 'standard:'",
            )
        standard.check()
        standards[standard.standard] = standard
    return standards


def check_variants(variants: Mapping[str, Variant], standards: Mapping[str, Standard]) -> None:
    """UserError where a variant names an unknown standard, option or choice."""
    for name, variant in variants.items():
        where = f"workflow/config.yaml, variants.{name}"
        if variant.standard == NATIONAL:
            if variant.options:
                raise UserError("the national rule has no options", where=where, todo="leave 'options' out")
            continue
        if variant.standard not in standards:
            raise UserError(
                f"there is no standard '{variant.standard}'",
                where=where,
                todo=nearest(variant.standard, (*standards, NATIONAL)),
            )
        standards[variant.standard].choices(variant.options, where)


def pairs(
    variants: Mapping[str, Variant], standards: Mapping[str, Standard], concepts: tuple[str, ...]
) -> list[tuple[str, str]]:
    """Valid pairs of variant and employment concept among the concepts that a survey can yield, in the vocabulary's order."""
    found = []
    for name, variant in variants.items():
        allowed = (NATIONAL,) if variant.standard == NATIONAL else tuple(standards[variant.standard].concepts)
        found += [(name, concept) for concept in v.CONCEPTS if concept in concepts and concept in allowed]
    return found
