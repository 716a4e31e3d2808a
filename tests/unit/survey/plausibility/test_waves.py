"""Levels that jump between waves, answers that contradict each other, texts that were misread."""

from __future__ import annotations

import numpy as np
import pandas as pd
from unit.survey.plausibility.looking import changed, found, ids, subject, whole
from unit.survey.small_family import persons, survey

from informality.survey.plausibility.waves import SHARE_COLUMNS, jumps, shares

N = len(whole())


def test_shares_are_weighted_and_of_those_who_answered() -> None:
    rows = [
        {**row, "w": 300.0 if i < 20 else 100.0, "sex": None if i == 64 else row.get("sex", 1.0)}
        for i, row in enumerate(whole())
    ]
    table = shares(subject(persons(*rows), survey()))
    assert tuple(table) == SHARE_COLUMNS
    sex = table[table["variable"] == "sex"].set_index("level")
    assert sex["n"].to_dict() == {"male": 49, "female": 15}
    assert sex.loc["female", "share"] == 15 / (60 + 44)
    assert sex.loc["female", "answered"] == 64
    employees = table[(table["variable"] == "status") & (table["level"] == "employee")]
    assert employees["share"].tolist() == [60 / 105]


def wave(**parts: float) -> pd.DataFrame:
    return pd.DataFrame(
        [("contract", level, 50, share, 100) for level, share in parts.items()], columns=list(SHARE_COLUMNS)
    )


BEFORE, AFTER = wave(permanent=0.50, temporary=0.30, none=0.20), wave(permanent=0.50, temporary=0.19, none=0.31)


def test_a_level_that_jumps_is_told_once_for_its_variable() -> None:
    (finding,) = jumps({"2019": BEFORE, "2020": AFTER, "2021": AFTER})
    assert (finding.id, finding.impossible) == ("jump", False)
    assert finding.where in ("variables.contract.temporary", "variables.contract.none")
    assert "between 2019 and 2020" in finding.text
    assert list(jumps({"2019": BEFORE, "2020": wave(permanent=0.5, temporary=0.21, none=0.29)})) == []


def test_declared_breaks_and_levels_of_one_wave_are_no_jump() -> None:
    waves = {"2019": BEFORE, "2020": AFTER}
    point = {"name": "new.0", "of": ["contract"]}
    assert list(jumps(waves, {"2019": [], "2020": [point]})) == []
    assert list(jumps(waves, {"2019": [{**point, "of": None}], "2020": []})) == []
    assert len(list(jumps(waves, {"2019": [point], "2020": [point]}))) == 1, "both stand on one side of it"
    assert len(list(jumps(waves, {"2019": [], "2020": [{**point, "of": ["size"]}]}))) == 1
    assert list(jumps({"2019": BEFORE, "2020": wave(other=1.0)})) == []
    assert list(jumps({"2019": BEFORE.assign(answered=9), "2020": AFTER})) == []


def test_some_answers_of_a_group_that_was_not_asked() -> None:
    # `registered` was put to employers and own-account workers; 35 others work.
    (finding,) = found(changed(10, reg=1.0))
    assert (finding.id, finding.where, finding.count, finding.share) == ("routed", "routing.registered", 10, 10 / 35)
    assert found(changed(9, reg=1.0)) == []
    assert found(changed(20, reg=1.0)) == [], "most have one: it was put to all, and routing says whose is used"


def test_labour_force_status_and_employment_say_the_same() -> None:
    toy = survey(variables__lfs={"employed": "l = 1", "outside": "l = 2"})
    assert ids(found(whole(), toy, {"l": np.where(np.arange(N) < 1, 2.0, 1.0)})) == [("labour_force", False)]
    assert "labour_force" not in dict(ids(found(whole(), toy, {"l": 1.0})))


def test_texts_of_a_wrong_encoding() -> None:
    toy = survey(
        variables__region={
            "north": {"if": "home = 'a'", "label": "N"},
            "south": {"if": "home IS NOT NULL", "label": "S"},
        }
    )
    (finding,) = found(whole(), toy, {"home": ["a"] * 60 + ["R\ufffdgion", "\x9fb", "c", "d", "e"]})
    assert (finding.id, finding.count) == ("misread", 2)
