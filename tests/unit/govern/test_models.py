"""What is released of models: planted small levels, degrees of freedom, counts that could be worked out, reliability."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.govern.small_models import TERMS, SmallModels

from informality.errors import UserError
from informality.govern.flags import CONFIDENTIAL, FLAGS, HIDDEN, NORMAL, NOT_AVAILABLE, REASONS, UNRELIABLE, citable
from informality.govern.models import COUNTS, HIDDEN_VALUES, PUBLISHED_MODEL_COLUMNS, release_models
from informality.settings import Thresholds
from informality.vocabulary import CONSTANT, MODEL_KEYS, TOTAL


def released(made: SmallModels, **limits: float) -> pd.DataFrame:
    return release_models(*made.frames(), Thresholds(**limits))


def with_level(term: str, level: str, pair: tuple[int, int]) -> dict[str, dict[str, tuple[int, int]]]:
    """The terms with other counts of a level; another level of the term makes up for them."""
    terms = {name: dict(levels) for name, levels in TERMS.items()}
    other = next(name for name in terms[term] if name != level)
    before, spare = terms[term][level], terms[term][other]
    terms[term][level] = pair
    terms[term][other] = (spare[0] + before[0] - pair[0], spare[1] + before[1] - pair[1])
    return terms


def at(rows: pd.DataFrame, **keys: str) -> pd.DataFrame:
    return rows[np.logical_and.reduce([rows[name] == value for name, value in keys.items()])]


def test_rows_and_order_stay_and_large_models_are_shown() -> None:
    models, cells = SmallModels().logit().decomposition().frames()
    rows = release_models(models, cells, Thresholds())
    assert tuple(rows) == PUBLISHED_MODEL_COLUMNS
    pd.testing.assert_frame_equal(rows[list(MODEL_KEYS)], models[list(MODEL_KEYS)])
    assert set(rows["flag"]) == {NORMAL}
    results = models["part"] != "fit"
    shown, exact = (frame.loc[results, list(HIDDEN_VALUES)].astype(float) for frame in (rows, models))
    assert np.allclose(shown["estimate"], exact["estimate"], rtol=0.005, equal_nan=True)
    assert not (shown["ci_low"] > exact["ci_low"] + 1e-12).any()
    assert not (shown["ci_high"] < exact["ci_high"] - 1e-12).any()
    assert all(citable(row) for row in rows[results].to_dict("records"))


@pytest.mark.parametrize("pair", [(9, 300), (300, 9), (3, 4)])
def test_a_level_with_few_persons_on_a_side_has_no_coefficient_and_no_count(pair: tuple[int, int]) -> None:
    rows = released(SmallModels().logit(terms=with_level("education", "advanced", pair)))
    level = at(rows, term="education", level="advanced")
    assert len(level) == 4
    assert set(level["flag"]) == {CONFIDENTIAL}
    assert level[[*HIDDEN_VALUES, *COUNTS]].isna().all(axis=None)
    others = at(rows, term="education", level="basic")
    assert set(others["flag"]) == {NORMAL}
    assert others[["n_level", "estimate"]].notna().all(axis=None)
    assert at(rows, part="wald", term="education")["estimate"].notna().all()


def test_a_level_of_few_sampling_units_is_confidential() -> None:
    models, cells = SmallModels().logit().frames()
    cells.loc[(cells["level"] == "advanced") & (cells["side"] == "yes"), "n_psu"] = 2
    rows = release_models(models, cells, Thresholds())
    assert set(at(rows, level="advanced")["flag"]) == {CONFIDENTIAL}


def test_the_test_of_a_single_hidden_coefficient_is_hidden() -> None:
    rows = released(SmallModels().logit(terms=with_level("sex", "female", (9, 900))))
    assert at(rows, part="wald", term="sex")["flag"].tolist() == [CONFIDENTIAL]
    assert at(rows, part="wald", term="education")["flag"].tolist() == [NORMAL]


def test_nothing_is_compared_with_a_confidential_reference() -> None:
    rows = released(SmallModels().logit(terms=with_level("education", "intermediate", (900, 9))))
    term = at(rows, term="education")
    assert set(term["flag"]) == {CONFIDENTIAL}
    assert at(rows, term=CONSTANT)["flag"].tolist() == [CONFIDENTIAL]
    assert set(at(rows, term="sex")["flag"]) == {NORMAL}


def test_an_effect_of_a_variable_that_stands_in_products_alone() -> None:
    crossed = {
        "male:urban": (500, 600), "male:rural": (500, 600), "female:urban": (791, 700), "female:rural": (9, 300),
    }  # fmt: skip
    made = SmallModels().logit(terms={"sex:area": crossed})
    made._row("informal_employees", "ame", "effect", "sex", "female", n=4000, df=400, keys={}, reference="male")
    made._row("informal_employees", "ame", "effect", "area", "rural", n=4000, df=400, keys={}, reference="urban")
    rows = released(made)
    assert at(rows, term="sex:area", level="female:rural")["flag"].eq(CONFIDENTIAL).all()
    assert at(rows, term="sex:area", level="male:rural")["flag"].eq(NORMAL).all()
    assert at(rows, part="ame", term="sex")["flag"].tolist() == [CONFIDENTIAL]


def test_a_model_that_nearly_repeats_its_data_is_not_shown() -> None:
    made = SmallModels().logit(df=9).count("informal_employees", "left_out", "industry", 100, "T")
    rows = released(made.logit("other", df=10))
    mine = at(rows, model="informal_employees")
    assert set(mine["flag"]) == {CONFIDENTIAL, NOT_AVAILABLE}
    assert set(mine["flag_reason"]) == {"few_residual", "not_estimated"}
    assert mine[[*HIDDEN_VALUES, *COUNTS]].isna().all(axis=None)
    assert NORMAL in set(at(rows, model="other")["flag"])
    assert set(at(released(SmallModels().logit(df=9), model_least_df=5), part="ame")["flag"]) == {NORMAL}


@pytest.mark.parametrize(
    ("pair", "flag", "reason"),
    [
        ((29, 300), HIDDEN, "too_few_persons"),
        ((30, 300), UNRELIABLE, "few_persons"),
        ((300, 49), UNRELIABLE, "few_persons"),
        ((50, 50), NORMAL, ""),
    ],
)
def test_reliability_is_that_of_the_smaller_side(pair: tuple[int, int], flag: str, reason: str) -> None:
    rows = released(SmallModels().logit(terms=with_level("education", "advanced", pair)))
    level = at(rows, term="education", level="advanced")
    assert set(level["flag"]) == {flag}
    assert set(level["flag_reason"]) == {reason}
    assert level["estimate"].isna().all() == (flag == HIDDEN)
    assert (level["n_level"] % 10 == 0).all()
    assert not any(citable(row) for row in level.to_dict("records")) or flag == NORMAL


def test_a_comparison_is_as_weak_as_its_reference() -> None:
    rows = released(SmallModels().logit(terms=with_level("education", "intermediate", (900, 40))))
    assert set(at(rows, part="coefficient", term="education")["flag"]) == {UNRELIABLE}


def test_few_degrees_of_freedom_and_a_large_error() -> None:
    rows = released(SmallModels().logit(df=11), least_df=12)
    assert set(at(rows, part="ame")["flag_reason"]) == {"few_degrees"}
    models, cells = SmallModels().logit().frames()
    models["se"] = models["se"] * 1000
    rows = release_models(models, cells, Thresholds())
    assert set(rows["flag"]) == {NORMAL}


def test_what_was_not_fitted_keeps_its_reason() -> None:
    made = SmallModels().logit().absent("covered_given_mandatory", "not_asked: covered, legal")
    rows = released(made.absent("other", "separated: education", "not_estimated"))
    for name, state in (("covered_given_mandatory", "not_computable"), ("other", "not_estimated")):
        row = at(rows, model=name).iloc[0]
        assert (row["flag"], row["flag_reason"], row["state"]) == (NOT_AVAILABLE, state, state)
        assert row["reason"]
    assert np.isnan(at(rows, model="covered_given_mandatory").iloc[0]["n"])


def test_counts_are_rounded_and_small_ones_hidden() -> None:
    made = SmallModels().logit()
    for term, n in (("family_workers", 5827), ("employees", 9), ("other_statuses", 0), ("informal_by_definition", 10)):
        made.count("informal_employees", "excluded", term, n)
    made.count("informal_employees", "left_out", "industry", 5, "U").count(
        "informal_employees", "left_out", "industry", 120, "T"
    )
    made.count("informal_employees", "unknown", "education", 9)
    rows = at(released(made), part="fit").set_index(["statistic", "term", "level"])
    n = rows["n"].to_dict()
    assert n["excluded", "family_workers", TOTAL] == 5830
    assert n["excluded", "other_statuses", TOTAL] == 0
    assert np.isnan(n["excluded", "informal_by_definition", TOTAL]), "below thirty no count stands beside others"
    assert n["left_out", "industry", "T"] == 120
    hidden = [("excluded", "employees", TOTAL), ("left_out", "industry", "U"), ("unknown", "education", TOTAL)]
    assert rows.loc[hidden, ["estimate", *COUNTS]].isna().all(axis=None)
    assert rows.loc[hidden, "flag"].tolist() == [CONFIDENTIAL, NOT_AVAILABLE, CONFIDENTIAL]
    # Neither the exact count of the model nor a weighted total of a group.
    assert rows.loc[("n", TOTAL, TOTAL), ["estimate", "n"]].tolist() == [4000, 4000]
    assert rows.loc[rows.index.get_level_values("statistic") != "n", "estimate"].isna().all()


def test_a_column_or_state_that_is_not_there() -> None:
    models, cells = SmallModels().logit().frames()
    with pytest.raises(UserError, match="'n_psu' is lacking"):
        release_models(models, cells.drop(columns="n_psu"), Thresholds())
    with pytest.raises(UserError, match="did you mean 'estimated'"):
        release_models(models.assign(state="estimatd"), cells, Thresholds())


def test_no_models_at_all() -> None:
    rows = released(SmallModels())
    assert tuple(rows) == PUBLISHED_MODEL_COLUMNS
    assert rows.empty


counts = st.integers(0, 400)
levels = st.lists(st.tuples(counts, counts), min_size=2, max_size=5)


@settings(deadline=None, max_examples=30)
@given(levels, st.sampled_from([5, 12, 400]), st.booleans())
def test_nothing_hidden_has_a_value(pairs: list[tuple[int, int]], df: float, splits: bool) -> None:
    terms = {"education": {f"l{i}": pair for i, pair in enumerate(pairs)}}
    made = SmallModels().decomposition(terms=terms, df=df) if splits else SmallModels().logit(terms=terms, df=df)
    rows = released(made)
    assert set(rows["flag"]) <= set(FLAGS)
    assert set(rows["flag_reason"]) <= set(REASONS)
    hidden = rows["flag"].isin([HIDDEN, CONFIDENTIAL, NOT_AVAILABLE])
    assert rows.loc[hidden, list(HIDDEN_VALUES)].isna().all(axis=None)
    assert rows.loc[rows["flag"] == CONFIDENTIAL, list(COUNTS)].isna().all(axis=None)
    # No count is exact, or of fewer than thirty persons.
    shown = rows[["n", "n_level", "n_reference"]].to_numpy()
    shown = shown[np.isfinite(shown)]
    assert (shown % 10 == 0).all()
    assert ((shown == 0) | (shown >= 30)).all()
    for level, pair in terms["education"].items():
        told = at(rows, term="education", level=level)["n_level"]
        if sum(pair) > 0 and min(pair) < 10:
            assert told.isna().all()
            own = at(rows, term="education", level=level)
            assert own[own["part"] != "fit"]["estimate"].isna().all()
