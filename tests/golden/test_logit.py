"""Logistic regression against R's survey package on the reference file: all designs and rules for lonely PSUs.

Relative tolerances as for the estimates: 1e-9 for coefficients and effects, 1e-8 for standard errors, covariances and tests.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from informality.estimate.design import Design
from informality.estimate.models import logit
from informality.estimate.models.logit import Fit
from informality.estimate.models.marginal_effects import average_marginal_effects
from informality.estimate.models.terms import parse_terms
from informality.vocabulary import CONSTANT

GOLDEN = Path(__file__).parents[2].parent / "shared" / "golden"
pytestmark = [
    pytest.mark.golden,
    pytest.mark.skipif(not GOLDEN.is_dir(), reason="the reference results are not beside the repository"),
]

ESTIMATE, SE = 1e-9, 1e-8
TERMS = parse_terms(["sex", "age", "educ", "sector"])
DESIGNS = {
    "strat_psu": {"stratum": "stratum", "psu": "psu"},
    "strat_psu_fpc": {"stratum": "stratum", "psu": "psu", "fpc": "npsu_pop"},
    "stratc_psu": {"stratum": "stratum_c", "psu": "psu_c"},
    "psu_only": {"stratum": None, "psu": "psu_c"},
}
LONELY = {"adjust": "adjust", "average": "average", "remove": "certainty"}
CASES = [(d, k) for d in ("strat_psu", "strat_psu_fpc") for k in LONELY]
CASES += [("stratc_psu", "adjust"), ("psu_only", "adjust")]


@cache
def data() -> pd.DataFrame:
    text = ("sector", "stratum", "region", "psu", "educ", "sex")
    frame = pd.read_csv(GOLDEN / "data.csv", dtype=dict.fromkeys(text, "str"))
    return frame.assign(**{name: frame[name].astype("category") for name in ("sector", "educ", "sex")})


@cache
def fitted(design: str, lonely: str) -> Fit:
    frame = data()
    found = logit.fit(
        frame,
        frame["informal"].to_numpy(float),
        TERMS,
        Design.from_frame(frame, weight="weight", lonely=LONELY[lonely], **DESIGNS[design]),
    )
    assert isinstance(found, Fit), found
    return found


def name_in_r(term: str, level: str) -> str:
    return "(Intercept)" if term == CONSTANT else term + level


def names(fit: Fit) -> list[str]:
    return [name_in_r(c.term, c.level) for c in fit.patterns.columns]


def close(ours: object, theirs: object, tolerance: float) -> None:
    np.testing.assert_allclose(np.asarray(ours, float), np.asarray(theirs, float), rtol=tolerance, atol=0)


@pytest.mark.parametrize(("design", "lonely"), CASES)
def test_coefficients(design: str, lonely: str) -> None:
    table = pd.read_csv(GOLDEN / "logit_coefficients.csv").query("design == @design and lonely == @lonely")
    fit = fitted(design, lonely)
    expected = table.set_index("term").loc[names(fit)]
    assert len(table) == len(expected)
    found = logit.coefficients(fit)
    close(fit.coefficients, expected["estimate"], ESTIMATE)
    close(fit.se, expected["se"], SE)
    close(found.t, expected["t"], SE)
    close(found.p, expected["p_value"], SE)
    close(found.odds_ratio, expected["odds_ratio"], ESTIMATE)
    assert set(expected["df"]) == {fit.df}


@pytest.mark.parametrize("design", DESIGNS)
def test_covariance(design: str) -> None:
    table = pd.read_csv(GOLDEN / "logit_covariance.csv").query("design == @design")
    fit = fitted(design, "adjust")
    place = {name: i for i, name in enumerate(names(fit))}
    ours = [fit.covariance[place[a], place[b]] for a, b in zip(table["term_a"], table["term_b"], strict=True)]
    assert len(table) == len(place) * (len(place) + 1) / 2
    close(ours, table["cov"], SE)


@pytest.mark.parametrize("design", DESIGNS)
def test_joint_tests(design: str) -> None:
    table = pd.read_csv(GOLDEN / "logit_wald_tests.csv").query("design == @design")
    fit = fitted(design, "adjust")
    assert len(table) == 3
    for row in table.itertuples():
        found = logit.wald(fit, fit.patterns.of_term(row.term))
        assert isinstance(found, logit.Wald)
        close([found.f, found.p], [row.F, row.p_value], SE)
        assert (found.df1, found.df2) == (row.df1, row.df2)


@pytest.mark.parametrize("design", DESIGNS)
def test_average_marginal_effects(design: str) -> None:
    table = pd.read_csv(GOLDEN / "logit_ame.csv").query("design == @design").set_index("effect")
    effects = {e.variable + e.level: e for e in average_marginal_effects(fitted(design, "adjust"))}
    assert set(effects) == set(table.index)
    for name, effect in effects.items():
        close(effect.estimate, table.loc[name, "ame"], ESTIMATE)
        close(effect.se_fixed, table.loc[name, "se_fixed_x"], SE)
        close(effect.se, table.loc[name, "se_unconditional"], SE)


def test_jackknife_by_the_supplied_weights() -> None:
    """Refits with R's JKn weights: the same covariance about the mean of the replicates, and the same coefficients."""
    frame = data()
    scales = pd.read_csv(GOLDEN / "replicate_scales.csv").query("method == 'jkn'")
    weights = pd.read_csv(GOLDEN / "replicate_weights.csv").set_index("id").loc[frame["id"]]
    y = frame["informal"].to_numpy(float)
    replicates = []
    for column in scales["column"]:
        one = Design.from_frame(frame.assign(weight=weights[column].to_numpy()), stratum="stratum_c", psu="psu_c")
        found = logit.fit(frame, y, TERMS, one)
        assert isinstance(found, Fit)
        replicates.append(found.coefficients)
    fit = fitted("stratc_psu", "adjust")
    away = np.array(replicates) - np.mean(replicates, axis=0)
    ours = np.einsum("r,ri,rj->ij", scales["scale"] * scales["rscale"], away, away)
    table = pd.read_csv(GOLDEN / "logit_covariance.csv").query("design == 'jkn'")
    place = {name: i for i, name in enumerate(names(fit))}
    close([ours[place[a], place[b]] for a, b in zip(table["term_a"], table["term_b"], strict=True)], table["cov"], SE)
    jkn = pd.read_csv(GOLDEN / "logit_coefficients.csv").query("design == 'jkn'").set_index("term").loc[names(fit)]
    close(fit.coefficients, jkn["estimate"], ESTIMATE)
