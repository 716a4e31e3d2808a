from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from informality.publish import style

FONTS = Path(__file__).parents[3] / "workflow" / "report" / "fonts"


@pytest.mark.parametrize(
    "levels",
    [("male", "female"), ("informal", "formal"), ("informal_sector", "formal_sector", "household")],
)
def test_colours_of_one_figure_differ_in_grey(levels: tuple[str, ...]) -> None:
    for a, b in combinations(levels, 2):
        assert abs(style.lightness(style.colour(a)) - style.lightness(style.colour(b))) >= 15


def test_lightness_of_black_white_and_mid_grey() -> None:
    assert style.lightness("#000000") == pytest.approx(0)
    assert style.lightness("#ffffff") == pytest.approx(100)
    assert style.lightness("#777777") == pytest.approx(50, abs=0.5)


def test_one_font_has_lao_latin_and_digits_in_both_weights() -> None:
    from matplotlib.font_manager import get_font

    for name in style.FONT_FILES:
        known = get_font(str(FONTS / name)).get_charmap()
        assert all(ord(c) in known for c in "ກຳໜຼ້່ABCabc0189%–₭“”…")


def test_drawing_uses_the_fonts_of_the_repository_and_leaves_settings_alone() -> None:
    import matplotlib as mpl
    from matplotlib.font_manager import FontProperties, findfont

    before = dict(mpl.rcParams)
    with style.drawing(FONTS):
        for weight, file in (("normal", style.FONT_FILES[0]), ("bold", style.FONT_FILES[1])):
            assert Path(findfont(FontProperties(family=style.FAMILY[0], weight=weight))).name == file
        assert mpl.rcParams["svg.fonttype"] == "path"
    assert dict(mpl.rcParams) == before
