from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from informality.errors import UserError
from informality.govern.reliability import FLAGS, REASONS, by_definition, flags
from informality.settings import Thresholds
from informality.vocabulary import ESTIMATE_STATES

LIMITS = Thresholds(hide_below=30, flag_below=50)


def rows(n: object, estimate: object = 0.5, state: object = "estimated", **keys: object) -> pd.DataFrame:
    columns = {
        "n": n,
        "n_event": np.nan,
        "estimate": estimate,
        "state": state,
        "variant": "icls17",
        "indicator": "informal",
    }
    columns |= {"statistic": "share", "status": "_T"} | keys
    size = max((len(v) for v in columns.values() if isinstance(v, list)), default=1)
    return pd.DataFrame({k: v if isinstance(v, list) else [v] * size for k, v in columns.items()})


@pytest.mark.parametrize(
    ("n", "flag", "reason"),
    [
        (0, "x", "too_few_persons"),
        (29, "x", "too_few_persons"),
        (30, "u", "few_persons"),
        (49, "u", "few_persons"),
        (50, "", ""),
        (np.nan, "x", "too_few_persons"),
    ],
)
def test_limits_by_unweighted_persons(n: float, flag: str, reason: str) -> None:
    assert flags(rows(n), LIMITS).iloc[0].tolist() == [flag, reason]


@pytest.mark.parametrize(("counted", "flag"), [(9, "x"), (29, "x"), (30, "u"), (50, ""), (0, "")])
def test_behind_a_total_stand_the_persons_it_counts(counted: int, flag: str) -> None:
    estimate = 0.0 if counted == 0 else 1e4
    assert flags(rows(400, estimate, statistic="total", n_event=counted), LIMITS)["flag"].iloc[0] == flag
    assert flags(rows(400, 0.5, statistic="share", n_event=counted), LIMITS)["flag"].iloc[0] == ""


@pytest.mark.parametrize(("state", "flag"), [("not_asked", ":"), ("not_computable", ":"), ("not_estimable", "x")])
def test_states_are_kept_apart(state: str, flag: str) -> None:
    assert flags(rows(400, np.nan, state), LIMITS).iloc[0].tolist() == [flag, state]


def test_a_true_zero_is_a_number() -> None:
    assert flags(rows(400, 0.0), LIMITS).iloc[0].tolist() == ["", ""]


def test_estimated_but_empty_is_not_shown_as_a_value() -> None:
    assert flags(rows(400, np.nan), LIMITS).iloc[0].tolist() == ["x", "not_estimable"]


def test_family_workers_of_the_17th_hold_by_definition() -> None:
    frame = rows(
        400, [1.0, 0.9, 1.0, 1.0], variant=["icls17", "icls17", "icls21", "icls17_strict"], status="family_worker"
    )
    assert by_definition(frame).tolist() == [True, False, False, True]
    assert flags(frame, LIMITS)["flag_reason"].tolist() == ["by_definition", "", "", "by_definition"]


def test_an_unknown_state_is_named() -> None:
    with pytest.raises(UserError, match="did you mean 'not_asked'"):
        flags(rows(400, state="not_askd"), LIMITS)


cases = st.tuples(st.integers(0, 100), st.sampled_from(ESTIMATE_STATES), st.sampled_from([0.0, 0.4, 1.0, np.nan]))


@given(st.lists(cases, min_size=1), st.integers(1, 60), st.integers(0, 60))
def test_nothing_below_the_limit_is_shown(many: list[tuple[int, str, float]], hide: int, more: int) -> None:
    frame = rows(*(list(values) for values in (zip(*[(n, e, s) for n, s, e in many], strict=True))))
    found = flags(frame, Thresholds(hide_below=hide, flag_below=hide + more))
    assert set(found["flag"]) <= set(FLAGS)
    assert set(found["flag_reason"]) <= set(REASONS)
    shown = found["flag"].isin(["", "u"])
    assert (frame.loc[shown, "n"] >= hide).all()
    assert frame.loc[shown, "estimate"].notna().all()
    assert ((found["flag"] == ":") == frame["state"].isin(["not_asked", "not_computable"])).all()
