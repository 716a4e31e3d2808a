"""Terms, covariate patterns and their model matrix."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from formulaic import Formula

from informality.errors import UserError
from informality.estimate.models.patterns import Patterns, collapse, known_rows
from informality.estimate.models.terms import parse_term, parse_terms
from informality.vocabulary import CONSTANT


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    random = np.random.default_rng(1)
    n = 600
    return pd.DataFrame(
        {
            "sex": pd.Categorical.from_codes(random.integers(0, 2, n), ["male", "female"]),
            "education": pd.Categorical.from_codes(random.integers(-1, 3, n), ["low", "mid", "high", "never"]),
            "area": random.choice(["rural", "urban"], n),
            "age": random.integers(15, 70, n).astype(float),
            "hours": np.where(random.random(n) < 0.1, np.nan, random.integers(0, 60, n)),
        }
    )


def patterns(frame: pd.DataFrame, *terms: str, **references: str) -> Patterns:
    parsed = parse_terms(terms)
    known = known_rows(frame, [name for term in parsed for name in term.variables])
    return collapse(frame, parsed, known, references)


@pytest.mark.parametrize("text", ["", "age^3", "age + sex", "sex:sex", "log(age)", "sex:age^2", "abc:", "1"])
def test_what_is_no_term(text: str) -> None:
    with pytest.raises(UserError, match="is no term"):
        parse_term(text)


def test_a_term_stands_once() -> None:
    with pytest.raises(UserError, match="stands twice"):
        parse_terms(["sex:area", "area:sex"])
    assert len(parse_terms(["age", "age^2"])) == 2


def test_rows_with_everything_known(frame: pd.DataFrame) -> None:
    known = known_rows(frame, ["education", "hours"])
    assert known.tolist() == (frame["education"].notna() & frame["hours"].notna()).tolist()
    with pytest.raises(UserError, match="there is no variable 'educaton'"):
        known_rows(frame, ["educaton"])


def test_the_matrix_is_formulaics_on_every_row(frame: pd.DataFrame) -> None:
    terms = ("sex", "education", "age", "age^2", "hours", "sex:education", "sex:age", "area")
    found = patterns(frame, *terms)
    rows = frame[known_rows(frame, ["education", "hours"])]
    rows = rows.assign(education=rows["education"].cat.remove_unused_categories())
    formula = "1 + sex + education + age + {age**2} + hours + area + sex:education + sex:age"
    expected = Formula(formula).get_model_matrix(rows, output="pandas")
    ours = found.x.dense()[found.of_row]
    names = {CONSTANT: "Intercept", "age^2": "age ** 2"}
    assert ours.shape == expected.shape
    for place, column in enumerate(found.columns):
        levels = iter(column.level.split(":") if column.level else [])
        parts = [
            names.get(name, name) if name in ("age", "hours", "age^2", CONSTANT) else f"{name}[T.{next(levels)}]"
            for name in column.term.split(":")
        ]
        np.testing.assert_array_equal(ours[:, place], expected[":".join(parts)].to_numpy(float))


def test_one_pattern_for_all_who_share_it(frame: pd.DataFrame) -> None:
    found = patterns(frame, "sex", "education")
    assert found.size == 6
    assert np.bincount(found.of_row).sum() == frame["education"].notna().sum()
    assert not found.covariates.duplicated().any()


def test_many_values_of_many_variables() -> None:
    """Keys that would not fit into an integer are made dense on the way."""
    random = np.random.default_rng(2)
    n = 3000
    frame = pd.DataFrame({f"x{i}": random.normal(size=n) for i in range(8)})
    found = patterns(frame, *frame.columns)
    assert found.size == n
    np.testing.assert_array_equal(found.x.dense()[found.of_row][:, 1:], frame.to_numpy())


def test_references(frame: pd.DataFrame) -> None:
    assert patterns(frame, "education").levels == {"education": ("low", "mid", "high")}
    given = patterns(frame, "sex", "education", education="mid")
    assert given.levels["education"] == ("mid", "low", "high")
    assert [c.level for c in given.columns if c.term == "education"] == ["low", "high"]
    # A reference that nobody has cannot be one.
    assert patterns(frame, "education", education="never").levels["education"][0] == "low"


def test_a_factor_with_one_level_has_no_column(frame: pd.DataFrame) -> None:
    women = frame[frame["sex"] == "female"].reset_index(drop=True)
    found = patterns(women, "sex", "age", "sex:age")
    assert [c.term for c in found.columns] == [CONSTANT, "age"]
    assert [t.text for t in found.terms] == ["age"]


def test_other_values_in_every_pattern(frame: pd.DataFrame) -> None:
    """What marginal effects ask: everybody at a level, or a year older."""
    found = patterns(frame, "sex", "education", "age", "age^2", "sex:education")
    everybody = found.covariates.assign(
        sex=pd.Categorical(["female"] * found.size, categories=["male", "female"]), age=found.covariates["age"] + 1
    )
    expected = np.asarray(found.spec.get_model_matrix(everybody, output="pandas"), dtype=float)
    older = found.covariates["age"].to_numpy() + 1
    for variable, value in (("sex", "female"), ("age", older)):
        for block in found.with_value(variable, value):
            column = np.zeros((found.size, block.size + 1))
            column[np.arange(found.size), block.code] = block.times(np.ones(found.size))
            np.testing.assert_array_equal(column[:, : block.size], expected[:, block.places])
