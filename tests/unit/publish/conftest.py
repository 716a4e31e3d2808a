from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from unit.publish import fake_hub, fake_models
from unit.publish.released import release

from informality.publish.card import Card, read_card
from informality.publish.catalogue import Catalogue, load_catalogue
from informality.publish.select import Estimates, prepared
from informality.publish.text import Texts, load_texts
from informality.settings import Thresholds

REPORT = Path(__file__).parents[3] / "workflow" / "report"


@pytest.fixture(scope="session")
def limits() -> Thresholds:
    return Thresholds(hide_below=30, flag_below=50)


@pytest.fixture(scope="session")
def texts() -> Texts:
    return load_texts(REPORT, "en")


@pytest.fixture(scope="session")
def lao() -> Texts:
    return load_texts(REPORT, "lo")


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue(REPORT)


@pytest.fixture(scope="session")
def card() -> Card:
    return read_card(fake_hub.card(not_available=[]))


@pytest.fixture(scope="session")
def published(limits: Thresholds) -> pd.DataFrame:
    return release(fake_hub.hub(), limits)


@pytest.fixture(scope="session")
def models(limits: Thresholds) -> pd.DataFrame:
    return fake_models.published(limits)


@pytest.fixture(scope="session")
def estimates(published: pd.DataFrame) -> Estimates:
    return prepared(published)
