"""Columns of a frame, read once: what is measured, who belongs, and the dimensions of the breakdowns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from informality.errors import UserError, nearest
from informality.estimate.codes import Bools, Floats
from informality.vocabulary import TOTAL, UNKNOWN

# Code of a missing value beside 0 (no) and 1 (yes).
MISSING = 2
# Rows that are looked at first to tell a magnitude from a yes/no column.
PEEK = 1000


@dataclass(frozen=True, eq=False)
class Flag:
    """A yes/no column: int8 codes 0, 1, `MISSING`, as long as the frame."""

    code: npt.NDArray[np.int8]

    def take(self, rows: npt.NDArray[Any] | None) -> Flag:
        """The same for a selection of rows (None: all)."""
        return self if rows is None else Flag(self.code[rows])

    def amount(self) -> Amount:
        """As numbers 0 and 1."""
        return Amount((self.code == 1).astype(np.float64), self.code != MISSING)


@dataclass(frozen=True, eq=False)
class Amount:
    """A numeric column: ``value`` (0 where it is missing) and whether it is ``known``; ``base`` is the x of a ratio."""

    value: Floats
    known: Bools
    base: Floats | None = None

    def take(self, rows: npt.NDArray[Any] | None) -> Amount:
        """The same for a selection of rows (None: all)."""
        if rows is None:
            return self
        return Amount(self.value[rows], self.known[rows], None if self.base is None else self.base[rows])

    def amount(self) -> Amount:
        """Itself."""
        return self


@dataclass(frozen=True, eq=False)
class Dimension:
    """A dimension column: ``levels`` (`_U` last, where there is an unknown) and the code of each row."""

    name: str
    levels: tuple[str, ...]
    code: npt.NDArray[np.int16] | npt.NDArray[np.int32]


def column(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    """A column of the frame; UserError with the nearest name where it is absent."""
    if name not in frame.columns:
        raise UserError(
            f"there is no column '{name}' to estimate from", where="estimate", todo=nearest(name, frame.columns)
        )
    return frame[name]


def measured(frame: pd.DataFrame, name: str) -> Flag | Amount:
    """What a column measures: a `Flag` where every known value is 0, 1 or a boolean, else an `Amount`.

    NaN, None and pd.NA are missing. UserError: text or categories, infinite values.
    """
    series = column(frame, name)
    if series.dtype == np.bool_:
        return Flag(series.to_numpy().view(np.int8))
    try:
        if pd.api.types.is_bool_dtype(series.dtype):
            return Flag(series.to_numpy(dtype=np.int8, na_value=MISSING))
        plain = series.dtype == np.float64
        values = series.to_numpy() if plain else series.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        raise UserError(
            f"column '{name}' is neither yes/no nor a number",
            where="estimate",
            todo="make a yes/no column of the level",
        ) from None
    known = np.isfinite(values)
    infinite = int(np.count_nonzero(np.isinf(values[~known])))
    if infinite:
        raise UserError(f"column '{name}' is infinite in {infinite} rows", where="estimate")
    # The first rows settle it for nearly every magnitude.
    if all(_is_flag(part) for part in (values[:PEEK], values[PEEK:])):
        code = np.full(len(values), MISSING, dtype=np.int8)
        code[known] = values[known].astype(np.int8)
        return Flag(code)
    return Amount(values if known.all() else np.where(known, values, 0.0), known)


def _is_flag(values: Floats) -> bool:
    return bool(np.all((values == 0) | (values == 1) | np.isnan(values)))


def ratio(y: Flag | Amount, x: Flag | Amount) -> Amount:
    """Numerator and denominator of a ratio; known where both are."""
    top, bottom = y.amount(), x.amount()
    known = top.known & bottom.known
    return Amount(np.where(known, top.value, 0.0), known, np.where(known, bottom.value, 0.0))


def members(frame: pd.DataFrame, name: str) -> Bools:
    """Rows of a universe: a yes/no column, NULL is outside. UserError where the column holds other values."""
    flag = measured(frame, name)
    if not isinstance(flag, Flag):
        raise UserError(f"column '{name}' is no universe: it holds values other than yes and no", where="estimate")
    return flag.code == 1


def dimension(frame: pd.DataFrame, name: str) -> Dimension:
    """A dimension with NULL as the level `_U`. UserError where a level is called `_T`, the margin."""
    series = column(frame, name)
    categorical = series if isinstance(series.dtype, pd.CategoricalDtype) else series.astype("category")
    levels = tuple(str(level) for level in categorical.cat.categories)
    if TOTAL in levels or len(set(levels)) < len(levels):
        raise UserError(f"dimension '{name}' has a level '{TOTAL}', or two levels of one name", where="estimate")
    code = categorical.cat.codes.to_numpy().astype(np.int16 if len(levels) < 2**15 - 1 else np.int32)
    unknown = code < 0
    if unknown.any():
        if UNKNOWN not in levels:
            levels = (*levels, UNKNOWN)
        code[unknown] = levels.index(UNKNOWN)
    return Dimension(name, levels, code)
