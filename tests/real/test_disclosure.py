"""What a reader can work out of what is published of the real surveys."""

from __future__ import annotations

import pytest
from real.conftest import ALL, LIMITS, RealSurveys
from unit.govern.test_protection import lone_gaps, worked_out

from informality.govern.release import release

pytestmark = pytest.mark.real


@pytest.mark.parametrize("survey", ALL)
def test_no_range_is_narrower_than_the_rule(real: RealSurveys, survey: str) -> None:
    hub, protection = real.hub(survey), real.protection(survey)
    assert 0 < protection.record["hidden"] < protection.record["domains"] / 4
    assert worked_out(hub, protection) == []
    assert lone_gaps(release(hub, LIMITS, protection)) == []
