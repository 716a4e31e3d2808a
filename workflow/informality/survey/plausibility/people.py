"""Persons, households and sampling units: who stands in the file twice, who is in no base, who lives in two places."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from informality.sql import Condition, evaluate
from informality.survey.plausibility.finding import Finding, Subject, part_of, percent


def nobody(subject: Subject) -> Iterator[Finding]:
    """Nobody of the age for whom estimates are made, or nobody employed."""
    survey, base = subject.survey, int(subject.persons["age_base"].sum())
    n, concept = len(subject.persons), survey.family.primary_concept
    if not base:
        where = survey.place("variables", "age")
        text = (
            f"none of {n} persons is known to be {survey.family.age_base} years old or more; look at the column of age"
        )
        yield Finding("nobody", where, 0, 0.0, text, impossible=True)
    elif not subject.employed.any():
        where = survey.place("concepts", concept)
        yield Finding("nobody", where, 0, 0.0, f"none of {base} persons is employed; look at {where}.employed")


def unknown(subject: Subject) -> Iterator[Finding]:
    """Persons without age or sex."""
    for name, loss in (("age", "they are in no base and nothing counts them"), ("sex", "they are in no class by sex")):
        if name not in subject.survey.variables:
            continue
        missing = int(subject.persons[name].isna().sum())
        share = part_of(missing, len(subject.persons))
        if share > subject.limits.unknown_share:
            where = subject.survey.place("variables", name)
            text = f"{where}: unknown for {missing} of {len(subject.persons)} persons ({percent(share)}); {loss}"
            yield Finding("unknown", where, missing, share, text)


def keys(subject: Subject) -> Iterator[Finding]:
    """Identifiers kept as numbers that are too large for their last digits: other persons get the same key."""
    for place, rule in _keys(subject).items():
        for column in rule.columns:
            values = subject.column(column)
            if values is None or not pd.api.types.is_numeric_dtype(values):
                continue
            single = column.lower() in {name.lower() for name in subject.single}
            exact, power = (subject.limits.exact_single, 24) if single else (subject.limits.exact, 53)
            large = int((values.abs() >= exact).sum())
            if large:
                text = (
                    f"{place}: the column '{column}' holds numbers of 2^{power} and more in {large} of {len(values)} rows, whose last digits the "
                    f"file has lost{' (it stores them as float)' if single else ''}; a key needs whole texts: save the column as text where the file was made"
                )
                yield Finding("keys", place, large, part_of(large, len(values)), text, impossible=True)


def _keys(subject: Subject) -> dict[str, Condition]:
    parsed, survey = subject.parsed, subject.survey
    rules = {name: rule for name, rule in parsed.design.items() if name != "weight"}
    found = {survey.place("design", name): rule for name, rule in rules.items()}
    found |= {
        survey.place(name): rule for name in ("household", "person") if (rule := getattr(parsed, name)) is not None
    }
    return found


def households(subject: Subject) -> Iterator[Finding]:
    """Households in more than one sampling unit (their numbers start again), and households of too many persons."""
    if "household" not in subject.persons:
        return
    where, n = subject.survey.place("household"), int(subject.persons["household"].nunique())
    units = subject.persons[["household", "psu"]].drop_duplicates()
    split = int((units["household"].value_counts() > 1).sum())
    if split and "psu" in subject.parsed.design:
        text = (
            f"{split} of {n} households lie in more than one sampling unit, so their numbers start again in each; "
            "name the unit too:  household: concat(stratum, '-', psu, '-', household)"
        )
        yield Finding("households", where, split, part_of(split, n), text, impossible=True)
        return
    large = int((subject.persons["household"].value_counts() > subject.limits.household_size).sum())
    if large:
        text = f"{large} of {n} households have more than {subject.limits.household_size} persons; look whether the key tells households apart, and whether these are institutions"
        yield Finding("households", where, large, part_of(large, n), text)


def twice(subject: Subject) -> Iterator[Finding]:
    """Persons who share a declared key; without one, employed persons who equal another of their household in all that is read.

    Without a key of households those of a sampling unit are compared, where enough columns are read to tell neighbours apart.
    """
    if subject.parsed.person is not None:
        found = pd.Series(_plain(evaluate(subject.source, {"person": subject.parsed.person})["person"]))
        again, without = int(found[found.notna()].duplicated().sum()), int(found.isna().sum())
        where = subject.survey.place("person")
        if again:
            text = f"{again} of {len(found)} persons have the key of another; look for interviews entered or files joined twice"
            yield Finding("twice", where, again, part_of(again, len(found)), text)
        if without:
            text = f"{where}: {without} of {len(found)} persons have no key"
            yield Finding("twice", where, without, part_of(without, len(found)), text)
        return
    place, home = ("household", "household") if "household" in subject.persons else ("psu", "sampling unit")
    if place == "psu" and (
        "psu" not in subject.parsed.design or subject.source.shape[1] < subject.limits.twice_columns
    ):
        return
    read = subject.source.loc[subject.employed].assign(_home=subject.persons[place].to_numpy()[subject.employed])
    again = int(read.duplicated().sum())
    share = part_of(again, len(read))
    if share > subject.limits.twice_share:
        text = (
            f"{again} of {len(read)} employed persons ({percent(share)}) equal another of their {home} in all columns that are read; look for "
            "interviews entered or files joined twice, and declare  person:  to count them by their key"
        )
        where = subject.survey.place("household") if place == "household" else subject.survey.place("design", "psu")
        yield Finding("twice", where, again, share, text)


def _plain(values: np.ma.MaskedArray) -> np.ndarray:
    plain = np.asarray(values.data).astype(object)
    plain[np.ma.getmaskarray(values)] = None
    return plain


def left_out(subject: Subject) -> Iterator[Finding]:
    """Rows that `keep` leaves out."""
    lost = subject.rows - len(subject.persons)
    share = part_of(lost, subject.rows)
    if share > subject.limits.left_out_share:
        where = subject.survey.place("keep")
        text = f"'keep' leaves {lost} of {subject.rows} rows ({percent(share)}) out of everything; look whether they are no persons of the survey"
        yield Finding("left_out", where, lost, share, text)


def lonely(subject: Subject) -> Iterator[Finding]:
    """A design in which no stratum has two sampling units: nothing can be said about chance."""
    if "psu" not in subject.parsed.design or subject.survey.design.replicates is not None:
        return
    units = subject.persons.groupby("stratum")["psu"].nunique()
    if (units == 1).all():
        one = (
            "the file has one sampling unit"
            if len(units) == 1
            else f"each of the {len(units)} strata has one sampling unit"
        )
        text = f"{one}: no standard error is possible, so nothing is published with one; look whether 'stratum' and 'psu' are the right columns"
        yield Finding("lonely", subject.survey.place("design", "stratum"), len(units), 1.0, text)
