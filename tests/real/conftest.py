"""Real surveys, read, harmonised, classified and estimated once in a session."""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest
from support import SHARED, WORKFLOW, standards

from informality import settings
from informality.classify.rules import classify
from informality.classify.standards import pairs
from informality.coverage.laws import load_laws, of_country
from informality.coverage.options import load_options
from informality.coverage.stage import cover_survey
from informality.decisions import read_yaml
from informality.estimate.specifications import load_declared
from informality.estimate.survey import Coverage, Subject, estimate_survey
from informality.settings import Variant
from informality.survey.card import card
from informality.survey.description import Survey, load_families, surveys
from informality.survey.harmonise import harmonise
from informality.survey.ingest import Facts, ingest
from informality.survey.locate import find_file

QLFS = [
    f"zaf_qlfs_{wave}"
    for wave in ("2008q3", "2009q3", "2010q3", "2011q3", "2012q2", "2013q3", "2014q3", "2016q3", "2017q3")
]
ALL = [*QLFS, "ecu_enemdu_2021q1"]


class RealSurveys:
    """What the pipeline makes of each survey, with the variants of `workflow/config.yaml`."""

    def __init__(self) -> None:
        self.described: dict[str, Survey] = surveys(load_families(WORKFLOW / "surveys"))
        self.standards = standards()
        content = read_yaml(WORKFLOW / "config.yaml")
        self.variants: dict[str, Variant] = settings.load(content).variants

    @cache  # noqa: B019 - lives as long as the session
    def _read(self, survey: str) -> tuple[pd.DataFrame, Facts]:
        described = self.described[survey]
        file = find_file(SHARED / "data", described.file_name or "")
        if file is None:
            pytest.skip(f"{described.file_name} is not in ../shared/data")
        source, facts = ingest(described, file)
        return harmonise(source, described), facts

    def persons(self, survey: str) -> pd.DataFrame:
        return self._read(survey)[0]

    @cache  # noqa: B019
    def coverage(self, survey: str) -> Coverage:
        """The laws of the survey's country applied to it."""
        persons, facts = self._read(survey)
        about = card(self.described[survey], persons, facts)
        laws = of_country(load_laws(WORKFLOW / "laws"), about["iso3"])
        return Coverage(*cover_survey(persons, about, laws, load_options(WORKFLOW / "coverage.yaml")))

    @cache  # noqa: B019
    def classified(self, survey: str) -> pd.DataFrame:
        persons = self.persons(survey)
        own = persons.filter(regex=r"^(unit|job)(_rule)?__national$")
        return pd.concat([classify(persons, self.variants, self.standards), own], axis=1)

    def pairs(self, survey: str) -> list[tuple[str, str]]:
        return pairs(self.variants, self.standards, tuple(self.described[survey].concepts))

    @cache  # noqa: B019
    def hub(self, survey: str) -> pd.DataFrame:
        described = self.described[survey]
        subject = Subject(
            survey,
            described.wave,
            tuple(self.pairs(survey)),
            frozenset(name for name, variant in self.variants.items() if variant.sensitivity),
            {name: check.by for name, check in described.family.checks.items()},
            national_base=described.family.national_base is not None,
        )
        declared = load_declared(WORKFLOW / "estimates.yaml")
        persons, classified = self.persons(survey), self.classified(survey)
        return estimate_survey(persons, classified, declared, subject, coverage=self.coverage(survey))


@pytest.fixture(scope="session")
def real() -> RealSurveys:
    if not (SHARED / "data").is_dir():
        pytest.skip("the real microdata are not in ../shared/data")
    return RealSurveys()
