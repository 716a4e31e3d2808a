"""Whole runs of the pipeline in a copy, and what the attack needs to know of each."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from attack.knowledge import Knowledge, knowledge
from support import ROOT, WORKFLOW

UNIVERSES: dict[str, str] = yaml.safe_load((WORKFLOW / "estimates.yaml").read_text(encoding="utf-8"))["universes"]


def run(folder: Path, *options: str) -> Path:
    """The pipeline, as it stands, run in ``folder``; options are those of snakemake."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("Snakefile", "pyproject.toml"):
        shutil.copy2(ROOT / name, folder / name)
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(WORKFLOW, folder / "workflow", ignore=ignored, dirs_exist_ok=True)
    for name in ("raw", "processed", "figures"):
        (folder / name).mkdir(exist_ok=True)
    environment = {**os.environ, "PYTHONPATH": str(folder / "workflow"), "PYTHONDONTWRITEBYTECODE": ""}
    command = [sys.executable, "-m", "snakemake", "--cores", "2", *options]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(done.stderr[-3000:])
    return folder


def weights(folder: Path, survey: str) -> tuple[float, float, float]:
    """The lightest, the mean and the heaviest weight of the file."""
    weight = pd.read_parquet(folder / "processed" / survey / "persons.parquet", columns=["weight"])["weight"]
    weight = weight[weight > 0]
    return float(weight.min()), float(weight.mean()), float(weight.max())


def released(folder: Path, survey: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The published rows of a run, and the card."""
    processed = folder / "processed" / survey
    card = json.loads((processed / "published_card.json").read_text(encoding="utf-8"))
    return pd.read_parquet(processed / "published.parquet"), card


def exact(folder: Path, survey: str) -> pd.DataFrame:
    """The exact hub of a run, for scoring."""
    return pd.read_parquet(folder / "processed" / survey / "estimates.parquet")


def known(survey: str, *folders: Path) -> Knowledge:
    """What follows from one run or several of one file."""
    releases = [released(folder, survey) for folder in folders]
    return knowledge(exact(folders[0], survey), releases, UNIVERSES, weights(folders[0], survey))
