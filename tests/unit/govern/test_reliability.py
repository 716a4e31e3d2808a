from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from informality.errors import UserError
from informality.govern.flags import FLAGS, REASONS, REVIEWS
from informality.govern.reliability import by_definition, effective_size, flags, ilo_flags
from informality.settings import Thresholds
from informality.vocabulary import ESTIMATE_STATES

LIMITS = Thresholds()


def rows(n: object, estimate: object = 0.5, state: object = "estimated", **keys: object) -> pd.DataFrame:
    """Rows of a simple random sample unless said otherwise."""
    columns = {
        "n": n,
        "n_event": np.nan,
        "estimate": estimate,
        "state": state,
        "variant": "icls17",
        "indicator": "informal",
        "category": "",
    }
    columns |= {
        "statistic": "share",
        "status": "_T",
        "df": 500.0,
        "df1": np.nan,
        "cv": 0.1,
        "w_no_answer": 0.0,
        "w_not_computable": 0.0,
    } | keys
    size = max((len(v) for v in columns.values() if isinstance(v, list)), default=1)
    frame = pd.DataFrame({k: v if isinstance(v, list) else [v] * size for k, v in columns.items()})
    if "se" not in frame:
        p = frame["estimate"].astype(float).clip(0, 1)
        frame["se"] = np.sqrt(p * (1 - p) / frame["n"].astype(float).clip(lower=1))
    return frame


def one(frame: pd.DataFrame) -> list[str]:
    return flags(frame, LIMITS).iloc[0].tolist()


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
    assert one(rows(n, 0.6))[:2] == [flag, reason]


@pytest.mark.parametrize(("counted", "flag"), [(9, "x"), (29, "x"), (30, "u"), (50, ""), (0, "")])
def test_behind_a_total_stand_the_persons_it_counts(counted: int, flag: str) -> None:
    estimate = 0.0 if counted == 0 else 1e4
    assert one(rows(400, estimate, statistic="total", n_event=counted))[0] == flag
    assert one(rows(400, 0.5, statistic="share", n_event=counted))[0] == ""


def test_the_effective_number_counts_where_the_design_is_worse_than_a_simple_sample() -> None:
    """A design effect of 5 leaves 20 of 100 persons."""
    frame = rows(100, se=[np.sqrt(5 * 0.25 / 100)])
    assert effective_size(frame)[0] == pytest.approx(20)
    assert one(frame)[:2] == ["x", "few_effective"]
    assert effective_size(rows(100, se=[0.001]))[0] == 100, "never more than n"


@pytest.mark.parametrize(
    ("n", "share", "flag"),
    [
        (5000, 0.004, ""),  # 0.4 %: narrower than five points, whatever the share
        (60, 0.04, "u"),  # far wider than 1.3 times the share
        (60, 0.5, ""),
        (51, 0.5, ""),
        (400, 0.05, ""),
    ],
)
def test_width_rules_for_shares(n: int, share: float, flag: str) -> None:
    assert one(rows(n, share))[0] == flag


def test_an_interval_of_thirty_points_is_unreliable() -> None:
    frame = rows(400, se=[np.sqrt(0.25 / 35)])
    assert one(frame)[:2] == ["u", "wide_interval"]


def test_the_width_is_that_of_korn_and_graubard() -> None:
    """Clopper-Pearson on the effective size: statsmodels has it for whole counts of a simple random sample."""
    from statsmodels.stats.proportion import proportion_confint

    from informality.govern.reliability import _width

    for hits in (0, 3, 30, 60):
        low, high = proportion_confint(hits, 60, method="beta")
        frame = rows(60, hits / 60, df=59.0)
        assert _width(frame, effective_size(frame))[0] == pytest.approx(high - low, rel=1e-6)


def test_a_complement_too_small_for_its_interval_is_for_review() -> None:
    assert one(rows(60, 0.96)) == ["", "", "complement_unreliable"]


def test_totals_with_a_large_error() -> None:
    assert one(rows(400, 1e4, statistic="total", n_event=100, cv=0.31))[:2] == ["u", "large_error"]
    assert one(rows(400, 1e4, statistic="total", n_event=100, cv=0.29))[:2] == ["", ""]
    assert one(rows(400, 0.5, cv=0.31))[:2] == ["", ""], "shares have the rule of widths"


def test_few_degrees_of_freedom() -> None:
    assert one(rows(1000, 0.5, df=7.0)) == ["u", "few_degrees", "few_degrees"]
    assert one(rows(1000, 0.5, df=8.0)) == ["", "", ""]


@pytest.mark.parametrize(
    ("missing", "found"),
    [(0.1, ["", "", ""]), (0.11, ["", "", "some_missing"]), (0.31, ["u", "non_response", "some_missing"])],
)
def test_unknown_values(missing: float, found: list[str]) -> None:
    assert one(rows(1000, 0.5, w_no_answer=missing)) == found


@pytest.mark.parametrize(("state", "flag"), [("not_asked", ":"), ("not_computable", ":"), ("not_estimable", "x")])
def test_states_are_kept_apart(state: str, flag: str) -> None:
    assert one(rows(400, np.nan, state)) == [flag, state, ""]


def test_a_true_zero_is_a_number() -> None:
    assert one(rows(400, 0.0)) == ["", "", ""]


def test_estimated_but_empty_is_not_shown_as_a_value() -> None:
    assert one(rows(400, np.nan))[:2] == ["x", "not_estimable"]


def test_what_a_law_says_of_everybody_or_nobody_holds_by_definition() -> None:
    keys = {
        "variant": "",
        "indicator": ["legal_coverage", "legal_coverage", "compliance_rate"],
        "category": "mandatory",
    }
    frame = rows([200, 200, 200], [1.0, 0.6, 1.0], **keys)
    assert by_definition(frame).tolist() == [True, False, False]


def test_family_workers_of_the_17th_hold_by_definition() -> None:
    frame = rows(
        400, [1.0, 0.9, 1.0, 1.0], variant=["icls17", "icls17", "icls21", "icls17_strict"], status="family_worker"
    )
    assert by_definition(frame).tolist() == [True, False, False, True]
    assert flags(frame, LIMITS)["flag_reason"].tolist() == ["by_definition", "", "", "by_definition"]


def test_an_unknown_state_is_named() -> None:
    with pytest.raises(UserError, match="did you mean 'not_asked'"):
        flags(rows(400, state="not_askd"), LIMITS)


def test_flags_of_ilo_stand_apart_and_tell_nothing_of_hidden_counts() -> None:
    # Readers see fewer than thirty as one class: the flag does not part it.
    frame = rows([4, 5, 14, 29, 3, 12, 400])
    hidden = np.array([False] * 4 + [True] * 3)
    assert ilo_flags(frame, LIMITS, hidden).tolist() == ["S", "U", "U", "U", "S", "S", "S"]


cases = st.tuples(st.integers(0, 100), st.sampled_from(ESTIMATE_STATES), st.sampled_from([0.0, 0.4, 1.0, np.nan]))


@settings(deadline=None)
@given(st.lists(cases, min_size=1), st.integers(1, 60), st.integers(0, 60))
def test_nothing_below_the_limit_is_shown(many: list[tuple[int, str, float]], hide: int, more: int) -> None:
    frame = rows(*(list(values) for values in (zip(*[(n, e, s) for n, s, e in many], strict=True))))
    found = flags(frame, Thresholds(hide_below=hide, flag_below=hide + more))
    assert set(found["flag"]) <= set(FLAGS)
    assert set(found["flag_reason"]) <= set(REASONS)
    assert {word for words in found["review"] for word in words.split()} <= set(REVIEWS)
    shown = found["flag"].isin(["", "u"])
    assert (frame.loc[shown, "n"] >= hide).all()
    assert frame.loc[shown, "estimate"].notna().all()
    assert ((found["flag"] == ":") == frame["state"].isin(["not_asked", "not_computable"])).all()


def test_a_test_has_the_degrees_of_freedom_of_the_design() -> None:
    """The F test on five contrasts and seven degrees of freedom of the design has thirty-five below the line."""
    few = rows(400, statistic="test", df=35.0, df1=5.0)
    assert one(few) == ["u", "few_degrees", "few_degrees"]
    assert one(rows(400, statistic="test", df=40.0, df1=5.0)) == ["", "", ""]
    assert one(rows(29, statistic="test", df=400.0, df1=5.0))[0] == "x"
