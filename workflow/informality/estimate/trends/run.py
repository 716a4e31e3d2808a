"""All declared differences between the waves of one family: rows of the hub, whose key ``wave`` is ``later-earlier``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from informality import vocabulary as v
from informality.estimate.declared import Declared
from informality.estimate.design import Design
from informality.estimate.specifications import COVER, Specification, specifications
from informality.estimate.trends.compare import Pair, Units, comparisons, differences
from informality.estimate.trends.declared import Trend, Trends
from informality.estimate.trends.measured import Asked, Shares, shares
from informality.estimate.trends.wave import Wave, common_concept

# Why nothing is compared.
BREAK, NO_COVARIANCE = "break", "no_covariance"
# Reads columns of the persons of a wave: of those that are named, the ones that it has. Units: see `compare.Units.numbered`.
Reader = Callable[[Sequence[str]], pd.DataFrame]
# What tells estimates of one wave apart: variant, specification, breakdown.
Key = tuple[str, str, str, str, tuple[str, ...]]


@dataclass(frozen=True)
class Source:
    """A wave and where its persons and the names of its sampling units are read."""

    wave: Wave
    columns: frozenset[str]
    persons: Reader
    units: Callable[[], pd.DataFrame]


@dataclass(frozen=True, eq=False)
class _Found:
    """Shares of one wave, with the specification and the breaks on one side of which they stand."""

    spec: Specification
    shares: Shares
    breaks: frozenset[str]


def estimate_trends(
    family: str, sources: Sequence[Source], trends: Trends, declared: Declared, lonely: str = "adjust"
) -> pd.DataFrame:
    """Rows with the columns of `vocabulary.TREND_COLUMNS`, sorted; ``sources``: the waves in the order of time.

    A comparison that is not made has one row for all, the state `not_computable` and says ``why``; of a break also which.
    """
    waves = [source.wave for source in sources]
    concept = common_concept(waves)
    found = [dict(_wave(source, concept, trends, declared, lonely)) for source in sources]
    units = Units.numbered([_units(source) for source in sources])
    rows: list[dict[str, object]] = []
    for key in dict.fromkeys(key for of_wave in found for key in of_wave):
        having = [at for at, of_wave in enumerate(found) if key in of_wave]
        breaks = {at: found[at][key].breaks for at in having}
        pairs = comparisons(having, lambda a, b, of=breaks: of[a] == of[b])  # type: ignore[misc]
        for pair in pairs:
            sides = found[pair.plus][key], found[pair.minus][key]
            rows += _rows(family, key, concept, waves, pair, sides, units)
    table = pd.DataFrame(rows, columns=list(v.TREND_COLUMNS))
    texts = [*v.HUB_KEYS, *v.HUB_TEXT_VALUES, "plus", "minus", "comparison", "why", "breaks"]
    table[texts] = table[texts].fillna("").astype("str")
    return table.sort_values([*v.HUB_KEYS, "comparison"], kind="stable", ignore_index=True)


def _wave(
    source: Source, concept: str, trends: Trends, declared: Declared, lonely: str
) -> Iterator[tuple[Key, _Found]]:
    """Everything of one wave; its persons are read, used and forgotten."""
    wave = source.wave
    questions = sorted(c for c in source.columns if c.startswith(COVER) and not c.endswith("_why"))
    specs = list(specifications(declared, questions))
    for variant in _variants(wave, concept, trends):
        asked = [
            Asked(spec, tuple(by))
            for spec in specs
            if (spec.per == "variant") == bool(variant)
            for by in _breakdowns(trends.indicators[spec.indicator], variant)
            if set(by) <= source.columns
        ]
        if not asked:
            continue
        frame = _frame(source, variant, concept, asked)
        asked = [one for one in asked if all(frame[d].notna().any() for d in one.by)]
        design = Design.from_frame(frame, lonely=lonely)
        for one, made in shares(frame, design, asked):
            question = one.spec.category if f"{COVER}{one.spec.category}" in questions else ""
            columns = (*one.spec.value.columns, *one.spec.among.columns)
            breaks = wave.breaks_of(wave.rests_on(variant, columns, one.by, question))
            key = (variant, one.spec.indicator, one.spec.universe, one.spec.category, one.by)
            yield key, _Found(one.spec, made, breaks)


def _variants(wave: Wave, concept: str, trends: Trends) -> Iterator[str]:
    """The followed variants that the wave has on the concept; the empty one for what depends on none, where it has the concept."""
    if any(c == concept for _, c in wave.pairs):
        yield ""
    wanted = dict.fromkeys(name for trend in trends.indicators.values() for name in trend.variants)
    yield from (name for name in wanted if (name, concept) in wave.pairs)


def _breakdowns(trend: Trend, variant: str) -> Iterable[Sequence[str]]:
    return trend.by if not variant or variant in trend.variants else []


def _frame(source: Source, variant: str, concept: str, asked: Sequence[Asked]) -> pd.DataFrame:
    """The persons with the columns that are needed, ``employed``, ``unit`` and ``job`` being those of concept and variant."""
    own = {"employed": f"employed__{concept}", "unit": f"unit__{variant}", "job": f"job__{variant}"}
    columns = {c for one in asked for c in (*one.spec.value.columns, *one.spec.among.columns, *one.by)}
    wanted = ["stratum", "psu", "weight", *sorted({own.get(c, c) for c in columns})]
    frame = source.persons([c for c in wanted if c in source.columns])
    frame = frame.rename(columns={there: here for here, there in own.items()})
    for name, levels in (("unit", v.UNITS), ("job", v.JOBS)):
        if name in columns and name not in frame:
            frame[name] = pd.Categorical.from_codes(np.full(len(frame), -1), categories=list(levels))
    return frame


def _units(source: Source) -> pd.DataFrame:
    """Names of the units of a wave; of one whose description names no sample, or whose persons are the units, nobody else's."""
    names = source.units()
    own = not source.wave.sample or names.empty
    if names.empty:
        persons = source.persons(["stratum", "psu"]).drop_duplicates("psu").sort_values("psu", ignore_index=True)
        names = pd.DataFrame(
            {"stratum_name": persons["stratum"].astype("str"), "psu_name": persons["psu"].astype("str")}
        )
    sample = f"wave {source.wave.survey}" if own else f"sample {source.wave.sample}"
    return names[["stratum_name", "psu_name"]].assign(sample=sample)


def _rows(
    family: str,
    key: Key,
    concept: str,
    waves: Sequence[Wave],
    pair: Pair,
    sides: tuple[_Found, _Found],
    units: Units,
) -> list[dict[str, object]]:
    variant, indicator, universe, category, by = key
    plus, minus = waves[pair.plus], waves[pair.minus]
    keys: dict[str, object] = {
        **dict.fromkeys(v.HUB_KEYS, ""),
        **dict.fromkeys(v.DIMENSIONS, v.TOTAL),
        "survey": family,
        "wave": f"{plus.wave}-{minus.wave}",
        "variant": variant,
        "concept": concept,
        "universe": universe,
        "indicator": indicator,
        "category": category,
        "statistic": "difference",
        "measure": "share",
        "plus": plus.wave,
        "minus": minus.wave,
        "comparison": pair.kind,
        "why": "",
        "breaks": "",
    }
    refused = "" if pair.compared else BREAK
    if not refused and not (plus.linearised and minus.linearised):
        refused = NO_COVARIANCE
    if refused:
        broken = sorted(sides[0].breaks ^ sides[1].breaks) if refused == BREAK else []
        counted = {"n": 0, "n_missing": 0, "ci_method": "none", "state": "not_computable"}
        levels = dict.fromkeys(by, v.COMPARED)
        return [{**keys, **levels, **counted, "why": refused, "breaks": " ".join(broken)}]
    rows = differences(sides[0].shares, sides[1].shares, units, (pair.plus, pair.minus))
    domains = sides[0].shares.domains
    return [
        {**keys, **row, **dict(zip(by, domains[at], strict=True))}
        for at, row in zip(rows.pop("at_plus"), rows.drop(columns="at_minus").to_dict("records"), strict=True)
    ]
