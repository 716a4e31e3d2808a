"""Released models of the simulated survey: one of each kind, one that was not fitted, levels of every flag."""

from __future__ import annotations

import pandas as pd
from unit.govern.small_models import SmallModels

from informality.govern.models import release_models
from informality.settings import Thresholds

# Levels by name: `basic` is unreliable, `advanced` hidden, `widowed` confidential, and of the industries one is left out.
TERMS = {
    "sex": {"male": (1000, 1240), "female": (800, 1000)},
    "education": {"intermediate": (931, 1300), "basic": (840, 49), "advanced": (29, 891)},
    "marital": {"married": (900, 1000), "single": (700, 900), "widowed": (9, 300), "cohabiting": (191, 40)},
}


def made() -> SmallModels:
    """The models before their release."""
    models = SmallModels().logit(terms=TERMS).decomposition(terms={k: TERMS[k] for k in ("education", "marital")})
    models.count("informal_employees", "excluded", "family_workers", 5202).count(
        "informal_employees", "excluded", "other_statuses", 7
    )
    models.count("informal_employees", "unknown", "education", 41).count(
        "informal_employees", "left_out", "industry", 123, "T"
    )
    models.count("informal_women_men", "excluded", "family_workers", 5202)
    models.absent("covered_given_mandatory", "not_asked: covered, legal")
    return models.absent("informal_independent_workers", "separated: sex, industry=O", "not_estimated")


def published(limits: Thresholds) -> pd.DataFrame:
    """The models after it."""
    return release_models(*made().frames(), limits)
