"""Dots with intervals: a row a level, the numbers beside it; optionally totals as bars in a second panel."""

from __future__ import annotations

from typing import Any

import numpy as np
import seaborn as sns
from matplotlib.figure import Figure
from pandas import DataFrame

from informality.govern.flags import UNRELIABLE
from informality.publish import style as st
from informality.publish.chart_parts import heading, part_of, ticks_of
from informality.publish.chart_rows import Rows
from informality.publish.item import FigureItem, marked
from informality.publish.layout import Sheet, line_height, put, text_width, wrap
from informality.publish.style import Style

LABEL_MAX = 58.0
LABEL_MAX_BESIDE = 40.0
GAP = 3.0
GROUP_GAP = 2.4
ROW_MIN = 5.0
AXIS = 5.5
# Width of the bars beside the dots of a page, and their part of the width where labels stand above the rows.
BARS, BARS_PART = 48.0, 0.5


def draw(item: FigureItem) -> Figure:
    """The figure; rows of part `main` in their order, bars of part `beside` for the same rows where there are any."""
    s = item.style
    main, beside = item.part("main"), item.part("beside")
    with_bars = not beside.empty
    heads = _heads(item, with_bars)
    cells = [item.number(row) for row in main.itertuples()]
    counts = [item.count(row) for row in main.itertuples()]
    n_width = max(text_width(text, s.small) for text in [*counts, *heads["n"]])
    cell_width = max(text_width(text, s.small) for text in [*cells, *heads["cell"]])
    bars_width = s.part(BARS) if with_bars else 0.0
    # A dot at the end of the axis reaches over it.
    numbers = n_width + GAP + cell_width + GAP + 1.2
    rows = Rows(
        main["row_label"], main["strong"], s, most=LABEL_MAX_BESIDE if with_bars else LABEL_MAX, least=ROW_MIN, pad=1.4, max_lines=4,
        numbers=numbers + (bars_width + GAP if with_bars else 0.0),
    )  # fmt: skip
    if rows.above and with_bars:
        # The bars stand below the numbers, so these leave more room to the labels.
        rows = Rows(
            main["row_label"], main["strong"], s, most=LABEL_MAX_BESIDE, least=ROW_MIN, pad=1.4, max_lines=4, numbers=numbers,
            plot=s.inner,
        )  # fmt: skip
    storeys = [["cell", "n"], ["rate", "bars"]] if rows.above else [list(heads)]
    tops = [max(len(heads[name]) for name in storey if name in heads) for storey in storeys if storey[0] in heads]
    head_height = sum(tops) * line_height(s.small) + 1.2
    gaps = [GROUP_GAP if i and group != main["group"][i - 1] else 0.0 for i, group in enumerate(main["group"])]
    sheet = Sheet(item.caption, head_height + rows.starts(gaps)[-1] + AXIS, s)
    rows.stretch(sheet)

    n_right = sheet.right
    bars_left = sheet.right - n_width - GAP - bars_width
    cell_right = (bars_left - GAP) if with_bars and not rows.above else sheet.right - n_width - GAP
    plot_left, plot_right = rows.plot_left(sheet), cell_right - cell_width - GAP - 1.2
    bars_right = sheet.right - n_width - GAP
    if rows.above:
        bars_left, bars_right = sheet.right - s.inner * BARS_PART, sheet.right
        plot_left, plot_right = sheet.left + 1.2, (bars_left - GAP if with_bars else sheet.right) - 1.2
    top = sheet.top - head_height
    starts = rows.starts(gaps)[:-1]
    ys = [top - (start + rows.plot_at(i)) for i, start in enumerate(starts)]

    for i, start in enumerate(starts):
        rows.write(sheet, i, top - (start + rows.label_at(i)))
    for i, start in enumerate(starts):
        told, strong = top - (start + rows.number_at(i)), rows.bold[i]
        sheet.text(cell_right, told, cells[i], s.small, ha="right", bold=strong)
        sheet.text(n_right, told, counts[i], s.small, ha="right", ink=st.SOFT)
    heading(sheet, heads["cell"], cell_right, sheet.top, "right")
    heading(sheet, heads["n"], n_right, sheet.top, "right")
    ax = sheet.axes(plot_left, sheet.bottom + AXIS, plot_right, top)
    ax.set_ylim(sheet.bottom + AXIS, top)
    dots(ax, main, ys, item, s)
    if with_bars:
        second = sheet.top - (tops[0] * line_height(s.small) if rows.above else 0.0)
        heading(sheet, heads["rate"], plot_left, second, "left")
        heading(sheet, heads["bars"], bars_left, second, "left")
        bars = sheet.axes(bars_left, sheet.bottom + AXIS, bars_right, top)
        bars.set_ylim(sheet.bottom + AXIS, top)
        _bars(bars, beside.set_index("row").reindex(main["row"]), ys, bars_right - bars_left, item, s)
    return sheet.figure


def _heads(item: FigureItem, with_bars: bool) -> dict[str, list[str]]:
    s = item.style
    heads = {"cell": [item.labels["percent"], f"({item.labels['interval']})"], "n": [item.labels["n"]]}
    if with_bars:
        heads["rate"] = wrap(item.labels["rate"], s.part(36.0), s.small)
        heads["bars"] = wrap(item.labels["bars"], s.part(46.0), s.small)
    return heads


def axis_top(values: Any) -> float:
    """Upper end of an axis of percentages that starts at zero: 100 unless all are small."""
    largest = float(np.nanmax(values)) if np.isfinite(np.asarray(values, dtype=float)).any() else 100.0
    return next((top for top in (5.0, 10.0, 20.0, 50.0) if largest <= top), 100.0)


def dots(ax: Any, main: DataFrame, ys: list[float], item: FigureItem, s: Style, ticks: int = 6) -> None:
    """Dots with intervals on axes whose vertical unit is the millimetre: a row of ``main`` at each of ``ys``."""
    upper = axis_top(main[["estimate", "high", "bound_low", "bound_high"]].to_numpy(dtype=float))
    ax.set_xlim(0, upper)
    places = ticks_of(ax, upper, ticks, s)
    ax.set_xticks(places)
    ax.set_xticklabels([f"{tick:g}" for tick in places])
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
        labels.append(_amount(row, item) if isinstance(row.flag, str) else "")
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
    return part_of(item.number(row, interval=False, per=1000.0), item.options.get("shares", {}).get(row.Index), item)
