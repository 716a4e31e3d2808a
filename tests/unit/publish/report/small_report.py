"""A small document that has one block of every kind, with labels that some writer could take for a command."""

from __future__ import annotations

import io
from typing import Any

from informality.publish import style
from informality.publish.report.blocks import (
    Bullets,
    Definitions,
    Document,
    Grid,
    Heading,
    Paragraph,
    Picture,
    PrintedTable,
    Told,
)

EVIL = "<script>alert(1)</script> =cmd|' /C calc'!A0 #evil *bold* _under_ $x$ @ref \\ &amp; \x0b"
SHOWN = EVIL.replace("\x0b", "").strip()
LINES = "first line\nsecond line"
LAO = "ການຈ້າງງານນອກລະບົບ, ໜ້າທີ່, ເງິນ ₭"
WORDS = {
    "contents": "Contents",
    "list_of_figures": "Figures",
    "list_of_tables": "Tables",
    "figure": "Figure",
    "table": "Table",
    "evidence": "Evidence",
    "page": "Page {page} of {pages}",
}
GRID = Grid(
    "",
    (EVIL, "Rate", "95 % interval"),
    ((LAO, "82.7", "81.2–84.1"), (LINES, "x", "")),
    (False, True, True),
    (0.6, 0.2, 0.2),
)
MANY = Grid(
    "Below", ("Level", "n"), tuple((f"level {i}", str(i)) for i in range(150)), (False, True), (0.5, 0.5), small=True
)
TABLE = PrintedTable(
    "T04", f"By sex {EVIL} (T04)", LAO, ("SIMULATED DATA",), (GRID, MANY), ("Note: a note.", "Source: a source.")
)
BLOCKS = (
    Heading("How to cite"),
    Paragraph(EVIL),
    Heading("Section", 2),
    Paragraph("A warning", "mark"),
    Paragraph(LINES, "note"),
    Bullets((EVIL, LAO)),
    Told("Nine in ten work informally.", ("82.7 % (81.2–84.1), n = 13,652", EVIL), ("UNVERIFIED",), "See F05."),
    Definitions(((LAO, EVIL), ("Age base", "15 and over")), "Terms"),
    Heading("Results"),
    Picture("F05", "F05-by-education", f"By education {EVIL} (F05)", f"Dots with intervals. {EVIL}"),
    TABLE,
)


def document(**changes: Any) -> Document:
    fields: dict[str, Any] = {
        "lang": "en",
        "language": "en-GB",
        "title": f"Informal employment: {EVIL}",
        "subtitle": LAO,
        "front": ("Draft", EVIL),
        "second": (),
        "marks": (("SIMULATED DATA", "The persons are invented."),),
        "some_marks": ("In some figures and tables: UNVERIFIED",),
        "disclaimer": "Own processing, not an official estimate.",
        "blocks": BLOCKS,
        "words": WORDS,
    }
    return Document(**{**fields, **changes})


def pictures(fonts: Any) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """SVG and PNG of the one figure."""
    with style.drawing(fonts):
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(3, 1))
        FigureCanvasAgg(figure)
        figure.text(0.1, 0.4, LAO)
        svg, png = io.BytesIO(), io.BytesIO()
        figure.savefig(svg, format="svg", metadata={"Date": None})
        figure.savefig(png, format="png", dpi=50, metadata={"Software": None})
    return {"F05-by-education": svg.getvalue()}, {"F05-by-education": png.getvalue()}
