"""Cells of tables: numbers with the digits that they have, and what they are as text, the same for the page and for the report."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Self

from informality.publish.text import MOST_DIGITS, Texts

if TYPE_CHECKING:
    from informality.publish.tables import Column

# p values are published with three digits; what is smaller is written as smaller than the last of them.
P_DIGITS = 3


class Number(float):
    """A number with so many ``decimals`` after the point, and no more."""

    decimals: int

    def __new__(cls, value: float, decimals: int = 0) -> Self:
        """See the class."""
        made = super().__new__(cls, round(float(value), decimals))
        made.decimals = decimals
        return made


Cell = str | Number | None


def cell(value: float | None, decimals: float = 0) -> Number | None:
    """A rounded number for a cell, in the unit of its column; None for nothing to show."""
    if value is None or not math.isfinite(value):
        return None
    return Number(value, MOST_DIGITS if math.isnan(decimals) else int(decimals))


def count_cell(n: float | None, n_class: str = "") -> Cell:
    """Persons in the sample: their rounded number, or the class that stands for it."""
    return n_class or cell(n)


def cell_text(column: Column, cell: Cell, texts: Texts) -> str:
    """A cell as the language writes it; empty where there is nothing to show."""
    if column.kind == "count" and isinstance(cell, str):
        return texts.numbers.counted(0, cell)
    if isinstance(cell, str) or cell is None:
        return cell or ""
    least = 10**-cell.decimals
    if column.kind == "p" and cell < least:
        return texts.t("common.under", bound=texts.numbers.fixed(least, cell.decimals))
    return texts.numbers.fixed(cell, cell.decimals)
