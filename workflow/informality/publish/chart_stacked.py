"""Stacked bars: the parts of a whole, a bar a row, with the numbers and intervals of every part beside it."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from pandas import DataFrame

from informality.govern.flags import BOUNDED, UNRELIABLE, WITHOUT_VALUE
from informality.publish import style as st
from informality.publish.chart_dots import axis_top
from informality.publish.chart_parts import HATCH, ticks_of
from informality.publish.chart_rows import Rows
from informality.publish.item import FigureItem
from informality.publish.layout import Sheet, line_height, put, text_width, wrap
from informality.publish.style import Style
from informality.vocabulary import JOINED

LABEL_MAX = 32.0
COLUMN_MIN, COLUMN_MAX = 17.0, 23.0
GAP = 3.0
ROW = 11.0
BAR = 6.4
AXIS = 5.5
SWATCH = 2.4


def draw(item: FigureItem) -> Figure:
    """The figure; part `main` has a row for every pair of `row` and `series`, both in the order of drawing."""
    s = item.style
    main = item.part("main")
    rows = list(dict.fromkeys(main["row"]))
    series = item.series
    by_pair = main.set_index(["row", "series"])
    names = main.drop_duplicates("series").set_index("series")["series_label"]
    heads_of_rows = {record.row: record for record in main.drop_duplicates("row").itertuples()}
    strong = {row: bool(record.strong) for row, record in heads_of_rows.items()}
    counts = [item.count(main[main["row"] == row]) for row in rows] if item.options["n_by_row"] else []
    n_width = max([text_width(text, s.small) for text in [*counts, item.labels["n"]]]) + GAP if counts else 0.0
    column = min(COLUMN_MAX, max(COLUMN_MIN, s.part(84.0) / len(series)))
    heads = {level: wrap(names[level], column - SWATCH - 2.0, s.small) for level in series}
    head_height = max(len(lines) for lines in heads.values()) * line_height(s.small) + 1.5
    lay = Rows(
        [heads_of_rows[row].row_label for row in rows], [strong[row] for row in rows], s, most=LABEL_MAX, least=ROW, pad=2.5, gap=GAP,
        stay=True, numbers=n_width + column * len(series) + GAP,
    )  # fmt: skip
    sheet = Sheet(item.caption, head_height + sum(lay.heights) + AXIS, s)
    lay.stretch(sheet)
    top = sheet.top - head_height
    columns_left = sheet.right - n_width - column * len(series)
    plot = (lay.plot_left(sheet), columns_left - GAP)

    ax = sheet.axes(plot[0], sheet.bottom + AXIS, plot[1], top)
    ax.set_ylim(sheet.bottom + AXIS, top)
    ends = main.groupby("row")["estimate"].sum(min_count=1)
    highs = main.loc[main["series"] == series[0], "high"]
    upper = axis_top(np.append(np.minimum(highs.to_numpy(dtype=float), 100), np.round(ends.to_numpy(dtype=float), 6)))
    _axis(ax, upper, s)
    edge = top
    for i, row in enumerate(rows):
        y = edge - lay.plot_at(i)
        lay.label(sheet, i, edge)
        edge -= lay.heights[i]
        if counts:
            sheet.text(sheet.right, y, counts[i], s.small, ha="right", ink=st.SOFT)
        parts = [by_pair.loc[(row, level)] if (row, level) in by_pair.index else None for level in series]
        _bar(ax, y, series, parts, (plot[1] - plot[0]) / upper, item, s)
        for j, part in enumerate(parts):
            if part is not None:
                sheet.lines(columns_left + column * j + SWATCH + 1.0, y, _cell(part, item), s.small, bold=False)
    for j, level in enumerate(series):
        _heading(sheet, columns_left + column * j, heads[level], st.colour(level, j))
    if counts:
        sheet.text(
            sheet.right, sheet.top - line_height(s.small) / 2, item.labels["n"], s.small, ha="right", ink=st.SOFT
        )
    return sheet.figure


def _axis(ax: Any, upper: float, s: Style) -> None:
    ticks = ticks_of(ax, upper, 6, s)
    ax.set_xlim(0, upper)
    ax.set_xticks(ticks)
    ax.set_xticklabels([f"{tick:g}" for tick in ticks])
    ax.set_yticks([])
    ax.grid(axis="x", color=st.PALE, linewidth=0.6)
    ax.set_axisbelow(True)
    ax.tick_params(axis="x", length=0, pad=2, colors=st.SOFT, labelsize=s.small)
    for side in ("right", "top", "bottom"):
        ax.spines[side].set_visible(False)


def _bar(
    ax: Any, y: float, series: list[str], parts: list[Any], mm_per_unit: float, item: FigureItem, s: Style
) -> None:
    start = 0.0
    for j, (level, part) in enumerate(zip(series, parts, strict=True)):
        if part is None or not np.isfinite(part["estimate"]):
            # A part under a bound is thinner than it can be drawn to scale; what follows it is moved by less than the bound.
            if part is not None and np.isfinite(part["bound_low"]):
                _over(ax, y, start, part, st.colour(level, j), mm_per_unit, item, s)
                return
            if part is not None and np.isfinite(part["bound_high"]):
                continue
            # What follows a part that is not shown has no known place on the axis; one that was joined stands in another.
            if part is not None and part["flag_reason"] != JOINED:
                put(ax, start + 1.0 / mm_per_unit, y, item.labels.get(part["flag"], ""), s.small, color=st.SOFT)
                return
            continue
        fill, value = st.colour(level, j), float(part["estimate"])
        unreliable = part["flag"] == UNRELIABLE
        ax.barh(
            y, value, left=start, height=BAR, facecolor="white" if unreliable else fill, edgecolor=fill if unreliable else st.edge(level),
            hatch=HATCH if unreliable else None, linewidth=0.6,
        )  # fmt: skip
        number = item.value(part)
        # The whisker of the first part reaches into the second.
        clear = max(start, float(np.nan_to_num(parts[0]["high"]))) if j == 1 and parts[0] is not None else start
        room = (start + value - clear) * mm_per_unit
        if not unreliable and j and room > text_width(number, s.small) + 2.0:
            put(ax, (clear + start + value) / 2, y, number, s.small, color=st.ink_on(fill), ha="center")
        start += value
    first = parts[0]
    if first is not None and np.isfinite(first["estimate"]):
        _first(ax, y, first, st.colour(series[0]), mm_per_unit, item, s)


def _over(
    ax: Any, y: float, start: float, part: Any, fill: str, mm_per_unit: float, item: FigureItem, s: Style
) -> None:
    """A part over a bound: hollow up to there, and open at its end."""
    bound = float(part["bound_low"])
    ax.barh(y, bound, left=start, height=BAR, facecolor="white", edgecolor=fill, linewidth=0.9)
    ax.scatter([start + bound], [y], marker=">", s=s.dot**2, facecolor="white", edgecolor=fill, zorder=4, clip_on=False)
    put(ax, start + 1.5 / mm_per_unit, y, item.bound(part), s.small, color=st.INK)


def _first(ax: Any, y: float, part: DataFrame, fill: str, mm_per_unit: float, item: FigureItem, s: Style) -> None:
    """Number and interval of the part that begins the bar: the only one whose interval has a fixed place on the axis."""
    low, high = part["low"], part["high"]
    edge = low if np.isfinite(low) else part["estimate"]
    number = item.value(part)
    if part["flag"] != UNRELIABLE and edge * mm_per_unit > text_width(number, s.small) + 2.5:
        put(ax, edge / 2, y, number, s.small, color=st.ink_on(fill), ha="center")
    if np.isfinite(low) and np.isfinite(high):
        ax.plot([low, high], [y, y], color=st.INK, linewidth=s.line, zorder=4, clip_on=False, solid_capstyle="butt")
        for end in (low, high):
            ax.plot([end, end], [y - 0.9, y + 0.9], color=st.INK, linewidth=s.line, zorder=4, clip_on=False)


def _cell(part: Any, item: FigureItem) -> list[str]:
    """Number and interval below each other."""
    number, ends = item.number(part, interval=False), (part["low"], part["high"])
    if part["flag"] in WITHOUT_VALUE or part["flag"] == BOUNDED or not np.isfinite(ends).all():
        return [number]
    return [number, f"({'–'.join(item.numbers.written(end, part['decimals']) for end in ends)})"]


def _heading(sheet: Sheet, x: float, lines: list[str], fill: str) -> None:
    s = sheet.style
    step = line_height(s.small)
    w, h = s.width, sheet.height
    y = sheet.top - step / 2
    sheet.figure.add_artist(
        Rectangle(
            (x / w, (y - SWATCH / 2) / h), SWATCH / w, SWATCH / h, transform=sheet.figure.transFigure, facecolor=fill, edgecolor=st.SOFT,
            linewidth=0.4,
        )
    )  # fmt: skip
    for i, line in enumerate(lines):
        sheet.text(x + SWATCH + 1.0, y - step * i, line, s.small)
