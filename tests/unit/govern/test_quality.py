from __future__ import annotations

import json

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from unit.govern.small_hub import PUBLICATION
from unit.publish import fake_hub

from informality.govern.benchmarks import COLUMNS, compare, told_benchmarks
from informality.govern.quality import released_quality, told_checks
from informality.govern.release import release
from informality.settings import Thresholds
from informality.vocabulary import REASONS

LIMITS = Thresholds()
FLAGS = pd.DataFrame(
    {
        "flag": ["Infempl", "Infempl", "Sector"],
        "outcome": ["all", "1", "all"],
        "rows": [18_437, 18_437, 0],
        "disagreements": [37, 20, 0],
    }
)


def quality(counts: dict[str, int]) -> pd.DataFrame:
    lines = [("variable", "soc_sec", reason, n, 1.0, None) for reason, n in counts.items()]
    lines += [
        ("weights", "minimum", "", 100, None, 50.0), ("weights", "maximum_over_median", "", 100, None, 5.8), ("weights", "sum", "", 100, None, 5e7),
        ("weights", "coefficient_of_variation", "", 100, None, 0.49), ("design", "strata", "", 248, None, None),
        ("design", "psus", "", 3244, None, None), ("design", "lonely_strata", "", 2, None, None),
    ]  # fmt: skip
    return pd.DataFrame(lines, columns=["part", "item", "level", "n", "persons", "value"])


@given(st.dictionaries(st.sampled_from(REASONS), st.integers(1, 40_000), min_size=1))
def test_counts_are_rounded_and_few_persons_have_none(counts: dict[str, int]) -> None:
    told = released_quality(quality(counts), FLAGS, LIMITS)["questions"][0]
    assert told["variable"] == "soc_sec"
    for reason in REASONS:
        if reason not in counts:
            assert told[reason] == 0
        elif counts[reason] < LIMITS.confidential_below:
            assert told[reason] is None
        else:
            assert told[reason] % 10 == 0
            assert abs(told[reason] - counts[reason]) <= 5


def test_what_the_checks_found_crosses_without_its_sentences() -> None:
    found = pd.DataFrame(
        {
            "id": ["untaken", "age"],
            "where": ["variables.area", "variables.age"],
            "count": [1124, 9],
            "text": ["1124 of", "9 of"],
        }
    )
    assert told_checks(found, LIMITS) == [
        {"check": "untaken", "where": "variables.area", "count": 1120.0},
        {"check": "age", "where": "variables.age", "count": None},
    ]
    assert told_checks(found[:0], LIMITS) == []


def test_no_single_weight_is_told() -> None:
    design = released_quality(quality({"answered": 100}), FLAGS, LIMITS)["design"]
    assert design == {
        "coefficient_of_variation": 0.49,
        "strata": 248.0,
        "psus": 3244.0,
        "lonely_strata": 2.0,
    }


def test_agreement_with_official_flags_is_of_those_who_have_one() -> None:
    told = released_quality(quality({"answered": 100}), FLAGS, LIMITS)["flags"]
    assert told == [{"flag": "Infempl", "persons": 18_440.0, "agreement": 0.998}]


def test_what_readers_are_told_of_benchmarks_holds_no_hidden_number() -> None:
    row = dict.fromkeys(COLUMNS, "") | {
        "id": "rate", "indicator": "informal", "statistic": "share", "variant": "icls17", "concept": "icls19", "universe": "employed",
        "published": "82.7", "unit": "percent", "decimals": "1", "kind": "published", "comparable": "yes", "source": "a report",
    }  # fmt: skip
    benchmarks = pd.DataFrame([row], columns=list(COLUMNS), dtype="str")
    hub = fake_hub.hub()
    compared = compare(benchmarks, hub)
    published = release(hub, LIMITS, PUBLICATION)
    told = told_benchmarks(compared, benchmarks, published)
    assert (told[0]["verdict"], told[0]["published"], told[0]["estimate"]) == ("match", 82.7, 82.7)
    assert not {"computed", "difference", "se"} & set(told[0])
    # What is hidden must not come back through a check: neither as a number nor as a verdict on it.
    hidden = published.assign(estimate=float("nan"))
    told = told_benchmarks(compared, benchmarks, hidden)
    assert (told[0]["estimate"], told[0]["verdict"]) == (None, "not_comparable")
    json.dumps(told, allow_nan=False)
    assert told_benchmarks(pd.DataFrame(), None, published) == []
