"""The conditions of a description, parsed, with the key under which each stands, and the columns that the file must hold."""

from __future__ import annotations

from datetime import date

import pytest
from unit.survey.small_family import COLUMNS, family, survey

from informality.errors import UserError
from informality.survey.conditions import conditions
from informality.survey.description import lay_over


def test_every_column_is_asked_of_the_file_once() -> None:
    assert conditions(survey()).columns() == tuple(sorted(COLUMNS))


def test_columns_have_one_spelling() -> None:
    toy = survey(variables__sex={"male": "SEX = 1", "female": "sex = 2"}, checks={})
    assert [c for c in conditions(toy).columns() if c.lower() == "sex"] == ["SEX"]


def test_absent_columns_and_outcomes_of_tables_are_not_asked_of_the_file() -> None:
    toy = lay_over(family(differences={"old": {"absent": ["SS", "OffInf"]}}, waves__2017q3__differs=["old"]), "2017q3")
    parsed = conditions(toy)
    assert not {"ss", "offinf", "sector_rule", "total_rule"} & set(parsed.columns())
    assert parsed.outcomes == ("sector_rule", "total_rule")
    assert set(parsed.flags) == {"sector"}


def test_levels_come_before_reasons() -> None:
    rules = conditions(survey()).variables["soc_sec"]
    assert [rule.outcome for rule in rules.rules] == ["yes", "no", "dont_know", "refused"]
    assert rules.n_levels == 2
    assert rules.number is None


def test_design_columns_called_none_are_left_out() -> None:
    parsed = conditions(survey(design={"weight": "1", "stratum": "none", "psu": "none"}))
    assert set(parsed.design) == {"weight"}
    assert not {"w", "str", "ea"} & set(parsed.columns())


BAD = "x = = 1"


@pytest.mark.parametrize(
    ("key", "value", "where"),
    [
        ("design.psu", BAD, "design.psu"),
        ("concepts.national.employed", BAD, "concepts.national.employed"),
        ("national_base", {"condition": BAD, "label": "x"}, "national_base.condition"),
        ("variables.age", BAD, "variables.age"),
        ("variables.sex", {"male": BAD}, "variables.sex.male"),
        ("variables.soc_sec", {"yes": "ss = 1", "dont_know": BAD}, "variables.soc_sec.dont_know"),
        ("social_security.pension.answers", {"yes": BAD}, "social_security.pension.answers.yes"),
        ("national.universe", BAD, "national.universe"),
        ("national.tables.total.rules", [{"id": "covered", "if": BAD, "then": "1"}], "national.tables.total.covered"),
        ("checks.informal.if", BAD, "checks.informal.if"),
        ("checks.informal.among", BAD, "checks.informal.among"),
    ],
)
def test_a_condition_that_is_not_understood_names_file_and_key(key: str, value: object, where: str) -> None:
    changes = {key.replace(".", "__"): value} | ({"national__job": ...} if "total.rules" in key else {})
    with pytest.raises(UserError, match=r"not understood: x = = 1") as error:
        conditions(survey(**changes))
    assert error.value.where == f"workflow/surveys/toy_lfs.yaml, {where}"


def test_a_condition_of_a_difference_names_the_difference() -> None:
    toy = family(
        waves__2008q3={"file": None, "from": date(2008, 7, 1), "to": date(2008, 9, 30), "differs": ["old"]},
        differences={"old": {"variables": {"sex": {"male": BAD}}}},
    )
    conditions(lay_over(toy, "2017q3"))
    with pytest.raises(UserError) as error:
        conditions(lay_over(toy, "2008q3"))
    assert error.value.where.endswith("differences.old.variables.sex.male")


def test_each_condition_is_listed_once() -> None:
    texts = [c.text for c in conditions(survey()).all()]
    places = [c.where for c in conditions(survey()).all()]
    assert len(set(places)) == len(places)
    assert {"w", "str", "ea", "work = 1", "age", "sex = 1", "pen = 3", "sector_rule = '2'", "total_rule = '2'"} <= set(
        texts
    )
