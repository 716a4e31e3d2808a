"""Not computable is not non-response (decision 31)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from unit.estimate.made_up import DECLARED, made_classified, made_persons, rows

from informality import vocabulary as v
from informality.estimate.computable import not_computable
from informality.estimate.survey import Subject, estimate_survey

REASONS = list(v.REASONS)


def frame(*reasons: tuple[str, str], status: str = "answered") -> pd.DataFrame:
    """Persons with two questions, the reasons why each has no answer, and that of the status on which routing rests."""
    made = pd.DataFrame({"registered": [why[0] for why in reasons], "books": [why[1] for why in reasons]})
    columns = {v.why(name): pd.Categorical(made[name], categories=REASONS) for name in made}
    return pd.DataFrame(columns).assign(status_why=pd.Categorical([status] * len(made), categories=REASONS))


@pytest.mark.parametrize(
    ("registered", "books", "expected"),
    [
        ("not_asked", "not_asked", True),
        ("not_asked", "not_applicable", True),
        ("not_asked", "answered", True),
        ("not_asked", "dont_know", False),
        ("refused", "not_asked", False),
        ("not_stated", "not_stated", False),
        ("answered", "answered", False),
    ],
)
def test_what_was_put_and_not_answered_is_no_answer(registered: str, books: str, expected: bool) -> None:
    found = not_computable(frame((registered, books)), ["registered", "books"], np.array([True]))
    assert found.tolist() == [expected]


def test_a_missing_routing_answer_is_non_response() -> None:
    found = not_computable(frame(("not_asked", "not_asked"), status="not_stated"), ["registered"], np.array([True]))
    assert not found.any()


def test_a_value_that_is_there_is_computable() -> None:
    assert not not_computable(frame(("not_asked", "not_asked")), ["registered"], np.array([False])).any()


def test_the_two_parts_are_those_counted_by_hand() -> None:
    """Of hours a fifth of the employed was not asked, and a tenth did not answer."""
    persons, classified = made_persons(), made_classified()
    rng = np.random.default_rng(5)
    drawn = rng.random(len(persons))
    employed = persons["employed__icls19"].to_numpy(dtype=bool)
    why = np.where(drawn < 0.2, "not_asked", np.where(drawn < 0.3, "refused", "answered"))
    why = np.where(employed, why, "not_applicable")
    hours = np.where(why == "answered", 40.0, np.nan)
    given = persons.assign(hours_usual=hours, hours_usual_why=pd.Categorical(why, categories=REASONS))
    subject = Subject("made_up", "2020", (("icls17", "icls19"),))
    wanted = {"hours": DECLARED.indicators["hours"]}
    hub = estimate_survey(given, classified, DECLARED.model_copy(update={"indicators": wanted}), subject)
    row = rows(hub, indicator="hours", statistic="mean").iloc[0]
    weight = persons["weight"].to_numpy()
    for name, reason in (("w_not_computable", "not_asked"), ("w_no_answer", "refused")):
        expected = weight[employed & (why == reason)].sum() / weight[employed].sum()
        assert row[name] == pytest.approx(expected, rel=1e-9)


def test_jobs_that_a_standard_leaves_open_are_not_computable() -> None:
    hub = estimate_survey(
        made_persons(), made_classified(), DECLARED, Subject("made_up", "2020", (("icls21", "icls19"),))
    )
    row = rows(hub, indicator="informal", variant="icls21", concept="icls19").iloc[0]
    assert row["w_not_computable"] > 0
    assert row["w_no_answer"] == pytest.approx(0, abs=1e-12)


def test_of_whom_it_is_open_whether_they_belong_the_universe_is_open() -> None:
    """A third of the employed without a job that could be computed: nothing is told of those with informal jobs."""
    persons, classified = made_persons(), made_classified().copy()
    employed = persons["employed__icls19"].to_numpy(dtype=bool)
    open_ = employed & (np.random.default_rng(2).random(len(persons)) < 0.3)
    for part in ("unit", "job"):
        classified.loc[open_, f"{part}__icls17"] = None
    hub = estimate_survey(persons, classified, DECLARED, Subject("made_up", "2020", (("icls17", "icls19"),)))
    weight = persons["weight"].to_numpy()
    row = rows(hub, indicator="component_of_informal", universe="informal").iloc[0]
    informal = employed & (classified["job__icls17"] == "informal").to_numpy()
    open_ = employed & classified["job__icls17"].isna().to_numpy()
    expected = weight[open_].sum() / weight[informal | open_].sum()
    assert row["w_not_computable"] == pytest.approx(expected, rel=1e-9)
    # Whether they are employees is known.
    coverage = rows(hub, indicator="conditions", universe="employees_known_conditions")
    assert (coverage["w_not_computable"] == 0).all()
