"""From results of models to what may be published: the door in the wall for models. What is small is hidden, reliability judged, the rest
rounded, as of estimates (decision 28).

Hidden:

- a model with fewer residual degrees of freedom than ``model_least_df``, as a whole: it nearly repeats its data;
- a confidential level: with fewer persons or primary sampling units on either side of the outcome, or in either group, than the
  thresholds ask for. It has no coefficient, odds ratio, average marginal effect or part in a decomposition. Nor has any level of a term
  whose reference is confidential: with the rate of its own level, which the tables show, each would give that of the reference. The
  constant is about the references of all terms;
- the joint test of a term of which no level is shown: that of a single coefficient is its own t test.

Reliability: fewer than ``hide_below`` (``x``) or ``flag_below`` (``u``) persons on the smaller side of the level or its reference,
fewer than ``least_df`` degrees of freedom (``u``). Whole terms and models rest on all their persons. A large relative error is no
flaw: zero is a legitimate value of a coefficient.

Rounded: numbers to three significant digits, standard errors to two, p to three decimals, counts of persons to tens, and none below
``hide_below``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
from pandas import DataFrame, Series

from informality.errors import UserError, nearest
from informality.govern.flags import (
    CONFIDENTIAL,
    DOMAIN,
    FEW_DEGREES,
    FEW_PERSONS,
    FEW_RESIDUAL,
    HIDDEN,
    NORMAL,
    NOT_AVAILABLE,
    NOT_ESTIMABLE,
    TOO_FEW_PERSONS,
    UNRELIABLE,
)  # fmt: skip
from informality.govern.hide import few
from informality.govern.rounding import ERROR, MAGNITUDE, TENS, digits_step, down, to_digits, to_step, up
from informality.settings import Thresholds
from informality.vocabulary import CELL_KEYS, CELL_VALUES, CONSTANT, MODEL_KEYS, MODEL_STATES, MODEL_VALUES, TOTAL

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
MODEL = ["survey", "wave", "model", "variant", "concept"]
TERM = [*MODEL, "term"]
LEVEL = [*TERM, "level"]
P_STEP = 0.001
# What must not be seen of a result that is hidden, and of one that is confidential.
HIDDEN_VALUES = ("estimate", "se", "ci_low", "ci_high", "p", "df1", "df")
# `n_level`, `n_reference`: persons at the level and at its reference, rounded like `n`.
COUNTS = ("n", "n_psu", "n_level", "n_reference")
ADDED = ("n_level", "n_reference", "flag", "flag_reason")
PUBLISHED_MODEL_COLUMNS = (*MODEL_KEYS, *MODEL_VALUES, *ADDED)


def release_models(models: DataFrame, cells: DataFrame, thresholds: Thresholds, count_step: float = TENS) -> DataFrame:
    """``models`` with the columns `ADDED`, rounded, hidden values null; same rows in the same order.

    ``models`` (columns `vocabulary.MODEL_KEYS`, `MODEL_VALUES`) and ``cells`` (`CELL_KEYS`, `CELL_VALUES`): what the models wrote. The
    weighted totals of who is excluded or unknown stand in no row, since the tables have them. UserError: a column is missing.
    """
    _check(models, (*MODEL_KEYS, *MODEL_VALUES), "models.parquet")
    _check(cells, (*CELL_KEYS, *CELL_VALUES), "model_cells.parquet")
    out = models.loc[:, [*MODEL_KEYS, *MODEL_VALUES]].reset_index(drop=True)
    rows = _Rows(out, cells, thresholds)
    flag, reason = rows.flags()
    shown = np.isin(flag, [NORMAL, UNRELIABLE])
    for name, values in rows.counts(count_step).items():
        out[name] = np.where((flag == CONFIDENTIAL) | rows.without_residuals, np.nan, values)
    out["estimate"] = np.where(rows.counted, np.where(rows.of("statistic", "n"), out["n"], np.nan), out["estimate"])
    for name, values in _rounded(out, rows.counted).items():
        out[name] = np.where(shown, values, np.nan)
    out["flag"], out["flag_reason"] = Series(flag, dtype="str"), Series(reason, dtype="str")
    return out.loc[:, list(PUBLISHED_MODEL_COLUMNS)]


def _rounded(rows: DataFrame, counted: Bools) -> dict[str, Floats]:
    """The `HIDDEN_VALUES` as they may be shown; limits outward, with the digits of their estimate."""
    value = {name: rows[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in HIDDEN_VALUES}
    step = np.where(counted, 1.0, digits_step(value["estimate"], MAGNITUDE))
    return value | {
        "estimate": to_step(value["estimate"], step),
        "ci_low": down(value["ci_low"], step),
        "ci_high": up(value["ci_high"], step),
        "se": to_digits(value["se"], ERROR),
        "p": to_step(value["p"], P_STEP),
    }


class _Rows:
    """The rows of all models, with what stands behind each of them."""

    def __init__(self, models: DataFrame, cells: DataFrame, thresholds: Thresholds) -> None:
        self.thresholds = thresholds
        self.rows = models.astype(dict.fromkeys((*MODEL_KEYS, "state", "reference"), "str"))
        self.estimated = self.of("state", "estimated")
        self.counted = self.of("part", "fit")
        whole = self.rows[self.counted & self.of("statistic", "n")].set_index(MODEL)
        self.levels = levels(cells, thresholds)
        model = self._keys(MODEL)
        self.without_residuals = _among(model, whole.index[whole["df"] < thresholds.model_least_df])
        # A model rests on the smaller of its sides: that of all levels of one of its terms.
        sides = cells.astype(dict.fromkeys(CELL_KEYS, "str")).groupby([*TERM, "side"])["n"].sum()
        self.least_of_model = _values(sides.groupby(MODEL).min(), model)
        own, reference = self._keys(LEVEL), self._keys([*TERM, "reference"])
        self.own = {name: _values(self.levels[name], own) for name in self.levels}
        self.reference = {name: _values(self.levels[name], reference) for name in self.levels}

    def flags(self) -> tuple[Any, Any]:
        """Flag and reason of every row."""
        t = self.thresholds
        state = self.rows["state"].to_numpy(dtype=object)
        short = self.counted & few(self.rows["n"].to_numpy(dtype=float), t)
        least = self._least()
        no_value = ~self.counted & self.rows["estimate"].isna().to_numpy()
        rules: list[tuple[Any, str, Any]] = [
            (~self.estimated, NOT_AVAILABLE, state),
            (self.without_residuals, CONFIDENTIAL, FEW_RESIDUAL),
            (short | self._confidential(), CONFIDENTIAL, DOMAIN),
            (self.counted, NORMAL, ""),
            (least < t.hide_below, HIDDEN, TOO_FEW_PERSONS),
            (no_value, HIDDEN, NOT_ESTIMABLE),
            (least < t.flag_below, UNRELIABLE, FEW_PERSONS),
            ((self.rows["df"] < t.least_df).to_numpy(), UNRELIABLE, FEW_DEGREES),
        ]
        conditions = [condition for condition, _, _ in rules]
        flag = np.select(conditions, [f for _, f, _ in rules], default=NORMAL).astype(str)
        return flag, np.select(conditions, [r for _, _, r in rules], default="").astype(str)

    def counts(self, step: float) -> dict[str, Floats]:
        """The `COUNTS` in multiples of ``step``, as they may be shown where nothing else hides them."""
        n = self.rows["n"].to_numpy(dtype=float)
        not_computed = self.of("state", "not_computable")
        of_group = self.counted & ~self.of("statistic", "n")
        told = {"n": n, "n_level": self.own["n"], "n_reference": self.reference["n"]}
        counts = {
            name: np.where(_told(value, self.thresholds), to_step(value, step), np.nan) for name, value in told.items()
        }
        counts["n"] = np.where(not_computed, np.nan, counts["n"])
        return {**counts, "n_psu": np.where(of_group | not_computed, np.nan, self.rows["n_psu"].to_numpy(dtype=float))}

    def of(self, column: str, value: str) -> Bools:
        """Where a column has a value."""
        return (self.rows[column] == value).to_numpy(dtype=bool)

    def _confidential(self) -> Bools:
        found = (self.own["confidential"] == 1) | (self.reference["confidential"] == 1)
        for place in np.flatnonzero(self.of("part", "ame") & np.isnan(self.own["n"]) & ~self.of("level", TOTAL)):
            found[place] = self._crossed(self.rows.loc[place])
        constant = self.of("part", "coefficient") & self.of("term", CONSTANT)
        about = (self.rows["reference"] != "").to_numpy() & (self.reference["confidential"] == 1)
        found |= constant & _among(self._keys(MODEL), self._keys(MODEL)[about])
        coefficients = self.of("part", "coefficient") & self.of("statistic", "log_odds")
        of_term = self._keys(TERM)
        silent = set(of_term[coefficients & found]) - set(of_term[coefficients & ~found])
        return found | (self.of("part", "wald") & _among(of_term, silent))

    def _crossed(self, row: Series) -> bool:
        """An effect of a variable that stands in products alone: whether a crossing with its level or its reference is confidential."""
        for *model, term, level in self.levels.index[self.levels["confidential"]]:
            at = dict(zip(term.split(":"), level.split(":"), strict=False)).get(row["term"])
            if model == row[MODEL].tolist() and at in (row["level"], row["reference"]):
                return True
        return False

    def _least(self) -> Floats:
        """Persons of the smaller side of the level or its reference; of the model, where a row is about no level."""
        least = np.fmin(self.own["least"], self.reference["least"])
        least = np.where(np.isfinite(least), least, self.least_of_model)
        n = self.rows["n"].to_numpy(dtype=float)
        return np.where(np.isfinite(least), least, n)

    def _keys(self, names: list[str]) -> Any:
        keys = np.empty(len(self.rows), dtype=object)
        keys[:] = list(self.rows[names].itertuples(index=False, name=None))
        return keys


def levels(cells: DataFrame, thresholds: Thresholds) -> DataFrame:
    """Every level of every term of every model, indexed by `LEVEL`: its persons (``n``, exact: not to be shown), those of its smaller side
    (``least``), and whether it is ``confidential``.
    """
    sides = cells.astype(dict.fromkeys(LEVEL, "str")).groupby(LEVEL, sort=True)
    found = sides.agg(n=("n", "sum"), least=("n", "min"), units=("n_psu", "min"))
    short = (found["least"] < thresholds.confidential_below) | (found["units"] < thresholds.least_psus)
    found["confidential"] = short & (found["n"] > 0)
    return found.drop(columns="units")


def _told(count: Floats, thresholds: Thresholds) -> Bools:
    """Counts that may be told: nobody, or at least ``hide_below``."""
    return (count == 0) | (count >= thresholds.hide_below)


def _check(frame: DataFrame, wanted: tuple[str, ...], where: str) -> None:
    for name in wanted:
        if name not in frame.columns:
            todo = f"run the models again; {nearest(name, map(str, frame.columns))}"
            raise UserError(f"the column '{name}' is lacking", where=where, todo=todo)
    if "state" in wanted and (unknown := sorted(set(frame["state"].astype("str")) - set(MODEL_STATES))):
        raise UserError(
            f"'{unknown[0]}' is not a state of a model", where=where, todo=nearest(unknown[0], MODEL_STATES)
        )


def _values(column: Series, keys: Any) -> Floats:
    """The values of an indexed column at the keys of every row, NaN where there is none."""
    known = column.to_dict()
    return np.array([float(known.get(key, np.nan)) for key in keys], dtype=np.float64)


def _among(keys: Any, chosen: Iterable[Any]) -> Bools:
    wanted = set(chosen)
    return np.array([key in wanted for key in keys], dtype=bool)
