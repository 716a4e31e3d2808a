"""Full bars of shares with the persons of each row beside them; below, where rows are few, every share with its interval."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from pandas import DataFrame

from informality.govern.flags import BOUNDED, UNRELIABLE, WITHOUT_VALUE
from informality.publish import style as st
from informality.publish.chart_parts import (
    HATCH,
    OPEN,
    Entry,
    across,
    full_bar,
    heading,
    legend,
    legend_height,
    scale_of,
    whisker,
)
from informality.publish.chart_rows import Rows
from informality.publish.item import FigureItem, leaves_open
from informality.publish.layout import Sheet, line_height, put, text_width, wrap
from informality.publish.style import Style

LABEL_MAX = 38.0
PERSONS = 44.0
GAP = 3.0
ROW = 9.0
BAR = 5.6
AXIS = 5.5
LEAST_BARS = 30.0
# More rows or narrower columns than these, and the shares are in the data file only.
MOST_ROWS = 6
COLUMN_MIN, COLUMN_MAX = 15.0, 26.0
BEFORE_GRID = 3.0


def draw(item: FigureItem) -> Figure:
    """The figure; part `main` has a row for every pair of `row` and `series`, `beside` one for each `row`: its persons."""
    s = item.style
    main, persons = item.part("main"), item.part("beside").set_index("row")
    rows, series = list(dict.fromkeys(main["row"])), item.series
    heads = main.drop_duplicates("row").set_index("row")
    names = main.drop_duplicates("series").set_index("series")["series_label"]
    strong = {r: bool(heads.loc[r, "strong"]) for r in rows}
    counts = {r: item.count(main[main["row"] == r]) for r in rows}
    n_width = max(text_width(text, s.small) for text in [*counts.values(), item.labels["n"]])
    person_width = s.part(PERSONS)
    lay = _rows(heads, n_width + GAP + person_width + GAP + 2.0, LEAST_BARS, s)
    if lay.above:
        # Persons stand beside the bars, and n above them.
        lay, person_width = _rows(heads, n_width + GAP, s.inner, s), s.inner * 0.35
    width = s.inner
    fills = {level: st.colour(level, at) for at, level in enumerate(series)}
    entries: list[Entry] = [(names[level], fills[level], None) for level in series]
    if leaves_open(main, ["row"]):
        entries.append((item.labels["rest"], st.GREY, OPEN))
    person_head = wrap(item.labels["persons"], person_width - (n_width + 1.0 if lay.above else 0.0), s.small)
    above = legend_height(entries, width, s) + len(person_head) * line_height(s.small) + 1.0
    column = min(COLUMN_MAX, (width - lay.width - GAP) / len(series))
    told = not lay.above and len(rows) <= MOST_ROWS and column >= COLUMN_MIN
    grid = _Grid(item, series, column, s) if told else None
    wrapped = dict(zip(rows, lay.lines, strict=True))
    grid_height = grid.height([len(lines) for lines in lay.lines]) if grid else 0.0
    sheet = Sheet(item.caption, above + sum(lay.heights) + AXIS + grid_height, s)
    lay.stretch(sheet)
    legend(sheet, entries, sheet.left, sheet.top, width)
    person_right = sheet.right if lay.above else sheet.right - n_width - GAP
    person_left = person_right - person_width
    left, right = lay.plot_left(sheet), person_left - GAP - 2.0
    head_top = sheet.top - legend_height(entries, width, s)
    heading(sheet, person_head, person_left, head_top, "left")
    heading(sheet, [item.labels["n"]], sheet.right, head_top, "right")
    heading(sheet, [item.labels["percent"]], left, head_top, "left")
    top, bottom = sheet.top - above, sheet.top - above - sum(lay.heights)
    ax = sheet.axes(left, bottom, right, top)
    ax.set_ylim(bottom, top)
    across(ax, 100.0, s)
    beside = sheet.axes(person_left, bottom, person_right, top)
    beside.set_ylim(bottom, top)
    upper = _persons_axis(beside, persons, person_width, item, s)
    y = top
    for at, r in enumerate(rows):
        middle, told_at = y - lay.plot_at(at), y - lay.number_at(at)
        lay.label(sheet, at, y)
        y -= lay.heights[at]
        parts = {part.series: part for part in main[main["row"] == r].itertuples()}
        full_bar(ax, middle, BAR, [parts[level] for level in series if level in parts], (right - left) / 100, item, s)
        if r in persons.index:
            _persons(beside, persons.loc[r], middle, upper, person_width, item, s)
        sheet.text(sheet.right, told_at, counts[r], s.small, ha="right", ink=st.SOFT)
    if grid:
        grid.draw(sheet, main, rows, wrapped, strong, fills, left, bottom - AXIS)
    return sheet.figure


def _rows(heads: DataFrame, numbers: float, plot: float, s: Style) -> Rows:
    return Rows(
        heads["row_label"], heads["strong"], s, most=LABEL_MAX, least=ROW, pad=2.0, gap=GAP, numbers=numbers, plot=plot
    )


def _persons_axis(ax: Any, persons: DataFrame, width: float, item: FigureItem, s: Style) -> float:
    """Axis of thousands; its end leaves room for the number behind the longest bar."""
    values = persons[["estimate", "high"]].to_numpy(dtype=float) / 1000
    top, ticks = scale_of(values)
    room = max(text_width(item.number(row, interval=False, per=1000.0), s.small) for row in persons.itertuples())
    upper = top * width / max(width - room - 2.0, 10.0)
    across(ax, top, s, min(ticks, 4) if (ticks - 1) % 3 == 0 else 3 if (ticks - 1) % 2 == 0 else 2, item.numbers, upper)
    return upper


def _persons(ax: Any, row: Any, y: float, upper: float, width: float, item: FigureItem, s: Style) -> None:
    value = row["estimate"] / 1000
    end = 0.0
    if np.isfinite(value):
        unreliable = row["flag"] == UNRELIABLE
        ax.barh(
            y, value, height=BAR - 1.6, facecolor="white" if unreliable else st.SOFT_FILL, edgecolor=st.SOFT,
            hatch=HATCH if unreliable else None, linewidth=0.6,
        )  # fmt: skip
        whisker(ax, row["low"] / 1000, row["high"] / 1000, y, s)
        end = float(np.nanmax([value, row["high"] / 1000]))
    put(ax, end + upper * 1.4 / width, y, item.number(row, interval=False, per=1000.0), s.small)


class _Grid:
    """Shares with their intervals: a column a part, below the bars."""

    def __init__(self, item: FigureItem, series: list[str], column: float, s: Style) -> None:
        self.item, self.series, self.column, self.style = item, series, column, s
        names = item.part("main").drop_duplicates("series").set_index("series")["series_label"]
        self.heads = {level: wrap(names[level], column - 2.0, s.small, max_lines=4) for level in series}
        self.head = max(len(lines) for lines in self.heads.values()) * line_height(s.small) + 1.6

    def height(self, lines: list[int]) -> float:
        return BEFORE_GRID + self.head + sum(self._row(n) for n in lines)

    def _row(self, lines: int) -> float:
        s = self.style
        return max(2 * line_height(s.small), lines * line_height(s.text)) + 1.6

    def draw(
        self, sheet: Sheet, main: DataFrame, rows: list[str], wrapped: dict[str, list[str]], strong: dict[str, bool],
        fills: dict[str, str], left: float, top: float,
    ) -> None:  # fmt: skip
        s = self.style
        y = top - BEFORE_GRID
        for at, level in enumerate(self.series):
            x = left + self.column * at
            sheet.line(x, y, x + self.column - 1.5, y, ink=fills[level], width=2.2)
            for i, line in enumerate(self.heads[level]):
                sheet.text(x, y - line_height(s.small) * (i + 0.5) - 0.6, line, s.small, ink=st.SOFT)
        y -= self.head
        cells = {(part.row, part.series): part for part in main.itertuples()}
        for r in rows:
            height = self._row(len(wrapped[r]))
            sheet.lines(sheet.left, y - height / 2, wrapped[r], s.text, bold=strong[r])
            for at, level in enumerate(self.series):
                part = cells.get((r, level))
                lines = _cell(part, self.item) if part is not None else ["–"]
                sheet.lines(left + self.column * at, y - height / 2, lines, s.small)
            y -= height


def _cell(part: Any, item: FigureItem) -> list[str]:
    if part.flag in WITHOUT_VALUE or part.flag == BOUNDED or not np.isfinite(part.low):
        return [item.number(part, interval=False)]
    ends = "–".join(item.numbers.written(end, part.decimals) for end in (part.low, part.high))
    return [item.number(part, interval=False), f"({ends})"]
