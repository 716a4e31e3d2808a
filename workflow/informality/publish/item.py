"""A figure with everything resolved: rows in display units with their labels, and words. Charts read nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from pandas import DataFrame, Series

from informality.govern.flags import BOUNDED, BY_DEFINITION, UNRELIABLE, WITHOUT_VALUE
from informality.publish.formats import Format
from informality.publish.style import Style
from informality.publish.text import Numbers, bound_name
from informality.publish.words import Caption

# `row`, `series`: codes; `part`: "main" or another panel; estimate, low, high, bound_low, bound_high: per cent or persons, with so many
# `decimals`; `n_class` stands for `n` where it is not empty; `strong`: a total; the last seven: keys of the estimate.
COLUMNS = (
    "part", "group", "row", "row_label", "series", "series_label", "measure", "estimate", "low", "high", "bound_low", "bound_high", "decimals", "n",
    "n_class", "flag", "flag_reason", "review", "strong", "variant", "concept", "universe", "branch", "law", "assumption", "scenario",
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

    @property
    def series(self) -> list[str]:
        """The parts of all wholes of part `main` in the order of drawing: not every whole has all of them."""
        present = list(dict.fromkeys(self.rows.loc[self.rows["part"] == "main", "series"]))
        order = list(self.options.get("series", present))
        return [level for level in order if level in present]

    def number(self, row: Any, *, interval: bool = True, per: float = 1.0, dash: str = "–") -> str:
        """An estimate as it is written everywhere: number, interval (with a ``dash`` between its limits, which in a column of negative numbers
        would be read as a sign) and flag, in units of ``per``; a bound, or the sign of what is not shown.
        """
        if row.flag in WITHOUT_VALUE:
            return self.labels[row.flag]
        if row.flag == BOUNDED:
            return self.bound(row, per)
        ends = (row.low, row.high) if interval and np.isfinite(row.low) and np.isfinite(row.high) else ()
        text = self.numbers.written(row.estimate, row.decimals, per, ends)
        if row.flag_reason == BY_DEFINITION:
            text += f" ({self.labels['by_definition']})"
        elif ends:
            low, high = (self.numbers.written(end, row.decimals, per, (row.estimate, *ends)) for end in ends)
            text += f" ({low}{dash}{high})"
        return text + (f" {UNRELIABLE}" if row.flag == UNRELIABLE else "")

    def value(self, row: Any) -> str:
        """The number alone."""
        return self.numbers.written(row.estimate, row.decimals)

    def bound(self, row: Any, per: float = 1.0) -> str:
        """A bounded estimate in words: what it is over, under or between, or only that few are, or are not, counted."""
        name = bound_name(row.bound_low, row.bound_high)
        words = self.labels[name or BOUNDED]
        for end, value in (("low", row.bound_low), ("high", row.bound_high)):
            if np.isfinite(value):
                written = self.numbers.written(value, np.nan, per)
                words = words.replace("{bound}", written).replace(f"{{{end}}}", written)
        return words

    def count(self, rows: Any) -> str:
        """Persons in the sample behind a row, or behind that of some rows (a frame) that has most of them."""
        if isinstance(rows, DataFrame):
            if rows["n"].isna().all():
                return ""
            rows = rows.loc[rows["n"].idxmax()]
        return self.numbers.counted(rows.n, rows.n_class)

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


def open_part(parts: Iterable[Any]) -> float:
    """Per cent of a whole that its parts (rows with estimate, bounds, decimals) leave open because some of them are not shown; 0 where all
    are, for rounded parts need not add up, and what a bound leaves open is told beside it.
    """
    known, rounding = 0.0, 0.05
    for part in parts:
        if np.isfinite(part.estimate):
            known += part.estimate
            rounding += 0.5 * 10.0**-part.decimals
        elif np.isfinite(part.bound_low) or np.isfinite(part.bound_high):
            low = part.bound_low if np.isfinite(part.bound_low) else 0.0
            known += low
            rounding += (part.bound_high if np.isfinite(part.bound_high) else 100.0) - low
    return max(100.0 - known, 0.0) if abs(100.0 - known) > rounding else 0.0


def leaves_open(parts: DataFrame, by: Sequence[str]) -> bool:
    """Whether some of the wholes, told apart by these columns, are not shown whole."""
    return any(open_part(some.itertuples()) > 0 for _, some in parts.groupby(list(by)))
