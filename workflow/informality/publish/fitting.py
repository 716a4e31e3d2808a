"""A figure in another format than a page: laid out in a page's measures on a sheet of its own, then enlarged or made smaller as a whole.

So labels, marks, lines and rows keep their proportions, and every kind of chart has one layout only, for sheets of any width.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from informality.publish.item import FigureItem
from informality.publish.room import Fits, NoRoom
from informality.publish.style import MM_PER_INCH, Style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SIZE = re.compile(rb'width="([\d.]+)pt" height="([\d.]+)pt"')
# How close rows stand before a figure is given up.
ROWS, PADS = 0.8, 0.15
# More room may be missing on a wider sheet, but hardly more than once; to height it comes in steps.
TRIES = 24
# A picture on a page is no higher than this (mm).
HIGHEST = 200.0
_POINTS = 72 / MM_PER_INCH


class Unfit(Exception):
    """A figure that cannot be had in a format: ``width`` in mm that it needs, or None where it is too high for the least text."""

    def __init__(self, width: float | None = None) -> None:
        """See the class."""
        super().__init__(width)
        self.width = width


def on_page(item: FigureItem, draw: Callable[[FigureItem], Figure]) -> Figure:
    """The figure of a page, which is always made and no higher than `HIGHEST` (decision 29b).

    Where it has no room or is too high its rows stand closer together, and it stands on a sheet so much wider that it fits, the picture
    of which is then made smaller.
    """
    style = item.style
    for _ in range(TRIES):
        try:
            draw(replace(item, style=replace(style, probe=True)))
        except NoRoom as problem:
            style = replace(style, width=style.width + problem.width + 0.1)
        except Fits as found:
            over = found.height / style.width * item.style.width / HIGHEST
            if over <= 1.0:
                break
            close = replace(style, rows=ROWS, pads=PADS)
            # A wider sheet has fewer lines of text, so that half of the way is nearly all of it.
            style = close if style != close else replace(style, width=style.width * (1 + max((over - 1) * 0.6, 0.01)))
        else:
            break
    return draw(replace(item, style=style))


def fitted(item: FigureItem, draw: Callable[[FigureItem], Figure]) -> Figure:
    """The figure with the largest text of its format with which it fits, with rows close together only where there is no other way;
    Unfit where it does not fit with the least.

    What fits with some text is taken to fit with any smaller one, so that few have to be tried.
    """
    assert item.format is not None
    sheets = [item.format.style(text) for text in item.format.sizes]
    if item.format.height is not None:
        sheets += [replace(sheet, rows=ROWS, pads=PADS) for sheet in sheets]
    problem = _problem(item, sheets[-1], draw)
    if problem is not None:
        raise Unfit(
            item.format.width + problem.width * item.format.scale(item.format.least_text) if problem.width else None
        )
    at = bisect_left(sheets, True, key=lambda sheet: _problem(item, sheet, draw) is None)
    return draw(replace(item, style=sheets[min(at, len(sheets) - 1)]))


def _problem(item: FigureItem, sheet: Style, draw: Callable[[FigureItem], Figure]) -> NoRoom | None:
    """Why a figure does not fit a sheet; None where it does."""
    try:
        draw(replace(item, style=replace(sheet, probe=True)))
    except Fits:
        return None
    except NoRoom as problem:
        return problem
    raise AssertionError("a chart drew nothing on a sheet")


def is_wide(figure: Figure, width: float) -> bool:
    """Whether a figure is as wide as this (mm) already."""
    return abs(figure.get_size_inches()[0] * MM_PER_INCH - width) < 1e-6


def resized(svg: bytes, wanted: float) -> bytes:
    """The picture (SVG) so wide (mm): the size on its first tag is changed, what is drawn in it is not."""
    size = _SIZE.search(svg)
    assert size is not None
    width, height = (float(value) for value in size.groups())
    by = wanted * _POINTS / width
    here = f'width="{width * by:.6f}pt" height="{height * by:.6f}pt"'
    return svg[: size.start()] + here.encode() + svg[size.end() :]
