"""Dots with intervals: a row a level, the numbers beside it; optionally totals as bars in a second panel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import seaborn as sns
from matplotlib.figure import Figure
from pandas import DataFrame

from informality.govern.flags import BOUNDED, BY_DEFINITION, UNRELIABLE, WITHOUT_VALUE
from informality.publish import style as st
from informality.publish.item import FigureItem, marked
from informality.publish.layout import Sheet, line_height, put, text_width, wrap
from informality.publish.style import Style

LABEL_MAX = 58.0
LABEL_MAX_BESIDE = 40.0
GAP = 3.0
GROUP_GAP = 2.4
ROW_MIN = 5.0
AXIS = 5.5


@dataclass(frozen=True)
class _Row:
    lines: list[str]
    height: float
    y: float


def draw(item: FigureItem) -> Figure:
    """The figure; rows of part `main` in their order, bars of part `beside` for the same rows where there are any."""
    s = Style()
    main, beside = item.part("main"), item.part("beside")
    with_bars = not beside.empty
    label_max = LABEL_MAX_BESIDE if with_bars else LABEL_MAX
    wrapped = [
        wrap(label, label_max, s.text, strong, max_lines=4)
        for label, strong in zip(main["row_label"], main["strong"], strict=True)
    ]
    heads = _heads(item, with_bars)
    head_height = max(len(lines) for lines in heads.values()) * line_height(s.small) + 1.2
    rows, rows_height = _rows(wrapped, list(main["group"]), s)
    sheet = Sheet(item.caption, head_height + rows_height + AXIS, s)

    cells = [_number(row, item) for row in main.itertuples()]
    counts = [item.numbers.count(n) for n in main["n"]]
    label_width = max(
        text_width(line, s.text, strong)
        for lines, strong in zip(wrapped, main["strong"], strict=True)
        for line in lines
    )
    n_width = max(text_width(text, s.small) for text in [*counts, *heads["n"]])
    cell_width = max(text_width(text, s.small) for text in [*cells, *heads["cell"]])
    n_right = sheet.right
    bars_left = sheet.right - n_width - GAP - (48.0 if with_bars else 0.0)
    cell_right = (bars_left - GAP) if with_bars else sheet.right - n_width - GAP
    # A dot at the end of the axis reaches over it.
    plot_left, plot_right = sheet.left + label_width + GAP, cell_right - cell_width - GAP - 1.2
    top = sheet.top - head_height
    ys = [top - row.y for row in rows]

    for lines, y, strong in zip(wrapped, ys, main["strong"], strict=True):
        sheet.lines(sheet.left, y, lines, s.text, bold=strong)
    for cell, count, y, strong in zip(cells, counts, ys, main["strong"], strict=True):
        sheet.text(cell_right, y, cell, s.small, ha="right", bold=strong)
        sheet.text(n_right, y, count, s.small, ha="right", ink=st.SOFT)
    _head(sheet, heads["cell"], cell_right, "right")
    _head(sheet, heads["n"], n_right, "right")
    ax = sheet.axes(plot_left, sheet.bottom + AXIS, plot_right, top)
    ax.set_ylim(sheet.bottom + AXIS, top)
    dots(ax, main, ys, item, s)
    if with_bars:
        _head(sheet, heads["rate"], plot_left, "left")
        _head(sheet, heads["bars"], bars_left, "left")
        bars = sheet.axes(bars_left, sheet.bottom + AXIS, sheet.right - n_width - GAP, top)
        bars.set_ylim(sheet.bottom + AXIS, top)
        _bars(bars, beside.set_index("row").reindex(main["row"]), ys, sheet.right - n_width - GAP - bars_left, item, s)
    return sheet.figure


def _heads(item: FigureItem, with_bars: bool) -> dict[str, list[str]]:
    s = Style()
    heads = {"cell": [item.labels["percent"], f"({item.labels['interval']})"], "n": [item.labels["n"]]}
    if with_bars:
        heads["rate"] = wrap(item.labels["rate"], 36.0, s.small)
        heads["bars"] = wrap(item.labels["bars"], 46.0, s.small)
    return heads


def _head(sheet: Sheet, lines: list[str], x: float, ha: str) -> None:
    step = line_height(sheet.style.small)
    for i, line in enumerate(lines):
        sheet.text(x, sheet.top - step * (i + 0.5), line, sheet.style.small, ha=ha, ink=st.SOFT)


def _rows(wrapped: list[list[str]], groups: list[int], s: Style) -> tuple[list[_Row], float]:
    rows: list[_Row] = []
    y = 0.0
    for i, lines in enumerate(wrapped):
        if i and groups[i] != groups[i - 1]:
            y += GROUP_GAP
        height = max(ROW_MIN, len(lines) * line_height(s.text) + 1.4)
        rows.append(_Row(lines, height, y + height / 2))
        y += height
    return rows, y


def _number(row: Any, item: FigureItem) -> str:
    if row.flag in WITHOUT_VALUE:
        return item.labels[row.flag]
    if row.flag == BOUNDED:
        return item.bound(row.bound_low, row.bound_high)
    text = item.numbers.fixed(row.estimate)
    if row.flag_reason == BY_DEFINITION:
        text += f" ({item.labels['by_definition']})"
    elif np.isfinite(row.low) and np.isfinite(row.high):
        text += f" ({item.numbers.fixed(row.low)}–{item.numbers.fixed(row.high)})"
    return text + (f" {UNRELIABLE}" if row.flag == UNRELIABLE else "")


def axis_top(values: Any) -> float:
    """Upper end of an axis of percentages that starts at zero: 100 unless all are small."""
    largest = float(np.nanmax(values)) if np.isfinite(np.asarray(values, dtype=float)).any() else 100.0
    return next((top for top in (5.0, 10.0, 20.0, 50.0) if largest <= top), 100.0)


def dots(ax: Any, main: DataFrame, ys: list[float], item: FigureItem, s: Style, ticks: int = 6) -> None:
    """Dots with intervals on axes whose vertical unit is the millimetre: a row of ``main`` at each of ``ys``."""
    upper = axis_top(main[["estimate", "high", "bound_low", "bound_high"]].to_numpy(dtype=float))
    ax.set_xlim(0, upper)
    ax.set_xticks(np.linspace(0, upper, ticks))
    ax.set_xticklabels([f"{tick:g}" for tick in np.linspace(0, upper, ticks)])
    ax.grid(axis="x", color=st.PALE, linewidth=0.6)
    ax.set_axisbelow(True)
    ax.set_yticks([])
    ax.tick_params(axis="x", length=0, pad=2, colors=st.SOFT)
    for side in ("left", "right", "top"):
        ax.spines[side].set_visible(False)
    total = main.loc[main["strong"] & main["estimate"].notna(), "estimate"]
    if len(total):
        ax.axvline(float(total.iloc[0]), color=st.SOFT, linewidth=0.7, linestyle=(0, (3, 2)), zorder=1)
    frame = main.assign(y=ys)
    shown = frame[frame["estimate"].notna()]
    inks = np.where(shown["strong"].astype(bool), st.INK, st.BLUE)
    spans = (shown["low"].notna() & shown["high"].notna()).to_numpy()
    ends = shown[spans]
    ax.hlines(ends["y"], ends["low"], ends["high"], colors=inks[spans], linewidth=s.line, zorder=2)
    for side in ("low", "high"):
        ax.vlines(
            ends[side], ends["y"] - 0.8, ends["y"] + 0.8, colors=inks[spans], linewidth=s.line, zorder=2, clip_on=False
        )
    for strong, marker in ((True, "D"), (False, "o")):
        some = (shown["strong"].astype(bool) == strong).to_numpy()
        fills = np.where(shown["flag"] == UNRELIABLE, "white", inks)[some]
        sns.scatterplot(
            data=shown[some], x="estimate", y="y", ax=ax, s=s.dot**2, marker=marker, legend=False, zorder=3, clip_on=False,
            facecolor=fills, edgecolor=inks[some], linewidth=1.0,
        )  # fmt: skip
    for side, marker in (("bound_low", ">"), ("bound_high", "<")):
        some = frame[frame[side].notna()]
        ax.scatter(
            some[side], some["y"], s=s.dot**2, marker=marker, facecolor="white", edgecolor=st.BLUE, linewidth=1.0, zorder=3, clip_on=False
        )  # fmt: skip
    for row in frame[marked(frame).isna()].itertuples():
        put(ax, upper * 0.012, row.y, item.labels.get(row.flag, ""), s.small, color=st.SOFT)
    ax.set_xlabel("")
    ax.set_ylabel("")


def _bars(ax: Any, beside: DataFrame, ys: list[float], width: float, item: FigureItem, s: Style) -> None:
    ax.set_yticks([])
    ax.set_xticks([])
    for side in ("right", "top", "bottom"):
        ax.spines[side].set_visible(False)
    labels, ends = [], []
    for row in beside.itertuples():
        known = np.isfinite(row.estimate)
        labels.append(
            _amount(row, item) if known else (item.labels.get(row.flag, "") if isinstance(row.flag, str) else "")
        )
        ends.append(np.nanmax([row.estimate, row.high]) / 1000 if known else 0.0)
    room = [width - text_width(label, s.small) - 2.5 for label in labels]
    upper = max([end * width / space for end, space in zip(ends, room, strict=True)] + [1e-9])
    ax.set_xlim(0, upper)
    for row, y, label, end in zip(beside.itertuples(), ys, labels, ends, strict=True):
        if np.isfinite(row.estimate):
            ax.barh(
                y, row.estimate / 1000, height=3.0, facecolor="white" if row.flag == UNRELIABLE else st.ORANGE, edgecolor=st.ORANGE,
                hatch="//////" if row.flag == UNRELIABLE else None, linewidth=0.8,
            )  # fmt: skip
            if np.isfinite(row.low) and np.isfinite(row.high):
                ax.plot([row.low / 1000, row.high / 1000], [y, y], color=st.INK, linewidth=s.line)
        put(ax, end + upper * 1.2 / width, y, label, s.small)


def _amount(row: Any, item: FigureItem) -> str:
    thousands = row.estimate / 1000
    text = item.numbers.fixed(thousands, 0 if thousands >= 100 else 1)
    part = item.options.get("shares", {}).get(row.Index)
    text += f" ({item.numbers.fixed(part, 0 if part >= 10 else 1)} %)" if part is not None else ""
    return text + (f" {UNRELIABLE}" if row.flag == UNRELIABLE else "")
