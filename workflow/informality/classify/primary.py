"""Which variant a survey shows first: the first of the 17th ICLS and the office's own rule that can be computed (decision 32)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from informality.classify.standards import NATIONAL
from informality.errors import UserError, nearest
from informality.settings import Variant

MAIN = "icls17"
# The part of employment (weighted) of which the jobs must be computable. The 21st ICLS is never first while it is provisional.
ENOUGH = 0.95
# Why a variant is the primary one: words of `primary.*` in the texts.
DECLARED, COMPUTABLE, NONE = "declared", "computable", "none_computable"


def computable(
    persons: pd.DataFrame, classified: pd.DataFrame, pairs: Sequence[tuple[str, str]], concept: str
) -> dict[str, float]:
    """Part of the employed (weighted) whose job each variant yields on the concept, or on the first that it has; one that has rules for
    units only is not there.
    """
    found: dict[str, float] = {}
    for variant in dict.fromkeys(variant for variant, _ in pairs):
        concepts = [c for name, c in pairs if name == variant]
        inside = persons[f"employed__{concept if concept in concepts else concepts[0]}"].to_numpy(dtype=bool)
        frame = classified if f"job__{variant}" in classified else persons
        weight = persons["weight"].to_numpy(dtype=np.float64)[inside]
        if f"job__{variant}" not in frame:
            continue
        known = frame.loc[inside, f"job__{variant}"].notna().to_numpy()
        found[variant] = float(weight[known].sum() / weight.sum()) if weight.sum() > 0 else 0.0
    return found


def primary(
    variants: Mapping[str, Variant], shares: Mapping[str, float], declared: str | None, where: str
) -> tuple[str, str]:
    """The primary variant and why it is: the declared one, or the first of the 17th ICLS and the national rule with `ENOUGH`.

    Where neither can be computed it is the first of them that there is: then everything by it is not computable, which is what an
    edition without informality says; so it is where the run has not the declared one among its variants. UserError: the declared variant
    is not classified in this survey.
    """
    if declared in shares:
        return str(declared), DECLARED
    if declared in variants:
        raise UserError(
            f"the variant '{declared}' is not classified in this survey",
            where=f"publication.primary in {where}",
            todo=nearest(str(declared), shares),
        )
    order = [name for name, x in variants.items() if x.standard == MAIN and not x.sensitivity and name in shares]
    order += [name for name, x in variants.items() if x.standard == NATIONAL and name in shares]
    first = next((name for name in order if shares[name] >= ENOUGH), None)
    if first is not None:
        return first, COMPUTABLE
    return next(iter([*order, *shares])), NONE


def told(
    shares: Mapping[str, float], variants: Mapping[str, Variant], chosen: str, declared: str | None = None
) -> list[str]:
    """A line for each variant that leaves more than a few open, for the end of the run; and where the declared one is not in it."""
    absent = [f"publication.primary: '{declared}' is none of the variants of this run; shown first: {chosen}"]
    return [
        *(absent if declared is not None and declared not in variants else []),
        *_open(shares, variants, chosen),
    ]


def _open(shares: Mapping[str, float], variants: Mapping[str, Variant], chosen: str) -> list[str]:
    return [
        f"{name}: {share:.0%} of employment can be classified; shown first: {chosen}".replace("%", " %")
        for name, share in shares.items()
        if share < ENOUGH and not variants[name].sensitivity
    ]
