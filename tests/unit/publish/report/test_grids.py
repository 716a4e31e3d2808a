from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from informality.publish.cells import Number
from informality.publish.report.blocks import Definitions, Heading, PrintedTable
from informality.publish.report.grids import grid, printed, words_grid
from informality.publish.tables import Column, TableItem
from informality.publish.text import Texts
from informality.publish.words import Caption

CAPTION = Caption("A title", "A subtitle", ("SIMULATED DATA",), "Note: a note.", "Source: a source.")
KEY = Column("Sex", "text", key=True)
RATE = [
    Column("Rate", "number", limits=True),
    Column("Lower", "number"),
    Column("Upper", "number"),
    Column("Flag", "flag"),
]
PERSONS = [
    Column("Persons", "number", limits=True),
    Column("Lower", "number"),
    Column("Upper", "number"),
    Column("Flag", "flag"),
]
N = Column("n", "count")


def shares(*values: float) -> list[Number]:
    return [Number(value, 1) for value in values]


def persons(*values: float) -> list[Number]:
    return [Number(value) for value in values]


def test_estimate_limits_and_flag_become_estimate_and_interval(texts: Texts) -> None:
    columns = (KEY, *RATE, *PERSONS, N)
    rows = (
        ("Men", *shares(82.7, 81.2, 84.1), "", *persons(1000, 900, 1100), "u", Number(13650)),
        ("Women", None, None, None, "x", "> 98", None, None, "b", "30-49"),
        ("Family", Number(100), None, None, "by definition", None, None, None, ":c", Number(40)),
    )
    made = grid("", columns, rows, texts)
    assert made.heads == ("Sex", "Rate", "95 % interval", "Persons", "95 % interval", "n")
    assert made.rows[0] == ("Men", "82.7", "81.2–84.1", "1,000 u", "900–1,100", "13,650")
    assert made.rows[1] == ("Women", "x", "", "> 98 b", "", "30–49")
    assert made.rows[2] == ("Family", "100", "by definition", ":c", "", "40")
    assert made.right == (False, True, True, True, True, True)


def test_an_interval_with_a_minus_is_told_in_words(texts: Texts, lao: Texts) -> None:
    rows = (("Men", *shares(-1.2, -3.0, 0.5), "u"),)
    assert grid("", (KEY, *RATE), rows, texts).rows == (("Men", "−1.2 u", "−3.0 to 0.5"),)
    assert grid("", (KEY, *RATE), rows, lao).rows[0][2].startswith("−3,0 ")


def test_three_columns_of_one_kind_that_are_no_interval_stay(texts: Texts) -> None:
    columns = (KEY, Column("a", "count"), Column("b", "count"), Column("c", "count"))
    made = grid("", columns, (("x", *persons(5, 1, 2)),), texts)
    assert made.heads == ("Sex", "a", "b", "c")
    assert made.rows == (("x", "5", "1", "2"),)


def test_a_column_without_content_is_left_out(texts: Texts) -> None:
    made = grid("", (KEY, N, Column("Flag", "flag")), (("Men", Number(3), ""), ("Women", Number(4), "")), texts)
    assert made.heads == ("Sex", "n")


def test_a_table_of_sentences_becomes_lists(texts: Texts) -> None:
    columns = (Column("Law", "text", key=True), Column("Notes", "text"), Column("To", "text"), N)
    table = TableItem(
        "T54", CAPTION, columns, (("Law A", "word " * 40, "", Number(3)), ("Law B", "short", "2018", None))
    )
    heading, mark, first, second, note = printed(table, texts)
    assert heading == Heading("A title (T54)", 2)
    assert getattr(mark, "text", "") == "SIMULATED DATA"
    assert first == Definitions((("Notes", "word " * 40), ("n", "3")), "Law A")
    assert second == Definitions((("Notes", "short"), ("To", "2018")), "Law B")
    assert getattr(note, "text", "") == "Note: a note."


def test_long_keys_do_not_make_lists_of_numbers(texts: Texts) -> None:
    table = TableItem("T40", CAPTION, (KEY, N), (("a very long name " * 8, Number(3)),))
    (made,) = printed(table, texts)
    assert isinstance(made, PrintedTable)
    assert made.notes == ("Note: a note.", "Source: a source.")
    assert made.marks == ("SIMULATED DATA",)


def test_a_table_without_rows_keeps_its_heads(texts: Texts) -> None:
    made = grid("", (KEY, *RATE, N), (), texts)
    assert made.rows == ()
    assert made.heads[0] == "Sex"


WORDS = some.text(some.sampled_from("abc ກາ້ຳທີ່"), min_size=1, max_size=60)


@given(
    some.integers(1, 14).flatmap(
        lambda n: some.lists(some.lists(WORDS, min_size=n, max_size=n), min_size=1, max_size=5)
    )
)
def test_widths_share_the_whole_and_none_is_lost(rows: list[list[str]]) -> None:
    made = words_grid([f"head {i}" for i in range(len(rows[0]))], [tuple(row) for row in rows])
    assert sum(made.widths) == pytest.approx(1, abs=0.01)
    assert min(made.widths) > 0.01
