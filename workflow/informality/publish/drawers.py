"""Figures drawn beside the rest of the work: on two processors an edition is ready in little more than half of the time."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from informality.publish import charts
from informality.publish.item import FigureItem

Pictures = dict[str, bytes]
# Begins to draw a figure; what it returns waits for the pictures. The same figure gives the same bytes wherever it is drawn.
Drawer = Callable[[FigureItem], Callable[[], Pictures]]


@contextmanager
def drawers(fonts: Path, processes: int) -> Iterator[Drawer]:
    """A drawer for the time of one job: in so many processes of its own where the system has them, in this one if it is one."""
    if processes < 2 or not hasattr(os, "fork"):
        yield lambda figure: lambda: charts.rendered(figure, fonts)
        return
    import multiprocessing

    # Loaded once, before the fork, and not in each process.
    charts.load()
    with (
        ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("fork")) as pool,
        ThreadPoolExecutor(1) as typesetter,
    ):

        def draw(figure: FigureItem) -> Callable[[], Pictures]:
            svg = pool.submit(charts.outlined, figure, fonts)
            # Typst works with threads, and a forked process has none of those that were there before: it stays in this process, beside
            # whatever else is made here.
            return typesetter.submit(lambda: charts.pictures(figure, svg.result(), fonts)).result

        yield draw
