"""All laws of a folder: names, versions, columns, and one law of a country at a time."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from support import WORKFLOW
from unit.coverage.small_law import content, refusal, save

from informality import vocabulary as v
from informality.coverage.laws import in_force, known_columns, load_laws, of_country, to_verify
from informality.survey.description import load_families, surveys

LAWS = load_laws(WORKFLOW / "laws")
VERSION = {
    "extends": "toy_2010",
    "law": "toy_2015",
    "from": date(2015, 1, 1),
    "to": None,
    "schemes": {
        "fund": {"first_rules": [{"id": "soldiers", "if": "occupation = 'armed_forces'", "then": "excluded", "source": "Act 2"}]}
    },
}  # fmt: skip


def test_a_version_is_read_with_the_law_that_it_extends(tmp_path: Path) -> None:
    again = {**VERSION, "extends": "toy_2015", "law": "toy_2016", "from": date(2016, 1, 1), "schemes": {}}
    laws = load_laws(save(tmp_path, content(), {**VERSION, "to": date(2015, 12, 31)}, again))
    assert list(laws) == ["toy_2010", "toy_2015", "toy_2016"]
    for name in ("toy_2015", "toy_2016"):
        assert [rule.id for rule in laws[name].schemes["fund"].rules][:2] == ["soldiers", "casual"]
    assert laws["toy_2016"].first_day == date(2016, 1, 1)
    assert laws["toy_2010"].schemes["fund"].rules[0].id == "casual"


@pytest.mark.parametrize("base", ["toy_2011", ["toy_2010"], 2010, None])
def test_a_version_of_what_is_not_there_is_refused(base: object, tmp_path: Path) -> None:
    error = refusal(tmp_path, content(), {**VERSION, "extends": base})
    assert "which is not there" in error.what
    assert error.where == "toy_2015.yaml, extends"
    assert base != "toy_2011" or error.todo == "did you mean 'toy_2010'?"


def test_laws_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    error = refusal(tmp_path, {**content(), "extends": "toy_2015"}, VERSION)
    assert error.what == "laws extend each other in a circle"
    itself = refusal(tmp_path / "itself", {**VERSION, "extends": "toy_2015"})
    assert itself.what == "laws extend each other in a circle"


@pytest.mark.parametrize(
    ("schemes", "key"),
    [
        ({"fund": {"first_rules": "casual"}}, "schemes.fund.first_rules"),
        ({"fund": {"first_rules": None}}, "schemes.fund.first_rules"),
        ({"fund": {"rules": 3}}, "schemes.fund.rules"),
        ({"fund": 3}, "schemes.fund"),
        (["fund"], "schemes"),
        (None, "schemes"),
    ],
)
def test_what_cannot_be_joined_is_named(schemes: object, key: str, tmp_path: Path) -> None:
    error = refusal(tmp_path, content(), {**VERSION, "schemes": schemes})
    assert error.what.startswith(f"{key}: ")
    assert error.where == "toy_2015.yaml"
    base = refusal(tmp_path / "base", content(law="toy_2018", schemes=schemes), {**VERSION, "extends": "toy_2018"})
    assert (base.what.startswith(f"{key}: "), base.where) == (True, "toy_2018.yaml")


def test_an_id_of_the_earlier_law_is_taken(tmp_path: Path) -> None:
    rule = {**VERSION["schemes"]["fund"]["first_rules"][0], "id": "casual"}
    error = refusal(tmp_path, content(), {**VERSION, "schemes": {"fund": {"first_rules": [rule]}}})
    assert "rules: the id 'casual' stands twice" in str(error)


def test_the_file_is_called_after_its_law(tmp_path: Path) -> None:
    save(tmp_path, content())
    (tmp_path / "toy_2010.yaml").rename(tmp_path / "toy_2011.yaml")
    error = refusal(tmp_path)
    assert error.what == "the law is called 'toy_2010' but its file toy_2011.yaml"
    assert error.todo == "rename the file to toy_2010.yaml, or change 'law:'"


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("statsu = 'employee'", "did you mean 'status'"),
        ("status = 'employe'", "did you mean 'employee' or 'employer'?"),
        ("size IN ('1_4', '5_10')", "'5_10' is not a level of 'size'"),
        ("status_why = 'dont_no'", "did you mean 'dont_know'"),
        ("job = 'informal'", "there is no column 'job'"),
        ("status = 'employee' AND", "status = 'employee' AND"),
        ("(SELECT 1)", "(SELECT 1)"),
    ],
)
def test_a_condition_is_checked_with_its_place(condition: str, message: str, tmp_path: Path) -> None:
    rules = content()["schemes"]["fund"]["rules"]
    rules[1]["if"] = condition
    error = refusal(tmp_path, content(schemes__fund__rules=rules))
    assert message in str(error)
    assert error.where == "workflow/laws/toy_2010.yaml, schemes.fund.rules.employees.if"
    other = refusal(tmp_path / "other", content(to_verify=condition))
    assert message in str(other)
    assert other.where == "workflow/laws/toy_2010.yaml, to_verify"


@pytest.mark.parametrize(
    ("last", "until"),
    [(None, "without end"), (date(2015, 1, 1), "until 2015-01-01"), (date(2020, 1, 1), "until 2020-01-01")],
)
def test_two_laws_of_a_country_on_one_day_are_refused(last: date | None, until: str, tmp_path: Path) -> None:
    error = refusal(tmp_path, content(to=last), VERSION)
    assert error.what == f"two laws of TOY are in force at once: 'toy_2010' {until}, 'toy_2015' from 2015-01-01"
    assert (error.where, error.todo) == (
        "workflow/laws/toy_2010.yaml, to",
        "end 'toy_2010' on the day before 'toy_2015' begins",
    )


def test_laws_of_two_countries_do_not_meet_and_a_time_without_law_is_allowed(tmp_path: Path) -> None:
    other = content(law="tea_2010", country="TEA", to=None)
    laws = load_laws(save(tmp_path, content(to=date(2013, 1, 1)), VERSION, other))
    toy = of_country(laws, "TOY")
    assert list(toy) == ["toy_2010", "toy_2015"]
    assert in_force(toy, date(2012, 6, 1)) == "toy_2010"
    assert in_force(toy, date(2014, 6, 1)) is None
    assert in_force(toy, date(2030, 1, 1)) == "toy_2015"
    assert of_country(laws, "XXX") == {}


def test_nobody_is_to_be_verified_where_the_law_names_none(tmp_path: Path) -> None:
    [law] = load_laws(save(tmp_path, content(to_verify=None))).values()
    assert to_verify(law).text == "FALSE"


def test_laws_know_nothing_of_formal_and_informal() -> None:
    assert not {"unit", "job"} & set(known_columns())
    assert known_columns()["size"] == v.VARIABLES["size"].levels


def test_the_laws_of_the_repository_are_in_force_when_the_surveys_were_held() -> None:
    expected = {"LAO": "lao_2013", "ECU": "ecu_2015", "ZAF": "zaf_2004"}
    for survey in surveys(load_families(WORKFLOW / "surveys")).values():
        laws = of_country(LAWS, survey.family.iso3)
        for day in survey.reference:
            assert in_force(laws, day) == expected.get(survey.family.iso3), survey.id


@pytest.mark.parametrize(
    ("day", "name"),
    [(date(2000, 12, 31), None), (date(2010, 10, 1), "lao_1999"), (date(2017, 6, 1), "lao_2013"), (date(2022, 11, 1), "lao_2018"),
     (date(2022, 11, 2), "lao_2022"), (date(2024, 1, 1), "lao_2022")],
)  # fmt: skip
def test_lao_law_has_four_times_without_a_gap(day: date, name: str | None) -> None:
    assert in_force(of_country(LAWS, "LAO"), day) == name


def test_nothing_of_the_repository_claims_to_be_verified() -> None:
    for law in LAWS.values():
        assert not law.verified
        assert law.checked_by is None
        assert "law" in law.unverified()


def test_acts_that_change_no_rule_stand_in_the_law_that_they_explain() -> None:
    assert LAWS["lao_2018"].acts["instruction_0060"].day == date(2023, 1, 11)
    assert "instruction_0060" in LAWS["lao_2022"].acts, "and in the version in whose time they fall"
