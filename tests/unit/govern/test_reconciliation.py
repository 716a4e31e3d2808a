from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from informality.govern.reconciliation import reconciled
from informality.vocabulary import DIMENSIONS, TOTAL

COVERAGE = {
    "main": "old_age",
    "law": "aaa_2010",
    "laws": [{"law": "aaa_2010", "any_cash": "old_age"}],
    "cover": [["sickness", ["sickness", "old_age"], ["fund"]]],
}


def row(indicator: str, estimate: float, se: float, **keys: str) -> dict[str, object]:
    start = dict.fromkeys(("category", "branch", "law", "assumption"), "") | dict.fromkeys(DIMENSIONS, TOTAL)
    values = {
        "estimate": estimate,
        "se": se,
        "ci_low": estimate - 2 * se,
        "ci_high": estimate + 2 * se,
        "n": 400.0,
        "flag": "",
    }
    return {
        **start,
        "indicator": indicator,
        "statistic": "total",
        "concept": "icls19",
        "universe": "employed",
        **values,
        **keys,
    }


HUB = pd.DataFrame(
    [
        row("coverage", 350.0, 20.0, branch="sickness"),
        row("coverage", 200.0, 20.0, branch="sickness", sex="male"),
        row("coverage", 90.0, 20.0, branch="sickness", universe="employees"),
        row("coverage", 1.0, 1.0, branch="sickness", concept="icls13"),
        row("split", 30.0, 5.0, branch="old_age", law="aaa_2010", assumption="wide", category="covered_voluntary", universe="main_span"),
        row("split", 77.0, 5.0, branch="old_age", law="aaa_2010", assumption="narrow", category="covered_voluntary", universe="main_span"),
    ]
)  # fmt: skip


def told(what: str, value: float = 400.0, hub: pd.DataFrame = HUB) -> dict[str, object]:
    return reconciled([{"id": "a", "what": what, "value": value}], hub, COVERAGE, "icls19")[0]


def test_the_difference_is_survey_less_count_and_in_standard_errors() -> None:
    found = told("insured")
    assert (found["estimate"], found["difference"], found["in_standard_errors"]) == (350.0, -50.0, -2.5)
    assert found["ratio"] == pytest.approx(0.875)


def test_voluntary_members_are_those_covered_voluntarily_under_the_law_in_force_in_its_wide_reading() -> None:
    assert told("voluntary_members", 25.0)["difference"] == 5.0


def test_a_count_of_another_kind_has_no_counterpart() -> None:
    assert told("dependants") == {"id": "a", "indicator": ""}


def test_what_is_hidden_gives_no_difference() -> None:
    hidden = HUB.assign(estimate=np.nan, se=np.nan, flag="x")
    assert told("insured", hub=hidden) == {"id": "a", "indicator": "coverage", "flag": "x", "n": 400.0}


def test_without_counts_there_is_nothing() -> None:
    assert reconciled([], HUB, COVERAGE, "icls19") == []
