"""A model matrix of factors and numbers, kept as codes: products with it need no dense matrix.

With treatment coding each row has at most one column of a term that is not 0, so a term is a code a row (and, for numbers, a
value). Cross products of two factors are a weighted cross table; factors with few joint levels are first summed to these, and all
of their tables are margins of one. Where persons share few patterns this makes no difference; with ages in single years it takes
several times less memory and work than the dense matrix.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from informality.estimate.codes import Floats, Ints, compress, group_sums

# Factors are summed to their joint levels as long as these are fewer than the rows by this factor.
FEWER = 8


@dataclass(frozen=True, eq=False)
class Block:
    """The columns of one term, ``size`` of them from ``first`` on.

    ``code``: for each row the column that is not 0, counted from 0; ``size`` where none is. ``value``: what stands there, 0 where
    nothing does; None: 1.
    """

    first: int
    size: int
    code: Ints
    value: Floats | None = None

    @property
    def places(self) -> slice:
        """Where the columns stand in the matrix."""
        return slice(self.first, self.first + self.size)

    def times(self, v: Floats) -> Floats:
        """``v`` times what stands in each row."""
        return v if self.value is None else v * self.value

    def linear(self, b: Floats) -> Floats:
        """The part of x b that is this term's; ``b`` of all columns."""
        return self.times(np.append(b[self.places], 0.0)[self.code])

    def sums(self, v: Floats) -> Floats:
        """x' v for the columns of this term."""
        return group_sums(self.times(v), self.code, self.size + 1)[: self.size]

    def table(self, other: Block, w: Floats) -> Floats:
        """x' diag(w) z for the columns x of this term and z of another."""
        width = other.size + 1
        found = group_sums(other.times(self.times(w)), self.code * width + other.code, (self.size + 1) * width)
        return found.reshape(self.size + 1, width)[: self.size, : other.size]

    def of_rows(self, rows: Ints) -> Block:
        """The same of some rows."""
        return Block(self.first, self.size, self.code[rows], None if self.value is None else self.value[rows])


@dataclass(frozen=True, eq=False)
class Matrix:
    """``rows`` × ``size``; the blocks lie side by side."""

    rows: int
    blocks: tuple[Block, ...]

    @property
    def size(self) -> int:
        """Number of columns."""
        return sum(block.size for block in self.blocks)

    @cached_property
    def _joint(self) -> tuple[Ints, int, list[Block], list[Block]]:
        """Joint levels of the factors that have few: that of each row, how many, the factors' blocks over them; other blocks."""
        key, size = np.zeros(self.rows, dtype=np.intp), 1
        inside: list[Block] = []
        for block in sorted(self.blocks, key=lambda block: (block.size, block.first)):
            if block.value is None and size * (block.size + 1) <= self.rows // FEWER:
                key, size = key * (block.size + 1) + block.code, size * (block.size + 1)
                inside.append(block)
        present, level = compress(key, size)
        row = np.empty(len(present), dtype=np.intp)
        row[level] = np.arange(self.rows)
        return level, len(present), [b.of_rows(row) for b in inside], [b for b in self.blocks if b not in inside]

    @cached_property
    def scale(self) -> Floats:
        """The largest absolute value of each column; 1 for a column of zeros."""
        out = np.ones(self.size)
        for block in self.blocks:
            if block.value is not None:
                largest = np.zeros(block.size + 1)
                np.maximum.at(largest, block.code, np.abs(block.value))
                out[block.places] = np.where(largest > 0, largest, 1)[: block.size]
        return out

    def linear(self, b: Floats) -> Floats:
        """X b."""
        level, n, joint, others = self._joint
        out: Floats = sum((block.linear(b) for block in joint), np.zeros(n))[level]
        for block in others:
            out += block.linear(b)
        return out

    def sums(self, v: Floats) -> Floats:
        """X' v."""
        level, n, joint, others = self._joint
        out, summed = np.empty(self.size), group_sums(v, level, n)
        for block in joint:
            out[block.places] = block.sums(summed)
        for block in others:
            out[block.places] = block.sums(v)
        return out

    def cross(self, w: Floats) -> Floats:
        """X' diag(w) X."""
        level, n, joint, others = self._joint
        out = np.zeros((self.size, self.size))
        _tables(joint, group_sums(w, level, n), out)
        _tables(others, w, out)
        for block in others:
            if block.size == 1 and block.value is not None:
                of_level = group_sums(block.times(w), level, n)
                for factor in joint:
                    out[block.first, factor.places] = out[factor.places, block.first] = factor.sums(of_level)
            else:
                for factor in (b for b in self.blocks if any(b.first == inside.first for inside in joint)):
                    table = block.table(factor, w)
                    out[block.places, factor.places], out[factor.places, block.places] = table, table.T
        return out

    def grouped_sums(self, group: Ints, n_groups: int, row: Ints, v: Floats) -> Floats:
        """For each group the sum of v x over its entries (a row of the matrix each): ``n_groups`` × ``size``."""
        out = np.empty((n_groups, self.size))
        for block in self.blocks:
            width = block.size + 1
            value = v if block.value is None else v * block.value[row]
            found = group_sums(value, group * width + block.code[row], n_groups * width)
            out[:, block.places] = found.reshape(n_groups, width)[:, : block.size]
        return out

    def dense(self, rows: Ints | None = None) -> Floats:
        """Some rows (None: all) written out."""
        chosen = np.arange(self.rows) if rows is None else rows
        out = np.zeros((len(chosen), self.size))
        for block in self.blocks:
            code = block.code[chosen]
            there = np.flatnonzero(code < block.size)
            value = 1.0 if block.value is None else block.value[chosen][there]
            out[there, block.first + code[there]] = value
        return out


def _tables(blocks: Sequence[Block], w: Floats, out: Floats) -> None:
    """Write the cross products of these blocks with themselves and each other."""
    for i, block in enumerate(blocks):
        places = np.arange(block.first, block.first + block.size)
        out[places, places] = block.sums(block.times(w))
        for other in blocks[:i]:
            table = block.table(other, w)
            out[block.places, other.places], out[other.places, block.places] = table, table.T


def from_sparse(sparse: Any, widths: Sequence[int]) -> Matrix:
    """The matrix from a sparse one with terms of these numbers of columns, in which no row has two columns of a term."""
    columns = sparse.tocsc()
    blocks, first = [], 0
    for width in widths:
        code = np.full(columns.shape[0], width, dtype=np.intp)
        value = np.zeros(columns.shape[0])
        for i in range(width):
            entries = slice(columns.indptr[first + i], columns.indptr[first + i + 1])
            code[columns.indices[entries]] = i
            value[columns.indices[entries]] = columns.data[entries]
        only_ones = bool(np.all(value[code < width] == 1))
        blocks.append(Block(first, width, code, None if only_ones else value))
        first += width
    return Matrix(columns.shape[0], tuple(blocks))
