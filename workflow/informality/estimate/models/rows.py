"""Results of models as rows of one tidy table: what crosses the wall to those who publish."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from informality.estimate.intervals import student
from informality.estimate.models import logit
from informality.estimate.models.declared import Groups
from informality.estimate.models.decompose import Decomposition
from informality.estimate.models.estimable import NotEstimated
from informality.estimate.models.logit import Fit
from informality.estimate.models.marginal_effects import average_marginal_effects
from informality.estimate.models.terms import Term
from informality.vocabulary import CONSTANT, MODEL_KEYS, MODEL_TEXT_VALUES, MODEL_VALUES, TOTAL

Row = dict[str, object]


@dataclass(frozen=True)
class Rows:
    """Rows of one model under common keys, written one after the other."""

    keys: Mapping[str, str]
    n: int = 0
    n_psu: int = 0
    written: list[Row] = field(default_factory=list)

    def add(self, part: str, statistic: str, term: str = TOTAL, level: str = TOTAL, **values: object) -> None:
        """One row; what is not given is missing, or (n, n_psu) that of the model."""
        given: Row = {
            "n": self.n,
            "n_psu": self.n_psu,
            "state": "estimated",
            "se_method": "",
            "reason": "",
            "reference": "",
        }
        keys: Row = {**self.keys, "part": part, "term": term, "level": level or TOTAL, "statistic": statistic}
        self.written.append(keys | given | values)

    def missing(self, part: str, statistic: str, why: NotEstimated, term: str = TOTAL, level: str = TOTAL) -> None:
        """A row that says why there is no number."""
        self.add(part, statistic, term, level, state="not_estimated", reason=str(why))


def table(rows: list[Row]) -> pd.DataFrame:
    """All rows with every column, sorted by their keys."""
    frame = pd.DataFrame(rows, columns=[*MODEL_KEYS, *MODEL_VALUES])
    numbers = [c for c in MODEL_VALUES if c not in ("n", "n_psu", *MODEL_TEXT_VALUES)]
    frame = frame.astype({**dict.fromkeys(numbers, "float64"), "n": "int64", "n_psu": "int64"})
    return frame.sort_values(list(MODEL_KEYS), kind="stable", ignore_index=True)


def logit_rows(rows: Rows, fitted: Fit, terms: tuple[Term, ...]) -> None:
    """Coefficients, odds ratios, average marginal effects and joint tests of a logistic regression."""
    found = logit.coefficients(fitted)
    references = {t.text: _reference(fitted, t) for t in fitted.patterns.terms}
    for i, column in enumerate(fitted.patterns.columns):
        common = {
            "p": found.p[i],
            "df": fitted.df,
            "se_method": "linearised",
            "reference": references.get(column.term, ""),
        }
        where = (column.term, column.level)
        rows.add(
            "coefficient", "log_odds", *where,
            estimate=fitted.coefficients[i], se=fitted.se[i], ci_low=found.low[i], ci_high=found.high[i], **common,
        )  # fmt: skip
        # The standard error belongs to the logarithm; the interval is its exponential.
        if column.term != CONSTANT:
            rows.add(
                "coefficient", "odds_ratio", *where,
                estimate=found.odds_ratio[i], ci_low=found.odds_low[i], ci_high=found.odds_high[i], **common,
            )  # fmt: skip
    for effect in average_marginal_effects(fitted):
        for statistic, se, method in (
            ("effect", effect.se, "linearised"),
            ("effect_fixed_covariates", effect.se_fixed, "linearised_fixed_covariates"),
        ):
            rows.add(
                "ame", statistic, effect.variable, effect.level,
                estimate=effect.estimate, se=se, **_test(effect.estimate, se, fitted.df),
                df=fitted.df, se_method=method, reference=effect.reference,
            )  # fmt: skip
    for term in terms:
        if term not in fitted.patterns.terms:
            rows.missing("wald", "f", NotEstimated("no_variation"), term.text)
            continue
        tested = logit.wald(fitted, fitted.patterns.of_term(term.text))
        if isinstance(tested, NotEstimated):
            rows.missing("wald", "f", tested, term.text)
        else:
            rows.add("wald", "f", term.text, estimate=tested.f, p=tested.p, df1=tested.df1, df=tested.df2)


def decomposition_rows(rows: Rows, found: Decomposition, groups: Groups, method: str) -> None:
    """Means of the two groups and what their difference splits into."""
    for part, estimate, se in zip(found.parts, found.estimate, found.se, strict=True):
        term, level = part.term, part.level
        if part.statistic == "mean":
            term, level = groups.of, groups.first if level == "first" else groups.second
        rows.add(
            "decomposition", part.statistic, term, level,
            estimate=estimate, se=se, **_test(estimate, se, found.df), df=found.df, se_method=method,
        )  # fmt: skip


def _test(estimate: float, se: float, df: int) -> Row:
    """p value and interval from t; none where the standard error is 0."""
    from scipy.special import stdtr

    if not se > 0:
        return {}
    low, high = student(*(np.array([float(value)]) for value in (estimate, se, df, df)))
    return {"p": 2 * float(stdtr(df, -abs(estimate / se))), "ci_low": low[0], "ci_high": high[0]}


def _reference(fitted: Fit, term: Term) -> str:
    levels = fitted.patterns.levels
    return ":".join(levels[name][0] for name in term.variables if name in levels)
