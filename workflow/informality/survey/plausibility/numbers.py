"""Ages, hours and amounts that cannot be, or that look like a code for "not stated"."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from informality.survey.derive import heaped, largest_heap
from informality.survey.plausibility.finding import Finding, Subject, part_of, percent
from informality.survey.plausibility.limits import LIMITS, Limits
from informality.survey.recode import number_and_reason
from informality.vocabulary import why

AMOUNTS = ("earnings_month", "in_kind_month")
MEASURED = ("age", "hours_usual", *AMOUNTS)
# An all-nines code has two digits or more: nine hours are hours.
_LEAST_NINES = 99
# With fewer different amounts a survey asked for bands, and the top band is no ceiling.
_FEWEST_AMOUNTS = 20


def ages(subject: Subject) -> Iterator[Finding]:
    """Ages that nobody has, and ages that hardly anybody has."""
    age, limits = subject.numbers("age"), subject.limits
    where = subject.survey.place("variables", "age")
    impossible = int(((age > limits.age_possible) | (age < 0)).sum())
    if impossible:
        text = (
            f"{impossible} of {len(age)} persons have an age below 0 or above {limits.age_possible:g}: perhaps a code for 'not stated'; "
            "write it as  age: {number: …, not_stated: …}"
        )
        yield Finding("age", where, impossible, part_of(impossible, len(age)), text, impossible=True)
        return
    old = int((age > limits.age_old).sum())
    if part_of(old, len(age)) > limits.age_old_share:
        text = f"{old} of {len(age)} persons are above {limits.age_old:g} years old; look for a code for 'not stated'"
        yield Finding("age", where, old, part_of(old, len(age)), text)


def impossible_hours(values: np.ndarray, limits: Limits = LIMITS) -> np.ndarray:
    """Which of the hours no week has; `harmonise` calls them not stated."""
    return (values < 0) | (values > limits.week)


def hours(subject: Subject) -> Iterator[Finding]:
    """More hours than a week has, or fewer than none. Who has them is not stated, so they are counted in the file."""
    rules = subject.parsed.variables.get("hours_usual")
    if rules is None:
        return
    raw = number_and_reason(subject.seen, {"hours_usual": rules})["hours_usual"][0]
    silent = (subject.persons[why("hours_usual")] == "not_stated").to_numpy()
    long = int((silent & impossible_hours(raw, subject.limits)).sum())
    answered = len(subject.numbers("hours_usual")) + long
    share = part_of(long, answered)
    if long:
        what = f"{long} of {answered} persons ({percent(share)}) have hours below 0 or above {subject.limits.week:g} a week"
        many = share > subject.limits.week_share
        todo = (
            ": perhaps a code for 'not stated'; write it as  hours_usual: {number: …, not_stated: …}"
            if many
            else "; they count as not stated"
        )
        yield Finding("hours", subject.survey.place("variables", "hours_usual"), long, share, what + todo, many)


def all_nines(subject: Subject) -> Iterator[Finding]:
    """A greatest answer of nines only (99, 99999) that outnumbers each of the three answers below it."""
    for name in MEASURED:
        values, counts = np.unique(subject.numbers(name), return_counts=True)
        if not len(values) or not _only_nines(values[-1]):
            continue
        top, below = int(counts[-1]), int(counts[-1 - subject.limits.nines_answers : -1].max(initial=0))
        if top > below and top >= subject.limits.fewest_asked:
            where = subject.survey.place("variables", name)
            text = (
                f"{where}: the greatest answer is written in nines only and {top} persons have it, more than any of the {subject.limits.nines_answers} "
                f"answers below it (at most {below}); if it means 'not stated', write  {name}: {{number: …, not_stated: …}}"
            )
            yield Finding("all_nines", where, top, part_of(top, counts.sum()), text)


def _only_nines(value: float) -> bool:
    return value >= _LEAST_NINES and value == np.floor(value) and set(str(int(value))) == {"9"}


def top_value(subject: Subject) -> Iterator[Finding]:
    """Too many persons at the very top of an amount: a ceiling, or a code."""
    for name in AMOUNTS:
        values, counts = np.unique(subject.numbers(name), return_counts=True)
        if len(values) < _FEWEST_AMOUNTS or _only_nines(values[-1]):
            continue
        top, share = int(counts[-1]), part_of(counts[-1], counts.sum())
        if share > subject.limits.top_value_share and top >= subject.limits.fewest_asked:
            where = subject.survey.place("variables", name)
            text = (
                f"{where}: {top} of {counts.sum()} persons ({percent(share)}) have the greatest amount of all; if it is a code, write "
                f"{name}: {{number: …, not_stated: …}}; if it is a ceiling, means are too low"
            )
            yield Finding("top_value", where, top, share, text)


def heaps(subject: Subject) -> Iterator[Finding]:
    """One amount for so many that classes of earnings mean nothing; they are then not made (`derive`)."""
    earnings = subject.persons["earnings_month"].to_numpy(dtype=float)
    ranked = subject.employed & (earnings > 0)
    weight = subject.persons["weight"].to_numpy(dtype=float)[ranked]
    if heaped(earnings[ranked], weight):
        share, count = largest_heap(earnings[ranked], weight)
        where = subject.survey.place("variables", "earnings_month")
        text = f"{where}: {count} of {ranked.sum()} persons ({percent(share)} of the weights) earn one and the same amount; no fifths or tenths of earnings are made"
        yield Finding("heap", where, count, share, text)
