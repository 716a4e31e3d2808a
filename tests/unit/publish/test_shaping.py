"""Texts shaped once for all sizes: the widths are those of Matplotlib, and so are the pictures (test_figure_pdf)."""

from __future__ import annotations

import warnings
import xml.etree.ElementTree as ET

import pytest
from matplotlib.figure import Figure
from unit.publish.conftest import REPORT

from informality.publish import style
from informality.publish.figure_svg import figure_svg
from informality.publish.shaping import EM, is_right_to_left, shaped

FONTS = REPORT / "fonts"
LINES = [
    "Wholesale and retail trade; repair",
    "90.1 (88.3–91.7) u",
    "ກຳມະກອນ, ໜ້າທີ່, ເງິນ ₭",
    "ນ້ຳ ທີ່ ນີ້ ຄັ້ງ ໝໍ້ ຫຼື",
    "ICLS ຄັ້ງທີ 17, Lao PDR",
    "AVATAR To. fi",
    "a ≥ b → c",
]
XLINK = "{http://www.w3.org/1999/xlink}href"


@pytest.fixture(autouse=True)
def _fonts() -> object:
    with style.drawing(FONTS):
        yield


def edge_by_matplotlib(text: str, bold: bool) -> float:
    """Right edge of the outlines of a line, in thousandths of an em."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    font = FontProperties(family=list(style.FAMILY), weight="bold" if bold else "normal")
    return float(TextPath((0, 0), text, size=EM, prop=font).get_extents().x1)


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("line", LINES)
def test_lines_are_as_wide_as_matplotlib_makes_them(line: str, bold: bool) -> None:
    """But for the blank that belongs to the last glyph, or is taken by it."""
    assert -0.01 * EM < shaped(line, bold).width - edge_by_matplotlib(line, bold) < 0.1 * EM


def test_width_of_a_line_is_that_of_its_parts() -> None:
    """Scripts and fonts change within a line, and nothing is lost at the seams."""
    parts = ["ICLS ", "ຄັ້ງທີ ", "17 ", "→ ", "x"]
    assert shaped("".join(parts), False).width == pytest.approx(
        sum(shaped(p, False).width for p in parts), abs=0.02 * EM
    )


def test_marks_stand_on_their_letters() -> None:
    alone, marked = shaped("ກ", False), shaped("ກ້", False)
    assert marked.width == alone.width
    assert marked.high > alone.high
    assert len(marked.glyphs) == 2


def test_a_character_of_no_font_is_told() -> None:
    with pytest.warns(UserWarning, match="U\\+1F3E0"):
        shaped("a house: \U0001f3e0", True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        shaped("zero\u200bwidth ≥ →", True)


def test_what_is_written_from_right_to_left_is_seen() -> None:
    assert is_right_to_left("عمل 12")
    assert not any(is_right_to_left(line) for line in LINES)


def svg_of(*lines: str, **options: object) -> bytes:
    figure = Figure(figsize=(5, 1))
    for i, line in enumerate(lines):
        figure.text(0.02, i / len(lines), line, **options)  # type: ignore[arg-type]
    return figure_svg(figure, "A title", 300)


def test_every_glyph_is_defined_once_and_before_it_is_used() -> None:
    defined: set[str] = set()
    uses = 0
    for node in ET.fromstring(svg_of(*LINES)).iter():
        if node.tag.endswith("}path") and "id" in node.attrib:
            assert node.attrib["id"] not in defined
            defined.add(node.attrib["id"])
        if node.tag.endswith("}use"):
            uses += 1
            assert node.attrib[XLINK].removeprefix("#") in defined
    assert uses == sum(len(shaped(line, False).glyphs) for line in LINES)


def test_a_label_cannot_write_into_the_file() -> None:
    evil = '--><script>alert(1)</script><!-- & " ]]>'
    tags = {node.tag.rpartition("}")[2] for node in ET.fromstring(svg_of(evil)).iter()}
    assert "script" not in tags
    assert "use" in tags


@pytest.mark.parametrize("line", ["rotated", "عمل"])
def test_what_is_more_than_a_line_is_left_to_matplotlib(line: str) -> None:
    options = {"rotation": 90} if line == "rotated" else {}
    uses = [node for node in ET.fromstring(svg_of(line, **options)).iter() if node.tag.endswith("}use")]
    assert len(uses) == len(line)


def test_ink_and_transparency_are_kept() -> None:
    svg = svg_of("a", color="#0072b2", alpha=0.5).decode()
    assert 'fill="#0072b2"' in svg
    assert 'opacity="0.5"' in svg
