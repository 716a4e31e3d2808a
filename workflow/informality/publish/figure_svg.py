"""One figure as SVG with its texts as outlines: Matplotlib's own SVG, but for the texts, which `shaping` has measured already."""

from __future__ import annotations

import io
from typing import Any

from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from informality.publish.shaping import EM, Line, heights, is_right_to_left, outline, shaped

# Points per inch: the unit of SVG as Matplotlib writes it.
POINTS = 72


def figure_svg(figure: Figure, title: str, dpi: float) -> bytes:
    """The figure in its own size; the same figure gives the same bytes. ``dpi``: of parts that cannot be drawn as paths."""
    written = io.StringIO()
    width, height = figure.get_size_inches() * POINTS
    figure.dpi = POINTS
    metadata = {"Date": None, "Creator": None, "Title": title}
    renderer = _Renderer(width, height, written, image_dpi=dpi, metadata=metadata)
    figure.draw(renderer)
    renderer.finalize()
    return written.getvalue().encode()


class _Renderer(RendererSVG):
    """Lines are measured and drawn by `shaping`; each glyph is defined where it first occurs and used from then on."""

    def __init__(self, width: float, height: float, written: io.StringIO, **options: Any) -> None:
        super().__init__(width, height, written, **options)
        self._written = written
        self._defined: set[str] = set()

    def get_text_width_height_descent(self, s: str, prop: Any, ismath: Any) -> tuple[float, float, float]:
        if ismath:
            return super().get_text_width_height_descent(s, prop, ismath)
        line, scale = shaped(s, _is_bold(prop)), prop.get_size_in_points() / EM
        return line.width * scale, (line.high - line.low) * scale, -line.low * scale

    def _get_font_height_metrics(self, prop: Any) -> tuple[float, float, float]:
        """Ascent, descent and line gap: Matplotlib would look for the font file again for every text."""
        ascent, descent = heights(_is_bold(prop))
        scale = prop.get_size_in_points() / EM
        return ascent * scale, descent * scale, 0.0

    def draw_text(
        self, gc: Any, x: float, y: float, s: str, prop: Any, angle: float, ismath: Any = False, mtext: Any = None
    ) -> None:
        if ismath or angle or is_right_to_left(s):
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
            return
        # Written after a comment, so that no tag of the writer is open any more.
        self.writer.comment(s)
        line, scale = shaped(s, _is_bold(prop)), prop.get_size_in_points() / EM
        self._written.write(self._glyphs(line, x, y, scale, to_hex(gc.get_rgb()), gc.get_alpha() or 1.0))

    def _glyphs(self, line: Line, x: float, y: float, scale: float, ink: str, alpha: float) -> str:
        new, uses = [], []
        for glyph in line.glyphs:
            name = f"{glyph.face}-{glyph.code:x}"
            if name not in self._defined:
                self._defined.add(name)
                new.append(f'<path id="{name}" d="{outline(glyph.face, glyph.code)}"/>\n')
            # The page of SVG grows downwards, outlines upwards: the whole line is turned over by its scale.
            up = f' y="{_number(glyph.y)}"' if glyph.y else ""
            uses.append(f'<use xlink:href="#{name}" x="{_number(glyph.x)}"{up}/>\n')
        defs = f"<defs>\n{''.join(new)}</defs>\n" if new else ""
        see_through = f' opacity="{_number(alpha)}"' if alpha < 1 else ""
        place = f"translate({_number(x)} {_number(y)}) scale({scale:.6g} -{scale:.6g})"
        return f'{defs}<g fill="{ink}"{see_through} transform="{place}">\n{"".join(uses)}</g>\n'


def _number(value: float) -> str:
    return f"{round(value, 3):g}" if abs(value) < 1e5 else f"{value:.0f}"


def _is_bold(prop: Any) -> bool:
    return prop.get_weight() in ("bold", 700)
