"""What the whole pipeline estimates - description, recodes, national rule, hub - against the figures that lie with the data.

`r_survey_estimates.csv` was computed by R's survey package from the file's own columns, `reference_estimates.csv` by an independent
program and printed to three decimals of a per cent.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from support import SHARED

from informality import vocabulary as v
from informality.survey.description import Survey

pytestmark = pytest.mark.real

ESTIMATE, SE = 1e-9, 1e-8
FOLDERS = {
    "zaf_qlfs_2017q3": "zaf_qlfs_2017",
    "zaf_qlfs_2012q2": "zaf_qlfs_2012",
    "ecu_enemdu_2021q1": "ecu_enemdu_2021",
}
# Names of variables in the two kinds of file, by family, and the dimension of the hub.
DIMENSIONS = {
    "zaf_qlfs": {"sex": "sex", "industry": "industry_national", "province": "region"},
    "ecu_enemdu": {"sex": "sex", "area": "area", "industry": "industry", "domain": "region"},
}
# R's indicators, by family, and those of the description's checks.
INDICATORS = {
    "zaf_qlfs": {
        "informal": "check_informal_flag",
        "sector_informal": "check_informal_sector_flag",
        "no_pension": "check_no_pension",
        "no_uif": "check_no_uif",
        "no_medical": "check_no_medical",
    },
    "ecu_enemdu": {"informal": "check_sector_informal", "no_contribution": "check_no_contribution"},
}
REFERENCES = {
    "informal_employment_official(Infempl==2)": "check_informal_flag",
    "informal_sector_incl_agri_official(Sector2==2)": "check_informal_sector_flag",
    "informal_sector_nonagri_official(sector1==2)": "check_sector1_informal",
    "employees_no_pension(Q46PENSION!=1)": "check_no_pension",
    "employees_no_UIF(Q48UIF!=1)": "check_no_uif",
    "employees_no_medical_aid(Q49MEDICAL!=1)": "check_no_medical",
    "informal_sector_official(secemp==2)": "check_sector_informal",
    "formal_sector_official(secemp==1)": "check_sector_formal",
    "no_social_security_contribution(p61b1 in 5,6)": "check_no_contribution",
    # The complement of an estimate that the hub holds under another name.
    "employees_no_employer_social_security(p44f==2)": "cover",
}


def codes(survey: Survey, dimension: str) -> dict[str, str]:
    """Codes of the file and the levels that the description makes of them: `Indus = 3` → manufacturing."""
    levels = survey.variables[dimension].levels
    found = {match.group(1): level for level, text in levels.items() if (match := re.fullmatch(r"\w+ = (\d+)", text))}
    assert len(found) == len(levels)
    return found


def keyed(survey: Survey, frame: pd.DataFrame, names: list[str], values: list[str]) -> pd.DataFrame:
    """The frame with a column for every dimension of the hub; ``names`` and ``values`` are columns of `a|b` texts."""
    dimensions = DIMENSIONS[survey.family.family]
    tables = {name: codes(survey, dimension) for name, dimension in dimensions.items()}
    rows = []
    for by, domain in zip(names, values, strict=True):
        row = dict.fromkeys(v.DIMENSIONS, v.TOTAL)
        for name, code in zip(by.split("|"), domain.split("|"), strict=True) if by else ():
            row[dimensions[name]] = tables[name][code]
        rows.append(row)
    return frame.join(pd.DataFrame(rows, index=frame.index))


def matched(theirs: pd.DataFrame, hub: pd.DataFrame, statistic: str) -> pd.DataFrame:
    keys = ["hub_indicator", *v.DIMENSIONS]
    ours = hub[hub["statistic"] == statistic].rename(columns={"indicator": "hub_indicator"})
    found = theirs.merge(ours, on=keys, suffixes=("_theirs", ""), validate="m:1")
    assert len(found) == len(theirs), f"{len(theirs) - len(found)} rows are not in the hub"
    return found


def close(ours: pd.Series, theirs: pd.Series, tolerance: float) -> None:
    a, b = ours.to_numpy(float), theirs.to_numpy(float)
    bad = ~(np.abs(a - b) <= tolerance * np.maximum(np.abs(b), 1e-12 * np.abs(b).max()))
    assert not bad.any(), (int(bad.sum()), a[bad][:5], b[bad][:5])


@pytest.mark.parametrize("survey", FOLDERS)
def test_every_row_of_r_through_the_pipeline(real, survey: str) -> None:
    described = real.described[survey]
    theirs = pd.read_csv(
        SHARED / "data" / FOLDERS[survey] / "r_survey_estimates.csv",
        dtype={"by": "str", "domain": "str"},
        skipinitialspace=True,
    ).fillna({"by": "", "domain": ""})
    theirs["hub_indicator"] = theirs["indicator"].map(INDICATORS[described.family.family])
    assert theirs["hub_indicator"].notna().all()
    theirs = keyed(described, theirs, theirs["by"].tolist(), theirs["domain"].tolist())
    hub = real.hub(survey)
    hub = hub[hub["universe"] == "check"]
    for statistic in ("share", "total"):
        found = matched(theirs, hub, statistic)
        close(found["estimate"], found[statistic], ESTIMATE)
        assert (found["n"] == found["n_theirs"]).all()
        # Where each stratum has one PSU left nothing can be estimated here; R prints what the formula gives.
        shown = found["state"] == "estimated"
        assert (found.loc[~shown, "df"] <= 0).all()
        assert (found.loc[~shown, "n"] < 10).all()
        close(found.loc[shown, "se"], found.loc[shown, f"{statistic}_se"], SE)
        if statistic == "share":
            national = found["deff_theirs"].notna()
            assert national.sum() == theirs["indicator"].nunique()
            close(found.loc[national, "deff"], found.loc[national, "deff_theirs"], 2 * SE)


@pytest.mark.parametrize("survey", FOLDERS)
def test_every_reference_estimate_to_the_printed_digit(real, survey: str) -> None:
    described = real.described[survey]
    theirs = pd.read_csv(SHARED / "data" / FOLDERS[survey] / "reference_estimates.csv", dtype={"level": "str"})
    theirs["hub_indicator"] = theirs["indicator"].map(REFERENCES)
    assert theirs["hub_indicator"].notna().all()
    by = theirs["domain"].str.replace(r"\(.*", "", regex=True).replace("total", "")
    theirs = keyed(described, theirs, by.tolist(), theirs["level"].fillna("").tolist())
    hub = real.hub(survey)
    cover = (hub["indicator"] == "cover") & (hub["category"] == "employer_cover")
    hub = hub[cover | (hub["universe"] == "check")]
    found = matched(theirs, hub, "share")
    percent = np.where(found["hub_indicator"] == "cover", 1 - found["estimate"], found["estimate"]) * 100
    half = 0.5e-3 * (1 + 1e-6)
    assert (np.abs(percent - found["estimate_pct"]) <= half).all()
    shown = found["state"] == "estimated"
    assert (np.abs(100 * found.loc[shown, "se"] - found.loc[shown, "se_pct"]) <= half).all()
    assert (found["n"] == found["n_unweighted"]).all()
    assert (np.abs(found["population"] - found["weighted_base"]) <= 0.5).all()
