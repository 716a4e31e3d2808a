"""Two or three marks with intervals a row, joined by a line, under a heading a panel; the numbers of all beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from pandas import DataFrame

from informality.govern.flags import UNRELIABLE
from informality.publish import style as st
from informality.publish.chart_dots import axis_top
from informality.publish.chart_parts import across, heading, scale_of, whisker
from informality.publish.chart_rows import Rows
from informality.publish.item import FigureItem
from informality.publish.layout import Sheet, line_height, text_width, wrap
from informality.publish.style import Style

LABEL_MAX = 34.0
HEAD_MAX = 25.0
TITLE_MAX = 84.0
GAP = 2.5
ROW = 6.6
APART = 1.1
PANEL_GAP = 2.6
AXIS = 5.5
MARKS = ("o", "s", "D")


@dataclass(frozen=True)
class _Panel:
    """Rows under one heading. ``heads``: series → lines of its name; ``told``: whether they stand above these rows."""

    title: list[str]
    rows: DataFrame
    heads: dict[str, list[str]]
    told: bool
    apart: bool

    def head_height(self, s: Style) -> float:
        """Room in mm above the first row: the names stand beside the heading, or below it."""
        lines = max((len(lines) for lines in self.heads.values()), default=0) + 1 if self.told else 0
        heights = lines * line_height(s.small), len(self.title) * line_height(s.text)
        return (sum(heights) if self.apart else max(heights)) + 1.2


def draw(item: FigureItem) -> Figure:
    """The figure; part `main` has a row for every pair of `row` and `series`, `group` is the panel; options: see `figures_compared`."""
    s = item.style
    main = item.part("main")
    panels = _panels(main, item, s.part(TITLE_MAX), s)
    per = float(item.options["per"])
    cells = {(p.group, p.row, p.series): (item.number(p, per=per), item.count(p)) for p in main.itertuples()}
    places = {p: {level: at for at, level in enumerate(panel.heads)} for p, panel in enumerate(panels)}
    most = max(len(panel.heads) for panel in panels)
    wide, n_wide = [0.0] * most, [0.0] * most
    groups = list(dict.fromkeys(main["group"]))
    for (group, _, series), (text, n) in cells.items():
        at = places[groups.index(group)][series]
        wide[at] = max(wide[at], text_width(text, s.small))
        n_wide[at] = max(n_wide[at], text_width(n, s.small), text_width(item.labels["n"], s.small))
    for panel in panels:
        for at, lines in enumerate(panel.heads.values()):
            # The mark stands before the first line of the name.
            wide[at] = max(
                wide[at],
                text_width(lines[0], s.small) + 4.4,
                *(text_width(line, s.small) for line in _below(lines, item)),
            )
    strong = dict(zip(main["row_label"], main["strong"], strict=True))
    lay = Rows(
        list(strong), list(strong.values()), s, most=LABEL_MAX, least=ROW, pad=1.4, gap=GAP, max_lines=4, as_bold=True,
        numbers=sum(wide) + sum(n_wide) + 1.5 * GAP * most + GAP,
    )  # fmt: skip
    if lay.above:
        panels = _panels(main, item, s.inner, s)
    at_label = {label: at for at, label in enumerate(strong)}
    told_in = [[at_label[label] for label in panel.rows.drop_duplicates("row")["row_label"]] for panel in panels]
    body = sum(panel.head_height(s) + sum(lay.heights[at] for at in some) for panel, some in zip(panels, told_in, strict=True))  # fmt: skip
    below = AXIS if item.options["share"] else AXIS + line_height(s.small)
    sheet = Sheet(item.caption, body + PANEL_GAP * (len(panels) - 1) + below, s)
    edge, ends = sheet.right, {}
    for at in reversed(range(most)):
        ends[at] = (edge - n_wide[at] - GAP / 2, edge)
        edge -= n_wide[at] + wide[at] + 1.5 * GAP
    lay.stretch(sheet, sum(map(len, told_in)))
    left, right = lay.plot_left(sheet), lay.plot_right(sheet, edge - GAP, 1.2)
    if not item.options["share"]:
        sheet.text(left, sheet.bottom + line_height(s.small) / 2, item.labels["percent"], s.small, ink=st.SOFT)
    y = sheet.top
    for p, panel in enumerate(panels):
        y -= PANEL_GAP if p else 0.0
        _heads(sheet, panel, y, ends, item)
        y -= panel.head_height(s)
        end = y - sum(lay.heights[at] for at in told_in[p])
        # Grid and axis stop where the next heading begins.
        ax = sheet.axes(left, end, right, y)
        ax.set_ylim(end, y)
        _axis(ax, main, item, s)
        if p < len(panels) - 1:
            ax.set_xticklabels([])
        for label, rows in panel.rows.groupby("row", sort=False):
            first = rows.iloc[0]
            place = at_label[first["row_label"]]
            middle, told = y - lay.plot_at(place), y - lay.number_at(place)
            lay.label(sheet, place, y)
            y -= lay.heights[place]
            _marks(ax, list(rows.itertuples()), middle, places[p], item, s)
            for series, at in places[p].items():
                found = cells.get((first["group"], label, series))
                if found is not None:
                    sheet.text(ends[at][0], told, found[0], s.small, ha="right", bold=bool(first["strong"]))
                    sheet.text(ends[at][1], told, found[1], s.small, ha="right", ink=st.SOFT)
    return sheet.figure


def _panels(main: DataFrame, item: FigureItem, width: float, s: Style) -> list[_Panel]:
    """The panels; headings as wide as the sheet stand above the names of the marks."""
    panels: list[_Panel] = []
    for group, rows in main.groupby("group", sort=True):
        names = rows.drop_duplicates("series").set_index("series")["series_label"]
        heads = {str(level): wrap(str(name), HEAD_MAX, s.small, max_lines=4) for level, name in names.items()}
        title = str(item.options.get("panels", {}).get(str(group), ""))
        told = not panels or panels[-1].heads != heads
        lines = wrap(title, width, s.text, True, max_lines=3) if title else []
        panels.append(_Panel(lines, rows, heads, told, apart=width == s.inner))
    return panels


def _below(lines: list[str], item: FigureItem) -> list[str]:
    return [*lines[1:], f"({item.labels['interval']})"]


def _heads(sheet: Sheet, panel: _Panel, top: float, ends: dict[int, tuple[float, float]], item: FigureItem) -> None:
    s = sheet.style
    step = line_height(s.text)
    for i, line in enumerate(panel.title):
        sheet.text(sheet.left, top - step * (i + 0.5), line, s.text, bold=True)
    if not panel.told:
        return
    top -= len(panel.title) * step if panel.apart else 0.0
    for at, lines in enumerate(panel.heads.values()):
        heading(sheet, [*lines, f"({item.labels['interval']})"], ends[at][0], top, "right")
        heading(sheet, [item.labels["n"]], ends[at][1], top, "right")
        x = ends[at][0] - text_width(lines[0], s.small) - 2.2
        sheet.marker(x, top - line_height(s.small) / 2, MARKS[at], st.SPARE_PAIR[at])


def _axis(ax: Any, main: DataFrame, item: FigureItem, s: Style) -> None:
    values = main[["estimate", "high", "bound_low", "bound_high"]].to_numpy(dtype=float)
    if item.options["share"]:
        across(ax, axis_top(values), s)
        return
    per = float(item.options["per"])
    # The median of ticks is written, so that amounts of six digits do not run into each other.
    upper, ticks = scale_of(values / per)
    while ticks > 5 and (ticks - 1) % 2 == 0:
        ticks = (ticks - 1) // 2 + 1
    across(ax, upper, s, min(ticks, 6) if upper else 2, item.numbers)


def _marks(ax: Any, parts: list[Any], y: float, places: dict[str, int], item: FigureItem, s: Style) -> None:
    per = float(item.options["per"])
    last = max(len(places) - 1, 1)
    at = {part.series: y + APART * (last - 2 * places[part.series]) / last for part in parts}
    known = [part for part in parts if np.isfinite(part.estimate)]
    if len(known) > 1:
        xs, ys = [part.estimate / per for part in known], [at[part.series] for part in known]
        ax.plot(xs, ys, color=st.GREY, linewidth=1.6, zorder=1.5, clip_on=False)
    for part in parts:
        place = places[part.series]
        ink = st.SPARE_PAIR[place]
        whisker(ax, part.low / per, part.high / per, at[part.series], s, ink, cap=0.5)
        for value, shape in (
            (part.estimate / per, MARKS[place]),
            (part.bound_low / per, ">"),
            (part.bound_high / per, "<"),
        ):
            if np.isfinite(value):
                face = "white" if part.flag == UNRELIABLE or shape in "<>" else ink
                ax.plot(
                    [value], [at[part.series]], marker=shape, markersize=s.dot * 0.85, markerfacecolor=face, markeredgecolor=ink,
                    linestyle="none", zorder=5, clip_on=False,
                )  # fmt: skip
