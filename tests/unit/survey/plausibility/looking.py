"""A small survey in which nothing is doubtful, and what the checks find after a change to it."""

from __future__ import annotations

from typing import Any

import pandas as pd
from unit.survey.small_family import persons, survey

from informality.survey.description import Survey
from informality.survey.harmonise import harmonise
from informality.survey.plausibility.checks import examine
from informality.survey.plausibility.finding import Finding, Subject

Rows = list[dict[str, float | str | None]]


def whole() -> Rows:
    """65 persons, 20 of them employees; two sampling units a stratum, weights that are persons, ages that differ."""
    rows: Rows = [
        {"stat": 1.0, "ss": 1.0 + i % 2, "pen": 1.0, "prov": 1.0 + i % 2, "isic": 4711.0, "isco": 52.0}
        for i in range(20)
    ]
    rows += [
        {"stat": 2.0, "reg": 1.0, "pen": 2.0, "prov": 1.0, "isic": 111.0, "isco": 61.0, "sex": 2.0} for _ in range(15)
    ]
    rows += [{"stat": 3.0, "reg": 2.0, "prov": 2.0, "isic": 111.0, "isco": 61.0} for _ in range(15)]
    rows += [{"stat": 4.0, "prov": 2.0, "isic": 111.0, "isco": 61.0} for _ in range(15)]
    # Nothing but the age tells some of them apart.
    return [{"w": 100.0, "age": 16.0 + i, **row} for i, row in enumerate(rows)]


def subject(source: pd.DataFrame, toy: Survey, **more: Any) -> Subject:
    """A source as the checks see it. ``more``: other fields of `Subject`."""
    harmonised = harmonise(source, toy, more.get("user_missing"))
    return Subject(harmonised, source, toy, **{"rows": len(source), **more})


def found(
    rows: Rows, toy: Survey | None = None, columns: dict[str, Any] | None = None, /, **more: Any
) -> list[Finding]:
    """What the checks find in rows of the small file, with other ``columns`` beside its own."""
    return examine(subject(persons(*rows).assign(**(columns or {})), toy or survey(), **more))


def ids(findings: list[Finding]) -> list[tuple[str, bool]]:
    """Which checks found something, and whether it stops the run."""
    return [(finding.id, finding.impossible) for finding in findings]


def changed(count: int, **values: float | str | None) -> Rows:
    """The whole survey with other values of its first ``count`` persons."""
    return [{**row, **values} if i < count else row for i, row in enumerate(whole())]
