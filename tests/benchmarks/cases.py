"""What is timed. Run as a program, one case in a process of its own: prints its seconds and its memory as JSON."""

from __future__ import annotations

import importlib
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from data import DESIGN, DIMENSIONS

from informality.estimate import intervals
from informality.estimate.design import Design
from informality.estimate.hub import estimate
from informality.estimate.requests import Request

BREAKDOWNS = [by for size in range(4) for by in combinations(DIMENSIONS, size)]
SIZES = (21, 2, 18)
# Columns of the large run: as many yes/no columns, universes and one- and two-way breakdowns as make 1,500 requests.
FLAGS, UNIVERSES = 25, 2
Work = Callable[[], object]


def requests() -> list[Request]:
    """A share and a mean by sector × sex × region and all margins: 2 × 8 tables."""
    return [
        Request(statistic, y, by=by, measure="number", keys={"indicator": y})
        for statistic, y in (("share", "flag"), ("mean", "amount"))
        for by in BREAKDOWNS
    ]  # type: ignore[misc]


def engine(frame: pd.DataFrame) -> Iterator[Work]:
    """The requests, the design ready: once with the rows of the hub."""
    design = Design.from_frame(frame)
    asked = requests()
    yield lambda: estimate(frame, design, asked)


def _dense(frame: pd.DataFrame) -> Work:
    """The six sums over PSU × sector × sex × region that no engine avoids, their key, weights and products ready."""
    cells = int(np.prod(SIZES))
    design = Design.from_frame(frame)
    key = design.psu * cells + np.ravel_multi_index(
        [frame[d].cat.codes.to_numpy(dtype=np.intp) for d in DIMENSIONS], SIZES
    )
    size = len(design.psu_stratum) * cells
    ready = []
    for y in ("flag", "amount"):
        values = frame[y].to_numpy(dtype=np.float64, na_value=np.nan)
        known = ~np.isnan(values)
        ready += [design.weight * known, design.weight * np.where(known, values, 0.0), None]

    def work() -> None:
        for values in ready:
            np.bincount(key, values, size)

    return work


def _stream(frame: pd.DataFrame) -> Work:
    """One pass over the used columns as they lie in memory."""
    columns = [frame[c].to_numpy() for c in (*DESIGN, "amount")]
    columns += [frame[d].cat.codes.to_numpy() for d in DIMENSIONS]
    columns += [frame["flag"].array._data, frame["flag"].array._mask]  # type: ignore[attr-defined]
    return lambda: [c.sum() for c in columns]


def side_by_side(frame: pd.DataFrame) -> Iterator[Work]:
    """Engine, dense sums, stream: their turns alternate, so that all meet the same machine."""
    yield from engine(frame)
    yield _dense(frame)
    yield _stream(frame)


def many(frame: pd.DataFrame) -> Iterator[Work]:
    """1,500 requests: 25 yes/no columns × 2 universes × 15 breakdowns × share and total."""
    rng = np.random.default_rng(7)
    rows = len(frame)
    columns: dict[str, object] = {"in a": rng.random(rows) < 0.6, "in b": rng.random(rows) < 0.25}
    for name, levels in (("area", 2), ("education", 4), ("status", 6), ("occupation", 10), ("size", 5)):
        code = rng.integers(0, levels, rows, dtype=np.int8)
        columns[name] = pd.Categorical.from_codes(code, [f"{i}" for i in range(levels)])
    for i in range(FLAGS):
        columns[f"y{i}"] = pd.arrays.BooleanArray(rng.random(rows, dtype=np.float32) < 0.4, rng.random(rows, dtype=np.float32) < 0.1)  # fmt: skip
    wide = frame[[*DESIGN, *DIMENSIONS]].assign(**columns)
    one_way = [(d,) for d in (*DIMENSIONS, "area", "education", "status", "occupation", "size")]
    two_way = [("sex", d) for d in ("industry", "area", "education", "status")] + [("status", "industry"), ("area", "industry")]  # fmt: skip
    asked = [
        Request(
            statistic, f"y{i}", where=where, by=by, measure="number", keys={"indicator": f"y{i}", "universe": where}
        )
        for statistic in ("share", "total")
        for i in range(FLAGS)
        for where in ("in a", "in b")
        for by in [(), *one_way, *two_way]
    ]  # type: ignore[misc]
    assert len(asked) == 1500
    design = Design.from_frame(wide)
    yield lambda: estimate(wide, design, asked)


CASES = {"engine": engine, "side_by_side": side_by_side, "many": many}


def read(file: Path) -> pd.DataFrame:
    """The frame, column by column: reading all at once takes more memory than estimating."""
    names = pq.read_schema(file).names
    return pd.concat([pq.read_table(file, columns=[name]).to_pandas() for name in names], axis=1)


def peak() -> int:
    """Largest memory of this process so far, in MiB.

    On Linux `ru_maxrss` begins with what the process that started this one held, so the status of the process is asked first.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        held = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:"))
        return int(held.split()[1]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """``cases.py CASE FILE REPETITIONS``."""
    name, file, repetitions = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    # Every library that the work loads is part of the base, those that read the file too.
    importlib.import_module("pyarrow.dataset")
    importlib.import_module("pyarrow.pandas_compat")
    intervals.t_quantile(np.array([5.0]))
    base = peak()
    frame = read(file)
    held = peak()
    works = list(CASES[name](frame))
    seconds: list[list[float]] = [[] for _ in works]
    for _ in range(repetitions):
        for place, work in enumerate(works):
            started = time.perf_counter()
            work()
            seconds[place].append(time.perf_counter() - started)
    used = sum(frame[c].size for c in frame) * 8 // 2**20
    facts = {"rows": len(frame), "psus": Design.from_frame(frame).n_psu, "base": base, "read": held, "peak": peak()}
    sys.stdout.write(json.dumps({**facts, "columns_as_float64": used, "seconds": seconds}) + "\n")


if __name__ == "__main__":
    main()
