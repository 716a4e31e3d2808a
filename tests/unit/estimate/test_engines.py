"""Declared variances: a survey's file through ingest, harmonise and estimate, compared with the engines themselves."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support import ROOT
from unit.survey.small_family import family

from informality import frames
from informality import vocabulary as v
from informality.coverage.stage import cover_job
from informality.errors import UserError
from informality.estimate.calibration.calibrate import linear, post_stratify, rake
from informality.estimate.calibration.estimates import estimate_calibrated
from informality.estimate.declared import Declared
from informality.estimate.design import Design
from informality.estimate.engines import sampling, weights_check
from informality.estimate.models.declared import Models
from informality.estimate.models.run import Results, run_models
from informality.estimate.models.stage import models_job
from informality.estimate.replicates.design import ReplicateDesign
from informality.estimate.replicates.made import jkn, rao_wu
from informality.estimate.replicates.variance import estimate_replicates
from informality.estimate.requests import Request
from informality.estimate.specifications import load_declared
from informality.estimate.stage import estimate_job
from informality.govern.stage import bad_weights
from informality.job import Job
from informality.sampling import SamplingPlan
from informality.survey.description import Survey, lay_over
from informality.survey.stage import harmonise_job, ingest_job

N, R = 600, 12


def raw() -> pd.DataFrame:
    """A file with replicate weights `rep1` … `rep12`: those of a grouped jackknife, a group of households left out in turn."""
    rng = np.random.default_rng(5)
    group = rng.integers(0, R, N)
    weight = rng.uniform(20, 90, N)
    frame = pd.DataFrame(
        {
            "w": weight,
            "str": rng.integers(1, 4, N),
            "ea": rng.integers(1, 7, N),
            "work": (rng.random(N) < 0.8).astype(float),
            "sex": rng.integers(1, 3, N),
            "age": rng.integers(15, 70, N),
            "prov": rng.integers(1, 3, N),
            "stat": rng.integers(1, 5, N),
        }
    ).astype(float)
    for name in ("ss", "reg", "pen"):
        frame[name] = rng.integers(1, 3, N).astype(float)
    for name in ("small", "isic", "isco", "offsec", "offinf"):
        frame[name] = np.nan
    replicates = {f"rep{r + 1}": np.where(group == r, 0.0, weight * R / (R - 1)) for r in range(R)}
    return frame.assign(**replicates)


def of_employment(path: Path) -> Declared:
    """What is declared, of employment alone."""
    declared = load_declared(path)
    return declared.model_copy(update={"indicators": {"employment": declared.indicators["employment"]}})


def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, survey: Survey, source: pd.DataFrame, *, whole: bool = False
) -> tuple[Path, dict[str, Path]]:
    """The jobs from the file to the hub; the folder in which all their files lie, and these by name.

    ``whole``: with all declared estimates, and not only those of employment.
    """
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("informality.survey.stage.described", lambda _: survey)
    if not whole:
        monkeypatch.setattr("informality.estimate.stage.load_declared", of_employment)
    file, folder = tmp_path / "toy.parquet", tmp_path / "made"
    (folder / "checks").mkdir(parents=True)
    source.to_parquet(file)
    inputs = {"raw": file}
    classified = {"variant": "national", "concept": "national"}
    jobs = {
        "ingest": ingest_job,
        "harmonise": harmonise_job,
        "cover": cover_job,
        "estimate": estimate_job,
        "models": models_job,
    }
    for name, job in jobs.items():
        limits = {"thresholds.confidential_below": 10, "thresholds.hide_below": 30}
        settings = {"lonely": "adjust", "counterfactual_laws": False, **limits}
        job(Job(name, survey.id, "", inputs, settings, folder, folder))
        if name == "harmonise":
            frames.write(pd.DataFrame(index=range(len(source))).assign(nothing=0), folder / "classified.parquet")
            pairs = {
                "pairs": [classified],
                "primary": classified,
                "sensitivity_variants": [],
                "primary_why": "computable",
                "reads": {},
            }
            frames.write_json(pairs, folder / "variants.json")
        inputs = inputs | {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return folder, inputs


def of_hub(folder: Path) -> pd.DataFrame:
    """The office's own figure by sex, as the jobs have estimated it."""
    hub = frames.read(folder / "estimates.parquet")
    chosen = (hub["indicator"] == "employment") & (hub["statistic"] == "share") & (hub["area"] == v.TOTAL)
    return hub[chosen].set_index("sex")


def direct(persons: pd.DataFrame) -> tuple[pd.DataFrame, list[Request]]:
    frame = persons.assign(yes=persons["employed__national"])
    return frame, [Request("share", "yes", where="age_base", by=by) for by in ((), ("sex",))]


def assert_same_errors(folder: Path, expected: pd.DataFrame) -> None:
    ours = of_hub(folder)
    theirs = expected.set_index("sex")
    assert len(theirs) == 3
    for name in ("estimate", "se", "df", "ci_low", "ci_high"):
        assert ours.loc[theirs.index, name].to_numpy() == pytest.approx(theirs[name].to_numpy(), rel=1e-12), name


def test_replicate_weights_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    survey = lay_over(family(design={"weight": "w", "stratum": "none", "psu": "none", "replicates": {"kind": "JK1", "weights": "rep[0-9]+"}}), "2017q3")  # fmt: skip
    source = raw()
    folder, inputs = run(tmp_path, monkeypatch, survey, source, whole=True)
    # A file of their own: no other that persons stand in holds them.
    kept = frames.read(inputs["replicates.parquet"])
    assert list(kept) == [f"rep{r + 1}" for r in range(R)]
    persons = frames.read(inputs["persons.parquet"])
    assert not [name for name in persons if name.startswith("rep")]
    design = ReplicateDesign.supplied(persons["weight"].to_numpy(), kept.to_numpy(), kind="jk1")
    frame, requests = direct(persons)
    assert_same_errors(folder, estimate_replicates(frame, design, requests)[0])
    hub = frames.read(folder / "estimates.parquet")
    assert set(hub.loc[hub["statistic"] == "test", "state"]) == {"not_estimable"}
    differences = hub[hub["statistic"] == "difference"]
    assert (differences["state"] == "estimated").any()
    assert frames.read(folder / "models.parquet").empty
    notes = json.loads((folder / "card.json").read_text())["notes"]
    assert "Standard errors rest on the 12 replicate weights of the file (jk1)." in notes


def test_a_list_of_columns_and_an_overlay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wave's own design takes the place of the family's; factors are no weights."""
    columns = [f"rep{r}" for r in range(R, 0, -1)]
    replicates = {"kind": "other", "weights": columns, "combined": False, "scale": 0.02, "df": 9, "mse": False}
    overlay = {"wave_2017": {"design": {"weight": "w", "stratum": "str", "psu": "ea", "replicates": replicates}}}
    described = family(differences=overlay, waves__2017q3__differs=["wave_2017"])
    source = raw()
    source[columns] = source[columns].div(source["w"], axis=0)
    folder, inputs = run(tmp_path, monkeypatch, lay_over(described, "2017q3"), source)
    kept = frames.read(inputs["replicates.parquet"])
    assert list(kept) == columns
    persons = frames.read(inputs["persons.parquet"])
    design = ReplicateDesign.supplied(
        persons["weight"].to_numpy(), kept.to_numpy(), kind="other", factors=True, scale=0.02, mse=False, df=9,
        psu=Design.from_frame(persons).psu,
    )  # fmt: skip
    frame, requests = direct(persons)
    assert_same_errors(folder, estimate_replicates(frame, design, requests)[0])


@pytest.mark.parametrize("made", [{"make": "jkn"}, {"make": "rao_wu", "replicates": 60, "seed": 3}])
def test_replicates_that_are_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: dict[str, object]) -> None:
    survey = lay_over(family(design={"weight": "w", "stratum": "str", "psu": "ea", "replicates": made}), "2017q3")
    folder, inputs = run(tmp_path, monkeypatch, survey, raw())
    assert "replicates.parquet" not in inputs
    persons = frames.read(inputs["persons.parquet"])
    base = Design.from_frame(persons)
    design = jkn(base) if made["make"] == "jkn" else rao_wu(base, 60, 3)
    frame, requests = direct(persons)
    assert_same_errors(folder, estimate_replicates(frame, design, requests)[0])


@pytest.mark.parametrize(("psu", "fitted"), [("none", False), ("ea", True)])
def test_models_need_sampling_units(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, psu: str, fitted: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """They rest on the base design; without sampling units there is none, and no model is fitted."""
    asked: list[bool] = []

    def spy(persons: pd.DataFrame, classified: pd.DataFrame, models: Models, *rest: object) -> Results:
        asked.append(bool(models.models))
        return run_models(persons, classified, models.model_copy(update={"models": {}}), *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("informality.estimate.models.stage.run_models", spy)
    design = {"weight": "w", "stratum": "none", "psu": psu, "replicates": {"kind": "JK1", "weights": "rep[0-9]+"}}
    run(tmp_path, monkeypatch, lay_over(family(design=design), "2017q3"), raw())
    assert asked == [fitted]
    assert ("no models: the file has replicate weights and no sampling units" in capsys.readouterr().out) is not fitted


SEX = {"by": ["sex"], "totals": {"male": 17.0, "female": 18.0}}
REGION = {"by": ["region"], "totals": {"north": 16.0, "south": 19.0}}


@pytest.mark.parametrize("method", ["post_stratify", "rake", "linear"])
def test_calibration_of_a_wave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    margins = [SEX] if method == "post_stratify" else [SEX, REGION]
    totals = {"source": "Projections", "if": "age >= 15", "unit": 1000, "margins": margins}
    calibration = {"method": method, "totals": totals} | ({"bounds": [0.2, 5.0]} if method == "linear" else {})
    survey = lay_over(family(waves__2017q3__calibration=calibration), "2017q3")
    folder, inputs = run(tmp_path, monkeypatch, survey, raw())
    persons = frames.read(inputs["persons.parquet"])
    base = Design.from_frame(persons)
    declared = {m["by"][0]: {level: 1000 * n for level, n in m["totals"].items()} for m in margins}
    bounds = {"bounds": (0.2, 5.0)} if method == "linear" else {}
    engine = {"post_stratify": post_stratify, "rake": rake, "linear": linear}[method]
    calibrated = engine(persons, base, declared, **bounds)
    frame, requests = direct(persons)
    assert_same_errors(folder, estimate_calibrated(frame, calibrated, requests))
    assert of_hub(folder).loc["male", "population"] == pytest.approx(17_000, rel=1e-9)
    assert "by" in " ".join(json.loads((folder / "card.json").read_text())["notes"])
    # What others use keeps the weights of the file.
    assert persons["weight"].to_numpy() == pytest.approx(raw()["w"].to_numpy())


def test_weights_are_held_against_population_totals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = raw()
    men = source.loc[source["sex"] == 1, "w"].sum()
    totals = {"source": "Projections", "margins": [{"by": ["sex"], "totals": {"male": float(men), "female": 900.0}}]}
    survey = lay_over(family(waves__2017q3__population_totals=totals), "2017q3")
    folder, _ = run(tmp_path, monkeypatch, survey, source)
    found = pd.read_csv(folder / "checks" / "weights.csv")
    assert dict(zip(found["level"], found["verdict"], strict=True)) == {
        "male": "agrees",
        "female": "differs",
        "_T": "differs",
    }
    women, _ = bad_weights(found)
    assert women.startswith("population totals by sex, female: the weights are +")
    assert "per cent off, more than chance" in women
    # Calibration and check are two things: the weights of the estimates are those of the file.
    assert of_hub(folder).loc["male", "population"] == pytest.approx(men)


def test_levels_without_persons_or_total_are_told() -> None:
    table = pd.DataFrame(
        {"margin": "sex", "level": ["male", "_U"], "ratio": [0.0, np.nan], "verdict": ["not_in_file", "not_declared"]}
    )
    assert bad_weights(table) == [
        "population totals by sex, male: nobody in the file (checks/weights.csv)",
        "population totals by sex, _U: no total is declared (checks/weights.csv)",
    ]


def test_the_check_of_weights_takes_the_errors_of_the_replicates() -> None:
    source = raw().assign(sex=lambda f: pd.Categorical(f["sex"].map({1.0: "male", 2.0: "female"})))
    persons = source.rename(columns={"w": "weight", "str": "stratum", "ea": "psu"}).assign(age_base=True)
    columns = [f"rep{r + 1}" for r in range(R)]
    totals = {"source": "Projections", "margins": [{"by": ["sex"], "totals": {"male": 15e3, "female": 15e3}}]}
    plan = SamplingPlan.model_validate(
        {
            "replicates": {"kind": "jk1", "weights": columns},
            "columns": columns,
            "psu": False,
            "population_totals": totals,
        }
    )
    found = weights_check(persons, plan, persons[columns])
    assert found is not None
    design = ReplicateDesign.supplied(persons["weight"].to_numpy(), persons[columns].to_numpy(), kind="jk1")
    ones = persons.assign(one=1.0)
    expected, _ = estimate_replicates(ones, design, [Request("total", "one", by=("sex",), measure="persons")])
    ours = found.set_index("level").loc[["female", "male"], "se"]
    assert ours.to_numpy() == pytest.approx(
        expected.set_index("sex").loc[["female", "male"], "se"].to_numpy(), rel=1e-12
    )


def test_what_cannot_be_calibrated_names_the_description() -> None:
    persons = raw().rename(columns={"w": "weight", "str": "stratum", "ea": "psu"})
    persons["sex"] = pd.Categorical(["male"] * N, categories=["male", "female"])
    plan = SamplingPlan.model_validate(
        {
            "calibration": {"method": "rake", "totals": {"source": "P", "margins": [SEX]}},
            "place": "workflow/surveys/toy_lfs.yaml",
        }
    )
    with pytest.raises(UserError, match="nobody in the file has 'female'") as raised:
        sampling(persons, plan)
    assert raised.value.where == "workflow/surveys/toy_lfs.yaml, population totals"
