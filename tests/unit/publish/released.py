"""Hubs and models of tests as they are published."""

from __future__ import annotations

import pandas as pd
from unit.publish.fake_coverage import LAW

from informality.govern import release as door
from informality.govern.hide import First
from informality.govern.release import Publication
from informality.settings import Thresholds

# Persons of the made-up survey weigh 98 each.
STEP = 2000.0
FIRST = First("icls17", LAW, "old_age", ("icls17", "icls17_strict", "icls17_dk_informal", "icls21"))
PUBLICATION = Publication(STEP, 50.0, 400.0, FIRST)


def release(hub: pd.DataFrame, limits: Thresholds) -> pd.DataFrame:
    """The hub as it is published."""
    return door.release(hub, limits, PUBLICATION)
