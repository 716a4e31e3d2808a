"""`workflow/config.yaml`: what a researcher sets for a run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from informality.decisions import Decision, validated

# The office's own rule: its columns come with the survey, under this name.
NATIONAL = "national"


class Variant(Decision):
    """A standard with its options, under the name that outputs carry (`icls17`, `icls17_strict` …)."""

    standard: str
    options: dict[str, str] = Field(default_factory=dict)
    sensitivity: bool = False


class Thresholds(Decision):
    """Provisional publication rule: unweighted persons behind an estimate."""

    # Not strict: on the command line Snakemake hands numbers inside a mapping over as text.
    hide_below: int = Field(30, ge=1, strict=False)
    flag_below: int = Field(50, ge=1, strict=False)

    @model_validator(mode="after")
    def _in_order(self) -> Thresholds:
        if self.flag_below < self.hide_below:
            raise ValueError("flag_below must not be smaller than hide_below")
        return self


class Settings(Decision):
    """All of `config.yaml`; unknown keys are refused."""

    raw: str = "raw"
    surveys: list[str] = Field(default_factory=list)
    languages: list[Literal["en"]] = Field(default=["en"], min_length=1)
    variants: dict[str, Variant] = Field(min_length=1)
    lonely: Literal["adjust", "grand_mean", "average", "certainty", "fail"] = "adjust"
    thresholds: Thresholds = Thresholds(hide_below=30, flag_below=50)

    @field_validator("surveys", mode="before")
    @classmethod
    def _one_survey_is_a_list(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    @field_validator("variants")
    @classmethod
    def _variant_names(cls, variants: dict[str, Variant]) -> dict[str, Variant]:
        for name, variant in variants.items():
            if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
                raise ValueError(f"the name '{name}' may hold lower-case letters, digits and single underscores")
            if (variant.standard == NATIONAL) != (name == NATIONAL):
                raise ValueError(f"'{name}': the standard '{NATIONAL}' and only it makes the variant '{NATIONAL}'")
        return variants


def load(config: Mapping[str, Any], where: str = "workflow/config.yaml") -> Settings:
    """Typed settings from the mapping that Snakemake (or a notebook) read; UserError names the key that is wrong."""
    return validated(Settings, config, where)
