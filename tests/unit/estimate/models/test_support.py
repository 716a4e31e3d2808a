"""Thin levels and the counts behind each level."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from informality.estimate.models.declared import Least
from informality.estimate.models.support import Cell, Thin, cells, thin_levels
from informality.estimate.models.terms import parse_terms


@pytest.fixture
def frame() -> pd.DataFrame:
    """Level c of x: three persons on one side, but all in one PSU; level d: nobody on side 0."""
    rows = [("a", "p", 0, 0), ("a", "p", 1, 1), ("a", "q", 0, 2), ("a", "q", 1, 3)] * 3
    rows += [("b", "p", 0, 0), ("b", "p", 0, 1), ("b", "r", 1, 0), ("b", "p", 1, 1)] * 2
    rows += [("c", "p", 0, 5), ("c", "p", 0, 5), ("c", "q", 0, 5), ("c", "p", 1, 0), ("c", "q", 1, 1)]
    rows += [("d", "q", 1, 2), ("d", "q", 1, 3)]
    found = pd.DataFrame(rows, columns=["x", "y", "side", "psu"])
    levels = {"x": list("abcde"), "y": list("pqr")}
    return found.assign(age=30.0, **{name: pd.Categorical(found[name], categories=levels[name]) for name in levels})


def thin(frame: pd.DataFrame, persons: int, psus: int) -> tuple[np.ndarray, list[Thin]]:
    rows = np.ones(len(frame), dtype=bool)
    side = frame["side"].to_numpy(float)
    return thin_levels(frame, ["x", "y", "age"], side, rows, frame["psu"].to_numpy(), Least(persons=persons, psus=psus))


def test_levels_without_enough_on_either_side(frame: pd.DataFrame) -> None:
    kept, found = thin(frame, 1, 1)
    # r of y has nobody on side 0 either; levels that nobody has are not thin.
    assert found == [Thin("x", "d", 2), Thin("y", "r", 2)]
    assert kept.sum() == len(frame) - 4
    _, found = thin(frame, 1, 2)
    assert Thin("x", "c", 5) in found


def test_the_search_goes_on_until_nothing_is_thin(frame: pd.DataFrame) -> None:
    """Without r, level b has three persons on side 1 less; then it is too thin itself."""
    _, at_first = thin(frame, 2, 1)
    assert [t.level for t in at_first] == ["d", "r"]
    kept, found = thin(frame, 3, 1)
    assert [t.level for t in found] == ["c", "d", "r", "b"]
    assert found[-1] == Thin("x", "b", 6)
    assert set(frame.loc[kept, "x"]) == {"a"}


def test_counts_of_levels_and_crossings(frame: pd.DataFrame) -> None:
    rows = (frame["x"] != "d").to_numpy()
    found = list(cells(frame, parse_terms(["x", "age", "x:y"]), frame["side"].to_numpy(float), rows, frame["psu"]))
    table = {(c.term, c.level, c.side): (c.n, c.n_psu) for c in found}
    assert len(table) == len(found) == 3 * 2 + 9 * 2
    assert table["x", "c", 0] == (3, 1)
    assert table["x", "c", 1] == (2, 2)
    assert table["x:y", "c:q", 0] == (1, 1)
    assert table["x:y", "a:r", 1] == (0, 0)
    for term in ("x", "x:y"):
        assert sum(c.n for c in found if c.term == term) == rows.sum()
    assert Cell("x", "a", 0, 6, 2) in found
