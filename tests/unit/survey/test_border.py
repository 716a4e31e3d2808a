"""What the stages after harmonise may rely on."""

import numpy as np
import pandas as pd
import pytest

from informality import vocabulary as v
from informality.errors import UserError
from informality.frames import WHY_DTYPE, levels
from informality.survey.border import check_persons


def persons(**changes: object) -> pd.DataFrame:
    rows = 4
    columns: dict[str, object] = {
        "weight": np.ones(rows),
        "stratum": np.zeros(rows, dtype=np.int32),
        "psu": np.arange(rows, dtype=np.int32),
        "age_base": np.ones(rows, dtype=bool),
        "national_base": np.ones(rows, dtype=bool),
        "employed__icls19": np.ones(rows, dtype=bool),
    }
    for name, variable in v.VARIABLES.items():
        empty = levels(np.full(rows, -1), variable.levels or ())
        columns[name] = np.full(rows, np.nan) if variable.kind == "number" else empty
        columns[v.why(name)] = pd.Categorical(["not_asked"] * rows, dtype=WHY_DTYPE)
    columns["age"] = np.array([15.0, 40.0, 98.0, 20.0])
    columns["age_why"] = pd.Categorical(["answered"] * rows, dtype=WHY_DTYPE)
    return pd.DataFrame(columns | changes)


def test_a_frame_that_keeps_the_contract_passes_unchanged():
    frame = persons()
    pd.testing.assert_frame_equal(check_persons(frame, "x"), frame)


@pytest.mark.parametrize(("column", "bad"), [("weight", [1.0, -1.0, 1.0, 1.0]), ("age", [15.0, 40.0, 987.0, 20.0])])
def test_what_is_wrong_is_counted_and_not_shown(column, bad):
    with pytest.raises(UserError) as error:
        check_persons(persons(**{column: np.array(bad)}), "toy_2020")
    assert column in str(error.value)
    assert "1 row" in str(error.value)
    assert "987" not in str(error.value)


@pytest.mark.parametrize("codes", [np.array([0, 1, -1, 1], dtype=np.int32), np.array([0, 1, 1, 2], dtype=np.int64)])
def test_households_are_codes_from_zero_on_where_there_are_any(codes):
    check_persons(persons(household=np.array([0, 1, 1, 2], dtype=np.int32)), "x")
    with pytest.raises(UserError, match="household"):
        check_persons(persons(household=codes), "x")


def test_a_value_without_its_reason_is_a_fault():
    with pytest.raises(AssertionError, match="sex"):
        check_persons(persons(sex=levels(np.zeros(4), ("male", "female"))), "x")
