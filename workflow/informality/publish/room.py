"""When a figure has no room on its sheet, and how much is missing."""

from __future__ import annotations

# Narrower than this (mm, of a page's text sizes) a plot tells nothing.
LEAST_PLOT = 20.0


class NoRoom(Exception):
    """A figure does not fit its sheet: it lacks ``width``, or else it is too high."""

    def __init__(self, width: float = 0.0) -> None:
        """``width``: mm that are missing, in the sheet's own measure; none where it is the height."""
        super().__init__(width)
        self.width = width


class Fits(Exception):
    """A figure fits its sheet, and is so high (mm): raised instead of drawing it, where its style asks for no more."""

    def __init__(self, height: float = 0.0) -> None:
        """See the class."""
        super().__init__(height)
        self.height = height


def need(there: float, least: float) -> None:
    """NoRoom where less than ``least`` mm are there."""
    if there < least:
        raise NoRoom(least - there)
