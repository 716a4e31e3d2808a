"""Ages, hours and amounts: each check at its threshold, just below it and just above."""

from __future__ import annotations

import numpy as np
import pytest
from unit.survey.plausibility.looking import changed, found, ids, subject, whole
from unit.survey.small_family import persons, survey

from informality.errors import UserError
from informality.survey.plausibility.finding import refuse

N = len(whole())


def test_a_whole_survey_is_not_doubted() -> None:
    assert found(whole()) == []


def test_nobody_is_older_than_a_hundred_and_twenty() -> None:
    (finding,) = found(changed(2, age=121.0))
    assert (finding.id, finding.count, finding.impossible) == ("age", 2, True)
    assert "121" not in finding.text, "counts, never values"
    assert ids(found(changed(1, age=-1.0))) == [("age", True)]


def test_the_very_old_are_doubted() -> None:
    assert ids(found(changed(1, age=111.0))) == [("age", False)]
    assert found(changed(1, age=110.0)) == []


HOURS = survey(
    variables__hours_usual="hrs", routing__hours_usual=["employee", "employer", "own_account", "family_worker"]
)


def worked(*odd: float) -> dict[str, np.ndarray]:
    return {"hrs": np.array([*odd, *(20.0 + i % 30 for i in range(N - len(odd)))])}


def test_hours_that_no_week_has_are_not_stated() -> None:
    # One person in 65 is more than one in a hundred.
    assert ids(found(whole(), HOURS, worked(169.0))) == [("hours", True)]
    rows = [*whole(), *whole()]
    looked = subject(persons(*rows).assign(hrs=[169.0] + [40.0 + i % 9 for i in range(2 * N - 1)]), HOURS)
    assert looked.persons["hours_usual"].isna().tolist()[:2] == [True, False]
    assert looked.persons["hours_usual_why"].iloc[0] == "not_stated"
    assert ids(found(rows, HOURS, {"hrs": [169.0] + [40.0 + i % 9 for i in range(2 * N - 1)]})) == [("hours", False)]
    assert found(whole(), HOURS, worked(168.0)) == []


def test_hours_that_the_description_calls_not_stated_are_no_doubt() -> None:
    toy = survey(variables__hours_usual={"number": "hrs", "not_stated": "hrs = 998"})
    assert found(whole(), toy, worked(998.0, 998.0)) == []


def test_nines_at_the_end_that_outnumber_the_answers_below_them() -> None:
    assert ids(found(changed(10, age=99.0))) == [("all_nines", False)]
    assert found(changed(9, age=99.0)) == [], "a few may be that old"
    assert found([*changed(10, age=99.0), {**whole()[0], "age": 101.0}]) == [], "not the greatest answer"
    below = [{**row, "age": 97.0} if 10 <= i < 20 else row for i, row in enumerate(changed(10, age=99.0))]
    assert found(below) == [], "as many as an answer below"
    ten = [{**row, "age": 9.0 if i < 20 else 1.0 + i % 8} for i, row in enumerate(whole())]
    assert "all_nines" not in dict(ids(found(ten, survey(age_base=0)))), "nine is a number"


EARNINGS = survey(
    variables__earnings_month="wage", routing__earnings_month=["employee", "employer", "own_account", "family_worker"]
)


def paid(*odd: float) -> dict[str, np.ndarray]:
    return {"wage": np.array([*odd, *(1000.0 + 7 * i for i in range(N - len(odd)))])}


def test_a_greatest_amount_of_many() -> None:
    assert ids(found(whole(), EARNINGS, paid(*[5000.0] * 10))) == [("top_value", False)]
    assert found(whole(), EARNINGS, paid(*[5000.0] * 9)) == [], "fewer than ten persons say nothing"
    assert ids(found(whole(), EARNINGS, paid(*[99999.0] * 10))) == [("all_nines", False)], "said once"


def test_no_fifths_of_a_heap() -> None:
    third = N // 3 + 1
    looked = subject(persons(*whole()).assign(**paid(*[1100.5] * third)), EARNINGS)
    assert looked.persons["earnings_quintile"].isna().all()
    assert set(looked.persons["earnings_quintile_why"]) == {"not_asked"}
    assert ids(found(whole(), EARNINGS, paid(*[1100.5] * third))) == [("heap", False)]
    less = subject(persons(*whole()).assign(**paid(*[1100.5] * (third - 1))), EARNINGS)
    assert less.persons["earnings_quintile"].notna().all()


def test_all_that_cannot_be_is_refused_at_once() -> None:
    findings = found(changed(1, age=150.0), HOURS, worked(998.0, 998.0))
    with pytest.raises(UserError) as error:
        refuse(findings, HOURS)
    assert "age" in str(error.value)
    assert "hours" in str(error.value)
    assert "besides" not in error.value.todo
    with pytest.raises(UserError, match=r"doubtful are besides: variables\.sex"):
        refuse(found(changed(1, age=150.0, sex=None)), survey())
    refuse([finding for finding in findings if not finding.impossible], HOURS)
