"""What looks wrong in a description although every condition can be run: counts only, each with a sentence for the end of a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from informality import vocabulary as v
from informality.survey.conditions import RecodeRules, conditions
from informality.survey.description import Survey

COLUMNS = ("kind", "item", "n", "of", "share", "text")
# Shares are weighted: of those asked, and of the employed.
MOST_NOT_STATED = 0.3
MOST_WITHOUT_STATUS = 0.05
# Groups with fewer persons say nothing about a question.
FEWEST_ASKED = 10

Row = tuple[str, str, int, int, float, str]


def doubts(persons: pd.DataFrame, survey: Survey) -> pd.DataFrame:
    """One row a doubt about the description of ``survey``; ``persons`` is its harmonised frame. Empty where there is none.

    Answers are looked at among those employed under the concept that figures use, levels among all. ``kind``: `level_of_nobody`, `status_unknown`, `group_without_answer`, `not_stated`. ``n`` persons of ``of``, unweighted; ``share``
    weighted. What reads only columns that the wave is declared not to have is passed over.
    """
    parsed = conditions(survey)
    figures = persons[persons[f"employed__{survey.family.primary_concept}"].to_numpy(dtype=bool)]
    absent = {name.lower() for name in survey.absent}
    recodes = {f"variables.{name}": (name, rules) for name, rules in parsed.variables.items()}
    recodes |= {f"social_security.{name}": (f"cover__{name}", rules) for name, rules in parsed.questions.items()}
    recodes = {key: pair for key, pair in recodes.items() if not _reads_only(pair[1], absent)}
    rows: list[Row] = list(_without_status(persons, survey))
    for key, (column, rules) in recodes.items():
        # A survey's own levels (settlements, provinces) may be those of another wave.
        own = column in v.VARIABLES and v.VARIABLES[column].has_own_levels
        if not (own and len(survey.family.waves) > 1):
            rows += _levels_of_nobody(persons, key, column, rules, absent)
        if column not in v.VARIABLES or v.VARIABLES[column].of == "employed":
            rows += _answers(figures, key, column, _groups(survey, key, column))
    order = {"status_unknown": 0, "group_without_answer": 1, "not_stated": 2, "level_of_nobody": 3}
    return pd.DataFrame(sorted(rows, key=lambda row: order[row[0]]), columns=list(COLUMNS))


def _reads_only(rules: RecodeRules, absent: set[str]) -> bool:
    parts = [rules.number] if rules.number is not None else [r.condition for r in rules.rules[: rules.n_levels]]
    named = {column.lower() for condition in parts for column in condition.columns}
    return bool(named) and named <= absent


def _levels_of_nobody(
    persons: pd.DataFrame, key: str, column: str, rules: RecodeRules, absent: set[str]
) -> Iterator[Row]:
    counts = persons[column].value_counts() if rules.n_levels else {}
    for rule in rules.rules[: rules.n_levels]:
        if not counts.get(rule.outcome, 0) and not {c.lower() for c in rule.condition.columns} & absent:
            item = f"{key}.{rule.outcome}"
            yield "level_of_nobody", item, 0, len(persons), 0.0, f"{item} holds for nobody; look at its condition"


def _without_status(persons: pd.DataFrame, survey: Survey) -> Iterator[Row]:
    for concept in survey.concepts:
        employed = persons[f"employed__{concept}"].to_numpy(dtype=bool)
        unknown = employed & persons["status"].isna().to_numpy()
        share = _share(persons, unknown, employed)
        if share > MOST_WITHOUT_STATUS:
            text = f"{share:.0%} of the employed ({concept}) have no status in employment; look at variables.status"
            yield "status_unknown", f"concepts.{concept}", int(unknown.sum()), int(employed.sum()), share, text


def _groups(survey: Survey, key: str, column: str) -> Sequence[str]:
    """Status groups that were asked, as the description declares it."""
    if key.startswith("social_security."):
        return survey.social_security[column.removeprefix("cover__")].asked_of
    return survey.family.routing.get(column, v.STATUSES)


def _answers(persons: pd.DataFrame, key: str, column: str, groups: Sequence[str]) -> Iterator[Row]:
    """Groups, or a large part of all who were asked, of whom the file holds nothing at all on a question."""
    why = persons[v.why(column)]
    asked = ~why.isin(["not_asked", "not_applicable"]).to_numpy()
    silent = (why == "not_stated").to_numpy()
    told = np.zeros(len(persons), dtype=bool)
    for group in groups if column != "status" else ():
        here = asked & (persons["status"] == group).to_numpy()
        n = int(here.sum())
        if n >= FEWEST_ASKED and silent[here].all():
            text = f"{key}: none of the {n} persons '{group}' has an answer; if they were not asked, say so under routing or not_asked"
            yield "group_without_answer", f"{key}.{group}", n, n, _share(persons, here, asked), text
            told |= here
    asked, silent = asked & ~told, silent & ~told
    share = _share(persons, silent, asked)
    if share > MOST_NOT_STATED:
        n, of = int(silent.sum()), int(asked.sum())
        text = f"{key}: no answer for {share:.0%} of those asked ({n} of {of} persons); a code or a skip may be missing"
        yield "not_stated", key, n, of, share, text


def _share(persons: pd.DataFrame, part: np.ndarray, whole: np.ndarray) -> float:
    weight = persons["weight"].to_numpy(dtype=float)
    total = float(weight[whole].sum())
    return float(weight[part & whole].sum()) / total if total > 0 else 0.0
