"""Products with a coded matrix are those with the dense one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csc_matrix

from informality.estimate.models.matrix import Block, Matrix, from_sparse


def matrix(seed: int, rows: int, sizes: list[int], numbers: list[bool]) -> Matrix:
    random = np.random.default_rng(seed)
    blocks, first = [], 0
    for size, number in zip(sizes, numbers, strict=True):
        code = random.integers(0, size + 1, rows)
        value = np.where(code < size, random.normal(size=rows), 0.0) if number else None
        blocks.append(Block(first, size, code, value))
        first += size
    return Matrix(rows, tuple(blocks))


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32),
    st.integers(1, 400),
    st.lists(st.tuples(st.integers(1, 5), st.booleans()), min_size=1, max_size=5),
)
def test_products(seed: int, rows: int, shape: list[tuple[int, bool]]) -> None:
    found = matrix(seed, rows, [s for s, _ in shape], [n for _, n in shape])
    dense = found.dense()
    random = np.random.default_rng(seed)
    b, v, w = random.normal(size=found.size), random.normal(size=rows), random.random(rows)
    assert dense.shape == (rows, found.size)
    np.testing.assert_allclose(found.linear(b), dense @ b, atol=1e-12)
    np.testing.assert_allclose(found.sums(v), dense.T @ v, atol=1e-11)
    np.testing.assert_allclose(found.cross(w), dense.T @ (dense * w[:, None]), atol=1e-11)
    largest = np.abs(dense).max(axis=0)
    np.testing.assert_array_equal(found.scale, np.where(largest > 0, largest, 1))
    chosen = random.integers(0, rows, 50)
    np.testing.assert_array_equal(found.dense(chosen), dense[chosen])
    group = random.integers(0, 7, 50)
    expected = np.array([((v[chosen] * (group == g))[:, None] * dense[chosen]).sum(axis=0) for g in range(7)])
    np.testing.assert_allclose(found.grouped_sums(group, 7, chosen, v[chosen]), expected, atol=1e-11)


@pytest.mark.parametrize("numbers", [False, True])
def test_from_a_sparse_matrix_and_back(numbers: bool) -> None:
    found = matrix(3, 90, [1, 4, 2], [numbers, False, numbers])
    again = from_sparse(csc_matrix(found.dense()), [1, 4, 2])
    np.testing.assert_array_equal(again.dense(), found.dense())
    assert [b.value is None for b in again.blocks] == [not numbers, True, not numbers]
