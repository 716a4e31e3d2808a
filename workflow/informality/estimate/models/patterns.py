"""The covariate patterns that persons share.

Persons with the same values in every term add to a likelihood only through the sums of their weights, so everything that a
model needs is computed once for each pattern: exact, and for categories many times fewer rows. The model matrix is formulaic's,
with treatment coding: a factor's reference level has no column.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from informality.errors import UserError, nearest
from informality.estimate.codes import Bools, Floats, Ints, compress
from informality.estimate.models.matrix import Block, Matrix, from_sparse
from informality.estimate.models.terms import Column, Term, variables_of
from informality.vocabulary import CONSTANT

if TYPE_CHECKING:
    from formulaic import ModelSpec

# Keys above this are made dense before another variable is multiplied in.
LARGEST_KEY = 1 << 40


def is_number(series: pd.Series[Any]) -> bool:
    """Whether a variable enters as a number; otherwise it is a factor."""
    return pd.api.types.is_numeric_dtype(series.dtype) and not pd.api.types.is_bool_dtype(series.dtype)


def known_rows(frame: pd.DataFrame, variables: Sequence[str]) -> Bools:
    """Rows in which all of the variables are known; UserError where one is not in the frame."""
    known = np.ones(len(frame), dtype=np.bool_)
    for name in variables:
        if name not in frame.columns:
            raise UserError(f"there is no variable '{name}'", where="terms", todo=nearest(name, frame.columns))
        series = frame[name]
        known &= np.isfinite(series.to_numpy(np.float64, na_value=np.nan)) if is_number(series) else series.notna()
    return known


@dataclass(frozen=True, eq=False)
class Patterns:
    """The distinct covariate patterns of some rows.

    ``covariates``: one row a pattern, one column a variable. ``of_row``: the pattern of each of the rows. ``x``: the model matrix
    (patterns × ``columns``), the constant first, then one block a term. ``levels``: of each factor those that occur, the
    reference first.
    """

    covariates: pd.DataFrame
    of_row: Ints
    x: Matrix
    columns: tuple[Column, ...]
    terms: tuple[Term, ...]
    levels: Mapping[str, tuple[str, ...]]
    spec: ModelSpec

    @property
    def size(self) -> int:
        """Number of patterns."""
        return self.x.rows

    def of_term(self, term: str) -> Ints:
        """Places of a term's columns."""
        return np.array([i for i, column in enumerate(self.columns) if column.term == term], dtype=np.intp)

    def touched(self, variable: str) -> list[Block]:
        """The blocks that hold the variable, also in products and squares."""
        terms = {term.text for term in self.terms if variable in term.variables}
        return [block for block in self.x.blocks if self.columns[block.first].term in terms]

    def with_value(self, variable: str, value: str | Floats) -> list[Block]:
        """The blocks of `touched` with a level of a factor, or with other values of a number, in every pattern."""
        inside = self.touched(variable)
        if isinstance(value, str):
            place = self.levels[variable].index(value)
            if [term for term in self.terms if variable in term.variables] == [Term(variable, (variable,))]:
                block = inside[0]
                code = np.full(self.size, place - 1 if place else block.size, dtype=np.intp)
                return [Block(block.first, block.size, code)]
            changed: Any = pd.Categorical.from_codes(np.full(self.size, place), categories=list(self.levels[variable]))
        else:
            changed = value
        matrix = self.spec.get_model_matrix(self.covariates.assign(**{variable: changed}))
        places = {block.first for block in inside}
        return [block for block in from_sparse(matrix, [b.size for b in self.x.blocks]).blocks if block.first in places]


def collapse(
    frame: pd.DataFrame, terms: Sequence[Term], rows: Bools, references: Mapping[str, str] | None = None
) -> Patterns:
    """Patterns of the chosen rows, in which every variable is known.

    The reference of a factor is the one given, where it occurs among the rows, else its first level that does.
    """
    from formulaic import Formula

    key = np.zeros(int(rows.sum()), dtype=np.intp)
    size = 1
    values: dict[str, tuple[Ints, Any]] = {}
    levels: dict[str, tuple[str, ...]] = {}
    for name in variables_of(terms):
        series = frame[name]
        if is_number(series):
            code, found = pd.factorize(series.to_numpy(np.float64)[rows], sort=True)
        else:
            code, found = _levels(series, rows, (references or {}).get(name))
            levels[name] = tuple(found)
        values[name] = (code, found)
        size *= max(len(found), 1)
        key = key * len(found) + code
        if size > LARGEST_KEY:
            present, key = compress(key, size)
            size = len(present)
    present, of_row = compress(key, size)
    # A row of each pattern: the first, whatever the order of the assignments.
    first = np.empty(len(present), dtype=np.intp)
    first[of_row[::-1]] = np.arange(len(of_row))[::-1]
    covariates = pd.DataFrame(
        {
            name: pd.Categorical.from_codes(code[first], categories=list(found))
            if name in levels
            else found[code[first]]
            for name, (code, found) in values.items()
        },
        index=range(len(present)),
    )
    # A factor of one level has no column.
    varied = [t for t in terms if all(len(levels.get(name, ("", ""))) > 1 for name in t.variables)]
    matrix = Formula(" + ".join(["1", *(t.formula for t in varied)])).get_model_matrix(covariates, output="sparse")
    spec = matrix.model_spec
    return Patterns(
        covariates=covariates,
        of_row=of_row,
        x=from_sparse(matrix, [len(part.columns) for part in spec.structure]),
        columns=_columns(spec, varied),
        terms=tuple(varied),
        levels=levels,
        spec=spec,
    )


def _levels(series: pd.Series[Any], rows: Bools, reference: str | None) -> tuple[Ints, list[str]]:
    """Codes of the levels that occur among the rows, the reference 0, the others in the order of the categories."""
    categorical = series if isinstance(series.dtype, pd.CategoricalDtype) else series.astype("category")
    code = categorical.cat.codes.to_numpy()[rows].astype(np.intp)
    names = [str(level) for level in categorical.cat.categories]
    present = [int(c) for c in np.flatnonzero(np.bincount(code, minlength=len(names)))]
    if reference in names and names.index(reference) in present:
        base = names.index(reference)
        present.remove(base)
        present.insert(0, base)
    place = np.zeros(len(names), dtype=np.intp)
    place[present] = np.arange(len(present))
    return place[code], [names[c] for c in present]


def _columns(spec: ModelSpec, terms: Sequence[Term]) -> tuple[Column, ...]:
    """Terms and levels from formulaic's names of columns, such as ``sex[T.female]:age``."""
    words = {frozenset(t.formula.strip("{}").replace("**", " ** ").split(":")): t.text for t in terms}
    columns = []
    for part in spec.structure:
        factors = [str(factor.expr) for factor in part.term.factors]
        term = CONSTANT if factors == ["1"] else words[frozenset(factors)]
        for name in part.columns:
            named = re.findall(r"\[(?:T\.)?(.*?)\](?=:|$)", name) if term != CONSTANT else []
            columns.append(Column(term, ":".join(named)))
    return tuple(columns)
