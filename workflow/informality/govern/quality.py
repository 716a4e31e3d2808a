"""What may be published of the quality of a survey: answers to its questions, its design, its weights, and the office's own flags.

Counts of persons are rounded to tens, and 1 to 9 have none: who refused an answer in a small survey must not be found by subtraction.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from pandas import DataFrame

from informality.govern.hide import few
from informality.govern.rounding import ERROR, TENS, to_digits, to_step
from informality.settings import Thresholds
from informality.vocabulary import REASONS

# What is told of weights and design; the smallest and the largest weight are those of persons.
TOLD = (
    ("weights", "coefficient_of_variation", "value"), ("weights", "design_effect_of_weighting", "value"),
    ("design", "strata", "n"), ("design", "psus", "n"), ("design", "lonely_strata", "n"),
)  # fmt: skip
OF_WEIGHTS = frozenset({"coefficient_of_variation", "design_effect_of_weighting"})


def released_quality(quality: DataFrame, flags: DataFrame, thresholds: Thresholds) -> dict[str, Any]:
    """``questions``: of each variable the persons by reason (None for few); ``design``: name → number; ``flags``: of each official flag the
    persons compared and the share on whom the rule run here agrees.

    ``quality``, ``flags``: checks/quality.csv and checks/official_flags.csv.
    """
    questions = []
    variables = quality[quality["part"] == "variable"]
    for name, rows in variables.groupby("item", sort=False):
        counts = dict(zip(rows["level"], _told(rows["n"].to_numpy(dtype=float), thresholds), strict=True))
        questions.append({"variable": str(name), **{reason: counts.get(reason, 0.0) for reason in REASONS}})
    found = {
        (part, item): row
        for part, item, row in zip(quality["part"], quality["item"], quality.to_dict("records"), strict=True)
    }
    design = {item: float(found[part, item][column]) for part, item, column in TOLD if (part, item) in found}
    for item in OF_WEIGHTS & design.keys():
        design[item] = float(to_digits(np.array([design[item]]), ERROR)[0])
    agreement = [
        {
            "flag": str(row["flag"]),
            "persons": _told(np.array([float(row["rows"])]), thresholds)[0],
            "agreement": round(1.0 - float(row["disagreements"]) / float(row["rows"]), 3),
        }
        for row in flags[flags["outcome"] == "all"].to_dict("records")
        if float(row["rows"]) > 0
    ]
    return {"questions": questions, "design": design, "flags": agreement}


def told_checks(warnings: DataFrame, thresholds: Thresholds) -> list[dict[str, Any]]:
    """What the checks of plausibility found (checks/warnings.csv): the check, the key of the description, how many, as other counts.

    Their sentences, which hold exact counts, stay with the user.
    """
    counts = _told(warnings["count"].to_numpy(dtype=float), thresholds)
    return [
        {"check": str(check), "where": str(where), "count": count}
        for check, where, count in zip(warnings["id"], warnings["where"], counts, strict=True)
    ]


def _told(counts: np.ndarray, thresholds: Thresholds) -> list[float | None]:
    told = np.where(few(counts, thresholds), np.nan, to_step(counts, TENS))
    return [None if np.isnan(value) else float(value) for value in told]
