"""What a check looks at, and what it finds: counts, and a sentence on what it is and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from informality.errors import UserError
from informality.survey.conditions import Conditions, conditions
from informality.survey.description import Survey
from informality.survey.plausibility.limits import LIMITS, Limits
from informality.survey.recode import Sight, sight
from informality.survey.source import some

COLUMNS = ("id", "where", "count", "share", "text")


@dataclass(frozen=True)
class Finding:
    """``where``: the key of the description; ``count`` persons (or columns, households), ``share`` of those looked at.

    ``text``: what it is and what to do, without a value of a person. ``impossible``: an error, not a warning.
    """

    id: str
    where: str
    count: int
    share: float
    text: str
    impossible: bool = False


@dataclass(frozen=True)
class Subject:
    """One survey as the checks see it; ``persons`` is its harmonised frame, ``source`` the columns of its file, rows alike.

    ``rows``: of the file, with those that ``keep`` leaves out. ``user_missing``, ``value_labels``: what the file declares, by column.
    ``notes``: what its reader found odd. ``single``: its columns of 32-bit floats.
    """

    persons: pd.DataFrame
    source: pd.DataFrame
    survey: Survey
    rows: int
    user_missing: Mapping[str, Sequence[Mapping[str, float | str]]] = field(default_factory=dict)
    value_labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    replicates: pd.DataFrame = field(default_factory=pd.DataFrame)
    notes: Sequence[str] = ()
    single: Sequence[str] = ()
    limits: Limits = LIMITS

    @cached_property
    def parsed(self) -> Conditions:
        """The conditions of the description."""
        return conditions(self.survey)

    @cached_property
    def seen(self) -> Sight:
        """The columns of the file as conditions see them."""
        return sight(self.source, self.parsed, self.survey, self.user_missing)

    @cached_property
    def employed(self) -> np.ndarray:
        """Those employed under the concept that figures use, as booleans."""
        return self.persons[f"employed__{self.survey.family.primary_concept}"].to_numpy(dtype=bool)

    def numbers(self, name: str) -> np.ndarray:
        """The answers of a number variable, without those who gave none."""
        values = self.persons[name].to_numpy(dtype=float)
        return values[~np.isnan(values)]

    def column(self, name: str) -> pd.Series | None:
        """A column of the file however its name is written; None where the wave does not have it."""
        spelling = {str(c).lower(): c for c in self.source.columns}
        written = spelling.get(name.lower())
        return None if written is None else self.source[written]


def part_of(part: float, whole: float) -> float:
    """A share; 0 of nothing."""
    return float(part) / float(whole) if whole > 0 else 0.0


def percent(share: float) -> str:
    """``12 %``, ``0.3 %``, ``0.004 %``: two digits where the first alone would say nothing."""
    number = 100 * share
    return f"{number:.0f} %" if number >= 9.5 else f"{number:.2g} %"


def refuse(findings: Sequence[Finding], survey: Survey) -> None:
    """UserError that names everything impossible at once, and where there are doubts besides; nothing where nothing is impossible."""
    bad = [finding for finding in findings if finding.impossible]
    if bad:
        doubtful = list(dict.fromkeys(finding.where for finding in findings if not finding.impossible))
        raise UserError(
            f"{survey.id}: " + "\n".join(finding.text for finding in bad),
            where=f"{survey.file}, {', '.join(dict.fromkeys(finding.where for finding in bad))}",
            todo="mend these keys of the description, or ask the producer"
            + (f"; doubtful are besides: {some(doubtful)}" if doubtful else "")
            + "; all checks: docs/checks.md",
        )


def table(findings: Iterable[Finding]) -> pd.DataFrame:
    """The warnings in the order in which they are shown; columns `COLUMNS`."""
    rows = [(f.id, f.where, f.count, f.share, f.text) for f in findings if not f.impossible]
    return pd.DataFrame(rows, columns=list(COLUMNS))
