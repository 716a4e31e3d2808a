"""Answers that cannot both be true of a person, and texts that were read in a wrong encoding."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from informality.survey.plausibility.answers import recodes
from informality.survey.plausibility.finding import Finding, Subject, part_of, percent
from informality.survey.recode import matched
from informality.survey.values import MISREAD


def routed(subject: Subject) -> Iterator[Finding]:
    """Workers of a status group that was not asked by declared routing, and who have an answer in the file.

    Where most of them have one the question was put to all, and routing says whose answers are used.
    """
    status = subject.persons["status"]
    for name, groups in subject.survey.family.routing.items():
        rules = subject.parsed.variables.get(name)
        if rules is None or not rules.n_levels or f"variables.{name}" not in recodes(subject):
            continue
        # A last level that takes the rest ("IS NOT NULL") says nothing of a question, so a level before it has to hold.
        last = rules.n_levels - 1 if rules.n_levels > 2 else rules.n_levels
        found = matched(subject.seen, {name: rules})[name]
        outside = subject.employed & (status.notna() & ~status.isin(groups)).to_numpy()
        n, share = int((outside & (found >= 0) & (found < last)).sum()), 0.0
        share = part_of(n, outside.sum())
        if n >= subject.limits.fewest_asked and subject.limits.routed_share < share <= 0.5:
            where = f"routing.{name}"
            text = (
                f"{where}: {n} of {outside.sum()} workers of groups that were not asked ({percent(share)}) have an answer in the file, which is "
                "not used; look at routing and at the status"
            )
            yield Finding("routed", where, n, share, text)


def labour_force(subject: Subject) -> Iterator[Finding]:
    """Persons who are employed by their work and something else by their labour force status, or the reverse."""
    if "lfs" not in subject.survey.variables:
        return
    lfs, base = subject.persons["lfs"], subject.persons["age_base"].to_numpy(dtype=bool)
    known = base & lfs.notna().to_numpy()
    differ = int((known & ((lfs == "employed").to_numpy() != subject.employed)).sum())
    share = part_of(differ, known.sum())
    if share > subject.limits.untaken_share:
        where = subject.survey.place("variables", "lfs")
        text = f"{where}: {differ} of {known.sum()} persons ({percent(share)}) are employed by it and not by the concept that figures use, or the reverse; look at both conditions"
        yield Finding("labour_force", where, differ, share, text)


def misread(subject: Subject) -> Iterator[Finding]:
    """Texts with the marks of a wrong encoding in a column that conditions read."""
    for name in subject.source.columns:
        values = subject.source[name]
        if not pd.api.types.is_string_dtype(values):
            continue
        n = int(values.str.contains(MISREAD, regex=True).fillna(False).sum())
        if n:
            text = f"the column '{name}' has wrongly read characters in {n} of {len(values)} rows; declare the file's encoding:  source: {{encoding: …}}"
            yield Finding("misread", "source.encoding", n, part_of(n, len(values)), text)
