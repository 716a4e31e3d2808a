"""The benchmarks are not timed here, but must not fall behind the package that they measure."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "benchmarks"


def test_the_benchmark_of_the_logit_runs() -> None:
    command = [sys.executable, str(FOLDER / "logit.py"), "1500", "--repeats", "1"]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert run.returncode == 0, run.stderr[-1000:]
    lines = [line for line in run.stdout.splitlines() if line.startswith("| 1,500")]
    assert [line.split("|")[2].strip() for line in lines][:3] == ["engine", "effects", "statsmodels"]


def test_what_the_benchmark_of_the_engine_imports_is_there() -> None:
    command = [sys.executable, "-c", "import cases, data, engine"]
    run = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False, timeout=120)
    assert run.returncode == 0, run.stderr[-1000:]
