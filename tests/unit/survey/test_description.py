"""Survey descriptions: short forms, differences between waves, and what is refused with file, key path and nearest word."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml
from unit.survey.small_family import described, family, put, survey

from informality.decisions import validated
from informality.errors import UserError
from informality.survey.description import lay_over, load_families, surveys
from informality.survey.family import Family
from informality.survey.question import Recode

OTHERS = {"status": ["own_account"], "assume": "not_covered", "reason": "not insured", "source": "the law"}


def recode(value: object) -> Recode:
    return Recode.model_validate(value)


def refusal(**changes: object) -> str:
    with pytest.raises(UserError) as error:
        survey(**changes)
    return str(error.value)


def test_a_column_or_expression_is_a_number() -> None:
    assert recode("Q14AGE").number == "Q14AGE"
    found = recode({"number": "floor(x / 100)", "not_stated": "x = 9999"})
    assert (found.number, found.reasons, found.levels) == ("floor(x / 100)", {"not_stated": "x = 9999"}, {})


def test_levels_reasons_labels_and_note_are_told_apart() -> None:
    found = recode(
        {"yes": "q = 1", "ZA-WC": {"if": "p = 1", "label": "Western Cape"}, "dont_know": "q = 3", "note": "see form"}
    )
    assert found.levels == {"yes": "q = 1", "ZA-WC": "p = 1"}
    assert found.labels == {"ZA-WC": "Western Cape"}
    assert found.reasons == {"dont_know": "q = 3"}
    assert found.note == "see form"


def test_the_order_of_levels_is_that_of_the_file() -> None:
    assert list(recode({"b": "x = 1", "refused": "x = 9", "a": "x = 2"}).levels) == ["b", "a"]


def test_the_small_survey_is_whole() -> None:
    toy = survey()
    assert toy.id == "toy_lfs_2017q3"
    assert toy.reference == (date(2017, 7, 1), date(2017, 9, 30))
    assert toy.file_name == "toy.sav"
    assert toy.levels("sex") == ("male", "female")
    assert toy.levels("region") == ("north", "south")
    assert toy.levels("settlement") == ()
    assert toy.absent == frozenset()


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("titel", "x", "titel: unknown key; did you mean 'title'?"),
        ("country", ..., "country: this key is required"),
        ("country", False, "put quotes around it"),
        ("iso3", "Toy", "iso3: "),
        ("family", "Toy LFS", "family: "),
        ("design", {"weight": "w", "stratum": "s"}, "design.psu: this key is required"),
        ("design.weight", "none", "design.weight: write 1"),
        ("waves", {}, "waves: "),
        ("waves.2017Q3", {"file": "x", "from": date(2017, 1, 1), "to": date(2017, 2, 1)}, "the name '2017Q3'"),
        ("waves.q_3", {"file": "x", "from": date(2017, 1, 1), "to": date(2017, 2, 1)}, "the name 'q_3'"),
        ("waves.été", {"file": "x", "from": date(2017, 1, 1), "to": date(2017, 2, 1)}, "the name 'été'"),
        ("waves.2018q3", {"file": "x", "from": date(2018, 9, 30), "to": date(2018, 7, 1)}, "waves.2018q3: 'to' lies before 'from'"),
        ("waves.2018q3", {"file": "x", "from": "2018-07-01", "to": date(2018, 9, 1)}, "waves.2018q3.from: "),
        ("waves.2017q3.differs", ["sampel"], "waves.2017q3.differs: 'sampel' is unknown"),
        ("concepts", {"icls20": {"employed": "work = 1"}}, "did you mean 'icls13' or 'icls19'?"),
        ("primary_concept", "icls19", "primary_concept: 'icls19' is unknown"),
        ("routing", {"socsec": ["employee"]}, "routing: 'socsec' is unknown; did you mean 'soc_sec'?"),
        ("routing.soc_sec", ["employees"], "routing.soc_sec.0: "),
        ("routing.soc_sec", ["employees"], "did you mean 'employee'?"),
        ("variables.regoin", {"a": {"if": "x = 1", "label": "A"}}, "variables: 'regoin' is unknown; did you mean 'region'?"),
        ("variables.sex", {"mael": "sex = 1", "female": "sex = 2"}, "variables.sex: 'mael' is unknown; did you mean 'male'?"),
        ("variables.sex", {}, "variables.sex: this has levels"),
        ("variables.sex", "sex", "variables.sex: this has levels"),
        ("variables.sex", {"dont_know": "sex = 9"}, "variables.sex: this has levels"),
        ("variables.sex", ["male", "female"], "give a column, an expression, or a condition for each level"),
        ("variables.sex", {"male": {"if": "sex = 1", "label": "Men"}}, "only a survey's own levels have a label"),
        ("variables.sex", {"male": {"when": "sex = 1"}}, "the level 'male' takes 'if' and 'label'"),
        ("variables.sex", {"male": True}, "'male' needs a condition"),
        ("variables.sex", {"male": "sex = 1", "refused": 9}, "'refused' needs a condition"),
        ("variables.soc_sec", {True: "ss = 1", False: "ss = 2"}, 'the level True is not a text: put quotes around it (YAML reads a bare yes'),
        ("variables.soc_sec", {False: "ss = 2"}, 'write "no"'),
        ("variables.sex", {"male": "sex IN (1", "2)": None}, "a comma inside { } splits the text: put the whole text in quotes"),
        ("variables.region", {"north": {"if": "prov IN (1", "2)": None, "label": "N"}}, "a comma inside { } splits"),
        ("variables.age", {"young": "age < 30"}, "variables.age: this is a number"),
        ("variables.age_group", {"15_24": "age < 25"}, "the pipeline derives this variable itself"),
        ("variables.region", {"north": "prov = 1"}, "variables.region.north: the survey's own levels need 'if' and 'label'"),
        ("variables.region", {"_T": {"if": "prov = 1", "label": "All"}}, "variables.region._T: this name is taken"),
        ("variables.region", {"not_applicable": {"if": "prov = 1"}}, "variables.region.not_applicable: "),
        ("social_security.pension.asked_of", [], "social_security.pension.asked_of: "),
        ("social_security.pension.kind", "statutry", "did you mean 'statutory'?"),
        ("social_security.pension.answers", {"ja": "pen = 1"}, "social_security.pension.answers: 'ja' is unknown"),
        ("social_security.pension.answers", "pen", "social_security.pension.answers: this has levels"),
        ("social_security.Old age", {}, "social_security.Old age."),
        ("social_security.pension.branches", ["old_aeg"], "branches: 'old_aeg' is unknown; did you mean 'old_age'?"),
        ("social_security.pension.branches", ["old_age", "old_age"], "branches: 'old_age' stands twice"),
        ("social_security.pension.branches", "old_age", "social_security.pension.branches: "),
        ("social_security.pension.others", [{**OTHERS, "status": ["employer"]}], "others: 'employer' was asked; it stands under asked_of"),
        ("social_security.pension.others", [OTHERS, {**OTHERS, "assume": "unknown"}], "others: 'own_account' stands twice"),
        ("social_security.pension.others", [{**OTHERS, "status": ["own_acount"]}], "did you mean 'own_account'?"),
        ("social_security.pension.others", [{**OTHERS, "assume": "covered"}], "social_security.pension.others.0.assume: "),
        ("social_security.pension.others", [{**OTHERS, "status": []}], "social_security.pension.others.0.status: "),
        ("social_security.pension.others", [{**OTHERS, "reason": ""}], "social_security.pension.others.0.reason: "),
        ("social_security.pension.others", [{"status": ["own_account"], "assume": "unknown"}], "others.0.source: this key is required"),
        ("household", 3, "household: "),
        ("national.universe", ..., "national.universe: say by a condition"),
        ("national.unit.table", "sectr", "national.unit.table: 'sectr' is unknown; did you mean 'sector'?"),
        ("national.unit.outcomes", {"9": "household"}, "national.unit.outcomes: '9' is unknown"),
        ("national.unit.outcomes", {"1": "formal_sector", "3": "household"},
         "'3' is unknown; no rule of the table 'sector' has it under 'then': not_registered '2'"),
        ("national.unit.outcomes", {"1": "formal"}, "national.unit.outcomes: 'formal' is unknown"),
        ("national.tables.sector.rules", [{"id": "a", "if": "reg = 1", "then": 1}], "put quotes around it"),
        ("national.tables.sector.rules", [], "national.tables.sector.rules: "),
        ("checks.informal.by", [["sx"]], "checks.informal.by: 'sx' is unknown; did you mean 'sex'?"),
        ("checks.Informal rate", {"if": "TRUE", "among": "TRUE"}, "the name 'Informal rate'"),
        ("source", {"format": "spss"}, "source.format: "),
        ("source", {"colum_case": "ignore"}, "did you mean 'column_case'?"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_key(key: str, value: object, message: str) -> None:
    content = put(described(), key, value)
    with pytest.raises(UserError) as error:
        validated(Family, content, "toy_lfs.yaml")
    assert message in str(error.value)
    assert error.value.where == "toy_lfs.yaml"


@pytest.mark.parametrize(
    "rules",
    [
        [{"id": "a", "if": "reg = 1", "then": "1"}, {"id": "a", "if": "reg = 2", "then": "2"}],
        [
            {"id": "b", "if": "reg = 1", "then": "1"},
            {"id": "a", "if": "TRUE", "then": "2"},
            {"id": "a", "if": "TRUE", "then": "1"},
        ],
    ],
)
def test_rules_of_one_table_have_different_ids(rules: list[dict[str, str]]) -> None:
    assert "the id 'a' stands twice" in refusal(national__tables__sector__rules=rules)


def test_names_that_become_columns_are_plain() -> None:
    question = described()["social_security"]["pension"]
    assert "social_security: the name 'old age'" in refusal(social_security={"old age": question})
    table = described()["national"]["tables"]["sector"]
    assert "national.tables: the name 'Sector'" in refusal(
        national__tables={"Sector": table}, national__unit=..., national__job=...
    )


def test_the_differences_of_a_wave_are_checked_like_the_family() -> None:
    for overlay, message in (
        ({"variables": {"sexx": "x"}}, "differences.old.variables: 'sexx' is unknown"),
        ({"variables": {"sex": {"mann": "x = 1"}}}, "differences.old.variables.sex: 'mann' is unknown"),
        ({"concepts": {"icls31": {"employed": "x = 1"}}}, "differences.old.concepts: 'icls31' is unknown"),
        ({"colums": []}, "differences.old.colums: unknown key"),
        ({"design": {"weight": "none", "stratum": "s", "psu": "p"}}, "differences.old.design.weight: write 1"),
    ):
        assert message in refusal(differences={"old": overlay})


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"variables__age": ...}, "age"),
        ({"variables__status": ...}, "status"),
        ({"variables__status": ..., "routing": {}}, "status"),
        ({"variables__isic_revision": ...}, "isic_revision"),
        ({"variables__isco_revision": ...}, "isco_revision"),
        ({"differences": {"old": {"variables": {"age": None}}}, "waves__2017q3__differs": ["old"]}, "age"),
    ],
)
def test_a_variable_without_which_another_is_nothing_is_required(changes: dict[str, object], name: str) -> None:
    message = refusal(**changes)
    assert f"the variable '{name}' is not described" in message
    assert "workflow/surveys/toy_lfs.yaml, variables" in message


def two_waves() -> Family:
    return family(
        waves__2008q3={
            "file": "old.sav",
            "from": date(2008, 7, 1),
            "to": date(2008, 9, 30),
            "differs": ["old", "older"],
        },
        notes=["of the family"],
        differences={
            "old": {
                "absent": ["ss"],
                "design": {"weight": "w2", "stratum": "none", "psu": "ea"},
                "variables": {
                    "sex": {"female": "sex = 0", "male": "sex = 1"},
                    "soc_sec": None,
                    "area": {"urban": "u = 1"},
                },
                "social_security": {"pension": None},
                "notes": ["old questions"],
                "breaks": ["new sample"],
            },
            "older": {
                "absent": ["reg"],
                "title": "Toy survey, older",
                "variables": {"area": {"rural": "u = 2"}},
                "concepts": {"national": {"employed": "work IN (1, 2)"}},
                "notes": ["older questions"],
            },
            "unused": {"notes": ["of no wave"]},
        },
    )


def test_differences_are_laid_over_the_family_in_their_order() -> None:
    old = lay_over(two_waves(), "2008q3")
    assert old.id == "toy_lfs_2008q3"
    assert old.title == "Toy survey, older"
    assert (old.design.weight, old.design.stratum) == ("w2", "none")
    assert old.absent == {"ss", "reg"}
    assert old.notes == ("of the family", "old questions", "older questions")
    assert old.breaks == ("new sample",)
    assert old.variables["area"].levels == {"rural": "u = 2"}, "the later difference wins"
    assert old.variables["sex"].levels["female"] == "sex = 0"
    assert old.concepts["national"].employed == "work IN (1, 2)"


def test_waves_say_their_sample_and_what_a_break_concerns() -> None:
    content = family(
        sample="new sample",
        waves__2008q3={"file": "old.sav", "from": date(2008, 7, 1), "to": date(2008, 9, 30), "differs": ["old"]},
        differences={
            "old": {
                "sample": "old sample",
                "breaks": ["everything", {"text": "The pension.", "label": "pension", "of": ["pension", "sick_leave"]}],
            }
        },
    )
    old, new = lay_over(content, "2008q3"), lay_over(content, "2017q3")
    assert (old.sample, new.sample) == ("old sample", "new sample")
    assert [(b.name, b.label, b.of) for b in old.break_points] == [
        ("old.0", "", None),
        ("old.1", "pension", ("pension", "sick_leave")),
    ]
    assert old.breaks == ("everything", "The pension.")
    assert new.break_points == ()


def test_a_break_concerns_what_is_known() -> None:
    wrong = {"old": {"breaks": [{"text": "x", "label": "x", "of": ["pensoin"]}]}}
    message = refusal(differences=wrong)
    assert "differences.old.breaks.0.of: 'pensoin' is unknown; did you mean 'pension'" in message


def test_an_office_s_rule_needs_the_concept_for_which_it_is_estimated() -> None:
    changes = {"concepts": {"icls19": {"employed": "work = 1"}}, "primary_concept": "icls19"}
    assert "add under concepts:  national: {employed: …}" in refusal(**changes)
    survey(**changes, national__unit=..., national__job=...)


def test_a_draft_that_stops_all_surveys_says_so(tmp_path: Path) -> None:
    save(tmp_path, put(described(), "titel", "x"), "toy_lfs.yaml")
    with pytest.raises(UserError, match="mend this one, or move it out of the folder"):
        load_families(tmp_path)
    with pytest.raises(UserError, match="mend this one, or move it out of the folder"):
        surveys({"toy_lfs": family(variables__age=...)})


def test_the_filter_of_a_wave_takes_the_place_of_the_family_s() -> None:
    changes = {"keep": "result = 1", "differences": {"old": {"keep": "result IN (1, 2)"}}}
    assert survey(**changes).keep == "result = 1"
    old = survey(**changes, waves__2017q3__differs=["old"])
    assert (old.keep, old.place("keep")) == ("result IN (1, 2)", "differences.old.keep")


def test_null_takes_a_variable_or_question_away() -> None:
    old = lay_over(two_waves(), "2008q3")
    assert "soc_sec" not in old.variables
    assert not old.social_security


def test_a_wave_without_differences_is_the_family() -> None:
    new = lay_over(two_waves(), "2017q3")
    assert new.title == "Toy survey"
    assert new.design.weight == "w"
    assert set(new.variables) == set(described()["variables"])
    assert new.notes == ("of the family",)


def test_the_key_of_what_a_difference_brings_is_that_of_the_difference() -> None:
    old = lay_over(two_waves(), "2008q3")
    assert old.place("variables", "area") == "differences.older.variables.area"
    assert old.place("variables", "sex") == "differences.old.variables.sex"
    assert old.place("variables", "age") == "variables.age"
    assert old.place("concepts", "national") == "differences.older.concepts.national"
    assert old.place("design", "psu") == "differences.old.design.psu"
    assert lay_over(two_waves(), "2017q3").place("design", "psu") == "design.psu"


def test_a_design_that_is_still_to_be_declared_stops_with_its_columns() -> None:
    toy = survey(design={"weight": "w", "stratum": "TO_BE_DECLARED", "psu": "TO_BE_DECLARED"})
    assert toy.undeclared() == ["stratum", "psu"]
    with pytest.raises(
        UserError, match="toy_lfs_2017q3: the design columns are not declared yet: stratum, psu"
    ) as error:
        toy.require_design()
    assert error.value.where == "workflow/surveys/toy_lfs.yaml, design"
    assert "ask the producer" in error.value.todo
    survey().require_design()


def save(folder: Path, content: dict[str, object], name: str) -> None:
    (folder / name).write_text(yaml.safe_dump(content), encoding="utf-8")


def test_all_files_of_a_folder_are_families(tmp_path: Path) -> None:
    save(tmp_path, put(described(), "family", "b_lfs"), "b_lfs.yaml")
    save(tmp_path, described(), "toy_lfs.yaml")
    (tmp_path / "README.md").write_text("how to")
    families = load_families(tmp_path)
    assert list(families) == ["b_lfs", "toy_lfs"]
    assert list(surveys(families)) == ["b_lfs_2017q3", "toy_lfs_2017q3"]


def test_a_file_is_called_after_its_family(tmp_path: Path) -> None:
    save(tmp_path, described(), "other.yaml")
    with pytest.raises(UserError, match=r"'toy_lfs' but its file other\.yaml") as error:
        load_families(tmp_path)
    assert "rename the file to toy_lfs.yaml" in error.value.todo


def test_another_ending_is_not_passed_over_in_silence(tmp_path: Path) -> None:
    save(tmp_path, described(), "toy_lfs.yml")
    with pytest.raises(UserError, match=r"ends in \.yaml") as error:
        load_families(tmp_path)
    assert error.value.where == "toy_lfs.yml"


def test_the_file_of_a_mistake_is_named(tmp_path: Path) -> None:
    save(tmp_path, put(described(), "titel", "x"), "toy_lfs.yaml")
    with pytest.raises(UserError) as error:
        load_families(tmp_path)
    assert error.value.where.startswith("toy_lfs.yaml, line ")
    assert str(tmp_path) not in str(error.value)


def test_a_difference_may_name_another_key_of_households() -> None:
    changes = {"household": "hh", "differences": {"old": {"household": "left(hh, 8)"}}}
    toy = survey(**changes)
    assert (toy.household, toy.place("household")) == ("hh", "household")
    old = lay_over(family(**changes, waves__2017q3__differs=["old"]), "2017q3")
    assert (old.household, old.place("household")) == ("left(hh, 8)", "differences.old.household")
    assert survey().household is None


def test_a_private_question_may_be_evidence_too() -> None:
    """It is shown as private cover; what enters the split is chosen later (decision 16)."""
    toy = survey(social_security__pension__kind="private", social_security__pension__branches=["medical_care"])
    assert toy.social_security["pension"].branches == ["medical_care"]
