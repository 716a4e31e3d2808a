"""Tables that are not made of estimates: the key `facts` of `tables.yaml`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from informality.decisions import Decision


class BridgeTable(Decision):
    """One sheet: the steps of a figure of the kind `bridge`, also those that the survey does not yield."""

    figure: str


class FactTable(Decision):
    """One sheet: the country's laws, the assumptions behind coverage, or the reconciliation with administrative counts."""

    kind: Literal["laws", "assumptions", "reconciliation", "scenarios"]

    def text_keys(self) -> Iterator[str]:
        """Texts that the table needs."""
        yield from (f"fact.{self.kind}.{part}" for part in ("title", "subtitle", "note"))
