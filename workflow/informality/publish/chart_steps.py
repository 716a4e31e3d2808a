"""Nested steps as shrinking bars with what is lost on each; below them those who arrive without the steps, and those outside."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from pandas import DataFrame

from informality.govern.flags import UNRELIABLE
from informality.publish import style as st
from informality.publish.chart_parts import HATCH, across, heading, scale_of, whisker
from informality.publish.chart_rows import Rows
from informality.publish.item import FigureItem
from informality.publish.layout import Sheet, line_height, put, text_width, wrap
from informality.publish.style import Style

LABEL_MAX = 52.0
GAP = 3.0
ROW = 7.4
BAR = 4.4
BETWEEN = 4.6
PANEL = 7.0
AXIS = 5.5
FILLS = {"main": st.BLUE, "beside": st.SKY, "others": st.GREY}


def draw(item: FigureItem) -> Figure:
    """The figure; parts `main` (the whole, then the steps in order), `beside` and `others`, all of persons."""
    s = item.style
    rows = item.rows.reset_index(drop=True)
    shares = item.options.get("shares", {})
    cells = [item.number(row, per=1000.0) for row in rows.itertuples()]
    parts = [shares.get(row.row, "") if row.part != "others" else "" for row in rows.itertuples()]
    counts = [item.count(row) for row in rows.itertuples()]
    heads = {
        "cell": [*wrap(item.labels["thousand"], 30.0, s.small), f"({item.labels['interval']})"],
        "part": wrap(item.labels["percent_of"], 16.0, s.small),
        "n": [item.labels["n"]],
    }
    wide = {
        name: max(text_width(text, s.small) for text in [*texts, *heads[name]])
        for name, texts in (("cell", cells), ("part", parts), ("n", counts))
    }
    head_height = max(len(lines) for lines in heads.values()) * line_height(s.small) + 1.4
    lay = Rows(
        rows["row_label"], rows["strong"], s, most=LABEL_MAX, least=ROW, pad=1.6, gap=GAP,
        numbers=wide["n"] + GAP + wide["part"] + GAP + wide["cell"] + GAP + 2.0,
    )  # fmt: skip
    lost = _lost(rows, item)
    others = wrap(item.labels["others"], lay.width or s.inner, s.text, True)
    gap = {i: _gap(rows, i, lost, others, s) for i in range(len(rows))}
    sheet = Sheet(item.caption, head_height + sum(lay.heights) + sum(gap.values()) + AXIS, s)
    lay.stretch(sheet)
    top = sheet.top - head_height
    part_right = sheet.right - wide["n"] - GAP
    cell_right = part_right - wide["part"] - GAP
    left, right = lay.plot_left(sheet), lay.plot_right(sheet, cell_right - wide["cell"] - GAP - 2.0, 2.0)
    heading(sheet, heads["cell"], cell_right, sheet.top, "right")
    heading(sheet, heads["part"], part_right, sheet.top, "right")
    heading(sheet, heads["n"], sheet.right, sheet.top, "right")
    ax = sheet.axes(left, sheet.bottom + AXIS, right, top)
    ax.set_ylim(sheet.bottom + AXIS, top)
    upper, ticks = scale_of(rows[["estimate", "high"]].to_numpy(dtype=float) / 1000)
    across(ax, upper, s, ticks, item.numbers)
    y = top
    for i, row in enumerate(rows.itertuples()):
        if i in lost:
            _loss(ax, y - BETWEEN / 2, lost[i], upper, right - left, s)
        elif gap[i]:
            _rule(sheet, y - gap[i], gap[i], others if row.part == "others" else [], s)
        y -= gap[i]
        middle, told = y - lay.plot_at(i), y - lay.number_at(i)
        lay.label(sheet, i, y)
        y -= lay.heights[i]
        sheet.text(cell_right, told, cells[i], s.small, ha="right", bold=bool(row.strong))
        sheet.text(part_right, told, parts[i], s.small, ha="right")
        sheet.text(sheet.right, told, counts[i], s.small, ha="right", ink=st.SOFT)
        _bar(ax, row, middle, s)
    return sheet.figure


def _gap(rows: DataFrame, i: int, lost: dict[int, tuple[float, str]], others: list[str], s: Style) -> float:
    """Room in mm above a row: for the loss between two steps, or between the parts."""
    if i in lost:
        return BETWEEN
    if i and rows["part"][i] != rows["part"][i - 1]:
        return 3.0 + (len(others) * line_height(s.text) + 0.8 if rows["part"][i] == "others" else 0.0)
    return 0.0


def _lost(rows: DataFrame, item: FigureItem) -> dict[int, tuple[float, str]]:
    """Row → where the loss before it begins (thousands) and its words; only between two that are both shown."""
    found = {}
    for i in range(1, len(rows)):
        before, now = rows.loc[i - 1], rows.loc[i]
        if before["part"] == now["part"] == "main" and np.isfinite(before["estimate"]) and np.isfinite(now["estimate"]):
            less = before["estimate"] - now["estimate"]
            if less > 0:
                text = item.labels["lost"].replace("{persons}", item.numbers.written(less, now["decimals"], 1000.0))
                found[i] = (now["estimate"] / 1000, text)
    return found


def _loss(ax: Any, y: float, loss: tuple[float, str], upper: float, width: float, s: Style) -> None:
    """The words of a loss, right of where the next bar ends or left of it where there is more room."""
    at, text = loss
    room = (upper - at) * width / upper
    fits = room > text_width(text, s.small) + 2.0
    put(
        ax,
        at + (1.2 if fits else -1.2) * upper / width,
        y,
        text,
        s.small,
        ha="left" if fits else "right",
        color=st.VERMILLION,
    )


def _rule(sheet: Sheet, y: float, gap: float, lines: list[str], s: Style) -> None:
    sheet.line(sheet.left, y + gap - 1.4, sheet.right, y + gap - 1.4, ink=st.RULE)
    for i, line in enumerate(lines):
        sheet.text(sheet.left, y + gap - 2.6 - line_height(s.text) * (i + 0.5), line, s.text, bold=True)


def _bar(ax: Any, row: Any, y: float, s: Style) -> None:
    if not np.isfinite(row.estimate):
        return
    fill, unreliable = FILLS[row.part], row.flag == UNRELIABLE
    fill = st.INK if row.strong else fill
    ax.barh(
        y,
        row.estimate / 1000,
        height=BAR,
        facecolor="white" if unreliable else fill,
        edgecolor=fill,
        hatch=HATCH if unreliable else None,
        linewidth=0.6,
    )
    whisker(ax, row.low / 1000, row.high / 1000, y, s, st.SOFT if row.strong else st.INK)
