"""A law applied: the columns of the covered frame that belong to one law, reading and branch, under the names that conditions use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from informality import vocabulary as v
from informality.estimate.computable import NOT_PUT
from informality.estimate.specifications import COVER, OF_BRANCH, OF_LAW

WIDE, NARROW = v.READINGS
# Which breakdowns of a specification are estimated.
FULL, IN_NARROW, ELSEWHERE = "full", "narrow", "also"
_PER_LAW = ("below_pension", "means", "voluntary_contribution", "due_employer", "due_employee", "due_state")
_PER_KEY = ("legal", "split", "step", "take_up")


@dataclass(frozen=True)
class Applied:
    """One law, reading and branch (or, without law, one branch): ``extent`` says in which breakdowns it is shown,
    ``main`` whether the branch is the one for which everything is.

    ``columns``: name in conditions → column of the covered frame; what a frame lacks is NULL everywhere.
    """

    law: str
    reading: str
    branch: str
    extent: str
    main: bool
    columns: Mapping[str, str]
    questions: Sequence[str] = ()

    @property
    def keys(self) -> dict[str, str]:
        """Keys of the hub."""
        return {"law": self.law, "branch": self.branch, "assumption": self.reading}

    def frame(self, persons: pd.DataFrame, covered: pd.DataFrame) -> pd.DataFrame:
        """``persons`` with the columns under the names that conditions use."""
        known = {**OF_BRANCH, **OF_LAW}
        columns: dict[str, Any] = {}
        for name, column in self.columns.items():
            if column in covered:
                columns[name] = covered[column]
            elif known[name] is not None:
                columns[name] = pd.Categorical.from_codes(np.full(len(persons), -1), categories=list(known[name] or ()))
            else:
                columns[name] = np.full(len(persons), np.nan)
        return persons.assign(**columns, **self._why(persons, columns.get("covered")))

    def _why(self, persons: pd.DataFrame, covered: Any) -> dict[str, Any]:
        """Why cover is not known: none of the questions that it rests on was put, or one has no answer."""
        reasons = [persons[v.why(f"{COVER}{name}")] for name in self.questions if v.why(f"{COVER}{name}") in persons]
        if covered is None or not reasons:
            return {}
        put = np.logical_or.reduce([~reason.isin(NOT_PUT).to_numpy() for reason in reasons])
        missing = np.asarray(pd.isna(covered))
        words = [v.REASONS.index(word) for word in ("answered", "not_stated", "not_asked")]
        codes = np.select([~missing, put], words[:2], default=words[2])
        return {v.why("covered"): pd.Categorical.from_codes(codes, categories=list(v.REASONS))}


def branches(told: Mapping[str, Any]) -> Iterator[Applied]:
    """Every group of branches with evidence; ``told`` is what the cover stage says of its columns (coverage.json)."""
    main = _group(told, told["main"])
    for name, _, questions in told["cover"]:
        columns = {"covered": f"covered__{name}", "assumed": f"assumed__{name}", "unit_registered": "unit_registered"}
        yield Applied("", "", name, FULL if name == main else ELSEWHERE, name == main, columns, tuple(questions))


def laws(told: Mapping[str, Any]) -> Iterator[Applied]:
    """Every law that could be applied, in both readings and for all its groups of branches, the law in force first."""
    entries = [entry for entry in told["laws"] if not entry["not_computable"]]
    current = told["law"] if any(entry["law"] == told["law"] for entry in entries) else None
    for entry in sorted(entries, key=lambda entry: not entry["in_force"]):
        law = entry["law"]
        main = main_branch(told, entry)
        names = [name for name, _ in entry["groups"]]
        names += [v.ANY_CASH] if entry["any_cash"] == v.ANY_CASH else []
        for name in names:
            group = _group(told, name)
            for reading in v.READINGS:
                columns = {key: f"{key}__{law}__{reading}__{name}" for key in _PER_KEY}
                columns |= {key: f"{key}__{law}" for key in _PER_LAW}
                columns |= {
                    "covered": f"covered__{group}",
                    "assumed": f"assumed__{group}",
                    "unit_registered": "unit_registered",
                }
                columns["split_in_force"] = f"split__{current}__{WIDE}__{name}"
                shown = FULL if reading == WIDE else IN_NARROW
                extent = shown if name == main and entry["in_force"] else ELSEWHERE
                asked = next((tuple(questions) for one, _, questions in told["cover"] if one == group), ())
                yield Applied(law, reading, name, extent, name == main, columns, asked)


def main_branch(told: Mapping[str, Any], entry: Mapping[str, Any]) -> str | None:
    """The group of a law's branches for which everything is shown."""
    return entry["any_cash"] if told["main"] == v.ANY_CASH else told["main"]


def _group(told: Mapping[str, Any], branch: str | None) -> str | None:
    """The group of evidence that a branch belongs to; None for a branch without evidence."""
    return next((name for name, some, _ in told["cover"] if branch == name or branch in some), None)
