"""Lines of published tables in which one row alone is hidden.

A row can be hidden because what it counts is a hidden domain of another world (those in the compliance gap among all workers). The
programme of `secondary` knows the domains of each world, not the numerators that cross them; so where such a row stands alone in its
line, the sum of the line would give it back, and the line is hidden with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from informality.govern.worlds import Key

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.intp]


def without_lone_rows(keys: Sequence[Key], number: Ints, hidden: Bools) -> Bools:
    """``hidden`` with all lines of which one row alone was hidden while their total is shown.

    ``keys``: the levels of each row; ``number``: its series, -1 for rows of none. A line is a series' levels of one dimension within
    the same levels of the others. Closing a line may leave one alone in another, so it goes on until none is.
    """
    result = hidden.copy()
    places: dict[tuple[int, Key], list[int]] = defaultdict(list)
    lines: dict[tuple[int, Key, str], set[Key]] = defaultdict(set)
    for row in np.flatnonzero(number >= 0).tolist():
        places[int(number[row]), keys[row]].append(row)
        for pair in keys[row]:
            rest = tuple(p for p in keys[row] if p != pair)
            lines[int(number[row]), rest, pair[0]].add(keys[row])
    changed = True
    while changed:
        changed = False
        for (series, rest, _), members in lines.items():
            whole = places.get((series, rest))
            if whole is None or result[whole].any() or len(members) < 2:
                continue
            closed = [key for key in members if result[places[series, key]].any()]
            if len(closed) == 1:
                for key in members:
                    result[places[series, key]] = True
                changed = True
    return result
