"""Results of models made by hand or by chance, with the counts behind them: for tests of release and of tables."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from informality.vocabulary import CELL_KEYS, CELL_VALUES, CONSTANT, MODEL_KEYS, MODEL_TEXT_VALUES, MODEL_VALUES, TOTAL

# Persons of each level on one side and on the other; the first level is the reference.
Terms = Mapping[str, Mapping[str, tuple[int, int]]]
TERMS: Terms = {
    "sex": {"male": (1000, 1200), "female": (800, 1000)},
    "education": {"intermediate": (900, 1000), "basic": (700, 900), "advanced": (200, 300)},
}


class SmallModels:
    """Rows of models and of their cells; every person has a PSU of their own up to 200."""

    def __init__(self) -> None:
        self.rows: list[dict[str, object]] = []
        self.cells: list[dict[str, object]] = []

    def logit(
        self, name: str = "informal_employees", terms: Terms = TERMS, *, df: float = 400, **keys: str
    ) -> SmallModels:
        n = self._fit(name, terms, df, ("no", "yes"), keys)
        self._row(name, "coefficient", "log_odds", CONSTANT, n=n, df=df, keys=keys)
        for term, levels in terms.items():
            reference, *others = levels
            for level in others:
                for part, statistic in (
                    ("coefficient", "log_odds"), ("coefficient", "odds_ratio"), ("ame", "effect"), ("ame", "effect_fixed_covariates"),
                ):  # fmt: skip
                    self._row(name, part, statistic, term, level, n=n, df=df, keys=keys, reference=reference)
            self._row(name, "wald", "f", term, n=n, df=df, keys=keys, df1=len(others))
        return self

    def decomposition(
        self, name: str = "informal_women_men", terms: Terms = TERMS, *, df: float = 400, **keys: str
    ) -> SmallModels:
        n = self._fit(name, terms, df, ("male", "female"), keys)
        for level in ("female", "male"):
            self._row(name, "decomposition", "mean", "sex", level, n=n, df=df, keys=keys)
        self._row(name, "decomposition", "difference", n=n, df=df, keys=keys)
        for statistic in ("accounted_for", "not_accounted_for"):
            self._row(name, "decomposition", statistic, n=n, df=df, keys=keys)
            for term, levels in terms.items():
                for level in (TOTAL, *levels):
                    self._row(name, "decomposition", statistic, term, level, n=n, df=df, keys=keys)
        self._row(name, "decomposition", "not_accounted_for", CONSTANT, n=n, df=df, keys=keys)
        return self

    def count(self, name: str, statistic: str, term: str, n: int, level: str = TOTAL, **keys: str) -> SmallModels:
        state = {"left_out": ("not_estimated", "too_few_persons")}.get(statistic, ("estimated", ""))
        self._row(name, "fit", statistic, term, level, n=n, df=np.nan, keys=keys, state=state)
        return self

    def absent(self, name: str, reason: str, state: str = "not_computable", **keys: str) -> SmallModels:
        self._row(name, "fit", "n", n=0, df=np.nan, keys=keys, state=(state, reason))
        return self

    def frames(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Models and cells, as the models write them."""
        numbers = [c for c in MODEL_VALUES if c not in ("n", "n_psu", *MODEL_TEXT_VALUES)]
        models = pd.DataFrame(self.rows, columns=[*MODEL_KEYS, *MODEL_VALUES]).astype(dict.fromkeys(numbers, "float64"))
        cells = pd.DataFrame(self.cells, columns=[*CELL_KEYS, *CELL_VALUES])
        return models.sort_values(list(MODEL_KEYS), ignore_index=True), cells.sort_values(
            list(CELL_KEYS), ignore_index=True
        )

    def _fit(self, name: str, terms: Terms, df: float, sides: tuple[str, str], keys: Mapping[str, str]) -> int:
        n = sum(sum(pair) for pair in next(iter(terms.values())).values())
        self._row(name, "fit", "n", n=n, df=df, keys=keys)
        for term, levels in terms.items():
            assert sum(sum(pair) for pair in levels.values()) == n, term
            for level, pair in levels.items():
                for side, count in zip(sides, pair, strict=True):
                    cell = self._keys(name, keys) | {"term": term, "level": level, "side": side}
                    self.cells.append(cell | {"n": count, "n_psu": min(count, 200)})
        return n

    @staticmethod
    def _keys(name: str, keys: Mapping[str, str]) -> dict[str, object]:
        return {"survey": "s", "wave": "1", "variant": "icls17", "concept": "icls19", "model": name} | dict(keys)

    def _row(
        self, name: str, part: str, statistic: str, term: str = TOTAL, level: str = TOTAL, *, n: int, df: float,
        keys: Mapping[str, str], reference: str = "", df1: float = np.nan, state: tuple[str, str] = ("estimated", ""),
    ) -> None:  # fmt: skip
        here = {"part": part, "statistic": statistic, "term": term, "level": level, "reference": reference}
        row = self._keys(name, keys) | here | dict.fromkeys(("se", "ci_low", "ci_high", "p", "df1"), np.nan)
        # Any number will do, as long as it is recognised again.
        value = 1.0 + len(self.rows) / 1000
        if part != "fit":
            row |= {"se": value / 10, "ci_low": value / 2, "ci_high": value * 2, "p": 0.03, "df1": df1}
        estimate = float(n) if part == "fit" else value
        row |= {"estimate": estimate if state[0] == "estimated" else np.nan, "df": df, "n": n, "n_psu": min(n, 200)}
        self.rows.append(row | {"se_method": "linearised", "state": state[0], "reason": state[1]})
