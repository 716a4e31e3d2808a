"""Lines with interval bands: a line a level of the series over ordered groups, named at its end."""

from __future__ import annotations

from typing import Any

import numpy as np
import seaborn as sns
from matplotlib.figure import Figure
from pandas import DataFrame

from informality.govern.flags import UNRELIABLE
from informality.publish import style as st
from informality.publish.chart_dots import axis_top
from informality.publish.chart_parts import flexible, scale_of
from informality.publish.item import FigureItem, marked
from informality.publish.layout import Sheet, line_height, spread, text_width, wrap
from informality.publish.line_breaks import breakable
from informality.publish.room import need
from informality.publish.style import Style
from informality.vocabulary import UNKNOWN

PLOT = 62.0
LEFT = 9.0
GAP = 2.5
NAME_MAX = 24.0
COUNT_MAX = 22.0
NAME_GAP = 2.5
CELL_LEAST = 14.0
# Between labels of groups that stand beside each other.
EDGE = 0.7
# Marks that are bounds only stand beside each other, in widths of a group.
SHIFT = 0.06


def draw(item: FigureItem) -> Figure:
    """The figure; part `main` has a row for every pair of `row` (the horizontal axis) and `series`."""
    s = item.style
    main = item.part("main")
    groups = list(dict.fromkeys(main["row"]))
    series = list(dict.fromkeys(main["series"]))
    names = main.drop_duplicates("series").set_index("series")["series_label"]
    titles = main.drop_duplicates("row").set_index("row")["row_label"]
    name_lines = {level: wrap(names[level], s.part(NAME_MAX), s.text, True, max_lines=3) for level in series}
    count_lines = {
        level: wrap(f"{item.labels['n']} {names[level]}", s.part(COUNT_MAX), s.small, max_lines=3) for level in series
    }
    name_width = max(text_width(line, s.text, True) for lines in name_lines.values() for line in lines)
    count_width = max(text_width(line, s.small) for lines in count_lines.values() for line in lines)
    left = max(LEFT, count_width + 2.0)
    cell = (s.inner - left - name_width - GAP - NAME_GAP) / len(groups)
    ticks = {group: wrap(titles[group], cell - EDGE, s.text, max_lines=4) for group in groups}
    tick_height = max(len(lines) for lines in ticks.values()) * line_height(s.text) + 1.5
    count_heights = [len(count_lines[level]) * line_height(s.small) + 0.5 for level in series]
    foot = tick_height + sum(count_heights) + 0.5
    longest = max(text_width(word.rstrip(), s.text) for title in titles for word in breakable(str(title)))
    need(cell * len(groups), min(longest + EDGE, CELL_LEAST) * len(groups))
    sheet, _ = flexible(item.caption, PLOT, foot + 2.0, s)
    x0, x1 = sheet.left + left, sheet.right - name_width - GAP - NAME_GAP
    y0, y1 = sheet.bottom + foot, sheet.top - 2.0
    edges = np.cumsum([0.0, *count_heights])
    count_ys = [y0 - tick_height - edge - height / 2 for edge, height in zip(edges, count_heights, strict=False)]

    ax = sheet.axes(x0, y0, x1, y1)
    values = main[["estimate", "high", "bound_low", "bound_high"]].to_numpy(dtype=float)
    # What contributions take of small earnings may be more than all of them.
    upper = scale_of(values)[0] if np.nan_to_num(values).max(initial=0.0) > 100.0001 else axis_top(values)
    _axis(ax, upper, len(groups), s)
    positions = {group: i for i, group in enumerate(groups)}
    main = main.assign(x=main["row"].map(positions))
    for j, level in enumerate(series):
        _line(ax, main[main["series"] == level].sort_values("x"), level, j, upper, item, s)
    _bounds(ax, main, series, item, upper * line_height(s.small) / (y1 - y0), s)
    _names(sheet, main, series, name_lines, (y0, y1), upper)
    for group in groups:
        x = x0 + cell * (positions[group] + 0.5)
        for i, line in enumerate(ticks[group]):
            sheet.text(x, y0 - 1.2 - line_height(s.text) * (i + 0.5), line, s.text, ha="center")
        for j, level in enumerate(series):
            some = main[(main["row"] == group) & (main["series"] == level)]
            sheet.text(x, count_ys[j], item.count(some), s.small, ha="center", ink=st.SOFT)
    for j, level in enumerate(series):
        sheet.lines(sheet.left, count_ys[j], count_lines[level], s.small, ink=st.SOFT)
    return sheet.figure


def _axis(ax: Any, upper: float, groups: int, s: Style) -> None:
    ticks = np.linspace(0, upper, 6)
    ax.set_ylim(0, upper)
    ax.set_xlim(-0.5, groups - 0.5)
    ax.set_xticks([])
    ax.set_yticks(ticks)
    ax.set_yticklabels([f"{tick:g}" for tick in ticks])
    ax.grid(axis="y", color=st.PALE, linewidth=0.6)
    ax.set_axisbelow(True)
    ax.tick_params(axis="y", length=0, pad=2, colors=st.SOFT, labelsize=s.small)
    for side in ("left", "right", "top"):
        ax.spines[side].set_visible(False)


def _line(ax: Any, part: DataFrame, level: str, j: int, upper: float, item: FigureItem, s: Style) -> None:
    ink = st.colour(level, j)
    joined = part[part["row"] != UNKNOWN]
    runs = joined["estimate"].isna().cumsum()
    for _, run in joined[joined["estimate"].notna()].groupby(runs):
        ax.fill_between(
            run["x"],
            run["low"].astype(float).clip(lower=0),
            run["high"].astype(float),
            color=ink,
            alpha=0.20,
            linewidth=0,
            zorder=1.5,
        )
        sns.lineplot(
            data=run, x="x", y="estimate", ax=ax, color=ink, linewidth=1.6, linestyle=st.DASHES[j % len(st.DASHES)], errorbar=None,
            legend=False, zorder=2,
        )  # fmt: skip
    lonely = part[(part["row"] == UNKNOWN) & part["low"].notna()]
    ax.vlines(
        lonely["x"] + SHIFT * j, lonely["low"].astype(float), lonely["high"].astype(float), color=ink, linewidth=s.line
    )
    shown = part[part["estimate"].notna()]
    for row in shown.itertuples():
        ax.plot(
            row.x + (SHIFT * j if row.row == UNKNOWN else 0.0), row.estimate, marker=st.MARKERS[j % len(st.MARKERS)], markersize=s.dot,
            markerfacecolor="white" if row.flag == UNRELIABLE else ink, markeredgecolor=ink, markeredgewidth=1.0, linestyle="none", zorder=3,
            clip_on=False,
        )  # fmt: skip
    for side, marker in (("bound_low", "^"), ("bound_high", "v")):
        some = part[part[side].notna()]
        ax.scatter(
            some["x"] + SHIFT * j, some[side], marker=marker, s=s.dot**2, facecolor="white", edgecolor=ink, linewidth=1.0, zorder=3, clip_on=False
        )  # fmt: skip
    for row in part[marked(part).isna()].itertuples():
        mark = item.labels.get(row.flag, "")
        # Above each other: beside each other the signs of many groups would touch.
        ax.text(row.x, upper * (0.02 + 0.05 * j), mark, fontsize=s.small, color=ink, ha="center")
    ax.set_xlabel("")
    ax.set_ylabel("")


def _bounds(ax: Any, main: DataFrame, series: list[str], item: FigureItem, height: float, s: Style) -> None:
    """What bounded marks are over or under, beside them; pushed apart where several stand close together. ``height``: of a line of text."""
    bounded = main[main["estimate"].isna() & marked(main).notna()].assign(mark=marked)
    for x, rows in bounded.groupby("x"):
        ordered = rows.sort_values(["mark", "series"])
        places = spread(ordered["mark"].to_list(), [height] * len(ordered), 0.0, ax.get_ylim()[1] + height, 0.0)
        for row, y in zip(ordered.itertuples(), places, strict=True):
            j = series.index(row.series)
            words = item.bound(row)
            ax.text(
                x + 0.1 + SHIFT * (len(series) - 1),
                y,
                words,
                fontsize=s.small,
                color=st.colour(row.series, j),
                ha="left",
                va="center",
            )


def _names(
    sheet: Sheet,
    main: DataFrame,
    series: list[str],
    name_lines: dict[str, list[str]],
    span: tuple[float, float],
    upper: float,
) -> None:
    """Each line's name beside its last point; names are pushed apart where lines end close together."""
    s = sheet.style
    known = main.assign(mark=marked(main))[lambda rows: rows["mark"].notna() & (rows["row"] != UNKNOWN)]
    last = {level: known.loc[known["series"] == level, "mark"] for level in series}
    wanted = {
        level: span[0] + (float(v.iloc[-1]) if len(v) else 0.0) / upper * (span[1] - span[0])
        for level, v in last.items()
    }
    ordered = sorted(series, key=lambda level: wanted[level])
    heights = [len(name_lines[level]) * line_height(s.text) for level in ordered]
    for level, y in zip(
        ordered, spread([wanted[level] for level in ordered], heights, span[0], span[1], 0.4), strict=True
    ):
        ink = st.colour(level, series.index(level))
        x = sheet.right - max(text_width(line, s.text, True) for lines in name_lines.values() for line in lines)
        sheet.marker(x - 2.0, y, st.MARKERS[series.index(level) % len(st.MARKERS)], ink)
        sheet.lines(x, y, name_lines[level], s.text, bold=True, ink=ink if st.lightness(ink) < 60 else st.INK)
