"""What a law says of each person: one legal status for a branch and a reading (decision 18)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from informality import vocabulary as v
from informality.coverage.law import Law
from informality.expressions import Rule, parse
from informality.frames import levels
from informality.sql import first_match

# A branch may stand in several schemes. Who must join one is mandatory whatever the others say; who may have to is not known to be
# voluntary; nobody is excluded whom any scheme admits.
STRONGEST_FIRST = ("mandatory", "unknown", "voluntary", "excluded")


def rules(law: Law, branch: str, reading: str) -> dict[str, list[Rule]]:
    """The rules of each scheme that has the branch, with the outcome of a reading; the first that holds wins.

    ``reading``: one of `vocabulary.READINGS`. Raises KeyError for another.
    """
    if reading not in v.READINGS:
        raise KeyError(reading)
    return {
        name: [
            Rule(
                rule.id,
                parse(rule.condition, f"workflow/laws/{law.law}.yaml, schemes.{name}.rules.{rule.id}.if"),
                rule.reading(reading),
            )
            for rule in scheme.of(branch)
        ]
        for name, scheme in law.schemes.items()
        if branch in scheme.branches
    }


def legal_status(persons: pd.DataFrame, law: Law, branch: str, reading: str) -> pd.Categorical:
    """One of `vocabulary.LEGAL` for each person of a frame with the vocabulary's variables, in the order of its rows.

    Without a scheme for the branch everybody is excluded. Raises UserError for a condition that cannot be run on the frame.
    """
    tables = rules(law, branch, reading)
    found = first_match(persons, tables)
    rank = np.full(len(persons), STRONGEST_FIRST.index("excluded"))
    for name, table in tables.items():
        ranks = np.array([STRONGEST_FIRST.index(rule.outcome) for rule in table])
        rank = np.minimum(rank, ranks[found[name]])
    order = np.array([v.LEGAL.index(status) for status in STRONGEST_FIRST])
    return levels(order[rank], v.LEGAL)
