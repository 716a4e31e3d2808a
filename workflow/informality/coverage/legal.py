"""What a law says of every person, branch by branch, in both readings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from informality import vocabulary as v
from informality.coverage.law import Law, LegalRule
from informality.coverage.laws import conditions, to_verify
from informality.expressions import Rule, parse
from informality.sql import booleans, first_match

Codes = npt.NDArray[np.int8]
Bools = npt.NDArray[np.bool_]
# Where several schemes insure one branch the strongest word counts; one that is not known is weaker only than a duty.
STRENGTH = ("excluded", "voluntary", "unknown", "mandatory")


@dataclass(frozen=True, eq=False)
class LegalStatus:
    """Codes of `vocabulary.LEGAL`, one a row of the frame.

    ``of_branch``: reading → branch → codes. ``of_scheme``: the same for each scheme, the strongest over its branches; by it
    contributions are due.
    """

    of_branch: Mapping[str, Mapping[str, Codes]]
    of_scheme: Mapping[str, Mapping[str, Codes]]
    verify: Bools
    below_pension: Bools


def not_asked(law: Law, persons: pd.DataFrame, among: Bools) -> list[str]:
    """Variables that the law's conditions need and nobody ``among`` the persons was asked.

    A law that asks for the reason (``size_why``) says itself what follows where a variable is not known, so that one is not missing.
    """
    named = {column for condition in conditions(law) for column in condition.columns}
    handled = {column.removesuffix("_why") for column in named if column.endswith("_why")}
    plain = sorted({column for column in named if not column.endswith("_why")} - handled)
    return [column for column in plain if not persons.loc[among, column].notna().any()]


def legal_status(law: Law, workers: pd.DataFrame) -> LegalStatus:
    """The status of each worker (a frame of the vocabulary's variables with ``age`` and ``sex``)."""
    tables: dict[tuple[str, str], list[LegalRule]] = {
        (name, branch): scheme.of(branch) for name, scheme in law.schemes.items() for branch in scheme.branches
    }
    # Branches of a scheme with the same rules are decided once.
    keys = {
        table: f"{name}:{'+'.join(rule.id for rule in rules)}" for table, rules in tables.items() for name in [table[0]]
    }
    found = first_match(workers, {keys[table]: _parsed(law, table[0], rules) for table, rules in tables.items()})
    of_branch: dict[str, dict[str, Codes]] = {}
    of_scheme: dict[str, dict[str, Codes]] = {}
    for reading in v.READINGS:
        strength: dict[tuple[str, str], Codes] = {
            table: np.array([STRENGTH.index(rule.reading(reading)) for rule in rules], dtype=np.int8)[
                found[keys[table]]
            ]
            for table, rules in tables.items()
        }
        of_branch[reading] = {
            branch: _strongest([codes for (_, b), codes in strength.items() if b == branch]) for branch in law.branches
        }
        of_scheme[reading] = {
            name: _strongest([codes for (n, _), codes in strength.items() if n == name]) for name in law.schemes
        }
    return LegalStatus(
        of_branch, of_scheme, booleans(workers, {"verify": to_verify(law)})["verify"], _below(law, workers)
    )


def any_of(codes: Sequence[Codes]) -> Codes:
    """The status of "at least one of these branches": the strongest word said of any."""
    return _strongest([_STRENGTH_OF[part] for part in codes])


_LEGAL_OF = np.array([v.LEGAL.index(word) for word in STRENGTH], dtype=np.int8)
_STRENGTH_OF = np.array([STRENGTH.index(word) for word in v.LEGAL], dtype=np.int8)


def _strongest(strengths: Sequence[Codes]) -> Codes:
    return _LEGAL_OF[np.maximum.reduce(strengths)]


def _parsed(law: Law, scheme: str, rules: Sequence[LegalRule]) -> list[Rule]:
    where = f"workflow/laws/{law.law}.yaml, schemes.{scheme}.rules"
    return [Rule(rule.id, parse(rule.condition, f"{where}.{rule.id}.if"), rule.outcome) for rule in rules]


def _below(law: Law, workers: pd.DataFrame) -> Bools:
    """Younger than the pensionable age; where sex is not known, than the lower of the two."""
    age = workers["age"].to_numpy(dtype=float)
    limits = np.full(len(workers), min(law.pensionable_age.male, law.pensionable_age.female), dtype=float)
    for sex in ("male", "female"):
        limits[(workers["sex"] == sex).to_numpy()] = getattr(law.pensionable_age, sex)
    return age < limits
