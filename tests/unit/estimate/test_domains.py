"""The engine against a slow program that follows the formulas, and what must not change the results."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from informality.errors import UserError
from informality.estimate.columns import dimension, measured
from informality.estimate.design import Design
from informality.estimate.domains import evaluate
from informality.estimate.entries import from_rows
from informality.estimate.requests import Request
from informality.estimate.results import linearised
from informality.estimate.sums import Rows
from informality.estimate.variance import Layout

POLICIES = ("adjust", "grand_mean", "average", "certainty")
BY = ("sex", "area", "status")
BREAKDOWNS = [(), ("sex",), ("area",), ("sex", "area"), ("sex", "status"), BY]
REQUESTS = [
    Request(statistic, y, x=x, where="inside", by=by, measure="number")  # type: ignore[arg-type]
    for by in BREAKDOWNS
    for statistic, y, x in (
        ("share", "flag", None),
        ("total", "flag", None),
        ("mean", "amount", None),
        ("total", "amount", None),
        ("ratio", "amount", "base"),
        ("ratio", "flag", "base"),
    )
]
check = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def surveys(draw: st.DrawFn) -> pd.DataFrame:
    """A small file with lonely PSUs, weights of 0, missing values, empty cells and a finite population."""
    rows = draw(st.integers(1, 40))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    strata, psus = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    stratum, psu = rng.integers(0, strata, rows), rng.integers(0, psus, rows)

    def holes(values: np.ndarray) -> np.ndarray:
        return np.where(rng.random(rows) < 0.15, np.nan, values)

    frame = pd.DataFrame(
        {"stratum": stratum, "psu": psu, "weight": rng.integers(0, 6, rows) * rng.choice([1.0, 37.25])}
    )
    frame["population"] = frame["stratum"].map(frame.groupby("stratum")["psu"].nunique()) + frame["stratum"].mod(3) * 2
    frame["flag"] = holes(rng.integers(0, 2, rows))
    frame["amount"] = holes(rng.choice([0.0, 1.5, 40.25, -3.0, 1000.0], rows))
    frame["base"] = holes(rng.choice([2.0, 8.0, 1.0], rows))
    frame["inside"] = rng.random(rows) < 0.8
    for name, levels in (("sex", ("female", "male")), ("area", ("rural", "urban")), ("status", ("a", "b", "c"))):
        frame[name] = pd.Categorical.from_codes(rng.integers(-1, len(levels), rows), categories=list(levels))
    return frame


def design_of(frame: pd.DataFrame, lonely: str = "adjust", fpc: bool = False) -> Design:
    return Design.from_frame(frame, fpc="population" if fpc else None, lonely=lonely)


def answers(frame: pd.DataFrame, design: Design, requests: list[Request] = REQUESTS) -> dict[tuple, dict[str, float]]:
    """Every result by request and domain."""
    found = {}
    for answer in evaluate(frame, design, requests):
        for at in range(len(answer.estimate)):
            domain = tuple(d.levels[code] for d, code in zip(answer.dimensions, answer.level[at], strict=True))
            values = {"estimate": answer.estimate[at], "se": answer.se[at], "srs": answer.srs[at]}
            values |= {name: line[at] for name, line in vars(answer.counts).items()}
            found[answer.request, tuple(d.name for d in answer.dimensions), domain] = values
    return found


def slow(c: dict[str, np.ndarray], rows: np.ndarray, request: Request, lonely: str, fpc: bool) -> dict[str, float]:
    """One domain (``rows`` of the universe that lie in it), by loops over strata and PSUs of the whole file."""
    w, y, x = c["weight"], c[request.y], c[request.x] if request.x else np.ones(len(rows))
    known = rows & ~np.isnan(y) & ~np.isnan(x)
    wy, wx = (np.where(known, w * v, 0.0) for v in (y, x))
    total = request.statistic == "total"
    n, top, size = int(known.sum()), wy.sum(), wx.sum()
    estimate = (top if n else np.nan) if total else (top / size if size else np.nan)
    z = wy if total else (wy - estimate * wx) / size if size else np.zeros(len(rows))
    units = sorted(set(zip(c["stratum"], c["psu"], strict=True)))
    sums = {u: z[(c["stratum"] == u[0]) & (c["psu"] == u[1])].sum() for u in units}
    grand = np.mean(list(sums.values()))
    variance, strata, usable = 0.0, 0, 0
    for stratum in sorted({u[0] for u in units}):
        of_psu = np.array([sums[u] for u in units if u[0] == stratum])
        psus, here = len(of_psu), c["stratum"] == stratum
        f = psus / c["population"][here][0] if fpc else 0.0
        alone = psus == 1 and f < 1
        strata += bool((known & here).any())
        usable += bool((known & here).any()) and not alone
        if f < 1 and not alone:
            variance += (1 - f) * psus / (psus - 1) * ((of_psu - of_psu.mean()) ** 2).sum()
        elif f < 1 and lonely in ("adjust", "grand_mean"):
            variance += (1 - f) * (of_psu[0] - (grand if lonely == "grand_mean" else 0)) ** 2
    if lonely == "average":
        variance = variance * strata / usable if usable else np.nan

    def psus_of(of: np.ndarray) -> set[tuple[int, int]]:
        return set(zip(c["stratum"][of], c["psu"][of], strict=True))

    def df(of: np.ndarray) -> int:
        used = psus_of(of & (w > 0))
        return len(used) - len({u[0] for u in used})

    # Counts are of contributors: of a weight above 0.
    used = known & (w > 0)
    event = used & (y != 0)
    values = {
        "estimate": estimate, "se": np.sqrt(variance) if np.isfinite(estimate) else np.nan, "n": n, "n_event": event.sum(),
        "n_missing": (rows & ~known & (w > 0)).sum(), "population": w[known].sum(), "used": used.sum(),
        "n_psu": len(psus_of(used)), "n_psu_event": len(psus_of(event)), "df_known": df(known), "df_rows": df(rows),
    }  # fmt: skip
    parts = np.sort(w[known] * np.abs(y[known]))[::-1]
    if request.y == "amount" and parts.sum() > 0:
        values |= {"top1_share": parts[0] / parts.sum(), "top2_share": parts[:2].sum() / parts.sum()}
    return values


@check
@given(surveys(), st.sampled_from(POLICIES), st.booleans(), st.sampled_from(BREAKDOWNS))
def test_against_a_slow_program(frame: pd.DataFrame, lonely: str, fpc: bool, by: tuple[str, ...]) -> None:
    """All breakdowns are asked together, so that ``by`` is a margin of others."""
    # A column that happens to hold 0 and 1 only is measured as yes/no, which has no dominant contributions.
    assume((frame["amount"] > 1).any())
    found = answers(frame, design_of(frame, lonely, fpc))
    arrays = {name: frame[name].to_numpy() for name in frame if name not in BY}
    level = {d: np.where(frame[d].isna(), "_U", frame[d].astype("object")) for d in by}
    inside = arrays["inside"]
    domains = set(zip(*(level[d][inside] for d in by), strict=True)) if by else {()} if inside.any() else set()
    for position, request in enumerate(REQUESTS):
        if request.by != by:
            continue
        assert {key[2] for key in found if key[0] == position} == domains
        for domain in domains:
            rows = inside.copy()
            for d, value in zip(by, domain, strict=True):
                rows &= level[d] == value
            for name, value in slow(arrays, rows, request, lonely, fpc).items():
                ours = found[position, by, domain]
                room = 1e-9 * max(1.0, abs(ours["estimate"])) if np.isfinite(ours["estimate"]) else 1e-9
                assert ours[name] == pytest.approx(value, rel=1e-9, abs=room, nan_ok=True), (request, domain, name)


def same(a: dict, b: dict, names: tuple[str, ...] = (), factor: Callable[[Request], float] = lambda _: 1.0) -> None:
    assert a.keys() == b.keys()
    for key, values in a.items():
        for name in names or values:
            scale = factor(REQUESTS[key[0]]) if name in ("estimate", "se") else 1.0
            expected = scale * values[name]
            room = 1e-12 * max(1.0, abs(scale * values["estimate"])) if np.isfinite(values["estimate"]) else 1e-12
            assert b[key][name] == pytest.approx(expected, rel=1e-10, abs=room, nan_ok=True), (key, name)


@check
@given(surveys(), st.sampled_from(POLICIES), st.randoms(use_true_random=False))
def test_order_of_rows_and_labels_of_psus_change_nothing(frame: pd.DataFrame, lonely: str, random) -> None:
    before = answers(frame, design_of(frame, lonely))
    order = list(range(len(frame)))
    random.shuffle(order)
    other = frame.iloc[order].reset_index(drop=True)
    other["psu"] = "p" + (other["stratum"] * 10 + (other["psu"] * 7 + 3) % 5).astype("str")
    same(before, answers(other, design_of(other, lonely)))


@check
@given(surveys(), st.sampled_from(POLICIES), st.sampled_from([0.001, 3.0, 1e6]))
def test_scaling_the_weights(frame: pd.DataFrame, lonely: str, factor: float) -> None:
    before = answers(frame, design_of(frame, lonely))
    other = frame.assign(weight=frame["weight"] * factor)
    names = ("estimate", "se", "n", "n_event", "df_known", "n_psu", "w_missing", "top1_share", "top2_share")
    same(before, answers(other, design_of(other, lonely)), names, lambda r: factor if r.statistic == "total" else 1.0)


@check
@given(surveys(), st.sampled_from(POLICIES))
def test_splitting_a_weight_over_copies_in_the_same_psu(frame: pd.DataFrame, lonely: str) -> None:
    before = answers(frame, design_of(frame, lonely))
    other = pd.concat([frame.assign(weight=frame["weight"] * part) for part in (0.25, 0.75)], ignore_index=True)
    same(before, answers(other, design_of(other, lonely)), ("estimate", "se", "df_known", "n_psu", "population"))


@check
@given(surveys())
def test_strata_and_psus_without_the_domain_still_count(frame: pd.DataFrame) -> None:
    """A universe as a column equals a universe as a domain of the whole file; a selection of rows would not."""
    whole = frame.assign(status=pd.Categorical(np.where(frame["inside"], "a", "b"), ["a", "b"]))
    design = design_of(whole)
    as_universe = answers(whole, design, [Request("total", "flag", where="inside", measure="persons")])
    as_domain = answers(whole, design, [Request("total", "flag", by=("status",), measure="persons")])
    if frame["inside"].any():
        one, other = as_universe[0, (), ()], as_domain[0, ("status",), ("a",)]
        assert one["se"] == pytest.approx(other["se"], rel=1e-12, nan_ok=True)
        assert one["estimate"] == pytest.approx(other["estimate"], nan_ok=True)


@check
@given(surveys())
def test_parts_add_up(frame: pd.DataFrame) -> None:
    levels = ("a", "b", "c")
    named = frame["status"].astype("object")
    shares = frame.assign(**{k: (named == k).astype("boolean").mask(named.isna()) for k in levels})
    requests = [Request("share", k, by=("sex",), where="inside") for k in levels]
    found = answers(shares, design_of(frame), requests)
    for key in {key[1:] for key in found}:
        parts = [found[i, *key]["estimate"] for i in range(3)]
        assert np.isnan(parts).all() or sum(parts) == pytest.approx(1, abs=1e-12)
    totals = answers(frame, design_of(frame))
    for position, request in enumerate(REQUESTS):
        if request.statistic == "total" and request.by:
            whole = totals.get((REQUESTS.index(Request("total", request.y, where="inside", measure="number")), (), ()))
            cells = [v["estimate"] for k, v in totals.items() if k[0] == position]
            if whole is not None and np.isfinite(whole["estimate"]):
                assert np.nansum(cells) == pytest.approx(whole["estimate"], rel=1e-12, abs=1e-9)


@check
@given(surveys(), st.sampled_from(["adjust", "grand_mean", "certainty"]), st.booleans())
def test_a_union_of_domains_through_their_covariance(frame: pd.DataFrame, lonely: str, fpc: bool) -> None:
    """V(A + B) from the contrast equals the variance of the domain A or B; V(A + B) + V(A - B) = 2 V(A) + 2 V(B)."""
    design = design_of(frame, lonely, fpc)
    by_sex = dimension(frame, "sex")
    entries = from_rows([by_sex], None, design.psu, len(design.psu_stratum))
    found = Rows(entries, design.weight).sums(measured(frame, "flag"))
    layout = Layout(design, entries.psu, entries.domain, entries.n_domains)
    z, known = found.parts.wy, found.parts.known
    everybody = answers(frame, design, [Request("total", "flag", measure="persons")])[0, (), ()]
    union = layout.contrast(z, known, np.ones(entries.n_domains))
    if np.isfinite(everybody["se"]):
        assert union == pytest.approx(everybody["se"] ** 2, rel=1e-9, abs=1e-9)
    if entries.n_domains >= 2:
        signs = np.zeros(entries.n_domains)
        signs[:2] = 1, 1
        plus = layout.contrast(z, known, signs)
        signs[:2] = 1, -1
        minus = layout.contrast(z, known, signs)
        single = layout.variance(z, known)
        assert plus + minus == pytest.approx(2 * single[:2].sum(), rel=1e-9, abs=1e-9)


def test_scores_of_a_share_sum_to_zero() -> None:
    frame = pd.DataFrame(
        {"stratum": 0, "psu": [0, 0, 1, 2], "weight": [1.0, 2, 3, 4], "y": [1, 0, 1, 0], "sex": list("abab")}
    )
    design = Design.from_frame(frame)
    entries = from_rows([dimension(frame, "sex")], None, design.psu, 3)
    layout = Layout(design, entries.psu, entries.domain, entries.n_domains)
    z = linearised(Rows(entries, design.weight).sums(measured(frame, "y")), layout)
    assert np.bincount(entries.domain, z) == pytest.approx([0, 0], abs=1e-15)


def test_many_psus_and_cells_take_the_sorting_way() -> None:
    """Every row its own PSU in a large table: the keys are sorted, not tabulated; results are those of coarser tables."""
    rng = np.random.default_rng(3)
    rows = 3000
    frame = pd.DataFrame({"weight": rng.uniform(1, 9, rows), "y": rng.random(rows) < 0.3})
    for name, k in (("sex", 2), ("region", 18), ("industry", 21)):
        frame[name] = pd.Categorical.from_codes(rng.integers(0, k, rows), [f"{i:02d}" for i in range(k)])
    design = Design.from_frame(frame, stratum=None, psu=None)
    wide = [Request("share", "y", by=("sex", "region", "industry")), Request("share", "y")]
    alone = answers(frame, design, [Request("share", "y")])[0, (), ()]
    together = answers(frame, design, wide)[1, (), ()]
    assert together["se"] == pytest.approx(alone["se"], rel=1e-12)
    assert together["estimate"] == pytest.approx(np.average(frame["y"], weights=frame["weight"]), rel=1e-12)


def test_errors() -> None:
    frame = pd.DataFrame({"stratum": 0, "psu": [0, 1], "weight": 1.0, "hours": [40.0, 20.0], "sex": ["a", "b"]})
    design = Design.from_frame(frame)
    for request, message in (
        (Request("share", "hours"), "needs a yes/no column"),
        (Request("mean", "houres"), "did you mean 'hours'"),
        (Request("mean", "hours", by=("region",)), "no column 'region'"),
        (Request("mean", "hours", where="hours"), "no universe"),
        (Request("mean", "sex"), "neither yes/no nor a number"),
    ):
        with pytest.raises(UserError, match=message):
            list(evaluate(frame, design, [request]))
    with pytest.raises(UserError, match="frame has 1 rows, the design 2"):
        list(evaluate(frame.iloc[:1], design, []))
