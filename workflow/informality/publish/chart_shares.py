"""Full bars of many parts: a bar a row, the parts named above; beside them an estimate of some parts together, with its interval."""

from __future__ import annotations

from matplotlib.figure import Figure

from informality.govern.flags import UNRELIABLE
from informality.publish import style as st
from informality.publish.chart_parts import HATCH, OPEN, Entry, across, full_bar, heading, legend, legend_height
from informality.publish.chart_rows import Rows
from informality.publish.item import FigureItem, leaves_open
from informality.publish.layout import Sheet, line_height, text_width, wrap

LABEL_MAX = 44.0
SUM_MAX = 26.0
GAP = 3.0
ROW = 6.6
BAR = 4.6
AXIS = 5.5


def draw(item: FigureItem) -> Figure:
    """The figure; part `main` has a row for every pair of `row` and `series`, `beside` one for each `row`."""
    s = item.style
    main, beside = item.part("main"), item.part("beside").set_index("row")
    rows = list(dict.fromkeys(main["row"]))
    heads = main.drop_duplicates("row").set_index("row")
    order = item.series
    names = main.drop_duplicates("series").set_index("series")["series_label"]
    sums = {r: item.number(beside.loc[r]) if r in beside.index else "" for r in rows}
    counts = {r: item.count(main[main["row"] == r]) for r in rows}
    sum_head = [*wrap(item.labels["sum"], SUM_MAX, s.small), f"({item.labels['interval']})"]
    sum_width = max(text_width(text, s.small) for text in [*sums.values(), *sum_head])
    n_width = max(text_width(text, s.small) for text in [*counts.values(), item.labels["n"]])
    lay = Rows(
        heads["row_label"], heads["strong"], s, most=LABEL_MAX, least=ROW, pad=1.6, gap=GAP,
        numbers=n_width + GAP + sum_width + GAP + 1.5,
    )  # fmt: skip
    width = s.inner
    # The legend names what can be seen: parts somewhere above zero.
    seen = main[main["estimate"] > 0].groupby("series")["flag"].agg(set)
    entries: list[Entry] = [(names[v], st.colour(v, at), None) for at, v in enumerate(order) if v in seen.index]
    if seen.map(lambda flags: UNRELIABLE in flags).any():
        entries.append((item.labels["unreliable"], st.SOFT, HATCH))
    if leaves_open(main, ["row"]):
        entries.append((item.labels["rest"], st.GREY, OPEN))
    above = legend_height(entries, width, s) + len(sum_head) * line_height(s.small) + 1.0
    sheet = Sheet(item.caption, above + sum(lay.heights) + AXIS, s)
    lay.stretch(sheet)
    legend(sheet, entries, sheet.left, sheet.top, width)
    head_top = sheet.top - legend_height(entries, width, s)
    sum_right = sheet.right - n_width - GAP
    heading(sheet, sum_head, sum_right, head_top, "right")
    heading(sheet, [item.labels["n"]], sheet.right, head_top, "right")
    left, right = lay.plot_left(sheet), lay.plot_right(sheet, sum_right - sum_width - GAP - 1.5, 1.5)
    top = sheet.top - above
    ax = sheet.axes(left, sheet.bottom + AXIS, right, top)
    ax.set_ylim(sheet.bottom + AXIS, top)
    across(ax, 100.0, s)
    y = top
    for at, r in enumerate(rows):
        middle, told = y - lay.plot_at(at), y - lay.number_at(at)
        lay.label(sheet, at, y)
        y -= lay.heights[at]
        parts = {part.series: part for part in main[main["row"] == r].itertuples()}
        full_bar(ax, middle, BAR, [parts[level] for level in order if level in parts], (right - left) / 100, item, s)
        sheet.text(sum_right, told, sums[r], s.small, ha="right", bold=lay.bold[at])
        sheet.text(sheet.right, told, counts[r], s.small, ha="right", ink=st.SOFT)
    return sheet.figure
