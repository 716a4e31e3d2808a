"""Logistic regression: coefficients as statsmodels', standard errors of the design, and what is not estimated."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from formulaic import Formula
from hypothesis import given, settings
from hypothesis import strategies as st

from informality.errors import UserError
from informality.estimate.design import Design
from informality.estimate.models import logit
from informality.estimate.models.estimable import NotEstimated
from informality.estimate.models.likelihood import expit, newton
from informality.estimate.models.logit import Fit
from informality.estimate.models.patterns import collapse
from informality.estimate.models.terms import parse_terms

TERMS = parse_terms(["sex", "education", "age", "age^2", "sex:education"])
FORMULA = "1 + sex + education + age + {age**2} + sex:education"
STRATA, PSUS = 8, 6


def persons(seed: int = 0, n: int = 2000, between_strata: float = 1.0) -> pd.DataFrame:
    """Persons whose outcome differs between strata and PSUs, with unknown answers and weights of 0."""
    random = np.random.default_rng(seed)
    stratum = random.integers(0, STRATA, n)
    psu = stratum * PSUS + random.integers(0, PSUS, n)
    age = random.integers(15, 75, n).astype(float)
    eta = (
        np.linspace(-1, 1, STRATA)[stratum] * between_strata
        + random.normal(0, 0.4, STRATA * PSUS)[psu]
        + 0.001 * (age - 45) ** 2
    )
    outcome = (random.random(n) < expit(eta)).astype(float)
    outcome[random.random(n) < 0.05] = np.nan
    weight = random.uniform(10, 300, n)
    weight[random.random(n) < 0.03] = 0
    return pd.DataFrame(
        {
            "sex": pd.Categorical.from_codes(random.integers(0, 2, n), ["male", "female"]),
            "education": pd.Categorical.from_codes(random.integers(-1, 3, n), ["low", "mid", "high"]),
            "age": age,
            "informal": outcome,
            "stratum": stratum,
            "psu": psu,
            "weight": weight,
        }
    )


def fitted(frame: pd.DataFrame, terms: str | None = None, **design: str | None) -> Fit:
    chosen = TERMS if terms is None else parse_terms(terms.split())
    found = logit.fit(frame, frame["informal"].to_numpy(), chosen, Design.from_frame(frame, **design))
    assert isinstance(found, Fit), found
    return found


def test_coefficients_are_those_of_statsmodels() -> None:
    frame = persons()
    found = fitted(frame)
    used = frame.dropna().query("weight > 0")
    x = Formula(FORMULA).get_model_matrix(used, output="pandas").astype(float)
    expected = sm.GLM(
        used["informal"], x, family=sm.families.Binomial(), freq_weights=used["weight"] / used["weight"].mean()
    ).fit(tol=1e-12)
    np.testing.assert_allclose(found.coefficients, expected.params, rtol=1e-9)
    assert found.n == len(used)
    assert found.n_yes == used["informal"].sum()
    assert found.n_psu == used["psu"].nunique()
    assert found.df == STRATA * (PSUS - 1) + 1 - len(found.coefficients)


def test_the_sandwich_by_hand() -> None:
    """PSU totals of the scores, centred in their strata, between the inverses of the information."""
    frame = persons()
    found = fitted(frame)
    used = frame.dropna().query("weight > 0")
    x = np.asarray(Formula(FORMULA).get_model_matrix(used, output="pandas"), dtype=float)
    w = used["weight"].to_numpy()
    mu = expit(x @ found.coefficients)
    bread = np.linalg.inv(x.T @ (x * (w * mu * (1 - mu))[:, None]))
    scores = pd.DataFrame(x * (w * (used["informal"].to_numpy() - mu))[:, None]).groupby(used["psu"].to_numpy()).sum()
    away = scores - scores.groupby(scores.index // PSUS).transform("mean")
    meat = PSUS / (PSUS - 1) * away.to_numpy().T @ away.to_numpy()
    np.testing.assert_allclose(found.covariance, bread @ meat @ bread, rtol=1e-7)


def test_strata_matter() -> None:
    """Clusters alone, as general packages take them, overstate the standard errors where strata differ."""
    frame = persons(n=6000, between_strata=2.0)
    strata, clusters = fitted(frame, "sex age"), fitted(frame, "sex age", stratum=None)
    np.testing.assert_allclose(strata.coefficients, clusters.coefficients, rtol=1e-12)
    assert clusters.se[0] / strata.se[0] > 1.5
    assert clusters.df == strata.df + STRATA - 1


def test_whoever_is_left_out_stays_in_the_design() -> None:
    frame = persons()
    men = frame.assign(informal=frame["informal"].where(frame["sex"] == "male"))
    alone = frame[frame["sex"] == "male"].reset_index(drop=True)
    empty = (men["psu"] == 3).to_numpy()
    men.loc[empty, "informal"] = np.nan
    alone = alone[alone["psu"] != 3].reset_index(drop=True)
    whole, cut = fitted(men, "education age"), fitted(alone, "education age")
    np.testing.assert_allclose(whole.coefficients, cut.coefficients, rtol=1e-12)
    # The PSU without a man is one of six, not absent: its total is 0.
    assert not np.allclose(whole.se, cut.se, rtol=1e-6)
    assert whole.df == cut.df
    # A PSU whose weights are all 0 counts likewise.
    none = frame.assign(weight=frame["weight"].where(frame["psu"] != 3, 0.0), informal=frame["informal"])
    gone = frame[frame["psu"] != 3].reset_index(drop=True)
    zero, without = fitted(none, "sex age"), fitted(gone, "sex age")
    np.testing.assert_allclose(zero.coefficients, without.coefficients, rtol=1e-12)
    assert not np.allclose(zero.se, without.se, rtol=1e-6)
    assert zero.df == without.df


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32))
def test_invariances(seed: int) -> None:
    """Order of rows, names of PSUs, scale of weights, a person split in two within the PSU."""
    frame = persons(n=700)
    found = fitted(frame)
    random = np.random.default_rng(seed)
    changed = frame.assign(weight=frame["weight"] * 10.0 ** random.integers(-6, 6))
    names = random.permutation(STRATA * PSUS * 10)[: STRATA * PSUS]
    changed["psu"] = names[changed["psu"]]
    twice = random.integers(0, len(frame), 100)
    twice = np.unique(twice)
    part = random.random(len(twice))
    halves = changed.iloc[twice].copy()
    halves["weight"] *= part
    changed.loc[twice, "weight"] *= 1 - part
    both = pd.concat([changed, halves], ignore_index=True)
    mixed = both.iloc[random.permutation(len(both))].reset_index(drop=True)
    other = fitted(mixed)
    np.testing.assert_allclose(other.coefficients, found.coefficients, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(other.covariance, found.covariance, rtol=1e-7, atol=1e-12)


def test_tests_and_intervals() -> None:
    found = fitted(persons())
    got = logit.coefficients(found)
    from scipy import stats

    expected = stats.t(found.df)
    np.testing.assert_allclose(got.t, found.coefficients / found.se)
    np.testing.assert_allclose(got.p, 2 * expected.sf(np.abs(got.t)), rtol=1e-10)
    np.testing.assert_allclose(got.high, found.coefficients + expected.ppf(0.975) * found.se, rtol=1e-10)
    np.testing.assert_allclose(got.odds_low, np.exp(got.low))
    # A joint test of one coefficient is its own.
    one = logit.wald(found, np.array([1]))
    assert isinstance(one, logit.Wald)
    assert (one.f, one.p) == pytest.approx((got.t[1] ** 2, got.p[1]))


def not_estimated(frame: pd.DataFrame, terms: str, **design: str | None) -> NotEstimated:
    found = logit.fit(
        frame, frame["informal"].to_numpy(), parse_terms(terms.split()), Design.from_frame(frame, **design)
    )
    assert isinstance(found, NotEstimated)
    return found


def test_what_is_not_estimated() -> None:
    frame = persons()
    assert not_estimated(frame.assign(months=frame["age"] * 12), "age months") == NotEstimated(
        "collinear", ("age", "months")
    )
    informal = frame["informal"].where(frame["education"] != "high", 1.0)
    assert not_estimated(frame.assign(informal=informal), "sex education age") == NotEstimated(
        "separated", ("education=high",)
    )
    assert not_estimated(frame.assign(informal=np.nan), "sex").reason == "no_persons"
    assert not_estimated(frame.assign(informal=1.0), "sex").reason == "no_variation"
    few = frame[frame["psu"].isin([0, 1, 6, 7])].reset_index(drop=True)
    assert not_estimated(few, "sex education").reason == "too_few_psus"
    assert not_estimated(frame.assign(stratum=0, psu=0), "sex", lonely="certainty").reason == "too_few_psus"
    with pytest.raises(UserError, match="there is no variable 'educ'"):
        not_estimated(frame, "educ")


def test_a_joint_test_of_more_coefficients_than_psus_bear() -> None:
    """The covariance of k coefficients has no more rank than there are degrees of freedom."""
    frame = persons(n=4000)
    few = frame[frame["stratum"] < 2].reset_index(drop=True)
    random = np.random.default_rng(1)
    few["region"] = pd.Categorical.from_codes(random.integers(0, 5, len(few)), list("abcde"))
    found = fitted(few, "region")
    singular = found.covariance.copy()
    singular[1] = singular[2]
    singular[:, 1] = singular[:, 2]
    broken = Fit(**{**found.__dict__, "covariance": singular})
    assert logit.wald(broken, np.array([1, 2])) == NotEstimated("too_few_psus")
    assert isinstance(logit.wald(found, np.array([1, 2, 3, 4])), logit.Wald)


@pytest.mark.parametrize("far", [3.0, 8.0, 14.0])
def test_large_coefficients_are_not_taken_for_separation(far: float) -> None:
    """The likelihood has a maximum, however far out it is: one person in ten million on the other side."""
    frame = pd.DataFrame({"sex": pd.Categorical(["a", "b"])})
    patterns = collapse(frame, parse_terms(["sex"]), np.ones(2, dtype=bool))
    p = expit(np.array([-far, far]))
    found = newton(patterns.x, np.array([0.5, 0.5]), 0.5 * p)
    assert found == pytest.approx([-far, 2 * far], rel=1e-7)


def test_a_bad_start_is_mended_by_shorter_steps() -> None:
    frame = persons()
    known = frame.dropna().reset_index(drop=True)
    patterns = collapse(known, TERMS, np.ones(len(known), dtype=bool))
    total = np.bincount(patterns.of_row, minlength=patterns.size) / len(known)
    yes = np.bincount(patterns.of_row, known["informal"], patterns.size) / len(known)
    usual = newton(patterns.x, total, yes)
    start = np.zeros(patterns.x.size)
    start[:4] = 3
    assert usual is not None
    assert newton(patterns.x, total, yes, start) == pytest.approx(usual, rel=1e-8, abs=1e-12)
