"""A hub and a survey card with coverage under two laws and three scenarios, so that its figures can be tested without a survey."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from pandas import DataFrame
from unit.publish import fake_hub

from informality.vocabulary import (
    ASSUMPTIONS,
    COMPLIANCE_STEPS,
    DIMENSIONS,
    HUB_KEYS,
    HUB_VALUES,
    SPLIT,
    TAKE_UP,
    TOTAL,
    VARIABLES,
)

LAW, OTHER = "lao_2013", "lao_1999"
SCENARIOS = ("lao_enforcement", "lao_own_account", "lao_subsidy")
GROUPS = [
    ["old_age", ["sickness", "old_age", "maternity"]],
    ["unemployment", ["unemployment"]],
    ["medical_care", ["medical_care"]],
]
SIZES = VARIABLES["size"].levels or ()
SIX = VARIABLES["industry6"].levels or ()
DECILES = VARIABLES["earnings_decile"].levels or ()
INDUSTRIES = VARIABLES["industry"].levels or ()
STATUSES = ("employee", "employer", "own_account", "family_worker")


def law(name: str, **changes: object) -> dict:
    """One law as coverage.json tells it."""
    return {
        "law": name, "title": f"Law {name}", "source": "a source", "from": "2014-01-01", "to": None, "in_force": name == LAW, "verified": False,
        "unverified": ["law"], "notes": [], "any_cash": "old_age", "earnings_line": 450_000.0, "pensionable_age": {"male": 60, "female": 55},
        "schemes": [{"title": "Fund", "rates": {"employer": 0.06, "employee": 0.055, "voluntary": 0.09}, "source": "s", "verified": False}],
        "groups": GROUPS, "not_computable": [], **changes,
    }  # fmt: skip


def coverage(**changes: object) -> dict:
    """The key `coverage` of the card."""
    return {
        "headline": "old_age", "main": "old_age", "law": LAW, "laws": [law(LAW), law(OTHER)],
        "cover": [["old_age", ["sickness", "old_age", "maternity", "unemployment", "any_cash"], ["pension"]]],
        "c102": {"employees": 0.5, "residents": 0.2}, "affordable": 0.1, "share_of_minimum_wage": 0.5,
        "administration": [
            {"id": "members", "what": "voluntary_members", "value": 26_793, "day": None, "source": "a report", "verified": False,
             "organisation": "Fund", "components": {"population": "not known"}},
        ],
        "scenarios": [
            {"scenario": name, "title": f"Scenario {name}", "order": at, "kind": "enforcement", "effort": {"low": 0.2, "central": 0.4, "high": 0.6},
             "law": LAW, "verified": False, "source": "s"}
            for at, name in enumerate(SCENARIOS, start=1)
        ],
        **changes,
    }  # fmt: skip


def card(**changes: object) -> dict:
    """A card with coverage."""
    return fake_hub.card(not_available=[], coverage=coverage(), **changes)


def row(indicator: str, statistic: str, value: float, n: int, /, **keys: object) -> dict:
    """One row of the hub; shares and means of shares as fractions."""
    share = statistic == "share" or (statistic in ("mean", "ratio") and "measure" not in keys)
    se = np.sqrt(max(value * (1 - value), 1e-6) / max(n, 1) * 2) if share else abs(value) * 0.04
    return (
        dict.fromkeys(HUB_KEYS, "")
        | dict.fromkeys(DIMENSIONS, TOTAL)
        | dict.fromkeys(HUB_VALUES, np.nan)
        | {"survey": "lao_lfs_demo", "wave": "demo", "concept": "icls19", "universe": "main_span", "indicator": indicator, "statistic": statistic}
        | {"measure": "share" if share else "persons", "ci_method": "logit", "state": "estimated", "estimate": value, "se": se}
        | {"ci_low": value - 1.96 * se, "ci_high": min(value + 1.96 * se, 1.0) if share else value + 1.96 * se, "cv": se / value if value else np.nan}
        | {"df": 489.0, "deff": 2.0, "n": n, "n_event": round(n * value) if share else n, "n_psu": 300.0, "n_psu_event": 200.0, "n_missing": 0}
        | {"w_no_answer": 0.0, "population": n * 98.0}
        | keys
    )  # fmt: skip


def cells(*names: str) -> Iterable[dict]:
    """Every pair of levels of the dimensions, with their margins."""
    own = {"region": tuple(fake_hub.REGIONS)}
    levels = [(TOTAL, *(own.get(name) or VARIABLES[name].levels or ())) for name in names]
    return [dict(zip(names, some, strict=True)) for some in itertools.product(*levels)]


def rows(n: int = 12_000) -> list[dict]:
    """All rows on coverage."""
    return [*_by_law(n), *_conditions(n), *_capacity(n), *_scenarios(n)]


def hub(n: int = 12_000) -> DataFrame:
    """The rows of `fake_hub` with those on coverage."""
    return pd.concat([fake_hub.hub(), DataFrame(rows(n))[[*HUB_KEYS, *HUB_VALUES]]], ignore_index=True)


def _by_law(n: int) -> list[dict]:
    found = []
    for name, reading, (branch, _) in itertools.product((LAW, OTHER), ("wide", "narrow"), GROUPS):
        keys = {"law": name, "assumption": reading, "branch": branch}
        shift = 0.1 if reading == "narrow" else 0.0
        for universe in ("main_span", "main_span_employees"):
            for category, value in (("mandatory", 0.4), ("with_voluntary", 0.9)):
                found.append(row("legal_coverage", "share", value, n, universe=universe, category=category, **keys))
            found.append(
                row(
                    "effective_coverage",
                    "share",
                    0.2 if universe == "main_span" else 0.55,
                    n,
                    universe=universe,
                    **keys,
                )
            )
            found.append(row("assumed", "share", 0.5 if universe == "main_span" else 0.0, n, universe=universe, **keys))
        if branch != "old_age":
            continue
        for where in cells("industry"):
            base = n if where["industry"] == TOTAL else n // 25
            found.append(row("coverage_gap", "share", 0.7, base, **keys, **where))
            parts = np.array([0.16, 0.02, 0.01, 0.01, 0.2, 0.05, 0.4, 0.08, 0.05, 0.02])
            found += [
                row("split", "share", float(p), base, category=c, **keys, **where)
                for c, p in zip(SPLIT, parts, strict=True)
            ]
        for where in [*cells("size"), *cells("industry")[1:]]:
            base = n // 3 if set(where.values()) == {TOTAL} else n // 30
            found.append(row("compliance_rate", "share", 0.5 + shift, base, universe="mandatory", **keys, **where))
        for where in cells("region", "industry6"):
            value = 0.5 + 0.4 * (len("".join(where.values())) % 7) / 7
            found.append(row("coverage_gap", "share", value, n // 20, **keys, **where) | {"category": ""})
        for where in cells("status"):
            found.append(row("workers", "total", 90_000.0 + 40_000 * len(where["status"]), n, **keys, **where))
        for position, step in enumerate(("mandatory", "registered", "contract", "covered", "covered_beside")):
            for statistic, value in (("share", 0.95 - 0.2 * position), ("total", 500_000.0 - 110_000 * position)):
                found.append(
                    row(
                        "employee_steps",
                        statistic,
                        value,
                        n // 3,
                        universe="main_span_employees",
                        category=step,
                        **keys,
                    )
                )
        for step in ("registered_unknown", "contract_unknown"):
            found.append(
                row("employee_steps", "share", 0.05, n // 3, universe="main_span_employees", category=step, **keys)
            )
        for step in COMPLIANCE_STEPS:
            found.append(row("compliance_step", "share", 0.2, n // 6, universe="compliance_gap", category=step, **keys))
        found.append(row("moves", "share", 0.3, n, category="take_up_gap>legal_gap", **keys))
        found.append(row("moves", "total", 300_000.0, n, category="take_up_gap>legal_gap", **keys))
    # Rows of the breakdown by two dimensions hold the margins of others too: each once.
    seen: dict[tuple, dict] = {}
    for entry in found:
        seen.setdefault(tuple(entry[key] for key in HUB_KEYS), entry)
    return list(seen.values())


def _conditions(n: int) -> list[dict]:
    members = ("contract", "annual_leave", "sick_leave", "soc_sec")
    where = {"universe": "employees_known_conditions"}
    patterns = ["+".join(some) or "none" for size in range(5) for some in itertools.combinations(members, size)]
    found = [row("conditions_pattern", "share", 1 / 16, n // 3, category=name, **where) for name in patterns]
    return found + [row("conditions", "share", 0.5, n // 3, category=name, **where) for name in members]


def _capacity(n: int) -> list[dict]:
    keys = {"law": LAW, "assumption": "wide", "branch": "old_age"}
    found = [
        row("capacity", "share", share / 40, n // 2, universe="take_up_gap", category=f"{share:02d}", **keys)
        for share in (5, 8, 9, 10, 12, 15, 20, 25, 30)
    ]
    found += [
        row("take_up_class", "share", 0.25, n // 2, universe="take_up_gap", category=name, **keys) for name in TAKE_UP
    ]
    for at, decile in enumerate(DECILES):
        for name, universe in (("burden_employee", "mandatory"), ("burden_voluntary", "voluntary")):
            found.append(row(name, "mean", 0.6 / (at + 1), 400, universe=universe, earnings_decile=decile, **keys))
    for name, unit in (("total", 3e9), ("mean", 120_000.0)):
        found.append(
            row("uninsured_contributions", name, unit, 900, universe="uninsured_employees", measure="kip", **keys)
        )
    found.append(row("uninsured_employees", "total", 245_000.0, 900, universe="uninsured_employees", **keys))
    for where in cells("sex"):
        found.append(row("coverage", "share", 0.2, n, universe="employed", branch="old_age", **where))
        found.append(row("coverage", "share", 0.52, n // 3, universe="employees", branch="old_age", **where))
    return found


def _scenarios(n: int, strengths: Sequence[float] = (0.5, 1.0, 1.7)) -> list[dict]:
    keys = {"law": LAW, "branch": "old_age"}
    found = [
        row("scenario_coverage", statistic, value, n, universe="employed", category="before", scenario="all", **keys)
        for statistic, value in (("total", 300_000.0), ("share", 0.2))
    ]
    for assumption, strength in zip(ASSUMPTIONS, strengths, strict=True):
        for at, name in enumerate(SCENARIOS, start=1):
            of = {"universe": f"target_{name}", "scenario": name, "assumption": assumption}
            gain = 80_000.0 * strength / at
            for indicator in ("scenario_gain_alone", "scenario_gain_in_order", "scenario_gain_last"):
                found += [row(indicator, "total", gain, n // 4, **of, **keys, **where) for where in cells("sex")]
        found.append(
            row(
                "scenario_coverage",
                "total",
                300_000 + 147_000.0 * strength,
                n,
                universe="employed",
                category="after_all",
                scenario="all",
                assumption=assumption,
                **keys,
            )
        )
    return found
