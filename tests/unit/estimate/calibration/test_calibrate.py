"""Calibration: declared totals are met, methods agree where they must, variances follow from residuals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from informality.errors import UserError
from informality.estimate.calibration.calibrate import linear, post_stratify, rake
from informality.estimate.calibration.estimates import CalibratedDesign, estimate_calibrated, evaluate_calibrated
from informality.estimate.calibration.margins import margins
from informality.estimate.design import Design
from informality.estimate.domains import evaluate
from informality.estimate.replicates.made import jkn
from informality.estimate.replicates.variance import variance_of
from informality.estimate.requests import Between, Request

check = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SEX, AREA = ("female", "male"), ("rural", "urban")


def survey(seed: int, rows: int = 300, zeros: bool = True) -> pd.DataFrame:
    """Persons in 4 strata of 5 PSUs; the cells of sex × area are all there."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"stratum": rng.integers(0, 4, rows), "psu": rng.integers(0, 5, rows)})
    frame["weight"] = rng.uniform(20, 90, rows) * np.where(zeros & (rng.random(rows) < 0.05), 0, 1)
    frame["sex"] = pd.Categorical.from_codes(np.arange(rows) % 2, categories=list(SEX))
    urban = rng.random(rows) < 0.3 + 0.1 * frame["stratum"]
    frame["area"] = pd.Categorical.from_codes(urban.astype(int), categories=list(AREA))
    chance = 0.4 + 0.3 * (frame["sex"] == "male") - 0.2 * (frame["area"] == "urban")
    frame["flag"] = np.where(rng.random(rows) < 0.1, np.nan, rng.random(rows) < chance)
    frame["hours"] = 30 + 8 * (frame["sex"] == "male") + rng.normal(0, 5, rows)
    frame["one"] = True
    return frame


def bent(frame: pd.DataFrame, seed: int, margin: str | tuple[str, ...]) -> dict:
    """Totals near the weighted ones; they add up to 110 per cent of the weights."""
    rng = np.random.default_rng(seed)
    weighted = frame.groupby(margin if isinstance(margin, str) else list(margin), observed=True)["weight"].sum()
    weighted = weighted * rng.uniform(0.8, 1.2, len(weighted))
    return (weighted * (1.1 * frame["weight"].sum() / weighted.sum())).to_dict()


def sums(frame: pd.DataFrame, found: CalibratedDesign, margin: str) -> pd.Series:
    return pd.Series(found.design.weight).groupby(frame[margin].to_numpy()).sum()


@check
@given(st.integers(0, 10_000))
def test_declared_totals_are_met(seed: int) -> None:
    frame = survey(seed)
    design = Design.from_frame(frame)
    declared = {"sex": bent(frame, seed, "sex"), "area": bent(frame, seed + 1, "area")}
    raked, regressed = rake(frame, design, declared), linear(frame, design, declared)
    bounded = linear(frame, design, declared, bounds=(0.5, 2))
    for found in (raked, regressed, bounded):
        for margin, levels in declared.items():
            assert sums(frame, found, margin).to_dict() == pytest.approx(levels, rel=1e-9)
        assert (found.design.weight[frame["weight"] == 0] == 0).all()
        assert (found.g[frame["weight"] == 0] == 1).all()
    assert (raked.design.weight[frame["weight"] > 0] > 0).all()
    assert bounded.g.min() >= 0.5
    assert bounded.g.max() <= 2


@pytest.mark.parametrize("margin", ["sex", ("sex", "area")], ids=["sex", "sex_area"])
@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_with_one_margin_all_methods_are_post_stratification(seed: int, margin: str | tuple[str, ...]) -> None:
    frame = survey(seed)
    design = Design.from_frame(frame)
    declared = {margin: bent(frame, seed, margin)}
    wanted = post_stratify(frame, design, declared)
    requests = [Request("share", "flag", by=("area",)), Request("total", "hours", measure="hours")]
    table = estimate_calibrated(frame, wanted, requests)
    for found in (rake(frame, design, declared), linear(frame, design, declared)):
        assert found.design.weight == pytest.approx(wanted.design.weight, rel=1e-9)
        assert estimate_calibrated(frame, found, requests)["se"].to_numpy() == pytest.approx(
            table["se"].to_numpy(), rel=1e-8
        )


@check
@given(st.integers(0, 10_000), st.floats(0.6, 0.99))
def test_bounds_are_kept_and_totals_still_met(seed: int, part: float) -> None:
    frame = survey(seed)
    design = Design.from_frame(frame)
    declared = {"sex": bent(frame, seed, "sex")}
    first = post_stratify(frame, design, declared).design.weight
    hours = {"hours": 1.01 * float(first @ frame["hours"])}
    free = linear(frame, design, declared, numbers=hours).g[frame["weight"] > 0]
    high = 1 + part * (free.max() - 1)
    if not possible(frame, design, declared["sex"], hours["hours"], high):
        with pytest.raises(UserError, match="cannot be met"):
            linear(frame, design, declared, numbers=hours, bounds=(0.1, high))
        return
    found = linear(frame, design, declared, numbers=hours, bounds=(0.1, high))
    assert found.g.max() == pytest.approx(high, rel=1e-12)
    assert sums(frame, found, "sex").to_dict() == pytest.approx(declared["sex"], rel=1e-9)
    assert float(found.design.weight @ frame["hours"]) == pytest.approx(hours["hours"], rel=1e-9)


def possible(frame: pd.DataFrame, design: Design, sex: dict[str, float], hours: float, high: float) -> bool:
    """Whether any factors within the bounds meet the totals: a linear programme."""
    from scipy.optimize import linprog

    w = design.weight
    lines = np.stack([*(w * (frame["sex"] == s).to_numpy() for s in SEX), w * frame["hours"].to_numpy()])
    target = np.array([*(sex[s] for s in SEX), hours])
    return bool(linprog(np.zeros(len(w)), A_eq=lines / 1e3, b_eq=target / 1e3, bounds=(0.1, high)).status == 0)


@pytest.mark.parametrize("lonely", ["adjust", "grand_mean", "average", "certainty"])
def test_domains_have_the_errors_of_their_linearised_values(lonely: str) -> None:
    frame = survey(7)
    frame.loc[frame["stratum"] == 3, "psu"] = 0
    design = Design.from_frame(frame, lonely=lonely)
    declared = {"sex": bent(frame, 1, "sex"), "area": bent(frame, 2, "area")}
    found = rake(frame, design, declared)
    w = found.design.weight
    frame["inside"] = frame["hours"] > 32
    for statistic in ("mean", "total", "ratio"):
        request = Request(
            statistic,
            "flag",
            x="hours" if statistic == "ratio" else None,
            where="inside",
            by=("sex",),
            measure="number",
        )  # type: ignore[arg-type]
        (answer,) = evaluate_calibrated(frame, found, [request])
        for at, code in enumerate(answer.level[:, 0]):
            rows = ((frame["sex"] == SEX[code]) & frame["inside"] & frame["flag"].notna()).to_numpy()
            y = frame["flag"].fillna(0).to_numpy()
            x = frame["hours"].to_numpy() if statistic == "ratio" else np.ones(len(frame))
            size = (w * x)[rows].sum()
            estimate = (w * y)[rows].sum() / (1 if statistic == "total" else size)
            z = np.where(rows, y if statistic == "total" else (y - estimate * x) / size, 0)
            assert answer.estimate[at] == pytest.approx(estimate, rel=1e-12)
            assert answer.se[at] == pytest.approx(found.standard_error(z), rel=1e-9)


def test_what_is_calibrated_to_has_no_error() -> None:
    frame = survey(8)
    declared = {"sex": bent(frame, 1, "sex"), "area": bent(frame, 2, "area")}
    found = linear(frame, Design.from_frame(frame), declared)
    table = estimate_calibrated(frame, found, [Request("total", "one", by=(d,), measure="persons") for d in declared])
    assert (table["se"] == 0).all()
    assert (table["ci_method"] == "none").all()
    assert table.loc[table["sex"] == "male", "estimate"].item() == pytest.approx(declared["sex"]["male"], rel=1e-9)


def test_residuals_agree_with_a_jackknife_that_calibrates_anew() -> None:
    frame = survey(9, rows=3000, zeros=False)
    design = Design.from_frame(frame)
    declared = {"sex": bent(frame, 1, "sex"), "area": bent(frame, 2, "area")}
    y = frame["hours"].to_numpy()

    def raked_total(persons: pd.DataFrame, weights: np.ndarray) -> float:
        return float(rake(persons, Design(design.stratum, design.psu, weights), declared).design.weight @ y)

    jackknife = variance_of(raked_total, frame, jkn(design)).se[0]
    (answer,) = evaluate_calibrated(frame, rake(frame, design, declared), [Request("total", "hours", measure="hours")])
    (alone,) = evaluate(frame, design, [Request("total", "hours", measure="hours")])
    assert answer.se[0] == pytest.approx(jackknife, rel=0.05)
    assert answer.se[0] < 0.3 * alone.se[0]


def test_persons_outside_keep_their_weight() -> None:
    frame = survey(10).assign(adult=lambda f: f["hours"] > 25)
    frame.loc[~frame["adult"], "sex"] = None
    adults = frame[frame["adult"]]
    declared = {"sex": bent(adults, 3, "sex")}
    for method in (post_stratify, rake, linear):
        found = method(frame, Design.from_frame(frame), declared, where="adult")
        assert (found.g[~frame["adult"]] == 1).all()
        assert sums(frame, found, "sex").to_dict() == pytest.approx(declared["sex"], rel=1e-9)


def test_totals_of_numbers() -> None:
    frame = survey(11)
    design = Design.from_frame(frame)
    hours = 1.12 * float(design.weight @ frame["hours"])
    found = linear(frame, design, {"sex": bent(frame, 1, "sex")}, numbers={"hours": hours})
    assert float(found.design.weight @ frame["hours"]) == pytest.approx(hours, rel=1e-9)
    (answer,) = evaluate_calibrated(frame, found, [Request("total", "hours", measure="hours")])
    assert answer.se[0] == 0
    alone = linear(frame, design, {}, numbers={"hours": hours})
    assert float(alone.design.weight @ frame["hours"]) == pytest.approx(hours, rel=1e-9)


def test_the_order_of_the_rows_does_not_matter() -> None:
    frame = survey(12)
    shuffled = frame.sample(frac=1, random_state=2)
    declared = {"sex": bent(frame, 1, "sex"), "area": bent(frame, 2, "area")}
    ours, theirs = (
        estimate_calibrated(f, rake(f, Design.from_frame(f), declared), [Request("share", "flag", by=("sex",))])
        for f in (frame, shuffled)
    )
    pd.testing.assert_frame_equal(ours, theirs, rtol=1e-9)


def test_levels_of_margins() -> None:
    frame = survey(13)
    frame.loc[0, "area"] = None
    (margin,) = margins(frame, {("sex", "area"): {("male", "urban"): 5.0, ("male", "sea"): 2.0}})
    assert margin.name == "sex × area"
    assert margin.levels[:2] == (("male", "urban"), ("male", "sea"))
    assert set(margin.levels[2:]) == {
        ("female", "rural"),
        ("female", "urban"),
        ("male", "rural"),
        (str(frame["sex"][0]), "_U"),
    }
    assert margin.sums(np.ones(len(frame))).sum() == len(frame)
    assert np.isnan(margin.declared[2:]).all()


def test_messages() -> None:
    frame = survey(14)
    design = Design.from_frame(frame)
    sex, area = bent(frame, 1, "sex"), bent(frame, 2, "area")
    bad = [
        ("there is no population total", lambda: rake(frame, design, {})),
        ("there is no population total", lambda: linear(frame, design, {})),
        ("one margin, and 2", lambda: post_stratify(frame, design, {"sex": sex, "area": area})),
        ("no column 'sexx'", lambda: rake(frame, design, {"sexx": sex})),
        ("margin 'sex' has no total for 'male'", lambda: rake(frame, design, {"sex": {"female": 9.0}})),
        ("margin 'area' has no total for '_U'", lambda: rake(frame.assign(area=frame["area"].where(frame["hours"] > 25)), design, {"area": area})),
        ("margin 'area' cannot be met: nobody in the file has 'sea'", lambda: rake(frame, design, {"area": area | {"sea": 3.0}})),
        ("margins 'sex' and 'area' cannot both be met", lambda: rake(frame, design, {"sex": sex, "area": {k: 2 * t for k, t in area.items()}})),
        ("is not above 0", lambda: rake(frame, design, {"sex": sex | {"male": 0.0}})),
        ("has 2 parts, the margin 1", lambda: rake(frame, design, {"sex": {("male", "urban"): 1.0}})),
        ("different columns", lambda: rake(frame, design, {("sex", "sex"): sex})),
        ("the frame has 5 rows", lambda: rake(frame.head(5), design, {"sex": sex})),
        ("did you mean 'base'", lambda: rake(frame, design, {"sex": sex}, residuals="basis")),  # type: ignore[arg-type]
        ("1 between them", lambda: linear(frame, design, {"sex": sex}, bounds=(1.1, 2))),
        ("'flag' is missing in", lambda: linear(frame, design, {}, numbers={"flag": 100.0})),
        ("factors between 0.99 and 1.01", lambda: linear(frame, design, {"sex": sex}, bounds=(0.99, 1.01))),
    ]  # fmt: skip
    for message, call in bad:
        with pytest.raises(UserError, match=message):
            call()


def test_margins_that_contradict_each_other_in_the_file_are_named() -> None:
    """All men live in towns, and more men than townspeople are declared."""
    frame = survey(15)
    frame["area"] = np.where(frame["sex"] == "male", "urban", np.where(frame["hours"] > 30, "urban", "rural"))
    design = Design.from_frame(frame)
    declared = {"sex": {"female": 100.0, "male": 900.0}, "area": {"rural": 600.0, "urban": 400.0}}
    with pytest.raises(
        UserError, match=r"margin '(sex|area)' cannot be met after 50 rounds of raking: '\w+' is [\d.]+ % off"
    ):
        rake(frame, design, declared, most=50)
    with pytest.raises(UserError, match=r"negative in \d+ rows"):
        linear(frame, design, declared)
    with pytest.raises(
        UserError, match=r"margin '(sex|area)' cannot be met by linear calibration with factors between 0 and 50"
    ):
        linear(frame, design, declared, bounds=(0, 50))


def linearised_difference(
    frame: pd.DataFrame, found: CalibratedDesign, y: str, plus: pd.Series, minus: pd.Series
) -> np.ndarray:
    """z of a difference of means, written out for every row."""
    z = np.zeros(len(frame))
    for side, sign in ((plus, 1.0), (minus, -1.0)):
        known = (side & frame[y].notna()).to_numpy()
        weight = found.design.weight[known]
        values = frame[y].to_numpy(dtype=float)[known]
        z[known] += sign * (values - np.average(values, weights=weight)) / weight.sum()
    return z


def test_the_error_of_a_difference_is_that_of_its_linearised_value() -> None:
    frame = survey(31, rows=700)
    declared = {"sex": bent(frame, 1, "sex"), "area": bent(frame, 2, "area")}
    found = rake(frame, Design.from_frame(frame), declared)
    everybody = frame["one"]
    women, men, town = frame["sex"] == "female", frame["sex"] == "male", frame["area"] == "urban"
    cases = [
        (Request("difference", "flag", by=("sex",), of="share", between=Between("sex", "female", "male")), "flag", women, men),
        (Request("difference", "hours", by=("sex",), of="mean", between=Between("sex", "female", "_T"), measure="hours"), "hours", women, everybody),
        (Request("difference", "hours", by=("area", "sex"), of="mean", between=Between("sex", "female", "male"), measure="hours"), "hours", women & town, men & town),
    ]  # fmt: skip
    for request, y, plus, minus in cases:
        table = estimate_calibrated(frame, found, [request])
        row = table[table["area"] == "urban"].iloc[0] if "area" in request.by else table.iloc[0]
        expected = found.standard_error(linearised_difference(frame, found, y, plus, minus))
        assert row["se"] == pytest.approx(expected, rel=1e-10)
        sides = [np.average(frame.loc[s & frame[y].notna(), y].astype(float), weights=found.design.weight[s & frame[y].notna()]) for s in (plus, minus)]  # fmt: skip
        assert row["estimate"] == pytest.approx(sides[0] - sides[1], rel=1e-9)
        assert row["ci_low"] < row["estimate"] < row["ci_high"]


def test_the_interval_of_a_quantile_inverts_that_of_the_share_below() -> None:
    frame = survey(32, rows=900)
    found = rake(frame, Design.from_frame(frame), {"sex": bent(frame, 1, "sex")})
    (median,) = estimate_calibrated(frame, found, [Request("quantile", "hours", p=0.5, measure="hours")]).to_dict(
        "records"
    )
    below = frame.assign(below=frame["hours"] <= median["estimate"])
    (share,) = estimate_calibrated(below, found, [Request("share", "below", interval="t")]).to_dict("records")
    ordered = frame.assign(w=found.design.weight).query("w > 0").sort_values("hours")
    reached = ordered["w"].cumsum() / ordered["w"].sum()
    for limit in ("ci_low", "ci_high"):
        assert median[limit] == ordered.loc[reached >= share[limit], "hours"].iloc[0]
    assert median["ci_method"] == "woodruff"
