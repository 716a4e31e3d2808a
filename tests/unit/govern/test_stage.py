from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from support import WORKFLOW
from unit.govern.small_hub import crossed, of_persons, random_persons
from unit.govern.small_models import SmallModels

from informality import frames
from informality.errors import UserError
from informality.govern.stage import govern_job
from informality.job import Job


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "workflow" / "benchmarks").mkdir(parents=True)
    (tmp_path / "workflow" / "estimates.yaml").write_bytes((WORKFLOW / "estimates.yaml").read_bytes())
    home, folder = tmp_path / "home", tmp_path / "folder"
    for place in (home, folder):
        (place / "checks").mkdir(parents=True)
    hub = of_persons(random_persons(300, {"sex": 2, "industry": 6}, 1), crossed(["sex", "industry"], 2)).frame()
    frames.write(hub, home / "estimates.parquet")
    models, cells = SmallModels().logit().frames()
    frames.write(models, home / "models.parquet")
    frames.write(cells, home / "model_cells.parquet")
    pair = {"variant": "icls17", "concept": "icls19"}
    counts = {"n_persons": 297, "n_employed": 154, "weights_sum": 29_700.0}
    weights = {"mean": 100.0, "least": 20.0, "most": 300.0}
    card = {
        "family": "made_up",
        "marks": [],
        "primary": pair,
        "pairs": [pair],
        "weights": weights,
        "publication": {"step": None},
    }
    frames.write_json({**card, **counts}, home / "card.json")
    frames.write_json({"main": None, "law": None, "laws": [], "cover": []}, home / "coverage.json")
    frames.write_json({}, home / "variants.json")
    flags = pd.DataFrame({"flag": [], "outcome": [], "disagreements": [], "rows": []})
    frames.write_csv(flags, home / "checks" / "official_flags.csv")
    for name in ("warnings", "computable"):
        frames.write_csv(
            pd.DataFrame({"id": [], "where": [], "count": [], "text": []}), home / "checks" / f"{name}.csv"
        )
    names = (
        "estimates.parquet",
        "models.parquet",
        "model_cells.parquet",
        "card.json",
        "coverage.json",
        "variants.json",
        "checks/official_flags.csv",
        "checks/warnings.csv",
        "checks/computable.csv",
    )
    return Job("govern", "made_up", "", {name: home / name for name in names}, {"thresholds": {}}, folder, home)


def test_exact_numbers_do_not_cross(job: Job) -> None:
    govern_job(job)
    card = json.loads((job.folder / "published_card.json").read_text())
    assert (card["n_persons"], card["n_employed"], card["weights_sum"]) == (300, 150, 30_000.0)
    assert card["publication"] == {"step": 1000.0, "mean_weights": 10.0}
    assert "weights" not in card
    assert {path.name for path in job.folder.glob("*")} == {
        "published.parquet",
        "published_models.parquet",
        "published_card.json",
        "checks",
    }


def test_a_step_that_is_too_small_is_refused(job: Job) -> None:
    card = json.loads(job.inputs["card.json"].read_text())
    frames.write_json({**card, "publication": {"step": 200}}, job.inputs["card.json"])
    with pytest.raises(UserError, match=r"publication\.step in surveys/made_up\.yaml"):
        govern_job(job)


def test_models_are_released_beside_the_estimates(job: Job) -> None:
    govern_job(job)
    published = frames.read(job.folder / "published_models.parquet")
    assert len(published) == len(frames.read(job.inputs["models.parquet"]))
    assert set(published["flag"]) == {""}


def test_a_misspelt_sensitive_indicator_is_refused(job: Job) -> None:
    job.settings["thresholds"]["sensitive_indicators"] = ["informl"]  # type: ignore[index]
    with pytest.raises(UserError, match="did you mean 'informal'"):
        govern_job(job)


def test_weights_that_miss_population_totals_are_told(job: Job) -> None:
    path = job.home / "checks" / "weights.csv"
    lines = {
        "margin": "sex",
        "level": ["male", "female", "_T"],
        "ratio": [1.0, 0.9, 0.97],
        "verdict": ["agrees", "differs", "sampling"],
    }
    frames.write_csv(pd.DataFrame(lines), path)
    govern_job(replace(job, inputs={**job.inputs, "checks/weights.csv": path}))
    told = json.loads((job.folder / "checks" / "summary.json").read_text())["warnings"]
    assert told == [
        "population totals by sex, female: the weights are -10.0 per cent off, more than chance (checks/weights.csv)"
    ]
