"""Every published and every reference figure of `workflow/benchmarks` for the surveys whose file is there."""

from __future__ import annotations

import pytest
from support import SHARED, WORKFLOW

from informality.govern.benchmarks import compare, load_benchmarks
from informality.survey.locate import find_file

pytestmark = pytest.mark.real

FILES = sorted((WORKFLOW / "benchmarks").glob("*.csv"))
# Figures of other weights than those of the file (see the README of each file): compared by nobody.
NOT_COMPARABLE = {
    "zaf_qlfs_2012q2": ["working_age_old", "employed_old", "unemployed_old", "unemployment_rate_old", "informal_sector_share_old"],
    "ecu_enemdu_2021q1": ["informal_sector_later"],
}  # fmt: skip


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_every_figure_to_the_printed_digit(real, file) -> None:
    survey = file.stem
    described = real.described[survey]
    if described.file_name is None or find_file(SHARED / "data", described.file_name) is None:
        pytest.skip(f"the file of {survey} is not in ../shared/data")
    result = compare(load_benchmarks(file), real.hub(survey)).set_index("id")
    verdicts = result["verdict"]
    assert sorted(verdicts.index[verdicts == "not_comparable"]) == sorted(NOT_COMPARABLE.get(survey, []))
    rest = result[verdicts != "not_comparable"]
    assert (rest["verdict"] == "match").all(), rest[rest["verdict"] != "match"][
        ["published", "computed", "likely_cause"]
    ]
    assert rest["se"].gt(0).sum() >= len(rest) - 2
    # What is not comparable says why.
    assert (result.loc[NOT_COMPARABLE.get(survey, []), "likely_cause"] != "").all()


def test_old_weights_move_counts_but_hardly_shares(real) -> None:
    """QLFS 2012: re-benchmarked to the census of 2011; the share of the informal sector is 15.5 % before and 15.4 % after."""
    result = compare(load_benchmarks(WORKFLOW / "benchmarks" / "zaf_qlfs_2012q2.csv"), real.hub("zaf_qlfs_2012q2"))
    row = result.set_index("id").loc[["employed_old", "informal_sector_share_old"]]
    assert row.loc["employed_old", "difference"] > 800
    assert abs(row.loc["informal_sector_share_old", "difference"]) < 0.15
