"""All scenarios of `workflow/scenarios/`: read, checked against the vocabulary, the laws and each other."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from informality import vocabulary as v
from informality.coverage.administration import load_administration
from informality.coverage.economy import load_economies
from informality.coverage.law import Law
from informality.coverage.laws import known_columns, load_laws
from informality.coverage.options import UNIT_REGISTERED
from informality.coverage.scenario import COMPLIANCE, Scenario
from informality.decisions import load, shown
from informality.errors import UserError, nearest
from informality.expressions import Condition, parse

# What a condition may ask beside the vocabulary: the standing of a person under the scenario's law (wide reading) in its branch.
STANDING = {"legal": v.LEGAL, "split": v.SPLIT, "covered": v.YES_NO, "take_up": v.TAKE_UP}
# Compliance is measured among all who are obliged, covered or not, so its condition may not choose by cover.
BY_COVER = ("split", "covered", "take_up")


def load_scenarios(folder: Path, laws: Mapping[str, Law]) -> dict[str, Scenario]:
    """Every scenario of a folder by name. UserError: a key, column, level, law or share that cannot be, two of a country at one place."""
    found: dict[str, Scenario] = {}
    for path in sorted(folder.glob("*.yaml")):
        scenario = found[path.stem] = load(Scenario, path)
        if scenario.scenario != path.stem:
            raise UserError(
                f"the scenario is called '{scenario.scenario}' but its file {path.name}",
                where=shown(path),
                todo=f"rename the file to {scenario.scenario}.yaml, or change 'scenario:'",
            )
        _check_conditions(scenario)
        _check_law(scenario, laws)
        _check_order(scenario, [other for name, other in found.items() if name != path.stem])
    return found


def check(folder: Path) -> None:
    """Read every scenario, economy and administrative count below `workflow/`; UserError names the first thing that is wrong."""
    load_scenarios(folder / "scenarios", load_laws(folder / "laws"))
    load_economies(folder / "economy")
    load_administration(folder / "administration")


def of_country(scenarios: Mapping[str, Scenario], iso3: str) -> list[Scenario]:
    """The scenarios of one country: those with an order first, in that order."""
    return sorted(
        (scenario for scenario in scenarios.values() if scenario.country == iso3),
        key=lambda scenario: (scenario.order is None, scenario.order or 0, scenario.scenario),
    )


def who(scenario: Scenario) -> Condition:
    """The scenario's own condition."""
    return parse(scenario.who, f"workflow/scenarios/{scenario.scenario}.yaml, who")


def proxy(scenario: Scenario) -> Condition | None:
    """The condition that stands in for it where a variable was not asked."""
    if scenario.proxy is None or scenario.proxy.who is None:
        return None
    return parse(scenario.proxy.who, f"workflow/scenarios/{scenario.scenario}.yaml, proxy.who")


def _check_conditions(scenario: Scenario) -> None:
    for condition in filter(None, (who(scenario), proxy(scenario))):
        condition.check({**known_columns(), UNIT_REGISTERED: v.YES_NO, **STANDING})
        named = [column.lower() for column in condition.columns]
        chosen = [column for column in BY_COVER if column in named]
        if scenario.rule == COMPLIANCE and chosen:
            raise UserError(
                f"compliance is measured among all of a group, covered or not, so '{chosen[0]}' cannot choose it",
                where=condition.where,
                todo="leave it out: only those who are not covered gain anyway",
            )


def _check_law(scenario: Scenario, laws: Mapping[str, Law]) -> None:
    if scenario.law is None:
        return
    known = [name for name, law in laws.items() if law.country == scenario.country]
    if scenario.law not in known:
        raise UserError(
            f"{scenario.country} has no law '{scenario.law}'",
            where=f"workflow/scenarios/{scenario.scenario}.yaml, law",
            todo=nearest(scenario.law, known),
        )


def _check_order(scenario: Scenario, others: list[Scenario]) -> None:
    same = [o for o in others if o.country == scenario.country and o.order is not None and o.order == scenario.order]
    if same:
        raise UserError(
            f"two scenarios of {scenario.country} have the order {scenario.order}: '{same[0].scenario}' and '{scenario.scenario}'",
            where=f"workflow/scenarios/{scenario.scenario}.yaml, order",
            todo="give each a place of its own, or none to a scenario that stands alone",
        )
