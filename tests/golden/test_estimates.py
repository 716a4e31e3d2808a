"""The engine against R's survey package on the reference file, all designs and rules for lonely PSUs.

Where the hub differs from R on purpose: a domain without degrees of freedom is not estimable (R prints a standard error, of 0
for a mean in one lonely PSU); no design effect where the values do not vary (R prints Inf or what rounding leaves).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from informality.estimate import results
from informality.estimate.design import Design
from informality.estimate.domains import evaluate
from informality.estimate.hub import estimate
from informality.estimate.requests import Between, Request

GOLDEN = Path(__file__).parents[2].parent / "shared" / "golden"
pytestmark = [
    pytest.mark.golden,
    pytest.mark.skipif(not GOLDEN.is_dir(), reason="the reference results are not beside the repository"),
]

ESTIMATE, SE = 1e-9, 1e-8
# Golden variable -> dimension of the hub.
DIMENSIONS = {"sex": "sex", "region": "region", "sector": "industry", "educ": "education"}
DESIGNS = {
    "strat_psu": {"stratum": "stratum", "psu": "psu"},
    "strat_psu_fpc": {"stratum": "stratum", "psu": "psu", "fpc": "npsu_pop"},
    "psu_only": {"stratum": None, "psu": "psu_c"},
    "strat_only": {"stratum": "stratum", "psu": None},
    "stratc_psu": {"stratum": "stratum_c", "psu": "psu_c"},
}
LONELY = {"adjust": "adjust", "average": "average", "remove": "certainty", "certainty": "certainty"}
CASES = [(d, k) for d in ("strat_psu", "strat_psu_fpc") for k in LONELY]
CASES += [(d, "adjust") for d in ("psu_only", "strat_only", "stratc_psu")]
TEXT = {"by": str, "domain": str, "x": str, "level": str, "plus": str, "minus": str}


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(GOLDEN / name, dtype=TEXT, keep_default_na=False, na_values=[""]).fillna(
        dict.fromkeys(TEXT, ""), inplace=False
    )


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    frame = pd.read_csv(GOLDEN / "data.csv", dtype=dict.fromkeys(("sector", "stratum", "region", "psu", "educ"), "str"))
    frame = frame.assign(one=1, hired=frame["employed"], sex=frame["sex"].astype("str"))
    for name, dimension in DIMENSIONS.items():
        frame[dimension] = frame[name].astype("category")
    return frame


def design_of(frame: pd.DataFrame, name: str, lonely: str = "adjust") -> Design:
    return Design.from_frame(frame, weight="weight", lonely=lonely, **DESIGNS[name])


def close(ours: pd.Series, theirs: pd.Series, tolerance: float) -> None:
    """|a - b| <= tolerance max(|b|, 1e-12 scale), and NaN where R has none."""
    a, b = ours.to_numpy(float), theirs.to_numpy(float)
    assert (np.isnan(a) == np.isnan(b)).all()
    scale = np.nanmax(np.abs(b), initial=0.0)
    bad = ~(np.abs(a - b) <= tolerance * np.maximum(np.abs(b), 1e-12 * scale)) & ~np.isnan(b)
    assert not bad.any(), (int(bad.sum()), a[bad][:5], b[bad][:5])


def requests_for(rows: pd.DataFrame, statistic: str | None = None) -> list[Request]:
    made = []
    for stat, y, x, by in rows[["stat", "y", "x", "by"]].drop_duplicates().itertuples(index=False):
        dims = tuple(DIMENSIONS[v] for v in by.split("|")) if by else ()
        indicator = f"{stat}|{y}|{x}|{by}"
        made.append(Request(statistic or stat, y, x or None, by=dims, keys={"indicator": indicator}, measure="number"))
    return made


def with_keys(rows: pd.DataFrame, keys: pd.Series) -> pd.DataFrame:
    """Golden rows with the domain in columns of the hub."""
    out = rows.assign(indicator=keys)
    for dimension in DIMENSIONS.values():
        out[dimension] = "_T"
    for by in out["by"].unique():
        if by:
            mask = out["by"] == by
            parts = out.loc[mask, "domain"].str.split("|", expand=True)
            for i, name in enumerate(by.split("|")):
                out.loc[mask, DIMENSIONS[name]] = parts[i]
    return out


def raw(frame: pd.DataFrame, design: Design, requests: list[Request]) -> pd.DataFrame:
    """What the formulas give, before the hub decides what is estimable."""
    parts = []
    for answer in evaluate(frame, design, requests):
        part = pd.DataFrame(
            {
                "estimate": answer.estimate,
                "se": answer.se,
                "deff": np.square(answer.se) / answer.srs,
                "deff_wr": np.square(answer.se)
                / results.srs_variance(answer.counts, total=requests[answer.request].base == "total", replacement=True),
                "df": answer.counts.df_rows,
                "df_known": answer.counts.df_known,
                "squares": answer.counts.squares,
            }
        )
        part["indicator"] = requests[answer.request].key("indicator")
        for dimension in DIMENSIONS.values():
            part[dimension] = "_T"
        for place, used in enumerate(answer.dimensions):
            part[used.name] = np.array(used.levels)[answer.level[:, place]]
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def joined(golden: pd.DataFrame, ours: pd.DataFrame) -> pd.DataFrame:
    merged = golden.merge(
        ours, on=["indicator", *DIMENSIONS.values()], how="left", suffixes=("_r", ""), validate="1:1", indicator=True
    )
    assert (merged["_merge"] == "both").all()
    return merged


@pytest.mark.parametrize(("name", "lonely"), CASES)
def test_means_totals_and_ratios(data: pd.DataFrame, name: str, lonely: str) -> None:
    golden = read("estimates.csv")
    golden = golden[(golden["design"] == name) & (golden["lonely"] == lonely)]
    assert len(golden) > 90
    golden = with_keys(golden, golden["stat"] + "|" + golden["y"] + "|" + golden["x"] + "|" + golden["by"])
    requests = requests_for(golden)
    design = design_of(data, name, LONELY[lonely])

    both = joined(golden, raw(data, design, requests))
    # Rounding leaves R a standard error of 1e-17 where ours is 0.
    exact = both["se_r"] <= 1e-12 * both["estimate_r"].abs()
    assert (both.loc[exact, "se"] == 0).all()
    close(both["estimate"], both["estimate_r"], ESTIMATE)
    close(both.loc[~exact, "se"], both.loc[~exact, "se_r"], SE)
    assert (both["df"] == both["df_r"]).all()
    varies = both["deff"].notna()
    close(both.loc[varies & ~exact, "deff"], both.loc[varies & ~exact, "deff_r"], 2 * SE)
    # R has a finite design effect where we have none only by rounding: the values do not vary.
    assert not (np.isfinite(both["deff_r"]) & ~varies & ~(both["squares"] == 0)).any()

    hub = estimate(data, design, requests)
    both = joined(golden, hub)
    known = both.merge(raw(data, design, requests)[["indicator", *DIMENSIONS.values(), "df_known", "se"]],
                       on=["indicator", *DIMENSIONS.values()], suffixes=("", "_raw"))  # fmt: skip
    nothing = (known["df_known"] <= 0) | known["se_raw"].isna()
    assert ((both["state"] == "not_estimable") == nothing).all()
    assert both.loc[nothing, ["se", "ci_low", "ci_high", "cv", "deff"]].isna().all(axis=None)
    assert (both.loc[nothing, "ci_method"] == "none").all()
    shown = both[~nothing & (both["se"] > 0)]
    close(shown["cv"], shown["cv_r"], SE)
    for ours, theirs in (("ci_low", "ci_t_low"), ("ci_high", "ci_t_high")):
        # The limits carry the rounding of the standard error, not that of a limit near 0.
        gap = (shown[ours] - shown[theirs]).abs()
        assert (gap <= SE * np.maximum(shown[theirs].abs(), shown["se_r"])).all()
    # Constants, and shares of 0 or 1 asked for as a mean.
    assert both.loc[~nothing & (both["se"] == 0), ["ci_low", "ci_high"]].isna().all(axis=None)


# R's name of the interval, its rule for degrees of freedom, and ours for the same. R's beta interval takes those of the domain
# whatever it is told; its logit interval comes from a regression, its xlogit from the mean: they are the same but for rounding.
# The interval on the scale of the arc sine has no place here.
RULES = [(method, rule, rule) for method in ("logit", "xlogit", "mean") for rule in ("domain", "design")]
RULES += [("beta", "domain", "domain"), ("beta", "design", "domain")]
OURS = {"logit": "logit", "xlogit": "logit", "beta": "beta", "mean": "t"}


@pytest.mark.parametrize(("method", "golden_rule", "df_rule"), RULES)
@pytest.mark.parametrize("name", ["strat_psu", "strat_psu_fpc", "stratc_psu"])
def test_intervals_of_shares(data: pd.DataFrame, name: str, golden_rule: str, df_rule: str, method: str) -> None:
    golden = read("proportion_intervals.csv")
    golden = golden[(golden["design"] == name) & (golden["df_rule"] == golden_rule) & (golden["method"] == method)]
    assert len(golden) == 80
    golden = with_keys(golden, golden["y"] + "|" + golden["by"])
    interval = OURS[method]
    requests = [
        Request("share", y, by=tuple(DIMENSIONS[v] for v in by.split("|")) if by else (), keys={"indicator": f"{y}|{by}"},
                interval=interval, df_rule=df_rule)
        for y, by in golden[["y", "by"]].drop_duplicates().itertuples(index=False)
    ]  # fmt: skip
    both = joined(golden, estimate(data, design_of(data, name), requests))
    # R's regression stops before the last digits.
    room = 100 if method == "logit" else 1
    close(both["estimate"], both["estimate_r"], room * ESTIMATE)
    if golden_rule == df_rule:
        assert (both["df"] == both["df_r"]).all()
    # With one degree of freedom the regression's interval is from 0 to nothing.
    shown = both[(both["state"] == "estimated") & ~((method == "logit") & (both["df"] == 1))]
    drawn = shown[shown["se"] > 0]
    assert (drawn["ci_method"] == interval).all()
    close(drawn["ci_low"], drawn["low"], room * SE)
    close(drawn["ci_high"], drawn["high"], room * SE)
    # R has no interval for a share of exactly 0 or 1; ours is the exact one.
    exact = shown[shown["se"] == 0]
    assert len(exact)
    assert exact["low"].isna().all()
    assert exact["estimate"].isin([0, 1]).all()
    assert (exact["ci_method"] == "beta").all()
    assert (exact["ci_low"] < exact["ci_high"]).all()
    # With the df of the design R draws an interval also around a domain that has none of its own.
    dropped = both[both["state"] == "not_estimable"]
    assert golden_rule == "design" or dropped["low"].isna().all()
    assert dropped["ci_low"].isna().all()


@pytest.mark.parametrize("name", ["strat_psu", "strat_psu_fpc"])
@pytest.mark.parametrize("variable", ["sector", "educ"])
def test_shares_of_categories(data: pd.DataFrame, name: str, variable: str) -> None:
    golden = read("category_shares.csv")
    golden = golden[(golden["design"] == name) & (golden["variable"] == variable)].set_index("level").sort_index()
    levels = list(golden.index)
    known = data[variable].notna()
    frame = data.assign(**{f"is_{k}": (data[variable] == k).astype("boolean").mask(~known) for k in levels})
    hub = estimate(frame, design_of(data, name), [Request("share", f"is_{k}", keys={"category": k}) for k in levels])
    assert list(hub["category"]) == levels
    for column, tolerance in (("estimate", ESTIMATE), ("se", SE), ("deff", 2 * SE)):
        close(hub[column], golden[column], tolerance)
    assert (hub["n"] + hub["n_missing"] == (data["weight"] > 0).sum()).all()


def test_design_effects_with_and_without_replacement(data: pd.DataFrame) -> None:
    golden = read("deff.csv")
    for name, rows in golden.groupby("design"):
        requests = [
            Request(s, y, keys={"indicator": f"{s}{y}"}, measure="number")
            for s, y in rows[["stat", "y"]].itertuples(index=False)
        ]
        ours = raw(data, design_of(data, str(name)), requests).set_index("indicator")
        rows = rows.set_index(rows["stat"] + rows["y"])
        close(ours["deff"].loc[rows.index], rows["deff_wor"], 2 * SE)
        close(ours["deff_wr"].loc[rows.index], rows["deff_wr"], 2 * SE)


@pytest.mark.parametrize("name", ["strat_psu", "strat_psu_fpc", "stratc_psu"])
def test_differences_between_domains(data: pd.DataFrame, name: str) -> None:
    golden = read("contrasts.csv")
    golden = golden[golden["design"] == name]
    assert len(golden) > 5
    requests = [
        Request(
            "difference", "informal", by=(DIMENSIONS[by],), of="share", between=Between(DIMENSIONS[by], plus, minus)
        )
        for by, plus, minus in golden[["by", "plus", "minus"]].itertuples(index=False)
    ]
    ours = with_keys(golden.assign(domain=golden["plus"] + "-" + golden["minus"]), pd.Series("", golden.index))
    design = design_of(data, name)
    both = joined(ours, raw(data, design, requests))
    close(both["estimate"], both["estimate_r"], ESTIMATE)
    close(both["se"], both["se_r"], SE)
    # R compares also with a region that lives in one PSU of each of its strata.
    shown = joined(ours, estimate(data, design, requests))
    assert (shown["state"] == np.where(both["df_known"] > 0, "estimated", "not_estimable")).all()
    assert list(shown.loc[shown["state"] == "not_estimable", "region"]) == ["R5-R1"]


@pytest.mark.parametrize("name", ["strat_psu", "stratc_psu"])
def test_quantiles(data: pd.DataFrame, name: str) -> None:
    golden = read("quantiles.csv")
    golden = golden[golden["design"] == name]
    requests = [
        Request("quantile", y, p=p, measure="number", keys={"indicator": y})
        for y, p in golden[["y", "p"]].itertuples(index=False)
    ]
    hub = estimate(data, design_of(data, name), requests).sort_values(["indicator", "category"])
    assert list(hub["category"]) == ["p25", "p50", "p75"] * 2
    assert (hub["ci_method"] == "woodruff").all()
    for ours, theirs in (("estimate", "estimate"), ("ci_low", "low"), ("ci_high", "high")):
        close(hub[ours], golden[theirs], ESTIMATE)
    close(hub["se"], golden["se"], SE)


def test_grand_mean_is_not_adjust_for_totals(data: pd.DataFrame) -> None:
    request = [Request("total", "hired", measure="persons"), Request("share", "informal")]
    found = {k: estimate(data, design_of(data, "strat_psu", k), request).set_index("statistic")["se"]
             for k in ("adjust", "grand_mean")}  # fmt: skip
    assert found["adjust"]["total"] == pytest.approx(5877, abs=1)
    assert found["grand_mean"]["total"] == pytest.approx(5203, abs=1)
    assert found["grand_mean"]["share"] == pytest.approx(found["adjust"]["share"], rel=1e-12)
