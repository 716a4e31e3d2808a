"""Conditions of a description against the columns of a file, with what the file itself declares as missing.

A code that an SPSS file declares as missing (a 9, LO THRU -1) is no answer: conditions on levels, numbers, keys and rules see
nothing in its place, as in SPSS. Only the conditions of reasons see it, for they say what it means (``dont_know: q = 8``). With
``source: {declared_missing: codes}`` levels and rules see it too; numbers never do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from informality.sql import first_match, numbers
from informality.survey.conditions import Conditions, RecodeRules
from informality.survey.derive import WHY
from informality.survey.description import Survey

UserMissing = Mapping[str, Sequence[Mapping[str, float | str]]]


@dataclass(frozen=True)
class Sight:
    """The file's columns as conditions see them: ``file`` as they are, ``answers`` without declared codes, ``levels`` as levels do."""

    file: pd.DataFrame
    answers: pd.DataFrame
    levels: pd.DataFrame


def sight(source: pd.DataFrame, parsed: Conditions, survey: Survey, user_missing: UserMissing) -> Sight:
    """The columns as each kind of condition sees them, with those that the wave is declared not to have."""
    file = _with_absent(source, parsed)
    answers = without_declared(file, user_missing)
    return Sight(file, answers, file if survey.family.source.declared_missing == "codes" else answers)


def without_declared(source: pd.DataFrame, user_missing: UserMissing) -> pd.DataFrame:
    """The columns with NULL where the file declares a code as missing; numbers and texts alike. ``source`` itself is left as it is."""
    declared = {name: hit for name, hit in declared_codes(source, user_missing).items() if hit.any()}
    if not declared:
        return source
    return source.assign(**{name: source[name].mask(hit) for name, hit in declared.items()})


def declared_codes(source: pd.DataFrame, user_missing: UserMissing) -> dict[str, np.ndarray]:
    """For each column with declared codes, the rows that hold one."""
    spelling = {str(c).lower(): c for c in source.columns}
    found = {}
    for column, ranges in user_missing.items():
        written = spelling.get(column.lower())
        if written is None:
            continue
        hit = np.zeros(len(source), dtype=bool)
        values = source[written]
        for code in ranges:
            low, high = code["lo"], code["hi"]
            if pd.api.types.is_numeric_dtype(values) and not isinstance(low, str):
                hit |= ((values >= float(low)) & (values <= float(high))).to_numpy(dtype=bool)
            elif not pd.api.types.is_numeric_dtype(values) and isinstance(low, str):
                # Texts have no ranges in SPSS, and are padded with blanks.
                hit |= values.eq(low.strip()).fillna(False).to_numpy(dtype=bool)
        found[written] = hit
    return found


def matched(seen: Sight, tables: Mapping[str, RecodeRules]) -> dict[str, np.ndarray]:
    """Index of the first rule that holds of each recode: levels, then reasons; -1 where none does."""
    if seen.levels is seen.file:
        return first_match(seen.file, {name: rules.rules for name, rules in tables.items()})
    taken = first_match(seen.levels, {name: rules.rules[: rules.n_levels] for name, rules in tables.items()})
    told = first_match(seen.file, {name: rules.rules[rules.n_levels :] for name, rules in tables.items()})
    return {
        name: np.where((taken[name] < 0) & (told[name] >= 0), told[name] + rules.n_levels, taken[name]).astype(np.int16)
        for name, rules in tables.items()
    }


def number_and_reason(seen: Sight, recodes: Mapping[str, RecodeRules]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Numbers, NaN where there is none or a reason says so, and the code of that reason. A number loses what its expression used."""
    wanted = {name: r for name, r in recodes.items() if r.number is not None}
    values = numbers(seen.answers, {name: r.number for name, r in wanted.items() if r.number is not None})
    reasons = first_match(seen.file, {name: r.rules for name, r in wanted.items() if r.rules})
    out = {}
    for name, rules in wanted.items():
        number, reason = values[name], np.full(len(seen.file), WHY["not_stated"], dtype=np.int8)
        if name in reasons:
            codes = np.array([WHY[rule.outcome] for rule in rules.rules] + [WHY["not_stated"]], dtype=np.int8)
            reason = codes[reasons[name]]
            number = np.where(reasons[name] >= 0, np.nan, number)
        out[name] = (number, reason)
    return out


def codes(found: np.ndarray, rules: RecodeRules, order: tuple[str, ...]) -> np.ndarray:
    """Codes in ``order`` from indices of rules; -1 where a reason or nothing matched."""
    table = np.array(
        [order.index(r.outcome) for r in rules.rules[: rules.n_levels]]
        + [-1] * (len(rules.rules) - rules.n_levels + 1),
        dtype=np.int16,
    )
    return table[found]


def level_and_reason(
    found: np.ndarray | None, rules: RecodeRules | None, order: tuple[str, ...], rows: int
) -> tuple[np.ndarray, np.ndarray]:
    """Codes of levels (-1: none) and of reasons; nobody was asked what the description does not hold."""
    if found is None or rules is None:
        return np.full(rows, -1, dtype=np.int16), np.full(rows, WHY["not_asked"], dtype=np.int8)
    reasons = np.array(
        [WHY["answered"]] * rules.n_levels
        + [WHY[r.outcome] for r in rules.rules[rules.n_levels :]]
        + [WHY["not_stated"]],
        dtype=np.int8,
    )
    return codes(found, rules, order), reasons[found]


def _with_absent(source: pd.DataFrame, parsed: Conditions) -> pd.DataFrame:
    """Columns that a wave is declared not to have, as columns without a value.

    Objects, not NaN: only so has the column no type, and can be compared with a number as well as with a text.
    """
    have = {str(c).lower() for c in source.columns}
    new = [name for name in sorted(parsed.absent) if name.lower() not in have]
    nothing = pd.Series([None] * len(source), index=source.index, dtype=object)
    return source.assign(**dict.fromkeys(new, nothing)) if new else source
