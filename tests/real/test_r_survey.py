"""The engine against R's survey package on real microdata: every row of `r_survey_estimates.csv` beside the data."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from informality.estimate.design import Design
from informality.estimate.hub import estimate
from informality.estimate.requests import Request

DATA = Path(__file__).parents[2].parent / "shared" / "data"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not DATA.is_dir(), reason="the real microdata are not beside the repository"),
]

ESTIMATE, SE = 1e-9, 1e-8
# Names in the reference file -> dimensions of the hub.
DIMENSIONS = {"sex": "sex", "industry": "industry_national", "province": "region", "area": "area"}


@dataclass(frozen=True)
class Source:
    folder: str
    archive: str
    member: str
    columns: dict[str, str]


def qlfs(folder: str, archive: str, member: str, stratum: str) -> Source:
    columns = {
        "UQNO": "uqno", stratum: "stratum", "Weight": "weight", "Status": "status", "Q14AGE": "age", "Q45WRK4WHOM": "whom",
        "Q13GENDER": "sex", "Indus": "industry", "Province": "province", "Infempl": "infempl", "Sector2": "sector2",
        "Q46PENSION": "pension", "Q48UIF": "uif", "Q49MEDICAL": "medical",
    }  # fmt: skip
    return Source(folder, archive, member, columns)


SOURCES = [
    qlfs("zaf_qlfs_2017", "qlfs_2017_q3.zip", ".dta", "STRATUM"),
    qlfs("zaf_qlfs_2012", "qlfs_2012_q2.zip", ".dta", "Stratum"),
    Source(
        "ecu_enemdu_2021", "enemdu_2021_enero_marzo_spss.zip", ".sav",
        {"upm": "psu", "estrato": "stratum", "fexp": "weight", "empleo": "empleo", "p03": "age", "p02": "sex",
         "area": "area", "rama1": "industry", "secemp": "secemp", "p61b1": "contributes"},
    ),
]  # fmt: skip


def read(source: Source, folder: Path) -> pd.DataFrame:
    with zipfile.ZipFile(DATA / source.folder / source.archive) as archive:
        member = next(name for name in archive.namelist() if name.endswith(source.member))
        path = folder / f"survey{source.member}"
        path.write_bytes(archive.read(member))
    reader = pyreadstat.read_dta if source.member == ".dta" else pyreadstat.read_sav
    frame, _ = reader(str(path), usecols=list(source.columns))
    path.unlink()
    return frame.rename(columns=source.columns)


def indicators(raw: pd.DataFrame) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Universe and value of each indicator."""
    if "empleo" in raw:
        employed = ((raw["empleo"] == 1) & (raw["age"] >= 15)).to_numpy()
        return {
            "informal": (employed, (raw["secemp"] == 2).to_numpy()),
            "no_contribution": (employed, ~raw["contributes"].isin([1, 2, 3, 4]).to_numpy()),
        }
    employed = ((raw["status"] == 1) & raw["age"].between(15, 64)).to_numpy()
    employees = employed & (raw["whom"] == 1).to_numpy()
    return {
        "informal": (employed, (raw["infempl"] == 2).to_numpy()),
        "sector_informal": (employed, (raw["sector2"] == 2).to_numpy()),
        "no_pension": (employees, (raw["pension"] != 1).to_numpy()),
        "no_uif": (employees, (raw["uif"] != 1).to_numpy()),
        "no_medical": (employees, (raw["medical"] != 1).to_numpy()),
    }


def frame_of(raw: pd.DataFrame) -> pd.DataFrame:
    """Design, dimensions, universes and values; the survey codes of a dimension are its levels."""
    psu = raw["psu"] if "psu" in raw else raw["uqno"].str[:8]
    frame = pd.DataFrame({"stratum": raw["stratum"], "psu": psu, "weight": raw["weight"]})
    for name, dimension in DIMENSIONS.items():
        if name in raw:
            frame[dimension] = raw[name].astype("Int64").astype("str").astype("category")
    for name, (universe, value) in indicators(raw).items():
        frame[f"in_{name}"], frame[name] = universe, value
    return frame


def close(ours: pd.Series, theirs: pd.Series, tolerance: float) -> None:
    a, b = ours.to_numpy(float), theirs.to_numpy(float)
    bad = ~(np.abs(a - b) <= tolerance * np.maximum(np.abs(b), 1e-12 * np.abs(b).max()))
    assert not bad.any(), (int(bad.sum()), a[bad][:5], b[bad][:5])


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.folder)
def test_every_row_of_r(source: Source, tmp_path: Path) -> None:
    theirs = pd.read_csv(
        DATA / source.folder / "r_survey_estimates.csv", dtype={"by": "str", "domain": "str"}, skipinitialspace=True
    ).fillna({"by": "", "domain": ""})
    frame = frame_of(read(source, tmp_path))
    design = Design.from_frame(frame)
    requests = [
        Request(statistic, name, where=f"in_{name}", by=tuple(DIMENSIONS[v] for v in by.split("|") if v),
                keys={"indicator": name, "category": by}, measure="share" if statistic == "share" else "persons")
        for name, by in theirs[["indicator", "by"]].drop_duplicates().itertuples(index=False)
        for statistic in ("share", "total")
    ]  # fmt: skip
    hub = estimate(frame, design, requests)

    def domain(row: pd.Series) -> str:
        return "|".join(row[DIMENSIONS[v]] for v in row["category"].split("|") if v)

    hub["domain"] = hub.apply(domain, axis=1)
    keys = ["indicator", "by", "domain"]
    share, total = (
        theirs.merge(
            hub[hub["statistic"] == statistic].rename(columns={"category": "by"}),
            on=keys,
            suffixes=("_r", ""),
            validate="1:1",
        )
        for statistic in ("share", "total")
    )
    assert len(share) == len(total) == len(theirs)
    assert (share["n"] == share["n_r"]).all()
    close(share["estimate"], share["share"], ESTIMATE)
    close(total["estimate"], total["total"], ESTIMATE)
    for ours, reference in ((share, "share_se"), (total, "total_se")):
        # A domain in which one PSU of each stratum is left is not estimable here; R prints what the formula gives.
        shown = ours["state"] == "estimated"
        close(ours.loc[shown, "se"], ours.loc[shown, reference], SE)
        assert (ours.loc[~shown, "df"] <= 0).all()
    national = share["deff_r"].notna()
    close(share.loc[national, "deff"], share.loc[national, "deff_r"], 2 * SE)
