"""What a reader can work out of what is published of the real surveys."""

from __future__ import annotations

import pytest
from real.conftest import ALL, RealSurveys
from unit.govern.test_protection import attack, lone_gaps

from informality.govern.release import release
from informality.settings import Thresholds

pytestmark = pytest.mark.real


@pytest.mark.parametrize("survey", ALL)
def test_no_range_is_narrower_than_the_rule(real: RealSurveys, survey: str) -> None:
    hub = real.hub(survey)
    protection, weak = attack(hub)
    assert 0 < protection.record["hidden"] < protection.record["domains"] / 4
    assert weak == []
    assert lone_gaps(release(hub, Thresholds(), protection)) == []
