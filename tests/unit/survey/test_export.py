"""Exported microdata, read back: values, labels, reasons, weights, and the same bytes in two runs."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from support import WORKFLOW, random_persons, standards

from informality import frames
from informality import vocabulary as v
from informality.classify.rules import classify
from informality.decisions import read_yaml
from informality.errors import UserError
from informality.job import Job
from informality.settings import Variant
from informality.start import stages
from informality.survey import export
from informality.survey.description import load_families, surveys

VARIANTS = {
    "icls17": Variant(standard="icls17"),
    "icls17_strict": Variant(standard="icls17", options={"registration": "strict"}, sensitivity=True),
    "icls21": Variant(standard="icls21"),
}
CARD = {
    "levels": {"region": [["north", "North"], ["south", "South <script>"]]},
    "questions": [["pension", {"label": "=Pays for a pension"}]],
    "marks": ["simulated"],
}


@pytest.fixture(scope="module")
def persons() -> pd.DataFrame:
    frame = random_persons(600, 11)
    chance = np.random.default_rng(5)
    n = len(frame)
    answers = pd.Categorical(chance.choice(["yes", "no", None], n), categories=["yes", "no"])
    reason = np.where(answers.codes >= 0, "answered", chance.choice(["dont_know", "not_asked", "not_applicable"], n))
    return frame.assign(
        region=pd.Categorical(chance.choice(["north", "south"], n), categories=["north", "south"]),
        region_why=pd.Categorical(["answered"] * n, dtype=frames.WHY_DTYPE),
        cover__pension=answers,
        cover__pension_why=pd.Categorical(reason, dtype=frames.WHY_DTYPE),
    )


@pytest.fixture(scope="module")
def classified(persons: pd.DataFrame) -> pd.DataFrame:
    return classify(persons, VARIANTS, standards())


@pytest.fixture(scope="module")
def context() -> export.Context:
    return export.Context(
        words=export.load_words(WORKFLOW),
        texts=read_yaml(WORKFLOW / "report" / "text.en.yaml"),
        card=CARD,
        standards={name: variant.standard for name, variant in VARIANTS.items()},
        primary="icls17",
        provisional=("icls21",),
    )


@pytest.fixture(scope="module")
def table(persons: pd.DataFrame, classified: pd.DataFrame, context: export.Context) -> export.Exported:
    return export.exported(persons, classified, context)


@pytest.fixture(scope="module")
def folder(table: export.Exported, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    export.write(table, folder, "a label")
    return folder


def read(folder: Path, name: str, **options: bool) -> tuple[pd.DataFrame, Any]:
    reader = pyreadstat.read_sav if name.endswith("sav") else pyreadstat.read_dta
    return reader(folder / name, **options)


BOTH = pytest.mark.parametrize("name", [export.SAV, export.DTA])


@BOTH
def test_every_person_is_there_with_the_weight(folder: Path, name: str, persons: pd.DataFrame) -> None:
    frame, meta = read(folder, name)
    assert meta.file_label == "a label"
    assert list(frame["ilo_key"]) == list(range(1, len(persons) + 1))
    np.testing.assert_array_equal(frame["ilo_wgt"].to_numpy(), persons["weight"].to_numpy())
    assert frame["ilo_wgt"].sum() == persons["weight"].sum()


@BOTH
def test_levels_are_ilostats_codes_with_labels(folder: Path, name: str, persons: pd.DataFrame) -> None:
    frame, meta = read(folder, name)
    labels = {
        code: text for code, text in meta.variable_value_labels["ilo_job1_ste_icse93"].items() if code in range(1, 7)
    }
    assert labels[1] == "Employees"
    assert labels[6] == "Not classifiable by status"
    levels = list(v.STATUSES)
    expected = persons["status"].map({level: float(levels.index(level) + 1) for level in levels}).astype(float)
    np.testing.assert_array_equal(frame["ilo_job1_ste_icse93"].to_numpy(float), expected.to_numpy())
    assert meta.column_names_to_labels["ilo_job1_ste_icse93"].startswith("Status in employment")
    assert meta.variable_value_labels["region"] == {1: "North", 2: "South <script>"}


@BOTH
@pytest.mark.parametrize(
    ("column", "of", "codes"),
    [
        ("ilo_job1_ife_prod", "unit__icls17", v.ILOSTAT_CODES["unit"]),
        ("unit__icls21", "unit__icls21", v.ILOSTAT_CODES["unit"]),
        ("ilo_job1_ife_nature", "job__icls17", v.ILOSTAT_CODES["job"]),
        ("job__icls17_strict", "job__icls17_strict", v.ILOSTAT_CODES["job"]),
    ],
)  # fmt: skip
def test_unit_and_job_have_ilostats_codes(
    folder: Path, name: str, classified: pd.DataFrame, column: str, of: str, codes: dict[str, int]
) -> None:
    frame, meta = read(folder, name)
    expected = classified[of].astype(object).map(codes).astype(float)
    np.testing.assert_array_equal(frame[column].to_numpy(float), expected.to_numpy())
    assert meta.variable_value_labels["ilo_job1_ife_prod"][1] == "Informal sector"
    assert meta.variable_value_labels["ilo_job1_ife_nature"][1] == "Informal jobs"


@BOTH
def test_each_rule_is_a_code_with_its_id_and_words(folder: Path, name: str, classified: pd.DataFrame) -> None:
    frame, meta = read(folder, name)
    for part in ("unit_rule", "job_rule"):
        for variant in VARIANTS:
            column = f"{part}__{variant}"
            labels = meta.variable_value_labels[column]
            ids = frame[column].map({code: text.partition(":")[0] for code, text in labels.items()})
            rules = classified[column].astype(object)
            assert (ids.where(ids.notna(), "") == rules.where(rules.notna(), "")).all()
    assert "U5: The unit is registered" in meta.variable_value_labels["unit_rule__icls17"].values()
    assert meta.column_names_to_labels["job__icls21"].endswith("[PROVISIONAL]")
    assert "[PROVISIONAL]" not in meta.column_names_to_labels["ilo_job1_ife_nature"]


def test_reasons_are_user_missing_in_spss(folder: Path, persons: pd.DataFrame) -> None:
    seen, meta = read(folder, export.SAV, user_missing=True)
    hidden, _ = read(folder, export.SAV)
    why = persons["cover__pension_why"].astype(object)
    expected = (
        why.map(export.MISSING).astype(float).fillna(persons["cover__pension"].astype(object).map({"yes": 1, "no": 2}))
    )
    np.testing.assert_array_equal(seen["cover__pension"].to_numpy(), expected.to_numpy(dtype=float))
    assert hidden["cover__pension"].notna().equals(persons["cover__pension"].notna())
    assert meta.missing_ranges["cover__pension"] == [{"lo": -9.0, "hi": -5.0}]
    assert meta.variable_value_labels["cover__pension"][-8] == "Does not know"
    assert meta.column_names_to_labels["cover__pension"] == "Social security: =Pays for a pension"


def test_reasons_are_letters_in_stata(folder: Path, persons: pd.DataFrame) -> None:
    seen, meta = read(folder, export.DTA, user_missing=True)
    letters = {reason: export.LETTERS[code] for reason, code in export.MISSING.items()}
    why = persons["cover__pension_why"].astype(object)
    for reason in ("dont_know", "not_asked"):
        assert ((seen["cover__pension"] == letters[reason]) == (why == reason)).all()
    assert meta.variable_value_labels["cover__pension"][letters["dont_know"]] == "Does not know"


def test_what_cannot_be_computed_is_told_from_what_makes_no_sense(
    persons: pd.DataFrame, context: export.Context
) -> None:
    classified = pd.DataFrame({
        "unit__icls17": pd.Categorical([None, None, "household"], categories=list(v.UNITS)),
        "unit_rule__icls17": pd.Categorical(["UN", None, "U1"], categories=["U1", "UN"]),
    })  # fmt: skip
    table = export.exported(persons.head(3), classified, context)
    assert table.frame["ilo_job1_ife_prod"].fillna(0).tolist() == [export.MISSING["not_computable"], 0, 3]


def test_a_number_among_the_codes_of_reasons_stays_a_number(
    persons: pd.DataFrame, classified: pd.DataFrame, context: export.Context
) -> None:
    with_loss = persons.copy()
    earnings = with_loss["earnings_month"].to_numpy(copy=True)
    earnings[:2] = [-7.0, np.nan]
    with_loss["earnings_month"] = earnings
    table = export.exported(with_loss, classified, context)
    assert table.frame["earnings_month"].iloc[0] == -7.0
    assert np.isnan(table.frame["earnings_month"].iloc[1])
    assert "earnings_month" not in table.reasons


def test_a_variable_that_the_survey_has_not_is_left_out(
    persons: pd.DataFrame, classified: pd.DataFrame, context: export.Context
) -> None:
    without = persons.assign(marital=pd.Categorical([None] * len(persons), categories=["single"]))
    assert "marital" not in export.exported(without, classified, context).columns


def test_the_name_of_an_occupation_follows_its_revision(
    persons: pd.DataFrame, classified: pd.DataFrame, context: export.Context
) -> None:
    def columns(revisions: list[str]) -> set[str]:
        given = pd.Categorical(np.resize(revisions, len(persons)), categories=["isco88", "isco08"])
        occupation = pd.Categorical(
            ["managers"] * len(persons), categories=list(v.VARIABLES["occupation"].levels or ())
        )
        frame = persons.assign(isco_revision=given, occupation=occupation)
        return set(export.exported(frame, classified, context).columns)

    assert "ilo_job1_ocu_isco88" in columns(["isco88"])
    assert "ilo_job1_ocu_isco08" in columns(["isco08"])
    assert "occupation" in columns(["isco88", "isco08"])


@BOTH
def test_two_runs_give_the_same_bytes(table: export.Exported, folder: Path, tmp_path: Path, name: str) -> None:
    time.sleep(1.1)  # the headers count seconds
    export.write(table, tmp_path, "a label")
    assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([export.SAV, export.DTA])


def test_a_name_that_stata_does_not_take_is_an_error(persons: pd.DataFrame, context: export.Context) -> None:
    variants = {"icls17": VARIANTS["icls17"], "icls17_with_a_very_long_name": VARIANTS["icls17"]}
    long = classify(persons.head(20), variants, standards())
    with pytest.raises(UserError, match="longer than 32 characters"):
        export.exported(persons.head(20), long, replace(context, standards={}))


def test_every_word_is_there_and_names_are_told_apart(tmp_path: Path) -> None:
    words = export.load_words(WORKFLOW)
    assert set(words.variables) == set(v.VARIABLES)
    names = [*v.ILOSTAT_NAMES.values(), *(name for given in v.ILOSTAT_REVISED.values() for name in given.values())]
    assert len(set(names)) == len(names)
    for name, codes in v.ILOSTAT_CODES.items():
        levels = v.VARIABLES[name].levels if name in v.VARIABLES else {"unit": v.UNITS, "job": v.JOBS}[name]
        assert set(codes) == set(levels or ())
        assert len(set(codes.values())) == len(codes)
    text = (WORKFLOW / "export.yaml").read_text(encoding="utf-8").replace("  marital: Marital status\n", "")
    (tmp_path / "export.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=r"variables\.marital is not there"):
        export.load_words(tmp_path)


def test_the_job_writes_below_processed_and_carries_the_mark(
    persons: pd.DataFrame, classified: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(WORKFLOW.parent)
    inputs = tmp_path / "in"
    frames.write(persons, inputs / "persons.parquet")
    frames.write(classified, inputs / "classified.parquet")
    (inputs / "card.json").write_text(json.dumps(CARD), encoding="utf-8")
    variants = {"primary": {"variant": "icls17", "concept": "icls19"}, "provisional_variants": ["icls21"]}
    (inputs / "variants.json").write_text(json.dumps(variants), encoding="utf-8")
    given = {name: variant.model_dump() for name, variant in VARIANTS.items()}
    paths = {path.name: path for path in inputs.iterdir()}
    out = tmp_path / "out"
    export.export_job(Job("export", "x_1", "", paths, {"variants": given}, out, tmp_path))
    assert sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()) == [
        f"export/{export.DTA}",
        f"export/{export.SAV}",
    ]
    for name in (export.SAV, export.DTA):
        assert "SIMULATED DATA" in read(out / "export", name)[1].file_label


def test_a_run_exports_only_where_the_configuration_says_so() -> None:
    demo = surveys(load_families(WORKFLOW / "surveys"))["lao_lfs_demo"]
    assert "export" not in [path.stem for path in stages(demo, ["en"])]
    names = [path.stem for path in stages(demo, ["en"], export=True)]
    assert names.index("export") == names.index("classify") + 1
