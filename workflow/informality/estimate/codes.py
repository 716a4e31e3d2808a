"""Integer codes: the array types of the engine, and keys made dense."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.intp]
Bools: TypeAlias = npt.NDArray[np.bool_]
Codes: TypeAlias = npt.NDArray[np.signedinteger[Any]]

# A table of every possible key is faster than sorting as long as it is not much longer than the keys themselves.
DENSE_PER_ITEM = 12
DENSE_FLOOR = 1 << 16


def compress(key: Codes, size: int) -> tuple[Ints, Ints]:
    """Number the keys that occur: ``(present keys in ascending order, position of each item's key among them)``.

    ``key`` holds values 0 .. ``size`` - 1. Memory is that of the keys, not of ``size``, where ``size`` is very large.
    """
    if size > DENSE_PER_ITEM * len(key) + DENSE_FLOOR:
        present, position = np.unique(key, return_inverse=True)
        return present.astype(np.intp, copy=False), position.astype(np.intp, copy=False)
    seen = np.zeros(size, dtype=np.bool_)
    seen[key] = True
    present = np.flatnonzero(seen)
    del seen
    # Half the width is half the memory of the longest table there is.
    lookup = np.empty(size, dtype=np.int32 if size < 2**31 else np.intp)
    lookup[present] = np.arange(len(present), dtype=lookup.dtype)
    return present, lookup.take(key).astype(np.intp, copy=False)


def group_sums(values: Floats, group: Ints, size: int) -> Floats:
    """Sum of the values of each group 0 .. ``size`` - 1, in the order of the values."""
    # Of nothing, bincount returns integers.
    total: Any = np.bincount(group, values, size) if len(values) else np.zeros(size)
    return total
