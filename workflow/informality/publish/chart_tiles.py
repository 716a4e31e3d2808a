"""Regions as tiles on a map, or within boundaries that the user gave, beside dots with intervals in the order of their estimates."""

from __future__ import annotations

from typing import Any

import numpy as np
import seaborn as sns
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from pandas import DataFrame

from informality.govern.flags import UNRELIABLE
from informality.publish import style as st
from informality.publish.chart_dots import dots
from informality.publish.chart_parts import HATCH, heading
from informality.publish.chart_rows import Rows
from informality.publish.item import FigureItem, marked
from informality.publish.layout import Sheet, line_height, put, text_width
from informality.publish.room import LEAST_PLOT, NoRoom
from informality.publish.select import concat, last
from informality.publish.style import Style

MAP = 58.0
TILE_MIN, TILE_MAX = 7.6, 12.0
LABEL_MAX = 38.0
# Without a map there is room for longer names.
LABEL_MAX_ALONE = 58.0
GAP = 3.0
ROW = 4.8
AXIS = 5.5
LEAST_DOTS = 15.0
SCALE = 7.0
# Fewer tiles across than down: a map of a tall country; it is not drawn higher than this.
HIGHEST = 110.0


def draw(item: FigureItem) -> Figure:
    """The figure; part `main`: the total and a row for each region. Options: `tiles` or `shapes` by code, short `codes`."""
    s = item.style
    main = item.part("main")
    strong = list(main["strong"])
    codes = [item.options["codes"].get(code, "") for code in main["row"]]
    cells = [item.number(row) for row in main.itertuples()]
    counts = [item.count(row) for row in main.itertuples()]
    head = [item.labels["percent"], f"({item.labels['interval']})"]
    code_width = max(text_width(code, s.small) for code in codes) + (1.6 if any(codes) else 0.0)
    cell_width = max(text_width(text, s.small) for text in [*cells, *head])
    n_width = max(text_width(text, s.small) for text in [*counts, item.labels["n"]])
    above = len(head) * line_height(s.small) + 1.2
    numbers = n_width + GAP + cell_width + GAP + 1.2
    width, height = _map_size(item, HIGHEST)
    with_map, lay = width > 0, None
    if with_map:
        # As high as the list, where no picture may be higher.
        width, height = _map_size(item, HIGHEST if s.height is None else ROW * s.rows * len(main) + above + AXIS)
        lay = _rows(main, LABEL_MAX, numbers, s.inner - width - 5.0 - code_width, s)
    over = with_map and lay is None
    if lay is None:
        lay = _rows(main, LABEL_MAX_ALONE, numbers, s.inner - code_width, s)
    if lay is None:
        raise NoRoom(numbers + code_width + 2 * LEAST_PLOT - s.inner)
    body = above + sum(lay.heights) + AXIS
    sheet = Sheet(item.caption, height + 5.0 + body if over else max(body, height + 2.0), s)
    list_top = sheet.top - (height + 5.0 if over else 0.0)
    top = list_top - above
    bottom = top - sum(lay.heights)
    ys = list(top - np.cumsum(lay.heights) + np.array(lay.heights) / 2)
    left = sheet.left + (width + 5.0 if with_map and not over else 0.0)
    cell_right = sheet.right - n_width - GAP
    heading(sheet, head, cell_right, list_top, "right")
    heading(sheet, [item.labels["n"]], sheet.right, list_top, "right")
    for lines, code, cell, count, y, bold in zip(lay.lines, codes, cells, counts, ys, strong, strict=True):
        sheet.text(left, y, code, s.small, ink=st.SOFT)
        sheet.lines(left + code_width, y, lines, s.text, bold=bold)
        sheet.text(cell_right, y, cell, s.small, ha="right", bold=bold)
        sheet.text(sheet.right, y, count, s.small, ha="right", ink=st.SOFT)
    ax = sheet.axes(left + code_width + lay.width + GAP, bottom, cell_right - cell_width - GAP - 1.2, top)
    ax.set_ylim(bottom, top)
    dots(ax, main, ys, item, s, ticks=3)
    if with_map:
        place = sheet.axes(sheet.left, sheet.top - height, sheet.left + width, sheet.top)
        place.set_xlim(0, width)
        place.set_ylim(0, height)
        place.axis("off")
        _Map(place, width, height, main, item, s).draw()
    return sheet.figure


def _rows(main: DataFrame, most: float, numbers: float, room: float, s: Style) -> Rows | None:
    """The rows of the list beside its codes; None where it is too narrow for labels beside dots."""
    try:
        lay = Rows(
            main["row_label"], main["strong"], s, most=most, least=ROW, pad=1.0, gap=GAP, numbers=numbers, room=room, plot=LEAST_DOTS
        )  # fmt: skip
    except NoRoom:
        return None
    return None if lay.above else lay


def _map_size(item: FigureItem, highest: float) -> tuple[float, float]:
    """Width and height in mm of the map, no higher than that if it can be; nothing where there is none."""
    tiles, shapes = item.options.get("tiles"), item.options.get("shapes")
    if shapes:
        tall = max(y for rings in shapes.values() for ring in rings for _, y in ring)
        width = min(MAP, (highest - SCALE) / max(tall, 1e-9))
        return width, tall * width + SCALE
    if not tiles:
        return 0.0, 0.0
    rows, columns = _extent(tiles)
    size = max(TILE_MIN, min(TILE_MAX, MAP / columns, highest / rows))
    return size * columns, size * rows


def _extent(tiles: dict[str, list[int]]) -> tuple[int, int]:
    rows, columns = ([place[at] for place in tiles.values()] for at in (0, 1))
    return max(rows) - min(rows) + 1, max(columns) - min(columns) + 1


class _Map:
    """One map on axes whose units are millimetres from the lower left."""

    def __init__(self, ax: Any, width: float, height: float, main: DataFrame, item: FigureItem, s: Style) -> None:
        self.ax, self.width, self.height, self.item, self.style = ax, width, height, item, s
        regions = concat([main[~main["strong"].astype(bool)], item.part("few")])
        regions = regions[~last(regions["row"]).astype(bool)]
        self.rows = {row.row: row for row in regions.itertuples()}
        values = marked(regions).dropna()
        self.span = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
        self.ramp = sns.light_palette(st.BLUE, as_cmap=True)

    def draw(self) -> None:
        if "shapes" in self.item.options:
            self._shapes(self.item.options["shapes"])
        else:
            self._tiles(self.item.options["tiles"])

    def _fill(self, code: str) -> tuple[str, bool]:
        """Colour of a region and whether it is hatched; white where nothing is shown."""
        row = self.rows.get(code)
        value = None
        if row is not None:
            value = next((float(v) for v in (row.estimate, row.bound_low, row.bound_high) if np.isfinite(v)), None)
        if row is None or value is None:
            return "#ffffff", False
        return self._shade(value), row.flag == UNRELIABLE

    def _shade(self, value: float) -> str:
        low, high = self.span
        return str(to_hex(self.ramp(0.08 + 0.92 * (value - low) / max(high - low, 1e-9))))

    def _tiles(self, tiles: dict[str, list[int]]) -> None:
        s = self.style
        _, columns = _extent(tiles)
        size = self.width / columns
        first_row, first_column = (min(place[at] for place in tiles.values()) for at in (0, 1))
        for code, (row, column) in tiles.items():
            x, y = (column - first_column) * size, self.height - (row - first_row + 1) * size
            fill, hatched = self._fill(code)
            self.ax.add_patch(
                Rectangle((x + 0.3, y + 0.3), size - 0.6, size - 0.6, facecolor="white" if hatched else fill,
                          edgecolor=st.BLUE if hatched else st.RULE, linewidth=0.5, hatch=HATCH if hatched else None)
            )  # fmt: skip
            if hatched:
                # A clear field keeps the number readable on the hatching.
                self.ax.add_patch(
                    Rectangle((x + 1.0, y + 0.9), size - 2.0, size - 1.8, facecolor="white", edgecolor="none")
                )
            ink = st.INK if hatched else st.ink_on(fill)
            short, half = code.partition("-")[2], line_height(s.small - 0.8) / 2
            put(self.ax, x + size / 2, y + size / 2 + half, short, s.small - 1.2, ha="center", color=ink)
            put(self.ax, x + size / 2, y + size / 2 - half, self._number(code), s.small - 0.6, ha="center", color=ink)

    def _number(self, code: str) -> str:
        row = self.rows.get(code)
        if row is None:
            return "–"
        return self.item.value(row) or self.item.number(row, interval=False)

    def _shapes(self, shapes: dict[str, list[list[list[float]]]]) -> None:
        s = self.style
        for code, rings in shapes.items():
            fill, hatched = self._fill(code)
            points = [np.array(ring) * self.width for ring in rings]
            path = Path.make_compound_path(*(Path(np.column_stack([p[:, 0], self.height - p[:, 1]]), closed=True) for p in points))  # fmt: skip
            self.ax.add_patch(
                PathPatch(path, facecolor="white" if hatched else fill, edgecolor=st.SOFT, linewidth=0.35,
                          hatch=HATCH if hatched else None, clip_on=False)
            )  # fmt: skip
            largest = max(points, key=lambda p: float(np.ptp(p[:, 0]) * np.ptp(p[:, 1])))
            short = code.partition("-")[2]
            wide = text_width(short, s.small - 1.2)
            if (
                np.ptp(largest[:, 0]) > 2.2 * wide
                and np.ptp(largest[:, 1]) > 2.2 * line_height(s.small)
                and not hatched
            ):
                x, y = _middle(largest)
                put(self.ax, x, self.height - y, short, s.small - 1.2, ha="center", color=st.ink_on(fill))
        self._scale()

    def _scale(self) -> None:
        """The two ends of the shades, below the map."""
        s, (low, high) = self.style, self.span
        decimals = max((row.decimals for row in self.rows.values() if np.isfinite(row.decimals)), default=0)
        wide, steps = 26.0, 13
        for at in range(steps):
            shade = self._shade(low + (high - low) * at / (steps - 1))
            self.ax.add_patch(Rectangle((at * wide / steps, 3.4), wide / steps + 0.05, 2.2, facecolor=shade, edgecolor="none"))  # fmt: skip
        put(self.ax, 0.0, 1.4, self.item.numbers.written(low, decimals), s.small - 1.0, color=st.SOFT)
        put(self.ax, wide, 1.4, self.item.numbers.written(high, decimals), s.small - 1.0, ha="right", color=st.SOFT)


def _middle(ring: np.ndarray) -> tuple[float, float]:
    """Centre of gravity of a ring (shoelace formula)."""
    x, y = ring[:, 0], ring[:, 1]
    cross = x * np.roll(y, -1) - np.roll(x, -1) * y
    area = cross.sum()
    if abs(area) < 1e-9:
        return float(x.mean()), float(y.mean())
    at_x, at_y = (((v + np.roll(v, -1)) * cross).sum() / (3 * area) for v in (x, y))
    return float(at_x), float(at_y)
