"""Full bars of ordered parts under headings; beside them some estimates of some parts together, with their intervals."""

from __future__ import annotations

from matplotlib.figure import Figure

from informality.publish import style as st
from informality.publish.chart_parts import OPEN, Entry, across, full_bar, heading, legend, legend_height
from informality.publish.chart_rows import Rows
from informality.publish.item import FigureItem, leaves_open
from informality.publish.layout import Sheet, line_height, text_width, wrap

LABEL_MAX = 34.0
SUM_MAX = 22.0
GAP = 2.6
ROW = 6.4
BAR = 4.6
PANEL_GAP = 2.4
AXIS = 5.5


def draw(item: FigureItem) -> Figure:
    """The figure; part `main` has a row for every `group`, `row` and `series`; `sum0`, `sum1` … one for every `group` and `row`."""
    s = item.style
    main = item.part("main")
    bars = sorted(dict.fromkeys(zip(main["group"], main["row"], strict=True)), key=lambda bar: bar[0])
    heads = main.drop_duplicates(["group", "row"]).set_index(["group", "row"])
    order = item.series
    names = main.drop_duplicates("series").set_index("series")["series_label"]
    counts = {bar: item.count(main[(main["group"] == bar[0]) & (main["row"] == bar[1])]) for bar in bars}
    sums = [_sums(item, at) for at in range(int(item.options["sums"]))]
    sum_heads = [
        [*wrap(item.labels[f"sum{at}"], SUM_MAX, s.small), f"({item.labels['interval']})"] for at in range(len(sums))
    ]
    sum_wide = [
        max(text_width(text, s.small) for text in [*some.values(), *head])
        for some, head in zip(sums, sum_heads, strict=True)
    ]
    n_width = max(text_width(text, s.small) for text in [*counts.values(), item.labels["n"]])
    lay = Rows(
        [heads.loc[bar, "row_label"] for bar in bars], [heads.loc[bar, "strong"] for bar in bars], s, most=LABEL_MAX, least=ROW, pad=1.6,
        gap=GAP, max_lines=4, as_bold=True, numbers=n_width + GAP + sum(sum_wide) + GAP * len(sums) + 1.5,
    )  # fmt: skip
    titles = {str(at): str(text) for at, text in item.options["panels"].items() if text}
    title_lines = {
        group: wrap(titles[str(group)], min(90.0, s.inner), s.text, True) if str(group) in titles else []
        for group in dict.fromkeys(main["group"])
    }
    width = s.inner
    entries: list[Entry] = [(names[level], st.colour(level, at), None) for at, level in enumerate(order)]
    if leaves_open(main, ["group", "row"]):
        entries.append((item.labels["rest"], st.GREY, OPEN))
    above = (
        legend_height(entries, width, s)
        + max((len(head) for head in sum_heads), default=1) * line_height(s.small)
        + 1.0
    )
    between = sum(len(lines) * line_height(s.text) + 0.8 for lines in title_lines.values() if lines)
    between += PANEL_GAP * (len(title_lines) - 1)
    sheet = Sheet(item.caption, above + sum(lay.heights) + between + AXIS, s)
    lay.stretch(sheet)
    legend(sheet, entries, sheet.left, sheet.top, width)
    head_top = sheet.top - legend_height(entries, width, s)
    heading(sheet, [item.labels["n"]], sheet.right, head_top, "right")
    edge, ends = sheet.right - n_width - GAP, {}
    for at in reversed(range(len(sums))):
        ends[at] = edge
        heading(sheet, sum_heads[at], edge, head_top, "right")
        edge -= sum_wide[at] + GAP
    left, right = lay.plot_left(sheet), lay.plot_right(sheet, edge - 1.5, 1.5)
    top = sheet.top - above
    ax = sheet.axes(left, sheet.bottom + AXIS, right, top)
    ax.set_ylim(sheet.bottom + AXIS, top)
    across(ax, 100.0, s)
    y, last = top, None
    for place, bar in enumerate(bars):
        if bar[0] != last:
            y -= PANEL_GAP if last is not None else 0.0
            for line in title_lines[bar[0]]:
                sheet.text(sheet.left, y - line_height(s.text) / 2, line, s.text, bold=True)
                y -= line_height(s.text)
            y -= 0.8 if title_lines[bar[0]] else 0.0
            last = bar[0]
        middle, told = y - lay.plot_at(place), y - lay.number_at(place)
        lay.label(sheet, place, y)
        y -= lay.heights[place]
        parts = {part.series: part for part in main[(main["group"] == bar[0]) & (main["row"] == bar[1])].itertuples()}
        full_bar(ax, middle, BAR, [parts[level] for level in order if level in parts], (right - left) / 100, item, s)
        for at, some in enumerate(sums):
            sheet.text(ends[at], told, some.get(bar, ""), s.small, ha="right")
        sheet.text(sheet.right, told, counts[bar], s.small, ha="right", ink=st.SOFT)
    return sheet.figure


def _sums(item: FigureItem, at: int) -> dict[tuple[int, str], str]:
    return {(row.group, row.row): item.number(row) for row in item.part(f"sum{at}").itertuples()}
