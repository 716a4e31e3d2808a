"""The survey card: what publishing may know of a survey besides its published estimates."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ConfigDict, Field, field_validator

from informality.decisions import Decision, validated
from informality.publish.coverage_card import Coverage
from informality.publish.quality_card import Quality
from informality.publish.rule_card import RuleBook


class _Part(Decision):
    # A card is written by the pipeline, comes from JSON (no tuples) and may grow; what publishing does not know it leaves alone.
    model_config = ConfigDict(extra="ignore", strict=False, frozen=True)


class Pair(_Part):
    """A standard's variant with the employment concept it is computed on."""

    variant: str
    concept: str


class Others(_Part):
    """What is assumed of status groups that were not asked, and why (decision 14)."""

    assume: str
    status: tuple[str, ...] = ()
    reason: str = ""
    source: str = ""


class Question(_Part):
    """A question on social security. ``asked_of``: status groups; ``kind``: statutory, occupational or private."""

    label: str
    asked_of: tuple[str, ...] = ()
    kind: str = ""
    branches: tuple[str, ...] = ()
    others: tuple[Others, ...] = ()


class Missing(_Part):
    """A variable that this survey does not have; ``reason`` is a word of `reason.*` in the texts, or free text."""

    variable: str
    reason: str = "not_asked"


class National(_Part):
    """The statistics office's own rule: its source, what is known of it, and whether it decides on the unit or the job."""

    source: str | None = None
    note: str | None = None
    parts: tuple[str, ...] = ()


class Publication(_Part):
    """How numbers of persons are rounded: to multiples of ``step``, which is so many mean weights."""

    step: float
    mean_weights: float | None = None


class Card(_Part):
    """Text, dates, counts and marks of one survey (`processed/<survey>/card.json`); no value of a person."""

    survey: str
    family: str = ""
    wave: str = ""
    title: str
    country: str
    iso3: str = ""
    reference: str
    reference_from: str = ""
    reference_to: str = ""
    producer: str
    citation: str = ""
    terms: str = ""
    population: str = ""
    marks: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    primary: Pair
    pairs: tuple[Pair, ...] = ()
    provisional_variants: tuple[str, ...] = ()
    concepts: dict[str, str] = Field(default_factory=dict)
    breaks: tuple[str, ...] = ()
    age_base: int | None = None
    national_base: str | None = None
    national: National = National()
    industry: str = "industry"
    revisions: dict[str, str] = Field(default_factory=dict)
    levels: dict[str, dict[str, str]] = Field(default_factory=dict)
    questions: dict[str, Question] = Field(default_factory=dict)
    n_persons: int | None = None
    n_employed: int | None = None
    n_strata: int | None = None
    n_psu: int | None = None
    weights_sum: float | None = None
    currency: str | None = None
    not_available: tuple[Missing, ...] = ()
    coverage: Coverage | None = None
    quality: Quality = Quality()
    publication: Publication | None = None
    rules: tuple[RuleBook, ...] = ()

    @field_validator("levels", "questions", mode="before")
    @classmethod
    def _in_order(cls, value: Any) -> Any:
        """Pairs stand for a mapping whose order matters: JSON written with sorted keys loses that of a mapping."""
        if isinstance(value, Mapping):
            return {name: cls._in_order(inner) if isinstance(inner, list) else inner for name, inner in value.items()}
        return dict(value) if isinstance(value, list) else value

    @property
    def lonely(self) -> bool:
        """Whether each stratum has one sampling unit, so that no standard error can be had."""
        return self.n_psu is not None and self.n_psu == self.n_strata

    def why_missing(self, variable: str) -> str | None:
        """The reason why the survey lacks a variable; None where it has it."""
        return next((m.reason for m in self.not_available if m.variable == variable), None)

    def concepts_of(self, variant: str) -> tuple[str, ...]:
        """Employment concepts on which a variant was computed."""
        return tuple(pair.concept for pair in self.pairs if pair.variant == variant)

    def text(self) -> str:
        """The card as JSON, for digests, but for the rules, which only the report prints."""
        return json.dumps(self.model_dump(mode="json", exclude={"rules"}), sort_keys=True)


def read_card(content: Mapping[str, Any]) -> Card:
    """The card of one survey from the content of card.json; UserError names what is missing or of a wrong kind."""
    return validated(Card, dict(content), "card.json")
