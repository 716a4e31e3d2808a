"""The engine side by side with what bounds it, and with R survey: ``engine.py FOLDER [--sizes 115 1150 6000]``.

See README.md beside this file.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
from data import SCALES, prepared

HERE = Path(__file__).parent
# Repetitions by size: the first of each case is left out, it meets cold memory.
REPETITIONS = {115: 31, 1150: 15, 6000: 7}


def case(name: str, file: Path, repetitions: int) -> dict[str, Any]:
    """One case in a process of its own."""
    # This allocator gives memory back after the file is read, so that the peak is the engine's.
    environment = {**os.environ, "ARROW_DEFAULT_MEMORY_POOL": "system"}
    command = [sys.executable, str(HERE / "cases.py"), name, str(file), str(repetitions)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def median(seconds: list[float]) -> float:
    """Median without the first run."""
    return statistics.median(seconds[1:] or seconds)


def ratio(ours: list[float], theirs: list[float]) -> float:
    """Median of the ratios of neighbouring turns, without the first."""
    return statistics.median(a / b for a, b in zip(ours[1:], theirs[1:], strict=True))


def compare(file: Path, size: int) -> None:
    """Engine, the six dense sums, the stream."""
    found = case("side_by_side", file, REPETITIONS[size])
    engine, dense, stream = found["seconds"]
    print(f"{found['rows']:,} persons in {found['psus']:,} PSUs, {REPETITIONS[size] - 1} repetitions")
    print(f"  engine        {1e3 * median(engine):9.1f} ms")
    print(f"  six bincounts {1e3 * median(dense):9.1f} ms   engine / six bincounts {ratio(engine, dense):6.2f}")
    print(f"  one stream    {1e3 * median(stream):9.1f} ms   engine / stream        {ratio(engine, stream):6.1f}")
    alone = case("engine", file, 3)
    above = alone["peak"] - alone["base"]
    print(
        f"  peak memory   {alone['peak']:9,} MiB, {above:,} above the imports = "
        f"{above / max(alone['columns_as_float64'], 1):.1f} x the used columns as float64"
    )


def against_r(file: Path, size: int) -> None:
    """R survey, where it is installed; at the smallest size only, since it takes half a minute there."""
    if size != min(SCALES.values()):
        return
    rscript = shutil.which("Rscript")
    if rscript is None:
        print("  R survey      skipped: there is no Rscript on this machine")
        return
    csv = file.with_suffix(".csv")
    frame = pd.read_parquet(file)
    frame.assign(flag=frame["flag"].astype("Float64")).to_csv(csv, index=False)
    done = subprocess.run(
        [rscript, str(HERE / "survey.R"), str(csv), "3"], stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        print("  R survey      skipped: Rscript is there, but the package survey does not run")
        return
    seconds = [float(line) for line in done.stdout.split()]
    ours = median(case("engine", file, 9)["seconds"][0])
    theirs = statistics.median(seconds)
    print(f"  R survey      {1e3 * theirs:9.0f} ms   R survey / engine      {theirs / ours:6.0f}")


def large(file: Path) -> None:
    """1,500 requests in one call, at the largest size."""
    found = case("many", file, 1)
    print(
        f"  1,500 requests {found['seconds'][0][0]:8.1f} s, peak memory {found['peak']:,} MiB, "
        f"{found['peak'] - found['base']:,} above the imports"
    )


def main() -> None:
    """Make the data where they are missing, then time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the simulated surveys are kept between runs (up to 200 MB)")
    parser.add_argument("--sizes", type=int, nargs="*", default=list(SCALES.values()), choices=list(SCALES.values()))
    asked = parser.parse_args()
    for scale, size in SCALES.items():
        if size in asked.sizes:
            file = prepared(asked.folder, scale)
            compare(file, size)
            against_r(file, size)
            if size == max(SCALES.values()):
                large(file)


if __name__ == "__main__":
    main()
