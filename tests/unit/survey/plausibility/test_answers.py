"""Answers that a description does not find: each check against a frame made to raise it, and none on a frame that is whole."""

from __future__ import annotations

from unit.survey.plausibility.looking import found, whole
from unit.survey.small_family import survey

from informality.survey.description import Survey

WHOLE = whole()


def kinds(rows: list[dict[str, float | str | None]], toy: Survey) -> list[tuple[str, str]]:
    return [(finding.id, finding.where) for finding in found(rows, toy)]


def test_a_description_that_fits_raises_none() -> None:
    assert kinds(WHOLE, survey()) == []


def test_a_level_of_nobody() -> None:
    toy = survey(variables__sex={"male": "sex IN (1, 2)", "female": "sex = 3"})
    assert kinds(WHOLE, toy) == [("level_of_nobody", "variables.sex.female")]
    toy = survey(variables__region={"north": {"if": "TRUE", "label": "N"}, "west": {"if": "prov = 9", "label": "W"}})
    assert kinds(WHOLE, toy) == [("level_of_nobody", "variables.region.west")]


def test_own_levels_of_another_wave_raise_none() -> None:
    waves = {name: {"file": None, "from": day, "to": day} for name, day in survey_days().items()}
    toy = survey(
        waves=waves, variables__region={"north": {"if": "TRUE", "label": "N"}, "west": {"if": "prov = 9", "label": "W"}}
    )
    assert kinds(WHOLE, toy) == []


def survey_days() -> dict[str, object]:
    from datetime import date

    return {"2017q3": date(2017, 7, 1), "2018q3": date(2018, 7, 1)}


def test_what_a_wave_does_not_have_raises_none() -> None:
    toy = survey(differences={"old": {"absent": ["ss", "pen"]}}, waves__2017q3__differs=["old"])
    assert kinds(WHOLE, toy) == []


def test_a_group_that_routing_forgot() -> None:
    """Family workers were never asked for registration, and the description says that they were."""
    toy = survey(routing__registered=["employer", "own_account", "family_worker"])
    (finding,) = found(WHOLE, toy)
    assert (finding.id, finding.where, finding.count) == (
        "group_without_answer",
        "variables.registered.family_worker",
        15,
    )
    assert "none of the 15 persons 'family_worker' has an answer" in finding.text


def test_a_group_of_a_question_on_social_security() -> None:
    toy = survey(social_security__pension__asked_of=["employee", "employer", "own_account"])
    assert ("group_without_answer", "social_security.pension.own_account") in kinds(WHOLE, toy)


def test_many_answers_that_no_code_reads() -> None:
    rows = [{**row, "ss": None} if i < 8 else row for i, row in enumerate(WHOLE)]
    (finding,) = found(rows, survey())
    assert (finding.id, finding.where, finding.count, finding.share) == ("not_stated", "variables.soc_sec", 8, 0.4)
    assert "40 %" in finding.text


def test_the_employed_without_status() -> None:
    rows = [{**row, "stat": 9.0} if i < 6 else row for i, row in enumerate(WHOLE)]
    assert ("status_unknown", "concepts.national") in kinds(rows, survey())
    rows = [{**row, "stat": 9.0, "w": 0.1} if i < 6 else row for i, row in enumerate(WHOLE)]
    assert ("status_unknown", "concepts.national") not in kinds(rows, survey()), "shares are weighted"
