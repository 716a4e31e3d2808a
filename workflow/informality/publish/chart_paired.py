"""Pairs of bars, law above practice: legal coverage (mandatory, and with voluntary) and effective coverage of each group of branches."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from pandas import DataFrame

from informality.govern.flags import UNRELIABLE, WITHOUT_VALUE
from informality.publish import style as st
from informality.publish.chart_parts import HATCH, across, legend, legend_height, whisker
from informality.publish.chart_rows import Rows
from informality.publish.item import FigureItem
from informality.publish.layout import Sheet, line_height, text_width, wrap
from informality.publish.style import Style

LABEL_MAX = 48.0
GAP = 3.0
BAR = 3.4
PAIR = 10.6
LINE = 3.3
PANEL = 6.4
AXIS = 5.5
LAW, PRACTICE, ASSUMED = "law", "practice", "assumed"


def draw(item: FigureItem) -> Figure:
    """The figure; part `main` has for every `row` (a group of branches in a panel) the series law0, law1 …, practice, assumed."""
    s = item.style
    main = item.part("main")
    rows = list(dict.fromkeys(main["row"]))
    groups = main.drop_duplicates("row").set_index("row")["group"].to_dict()
    labels = main.drop_duplicates("row").set_index("row")["row_label"]
    names = main.drop_duplicates("series").set_index("series")["series_label"]
    texts = {r: _texts(main[main["row"] == r], item) for r in rows}
    text_wide = max(text_width(text, s.small) for r in rows for text, _ in texts[r])
    width = s.inner
    drawn = [level for level in names.index if _adds(main, level)]
    entries = [(names[level], st.colour(level), HATCH if level == ASSUMED else None) for level in drawn]
    above = legend_height(entries, width, s) + 1.0
    lay = Rows(
        [labels[r] for r in rows], [False] * len(rows), s, most=LABEL_MAX, pad=2.4, gap=GAP, max_lines=5, stay=True,
        least=[max(PAIR * s.rows, len(texts[r]) * LINE + 1.6 * s.pads) for r in rows], numbers=text_wide + GAP + 1.5,
    )  # fmt: skip
    panels = {str(g): item.options["panels"].get(str(g), "") for g in groups.values()}
    heads = {g: wrap(words, width, s.text, True) for g, words in panels.items()}
    head_height = {
        g: len(lines) * line_height(s.text) + 1.6 + (line_height(s.small) if g in item.options["lines"] else 0.0)
        for g, lines in heads.items()
    }
    body = above + sum(lay.heights) + sum(head_height.values()) + AXIS * len(panels)
    sheet = Sheet(item.caption, body, s)
    lay.stretch(sheet)
    heights = dict(zip(rows, lay.heights, strict=True))
    legend(sheet, entries, sheet.left, sheet.top, width)
    left, right = lay.plot_left(sheet), sheet.right - text_wide - GAP - 1.5
    y = sheet.top - above
    for g in panels:
        here = [r for r in rows if str(groups[r]) == g]
        for i, line in enumerate(heads[g]):
            sheet.text(sheet.left, y - line_height(s.text) * (i + 0.5), line, s.text, bold=True)
        y -= head_height[g]
        bottom = y - sum(heights[r] for r in here)
        ax = sheet.axes(left, bottom, right, y)
        ax.set_ylim(bottom, y)
        across(ax, 100.0, s)
        if g in item.options["lines"]:
            _line(sheet, ax, float(item.options["lines"][g]), (left, right), y, item)
        for r in here:
            at = rows.index(r)
            middle = y - lay.plot_at(at)
            lay.label(sheet, at, y)
            y -= heights[r]
            _pair(ax, main[main["row"] == r], middle, s)
            start = middle + LINE * (len(texts[r]) - 1) / 2
            for i, (text, ink) in enumerate(texts[r]):
                sheet.text(sheet.right, start - LINE * i, text, s.small, ha="right", ink=ink)
        y -= AXIS
    return sheet.figure


def _adds(main: DataFrame, level: str) -> bool:
    """Whether bars of a series can be seen: of those assumed where there are any, of a part of the law where it is more than the one before."""
    here = main.loc[main["series"] == level].set_index("row")["estimate"]
    if level == ASSUMED:
        return bool((here.fillna(0) > 0).any())
    if not level.startswith(LAW) or level == f"{LAW}0":
        return True
    before = main.loc[main["series"] == f"{LAW}0"].set_index("row")["estimate"].reindex(here.index)
    return bool(((here - before).fillna(1) > 1e-9).any())


def _texts(parts: DataFrame, item: FigureItem) -> list[tuple[str, str]]:
    """Numbers of the bars, law first; a law that adds nothing has none of its own."""
    law = [p for p in parts.itertuples() if p.series.startswith(LAW)]
    seen: list[str] = []
    for part in law:
        text = item.number(part)
        if text not in seen:
            seen.append(text)
    found = [(text, st.INK) for text in seen]
    for part in parts.itertuples():
        if part.series == PRACTICE:
            found.append(
                (
                    item.labels["no_question"]
                    if part.flag in WITHOUT_VALUE and part.flag == ":"
                    else item.number(part),
                    st.VERMILLION,
                )
            )
    return found


def _pair(ax: Any, parts: DataFrame, y: float, s: Style) -> None:
    above, below = y + BAR / 2 + 0.35, y - BAR / 2 - 0.35
    by = {part.series: part for part in parts.itertuples()}
    # The larger part of the law lies under the smaller.
    for level in sorted((level for level in by if level.startswith(LAW)), reverse=True):
        _bar(ax, by[level], above, 0.0, s)
    if PRACTICE in by:
        _bar(ax, by[PRACTICE], below, 0.0, s)
        assumed = by.get(ASSUMED)
        if assumed is not None and np.isfinite(assumed.estimate) and np.isfinite(by[PRACTICE].estimate):
            ax.barh(
                below,
                assumed.estimate,
                left=by[PRACTICE].estimate,
                height=BAR,
                facecolor="white",
                edgecolor=st.colour(ASSUMED),
                hatch=HATCH,
                linewidth=0.5,
                zorder=1.5,
            )


def _bar(ax: Any, part: Any, y: float, start: float, s: Style) -> None:
    fill, unreliable = st.colour(part.series), part.flag == UNRELIABLE
    value = next((float(v) for v in (part.estimate, part.bound_low, part.bound_high) if np.isfinite(v)), None)
    if value is None:
        return
    hollow = unreliable or not np.isfinite(part.estimate)
    ax.barh(
        y,
        value,
        left=start,
        height=BAR,
        facecolor="white" if hollow else fill,
        edgecolor=fill,
        hatch=HATCH if unreliable else None,
        linewidth=0.7,
        zorder=2,
    )
    whisker(ax, part.low, part.high, y, s)


def _line(sheet: Sheet, ax: Any, at: float, span: tuple[float, float], top: float, item: FigureItem) -> None:
    ax.axvline(at, color=st.INK, linewidth=1.0, linestyle=(0, (4, 2)), zorder=3)
    x = span[0] + at / 100 * (span[1] - span[0])
    sheet.text(x, top + line_height(sheet.style.small) / 2, item.labels["c102"], sheet.style.small, ha="center")
