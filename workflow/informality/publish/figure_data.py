"""What lies beside a picture: the numbers behind it as csv, and as json its words, keys, flags and digests."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from dataclasses import asdict

from pandas import DataFrame

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
        "n": _most(rows),
        "flags": dict(sorted(Counter(flag for flag in rows["flag"] if flag).items())),
        **{
            name: sorted(set(rows[name]) - {""})
            for name in ("variant", "concept", "universe", "branch", "law", "scenario")
        },
        "digests": {"data": hashlib.sha256(data).hexdigest(), "item": figure.digest("")},
    }
    return (json.dumps(about, ensure_ascii=False, indent=1) + "\n").encode()


def _most(rows: DataFrame) -> int | str | None:
    """Persons in the sample behind the row that has most of them, rounded, or their class."""
    if rows["n"].isna().all():
        return None
    row = rows.loc[rows["n"].idxmax()]
    return row["n_class"] or int(row["n"])


def _data(figure: FigureItem, card: Card) -> bytes:
    """The numbers behind a figure, with so many decimals; persons in the sample are a number or a class. Column names are the same in every
    language.
    """
    head = ["figure", "survey", "mark", "part", "row", "row_label", "series", "series_label", "unit", "estimate", "lower", "upper", "over", "under",
            "decimals", "n", "flag", "flag_reason", "variant", "concept", "universe", "branch", "law", "assumption", "scenario", "source"]  # fmt: skip
    marks = " ".join(figure.caption.marks)
    words = ["part", "row", "row_label", "series", "series_label", "measure"]
    numbers = ["estimate", "low", "high", "bound_low", "bound_high", "decimals"]
    keys = ["flag", "flag_reason", "variant", "concept", "universe", "branch", "law", "assumption", "scenario"]
    columns = [
        *(figure.rows[name].tolist() for name in words),
        *([_finite(value) for value in figure.rows[name]] for name in numbers),
        [text or _finite(n) for n, text in zip(figure.rows["n"], figure.rows["n_class"], strict=True)],
        *(figure.rows[name].tolist() for name in keys),
    ]
    first, last = [figure.item, card.survey, marks], [figure.caption.source]
    return csv_bytes(head, ([*first, *row, *last] for row in zip(*columns, strict=True)))


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
