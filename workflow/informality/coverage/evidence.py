"""Who is covered in which branch, by the answers that the survey's description names as evidence (decisions 14-16)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from informality import vocabulary as v

Codes = npt.NDArray[np.int8]
# Only cover by a statutory scheme enters the split (decision 16).
STATUTORY = "statutory"
YES, NO, UNKNOWN = 1, 0, -1


@dataclass(frozen=True)
class Question:
    """One question on the survey card: ``others`` says what is taken to hold of status groups that were not asked."""

    name: str
    kind: str
    asked_of: tuple[str, ...]
    branches: tuple[str, ...]
    others: Mapping[str, str]


def questions(card: Mapping[str, Any]) -> list[Question]:
    """The questions of a survey card, in its order."""
    return [
        Question(
            name,
            entry["kind"],
            tuple(entry["asked_of"]),
            tuple(entry.get("branches", ())),
            {status: group["assume"] for group in entry.get("others", ()) for status in group["status"]},
        )
        for name, entry in card["questions"]
    ]


def evidence_of(asked: Sequence[Question]) -> dict[str, tuple[Question, ...]]:
    """For each branch the statutory questions that are evidence of cover in it; no entry where there is none."""
    found = {b: tuple(q for q in asked if q.kind == STATUTORY and b in q.branches) for b in v.BRANCHES}
    return {branch: some for branch, some in found.items() if some}


def covered(workers: pd.DataFrame, asked: Sequence[Question]) -> tuple[Codes, npt.NDArray[np.bool_]]:
    """Cover by any of some questions: `YES` where one is answered so, `NO` where all are no or taken to be, else `UNKNOWN`.

    Also whether nobody asked and "not covered" was assumed. ``workers`` has ``status``, ``cover__<question>`` and its reason.
    """
    size = len(workers)
    yes, known = np.zeros(size, dtype=bool), np.ones(size, dtype=bool)
    assumed = np.zeros(size, dtype=bool)
    status = workers["status"].astype("object")
    for question in asked:
        answer = workers[f"cover__{question.name}"]
        said_yes, said_no = (answer == "yes").to_numpy(), (answer == "no").to_numpy()
        skipped = (workers[f"cover__{question.name}_why"] == "not_asked").to_numpy()
        taken = skipped & (status.map(question.others) == "not_covered").to_numpy()
        yes |= said_yes
        known &= said_no | taken
        assumed |= taken
    found = np.where(yes, YES, np.where(known, NO, UNKNOWN)).astype(np.int8)
    return found, assumed & (found == NO)


def any_of(parts: Sequence[Codes]) -> Codes:
    """Cover in at least one of several branches."""
    stacked = np.stack(parts)
    return np.where((stacked == YES).any(axis=0), YES, np.where((stacked == NO).all(axis=0), NO, UNKNOWN)).astype(
        np.int8
    )
