"""Differences between waves of the QLFS: against R's standard errors of either wave, and person by person where waves share units."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from real.conftest import RealSurveys
from support import SHARED, WORKFLOW

from informality.estimate.specifications import load_declared
from informality.estimate.trends.declared import load_trends
from informality.estimate.trends.run import Source, estimate_trends
from informality.estimate.trends.wave import Break, Wave
from informality.vocabulary import DIMENSIONS

pytestmark = pytest.mark.real

TRENDS, DECLARED = load_trends(WORKFLOW / "trends.yaml", load_declared(WORKFLOW / "estimates.yaml"))


def source(real: RealSurveys, survey: str) -> Source:
    described, persons = real.described[survey], real.persons(survey)
    together = pd.concat([persons, real.classified(survey)[["unit__icls17", "job__icls17"]]], axis=1)
    reads = frozenset({"sick_leave", "annual_leave", "soc_sec", "status"})
    wave = Wave(
        survey=survey,
        wave=described.wave,
        first_day=described.reference[0].isoformat(),
        sample=described.sample,
        breaks=tuple(Break(b.name, None if b.of is None else frozenset(b.of)) for b in described.break_points),
        pairs=tuple(real.pairs(survey)),
        primary_concept=described.family.primary_concept,
        reads={"icls17": reads},
        unit_reads={"icls17": frozenset()},
    )

    def columns(wanted: Sequence[str]) -> pd.DataFrame:
        return together[list(wanted)]

    return Source(wave, frozenset(together.columns), columns, lambda: real.units(survey))


def row(table: pd.DataFrame, sex: str = "_T", **keys: str) -> pd.Series:
    """The one row of these keys, by sex alone."""
    rows = table[(table["sex"] == sex) & (table[[d for d in DIMENSIONS if d != "sex"]] == "_T").all(axis=1)]
    rows = rows[(rows[list(keys)] == list(keys.values())).all(axis=1)]
    assert len(rows) == 1
    return rows.iloc[0]


def test_waves_of_two_samples_have_the_errors_of_r(real: RealSurveys) -> None:
    """R counts employed aged 15-64; by the rule of the office, which is the flag of the files of 2012 and 2017."""
    universes = {**DECLARED.universes, "employed": "employed AND national_base"}
    sources = [source(real, survey) for survey in ("zaf_qlfs_2012q2", "zaf_qlfs_2017q3")]
    table = estimate_trends("zaf_qlfs", sources, TRENDS, DECLARED.model_copy(update={"universes": universes}))
    folders = [SHARED / "data" / f"zaf_qlfs_{year}" for year in (2017, 2012)]
    found = [
        pd.read_csv(f / "r_survey_estimates.csv", dtype={"by": "str", "domain": "str"}).fillna({"by": "", "domain": ""})
        for f in folders
    ]
    for by, code, sex in (("", "", "_T"), ("sex", "1", "male"), ("sex", "2", "female")):
        plus, minus = (
            r[(r["indicator"] == "informal") & (r["by"] == by) & (r["domain"] == code)].iloc[0] for r in found
        )
        mine = row(table, sex, indicator="informal", variant="national")
        assert mine["estimate"] == pytest.approx(plus["share"] - minus["share"], abs=1e-9)
        assert mine["se"] == pytest.approx(np.hypot(plus["share_se"], minus["share_se"]), rel=1e-8)
        assert mine["n"] == min(plus["n"], minus["n"])


def deviations(real: RealSurveys, survey: str, units: pd.DataFrame) -> pd.Series:
    """By name of stratum and unit: what it adds to the variance of the informal share, from sums of persons."""
    persons, job = real.persons(survey), real.classified(survey)["job__icls17"]
    inside = (persons["employed__national"] & job.notna()).to_numpy()
    w = persons["weight"].to_numpy(float) * inside
    y = (job == "informal").to_numpy(float)
    z = w * (y - (w * y).sum() / w.sum()) / w.sum()
    sums = units.set_index("psu").assign(z=pd.Series(z).groupby(persons["psu"].to_numpy()).sum())
    groups = sums.groupby("stratum_name")["z"]
    n = groups.transform("size")
    centred = (sums["z"] - groups.transform("mean")) * np.sqrt(n / (n - 1).clip(lower=1))
    found = centred.where(n > 1, sums["z"])
    return pd.Series(found.to_numpy(), index=pd.MultiIndex.from_frame(sums[["stratum_name", "psu_name"]]))


def test_waves_of_one_sample_have_the_covariance_of_their_units(real: RealSurveys) -> None:
    waves = [source(real, survey) for survey in ("zaf_qlfs_2016q3", "zaf_qlfs_2017q3")]
    mine = row(estimate_trends("zaf_qlfs", waves, TRENDS, DECLARED), indicator="informal", variant="icls17")
    old, new = (deviations(real, wave.wave.survey, wave.units()) for wave in waves)
    common = old.index.intersection(new.index)
    assert len(common) > 2000
    covariance = float((old[common] * new[common]).sum())
    assert covariance > 0
    variance = float((old**2).sum() + (new**2).sum() - 2 * covariance)
    assert mine["se"] == pytest.approx(np.sqrt(variance), rel=1e-10)


def test_breaks_of_the_series_stop_what_they_concern(real: RealSurveys) -> None:
    waves = [source(real, f"zaf_qlfs_{wave}") for wave in ("2009q3", "2010q3", "2013q3")]
    table = estimate_trends("zaf_qlfs", waves, TRENDS, DECLARED)
    sick, uif = {"plus": "2010q3", "minus": "2009q3"}, {"plus": "2013q3", "minus": "2010q3"}
    assert row(table, indicator="informal", variant="icls17", **sick)["why"] == "break"
    assert row(table, indicator="informal", variant="national", **sick)["why"] == ""
    assert row(table, indicator="informal_sector", variant="icls17", **sick)["why"] == ""
    assert row(table, indicator="cover", category="uif", **uif)["why"] == "break"
    assert row(table, indicator="cover", category="pension", **uif)["why"] == ""


@pytest.mark.parametrize(("wave", "some"), [("2012q2", False), ("2013q3", True)])
def test_no_employee_of_the_government_has_unemployment_insurance_before_2013(
    wave: str, some: bool, real: RealSurveys
) -> None:
    persons = real.persons(f"zaf_qlfs_{wave}")
    government = persons[(persons["status"] == "employee") & (persons["inst_sector"] == "government")]
    assert len(government) > 2000
    assert bool((government["cover__uif"] == "yes").any()) == some
