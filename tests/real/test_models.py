"""Models of the real surveys: they run, they are sensible, and strata matter for their standard errors."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from real.conftest import LIMITS
from support import WORKFLOW, standards

from informality.estimate.design import Design
from informality.estimate.models import logit
from informality.estimate.models.declared import load_models
from informality.estimate.models.run import Results, run_models
from informality.estimate.models.terms import parse_terms
from informality.estimate.survey import Subject
from informality.govern.models import release_models

pytestmark = pytest.mark.real

SURVEYS = ["zaf_qlfs_2017q3", "ecu_enemdu_2021q1"]
TERMS = parse_terms(["sex", "age_group", "area", "education", "industry3", "region"])


def reads() -> set[str]:
    standard = standards()["icls17"]
    choices = standard.choices({}, "test")
    return {c for part in ("unit", "job") for rule in standard.rules(part, choices) for c in rule.condition.columns}


@pytest.fixture(scope="module", params=SURVEYS)
def ran(request: pytest.FixtureRequest, real) -> tuple[str, pd.DataFrame, Results]:  # type: ignore[no-untyped-def]
    persons, classified = real.persons(request.param), real.classified(request.param)
    subject = Subject(request.param, real.described[request.param].wave, (("icls17", "national"),))
    models = load_models(WORKFLOW / "models.yaml")
    found = run_models(persons, classified, models, subject, Design.from_frame(persons), {"icls17": reads()})
    return request.param, persons, found


def value(results: Results, **keys: str) -> pd.Series:
    table = results.models
    found = table[np.logical_and.reduce([table[name] == wanted for name, wanted in keys.items()])]
    assert len(found) == 1, json.dumps(keys)
    return found.iloc[0]


def test_models_of_jobs_are_estimated(ran: tuple[str, pd.DataFrame, Results]) -> None:
    _, _, found = ran
    for model in ("informal_employees", "informal_independent_workers"):
        assert value(found, model=model, part="fit", statistic="n")["state"] == "estimated"
        # More schooling, less informality: among both groups and in both countries.
        row = value(found, model=model, part="ame", term="education", level="advanced", statistic="effect")
        assert row["ci_high"] < 0
        young = value(found, model=model, part="coefficient", term="education", level="basic", statistic="odds_ratio")
        assert young["ci_low"] > 1
    counted = value(found, model="informal_employees", part="fit", statistic="excluded", term="family_workers")
    assert counted["n"] > 50


def test_the_split_of_the_shares_of_women_and_men(ran: tuple[str, pd.DataFrame, Results]) -> None:
    _, _, found = ran
    keys = {"model": "informal_women_men", "part": "decomposition"}
    women = value(found, **keys, statistic="mean", level="female")["estimate"]
    men = value(found, **keys, statistic="mean", level="male")["estimate"]
    difference = value(found, **keys, statistic="difference")
    assert difference["estimate"] == pytest.approx(women - men)
    parts = [value(found, **keys, statistic=s, term="_T")["estimate"] for s in ("accounted_for", "not_accounted_for")]
    assert sum(parts) == pytest.approx(difference["estimate"])


def test_what_these_surveys_do_not_ask(ran: tuple[str, pd.DataFrame, Results]) -> None:
    survey, _, found = ran
    # The QLFS asks for hours and not for earnings.
    missing = "earnings_month" if survey.startswith("zaf_qlfs") else "earnings_month, hours_usual"
    for model in ("earnings_women_men", "earnings_formal_informal"):
        row = value(found, model=model)
        assert (row["state"], row["reason"]) == ("not_computable", f"not_asked: {missing}")


def test_published_models_are_mostly_shown(ran: tuple[str, pd.DataFrame, Results]) -> None:
    _, _, found = ran
    published = release_models(found.models, found.cells, LIMITS)
    results = published[published["part"] != "fit"]
    shown = results["flag"].isin(["", "u"]).groupby(results["model"]).mean()
    assert set(shown.index) == {"informal_employees", "informal_independent_workers", "informal_women_men"}
    assert shown["informal_employees"] > 0.9
    assert shown["informal_women_men"] > 0.9
    assert shown["informal_independent_workers"] > 0.6
    assert results.loc[results["statistic"] == "f", "flag"].eq("").all()
    # No count that a level or a model really has, unless it is a multiple of ten itself.
    exact = found.cells.groupby(["model", "term", "level"])["n"].sum()
    told = published.dropna(subset="n_level").drop_duplicates(["model", "term", "level"])
    told = told.set_index(["model", "term", "level"])["n_level"]
    assert len(told) > 60
    assert ((told - exact.reindex(told.index)).abs() <= 5).all()
    assert (told % 10 == 0).all()


@pytest.mark.parametrize("survey", SURVEYS)
def test_clusters_without_strata_are_not_enough(real, survey: str) -> None:  # type: ignore[no-untyped-def]
    """Standard errors of the mean and of coefficients that vary between strata, with clusters alone over those of the design."""
    persons = real.persons(survey)
    job = real.classified(survey)["job__icls17"]
    outcome = np.where(job.isna(), np.nan, job == "informal")
    among = persons["employed__national"].to_numpy()
    fits = [
        logit.fit(persons, outcome, TERMS, Design.from_frame(persons, stratum=stratum), among=among)
        for stratum in ("stratum", None)
    ]
    assert all(isinstance(f, logit.Fit) for f in fits)
    strata, clusters = fits
    np.testing.assert_allclose(strata.coefficients, clusters.coefficients, rtol=1e-9)
    ratio = clusters.se / strata.se
    assert ratio.max() > 1.05
