"""Conditions of levels against the codes of the file: codes that none takes, persons whom two take, labels that say another level."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from informality import vocabulary as v
from informality.sql import booleans
from informality.survey.conditions import RecodeRules
from informality.survey.plausibility.answers import recodes
from informality.survey.plausibility.classifications import REVISION
from informality.survey.plausibility.finding import Finding, Subject, part_of, percent
from informality.survey.quality import OF_EVERYBODY
from informality.survey.recode import declared_codes

# A last level that takes nearly everybody whom the others take is the remainder ("no": q IS NOT NULL).
_REMAINDER = 0.95


def untaken(subject: Subject) -> Iterator[Finding]:
    """Persons who have a code in the file that neither a level nor a reason takes."""
    for key, (column, rules) in recodes(subject).items():
        if not rules.n_levels or column in REVISION.values():
            continue
        why = subject.persons[v.why(column)]
        asked = ~why.isin(["not_asked", "not_applicable"]).to_numpy()
        if column not in v.VARIABLES or v.VARIABLES[column].of == "employed":
            asked &= subject.employed
        elif column not in OF_EVERYBODY:
            asked &= subject.persons["age_base"].to_numpy(dtype=bool)
        lost = asked & (why == "not_stated").to_numpy() & _has_code(subject, rules) & ~_told(subject, rules)
        n, share = int(lost.sum()), part_of(lost.sum(), asked.sum())
        if share > subject.limits.untaken_share:
            where = subject.survey.place(*key.split(".", 1))
            text = (
                f"{key}: {n} of {asked.sum()} persons ({percent(share)}) have a code that no level takes and no reason names; "
                f"they count as not stated{_capitals(subject, rules, lost)}"
            )
            yield Finding("untaken", where, n, share, text)


def _has_code(subject: Subject, rules: RecodeRules) -> np.ndarray:
    """Who has a value, not declared missing by the file, in any column that the levels read."""
    found = np.zeros(len(subject.persons), dtype=bool)
    here = {str(name).lower(): name for name in subject.seen.answers.columns}
    for column in {c.lower() for rule in rules.rules[: rules.n_levels] for c in rule.condition.columns}:
        found |= subject.seen.answers[here[column]].notna().to_numpy()
    return found


def _capitals(subject: Subject, rules: RecodeRules, lost: np.ndarray) -> str:
    """How many of the lost codes are written in a condition with other capital letters."""
    near = np.zeros(len(lost), dtype=bool)
    for rule in rules.rules[: rules.n_levels]:
        for name, code in rule.condition.comparisons:
            values = subject.column(name)
            if values is not None and pd.api.types.is_string_dtype(values):
                near |= (values.str.lower() == code.lower()).fillna(False).to_numpy(dtype=bool) & (
                    values != code
                ).to_numpy(dtype=bool)
    n = int((near & lost).sum())
    return f"; {n} of them differ from a code of the conditions in capital letters only" if n else ""


def _told(subject: Subject, rules: RecodeRules) -> np.ndarray:
    """Whom a condition for "not stated" takes."""
    conditions = {str(i): rule.condition for i, rule in enumerate(rules.rules[rules.n_levels :])}
    hits = booleans(subject.seen.file, conditions).values() if conditions else ()
    return np.logical_or.reduce([*hits, np.zeros(len(subject.persons), dtype=bool)])


def overlaps(subject: Subject) -> Iterator[Finding]:
    """Persons whom two levels take, a remainder at the end left out: the first wins, and perhaps neither is meant."""
    for key, (_, rules) in recodes(subject).items():
        if rules.n_levels < 2:
            continue
        taken = booleans(
            subject.seen.levels, {str(i): r.condition for i, r in enumerate(rules.rules[: rules.n_levels])}
        )
        hits = np.array(list(taken.values()))
        others = hits[:-1].any(axis=0)
        if part_of((hits[-1] & others).sum(), others.sum()) >= _REMAINDER:
            hits = hits[:-1]
        double, of = int((hits.sum(axis=0) > 1).sum()), int(hits.any(axis=0).sum())
        share = part_of(double, of)
        if share > subject.limits.overlap_share:
            where = subject.survey.place(*key.split(".", 1))
            text = f"{key}: two levels take {double} of {of} persons ({percent(share)}), and the first of them wins; make the conditions exclude each other"
            yield Finding("overlap", where, double, share, text)


def labels(subject: Subject) -> Iterator[Finding]:
    """Codes that the file calls by another level's words and not their own, where it calls no code of that other level so.

    So "never married" beside "married" is no fault. A word in common with another level shows that file and level speak one language;
    without it nothing is said.
    """
    named = {column.lower(): known for column, known in subject.value_labels.items()}
    for key, (column, rules) in recodes(subject).items():
        if not rules.n_levels or column not in v.VARIABLES:
            continue
        own = subject.survey.variables[column].labels
        words = {rule.outcome: _words(own.get(rule.outcome, rule.outcome)) for rule in rules.rules[: rules.n_levels]}
        called = {
            rule.outcome: [
                (name, code, label)
                for name, code in rule.condition.comparisons
                if (label := named.get(name.lower(), {}).get(_number(code)))
            ]
            for rule in rules.rules[: rules.n_levels]
        }
        for level, codes in called.items():
            for name, code, label in codes:
                found = _words(label)
                others = [o for o, known in words.items() if o != level and known and known <= found]
                bare = [
                    o for o in others if called[o] and not any(words[o] <= _words(text) for _, _, text in called[o])
                ]
                if bare and not found & words[level]:
                    where = f"{key}.{level}"
                    text = f"{where}: the file calls the code {code} of '{name}' \"{label}\", which is '{bare[0]}'; look whether codes are exchanged"
                    yield Finding("labels", where, 1, 0.0, text)


def _words(text: str) -> frozenset[str]:
    """Words of three letters or more, in small letters."""
    return frozenset(word for word in re.split(r"[\W_\d]+", text.lower()) if len(word) > 2)


def _number(code: str) -> str:
    """A code as the file's own label has it: numbers as floats."""
    try:
        return str(float(code))
    except ValueError:
        return code


def declared(subject: Subject) -> Iterator[Finding]:
    """Levels that name, or take, codes which the file declares as missing."""
    hits = {str(name).lower(): hit for name, hit in declared_codes(subject.seen.file, subject.user_missing).items()}
    if not hits:
        return
    for key, (_, rules) in recodes(subject).items():
        levels = rules.rules[: rules.n_levels]
        columns = {c.lower() for rule in levels for c in rule.condition.columns} & set(hits)
        if not columns:
            continue
        coded = np.logical_or.reduce([hits[c] for c in columns])
        taken = np.logical_or.reduce(list(booleans(subject.seen.file, {r.id: r.condition for r in levels}).values()))
        n = int((coded & taken).sum())
        if n:
            seen = subject.seen.levels is subject.seen.file
            where, share = subject.survey.place(*key.split(".", 1)), part_of(n, len(coded))
            text = f"{key}: conditions of levels hold for {n} persons by a code that the file declares as missing; " + (
                "they are counted, as declared_missing: codes asks"
                if seen
                else "it counts as no answer; if it is one, declare source: {declared_missing: codes}"
            )
            yield Finding("declared_missing", where, n, share, text)
