"""The PNG of a figure: size and resolution, the same bytes, and the same picture as the page of PDF."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image
from support import WORKFLOW

from informality.publish.figure_png import DPI, figure_png

FONTS = WORKFLOW / "report" / "fonts"
SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" width="72pt" height="36pt" viewBox="0 0 72 36">
<rect x="0" y="0" width="36" height="36" fill="#ff0000"/></svg>"""


def test_size_resolution_and_colours_are_those_of_the_drawing() -> None:
    with Image.open(io.BytesIO(figure_png(SVG, title="ຂໍ້ມູນ · Title", fonts=FONTS))) as picture:
        assert picture.size == (DPI, DPI // 2)
        assert picture.text["Title"] == "ຂໍ້ມູນ · Title"
        assert np.allclose(picture.info["dpi"], DPI, rtol=1e-3)
        pixels = np.asarray(picture.convert("RGBA"))
    assert (pixels[:, : DPI // 2 - 1] == (255, 0, 0, 255)).all()
    assert (pixels[:, DPI // 2 + 1 :] == (255, 255, 255, 255)).all()


def test_the_same_drawing_gives_the_same_bytes() -> None:
    assert figure_png(SVG, title="a", fonts=FONTS) == figure_png(SVG, title="a", fonts=Path(FONTS))
