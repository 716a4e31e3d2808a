"""Official flags, person by person: the office's own rule over the file's columns against the flag that the office put there.

What is found: `sector1`, `Sector2`, `Infempl` and `secemp` are reproduced for every person of the QLFS of 2012 and 2017 and of the
ENEMDU of 2021. In the other waves every disagreement is of one of the kinds that `KINDS` names and counts; the rule is not bent to
them. The greatest of them is a change of the office's rule: to 2011, `Infempl` holds every employee of a private household and every
unpaid family worker for informal.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from informality.survey.quality import official_flags

pytestmark = pytest.mark.real

EXACT = {"zaf_qlfs_2012q2": 20_657, "zaf_qlfs_2017q3": 18_437, "ecu_enemdu_2021q1": 40_337}
# Disagreements by flag and kind; a flag that is not named has none.
#   older_rule        informal in the flag as an employee of a private household or as an unpaid family worker, formal or other by the rule
#   size_unspecified  size coded 99 (unspecified): small in the flag; the rule counts only known sizes and "don't know" (8) as small
#   edited            flag and answers contradict each other under either rule: answers edited after the flag was derived
KINDS = {
    "zaf_qlfs_2008q3": {},
    "zaf_qlfs_2009q3": {"infempl": {"older_rule": 596}},
    "zaf_qlfs_2010q3": {"sector1": {"edited": 17}, "sector2": {"edited": 17}, "infempl": {"older_rule": 475, "edited": 26}},
    "zaf_qlfs_2011q3": {"infempl": {"older_rule": 469}},
    "zaf_qlfs_2013q3": {
        "sector1": {"size_unspecified": 1},
        "sector2": {"size_unspecified": 1},
        "infempl": {"size_unspecified": 1},
    },
    "zaf_qlfs_2014q3": {
        "sector1": {"size_unspecified": 3},
        "sector2": {"size_unspecified": 3},
        "infempl": {"older_rule": 1, "edited": 1},
    },
    "zaf_qlfs_2016q3": {"sector1": {"size_unspecified": 1}, "sector2": {"size_unspecified": 1}},
}  # fmt: skip


@pytest.mark.parametrize("survey", EXACT)
def test_every_flag_of_every_person(real, survey: str) -> None:
    table = official_flags(real.persons(survey), real.described[survey])
    whole = table[table["outcome"] == "all"]
    expected = ["secemp"] if survey.startswith("ecu") else ["sector1", "Sector2", "Infempl"]
    assert whole["flag"].tolist() == expected
    assert (whole["rows"] == EXACT[survey]).all()
    assert (table["disagreements"] == 0).all()


def kinds(persons: pd.DataFrame, table: str) -> pd.Series:
    """The kind of each disagreement between rule and flag."""
    rule, flag = persons[f"national__{table}"].astype(object), persons[f"flag__{table}"].astype(object)
    differ = persons[persons[f"national__{table}"].notna() & (rule != flag)]
    flagged = differ[f"flag__{table}"] == "2"
    household_employee = (differ["status"] == "employee") & (differ["industry_national"] == "households")
    older_rule = flagged & (household_employee | (differ["status"] == "family_worker"))
    unspecified = flagged & (differ["size_why"] == "not_stated") & (differ["status"] == "employee")
    return pd.Series(
        np.select([older_rule & (table == "infempl"), unspecified], ["older_rule", "size_unspecified"], "edited"),
        index=differ.index,
    )


@pytest.mark.parametrize("survey", KINDS)
def test_disagreements_of_the_other_waves_are_counted_by_kind(real, survey: str) -> None:
    persons = real.persons(survey)
    for table in ("sector1", "sector2", "infempl"):
        if f"flag__{table}" not in persons:
            assert (survey, table) == ("zaf_qlfs_2008q3", "infempl")
            continue
        assert kinds(persons, table).value_counts().to_dict() == KINDS[survey].get(table, {})


def older_infempl(persons: pd.DataFrame) -> pd.Series:
    """`Infempl` = 2 by the rule that the flags to 2011 follow."""
    household_employee = (persons["status"] == "employee") & (persons["industry_national"] == "households")
    return (persons["national__infempl"] == "2") | household_employee | (persons["status"] == "family_worker")


@pytest.mark.parametrize("survey", ["zaf_qlfs_2009q3", "zaf_qlfs_2011q3"])
def test_the_older_rule_makes_the_flag_of_2009_and_2011_for_every_person(real, survey: str) -> None:
    persons = real.persons(survey)
    employed = persons["employed__national"]
    assert (older_infempl(persons)[employed] == (persons["flag__infempl"] == "2")[employed]).all()


def test_two_thirds_of_the_fall_of_infempl_in_2012_are_the_change_of_rule(real) -> None:
    def rate(survey: str, informal: pd.Series) -> float:
        persons = real.persons(survey)
        base = persons["employed__national"] & persons["national_base"]
        return 100 * float(np.average(informal[base], weights=persons.loc[base, "weight"]))

    before, after = real.persons("zaf_qlfs_2011q3"), real.persons("zaf_qlfs_2012q2")
    flag = [
        rate("zaf_qlfs_2011q3", before["flag__infempl"] == "2"),
        rate("zaf_qlfs_2012q2", after["flag__infempl"] == "2"),
    ]
    newer = [rate("zaf_qlfs_2011q3", before["national__infempl"] == "2"), flag[1]]
    older = [flag[0], rate("zaf_qlfs_2012q2", older_infempl(after))]
    assert np.round(flag, 2).tolist() == [31.45, 28.32]
    assert round(flag[0] - newer[0], 2) == 2.09
    # On either rule alone the rate falls by one point.
    assert round(newer[0] - newer[1], 2) == 1.04
    assert round(older[0] - older[1], 2) == pytest.approx(1.0, abs=0.1)
    assert any("Infempl" in text for text in real.described["zaf_qlfs_2011q3"].breaks)
    assert not any("Infempl" in text for text in real.described["zaf_qlfs_2012q2"].breaks)
