from __future__ import annotations

from pathlib import Path

import pytest

from informality.classify.rule_book import rule_books
from informality.classify.standards import Standard, load_standards
from informality.settings import Variant

STANDARDS = Path(__file__).parents[3] / "workflow" / "standards"
VARIANTS = {
    "icls17": Variant(standard="icls17"),
    "national": Variant(standard="national"),
    "icls17_strict": Variant(standard="icls17", options={"registration": "strict"}, sensitivity=True),
    "mine": Variant(standard="icls17", options={"registration": "strict"}),
}


@pytest.fixture(scope="module")
def standards() -> dict[str, Standard]:
    return load_standards(STANDARDS)


def test_the_rules_that_stand_are_told_in_their_order(standards: dict[str, Standard]) -> None:
    book, strict = rule_books(["icls17", "mine"], VARIANTS, standards)
    for part in ("unit", "job"):
        choices = standards["icls17"].choices({}, "icls17")
        assert [rule["id"] for rule in book[part]] == [rule.id for rule in standards["icls17"].rules(part, choices)]
    assert [rule["id"] for rule in strict["unit"]] != [rule["id"] for rule in book["unit"]]
    assert all(rule["condition"] and rule["outcome"] and rule["source"] for rule in book["unit"])


def test_every_option_is_told_with_its_choice(standards: dict[str, Standard]) -> None:
    (book,) = rule_books(["mine"], VARIANTS, standards)
    told = {one["option"]: (one["choice"], one["others"]) for one in book["options"]}
    assert set(told) == set(standards["icls17"].options)
    assert told["registration"][0] == "strict"
    for name, (choice, others) in told.items():
        assert {choice, *others} == set(standards["icls17"].options[name].choices)


def test_a_sensitivity_variant_tells_what_it_changes_and_no_rules_again(standards: dict[str, Standard]) -> None:
    (book,) = rule_books(["icls17_strict"], VARIANTS, standards)
    assert [one["option"] for one in book["options"]] == ["registration"]
    assert book["unit"] == book["job"] == []


def test_each_variant_is_told_once_and_the_national_rule_elsewhere(standards: dict[str, Standard]) -> None:
    books = rule_books(["icls17", "national", "icls17", "icls17_strict"], VARIANTS, standards)
    assert [book["variant"] for book in books] == ["icls17", "icls17_strict"]
