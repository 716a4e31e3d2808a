"""The attack on a small made survey: what is rounded withstands it, what is not does not."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from attack.differencing import between, within
from attack.knowledge import Knowledge, knowledge
from attack.made import UNIVERSES, estimated, made, printed, released, weights_of
from attack.programme import ranges

from informality.estimate.joins import Least
from informality.settings import Thresholds

SIZE, SEED = 700, 7
# Cells in one programme: some of all, for the sake of time.
NEAREST = 120
# Steps of rounding, in weights.
STEPS = (10, 12.5, 16.7, 20)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("attack")


@pytest.fixture(scope="module")
def hubs(folder: Path) -> dict[bool, pd.DataFrame]:
    return {equal: estimated(*made(SIZE, SEED, equal), folder) for equal in (True, False)}


def known(hub: pd.DataFrame, persons: pd.DataFrame, *releases: tuple[pd.DataFrame, dict[str, object]]) -> Knowledge:
    found = knowledge(hub, list(releases), UNIVERSES, weights_of(persons))
    assert found.contradictions == []
    return found


def told(found: Knowledge) -> pd.DataFrame:
    table = ranges(found, nearest=NEAREST)
    assert table["right"].all()
    return table


@pytest.mark.parametrize("equal", [True, False])
def test_the_attack_finds_what_is_only_hidden(hubs: dict[bool, pd.DataFrame], equal: bool) -> None:
    persons, _ = made(SIZE, SEED, equal)
    found = known(hubs[equal], persons, printed(hubs[equal]))
    assert told(found)["exact"].sum() > 5
    if not equal:
        assert within(found)["weight"].any()


@pytest.mark.parametrize("step", STEPS)
def test_no_hidden_count_where_all_weights_are_equal(hubs: dict[bool, pd.DataFrame], step: float) -> None:
    persons, _ = made(SIZE, SEED, True)
    table = told(known(hubs[True], persons, released(hubs[True], persons, 100 * step)))
    assert len(table) > 20
    assert not table["narrow"].any(), table[table["narrow"]].to_string()


def test_no_hidden_count_and_no_person_where_weights_differ(hubs: dict[bool, pd.DataFrame]) -> None:
    persons, _ = made(SIZE, SEED, False)
    found = known(hubs[False], persons, released(hubs[False], persons, 2000))
    table, pairs = told(found), within(found)
    assert not table["narrow"].any(), table[table["narrow"]].to_string()
    assert len(pairs) > 10
    assert not pairs[["class", "weight"]].any(axis=None), pairs[pairs["class"] | pairs["weight"]].to_string()


def test_two_releases_with_other_thresholds_say_no_more(hubs: dict[bool, pd.DataFrame], folder: Path) -> None:
    persons, classes = made(SIZE, SEED, True)
    limits = Thresholds(confidential_below=12, hide_below=40)
    other = estimated(persons, classes, folder, Least(12, 40))
    both = [released(hubs[True], persons, 1000), released(other, persons, 1000, limits)]
    table = told(known(hubs[True], persons, *both))
    assert not table["narrow"].any(), table[table["narrow"]].to_string()


def test_of_one_person_who_leaves_national_rows_say_nothing(hubs: dict[bool, pd.DataFrame], folder: Path) -> None:
    persons, classes = made(SIZE, SEED, False)
    worker = int((persons["earnings_month"] > 0).to_numpy().nonzero()[0][5])
    left = persons.drop(index=worker), classes.drop(index=worker)
    hub = estimated(left[0].reset_index(drop=True), left[1].reset_index(drop=True), folder)
    before, after = released(hubs[False], persons, 2000)[0], released(hub, persons, 2000)[0]
    truth = {"weight": float(persons["weight"][worker]), "earnings": float(persons["earnings_month"][worker])}
    found = between((before, hubs[False]), (after, hub), 2000, weights_of(persons), truth)
    assert len(found) > 50
    assert not found["weight"].any()
    assert not found.loc[found["national"], "earnings"].any()
