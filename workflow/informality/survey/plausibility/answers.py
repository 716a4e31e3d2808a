"""Answers that a description does not find: levels of nobody, groups and questions without an answer, workers without a status."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from informality import vocabulary as v
from informality.survey.conditions import RecodeRules
from informality.survey.plausibility.finding import Finding, Subject, percent


def recodes(subject: Subject) -> dict[str, tuple[str, RecodeRules]]:
    """Key of the description → column of the harmonised frame, and rules; without what reads only columns that the wave has not."""
    parsed, absent = subject.parsed, _absent(subject)
    found = {f"variables.{name}": (name, rules) for name, rules in parsed.variables.items()}
    found |= {f"social_security.{name}": (f"cover__{name}", rules) for name, rules in parsed.questions.items()}
    return {key: pair for key, pair in found.items() if not _reads_only(pair[1], absent)}


def levels_of_nobody(subject: Subject) -> Iterator[Finding]:
    """A level that nobody has. A survey's own levels (settlements, provinces) may be those of another wave."""
    many, n = len(subject.survey.family.waves) > 1, len(subject.persons)
    for key, (column, rules) in recodes(subject).items():
        if many and column in v.VARIABLES and v.VARIABLES[column].has_own_levels:
            continue
        counts = subject.persons[column].value_counts() if rules.n_levels else {}
        for rule in rules.rules[: rules.n_levels]:
            if not counts.get(rule.outcome, 0) and not {c.lower() for c in rule.condition.columns} & _absent(subject):
                where = f"{key}.{rule.outcome}"
                yield Finding(
                    "level_of_nobody", where, 0, 0.0, f"{where} holds for none of {n} persons; look at its condition"
                )


def without_status(subject: Subject) -> Iterator[Finding]:
    """Employed persons without a status in employment, by concept; weighted."""
    for concept in subject.survey.concepts:
        employed = subject.persons[f"employed__{concept}"].to_numpy(dtype=bool)
        unknown = employed & subject.persons["status"].isna().to_numpy()
        share = _share(subject, unknown, employed)
        if share > subject.limits.without_status_share:
            text = (
                f"{percent(share)} of the employed ({concept}; {unknown.sum()} of {employed.sum()} persons) have no status in employment; "
                "look at variables.status"
            )
            yield Finding("status_unknown", f"concepts.{concept}", int(unknown.sum()), share, text)


def groups_without_answer(subject: Subject) -> Iterator[Finding]:
    """Status groups that were asked by declared routing, and of whom the file holds nothing at all on a question; weighted."""
    for key, column, asked, silent in _asked(subject):
        for group, here in _silent_groups(subject, key, column, asked, silent):
            n = int(here.sum())
            where = f"{key}.{group}"
            text = f"{key}: none of the {n} persons '{group}' has an answer; if they were not asked, say so under routing or not_asked"
            yield Finding("group_without_answer", where, n, _share(subject, here, asked), text)


def not_stated(subject: Subject) -> Iterator[Finding]:
    """Questions without an answer from a large part of all who were asked, silent groups apart; weighted."""
    for key, column, asked, silent in _asked(subject):
        told = np.zeros(len(asked), dtype=bool)
        for _, here in _silent_groups(subject, key, column, asked, silent):
            told |= here
        others = asked & ~told
        share = _share(subject, silent & others, others)
        if share > subject.limits.not_stated_share:
            n, of = int((silent & others).sum()), int(others.sum())
            text = f"{key}: no answer for {percent(share)} of those asked ({n} of {of} persons); a code or a skip may be missing"
            yield Finding("not_stated", key, n, share, text)


def _asked(subject: Subject) -> Iterator[tuple[str, str, np.ndarray, np.ndarray]]:
    """Key, column, who was asked and who of them did not answer, for each question to the employed."""
    for key, (column, _) in recodes(subject).items():
        if column in v.VARIABLES and v.VARIABLES[column].of != "employed":
            continue
        why = subject.persons[v.why(column)]
        asked = subject.employed & ~why.isin(["not_asked", "not_applicable"]).to_numpy()
        yield key, column, asked, asked & (why == "not_stated").to_numpy()


def _silent_groups(
    subject: Subject, key: str, column: str, asked: np.ndarray, silent: np.ndarray
) -> Iterator[tuple[str, np.ndarray]]:
    for group in _groups(subject, key, column) if column != "status" else ():
        here = asked & (subject.persons["status"] == group).to_numpy()
        if here.sum() >= subject.limits.fewest_asked and silent[here].all():
            yield group, here


def _groups(subject: Subject, key: str, column: str) -> Sequence[str]:
    """Status groups that were asked, as the description declares it."""
    if key.startswith("social_security."):
        return subject.survey.social_security[column.removeprefix("cover__")].asked_of
    return subject.survey.family.routing.get(column, v.STATUSES)


def _absent(subject: Subject) -> set[str]:
    return {name.lower() for name in subject.survey.absent}


def _reads_only(rules: RecodeRules, absent: set[str]) -> bool:
    parts = [rules.number] if rules.number is not None else [r.condition for r in rules.rules[: rules.n_levels]]
    named = {column.lower() for condition in parts for column in condition.columns}
    return bool(named) and named <= absent


def _share(subject: Subject, part: np.ndarray, whole: np.ndarray) -> float:
    weight = subject.persons["weight"].to_numpy(dtype=float)
    total = float(weight[whole].sum())
    return float(weight[part & whole].sum()) / total if total > 0 else 0.0
