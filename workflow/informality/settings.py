"""`workflow/config.yaml`: what a researcher sets for a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, field_validator

from informality.decisions import Decision, validated


class Variant(Decision):
    """A standard with its options, under the name that outputs carry (`icls17`, `icls17_strict` …)."""

    standard: str
    options: dict[str, str] = Field(default_factory=dict)
    sensitivity: bool = False


class Thresholds(Decision):
    """Provisional publication rule: unweighted persons behind an estimate."""

    hide_below: int = Field(30, ge=1)
    flag_below: int = Field(50, ge=1)


class Settings(Decision):
    """All of `config.yaml`; unknown keys are refused."""

    raw: str = "raw"
    surveys: list[str] = Field(default_factory=list)
    languages: list[Literal["en"]] = ["en"]
    variants: dict[str, Variant]
    lonely: Literal["adjust", "grand_mean", "average", "certainty", "fail"] = "adjust"
    thresholds: Thresholds = Thresholds(hide_below=30, flag_below=50)

    @field_validator("surveys", mode="before")
    @classmethod
    def _one_survey_is_a_list(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value


def load(config: Mapping[str, Any], where: str = "workflow/config.yaml") -> Settings:
    """Typed settings from the mapping that Snakemake (or a notebook) read; UserError names the key that is wrong."""
    return validated(Settings, config, where)
