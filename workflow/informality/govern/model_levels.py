"""The levels behind the terms of models: which are confidential, and which counts of persons may be told.

A level is confidential with fewer persons (D1) or primary sampling units (D2) on either side of the outcome, or in either group, than
the thresholds ask for. No model beside another is saturated, so its terms are all the crossings that it could give back.

**Counts.** What a reader may know: every exact count of the tables that is not hidden, and all counts of all models. An exact count of
a model would be one equation more: employees of the tables minus those of the model are the persons of the levels that it leaves out,
often just the few whose domain the tables hide. So

- counts are rounded to multiples of ``model_round``, and those of the levels of a term so that they add up to that of the model
  (each to a multiple next to it, those with the largest remainders upward). The count of the model then stays unknown within
  ``model_round`` values whatever its terms show: every value in this range has levels that are rounded to the same. As that is wider
  than ``range``, what is worked out with one count of a model and exact counts of the tables is as uncertain as rule D4 wants it.
  Two models of the same persons give two such ranges, but to lay one over the other a reader must know exactly how many persons only
  one of them leaves out, for unknown answers and left-out levels together; no table says that;
- a level has no count where it is confidential, or where the tables hide its domain: as a whole, or within a status in employment
  whose persons at this level are, all or nearly all, those of the model. Since levels add up, a single level without a count takes
  the count of the smallest other with it;
- 1 to 9 persons are no count at all; nor do primary sampling units stand beside counts of groups, of which they would be a lower limit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas import DataFrame

from informality.govern.disclosure import few
from informality.govern.equations import keys_of
from informality.govern.protection import Protection
from informality.govern.worlds import NEARLY
from informality.settings import Thresholds

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
MODEL = ["survey", "wave", "model", "variant", "concept"]
TERM = [*MODEL, "term"]
LEVEL = [*TERM, "level"]
STATUS = "status"
# Counts of the hidden domains of a level, of a variable.
Hidden = Mapping[tuple[str, str], Floats]
# Hidden as a whole, whatever the model counts.
ALWAYS = np.inf


def hidden_levels(hub: DataFrame, protection: Protection) -> Hidden:
    """Levels whose domain is hidden in the estimates: `ALWAYS`, or the persons of those within a status in employment that are."""
    rows = hub[protection.rows & hub["statistic"].isin(["share", "total"]).to_numpy()]
    persons = rows["n"].to_numpy(dtype=float) + rows["n_missing"].fillna(0).to_numpy(dtype=float)
    found: dict[tuple[str, str], set[float]] = defaultdict(set)
    for key, count in zip(keys_of(rows), persons, strict=True):
        status, others = [p for p in key if p[0] == STATUS], [p for p in key if p[0] != STATUS]
        if len(others) == 1:
            found[others[0]].add(count if status else ALWAYS)
    return {key: np.array(sorted(counts)) for key, counts in found.items()}


def hidden_by_tables(n: float, place: tuple[str, str], hidden: Hidden) -> bool:
    """Whether ``n`` persons at a term and level are those of a domain that the tables hide, or nearly all of them."""
    counts = np.concatenate([hidden.get(pair, np.empty(0)) for pair in parts(*place)])
    return bool(((counts == ALWAYS) | ((n <= counts) & (n >= NEARLY * counts))).any())


def levels(cells: DataFrame, n_models: pd.Series, hidden: Hidden, thresholds: Thresholds) -> DataFrame:
    """Every level of every term of every model, indexed by `LEVEL`.

    ``cells``: columns `vocabulary.CELL_KEYS` and `CELL_VALUES`; ``n_models``: persons of each model, indexed by `MODEL`. Columns: ``n``
    (exact: not to be shown), ``least`` (persons of the smaller side), ``confidential``, ``told`` (the count to be shown, NaN for none).
    """
    sides = cells.astype(dict.fromkeys(LEVEL, "str")).groupby(LEVEL, sort=True)
    found = sides.agg(n=("n", "sum"), least=("n", "min"), units=("n_psu", "min"))
    nobody = found["n"] == 0
    short = (found["least"] < thresholds.confidential_below) | (found["units"] < thresholds.least_psus)
    found["confidential"] = short & ~nobody
    found["told"] = np.nan
    for name, term in found.groupby(TERM, sort=False):
        n = term["n"].to_numpy(dtype=float)
        model = rounded(np.array([float(n_models.loc[name[:-1]])]), thresholds)[0]
        secret = [hidden_by_tables(persons, key[-2:], hidden) for persons, key in zip(n, term.index, strict=True)]
        silent = term["confidential"].to_numpy() | np.array(secret)
        counts = _adding_up(n, model, thresholds.model_round)
        found.loc[term.index, "told"] = np.where(with_partner(silent, n), np.nan, counts)
    return found.drop(columns="units")


def rounded(count: Floats, thresholds: Thresholds) -> Floats:
    """Counts as multiples of ``model_round``, halves upward; NaN for 1 to 9 persons."""
    base = thresholds.model_round
    return np.where(few(count, thresholds), np.nan, np.floor(count / base + 0.5) * base)


def with_partner(hidden: Bools, n: Floats) -> Bools:
    """The hidden levels of a term; where there is a single one, also the smallest other with any person."""
    there = n > 0
    if (hidden & there).sum() != 1 or not (there & ~hidden).any():
        return hidden
    smallest = int(np.argmin(np.where(there & ~hidden, n, np.inf)))
    return hidden | (np.arange(len(n)) == smallest)


def parts(term: str, level: str) -> Iterator[tuple[str, str]]:
    """Variables of a term with their levels: one pair, or those of a product (``sex:area``, ``female:rural``)."""
    return zip(term.split(":"), level.split(":"), strict=False)


def _adding_up(n: Floats, total: float, base: int) -> Floats:
    """``n`` as multiples of ``base`` next to them that add up to ``total``, largest remainders upward; NaN where it is not known."""
    lower = np.floor(n / base)
    upward = total / base - lower.sum()
    if not np.isfinite(upward):
        return np.full(len(n), np.nan)
    order = np.argsort(-(n / base - lower), kind="stable")
    lower[order[: int(upward)]] += 1
    return lower * base
