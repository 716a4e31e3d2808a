"""All declared estimates of one survey: from persons and their classification to the rows of the hub."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from informality import vocabulary as v
from informality.estimate.declared import COVER, Declared, Specification, check, specifications
from informality.estimate.design import Design
from informality.estimate.hub import estimate
from informality.estimate.requests import Between, Request
from informality.sql import booleans, evaluate

# What sensitivity variants get.
NATIONAL_ONLY = ((), ("sex",))
# Jobs that cannot be computed are those of whole status groups, whose rates mean little without bounds.
BOUNDED = (*NATIONAL_ONLY, ("status",))


@dataclass(frozen=True)
class Subject:
    """What is estimated of one survey: the pairs of variant and concept, which variants are sensitivity variants only, and the
    office's own figures (``check__<name>`` columns) with their breakdowns.
    """

    survey: str
    wave: str
    pairs: tuple[tuple[str, str], ...]
    sensitivity: frozenset[str] = frozenset()
    checks: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)
    # False where the office publishes for everybody at or above the age base: then its base is no universe of its own.
    national_base: bool = False


def estimate_survey(
    persons: pd.DataFrame, classified: pd.DataFrame, declared: Declared, subject: Subject, lonely: str = "adjust"
) -> pd.DataFrame:
    """Hub rows of everything that is declared; ``persons`` and ``classified`` have the same rows.

    A breakdown by a variable that the survey did not ask is left out; an indicator that cannot be computed for a pair has one row
    with the state `not_computable`.
    """
    design = Design.from_frame(persons, lonely=lonely)
    questions = [c for c in persons.columns if c.startswith(COVER) and not c.endswith("_why")]
    specs = list(specifications(declared, questions))
    check(specs, questions)
    if not subject.national_base:
        specs = [s for s in specs if "national_base" not in s.among.columns]
    asked = {d for d in v.DIMENSIONS if d in persons and persons[d].notna().any()}
    dimensions = persons[[d for d in v.DIMENSIONS if d in asked]]

    parts: list[pd.DataFrame] = []
    for concept in dict.fromkeys(c for _, c in subject.pairs):
        frame = persons.assign(employed=persons[f"employed__{concept}"])
        parts += _one(frame, dimensions, design, [s for s in specs if s.per == "concept"], subject, "", concept, asked)
    for variant, concept in subject.pairs:
        frame = persons.assign(
            employed=persons[f"employed__{concept}"],
            unit=_column(classified, f"unit__{variant}", v.UNITS),
            job=_column(classified, f"job__{variant}", v.JOBS),
        )
        wanted = [s for s in specs if s.per == "variant"]
        parts += _one(frame, dimensions, design, wanted, subject, variant, concept, asked)
    parts.append(_checks(persons, dimensions, design, subject, asked))
    hub = pd.concat([p for p in parts if len(p)], ignore_index=True)
    return hub.sort_values(list(v.HUB_KEYS), kind="stable", ignore_index=True)


def _column(frame: pd.DataFrame, name: str, levels: tuple[str, ...]) -> pd.Categorical:
    if name in frame:
        return pd.Categorical(frame[name])
    return pd.Categorical.from_codes(np.full(len(frame), -1), categories=list(levels))


def _one(
    frame: pd.DataFrame,
    dimensions: pd.DataFrame,
    design: Design,
    specs: Sequence[Specification],
    subject: Subject,
    variant: str,
    concept: str,
    asked: set[str],
) -> list[pd.DataFrame]:
    """Requests of one pair, run together so that they share the passes over the rows."""
    among = {s.among.text: s.among for s in specs}
    universes = booleans(frame, among)
    values = evaluate(frame, {s.value.text: s.value for s in specs})
    columns: dict[str, np.ndarray] = {f"in {text}": hit for text, hit in universes.items()}
    requests: list[Request] = []
    missing: list[dict[str, object]] = []
    for spec in specs:
        inside = universes[spec.among.text]
        value: np.ndarray = np.ma.asarray(values[spec.value.text], dtype=float).filled(np.nan)
        keys = {
            "survey": subject.survey,
            "wave": subject.wave,
            "variant": variant,
            "concept": concept,
            "universe": spec.universe,
            "indicator": spec.indicator,
            "category": spec.category,
        }
        if spec.where_present and not (value[inside] == 1).any():
            continue
        if not np.isfinite(value[inside]).any():
            missing += [_not_computable(keys, statistic, inside) for statistic in spec.statistics]
            continue
        columns[spec.value.text] = value
        sensitive = variant in subject.sensitivity
        wanted = [by for by in spec.breakdowns if set(by) <= asked and (not sensitive or by in NATIONAL_ONLY)]
        for statistic in spec.statistics:
            requests += [_request(statistic, spec.value.text, spec.among.text, by, keys) for by in wanted]
        if not sensitive:
            requests += _differences(spec, asked, keys)
        unknown = inside & np.isnan(value)
        if spec.bounds and unknown.any():
            for assumption, filled in (("as_formal", 0.0), ("as_informal", 1.0)):
                name = f"{spec.value.text} {assumption}"
                columns[name] = np.where(unknown, filled, value)
                bounds = [by for by in wanted if by in BOUNDED]
                requests += [
                    _request("share", name, spec.among.text, by, {**keys, "assumption": assumption}) for by in bounds
                ]
    parts = [estimate(dimensions.assign(**columns), design, requests)] if requests else []
    if missing:
        parts.append(pd.DataFrame(missing).reindex(columns=[*v.HUB_KEYS, *v.HUB_VALUES]))
    return parts


def _request(statistic: str, y: str, where: str, by: Sequence[str], keys: Mapping[str, str]) -> Request:
    measure = "share" if statistic == "share" else "persons"
    return Request(statistic=statistic, y=y, where=f"in {where}", by=tuple(by), keys=keys, measure=measure)  # type: ignore[arg-type]


def _differences(spec: Specification, asked: set[str], keys: Mapping[str, str]) -> list[Request]:
    """Declared differences of shares; those by a variable that the survey did not ask are left out."""
    return [
        Request(
            statistic="difference",
            of="share",
            between=Between(d.dimension, d.plus, d.minus),
            y=spec.value.text,
            where=f"in {spec.among.text}",
            by=(d.dimension, *d.within),
            keys=keys,
        )
        for d in spec.differences
        if {d.dimension, *d.within} <= asked
    ]


def _not_computable(keys: Mapping[str, str], statistic: str, inside: np.ndarray) -> dict[str, object]:
    row: dict[str, object] = dict.fromkeys(v.HUB_KEYS, "")
    row |= dict.fromkeys(v.DIMENSIONS, v.TOTAL)
    row |= dict(keys)
    measure = "share" if statistic == "share" else "persons"
    return row | {
        "statistic": statistic,
        "measure": measure,
        "ci_method": "none",
        "state": "not_computable",
        "n": 0,
        "n_missing": int(inside.sum()),
    }


def _checks(
    persons: pd.DataFrame, dimensions: pd.DataFrame, design: Design, subject: Subject, asked: set[str]
) -> pd.DataFrame:
    """The office's own figures: universe `check`, indicator ``check_<name>`` (decision 15)."""
    columns: dict[str, np.ndarray] = {}
    requests = []
    for name, breakdowns in subject.checks.items():
        columns[name] = persons[f"check__{name}"].to_numpy(dtype=float)
        columns[f"in {name}"] = persons[f"check_in__{name}"].to_numpy(dtype=bool)
        if not np.isfinite(columns[name][columns[f"in {name}"]]).any():
            continue
        keys = {"survey": subject.survey, "wave": subject.wave, "universe": "check", "indicator": f"check_{name}"}
        for statistic in ("share", "total"):
            requests += [_request(statistic, name, name, by, keys) for by in breakdowns if set(by) <= asked]
    if not requests:
        return pd.DataFrame(columns=[*v.HUB_KEYS, *v.HUB_VALUES])
    return estimate(dimensions.assign(**columns), design, requests)
