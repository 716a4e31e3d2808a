"""The split: one class for every person, and what must hold of it for any answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import WORKFLOW, random_workers, workers

from informality import vocabulary as v
from informality.coverage.evidence import NO, UNKNOWN, YES
from informality.coverage.gaps import compliance_steps, split, take_up_classes, unit_registered
from informality.coverage.options import load_options

OPTIONS = load_options(WORKFLOW / "coverage.yaml")
COVERED = [name for name in v.SPLIT if name.startswith("covered")]


@given(st.lists(st.tuples(st.sampled_from(range(4)), st.sampled_from([YES, NO, UNKNOWN]), st.booleans()), min_size=1))
def test_every_person_is_in_the_one_class_that_law_and_cover_give(people: list[tuple[int, int, bool]]) -> None:
    legal, cover, verify = (np.array(column) for column in zip(*people, strict=True))
    names = [v.SPLIT[code] for code in split(legal.astype(np.int8), cover.astype(np.int8), verify)]
    for (word, covered, public), name in zip(people, names, strict=True):
        assert (name in COVERED) == (covered == YES)
        assert (name == "unknown") == (covered == UNKNOWN)
        if covered == NO:
            gap = {"voluntary": "take_up_gap", "excluded": "legal_gap", "unknown": "unclassified"}
            mandatory = "to_verify" if public else "compliance_gap"
            assert name == gap.get(v.LEGAL[word], mandatory)


def test_a_public_employee_who_says_no_is_to_be_verified_only_where_the_law_obliges() -> None:
    legal = np.array([v.LEGAL.index(word) for word in v.LEGAL], dtype=np.int8)
    found = split(legal, np.zeros(4, dtype=np.int8), np.ones(4, dtype=bool))
    assert [v.SPLIT[code] for code in found] == ["to_verify", "take_up_gap", "legal_gap", "unclassified"]


def asked(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(unit_registered=unit_registered(frame, OPTIONS))


STEPS = {
    "registration_unknown": {"registered": "?dont_know", "contract": "permanent", "inst_sector": "private"},
    "unit_not_registered": {"registered": "in_process", "contract": "permanent"},
    "no_contract": {"registered": "yes", "contract": "none"},
    "contract_unknown": {"registered": "yes", "contract": "?dont_know"},
    "not_declared": {"registered": "?not_asked", "inst_sector": "corporation", "contract": "temporary"},
}


@pytest.mark.parametrize("step", STEPS)
def test_the_compliance_gap_has_a_worker_on_every_step(step: str) -> None:
    frame = asked(workers([STEPS[step]]))
    gap = np.array([v.SPLIT.index("compliance_gap")], dtype=np.int8)
    assert v.COMPLIANCE_STEPS[compliance_steps(frame, gap, OPTIONS)[0]] == step


def test_steps_and_take_up_classes_are_of_their_own_gap_only() -> None:
    frame = asked(random_workers(500, seed=7))
    classes = np.random.default_rng(7).integers(0, len(v.SPLIT), 500).astype(np.int8)
    steps = compliance_steps(frame, classes, OPTIONS)
    assert ((steps >= 0) == (classes == v.SPLIT.index("compliance_gap"))).all()
    money = np.full(500, 100.0)
    taken = take_up_classes(classes, money, 0.09 * money, 50.0, 0.1)
    assert ((taken >= 0) == (classes == v.SPLIT.index("take_up_gap"))).all()


def test_who_could_pay_is_told_by_earnings_line_and_contribution() -> None:
    gap = np.full(5, v.SPLIT.index("take_up_gap"), dtype=np.int8)
    means = np.array([2000.0, 900.0, 400.0, np.nan, -5.0])
    contribution = np.array([180.0, 90.0, 90.0, np.nan, np.nan])
    found = take_up_classes(gap, means, contribution, 450.0, 0.095)
    assert [v.TAKE_UP[code] for code in found] == [
        "can_pay",
        "missing_middle",
        "below_line",
        "no_earnings",
        "no_earnings",
    ]


def test_without_a_line_or_a_rate_nobody_with_earnings_is_placed() -> None:
    gap = np.full(2, v.SPLIT.index("take_up_gap"), dtype=np.int8)
    means = np.array([2000.0, np.nan])
    no_earnings = v.TAKE_UP.index("no_earnings")
    assert take_up_classes(gap, means, np.array([180.0, np.nan]), None, 0.1).tolist() == [-1, no_earnings]
    assert take_up_classes(gap, means, np.full(2, np.nan), 450.0, 0.1).tolist() == [-1, no_earnings]
