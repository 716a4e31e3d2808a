"""What lies beside a picture: the numbers behind it as csv, and as json its words, keys, flags and digests."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

import numpy as np

from informality.publish.card import Card
from informality.publish.files import csv_bytes
from informality.publish.item import FigureItem


def written(figure: FigureItem, card: Card) -> dict[str, bytes]:
    """File name → bytes of both."""
    data = _data(figure, card)
    return {f"{figure.stem}.csv": data, f"{figure.stem}.json": _about(figure, card, data)}


def _about(figure: FigureItem, card: Card, data: bytes) -> bytes:
    """Names are the same in every language; ``digests`` tell whether two figures show the same numbers, or are the same altogether."""
    caption, rows = figure.caption, figure.rows
    about = {
        "figure": figure.item,
        "survey": card.survey,
        "language": figure.lang,
        **asdict(caption),
        "n": int(rows["n"].max()) if rows["n"].notna().any() else None,
        "flags": {
            flag: int(count) for flag, count in sorted(rows.loc[rows["flag"] != "", "flag"].value_counts().items())
        },
        **{
            name: sorted(set(rows[name]) - {""})
            for name in ("variant", "concept", "universe", "branch", "law", "scenario")
        },
        "digests": {"data": hashlib.sha256(data).hexdigest(), "item": figure.digest("")},
    }
    return (json.dumps(about, ensure_ascii=False, indent=1) + "\n").encode()


def _data(figure: FigureItem, card: Card) -> bytes:
    """The numbers behind a figure; column names are the same in every language."""
    head = ["figure", "survey", "mark", "part", "row", "row_label", "series", "series_label", "unit", "estimate", "lower", "upper", "over", "under",
            "n", "flag", "flag_reason", "variant", "concept", "universe", "branch", "law", "assumption", "scenario", "source"]  # fmt: skip
    marks = " ".join(figure.caption.marks)
    return csv_bytes(
        head,
        (
            [
                figure.item, card.survey, marks, row.part, row.row, row.row_label, row.series, row.series_label, row.measure,
                *(_finite(value) for value in (row.estimate, row.low, row.high, row.bound_low, row.bound_high, row.n)), row.flag, row.flag_reason,
                row.variant, row.concept, row.universe, row.branch, row.law, row.assumption, row.scenario, figure.caption.source,
            ]
            for row in figure.rows.itertuples()
        ),
    )  # fmt: skip


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
