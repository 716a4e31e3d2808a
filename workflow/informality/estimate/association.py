"""Tests of independence of two categorical columns under the design.

With X2 Pearson's statistic of the weighted table brought to the number of rows (of the universe, unknown values counted, as R
does; no p-value depends on it), and the design effects d_i of the contrasts of
independence (eigenvalues of D; Rao and Scott 1981, 1984; R survey 4.1, `svychisq`):

- `rao_scott_f` (second order, the one to report): F = X2 / trace D on df1 = (trace D)^2 / trace D^2 and df2 = df1 nu;
- `rao_scott_chisq` (first order): X2 / mean d against chi-square with (rows - 1)(columns - 1) degrees of freedom; the statistic
  shown is X2;
- `rao_scott_lincom`: X2 against the sum of d_i chi-square(1) over chi-square(df2) / df2, by saddlepoint (R's `lincom`);
- `adjusted_wald`: Wald's statistic W of observed minus expected totals with the factor (nu - k + 1) / (k nu) on k and nu - k + 1
  degrees of freedom (Koch, Freeman and Freeman 1975; R's `adjWald`).

nu is the number of PSUs minus that of strata, rows of weight 0 counted. Unknown values leave the table, not the design.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from informality.errors import UserError, nearest
from informality.estimate import columns
from informality.estimate.chisquares import upper_tail
from informality.estimate.codes import Bools, Floats, compress, group_sums
from informality.estimate.columns import Dimension
from informality.estimate.design import Design
from informality.estimate.entries import Entries, from_rows
from informality.estimate.requests import KEYS
from informality.estimate.sandwich import covariance
from informality.estimate.variance import Layout
from informality.vocabulary import UNKNOWN

METHODS = ("rao_scott_f", "rao_scott_chisq", "rao_scott_lincom", "adjusted_wald")
# A table of its own beside the hub, whose rows have one estimate with an interval: a test has two kinds of degrees of freedom
# and a p-value.
TEST_KEYS = (*KEYS, "row_variable", "column_variable", "method")
TEST_VALUES = ("value", "df1", "df2", "p_value", "rows", "columns", "n", "n_psu", "n_missing", "state")


@dataclass(frozen=True)
class Independence:
    """A test that ``row`` and ``column`` (columns of the frame) are independent among the rows where ``where`` is true.

    UserError: a key that the hub does not have.
    """

    row: str
    column: str
    where: str | None = None
    keys: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        """Check the keys."""
        for name in self.keys:
            if name not in KEYS:
                raise UserError(f"'{name}' is no key of the hub", where=f"test of {self.row}", todo=nearest(name, KEYS))


def independence(frame: pd.DataFrame, design: Design, asked: Sequence[Independence]) -> pd.DataFrame:
    """A row for each test and method: `TEST_KEYS` + `TEST_VALUES`, sorted by the keys.

    ``rows`` and ``columns``: levels of a weight above 0; ``n``: rows with both values known. ``state`` is `not_estimable`
    where one of the variables has a single level, there are no degrees of freedom, or the design effects cannot be had: the
    numbers are NaN.
    """
    rows = [row for test in asked for row in answers(frame, design, test)]
    table = pd.DataFrame(rows, columns=[*TEST_KEYS, *TEST_VALUES])
    text = dict.fromkeys([*TEST_KEYS, "state"], "str")
    numbers = dict.fromkeys(("value", "df1", "df2", "p_value"), "float64")
    counts = dict.fromkeys(("rows", "columns", "n", "n_psu", "n_missing"), "int64")
    return table.astype({**text, **numbers, **counts}).sort_values(list(TEST_KEYS), ignore_index=True)


def answers(
    frame: pd.DataFrame, design: Design, test: Independence, methods: Sequence[str] = METHODS
) -> list[dict[str, object]]:
    """The rows of one test by those of the `METHODS` that are wanted; no other is computed."""
    table = _table(frame, design, test)
    shape = {"rows": table.shape[0], "columns": table.shape[1], "n": table.n, "n_psu": table.n_psu}
    keys = {name: test.keys.get(name, "") for name in KEYS}
    keys |= {"row_variable": test.row, "column_variable": test.column}
    made: list[dict[str, object]] = []
    for method, numbers in zip(methods, _tests(table, methods), strict=True):
        answer = dict(zip(("value", "df1", "df2", "p_value"), numbers, strict=True))
        state = "not_estimable" if np.isnan(answer["p_value"]) else "estimated"
        made.append({**keys, "method": method, **shape, **answer, "n_missing": table.n_missing, "state": state})
    return made


@dataclass(frozen=True, eq=False)
class _Table:
    """A table of weights (``shape``: levels with a weight) with its entries: ``cell`` (row by row) and ``weight`` of each, and
    the position of its PSU among those of ``layout``.
    """

    shape: tuple[int, int]
    cell: np.ndarray
    weight: Floats
    psu: np.ndarray
    layout: Layout
    nu: int
    n: int
    n_missing: int

    @property
    def n_psu(self) -> int:
        """PSUs with a row in the table."""
        return len(self.layout.psu)

    def by_psu(self, coefficient: Floats) -> Floats:
        """Sum of the coefficients (cells × k) times the weights over each PSU: PSUs × k."""
        columns_of = (coefficient[self.cell, j] * self.weight for j in range(coefficient.shape[1]))
        return np.column_stack([group_sums(line, self.psu, self.n_psu) for line in columns_of])


def _table(frame: pd.DataFrame, design: Design, test: Independence) -> _Table:
    dimensions = [columns.dimension(frame, name) for name in (test.row, test.column)]
    inside = np.ones(len(frame), dtype=np.bool_) if test.where is None else columns.members(frame, test.where)
    known = inside & _known(dimensions[0]) & _known(dimensions[1])
    rows = np.flatnonzero(known)
    entries = from_rows(dimensions, rows, design.psu[rows], len(design.psu_stratum))
    weight = group_sums(design.weight[rows], entries.source, entries.size)
    row, column, shape = _levels_with_weight(entries, weight)
    psus, psu = compress(entries.psu, len(design.psu_stratum))
    return _Table(
        shape=shape,
        cell=row * max(shape[1], 1) + column,
        weight=weight,
        psu=psu,
        layout=Layout(design, psus, np.zeros_like(psus), 1),
        nu=len(psus) - len(np.unique(design.psu_stratum[psus])),
        n=len(rows),
        n_missing=int(np.count_nonzero(inside)) - len(rows),
    )


def _known(dimension: Dimension) -> Bools:
    unknown = [code for code, level in enumerate(dimension.levels) if level == UNKNOWN]
    known: Bools = ~np.isin(dimension.code, unknown)
    return known


def _levels_with_weight(entries: Entries, weight: Floats) -> tuple[np.ndarray, np.ndarray, tuple[int, int]]:
    """Row and column of each entry, numbered among the levels that have a weight; others weigh 0 and go to the first."""
    found = []
    for place in (0, 1):
        code = entries.level[:, place].take(entries.domain)
        heavy = group_sums(weight, code, int(code.max(initial=-1)) + 1) > 0
        found.append(((np.cumsum(heavy) - 1).clip(0).take(code) * heavy.take(code), int(heavy.sum())))
    (row, n_rows), (column, n_columns) = found
    return row, column, (n_rows, n_columns)


Numbers = tuple[float, float, float, float]
_NOTHING = (np.nan,) * 4


def _tests(table: _Table, methods: Sequence[str]) -> list[Numbers]:
    """Value, df1, df2 and p-value by method."""
    r, c = table.shape
    if min(r, c) < 2 or table.nu <= 0:
        return [_NOTHING] * len(methods)
    pearson, effects = _design_effects(table)

    def numbers(method: str) -> Numbers:
        if method not in _RAO_SCOTT:
            return _adjusted_wald(table)
        return _NOTHING if effects is None else _RAO_SCOTT[method](pearson, effects, table.nu)

    return [numbers(method) for method in methods]


def _design_effects(table: _Table) -> tuple[float, Floats | None]:
    """Pearson's statistic and the design effects of the contrasts of independence; None where they cannot be had."""
    share = group_sums(table.weight, table.cell, table.shape[0] * table.shape[1])
    total = share.sum()
    share /= total
    cells = share.reshape(table.shape)
    expected = np.outer(cells.sum(axis=1), cells.sum(axis=0))
    size = table.n + table.n_missing
    pearson = size * float((np.square(cells - expected) / expected).sum())
    contrasts = _interactions(table.shape)
    inverse = np.divide(1.0, share, out=np.zeros_like(share), where=share > 0)
    score = inverse[:, None] * contrasts
    # Linearised shares: (w in the cell - share of the cell × w) / sum w, before the contrasts are taken of them.
    z = table.by_psu((score - share @ score) / total)
    return pearson, _eigenvalues(contrasts.T @ score / size, covariance(table.layout, z))


def _second_order(pearson: float, effects: Floats, nu: int) -> Numbers:
    from scipy.special import fdtrc

    value, df = pearson / effects.sum(), _freedom(effects)
    return value, df, df * nu, float(fdtrc(df, df * nu, value))


def _first_order(pearson: float, effects: Floats, _nu: int) -> Numbers:
    from scipy.special import chdtrc

    k = len(effects)
    return pearson, float(k), np.nan, float(chdtrc(k, pearson / (effects.sum() / k)))


def _lincom(pearson: float, effects: Floats, nu: int) -> Numbers:
    return pearson, np.nan, np.nan, upper_tail(pearson, effects, _freedom(effects) * nu)


def _freedom(effects: Floats) -> float:
    return float(effects.sum() ** 2 / np.square(effects).sum())


_RAO_SCOTT = {"rao_scott_f": _second_order, "rao_scott_chisq": _first_order, "rao_scott_lincom": _lincom}


def _interactions(shape: tuple[int, int]) -> Floats:
    """Contrasts of independence: cells × (rows - 1)(columns - 1), orthogonal to both margins."""
    sides = [np.eye(size)[:, 1:] - 1 / size for size in shape]
    return np.asarray(np.kron(sides[0], sides[1]), dtype=np.float64)


def _eigenvalues(denominator: Floats, numerator: Floats) -> Floats | None:
    """Eigenvalues of denominator^-1 numerator; None where they cannot be had or are all 0."""
    if not (np.isfinite(denominator).all() and np.isfinite(numerator).all()):
        return None
    try:
        half = np.linalg.cholesky(denominator)
    except np.linalg.LinAlgError:
        return None
    scaled = np.linalg.solve(half, np.linalg.solve(half, numerator).T)
    effects = np.maximum(np.linalg.eigvalsh((scaled + scaled.T) / 2), 0.0)
    return effects if effects.sum() > 0 else None


def _adjusted_wald(table: _Table) -> Numbers:
    from scipy.special import fdtrc

    r, c = table.shape
    k, nu = (r - 1) * (c - 1), table.nu
    freedom = nu - k + 1
    if freedom <= 0:
        return _NOTHING
    total = group_sums(table.weight, table.cell, r * c).reshape(r, c)
    of_row, of_column, whole = total.sum(axis=1), total.sum(axis=0), total.sum()
    left = (total - np.outer(of_row, of_column) / whole)[1:, 1:].ravel()
    # Derivative of each observed minus expected total by each cell.
    cell = np.arange(r * c)
    same_row = cell[:, None] // c == cell // c
    same_column = cell[:, None] % c == cell % c
    by_row, by_column = of_row[cell // c] / whole, of_column[cell % c] / whole
    slope = np.eye(r * c) - same_row * by_column - same_column * by_row + by_row * by_column
    used = np.arange(r * c).reshape(r, c)[1:, 1:].ravel()
    variance = covariance(table.layout, table.by_psu(slope[:, used]))
    if not np.isfinite(variance).all() or np.linalg.matrix_rank(variance, hermitian=True) < k:
        return _NOTHING
    value = float(left @ np.linalg.solve(variance, left)) * freedom / (k * nu)
    return value, float(k), float(freedom), float(fdtrc(k, freedom, value))
