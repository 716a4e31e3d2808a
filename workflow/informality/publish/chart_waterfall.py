"""From what is to what could be: a bar a scenario from where the one before ended, with two marks of uncertainty that are not the same.

The sampling interval (line with caps, black) is what another sample could have given; the range of assumptions (wide pale bar) is what a
weaker or stronger effect would give. One is never drawn without the other.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from pandas import DataFrame

from informality.govern.flags import UNRELIABLE
from informality.publish import style as st
from informality.publish.chart_parts import HATCH, across, heading, legend, legend_height, scale_of, whisker
from informality.publish.chart_rows import Rows
from informality.publish.item import FigureItem
from informality.publish.layout import Sheet, line_height, text_width, wrap
from informality.publish.style import Style

LABEL_MAX = 52.0
RANGE_MAX = 24.0
GAP = 3.0
ROW = 9.0
BAR = 3.6
RANGE = 6.4
AXIS = 5.5
LOW, CENTRAL, HIGH = "low", "central", "high"
RANGE_FILL = "#f7dcc5"


def draw(item: FigureItem) -> Figure:
    """The figure; part `main` has for every `row` the series low, central, high, or one without a name where nothing is assumed."""
    s = item.style
    main = item.part("main")
    rows = list(dict.fromkeys(main["row"]))
    heads = main.drop_duplicates("row").set_index("row")
    by = {r: {part.series: part for part in main[main["row"] == r].itertuples()} for r in rows}
    middle_of = {r: by[r].get(CENTRAL) or by[r].get("") for r in rows}
    cells = {r: item.number(middle_of[r], per=1000.0) if middle_of[r] is not None else "" for r in rows}
    ranges = {r: _range(by[r], item) for r in rows}
    cell_head = [*wrap(item.labels["thousand"], 30.0, s.small), f"({item.labels['sampling']})"]
    range_head = wrap(item.labels["range"], RANGE_MAX, s.small)
    cell_width = max(text_width(text, s.small) for text in [*cells.values(), *cell_head])
    range_width = max(text_width(text, s.small) for text in [*ranges.values(), *range_head])
    lay = Rows(
        heads["row_label"], heads["strong"], s, most=LABEL_MAX, least=ROW, pad=1.6, gap=GAP,
        numbers=range_width + GAP + cell_width + GAP + 2.0,
    )  # fmt: skip
    width = s.inner
    entries = [(item.labels["central"], st.BLUE, None), (item.labels["range"], RANGE_FILL, None)]
    key = legend_height(entries, width, s)
    head_height = key + max(len(cell_head), len(range_head)) * line_height(s.small) + 1.4
    sheet = Sheet(item.caption, head_height + sum(lay.heights) + AXIS, s)
    lay.stretch(sheet)
    top = sheet.top - head_height
    legend(sheet, entries, sheet.left, sheet.top, width)
    cell_right = sheet.right - range_width - GAP
    heading(sheet, cell_head, cell_right, sheet.top - key, "right")
    heading(sheet, range_head, sheet.right, sheet.top - key, "right")
    left, right = lay.plot_left(sheet), lay.plot_right(sheet, cell_right - cell_width - GAP - 2.0, 2.0)
    ax = sheet.axes(left, sheet.bottom + AXIS, right, top)
    ax.set_ylim(sheet.bottom + AXIS, top)
    starts = _starts(rows, middle_of, heads)
    upper, ticks = scale_of(_reach(main, starts))
    across(ax, upper, s, ticks, item.numbers)
    y, before = top, None
    for place, r in enumerate(rows):
        at, told, strong = y - lay.plot_at(place), y - lay.number_at(place), lay.bold[place]
        lay.label(sheet, place, y)
        y -= lay.heights[place]
        sheet.text(cell_right, told, cells[r], s.small, ha="right", bold=strong)
        sheet.text(sheet.right, told, ranges[r], s.small, ha="right", ink=st.SOFT)
        if before is not None and not strong:
            ax.plot([starts[r], starts[r]], [before, at], color=st.SOFT, linewidth=0.6, linestyle=(0, (2, 2)), zorder=1)
        _bar(ax, by[r], middle_of[r], starts[r], at, strong, s)
        before = at
    return sheet.figure


def _starts(rows: list[str], middle_of: dict[str, Any], heads: DataFrame) -> dict[str, float]:
    """Where each bar begins, in thousands: a total at zero, a gain where the one before ended."""
    starts, end = {}, 0.0
    for r in rows:
        part = middle_of[r]
        value = part.estimate / 1000 if part is not None and np.isfinite(part.estimate) else 0.0
        starts[r] = 0.0 if bool(heads.loc[r, "strong"]) else end
        end = starts[r] + value
    return starts


def _reach(main: DataFrame, starts: dict[str, float]) -> list[float]:
    base = main["row"].map(starts)
    return [float(v) for name in ("estimate", "high") for v in (main[name] / 1000 + base)]


def _range(parts: dict[str, Any], item: FigureItem) -> str:
    ends = [parts.get(LOW), parts.get(HIGH)]
    if any(part is None for part in ends):
        return ""
    return "–".join(item.number(part, interval=False, per=1000.0) for part in ends)


def _bar(ax: Any, parts: dict[str, Any], part: Any, start: float, y: float, strong: bool, s: Style) -> None:
    ends = [
        parts[name].estimate / 1000 + start
        for name in (LOW, HIGH)
        if name in parts and np.isfinite(parts[name].estimate)
    ]
    if len(ends) == 2:
        ax.barh(
            y,
            ends[1] - ends[0],
            left=ends[0],
            height=RANGE,
            facecolor=RANGE_FILL,
            edgecolor=st.ORANGE,
            linewidth=0.6,
            zorder=1.5,
        )
    if part is None or not np.isfinite(part.estimate):
        return
    fill, unreliable = st.INK if strong else st.BLUE, part.flag == UNRELIABLE
    ax.barh(
        y,
        part.estimate / 1000,
        left=start,
        height=BAR,
        facecolor="white" if unreliable else fill,
        edgecolor=fill,
        hatch=HATCH if unreliable else None,
        linewidth=0.6,
        zorder=2,
    )
    # Without its range of assumptions no interval is drawn (decision 22); what rests on no assumption has none.
    if len(ends) == 2 or "" in parts:
        whisker(ax, part.low / 1000 + start, part.high / 1000 + start, y, s, st.SOFT if strong else st.INK)
