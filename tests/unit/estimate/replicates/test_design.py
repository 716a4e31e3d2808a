"""Replicate designs: what linearisation gives for totals they give too, and the ways to supply them agree."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from informality.errors import UserError
from informality.estimate.design import Design
from informality.estimate.domains import evaluate
from informality.estimate.hub import estimate
from informality.estimate.replicates.design import ReplicateDesign
from informality.estimate.replicates.factors import common_factors, rank
from informality.estimate.replicates.made import jkn, rao_wu
from informality.estimate.replicates.variance import (
    Replicated,
    estimate_replicates,
    evaluate_replicates,
    variance_of,
)
from informality.estimate.requests import Between, Request

check = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
REQUESTS = [
    Request("share", "flag", by=("sex",)),
    Request("total", "flag", by=("sex",), measure="persons"),
    Request("mean", "amount", where="inside", measure="number"),
    Request("total", "amount", where="inside", by=("sex", "area"), measure="number"),
    Request("ratio", "amount", x="base", by=("area",), measure="number"),
]


def survey(seed: int, rows: int = 200, strata: int = 4, psus: int = 4, lonely: bool = True) -> pd.DataFrame:
    """A file with missing values, weights of 0, and a lonely PSU in the last stratum."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"stratum": rng.integers(0, strata, rows), "psu": rng.integers(0, psus, rows)})
    if lonely:
        frame.loc[frame["stratum"] == strata - 1, "psu"] = 0
    frame["weight"] = rng.integers(0, 6, rows) * rng.choice([1.0, 37.25], rows)
    sizes = frame.groupby("stratum")["psu"].nunique()
    frame["population"] = frame["stratum"].map(sizes) + frame["stratum"].mod(3) * 2
    frame["inside"] = rng.random(rows) < 0.8
    frame["flag"] = np.where(rng.random(rows) < 0.1, np.nan, rng.integers(0, 2, rows))
    frame["amount"] = np.where(rng.random(rows) < 0.1, np.nan, rng.lognormal(3, 1, rows) + frame["stratum"])
    frame["base"] = rng.integers(1, 9, rows)
    for name, levels in (("sex", ("female", "male")), ("area", ("rural", "urban"))):
        frame[name] = pd.Categorical.from_codes(rng.integers(-1, 2, rows), categories=list(levels))
    return frame


def by_request(answers: list[Replicated]) -> list[Replicated]:
    return sorted(answers, key=lambda a: a.request)


@check
@given(st.integers(0, 10_000), st.sampled_from(("adjust", "grand_mean", "certainty")), st.booleans(), st.booleans())
def test_jackknife_of_a_total_is_linearisation(seed: int, lonely: str, fpc: bool, alone: bool) -> None:
    frame = survey(seed, lonely=alone)
    design = Design.from_frame(frame, fpc="population" if fpc else None, lonely=lonely)
    requests = [r for r in REQUESTS if r.statistic == "total"]
    made = jkn(design)
    ours = {a.request: a for a in evaluate_replicates(frame, made, requests)}
    taylor = {a.request: a for a in evaluate(frame, design, requests)}
    for position in range(len(requests)):
        assert ours[position].estimate == pytest.approx(taylor[position].estimate, rel=1e-12)
        assert ours[position].se == pytest.approx(taylor[position].se, rel=1e-9, nan_ok=True)
    if not alone and not fpc:
        # R's degf of a design also counts the PSUs of certainty strata, which have no replicates.
        assert made.df == design.df


def test_jackknife_under_average_counts_the_strata_of_the_file() -> None:
    frame = survey(3)
    design = Design.from_frame(frame, lonely="average")
    (ours,) = evaluate_replicates(frame, jkn(design), [Request("total", "base", measure="number")])
    (taylor,) = evaluate(frame, design, [Request("total", "base", measure="number")])
    assert design.lonely_strata == 1
    assert ours.se == pytest.approx(taylor.se, rel=1e-12)


@pytest.mark.parametrize("lonely", ["adjust", "grand_mean", "certainty"])
@pytest.mark.parametrize("mse", [True, False])
def test_bootstrap_agrees_with_linearisation(lonely: str, mse: bool) -> None:
    frame = survey(1, rows=400, psus=8)
    design = Design.from_frame(frame, fpc="population", lonely=lonely)
    made = rao_wu(design, 3000, seed=5, mse=mse)
    assert made.factor.min() >= 0
    assert made.factor[design.psu].mean(axis=1) == pytest.approx(1, abs=0.08)
    requests = [Request("total", "base", by=("sex",), measure="number"), Request("mean", "amount", measure="number")]
    taylor = {a.request: a for a in evaluate(frame, design, requests)}
    for ours in evaluate_replicates(frame, made, requests):
        # The standard error of a standard error from 3000 draws is about 1.3 %.
        assert ours.se == pytest.approx(taylor[ours.request].se, rel=0.06)
        assert ours.theta.mean(axis=1) == pytest.approx(ours.estimate, rel=0.01)


def test_a_seed_settles_the_bootstrap_whatever_the_order_of_the_rows() -> None:
    frame = survey(2)
    shuffled = frame.sample(frac=1, random_state=4)
    tables = [
        estimate_replicates(f, rao_wu(Design.from_frame(f), 50, seed=seed), REQUESTS[:3])[0]
        for f, seed in ((frame, 8), (shuffled, 8), (frame, 9))
    ]
    assert tables[0]["se"].to_numpy() == pytest.approx(tables[1]["se"].to_numpy(), rel=1e-12)
    assert tables[0]["se"].to_numpy() != pytest.approx(tables[2]["se"].to_numpy(), rel=1e-3)


def slow(
    frame: pd.DataFrame, design: ReplicateDesign, request: Request
) -> dict[tuple[str, ...], tuple[float, float, int]]:
    """Estimate, standard error and discarded replicates of each domain, by the formulas."""
    inside = frame["inside"].to_numpy() if request.where else np.ones(len(frame), dtype=bool)
    labels = [frame[d].astype("object").fillna("_U") for d in ("sex", "area") if d in request.by]
    domains = list(zip(*labels, strict=True)) if labels else [()] * len(frame)
    y = frame[request.y].to_numpy(float)
    x = frame[request.x].to_numpy(float) if request.x else np.ones(len(frame))
    known = inside & ~np.isnan(y) & ~np.isnan(x)
    weights = [design.weight, *(design.weights(r) for r in range(design.n_replicates))]
    found = {}
    for domain in sorted({d for d, there in zip(domains, inside, strict=True) if there}):
        rows = known & np.array([d == domain for d in domains])
        values = []
        for w in weights:
            top, bottom = (w[rows] * y[rows]).sum(), (w[rows] * x[rows]).sum()
            if request.statistic == "total":
                values.append(top if rows.any() else np.nan)
            else:
                values.append(top / bottom if bottom != 0 else np.nan)
        whole, theta = values[0], np.array(values[1:])
        kept = np.isfinite(theta)
        centre = whole if design.mse else theta[kept & (design.rscales > 0)].mean() if kept.any() else np.nan
        variance = design.scale * (design.rscales[kept] * (theta[kept] - centre) ** 2).sum() if kept.any() else np.nan
        found[domain] = (whole, float(np.sqrt(variance)) if np.isfinite(whole) else np.nan, int((~kept).sum()))
    return found


@check
@given(st.integers(0, 10_000), st.booleans(), st.integers(3, 40))
def test_against_a_slow_program(seed: int, mse: bool, rows: int) -> None:
    """Replicate weights that differ person by person, many of them 0."""
    frame = survey(seed, rows)
    rng = np.random.default_rng(seed)
    weight = frame["weight"].to_numpy()
    design = ReplicateDesign.supplied(
        weight,
        weight[:, None] * rng.choice([0.0, 0.0, 0.0, 2.0, 3.0], (rows, 9)) + rng.integers(0, 2, (rows, 9)),
        kind="other",
        scale=0.3,
        rscales=rng.choice([0.0, 0.5, 1.0], 9),
        mse=mse,
    )
    for answer in evaluate_replicates(frame, design, REQUESTS):
        request = REQUESTS[answer.request]
        expected = slow(frame, design, request)
        assert len(expected) == len(answer.estimate)
        for at in range(len(answer.estimate)):
            domain = tuple(d.levels[c] for d, c in zip(answer.dimensions, answer.level[at], strict=True))
            whole, se, discarded = expected[domain]
            assert answer.estimate[at] == pytest.approx(whole, rel=1e-12, nan_ok=True)
            assert answer.discarded[at] == discarded
            assert answer.se[at] == pytest.approx(se, rel=1e-7, abs=1e-9 * abs(whole), nan_ok=True)


def test_ways_to_supply_the_same_replicates_agree() -> None:
    frame = survey(6)
    design = Design.from_frame(frame)
    made = jkn(design)
    full = np.column_stack([made.weights(r) for r in range(made.n_replicates)])
    columns = [f"r{r:02d}" for r in range(made.n_replicates)]
    wide = pd.concat([frame, pd.DataFrame(full, columns=columns, index=frame.index)], axis=1)
    common = {"kind": "jkn", "rscales": made.rscales}
    ways = {
        "full": ReplicateDesign.supplied(design.weight, full, **common),
        "columns": ReplicateDesign.from_frame(wide, columns, psu="psu", stratum="stratum", **common),
        "rows": ReplicateDesign.supplied(design.weight, made.factor[design.psu], factors=True, **common),
        "units": ReplicateDesign.supplied(design.weight, made.factor, factors=True, unit=design.psu, **common),
        "single": ReplicateDesign.supplied(design.weight, full.astype(np.float32), **common),
    }
    wanted, lost = estimate_replicates(frame, made, REQUESTS)
    for name, way in ways.items():
        table, discarded = estimate_replicates(frame, way, REQUESTS)
        assert (discarded == lost).all()
        assert table["se"].to_numpy() == pytest.approx(
            wanted["se"].to_numpy(), rel=1e-4 if name == "single" else 1e-10, nan_ok=True
        )
        assert (table["df"] == wanted["df"]).all()
        assert (table["state"] == wanted["state"]).all()
    assert len(ways["full"].factor) <= len(made.factor) + 1
    assert ways["full"].df == ways["single"].df == made.df
    assert (estimate_replicates(frame, ways["columns"], REQUESTS)[0]["n_psu"] == wanted["n_psu"]).all()


def test_rows_of_the_hub_are_those_of_linearisation_but_for_the_errors() -> None:
    frame = survey(7)
    design = Design.from_frame(frame)
    ours, _ = estimate_replicates(frame, jkn(design), REQUESTS)
    taylor = estimate(frame, design, REQUESTS)
    assert list(ours.columns) == list(taylor.columns)
    assert (ours.dtypes == taylor.dtypes).all()
    same = [c for c in ours if c not in ("se", "ci_low", "ci_high", "ci_method", "cv", "df", "deff", "n_same", "state")]
    pd.testing.assert_frame_equal(ours[same], taylor[same])
    shown = ours[ours["state"] == "estimated"]
    share = shown[shown["statistic"] == "share"]
    assert (share["ci_method"] == "logit").all()
    assert ((share["ci_low"] > 0) & (share["ci_low"] < share["estimate"]) & (share["ci_high"] < 1)).all()
    both = taylor["state"].eq("estimated") & ours["statistic"].eq("total")
    assert ours.loc[both, "deff"].to_numpy() == pytest.approx(taylor.loc[both, "deff"].to_numpy(), rel=1e-9)


def test_a_domain_in_one_psu_is_not_estimable_and_its_lost_replicate_is_counted() -> None:
    frame = survey(9, lonely=False)
    frame["only"] = (frame["stratum"] == 1) & (frame["psu"] == 2)
    request = [Request("share", "flag", where="only")]
    table, discarded = estimate_replicates(frame, jkn(Design.from_frame(frame)), request)
    assert list(discarded) == [1]
    assert table.loc[0, "state"] == "not_estimable"
    assert table.loc[0, "df"] == 0
    assert table.loc[0, ["se", "ci_low", "ci_high", "cv"]].isna().all()
    assert 0 < table.loc[0, "estimate"] < 1


def test_declared_degrees_of_freedom_bound_those_of_domains() -> None:
    frame = survey(10)
    made = jkn(Design.from_frame(frame))
    declared = ReplicateDesign.supplied(
        frame["weight"].to_numpy(), made.factor, factors=True, unit=made.unit, kind="jkn", rscales=made.rscales, df=3
    )
    requests = [Request("share", "flag", by=("sex",)), Request("share", "inside", df_rule="design")]
    table, _ = estimate_replicates(frame, declared, requests)
    assert (table["df"] == 3).all()
    assert made.df > 3


def test_an_empty_universe_has_no_rows() -> None:
    frame = survey(11).assign(nobody=False)
    requests = [Request("share", "flag", where="nobody", by=("sex",)), Request("share", "flag")]
    table, discarded = estimate_replicates(frame, jkn(Design.from_frame(frame)), requests)
    assert len(table) == len(discarded) == 1


def test_any_statistic() -> None:
    frame = survey(12)
    design = jkn(Design.from_frame(frame))
    y = frame["amount"].fillna(0).to_numpy()
    known = frame["amount"].notna().to_numpy()

    def mean_and_total(_: pd.DataFrame, weights: np.ndarray) -> np.ndarray:
        total = weights[known] @ y[known]
        return np.array([total / weights[known].sum(), total])

    found = variance_of(mean_and_total, frame, design)
    requests = [Request("mean", "amount", measure="number"), Request("total", "amount", measure="number")]
    answers = by_request(list(evaluate_replicates(frame, design, requests)))
    assert found.estimate == pytest.approx([a.estimate[0] for a in answers], rel=1e-12)
    assert found.se == pytest.approx([a.se[0] for a in answers], rel=1e-10)
    assert found.covariance[0, 1] == pytest.approx(found.covariance[1, 0])
    assert (found.discarded, found.df) == (0, design.df)


def test_replicates_without_the_statistic_are_discarded() -> None:
    frame = survey(13)
    design = jkn(Design.from_frame(frame))
    first, second, third = (design.weights(r) for r in range(3))

    def fragile(_: pd.DataFrame, weights: np.ndarray) -> float:
        if np.array_equal(weights, first):
            return float("nan")
        if np.array_equal(weights, second):
            raise ZeroDivisionError
        if np.array_equal(weights, third):
            raise np.linalg.LinAlgError
        return float(weights.sum())

    found = variance_of(fragile, frame, design)
    kept = design.rscales[3:]
    gaps = np.array([design.weights(r).sum() for r in range(3, design.n_replicates)]) - design.weight.sum()
    assert found.discarded == 3
    assert found.se[0] == pytest.approx(np.sqrt((kept * gaps**2).sum()), rel=1e-9)
    assert np.isnan(variance_of(lambda _, w: float("nan") if w is design.weight else 1.0, frame, design).se[0])


@check
@given(st.integers(0, 10_000), st.integers(1, 60), st.integers(2, 12), st.integers(1, 12))
def test_rank(seed: int, lines: int, columns: int, deep: int) -> None:
    rng = np.random.default_rng(seed)
    matrix = rng.random((lines, deep)) @ rng.random((deep, columns))
    chosen = np.flatnonzero(rng.random(lines) < 0.7)
    wanted = np.linalg.matrix_rank(matrix[chosen], tol=1e-9) if len(chosen) else 0
    assert rank(matrix, chosen) <= wanted
    if wanted <= 3 or deep <= 3:
        # Deeper random products may come nearer to lower rank than the tolerance.
        assert rank(matrix, chosen) == wanted


def test_persons_with_their_own_factors_are_not_joined() -> None:
    rng = np.random.default_rng(0)
    weight = rng.random(20) + 1
    assert common_factors(weight, weight[:, None] * rng.random((20, 5))) is None
    shared = np.repeat(rng.random((4, 5)), 5, axis=0)
    factor, unit = common_factors(weight, weight[:, None] * shared)  # type: ignore[misc]
    assert len(factor) == 4
    assert factor[unit] == pytest.approx(shared, rel=1e-12)
    weight[0] = 0
    # A weight of 0 that is not 0 in a replicate has no factor.
    assert common_factors(weight, np.ones((20, 5))) is None


ONES = np.ones((3, 4))
BAD = [
    ({"kind": "jacknife"}, "no kind of replicate"),
    ({"kind": "jkn"}, "one rscale for each replicate"),
    ({"kind": "jkn", "rscales": np.ones(3)}, "4 replicates and 3 rscales"),
    ({"kind": "fay"}, "rho"),
    ({"kind": "fay", "rho": 1.0}, "rho"),
    ({"kind": "brr", "rho": 0.3}, "not for brr"),
    ({"kind": "other"}, "need a scale"),
    ({"kind": "brr", "scale": 0.0}, "above 0"),
    ({"kind": "brr", "rscales": np.array([1.0, -1, 1, 1])}, "0 or more"),
    ({"kind": "brr", "weight": np.array([1.0, np.nan, 1])}, "missing or infinite in 1"),
    ({"kind": "brr", "weight": np.array([1.0, -1, 1])}, "negative"),
    ({"kind": "brr", "replicates": ONES * np.nan}, "missing or infinite in 12"),
    ({"kind": "brr", "replicates": ONES[:2]}, "3 rows and 2 lines"),
    ({"kind": "brr", "replicates": ONES[:, :1]}, "fewer than two replicates"),
    ({"kind": "brr", "unit": np.zeros(3, dtype=int)}, "units are for factors"),
    ({"kind": "brr", "unit": np.full(3, 9), "factors": True}, "without factors"),
    ({"kind": "brr", "psu": np.zeros(2, dtype=int)}, "psu has 2 rows"),
    ({"kind": "brr", "df": 0}, "1 or more"),
]


@pytest.mark.parametrize(("wrong", "message"), BAD)
def test_messages(wrong: dict, message: str) -> None:
    arguments = {"weight": np.ones(3), "replicates": ONES} | wrong
    with pytest.raises(UserError, match=message):
        ReplicateDesign.supplied(**arguments)


def test_messages_of_frames() -> None:
    frame = survey(14)
    design = jkn(Design.from_frame(frame))
    with pytest.raises(UserError, match="no column 'weigth'"):
        ReplicateDesign.from_frame(frame, ["base"], kind="brr", weight="weigth")
    with pytest.raises(UserError, match="not numeric"):
        ReplicateDesign.from_frame(frame.assign(text="a"), ["base", "text"], kind="brr")
    with pytest.raises(UserError, match="the replicate design 200"):
        estimate_replicates(frame.head(5), design, REQUESTS)
    with pytest.raises(UserError, match="two replicates or more"):
        rao_wu(Design.from_frame(frame), 1, seed=1)
    with pytest.raises(UserError, match="nothing to replicate"):
        jkn(Design.from_frame(frame.assign(psu=0), lonely="certainty"))


COMPARED = [
    Request("difference", "flag", by=("sex",), of="share", between=Between("sex", "female", "male")),
    Request("difference", "amount", by=("area", "sex"), of="mean", between=Between("sex", "female", "_T"), measure="number"),
    Request("difference", "amount", x="base", by=("area",), of="ratio", between=Between("area", "rural", "urban"), measure="number"),
    Request("difference", "flag", by=("sex",), of="total", where="inside", between=Between("sex", "female", "male"), keys={"category": "t"}),
]  # fmt: skip


def test_a_difference_is_that_of_the_statistic_in_every_replicate() -> None:
    frame = survey(21, rows=600)
    design = jkn(Design.from_frame(frame))
    answers = by_request(list(evaluate_replicates(frame, design, COMPARED)))

    def share(persons: pd.DataFrame, weights: np.ndarray) -> float:
        known = persons["flag"].notna()
        sides = [(known & (persons["sex"] == sex)).to_numpy() for sex in ("female", "male")]
        plus, minus = (float(np.average(persons["flag"].to_numpy()[s], weights=weights[s])) for s in sides)
        return plus - minus

    def mean(persons: pd.DataFrame, weights: np.ndarray) -> float:
        town = (persons["amount"].notna() & (persons["area"] == "urban")).to_numpy()
        amount = persons["amount"].to_numpy()
        women = town & (persons["sex"] == "female").to_numpy()
        return float(
            np.average(amount[women], weights=weights[women]) - np.average(amount[town], weights=weights[town])
        )

    for function, answer, level in ((share, answers[0], None), (mean, answers[1], "urban")):
        expected = variance_of(function, frame, design)
        row = 0
        if level is not None:
            place = [d.name for d in answer.dimensions].index("area")
            row = answer.level[:, place].tolist().index(answer.dimensions[place].levels.index(level))
        assert answer.estimate[row] == pytest.approx(expected.estimate[0], rel=1e-12)
        assert answer.se[row] == pytest.approx(expected.se[0], rel=1e-10)


def test_differences_and_quantiles_in_the_hub_are_those_of_linearisation_but_for_the_errors() -> None:
    frame = survey(22, rows=800, psus=6)
    design = Design.from_frame(frame)
    requests = [*COMPARED, *(Request("quantile", "amount", p=p, by=("sex",), measure="number") for p in (0.25, 0.5))]
    ours, _ = estimate_replicates(frame, jkn(design), requests)
    taylor = estimate(frame, design, requests)
    same = [c for c in ours if c not in ("se", "ci_low", "ci_high", "ci_method", "cv", "df", "deff", "n_same", "state")]
    pd.testing.assert_frame_equal(ours[same], taylor[same])
    assert set(ours["sex"]) == {"female-male", "female-_T", "_T", "female", "male", "_U"}
    total = ours["category"] == "t"
    assert ours.loc[total, "se"].to_numpy() == pytest.approx(taylor.loc[total, "se"].to_numpy(), rel=1e-9)
    both = ours["state"].eq("estimated") & taylor["state"].eq("estimated") & (ours["statistic"] == "difference")
    assert both.sum() >= 5
    ratio = (ours.loc[both, "se"] / taylor.loc[both, "se"]).to_numpy()
    assert ((ratio > 0.9) & (ratio < 1.3)).all()
    drawn = ours[(ours["statistic"] == "quantile") & (ours["state"] == "estimated")]
    assert (drawn["ci_method"] == "woodruff").all()
    assert ((drawn["ci_low"] <= drawn["estimate"]) & (drawn["estimate"] <= drawn["ci_high"])).all()


def test_the_interval_of_a_quantile_inverts_that_of_the_share_below() -> None:
    """Woodruff, by hand, with the replicate standard error."""
    frame = survey(23, rows=900, psus=6)
    design = jkn(Design.from_frame(frame))
    median, _ = estimate_replicates(frame, design, [Request("quantile", "amount", p=0.5, measure="number")])
    below = (frame["amount"] <= median.loc[0, "estimate"]).astype(float).where(frame["amount"].notna())
    share, _ = estimate_replicates(frame.assign(below=below), design, [Request("share", "below", interval="t")])
    known = frame[frame["amount"].notna() & (frame["weight"] > 0)].sort_values("amount")
    reached = known["weight"].cumsum() / known["weight"].sum()
    for limit in ("ci_low", "ci_high"):
        assert median.loc[0, limit] == known.loc[reached >= share.loc[0, limit], "amount"].iloc[0]
    assert median.loc[0, "df"] == share.loc[0, "df"]


def test_a_share_of_none_or_all_has_the_exact_interval() -> None:
    frame = survey(24).assign(nothing=0.0)
    (row,) = estimate_replicates(frame, jkn(Design.from_frame(frame)), [Request("share", "nothing")])[0].to_dict(
        "records"
    )
    (taylor,) = estimate(frame, Design.from_frame(frame), [Request("share", "nothing")]).to_dict("records")
    assert (row["estimate"], row["se"], row["ci_low"], row["ci_method"]) == (0, 0, 0, "beta")
    # The degrees of freedom of replicates count a lonely PSU, those of linearisation do not.
    assert row["ci_high"] == pytest.approx(taylor["ci_high"], rel=0.05)
