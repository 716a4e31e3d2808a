"""Which branch, law, reading and scenario an item shows: from the words of the catalogue to the keys of the estimates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from informality.publish.card import Card
from informality.publish.coverage_card import Coverage, Law
from informality.publish.figure_entries import EACH, MAIN
from informality.publish.requests import PER_SCENARIO, Declared
from informality.publish.select import Keys, NotMade
from informality.vocabulary import ASSUMPTIONS, READINGS

_OF_ASSUMPTION = {"range": tuple(ASSUMPTIONS), **{name: (name,) for name in ASSUMPTIONS}}


@dataclass(frozen=True)
class Scope:
    """The survey, what is declared, and the law that an item is made under (None: the one in force)."""

    card: Card
    declared: Declared
    law: str | None = None

    @property
    def coverage(self) -> Coverage:
        """What the card says of coverage; NotMade where it says nothing."""
        if self.card.coverage is None:
            raise NotMade("no_law")
        return self.card.coverage

    def of_concept(self, indicator: str) -> bool:
        """Whether an indicator is the same under every standard."""
        return self.declared.per(indicator) != "variant"

    def keys(
        self, indicator: str, branch: str = MAIN, reading: str = "wide", scenario: str = EACH, assumption: str = "central",
        laws: Sequence[str] | None = None,
    ) -> list[Keys]:  # fmt: skip
        """Keys of the rows in the order in which they are shown; those of one law after those of another."""
        per = self.declared.per(indicator)
        if per == "branch":
            return [Keys(branch=name) for name in self._branches(branch, None)]
        if per not in ("law", PER_SCENARIO):
            return [Keys()]
        found: list[Keys] = []
        for law in [self.applied(name) for name in (laws or [self.law or ""])]:
            names = self._branches(branch, law)
            if per == "law":
                readings = READINGS if reading == "both" else (reading,)
                found += [Keys(branch=name, law=law.law, assumption=r) for name in names for r in readings]
            else:
                found += [
                    Keys(branch=name, law=law.law, scenario=s, assumption=a)
                    for name in names
                    for s in self._scenarios(scenario)
                    for a in ("", *_OF_ASSUMPTION[assumption])
                ]
        return found

    def applied(self, name: str = "") -> Law:
        """A law that was applied, by default the one of this scope; NotMade with the reason where there is none."""
        wanted = name or self.law or self.coverage.law
        law = self.coverage.law_of(wanted)
        if law is None:
            raise NotMade("no_law")
        if law.not_computable:
            raise NotMade("not_asked", [variable for _, variable in law.not_computable])
        return law

    def laws(self) -> list[str]:
        """Every law that was applied, the one in force first."""
        law = self.applied()
        return [law.law, *(name for name in self.coverage.others if name != law.law)]

    def _branches(self, branch: str, law: Law | None) -> list[str]:
        if branch == EACH:
            return [group.name for group in self.coverage.groups_of(law)]
        found = self.coverage.main_of(law) if branch == MAIN else branch
        if found is None:
            raise NotMade("no_evidence")
        return [found]

    def _scenarios(self, scenario: str) -> list[str]:
        if not self.coverage.scenarios:
            raise NotMade("no_scenarios")
        if scenario != EACH:
            return [scenario]
        return [
            *(s.scenario for s in self.in_order()),
            *(s.scenario for s in self.coverage.scenarios if s.order is None),
        ]

    def in_order(self) -> list:
        """The scenarios that are stacked, in their order."""
        return sorted((s for s in self.coverage.scenarios if s.order is not None), key=lambda s: (s.order, s.scenario))


def laws_in(keys: Iterable[Keys]) -> tuple[str, ...]:
    """The laws of some keys, each once."""
    return tuple(dict.fromkeys(key.law for key in keys if key.law))
