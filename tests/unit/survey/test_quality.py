"""Official flags person by person, and counts of answers, weights and design, against counts by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from unit.survey.small_family import persons, survey

from informality.survey.harmonise import harmonise
from informality.survey.quality import FLAG_COLUMNS, QUALITY_COLUMNS, official_flags, quality

TOY = survey()


def flags(*rows: dict[str, float | None]) -> pd.DataFrame:
    frame = official_flags(harmonise(persons(*rows), TOY), TOY)
    assert tuple(frame) == FLAG_COLUMNS
    return frame.set_index(["flag", "outcome"])


def line(table: pd.DataFrame, outcome: str, flag: str = "offsec") -> tuple[int, int]:
    row = table.loc[(flag, outcome)]
    return int(row["rows"]), int(row["disagreements"])


def test_agreement_and_disagreement_by_hand() -> None:
    table = flags(
        {"reg": 1.0, "offsec": 1.0, "w": 1.0},
        {"reg": 1.0, "offsec": 1.0, "w": 2.0},
        {"reg": 2.0, "offsec": 2.0, "w": 3.0},
        {"reg": 2.0, "offsec": 1.0, "w": 4.0},
    )
    assert line(table, "all") == (4, 1)
    assert line(table, "1") == (4, 1)
    assert line(table, "2") == (4, 1)
    assert table.loc[("offsec", "1"), ["computed_share", "official_share"]].tolist() == pytest.approx([0.3, 0.7])
    assert table.loc[("offsec", "2"), ["computed_share", "official_share"]].tolist() == pytest.approx([0.7, 0.3])
    assert np.isnan(table.loc[("offsec", "all"), "computed_share"])


def test_an_outcome_on_one_side_only_is_a_disagreement() -> None:
    """A rule that decides nothing, or a universe that is too small, must not pass for agreement."""
    table = flags(
        {"reg": None, "offsec": 1.0},
        {"reg": 1.0, "offsec": None},
        {"work": 2.0, "reg": 1.0, "offsec": 2.0},
        {"reg": 2.0, "offsec": 2.0},
    )
    assert line(table, "all") == (4, 3)
    assert line(table, "1") == (4, 2)
    assert line(table, "2") == (4, 1)


def test_codes_that_no_rule_gives_are_no_outcome() -> None:
    """The office writes 0 for persons whom the flag does not concern."""
    table = flags(
        {"reg": 1.0, "offsec": 1.0},
        {"work": 2.0, "offsec": 0.0},
        {"reg": None, "offsec": 0.0},
        {"reg": 1.0, "offsec": 0.0},
    )
    assert line(table, "all") == (2, 1)


def test_persons_below_the_age_base_are_not_compared() -> None:
    assert line(flags({"reg": 1.0, "offsec": 1.0}, {"reg": 1.0, "offsec": 1.0, "age": 12.0}), "all") == (1, 0)


def test_each_table_has_its_lines() -> None:
    table = flags({"reg": 2.0, "ss": 1.0, "offsec": 2.0, "offinf": 2.0})
    assert line(table, "all", "offinf") == (1, 0)
    assert sorted(set(table.index.get_level_values("flag"))) == ["offinf", "offsec"]


def test_nobody_to_compare_gives_no_share() -> None:
    table = flags({"work": 2.0})
    assert line(table, "all") == (0, 0)
    assert table["computed_share"].isna().all()


def test_a_flag_that_the_file_does_not_hold_is_said() -> None:
    toy = survey(differences={"old": {"absent": ["offsec"]}}, waves__2017q3__differs=["old"])
    table = official_flags(harmonise(persons({"reg": 1.0}).drop(columns="offsec"), toy), toy)
    row = table[table["flag"] == "offsec"]
    assert row["note"].tolist() == ["the flag is not in the file"]
    assert row["rows"].tolist() == [0]


def test_a_survey_without_a_rule_has_no_lines() -> None:
    toy = survey(national=..., checks={})
    table = official_flags(harmonise(persons({}), toy), toy)
    assert table.empty
    assert tuple(table) == FLAG_COLUMNS


@pytest.fixture
def counts() -> pd.DataFrame:
    frame = harmonise(
        persons(
            {"stat": 1.0, "ss": 1.0, "w": 1.0, "str": 1.0, "ea": 1.0},
            {"stat": 1.0, "ss": 3.0, "w": 2.0, "str": 1.0, "ea": 2.0},
            {"stat": 3.0, "w": 4.0, "str": 2.0, "ea": 1.0},
            {"work": 2.0, "w": 0.0, "str": 2.0, "ea": 1.0},
        ),
        TOY,
    )
    table = quality(frame, TOY)
    assert tuple(table) == QUALITY_COLUMNS
    assert not table.duplicated(["part", "item", "level"]).any()
    return table.set_index(["part", "item", "level"]).sort_index()


def test_reasons_are_counted_for_every_variable(counts: pd.DataFrame) -> None:
    found = counts.loc[("variable", "soc_sec")]
    assert found["n"].to_dict() == {"answered": 1, "dont_know": 1, "not_asked": 1, "not_applicable": 1}
    assert found["persons"].to_dict() == {"answered": 1.0, "dont_know": 2.0, "not_asked": 4.0, "not_applicable": 0.0}
    totals = counts.loc["variable"].groupby("item")[["n", "persons"]].sum()
    assert (totals["n"] == 4).all()
    assert (totals["persons"] == 7.0).all()
    assert {"cover__pension", "age_group", "industry", "sex"} <= set(totals.index)
    assert "books" not in totals.index


def test_weights_and_design(counts: pd.DataFrame) -> None:
    weights = counts.loc["weights"].droplevel("level")["value"]
    assert weights["sum"] == 7.0
    assert weights["minimum"] == 0.0
    assert weights["median"] == 2.0, "of the weights above zero"
    assert weights["maximum_over_median"] == 2.0
    spread = np.std([1, 2, 4, 0]) / 1.75
    assert weights["coefficient_of_variation"] == pytest.approx(spread)
    assert weights["design_effect_of_weighting"] == pytest.approx(1 + spread**2)
    assert counts.loc[("weights", "zero", ""), "n"] == 1
    design = counts.loc["design"].droplevel("level")["n"]
    assert design.to_dict() == {"strata": 2, "psus": 3, "lonely_strata": 1}


def test_children_are_counted_for_age_and_sex_only() -> None:
    frame = harmonise(persons({"stat": 1.0, "prov": 1.0}, {"age": 5.0, "work": None}), TOY)
    table = quality(frame, TOY).set_index(["part", "item", "level"])["n"]
    assert table["variable"].groupby("item").sum().loc[["age", "sex", "age_group"]].tolist() == [2, 2, 2]
    assert table["variable"]["region"].to_dict() == {"answered": 1}
    assert table["file", "age_base", ""] == 1


def test_rows_that_keep_leaves_out_are_counted() -> None:
    table = quality(harmonise(persons({}, {}), TOY), TOY, rows=5).set_index(["part", "item"])["n"]
    assert (table["file", "rows"], table["file", "left_out"]) == (5, 3)
