"""The laws of South Africa and Ecuador on real surveys: the split, its identities, and what it must not say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from informality import vocabulary as v

pytestmark = pytest.mark.real

QLFS = [
    f"zaf_qlfs_{wave}"
    for wave in ("2008q3", "2009q3", "2010q3", "2011q3", "2012q2", "2013q3", "2014q3", "2016q3", "2017q3")
]
ALL = [*QLFS, "ecu_enemdu_2021q1"]
GAPS = ["compliance_gap", "take_up_gap", "legal_gap", "unclassified"]
DOMAIN = list(v.DIMENSIONS)
KEYS = ["law", "assumption", "branch"]


def keys(covered: pd.DataFrame) -> list[str]:
    return [name.removeprefix("split__") for name in covered if name.startswith("split__")]


@pytest.mark.parametrize("survey", ALL)
def test_every_worker_is_in_one_class_for_each_law_reading_and_branch(real, survey: str) -> None:
    persons, coverage = real.persons(survey), real.coverage(survey)
    working = persons["employed__national"].to_numpy()
    weight = persons["weight"].to_numpy()
    assert coverage.told["law"] is not None
    assert keys(coverage.covered)
    for key in keys(coverage.covered):
        classes = coverage.covered[f"split__{key}"]
        assert (classes.notna().to_numpy() == working).all()
        for name in ("sex", "industry3", "region"):
            by = (
                pd.Series(weight[working])
                .groupby([persons[name].astype(str)[working].to_numpy(), classes.astype(str)[working].to_numpy()])
                .sum()
            )
            total = pd.Series(weight[working]).groupby(persons[name].astype(str)[working].to_numpy()).sum()
            assert by.groupby(level=0).sum().to_numpy() == pytest.approx(total.to_numpy(), rel=1e-12)


@pytest.mark.parametrize("survey", ["zaf_qlfs_2017q3", "ecu_enemdu_2021q1"])
def test_classes_and_gaps_of_the_hub_add_up_in_every_domain(real, survey: str) -> None:
    hub = real.hub(survey)
    totals = hub[(hub["law"] != "") & (hub["statistic"] == "total")]
    split = totals[(totals["indicator"] == "split") & (totals["category"] != v.OTHER)]
    assert split["assumption"].nunique() == 2
    classes = split.pivot_table(index=[*KEYS, *DOMAIN], columns="category", values="estimate", aggfunc="sum").fillna(
        0.0
    )
    gap = totals[totals["indicator"] == "coverage_gap"].set_index([*KEYS, *DOMAIN])["estimate"]
    known = classes.index.intersection(gap.index)
    assert len(known) > 100
    parts = classes.loc[known, [name for name in GAPS if name in classes]].sum(axis=1)
    whole = classes.loc[known].sum(axis=1)
    assert (np.abs(parts - gap.loc[known]) <= 1e-12 * whole).all()
    # Classes that are taken together stand there once more: the sum is the same with them and with the row that has them all.
    shares = hub[(hub["indicator"] == "split") & (hub["statistic"] == "share")]
    other, domain = shares["category"] == v.OTHER, [*KEYS, *DOMAIN]
    sums = shares[~other].groupby(domain, observed=True)["estimate"].sum()
    assert sums.to_numpy() == pytest.approx(1.0, rel=1e-12)
    with_others = shares.set_index(domain).index.isin(shares[other].set_index(domain).index)
    member = (shares["state"] == v.JOINED) & (shares[list(v.DIMENSIONS)] != v.OTHER).all(axis=1)
    classes = shares[with_others & ~member].groupby(domain, observed=True)["estimate"].sum()
    assert len(classes) > 10
    assert classes.to_numpy() == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize("survey", ["zaf_qlfs_2017q3", "ecu_enemdu_2021q1"])
def test_bounds_of_rates_and_readings_hold(real, survey: str) -> None:
    hub = real.hub(survey)
    shares = hub[(hub["law"] != "") & (hub["statistic"] == "share")]

    def of(indicator: str, category: str = "", universe: str = "") -> pd.Series:
        rows = shares[(shares["indicator"] == indicator) & (shares["category"] == category)]
        rows = rows[rows["universe"] == universe] if universe else rows
        return rows.set_index([*KEYS, *DOMAIN])["estimate"].dropna()

    for low, high in (
        (of("compliance_rate_unknown_as_no"), of("compliance_rate")),
        (of("legal_coverage", "mandatory", "main_span"), of("legal_coverage", "with_voluntary", "main_span")),
    ):
        both = low.index.intersection(high.index)
        assert len(both) > 10
        assert (low.loc[both] <= high.loc[both] + 1e-12).all()
    mandatory = of("legal_coverage", "mandatory", "main_span").unstack("assumption").dropna()
    assert len(mandatory) > 3
    assert (mandatory["narrow"] <= mandatory["wide"] + 1e-12).all()


@pytest.mark.parametrize("survey", QLFS)
def test_government_staff_are_outside_the_unemployment_insurance_act(real, survey: str) -> None:
    """Decision 18 (unverified in law): excluded, so none of them is a compliance gap."""
    persons, coverage = real.persons(survey), real.coverage(survey)
    government = (
        (persons["inst_sector"] == "government") & persons["employed__national"] & (persons["status"] == "employee")
    )
    assert government.sum() > 1000
    law = coverage.told["law"]
    entry = next(entry for entry in coverage.told["laws"] if entry["law"] == law)
    group = next(name for name, some in entry["groups"] if "unemployment" in some)
    for reading in v.READINGS:
        key = f"{law}__{reading}__{group}"
        assert (coverage.covered.loc[government, f"legal__{key}"] == "excluded").all()
        assert not (coverage.covered.loc[government, f"split__{key}"] == "compliance_gap").any()


def test_only_the_statutory_answer_of_the_qlfs_is_evidence(real) -> None:
    """The pension fund is occupational, medical aid private: neither enters the split (decision 16)."""
    told = real.coverage("zaf_qlfs_2017q3").told
    assert {question for _, _, questions in told["cover"] for question in questions} == {"uif"}
    assert told["main"] == v.ANY_CASH
