"""Measuring the texts of a drawn figure: is any clipped, or does one lie on another?"""

from __future__ import annotations

from itertools import combinations

from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from informality.publish.charts import draw
from informality.publish.item import FigureItem


def text_boxes(figure: Figure) -> list[tuple[str, Bbox]]:
    """Every visible text with its box in pixels, as it would be drawn."""
    for ax in figure.axes:
        # Where axes and ticks stand is known to nobody until they are asked for; to draw the figure costs three times as much.
        ax.apply_aspect()
        for axis in (ax.xaxis, ax.yaxis):
            if ax.axison and axis.get_visible():
                axis.get_ticklabels()
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    shown = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    return [(text.get_text(), text.get_window_extent(renderer)) for text in shown]


def clipped(figure: Figure, boxes: list[tuple[str, Bbox]]) -> list[str]:
    """Texts that leave the figure."""
    outer = figure.bbox
    return [
        words
        for words, box in boxes
        if box.x0 < outer.x0 or box.x1 > outer.x1 or box.y0 < outer.y0 - 1 or box.y1 > outer.y1 + 1
    ]


def overlapping(boxes: list[tuple[str, Bbox]]) -> list[tuple[str, str]]:
    """Pairs of texts whose letters touch; boxes hold leading above and below, which may."""
    inner = [(words, b.x0, b.x1, b.y0 + 0.22 * b.height, b.y1 - 0.22 * b.height) for words, b in boxes]
    return [
        (a[0], b[0]) for a, b in combinations(inner, 2) if a[1] < b[2] and b[1] < a[2] and a[3] < b[4] and b[3] < a[4]
    ]


def rotated(figure: Figure) -> list[str]:
    """Texts that are not horizontal."""
    return [text.get_text() for text in figure.findobj(Text) if text.get_text().strip() and text.get_rotation() % 360]


def sound(item: FigureItem) -> list[str]:
    """The texts of a figure, none of which is clipped, lies on another or is turned."""
    figure = draw(item)
    boxes = text_boxes(figure)
    assert clipped(figure, boxes) == []
    assert overlapping(boxes) == []
    assert rotated(figure) == []
    return [words for words, _ in boxes]
