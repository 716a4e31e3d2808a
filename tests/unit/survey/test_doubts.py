"""What looks wrong in a description: each doubt against a frame made to raise it, and none on a frame that is whole."""

from __future__ import annotations

import pandas as pd
from unit.survey.small_family import persons, survey

from informality.survey.description import Survey
from informality.survey.doubts import COLUMNS, doubts
from informality.survey.harmonise import harmonise

WHOLE = (
    [{"stat": 1.0, "ss": 1.0 + i % 2, "pen": 1.0, "prov": 1.0 + i % 2, "isic": 4711.0, "isco": 52.0} for i in range(20)]
    + [{"stat": 2.0, "reg": 1.0, "pen": 2.0, "prov": 1.0, "isic": 111.0, "isco": 61.0, "sex": 2.0} for _ in range(15)]
    + [{"stat": 3.0, "reg": 2.0, "prov": 2.0, "isic": 111.0, "isco": 61.0} for _ in range(15)]
    + [{"stat": 4.0, "prov": 2.0, "isic": 111.0, "isco": 61.0} for _ in range(15)]
)


def raised(rows: list[dict[str, float]], toy: Survey) -> pd.DataFrame:
    table = doubts(harmonise(persons(*rows), toy), toy)
    assert tuple(table) == COLUMNS
    assert table["text"].str.len().min() > 20 or table.empty
    return table


def kinds(rows: list[dict[str, float]], toy: Survey) -> list[tuple[str, str]]:
    return list(raised(rows, toy)[["kind", "item"]].itertuples(index=False, name=None))


def test_a_description_that_fits_raises_none() -> None:
    assert kinds(WHOLE, survey()) == []


def test_a_level_of_nobody() -> None:
    toy = survey(variables__sex={"male": "sex = 1", "female": "sex = 3"})
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
    table = raised(WHOLE, toy)
    assert table[["kind", "item", "n", "of"]].to_numpy().tolist() == [
        ["group_without_answer", "variables.registered.family_worker", 15, 15]
    ]
    assert "none of the 15 persons 'family_worker' has an answer" in table["text"].iloc[0]


def test_a_group_of_a_question_on_social_security() -> None:
    toy = survey(social_security__pension__asked_of=["employee", "employer", "own_account"])
    assert ("group_without_answer", "social_security.pension.own_account") in kinds(WHOLE, toy)


def test_many_answers_that_no_code_reads() -> None:
    rows = [{**row, "ss": 7.0} if i < 8 else row for i, row in enumerate(WHOLE)]
    table = raised(rows, survey())
    assert table[["kind", "item", "n", "of"]].to_numpy().tolist() == [["not_stated", "variables.soc_sec", 8, 20]]
    assert table["share"].tolist() == [0.4]
    assert "40%" in table["text"].iloc[0]


def test_the_employed_without_status() -> None:
    rows = [{**row, "stat": 9.0} if i < 6 else row for i, row in enumerate(WHOLE)]
    assert ("status_unknown", "concepts.national") in kinds(rows, survey())
    rows = [{**row, "stat": 9.0, "w": 0.1} if i < 6 else row for i, row in enumerate(WHOLE)]
    assert ("status_unknown", "concepts.national") not in kinds(rows, survey()), "shares are weighted"
