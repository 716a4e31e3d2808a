"""Lines over the waves of a family, a panel an indicator: intervals, breaks as rules, samples apart, waves of another season marked.

No line runs across a break; across a change of sample it is dotted. Panels have scales of their own.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from pandas import DataFrame

from informality.govern.flags import UNRELIABLE
from informality.publish import style as st
from informality.publish.chart_parts import flexible
from informality.publish.item import FigureItem, marked
from informality.publish.layout import Sheet, line_height, text_width, wrap
from informality.publish.style import Style
from informality.vocabulary import TOTAL

PLOT = 40.0
GAP = 7.0
LEAST_PANEL = 58.0
AXIS = 8.0
# Years between the lines of a panel, so that their intervals can be told apart, and beside the first and last wave.
DODGE, EDGE = 0.13, 0.45
LEAST_LABEL = 20.0
STEPS = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 25.0)
MOST_STEPS = 5
DOT = 3.6


def draw(item: FigureItem) -> Figure:
    """The figure; its options say what `trend_figure.trend_figure` puts there: panels with rules, positions and labels of waves."""
    s, options = item.style, item.options
    panels, x = options["panels"], {wave: float(at) for wave, at in options["x"].items()}
    columns = min(len(panels), max(1, int((s.inner + GAP) / (LEAST_PANEL + GAP))), 2)
    width = (s.inner - GAP * (columns - 1)) / columns
    unit = (width - AXIS) / (max(x.values()) - min(x.values()) + 2 * EDGE)
    titles = [wrap(panel["title"], width, s.text, True, max_lines=3) for panel in panels]
    rules = [_rules(panel["rules"], x, unit, s) for panel in panels]
    ticks = _ticks(options["ticks"], x, unit, s)
    foot = max(len(lines) for lines in ticks.values()) * line_height(s.small) + 3.0
    rows = [range(at, min(at + columns, len(panels))) for at in range(0, len(panels), columns)]
    heads = [max(len(titles[p]) for p in row) * line_height(s.text) + 1.0 for row in rows]
    strips = [max((len(r["lines"]) for p in row for r in rules[p]), default=0) * line_height(s.small) for row in rows]
    legend = line_height(s.text) + 2.0
    body = legend + sum(heads) + sum(strips) + len(rows) * foot
    sheet, plots = flexible(item.caption, PLOT * len(rows), body, s)
    plot = plots / len(rows)
    _legend(sheet, item.part(panels[0]["part"]), sheet.top - line_height(s.text) / 2)
    top = sheet.top - legend
    for row, head, strip in zip(rows, heads, strips, strict=True):
        for column, p in enumerate(row):
            left = sheet.left + column * (width + GAP)
            for i, line in enumerate(titles[p]):
                sheet.text(left, top - line_height(s.text) * (i + 0.5), line, s.text, bold=True)
            box = (left + AXIS, top - head - strip - plot, left + width, top - head - strip)
            ax = sheet.axes(*box)
            _panel(ax, item, panels[p], x)
            _rule_lines(sheet, box, rules[p], min(x.values()) - EDGE, unit, strip)
            for wave, lines in ticks.items():
                at = box[0] + (x[wave] - min(x.values()) + EDGE) * unit
                for i, line in enumerate(lines):
                    y = box[1] - 1.2 - line_height(s.small) * (i + 0.5)
                    sheet.text(at, y, line, s.small, ha="center", bold=wave in options["other_season"])
        top -= head + strip + plot + foot
    return sheet.figure


def _legend(sheet: Sheet, rows: DataFrame, y: float) -> None:
    at = sheet.left
    for j, (level, name) in enumerate(
        rows.drop_duplicates("series")[["series", "series_label"]].itertuples(index=False)
    ):
        sheet.marker(at + 1.2, y, st.MARKERS[j], _ink(level, j))
        sheet.text(at + 3.2, y, name, sheet.style.text)
        at += 3.2 + text_width(name, sheet.style.text) + 6.0


def _ink(level: str, j: int) -> str:
    return st.INK if level == TOTAL else st.colour(level, j)


def _ticks(labels: dict[str, str], x: dict[str, float], unit: float, s: Style) -> dict[str, list[str]]:
    """Lines under each wave; where there is no room for all, the last and those before it that do not touch."""
    found: dict[str, list[str]] = {}
    edge = np.inf
    for wave in sorted(labels, key=lambda w: -x[w]):
        lines = [part for line in labels[wave].split("\n") for part in wrap(line, 14.0, s.small)]
        half = max(text_width(line, s.small, True) for line in lines) / 2
        if x[wave] * unit + half < edge:
            found[wave] = lines
            edge = x[wave] * unit - half - 0.4
    return found


def _rules(given: list[dict[str, Any]], x: dict[str, float], unit: float, s: Style) -> list[dict[str, Any]]:
    """Place and wrapped label of each rule: right of it up to the next or the edge, left of it where there is more room."""
    low, high = min(x.values()) - EDGE, max(x.values()) + EDGE
    places = [(x[rule["after"]] + x[rule["before"]]) / 2 for rule in given]
    found = []
    for at, rule in enumerate(given):
        right = (places[at + 1] if at + 1 < len(places) else high) - places[at]
        left = places[at] - (places[at - 1] if at else low)
        # The room to the left belongs to the label of the rule before.
        side = "left" if right * unit >= LEAST_LABEL or right >= left or at else "right"
        room = (right if side == "left" else left) * unit - 1.5
        found.append({**rule, "x": places[at], "side": side, "lines": wrap(rule["label"], room, s.small, max_lines=4)})
    return found


def _rule_lines(
    sheet: Sheet, box: tuple[float, ...], rules: list[dict[str, Any]], low: float, unit: float, strip: float
) -> None:
    s = sheet.style
    for rule in rules:
        at = box[0] + (rule["x"] - low) * unit
        broken = rule["kind"] == "break"
        sheet.line(
            at, box[1], at, box[3] + strip, ink=st.INK if broken else st.SOFT, width=1.0 if broken else 0.8,
            dashes="-" if broken else (0, (3, 2)),
        )  # fmt: skip
        side = 1.0 if rule["side"] == "left" else -1.0
        for i, line in enumerate(rule["lines"]):
            y = box[3] + strip - line_height(s.small) * (i + 0.5)
            sheet.text(at + side, y, line, s.small, ink=st.SOFT, ha=rule["side"])


def _scale(rows: DataFrame) -> tuple[float, float, float]:
    """Lower end, upper end and step of the axis: multiples of the step around all intervals."""
    values = rows[["estimate", "low", "high", "bound_low", "bound_high"]].to_numpy(dtype=float)
    values = values[np.isfinite(values)]
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 100.0)
    for step in STEPS:
        lower, upper = np.floor(low / step) * step, np.ceil(high / step) * step
        if (upper - lower) / step <= MOST_STEPS:
            break
    upper = lower + step if upper <= lower else upper
    return max(float(lower), 0.0), min(float(upper), 100.0), step


def _panel(ax: Any, item: FigureItem, panel: dict[str, Any], x: dict[str, float]) -> None:
    s, rows = item.style, item.part(panel["part"])
    lower, upper, step = _scale(rows)
    ax.set_ylim(lower, upper)
    ax.set_xlim(min(x.values()) - EDGE, max(x.values()) + EDGE)
    ticks = np.arange(lower, upper + step / 2, step)
    ax.set_xticks([])
    ax.set_yticks(ticks)
    ax.set_yticklabels([item.numbers.fixed(float(tick), 0 if step >= 1 else 1) for tick in ticks])
    ax.grid(axis="y", color=st.PALE, linewidth=0.6)
    ax.set_axisbelow(True)
    ax.tick_params(axis="y", length=0, pad=2, colors=st.SOFT, labelsize=s.small)
    for side in ("left", "right", "top"):
        ax.spines[side].set_visible(False)
    for wave in item.options["other_season"]:
        ax.axvspan(x[wave] - 0.32, x[wave] + 0.32, color=st.PALE, linewidth=0, zorder=0.5)
    levels = list(dict.fromkeys(rows["series"]))
    after = {rule["after"]: rule["kind"] for rule in panel["rules"]}
    for j, level in enumerate(levels):
        shift = (j - (len(levels) - 1) / 2) * DODGE
        line = rows[rows["series"] == level].assign(x=lambda frame, by=shift: frame["row"].map(x) + by)
        _line(ax, line.sort_values("x"), _ink(level, j), j, after, item)


def _line(ax: Any, line: DataFrame, ink: str, j: int, after: dict[str, str], item: FigureItem) -> None:
    s = item.style
    shown = line[line["estimate"].notna()]
    ax.vlines(shown["x"], shown["low"].astype(float), shown["high"].astype(float), color=ink, linewidth=0.9, zorder=2)
    for dotted, path in _runs(shown, after, list(item.options["x"])).items():
        ax.plot(
            path[:, 0], path[:, 1], color=ink, linewidth=0.8 if dotted else 1.3, linestyle=(0, (1, 1.6)) if dotted else "-", zorder=1.8
        )  # fmt: skip
    marker = {"marker": st.MARKERS[j % len(st.MARKERS)], "markersize": DOT, "linestyle": "none", "markeredgecolor": ink}
    for hollow in (False, True):
        some = shown[(shown["flag"] == UNRELIABLE) == hollow]
        fill = "white" if hollow else ink
        ax.plot(
            some["x"], some["estimate"], **marker, markerfacecolor=fill, markeredgewidth=0.9, zorder=3, clip_on=False
        )
    for side, sign in (("bound_low", "^"), ("bound_high", "v")):
        some = line[line[side].notna()]
        ax.plot(some["x"], some[side], **{**marker, "marker": sign}, markerfacecolor="white")
        for row in some.itertuples():
            ax.text(row.x + 0.1, getattr(row, side), item.bound(row), fontsize=s.small, color=ink, va="center")
    low, high = ax.get_ylim()
    for x, flag in line.loc[marked(line).isna(), ["x", "flag"]].itertuples(index=False):
        y = low + (high - low) * (0.02 + 0.07 * j)
        ax.text(x, y, item.labels.get(flag, ""), fontsize=s.small, color=ink, ha="center")


def _runs(shown: DataFrame, after: dict[str, str], order: list[str]) -> dict[bool, np.ndarray]:
    """Points of the solid line, and of the dotted one (True) across changes of sample; NaN between parts, nothing across a break."""
    points = list(shown[["row", "x", "estimate"]].itertuples(index=False, name=None))
    found: dict[bool, list[tuple[float, float]]] = {False: [], True: []}
    for (wave, *one), (next_wave, *other) in pairwise(points):
        between = {after[name] for name in order[order.index(wave) : order.index(next_wave)] if name in after}
        if "break" not in between:
            found[bool(between)] += [(one[0], one[1]), (other[0], other[1]), (np.nan, np.nan)]
    return {dotted: np.array(path).reshape(-1, 2) for dotted, path in found.items()}
