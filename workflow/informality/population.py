"""Declared population totals of a wave, as a description writes them: what its weights are held against.

population_totals:
  source: Population projections 2015-2045, medium variant, mid-2017
  if: age >= 15
  unit: 1000
  tolerance: 0.01
  margins:
    - by: [sex]
      totals: {male: 2273.4, female: 2310.9}
    - by: [area, sex]
      totals:
        urban: {male: 812.0, female: 830.5}
        rural: {male: 1461.4, female: 1480.4}
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import Field, model_validator

from informality import vocabulary as v
from informality.decisions import Decision
from informality.errors import nearest

Cells = dict[tuple[str, ...], float]


class PopulationMargin(Decision):
    """Totals by one variable, or by several crossed: one level of nesting in ``totals`` for each name in ``by``."""

    by: list[str] = Field(min_length=1)
    totals: dict[str, Any] = Field(min_length=1)

    @model_validator(mode="after")
    def _words_are_known(self) -> PopulationMargin:
        for name in self.by:
            if name not in v.VARIABLES or v.VARIABLES[name].kind != "level":
                levelled = [n for n, variable in v.VARIABLES.items() if variable.kind == "level"]
                raise ValueError(f"by: '{name}' is no variable with levels; {nearest(name, levelled)}")
        if len(set(self.by)) < len(self.by):
            raise ValueError("by: a variable is named twice")
        dict(self.cells())
        return self

    def cells(self) -> Iterator[tuple[tuple[str, ...], float]]:
        """Each cell and its total, as written."""
        yield from _cells(self.by, self.totals, ())


class PopulationTotals(Decision):
    """Totals of one source. ``if``: of whom (a condition over the vocabulary; all persons of the file where there is none).

    Totals are in persons, or in thousands and the like by ``unit``. A weighted total that is more than ``tolerance`` (a share)
    off, and not by chance, is reported.
    """

    source: str
    condition: str | None = Field(None, alias="if")
    unit: float = Field(1.0, gt=0)
    tolerance: float = Field(0.01, ge=0, lt=1)
    margins: list[PopulationMargin] = Field(min_length=1)
    note: str = ""

    @model_validator(mode="after")
    def _margins_once(self) -> PopulationTotals:
        names = [tuple(sorted(margin.by)) for margin in self.margins]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"margins: the margin by {', '.join(name)} stands twice")
        return self

    def declared(self) -> dict[tuple[str, ...], Cells]:
        """Margin -> level -> persons."""
        return {tuple(m.by): {level: total * self.unit for level, total in m.cells()} for m in self.margins}


def _cells(by: list[str], totals: Any, above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], float]]:
    name, rest = by[0], by[1:]
    where = ".".join(("totals", *above))
    if not isinstance(totals, dict) or not totals:
        raise ValueError(f"{where}: give a total for each level of {name}")
    known = v.VARIABLES[name].levels
    for level, entry in totals.items():
        if not isinstance(level, str):
            raise ValueError(f"{where}: the level {level!r} is not a text: put quotes around it")
        if known is not None and level not in known:
            raise ValueError(f"{where}: '{level}' is no level of {name}; {nearest(level, known)}")
        if rest:
            yield from _cells(rest, entry, (*above, level))
        elif isinstance(entry, bool) or not isinstance(entry, int | float) or not 0 < entry < float("inf"):
            raise ValueError(f"{where}.{level}: the total must be a number above 0")
        else:
            yield (*above, level), float(entry)
