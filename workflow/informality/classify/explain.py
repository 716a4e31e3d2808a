"""What each rule decided and what each option moves: counts for the quality annex (decision 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from informality.classify.rules import classify_each, employed
from informality.classify.standards import NATIONAL, NOT_COMPUTABLE, Standard
from informality.settings import Variant
from informality.sql import booleans

RULE_COLUMNS = ("variant", "concept", "part", "rule", "outcome", "proxy", "n", "persons", "share")
OPTION_COLUMNS = (
    "variant",
    "concept",
    "option",
    "choice",
    "default",
    "part",
    "n_moved",
    "persons_to_informal",
    "persons_from_informal",
    "rate_percent",
    "change_points",
)
UNSETTLED_COLUMNS = ("variant", "concept", "part", "status", "n", "persons", "state")
CONTRACTOR = "possible_dependent_contractor"


def rule_table(
    persons: pd.DataFrame,
    classified: pd.DataFrame,
    pairs: Sequence[tuple[str, str]],
    variants: Mapping[str, Variant],
    standards: Mapping[str, Standard],
) -> pd.DataFrame:
    """Unweighted and weighted persons that each rule decided, for each pair of variant and concept; rules that decided nobody too.

    The counts of a part sum to the employed: a line without a rule holds those whom no rule of the office decided. The office's
    own rules come with ``persons``, as their outcome does.
    """
    rows: list[tuple[object, ...]] = []
    for variant, concept in pairs:
        inside = persons[f"employed__{concept}"].to_numpy(dtype=bool)
        weight = persons["weight"].to_numpy(dtype=float)[inside]
        standard = standards.get(variants[variant].standard)
        for part in ("unit", "job"):
            frame = classified if f"{part}_rule__{variant}" in classified else persons
            if f"{part}_rule__{variant}" not in frame:
                continue
            decided = frame.loc[inside, f"{part}_rule__{variant}"].cat
            codes = decided.codes.to_numpy()
            result = frame.loc[inside, f"{part}__{variant}"].cat
            undecided = [(-1, "")] if (codes < 0).any() else []
            for code, rule in [*enumerate(decided.categories), *undecided]:
                hit = codes == code
                if standard is not None:
                    outcome, proxy = standard.outcome(part, rule)
                else:
                    outcome, proxy = _outcome_of(result.codes.to_numpy()[hit], list(result.categories)), False
                rows.append((variant, concept, part, rule, outcome, proxy, *_counted(hit, weight)))
    return pd.DataFrame(rows, columns=list(RULE_COLUMNS))


def _outcome_of(codes: np.ndarray, names: Sequence[str]) -> str:
    if len(codes) == 0:
        return ""
    return NOT_COMPUTABLE if codes[0] < 0 else names[codes[0]]


def _counted(hit: np.ndarray, weight: np.ndarray) -> tuple[int, float, float]:
    """Rows, persons, and these persons as a share of all."""
    total, persons = float(weight.sum()), float(weight[hit].sum())
    return int(hit.sum()), persons, persons / total if total else float("nan")


def option_table(
    persons: pd.DataFrame,
    pairs: Sequence[tuple[str, str]],
    variants: Mapping[str, Variant],
    standards: Mapping[str, Standard],
) -> pd.DataFrame:
    """For every choice of every option: the persons it moves against the main variant, in the unit and in the job.

    ``rate_percent`` is the informal sector's (unit) or informal employment's (job) per cent of the employed who could be classified;
    ``change_points`` are percentage points against the choice that the variant takes.
    """
    rows = []
    working = employed(persons)
    workers = persons.loc[working]
    weight = workers["weight"].to_numpy(dtype=float)
    for name, variant in variants.items():
        if variant.sensitivity or variant.standard == NATIONAL:
            continue
        standard = standards[variant.standard]
        taken = standard.choices(variant.options, f"variants.{name}")
        chosen = {("", ""): taken}
        for option, spec in standard.options.items():
            chosen |= {
                (option, choice): {**taken, option: choice} for choice in spec.choices if choice != taken[option]
            }
        results = dict(zip(chosen, classify_each(workers, standard, list(chosen.values())), strict=True))
        for concept in [c for v_, c in pairs if v_ == name]:
            inside = workers[f"employed__{concept}"].to_numpy(dtype=bool)
            for option, spec in standard.options.items():
                for choice in spec.choices:
                    other = results.get((option, choice), results["", ""])
                    for part, level in (("unit", "informal_sector"), ("job", "informal")):
                        base = results["", ""][part]
                        n, to, away = _moved(base, other[part], weight, inside, level)
                        rate = _rate(other[part], weight, inside, level)
                        change = rate - _rate(base, weight, inside, level)
                        rows.append(
                            (name, concept, option, choice, choice == taken[option], part, n, to, away, rate, change)
                        )
    return pd.DataFrame(rows, columns=list(OPTION_COLUMNS))


def _rate(values: pd.Series, weight: np.ndarray, inside: np.ndarray, level: str) -> float:
    known = inside & values.notna().to_numpy()
    total = float(weight[known].sum())
    return 100.0 * float(weight[known & (values == level).to_numpy()].sum()) / total if total else float("nan")


def _moved(
    base: pd.Series, other: pd.Series, weight: np.ndarray, inside: np.ndarray, level: str
) -> tuple[int, float, float]:
    before, after = base.cat.codes.to_numpy(), other.cat.codes.to_numpy()
    moved = inside & (before != after)
    code = list(base.cat.categories).index(level)
    return int(moved.sum()), float(weight[moved & (after == code)].sum()), float(weight[moved & (before == code)].sum())


def not_computable(persons: pd.DataFrame, classified: pd.DataFrame, pairs: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """Unweighted and weighted persons whose unit or job cannot be computed, by status in employment (empty: status unknown)."""
    rows: list[tuple[object, ...]] = []
    for variant, concept in pairs:
        inside = persons[f"employed__{concept}"].to_numpy(dtype=bool)
        for part in ("unit", "job"):
            if f"{part}__{variant}" not in classified:
                continue
            missing = inside & classified[f"{part}__{variant}"].isna().to_numpy()
            rows += [(variant, concept, part, *counts, NOT_COMPUTABLE) for counts in _by_status(persons, missing)]
    return pd.DataFrame(rows, columns=list(UNSETTLED_COLUMNS))


def dependent_contractors(
    persons: pd.DataFrame,
    classified: pd.DataFrame,
    pairs: Sequence[tuple[str, str]],
    variants: Mapping[str, Variant],
    standards: Mapping[str, Standard],
) -> pd.DataFrame:
    """Workers who might be dependent contractors, by status: classified as if none of them were one (decision 5).

    Same columns as `not_computable`; no row for a standard that knows no dependent contractors.
    """
    rows: list[tuple[object, ...]] = []
    for variant, concept in pairs:
        standard = standards.get(variants[variant].standard)
        condition = standard.contractors() if standard is not None else None
        if condition is None:
            continue
        frame = persons.assign(unit=classified[f"unit__{variant}"])
        possible = booleans(frame, {"possible": condition})["possible"]
        possible &= persons[f"employed__{concept}"].to_numpy(dtype=bool)
        rows += [(variant, concept, "job", *counts, CONTRACTOR) for counts in _by_status(persons, possible)]
    return pd.DataFrame(rows, columns=list(UNSETTLED_COLUMNS))


def _by_status(persons: pd.DataFrame, rows: np.ndarray) -> list[tuple[str, int, float]]:
    codes = persons["status"].cat.codes.to_numpy()[rows]
    weight = persons["weight"].to_numpy(dtype=float)[rows]
    names = [*persons["status"].cat.categories, ""]
    return [
        (names[code], int((codes == code).sum()), float(weight[codes == code].sum()))
        for code in [*range(len(names) - 1), -1]
        if (codes == code).any()
    ]
