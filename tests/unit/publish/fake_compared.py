"""Estimates and models for the figures that set things side by side: earnings, hours, standards, and three models that have a figure."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
from pandas import DataFrame
from unit.govern.small_models import SmallModels
from unit.publish import fake_coverage, fake_hub, fake_models

from informality.govern.models import release_models
from informality.settings import Thresholds
from informality.vocabulary import DIMENSIONS, HUB_KEYS, HUB_VALUES, TOTAL

SEXES = (TOTAL, "male", "female")
PERCENTILES = {"p10": 0.4, "p25": 0.6, "p50": 0.9, "p75": 1.3, "p90": 1.9}
BANDS = {"0_14": 0.05, "15_34": 0.15, "35_39": 0.1, "40_48": 0.4, "49_plus": 0.3}
WAGE = {"amount": 900_000.0, "from": "2015-02-09", "source": "a notice", "verified": False}


def _row(indicator: str, statistic: str, value: float, sex: str, n: int, **keys: str) -> dict:
    share = statistic == "share"
    error = value * 0.03
    return (
        dict.fromkeys(HUB_KEYS, "")
        | dict.fromkeys(DIMENSIONS, TOTAL)
        | dict.fromkeys(HUB_VALUES, np.nan)
        | {"survey": "lao_lfs_demo", "wave": "demo", "variant": "icls17", "concept": "icls19", "universe": "employed"}
        | {"indicator": indicator, "statistic": statistic, "sex": sex, "measure": "share" if share else "kip", "ci_method": "logit", "state": "estimated"}
        | {"estimate": value, "se": error, "ci_low": value - 2 * error, "ci_high": value + 2 * error, "cv": 0.03, "df": 489.0, "deff": 1.8}
        | {"n": n, "n_event": round(value * n) if share else np.nan, "n_psu": 300.0, "n_psu_event": 200.0, "population": n * 98.0, "n_missing": 0.0, "n_same": 20.0}
        | keys
    )  # fmt: skip


def hub(scale: float = 1e6) -> DataFrame:
    """The made-up hub with earnings (``scale``: about the median), hours and the minimum wage beside it."""
    rows = []
    for sex, (job, factor, n) in itertools.product(SEXES, (("formal", 1.0, 1986), ("informal", 0.6, 2089))):
        n = n if sex == TOTAL else n // 2
        for name, value in PERCENTILES.items():
            rows.append(
                _row(
                    "earnings_distribution",
                    "quantile",
                    scale * value * factor,
                    sex,
                    n,
                    universe=f"employees_{job}",
                    category=name,
                )
            )
        rows.append(_row("below_minimum_wage", "share", 0.3 * factor, sex, n, universe=f"full_time_{job}"))
        universe = {"formal": "employed_formal", "informal": "informal"}[job]
        rows.append(_row("hours_short", "share", 0.2, sex, n, universe=universe))
        rows.append(_row("underemployed", "share", 0.08, sex, n, universe=universe))
        rows += [
            _row("hours_band", "share", value, sex, n, universe=universe, category=name)
            for name, value in BANDS.items()
        ]
    return pd.concat([fake_hub.hub(), DataFrame(rows)[[*HUB_KEYS, *HUB_VALUES]]], ignore_index=True)


def card(**changes: object) -> dict:
    """The card of it, with a minimum wage in the law in force."""
    law = fake_coverage.law(fake_coverage.LAW, minimum_wage=WAGE)
    told = fake_coverage.coverage(laws=[law, fake_coverage.law(fake_coverage.OTHER)])
    return fake_coverage.card() | {"coverage": told, "currency": "kip", "not_available": []} | changes


def models(limits: Thresholds) -> DataFrame:
    """Released models: employees with levels of every flag, decompositions of earnings; independent workers were not fitted."""
    rest = {name: fake_models.TERMS[name] for name in ("education", "marital")}
    made: SmallModels = (
        fake_models.made().decomposition("earnings_women_men", rest).decomposition("earnings_formal_informal")
    )
    return release_models(*made.frames(), limits)


def of_mandatory(limits: Thresholds) -> DataFrame:
    """A released model of cover among those whom the law insures."""
    return release_models(*SmallModels().logit("covered_given_mandatory").frames(), limits)
