"""Decompositions: the parts add up, agree with statsmodels, and their standard errors with general replicates."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.oaxaca import OaxacaBlinder

from informality.errors import UserError
from informality.estimate.design import Design
from informality.estimate.models.decompose import Decomposition, decompose
from informality.estimate.models.estimable import NotEstimated
from informality.estimate.models.terms import parse_terms
from informality.estimate.replicates.design import ReplicateDesign
from informality.estimate.replicates.made import jkn, rao_wu
from informality.estimate.replicates.variance import variance_of
from informality.vocabulary import CONSTANT, TOTAL

TERMS = "age age^2 education area"
STRATA, PSUS = 6, 5


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    random = np.random.default_rng(21)
    n = 1500
    stratum = random.integers(0, STRATA, n)
    psu = stratum * PSUS + random.integers(0, PSUS, n)
    woman = random.random(n) < 0.45
    education = np.clip(random.integers(0, 3, n) + woman * random.integers(0, 2, n), 0, 2)
    age = random.integers(15, 70, n).astype(float)
    earnings = 1 + 0.3 * education - 0.15 * woman * (1 + education) + 0.03 * age - 0.0003 * age**2
    earnings += random.normal(0, 0.4, n) + random.normal(0, 0.2, STRATA * PSUS)[psu]
    earnings[random.random(n) < 0.1] = np.nan
    frame = pd.DataFrame(
        {
            "woman": woman.astype(float),
            "education": pd.Categorical.from_codes(education, ["low", "mid", "high"]),
            "area": pd.Categorical.from_codes(random.integers(0, 2, n), ["urban", "rural"]),
            "age": age,
            "earnings": earnings,
            "stratum": stratum,
            "psu": psu,
            "weight": random.uniform(10, 90, n),
        }
    )
    frame.loc[random.random(n) < 0.02, "weight"] = 0.0
    frame.loc[random.random(n) < 0.02, "education"] = None
    return frame


def split(frame: pd.DataFrame, terms: str = TERMS, replicates: ReplicateDesign | None = None) -> Decomposition:
    design = Design.from_frame(frame)
    found = decompose(
        frame,
        frame["earnings"].to_numpy(),
        frame["woman"].to_numpy(),
        parse_terms(terms.split()),
        design,
        replicates or jkn(design),
    )
    assert isinstance(found, Decomposition), found
    return found


def numbers(found: Decomposition) -> dict[tuple[str, str, str], float]:
    return {(p.statistic, p.term, p.level): float(e) for p, e in zip(found.parts, found.estimate, strict=True)}


def test_the_pooled_split_of_statsmodels(frame: pd.DataFrame) -> None:
    alike = frame.assign(weight=1.0)
    found = numbers(split(alike))
    used = alike.dropna()
    x = pd.get_dummies(used[["education", "area"]], drop_first=True, dtype=float)
    x = x.assign(age=used["age"], squared=used["age"] ** 2, woman=used["woman"], constant=1.0)
    theirs = OaxacaBlinder(used["earnings"].to_numpy(), x, "woman", hasconst=True, swap=False).two_fold(
        two_fold_type="pooled"
    )
    rest, accounted, difference = (-v for v in theirs.params)
    assert found["difference", TOTAL, TOTAL] == pytest.approx(difference, rel=1e-9)
    assert found["accounted_for", TOTAL, TOTAL] == pytest.approx(accounted, rel=1e-8)
    assert found["not_accounted_for", TOTAL, TOTAL] == pytest.approx(rest, rel=1e-8)


def test_the_parts_add_up(frame: pd.DataFrame) -> None:
    found = split(frame)
    value = numbers(found)
    used = frame.dropna().query("weight > 0")
    for level, woman in (("first", 1), ("second", 0)):
        group = used[used["woman"] == woman]
        by_hand = np.average(group["earnings"], weights=group["weight"])
        assert value["mean", TOTAL, level] == pytest.approx(by_hand, rel=1e-12)
    difference = value["mean", TOTAL, "first"] - value["mean", TOTAL, "second"]
    assert value["difference", TOTAL, TOTAL] == pytest.approx(difference, rel=1e-12)
    both = value["accounted_for", TOTAL, TOTAL] + value["not_accounted_for", TOTAL, TOTAL]
    assert both == pytest.approx(difference, rel=1e-9)
    for statistic in ("accounted_for", "not_accounted_for"):
        variables = [v for (s, t, level), v in value.items() if s == statistic and t != TOTAL and level == TOTAL]
        assert sum(variables) == pytest.approx(value[statistic, TOTAL, TOTAL], abs=1e-12)
        for variable in ("education", "area"):
            levels = [v for (s, t, level), v in value.items() if (s, t) == (statistic, variable) and level != TOTAL]
            assert len(levels) == frame[variable].nunique()
            assert sum(levels) == pytest.approx(value[statistic, variable, TOTAL], abs=1e-12)
    # What a number does not account for depends on where its zero lies; it stands with the constant.
    assert ("not_accounted_for", "age", TOTAL) not in value
    assert ("accounted_for", "age", TOTAL) in value
    assert found.n == len(used)
    assert found.n_first == used["woman"].sum()
    assert found.df == STRATA * (PSUS - 1)


def test_no_number_depends_on_the_reference_or_the_zero(frame: pd.DataFrame) -> None:
    other = frame.assign(
        education=frame["education"].cat.reorder_categories(["high", "low", "mid"]), age=frame["age"] - 40
    )
    one, two = split(frame), split(other)
    a, b = numbers(one), numbers(two)
    assert a == pytest.approx(b, abs=1e-9)
    order = [two.parts.index(part) for part in one.parts]
    np.testing.assert_allclose(one.se, two.se[order], rtol=1e-6)


@pytest.mark.parametrize("kind", ["jackknife", "bootstrap", "person_by_person"])
def test_standard_errors_are_those_of_general_replicates(frame: pd.DataFrame, kind: str) -> None:
    """The same with the decomposition redone from the rows in every replicate."""
    design = Design.from_frame(frame)
    replicates = jkn(design) if kind == "jackknife" else rao_wu(design, 40, seed=3)
    if kind == "person_by_person":
        random = np.random.default_rng(0)
        weights = design.weight[:, None] * random.uniform(0.5, 1.5, (len(frame), 30))
        replicates = ReplicateDesign.supplied(design.weight, weights, kind="bootstrap")
    found = split(frame, "education area", replicates)

    def by_hand(persons: pd.DataFrame, weight: np.ndarray) -> np.ndarray:
        used = persons.assign(weight=weight).dropna()
        x = pd.get_dummies(used[["education", "area"]], drop_first=True, dtype=float).assign(constant=1.0)
        regressions = {}
        for group in (1.0, 0.0, None):
            rows = np.ones(len(used), bool) if group is None else (used["woman"] == group).to_numpy()
            z = x[rows] if group is not None else x.assign(woman=used["woman"])
            root = np.sqrt(used["weight"].to_numpy()[rows])
            b = np.linalg.lstsq(z * root[:, None], used["earnings"].to_numpy()[rows] * root, rcond=None)[0]
            regressions[group] = (np.average(x[rows], axis=0, weights=root**2), b[: x.shape[1]])
        (x1, b1), (x2, b2), (_, pooled) = regressions[1.0], regressions[0.0], regressions[None]
        return np.array([(x1 - x2) @ pooled, x1 @ (b1 - pooled) + x2 @ (pooled - b2)])

    expected = variance_of(by_hand, frame, replicates)
    place = [p.statistic for p in found.parts].index("accounted_for")
    np.testing.assert_allclose(found.estimate[place : place + 2], expected.estimate, rtol=1e-9)
    np.testing.assert_allclose(found.se[place : place + 2], expected.se, rtol=1e-7)


def test_a_yes_no_outcome_splits_its_shares(frame: pd.DataFrame) -> None:
    informal = frame.assign(earnings=(frame["earnings"] > 1.5).astype(float))
    value = numbers(split(informal))
    women = informal[(informal["woman"] == 1) & informal["education"].notna()]
    share = np.average(women["earnings"], weights=women["weight"])
    assert value["mean", TOTAL, "first"] == pytest.approx(share, rel=1e-12)
    assert value["not_accounted_for", CONSTANT, TOTAL] != 0


def not_estimated(frame: pd.DataFrame, terms: str = TERMS, bearable: float = 0.0) -> NotEstimated:
    design = Design.from_frame(frame)
    found = decompose(
        frame,
        frame["earnings"].to_numpy(),
        frame["woman"].to_numpy(),
        parse_terms(terms.split()),
        design,
        jkn(design),
        bearable=bearable,
    )
    assert isinstance(found, NotEstimated)
    return found


def test_what_is_not_estimated(frame: pd.DataFrame) -> None:
    assert not_estimated(frame.assign(woman=1.0)).reason == "no_persons"
    no_men = frame["education"].where(~((frame["woman"] == 0) & (frame["education"] == "high")))
    assert not_estimated(frame.assign(education=no_men)) == NotEstimated("collinear", ("education=high",))
    two = frame[frame["psu"].isin([0, 5])].reset_index(drop=True)
    assert not_estimated(two, "age").reason == "too_few_psus"
    with pytest.raises(UserError, match="no products"):
        not_estimated(frame, "age area age:area")


def test_what_rests_on_one_psu_is_not_estimated(frame: pd.DataFrame) -> None:
    """Without it the jackknife has no regression, and its variance would be understated."""
    alone = frame.assign(education=frame["education"].where((frame["education"] != "high") | (frame["psu"] == 7)))
    assert not_estimated(alone).reason == "too_few_psus"
    design = Design.from_frame(alone)
    found = decompose(
        alone,
        alone["earnings"].to_numpy(),
        alone["woman"].to_numpy(),
        parse_terms(TERMS.split()),
        design,
        jkn(design),
        bearable=0.1,
    )
    assert isinstance(found, Decomposition)
    assert found.discarded == 1
