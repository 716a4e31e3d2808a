"""Cells of tables as text: for the page and for the report, which show the same."""

from __future__ import annotations

from informality.publish.tables import DECIMALS, Cell, Column
from informality.publish.text import Texts


def cell_text(column: Column, cell: Cell, texts: Texts) -> str:
    """A cell as the language writes it; empty where there is nothing to show."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    decimals = DECIMALS.get(column.kind, 0)
    least = 10**-decimals
    if column.kind == "p" and cell < least:
        return texts.t("common.under", bound=texts.numbers.fixed(least, decimals))
    return texts.numbers.fixed(cell, decimals)
