"""Tables of the quality annex: the key `quality` of `tables.yaml`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field, model_validator

from informality.decisions import Decision
from informality.publish.figure_entries import Selection


class QualityTable(Decision):
    """One sheet. ``data``: the shares whose precision is told."""

    kind: Literal["precision", "questions", "benchmarks", "design"]
    data: list[Selection] = Field(default_factory=list)

    @model_validator(mode="after")
    def _data_of_precision_only(self) -> QualityTable:
        if bool(self.data) != (self.kind == "precision"):
            raise ValueError("data: precision needs some, and no other kind has any")
        if any(selection.statistic != "share" for selection in self.data):
            raise ValueError("data: the precision of shares is told, of no other statistic")
        return self

    def text_keys(self) -> Iterator[str]:
        """Texts that the table needs."""
        yield from (f"quality.{self.kind}.{part}" for part in ("title", "subtitle", "note"))
        for selection in self.data:
            yield f"indicator.{selection.indicator}"
            yield from (f"dimension.{name}" for name in selection.by)
