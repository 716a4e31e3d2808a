"""The house style of all figures: sizes in millimetres and points, colours by meaning, fonts.

Colours come from the palette of Okabe and Ito (2008), which colour-blind readers can tell apart; within a figure they also differ in
lightness, so that a copy in grey can be read. Every text size is set here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from informality.vocabulary import OTHER

MM_PER_INCH = 25.4
FAMILY = ("Noto Sans Lao", "DejaVu Sans")
FONT_FILES = ("NotoSansLao-Regular.ttf", "NotoSansLao-Bold.ttf")


@dataclass(frozen=True)
class Style:
    """Sizes: lengths in mm, text and lines in points. ``height``: of the whole picture, where it is not that of what stands on it."""

    width: float = 170.0
    height: float | None = None
    dpi: int = 300
    margin: float = 3.5
    title: float = 11.0
    subtitle: float = 8.0
    text: float = 8.0
    small: float = 7.0
    note: float = 7.0
    mark: float = 8.5
    leading: float = 1.32
    line: float = 1.1
    dot: float = 4.6
    # Of the least height of a row, and of the room around its label: less of both where a picture is too low for all rows.
    rows: float = 1.0
    pads: float = 1.0
    # Only to see whether a figure fits.
    probe: bool = False

    @property
    def inner(self) -> float:
        """Width in mm between the margins."""
        return self.width - 2 * self.margin

    def part(self, length: float) -> float:
        """A length that is meant for a page, as large a part of this width as it is of a page's."""
        return length * (self.inner / PAGE_INNER)


PAGE_INNER = 163.0
INK = "#1a1a1a"
SOFT = "#5a5a5a"
RULE = "#bdbdbd"
PALE = "#e8e8e8"
SOFT_FILL = "#c9c9c9"
MARK_FILL = "#fff3c4"
BLUE, ORANGE, SKY, YELLOW, VERMILLION, GREY = "#0072b2", "#e69f00", "#56b4e9", "#f0e442", "#d55e00", "#bdbdbd"

# By level, so that a colour means the same in every figure.
COLOURS = {
    "female": BLUE,
    "male": ORANGE,
    "informal": VERMILLION,
    "formal": "#a9d9f4",
    "informal_sector": VERMILLION,
    "formal_sector": SKY,
    "household": YELLOW,
    "not_classified": GREY,
}
# Where law and practice meet: covered in blues, gaps in warm colours, what is not known in greys.
COLOURS |= {
    "covered_mandatory": BLUE,
    "covered_voluntary": SKY,
    "covered_outside": "#a9d9f4",
    "covered_unclassified": "#d5ecf9",
    "compliance_gap": VERMILLION,
    "to_verify": "#f2b48a",
    "take_up_gap": ORANGE,
    "legal_gap": YELLOW,
    "unclassified": "#8c8c8c",
    "unknown": "#d0d0d0",
    "law0": BLUE,
    "law1": "#a9d9f4",
    "practice": VERMILLION,
    "assumed": "#f2b48a",
    "wide": BLUE,
    "narrow": VERMILLION,
    "can_pay": BLUE,
    "missing_middle": ORANGE,
    "below_line": "#f2b48a",
    "no_earnings": "#d0d0d0",
    "burden_employee": BLUE,
    "burden_voluntary": VERMILLION,
}
# Status in employment, contracts and households; the jobs of a household as jobs.
COLOURS |= {
    "employee": BLUE,
    "employer": YELLOW,
    "own_account": ORANGE,
    "cooperative": SKY,
    "family_worker": VERMILLION,
    "not_classifiable": "#4d4d4d",
    "permanent": BLUE,
    "temporary": SKY,
    "none": VERMILLION,
    "all_informal": VERMILLION,
    "mixed": ORANGE,
    "all_formal": "#a9d9f4",
    "no_worker": "#e4e4e4",
    "_U": "#d0d0d0",
    OTHER: "#f2f2f2",
}
# Bands of weekly hours: short in blues, usual in greys, long in red.
COLOURS |= {"0_14": BLUE, "15_34": SKY, "35_39": "#dddddd", "40_48": GREY, "49_plus": VERMILLION}
# Marks that are set side by side.
SPARE_PAIR = (BLUE, VERMILLION, "#8c8c8c")
SPARE = (BLUE, ORANGE, SKY, YELLOW, VERMILLION)
MARKERS = ("o", "s", "D", "^", "v")
DASHES = ("-", (0, (4, 1.6)), (0, (1.2, 1.4)), (0, (6, 1.5, 1.2, 1.5)))


def colour(level: str, position: int = 0) -> str:
    """Colour of a level; others take the spare colours in turn."""
    return COLOURS.get(level, SPARE[position % len(SPARE)])


def edge(level: str) -> str:
    """Edge of a part of a bar: parts that are nearly white need one."""
    return GREY if level == OTHER else "white"


def lightness(hex_colour: str) -> float:
    """CIE 1976 L* of an sRGB colour, 0 black to 100 white (IEC 61966-2-1, CIE 15)."""
    channels = [int(hex_colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    y = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


def ink_on(hex_colour: str) -> str:
    """Black or white, whichever reads better on a colour."""
    return "#ffffff" if lightness(hex_colour) < 55 else INK


@contextmanager
def drawing(fonts: Path) -> Iterator[None]:
    """Draw inside this: seaborn's theme with our sizes, the fonts of the repository, output that never changes between runs."""
    import matplotlib as mpl
    import seaborn as sns
    from matplotlib import font_manager

    for name in FONT_FILES:
        path = str(fonts / name)
        if path not in {font.fname for font in font_manager.fontManager.ttflist}:
            font_manager.fontManager.addfont(path)
    style = Style()
    settings = {
        **sns.axes_style("white"),
        **sns.plotting_context("paper"),
        "font.family": list(FAMILY),
        "font.size": style.text,
        # Outlines are drawn without hinting, and so are texts measured.
        "text.hinting": "none",
        "text.parse_math": False,
        "text.color": INK,
        "axes.labelsize": style.small,
        "axes.edgecolor": RULE,
        "axes.linewidth": 0.6,
        "axes.unicode_minus": True,
        "xtick.labelsize": style.small,
        "ytick.labelsize": style.small,
        "hatch.linewidth": 0.6,
        "hatch.color": INK,
        "svg.fonttype": "path",
        "svg.hashsalt": "informality",
        "figure.dpi": style.dpi,
        "savefig.dpi": style.dpi,
        "path.simplify": False,
    }
    with mpl.rc_context(settings):
        yield
