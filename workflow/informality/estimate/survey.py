"""All declared estimates of one survey: from persons and their classification to the rows of the hub."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from informality import vocabulary as v
from informality.estimate.applied import ELSEWHERE, FULL, IN_NARROW, branches, laws
from informality.estimate.computable import not_computable, with_open_universes, with_parts
from informality.estimate.declared import Declared
from informality.estimate.dependence import Dependence, test_rows
from informality.estimate.design import Design
from informality.estimate.household_jobs import household_jobs
from informality.estimate.hub import estimate
from informality.estimate.joins import Least, with_joined
from informality.estimate.requests import Between, Request
from informality.estimate.specifications import COVER, MINIMUM_WAGE, Specification, check, specifications
from informality.sql import NUMBER, TRUTH, evaluate, floats, truth
from informality.vocabulary import REASONS

# What sensitivity variants get (decision 28).
NATIONAL_ONLY = ((),)
# Jobs that cannot be computed are those of whole status groups, whose rates mean little without bounds.
BOUNDED = ((), ("sex",), ("status",))


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
    # The word for amounts of money; `currency` where the survey's description gives none.
    currency: str = v.CURRENCY
    # The employment concept on which coverage is estimated; empty: that of the first pair.
    concept: str = ""
    least: Least = field(default_factory=Least)


@dataclass(frozen=True, eq=False)
class Coverage:
    """What the cover stage wrote: columns of every person, and what it says of them."""

    covered: pd.DataFrame
    told: Mapping[str, Any]


# A value of every person: numbers, NaN where there is none, or yes and no.
Values: TypeAlias = "np.ndarray | pd.arrays.BooleanArray"

# What estimates the requests on the persons of a frame: rows of the hub. Its standard errors are those of its own design.
Engine = Callable[[pd.DataFrame, Sequence[Request]], pd.DataFrame]


@dataclass(frozen=True)
class Sampling:
    """How standard errors are had: ``engine`` answers requests, ``design`` serves tests (None where none can be had of it)."""

    engine: Engine
    design: Design | None

    @classmethod
    def linearised(cls, design: Design) -> Sampling:
        """Taylor linearisation on a design of strata and clusters."""
        return cls(lambda frame, requests: estimate(frame, design, requests), design)


def estimate_survey(
    persons: pd.DataFrame,
    classified: pd.DataFrame,
    declared: Declared,
    subject: Subject,
    lonely: str = "adjust",
    sampling: Sampling | None = None,
    coverage: Coverage | None = None,
) -> pd.DataFrame:
    """Hub rows of everything that is declared; ``persons``, ``classified`` and those of ``coverage`` have the same rows.

    ``sampling``: whence standard errors come, where not by linearisation on the columns ``stratum``, ``psu`` and ``weight``.
    A breakdown by a variable that the survey did not ask is left out; an indicator that cannot be computed for a pair has one row
    with the state `not_computable`.
    """
    if sampling is None:
        sampling = Sampling.linearised(Design.from_frame(persons, lonely=lonely))
    questions = [c for c in persons.columns if c.startswith(COVER) and not c.endswith("_why")]
    own = {n: list(persons[n].cat.categories) for n, x in v.VARIABLES.items() if x.has_own_levels and n in persons}
    specs = list(specifications(declared, questions, own))
    check(specs, questions)
    if not subject.national_base:
        specs = [s for s in specs if "national_base" not in s.among.columns]
    if v.HOUSEHOLD not in persons:
        specs = [s for s in specs if "household_jobs" not in s.value.columns]
    asked = {d for d in v.DIMENSIONS if d in persons and persons[d].notna().any()}
    dimensions = persons[[d for d in v.DIMENSIONS if d in asked]]
    wage = np.nan if coverage is None else coverage.covered.get(MINIMUM_WAGE, np.nan)
    persons = persons.assign(**{MINIMUM_WAGE: wage})

    parts: list[pd.DataFrame] = []
    for concept in dict.fromkeys(c for _, c in subject.pairs):
        frame = persons.assign(employed=persons[f"employed__{concept}"])
        parts += _one(frame, dimensions, sampling, [s for s in specs if s.per == "concept"], subject, "", concept)
    for variant, concept in subject.pairs:
        frame = persons.assign(
            employed=persons[f"employed__{concept}"],
            unit=_column(classified, f"unit__{variant}", v.UNITS),
            job=_column(classified, f"job__{variant}", v.JOBS),
        )
        for part in ("unit", "job"):
            rules = classified.get(f"{part}_rule__{variant}")
            frame[v.why(part)] = _why(frame[part].array, rules, frame["employed"].to_numpy(dtype=bool))
        if v.HOUSEHOLD in frame:
            frame["household_jobs"] = household_jobs(frame[v.HOUSEHOLD], frame["employed"], frame["job"].array)
            missing = frame["household_jobs"].isna().to_numpy()
            frame[v.why("household_jobs")] = _why(
                frame["household_jobs"].array, classified.get(f"job_rule__{variant}"), missing
            )
        parts += _one(frame, dimensions, sampling, [s for s in specs if s.per == "variant"], subject, variant, concept)
    if coverage is not None:
        concept = subject.concept or subject.pairs[0][1]
        frame = persons.assign(employed=persons[f"employed__{concept}"])
        for per, settings in (("branch", branches(coverage.told)), ("law", laws(coverage.told))):
            wanted = [s for s in specs if s.per == per]
            for one in settings:
                given = one.frame(frame, coverage.covered)
                shown = _extent([s for s in wanted if one.main or not s.main_branch_only], one.extent)
                parts += _one(given, dimensions, sampling, shown, subject, "", concept, one.keys)
    parts.append(_checks(persons, dimensions, sampling, subject))
    hub = pd.concat([p for p in parts if len(p)], ignore_index=True)
    # Currency is called by the survey's own word: amounts of different surveys are not to be compared by accident.
    hub["measure"] = hub["measure"].where(hub["measure"] != v.CURRENCY, subject.currency)
    return hub.sort_values(list(v.HUB_KEYS), kind="stable", ignore_index=True)


def _column(frame: pd.DataFrame, name: str, levels: tuple[str, ...]) -> pd.Categorical:
    if name in frame:
        return pd.Categorical(frame[name])
    return pd.Categorical.from_codes(np.full(len(frame), -1), categories=list(levels))


def _one(
    frame: pd.DataFrame,
    dimensions: pd.DataFrame,
    sampling: Sampling,
    specs: Sequence[Specification],
    subject: Subject,
    variant: str,
    concept: str,
    applied: Mapping[str, str] = MappingProxyType({}),
) -> list[pd.DataFrame]:
    """Requests of one pair (or of one law, reading and branch, keys ``applied``), run together so that they share passes over the rows."""
    asked = set(dimensions.columns)
    universes, values = _evaluated(frame, specs)
    columns: dict[str, Values] = {f"in {text}": hit for text, hit in universes.items()}
    requests: list[Request] = []
    tests: list[Dependence] = []
    missing: list[dict[str, object]] = []
    sensitive = variant in subject.sensitivity
    for spec in specs:
        inside = universes[spec.among.text]
        value = values[spec.value.text]
        keys = {
            "survey": subject.survey,
            "wave": subject.wave,
            "variant": variant,
            "concept": concept,
            "universe": spec.universe,
            "indicator": spec.indicator,
            "category": spec.category,
            **applied,
        }
        if spec.where_present and not (inside & _holds(value)).any():
            continue
        known = pd.notna(value) if spec.over is None else pd.notna(value) & pd.notna(values[spec.over.text])
        if not (inside & known).any():
            missing += [_not_computable(request, inside) for request in _requests(spec, (), keys)]
            continue
        columns |= {part.text: values[part.text] for part in (spec.value, spec.over) if part is not None}
        wanted = [by for by in spec.breakdowns if set(by) <= asked and (not sensitive or by in NATIONAL_ONLY)]
        asked_for = [request for by in wanted for request in _requests(spec, by, keys)]
        requests += asked_for
        if not sensitive:
            requests += _differences(spec, asked, keys)
            tests += [Dependence(spec.value.text, f"in {spec.among.text}", d, keys) for d in spec.tests if d in asked]
        unknown = pd.isna(value)
        if spec.bounds and (inside & unknown).any():
            for assumption, filled in (("as_formal", False), ("as_informal", True)):
                name = f"{spec.value.text} {assumption}"
                columns[name] = _filled(value, filled)
                shares = [r for r in asked_for if r.statistic == "share" and r.by in BOUNDED]
                requests += [replace(r, y=name, keys={**keys, "assumption": assumption}) for r in shares]
    given = pd.concat([dimensions, pd.DataFrame(columns, index=dimensions.index)], axis=1)
    parts = []
    if requests:
        open_part = _open_universes(frame, specs, universes)
        by_where = {f"in {text}": share for text, share in open_part.items()}
        parted = partial(with_parts, of_value=_not_computable_of(frame, specs, values), engine=sampling.engine)

        def engine(some: pd.DataFrame, wanted: Sequence[Request]) -> pd.DataFrame:
            rows = parted(some, wanted, sampling.engine(some, wanted))
            return with_open_universes(rows, wanted, by_where)

        held = {name: _holds(value) for name, value in columns.items() if not name.startswith("in ")}
        parts = with_joined(given, requests, engine(given, requests), held, engine, subject.least)
    parts.append(test_rows(given, sampling.design, tests))
    if missing:
        parts.append(pd.DataFrame(missing).reindex(columns=[*v.HUB_KEYS, *v.HUB_VALUES]))
    return parts


def _not_computable_of(
    frame: pd.DataFrame, specs: Sequence[Specification], values: Mapping[str, Values]
) -> dict[str, np.ndarray]:
    """Of each value the persons of whom it cannot be computed from the questions, where there are any."""
    found: dict[str, np.ndarray] = {}
    for spec in specs:
        for part in filter(None, (spec.value, spec.over)):
            if part.text not in found:
                missing = np.asarray(pd.isna(values[part.text]), dtype=bool)
                found[part.text] = not_computable(frame, part.columns, missing)
    return {text: persons for text, persons in found.items() if persons.any()}


def _open_universes(
    frame: pd.DataFrame, specs: Sequence[Specification], universes: Mapping[str, np.ndarray]
) -> dict[str, float]:
    """Of each universe that rests on units or jobs the part (weighted) of whom it cannot be computed whether they belong to it.

    Whoever would belong with one level of a unit or job that is not computable, and does not without, may belong.
    """
    left_open = {
        name: (frame[v.why(name)] == "not_asked").to_numpy() for name in ("unit", "job") if v.why(name) in frame
    }
    left_open = {name: some for name, some in left_open.items() if some.any()}
    resting = {s.among.text: s.among for s in specs if set(s.among.columns) & set(left_open)}
    if not resting:
        return {}
    weight, maybe = frame["weight"].to_numpy(dtype=float), {text: universes[text].copy() for text in resting}
    for name, some in left_open.items():
        for level in frame[name].cat.categories:
            values = frame[name].where(~some, level)
            found = evaluate(frame.assign(**{name: values}), resting, dict.fromkeys(resting, TRUTH))
            for text in resting:
                maybe[text] |= truth(found[text])
    shares = {text: 1 - weight[universes[text]].sum() / max(weight[maybe[text]].sum(), 1e-300) for text in resting}
    return {text: float(share) for text, share in shares.items() if share > 0}


def _why(values: pd.Categorical, rules: pd.Categorical | None, employed: np.ndarray) -> pd.Categorical:
    """Why a unit or job is missing: a standard's own rule leaves it open because of the routing; of an office's rule it is not known."""
    missing = employed & np.asarray(pd.isna(values))
    codes = np.where(
        missing, REASONS.index("not_asked" if rules is not None else "not_stated"), REASONS.index("answered")
    )
    return pd.Categorical.from_codes(codes, categories=list(REASONS))


def _extent(specs: Sequence[Specification], extent: str) -> list[Specification]:
    """Specifications with the breakdowns of an extent; without the differences and tests where not everything is shown."""
    if extent == FULL:
        return list(specs)
    by = {IN_NARROW: lambda s: s.narrow or s.also, ELSEWHERE: lambda s: s.also}[extent]
    return [replace(s, breakdowns=by(s), differences=(), tests=()) for s in specs if by(s)]


def _evaluated(frame: pd.DataFrame, specs: Sequence[Specification]) -> tuple[dict[str, np.ndarray], dict[str, Values]]:
    """The persons of every universe, and every value and denominator, by its text."""
    universes = {f"in {s.among.text}": s.among for s in specs}
    of_conditions = {s.value.text: s.value for s in specs if not s.measure}
    of_numbers = {c.text: c for s in specs if s.measure for c in (s.value, s.over) if c is not None}
    kinds = {**dict.fromkeys(universes, TRUTH), **dict.fromkeys(of_numbers, NUMBER)}
    found = evaluate(frame, {**universes, **of_conditions, **of_numbers}, kinds)
    values = {text: _value(found[text]) for text in of_conditions}
    values |= {text: floats(found[text]) for text in of_numbers}
    return {s.among.text: truth(found[f"in {s.among.text}"]) for s in specs}, values


def _value(found: np.ma.MaskedArray) -> Values:
    """A condition with its NULLs in two bytes a person; what is no condition as numbers."""
    if found.dtype != np.bool_:
        return floats(found)
    return pd.arrays.BooleanArray(found.data, np.ma.getmaskarray(found))


def _holds(value: Values) -> np.ndarray:
    """Where a condition is true, NULL taken as false."""
    return np.equal(value, 1) if isinstance(value, np.ndarray) else value.to_numpy(dtype=bool, na_value=False)


def _filled(value: Values, filled: bool) -> Values:
    if isinstance(value, np.ndarray):
        return np.where(np.isnan(value), float(filled), value)
    return value.fillna(filled)


def _requests(spec: Specification, by: Sequence[str], keys: Mapping[str, str]) -> Iterator[Request]:
    """What is asked of one breakdown: each statistic, and of quantiles each."""
    for statistic in spec.statistics:
        for p in spec.quantiles if statistic == "quantile" else (None,):
            yield Request(
                statistic=statistic,  # type: ignore[arg-type]
                y=spec.value.text,
                x=spec.over.text if spec.over is not None else None,
                where=f"in {spec.among.text}",
                by=tuple(by),
                keys=keys,
                measure=spec.measured(statistic),
                interval=spec.interval if statistic == "share" else None,  # type: ignore[arg-type]
                p=p,
            )


def _differences(spec: Specification, asked: set[str], keys: Mapping[str, str]) -> list[Request]:
    """Declared differences; those by a variable that the survey did not ask are left out."""
    return [
        Request(
            statistic="difference",
            of=spec.compared,  # type: ignore[arg-type]
            between=Between(d.dimension, d.plus, d.minus),
            y=spec.value.text,
            x=spec.over.text if spec.over is not None else None,
            where=f"in {spec.among.text}",
            by=(d.dimension, *d.within),
            keys=keys,
            measure=spec.measured(spec.compared or ""),
        )
        for d in spec.differences
        if {d.dimension, *d.within} <= asked
    ]


def _not_computable(request: Request, inside: np.ndarray) -> dict[str, object]:
    row: dict[str, object] = {name: request.key(name) for name in v.HUB_KEYS if name not in v.DIMENSIONS}
    return row | {
        **dict.fromkeys(v.DIMENSIONS, v.TOTAL),
        "measure": request.measure,
        "ci_method": "none",
        "state": "not_computable",
        "n": 0,
        "n_missing": int(inside.sum()),
    }


def _checks(persons: pd.DataFrame, dimensions: pd.DataFrame, sampling: Sampling, subject: Subject) -> pd.DataFrame:
    """The office's own figures: universe `check`, indicator ``check_<name>`` (decision 15)."""
    columns: dict[str, np.ndarray] = {}
    requests: list[Request] = []
    for name, breakdowns in subject.checks.items():
        columns[name] = persons[f"check__{name}"].to_numpy(dtype=float)
        columns[f"in {name}"] = persons[f"check_in__{name}"].to_numpy(dtype=bool)
        if not np.isfinite(columns[name][columns[f"in {name}"]]).any():
            continue
        keys = {"survey": subject.survey, "wave": subject.wave, "universe": "check", "indicator": f"check_{name}"}
        for by in breakdowns:
            if set(by) <= set(dimensions.columns):
                share = Request("share", name, where=f"in {name}", by=tuple(by), keys=keys)
                requests += [share, replace(share, statistic="total", measure="persons")]
    if not requests:
        return pd.DataFrame(columns=[*v.HUB_KEYS, *v.HUB_VALUES])
    return sampling.engine(dimensions.assign(**columns), requests)
