"""A heat map: a cell for each pair of levels, the number in it; cells that are unreliable are hatched, hidden ones say so."""

from __future__ import annotations

from typing import Any

import numpy as np
import seaborn as sns
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from informality.govern.flags import UNRELIABLE
from informality.publish import style as st
from informality.publish.chart_parts import HATCH
from informality.publish.item import FigureItem, marked
from informality.publish.layout import Sheet, line_height, put, text_width, wrap
from informality.publish.line_breaks import breakable
from informality.publish.room import need
from informality.publish.style import Style
from informality.vocabulary import TOTAL

LABEL_MAX = 42.0
ROW = 5.6
GAP = 2.0
# More rows than this would be read in the wrong column: the heads are repeated.
MOST_ROWS = 19
CELL_MAX = 24.0


def draw(item: FigureItem) -> Figure:
    """The figure; part `main` has a row for every pair of `row` (downwards) and `series` (across), in the order of drawing."""
    s = item.style
    main = item.part("main")
    rows, columns = list(dict.fromkeys(main["row"])), list(dict.fromkeys(main["series"]))
    labels = main.drop_duplicates("row").set_index("row")["row_label"]
    heads = main.drop_duplicates("series").set_index("series")["series_label"]
    wrapped = {r: wrap(labels[r], s.part(LABEL_MAX), s.text, r == TOTAL, max_lines=3) for r in rows}
    label_width = max(text_width(line, s.text, r == TOTAL) for r in rows for line in wrapped[r]) + GAP
    cell = min((s.inner - label_width) / len(columns), s.part(CELL_MAX))
    words = max(text_width(item.number(part, interval=False), s.small, True) for part in main.itertuples())
    need(cell * len(columns), (words + 0.6) * len(columns))
    # A word that does not fit would be broken: heads are numbered then, and named above.
    numbered = any(
        text_width(word.rstrip(), s.small, True) > cell - 1.4 for c in columns for word in breakable(str(heads[c]))
    )
    named = {c: str(at) for at, c in enumerate((c for c in columns if c != TOTAL), start=1)}
    tops = {
        c: [named[c]] if numbered and c in named else wrap(heads[c], cell - 1.4, s.small, c == TOTAL, max_lines=6)
        for c in columns
    }
    key = [f"{number}\u00a0{heads[c]}" for c, number in named.items()] if numbered else []
    key_lines = wrap("; ".join(key), s.inner, s.small) if key else []
    key_height = len(key_lines) * line_height(s.small) + 1.5 if key else 0.0
    head_height = max(len(lines) for lines in tops.values()) * line_height(s.small) + 1.2
    heights = {r: max(ROW * s.rows, len(wrapped[r]) * line_height(s.text) + 1.0 * s.pads) for r in rows}
    blocks = np.array_split(np.array(rows, dtype=object), -(-len(rows) // MOST_ROWS))
    body = key_height + sum(heights.values()) + len(blocks) * (head_height + 2.0)
    sheet = Sheet(item.caption, body, s)
    more = sheet.stretch(len(rows), ROW / 2)
    heights = {r: height + more for r, height in heights.items()}
    ramp = sns.light_palette(st.BLUE, as_cmap=True)
    values = marked(main)
    low, high = (float(values.min()), float(values.max())) if values.notna().any() else (0.0, 1.0)
    cells = {(part.row, part.series): part for part in main.itertuples()}
    for i, line in enumerate(key_lines):
        sheet.text(sheet.left, sheet.top - line_height(s.small) * (i + 0.5), line, s.small)
    y = sheet.top - key_height
    for block in blocks:
        for at, column in enumerate(columns):
            for i, line in enumerate(reversed(tops[column])):
                base = y - head_height + 0.8 + line_height(s.small) * (i + 0.5)
                sheet.text(
                    sheet.left + label_width + cell * (at + 0.5), base, line, s.small, ha="center", bold=column == TOTAL
                )
        y -= head_height
        height = sum(heights[r] for r in block)
        ax = sheet.axes(sheet.left + label_width, y - height, sheet.left + label_width + cell * len(columns), y)
        ax.set_xlim(0, len(columns))
        ax.set_ylim(y - height, y)
        ax.axis("off")
        for r in block:
            sheet.lines(sheet.left, y - heights[r] / 2, wrapped[r], s.text, bold=r == TOTAL)
            for at, column in enumerate(columns):
                part = cells.get((r, column))
                if part is not None:
                    _cell(ax, at, y, heights[r], part, (low, high), ramp, item, s)
            y -= heights[r]
        y -= 2.0
    return sheet.figure


def _cell(
    ax: Any,
    at: int,
    top: float,
    height: float,
    part: Any,
    span: tuple[float, float],
    ramp: Any,
    item: FigureItem,
    s: Style,
) -> None:
    value = next((float(v) for v in (part.estimate, part.bound_low, part.bound_high) if np.isfinite(v)), None)
    fill = "#ffffff" if value is None else to_hex(ramp(0.05 + 0.95 * (value - span[0]) / max(span[1] - span[0], 1e-9)))
    unreliable = part.flag == UNRELIABLE
    face = "#ffffff" if unreliable else fill
    ax.add_patch(Rectangle((at, top - height), 1, height, facecolor=face, edgecolor="white" if not unreliable else fill, linewidth=0.8,
                           hatch=HATCH if unreliable else None))  # fmt: skip
    if unreliable:
        # A clear field keeps the number readable on the hatching.
        ax.add_patch(
            Rectangle((at + 0.2, top - height * 0.82), 0.6, height * 0.64, facecolor="white", edgecolor="none")
        )
    ink = st.SOFT if value is None else st.ink_on(face)
    bold = {"fontweight": "bold"} if TOTAL in (part.row, part.series) else {}
    put(ax, at + 0.5, top - height / 2, item.number(part, interval=False), s.small, ha="center", color=ink, **bold)
