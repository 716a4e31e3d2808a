from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.govern.small_hub import PUBLICATION, SmallHub

from informality.govern.equal import settled
from informality.govern.release import release
from informality.settings import Thresholds

LIMITS = Thresholds()
FIRST = PUBLICATION.first


def of_variants(**events: int):
    hub = SmallHub()
    for variant, event in events.items():
        hub.add((), 2000, event, variant=variant)
    return hub.frame()


def test_a_variant_that_moves_a_few_persons_is_printed_equal() -> None:
    hub = of_variants(icls17=1000, icls21=1003, national=1010)
    found, equal = settled(hub, LIMITS, FIRST)
    by = found.assign(equal=equal).set_index(["variant", "statistic"])
    assert by.loc[("icls21", "share"), ["estimate", "equal"]].tolist() == [0.5, True]
    assert by.loc[("icls21", "total"), ["estimate", "equal"]].tolist() == [100_000.0, True]
    assert by.loc[("national", "share"), ["estimate", "equal"]].tolist() == [0.505, False]
    published = release(hub, LIMITS, PUBLICATION).set_index(["variant", "statistic"])
    assert published.loc[("icls21", "share"), ["estimate", "flag", "flag_reason"]].tolist() == [0.5, "", "few_differ"]
    assert published.loc[("icls17", "share"), "flag_reason"] == ""


def test_a_third_is_compared_with_all_that_are_shown() -> None:
    """12 from the first and 4 from the second: shown beside the second it would single out four."""
    found, equal = settled(of_variants(icls17=1000, icls21=1012, other=1016), LIMITS, FIRST)
    shares = found[found["statistic"] == "share"].set_index("variant")["estimate"]
    assert shares["other"] == shares["icls21"] == 0.506
    assert equal.sum() == 2


def test_laws_and_readings_count_as_variants_do() -> None:
    hub = SmallHub()
    for law, assumption, event in (
        ("law", "wide", 500),
        ("law", "narrow", 505),
        ("other", "wide", 491),
        ("other", "narrow", 700),
    ):
        hub.add((), 2000, event, variant="", law=law, assumption=assumption, indicator="split", category="legal_gap")
    found, equal = settled(hub.frame(), LIMITS, FIRST)
    shares = found[found["statistic"] == "share"].set_index(["law", "assumption"])["estimate"]
    assert shares.tolist() == [0.25, 0.25, 0.25, 0.35]
    assert equal.sum() == 4


@pytest.mark.parametrize("change", [{"universe": "employees"}, {"indicator": "informal_sector"}, {"concept": "icls13"}])
def test_others_are_no_alternatives(change: dict[str, str]) -> None:
    hub = SmallHub().add((), 2000, 1000).add((), 2000, 1003, **{"variant": "icls21", **change}).frame()
    assert not settled(hub, LIMITS, FIRST)[1].any()


def test_another_base_is_another_matter() -> None:
    hub = SmallHub().add((), 2000, 1000).add((), 1900, 1003, variant="icls21").frame()
    assert not settled(hub, LIMITS, FIRST)[1].any()


def test_persons_who_are_only_known_by_one_variant_are_few_as_well() -> None:
    """Don't know counted as informal: four more are known, and all four counted."""
    hub = SmallHub().add((), 2000, 1000, missing=4).add((), 2004, 1004, variant="icls21").frame()
    assert settled(hub, LIMITS, FIRST)[1].all() or settled(hub, LIMITS, FIRST)[1].sum() == 2


def test_expected_values_of_scenarios_differ_without_a_person_differing() -> None:
    hub = SmallHub()
    for assumption in ("low", "central", "high"):
        hub.add((), 2000, 1000, variant="", scenario="s", assumption=assumption, indicator="scenario_gain_alone")
    assert not settled(hub.frame(), LIMITS, FIRST)[1].any()


def test_cover_after_a_scenario_that_reaches_a_few_is_that_before() -> None:
    hub = SmallHub().add((), 2000, 1000, variant="", scenario="all", indicator="scenario_coverage", category="before")
    for scenario, event in (("few", 1004), ("many", 1400)):
        hub.add(
            (),
            2000,
            event,
            variant="",
            scenario=scenario,
            assumption="central",
            indicator="scenario_coverage",
            category="after",
        )
    found, equal = settled(hub.frame(), LIMITS, FIRST)
    shares = found.assign(equal=equal)[found["statistic"] == "share"].set_index("scenario")
    assert shares["estimate"].tolist() == [0.5, 0.5, 0.7]
    assert shares["equal"].tolist() == [False, True, False]


@given(st.lists(st.integers(0, 60), min_size=2, max_size=6))
def test_no_two_shown_variants_differ_by_a_few(events: list[int]) -> None:
    names = ["icls17", "icls21", "a", "b", "c", "d"][: len(events)]
    found, _ = settled(of_variants(**dict(zip(names, [700 + e for e in events], strict=True))), LIMITS, FIRST)
    counts = np.unique(found.loc[found["statistic"] == "share", "n_event"].to_numpy(float))
    assert (np.diff(counts) >= LIMITS.confidential_below).all()
