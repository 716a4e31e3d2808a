from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from informality.publish import style
from informality.publish.layout import spread, text_width, wrap
from informality.publish.line_breaks import breakable

FONTS = Path(__file__).parents[3] / "workflow" / "report" / "fonts"
TRAPS = ["ການຈ້າງງານນອກລະບົບ", "ນ້ຳ ທີ່ ນີ້ ຄັ້ງ ໝໍ້ ຫຼື", "ຜູ້ຢູ່ຊົນນະບົດ", "ກຳມະກອນ, ໜ້າທີ່, ເງິນ ₭"]


@pytest.fixture(autouse=True, scope="module")
def _fonts() -> object:
    with style.drawing(FONTS):
        yield


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.sampled_from([*TRAPS, "agriculture,", "and", "a", "Extraterritorial"]), min_size=1, max_size=12),
    st.integers(12, 60),
)
def test_lines_fit_and_nothing_is_lost(words: list[str], width: int) -> None:
    text = " ".join(words)
    lines = wrap(text, width, 8.0)
    assert all(text_width(line, 8.0) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_words_are_not_cut_where_they_fit() -> None:
    text = "Wholesale and retail trade; repair of motor vehicles"
    lines = wrap(text, 24.0, 8.0)
    assert len(lines) > 1
    assert " ".join(lines).split() == text.split()


def test_lao_is_never_broken_before_a_mark() -> None:
    lines = wrap("ຜູ້ຢູ່ຊົນນະບົດທີ່ບໍ່ມີທາງເຂົ້າເຖິງໄດ້ຕະຫຼອດປີ", 14.0, 8.0)
    assert len(lines) > 2
    assert not any(line[0] in "ັິີຶືຸູົຼ່້໊໋໌ໍະາຳ" for line in lines)
    assert not any(line[-1] in "ເແໂໃໄ" for line in lines)


def test_lao_is_broken_between_words_though_it_writes_no_blanks() -> None:
    text = "ສ່ວນຮ້ອຍຂອງຜູ້ມີວຽກເຮັດອາຍຸ 15 ປີຂຶ້ນໄປ"
    lines = wrap(text, 20.0, 8.0)
    assert len(lines) > 1
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    known = {"ສ່ວນຮ້ອຍ", "ຂອງ", "ຜູ້", "ມີ", "ວຽກ", "ເຮັດ", "ອາຍຸ", "15", "ປີ", "ຂຶ້ນໄປ"}
    assert {word.strip() for line in lines for word in breakable(line)} <= known


def test_numbers_and_intervals_are_never_broken() -> None:
    assert breakable("90.1 (88.3–91.7) u") == ("90.1 ", "(88.3–91.7) ", "u")


def test_a_zero_width_space_is_a_place_to_break() -> None:
    assert wrap("ການຈ້າງງານ\u200bນອກລະບົບ", text_width("ການຈ້າງງານ", 8.0) + 0.5, 8.0) == ["ການຈ້າງງານ", "ນອກລະບົບ"]


def test_too_many_lines_end_in_an_ellipsis() -> None:
    lines = wrap("one two three four five six seven eight nine ten", 12.0, 8.0, max_lines=2)
    assert len(lines) == 2
    assert lines[-1].endswith("…")
    assert text_width(lines[-1], 8.0) <= 12.0


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(1, 12)), min_size=1, max_size=6))
def test_boxes_are_pushed_apart_inside_their_span(boxes: list[tuple[float, float]]) -> None:
    boxes = sorted(boxes)
    sizes = [size for _, size in boxes]
    places = spread([centre for centre, _ in boxes], sizes, 0, 100)
    for (a, left), (b, right) in zip(
        zip(places, sizes, strict=True), list(zip(places, sizes, strict=True))[1:], strict=False
    ):
        assert a + left / 2 <= b - right / 2 + 1e-9
    assert places[0] - sizes[0] / 2 >= -1e-9
    assert places[-1] + sizes[-1] / 2 <= 100 + 1e-9
