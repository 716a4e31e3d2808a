"""Levels whose share jumps between two waves of a family: mostly codes that moved, sometimes the world.

A wave leaves the shares of its levels (`shares`), and the family's job compares them; so no survey waits for another.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from informality import vocabulary as v
from informality.survey.plausibility.finding import Finding, Subject
from informality.survey.plausibility.limits import LIMITS, Limits

SHARE_COLUMNS = ("variable", "level", "n", "share", "answered")


def shares(subject: Subject) -> pd.DataFrame:
    """Weighted share and count of each level of every level variable that the description holds, of those who answered.

    At or above the age base; of the job's variables among those employed under the concept that figures use. ``answered``: persons.
    """
    persons, rows = subject.persons, list[tuple[str, str, int, float, int]]()
    base, weight = persons["age_base"].to_numpy(dtype=bool), persons["weight"].to_numpy(dtype=float)
    for name in subject.survey.variables:
        variable = v.VARIABLES[name]
        if variable.kind != "level":
            continue
        codes = persons[name].cat.codes.to_numpy()
        inside = (subject.employed if variable.of == "employed" else base) & (codes >= 0)
        total = float(weight[inside].sum())
        if total <= 0:
            continue
        held = np.bincount(codes[inside], weights=weight[inside], minlength=len(persons[name].cat.categories))
        counts = np.bincount(codes[inside], minlength=len(held))
        for level, n, part in zip(persons[name].cat.categories, counts, held / total, strict=True):
            rows.append((name, str(level), int(n), float(part), int(inside.sum())))
    return pd.DataFrame(rows, columns=list(SHARE_COLUMNS))


def jumps(
    waves: Mapping[str, pd.DataFrame],
    breaks: Mapping[str, Sequence[Mapping[str, object]]] | None = None,
    limits: Limits = LIMITS,
) -> Iterator[Finding]:
    """One finding for each variable and pair of neighbours in which a level's share differs by more than `Limits.jump`.

    ``waves``: wave → `shares`, in the order of time. ``breaks``: wave → its break points (``name``, ``of``); a variable with a break
    between two waves is not compared. Levels that one of the two does not have are its own and not compared either.
    """
    names = list(waves)
    for before, after in itertools.pairwise(names):
        broken = _broken((breaks or {}).get(before, ()), (breaks or {}).get(after, ()))
        both = waves[before].merge(waves[after], on=["variable", "level"], suffixes=("_before", "_after"))
        both = both[both[["answered_before", "answered_after"]].min(axis=1) >= limits.fewest_asked]
        both["jump"] = both["share_after"] - both["share_before"]
        for variable, rows in both.groupby("variable", sort=True):
            worst = rows.loc[rows["jump"].abs().idxmax()]
            if abs(worst["jump"]) <= limits.jump or variable in broken or None in broken:
                continue
            text = (
                f"variables.{variable}: '{worst['level']}' goes from {100 * worst['share_before']:.0f} to {100 * worst['share_after']:.0f} % "
                f"between {before} and {after}; look whether codes moved; if the question changed, declare a break under differences"
            )
            yield Finding(
                "jump", f"variables.{variable}.{worst['level']}", int(worst["n_after"]), float(worst["jump"]), text
            )


def _broken(before: Sequence[Mapping[str, object]], after: Sequence[Mapping[str, object]]) -> set[str | None]:
    """Variables with a break that one of the waves stands on the other side of; None: all of them."""
    one, other = ({str(point["name"]): point for point in points} for points in (before, after))
    found: set[str | None] = set()
    for name in set(one) ^ set(other):
        of = (one.get(name) or other[name])["of"]
        found |= {None} if of is None else {str(item) for item in of}  # type: ignore[attr-defined]
    return found
