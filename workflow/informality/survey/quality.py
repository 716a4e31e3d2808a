"""Checks of one survey left of the wall: official flags person by person, and the quality of its variables and design."""

from __future__ import annotations

import numpy as np
import pandas as pd

from informality import vocabulary as v
from informality.survey.description import Survey

ALL = "all"
FLAG_COLUMNS = ("flag", "outcome", "rows", "disagreements", "computed_share", "official_share", "note")
QUALITY_COLUMNS = ("part", "item", "level", "n", "persons", "value")


def official_flags(persons: pd.DataFrame, survey: Survey) -> pd.DataFrame:
    """The office's own flag against its rule run here: a line for the flag as a whole and one for each outcome.

    ``rows`` are the persons compared: those at or above the age base who have an outcome on either side. ``disagreements`` are
    those of them who differ (for an outcome: who have it on one side only); shares are weighted, of all persons compared. A code
    of the flag that no rule gives (the office's "not applicable", say) is no outcome.
    """
    rows: list[tuple[object, ...]] = []
    national = survey.family.national
    for name, table in (national.tables if national else {}).items():
        if table.flag is None:
            continue
        if f"flag__{name}" not in persons:
            rows.append((table.flag, ALL, 0, 0, np.nan, np.nan, "the flag is not in the file"))
            continue
        outcomes = sorted({r.outcome for r in table.rules})
        computed = persons[f"national__{name}"].astype("str").fillna("").to_numpy(dtype=object)
        official = persons[f"flag__{name}"].astype("str").fillna("").to_numpy(dtype=object)
        inside = persons["age_base"].to_numpy(dtype=bool) & (np.isin(computed, outcomes) | np.isin(official, outcomes))
        computed, official = computed[inside], official[inside]
        weight = persons["weight"].to_numpy(dtype=float)[inside]
        differ = computed != official
        why = survey.flag_notes.get(name, "") if differ.any() else ""
        rows.append((table.flag, ALL, len(computed), int(differ.sum()), np.nan, np.nan, why))
        for outcome in outcomes:
            here, there = computed == outcome, official == outcome
            shares = [float(weight[hit].sum() / weight.sum()) if weight.sum() > 0 else np.nan for hit in (here, there)]
            rows.append((table.flag, outcome, len(computed), int((here != there).sum()), *shares, ""))
    return pd.DataFrame(rows, columns=list(FLAG_COLUMNS))


# Of these every person of the file is counted; of all else those at or above the age base, for whom estimates are made.
OF_EVERYBODY = ("age", "age_group", "sex")


def quality(persons: pd.DataFrame, survey: Survey, rows: int | None = None) -> pd.DataFrame:
    """Answers and reasons of every variable that the description holds, the weights, the design; counts only.

    ``rows``: of the file, for the count of those that the description's ``keep`` leaves out.
    """
    weight = persons["weight"].to_numpy(dtype=float)
    in_age = persons["age_base"].to_numpy(dtype=bool)
    lines: list[tuple[object, ...]] = []
    if rows is not None:
        lines.append(("file", "rows", "", rows, np.nan, np.nan))
        lines.append(("file", "left_out", "", rows - len(persons), np.nan, np.nan))
    lines.append(("file", "age_base", "", int(in_age.sum()), float(weight[in_age].sum()), np.nan))
    questions = [f"cover__{name}" for name in survey.social_security]
    for name in [*(n for n in v.VARIABLES if n in survey.variables or n in v.DERIVED or n in v.DERIVABLE), *questions]:
        codes = persons[v.why(name)].cat.codes.to_numpy()
        for code, reason in enumerate(v.REASONS):
            hit = (codes == code) & (in_age | (name in OF_EVERYBODY))
            if hit.any():
                lines.append(("variable", name, reason, int(hit.sum()), float(weight[hit].sum()), np.nan))
    median = float(np.median(weight[weight > 0]))
    spread = float(weight.std() / weight.mean())
    for item, value in (
        ("sum", float(weight.sum())),
        ("minimum", float(weight.min())),
        ("median", median),
        ("maximum_over_median", float(weight.max()) / median),
        ("coefficient_of_variation", spread),
        ("design_effect_of_weighting", 1.0 + spread**2),
    ):
        lines.append(("weights", item, "", len(weight), np.nan, value))
    lines.append(("weights", "zero", "", int((weight == 0).sum()), 0.0, np.nan))
    psus = persons.groupby("stratum", sort=True)["psu"].nunique()
    lines.append(("design", "strata", "", len(psus), np.nan, np.nan))
    lines.append(("design", "psus", "", int(psus.sum()), np.nan, np.nan))
    lines.append(("design", "lonely_strata", "", int((psus == 1).sum()), np.nan, np.nan))
    return pd.DataFrame(lines, columns=list(QUALITY_COLUMNS))
