"""Declared population totals, and which person of a frame stands in which level of each margin.

A margin is one column or several crossed: ``{"sex": {"male": 3.2e6, "female": 3.3e6}}`` or
``{("sex", "area"): {("male", "urban"): 1.1e6, …}}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd

from informality.errors import UserError, nearest
from informality.estimate import columns
from informality.estimate.codes import Bools, Floats, Ints, compress, group_sums

Words: TypeAlias = str | tuple[str, ...]
Totals: TypeAlias = Mapping[Words, Mapping[Words, float]]
WHERE = "population totals"
# Levels of one margin, and margins, are joined by this in tables and messages.
CROSS = " × "


@dataclass(frozen=True, eq=False)
class Margin:
    """One margin: its ``levels``, those declared first; ``declared`` (NaN: none); and the level of each row (-1: outside)."""

    columns: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]
    declared: Floats
    code: Ints

    @property
    def name(self) -> str:
        """The columns in words."""
        return CROSS.join(self.columns)

    def label(self, level: int) -> str:
        """One level in words."""
        return CROSS.join(self.levels[level])

    def sums(self, values: Floats) -> Floats:
        """Sums of values of rows by level; rows outside add nothing."""
        inside = self.code >= 0
        return group_sums(values[inside], self.code[inside], len(self.levels))


def margins(frame: pd.DataFrame, totals: Totals, inside: Bools | None = None) -> list[Margin]:
    """The declared margins over the rows of a frame; a level that only one side knows is kept.

    ``inside``: the rows that the totals are about (None: all). A missing value is the level `_U`. UserError: nothing is
    declared, a column is absent or named twice, a level has another number of parts than its margin, or a total is not above 0.
    """
    if not totals:
        raise UserError("there is no population total", where=WHERE)
    return [_margin(frame, _words(names), declared, inside) for names, declared in totals.items()]


def complete(found: list[Margin], weight: Floats) -> None:
    """UserError unless weights can be brought to these totals: every level on both sides, and margins that agree."""
    for margin in found:
        weighted = margin.sums(weight)
        unknown = np.flatnonzero(np.isnan(margin.declared) & (weighted > 0))
        if len(unknown):
            raise UserError(
                f"margin '{margin.name}' has no total for {_list(margin, unknown)}",
                where=WHERE,
                todo="declare the total, or recode the level (missing values need a level too)",
            )
        absent = np.flatnonzero(~np.isnan(margin.declared) & (weighted <= 0))
        if len(absent):
            raise UserError(
                f"margin '{margin.name}' cannot be met: nobody in the file has {_list(margin, absent)}",
                where=WHERE,
                todo=f"join it with another level; {nearest(margin.label(int(absent[0])), _there(margin, weighted))}",
            )
    first = found[0]
    for margin in found[1:]:
        a, b = (float(np.nansum(m.declared)) for m in (first, margin))
        if abs(a - b) > AGREE * max(a, b):
            raise UserError(
                f"margins '{first.name}' and '{margin.name}' cannot both be met: they sum to {a:,.6g} and {b:,.6g}",
                where=WHERE,
                todo="scale one of them to the other, or see whether they are about the same persons",
            )


# Sums of two margins that differ by less are rounded figures of one total.
AGREE = 1e-9


def _margin(
    frame: pd.DataFrame, names: tuple[str, ...], declared: Mapping[Words, float], inside: Bools | None
) -> Margin:
    where = f"{WHERE}, margin '{CROSS.join(names)}'"
    if not names or len(set(names)) < len(names):
        raise UserError("a margin needs different columns", where=where)
    known = {_words(level): float(total) for level, total in declared.items()}
    if not known:
        raise UserError("there is no total", where=where)
    for level, total in known.items():
        if len(level) != len(names):
            raise UserError(f"level '{CROSS.join(level)}' has {len(level)} parts, the margin {len(names)}", where=where)
        if not np.isfinite(total) or total <= 0:
            raise UserError(f"the total of '{CROSS.join(level)}' is not above 0", where=where)
    dimensions = [columns.dimension(frame, name) for name in names]
    sizes = [len(d.levels) for d in dimensions]
    key = np.zeros(len(frame), dtype=np.intp)
    for d in dimensions:
        key = key * len(d.levels) + d.code
    rows = np.arange(len(frame)) if inside is None else np.flatnonzero(inside)
    present, position = compress(key[rows], int(np.prod(sizes, dtype=np.int64)))
    parts = np.unravel_index(present, sizes)
    occurring = [tuple(d.levels[c[i]] for d, c in zip(dimensions, parts, strict=True)) for i in range(len(present))]
    levels = [*known, *sorted(set(occurring) - set(known))]
    place = {level: i for i, level in enumerate(levels)}
    code = np.full(len(frame), -1, dtype=np.intp)
    code[rows] = np.array([place[level] for level in occurring], dtype=np.intp)[position]
    return Margin(names, tuple(levels), np.array([known.get(level, np.nan) for level in levels]), code)


def _words(words: Words) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words)


def _list(margin: Margin, levels: Ints) -> str:
    shown = ", ".join(f"'{margin.label(int(level))}'" for level in levels[:5])
    return shown + (f" and {len(levels) - 5} more levels" if len(levels) > 5 else "")


def _there(margin: Margin, weighted: Floats) -> list[str]:
    return [margin.label(i) for i in range(len(margin.levels)) if weighted[i] > 0]
