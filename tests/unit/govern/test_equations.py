from __future__ import annotations

import numpy as np
import pandas as pd
from unit.govern.small_hub import SmallHub, crossed, of_persons, random_persons

from informality.govern.equations import counts
from informality.govern.nesting import assignment

BREAKDOWNS = [(), ("sex",), ("area",), ("sex", "area")]


def totals(hub: pd.DataFrame) -> set[tuple[str, ...]]:
    """Dimensions of the total and of the parts of each equation."""
    found = counts(hub)
    kinds = set()
    for equation in found.equations:
        sides = [found.keys[at][1] for at in (equation.total, equation.parts[0])]
        kinds.add(tuple(",".join(name for name, _ in key) for key in sides))
    return kinds


def test_margins_are_equations() -> None:
    persons = random_persons(500, {"sex": 2, "area": 2}, 1)
    assert totals(of_persons(persons, BREAKDOWNS).frame()) == {
        ("", "sex"), ("", "area"), ("sex", "sex,area"), ("area", "sex,area"),
    }  # fmt: skip


def test_a_table_that_is_not_whole_is_no_equation() -> None:
    hub = SmallHub().add((), 100, 50).add((("sex", "male"),), 60, 30).add((("sex", "female"),), 30, 15)
    assert counts(hub.frame()).equations == ()


def test_a_coarser_grouping_is_found_in_the_counts() -> None:
    persons = random_persons(800, {"industry": 7, "sex": 2}, 2)
    coarse = {level: f"broad{i % 3}" for i, level in enumerate(sorted(persons["industry"].unique()))}
    persons["industry3"] = persons["industry"].map(coarse)
    hub = of_persons(persons, [(), ("industry",), ("industry3",), ("sex",), ("sex", "industry"), ("sex", "industry3")])
    found = totals(hub.frame())
    assert ("industry3", "industry") in found
    assert ("sex,industry3", "sex,industry") in found


def test_groupings_that_are_not_nested_have_no_assignment() -> None:
    assert assignment([{"a": 5, "b": 7}], [{"x": 6, "y": 6}]) == {}
    assert assignment([{"a": 5, "b": 7, "c": 1}], [{"x": 6, "y": 7}]) == {"a": "x", "b": "y", "c": "x"}
    assert assignment([], []) == {}


def test_a_universe_that_is_a_level_of_another_shares_its_domains() -> None:
    persons = random_persons(900, {"sex": 2, "status": 3}, 3)
    whole = of_persons(persons, crossed(["sex", "status"], 2))
    employees = persons[persons["status"] == "status00"]
    hub = pd.concat([whole.frame(), of_persons(employees, [(), ("sex",)], universe="asked", indicator="cover").frame()])
    found = counts(hub.reset_index(drop=True))
    asked = (hub["indicator"] == "cover").to_numpy()
    assert {found.keys[at][1] for at in found.domain[asked]} == {
        (("status", "status00"),),
        (("sex", "sex00"), ("status", "status00")),
        (("sex", "sex01"), ("status", "status00")),
    }


def test_a_universe_of_some_levels_is_their_sum() -> None:
    persons = random_persons(900, {"sex": 2, "status": 4}, 4)
    whole = of_persons(persons, crossed(["sex", "status"], 2)).frame()
    some = persons[persons["status"].isin(["status01", "status02"])]
    hub = pd.concat([whole, of_persons(some, [(), ("sex",)], universe="asked", indicator="cover").frame()])
    found = counts(hub.reset_index(drop=True))
    union = found.keys.index((0, (("status", "status01|status02"),)))
    parts = [e.parts for e in found.equations if e.total == union]
    names = [{found.keys[at][1] for at in some} for some in parts]
    assert {(("status", "status01"),), (("status", "status02"),)} in names


def test_concepts_of_one_universe_are_hidden_together() -> None:
    persons = random_persons(600, {"sex": 2}, 5)
    hub = pd.concat(
        [
            of_persons(persons, [(), ("sex",)]).frame(),
            of_persons(persons[:300], [(), ("sex",)], concept="icls13").frame(),
        ]
    ).reset_index(drop=True)
    found = counts(hub)
    assert found.domain.max() == 2


def test_persons_of_the_event_are_a_domain_of_the_other_universe() -> None:
    """Those employed among all persons are the base of everything else."""
    persons = random_persons(900, {"sex": 2, "area": 2}, 6)
    employed = of_persons(persons[persons["event"]].assign(event=True), [(), ("sex",), ("area",)]).frame()
    everybody = of_persons(persons, [(), ("sex",)], universe="working_age", indicator="employment").frame()
    hub = pd.concat([employed, everybody], ignore_index=True)
    found = counts(hub)
    rows = (hub["indicator"] == "employment").to_numpy()
    assert (found.event_domain[rows] >= 0).all()
    assert (found.event_domain[~rows] == -1).all()


def test_tables_of_three_dimensions_are_in_no_system() -> None:
    persons = random_persons(500, {"sex": 2, "area": 2, "education": 2}, 7)
    hub = of_persons(persons, crossed(["sex", "area", "education"], 3)).frame()
    three = (hub[["sex", "area", "education"]] != "_T").all(axis=1).to_numpy()
    found = counts(hub)
    assert (found.domain[three] == -1).all()
    assert (found.domain[~three] >= 0).all()


def test_rows_in_another_order_have_the_same_equations() -> None:
    persons = random_persons(500, {"sex": 2, "area": 3}, 8)
    hub = of_persons(persons, crossed(["sex", "area"], 2)).frame()
    mixed = hub.sample(frac=1, random_state=np.random.default_rng(1)).reset_index(drop=True)
    assert totals(hub) == totals(mixed)
