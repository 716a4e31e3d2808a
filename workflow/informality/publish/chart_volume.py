"""Persons as bars, a part of them darker, and beside them the rate with its interval: a row a level, any number of rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from pandas import DataFrame

from informality.govern.flags import UNRELIABLE
from informality.publish import style as st
from informality.publish.chart_dots import dots
from informality.publish.chart_parts import HATCH, Entry, across, heading, legend, legend_height, number, scale_of
from informality.publish.item import FigureItem
from informality.publish.layout import Sheet, line_height, put, text_width, wrap
from informality.publish.style import Style

LABEL_MAX = 44.0
BARS = 46.0
GAP = 3.0
ROW = 5.0
BAR = 3.2
AXIS = 5.5


def draw(item: FigureItem) -> Figure:
    """The figure; parts `main` (rates, in their order), `workers` (persons) and `part` (some of them), a row each for every `row`."""
    s = Style()
    main = item.part("main")
    workers, part = item.part("workers").set_index("row"), item.part("part").set_index("row")
    strong = list(main["strong"])
    wrapped = [
        wrap(label, LABEL_MAX, s.text, bold, max_lines=3) for label, bold in zip(main["row_label"], strong, strict=True)
    ]
    label_width = max(
        text_width(line, s.text, bold) for lines, bold in zip(wrapped, strong, strict=True) for line in lines
    )
    cells = [number(row, item) for row in main.itertuples()]
    counts = [item.numbers.count(n) for n in main["n"]]
    heads = {
        "bars": wrap(item.labels["axis"], BARS, s.small),
        "rate": [*wrap(item.labels["rate"], 44.0, s.small), f"({item.labels['interval']})"],
    }
    n_width = max(text_width(text, s.small) for text in [*counts, item.labels["n"]])
    cell_width = max(text_width(text, s.small) for text in cells)
    width = s.width - 2 * s.margin
    entries: list[Entry] = [
        (item.labels["part"], st.colour("informal"), None),
        (item.labels["others"], st.colour("formal"), None),
    ]
    above = legend_height(entries, width, s) + max(map(len, heads.values())) * line_height(s.small) + 1.0
    heights = [max(ROW, len(lines) * line_height(s.text) + 1.2) for lines in wrapped]
    sheet = Sheet(item.caption, above + sum(heights) + AXIS, s)
    legend(sheet, entries, sheet.left, sheet.top, width)
    head_top = sheet.top - legend_height(entries, width, s)
    bars_left = sheet.left + label_width + GAP
    cell_right = sheet.right - n_width - GAP
    dots_left, dots_right = bars_left + BARS + GAP + 1.5, cell_right - cell_width - GAP - 1.2
    heading(sheet, heads["bars"], bars_left, head_top, "left")
    heading(sheet, heads["rate"], dots_left, head_top, "left")
    heading(sheet, [item.labels["n"]], sheet.right, head_top, "right")
    top = sheet.top - above
    ys = list(top - np.cumsum(heights) + np.array(heights) / 2)
    for lines, cell, count, y, bold in zip(wrapped, cells, counts, ys, strong, strict=True):
        sheet.lines(sheet.left, y, lines, s.text, bold=bold)
        sheet.text(cell_right, y, cell, s.small, ha="right", bold=bold)
        sheet.text(sheet.right, y, count, s.small, ha="right", ink=st.SOFT)
    rates = sheet.axes(dots_left, sheet.bottom + AXIS, dots_right, top)
    rates.set_ylim(sheet.bottom + AXIS, top)
    dots(rates, main, ys, item, s, ticks=3)
    bars = sheet.axes(bars_left, sheet.bottom + AXIS, bars_left + BARS, top)
    bars.set_ylim(sheet.bottom + AXIS, top)
    _bars(bars, main, workers, part, ys, item, s)
    return sheet.figure


def _bars(
    ax: Any, main: DataFrame, workers: DataFrame, part: DataFrame, ys: list[float], item: FigureItem, s: Style
) -> None:
    """Bars of all rows but the total, which would make the others small: it has its number only."""
    whole = workers.reindex(main["row"])
    some = part.reindex(main["row"])
    total = main["strong"].to_numpy(dtype=bool)
    values = np.where(total, np.nan, whole["estimate"].to_numpy(dtype=float)) / 1000
    end, ticks = scale_of(values)
    across(ax, end, s, 3 if (ticks - 1) % 2 == 0 else 2, item.numbers)
    texts = [_amount(row, item) if isinstance(row.flag, str) else "" for row in whole.itertuples()]
    # The longest bar has its number behind it.
    room = [BARS - text_width(text, s.small) - 2.5 for text in texts]
    lengths = [value * BARS / space for value, space in zip(values, room, strict=True) if np.isfinite(value)]
    upper = max([*lengths, end])
    ax.set_xlim(0, upper)
    for row, inner, value, text, y in zip(whole.itertuples(), some.itertuples(), values, texts, ys, strict=True):
        if np.isfinite(value):
            unreliable = row.flag == UNRELIABLE
            fill = st.colour("formal")
            ax.barh(
                y, value, height=BAR, facecolor="white" if unreliable else fill, edgecolor=st.BLUE if unreliable else "none",
                hatch=HATCH if unreliable else None, linewidth=0.6,
            )  # fmt: skip
            if np.isfinite(inner.estimate):
                hollow = inner.flag == UNRELIABLE
                dark = st.colour("informal")
                ax.barh(
                    y, inner.estimate / 1000, height=BAR, facecolor="white" if hollow else dark, edgecolor=dark if hollow else "none",
                    hatch=HATCH if hollow else None, linewidth=0.6,
                )  # fmt: skip
        start = value if np.isfinite(value) else 0.0
        put(ax, start + upper * 1.2 / BARS, y, text, s.small)


def _amount(row: Any, item: FigureItem) -> str:
    share = item.options["shares"].get(row.Index)
    part = f" ({item.numbers.fixed(share, 0 if share >= 10 else 1)} %)" if share is not None else ""
    return number(row, item, interval=False, thousands=True) + part
