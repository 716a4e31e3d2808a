"""Rows of a chart: their labels beside the plot, or above each row where the sheet is too narrow for both."""

from __future__ import annotations

from collections.abc import Sequence

from informality.publish.layout import Sheet, line_height, text_width, wrap
from informality.publish.room import LEAST_PLOT, need
from informality.publish.style import Style

# Narrower than this (mm) labels share no line with the numbers of their row.
LEAST_LABEL = 26.0
# Above a label that stands above its row, and between it and what is drawn below.
BEFORE, BELOW = 1.2, 0.4
# By how much of its height a row may grow where there is room.
LOOSE = 0.6


class Rows:
    """Where the labels, the numbers and the plot of each row stand; all offsets in mm from the row's upper edge down.

    ``most``: width at which labels are wrapped beside the plot of a page; ``numbers``: of the columns of numbers between plot and right
    edge, with all gaps; ``least``, ``pad``: height of a row at least (a list: of each, as it is), and what it has besides the lines of its label;
    ``plot``: width of the plots at least; ``gap``: between label and plot; ``room``: for all of that, where it is not the whole width;
    ``stay``: numbers stand beside the plot also where labels are above; ``as_bold``: all labels are measured as if they were bold.
    NoRoom where not even labels above the rows leave enough.
    """

    def __init__(
        self, labels: Sequence[str], bold: Sequence[bool], s: Style, *, most: float, numbers: float, least: float | Sequence[float],
        pad: float, gap: float = 3.0, max_lines: int = 3, plot: float = LEAST_PLOT, room: float | None = None, stay: bool = False,
        as_bold: bool = False,
    ) -> None:  # fmt: skip
        """See the class."""
        self.style, self.bold = s, [bool(strong) for strong in bold]
        room = s.inner if room is None else room
        step = line_height(s.text)
        leasts = [least * s.rows] * len(self.bold) if isinstance(least, int | float) else list(least)
        self.lines = self._wrapped(labels, s.part(most), max_lines)
        pairs = zip(self.lines, self.bold, strict=True)
        self.width = max(text_width(line, s.text, as_bold or strong) for lines, strong in pairs for line in lines)
        self.gap, self.above, self.apart = gap, room - self.width - gap - numbers < plot, False
        if not self.above:
            self.heights = [
                max(one, len(lines) * step + pad * s.pads) for one, lines in zip(leasts, self.lines, strict=True)
            ]
            return
        need(room, plot + numbers if stay else max(plot, numbers))
        self.apart = not stay and room - numbers < LEAST_LABEL
        self.stay, self.width, self.gap = stay, 0.0, 0.0
        self.lines = self._wrapped(labels, room if stay or self.apart else room - numbers, max_lines)
        # A line of numbers is no higher than one of labels.
        self._told = [BEFORE + (len(lines) + self.apart) * step + BELOW for lines in self.lines]
        self.heights = [told + one for told, one in zip(self._told, leasts, strict=True)]

    def _wrapped(self, labels: Sequence[str], width: float, most: int) -> list[list[str]]:
        return [
            wrap(label, width, self.style.text, bold, max_lines=most)
            for label, bold in zip(labels, self.bold, strict=True)
        ]

    def stretch(self, sheet: Sheet, drawn: int | None = None) -> None:
        """Take what room the sheet has to spare; ``drawn``: how many rows there are, where some are drawn more than once."""
        more = sheet.stretch(drawn or len(self.heights), LOOSE * min(self.heights))
        self.heights = [height + more for height in self.heights]

    def starts(self, gaps: Sequence[float]) -> list[float]:
        """Upper edge of each row, with so much room before it, and the lower edge of the last."""
        edges, down = [], 0.0
        for gap, height in zip(gaps, self.heights, strict=True):
            edges.append(down + gap)
            down = edges[-1] + height
        return [*edges, down]

    def plot_left(self, sheet: Sheet) -> float:
        """Where plots begin: right of the labels, or at the margin."""
        return sheet.left + self.width + self.gap

    def plot_right(self, sheet: Sheet, beside: float, edge: float) -> float:
        """Where plots end: ``beside`` the numbers, or ``edge`` mm before the margin where these stand above."""
        return beside if not self.above or self.stay else sheet.right - edge

    def label_at(self, row: int) -> float:
        """Middle of the label."""
        if not self.above:
            return self.heights[row] / 2
        return (BEFORE + self._told[row] - BELOW - self.apart * line_height(self.style.text)) / 2

    def number_at(self, row: int) -> float:
        """Middle of the numbers."""
        if self.above and self.stay:
            return self.plot_at(row)
        if not self.apart:
            return self.label_at(row)
        return self._told[row] - BELOW - line_height(self.style.text) / 2

    def plot_at(self, row: int) -> float:
        """Middle of what is drawn."""
        return (self.heights[row] + self._told[row]) / 2 if self.above else self.heights[row] / 2

    def label(self, sheet: Sheet, row: int, top: float) -> None:
        """Write the label of a row that begins at ``top``."""
        self.write(sheet, row, top - self.label_at(row))

    def write(self, sheet: Sheet, row: int, y: float) -> None:
        """Write a label, centred on ``y``; above a row no lines of the plot run through it."""
        if self.above:
            top = y + self.label_at(row)
            sheet.clear(sheet.left, top - self._told[row], sheet.right, top)
        sheet.lines(sheet.left, y, self.lines[row], self.style.text, bold=self.bold[row])
