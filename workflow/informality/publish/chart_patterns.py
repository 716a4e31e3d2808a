"""Which attributes go together (an UpSet plot): a row a pattern, a column of dots a member, a bar for how many have the pattern."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from informality.govern.flags import UNRELIABLE
from informality.publish import style as st
from informality.publish.chart_parts import HATCH, across, bare, heading, scale_of, whisker
from informality.publish.item import FigureItem
from informality.publish.layout import Sheet, line_height, text_width, wrap
from informality.publish.room import LEAST_PLOT, need
from informality.vocabulary import OTHER

COLUMN = 17.0
GAP = 3.0
ROW = 6.0
BAR = 3.8
AXIS = 5.5
COLUMN_LEAST = 12.0


def draw(item: FigureItem) -> Figure:
    """The figure; part `main` has a row for every pattern ("a+b"), `alone` one for each member; option `members`: code → label."""
    s = item.style
    main, alone = item.part("main"), item.part("alone").set_index("row")
    members: dict[str, str] = item.options["members"]
    column = min(COLUMN, s.part(80.0) / len(members))
    tops = {m: wrap(label, column - 1.0, s.small, max_lines=4) for m, label in members.items()}
    shares = {m: item.number(alone.loc[m], interval=False) if m in alone.index else "" for m in members}
    cells = [item.number(row) for row in main.itertuples()]
    cell_head = [item.labels["percent"], f"({item.labels['interval']})"]
    cell_width = max(text_width(text, s.small) for text in [*cells, *cell_head])
    need(s.inner - cell_width - 2 * GAP - 1.5 - column * len(members), LEAST_PLOT)
    # Under a head of broken words nobody finds the column.
    need(column * len(members), min(COLUMN_LEAST, 80.0 / len(members)) * len(members))
    share_line = line_height(s.small)
    head_height = (
        max(max(len(lines) for lines in tops.values()) * line_height(s.small) + share_line, 2 * line_height(s.small))
        + 1.6
    )
    sheet = Sheet(item.caption, head_height + ROW * s.rows * len(main) + AXIS, s)
    each = ROW * s.rows + sheet.stretch(len(main), ROW / 2)
    top, bottom = sheet.top - head_height, sheet.bottom + AXIS
    xs = {m: sheet.left + column * (i + 0.5) for i, m in enumerate(members)}
    for m in members:
        for i, line in enumerate(tops[m]):
            sheet.text(xs[m], sheet.top - line_height(s.small) * (i + 0.5), line, s.small, ha="center")
        sheet.text(xs[m], top + share_line / 2 + 0.6, shares[m], s.small, ha="center", bold=True)
    heading(sheet, cell_head, sheet.right, sheet.top, "right")
    left = sheet.left + column * len(members) + GAP
    right = sheet.right - cell_width - GAP - 1.5
    dots = sheet.axes(sheet.left, bottom, sheet.left + column * len(members), top)
    dots.set_xlim(sheet.left, sheet.left + column * len(members))
    dots.set_ylim(bottom, top)
    bare(dots)
    ax = sheet.axes(left, bottom, right, top)
    ax.set_ylim(bottom, top)
    upper, ticks = scale_of(main[["estimate", "high", "bound_low", "bound_high"]].to_numpy(dtype=float))
    across(ax, upper, s, ticks)
    for i, row in enumerate(main.itertuples()):
        y = top - each * (i + 0.5)
        if row.row == OTHER:
            # No dots: these are several patterns.
            words = wrap(row.row_label, column * len(members), s.small, max_lines=1)
            sheet.lines(sheet.left, y, words, s.small, ink=st.SOFT)
        there = [xs[m] for m in members if m in row.row.split("+")]
        for m in members if row.row != OTHER else ():
            dots.plot(
                [xs[m]],
                [y],
                marker="o",
                markersize=6.0,
                markerfacecolor=st.INK if xs[m] in there else st.PALE,
                markeredgecolor="none",
                zorder=3,
            )
        if len(there) > 1:
            dots.plot([min(there), max(there)], [y, y], color=st.INK, linewidth=1.4, zorder=2)
        sheet.text(sheet.right, y, cells[i], s.small, ha="right")
        value = next((float(v) for v in (row.estimate, row.bound_low, row.bound_high) if np.isfinite(v)), None)
        if value is not None:
            unreliable, hollow = row.flag == UNRELIABLE, row.flag == UNRELIABLE or not np.isfinite(row.estimate)
            ax.barh(
                y,
                value,
                height=BAR,
                facecolor="white" if hollow else st.BLUE,
                edgecolor=st.BLUE,
                hatch=HATCH if unreliable else None,
                linewidth=0.6,
            )
            whisker(ax, row.low, row.high, y, s)
    return sheet.figure
