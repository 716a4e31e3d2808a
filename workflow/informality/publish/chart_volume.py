"""Persons as bars, a part of them darker, and beside them the rate with its interval: a row a level, any number of rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from pandas import DataFrame, Series

from informality.govern.flags import UNRELIABLE
from informality.publish import style as st
from informality.publish.chart_dots import dots
from informality.publish.chart_parts import (
    HATCH,
    OPEN,
    Entry,
    across,
    heading,
    legend,
    legend_height,
    part_of,
    scale_of,
)
from informality.publish.chart_rows import Rows
from informality.publish.item import FigureItem
from informality.publish.layout import Sheet, line_height, put, text_width, wrap

LABEL_MAX = 44.0
BARS = 46.0
GAP = 3.0
ROW = 5.0
BAR = 3.2
AXIS = 5.5


def draw(item: FigureItem) -> Figure:
    """The figure; parts `main` (rates, in their order), `workers` (persons) and `part` (some of them), a row each for every `row`."""
    s = item.style
    main = item.part("main")
    workers, part = item.part("workers").set_index("row"), item.part("part").set_index("row")
    strong = list(main["strong"])
    cells = [item.number(row) for row in main.itertuples()]
    counts = [item.count(row) for row in main.itertuples()]
    n_width = max(text_width(text, s.small) for text in [*counts, item.labels["n"]])
    cell_width = max(text_width(text, s.small) for text in cells)
    bars_width = s.part(BARS)
    numbers = n_width + GAP + cell_width + GAP + 1.2
    lay = Rows(
        main["row_label"],
        strong,
        s,
        most=LABEL_MAX,
        least=ROW,
        pad=1.2,
        gap=GAP,
        numbers=numbers + bars_width + GAP + 1.5,
    )
    if lay.above:
        # Bars and dots share the width below the numbers.
        lay = Rows(main["row_label"], strong, s, most=LABEL_MAX, least=ROW, pad=1.2, numbers=numbers, plot=s.inner)
        bars_width = s.inner / 2 - GAP - 1.2
    rate_max = bars_width - n_width - GAP if lay.above else 44.0
    heads = {
        "bars": wrap(item.labels["axis"], bars_width - 1.0 if lay.above else bars_width, s.small),
        "rate": [*wrap(item.labels["rate"], rate_max, s.small), f"({item.labels['interval']})"],
    }
    width = s.inner
    entries: list[Entry] = [
        (item.labels["part"], st.colour("informal"), None),
        (item.labels["others"], st.colour("formal"), None),
    ]
    if _open(workers, part, main.set_index("row")).any():
        entries.append((item.labels["rest"], st.GREY, OPEN))
    above = legend_height(entries, width, s) + max(map(len, heads.values())) * line_height(s.small) + 1.0
    sheet = Sheet(item.caption, above + sum(lay.heights) + AXIS, s)
    lay.stretch(sheet)
    legend(sheet, entries, sheet.left, sheet.top, width)
    head_top = sheet.top - legend_height(entries, width, s)
    bars_left = sheet.left + 1.2 if lay.above else lay.plot_left(sheet)
    cell_right = sheet.right - n_width - GAP
    dots_left = bars_left + bars_width + GAP + 1.5
    dots_right = lay.plot_right(sheet, cell_right - cell_width - GAP - 1.2, 1.2)
    heading(sheet, heads["bars"], bars_left, head_top, "left")
    heading(sheet, heads["rate"], dots_left, head_top, "left")
    heading(sheet, [item.labels["n"]], sheet.right, head_top, "right")
    top = sheet.top - above
    lows = list(top - np.cumsum(lay.heights))
    ys = [low + (height - lay.plot_at(at)) for at, (low, height) in enumerate(zip(lows, lay.heights, strict=True))]
    for at, (cell, count, low, height) in enumerate(zip(cells, counts, lows, lay.heights, strict=True)):
        lay.write(sheet, at, low + (height - lay.label_at(at)))
        told = low + (height - lay.number_at(at))
        sheet.text(cell_right, told, cell, s.small, ha="right", bold=strong[at])
        sheet.text(sheet.right, told, count, s.small, ha="right", ink=st.SOFT)
    rates = sheet.axes(dots_left, sheet.bottom + AXIS, dots_right, top)
    rates.set_ylim(sheet.bottom + AXIS, top)
    dots(rates, main, ys, item, s, ticks=3)
    bars = sheet.axes(bars_left, sheet.bottom + AXIS, bars_left + bars_width, top)
    bars.set_ylim(sheet.bottom + AXIS, top)
    _bars(bars, main, workers, part, ys, bars_width, item)
    return sheet.figure


def _bars(
    ax: Any, main: DataFrame, workers: DataFrame, part: DataFrame, ys: list[float], width: float, item: FigureItem
) -> None:
    """Bars of all rows but the total, which would make the others small: it has its number only."""
    s = item.style
    whole = workers.reindex(main["row"])
    some = part.reindex(main["row"])
    total = main["strong"].to_numpy(dtype=bool)
    values = np.where(total, np.nan, whole["estimate"].to_numpy(dtype=float)) / 1000
    end, ticks = scale_of(values)
    texts = [_amount(row, item) if isinstance(row.flag, str) else "" for row in whole.itertuples()]
    # The longest bar has its number behind it.
    room = [width - text_width(text, s.small) - 2.5 for text in texts]
    lengths = [value * width / space for value, space in zip(values, room, strict=True) if np.isfinite(value)]
    upper = max([*lengths, end])
    across(ax, end, s, 3 if (ticks - 1) % 2 == 0 else 2, item.numbers, upper)
    inside = np.where(np.isfinite(values), some["estimate"].to_numpy(dtype=float), np.nan) / 1000
    # Nearly none, or nearly all, where the rate has a bound.
    rates = main.set_index("row")
    inside = np.where(np.isfinite(rates["bound_low"]) & np.isnan(inside), values, inside)
    # Of whom the part is not shown, they may all be one or the other.
    unknown = _open(whole, some, rates)
    _filled(ax, np.array(ys), np.where(unknown, np.nan, values), whole["flag"], st.colour("formal"), st.BLUE)
    ax.barh(
        np.array(ys)[unknown],
        values[unknown],
        height=BAR,
        facecolor="white",
        edgecolor=st.GREY,
        hatch=OPEN,
        linewidth=0.6,
    )
    _filled(ax, np.array(ys), inside, some["flag"], st.colour("informal"), st.colour("informal"))
    for value, text, y in zip(values, texts, ys, strict=True):
        put(ax, (value if np.isfinite(value) else 0.0) + upper * 1.2 / width, y, text, s.small)


def _open(whole: DataFrame, part: DataFrame, rates: DataFrame) -> np.ndarray:
    """Rows whose persons are known and how many of them are in the part is not, nor a bound of the rate; never the total, which has no bar."""
    known = np.isfinite(whole["estimate"].to_numpy(dtype=float)) & ~whole["strong"].fillna(False).to_numpy(dtype=bool)
    told = rates[["bound_low", "bound_high"]].reindex(whole.index).notna().any(axis=1).to_numpy()
    return known & ~told & ~np.isfinite(part["estimate"].reindex(whole.index).to_numpy(dtype=float))


def _filled(ax: Any, ys: np.ndarray, values: np.ndarray, flags: Series, fill: str, edge: str) -> None:
    """Bars of what is known; unreliable ones are hollow and hatched."""
    unreliable = (flags == UNRELIABLE).to_numpy()
    known = np.isfinite(values)
    solid, hatched = known & ~unreliable, known & unreliable
    ax.barh(ys[solid], values[solid], height=BAR, facecolor=fill, edgecolor="none")
    ax.barh(ys[hatched], values[hatched], height=BAR, facecolor="white", edgecolor=edge, hatch=HATCH, linewidth=0.6)


def _amount(row: Any, item: FigureItem) -> str:
    return part_of(item.number(row, interval=False, per=1000.0), item.options["shares"].get(row.Index), item)
