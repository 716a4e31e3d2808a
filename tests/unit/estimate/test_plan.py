from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from informality.estimate.plan import Step, families, needed

NAMES = ("a", "b", "c", "d")
SIZES = {"a": 2, "b": 3, "c": 5, "d": 7}
ALL = [by for r in range(4) for by in combinations(NAMES, r)]


def test_a_margin_comes_from_the_smallest_breakdown_that_holds_it() -> None:
    made = families([(), ("a",), ("a", "b"), ("a", "c"), ("d",)], SIZES)
    assert made == [
        [Step(("a", "b"), None), Step(("a",), 0), Step((), 1)],
        [Step(("a", "c"), None)],
        [Step(("d",), None)],
    ]


@given(st.lists(st.sampled_from(ALL), min_size=1))
def test_every_breakdown_is_made_once_after_its_parent(breakdowns: list[tuple[str, ...]]) -> None:
    made = families(breakdowns, SIZES)
    assert sorted(step.by for family in made for step in family) == sorted(set(breakdowns))
    for family in made:
        for position, step in enumerate(family):
            if step.parent is None:
                assert position == 0
                assert not any(set(step.by) < set(other) for other in breakdowns)
            else:
                assert step.parent < position
                assert set(step.by) < set(family[step.parent].by)


def test_needed_holds_the_way_down_from_the_rows() -> None:
    family = [Step(("a", "b"), None), Step(("a",), 0), Step(("b",), 0), Step((), 1)]
    assert needed(family, [()]) == [0, 1, 3]
    assert needed(family, [("b",), ("x",)]) == [0, 2]
    assert needed(family, [("x",)]) == []
