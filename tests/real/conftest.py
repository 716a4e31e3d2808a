"""Real surveys, read, harmonised, classified and estimated once in a run of the tests, in whichever process they are asked for."""

from __future__ import annotations

import fcntl
import os
import pickle
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

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
from informality.govern.hide import First
from informality.govern.release import Publication, release
from informality.settings import Thresholds, Variant
from informality.survey.card import card
from informality.survey.description import Survey, load_families, surveys
from informality.survey.harmonise import harmonise
from informality.survey.ingest import Facts, ingest
from informality.survey.locate import find_file
from informality.survey.units import sampling_units

QLFS = [
    f"zaf_qlfs_{wave}"
    for wave in ("2008q3", "2009q3", "2010q3", "2011q3", "2012q2", "2013q3", "2014q3", "2016q3", "2017q3")
]
ALL = [*QLFS, "ecu_enemdu_2021q1"]
LIMITS = Thresholds()
T = TypeVar("T")


class RealSurveys:
    """What the pipeline makes of each survey, with the variants of `workflow/config.yaml`.

    ``folder``: where all processes of the run leave what they have made.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.described: dict[str, Survey] = surveys(load_families(WORKFLOW / "surveys"))
        self.standards = standards()
        content = read_yaml(WORKFLOW / "config.yaml")
        self.variants: dict[str, Variant] = settings.load(content).variants

    def _once(self, survey: str, what: str, make: Callable[[], T]) -> T:
        """What the first process that asks has made; the others wait for it and read it."""
        file = self._folder / f"{survey}-{what}.pickle"
        with file.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not file.exists():
                made = make()
                file.write_bytes(pickle.dumps(made))
                return made
        return pickle.loads(file.read_bytes())

    @cache  # noqa: B019 - lives as long as the session
    def _read(self, survey: str) -> tuple[pd.DataFrame, Facts, pd.DataFrame]:
        described = self.described[survey]
        file = find_file(SHARED / "data", described.file_name or "")
        if file is None:
            pytest.skip(f"{described.file_name} is not in ../shared/data")

        def read() -> tuple[pd.DataFrame, Facts, pd.DataFrame]:
            source, facts = ingest(described, file)
            persons = harmonise(source, described)
            return persons, facts, sampling_units(source, described, persons)

        return self._once(survey, "persons", read)

    def persons(self, survey: str) -> pd.DataFrame:
        return self._read(survey)[0]

    def units(self, survey: str) -> pd.DataFrame:
        """The names that strata and sampling units have in the file."""
        return self._read(survey)[2]

    def card(self, survey: str) -> dict[str, Any]:
        persons, facts, _ = self._read(survey)
        return card(self.described[survey], persons, facts)

    @cache  # noqa: B019
    def coverage(self, survey: str) -> Coverage:
        """The laws of the survey's country applied to it."""
        persons, about = self.persons(survey), self.card(survey)
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
        return self._once(survey, "hub", lambda: self._estimated(survey))

    @cache  # noqa: B019
    def published(self, survey: str) -> pd.DataFrame:
        """What crosses the wall by the limits of `LIMITS`, rows as in `hub`."""
        return self._once(survey, "published", lambda: release(self.hub(survey), LIMITS, self.publication(survey)))

    def publication(self, survey: str) -> Publication:
        """How the numbers of the survey are rounded."""
        about, told, pairs_of = self.card(survey), self.coverage(survey).told, self.pairs(survey)
        first = First(
            pairs_of[0][0], told["law"] or "", told["main"] or "", tuple(dict.fromkeys(v for v, _ in pairs_of))
        )
        weights = about["weights"]
        return Publication.of(about["publication"]["step"], weights["mean"], weights["least"], weights["most"], first)

    def _estimated(self, survey: str) -> pd.DataFrame:
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
def real(tmp_path_factory: pytest.TempPathFactory) -> RealSurveys:
    if not (SHARED / "data").is_dir():
        pytest.skip("the real microdata are not in ../shared/data")
    base = tmp_path_factory.getbasetemp()
    # Each process of pytest-xdist has a folder of its own in that of the run.
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "real"
    folder.mkdir(exist_ok=True)
    return RealSurveys(folder)
