"""Simulate and write: the one call that the demo and the benchmarks need."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from informality.survey.simulation import codebook, files
from informality.survey.simulation.survey import simulate
from informality.survey.simulation.targets import DATA

Format = Literal["sav", "dta", "parquet"]


def write_demo(
    path: Path, *, seed: int = 2017, scale: float = 1.0, format: Format = "sav", folder: Path = DATA
) -> None:
    """Simulate and write the file by rename; the same arguments give the same bytes (headers carry no clock).

    `UserError` for a scale that `simulate` refuses, an unknown format, or a ``folder`` whose decisions cannot be read.
    """
    files.write(simulate(seed, scale, folder=folder), Path(path), codebook.load(folder), format)
