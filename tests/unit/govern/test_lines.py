"""No row of a published line is hidden alone."""

from __future__ import annotations

import numpy as np

from informality.govern.lines import without_lone_rows
from informality.govern.worlds import Key

TOTAL: Key = ()
SEX: list[Key] = [(("sex", "male"),), (("sex", "female"),)]
AREA: list[Key] = [(("area", "urban"),), (("area", "rural"),), (("area", "_U"),)]


def closed(keys: list[Key], hidden: list[bool], number: list[int] | None = None) -> list[bool]:
    series = np.zeros(len(keys), dtype=np.intp) if number is None else np.array(number, dtype=np.intp)
    return without_lone_rows(keys, series, np.array(hidden)).tolist()


def test_a_line_with_one_hidden_row_is_hidden_as_a_whole() -> None:
    assert closed([TOTAL, *SEX, *AREA], [False, True, False, False, False, False]) == [
        False,
        True,
        True,
        False,
        False,
        False,
    ]


def test_two_hidden_rows_protect_each_other() -> None:
    assert closed([TOTAL, *AREA], [False, True, True, False]) == [False, True, True, False]


def test_without_a_shown_total_nothing_can_be_worked_out() -> None:
    assert closed([TOTAL, *SEX], [True, True, False]) == [True, True, False]
    assert closed(SEX, [True, False]) == [True, False]


def test_a_closed_line_may_leave_a_row_alone_in_another() -> None:
    cross: list[Key] = [(("sex", s), ("area", a)) for s in ("male", "female") for a in ("urban", "rural")]
    keys = [TOTAL, *SEX, AREA[0], AREA[1], *cross]
    hidden = [False] * 5 + [True, False, False, False]
    assert closed(keys, hidden) == [False] * 5 + [True] * 4


def test_series_do_not_protect_each_other() -> None:
    keys = [TOTAL, *SEX, TOTAL, *SEX]
    assert closed(keys, [False, True, False, False, False, True], [0, 0, 0, 1, 1, 1]) == [
        False,
        True,
        True,
        False,
        True,
        True,
    ]
    assert closed([TOTAL, *SEX], [False, True, False], [-1, -1, -1]) == [False, True, False]
