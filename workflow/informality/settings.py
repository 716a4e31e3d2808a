"""`workflow/config.yaml`: what a researcher sets for a run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import ConfigDict, Field, field_validator, model_validator

from informality.decisions import Decision, validated
from informality.errors import nearest
from informality.vocabulary import VARIABLES

# The office's own rule: its columns come with the survey, under this name.
NATIONAL = "national"
# Who speaks in files for other databases, unless the configuration names somebody.
AGENCY = "USER"


class Variant(Decision):
    """A standard with its options, under the name that outputs carry (`icls17`, `icls17_strict` …)."""

    standard: str
    options: dict[str, str] = Field(default_factory=dict)
    sensitivity: bool = False


class Thresholds(Decision):
    """Rules for publication; `informality/govern/` says what each of them does, and where it comes from."""

    # Not strict: on the command line Snakemake hands numbers inside a mapping over as text.
    model_config = ConfigDict(strict=False)

    # Disclosure.
    confidential_below: int = Field(10, ge=2)
    least_psus: int = Field(3, ge=1)
    top2_share: float = Field(0.9, gt=0, le=1)
    rest_to_top: float = Field(0.1, ge=0)
    unknown_levels: list[str] = Field(["_U", "not_classifiable"])
    sensitive_indicators: list[str] = Field(default_factory=list)
    sensitive_dimensions: list[str] = Field(["disability", "migrant", "ethnicity"])
    below_province: list[str] = Field(default_factory=list)
    model_least_df: int = Field(10, ge=1)
    # Reliability.
    hide_below: int = Field(30, ge=1)
    flag_below: int = Field(50, ge=1)
    width_narrow: float = Field(0.05, ge=0)
    width_wide: float = Field(0.3, gt=0)
    width_relative: float = Field(1.3, gt=0)
    cv: float = Field(0.3, gt=0)
    least_df: int = Field(8, ge=1)
    not_computable: float = Field(0.05, ge=0, le=1)
    missing_note: float = Field(0.1, ge=0, le=1)
    missing_flag: float = Field(0.3, ge=0, le=1)
    alpha: float = Field(0.05, gt=0, lt=1)
    ilo_suppress_below: int = Field(5, ge=0)
    ilo_unreliable_below: int = Field(15, ge=0)

    @field_validator("sensitive_dimensions", "below_province")
    @classmethod
    def _variables(cls, names: list[str]) -> list[str]:
        for name in names:
            if name not in VARIABLES:
                raise ValueError(f"'{name}' is no variable; {nearest(name, VARIABLES)}")
        return names

    @model_validator(mode="after")
    def _in_order(self) -> Thresholds:
        for least, most in (
            ("hide_below", "flag_below"),
            ("width_narrow", "width_wide"),
            ("missing_note", "missing_flag"),
            ("ilo_suppress_below", "ilo_unreliable_below"),
        ):
            if getattr(self, most) < getattr(self, least):
                raise ValueError(f"{most} must not be smaller than {least}")
        return self


class Settings(Decision):
    """All of `config.yaml`; unknown keys are refused."""

    raw: str = "raw"
    surveys: list[str] = Field(default_factory=list)
    languages: list[str] = Field(default=["en"], min_length=1)
    figure_formats: list[str] = Field(default_factory=lambda: ["page"])
    variants: dict[str, Variant] = Field(min_length=1)
    counterfactual_laws: bool = True
    lonely: Literal["adjust", "grand_mean", "average", "certainty", "fail"] = "adjust"
    thresholds: Thresholds = Thresholds.model_validate({})
    agency: str = AGENCY
    export: bool = False

    @field_validator("agency")
    @classmethod
    def _agency(cls, name: str) -> str:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z][A-Za-z0-9_-]*)*", name):
            raise ValueError(f"'{name}' is no SDMX agency: letters, digits, - and _, with points between parts")
        if name.upper().split(".")[0] in ("ILO", "ILOSTAT"):
            raise ValueError("these are not estimates of the ILO (decision 30): name your own agency")
        return name

    @field_validator("counterfactual_laws", "export", mode="before")
    @classmethod
    def _yaml_words(cls, value: Any) -> Any:
        """On the command line Snakemake takes only True and False, with capitals, for what they are."""
        return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value

    @field_validator("surveys", "languages", "figure_formats", mode="before")
    @classmethod
    def _one_is_a_list(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    @field_validator("languages")
    @classmethod
    def _codes(cls, value: list[str]) -> list[str]:
        for language in value:
            if not re.fullmatch(r"[a-z]{2,3}", language) or value.count(language) > 1:
                raise ValueError(f"'{language}' is no code of a language like en or lo, or stands twice")
        return value

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
