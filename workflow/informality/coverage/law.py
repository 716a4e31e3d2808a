"""One file of `workflow/laws/`: who must, may or cannot be insured in which branch, and what it costs, while the law was in force.

A law is the state of a country's statutory social insurance between two days, whatever acts it rests on. Laws of one country may not
overlap. What no named person has confirmed says ``verified: no``, and every output that rests on it says so too (decision 18).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Literal

from pydantic import Field, model_validator

from informality import vocabulary as v
from informality.decisions import Decision
from informality.errors import nearest

Legal = Literal["mandatory", "voluntary", "excluded", "unknown"]
# The floor of insurable earnings may be the law's own minimum wage.
MINIMUM_WAGE = "minimum_wage"
NAME = re.compile(r"[a-z]{3}_[a-z0-9]+(_[a-z0-9]+)*")


class Act(Decision):
    """One act on which the state of the law rests, with its day and what it changed."""

    title: str
    day: date
    changes: str
    source: str


class Amount(Decision):
    """An amount of money a month, in the country's currency, from a day on."""

    first_day: date = Field(alias="from")
    amount: float = Field(gt=0)
    source: str
    verified: bool


class Rates(Decision):
    """Shares of insurable earnings that each side pays."""

    employer: float = Field(0.0, ge=0, le=1)
    employee: float = Field(0.0, ge=0, le=1)
    state: float = Field(0.0, ge=0, le=1)
    voluntary: float | None = Field(None, gt=0, le=1)
    source: str
    verified: bool

    @model_validator(mode="after")
    def _not_more_than_all(self) -> Rates:
        if self.employer + self.employee + self.state > 1:
            raise ValueError("employer, employee and state together are more than all of the earnings")
        return self


class Insurable(Decision):
    """Least and most earnings of a month on which contributions are paid; without a key there is no such limit."""

    floor: Literal["minimum_wage"] | list[Amount] | None = None
    ceiling: list[Amount] = Field(default_factory=list)


class LegalRule(Decision):
    """One row, first match wins: what the law says of whom. ``narrow``: in the narrow reading, where it differs; ``branches``: of the scheme, where not all."""

    id: str
    condition: str = Field(alias="if")
    outcome: Legal = Field(alias="then")
    narrow: Legal | None = None
    branches: list[str] = Field(default_factory=list)
    source: str

    def reading(self, name: str) -> Legal:
        """The outcome in one reading."""
        return self.narrow if name == "narrow" and self.narrow is not None else self.outcome


class Scheme(Decision):
    """One scheme: its branches, whom it insures, what it costs."""

    title: str
    branches: list[str] = Field(min_length=1)
    rules: list[LegalRule] = Field(min_length=1)
    rates: Rates | None = None
    insurable: Insurable = Insurable()
    source: str

    @model_validator(mode="after")
    def _consistent(self) -> Scheme:
        for branch in self.branches:
            if branch not in v.BRANCHES:
                raise ValueError(f"branches: '{branch}'; {nearest(branch, v.BRANCHES)}")
        ids = [rule.id for rule in self.rules]
        for rule in self.rules:
            if ids.count(rule.id) > 1:
                raise ValueError(f"rules: the id '{rule.id}' stands twice")
            for branch in rule.branches:
                if branch not in self.branches:
                    raise ValueError(f"rules.{rule.id}.branches: '{branch}'; {nearest(branch, self.branches)}")
        for branch in self.branches:
            table = self.of(branch)
            if not table or not _for_all(table[-1]):
                raise ValueError(f"rules: the last rule for {branch} must decide everybody who is left: 'if: \"TRUE\"'")
            for rule in table[:-1]:
                if _for_all(rule):
                    raise ValueError(
                        f"rules.{rule.id}: it decides everybody, so the rules for {branch} after it decide nobody"
                    )
        return self

    def of(self, branch: str) -> list[LegalRule]:
        """The rules for one branch, in order."""
        return [rule for rule in self.rules if not rule.branches or branch in rule.branches]


def _for_all(rule: LegalRule) -> bool:
    return rule.condition.strip().upper() == "TRUE"


class PensionableAge(Decision):
    """Age from which an old-age pension can be had, by sex; the main split covers those below it (decision 18)."""

    male: int = Field(ge=40, le=80)
    female: int = Field(ge=40, le=80)
    source: str
    verified: bool


class Law(Decision):
    """One file of `workflow/laws/`, named after the country (ISO 3166-1, three letters) and the law: `lao_2013.yaml`."""

    law: str
    title: str
    country: str = Field(pattern=r"^[A-Z]{3}$")
    source: str
    verified: bool
    checked_by: str | None = None
    first_day: date = Field(alias="from")
    last_day: date | None = Field(alias="to")
    acts: dict[str, Act] = Field(default_factory=dict)
    notes: list[str] = Field(default_factory=list)
    pensionable_age: PensionableAge
    minimum_wage: list[Amount] = Field(default_factory=list)
    # Public employees who answer that they are not covered are to be verified, and are no compliance gap (decision 18).
    to_verify: str | None = None
    schemes: dict[str, Scheme] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Law:
        if not NAME.fullmatch(self.law) or not self.law.startswith(f"{self.country.lower()}_"):
            raise ValueError(
                f"law: '{self.law}' must begin with the country, as in '{self.country.lower()}_2018', in small letters and digits"
            )
        if self.last_day is not None and self.last_day < self.first_day:
            raise ValueError("'to' lies before 'from'")
        confirmed = [part for part, verified in self._parts() if verified]
        if confirmed and not self.checked_by:
            raise ValueError(
                f"verified: '{confirmed[0]}' is verified, and by a named person only: write who under 'checked_by'"
            )
        _in_order("minimum_wage", self.minimum_wage)
        for name, scheme in self.schemes.items():
            where = f"schemes.{name}.insurable"
            _in_order(f"{where}.ceiling", scheme.insurable.ceiling)
            if scheme.insurable.floor == MINIMUM_WAGE and not self.minimum_wage:
                raise ValueError(f"{where}.floor: no minimum wage is declared under 'minimum_wage'")
            if isinstance(scheme.insurable.floor, list):
                _in_order(f"{where}.floor", scheme.insurable.floor)
        return self

    @property
    def branches(self) -> tuple[str, ...]:
        """Branches of any scheme, in the order of the convention."""
        named = {branch for scheme in self.schemes.values() for branch in scheme.branches}
        return tuple(branch for branch in v.BRANCHES if branch in named)

    def in_force(self, day: date) -> bool:
        """Whether the law was in force on a day."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)

    def unverified(self) -> list[str]:
        """Parts that nobody has confirmed, by key."""
        return list(dict.fromkeys(name for name, verified in self._parts() if not verified))

    def _parts(self) -> Iterator[tuple[str, bool]]:
        """Everything that says whether it is verified."""
        yield "law", self.verified
        yield "pensionable_age", self.pensionable_age.verified
        yield from (("minimum_wage", amount.verified) for amount in self.minimum_wage)
        for name, scheme in self.schemes.items():
            if scheme.rates is not None:
                yield f"schemes.{name}.rates", scheme.rates.verified
            floor = scheme.insurable.floor
            limits = [*scheme.insurable.ceiling, *(floor if isinstance(floor, list) else [])]
            yield from ((f"schemes.{name}.insurable", amount.verified) for amount in limits)


def entry_on(amounts: Iterable[Amount], day: date) -> Amount | None:
    """The amount of the day with its source; before the first of a law that is applied counterfactually, its first. None where there is none."""
    found: Amount | None = None
    for amount in amounts:
        if found is None or amount.first_day <= day:
            found = amount
    return found


def amount_on(amounts: Iterable[Amount], day: date) -> float | None:
    """The amount of the day alone, as `entry_on` finds it."""
    found = entry_on(amounts, day)
    return None if found is None else found.amount


def floor_on(law: Law, scheme: Scheme, day: date) -> float | None:
    """Floor of insurable earnings of a month on a day."""
    floor = scheme.insurable.floor
    if floor is None:
        return None
    return amount_on(floor if isinstance(floor, list) else law.minimum_wage, day)


def _in_order(where: str, amounts: list[Amount]) -> None:
    days = [amount.first_day for amount in amounts]
    if days != sorted(set(days)):
        raise ValueError(f"{where}: give each day once, in order")


# What a version may say anew of a scheme of the law that it extends: these rules stand before those of that law.
FIRST_RULES = "first_rules"


def extended(content: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    """A version of a law laid over the law that it ``extends``: top-level keys replace; ``acts`` are added; of schemes, keys replace key
    by key, and ``first_rules`` stand before the rules of the base.
    """
    merged = {**base, **{key: value for key, value in content.items() if key not in ("extends", "schemes", "acts")}}
    if "acts" in content or "acts" in base:
        merged["acts"] = {**base.get("acts", {}), **content.get("acts", {})}
    schemes = dict(base.get("schemes", {}))
    for name, scheme in content.get("schemes", {}).items():
        old = schemes.get(name, {})
        new = {**old, **{key: value for key, value in scheme.items() if key != FIRST_RULES}}
        if FIRST_RULES in scheme:
            new["rules"] = [*scheme[FIRST_RULES], *new.get("rules", [])]
        schemes[name] = new
    merged["schemes"] = schemes
    return merged
