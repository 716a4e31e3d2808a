"""Other sizes of figures: what an author may decide, and that a figure gets the largest text with which it fits."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from informality.errors import UserError
from informality.publish import chart_dots, style
from informality.publish.card import Card
from informality.publish.catalogue import Catalogue
from informality.publish.charts import draw, rendered
from informality.publish.figure_svg import figure_svg
from informality.publish.figures import figure_item
from informality.publish.fitting import Unfit, is_wide, on_page, resized
from informality.publish.formats import Format, check_asked, in_order, load_formats
from informality.publish.item import FigureItem
from informality.publish.room import need
from informality.publish.select import Estimates
from informality.publish.style import MM_PER_INCH, Style
from informality.publish.text import Texts
from informality.publish.trend_entries import load_trend_catalogue
from informality.settings import Thresholds

REPORT = Path(__file__).parents[3] / "workflow" / "report"
SLIDE = Format(width=254.0, height=142.875, text=15.0, least_text=8.0, title=18.0, subtitle=11.0, note=7.0, mark=12.0)
LINE = "{width: 85, text: 7, least_text: 6, title: 9, subtitle: 7, note: 6, mark: 7.5}"


@pytest.fixture
def _drawing() -> Iterator[None]:
    with style.drawing(REPORT / "fonts"):
        yield


@pytest.fixture
def item(estimates: Estimates, card: Card, texts: Texts, catalogue: Catalogue, limits: Thresholds) -> FigureItem:
    return figure_item("F05", estimates, card, texts, catalogue, limits)


def written(folder: Path, text: str) -> Path:
    (folder / "formats.yaml").write_text(text, encoding="utf-8")
    return folder


def test_the_formats_of_the_repository_have_names_in_both_languages(texts: Texts, lao: Texts) -> None:
    formats = load_formats(REPORT)
    assert {"narrow", "wide", "slide"} <= set(formats)
    assert formats["slide"].height is not None
    assert formats["slide"].width / formats["slide"].height == pytest.approx(16 / 9)
    for name in formats:
        assert texts.t(f"format_name.{name}") != lao.t(f"format_name.{name}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"formats: {{narrow: {LINE.replace('width', 'widht')}}}", "did you mean 'width'"),
        (f"formats: {{narrow: {LINE.replace('least_text: 6', 'least_text: 8')}}}", "least_text must not be greater"),
        (f"formats: {{page: {LINE}}}", "'page' cannot name a format"),
        (f"formats: {{counterfactual: {LINE}}}", "'counterfactual' cannot name a format"),
        (f"formats: {{'../slide': {LINE}}}", "cannot name a format"),
        (f"formats: {{narrow: {LINE.replace('85', '8')}}}", "formats.narrow.width"),
    ],
)
def test_a_wrong_format_is_named(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=message):
        load_formats(written(tmp_path, text))


def test_an_unknown_format_names_the_nearest() -> None:
    with pytest.raises(UserError, match=r"did you mean 'slide'\?; they stand in workflow/report/formats\.yaml"):
        check_asked(["page", "slides"], {"narrow": SLIDE, "slide": SLIDE}, "config.yaml")
    check_asked(["page", "slide"], {"slide": SLIDE}, "config.yaml")


def test_the_page_is_made_in_any_case_and_each_format_once() -> None:
    assert in_order(["slide", "page", "narrow", "slide"], {"narrow": SLIDE, "slide": SLIDE}) == ["narrow", "slide"]


def test_a_trend_asks_for_known_formats_too(tmp_path: Path) -> None:
    folder = tmp_path / "report"
    shutil.copytree(REPORT, folder)
    shutil.copy(REPORT.parent / "trends.yaml", tmp_path)
    path = folder / "trends.yaml"
    text = path.read_text(encoding="utf-8").replace("slug: trend\n", "slug: trend\n    formats: [slid]\n")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match="did you mean 'slide'"):
        load_trend_catalogue(folder)


@given(st.integers(8, 60), st.integers(0, 20))
def test_sizes_of_text_go_down_to_the_least(text: int, less: int) -> None:
    least = max(4.0, text - less * 0.7)
    sizes = SLIDE.model_copy(update={"text": float(text), "least_text": least}).sizes
    assert sizes[0] == max(text, least)
    assert sizes[-1] == least
    assert sizes == sorted(set(sizes), reverse=True)


@pytest.mark.parametrize("text", [8.0, 12.0, 15.0])
def test_the_sheet_enlarged_is_the_format(text: float) -> None:
    sheet, by = SLIDE.style(text), SLIDE.scale(text)
    assert sheet.height is not None
    assert (sheet.width * by, sheet.height * by) == pytest.approx((254.0, 142.875))
    assert sheet.text * by == pytest.approx(text)
    assert sheet.note * by == pytest.approx(7.0)
    assert sheet.title * by <= 18.0 + 1e-9


def test_a_length_of_a_page_is_itself_on_a_page() -> None:
    assert Style().part(58.0) == 58.0
    assert Style(width=88.5).part(58.0) == pytest.approx(29.0)


@pytest.mark.usefixtures("_drawing")
def test_text_is_as_large_as_it_fits(item: FigureItem) -> None:
    def text_of(height: float) -> float:
        figure = draw(replace(item, format=SLIDE.model_copy(update={"height": height})))
        assert figure.get_figheight() / figure.get_figwidth() == pytest.approx(height / 254.0)
        return 8.0 * 254.0 / (figure.get_figwidth() * MM_PER_INCH)

    heights = [90.0, 110.0, 142.875, 300.0]
    sizes = [text_of(height) for height in heights]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1] == pytest.approx(15.0)


@pytest.mark.usefixtures("_drawing")
def test_what_has_no_room_says_so(item: FigureItem) -> None:
    with pytest.raises(Unfit) as low:
        draw(replace(item, format=SLIDE.model_copy(update={"height": 45.0})))
    assert low.value.width is None
    small = SLIDE.model_copy(update={"height": None, "width": 50.0, "text": 14.0, "least_text": 14.0})
    with pytest.raises(Unfit) as narrow:
        draw(replace(item, format=small))
    assert narrow.value.width is not None
    assert narrow.value.width > 50.0
    # As wide as it says that it must be, it has room.
    draw(replace(item, format=small.model_copy(update={"width": narrow.value.width + 0.1})))


@pytest.mark.parametrize("name", ["narrow", "slide"])
def test_pictures_have_the_size_of_their_format(name: str, item: FigureItem) -> None:
    form = load_formats(REPORT)[name]
    made = rendered(replace(item, format=form), REPORT / "fonts")
    png = made[f"{item.stem}.png"]
    width, height = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
    assert width == pytest.approx(form.width / 25.4 * 300, abs=1)
    if form.height is not None:
        assert height == pytest.approx(form.height / 25.4 * 300, abs=1)
    assert f'width="{form.width * 72 / 25.4:.6f}pt"'.encode() in made[f"{item.stem}.svg"][:500]


def test_a_page_is_made_even_where_a_figure_has_no_room_on_it(item: FigureItem) -> None:
    """It is laid out on a wider sheet, and the picture made smaller."""
    tried = []

    def wide(asked: FigureItem) -> Figure:
        tried.append(asked.style.width)
        need(asked.style.width, 175.0 if len(tried) < 2 else 180.0)
        return Figure(figsize=(asked.style.width / MM_PER_INCH, 2.0))

    figure = on_page(item, wide)
    assert tried[0] == Style().width
    assert 180.0 <= tried[-1] < 181.0
    assert not is_wide(figure, Style().width)
    assert f'width="{Style().width * 72 / MM_PER_INCH:.6f}pt"'.encode() in resized(
        figure_svg(figure, "A title", 300), Style().width
    )


@pytest.mark.usefixtures("_drawing")
@pytest.mark.parametrize(("rows", "smaller"), [(12, False), (45, True), (70, True)])
def test_a_page_is_no_higher_than_200_mm_however_many_rows_a_figure_has(
    rows: int, smaller: bool, item: FigureItem
) -> None:
    many = pd.concat([item.rows] * -(-rows // len(item.rows)), ignore_index=True).head(rows)
    figure = on_page(replace(item, rows=many), chart_dots.draw)
    assert figure.get_figheight() / figure.get_figwidth() <= 200.0 / 170.0 + 1e-6
    # What has room is not made smaller.
    assert (figure.get_figwidth() * MM_PER_INCH > 170.5) == smaller


def test_only_the_size_of_a_picture_is_changed() -> None:
    svg = b'<svg width="100.0pt" height="50pt" viewBox="0 0 100 50"><rect width="10pt" height="5pt"/></svg>'
    assert resized(svg, 254.0) == (
        b'<svg width="720.000000pt" height="360.000000pt" viewBox="0 0 100 50"><rect width="10pt" height="5pt"/></svg>'
    )


def test_the_digest_of_a_page_knows_nothing_of_formats(item: FigureItem) -> None:
    slide = replace(item, format=SLIDE)
    assert (
        len(
            {
                item.digest("a"),
                slide.digest("a"),
                replace(slide, format=SLIDE.model_copy(update={"text": 14.0})).digest("a"),
            }
        )
        == 3
    )
