"""The chart kinds by name, and drawing one to bytes. Matplotlib and seaborn are imported only when something is drawn."""

from __future__ import annotations

import hashlib
import importlib
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from informality.publish import fitting, style
from informality.publish.item import FigureItem

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS = {
    "dots": "informality.publish.chart_dots",
    "stacked": "informality.publish.chart_stacked",
    "lines": "informality.publish.chart_lines",
    "shares": "informality.publish.chart_shares",
    "heat": "informality.publish.chart_heat",
    "paired": "informality.publish.chart_paired",
    "dumbbell": "informality.publish.chart_dumbbell",
    "steps": "informality.publish.chart_steps",
    "curve": "informality.publish.chart_curve",
    "patterns": "informality.publish.chart_patterns",
    "waterfall": "informality.publish.chart_waterfall",
    "bridge": "informality.publish.chart_bridge",
    "composition": "informality.publish.chart_composition",
    "volume": "informality.publish.chart_volume",
    "tiles": "informality.publish.chart_tiles",
    "pairs": "informality.publish.chart_pairs",
    "bands": "informality.publish.chart_bands",
    "forest": "informality.publish.chart_forest",
    "trend": "informality.publish.chart_trend",
}


def load() -> None:
    """Import all that drawing needs."""
    for name in ("matplotlib.figure", "seaborn", *KINDS.values()):
        importlib.import_module(name)


def draw(item: FigureItem) -> Figure:
    """The figure as a Matplotlib figure; call it inside `style.drawing`. Unfit where it has no room in its format."""
    kind = importlib.import_module(KINDS[item.kind])
    return fitting.on_page(item, kind.draw) if item.format is None else fitting.fitted(item, kind.draw)


def outlined(item: FigureItem, fonts: Path) -> bytes:
    """The picture as SVG with its texts as outlines; the same item gives the same bytes."""
    from informality.publish.figure_svg import figure_svg

    with style.drawing(fonts):
        figure = draw(item)
        svg = figure_svg(figure, title=item.caption.named, dpi=item.style.dpi)
    width = item.style.width if item.format is None else item.format.width
    return svg if fitting.is_wide(figure, width) else fitting.resized(svg, width)


def pictures(item: FigureItem, svg: bytes, fonts: Path) -> dict[str, bytes]:
    """File name → bytes of the picture as svg, and as png and pdf made of it."""
    from informality.publish.figure_pdf import figure_pdf
    from informality.publish.figure_png import figure_png

    caption = item.caption
    return {
        f"{item.stem}.png": figure_png(svg, title=caption.named, fonts=fonts),
        f"{item.stem}.svg": svg,
        f"{item.stem}.pdf": figure_pdf(svg, title=caption.named, alt=caption.alt, lang=item.lang, fonts=fonts),
    }


def rendered(item: FigureItem, fonts: Path) -> dict[str, bytes]:
    """The picture in all formats, made in this process."""
    return pictures(item, outlined(item, fonts), fonts)


def code_digest(folder: Path) -> str:
    """Digest of everything besides an item that decides how it looks: this package, fonts, page template, libraries."""
    files = [
        *Path(__file__).parent.glob("*.py"),
        *(path for path in folder.rglob("*") if path.suffix in (".ttf", ".j2")),
    ]
    total = hashlib.sha256()
    for path in sorted(files, key=lambda p: p.name):
        total.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    for library in ("matplotlib", "seaborn", "uharfbuzz", "fonttools", "icu4py", "typst", "xlsxwriter", "jinja2"):
        total.update(f"{library} {version(library)}".encode())
    return total.hexdigest()
