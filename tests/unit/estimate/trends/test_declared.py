"""`trends.yaml`: only shares that are estimated are followed."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import WORKFLOW, edited

from informality.errors import UserError
from informality.estimate.declared import Declared
from informality.estimate.specifications import load_declared
from informality.estimate.trends.declared import load_trends


@pytest.fixture(scope="module")
def declared() -> Declared:
    return load_declared(WORKFLOW / "estimates.yaml")


def test_what_the_repository_follows_is_estimated(declared: Declared) -> None:
    trends, kept = load_trends(WORKFLOW / "trends.yaml", declared)
    assert set(kept.indicators) == set(trends.indicators) == {"informal", "informal_sector", "cover"}


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("indicators.informel", {"by": [[]]}, r"no indicator 'informel' is declared(?s:.)*did you mean 'informal'"),
        ("indicators.hours", {"by": [[]]}, r"'hours' has no share per concept or variant"),
        ("indicators.legal_coverage", {"by": [[]]}, r"'legal_coverage' has no share per concept or variant"),
        ("indicators.informal.by", [["sex", "region"]], r"'informal' is not declared by sex, region"),
        ("indicators.informal.variants", [], r"'informal' needs 'variants'"),
        ("indicators.cover.variants", ["icls17"], r"'cover' has no 'variants'"),
        ("indicators.cover.statistics", ["total"], r"indicators\.cover\.statistics: unknown key"),
    ],
)
def test_what_cannot_be_followed_is_refused(
    key: str, value: object, message: str, declared: Declared, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=message):
        load_trends(edited(WORKFLOW / "trends.yaml", tmp_path, {key: value}), declared)
