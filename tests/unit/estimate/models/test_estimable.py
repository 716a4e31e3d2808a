"""Collinear terms and separated outcomes are found and named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from informality.estimate.models.estimable import NotEstimated, collinear, separated
from informality.estimate.models.patterns import Patterns, collapse
from informality.estimate.models.terms import parse_terms

N = 400


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    random = np.random.default_rng(5)
    industry = random.integers(0, 6, N)
    frame = pd.DataFrame(
        {
            "sex": pd.Categorical.from_codes(random.integers(0, 2, N), ["male", "female"]),
            "industry": pd.Categorical.from_codes(industry, list("ABCDEF")),
            "broad": pd.Categorical.from_codes(industry // 2, ["first", "second", "third"]),
            "age": random.integers(15, 70, N).astype(float),
        }
    )
    return frame.assign(months=frame["age"] * 12, year=2017 + frame["age"] / 1000)


def patterns(frame: pd.DataFrame, *terms: str) -> Patterns:
    return collapse(frame, parse_terms(terms), np.ones(len(frame), dtype=bool))


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (["sex", "industry", "age", "age^2"], ()),
        (["year", "age^2", "sex"], ()),
        (["sex", "industry", "broad", "age"], ("industry", "broad")),
        (["sex", "age", "months"], ("age", "months")),
        (["year", "age", "sex"], ("year", "age")),
    ],
)
def test_collinear_terms(frame: pd.DataFrame, terms: list[str], expected: tuple[str, ...]) -> None:
    found = patterns(frame, *terms)
    assert set(collinear(found.x, found.columns)) == set(expected)


def test_collinear_among_some_rows_only(frame: pd.DataFrame) -> None:
    found = patterns(frame, "sex", "industry")
    men = (found.covariates["sex"] == "male").to_numpy()
    assert collinear(found.x, found.columns) == ()
    assert collinear(found.x, found.columns, men) == ("sex=female",)
    with_b = men | (found.covariates["industry"] == "B").to_numpy()
    assert collinear(found.x, found.columns, with_b) == ()
    # Women are those of B, once no man is.
    women_are_b = np.where(found.covariates["industry"] == "B", ~men, men)
    assert set(collinear(found.x, found.columns, women_are_b)) == {"sex=female", "industry=B"}


def by(frame: pd.DataFrame, outcome: np.ndarray, *terms: str) -> tuple[str, ...]:
    found = patterns(frame, *terms)
    total = np.bincount(found.of_row, minlength=found.size).astype(float)
    yes = np.bincount(found.of_row, outcome, found.size)
    return separated(found.x, yes, total, found.columns)


def test_outcomes_that_a_term_settles(frame: pd.DataFrame) -> None:
    random = np.random.default_rng(6)
    chance = (random.random(N) < 0.5).astype(float)
    is_e = (frame["industry"] == "E").to_numpy()
    assert by(frame, chance, "sex", "industry", "age") == ()
    assert by(frame, np.where(is_e, 1, chance), "sex", "industry", "age") == ("industry=E",)
    # Nobody at the reference: every other level is apart from it.
    is_a = (frame["industry"] == "A").to_numpy()
    assert by(frame, np.where(is_a, 0, chance), "sex", "industry") == ("industry",)
    # A number that settles the outcome, completely or but for those at the border.
    age = frame["age"].to_numpy()
    assert by(frame, (age > 40).astype(float), "sex", "age") == ("age",)
    assert by(frame, np.where(age == 40, chance, age > 40), "age") == ("age",)
    # Men of E and women of F: no single level settles anything.
    women = (frame["sex"] == "female").to_numpy()
    is_f = (frame["industry"] == "F").to_numpy()
    crossed = np.where(is_e & ~women, 1, np.where(is_f & women, 0, chance))
    assert by(frame, crossed, "sex", "industry") == ()
    assert by(frame, crossed, "sex", "industry", "sex:industry") != ()


def test_reasons_read_well() -> None:
    assert str(NotEstimated("collinear", ("industry", "broad"))) == "collinear: industry, broad"
    assert str(NotEstimated("no_persons")) == "no_persons"
