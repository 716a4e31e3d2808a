"""The answers behind quantiles of earnings: which printed quantile is, to the last digit, the answer of one to nine persons.

Answers are read left of the wall, for scoring only; the attacker guesses that a printed quantile is somebody's answer.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from attack.differencing import answers
from attack.rows import SERIES, Key, domains, series

INDICATORS = ("earnings", "earnings_by_job", "earnings_distribution")


def quantile_answers(folder: Path, survey: str) -> pd.DataFrame:
    """The quantiles of monthly earnings that a run publishes, and how many persons gave that answer in the domain."""
    processed = folder / "processed" / survey
    published = pd.read_parquet(processed / "published.parquet")
    hub = pd.read_parquet(processed / "estimates.parquet")
    rows = published[(published["statistic"] == "quantile") & published["indicator"].isin(INDICATORS)]
    if rows["estimate"].notna().sum() == 0:
        return answers(rows, hub, {})
    persons = pd.read_parquet(processed / "persons.parquet")
    classified = pd.read_parquet(processed / "classified.parquet")
    given: dict[tuple[tuple[str, ...], Key], pd.Series] = {}
    for name, key in dict.fromkeys(zip(series(rows), domains(rows), strict=True)):
        keys = dict(zip(SERIES, name, strict=True))
        inside = (
            persons[f"employed__{keys['concept']}"].to_numpy(dtype=bool) & (persons["status"] == "employee").to_numpy()
        )
        if keys["universe"] in ("employees_formal", "employees_informal"):
            column = f"job__{keys['variant']}"
            job = classified[column] if column in classified else persons[column]
            inside &= (job.astype(str) == keys["universe"].removeprefix("employees_")).to_numpy()
        for dimension, level in key:
            inside &= (persons[dimension].astype(object).fillna("_U").astype(str) == level).to_numpy()
        earned = persons["earnings_month"].to_numpy(dtype=float)
        given[name, key] = pd.Series(
            earned[inside & (earned > 0) & (persons["weight"] > 0).to_numpy() & np.isfinite(earned)]
        )
    return answers(rows, hub, given)
