"""Twelve persons whose scenarios are worked out by hand, and surveys drawn at random.

Everybody has a weight of 10; PSUs hold two persons, strata two PSUs (the last three). The law obliges persons 1-6 (employees); of them 1
and 2 are covered, and the cover of 6 is not known. 7-12 may join: they were not asked, and 12 voluntary members are spread over them, so
that each is covered with probability 12 / 60 = 0.2.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from informality.estimate.design import Design
from informality.estimate.scenarios.stack import Case, Stack

SEX = pd.Categorical(["female", "male"] * 6, categories=["male", "female"])
INDUSTRY3 = pd.Categorical(
    ["industry"] * 3 + ["services"] * 3 + ["agriculture"] * 5 + [None],
    categories=["agriculture", "industry", "services"],
)


def numbered(*persons: int) -> np.ndarray:
    """The rows of some of the twelve, who are counted from 1."""
    return np.isin(np.arange(1, 13), persons)


def twelve() -> pd.DataFrame:
    """The persons as the pipeline's frame."""
    return pd.DataFrame({
        "weight": 10.0,
        "stratum": [0] * 4 + [1] * 4 + [2] * 4,
        "psu": [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5],
        "employed__icls19": True,
        "sex": SEX,
        "industry3": INDUSTRY3,
        "industry": pd.Categorical([None] * 12, categories=["A"]),
    })  # fmt: skip


def columns() -> pd.DataFrame:
    """Their columns of ``scenarios.parquet``: enforcement (1-5), joining (7-12), a wider scope (7-9), with amounts of a year."""
    nan = np.nan
    return pd.DataFrame({
        "baseline__law__old_age": [1, 1, 0, 0, 0, nan, 0, 0, 0, 0, 0, 0],
        "spread__law__old_age": numbered(7, 8, 9, 10, 11, 12),
        "target__enforce__old_age": numbered(1, 2, 3, 4, 5),
        "unknown__enforce__old_age": numbered(6),
        "pays_employer__enforce__old_age": [nan, nan, 60, 120, 60] + [nan] * 7,
        "pays_employee__enforce__old_age": [nan, nan, 55, 110, 55] + [nan] * 7,
        "target__join__old_age": numbered(7, 8, 9, 10, 11, 12),
        "unknown__join__old_age": False,
        "pays_voluntary__join__old_age": [nan] * 6 + [30, 30, 30, 30, nan, 30],
        "pays_subsidy__join__old_age": [nan] * 6 + [10, 10, 10, 10, nan, 10],
        "target__scope__old_age": numbered(7, 8, 9),
        "unknown__scope__old_age": False,
    })  # fmt: skip


def case(
    name: str, order: int | None, rule: str, effort: Sequence[float], payers: Sequence[str] = ()
) -> dict[str, object]:
    """A case of ``scenarios.json``."""
    return {
        "scenario": name,
        "case": f"{name}__old_age",
        "order": order,
        "rule": rule,
        "effort": dict(zip(("low", "central", "high"), effort, strict=True)),
        "years": [0.25, 1.0] if name == "join" else [],
        "payers": list(payers),
    }


def parameters() -> dict[str, object]:
    """Their ``scenarios.json``."""
    cases = [
        case("enforce", 1, "compliance", (0.4, 0.7, 1.0), ("employer", "employee")),
        case("scope", 2, "compliance", (0.0, 0.6, 1.0)),
        case("join", 3, "joining", (0.0, 0.5, 0.75), ("voluntary", "subsidy")),
    ]
    stack = {"law": "law", "branch": "old_age", "members": 12.0, "cases": cases}
    return {"stacks": [stack], "not_computable": [], "currency": "kip", "gdp": 10000.0}


def drawn(
    seed: int, cases: int = 3, rows: int = 400, strata: int = 5, psus: int = 8, effort: Sequence[float] | None = None
) -> Stack:
    """A stack of scenarios with targets, rules and efforts drawn at random; the first obliges, others reach anybody whose cover is known."""
    rng = np.random.default_rng(seed)
    stratum = rng.integers(0, strata, rows)
    frame = pd.DataFrame({"stratum": stratum, "psu": rng.integers(0, psus, rows), "weight": rng.uniform(50, 400, rows)})
    baseline = rng.choice([0.0, 1.0, np.nan], rows, p=[0.6, 0.3, 0.1])
    spread = (baseline == 0) & (rng.random(rows) < 0.4)
    members = 0.1 * float(frame["weight"][spread].sum())
    made = []
    for at in range(cases):
        inside = rng.random(rows) < 0.5
        level = float(rng.uniform(0, 1)) if effort is None else effort[at]
        rule = "joining" if at and rng.random() < 0.5 else "compliance"
        known = np.isfinite(baseline)
        amount = {"voluntary": np.where(inside & known, rng.lognormal(3, 1, rows), np.nan)}
        made.append(
            Case(
                f"s{at}",
                at + 1,
                rule,
                dict.fromkeys(("low", "central", "high"), level),
                (),
                inside & known,
                inside & ~known,
                amount,
            )
        )
    return Stack("law", "old_age", Design.from_frame(frame), baseline, spread, members, tuple(made))
