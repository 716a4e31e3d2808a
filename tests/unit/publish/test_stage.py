from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from unit.publish import fake_hub

from informality import frames
from informality.job import Job
from informality.publish.edition import FORMATS
from informality.publish.stage import publish_job

REPORT = Path(__file__).parents[3] / "workflow" / "report"
FIGURES = """
figures:
  F05:
    slug: informality-by-education
    kind: dots
    data: [{indicator: informal}, {indicator: informal, by: [education]}]
"""
TABLES = "tables: {T04: {text: informal_by, measures: [{indicator: informal}], over: [[], [sex]]}}"
FINDINGS = """
findings:
  N01:
    section: level
    item: F05
    values: {rate: {indicator: informal}, persons: {indicator: informal, statistic: total}}
    wordings: {level: []}
"""
NAMES = {f"F05-informality-by-education.{suffix}" for suffix in FORMATS}
NAMES |= {"tables.xlsx", "index.html", "findings.json", "report.pdf", "report.docx"}
PLAN = "chapters: {persons: {figures: [F05], tables: [T04]}}"


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, published: pd.DataFrame, models: pd.DataFrame) -> Job:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(REPORT, tmp_path / "workflow" / "report")
    shutil.copy(REPORT.parent / "estimates.yaml", tmp_path / "workflow")
    (tmp_path / "workflow" / "report" / "figures.yaml").write_text(FIGURES, encoding="utf-8")
    (tmp_path / "workflow" / "report" / "tables.yaml").write_text(TABLES, encoding="utf-8")
    (tmp_path / "workflow" / "report" / "findings.yaml").write_text(FINDINGS, encoding="utf-8")
    (tmp_path / "workflow" / "report" / "report.yaml").write_text(PLAN, encoding="utf-8")
    shutil.copytree(REPORT.parent / "standards", tmp_path / "workflow" / "standards")
    folder = tmp_path / "processed" / "lao_lfs_demo"
    folder.mkdir(parents=True)
    frames.write(published, folder / "published.parquet")
    frames.write(models, folder / "published_models.parquet")
    frames.write_json(fake_hub.card(), folder / "published_card.json")
    inputs = {name: folder / name for name in ("published.parquet", "published_models.parquet", "published_card.json")}
    home = tmp_path / "figures" / "lao_lfs_demo" / "en"
    part = home / ".publish_en.part"
    part.mkdir(parents=True)
    settings = {
        "thresholds": {"hide_below": 30, "flag_below": 50},
        "languages": ["en"],
        "agency": "USER",
        "figure_formats": ["page"],
    }
    return Job("publish", "lao_lfs_demo", "en", inputs, settings, part, home)


def settle(job: Job) -> dict[str, int]:
    for path in job.folder.iterdir():
        path.replace(job.home / path.name)
    return {name: (job.home / name).stat().st_mtime_ns for name in NAMES}


def test_files_are_staged_and_unchanged_ones_taken_over(job: Job) -> None:
    publish_job(job)
    assert {p.name for p in job.folder.iterdir()} == NAMES
    first = settle(job)
    publish_job(job)
    assert settle(job) == first


def test_a_broken_record_makes_everything_again(job: Job) -> None:
    publish_job(job)
    first = settle(job)
    Path("processed/lao_lfs_demo/publish_en_items.json").write_text("[", encoding="utf-8")
    publish_job(job)
    assert all(time > first[name] for name, time in settle(job).items())
