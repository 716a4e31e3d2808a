"""Extension scenarios applied to the workers of one survey: whom each would reach, and what they would pay.

Here it is decided who belongs to a target and at what contribution; expected numbers and their errors are the estimate room's, which
reads the columns and parameters that are written here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from informality.coverage.apply import Cover, groups
from informality.coverage.contributions import PAYERS, insurable
from informality.coverage.law import Law
from informality.coverage.options import Options
from informality.coverage.scenario import Enforcement, MandatoryScope, Scenario, Subsidy
from informality.coverage.scenarios import STANDING, proxy, who
from informality.expressions import Condition
from informality.sql import booleans

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
# The reading of the law that scenarios use.
READING = "wide"
# Why a scenario cannot be computed.
NO_LAW, NOT_APPLIED, NO_EVIDENCE, NOT_ASKED, NOBODY, TOO_MANY = (
    "no_law", "law_not_applied", "no_evidence", "not_asked", "nobody", "members_exceed_group",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Ground:
    """What scenarios of one survey stand on.

    ``workers``: persons of the vocabulary's variables with ``weight``; ``applied``: the columns of `apply` for them; ``within``: those
    employed on the survey's primary concept; ``laws``: those applied; ``members``: voluntary members, from administrative records
    (decision 14; one count for all branches that they have); None where no count is declared.
    """

    workers: pd.DataFrame
    applied: pd.DataFrame
    within: Bools
    laws: Mapping[str, Law]
    current: str | None
    cover: Cover
    options: Options
    day: date
    members: float | None

    def group(self, law: str, branch: str) -> str:
        """The branch under whose name the figures of a branch stand."""
        found = groups(self.laws[law], self.cover, self.options.headline)
        return next(group.name for group in found if branch in group.branches)


@dataclass(frozen=True, eq=False)
class Case:
    """One scenario in one branch: its target (cover known), those of the same kind whose cover is not known, and yearly amounts by payer."""

    scenario: Scenario
    law: str
    branch: str
    used_proxy: bool
    target: Bools
    unknown: Bools
    amounts: Mapping[str, Floats]

    @property
    def name(self) -> str:
        """Name of its columns."""
        return f"{self.scenario.scenario}__{self.branch}"


@dataclass(frozen=True)
class Refusal:
    """A scenario that cannot be computed in a branch, and why: pairs of a reason and a name."""

    scenario: Scenario
    law: str
    branch: str
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False)
class Extension:
    """``columns``: for each worker (see `person_columns`); ``parameters``: what the estimate room needs beside; ``told``: for the reader."""

    columns: pd.DataFrame
    parameters: dict[str, Any]
    told: list[dict[str, Any]]


def extend(scenarios: Sequence[Scenario], ground: Ground) -> Extension:
    """Every scenario of the survey's country, in order."""
    found = [outcome for scenario in scenarios for outcome in _outcomes(scenario, ground)]
    cases = [outcome for outcome in found if isinstance(outcome, Case)]
    refused = [outcome for outcome in found if isinstance(outcome, Refusal)]
    parameters = {
        "stacks": [
            {
                "law": law,
                "branch": branch,
                "members": _members(ground, law, branch),
                "cases": [_parameters(case) for case in cases if (case.law, case.branch) == (law, branch)],
            }
            for law, branch in dict.fromkeys((case.law, case.branch) for case in cases)
        ],
        "not_computable": [
            {"scenario": r.scenario.scenario, "law": r.law, "branch": r.branch, "payers": _payers(r.scenario)}
            for r in refused
        ],
    }
    return Extension(person_columns(cases, ground), parameters, [_told(s, found, ground) for s in scenarios])


def person_columns(cases: Sequence[Case], ground: Ground) -> pd.DataFrame:
    """Columns of ``scenarios.parquet``, rows as in the workers.

    ``baseline__<law>__<branch>``: 1 or 0 where cover is known; ``spread__<law>__<branch>``: those who were not asked, are taken as not
    covered and may join: over them the administrative count of voluntary members is spread. For each case (a scenario and branch)
    ``target__<case>``, ``unknown__<case>`` and ``pays_<payer>__<case>`` (amounts of a year, should the person become covered; NaN where
    they are not known).
    """
    columns: dict[str, object] = {}
    for law, branch in dict.fromkeys((case.law, case.branch) for case in cases):
        columns[f"baseline__{law}__{branch}"] = np.where(ground.within, _covered(ground, branch), np.nan)
        columns[f"spread__{law}__{branch}"] = _spread(ground, law, branch)
    for case in cases:
        columns[f"target__{case.name}"] = case.target
        columns[f"unknown__{case.name}"] = case.unknown
        columns |= {f"pays_{payer}__{case.name}": amount for payer, amount in case.amounts.items()}
    return pd.DataFrame(columns, index=ground.workers.index)


def _outcomes(scenario: Scenario, ground: Ground) -> list[Case | Refusal]:
    """A case or refusal for each group of branches that the scenario names."""
    law = scenario.law or ground.current or ""
    branches = scenario.branches or [ground.options.headline]
    if law not in ground.laws:
        reason = (NOT_APPLIED, law) if law else (NO_LAW, "")
        return [Refusal(scenario, law, branch, (reason,)) for branch in branches]
    found: dict[str, Case | Refusal] = {}
    for branch in branches:
        if branch not in ground.cover.of_branch:
            found.setdefault(branch, Refusal(scenario, law, branch, ((NO_EVIDENCE, branch),)))
            continue
        group = ground.group(law, branch)
        if group not in found:
            found[group] = _outcome(scenario, law, group, ground)
    return list(found.values())


def _outcome(scenario: Scenario, law: str, branch: str, ground: Ground) -> Case | Refusal:
    def refused(*reasons: tuple[str, str]) -> Refusal:
        return Refusal(scenario, law, branch, reasons)

    condition, stand_in = who(scenario), proxy(scenario)
    absent = not_asked(condition, ground)
    used_proxy = scenario.proxy is not None and stand_in is None
    if absent and stand_in is not None and not not_asked(stand_in, ground):
        condition, absent, used_proxy = stand_in, [], True
    if absent:
        return refused(*((NOT_ASKED, name) for name in absent))
    members = _members(ground, law, branch)
    weight = ground.workers["weight"].to_numpy(dtype=float)
    if members is not None and members > weight[_spread(ground, law, branch)].sum():
        return refused((TOO_MANY, branch))
    target, unknown = _target(scenario, condition, law, branch, ground)
    if not (weight[target] > 0).any():
        return refused((NOBODY, ""))
    amounts = {
        payer: np.where(target, amount, np.nan)
        for payer, amount in _amounts(scenario, law, branch, ground).items()
        if np.isfinite(amount[target]).any()
    }
    return Case(scenario, law, branch, used_proxy, target, unknown, amounts)


def not_asked(condition: Condition, ground: Ground) -> list[str]:
    """Variables of the condition that nobody among the employed was asked; one whose reason it asks for is not missing."""
    named = {column.lower() for column in condition.columns}
    handled = {column.removesuffix("_why") for column in named if column.endswith("_why")}
    plain = sorted({column for column in named if not column.endswith("_why")} - handled - set(STANDING))
    return [column for column in plain if not ground.workers.loc[ground.within, column].notna().any()]


def _target(scenario: Scenario, condition: Condition, law: str, branch: str, ground: Ground) -> tuple[Bools, Bools]:
    """Persons of the target, and those who would be if their cover were known.

    Enforcement reaches those with a mandatory right; of them, public employees whose "no" is to be verified are neither covered nor a
    gap (decision 18) and stay outside. A wider scope reaches those without one, joining those who may join.
    """
    key = f"{law}__{READING}__{branch}"
    standing = {
        "legal": ground.applied[f"legal__{key}"],
        "split": ground.applied[f"split__{key}"],
        "covered": ground.applied[f"covered__{branch}"],
        "take_up": ground.applied[f"take_up__{key}"],
    }
    hit = booleans(ground.workers.assign(**standing), {"who": condition})["who"]
    mandatory = (standing["legal"] == "mandatory").to_numpy()
    if isinstance(scenario.instrument, Enforcement):
        right = mandatory & (standing["split"] != "to_verify").to_numpy()
    elif isinstance(scenario.instrument, MandatoryScope):
        right = ~mandatory
    else:
        right = (standing["legal"] == "voluntary").to_numpy()
    eligible = ground.within & hit & right
    if not scenario.older_workers:
        eligible &= ground.applied[f"below_pension__{law}"].to_numpy(dtype=bool)
    known = standing["covered"].notna().to_numpy()
    return eligible & known, eligible & ~known


def _amounts(scenario: Scenario, law: str, branch: str, ground: Ground) -> dict[str, Floats]:
    """What each payer pays in a year for a person who becomes covered."""
    instrument, months = scenario.instrument, scenario.months.contributed
    voluntary = ground.applied[f"voluntary_contribution__{law}"].to_numpy(dtype=float) * months
    if isinstance(instrument, Enforcement):
        return {payer: ground.applied[f"due_{payer}__{law}"].to_numpy(dtype=float) * months for payer in PAYERS}
    if isinstance(instrument, Subsidy):
        part = instrument.paid_by_state
        return {"subsidy": part * voluntary, "voluntary": (1 - part) * voluntary}
    if isinstance(instrument, MandatoryScope) and instrument.rates is not None:
        means = ground.applied[f"means__{law}"].to_numpy(dtype=float)
        schemes = [scheme for scheme in ground.laws[law].schemes.values() if branch in scheme.branches]
        base = insurable(ground.laws[law], schemes[0], means, ground.day) if schemes else means
        rates = {payer: getattr(instrument.rates, payer) for payer in (*PAYERS, "voluntary")}
        return {payer: rate * base * months for payer, rate in rates.items() if rate > 0}
    return {"voluntary": voluntary}


def _covered(ground: Ground, branch: str) -> Floats:
    answer = ground.applied[f"covered__{branch}"]
    return np.where(answer.isna(), np.nan, (answer == "yes").astype(float))


def _spread(ground: Ground, law: str, branch: str) -> Bools:
    voluntary = (ground.applied[f"legal__{law}__{READING}__{branch}"] == "voluntary").to_numpy()
    return ground.within & voluntary & ground.applied[f"assumed__{branch}"].to_numpy(dtype=bool)


def _members(ground: Ground, law: str, branch: str) -> float | None:
    """Voluntary members to spread; None where none are declared or nobody is there over whom to spread them."""
    return ground.members if _spread(ground, law, branch).any() else None


def _payers(scenario: Scenario) -> list[str]:
    """Who would pay under the instrument."""
    if isinstance(scenario.instrument, Enforcement):
        return list(PAYERS)
    return ["voluntary", "subsidy"] if isinstance(scenario.instrument, Subsidy) else ["voluntary"]


def _parameters(case: Case) -> dict[str, Any]:
    return {
        "scenario": case.scenario.scenario,
        "case": case.name,
        "order": case.scenario.order,
        "rule": case.scenario.rule,
        "effort": case.scenario.effort.model_dump(),
        "years": case.scenario.years,
        "payers": list(case.amounts),
    }


def _told(scenario: Scenario, found: Sequence[Case | Refusal], ground: Ground) -> dict[str, Any]:
    """What a reader is told of one scenario."""
    mine = [outcome for outcome in found if outcome.scenario is scenario]
    instrument = scenario.instrument
    cases = [outcome for outcome in mine if isinstance(outcome, Case)]
    return {
        "scenario": scenario.scenario,
        "title": scenario.title,
        "order": scenario.order,
        "kind": instrument.kind,
        "who": scenario.who,
        "effort": scenario.effort.model_dump(),
        "paid_by_state": instrument.paid_by_state if isinstance(instrument, Subsidy) else None,
        "law": mine[0].law,
        "counterfactual": mine[0].law != ground.current,
        "reading": READING,
        "older_workers": scenario.older_workers,
        "months": scenario.months.model_dump(),
        "years": scenario.years,
        "branches": [outcome.branch for outcome in mine],
        "upper_bound": scenario.proxy.reason if scenario.proxy and any(c.used_proxy for c in cases) else None,
        # None: no administrative count is declared, and those who were not asked begin at nobody covered.
        "members": [[c.branch, _members(ground, c.law, c.branch)] for c in cases],
        "contributions": [[c.branch, list(c.amounts)] for c in cases],
        "not_computable": [[r.branch, [list(x) for x in r.reasons]] for r in mine if isinstance(r, Refusal)],
        "source": scenario.source,
        "verified": scenario.verified,
        "notes": list(scenario.notes),
    }
