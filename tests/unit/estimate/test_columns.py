from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from informality.errors import UserError
from informality.estimate.columns import MISSING, Amount, Flag, dimension, measured, members, ratio

FLAGS = [
    [True, False, None],
    pd.array([True, False, None], dtype="boolean"),
    [1.0, 0.0, np.nan],
    pd.array([1, 0, None], dtype="Int8"),
    pd.array([1, 0, None], dtype="Float64"),
    np.array([1, 0, np.nan], dtype=object),
]


@pytest.mark.parametrize("values", FLAGS)
def test_every_kind_of_yes_no_and_null(values: object) -> None:
    flag = measured(pd.DataFrame({"y": values}), "y")
    assert isinstance(flag, Flag)
    assert list(flag.code) == [1, 0, MISSING]


def test_without_nulls() -> None:
    for values in ([True, False], [1, 0], np.array([1, 0], dtype="int8")):
        flag = measured(pd.DataFrame({"y": values}), "y")
        assert isinstance(flag, Flag)
        assert list(flag.code) == [1, 0]


def test_numbers() -> None:
    amount = measured(pd.DataFrame({"y": pd.array([2.5, None, -1], dtype="Float64")}), "y")
    assert isinstance(amount, Amount)
    assert list(amount.value) == [2.5, 0, -1]
    assert list(amount.known) == [True, False, True]
    late = measured(pd.DataFrame({"y": [1.0] * 5000 + [3.0]}), "y")
    assert isinstance(late, Amount)


@pytest.mark.parametrize("values", [["a", "b"], pd.Categorical(["x", "y"]), [1.0, np.inf]])
def test_what_cannot_be_measured(values: object) -> None:
    with pytest.raises(UserError):
        measured(pd.DataFrame({"y": values}), "y")


def test_absent_column() -> None:
    with pytest.raises(UserError, match="did you mean 'hours'"):
        measured(pd.DataFrame({"hours": [1.0]}), "houres")


def test_ratio_is_known_where_both_are() -> None:
    made = ratio(
        Flag(np.array([1, 0, 2, 1], dtype=np.int8)), Amount(np.array([4.0, 5, 6, 0]), np.array([1, 1, 1, 0]) > 0)
    )
    assert list(made.known) == [True, True, False, False]
    assert list(made.value) == [1, 0, 0, 0]
    assert made.base is not None
    assert list(made.base) == [4, 5, 0, 0]


def test_null_is_outside_a_universe() -> None:
    assert list(members(pd.DataFrame({"u": FLAGS[1]}), "u")) == [True, False, False]
    with pytest.raises(UserError, match="no universe"):
        members(pd.DataFrame({"u": [1.0, 2.0]}), "u")


def test_null_is_the_unknown_level() -> None:
    found = dimension(pd.DataFrame({"sex": pd.Categorical(["male", None, "female"], ["male", "female"])}), "sex")
    assert found.levels == ("male", "female", "_U")
    assert list(found.code) == [0, 2, 1]
    joined = dimension(pd.DataFrame({"sex": pd.Categorical(["_U", None, "a"], ["_U", "a"])}), "sex")
    assert joined.levels == ("_U", "a")
    assert list(joined.code) == [0, 0, 1]
    with pytest.raises(UserError, match="_T"):
        dimension(pd.DataFrame({"sex": ["_T", "male"]}), "sex")
