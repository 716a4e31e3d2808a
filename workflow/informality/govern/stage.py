"""The govern room's job: what may be published, and the checks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from informality import frames
from informality.decisions import FOLDER
from informality.govern.benchmarks import RESULT, compare, load_benchmarks
from informality.govern.release import release
from informality.job import Job
from informality.settings import Thresholds


def govern_job(job: Job) -> None:
    """Write ``published.parquet``, ``published_card.json``, ``checks/benchmarks.csv`` and ``checks/summary.json``."""
    card = _json(job.inputs["card.json"]) | _json(job.inputs["variants.json"])
    hub = frames.read(job.inputs["estimates.parquet"])
    frames.write(release(hub, Thresholds(**job.settings["thresholds"])), job.folder / "published.parquet")
    frames.write_json(card, job.folder / "published_card.json")

    simulated = "simulated" in card["marks"]
    file = FOLDER / "benchmarks" / f"{job.survey}.csv"
    benchmarks = (
        compare(load_benchmarks(file), hub, simulated=simulated)
        if file.exists()
        else pd.DataFrame(columns=list(RESULT))
    )
    flags = pd.read_csv(job.inputs["checks/official_flags.csv"], keep_default_na=False)
    frames.write_csv(benchmarks, job.folder / "checks" / "benchmarks.csv")
    frames.write_json({"failed": failed_checks(flags, benchmarks)}, job.folder / "checks" / "summary.json")


def failed_checks(flags: pd.DataFrame, benchmarks: pd.DataFrame) -> list[str]:
    """One sentence for each official flag that the rule does not reproduce and each published figure that is not met."""
    texts = []
    for flag in flags.loc[(flags["outcome"] == "all") & (flags["disagreements"].astype(int) > 0)].itertuples():
        why = f" (known: {flag.note})" if flag.note else ""
        texts.append(f"the official flag {flag.flag} differs for {flag.disagreements} of {flag.rows} persons{why}")
    for row in benchmarks.loc[benchmarks["verdict"] == "differs"].itertuples():
        texts.append(f"benchmark {row.id}: {row.published:g} {row.unit} published, {row.computed:.6g} computed")
    return texts


def _json(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
