"""Which variant is shown first (decision 32)."""

from __future__ import annotations

import pandas as pd
import pytest

from informality.classify.primary import COMPUTABLE, DECLARED, NONE, computable, primary, told
from informality.errors import UserError
from informality.settings import Variant

VARIANTS = {
    "icls21": Variant(standard="icls21"),
    "icls17_strict": Variant(standard="icls17", sensitivity=True),
    "icls17": Variant(standard="icls17"),
    "national": Variant(standard="national"),
}


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ({"icls21": 1.0, "icls17": 0.96, "national": 1.0}, ("icls17", COMPUTABLE)),
        ({"icls21": 1.0, "icls17": 0.16, "national": 1.0}, ("national", COMPUTABLE)),
        ({"icls21": 1.0, "icls17": 0.16, "national": 0.9}, ("icls17", NONE)),
        ({"icls21": 1.0, "icls17": 0.16}, ("icls17", NONE)),
        ({"icls17_strict": 1.0, "national": 0.99}, ("national", COMPUTABLE)),
    ],
)
def test_the_first_that_can_be_computed(shares: dict[str, float], expected: tuple[str, str]) -> None:
    assert primary(VARIANTS, shares, None, "x.yaml") == expected


def test_what_a_family_declares_holds_for_all_its_waves() -> None:
    assert primary(VARIANTS, {"icls17": 1.0, "national": 0.2}, "national", "x.yaml") == ("national", DECLARED)
    with pytest.raises(UserError, match="'national' is not classified"):
        primary(VARIANTS, {"icls17": 1.0}, "national", "surveys/x.yaml")
    # A run may have other variants; then it says so.
    alone = {"national": VARIANTS["national"]}
    assert primary(alone, {"national": 1.0}, "icls17", "surveys/x.yaml") == ("national", COMPUTABLE)
    assert told({"national": 1.0}, alone, "national", "icls17") == [
        "publication.primary: 'icls17' is none of the variants of this run; shown first: national"
    ]


def test_the_computable_part_is_weighted_and_of_the_employed() -> None:
    persons = pd.DataFrame({
        "employed__icls19": [True, True, True, False], "weight": [1.0, 2.0, 5.0, 100.0],
        "job__national": pd.Categorical(["formal", None, "informal", None]),
    })  # fmt: skip
    classified = pd.DataFrame({"job__icls17": pd.Categorical(["informal", None, None, None])})
    pairs = [("icls17", "icls19"), ("national", "icls19"), ("icls21", "icls19")]
    assert computable(persons, classified, pairs, "icls19") == {"icls17": 1 / 8, "national": 6 / 8}


def test_the_end_of_a_run_says_what_is_left_open() -> None:
    shares = {"icls17": 0.156, "icls17_strict": 0.156, "national": 1.0}
    assert told(shares, VARIANTS, "national") == ["icls17: 16 % of employment can be classified; shown first: national"]
