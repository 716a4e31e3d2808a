"""Tables of rules, options and open cases: by hand on seven workers, and that they add up on many."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from support import random_persons, standards, workers

from informality.classify.explain import (
    OPTION_COLUMNS,
    RULE_COLUMNS,
    UNSETTLED_COLUMNS,
    dependent_contractors,
    not_computable,
    option_table,
    rule_table,
)
from informality.classify.rules import classify
from informality.classify.standards import pairs
from informality.settings import Variant

STANDARDS = standards()
LEAVE = {"annual_leave": "yes", "sick_leave": "yes"}
NO_UNIT = dict.fromkeys(("registered", "books", "size_cut"), "?not_asked")
VARIANTS = {
    "icls17": Variant(standard="icls17"),
    "icls21": Variant(standard="icls21"),
    "national": Variant(standard="national"),
    "strict": Variant(standard="icls17", options={"registration": "strict"}, sensitivity=True),
}
PAIRS = [("icls17", "icls13"), ("icls17", "icls19"), ("icls21", "icls19")]


@pytest.fixture(scope="module")
def persons() -> pd.DataFrame:
    """Seven workers of weights 1, 2, 4 … 64, the last of them employed on the 13th ICLS concept alone, and a child."""
    frame = workers(
        [
            {"status": "employee", "registered": "yes", "soc_sec": "yes"},
            {"status": "employee", "registered": "no", "soc_sec": "?dont_know", **LEAVE},
            {"status": "employer", "registered": "no", "place": "fixed_premises", "size_cut": "at_or_above"},
            {"status": "own_account", "registered": "no"},
            {"status": "family_worker", "registered": "yes", "soc_sec": "?not_asked"},
            {"status": "employer", **NO_UNIT},
            {"status": "own_account", "destination": "only_own_use", "soc_sec": "?not_asked"},
            {},
        ]
    )
    employed = np.arange(8) < 7
    return frame.assign(
        weight=2.0 ** np.arange(8), employed__icls13=employed, employed__icls19=employed & (np.arange(8) < 6)
    )


@pytest.fixture(scope="module")
def classified(persons: pd.DataFrame) -> pd.DataFrame:
    return classify(persons, VARIANTS, STANDARDS)


def test_rule_table_by_hand(persons: pd.DataFrame, classified: pd.DataFrame) -> None:
    table = rule_table(persons, classified, PAIRS, VARIANTS, STANDARDS)
    assert tuple(table) == RULE_COLUMNS
    mine = table[(table["variant"] == "icls17") & (table["concept"] == "icls13")].set_index(["part", "rule"])
    decided = {
        ("unit", "U5"): ("formal_sector", False, 2, 1 + 16),
        ("unit", "U8"): ("formal_sector", True, 1, 4),
        ("unit", "U9"): ("informal_sector", False, 2, 2 + 8),
        ("unit", "U2"): ("household", False, 1, 64),
        ("unit", "UI"): ("not_computable", False, 1, 32),
        ("job", "J1"): ("informal", False, 1, 16),
        ("job", "J2"): ("formal", False, 1, 1),
        ("job", "J5"): ("formal", False, 1, 2),
        ("job", "J7"): ("formal", False, 1, 4),
        ("job", "J9"): ("informal", False, 1, 64),
        ("job", "J11"): ("informal", False, 1, 8),
        ("job", "JU"): ("not_computable", False, 1, 32),
    }
    for key, (outcome, proxy, n, weight) in decided.items():
        row = mine.loc[key]
        assert (row["outcome"], row["proxy"], row["n"], row["persons"]) == (outcome, proxy, n, weight), key
        assert row["share"] == pytest.approx(weight / 127)
    # Rules that decided nobody stand there too, with 0.
    others = mine.drop(index=list(decided))
    assert {("unit", "U1"), ("job", "J12")} <= set(others.index)
    assert (others["n"] == 0).all()
    assert (others["persons"] == 0).all()


def test_rule_table_keeps_to_the_concept(persons: pd.DataFrame, classified: pd.DataFrame) -> None:
    table = rule_table(persons, classified, PAIRS, VARIANTS, STANDARDS).set_index(["variant", "concept", "rule"])
    assert table.loc[("icls17", "icls13", "J9"), "n"] == 1
    assert table.loc[("icls17", "icls19", "J9"), "n"] == 0
    assert table.loc[("icls17", "icls19", "J7"), "share"] == pytest.approx(4 / 63)


def test_rule_table_holds_the_office_rules_that_come_with_the_persons(
    persons: pd.DataFrame, classified: pd.DataFrame
) -> None:
    rule = pd.Categorical(
        ["small", "small", "rest", "rest", "small", None, None, None], categories=["none", "small", "rest"]
    )
    unit = rule.rename_categories({"none": "household", "small": "informal_sector", "rest": "formal_sector"})
    office = persons.assign(
        unit_rule__national=rule, unit__national=unit, employed__national=persons["employed__icls19"]
    )
    table = rule_table(office, classified, [("national", "national")], VARIANTS, STANDARDS)
    rows = table[["part", "rule", "outcome", "n", "persons"]].to_numpy().tolist()
    assert rows == [
        ["unit", "none", "", 0, 0.0],
        ["unit", "small", "informal_sector", 3, 1 + 2 + 16.0],
        ["unit", "rest", "formal_sector", 2, 4 + 8.0],
        ["unit", "", "not_computable", 1, 32.0],
    ]


def test_option_table_by_hand(persons: pd.DataFrame) -> None:
    table = option_table(persons, PAIRS, VARIANTS, STANDARDS)
    assert tuple(table) == OPTION_COLUMNS
    # Sensitivity variants and the office's rule have no options of their own.
    assert set(table["variant"]) == {"icls17", "icls21"}
    mine = table[(table["variant"] == "icls17") & (table["concept"] == "icls19")].set_index(
        ["option", "choice", "part"]
    )
    strict = mine.loc[("registration", "strict", "unit")]
    # The employer with premises and size is taken by U6; the other two who are not registered were informal before.
    assert (strict["n_moved"], strict["persons_to_informal"], strict["persons_from_informal"]) == (1, 4, 0)
    assert strict["rate_percent"] == pytest.approx(100 * (2 + 4 + 8) / 31)
    assert strict["change_points"] == pytest.approx(100 * 4 / 31)
    job = mine.loc[("registration", "strict", "job")]
    assert (job["n_moved"], job["rate_percent"]) == (1, pytest.approx(100 * (4 + 8 + 16) / 31))
    unknown = mine.loc[("dont_know", "informal", "job")]
    assert (unknown["n_moved"], unknown["persons_to_informal"]) == (1, 2)
    assert mine.loc[("dont_know", "informal", "unit"), "n_moved"] == 0
    assert mine[mine["default"]].index.get_level_values("choice").tolist() == [
        o.default for o in STANDARDS["icls17"].options.values() for _ in ("unit", "job")
    ]
    assert (mine.loc[mine["default"], ["n_moved", "change_points"]] == 0).all(axis=None)


def test_the_choice_that_the_variant_takes_is_the_base_of_its_options(persons: pd.DataFrame) -> None:
    variants = {"mine": Variant(standard="icls17", options={"registration": "strict"})}
    table = option_table(persons, [("mine", "icls19")], variants, STANDARDS).set_index(["option", "choice", "part"])
    lenient = table.loc[("registration", "lenient", "unit")]
    assert not lenient["default"]
    assert (lenient["n_moved"], lenient["persons_from_informal"]) == (1, 4)
    assert lenient["change_points"] == pytest.approx(-100 * 4 / 31)


def test_not_computable_by_status(persons: pd.DataFrame, classified: pd.DataFrame) -> None:
    table = not_computable(persons, classified, PAIRS)
    assert tuple(table) == UNSETTLED_COLUMNS
    rows = table[table["variant"] == "icls21"].drop(columns="variant").to_numpy().tolist()
    assert rows == [
        ["icls19", "unit", "employer", 1, 32.0, "not_computable"],
        ["icls19", "job", "employer", 1, 32.0, "not_computable"],
        ["icls19", "job", "family_worker", 1, 16.0, "not_computable"],
    ]


def test_a_worker_without_status_is_counted_without_one() -> None:
    frame = workers([NO_UNIT]).assign(weight=3.0, employed__icls19=True)
    classified = classify(frame, {"icls17": Variant(standard="icls17")}, STANDARDS)
    rows = not_computable(frame, classified, [("icls17", "icls19")])[["part", "status", "n", "persons"]]
    assert rows.to_numpy().tolist() == [["unit", "", 1, 3.0]]


def test_own_account_workers_might_be_dependent_contractors(persons: pd.DataFrame, classified: pd.DataFrame) -> None:
    """Decision 5: classified as if none were, with the count shown; the 17th ICLS knows none."""
    table = dependent_contractors(persons, classified, PAIRS, VARIANTS, STANDARDS)
    assert table.to_numpy().tolist() == [
        ["icls21", "icls19", "job", "own_account", 1, 8.0, "possible_dependent_contractor"]
    ]
    none = dependent_contractors(persons, classified, PAIRS[:2], VARIANTS, STANDARDS)
    assert none.empty
    assert tuple(none) == UNSETTLED_COLUMNS


def test_counts_of_rules_sum_to_the_employed_for_each_part() -> None:
    persons = random_persons(3000, seed=17)
    possible = pairs(VARIANTS, STANDARDS, ("icls13", "icls19"))
    table = rule_table(persons, classify(persons, VARIANTS, STANDARDS), possible, VARIANTS, STANDARDS)
    sums = table.groupby(["variant", "concept", "part"])[["n", "persons", "share"]].sum()
    assert len(sums) == 2 * len(possible)
    for (_, concept, _), row in sums.iterrows():
        inside = persons[f"employed__{concept}"]
        assert row["n"] == inside.sum()
        assert row["persons"] == pytest.approx(persons.loc[inside, "weight"].sum(), rel=1e-12)
        assert row["share"] == pytest.approx(1, rel=1e-12)


def test_what_an_option_moves_is_the_difference_of_the_rates() -> None:
    persons = random_persons(3000, seed=18)
    computable = persons["employed__icls19"]
    table = option_table(persons, [("icls17", "icls19")], VARIANTS, STANDARDS)
    jobs = table[(table["part"] == "job") & (table["option"] == "dont_know")].set_index("choice")
    moved = jobs.loc["informal", "persons_to_informal"] - jobs.loc["informal", "persons_from_informal"]
    classified = classify(persons, {"icls17": VARIANTS["icls17"]}, STANDARDS)
    known = computable & classified["job__icls17"].notna()
    base = persons.loc[known, "weight"].sum()
    assert moved > 0
    assert jobs.loc["informal", "change_points"] == pytest.approx(100 * moved / base)
    assert jobs.loc["informal", "rate_percent"] - jobs.loc["as_missing", "rate_percent"] == pytest.approx(
        100 * moved / base
    )


def test_nobody_employed_gives_tables_without_shares(persons: pd.DataFrame) -> None:
    nobody = persons.assign(employed__icls13=False, employed__icls19=False)
    classified = classify(nobody, VARIANTS, STANDARDS)
    table = rule_table(nobody, classified, PAIRS, VARIANTS, STANDARDS)
    assert (table["n"] == 0).all()
    assert table["share"].isna().all()
    assert not_computable(nobody, classified, PAIRS).empty
    assert option_table(nobody, PAIRS, VARIANTS, STANDARDS)["rate_percent"].isna().all()
