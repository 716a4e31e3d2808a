"""The govern room's job: what may be published, and the checks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from informality import frames
from informality.decisions import FOLDER, read_yaml
from informality.errors import UserError, nearest
from informality.govern.benchmarks import RESULT, compare, load_benchmarks, told_benchmarks
from informality.govern.flags import CONFIDENTIAL
from informality.govern.hide import First
from informality.govern.models import release_models
from informality.govern.quality import released_quality, told_checks
from informality.govern.reconciliation import reconciled
from informality.govern.release import Publication, release
from informality.govern.rounding import TENS, to_step
from informality.job import Job
from informality.settings import Thresholds

# Counts of the card that are rounded; what only the rounding needs to know crosses in no form.
COUNTS, NOT_PUBLISHED = ("n_persons", "n_employed"), ("weights",)


def govern_job(job: Job) -> None:
    """Write ``published.parquet``, ``published_models.parquet``, ``published_card.json``, ``checks/benchmarks.csv`` and ``checks/summary.json``."""
    card = _json(job.inputs["card.json"]) | _json(job.inputs["variants.json"])
    hub = frames.read(job.inputs["estimates.parquet"])
    thresholds = Thresholds(**job.settings["thresholds"])
    _check_sensitive(thresholds)
    coverage = _json(job.inputs["coverage.json"])
    publication = publication_of(card, coverage)
    published = release(hub, thresholds, publication)
    print(f"estimates: {len(published)}, confidential: {int((published['flag'] == CONFIDENTIAL).sum())}")
    frames.write(published, job.folder / "published.parquet")
    models, cells = (frames.read(job.inputs[f"{name}.parquet"]) for name in ("models", "model_cells"))
    frames.write(
        release_models(models, cells, thresholds, publication.count_step), job.folder / "published_models.parquet"
    )
    counts = coverage.get("administration", [])
    coverage["reconciliation"] = reconciled(counts, published, coverage, card["primary"]["concept"])
    simulated = "simulated" in card["marks"]
    file = FOLDER / "benchmarks" / f"{job.survey}.csv"
    none = pd.DataFrame(columns=list(RESULT))
    declared = load_benchmarks(file) if file.exists() else None
    benchmarks = none if declared is None else compare(declared, hub, simulated=simulated)
    flags = pd.read_csv(job.inputs["checks/official_flags.csv"], keep_default_na=False)
    answers = job.inputs.get("checks/quality.csv")
    quality = (
        {}
        if answers is None
        else released_quality(pd.read_csv(answers, keep_default_na=False, na_values=[""]), flags, thresholds)
    )
    doubts, open_ = (
        pd.read_csv(job.inputs[f"checks/{name}.csv"], keep_default_na=False) for name in ("warnings", "computable")
    )
    quality["checks"] = told_checks(doubts, thresholds)
    quality["benchmarks"] = told_benchmarks(benchmarks, declared, published)
    told_card = {**published_card(card, publication), "coverage": coverage, "quality": quality}
    frames.write_json(told_card, job.folder / "published_card.json")
    frames.write_csv(benchmarks, job.folder / "checks" / "benchmarks.csv")
    weights = job.inputs.get("checks/weights.csv")
    said = [] if weights is None else bad_weights(pd.read_csv(weights, keep_default_na=False))
    summary = {
        "failed": failed_checks(flags, benchmarks),
        "warnings": [*open_["text"].tolist(), *doubts["text"].tolist(), *said],
    }
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


def publication_of(card: Mapping[str, Any], coverage: Mapping[str, Any]) -> Publication:
    """How a survey's numbers are rounded, and what it shows first; UserError for a step that is too small."""
    variants = [pair["variant"] for pair in card["pairs"]]
    first = First(card["primary"]["variant"], coverage.get("law") or "", coverage.get("main") or "", variants)
    weights = card["weights"]
    return Publication.of(
        card["publication"]["step"],
        weights["mean"],
        weights["least"],
        weights["most"],
        first,
        f"surveys/{card['family']}.yaml",
    )


def published_card(card: Mapping[str, Any], publication: Publication) -> dict[str, Any]:
    """The card with its counts rounded, and the step of rounding."""
    counts = {name: float(to_step(np.array([card[name]]), TENS)[0]) for name in COUNTS}
    told = {name: content for name, content in card.items() if name not in NOT_PUBLISHED}
    total = float(to_step(np.array([card["weights_sum"]]), publication.step)[0])
    mean = card["weights"]["mean"]
    about = {"step": publication.step, "mean_weights": float(np.floor(publication.step / mean))}
    return {**told, **{name: int(n) for name, n in counts.items()}, "weights_sum": total, "publication": about}


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
