"""Average marginal effects with products and squares; plain terms are checked against R in tests/golden."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from informality.estimate.design import Design
from informality.estimate.models import logit
from informality.estimate.models.likelihood import expit
from informality.estimate.models.logit import Fit
from informality.estimate.models.marginal_effects import Effect, average_marginal_effects
from informality.estimate.models.terms import parse_terms

TERMS = parse_terms(["sex", "education", "age", "age^2", "sex:education", "sex:age"])
STRATA, PSUS = 5, 4


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    random = np.random.default_rng(11)
    n = 900
    stratum = random.integers(0, STRATA, n)
    psu = stratum * PSUS + random.integers(0, PSUS, n)
    age = random.integers(0, 70, n).astype(float)
    eta = random.normal(0, 0.5, STRATA * PSUS)[psu] + 0.0008 * (age - 40) ** 2 - 0.5
    return pd.DataFrame(
        {
            "sex": pd.Categorical.from_codes(random.integers(0, 2, n), ["male", "female"]),
            "education": pd.Categorical.from_codes(random.integers(0, 3, n), ["low", "mid", "high"]),
            "age": age,
            "informal": (random.random(n) < expit(eta)).astype(float),
            "stratum": stratum,
            "psu": psu,
            "weight": random.uniform(1, 20, n),
        }
    )


def fitted(frame: pd.DataFrame) -> Fit:
    found = logit.fit(frame, frame["informal"].to_numpy(), TERMS, Design.from_frame(frame))
    assert isinstance(found, Fit)
    return found


def means(fit: Fit, frame: pd.DataFrame, b: np.ndarray, weight: np.ndarray | None = None) -> dict[str, float]:
    """Effects written out: everybody's probability with another value, averaged."""
    w = frame["weight"].to_numpy() if weight is None else weight

    def probability(**values: object) -> float:
        changed = frame.assign(**values)
        x = np.asarray(fit.patterns.spec.get_model_matrix(changed, output="pandas"), dtype=float)
        return float(np.average(expit(x @ b), weights=w))

    def everybody(variable: str, level: str) -> pd.Categorical:
        return pd.Categorical([level] * len(frame), categories=frame[variable].cat.categories)

    step = 1e-4
    older, younger = probability(age=frame["age"] + step), probability(age=frame["age"] - step)
    found = {"age": (older - younger) / (2 * step)}
    for variable in ("sex", "education"):
        base, *others = frame[variable].cat.categories
        for level in others:
            at_level = probability(**{variable: everybody(variable, level)})
            found[variable + level] = at_level - probability(**{variable: everybody(variable, base)})
    return found


def by_name(effects: list[Effect]) -> dict[str, Effect]:
    return {e.variable + e.level: e for e in effects}


def test_effects_are_changes_of_the_mean_probability(frame: pd.DataFrame) -> None:
    fit = fitted(frame)
    expected = means(fit, frame, fit.coefficients)
    found = by_name(average_marginal_effects(fit))
    assert list(found) == ["sexfemale", "educationmid", "educationhigh", "age"]
    assert {name: e.estimate for name, e in found.items()} == pytest.approx(expected, rel=1e-6)
    assert (found["sexfemale"].reference, found["educationhigh"].reference, found["age"].reference) == (
        "male",
        "low",
        "",
    )


def test_with_fixed_covariates_only_the_coefficients_vary(frame: pd.DataFrame) -> None:
    fit = fitted(frame)
    slopes = {name: np.zeros(len(fit.coefficients)) for name in means(fit, frame, fit.coefficients)}
    for place, se in enumerate(fit.se):
        step = np.zeros(len(fit.coefficients))
        step[place] = 1e-3 * se
        above, below = means(fit, frame, fit.coefficients + step), means(fit, frame, fit.coefficients - step)
        for name, slope in slopes.items():
            slope[place] = (above[name] - below[name]) / (2 * step[place])
    for name, effect in by_name(average_marginal_effects(fit)).items():
        assert effect.se_fixed == pytest.approx(np.sqrt(slopes[name] @ fit.covariance @ slopes[name]), rel=1e-4)


def test_in_all_everything_moves_with_the_weights(frame: pd.DataFrame) -> None:
    """The linearised value of a PSU is the derivative of the effect, refitted, by the weight of that PSU."""
    step = 1e-4
    z: dict[str, list[float]] = {}
    for psu in range(STRATA * PSUS):
        found = []
        for sign in (1, -1):
            weight = frame["weight"] * np.where(frame["psu"] == psu, 1 + sign * step, 1)
            found.append(by_name(average_marginal_effects(fitted(frame.assign(weight=weight)))))
        for name in found[0]:
            z.setdefault(name, []).append((found[0][name].estimate - found[1][name].estimate) / (2 * step))
    for name, effect in by_name(average_marginal_effects(fitted(frame))).items():
        values = np.reshape(z[name], (STRATA, PSUS))
        away = values - values.mean(axis=1, keepdims=True)
        assert effect.se == pytest.approx(np.sqrt(PSUS / (PSUS - 1) * np.sum(away**2)), rel=1e-4)
        assert effect.se != pytest.approx(effect.se_fixed, rel=1e-4)
