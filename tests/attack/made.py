"""A small made survey for the short attack: few persons, levels of very different sizes, nests, two standards that differ by few.

Its rows come from the pipeline's own estimation, so that levels and classes are taken together as in a real survey.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from informality import vocabulary as v
from informality.estimate.joins import Least
from informality.estimate.specifications import load_declared
from informality.estimate.survey import Subject, estimate_survey
from informality.frames import WHY_DTYPE, levels
from informality.govern.hide import First
from informality.govern.release import Publication, release
from informality.settings import Thresholds
from informality.survey.derive import GROUPS

UNIVERSES = {
    "working_age": "age_base",
    "employed": "employed",
    "employees": "employed AND status = 'employee'",
    "informal": "employed AND job = 'informal'",
}
DECLARED = """
universes: {working_age: age_base, employed: employed, employees: "employed AND status = 'employee'", informal: "employed AND job = 'informal'"}
breakdowns:
  national: [[]]
  by_sex: [[], [sex]]
  overview: [[], [sex], [region], [size]]
  full: [[], [sex], [region], [status], [size], [industry], [industry10], [industry6], [industry3], [sex, industry], [sex, industry3],
         [region, industry6], [industry6, size], [status, industry3]]
indicators:
  employment: {per: concept, universe: working_age, value: employed, statistics: [share, total], by: overview}
  employment_distribution: {per: concept, universe: employed, value: "TRUE", statistics: [total], by: full}
  informal: {per: variant, universe: employed, value: job = 'informal', statistics: [share, total], by: full}
  informal_employees: {per: variant, universe: employees, value: job = 'informal', statistics: [share, total], by: overview}
  component:
    per: variant
    universe: employed
    statistics: [share, total]
    by: overview
    categories:
      "formal_sector:formal": job = 'formal' AND unit = 'formal_sector'
      "formal_sector:informal": job = 'informal' AND unit = 'formal_sector'
      "informal_sector:formal": job = 'formal' AND unit = 'informal_sector'
      "informal_sector:informal": job = 'informal' AND unit = 'informal_sector'
      "household:formal": job = 'formal' AND unit = 'household'
      "household:informal": job = 'informal' AND unit = 'household'
  headcount: {per: variant, universe: [employed, informal, employees], value: "TRUE", statistics: [total], by: national}
  status_of_jobs: {per: variant, universe: [employed, informal], category_of: [status], statistics: [share, total], by: national}
  earnings:
    per: concept
    universe: employees
    value: CASE WHEN earnings_month > 0 THEN earnings_month END
    measure: currency
    statistics: [mean, quantile]
    quantiles: [0.5]
    by: overview
"""
VARIANTS = ("one", "two")


def _drawn(random: np.random.Generator, names: tuple[str, ...], skew: float, n: int) -> np.ndarray:
    share = np.exp(-skew * np.arange(len(names)))
    return random.choice(len(names), size=n, p=share / share.sum())


@cache
def made(n: int, seed: int, equal: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Persons and their classification; ``equal``: every weight is 100, else they differ by twenty times."""
    random = np.random.default_rng(seed)
    employed = random.random(n) < 0.7
    frame: dict[str, object] = {}
    regions = ("r1", "r2", "r3", "r4", "r5")
    frame["sex"] = levels(_drawn(random, ("male", "female"), 0.2, n), ("male", "female"))
    frame["region"] = levels(_drawn(random, regions, 0.5, n), regions)
    section = np.where(random.random(n) < 0.02, -1, _drawn(random, v.SECTIONS, 0.2, n))
    section = np.where(employed, section, -1)
    frame["industry"] = levels(section, v.SECTIONS)
    for name, groups in GROUPS.items():
        of = np.array([next(at for at, group in enumerate(groups) if s in group) for s in v.SECTIONS])
        frame[name] = levels(np.where(section < 0, -1, of[section]), v.VARIABLES[name].levels or ())
    three = np.where(section < 0, -1, np.digitize(section, [1, 6]))
    frame["industry3"] = levels(three, v.VARIABLES["industry3"].levels or ())
    for name, skew in (("size", 0.7), ("status", 0.6)):
        of_all = v.VARIABLES[name].levels or ()
        frame[name] = levels(np.where(employed, _drawn(random, of_all, skew, n), -1), of_all)
    frame["earnings_month"] = np.where(
        employed & (random.random(n) < 0.9), np.round(random.lognormal(6, 0.6, n)), np.nan
    )
    persons = pd.DataFrame(frame)
    for name in list(frame):
        why = np.where(persons[name].notna(), "answered", np.where(employed, "not_stated", "not_applicable"))
        persons[v.why(name)] = pd.Categorical(why, dtype=WHY_DTYPE)
    persons = persons.assign(
        weight=100.0 if equal else np.round(20 * 20 ** random.random(n), 3),
        stratum=random.integers(0, 4, n),
        age_base=True,
        employed__national=employed,
    )
    persons["psu"] = persons["stratum"] * 100 + random.integers(0, 15, n)
    informal = random.random(n) < np.where(section < 3, 0.85, 0.4)
    unit = np.where(informal, _drawn(random, v.UNITS[:3], 1.5, n), random.choice(3, size=n, p=[0.9, 0.06, 0.04]))
    classes: dict[str, object] = {}
    for name in VARIANTS:
        # The second standard takes a dozen more for informal.
        job = informal | ((name == "two") & (random.random(n) < 12 / n))
        classes[f"job__{name}"] = levels(np.where(employed, np.where(job, 1, 0), -1), v.JOBS)
        classes[f"unit__{name}"] = levels(np.where(employed, unit, -1), v.UNITS)
    return persons, pd.DataFrame(classes)


def estimated(persons: pd.DataFrame, classes: pd.DataFrame, folder: Path, least: Least | None = None) -> pd.DataFrame:
    """The exact hub; ``folder`` is where the declarations may lie."""
    file = folder / "estimates.yaml"
    if not file.exists():
        file.write_text(DECLARED, encoding="utf-8")
    pairs = tuple((name, "national") for name in VARIANTS)
    subject = Subject("made", "2020", pairs, least=least or Least())
    return estimate_survey(persons, classes, load_declared(file), subject)


def weights_of(persons: pd.DataFrame) -> tuple[float, float, float]:
    """The lightest, the mean and the heaviest weight."""
    weight = persons["weight"]
    return float(weight.min()), float(weight.mean()), float(weight.max())


def released(
    hub: pd.DataFrame, persons: pd.DataFrame, step: float, limits: Thresholds | None = None
) -> tuple[pd.DataFrame, dict[str, object]]:
    """What is published of it, and the part of the card that the attacker reads."""
    least, _, most = weights_of(persons)
    publication = Publication(step, least, most, First("one", variants=VARIANTS))
    told = {"publication": {"step": step}, "confidential_below": (limits or Thresholds()).confidential_below}
    return release(hub, limits or Thresholds(), publication), told


def printed(hub: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, object]]:
    """The same hub as it was printed before anything was rounded: ten digits, small bases hidden and nothing else."""
    few = (hub["n"] > 0) & (hub["n"] < 10)
    counts = hub["statistic"].isin(["share", "total"])
    numerators = counts & ((hub["n_event"] > 0) & (hub["n_event"] < 10) | (hub["n"] - hub["n_event"]).between(1, 9))
    flag = np.select([few, numerators & (hub["statistic"] == "share"), numerators], [":c", "b", ":c"], "")
    reason = np.select([few, numerators], ["confidential", "few_counted"], "")
    shown = hub.assign(flag=flag, flag_reason=reason, bound_low=np.nan, bound_high=np.nan)
    return shown.assign(n=hub["n"].where(~few), estimate=hub["estimate"].where(flag == "")), {}
