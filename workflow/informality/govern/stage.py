"""The govern room's job: what may be published, and the checks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from informality import frames
from informality.decisions import FOLDER, read_yaml
from informality.errors import UserError, nearest
from informality.govern.benchmarks import RESULT, compare, load_benchmarks, told_benchmarks
from informality.govern.models import release_models
from informality.govern.protection import protect
from informality.govern.quality import released_quality
from informality.govern.reconciliation import reconciled
from informality.govern.release import release
from informality.job import Job
from informality.settings import Thresholds

PROTECTION = "suppression.json"


def govern_job(job: Job) -> None:
    """Write ``published.parquet``, ``published_models.parquet``, ``suppression.json`` (which rows are hidden, for the next run), ``published_card.json``, ``checks/benchmarks.csv`` and ``checks/summary.json``."""
    card = _json(job.inputs["card.json"]) | _json(job.inputs["variants.json"])
    hub = frames.read(job.inputs["estimates.parquet"])
    thresholds = Thresholds(**job.settings["thresholds"])
    _check_sensitive(thresholds)
    protection = protect(hub, thresholds, _known(job.home / PROTECTION))
    record = protection.record
    print(f"domains: {record['domains']}, confidential: {record['confidential']}, hidden: {record['hidden']}")
    frames.write_json(record, job.folder / PROTECTION)
    published = release(hub, thresholds, protection)
    frames.write(published, job.folder / "published.parquet")
    models, cells = (frames.read(job.inputs[f"{name}.parquet"]) for name in ("models", "model_cells"))
    published_models = release_models(models, cells, hub, protection, thresholds)
    frames.write(published_models, job.folder / "published_models.parquet")
    coverage = _json(job.inputs["coverage.json"])
    counts = coverage.get("administration", [])
    coverage["reconciliation"] = reconciled(counts, published, coverage, card["primary"]["concept"])
    simulated = "simulated" in card["marks"]
    file = FOLDER / "benchmarks" / f"{job.survey}.csv"
    none = pd.DataFrame(columns=list(RESULT))
    declared = load_benchmarks(file) if file.exists() else None
    benchmarks = none if declared is None else compare(declared, hub, simulated=simulated)
    # For readers only what is published is compared: an estimate that is hidden must not come back through a check.
    shown = none if declared is None else compare(declared, published, simulated=simulated)
    flags = pd.read_csv(job.inputs["checks/official_flags.csv"], keep_default_na=False)
    answers = job.inputs.get("checks/quality.csv")
    quality = (
        {}
        if answers is None
        else released_quality(pd.read_csv(answers, keep_default_na=False, na_values=[""]), flags, thresholds)
    )
    quality["benchmarks"] = told_benchmarks(shown, declared)
    frames.write_json({**card, "coverage": coverage, "quality": quality}, job.folder / "published_card.json")
    frames.write_csv(benchmarks, job.folder / "checks" / "benchmarks.csv")
    doubts = pd.read_csv(job.inputs["checks/warnings.csv"], keep_default_na=False)
    weights = job.inputs.get("checks/weights.csv")
    told = [] if weights is None else bad_weights(pd.read_csv(weights, keep_default_na=False))
    summary = {"failed": failed_checks(flags, benchmarks), "warnings": [*doubts["text"].tolist(), *told]}
    frames.write_json(summary, job.folder / "checks" / "summary.json")


def _check_sensitive(thresholds: Thresholds) -> None:
    """UserError for a sensitive indicator that is not declared: misspelt, it would be published like any other."""
    declared = read_yaml(FOLDER / "estimates.yaml")["indicators"]
    for name in thresholds.sensitive_indicators:
        if name not in declared:
            raise UserError(
                f"no estimate '{name}' is declared",
                where="thresholds.sensitive_indicators in workflow/config.yaml",
                todo=nearest(name, declared),
            )


def _known(path: Path) -> dict[str, Any] | None:
    """The record of a former run; None where there is none that can be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def failed_checks(flags: pd.DataFrame, benchmarks: pd.DataFrame) -> list[str]:
    """One sentence for each official flag that the rule does not reproduce and each published figure that is not met."""
    texts = []
    for flag in flags.loc[(flags["outcome"] == "all") & (flags["disagreements"].astype(int) > 0)].itertuples():
        why = f" (known: {flag.note})" if flag.note else ""
        texts.append(f"the official flag {flag.flag} differs for {flag.disagreements} of {flag.rows} persons{why}")
    for row in benchmarks.loc[benchmarks["verdict"] == "differs"].itertuples():
        texts.append(f"benchmark {row.id}: {row.published:g} {row.unit} published, {row.computed:.6g} computed")
    return texts


# Verdicts on a weighted total that are no cause for a warning: it is within the tolerance, or off by no more than chance.
GOOD_WEIGHTS = ("agrees", "sampling")


def bad_weights(weights: pd.DataFrame) -> list[str]:
    """One sentence for each population total that the weights of the file do not meet."""
    texts = []
    for row in weights[~weights["verdict"].isin(GOOD_WEIGHTS)].itertuples():
        what = f"population totals by {row.margin}, {row.level}"
        if row.verdict == "not_in_file":
            texts.append(f"{what}: nobody in the file (checks/weights.csv)")
        elif row.verdict == "not_declared":
            texts.append(f"{what}: no total is declared (checks/weights.csv)")
        else:
            gap = 100 * (float(row.ratio) - 1)
            texts.append(f"{what}: the weights are {gap:+.1f} per cent off, more than chance (checks/weights.csv)")
    return texts


def _json(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
