"""A forest plot: estimates with intervals around zero, a row a level, one or two models beside each other, the numbers beside them."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from pandas import DataFrame

from informality.govern.flags import UNRELIABLE
from informality.publish import style as st
from informality.publish.chart_parts import bare
from informality.publish.item import FigureItem
from informality.publish.layout import Sheet, line_height, text_width, wrap
from informality.publish.room import need
from informality.publish.style import Style

LABEL_MAX = 48.0
LABEL_MAX_ALONE = 70.0
INDENT = 2.5
GAP = 2.5
ROW = 3.45
HEADING = 4.0
AXIS = 8.2
LEAST_PLOT = 22.0
LABEL_LEAST = 30.0
ABSENT, REFERENCE = "absent", "reference"


def draw(item: FigureItem) -> Figure:
    """The figure; part `main` has a row for every `row` and `group` (the place of the model), each group with the same rows in order."""
    s = item.style
    main = item.part("main")
    groups = [(int(group), rows.reset_index(drop=True)) for group, rows in main.groupby("group", sort=True)]
    first = groups[0][1]
    cells = [[_cell(row, item) for row in rows.itertuples()] for _, rows in groups]
    wide = [max(text_width(cell, s.small) for cell in some) for some in cells]
    label_max = s.part(LABEL_MAX if len(groups) > 1 else LABEL_MAX_ALONE)
    others = sum(wide) + (2 * GAP + LEAST_PLOT) * len(groups)
    if s.inner - label_max < others:
        label_max = s.inner - others
        need(label_max, LABEL_LEAST)
    headings = [item.options["terms"].get(row, "") for row in first["row"]]
    indents = [
        INDENT if heading or (any(first["strong"]) and not strong) else 0.0
        for heading, strong in zip(headings, first["strong"], strict=True)
    ]
    labels = [
        wrap(label, label_max - indent, s.small, bool(strong), max_lines=3)
        for label, strong, indent in zip(first["row_label"], first["strong"], indents, strict=True)
    ]
    tops = {
        at: wrap(text, label_max, s.small, True, max_lines=3) if text and (not at or headings[at - 1] != text) else []
        for at, text in enumerate(headings)
    }
    step = line_height(s.small)
    heights = [max(ROW * s.rows, len(lines) * step + 0.3 * s.pads) for lines in labels]
    head_heights = [len(tops[at]) * step + (HEADING - step) if tops[at] else 0.0 for at in range(len(labels))]
    label_width = max(
        *(indent + text_width(line, s.small, True) for lines, indent in zip(labels, indents, strict=True) for line in lines),
        *(text_width(line, s.small, True) for lines in tops.values() for line in lines), 1.0,
    )  # fmt: skip
    room = s.inner - label_width - sum(wide) - 2 * GAP * len(groups)
    plot = max(room / len(groups), LEAST_PLOT)
    heads = [
        wrap(str(item.options["panels"].get(str(group), "")), plot + GAP + wide[at], s.text, True, max_lines=4)
        for at, (group, _) in enumerate(groups)
    ]
    counts = [f"{item.labels['n']} = {item.numbers.count(n)}" for n in item.options["counts"]]
    above = max(len(lines) for lines in heads) * line_height(s.text) + step + 1.6
    sheet = Sheet(item.caption, above + sum(heights) + sum(head_heights) + AXIS, s)
    more = sheet.stretch(len(heights), ROW * 0.6)
    heights = [height + more for height in heights]
    top = sheet.top - above
    ys = _labels(sheet, top, labels, tops, heights, head_heights, indents, [bool(strong) for strong in first["strong"]])
    spans = [_span(rows) for _, rows in groups]
    if item.options["same_scale"]:
        spans = [(min(low for low, _ in spans), max(high for _, high in spans))] * len(spans)
    left = sheet.left + label_width + GAP
    for at, (_, rows) in enumerate(groups):
        for i, line in enumerate(heads[at]):
            sheet.text(left, sheet.top - line_height(s.text) * (i + 0.5), line, s.text, bold=True)
        sheet.text(left, sheet.top - line_height(s.text) * len(heads[at]) - step / 2, counts[at], s.small, ink=st.SOFT)
        ax = sheet.axes(left, sheet.bottom + AXIS, left + plot, top)
        ax.set_ylim(sheet.bottom + AXIS, top)
        _axis(ax, spans[at], plot, item, s)
        _forest(ax, rows, ys, st.SPARE_PAIR[at], s)
        unit = wrap(item.labels["unit"], plot + GAP + wide[at], s.small, max_lines=1)[0]
        sheet.text(left, sheet.bottom + step / 2, unit, s.small, ink=st.SOFT)
        for y, cell, strong, flag in zip(ys, cells[at], rows["strong"], rows["flag"], strict=True):
            ink = st.SOFT if flag in (ABSENT, REFERENCE) else st.INK
            sheet.text(left + plot + GAP + wide[at], y, cell, s.small, ha="right", bold=bool(strong), ink=ink)
        left += plot + 2 * GAP + wide[at]
    return sheet.figure


def _labels(
    sheet: Sheet, top: float, labels: list[list[str]], tops: dict[int, list[str]], heights: list[float], head_heights: list[float],
    indents: list[float], strong: list[bool],
) -> list[float]:  # fmt: skip
    """Write the labels of all rows, and of the terms above them; the middle of each row."""
    s, y, middles = sheet.style, top, []
    step = line_height(s.small)
    for at, lines in enumerate(labels):
        for i, line in enumerate(tops[at]):
            sheet.text(sheet.left, y - head_heights[at] + step * (len(tops[at]) - i - 0.5), line, s.small, bold=True)
        y -= head_heights[at]
        middles.append(y - heights[at] / 2)
        sheet.lines(sheet.left + indents[at], middles[-1], lines, s.small, bold=strong[at])
        y -= heights[at]
    return middles


def _span(rows: DataFrame) -> tuple[float, float]:
    """Ends of an axis that holds zero and all intervals."""
    values = rows[["estimate", "low", "high"]].to_numpy(dtype=float)
    finite = values[np.isfinite(values)]
    low, high = (min(0.0, float(finite.min())), max(0.0, float(finite.max()))) if len(finite) else (-1.0, 1.0)
    return (low, high) if high > low else (-1.0, 1.0)


def _axis(ax: Any, span: tuple[float, float], plot: float, item: FigureItem, s: Style) -> None:
    from matplotlib.ticker import MaxNLocator

    margin = 0.03 * (span[1] - span[0])
    bare(ax)
    ax.set_xlim(span[0] - margin, span[1] + margin)
    ticks = [
        tick
        for tick in MaxNLocator(max(2, int(plot // 8)), steps=[1, 2, 5, 10]).tick_values(*span)
        if span[0] - margin <= tick <= span[1] + margin
    ]
    decimals = 0 if max(abs(tick) for tick in ticks) >= 5 else 1
    ax.set_xticks(ticks)
    ax.set_xticklabels([item.numbers.fixed(tick, decimals) for tick in ticks])
    ax.grid(axis="x", color=st.PALE, linewidth=0.6)
    ax.tick_params(axis="x", length=0, pad=2, colors=st.SOFT, labelsize=s.small)
    ax.axvline(0.0, color=st.SOFT, linewidth=0.8, zorder=1)


def _forest(ax: Any, rows: DataFrame, ys: list[float], ink: str, s: Style) -> None:
    for row, y in zip(rows.itertuples(), ys, strict=True):
        if row.flag == REFERENCE:
            ax.plot(
                [0.0], [y], marker="d", markersize=s.dot * 0.7, markerfacecolor="white", markeredgecolor=st.SOFT, linestyle="none", zorder=4
            )  # fmt: skip
        if not np.isfinite(row.estimate):
            continue
        if np.isfinite(row.low) and np.isfinite(row.high):
            ax.plot([row.low, row.high], [y, y], color=ink, linewidth=s.line, zorder=3, solid_capstyle="butt")
            for end in (row.low, row.high):
                ax.plot([end, end], [y - 0.6, y + 0.6], color=ink, linewidth=s.line, zorder=3)
        face = "white" if row.flag == UNRELIABLE else ink
        ax.plot(
            [row.estimate], [y], marker="D" if row.strong else "o", markersize=s.dot * 0.8, markerfacecolor=face, markeredgecolor=ink,
            linestyle="none", zorder=4,
        )  # fmt: skip


def _cell(row: Any, item: FigureItem) -> str:
    return item.labels[row.flag] if row.flag in (REFERENCE, ABSENT) else item.number(row, dash="; ")
