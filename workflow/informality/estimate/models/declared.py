"""`workflow/models.yaml`: which models are fitted, and the check that no term settles what it is to be associated with."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from informality import vocabulary as v
from informality.decisions import Decision, load
from informality.errors import UserError, nearest
from informality.estimate.models.terms import Term, parse_term
from informality.estimate.specifications import OF_BRANCH, OF_LAW, known_columns
from informality.expressions import Condition, parse

WHERE = "workflow/models.yaml"
EITHER = "|"
# Written by the stage that applies a law; where it has none, models that ask them are not computable.
OF_THE_LAW = {**OF_BRANCH, **OF_LAW}
# Results of a standard's rules: who asks them asks everything that the rules read.
CLASSIFIED = ("unit", "job")
# What a term may be made of: the vocabulary without the numbers that are codes.
TERMS = tuple(name for name in v.VARIABLES if name not in ("isic2", "isco2"))


class Least(Decision):
    """What a level of a factor needs on either side to stay in a model."""

    persons: int = Field(ge=1)
    psus: int = Field(ge=1)


class Replicates(Decision):
    """How the standard errors of decompositions are replicated."""

    jackknife_up_to: int = Field(ge=2)
    bootstrap: int = Field(ge=2)
    seed: int = Field(ge=0)


class Groups(Decision):
    """The two groups of a decomposition: levels of a variable, or of `job` or `unit`."""

    of: str
    first: str
    second: str

    @model_validator(mode="after")
    def _levels_are_known(self) -> Groups:
        known = {name: x.levels for name, x in v.VARIABLES.items() if x.kind == "level"}
        known |= {"job": v.JOBS, "unit": v.UNITS}
        if self.of not in known:
            raise ValueError(f"of: '{self.of}'; {nearest(self.of, known)}")
        levels = known[self.of]
        for level in (self.first, self.second):
            if levels is not None and level not in levels:
                raise ValueError(f"'{level}' is not a level of '{self.of}'; {nearest(level, levels)}")
        if self.first == self.second:
            raise ValueError("the two groups are the same")
        return self


class Model(Decision):
    """One model; see the head of `models.yaml` for the keys."""

    kind: Literal["logit", "decomposition"]
    outcome: str
    universe: str
    terms: list[str] = Field(min_length=1)
    where_asked: list[str] = Field(default_factory=list)
    references: dict[str, str] = Field(default_factory=dict)
    groups: Groups | None = None
    excluded: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Model:
        if (self.groups is None) == (self.kind == "decomposition"):
            raise ValueError("a decomposition needs 'groups', and nothing else has them")
        if self.kind == "decomposition" and self.references:
            raise ValueError("a decomposition has no 'references': its coefficients are normalised over all levels")
        variables: set[str] = set()
        for term in (term for choice in self.choices() for term in choice):
            for name in term.variables:
                if name not in TERMS:
                    raise ValueError(f"terms: '{name}'; {nearest(name, TERMS)}")
            if term.squared and v.VARIABLES[term.variables[0]].kind != "number":
                raise ValueError(f"terms: '{term.text}': '{term.variables[0]}' is no number")
            if self.kind == "decomposition" and len(term.variables) > 1:
                raise ValueError(f"terms: '{term.text}': a decomposition takes no products")
            variables.update(term.variables)
        for name, level in self.references.items():
            if name not in variables:
                raise ValueError(f"references: '{name}' is not among the terms; {nearest(name, variables)}")
            levels = v.VARIABLES[name].levels
            if levels is not None and level not in levels:
                raise ValueError(f"references: '{level}' is not a level of '{name}'; {nearest(level, levels)}")
        return self

    def choices(self) -> list[list[Term]]:
        """Each term with its alternatives (``a | b``), those of ``where_asked`` last."""
        try:
            return [[parse_term(one) for one in text.split(EITHER)] for text in (*self.terms, *self.where_asked)]
        except UserError as error:
            raise ValueError(f"terms: {error.what}; {error.todo}") from None

    def optional(self, place: int) -> bool:
        """Whether the term at a place of `choices` is left out where it was not asked."""
        return place >= len(self.terms)


class Models(Decision):
    """All of `models.yaml`."""

    least: Least
    replicates: Replicates
    refused: list[str]
    same_answer: dict[str, list[str]] = Field(default_factory=dict)
    universes: dict[str, str]
    models: dict[str, Model]

    @model_validator(mode="after")
    def _names_are_known(self) -> Models:
        known = (*v.VARIABLES, *OF_THE_LAW)
        for name in (*self.refused, *self.same_answer, *(n for names in self.same_answer.values() for n in names)):
            if name not in known:
                raise ValueError(f"refused, same_answer: '{name}'; {nearest(name, known)}")
        for key, model in self.models.items():
            if model.universe not in self.universes:
                raise ValueError(
                    f"models.{key}.universe: '{model.universe}'; {nearest(model.universe, self.universes)}"
                )
        return self


def load_models(path: Path) -> Models:
    """Read `models.yaml`; every condition is parsed and checked against the vocabulary.

    Conditions about questions on social security cannot be written here: which there are differs between surveys.
    """
    models = load(Models, path)
    known = {**known_columns(()), **OF_THE_LAW}
    for condition in conditions(models):
        condition.check(known)
    return models


def conditions(models: Models) -> Iterator[Condition]:
    """Every condition of the file."""
    for name in models.universes:
        yield universe(models, name)
    for name, model in models.models.items():
        yield outcome(name, model)
        yield from excluded(name, model).values()


def universe(models: Models, name: str) -> Condition:
    """The condition of a universe."""
    return parse(models.universes[name], f"{WHERE}, universes.{name}")


def outcome(name: str, model: Model) -> Condition:
    """The condition (or number) that a model explains."""
    return parse(model.outcome, f"{WHERE}, models.{name}.outcome")


def excluded(name: str, model: Model) -> dict[str, Condition]:
    """The conditions of those who are counted outside the universe."""
    return {key: parse(text, f"{WHERE}, models.{name}.excluded.{key}") for key, text in model.excluded.items()}


def check_terms(models: Models, reads: Mapping[str, Collection[str]]) -> None:
    """UserError for a term that settles a model's outcome or groups (decision 24).

    ``reads``: for each variant for which models are fitted the columns that its rules read, under the options chosen.
    """
    for variant in reads:
        for name, model in models.models.items():
            settled = determining(models, name, reads[variant])
            for term in (term for choice in model.choices() for term in choice):
                for variable in term.variables:
                    if variable in settled:
                        raise UserError(
                            f"'{variable}' is no factor that can be associated with the outcome: it is part of what decides it",
                            where=f"{WHERE}, models.{name}.terms",
                            todo=f"take '{term.text}' out; the rules of the variant '{variant}', or the outcome, read it",
                        )


def determining(models: Models, name: str, reads: Collection[str]) -> frozenset[str]:
    """Variables that decide the outcome or the groups of a model, with those that carry the same answers."""
    model = models.models[name]
    asked: Sequence[str] = outcome(name, model).columns
    if model.groups is not None:
        asked = (*asked, model.groups.of)
    found = set(asked)
    if found & set(CLASSIFIED):
        found |= {*reads, *models.refused}
    found = {column.removesuffix("_why") for column in found}
    return frozenset(found.union(*(models.same_answer.get(column, ()) for column in found)))
