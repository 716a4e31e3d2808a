"""The sheet that every figure stands on: mark, title and subtitle above, note and source below, all placed in millimetres.

Texts are measured before anything is drawn and wrapped between words, so that no label is clipped, rotated or cut.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from informality.publish import style as st
from informality.publish.line_breaks import breakable
from informality.publish.room import Fits, NoRoom
from informality.publish.shaping import EM, shaped
from informality.publish.style import MM_PER_INCH, Style
from informality.publish.words import Caption

POINT = MM_PER_INCH / 72.0


def text_width(text: str, size: float, bold: bool = False) -> float:
    """Width in mm of one line in ``size`` points."""
    return shaped(text, bold).width / EM * size * POINT


def line_height(size: float) -> float:
    """Height in mm of one line; Lao vowels and tone marks fit into it."""
    return size * POINT * Style().leading


def drop(size: float) -> float:
    """Distance in mm from the middle of a line's capitals down to its baseline (cap height of Noto Sans: 0.714 em)."""
    return 0.357 * size * POINT


def wrap(text: str, width: float, size: float, bold: bool = False, *, max_lines: int | None = None) -> list[str]:
    """Lines no wider than ``width`` mm, broken between words (`breakable`).

    A word that is too long for a line is broken between letters, never before a vowel or tone mark.
    Lines beyond ``max_lines`` are cut and end in an ellipsis.
    """
    words = list(breakable(text))
    lines: list[str] = []
    at = 0
    while at < len(words):
        end = _last(words, at, width, size, bold)
        line = "".join(words[at:end])
        at = end
        while text_width(line.rstrip(), size, bold) > width:
            head = _fitting(line, width, size, bold)
            if len(head) == len(line):
                break
            lines.append(head)
            line = line[len(head) :]
            # What is left of a word that was broken is the beginning of the next line.
            words[at:at], line = [line], ""
        if line.strip():
            lines.append(line.rstrip())
    if max_lines is not None and len(lines) > max_lines:
        last = breakable(lines[max_lines - 1])
        while len(last) > 1 and text_width(f"{''.join(last).rstrip()}…", size, bold) > width:
            last = last[:-1]
        kept = "".join(last).rstrip()
        while kept and text_width(f"{kept}…", size, bold) > width:
            kept = kept[:-1]
        lines = [*lines[: max_lines - 1], f"{kept}…"]
    return lines or [""]


def _last(words: Sequence[str], at: int, width: float, size: float, bold: bool) -> int:
    """Where the line that begins with a word ends: after the last word that fits, and after the first in any case.

    To set a line is what costs, so the place is guessed by the widths of single words, which repeat, and then made sure of.
    """

    def fits(end: int) -> bool:
        return text_width("".join(words[at:end]).rstrip(), size, bold) <= width

    end, total = at, 0.0
    while end < len(words) and total <= width:
        total += text_width(words[end], size, bold)
        end += 1
    end = max(end, at + 1)
    while end > at + 1 and not fits(end):
        end -= 1
    while end < len(words) and fits(end + 1):
        end += 1
    return end


def _fitting(word: str, width: float, size: float, bold: bool) -> str:
    cut = 1
    for end in range(1, len(word) + 1):
        if end < len(word) and (
            unicodedata.category(word[end]) in ("Mn", "Mc") or word[end] in "ະາຳ" or word[end - 1] in "ເແໂໃໄ"
        ):
            continue
        if text_width(word[:end], size, bold) > width:
            break
        cut = end
    return word[:cut]


def spread(centres: Sequence[float], sizes: Sequence[float], low: float, high: float, gap: float = 1.0) -> list[float]:
    """Centres moved as little as is simple so that boxes of ``sizes`` neither overlap nor leave ``low``-``high``; order is kept.

    Where the boxes do not fit at all they are set close together from ``low``.
    """
    positions = list(centres)
    edge = low
    for i, size in enumerate(sizes):
        positions[i] = max(positions[i], edge + size / 2)
        edge = positions[i] + size / 2 + gap
    edge = high
    for i in reversed(range(len(sizes))):
        positions[i] = min(positions[i], edge - sizes[i] / 2)
        edge = positions[i] - sizes[i] / 2 - gap
    edge = low
    for i, size in enumerate(sizes):
        positions[i] = max(positions[i], edge + size / 2)
        edge = positions[i] + size / 2 + gap
    return positions


class Sheet:
    """A figure with its frame; the body between ``left``, ``right``, ``bottom`` and ``top`` (mm from the lower left) is the chart's."""

    def __init__(self, caption: Caption, body_height: float, style: Style | None = None) -> None:
        """A sheet with ``body_height`` mm of room for the chart; NoRoom where its style gives it less."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.style = s = style or Style()
        self.left, self.right = s.margin, s.width - s.margin
        head, foot = self._head(caption), self._foot(caption)
        head_height = sum(line_height(size) + after for _, size, _, _, after in head)
        foot_height = sum(line_height(size) + after for _, size, _, _, after in foot)
        band = line_height(s.mark) + 2.2 if caption.marks else 0.0
        self.height = (
            s.margin + foot_height + 2.0 + body_height + 2.5 + head_height + (band + 2.0 if band else s.margin)
        )
        spare = 0.0 if s.height is None else s.height - self.height
        if spare < 0:
            raise NoRoom
        if s.probe:
            raise Fits(self.height)
        self.height, self.spare = self.height + spare, spare
        self.bottom = s.margin + foot_height + 2.0 + spare / 2
        self.top = self.bottom + body_height
        self.figure = Figure(figsize=(s.width / MM_PER_INCH, self.height / MM_PER_INCH), facecolor="white")
        FigureCanvasAgg(self.figure)
        y = self.height
        if band:
            self._band(" · ".join(caption.marks), band)
            y -= band + 2.0
        else:
            y -= s.margin
        y = self._column(head, y)
        self._column(foot, s.margin + foot_height)

    def stretch(self, parts: int, most: float) -> float:
        """Mm by which each of ``parts`` of the body may grow, where the picture is higher than it need be; the body grows with them."""
        more = min(self.spare / parts, most)
        self.spare -= more * parts
        self.bottom -= more * parts / 2
        self.top += more * parts / 2
        return more

    def _head(self, caption: Caption) -> list[tuple[str, float, bool, str, float]]:
        s, width = self.style, self.right - self.left
        title = [
            (line, s.title, True, st.INK, 0.0) for line in wrap(caption.finding or caption.title, width, s.title, True)
        ]
        below = [(line, s.subtitle, False, st.SOFT, 0.0) for line in wrap(caption.subtitle, width, s.subtitle)]
        title[-1] = (*title[-1][:4], 0.8)
        return [*title, *below]

    def _foot(self, caption: Caption) -> list[tuple[str, float, bool, str, float]]:
        s, width = self.style, self.right - self.left
        texts = [text for text in (caption.note, caption.source) if text]
        return [(line, s.note, False, st.SOFT, 0.0) for text in texts for line in wrap(text, width, s.note)]

    def _column(self, lines: Sequence[tuple[str, float, bool, str, float]], y: float) -> float:
        for text, size, bold, ink, after in lines:
            height = line_height(size)
            self.text(self.left, y - height / 2, text, size, bold=bold, ink=ink)
            y -= height + after
        return y

    def _band(self, text: str, height: float) -> None:
        from matplotlib.patches import Rectangle

        w, h = self.style.width, self.height
        self.figure.add_artist(
            Rectangle(
                (0, 1 - height / h),
                1,
                height / h,
                transform=self.figure.transFigure,
                facecolor=st.MARK_FILL,
                edgecolor="none",
                zorder=0,
            )
        )
        self.line(0, h - height, w, h - height, ink=st.INK, width=0.8)
        self.text(self.left, h - height / 2, text, self.style.mark, bold=True)

    def text(
        self, x: float, y: float, text: str, size: float, *, bold: bool = False, ink: str = st.INK, ha: str = "left"
    ) -> Any:
        """One line of text whose capitals and digits are centred on ``y``; mm from the lower left."""
        return self.figure.text(
            x / self.style.width,
            (y - drop(size)) / self.height,
            text,
            fontsize=size,
            fontweight="bold" if bold else "normal",
            color=ink,
            ha=ha,
            va="baseline",
        )

    def lines(self, x: float, y: float, lines: Sequence[str], size: float, **options: Any) -> None:
        """Lines below each other, centred on ``y``."""
        step = line_height(size)
        start = y + step * (len(lines) - 1) / 2
        for i, line in enumerate(lines):
            self.text(x, start - i * step, line, size, **options)

    def line(
        self, x0: float, y0: float, x1: float, y1: float, *, ink: str = st.RULE, width: float = 0.6, dashes: Any = "-"
    ) -> None:
        """A straight line between two points in mm."""
        from matplotlib.lines import Line2D

        xs, ys = (x0 / self.style.width, x1 / self.style.width), (y0 / self.height, y1 / self.height)
        self.figure.add_artist(
            Line2D(xs, ys, transform=self.figure.transFigure, color=ink, linewidth=width, linestyle=dashes, zorder=0.5)
        )

    def marker(self, x: float, y: float, marker: str, ink: str) -> None:
        """A marker centred on a point in mm."""
        from matplotlib.lines import Line2D

        self.figure.add_artist(
            Line2D(
                [x / self.style.width], [y / self.height], transform=self.figure.transFigure, color=ink, marker=marker,
                markersize=self.style.dot, linestyle="none",
            )
        )  # fmt: skip

    def clear(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """White between two corners in mm: over axes, under texts."""
        from matplotlib.patches import Rectangle

        w, h = self.style.width, self.height
        box = ((x0 / w, y0 / h), (x1 - x0) / w, (y1 - y0) / h)
        self.figure.add_artist(
            Rectangle(*box, transform=self.figure.transFigure, facecolor="white", edgecolor="none", zorder=1)
        )

    def axes(self, x0: float, y0: float, x1: float, y1: float) -> Any:
        """Axes between two corners in mm."""
        w, h = self.style.width, self.height
        return self.figure.add_axes((x0 / w, y0 / h, (x1 - x0) / w, (y1 - y0) / h))


def put(ax: Any, x: float, y: float, text: str, size: float, **options: Any) -> None:
    """One line of text in axes whose vertical unit is the millimetre, centred on ``y`` as `Sheet.text` does."""
    ax.text(x, y - drop(size), text, fontsize=size, va="baseline", **options)
