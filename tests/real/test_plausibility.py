"""Every warning on the real surveys was looked at and is true; and the made inputs of `../shared` end as they should."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from real.conftest import ALL, QLFS, RealSurveys
from support import SHARED

from informality.errors import UserError
from informality.survey.border import check_persons
from informality.survey.description import load_families, surveys
from informality.survey.harmonise import harmonise
from informality.survey.ingest import ingest
from informality.survey.locate import find_file
from informality.survey.plausibility.checks import examine
from informality.survey.plausibility.finding import Finding, Subject, refuse
from informality.survey.plausibility.period import refuse_period
from informality.survey.plausibility.waves import jumps, shares
from informality.survey.replicates import replicate_weights

TODAY = date(2026, 12, 1)
# The file of 2016 has 1,588 persons in mining areas (code 4), which the description calls neither urban nor rural.
KNOWN = {"zaf_qlfs_2016q3": [("untaken", "variables.area")]}


def looked_at(real: RealSurveys, survey: str) -> Subject:
    described = real.described[survey]
    file = find_file(SHARED / "data", described.file_name or "")
    assert file is not None
    source, facts = ingest(described, file)
    return Subject(
        real.persons(survey), source, described, facts.rows, facts.user_missing, facts.value_labels, single=facts.single
    )


@pytest.mark.real
@pytest.mark.parametrize("survey", ALL)
def test_every_warning_on_a_real_survey_is_known(real: RealSurveys, survey: str) -> None:
    found = examine(looked_at(real, survey))
    assert [(finding.id, finding.where) for finding in found] == KNOWN.get(survey, [])
    refuse(found, real.described[survey])


@pytest.mark.real
def test_no_level_jumps_between_the_waves_of_a_real_survey(real: RealSurveys) -> None:
    described = {real.described[survey].wave: (survey, real.described[survey]) for survey in QLFS}
    # Of the file nothing is looked at here.
    waves = {
        wave: shares(Subject(real.persons(survey), pd.DataFrame(), of, 0)) for wave, (survey, of) in described.items()
    }
    breaks = {wave: [point.model_dump() for point in of.break_points] for wave, (_, of) in described.items()}
    assert list(jumps(waves, breaks)) == []
    # Without the breaks that the description declares the change of settlement types would be told.
    assert {finding.where.split(".")[1] for finding in jumps(waves)} <= {"area", "settlement"}


MADE = SHARED / "reference" / "review" / "inputs"
# What each made input has to end with: findings (an exclamation mark where they stop the run), or words of an error.
EXPECTED = {
    "c01": ["!hours", "all_nines", "all_nines"],
    "c02": ["declared_missing"],
    "c04": ["unknown"],
    "c07": ["lengths"],
    "c07b": ["!codes"],
    "c08": "by the alphabet",
    "c09": "no numbers but NA",
    "c09b": "by the alphabet",
    "c09c": [],
    "c09d": "by the alphabet",
    "c11a": ["weight_scale"],
    "c11b": ["weight_scale"],
    "c11c": ["weight_scales"],
    "c11d": "thousands",
    "c12": ["weight_scales", "weight_scale"],
    "c13": ["twice"],
    "c14": ["!households"],
    "c15b": ["lonely"],
    "c17": ["heap"],
    "c18": "repeats the header",
    "c22": "2562 of the Buddhist era is 2019",
    "c25": ["level_of_nobody"],  # of regions only: the file is cut
    "c29b": ["calibration_factor"],
    "c31x": "no numbers but NS",
    "c31y": ["status_unknown", "untaken", "level_of_nobody"],
    "c33": [],
    "c34": ["!codes"],
    "c35": "begin with one",
    "c35b": "begin with one",
    "c35c": ["unknown"],
    "c36": ["unknown"],
    "c37": ["status_unknown", "untaken"],
    "c38": [],
}


def ended(case: str, folder: Path) -> list[Finding]:
    """What the last wave of a made input comes to."""
    (description,) = MADE.glob(f"*/{case}.yaml")
    shutil.copy(description, folder)
    survey = list(surveys(load_families(folder)).values())[-1]
    refuse_period(survey, TODAY)
    source, facts = ingest(survey, description.parent / (survey.file_name or ""))
    persons = harmonise(source, survey, facts.user_missing)
    found = examine(
        Subject(
            persons,
            source,
            survey,
            facts.rows,
            facts.user_missing,
            facts.value_labels,
            replicate_weights(source, survey),
            facts.notes,
            facts.single,
        )
    )
    if not any(finding.impossible for finding in found):
        check_persons(persons, survey.id)
    return found


@pytest.mark.parametrize("case", EXPECTED)
def test_made_inputs_end_as_they_should(case: str, tmp_path: Path) -> None:
    if not MADE.is_dir():
        pytest.skip("the made inputs are not in ../shared/reference")
    expected = EXPECTED[case]
    if isinstance(expected, str):
        with pytest.raises(UserError) as error:
            ended(case, tmp_path)
        assert expected in str(error.value)
    else:
        assert [("!" if f.impossible else "") + f.id for f in ended(case, tmp_path)] == expected
