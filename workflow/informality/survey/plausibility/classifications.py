"""Codes of industry and occupation against the revision that the description declares for them.

Divisions of ISIC Rev.4 (United Nations 2008) and Rev.3 and 3.1 (1990, 2002); sub-major groups of ISCO-08 (ILO 2012) and ISCO-88 (1990).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from informality import vocabulary as v
from informality.survey.plausibility.finding import Finding, Subject, part_of, percent


def _spans(*spans: tuple[int, int]) -> frozenset[int]:
    return frozenset(code for first, last in spans for code in range(first, last + 1))


KNOWN: dict[str, dict[str, frozenset[int]]] = {
    "isic2": {
        "rev4": _spans(*v.SECTION_DIVISIONS.values()),
        "rev3": _spans(
            (1, 2), (5, 5), (10, 37), (40, 41), (45, 45), (50, 52), (55, 55), (60, 67), (70, 75), (80, 80), (85, 85), (90, 93),
            (95, 97), (99, 99),
        ),
    },
    "isco2": {
        "isco08": _spans((1, 3), (11, 14), (21, 26), (31, 35), (41, 44), (51, 54), (61, 63), (71, 75), (81, 83), (91, 96)),
        "isco88": _spans((1, 1), (11, 13), (21, 24), (31, 34), (41, 42), (51, 52), (61, 62), (71, 74), (81, 83), (91, 93)),
    },
}  # fmt: skip
REVISION = {"isic2": "isic_revision", "isco2": "isco_revision"}
_NAMES = {"rev4": "ISIC Rev.4", "rev3": "ISIC Rev.3", "isco08": "ISCO-08", "isco88": "ISCO-88"}


def codes(subject: Subject) -> Iterator[Finding]:
    """Two-digit codes that the declared revision does not have."""
    for name, revisions in KNOWN.items():
        code = subject.persons[name].to_numpy(dtype=float)
        declared = subject.persons[REVISION[name]].astype("str").to_numpy(dtype=object)
        for revision, known in revisions.items():
            here = ~np.isnan(code) & (declared == revision)
            outside = int((here & ~np.isin(code, list(known))).sum())
            share = part_of(outside, here.sum())
            if share > subject.limits.outside_share:
                where = subject.survey.place("variables", name)
                text = (
                    f"{where}: {outside} of {here.sum()} codes ({percent(share)}) do not exist in {_NAMES[revision]}; look at the revision "
                    "declared, at the number of digits, and for codes that mean 'not stated'"
                )
                yield Finding("codes", where, outside, share, text, impossible=share > subject.limits.outside_error)


def lengths(subject: Subject) -> Iterator[Finding]:
    """Codes kept as texts of several lengths, some with a leading zero: others may have lost theirs."""
    for name in (*KNOWN, "industry_national"):
        rules = subject.parsed.variables.get(name)
        named = [] if rules is None else [*(rules.number.columns if rules.number else ()), *_of_levels(rules.rules)]
        for column in dict.fromkeys(named):
            values = subject.column(column)
            if values is None or not pd.api.types.is_string_dtype(values):
                continue
            digits = values[values.str.fullmatch(r"\d+").fillna(False).astype(bool)]
            found = digits.str.len().value_counts()
            zero = digits[digits.str.startswith("0")].str.len()
            # A code that starts with a zero says how long codes are; the same code without it is shorter by one.
            short = int(found.get(int(zero.mode().iloc[0]) - 1, 0)) if len(zero) else 0
            share = part_of(short, len(digits))
            if share > subject.limits.length_share:
                where = subject.survey.place("variables", name)
                text = (
                    f"{where}: {short} of {len(digits)} codes in the column '{column}' are one digit shorter than those with a leading zero, "
                    f"which may have been lost; write it back with lpad({column}, {int(zero.mode().iloc[0])}, '0')"
                )
                yield Finding("lengths", where, short, share, text)


def _of_levels(rules: tuple) -> list[str]:
    return [column for rule in rules for column in rule.condition.columns]
