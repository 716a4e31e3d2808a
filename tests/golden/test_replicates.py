"""Replicate designs with the supplied weights against R's survey package, on the reference file.

Where the hub differs from R on purpose: a domain without degrees of freedom (its replicate weights have rank 1) is not
estimable; R prints a standard error.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from informality.estimate.design import Design
from informality.estimate.replicates.design import ReplicateDesign
from informality.estimate.replicates.made import jkn
from informality.estimate.replicates.variance import (
    Replicated,
    estimate_replicates,
    evaluate_replicates,
    joint_covariance,
    variance_of,
)
from informality.estimate.requests import Between, Request

GOLDEN = Path(__file__).parents[2].parent / "shared" / "golden"
pytestmark = [
    pytest.mark.golden,
    pytest.mark.skipif(not GOLDEN.is_dir(), reason="the reference results are not beside the repository"),
]

ESTIMATE, SE = 1e-9, 1e-8
DIMENSIONS = {"sex": "sex", "region": "region", "sector": "industry"}
KINDS = {"jkn": "jkn", "jkn_mse": "jkn", "jk1": "jk1", "brr_mse": "brr", "fay03_mse": "fay", "boot_mse": "bootstrap"}
TEXT = {"by": str, "domain": str, "x": str, "plus": str, "minus": str}


def read(name: str) -> pd.DataFrame:
    frame = pd.read_csv(GOLDEN / name, dtype=TEXT, keep_default_na=False, na_values=[""])
    return frame.fillna({k: "" for k in TEXT if k in frame})


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    frame = pd.read_csv(GOLDEN / "data.csv", dtype=dict.fromkeys(("sector", "stratum", "region", "psu", "educ"), "str"))
    frame = frame.assign(one=1, hired=frame["employed"], sex=frame["sex"].astype("str"))
    for name, dimension in DIMENSIONS.items():
        frame[dimension] = frame[name].astype("category")
    return frame


@pytest.fixture(scope="module")
def matrix(data: pd.DataFrame) -> pd.DataFrame:
    return pd.read_csv(GOLDEN / "replicate_weights.csv").set_index("id").loc[data["id"]]


def supplied(data: pd.DataFrame, matrix: pd.DataFrame, name: str, scales: bool = True) -> ReplicateDesign:
    """The design ``name``; ``scales``: as R has them, else by the rule of its kind, where there is one."""
    given = read("replicate_scales.csv")
    given = given[given["method"] == name.removesuffix("_mse")]
    kind = KINDS[name]
    return ReplicateDesign.supplied(
        data["weight"].to_numpy(),
        matrix[given["column"]].to_numpy(),
        kind=kind,  # type: ignore[arg-type]
        rho=0.3 if kind == "fay" else None,
        scale=float(given["scale"].iloc[0]) if scales else None,
        rscales=given["rscale"].to_numpy() if scales or kind == "jkn" else None,
        mse=name.endswith("_mse"),
    )


def rows_of(answers: list[Replicated], names: list[tuple[str, str, str, str]]) -> pd.DataFrame:
    """One row a domain, with the domain as the golden files write it."""
    parts = []
    for answer in answers:
        stat, y, x, by = names[answer.request]
        place = {d.name: i for i, d in enumerate(answer.dimensions)}
        words = [
            np.array(answer.dimensions[place[DIMENSIONS[v]]].levels)[answer.level[:, place[DIMENSIONS[v]]]]
            for v in (by.split("|") if by else ())
        ]
        parts.append(
            pd.DataFrame(
                {
                    "stat": stat, "y": y, "x": x, "by": by,
                    "domain": ["|".join(w) for w in zip(*words, strict=True)] if words else [""] * len(answer.level),
                    "estimate": answer.estimate, "se": answer.se, "df": answer.df, "discarded": answer.discarded,
                }
            )
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def close(ours: pd.Series, theirs: pd.Series, tolerance: float) -> None:
    a, b = ours.to_numpy(float), theirs.to_numpy(float)
    assert (np.isnan(a) == np.isnan(b)).all()
    scale = np.nanmax(np.abs(b), initial=0.0)
    bad = ~(np.abs(a - b) <= tolerance * np.maximum(np.abs(b), 1e-12 * scale)) & ~np.isnan(b)
    assert not bad.any(), (int(bad.sum()), a[bad][:5], b[bad][:5])


@pytest.mark.parametrize("name", list(KINDS))
def test_means_totals_and_ratios(data: pd.DataFrame, matrix: pd.DataFrame, name: str) -> None:
    golden = read("estimates.csv").query("design == @name")
    assert len(golden) > 100
    keys = ["stat", "y", "x", "by"]
    names = list(golden[keys].drop_duplicates().itertuples(index=False, name=None))
    requests = [
        Request(stat, y, x or None, by=tuple(DIMENSIONS[v] for v in by.split("|")) if by else (), measure="number",
                keys={"indicator": "|".join((stat, y, x, by))})
        for stat, y, x, by in names
    ]  # fmt: skip
    design = supplied(data, matrix, name)
    ours = rows_of(list(evaluate_replicates(data, design, requests)), names)
    both = golden.merge(ours, on=[*keys, "domain"], how="left", suffixes=("_r", ""), validate="1:1", indicator=True)
    assert (both["_merge"] == "both").all()
    # Rounding leaves R a standard error of 1e-17 where ours is 0.
    exact = both["se_r"] <= 1e-12 * both["estimate_r"].abs()
    assert (both.loc[exact, "se"] == 0).all()
    close(both["estimate"], both["estimate_r"], ESTIMATE)
    close(both.loc[~exact, "se"], both.loc[~exact, "se_r"], SE)
    assert (both["df"] == both["df_r"]).all()
    assert (both["discarded"] > 0).any() == (name not in ("fay03_mse",))

    hub, discarded = estimate_replicates(data, design, requests)
    assert len(discarded) == len(hub)
    for by in golden["by"].unique():
        words = [hub[DIMENSIONS[v]] for v in by.split("|")] if by else []
        mask = hub["indicator"].str.split("|", n=3).str[3] == by
        if by:
            hub.loc[mask, "domain"] = words[0].str.cat(words[1:], sep="|") if words[1:] else words[0]
    hub[keys] = hub["indicator"].str.split("|", n=3, expand=True).to_numpy()
    hub["domain"] = hub["domain"].fillna("")
    both = both.merge(hub[[*keys, "domain", "state", "ci_low", "ci_high", "se", "n_psu"]], on=[*keys, "domain"], suffixes=("", "_hub"),
                      validate="1:1")  # fmt: skip
    assert len(both) == len(golden)
    nothing = (both["df"] <= 0) | both["se"].isna()
    assert ((both["state"] == "not_estimable") == nothing).all()
    shown = both[~nothing & (both["se"] > 0)]
    assert len(shown) > 80
    for limit in ("low", "high"):
        gap = (shown[f"ci_{limit}"] - shown[f"ci_t_{limit}"]).abs()
        assert (gap <= SE * np.maximum(shown[f"ci_t_{limit}"].abs(), shown["se_r"])).all()
    assert both.loc[nothing, ["se_hub", "ci_low", "ci_high"]].isna().all(axis=None)


@pytest.mark.parametrize("name", [k for k in KINDS if k != "boot_mse"])
def test_scales_follow_from_the_kind(data: pd.DataFrame, matrix: pd.DataFrame, name: str) -> None:
    ruled, given = supplied(data, matrix, name, scales=False), supplied(data, matrix, name)
    assert ruled.scale == pytest.approx(given.scale, rel=1e-12)
    assert ruled.rscales == pytest.approx(given.rscales, rel=1e-12)


def test_rows_of_a_psu_share_their_factors(data: pd.DataFrame, matrix: pd.DataFrame) -> None:
    design = supplied(data, matrix, "jkn")
    assert len(design.factor) <= data["psu_c"].nunique() + 1
    assert design.weights(4) == pytest.approx(matrix["jkn_05"].to_numpy(), rel=1e-12)


def test_differences_between_domains(data: pd.DataFrame, matrix: pd.DataFrame) -> None:
    golden = read("contrasts.csv").query("design == 'jkn'")
    assert len(golden) == 10
    design = supplied(data, matrix, "jkn")
    for by, rows in golden.groupby("by"):
        (answer,) = evaluate_replicates(data, design, [Request("share", "informal", by=(DIMENSIONS[by],))])
        # Persons without a job have no sector and no value: no domain of R's.
        kept = np.flatnonzero(np.isfinite(answer.estimate))
        covariance, _ = joint_covariance(design, answer.theta[kept], answer.estimate[kept])
        at = {answer.dimensions[0].levels[answer.level[k, 0]]: i for i, k in enumerate(kept)}
        contrast = np.zeros((len(rows), len(kept)))
        for line, (plus, minus) in enumerate(rows[["plus", "minus"]].itertuples(index=False)):
            contrast[line, at[plus]], contrast[line, at[minus]] = 1, -1
        close(pd.Series(contrast @ answer.estimate[kept]), rows["estimate"], ESTIMATE)
        close(pd.Series(np.sqrt(np.diagonal(contrast @ covariance @ contrast.T))), rows["se"], SE)


def test_differences_as_requests(data: pd.DataFrame, matrix: pd.DataFrame) -> None:
    golden = read("contrasts.csv").query("design == 'jkn'").reset_index(drop=True)
    requests = [
        Request(
            "difference", "informal", by=(DIMENSIONS[by],), of="share", between=Between(DIMENSIONS[by], plus, minus)
        )
        for by, plus, minus in golden[["by", "plus", "minus"]].itertuples(index=False)
    ]
    answers = sorted(evaluate_replicates(data, supplied(data, matrix, "jkn"), requests), key=lambda a: a.request)
    close(pd.Series([a.estimate[0] for a in answers]), golden["estimate"], ESTIMATE)
    se = pd.Series([a.se[0] for a in answers])
    # R drops a replicate for all regions where one of them is empty in it; a request drops it for the two that it compares.
    region = golden["by"] == "region"
    close(se[~region], golden.loc[~region, "se"], SE)
    assert se[region].to_numpy() == pytest.approx(golden.loc[region, "se"].to_numpy(), rel=0.01)


def test_a_function_of_frame_and_weights(data: pd.DataFrame, matrix: pd.DataFrame) -> None:
    golden = read("contrasts.csv").query("design == 'jkn' and by == 'sex'").iloc[0]
    known = data["informal"].notna().to_numpy()
    informal = data["informal"].fillna(0).to_numpy()

    def difference(frame: pd.DataFrame, weights: np.ndarray) -> float:
        groups = [(frame["sex"] == sex).to_numpy() & known for sex in (golden["plus"], golden["minus"])]
        plus, minus = (float(np.average(informal[g], weights=weights[g])) for g in groups)
        return plus - minus

    found = variance_of(difference, data, supplied(data, matrix, "jkn"))
    assert found.estimate[0] == pytest.approx(golden["estimate"], rel=ESTIMATE)
    assert found.se[0] == pytest.approx(golden["se"], rel=SE)
    assert found.discarded == 0


def test_made_jackknife_has_the_supplied_weights(data: pd.DataFrame, matrix: pd.DataFrame) -> None:
    made = jkn(Design.from_frame(data, stratum="stratum_c", psu="psu_c"))
    given = supplied(data, matrix, "jkn_mse")
    assert made.n_replicates == given.n_replicates
    ours = sorted((tuple(np.round(made.weights(r), 6)), made.rscales[r]) for r in range(made.n_replicates))
    theirs = sorted((tuple(np.round(given.weights(r), 6)), given.rscales[r]) for r in range(given.n_replicates))
    assert [w for w, _ in ours] == [w for w, _ in theirs]
    assert [s for _, s in ours] == pytest.approx([s for _, s in theirs])
    assert made.df == given.df
