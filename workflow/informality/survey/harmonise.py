"""From the file's columns to the canonical vocabulary: one row a person, every variable with its reason.

The frame that harmonise returns is the contract of the stages after it:

- ``weight``, ``stratum``, ``psu`` (codes; PSUs told apart between strata), ``age_base``, ``national_base`` (booleans);
- ``household`` (a code, int32) where the description names what tells households apart;
- ``employed__<concept>`` (boolean, at or above the age base) for each concept that the survey can yield;
- every variable of the vocabulary, as value and ``<variable>_why`` (a value is NULL unless answered);
- ``cover__<question>`` and ``cover__<question>_why`` for the questions on social security;
- ``national__<table>`` (outcome), ``national_by__<table>`` (rule) and ``flag__<table>`` (the file's own result); and from them
  ``unit__national``, ``job__national`` with their rules, where the office has such a definition;
- ``check__<name>`` (1, 0, NULL) and ``check_in__<name>`` (boolean) for the office's own figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from informality import vocabulary as v
from informality.errors import UserError
from informality.frames import WHY_DTYPE, levels
from informality.sql import Condition, booleans, evaluate, first_match, numbers
from informality.survey.conditions import OUTCOME, Conditions, conditions
from informality.survey.derive import WHY, derive
from informality.survey.description import Survey
from informality.survey.family import Outcome
from informality.survey.plausibility.numbers import impossible_hours
from informality.survey.plausibility.text_order import refuse_order_of_texts
from informality.survey.recode import Sight, codes, level_and_reason, matched, number_and_reason, sight


def harmonise(
    source: pd.DataFrame, survey: Survey, user_missing: Mapping[str, Sequence[Mapping[str, float | str]]] | None = None
) -> pd.DataFrame:
    """Recode one survey's file, rows in the order of the file; see the module's text for the columns.

    ``user_missing``: codes that the file itself declares as missing (column → ranges ``{"lo", "hi"}``); who sees them: `recode`. Hours
    that no week has are not stated. Raises UserError for a column that the description names and ``source`` lacks, for numbers compared
    by the alphabet, for missing or negative weights and for missing design columns, with counts and never with values.
    """
    survey.require_design()
    parsed = conditions(survey)
    refuse_order_of_texts(source, parsed.all())
    seen = sight(source, parsed, survey, user_missing or {})
    columns: dict[str, object] = _design(seen.answers, parsed, survey)
    if parsed.household is not None:
        columns["household"] = _household(seen.answers, parsed.household, survey)
    found_numbers = number_and_reason(seen, parsed.variables)
    if "hours_usual" in found_numbers:
        hours, why_not = found_numbers["hours_usual"]
        found_numbers["hours_usual"] = np.where(impossible_hours(hours), np.nan, hours), why_not
    in_age = np.nan_to_num(found_numbers["age"][0], nan=-1.0) >= survey.family.age_base
    columns["age_base"] = in_age
    base = (
        booleans(seen.levels, {"base": parsed.base})["base"] if parsed.base is not None else np.ones(len(source), bool)
    )
    columns["national_base"] = base & in_age
    employed = {name: hit & in_age for name, hit in booleans(seen.levels, parsed.employed).items()}
    columns.update({f"employed__{name}": hit for name, hit in employed.items()})

    found = matched(seen, {name: r for name, r in parsed.variables.items() if r.number is None})
    has_job = np.logical_or.reduce(list(employed.values()))
    status = codes(found["status"], parsed.variables["status"], v.STATUSES) if "status" in found else None
    for name, variable in v.VARIABLES.items():
        if name in v.DERIVED:
            continue
        rules = parsed.variables.get(name)
        applies = has_job if variable.of == "employed" else np.ones(len(source), dtype=bool)
        asked = applies & _asked(survey.family.routing.get(name), status, rules is not None)
        if variable.kind == "number":
            value, reason = found_numbers.get(
                name, (np.full(len(source), np.nan), np.full(len(source), WHY["not_stated"]))
            )
            why = _why(applies, asked, ~np.isnan(value), reason)
            columns[name] = np.where(why == WHY["answered"], value, np.nan)
        else:
            order = survey.levels(name)
            code, reason = level_and_reason(found.get(name), rules, order, len(source))
            why = _why(applies, asked, code >= 0, reason)
            columns[name] = levels(np.where(why == WHY["answered"], code, -1), order)
        columns[v.why(name)] = pd.Categorical.from_codes(why, dtype=WHY_DTYPE)
    derive(columns, survey)
    columns.update(_questions(seen, survey, parsed, has_job, status))
    columns.update(_national_and_checks(seen, survey, parsed, columns))
    return pd.DataFrame(columns)


def _design(source: pd.DataFrame, parsed: Conditions, survey: Survey) -> dict[str, object]:
    where = f"{survey.file}, {survey.place('design', 'weight')}"
    weight = numbers(source, {"weight": parsed.design["weight"]})["weight"]
    if (bad := int((~np.isfinite(weight)).sum())) > 0:
        raise UserError(
            f"{survey.id}: the weight is missing for {bad} of {len(weight)} persons",
            where=where,
            todo="ask the producer, or use another weight",
        )
    if (bad := int((weight < 0).sum())) > 0:
        raise UserError(
            f"{survey.id}: the weight is negative for {bad} of {len(weight)} persons",
            where=where,
            todo="ask the producer for corrected weights",
        )
    if not (weight > 0).any():
        raise UserError(
            f"{survey.id}: none of {len(weight)} persons has a weight above zero",
            where=where,
            todo="look whether the file holds persons at all, and whether this is the weight",
        )
    places = {name: condition for name, condition in parsed.design.items() if name != "weight"}
    values = {name: pd.Series(_filled(a)) for name, a in evaluate(source, places).items()}
    ones = pd.Series(np.zeros(len(source), dtype=np.int64))
    stratum = values.get("stratum", ones)
    psu = values.get("psu", pd.Series(np.arange(len(source))))
    for name, series in (("stratum", stratum), ("psu", psu)):
        if (bad := int(series.isna().sum())) > 0:
            raise UserError(
                f"{survey.id}: '{name}' is missing for {bad} of {len(series)} persons",
                where=f"{survey.file}, {survey.place('design', name)}",
                todo="complete the design columns; without them no standard error is right",
            )
    stratum_code = pd.factorize(stratum, sort=True)[0].astype(np.int32)
    nested = stratum_code.astype(np.int64) * (psu.nunique() + 1) + pd.factorize(psu, sort=True)[0]
    return {"weight": weight, "stratum": stratum_code, "psu": pd.factorize(nested, sort=True)[0].astype(np.int32)}


def _household(source: pd.DataFrame, identifier: Condition, survey: Survey) -> np.ndarray:
    """Households as codes in the order of their identifiers, which are not kept."""
    values = pd.Series(_filled(evaluate(source, {"household": identifier})["household"]))
    if (bad := int(values.isna().sum())) > 0:
        raise UserError(
            f"{survey.id}: 'household' is missing for {bad} of {len(values)} persons",
            where=f"{survey.file}, {survey.place('household')}",
            todo="name a column that every person has, or leave the key out",
        )
    return pd.factorize(values, sort=True)[0].astype(np.int32)


def _filled(values: np.ma.MaskedArray) -> np.ndarray:
    plain = np.asarray(values.data).astype(object)
    plain[np.ma.getmaskarray(values)] = None
    return plain


def _asked(groups: Sequence[str] | None, status: np.ndarray | None, described: bool) -> np.ndarray | bool:
    """Whether routing lets the question through; nobody is asked what the description does not hold."""
    if not described:
        return False
    if groups is None or status is None:
        return True
    return np.isin(status, [v.STATUSES.index(g) for g in groups])


def _why(applies: np.ndarray, asked: np.ndarray, answered: np.ndarray, reason: np.ndarray) -> np.ndarray:
    why = np.where(answered, WHY["answered"], reason)
    why = np.where(asked, why, WHY["not_asked"])
    return np.where(applies, why, WHY["not_applicable"]).astype(np.int8)


def _questions(
    seen: Sight, survey: Survey, parsed: Conditions, has_job: np.ndarray, status: np.ndarray | None
) -> dict[str, object]:
    found = matched(seen, parsed.questions)
    columns: dict[str, object] = {}
    for name, question in survey.social_security.items():
        asked = has_job & _asked(list(question.asked_of), status, True)
        code, reason = level_and_reason(found[name], parsed.questions[name], v.YES_NO, len(seen.file))
        why = _why(has_job, asked, code >= 0, reason)
        columns[f"cover__{name}"] = levels(np.where(why == WHY["answered"], code, -1), v.YES_NO)
        columns[f"cover__{name}_why"] = pd.Categorical.from_codes(why, dtype=WHY_DTYPE)
    return columns


def _national_and_checks(
    seen: Sight, survey: Survey, parsed: Conditions, columns: Mapping[str, object]
) -> dict[str, object]:
    source = seen.levels
    out: dict[str, object] = {}
    made: dict[str, object] = {}
    family = survey.family
    if parsed.national_universe is not None:
        inside = booleans(source, {"universe": parsed.national_universe})["universe"] & np.asarray(columns["age_base"])
        for table, rules in parsed.national.items():
            extended = source.assign(**made) if made else source
            index = np.where(inside, first_match(extended, {table: rules})[table], -1)
            outcomes = list(dict.fromkeys(r.outcome for r in rules))
            code = np.array([outcomes.index(r.outcome) for r in rules] + [-1], dtype=np.int16)[index]
            out[f"national__{table}"] = levels(code, outcomes)
            out[f"national_by__{table}"] = levels(index, [r.id for r in rules])
            made[f"{table}{OUTCOME}"] = out[f"national__{table}"]
            for part, outcome in (
                (("unit", family.national.unit), ("job", family.national.job)) if family.national else ()
            ):
                if outcome is not None and outcome.table == table:
                    out |= _national_result(part, outcome, out[f"national__{table}"], out[f"national_by__{table}"])
            if table in parsed.flags:
                out[f"flag__{table}"] = _flag(seen.file, parsed.flags[table].columns[0])
    extended = source.assign(**made) if made else source
    values = numbers(extended, {name: pair[0] for name, pair in parsed.checks.items()})
    among = booleans(extended, {name: pair[1] for name, pair in parsed.checks.items()})
    for name in family.checks:
        out[f"check__{name}"] = values[name]
        out[f"check_in__{name}"] = among[name]
    return out


def _national_result(part: str, outcome: Outcome, result: object, rule: object) -> dict[str, object]:
    """The office's outcome as ``unit__national`` or ``job__national``, in the words of the vocabulary."""
    order = v.UNITS if part == "unit" else v.JOBS
    found = pd.Categorical(result)
    table = np.array(
        [order.index(outcome.outcomes[code]) if code in outcome.outcomes else -1 for code in found.categories] + [-1],
        dtype=np.int16,
    )
    return {f"{part}__national": levels(table[found.codes], order), f"{part}_rule__national": rule}


def _flag(source: pd.DataFrame, column: str) -> pd.Categorical:
    """The office's own codes as texts ('1', not '1.0'; all digits of 1000001), NULL where the file has none."""
    by_lower = {str(c).lower(): c for c in source.columns}
    codes, found = pd.factorize(source[by_lower[column.lower()]])
    texts = [str(int(x)) if isinstance(x, float) and x.is_integer() else str(x) for x in found]
    names = sorted({text for text in texts if text})
    place = np.array([names.index(text) if text else -1 for text in texts] + [-1], dtype=np.int16)
    return levels(place[codes], names)
