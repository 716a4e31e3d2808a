"""The examples of the how-to pages do what the pages say."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
import yaml
from support import ROOT, WORKFLOW, random_persons, workers

from informality import frames
from informality import vocabulary as v
from informality.classify.rules import classify_one
from informality.coverage.administration import Administration, Components, Count
from informality.coverage.law import Act, Insurable, Law, LegalRule, PensionableAge, Rates, Scheme
from informality.coverage.laws import known_columns, load_laws
from informality.coverage.legal import legal_status
from informality.coverage.scenario import Scenario
from informality.coverage.scenarios import who
from informality.decisions import validated
from informality.estimate.design import Design
from informality.estimate.engines import calibrate, weights_check
from informality.govern.benchmarks import load_benchmarks
from informality.sampling import Replicates
from informality.survey.conditions import conditions
from informality.survey.description import Survey, lay_over
from informality.survey.family import Family
from informality.survey.replicates import replicate_columns

SURVEYS = WORKFLOW / "surveys" / "README.md"
LAWS = WORKFLOW / "laws" / "README.md"


def blocks(page: Path, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL)


def described(*parts: str) -> Survey:
    content = {key: value for part in parts for key, value in yaml.safe_load(part).items()}
    return lay_over(validated(Family, content, "the how-to"), "2019")


def test_the_worked_examples_are_whole() -> None:
    example, question, *_, office, _ = blocks(SURVEYS, "yaml")
    assert "pens" in conditions(described(example)).columns()
    pension = described(example, question).social_security["pension"]
    assert pension.branches == ["old_age", "invalidity", "survivors"]
    assert [entry.assume for entry in pension.others] == ["not_covered"]
    both = conditions(described(example, office))
    assert {"off_sect", "off_inf"} <= set(both.columns())
    assert both.outcomes == ("sector_rule", "informal_rule")


def test_the_example_of_a_break_is_whole() -> None:
    example = next(block for block in blocks(SURVEYS, "yaml") if "no_sick_leave" in block)
    content = {**yaml.safe_load(blocks(SURVEYS, "yaml")[0]), **yaml.safe_load(example)}
    family = validated(Family, content, "the how-to")
    old, new = lay_over(family, "2014q3"), lay_over(family, "2017q3")
    assert (old.sample, new.sample) == (
        "Master sample of 2007 (census of 2001)",
        "Master sample of 2013 (census of 2011)",
    )
    assert [(b.label, b.of) for b in old.break_points] == [("paid sick leave asked from 2017 on", ("sick_leave",))]
    assert new.break_points == ()
    assert "sick_leave" not in old.variables


def test_the_example_of_a_scenario_is_whole() -> None:
    content = yaml.safe_load(blocks(WORKFLOW / "scenarios" / "README.md", "yaml")[0])
    scenario = validated(Scenario, content, "the how-to")
    assert who(scenario).check(known_columns()).columns == ("status", "industry")
    assert scenario.years == [0.5, 1, 1]


def test_the_law_and_its_version_are_whole(tmp_path: Path) -> None:
    first, version = blocks(LAWS, "yaml")
    # As the page says: end the earlier law on the day before.
    (tmp_path / "khm_2019.yaml").write_text(first.replace("to: null", "to: 2023-06-30"), encoding="utf-8")
    (tmp_path / "khm_2023.yaml").write_text(version, encoding="utf-8")
    laws = load_laws(tmp_path)
    persons = workers(
        [
            {"status": "employee", "size": "5_9"},
            {"status": "employee", "size": "10_19", "registered": "no"},
            {"status": "employee"},
            {"status": "employee", "inst_sector": "government"},
            {"status": "employee", "household_employer": "yes"},
        ]
    )
    persons["inst_sector"] = persons["inst_sector"].fillna("private")
    codes = {name: legal_status(law, persons).of_branch["narrow"]["old_age"] for name, law in laws.items()}
    of = {name: [v.LEGAL[code] for code in some] for name, some in codes.items()}
    assert of["khm_2019"] == ["voluntary", "unknown", "unknown", "mandatory", "unknown"]
    assert of["khm_2023"] == ["voluntary", "unknown", "unknown", "mandatory", "mandatory"]


def test_the_page_on_laws_names_every_key() -> None:
    page = LAWS.read_text(encoding="utf-8")
    for model in (Law, Scheme, Rates, Insurable, LegalRule, Act, PensionableAge, Administration, Count, Components):
        for name, field in model.model_fields.items():
            assert f"`{field.alias or name}`" in page, (model.__name__, name)


def test_the_examples_of_variances_fit_the_worked_example() -> None:
    example, _, of_file, made, totals, calibration, *_ = blocks(SURVEYS, "yaml")
    columns = ["wt", *(f"rw{r:03d}" for r in range(1, 161))]
    assert replicate_columns(described(example, of_file), columns) == columns[1:]
    assert described(example, made).design.replicates == Replicates(make="rao_wu", replicates=400, seed=2019)
    persons = random_persons(3000, seed=4)
    for part in (totals, calibration):
        survey = described(example, part)
        conditions(survey)
        plan = survey.plan([])
        if plan.calibration is not None:
            assert (plan.calibration.method, plan.calibration.bounds) == ("linear", [0.3, 3])
            known = persons[persons["sex"].notna() & persons["area"].notna()].reset_index(drop=True)
            scaled = known.assign(weight=known["weight"] * 11.2e6 / known["weight"].sum())
            weight = calibrate(scaled, Design.from_frame(scaled), plan.calibration).design.weight
            assert weight[(scaled["sex"] == "male") & (scaled["age"] >= 15)].sum() == pytest.approx(5.4e6)
        else:
            table = weights_check(persons, plan)
            assert table is not None
            assert set(table["margin"]) == {"sex", "area × sex"}


def test_the_lines_of_benchmarks_are_read(tmp_path: Path) -> None:
    file = tmp_path / "khm_lfs_2019.csv"
    file.write_text(blocks(SURVEYS, "csv")[0], encoding="utf-8")
    assert load_benchmarks(file)["id"].tolist() == ["rate_women", "ilo_rate"]


def test_the_library_example_gives_the_rate_of_the_employed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    persons = random_persons(4000, seed=7)
    frames.write(persons, tmp_path / "processed" / "lao_lfs_demo" / "persons.parquet")
    (tmp_path / "workflow").symlink_to(WORKFLOW)
    monkeypatch.chdir(tmp_path)
    code, imports = blocks(ROOT / "README.md", "python")
    names: dict[str, object] = {}
    exec(imports + code, names)
    assert "ci_low" in capsys.readouterr().out
    rows = names["rows"]
    assert isinstance(rows, pd.DataFrame)
    workers = persons[persons["employed__icls19"]]
    job = classify_one(workers, names["standard"])["job"]  # type: ignore[arg-type]
    known = (workers["sex"] == "male") & job.notna()
    weight = workers["weight"][known]
    expected = (weight * (job[known] == "informal")).sum() / weight.sum()
    assert rows.loc[rows["sex"] == "male", "estimate"].item() == pytest.approx(expected)
