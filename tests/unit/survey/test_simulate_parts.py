"""The parts of the simulator: fitting, dealing, raking, answers that read back as dealt."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from informality.errors import UserError
from informality.survey.simulation import targets, villages
from informality.survey.simulation.allocate import deal, pick
from informality.survey.simulation.answers import job_answers
from informality.survey.simulation.concepts import classes
from informality.survey.simulation.draws import NOT_ASKED, choose, fill, stream
from informality.survey.simulation.occupation import industry, occupation
from informality.survey.simulation.table import force_table, job_table
from informality.survey.simulation.targets import ACTIVITIES, CLASSES
from informality.survey.simulation.weights import household_counts, rake

PLAN = targets.load()
JOBS = job_table(PLAN)
weights_of_persons = st.lists(st.floats(1.0, 500.0), min_size=1, max_size=60).map(np.array)


@given(weights_of_persons, st.floats(0.0, 1.0), st.integers(0, 2**32 - 1))
def test_pick_comes_within_half_a_person_and_takes_the_best(weight: np.ndarray, share: float, seed: int) -> None:
    score = np.random.default_rng(seed).permutation(len(weight)).astype(float)
    target = share * weight.sum()
    chosen = pick(score, weight, target)
    assert abs(weight[chosen].sum() - target) <= weight.max() / 2 + 1e-6
    left = np.setdiff1d(np.arange(len(weight)), chosen)
    assert not len(chosen) or not len(left) or score[chosen].min() > score[left].max()


@given(weights_of_persons, st.lists(st.floats(0.0, 1.0), min_size=1, max_size=5), st.booleans())
def test_deal_gives_everybody_one_cell_at_most(weight: np.ndarray, shares: list[float], rest: bool) -> None:
    wanted = np.array(shares) / max(sum(shares), 1e-9) * weight.sum() * 0.9
    pool = np.arange(len(weight))
    parts = deal(np.random.default_rng(1), pool, weight, list(wanted), lambda _, who: np.zeros(len(who)), rest=rest)
    dealt = np.concatenate(parts)
    assert len(dealt) == len(np.unique(dealt))
    assert not rest or len(dealt) == len(pool)
    if not rest:
        # Rests are carried on, so the sum is as near as one person can be.
        assert abs(weight[dealt].sum() - wanted.sum()) <= weight.max() / 2 + 1e-6


def test_draws_of_one_subject_do_not_depend_on_others() -> None:
    assert stream(1, "a").random() == stream(1, "a").random()
    assert len({stream(1, "a").random(), stream(1, "b").random(), stream(2, "a").random()}) == 3


def test_choose_and_fill_follow_the_chances() -> None:
    rng = np.random.default_rng(5)
    drawn = choose(rng, 20_000, {1: 3.0, 2: 1.0})
    assert (drawn == 1).mean() == pytest.approx(0.75, abs=0.02)
    rows = np.array([True, False, False])
    filled = fill(rng, np.full(3, NOT_ASKED), [(rows, {4: 1.0}), (np.array([True, True, False]), {7: 1.0})])
    assert filled.tolist() == [4, 7, NOT_ASKED]


def test_the_joint_table_of_jobs_satisfies_its_targets() -> None:
    table = JOBS
    assert (table["thousand"] >= 0).all()
    assert table["thousand"].sum() == pytest.approx(2751.486, abs=0.002)
    work = table[~table["own_use"]]
    assert work["thousand"].sum() == pytest.approx(1773.0, abs=0.002)
    formal = work[work["job"] == "formal"]
    assert formal.groupby("sex")["thousand"].sum()["female"] == pytest.approx(116.224, abs=0.002)
    assert formal.groupby("status")["thousand"].sum()["employee"] == pytest.approx(284.742, abs=0.002)
    outside = work[work["unit"] != "formal_sector"].groupby("status")["thousand"].sum()
    assert outside["family_worker"] == pytest.approx(671.144, abs=0.002)


def test_the_labour_force_table_gives_the_printed_rates() -> None:
    table = force_table(PLAN)
    for name, level, rate in (("area", "urban", 5.3), ("sex", "female", 7.8), ("age", "15_24", 18.2)):
        group = table[table[name] == level].groupby("lfs")["thousand"].sum()
        assert 100 * group["unemployed"] / group.sum() == pytest.approx(rate, abs=0.01)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_answers_are_read_back_as_the_cell_that_was_dealt(seed: int) -> None:
    cells = JOBS[~JOBS["own_use"]]
    cells = cells.loc[cells.index.repeat(8)].reset_index(drop=True)
    work = pd.DataFrame(
        {name: [CLASSES[name].index(x) for x in cells[name]] for name in ("status", "institution", "unit", "job")}
    ).assign(
        activity=[ACTIVITIES.index(a) for a in cells["activity"]],
        woman=(cells["sex"] == "female").to_numpy(),
        urban=np.arange(len(cells)) % 2 == 0,
        level=np.arange(len(cells)) % 9,
    )
    work = work.assign(**job_answers(work, seed), lsic2=industry(work, seed))
    work["lsco2"] = occupation(work, seed)
    asked = {"hl04": np.where(work["woman"], 2, 1), "hl05": 30, "vtype1": 1, "ep01": 1, "wt01t": 40, "wt06": 2}
    unasked = ("ep02", "ep03", "ep04", "ep05", "ep06", "ep07", "ep08", "ep09", "ue01", "ue02", "ue03", "ue09", "wt08")
    read = classes(work.assign(**asked, **dict.fromkeys(unasked, NOT_ASKED)))
    for name in ("status", "activity", "institution", "unit", "job", "sector"):
        assert (read[name].astype(str).to_numpy() == cells[name].to_numpy()).all(), name


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_raking_meets_totals_with_positive_weights_also_where_totals_repeat(seed: int) -> None:
    rng = np.random.default_rng(seed)
    household = np.repeat(np.arange(200), 4)
    woman = rng.random(800) < 0.5
    members = [woman, ~woman, np.ones(800, dtype=bool)]
    counts = household_counts(household, members, 200)
    base = rng.uniform(50, 150, 200)
    truth = base * rng.uniform(0.7, 1.4, 200)
    totals = truth @ counts
    got = rake(base, counts, totals)
    assert (got > 0).all()
    np.testing.assert_allclose(got @ counts, totals, rtol=1e-6)


def test_totals_that_the_sample_cannot_meet_are_refused() -> None:
    with pytest.raises(UserError, match="too small"):
        rake(np.ones(3), np.array([[1], [0], [2]], dtype=np.int8), np.array([-5.0]))


def test_what_already_holds_is_left_alone() -> None:
    counts = np.array([[1, 2], [3, 0], [1, 1]], dtype=np.int8)
    base = np.array([10.0, 20.0, 30.0])
    np.testing.assert_allclose(rake(base, counts, base @ counts), base)


def test_villages_grow_with_the_scale_in_every_stratum() -> None:
    one, ten = villages.strata(PLAN, 1.0), villages.strata(PLAN, 10.0)
    assert (ten["villages"] == 10 * one["villages"]).all()
    assert one["villages"].sum() == PLAN.design.villages
    assert ten["persons"].sum() == one["persons"].sum()


def test_a_target_that_is_needed_and_gone_is_named() -> None:
    with pytest.raises(UserError, match="D10"):
        PLAN.model_copy(update={"targets": [t for t in PLAN.targets if t.id != "D10"]}).persons("D10")
