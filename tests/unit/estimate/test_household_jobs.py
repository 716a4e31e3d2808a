"""The jobs of a household taken together."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from informality.estimate.household_jobs import household_jobs
from informality.vocabulary import HOUSEHOLD_JOBS, JOBS

PERSON = st.tuples(st.integers(0, 6), st.booleans(), st.sampled_from([*JOBS, None]))


def levels(persons: list[tuple[int, bool, str | None]]) -> list[str | None]:
    household, employed, job = zip(*persons, strict=True)
    found = household_jobs(pd.Series(household), pd.Series(employed), pd.Categorical(job, categories=JOBS))
    assert list(found.categories) == list(HOUSEHOLD_JOBS)
    return [None if pd.isna(level) else str(level) for level in found]


def by_hand(persons: list[tuple[int, bool, str | None]], household: int) -> str | None:
    jobs = [job for where, employed, job in persons if where == household and employed]
    if not jobs:
        return "no_worker"
    if "formal" in jobs and "informal" in jobs:
        return "mixed"
    if all(job == "formal" for job in jobs):
        return "all_formal"
    return "all_informal" if all(job == "informal" for job in jobs) else None


@given(st.lists(PERSON, min_size=1, max_size=40))
def test_every_person_has_the_level_of_the_household(persons: list[tuple[int, bool, str | None]]) -> None:
    assert levels(persons) == [by_hand(persons, household) for household, _, _ in persons]


@pytest.mark.parametrize(
    ("jobs", "level"),
    [
        (["informal", None], None),
        (["informal", "not_classified"], None),
        (["informal", "formal", None], "mixed"),
        (["formal"], "all_formal"),
    ],
)
def test_a_job_that_is_not_known_counts_only_where_it_decides(jobs: list[str | None], level: str | None) -> None:
    assert levels([(0, True, job) for job in jobs]) == [level] * len(jobs)


def test_the_job_of_somebody_who_does_not_work_by_the_concept_is_left_out() -> None:
    assert levels([(0, True, "formal"), (0, False, "informal")]) == ["all_formal"] * 2


def test_no_persons_are_no_households() -> None:
    empty = household_jobs(pd.Series([], dtype="int32"), pd.Series([], dtype=bool), pd.Categorical([], categories=JOBS))
    assert len(empty) == 0
