"""Differences between waves at the wall: they go with their sides; Holm's adjustment over what is shown."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import strategies as st
from unit.govern.small_hub import PUBLICATION, SmallHub

from informality.errors import UserError
from informality.govern.release import release
from informality.govern.trends import PUBLISHED_TREND_COLUMNS, release_trends, waves_of
from informality.settings import Thresholds
from informality.vocabulary import DIMENSIONS, HUB_KEYS, PUBLISHED_VALUES, TOTAL, TREND_COLUMNS

LIMITS = Thresholds.model_validate({})
P = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def wave(name: str, men: int, women: int, event: float = 0.4) -> pd.DataFrame:
    hub = SmallHub()
    for key, n in (((), men + women), ((("sex", "male"),), men), ((("sex", "female"),), women)):
        hub.add(key, n, round(n * event))
    frame = hub.frame().assign(survey=f"s_{name}", wave=name)
    return release(frame, LIMITS, PUBLICATION)


def difference(plus: pd.DataFrame, minus: pd.DataFrame, **changes: object) -> pd.DataFrame:
    """The differences of all shares of two waves, as the estimate room writes them, with an error of a point."""
    keys = [key for key in HUB_KEYS if key not in ("survey", "wave", "statistic")]
    raw = [frame[frame["statistic"] == "share"].set_index(keys) for frame in (plus, minus)]
    rows = raw[0][[]].reset_index()
    p, q = (frame["estimate"].to_numpy(float) for frame in raw)
    n = np.fmin(*(frame["n"].fillna(5).to_numpy(float) for frame in raw))
    rows = rows.assign(
        survey="s", wave="2-1", statistic="difference", measure="share", state="estimated", ci_method="t"
    )
    rows = rows.assign(estimate=np.nan_to_num(p - q), se=0.01, p_value=0.02, df=300.0, n=n, w_no_answer=0.0)
    rows = rows.assign(
        plus=plus["wave"].iloc[0], minus=minus["wave"].iloc[0], comparison="consecutive", why="", breaks=""
    )
    return rows.reindex(columns=list(TREND_COLUMNS)).assign(**changes)


def released(plus: pd.DataFrame, minus: pd.DataFrame, **changes: object) -> pd.DataFrame:
    table = difference(plus, minus, **changes)
    return release_trends(table, waves_of(table, [minus, plus]), LIMITS).set_index("sex")


def test_what_both_waves_show_is_compared() -> None:
    rows = released(wave("2", 4000, 3000, 0.5), wave("1", 4000, 3000, 0.4))
    assert list(rows.reset_index()[list(PUBLISHED_TREND_COLUMNS)].columns) == list(PUBLISHED_TREND_COLUMNS)
    assert (rows["flag"] == "").all()
    assert rows["estimate"].tolist() == pytest.approx([0.1] * 3)
    assert rows.loc["_T", "p_holm"] == 0.02, "the total is a family of its own"
    assert rows.loc[["male", "female"], ["p_value", "p_holm", "df"]].isna().all(axis=None), (
        "of domains only the verdict"
    )
    assert set(rows["verdict"]) == {"higher"}


def test_differences_are_rounded_from_what_they_are() -> None:
    """Of 70 women whole points, of 4,000 men tenths; limits go outward."""
    plus, minus = wave("2", 4000, 70, 0.5), wave("1", 4000, 3000, 0.4)
    rows = released(plus, minus, estimate=0.0951, ci_low=0.0752, ci_high=0.1149)
    assert rows.loc["male", ["estimate", "ci_low", "ci_high", "decimals"]].tolist() == [0.095, 0.075, 0.115, 1]
    assert rows.loc["female", ["estimate", "ci_low", "ci_high", "decimals"]].tolist() == [0.10, 0.07, 0.12, 0]


@pytest.mark.parametrize("few", ["plus", "minus"])
def test_a_side_that_is_not_shown_takes_the_difference_with_it(few: str) -> None:
    sides = {"plus": wave("2", 4000, 3000), "minus": wave("1", 4000, 3000)}
    sides[few] = wave({"plus": "2", "minus": "1"}[few], 4000, 5)
    hidden = sides[few][(sides[few]["sex"] == "female") & (sides[few]["statistic"] == "share")]
    assert hidden["flag"].item() == ":c"
    rows = released(**sides)
    assert (rows.loc["female", ["flag", "flag_reason"]] == [":c", "confidential"]).all()
    assert rows.loc["female", ["estimate", "se", "p_value", "p_holm", "n", "df"]].isna().all()
    assert (rows.loc[["_T", "male"], "flag"] == "").all(), "nothing else is hidden for it"


def test_a_side_that_stands_nowhere_is_not_shown() -> None:
    plus, minus = wave("2", 4000, 3000), wave("1", 4000, 3000)
    table = difference(plus, minus)
    rows = release_trends(table, waves_of(table, [minus[minus["sex"] != "male"], plus]), LIMITS).set_index("sex")
    assert rows.loc["male", "flag"] == ":c"
    assert rows.loc["female", "flag"] == ""


def test_an_unreliable_side_makes_an_unreliable_difference() -> None:
    rows = released(wave("2", 4000, 40), wave("1", 4000, 3000))
    assert rows.loc["female", "flag"] == "u"
    assert np.isfinite(rows.loc["female", "estimate"])


def test_a_comparison_that_was_refused_says_why_and_enters_no_adjustment() -> None:
    plus, minus = wave("2", 4000, 3000, 0.5), wave("1", 4000, 3000)
    table = difference(plus, minus)
    refused = table["sex"] == "male"
    table.loc[refused, ["state", "why", "breaks"]] = ["not_computable", "break", "old.0"]
    table.loc[refused, ["estimate", "se", "p_value", "df"]] = np.nan
    rows = release_trends(table, waves_of(table, [minus, plus]), LIMITS).set_index("sex")
    assert (rows.loc["male", ["flag", "flag_reason"]] == [":", "break"]).all()
    assert rows.loc["female", "verdict"] == "higher"
    assert rows.loc["_T", "p_holm"] == 0.02


def test_a_difference_that_is_not_that_of_the_published_estimates_is_refused() -> None:
    plus, minus = wave("2", 4000, 3000), wave("1", 4000, 3000)
    with pytest.raises(UserError, match="3 differences between waves are not those of the published estimates"):
        released(plus, minus, estimate=0.2)


def test_without_any_comparison_there_is_an_empty_table() -> None:
    table = difference(wave("2", 4000, 3000), wave("1", 4000, 3000)).head(0)
    waves = waves_of(table, [wave("1", 4000, 3000)])
    assert waves.empty
    assert release_trends(table, waves, LIMITS).empty


def test_only_what_is_followed_is_taken_from_a_wave() -> None:
    plus, minus = wave("2", 4000, 3000), wave("1", 4000, 3000)
    table = difference(plus, minus)
    other = minus.assign(indicator="another")
    total = table[(table[list(DIMENSIONS)] == TOTAL).all(axis=1)]
    found = waves_of(total, [pd.concat([minus, other], ignore_index=True)])
    assert len(found) == 1
    assert set(PUBLISHED_VALUES) <= set(found.columns)
