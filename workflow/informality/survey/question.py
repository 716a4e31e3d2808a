"""How a variable or a question on social security is read from the file, as it stands in a description."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from informality import vocabulary as v
from informality.decisions import SPLIT, Decision
from informality.errors import nearest

UNANSWERED = tuple(r for r in v.REASONS if r not in ("answered", "not_applicable"))
Status = Literal["employee", "employer", "own_account", "cooperative", "family_worker", "not_classifiable"]


class Recode(Decision):
    """How one canonical variable is read from the file: a number, or a condition per level; and conditions per reason."""

    number: str | None = None
    levels: dict[str, str] = Field(default_factory=dict)
    labels: dict[str, str] = Field(default_factory=dict)
    reasons: dict[str, str] = Field(default_factory=dict)
    note: str = ""

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        """Accept ``age: Q14AGE`` and ``sex: {male: Q13GENDER = 1, …}``, with reasons and ``{if:, label:}`` among the levels."""
        if isinstance(value, str):
            return {"number": value}
        if not isinstance(value, Mapping):
            raise ValueError("give a column, an expression, or a condition for each level")
        parts: dict[str, Any] = {"levels": {}, "labels": {}, "reasons": {}}
        for key, entry in value.items():
            if not isinstance(key, str):
                word = {
                    True: ' (YAML reads a bare yes as True: write "yes")',
                    False: ' (a bare no as False: write "no")',
                }
                meant = word[key] if isinstance(key, bool) else ""
                raise ValueError(f"the level {key!r} is not a text: put quotes around it{meant}")
            if key in ("note", "number"):
                parts[key] = entry
            elif key in UNANSWERED:
                parts["reasons"][key] = _condition(key, entry)
            elif isinstance(entry, Mapping):
                unknown = set(entry) - {"if", "label"}
                if unknown or "if" not in entry:
                    split = f"; {SPLIT}" if None in entry.values() else ""
                    raise ValueError(f"the level '{key}' takes 'if' and 'label'{split}")
                parts["levels"][key] = _condition(key, entry["if"])
                if "label" in entry:
                    parts["labels"][key] = entry["label"]
            else:
                parts["levels"][key] = _condition(key, entry)
        return parts


def _condition(level: str, text: Any) -> str:
    if text is None:
        raise ValueError(f"'{level}' needs a condition; if it is a piece of one: {SPLIT}")
    if not isinstance(text, str):
        raise ValueError(f"'{level}' needs a condition, and a condition is a text: put quotes around it")
    return text


class Others(Decision):
    """Status groups to whom a question was not put, and what is assumed of their cover (decision 14)."""

    status: list[Status] = Field(min_length=1)
    assume: Literal["not_covered", "unknown"]
    reason: str = Field(min_length=1)
    source: str = Field(min_length=1)


class Question(Decision):
    """One question on social security, asked as it stands in the questionnaire (decisions 14 and 16).

    ``branches``: of which a "yes" is evidence of cover, of the question's own ``kind``. A status group that stands neither in ``asked_of``
    nor in ``others`` is unknown.
    """

    label: str
    kind: Literal["statutory", "occupational", "private"]
    asked_of: list[Status] = Field(min_length=1)
    answers: Recode
    branches: list[str] = Field(default_factory=list)
    others: list[Others] = Field(default_factory=list)
    note: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> Question:
        for place, branch in enumerate(self.branches):
            if branch not in v.BRANCHES:
                raise ValueError(f"branches: '{branch}' is unknown; {nearest(branch, v.BRANCHES)}")
            if branch in self.branches[:place]:
                raise ValueError(f"branches: '{branch}' stands twice")
        seen: set[str] = set()
        for entry in self.others:
            for status in entry.status:
                if status in self.asked_of:
                    raise ValueError(f"others: '{status}' was asked; it stands under asked_of")
                if status in seen:
                    raise ValueError(f"others: '{status}' stands twice")
                seen.add(status)
        return self
