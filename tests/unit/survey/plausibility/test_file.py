"""What the reader noted of a file reaches the end of the run."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support import ROOT
from unit.survey.mutants import people
from unit.survey.small_family import survey

from informality.job import Job
from informality.survey.ingest import sha256
from informality.survey.stage import harmonise_job, ingest_job


def warned(folder: Path, file: Path, monkeypatch: pytest.MonkeyPatch, **changes: object) -> list[str]:
    """Ingest and harmonise a file; the texts of what is noted of it."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("informality.survey.stage.described", lambda _: survey(**changes))
    folder.mkdir()
    ingest_job(Job("ingest", "toy_lfs_2017q3", "", {"raw": file}, {}, folder, folder))
    inputs = {name: folder / name for name in ("source.parquet", "source.json")}
    harmonise_job(Job("harmonise", "toy_lfs_2017q3", "", inputs, {}, folder, folder))
    lines = pd.read_csv(folder / "checks" / "warnings.csv")
    lines = lines[lines["id"] == "file"]
    assert set(lines["where"]) <= {"waves.2017q3.file"}
    assert json.loads((folder / "source.json").read_text())["notes"] == lines["text"].tolist()
    return lines["text"].tolist()


def test_a_last_line_without_its_end_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = people().assign(ea=np.arange(len(people())), isic=4711.0, isco=52.0)
    text = frame.to_csv(index=False)
    file = tmp_path / "toy.csv"
    file.write_text(text)
    assert warned(tmp_path / "whole", file, monkeypatch) == []
    file.write_text(text.rstrip("\n"))
    (told,) = warned(tmp_path / "open", file, monkeypatch)
    assert "the last line of the file has no line end" in told
    digest = {"waves__2017q3__sha256": sha256(file)}
    assert warned(tmp_path / "described", file, monkeypatch, **digest) == [], "it is known to be whole"
