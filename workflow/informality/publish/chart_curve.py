"""A cumulative curve with its band and a mark at one place; below it a full bar of what the whole consists of."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from pandas import DataFrame

from informality.govern.flags import UNRELIABLE
from informality.publish import style as st
from informality.publish.chart_parts import (
    OPEN,
    Entry,
    across,
    bare,
    flexible,
    full_bar,
    legend,
    legend_height,
    scale_of,
)
from informality.publish.item import FigureItem, marked, open_part
from informality.publish.layout import Sheet, line_height, text_width, wrap
from informality.publish.style import Style

PLOT = 58.0
LEFT = 9.0
BAR = 5.0
AXIS = 5.5


def draw(item: FigureItem) -> Figure:
    """The figure; part `main` has a row for every place of the curve (`row` is a number), `parts` the parts of the whole."""
    s = item.style
    main, parts = item.part("main"), item.part("parts")
    width = s.inner
    axis_lines = wrap(item.labels["axis"], width - LEFT, s.small)
    words = wrap(item.labels["parts"], width, s.text, True)
    entries: list[Entry] = [
        (f"{p.series_label}: {item.number(p)}", st.colour(p.series), None) for p in parts.itertuples()
    ]
    if len(parts) and open_part(parts.itertuples()):
        entries.append((item.labels["rest"], st.GREY, OPEN))
    below = (
        legend_height(entries, width, s) + len(words) * line_height(s.text) + BAR + 3.0 + AXIS if len(parts) else 0.0
    )
    foot = line_height(s.small) * (1 + len(axis_lines)) + 2.0
    mark_lines = wrap(item.labels["mark"], width / 2, s.small) if item.options.get("mark") is not None else []
    above = len(mark_lines) * line_height(s.small) + 2.0
    sheet, plot = flexible(item.caption, PLOT, above + foot + below, s)
    top, bottom = sheet.top - above, sheet.top - above - plot
    x0, x1 = sheet.left + LEFT, sheet.right - 4.0
    places = main["row"].astype(float)
    last = float(places.max())
    ax = sheet.axes(x0, bottom, x1, top)
    upper, count = scale_of(main[["estimate", "high", "bound_low", "bound_high"]].to_numpy(dtype=float))
    bare(ax, "bottom")
    ax.set_xlim(0, last * 1.04)
    ax.set_ylim(0, upper)
    ticks = np.linspace(0, upper, count)
    ax.set_yticks(ticks)
    ax.set_yticklabels([f"{tick:g}" for tick in ticks])
    ax.grid(axis="y", color=st.PALE, linewidth=0.6)
    ax.tick_params(axis="y", length=0, pad=2, colors=st.SOFT, labelsize=s.small)
    mm = (x1 - x0) / (last * 1.04)
    _curve(ax, main.assign(x=places), upper, mm, item, s)
    edge = -1.0
    for place, label in zip(places, main["row_label"], strict=True):
        x, half = x0 + place * mm, text_width(label, s.small) / 2 + 0.6
        if x - half > edge:
            sheet.text(x, bottom - line_height(s.small) * 0.6, label, s.small, ha="center", ink=st.SOFT)
            edge = x + half
    for i, line in enumerate(axis_lines):
        sheet.text((x0 + x1) / 2, bottom - line_height(s.small) * (1.7 + i), line, s.small, ha="center", ink=st.SOFT)
    if mark_lines:
        ax.axvline(float(item.options["mark"]), color=st.INK, linewidth=1.0, linestyle=(0, (4, 2)), zorder=2)
        x = x0 + float(item.options["mark"]) * mm
        wide = max(text_width(line, s.small) for line in mark_lines) / 2
        for i, line in enumerate(mark_lines):
            sheet.text(
                min(max(x, sheet.left + wide), sheet.right - wide),
                sheet.top - line_height(s.small) * (i + 0.5),
                line,
                s.small,
                ha="center",
            )
    if len(parts):
        _parts(sheet, parts, words, entries, bottom - foot, item)
    return sheet.figure


def _curve(ax: Any, main: DataFrame, upper: float, mm: float, item: FigureItem, s: Style) -> None:
    joined = main[main["estimate"].notna()]
    ax.fill_between(
        joined["x"], joined["low"].astype(float), joined["high"].astype(float), color=st.BLUE, alpha=0.20, linewidth=0
    )
    ax.plot(joined["x"], joined["estimate"], color=st.BLUE, linewidth=1.6, zorder=3)
    edge = -10.0
    for row in main.itertuples():
        value = marked(DataFrame([row._asdict()])).iloc[0]
        text = item.number(row, interval=False)
        if np.isfinite(value):
            shape = "o" if np.isfinite(row.estimate) else "^" if np.isfinite(row.bound_low) else "v"
            hollow = row.flag == UNRELIABLE or shape != "o"
            ax.plot(
                [row.x],
                [value],
                marker=shape,
                markersize=s.dot,
                markerfacecolor="white" if hollow else st.BLUE,
                markeredgecolor=st.BLUE,
                linestyle="none",
                zorder=4,
                clip_on=False,
            )
        height = value if np.isfinite(value) else 0.0
        wide = text_width(text, s.small)
        # Left of its point, where a rising curve leaves room.
        if row.x * mm - wide - 0.6 > edge:
            ink = st.INK if np.isfinite(value) else st.SOFT
            ax.text(row.x - 0.6 / mm, height + upper * 0.03, text, fontsize=s.small, ha="right", va="bottom", color=ink)
            edge = row.x * mm


def _parts(
    sheet: Sheet,
    parts: DataFrame,
    words: list[str],
    entries: list[tuple[str, str, str | None]],
    top: float,
    item: FigureItem,
) -> None:
    s, width = sheet.style, sheet.right - sheet.left
    for i, line in enumerate(words):
        sheet.text(sheet.left, top - line_height(s.text) * (i + 0.5), line, s.text, bold=True)
    y = top - len(words) * line_height(s.text) - 1.0
    legend(sheet, entries, sheet.left, y, width)
    y -= legend_height(entries, width, s)
    ax = sheet.axes(sheet.left, y - BAR, sheet.right - 2.0, y)
    ax.set_ylim(y - BAR, y)
    across(ax, 100.0, s)
    full_bar(ax, y - BAR / 2, BAR, list(parts.itertuples()), (width - 2.0) / 100, item, s)
