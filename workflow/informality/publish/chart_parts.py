"""Pieces that several chart kinds draw alike: axes of percentages and persons, whiskers, legends, full bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.patches import Rectangle

from informality.govern.flags import UNRELIABLE
from informality.publish import style as st
from informality.publish.item import FigureItem, open_part
from informality.publish.layout import Sheet, line_height, put, text_width, wrap
from informality.publish.style import MM_PER_INCH, Style
from informality.publish.text import Numbers
from informality.publish.words import Caption

SWATCH = 2.6
HATCH = "//////"
# Of what is not shown.
OPEN = "...."
LEGEND_GAP = 5.0


def bare(ax: Any, *keep: str) -> None:
    """No ticks, and no sides but those to keep."""
    ax.set_xticks([])
    ax.set_yticks([])
    for side in ("left", "right", "top", "bottom"):
        ax.spines[side].set_visible(side in keep)
    ax.set_axisbelow(True)
    ax.set_xlabel("")
    ax.set_ylabel("")


def across(
    ax: Any, upper: float, s: Style, ticks: int = 6, numbers: Numbers | None = None, reach: float | None = None
) -> None:
    """A horizontal axis with ticks from zero to ``upper``; ``numbers``: how large ones are written; ``reach``: where it ends, if beyond."""
    bare(ax, "left")
    end = upper if reach is None else reach
    places = ticks_of(ax, upper, ticks, s, numbers, upper / end)
    ax.set_xlim(0, end)
    ax.set_xticks(places)
    ax.set_xticklabels([_tick(place, upper, numbers) for place in places])
    ax.grid(axis="x", color=st.PALE, linewidth=0.6)
    ax.tick_params(axis="x", length=0, pad=2, colors=st.SOFT, labelsize=s.small)


def _tick(place: float, upper: float, numbers: Numbers | None) -> str:
    return numbers.count(place) if numbers is not None and upper >= 1000 else f"{place:g}"


def ticks_of(ax: Any, upper: float, ticks: int, s: Style, numbers: Numbers | None = None, part: float = 1.0) -> Any:
    """Places from zero to ``upper``, which is at so large a ``part`` of the width: so many as there are ``ticks``, or fewer where their labels
    would run into each other.
    """
    room = part * ax.get_position().width * ax.figure.get_figwidth() * MM_PER_INCH
    wide = text_width(_tick(upper, upper, numbers), s.small) + 1.2
    parts = ticks - 1
    # Halves, thirds, the middle, the ends: whatever gives round numbers.
    for fewer in [parts, *(parts // by for by in (2, 3) if parts % by == 0), *([2] if parts != 3 else []), 1]:
        if fewer <= parts and wide <= room / fewer:
            return np.linspace(0, upper, fewer + 1)
    return np.array([upper])


def scale_of(values: Any) -> tuple[float, int]:
    """Upper end of an axis from zero, and its number of ticks: steps of 1, 2, 2.5 or 5 and tens of them."""
    finite = np.asarray(values, dtype=float)
    largest = float(np.nanmax(finite)) if np.isfinite(finite).any() else 1.0
    if largest <= 0:
        return 1.0, 6
    power = 10.0 ** np.floor(np.log10(largest / 4))
    step = next(power * step for step in (1, 2, 2.5, 5, 10, 20, 25) if largest <= 6 * power * step * 1.0000001)
    parts = int(np.ceil(largest / step - 1e-7))
    return float(step * parts), parts + 1


def flexible(caption: Caption, plot: float, others: float, s: Style) -> tuple[Sheet, float]:
    """A sheet for plots that are ``plot`` mm high together beside ``others``, and how high they are: on a sheet of given height
    whatever is left, down to half of it.
    """
    if s.height is None:
        return Sheet(caption, plot + others, s), plot
    sheet = Sheet(caption, plot / 2 + others, s)
    return sheet, plot / 2 + sheet.stretch(1, float("inf"))


def whisker(ax: Any, low: float, high: float, y: float, s: Style, ink: str = st.INK, cap: float = 0.8) -> None:
    """An interval across, with caps; nothing where an end is not known."""
    if np.isfinite(low) and np.isfinite(high):
        low = max(low, 0.0)
        ax.plot([low, high], [y, y], color=ink, linewidth=s.line, zorder=4, clip_on=False, solid_capstyle="butt")
        for end in (low, high):
            ax.plot([end, end], [y - cap, y + cap], color=ink, linewidth=s.line, zorder=4, clip_on=False)


def part_of(text: str, share: float | None, item: FigureItem) -> str:
    """A number of persons with its per cent of all, where that is known: whole ones, for both numbers are rounded."""
    if share is None:
        return text
    whole = (
        item.labels["under"].replace("{bound}", item.numbers.fixed(1, 0))
        if 0 < share < 0.5
        else item.numbers.fixed(share, 0)
    )
    return f"{text} ({whole} %)"


def swatch(sheet: Sheet, x: float, y: float, fill: str, hatch: str | None = None) -> None:
    """A small square of a colour, its left edge at ``x``, centred on ``y`` (mm)."""
    w, h = sheet.style.width, sheet.height
    sheet.figure.add_artist(
        Rectangle(
            (x / w, (y - SWATCH / 2) / h), SWATCH / w, SWATCH / h, transform=sheet.figure.transFigure, facecolor="white" if hatch else fill,
            edgecolor=fill if hatch else st.SOFT, linewidth=0.4, hatch=hatch,
        )
    )  # fmt: skip


Entry = tuple[str, str, str | None]


def legend_lines(entries: Sequence[Entry], width: float, s: Style) -> list[list[tuple[Entry, list[str], float]]]:
    """Entries (label, colour, hatch) set one after the other, in as many lines as ``width`` mm asks for."""
    lines: list[list[tuple[Entry, list[str], float]]] = [[]]
    used = 0.0
    for entry in entries:
        words = wrap(entry[0], width - SWATCH - 1.5, s.small)
        wide = SWATCH + 1.2 + max(text_width(word, s.small) for word in words) + LEGEND_GAP
        if lines[-1] and used + wide - LEGEND_GAP > width:
            lines.append([])
            used = 0.0
        lines[-1].append((entry, words, wide))
        used += wide
    return lines


def legend_height(entries: Sequence[Entry], width: float, s: Style) -> float:
    """Height in mm of `legend`."""
    lines = legend_lines(entries, width, s)
    return (
        sum(max((len(words) for _, words, _ in line), default=1) * line_height(s.small) + 0.6 for line in lines) + 1.2
    )


def legend(sheet: Sheet, entries: Sequence[Entry], left: float, top: float, width: float) -> None:
    """Swatches with their labels, from the upper left corner on (mm)."""
    step, y = line_height(sheet.style.small), top
    for line in legend_lines(entries, width, sheet.style):
        x = left
        for (_, fill, hatch), words, wide in line:
            swatch(sheet, x, y - step / 2, fill, hatch)
            for i, word in enumerate(words):
                sheet.text(x + SWATCH + 1.2, y - step * (i + 0.5), word, sheet.style.small)
            x += wide
        y -= max((len(words) for _, words, _ in line), default=1) * step + 0.6


def full_bar(
    ax: Any, y: float, height: float, parts: Sequence[Any], mm_per_unit: float, item: FigureItem, s: Style
) -> None:
    """The parts of a whole side by side, numbers inside where there is room; what is not shown is left open at the end.

    ``parts``: rows with series, estimate, bounds, flag. Where all are shown they fill the bar, whatever rounding makes of their sum. A part
    over a bound is hollow up to there; those under one are hollow at the end, together, for none of them has a known length.
    """
    rest, start = open_part(parts), 0.0
    known = sum(part.estimate for part in parts if np.isfinite(part.estimate))
    colours = {part.series: st.colour(part.series, at) for at, part in enumerate(parts)}
    under = [part for part in parts if np.isfinite(part.bound_high) and not np.isfinite(part.bound_low)]
    over = any(np.isfinite(part.bound_low) for part in parts)
    scale = 1.0 if rest or over or (under and known < 100.0) or not known else 100.0 / known

    def hollow(wide: float, edge: str, text: str) -> None:
        ax.barh(y, wide, left=start, height=height, facecolor="white", edgecolor=edge, linewidth=0.9)
        if wide * mm_per_unit > text_width(text, s.small) + 1.2:
            put(ax, start + wide / 2, y, text, s.small, color=st.INK, ha="center")

    for part in parts:
        fill = colours[part.series]
        if np.isfinite(part.bound_low):
            wide = min(part.bound_low, 100.0 - known)
            hollow(wide, fill, item.bound(part))
            start += wide
        if not np.isfinite(part.estimate) or part.estimate <= 0:
            continue
        unreliable, wide = part.flag == UNRELIABLE, part.estimate * scale
        ax.barh(
            y, wide, left=start, height=height, facecolor="white" if unreliable else fill, edgecolor=fill if unreliable else st.edge(part.series),
            hatch=HATCH if unreliable else None, linewidth=0.6,
        )  # fmt: skip
        text = item.value(part)
        if not unreliable and wide * mm_per_unit > text_width(text, s.small) + 1.2:
            put(ax, start + wide / 2, y, text, s.small, color=st.ink_on(fill), ha="center")
        start += wide
    if rest:
        ax.barh(y, rest, left=start, height=height, facecolor="white", edgecolor=st.GREY, hatch=OPEN, linewidth=0.6)
    elif under and start < 100.0:
        alone = len(under) == 1
        hollow(100.0 - start, colours[under[0].series] if alone else st.GREY, item.bound(under[0]) if alone else "")


def heading(sheet: Sheet, lines: Sequence[str], x: float, top: float, ha: str) -> None:
    """The head of a column of numbers, from ``top`` (mm) down."""
    step = line_height(sheet.style.small)
    for i, line in enumerate(lines):
        sheet.text(x, top - step * (i + 0.5), line, sheet.style.small, ha=ha, ink=st.SOFT)
