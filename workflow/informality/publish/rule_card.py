"""What the survey card says of the rules that were applied; made by `classify.rule_book`."""

from __future__ import annotations

from pydantic import ConfigDict

from informality.decisions import Decision


class _Part(Decision):
    # Written by the pipeline as JSON (no tuples), and may grow; what publishing does not know it leaves alone.
    model_config = ConfigDict(extra="ignore", strict=False, frozen=True)


class Rule(_Part):
    """One rule: condition, outcome, source; ``proxy``: it stands for something that was not asked."""

    id: str
    condition: str
    outcome: str
    source: str
    proxy: bool = False
    by_definition: bool = False


class Choice(_Part):
    """What was chosen where a standard leaves something open, and what else it allows."""

    option: str
    choice: str
    others: tuple[str, ...] = ()


class RuleBook(_Part):
    """The rules of one variant in their order; a ``sensitivity`` variant has only the choices that it changes."""

    variant: str
    standard: str
    source: str
    sensitivity: bool = False
    options: tuple[Choice, ...] = ()
    unit: tuple[Rule, ...] = ()
    job: tuple[Rule, ...] = ()
