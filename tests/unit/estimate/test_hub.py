from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from informality import vocabulary as v
from informality.errors import UserError
from informality.estimate.design import Design
from informality.estimate.hub import estimate
from informality.estimate.intervals import none_or_all
from informality.estimate.requests import Request


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    rows = 600
    data = pd.DataFrame(
        {"stratum": np.repeat(range(6), 100), "psu": np.repeat(range(30), 20), "weight": rng.uniform(1, 9, rows)}
    )
    data["informal"] = pd.array(rng.random(rows) < 0.4, dtype="boolean")
    data.loc[::17, "informal"] = pd.NA
    data["hours"] = rng.gamma(4, 10, rows)
    data["employed"] = rng.random(rows) < 0.7
    data["sex"] = pd.Categorical.from_codes(rng.integers(-1, 2, rows), ["male", "female"])
    data["industry"] = pd.Categorical.from_codes(rng.integers(0, 3, rows), ["B", "A", "C", "empty"][:4])
    return data


KEYS = {"survey": "x", "wave": "1", "indicator": "informal", "universe": "employed"}
REQUESTS = [
    Request(statistic, "informal", where="employed", by=by, keys=KEYS, measure="share" if statistic == "share" else "persons")
    for statistic in ("share", "total")
    for by in ((), ("sex",), ("sex", "industry"))
]  # fmt: skip


def test_shape_of_the_hub(frame: pd.DataFrame) -> None:
    hub = estimate(frame, Design.from_frame(frame), REQUESTS)
    assert list(hub.columns) == [*v.HUB_KEYS, *v.HUB_VALUES]
    assert len(hub) == 2 * (1 + 3 + 9)
    assert not hub.duplicated(list(v.HUB_KEYS)).any()
    assert hub.equals(hub.sort_values(list(v.HUB_KEYS), ignore_index=True))
    assert set(hub["sex"]) == {"_T", "_U", "male", "female"}
    assert set(hub["industry"]) == {"_T", "A", "B", "C"}
    assert (hub["occupation"] == "_T").all()
    assert (hub["law"] == "").all()
    assert (hub["ci_method"] == hub["statistic"].map({"share": "logit", "total": "t"})).all()
    assert (hub["state"] == "estimated").all()
    text = [*v.HUB_KEYS, *v.HUB_TEXT_VALUES]
    assert (hub[text].dtypes == "str").all()
    assert all(dtype.kind in "fi" for dtype in hub.drop(columns=text).dtypes)


def test_the_order_of_requests_and_of_dimensions_does_not_matter(frame: pd.DataFrame) -> None:
    design = Design.from_frame(frame)
    turned = [
        Request(r.statistic, r.y, where=r.where, by=r.by[::-1], keys=KEYS, measure=r.measure) for r in REQUESTS[::-1]
    ]
    pd.testing.assert_frame_equal(estimate(frame, design, turned), estimate(frame, design, REQUESTS))


def test_values_of_one_row(frame: pd.DataFrame) -> None:
    hub = estimate(frame, Design.from_frame(frame), REQUESTS).set_index(["statistic", "sex", "industry"])
    row = hub.loc[("share", "male", "A")]
    rows = frame[frame["employed"] & (frame["sex"] == "male") & (frame["industry"] == "A")]
    known = rows[rows["informal"].notna()]
    assert row["n"] == len(known)
    assert row["n_event"] == known["informal"].sum()
    assert row["n_missing"] == len(rows) - len(known)
    assert row["w_no_answer"] == pytest.approx(1 - known["weight"].sum() / rows["weight"].sum())
    assert row["population"] == pytest.approx(known["weight"].sum())
    assert row["n_psu"] == known["psu"].nunique()
    assert row["n_psu_event"] == known.loc[known["informal"].astype("bool"), "psu"].nunique()
    assert row["df"] == known["psu"].nunique() - known["stratum"].nunique()
    assert row["estimate"] == pytest.approx(np.average(known["informal"].astype("float"), weights=known["weight"]))
    assert row["cv"] == pytest.approx(row["se"] / row["estimate"])
    assert row["ci_low"] < row["estimate"] < row["ci_high"]
    assert np.isnan(row["top1_share"])


def test_largest_contributions_to_a_magnitude(frame: pd.DataFrame) -> None:
    row = estimate(frame, Design.from_frame(frame), [Request("total", "hours", measure="hours")]).iloc[0]
    parts = np.sort((frame["weight"] * frame["hours"]).to_numpy())[::-1]
    assert row["top1_share"] == pytest.approx(parts[0] / parts.sum())
    assert row["top2_share"] == pytest.approx(parts[:2].sum() / parts.sum())


def test_df_of_the_design(frame: pd.DataFrame) -> None:
    requests = [Request("share", "informal", by=("sex",), df_rule="design", where="employed")]
    assert (estimate(frame, Design.from_frame(frame), requests)["df"] == 30 - 6).all()


def lonely() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "stratum": [1, 1, 1, 1, 2, 2, 2],
            "psu": [1, 1, 2, 2, 1, 1, 1],
            "weight": 2.0,
            "y": [1, 0, 1, 1, 1, 0, 1],
            "sex": ["a", "a", "a", "b", "c", "c", "c"],
        }
    )


@pytest.mark.parametrize("policy", ["adjust", "grand_mean", "average", "certainty"])
@pytest.mark.parametrize("statistic", ["share", "total", "mean"])
def test_a_domain_in_one_psu_is_not_estimable(policy: str, statistic: str) -> None:
    data = lonely()
    request = Request(statistic, "y", by=("sex",), measure="number")  # type: ignore[arg-type]
    hub = estimate(data, Design.from_frame(data, lonely=policy), [request]).set_index("sex")
    assert hub["state"].to_dict() == {"a": "estimated", "b": "not_estimable", "c": "not_estimable"}
    nothing = hub.loc[["b", "c"]]
    assert nothing["estimate"].notna().all()
    assert nothing[["se", "ci_low", "ci_high", "cv", "deff"]].isna().all(axis=None)
    assert (nothing["ci_method"] == "none").all()


def test_missing_values_may_leave_a_domain_without_degrees_of_freedom() -> None:
    data = lonely().assign(y=[40.5, 20, np.nan, 1, 1, 1, 1])
    hub = estimate(data, Design.from_frame(data), [Request("mean", "y", by=("sex",), measure="hours")]).set_index("sex")
    # Both PSUs of the stratum hold rows of the domain, one of them rows that answered.
    assert hub.loc["a", "df"] == 1
    assert hub.loc["a", "state"] == "not_estimable"
    assert np.isnan(hub.loc["a", "se"])


def test_nobody_answered() -> None:
    data = lonely().assign(y=np.nan)
    hub = estimate(data, Design.from_frame(data), [Request("share", "y"), Request("total", "y", measure="persons")])
    assert hub["estimate"].isna().all()
    assert (hub["state"] == "not_estimable").all()
    assert (hub["n"] == 0).all()
    assert (hub["n_missing"] == len(data)).all()
    assert (hub["w_no_answer"] == 1).all()


@pytest.mark.parametrize("interval", [None, "t", "wilson"])
@pytest.mark.parametrize("value", [0, 1])
def test_a_share_of_none_or_all_has_the_exact_interval(value: int, interval: str | None) -> None:
    data = lonely().assign(y=value)
    row = estimate(data, Design.from_frame(data), [Request("share", "y", interval=interval)]).iloc[0]  # type: ignore[arg-type]
    assert (row["estimate"], row["se"], row["ci_method"], row["state"]) == (value, 0, "beta", "estimated")
    limits = none_or_all(*(np.array([x], dtype=float) for x in (value, row["df"], len(data))))
    assert (row["ci_low"], row["ci_high"]) == (limits[0][0], limits[1][0])
    assert np.isnan(row["deff"])


def test_none_or_all_of_a_domain_without_freedom_is_not_estimable() -> None:
    data = lonely().assign(y=1)
    hub = estimate(data, Design.from_frame(data), [Request("share", "y", by=("sex",))]).set_index("sex")
    assert hub.loc[["b", "c"], "ci_method"].eq("none").all()
    assert hub.loc[["b", "c"], ["ci_low", "ci_high"]].isna().all(axis=None)
    assert hub.loc["a", "ci_method"] == "beta"


def test_a_constant_has_no_standard_error_of_rounding() -> None:
    data = lonely().assign(y=40.1, weight=[0.1, 0.2, 0.3, 0.7, 1.1, 1.3, 1.7])
    row = estimate(data, Design.from_frame(data), [Request("mean", "y", measure="hours")]).iloc[0]
    assert (row["se"], row["ci_method"]) == (0, "none")
    assert np.isnan(row["deff"])


def test_an_empty_universe_and_no_request() -> None:
    data = lonely().assign(nobody=False)
    design = Design.from_frame(data)
    for requests in ([Request("share", "y", where="nobody", by=("sex",))], []):
        hub = estimate(data, design, requests)
        assert len(hub) == 0
        assert list(hub.columns) == [*v.HUB_KEYS, *v.HUB_VALUES]


def test_the_same_keys_twice() -> None:
    data = lonely()
    with pytest.raises(UserError, match="same rows of the hub"):
        estimate(data, Design.from_frame(data), [Request("share", "y"), Request("share", "y", where="y")])
