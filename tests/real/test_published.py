"""What is published of the real surveys: little is hidden, and what is small is."""

from __future__ import annotations

import numpy as np
import pytest
from real.conftest import ALL, LIMITS, RealSurveys

from informality.vocabulary import DIMENSIONS, TOTAL, UNKNOWN

pytestmark = pytest.mark.real

WITHOUT_VALUE = ("x", ":c", ":")


@pytest.mark.parametrize("survey", ALL)
def test_little_employment_is_hidden_in_any_one_way_table(real: RealSurveys, survey: str) -> None:
    """Below 2 per cent of employment, in tables of informality, of cover and of the split (issue of decision 28)."""
    hub, published = real.hub(survey), real.published(survey)
    ways = (hub[list(DIMENSIONS)] != TOTAL).sum(axis=1)
    tables = hub["indicator"].isin(["informal", "coverage", "coverage_gap", "employment_distribution"])
    rows = hub[(ways == 1) & tables & hub["statistic"].isin(["share", "total"]) & (hub["universe"] != "employees")]
    rows = rows[rows["statistic"].eq("share") | rows["indicator"].eq("employment_distribution")]
    rows = rows.assign(flag=published.loc[rows.index, "flag"], reason=published.loc[rows.index, "flag_reason"])
    checked = 0
    for name in DIMENSIONS:
        table = rows[(rows[name] != TOTAL) & (rows[name] != UNKNOWN)]
        for _, one in table.groupby(
            ["variant", "concept", "universe", "indicator", "statistic", "branch", "law", "assumption"]
        ):
            members = one[one["state"] == "joined"]
            other = one[one[name] == "_O"]
            # Sensitive dimensions are shown by the first standard only.
            hidden = one["flag"].isin([":c"]) & ~one["reason"].isin(["joined", "one_standard"])
            lost = one.loc[hidden, "population"].sum()
            # Members are shown where the row that has them together is.
            if len(members) and not len(other[other["flag"] != ":c"]):
                lost += members["population"].sum()
            whole = one.loc[one[name] != "_O", "population"].sum()
            checked += 1
            assert lost <= 0.02 * whole, (name, one[["indicator", name, "n", "flag", "reason"]])
    assert checked > 20


def test_enemdu_shows_what_a_statistics_office_shows(real: RealSurveys) -> None:
    published = real.published("ecu_enemdu_2021q1")
    rows = published[
        (published["indicator"] == "informal")
        & (published["statistic"] == "share")
        & (published["variant"] == "icls17")
    ]
    for name, levels in (("industry", ["C", "P", "F"]), ("size", ["1_4", "5_9", "10_19", "20_49", "50_plus"])):
        others = [d for d in DIMENSIONS if d != name]
        one_way = rows[(rows[others] == TOTAL).all(axis=1)].set_index(name)
        assert set(one_way.loc[levels, "flag"]) == {""}
    gap = published[
        (published["indicator"] == "coverage_gap")
        & (published["statistic"] == "share")
        & (published["assumption"] == "wide")
    ]
    one_way = gap[(gap[[d for d in DIMENSIONS if d != "industry"]] == TOTAL).all(axis=1)].set_index("industry")
    assert one_way.loc[["C", "P"], "flag"].isin(["", "u", "b"]).all()


@pytest.mark.parametrize("survey", ["zaf_qlfs_2017q3", "ecu_enemdu_2021q1"])
def test_what_is_small_is_hidden_and_nothing_is_exact(real: RealSurveys, survey: str) -> None:
    hub, published = real.hub(survey), real.published(survey)
    unknown = hub[list(DIMENSIONS)].isin(LIMITS.unknown_levels).any(axis=1)
    # A second standard that differs by a few persons is printed equal to the first, with its base.
    equal = published["review"].str.contains("few_differ")
    few = hub["n"].between(1, 9) & ~unknown
    assert few.sum() > 50
    assert published.loc[few, "estimate"].isna()[~equal].all()
    assert published.loc[few & (published["variant"] != "icls21"), "flag"].eq(":c").all()
    shown = published["estimate"].notna() & (published["statistic"] == "share")
    points = 100 * published.loc[shown, "estimate"]
    assert (points - points.round(1)).abs().max() < 1e-9
    gap = (points - 100 * hub.loc[shown, "estimate"])[~equal].abs()
    assert gap.max() <= 0.5 + 1e-9
    assert np.isnan(published.loc[published["flag"] == ":c", "estimate"]).all()
