"""Two marks with intervals a row, one for each reading of the law, joined by a line; the numbers of both beside them."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from informality.govern.flags import UNRELIABLE
from informality.publish import style as st
from informality.publish.chart_dots import axis_top
from informality.publish.chart_parts import across, heading, number, whisker
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
    s = Style()
    main = item.part("main")
    rows, series = list(dict.fromkeys(main["row"])), list(dict.fromkeys(main["series"]))
    heads = main.drop_duplicates("row").set_index("row")
    names = main.drop_duplicates("series").set_index("series")["series_label"]
    wrapped = {
        r: wrap(heads.loc[r, "row_label"], LABEL_MAX, s.text, bool(heads.loc[r, "strong"]), max_lines=3) for r in rows
    }
    label_width = max(text_width(line, s.text, bool(heads.loc[r, "strong"])) for r in rows for line in wrapped[r])
    cells = {(p.row, p.series): (number(p, item), item.numbers.count(p.n)) for p in main.itertuples()}
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
    heights = {r: max(ROW, len(wrapped[r]) * line_height(s.text) + 1.6) for r in rows}
    gaps = {r: GROUP_GAP if i and groups[r] != groups[rows[i - 1]] else 0.0 for i, r in enumerate(rows)}
    sheet = Sheet(item.caption, head_height + sum(heights.values()) + sum(gaps.values()) + AXIS, s)
    top = sheet.top - head_height
    edge, ends = sheet.right, {}
    wide = {level: max(width, text_width(tops[level][0], s.small) + 4.4) for level, width in wide.items()}
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
    left, right = sheet.left + label_width + GAP, edge - GAP - 1.0
    ax = sheet.axes(left, sheet.bottom + AXIS, right, top)
    ax.set_ylim(sheet.bottom + AXIS, top)
    across(ax, axis_top(main[["estimate", "high", "bound_low", "bound_high"]].to_numpy(dtype=float)), s)
    y = top
    for r in rows:
        y -= gaps[r]
        middle = y - heights[r] / 2
        y -= heights[r]
        strong = bool(heads.loc[r, "strong"])
        sheet.lines(sheet.left, middle, wrapped[r], s.text, bold=strong)
        here = list(main[main["row"] == r].itertuples())
        _marks(ax, here, middle, series, s)
        for part in here:
            text, n = cells[(r, part.series)]
            sheet.text(ends[part.series][0], middle, text, s.small, ha="right", bold=strong)
            sheet.text(ends[part.series][1], middle, n, s.small, ha="right", ink=st.SOFT)
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
