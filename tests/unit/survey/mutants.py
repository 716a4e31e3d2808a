"""Damaged copies of a small made-up survey in every format, and what reading one in a process of its own comes to."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
from unit.survey.small_family import COLUMNS, survey

from informality.job import Job, ended_well
from informality.survey import stage
from informality.survey.apart import death
from informality.survey.description import Survey
from informality.survey.reading import _listeners, listen

FORMATS = ("plain.sav", "compressed.sav", "zsav", "117.dta", "114.dta", "csv", "parquet", "zip", "txt")
# What one person of the file has said. None of it may ever stand in a message.
PLANTED = {
    "name": "Somphone Keovilay",
    "village": "Ban Nakhamxieng",
    "phone": "02055512345",
    "pay": 48127.53,
    "w": 213.2875,
}
WRONG = ("memory", "fault of the pipeline", "withheld", "Traceback", "traceback", "ran out")
ROWS = 120
_ROOM = 3 * 1024**3
_SECONDS = 20


def people() -> pd.DataFrame:
    """The columns of the small family, and some of which nothing is asked, with the planted person in the middle."""
    random = np.random.default_rng(7)
    frame = pd.DataFrame({name: random.integers(1, 5, ROWS).astype(float) for name in COLUMNS})
    frame = frame.assign(w=random.uniform(50, 400, ROWS).round(4), age=random.integers(15, 80, ROWS).astype(float))
    frame["isic"] = random.integers(111, 9900, ROWS).astype(float)
    frame = frame.assign(isco=frame["isic"], pay=random.uniform(1e3, 1e5, ROWS).round(2))
    for name in ("name", "village", "phone"):
        frame[name] = [f"{name} {number}" for number in random.integers(10**6, 10**7, ROWS)]
    for name, value in PLANTED.items():
        frame.loc[ROWS // 2, name] = value
    return frame


def write(folder: Path, kind: str) -> Path:
    """The sound file of one of `FORMATS`; a layout lies beside the fixed-width one."""
    frame, path = people(), folder / f"toy.{kind}"
    labels = {"column_labels": {"age": "Age in years"}, "variable_value_labels": {"sex": {1: "Male", 2: "Female"}}}
    if kind.endswith("sav"):
        how = {"compress": kind == "zsav", "row_compress": kind == "compressed.sav"}
        pyreadstat.write_sav(frame, path, missing_ranges={"age": [99]}, note="made up", **labels, **how)
    elif kind == "117.dta":
        pyreadstat.write_dta(frame, path, version=13, **labels)
    elif kind == "114.dta":
        frame.to_stata(path, version=114, write_index=False, value_labels={"sex": {1: "Male", 2: "Female"}})
    elif kind == "parquet":
        frame.to_parquet(path)
    elif kind == "txt":
        texts = frame.astype(str)
        widths = {name: int(texts[name].str.len().max()) for name in frame}
        path.write_text("".join("".join(row[n].rjust(widths[n]) for n in widths) + "\n" for _, row in texts.iterrows()))
        starts = np.cumsum([1, *widths.values()])
        rows = [
            f"{n},{s},{w},{'text' if n in ('name', 'village', 'phone') else 'number'}"
            for (n, w), s in zip(widths.items(), starts, strict=False)
        ]
        (folder / "layout.csv").write_text("\n".join(["name,start,width,type", *rows]) + "\n")
    else:
        text = frame.to_csv(index=False)
        if kind == "csv":
            path.write_text(text)
        else:
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
                packed.writestr("toy.csv", text)
    return path


def mutants(sound: bytes, seed: int) -> Iterator[bytes]:
    """Endless damaged copies: a cut, a flipped bit, bytes overwritten, lost, doubled, filled with zeros or ones; half of it near the start."""
    random = np.random.default_rng(seed)
    kinds: tuple[Callable[[bytes, int, int], bytes], ...] = (
        lambda data, at, _: data[:at],
        lambda data, at, n: data[:at] + bytes([data[at] ^ 1 << n % 8]) + data[at + 1 :],
        lambda data, at, n: data[:at] + random.bytes(n) + data[at + n :],
        lambda data, at, n: data[:at] + data[at + n :],
        lambda data, at, n: data[: at + n] + data[at:],
        lambda data, at, n: data[:at] + b"\0" * n + data[at + n :],
        lambda data, at, n: data[:at] + b"\xff" * n + data[at + n :],
        lambda data, at, n: data[:at] + random.bytes(n) + data[at:],
    )
    while True:
        data = sound
        for _ in range(int(random.integers(1, 4))):
            reach = min(len(data), 2000) if random.random() < 0.5 else len(data)
            kind = kinds[int(random.integers(len(kinds)))]
            data = kind(data, int(random.integers(reach)), int(random.choice([1, 2, 4, 8, 64])))
            if not data:
                data = sound
        if data != sound:
            yield data


@dataclass(frozen=True)
class Outcome:
    """What reading a file came to: the end of the process, what the user is told, and whether rows were written."""

    signal: int
    message: str
    read: bool
    seconds: float


def read_apart(path: Path, folder: Path, described: Survey | None = None) -> Outcome:
    """Ingest ``path`` as the job does, in a forked process with limits of memory and time; the imports of this process serve it."""
    folder.mkdir(exist_ok=True)
    told, log = folder / "told", folder / "log"
    for file in (told, log, folder / "source.json", folder / "source.parquet"):
        file.unlink(missing_ok=True)
    child = os.fork()
    if not child:
        code = 1
        try:
            _limit()
            os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT, 0o600), 2)
            channel = os.open(told, os.O_WRONLY | os.O_CREAT, 0o600)
            _listeners.clear()
            listen(lambda begun: os.write(channel, json.dumps(begun).encode() + b"\n") and None)
            stage.described = lambda _: described or survey()
            inputs = {"raw": path} | ({"layout": path.parent / "layout.csv"} if path.suffix == ".txt" else {})
            with ended_well():
                stage.ingest_job(Job("ingest", "toy_lfs_2017q3", "", inputs, {}, folder, folder))
            code = 0
        except SystemExit as end:
            os.write(2, str(end.code).encode())
        finally:
            os._exit(code)
    _, status, used = os.wait4(child, 0)
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    message = log.read_text(errors="replace") if log.exists() else ""
    if number:
        message += str(death(number, told.read_bytes()))
    read = (folder / "source.json").exists()
    assert read == (status == 0), "either rows or a message"
    return Outcome(number, message, read, used.ru_utime + used.ru_stime)


def _limit() -> None:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(2 * _SECONDS)
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        there = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (there + _ROOM, there + _ROOM))


def leaks(message: str) -> list[str]:
    """What of the planted person stands in a message."""
    return [str(value) for value in PLANTED.values() if str(value) in message]
