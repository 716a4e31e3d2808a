"""The simulator's survey brought to the columns that the benchmarks use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

# Divisions of ISIC Rev.4 up to which each of the sections A to U reaches.
SECTIONS = dict(
    zip("ABCDEFGHIJKLMNOPQRSTU", (3, 9, 33, 35, 39, 43, 47, 53, 56, 63, 66, 68, 75, 82, 84, 85, 88, 93, 96, 98, 99), strict=True)
)  # fmt: skip
RAW = ("sim_stratum", "sim_village", "v", "hl04", "sim_province", "lsic2", "ac08", "wt01a")
DESIGN = ("stratum", "psu", "weight")
DIMENSIONS = ("industry", "sex", "region")
# Scale of the simulator and about how many persons it makes, in thousands.
SCALES = {2: 115, 22: 1150, 116: 6000}


def prepared(folder: Path, scale: int) -> Path:
    """A parquet file of the survey at a scale, made where the folder has none.

    The survey asks the employed only. Here everybody has a sector, an answer to ``flag`` (2 % missing) and an ``amount`` (5 %
    missing), drawn from those of the employed with a fixed seed: the engine's work, and that of what it is compared with, is
    then on all persons.
    """
    path = folder / f"persons_{scale}.parquet"
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    raw = folder / f"raw_{scale}.parquet"
    if not raw.exists():
        command = ["-m", "informality.survey.simulate", "--out", str(raw), "--scale", str(scale), "--format", "parquet"]
        subprocess.run([sys.executable, *command], check=True)
    columns = pq.read_table(raw, columns=list(RAW))
    source = {name: columns.column(name).to_numpy() for name in RAW}
    rows = len(source["v"])
    rng = np.random.default_rng(20171124)

    def filled(name: str, missing: float) -> np.ndarray:
        values = source[name].astype(float)
        gaps = np.isnan(values)
        values[gaps] = rng.choice(values[~gaps], int(gaps.sum()))
        values[rng.random(rows) < missing] = np.nan
        return values

    division = filled("lsic2", 0)
    flag, amount = filled("ac08", 0.02), filled("wt01a", 0.05)
    section = np.searchsorted(list(SECTIONS.values()), division).clip(max=len(SECTIONS) - 1)
    frame = pd.DataFrame(
        {
            "stratum": source["sim_stratum"].astype("int32"),
            "psu": source["sim_village"].astype("int32"),
            "weight": source["v"].astype(float),
            "sex": _category(source["hl04"].astype(int) - 1, ["male", "female"]),
            "industry": _category(section, list(SECTIONS)),
            "region": _category(source["sim_province"].astype(int) - 1, [f"{i:02d}" for i in range(1, 19)]),
            "flag": pd.array(np.where(np.isnan(flag), None, flag == 1), dtype="boolean"),
            "amount": amount,
        }
    )
    temporary = path.with_suffix(".part")
    frame.to_parquet(temporary)
    temporary.replace(path)
    return path


def _category(code: np.ndarray, levels: list[str]) -> pd.Categorical:
    return pd.Categorical.from_codes(code, levels)
