"""Reading the standards: what they hold, and every mistake in them or in a variant with its place and the nearest word."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import WORKFLOW, all_choices, edited, standards

from informality.classify.standards import VALID_CONCEPTS, check_variants, load_standards, pairs
from informality.errors import UserError
from informality.settings import Variant

STANDARDS = standards()
ICLS17 = WORKFLOW / "standards" / "icls17.yaml"
ICLS21 = WORKFLOW / "standards" / "icls21.yaml"


def refused(path: Path, folder: Path, change: dict[str, object]) -> str:
    edited(path, folder, change)
    with pytest.raises(UserError) as raised:
        load_standards(folder)
    return str(raised.value)


def test_the_standards_that_the_pipeline_comes_with() -> None:
    assert list(STANDARDS) == ["icls17", "icls21"]
    assert not STANDARDS["icls17"].provisional
    # Until a named person has checked its rules (decision 5).
    assert STANDARDS["icls21"].provisional
    assert STANDARDS["icls21"].checked_by is None


def test_defaults_are_those_of_lao_pdr_2017() -> None:
    """Decision 4."""
    chosen = STANDARDS["icls17"].choices({}, "test")
    assert chosen["registration"] == "lenient"
    assert chosen["dont_know"] == "as_missing"
    assert chosen["own_use"] == "only"
    assert chosen["place_not_asked"] == "size_only"
    # Not Lao PDR 2017: most surveys have no question on the household as employer.
    assert chosen["household_codes"] == "used"


def test_valid_pairs_of_standard_and_concept() -> None:
    """Decision 1: the 21st ICLS goes with the 19th ICLS concept, never with the 13th."""
    assert {"icls17": {"icls13", "icls19", "national"}, "icls21": {"icls19", "national"}} == VALID_CONCEPTS
    for name, standard in STANDARDS.items():
        assert set(standard.concepts) == VALID_CONCEPTS[name]


@pytest.mark.parametrize("name", STANDARDS)
def test_the_last_rule_decides_everybody_who_is_left_whatever_the_choices(name: str) -> None:
    standard = STANDARDS[name]
    for choices in all_choices(standard):
        for part in ("unit", "job"):
            rules = standard.rules(part, choices)
            assert rules[-1].condition.text == "TRUE"
            assert rules[-1].outcome in ("informal_sector", "informal")
            assert len({rule.id for rule in rules}) == len(rules)


def test_only_cover_and_size_are_proxies() -> None:
    """Decision 5: social security and size as signs of a formal unit are flagged."""
    proxies = {name: [r.id for r in (*s.unit, *s.job) if r.proxy] for name, s in STANDARDS.items()}
    assert proxies == {"icls17": ["U7", "U8", "U8s"], "icls21": ["V7", "V8"]}
    assert STANDARDS["icls17"].outcome("unit", "U7") == ("formal_sector", True)
    assert STANDARDS["icls17"].outcome("job", "J1") == ("informal", False)


def test_rules_of_other_choices_are_left_out() -> None:
    standard = STANDARDS["icls17"]
    lenient = [r.id for r in standard.rules("unit", standard.choices({}, "test"))]
    strict = [r.id for r in standard.rules("unit", standard.choices({"registration": "strict"}, "test"))]
    assert [rule for rule in strict if rule not in lenient] == ["U6"]


@pytest.mark.parametrize(
    ("path", "change", "expected"),
    [
        (ICLS17, {"unit.U1.then": "houshold"}, ["unit.U1.then: 'houshold'", "did you mean 'household'?"]),
        (ICLS17, {"job.J1.then": "household"}, ["job.J1.then: 'household'", "formal, informal"]),
        (ICLS17, {"unit.U6.only": {"registratoin": "strict"}}, ["unit.U6.only: 'registratoin'", "'registration'?"]),
        (ICLS17, {"unit.U6.only": {"registration": "strickt"}}, ["unit.U6.only: 'strickt'", "did you mean 'strict'?"]),
        (ICLS17, {"options.own_use.default": "onl"}, ["options.own_use.default", "did you mean 'only'?"]),
        (ICLS17, {"concepts": ["icls31"]}, ["concepts: 'icls31'", "did you mean 'icls"]),
        (ICLS21, {"concepts": ["icls13"]}, ["icls21 does not go with the employment concept 'icls13'"]),
        (ICLS21, {"provisional": False}, ["icls21 is provisional until 'checked_by' names the person"]),
        (ICLS17, {"unit.U2.id": "U1"}, ["unit.U1: this id stands twice"]),
        (ICLS17, {"unit.U9.if": "registered = 'no'"}, ["unit.U9: the last rule decides everybody who is left"]),
        (ICLS17, {"job.J12.only": {"registration": "strict"}}, ["job.J12: the last rule decides everybody"]),
        (ICLS17, {"unit.U4.sauce": "x"}, [".sauce: unknown key", "did you mean 'source'?"]),
        (ICLS17, {"unit.U4.source": None}, [".source: this key is required"]),
        (ICLS17, {"options.own_use.choices": {"only": "x"}}, ["options.own_use.choices"]),
    ],
)
def test_a_mistake_in_a_standard_names_file_place_and_nearest_word(
    tmp_path: Path, path: Path, change: dict[str, object], expected: list[str]
) -> None:
    message = refused(path, tmp_path, change)
    assert f"where:      {path.name}" in message
    for part in expected:
        assert part in message


@pytest.mark.parametrize(
    ("rule", "condition", "expected"),
    [
        ("unit.U4", "books = 'compleet'", ["'compleet' is not a level of 'books'", "did you mean 'complete'?"]),
        ("unit.U4", "boks = 'complete'", ["there is no column 'boks'", "did you mean 'books'?"]),
        ("unit.U4", "books_why = 'dontknow'", ["not a level of 'books_why'", "did you mean 'dont_know'?"]),
        ("unit.U6", "registered IN ('no', 'in_proces')", ["'in_proces' is not a level of 'registered'"]),
        ("unit.U4", "unit = 'household'", ["there is no column 'unit'"]),
        ("job.J7", "unit = 'formal'", ["'formal' is not a level of 'unit'", "did you mean 'formal_sector'?"]),
        ("unit.U4", "books = complete =", ["this condition is not understood"]),
        ("unit.U4", "(SELECT 1) = 1", ["not allowed in a condition"]),
    ],
)
def test_a_mistake_in_a_condition_names_the_rule(
    tmp_path: Path, rule: str, condition: str, expected: list[str]
) -> None:
    message = refused(ICLS17, tmp_path, {f"{rule}.if": condition})
    assert f"where:      workflow/standards/icls17.yaml, {rule}" in message
    for text in expected:
        assert text in message


def test_who_might_be_a_contractor_is_checked_too(tmp_path: Path) -> None:
    message = refused(ICLS21, tmp_path, {"possible_dependent_contractors": "status = 'ownaccount'"})
    assert "'ownaccount' is not a level of 'status'" in message
    assert "possible_dependent_contractors" in message


def test_a_file_is_called_after_its_standard(tmp_path: Path) -> None:
    edited(ICLS17, tmp_path, {}).rename(tmp_path / "copy.yaml")
    with pytest.raises(UserError, match=r"called 'icls17' but its file copy\.yaml"):
        load_standards(tmp_path)


@pytest.mark.parametrize(
    ("variant", "expected"),
    [
        (Variant(standard="icls71"), ["there is no standard 'icls71'", "did you mean 'icls"]),
        (Variant(standard="icls17", options={"registraton": "strict"}), ["no option 'registraton'", "'registration'?"]),
        (
            Variant(standard="icls17", options={"registration": "strikt"}),
            ["no choice 'strikt'", "did you mean 'strict'?"],
        ),
        (Variant(standard="icls17", options={"proxies": "used"}), ["icls17 has no option 'proxies'"]),
        (Variant(standard="national", options={"registration": "strict"}), ["the national rule has no options"]),
    ],
)
def test_a_variant_names_a_standard_its_options_and_their_choices(variant: Variant, expected: list[str]) -> None:
    with pytest.raises(UserError) as raised:
        check_variants({"mine": variant}, STANDARDS)
    assert "workflow/config.yaml, variants.mine" in str(raised.value)
    for part in expected:
        assert part in str(raised.value)


def test_good_variants_pass() -> None:
    check_variants(
        {
            "a": Variant(standard="icls17", options={"registration": "strict"}),
            "b": Variant(standard="icls21"),
            "c": Variant(standard="national"),
        },
        STANDARDS,
    )


@pytest.mark.parametrize(
    ("concepts", "expected"),
    [
        (("icls19", "icls13"), [("old", "icls13"), ("old", "icls19"), ("new", "icls19")]),
        (("icls13",), [("old", "icls13")]),
        (("national",), [("old", "national"), ("new", "national"), ("office", "national")]),
    ],
)
def test_pairs_hold_what_is_valid_and_what_the_survey_yields(
    concepts: tuple[str, ...], expected: list[tuple[str, str]]
) -> None:
    variants = {
        "old": Variant(standard="icls17"),
        "new": Variant(standard="icls21"),
        "office": Variant(standard="national"),
    }
    assert pairs(variants, STANDARDS, concepts) == expected
