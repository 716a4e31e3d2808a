"""Hubs made by hand or by chance, whose counts add up: for tests of disclosure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from informality.govern.hide import First
from informality.govern.release import Publication
from informality.vocabulary import DIMENSIONS, HUB_KEYS, HUB_VALUES, TOTAL

Key = tuple[tuple[str, str], ...]


class SmallHub:
    """Rows of a hub, share and total of each count that is added; persons weigh 100 each."""

    def __init__(self) -> None:
        self.rows: list[dict[str, object]] = []

    def add(self, key: Key, n: int, event: int, *, missing: int = 0, n_psu: float = 50.0, **keys: str) -> SmallHub:
        given = {"indicator": "informal", "universe": "employed", "concept": "icls19", "variant": "icls17"} | keys
        p = event / n if n else np.nan
        for statistic in ("share", "total"):
            row: dict[str, object] = dict.fromkeys(HUB_KEYS, "") | dict.fromkeys(HUB_VALUES, np.nan)
            row |= dict.fromkeys(DIMENSIONS, TOTAL) | dict(key) | given
            row |= {"survey": "s", "wave": "1", "statistic": statistic, "state": "estimated", "ci_method": "logit"}
            row |= {"measure": "share" if statistic == "share" else "persons", "df": 400.0, "cv": 0.05}
            row |= {
                "estimate": p if statistic == "share" else 100.0 * event,
                "se": np.sqrt(p * (1 - p) / n) if n else np.nan,
            }
            row |= {
                "n": n,
                "n_event": event,
                "n_missing": missing,
                "w_no_answer": 0.0,
                "w_not_computable": 0.0,
                "n_psu": n_psu,
                "population": 100.0 * n,
            }
            self.rows.append(row)
        return self

    def frame(self) -> pd.DataFrame:
        """The hub."""
        return pd.DataFrame(self.rows)[[*HUB_KEYS, *HUB_VALUES]]


def of_persons(
    persons: pd.DataFrame, breakdowns: Sequence[Sequence[str]], event: str = "event", **keys: str
) -> SmallHub:
    """The hub of persons (dimension columns and a true or false ``event``) in these breakdowns."""
    made = SmallHub()
    for by in breakdowns:
        if not by:
            made.add((), len(persons), int(persons[event].sum()), **keys)
            continue
        for levels, group in persons.groupby(list(by), sort=True, observed=True):
            made.add(tuple(zip(by, levels, strict=True)), len(group), int(group[event].sum()), **keys)
    return made


def random_persons(n: int, levels: dict[str, int], seed: int, skew: float = 0.8) -> pd.DataFrame:
    """Persons with levels of very different sizes in each dimension."""
    rng = np.random.default_rng(seed)
    columns = {}
    for name, count in levels.items():
        size = np.exp(-skew * np.arange(count) * 10 / count) + 0.002
        columns[name] = rng.choice([f"{name}{i:02d}" for i in range(count)], size=n, p=size / size.sum())
    return pd.DataFrame(columns).assign(event=rng.random(n) < 0.7)


def crossed(names: Sequence[str], ways: int) -> list[tuple[str, ...]]:
    """All breakdowns of up to ``ways`` dimensions."""
    return [by for size in range(ways + 1) for by in combinations(names, size)]


# Persons weigh 100 each in these hubs: a step of ten of them and more.
PUBLICATION = Publication(2000.0, 50.0, 400.0, First("icls17", "law", "old_age", ("icls17", "icls21")))
