"""A rate before and after each of some steps: a hollow mark, an arrow and a filled mark a row, with the change beside them.

Marks and not bars, so the axis need not begin at zero; no interval stands at a change, for none is known.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from informality.govern.flags import FEW_DIFFER, UNRELIABLE
from informality.publish import style as st
from informality.publish.chart_parts import bare, heading
from informality.publish.item import FigureItem
from informality.publish.layout import Sheet, line_height, text_width, wrap
from informality.publish.room import LEAST_PLOT, need
from informality.publish.style import Style

LABEL_MAX = 66.0
GAP = 3.0
ROW_MIN = 9.0
AXIS = 5.5
# For the marks of a row whose label stands above them.
ABOVE = 6.4
HEAD_MAX = 20.0
KEY = 4.6
# Narrower ranges of rates would make a hair's breadth look like a change.
LEAST_SPAN = 5.0
# Marks closer than this (mm) touch, and no arrow fits between them; from the middle of its head to that of the mark.
NEAR = 3.8
HEAD = 1.5
BEFORE, AFTER = "before", "after"


def draw(item: FigureItem) -> Figure:
    """The figure; part `main` has two rows for every `row`: series before and after."""
    s = item.style
    main = item.part("main")
    rows = list(dict.fromkeys(main["row"]))
    by = {row: {part.series: part for part in main[main["row"] == row].itertuples()} for row in rows}
    labels, sides = _labels(by, s.part(LABEL_MAX), s)
    label_width = max(
        [text_width(line, s.text) for row in rows for line in labels[row]]
        + [text_width(line, s.small) for row in rows for line in sides[row]]
    )
    cells = {
        row: [
            item.number(by[row][BEFORE], interval=False),
            item.number(by[row][AFTER], interval=False),
            _change(by[row], item),
        ]
        for row in rows
    }
    heads = [wrap(item.labels[name], HEAD_MAX, s.small) for name in ("before", "after", "change")]
    widths = [
        max(text_width(text, s.small) for text in [*heads[at], *(cells[row][at] for row in rows)]) for at in range(3)
    ]
    head_height = max(max(len(head) for head in heads) * line_height(s.small), KEY) + 1.2
    beside = s.inner - sum(widths) - GAP * 4 - 3.0
    above = beside - label_width < LEAST_PLOT
    if above:
        # The labels stand above the marks, which are left with all that the numbers do not need.
        need(beside + GAP, LEAST_PLOT)
        labels, sides = _labels(by, s.inner, s)
        heights = {row: _label_height(labels[row], sides[row], s) + ABOVE for row in rows}
    else:
        heights = {row: max(ROW_MIN * s.rows, _label_height(labels[row], sides[row], s) + 2.0 * s.pads) for row in rows}
    sheet = Sheet(item.caption, head_height + sum(heights.values()) + AXIS, s)
    more = sheet.stretch(len(rows), ROW_MIN)
    heights = {row: height + more for row, height in heights.items()}
    rights = [sheet.right - sum(widths[at + 1 :]) - GAP * (2 - at) for at in range(3)]
    for head, right in zip(heads, rights, strict=True):
        heading(sheet, head, right, sheet.top, "right")
    left, plot_right = sheet.left + 1.5 + (0.0 if above else label_width + GAP), rights[0] - widths[0] - GAP - 1.5
    top = sheet.top - head_height
    ax = sheet.axes(left, sheet.bottom + AXIS, plot_right, top)
    ax.set_ylim(sheet.bottom + AXIS, top)
    low, high = _across(ax, main[["estimate"]].to_numpy(dtype=float), s, item)
    mm_per_unit = (plot_right - left) / (high - low)
    y, places = top, {}
    for row in rows:
        told = _label_height(labels[row], sides[row], s)
        at = y - (told + heights[row]) / 2 if above else y - heights[row] / 2
        if above:
            sheet.clear(sheet.left, y - told - 0.6, sheet.right, y)
        _label(sheet, y - told / 2 - 0.3 if above else at, labels[row], sides[row], s)
        y -= heights[row]
        for place, (cell, right) in enumerate(zip(cells[row], rights, strict=True)):
            sheet.text(right, at, cell, s.small, ha="right", bold=place == 2)
        places[row] = at
    _marks(ax, by, places, mm_per_unit, s)
    return sheet.figure


def _labels(by: dict[str, dict[str, Any]], width: float, s: Style) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Lines of the name of each step, and of what it goes from and to."""
    labels = {row: wrap(parts[AFTER].row_label, width, s.text, max_lines=3) for row, parts in by.items()}
    sides = {
        row: wrap(f"{parts[BEFORE].series_label} → {parts[AFTER].series_label}", width, s.small, max_lines=4)
        for row, parts in by.items()
    }
    return labels, sides


def _label_height(label: list[str], sides: list[str], s: Style) -> float:
    return len(label) * line_height(s.text) + len(sides) * line_height(s.small)


def _label(sheet: Sheet, at: float, label: list[str], sides: list[str], s: Style) -> None:
    """The name of a step, and from what to what below it, together centred on ``at``."""
    y = at + _label_height(label, sides, s) / 2
    for lines, size, ink in ((label, s.text, st.INK), (sides, s.small, st.SOFT)):
        for line in lines:
            y -= line_height(size) / 2
            sheet.text(sheet.left, y, line, size, ink=ink)
            y -= line_height(size) / 2


def _change(parts: dict[str, Any], item: FigureItem) -> str:
    """The change between the two numbers that stand beside it; in words where fewer persons differ than may be told."""
    before, after = parts[BEFORE], parts[AFTER]
    if FEW_DIFFER in (before.flag_reason, after.flag_reason):
        return item.labels["few_differ"]
    text = item.numbers.written(after.estimate - before.estimate, min(before.decimals, after.decimals))
    return text if text.startswith("−") or not text.strip("0.,") else f"+{text}"


def _across(ax: Any, rates: Any, s: Style, item: FigureItem) -> tuple[float, float]:
    """A horizontal axis around the rates, at least `LEAST_SPAN` wide, within 0 and 100, with ends at its ticks."""
    finite = rates[np.isfinite(rates)]
    least, most = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 100.0)
    span = max(most - least, LEAST_SPAN)
    step = next(step for step in (1.0, 2.0, 5.0, 10.0, 20.0, 25.0) if span / step <= 6)
    middle = (least + most) / 2
    low = max(0.0, np.floor((middle - span * 0.6) / step) * step)
    high = min(100.0, np.ceil((middle + span * 0.6) / step) * step)
    bare(ax)
    ticks = np.arange(low, high + step / 2, step)
    ax.set_xlim(low, high)
    ax.set_xticks(ticks)
    ax.set_xticklabels([item.numbers.fixed(tick, 0) for tick in ticks])
    ax.grid(axis="x", color=st.PALE, linewidth=0.6)
    ax.tick_params(axis="x", length=0, pad=2, colors=st.SOFT, labelsize=s.small)
    return float(low), float(high)


def _marks(ax: Any, by: dict[str, dict[str, Any]], places: dict[str, float], mm_per_unit: float, s: Style) -> None:
    """A hollow mark before and a filled one after, and where there is room between them a line with an arrow's head."""
    heads: dict[str, tuple[list[float], list[float]]] = {">": ([], []), "<": ([], [])}
    for row, y in places.items():
        before, after = by[row][BEFORE].estimate, by[row][AFTER].estimate
        way = (after - before) * mm_per_unit
        if abs(way) > NEAR:
            tip = after - np.sign(way) * HEAD / mm_per_unit
            ax.plot([before, tip], [y, y], color=st.SOFT, linewidth=s.line, zorder=2)
            xs, ys = heads[">" if way > 0 else "<"]
            xs.append(tip)
            ys.append(y)
    for marker, (xs, ys) in heads.items():
        if xs:
            ax.scatter(xs, ys, s=8.0, marker=marker, facecolor=st.SOFT, edgecolor=st.SOFT, linewidth=0.4, zorder=2)
    ys = list(places.values())
    size = (s.dot * 1.35) ** 2
    befores, afters = ([by[row][side] for row in places] for side in (BEFORE, AFTER))
    ax.scatter(
        [p.estimate for p in befores], ys, s=size, facecolor="white", edgecolor=st.INK, linewidth=1.0, zorder=3, clip_on=False
    )  # fmt: skip
    fills = ["white" if p.flag == UNRELIABLE else st.BLUE for p in afters]
    ax.scatter(
        [p.estimate for p in afters], ys, s=s.dot**2, facecolor=fills, edgecolor=st.BLUE, linewidth=1.0, zorder=4, clip_on=False
    )  # fmt: skip
