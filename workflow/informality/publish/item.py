"""A figure with everything resolved: rows in display units with their labels, and words. Charts read nothing else."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from pandas import DataFrame, Series

from informality.publish.formats import Format
from informality.publish.style import Style
from informality.publish.text import Numbers
from informality.publish.words import Caption

# `row`, `series`: codes; `part`: "main" or another panel; estimate, low, high, bound_low, bound_high: per cent or persons; `strong`: a
# total; the last seven: keys of the estimate.
COLUMNS = (
    "part", "group", "row", "row_label", "series", "series_label", "measure", "estimate", "low", "high", "bound_low", "bound_high", "n", "flag",
    "flag_reason", "review", "strong", "variant", "concept", "universe", "branch", "law", "assumption", "scenario",
)  # fmt: skip


@dataclass(frozen=True)
class FigureItem:
    """One figure of one survey in one language (``lang``: its code).

    ``format``: that of its picture, None for that of a page; ``style``: the sheet that it is laid out on.
    """

    item: str
    stem: str
    kind: str
    lang: str
    caption: Caption
    rows: DataFrame
    labels: dict[str, str]
    numbers: Numbers
    options: dict[str, Any] = field(default_factory=dict)
    format: Format | None = None
    style: Style = field(default_factory=Style)

    def part(self, name: str) -> DataFrame:
        """Rows of one part, in order."""
        return self.rows[self.rows["part"] == name].reset_index(drop=True)

    def bound(self, low: float, high: float) -> str:
        """A bounded share in words: what it is over, or under."""
        name, value = ("over", low) if np.isfinite(low) else ("under", high)
        return self.labels[name].replace("{bound}", self.numbers.fixed(value, 0))

    def digest(self, code: str) -> str:
        """Digest of all that decides the look of the figure; ``code``: digest of the program and fonts."""
        head = [
            self.item,
            self.stem,
            self.kind,
            self.lang,
            asdict(self.caption),
            self.labels,
            asdict(self.numbers),
            self.options,
            code,
            *([] if self.format is None else [self.format.model_dump()]),
        ]
        return hashlib.sha256((json.dumps(head, sort_keys=True, default=str) + self._data).encode()).hexdigest()

    @cached_property
    def _data(self) -> str:
        """Every digit of the rows."""
        return self.rows.to_csv(index=False, float_format="%.17g", lineterminator="\n")


def marked(rows: DataFrame) -> Series:
    """Where a mark of each row stands: at its estimate, else at its bound."""
    return rows["estimate"].fillna(rows["bound_low"]).fillna(rows["bound_high"])
