"""Two marks with intervals a row, one for each reading of the law, joined by a line; the numbers of both beside them."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from informality.govern.flags import UNRELIABLE
from informality.publish import style as st
from informality.publish.chart_dots import axis_top
from informality.publish.chart_parts import across, heading, whisker
from informality.publish.chart_rows import Rows
from informality.publish.item import FigureItem
from informality.publish.layout import Sheet, line_height, text_width, wrap
from informality.publish.style import Style

LABEL_MAX = 46.0
HEAD_MAX = 27.0
GAP = 3.0
ROW = 7.0
APART = 1.05
GROUP_GAP = 2.4
AXIS = 5.5
MARKS = ("o", "s", "D")


def draw(item: FigureItem) -> Figure:
    """The figure; part `main` has a row for every pair of `row` and `series` in the order of drawing."""
    s = item.style
    main = item.part("main")
    rows, series = list(dict.fromkeys(main["row"])), list(dict.fromkeys(main["series"]))
    heads = main.drop_duplicates("row").set_index("row")
    names = main.drop_duplicates("series").set_index("series")["series_label"]
    cells = {(p.row, p.series): (item.number(p), item.count(p)) for p in main.itertuples()}
    tops = {level: [*wrap(names[level], HEAD_MAX, s.small), f"({item.labels['interval']})"] for level in series}
    wide = {
        level: max(text_width(t, s.small) for t in [*tops[level], *(c[0] for k, c in cells.items() if k[1] == level)])
        for level in series
    }
    n_wide = {
        level: max(
            text_width(t, s.small) for t in [item.labels["n"], *(c[1] for k, c in cells.items() if k[1] == level)]
        )
        for level in series
    }
    head_height = max(len(lines) for lines in tops.values()) * line_height(s.small) + 1.4
    groups = heads["group"].to_dict()
    gaps = {r: GROUP_GAP if i and groups[r] != groups[rows[i - 1]] else 0.0 for i, r in enumerate(rows)}
    wide = {level: max(width, text_width(tops[level][0], s.small) + 4.4) for level, width in wide.items()}
    lay = Rows(
        heads["row_label"], heads["strong"], s, most=LABEL_MAX, least=ROW, pad=1.6, gap=GAP,
        numbers=sum(n_wide.values()) + sum(wide.values()) + 1.5 * GAP * len(series) + 1.0,
    )  # fmt: skip
    sheet = Sheet(item.caption, head_height + sum(lay.heights) + sum(gaps.values()) + AXIS, s)
    lay.stretch(sheet)
    top = sheet.top - head_height
    edge, ends = sheet.right, {}
    for level in reversed(series):
        ends[level] = (edge - n_wide[level] - GAP / 2, edge)
        edge -= n_wide[level] + wide[level] + 1.5 * GAP
    for level in series:
        heading(sheet, tops[level], ends[level][0], sheet.top, "right")
        heading(sheet, [item.labels["n"]], ends[level][1], sheet.top, "right")
        sheet.marker(
            ends[level][0] - text_width(tops[level][0], s.small) - 2.2,
            sheet.top - line_height(s.small) / 2,
            MARKS[series.index(level)],
            st.colour(level),
        )
    left, right = lay.plot_left(sheet), lay.plot_right(sheet, edge - GAP - 1.0, 1.0)
    ax = sheet.axes(left, sheet.bottom + AXIS, right, top)
    ax.set_ylim(sheet.bottom + AXIS, top)
    across(ax, axis_top(main[["estimate", "high", "bound_low", "bound_high"]].to_numpy(dtype=float)), s)
    y = top
    for at, r in enumerate(rows):
        y -= gaps[r]
        middle, told, strong = y - lay.plot_at(at), y - lay.number_at(at), lay.bold[at]
        lay.label(sheet, at, y)
        y -= lay.heights[at]
        here = list(main[main["row"] == r].itertuples())
        _marks(ax, here, middle, series, s)
        for part in here:
            text, n = cells[(r, part.series)]
            sheet.text(ends[part.series][0], told, text, s.small, ha="right", bold=strong)
            sheet.text(ends[part.series][1], told, n, s.small, ha="right", ink=st.SOFT)
    return sheet.figure


def _marks(ax: Any, parts: list[Any], y: float, series: list[str], s: Style) -> None:
    places = {
        p.series: y + APART * (len(series) - 1 - 2 * series.index(p.series)) / max(len(series) - 1, 1) for p in parts
    }
    known = [p for p in parts if np.isfinite(p.estimate)]
    if len(known) > 1:
        ax.plot(
            [p.estimate for p in known],
            [places[p.series] for p in known],
            color=st.GREY,
            linewidth=1.6,
            zorder=1.5,
            clip_on=False,
        )
    for part in parts:
        ink, at = st.colour(part.series), places[part.series]
        mark = MARKS[series.index(part.series)]
        whisker(ax, part.low, part.high, at, s, ink, cap=0.5)
        for value, shape in ((part.estimate, mark), (part.bound_low, ">"), (part.bound_high, "<")):
            if np.isfinite(value):
                face = "white" if part.flag == UNRELIABLE or shape in "<>" else ink
                ax.plot(
                    [value],
                    [at],
                    marker=shape,
                    markersize=s.dot * 0.85,
                    markerfacecolor=face,
                    markeredgecolor=ink,
                    linestyle="none",
                    zorder=5,
                    clip_on=False,
                )
