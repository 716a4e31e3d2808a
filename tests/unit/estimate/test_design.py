from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from informality.errors import UserError
from informality.estimate.design import Design


def frame(**columns: list) -> pd.DataFrame:
    base = {"stratum": ["a", "a", "b", "b", "c"], "psu": [1, 2, 1, 2, 1], "weight": [1.0, 2.0, 3.0, 0.0, 5.0]}
    return pd.DataFrame(base | columns)


def test_psu_codes_that_start_again_in_each_stratum_are_told_apart() -> None:
    design = Design.from_frame(frame())
    assert (design.n_strata, design.n_psu, design.lonely_strata) == (3, 5, 1)
    assert list(design.stratum_psus) == [2, 2, 1]
    assert len(set(design.psu)) == 5


def test_a_psu_with_zero_weights_only_counts_in_the_stratum_but_not_in_df() -> None:
    design = Design.from_frame(frame())
    assert design.stratum_psus[1] == 2
    assert design.df == 4 - 3


def test_without_strata_or_psus() -> None:
    assert Design.from_frame(frame(), stratum=None).n_strata == 1
    design = Design.from_frame(frame(), psu=None)
    assert design.n_psu == 5
    assert design.df == 4 - 3


def test_codes_do_not_depend_on_the_order_of_the_rows() -> None:
    data = frame()
    order = [3, 1, 4, 0, 2]
    assert (Design.from_frame(data).psu[order] == Design.from_frame(data.iloc[order]).psu).all()


def test_a_certainty_stratum_is_never_lonely() -> None:
    design = Design.from_frame(frame(population=[4, 4, 2, 2, 1]), fpc="population")
    assert design.lonely_strata == 0
    assert np.allclose(design.stratum_left_out, [0.5, 0, 0])


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"weight": [1.0, np.nan, 3.0, None, 5.0]}, "missing or infinite in 2 rows"),
        ({"weight": [1.0, -2.0, 3.0, 4.0, 5.0]}, "negative in 1 rows"),
        ({"weight": ["x"] * 5}, "not numeric"),
        ({"stratum": ["a", None, "b", "b", "c"]}, "'stratum' is missing in 1 rows"),
        ({"psu": [1, np.nan, np.nan, 2, 1]}, "'psu' is missing in 2 rows"),
    ],
)
def test_bad_columns(columns: dict, message: str) -> None:
    with pytest.raises(UserError, match=message):
        Design.from_frame(frame(**columns))


@pytest.mark.parametrize(
    ("population", "message"),
    [
        ([4, 5, 2, 2, 1], "differs within a stratum"),
        ([1, 1, 2, 2, 1], "1 strata hold more PSUs"),
        ([np.nan, 4, 2, 2, 1], "missing in 1 rows"),
    ],
)
def test_bad_finite_populations(population: list, message: str) -> None:
    with pytest.raises(UserError, match=message):
        Design.from_frame(frame(population=population), fpc="population")


def test_absent_column_names_the_nearest() -> None:
    with pytest.raises(UserError, match="did you mean 'weight'"):
        Design.from_frame(frame(), weight="wieght")


def test_rules_for_lonely_psus() -> None:
    with pytest.raises(UserError, match="1 strata hold a single PSU"):
        Design.from_frame(frame(), lonely="fail")
    with pytest.raises(UserError, match="did you mean 'adjust'"):
        Design.from_frame(frame(), lonely="ajust")
    assert Design.from_frame(frame().iloc[:4], lonely="fail").n_strata == 2


def test_arrays_are_checked() -> None:
    codes = np.array([0, 0, 1])
    with pytest.raises(UserError, match="two strata"):
        Design(stratum=codes, psu=np.array([0, 1, 1]), weight=np.ones(3))
    with pytest.raises(UserError, match="rows"):
        Design(stratum=codes, psu=codes, weight=np.ones(2))
    with pytest.raises(UserError, match="codes"):
        Design(stratum=codes, psu=np.array(["a", "b", "c"]), weight=np.ones(3))
    # Codes without a row, as after a selection of rows, are no PSUs.
    assert Design(stratum=codes, psu=np.array([0, 2, 7]), weight=np.ones(3)).n_psu == 3
