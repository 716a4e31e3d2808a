"""`findings.json`: every finding with the estimates, comparisons and conditions that it rests on, for programs and for those who check it."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from informality.publish.card import Card
from informality.publish.finding_values import Found
from informality.publish.findings import Stated
from informality.publish.left import Left
from informality.publish.text import Texts
from informality.vocabulary import DIMENSIONS, TOTAL

FINDINGS = "findings.json"
_NUMBERS = ("estimate", "se", "ci_low", "ci_high", "decimals", "n")
# ``verdict``: on a difference, adjusted for all of its indicator (Holm).
_KEYS = (
    "indicator", "statistic", "universe", "category", "branch", "law", "scenario", "assumption", "measure", "n_class", "verdict",
)  # fmt: skip


def findings_bytes(
    stated: Sequence[Stated], left: Sequence[Left], marks: Sequence[str], alpha: float, card: Card, texts: Texts
) -> bytes:
    """The file as UTF-8. Numbers are those of the published estimates, shares as fractions; ``digest``: of the published row."""
    content = {
        "survey": card.survey,
        "language": texts.lang,
        "marks": list(marks),
        "processing": texts.t("page.own_processing"),
        "alpha": alpha,
        "findings": [_finding(one) for one in stated],
        "left_out": [{"id": one.item, "title": one.title, "reason": one.reason} for one in left],
    }
    return (json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def _finding(stated: Stated) -> dict[str, Any]:
    finding, entry = stated.finding, stated.entry
    conditions = [c.model_dump(mode="json", exclude_none=True) for c in entry.wordings[stated.wording]]
    return {
        "id": finding.id,
        "section": finding.section,
        "item": finding.item,
        "sentence": finding.sentence,
        "wording": stated.wording,
        "conditions": conditions,
        "marks": list(finding.marks),
        "evidence": list(finding.evidence),
        "estimates": {name: _row(value) for name, value in stated.values.items()},
        "differences": {name: _row(d) for name, d in stated.differences.items()},
    }


def _row(found: Found) -> dict[str, Any]:
    row = found.row
    levels = {name: str(row[name]) for name in DIMENSIONS if row[name] != TOTAL}
    sought = {"among": list(found.group), "unranked": found.unranked} if found.level else {}
    return {
        "label": found.label,
        **{name: str(row[name]) for name in _KEYS if row[name]},
        "levels": levels,
        "variant": found.pair.variant,
        "concept": found.pair.concept,
        **{name: _finite(row[name]) for name in _NUMBERS},
        **sought,
        "digest": _digest(row),
    }


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _digest(row: Mapping[str, Any]) -> str:
    plain = {name: (_finite(value) if isinstance(value, float) else str(value)) for name, value in sorted(row.items())}
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()
