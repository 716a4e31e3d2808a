"""All outputs of one survey in one language, from published estimates, the survey card, the texts and the catalogue."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from pandas import DataFrame

from informality.publish import charts
from informality.publish.card import Card, read_card
from informality.publish.catalogue import Catalogue
from informality.publish.figures import figure_item
from informality.publish.files import Shelf, csv_bytes
from informality.publish.item import FigureItem
from informality.publish.model_tables import model_table, reason_about
from informality.publish.models import prepared_models
from informality.publish.page import Mark, page
from informality.publish.select import Estimates, NotMade, prepared
from informality.publish.tables import TableItem, table_item
from informality.publish.text import Texts
from informality.publish.words import MAX_SENTENCE, mark_names, mark_texts, plain, reason_text, rules, text_or_name
from informality.publish.workbook import workbook
from informality.settings import Thresholds

WORKBOOK, PAGE = "tables.xlsx", "index.html"
# Only what this program names may it remove.
OURS = re.compile(r"F\d\d-[a-z0-9-]+\.(png|svg|csv)")


@dataclass(frozen=True)
class Left:
    """An item that could not be made for this survey, and why."""

    item: str
    title: str
    reason: str


@dataclass(frozen=True)
class Report:
    """What a run did: file names, items that could not be made, and the record of every item for the next run."""

    made: tuple[str, ...]
    kept: tuple[str, ...]
    removed: tuple[str, ...]
    not_made: tuple[Left, ...]
    items: Mapping[str, str] = field(repr=False)


def publish(
    published: DataFrame,
    models: DataFrame,
    card: Mapping[str, Any],
    texts: Texts,
    catalogue: Catalogue,
    out: Path,
    *,
    thresholds: Thresholds,
    previous: Mapping[str, str] | None = None,
    home: Path | None = None,
) -> Report:
    """Write figures (png, svg, csv), `tables.xlsx` and `index.html` of one survey into ``out``, in the language of ``texts``.

    ``published``: what `govern.release.release` made; ``models``: what `govern.models.release_models` made; ``card``: card.json; ``thresholds``: those of the release, for the notes.
    ``previous``: `Report.items` of the last run, whose files lie in ``home`` (default: ``out``); an item of which nothing has
    changed is kept, not made again. Figures of former runs that are no longer made are removed from ``out``.
    """
    catalogue.check(texts)
    survey, hub = read_card(card), prepared(published)
    shelf = Shelf(out, home, previous)
    code = charts.code_digest(catalogue.folder)
    left: list[Left] = []
    figures = list(_figures(hub, survey, texts, catalogue, thresholds, left))
    for figure in figures:
        names = [f"{figure.stem}.{suffix}" for suffix in ("png", "svg", "csv")]
        digest = figure.digest(code + survey.text())
        if not shelf.keeps(figure.item, digest, names):
            pictures = charts.rendered(figure, catalogue.folder / "fonts")
            shelf.put(figure.item, digest, {**pictures, f"{figure.stem}.csv": _data(figure, survey)})
    tables = list(_tables(hub, survey, texts, catalogue, thresholds, left))
    tables += _models(prepared_models(models), survey, texts, catalogue, thresholds, left)
    tables.sort(key=lambda table: table.item)
    _workbook(shelf, tables, survey, texts, left, code)
    _page(shelf, figures, tables, survey, texts, catalogue, thresholds, left, code)
    removed = _sweep(out, {*shelf.made, *shelf.kept})
    return Report(
        tuple(sorted(shelf.made)), tuple(sorted(shelf.kept)), removed, tuple(left), dict(sorted(shelf.items.items()))
    )


def _figures(
    hub: Estimates, card: Card, texts: Texts, catalogue: Catalogue, thresholds: Thresholds, left: list[Left]
) -> Iterator[FigureItem]:
    for item, entry in catalogue.figures.items():
        try:
            yield figure_item(item, hub, card, texts, catalogue, thresholds)
        except NotMade as problem:
            left.append(Left(item, texts.t(f"figure.{entry.text or item}.title"), _reason(problem, texts)))


def _tables(
    hub: Estimates, card: Card, texts: Texts, catalogue: Catalogue, thresholds: Thresholds, left: list[Left]
) -> Iterator[TableItem]:
    for item, entry in catalogue.tables.items():
        try:
            yield table_item(item, hub, card, texts, catalogue, thresholds)
        except NotMade as problem:
            names = [texts.t(f"dimension.{name}") for name in dict.fromkeys(d for by in entry.over for d in by)]
            title = texts.t(f"table.{entry.text}.title", by=" × ".join(names))
            left.append(Left(item, title, _reason(problem, texts)))


def _models(
    models: DataFrame, card: Card, texts: Texts, catalogue: Catalogue, thresholds: Thresholds, left: list[Left]
) -> Iterator[TableItem]:
    for item, entry in catalogue.models.items():
        try:
            yield model_table(item, entry, models, card, texts, thresholds)
        except NotMade as problem:
            title = texts.t(f"model.{entry.model}.title")
            left.append(Left(item, title, _with(reason_about(problem, texts), problem, texts)))


def _reason(problem: NotMade, texts: Texts) -> str:
    return _with(texts.join([text_or_name("dimension", name, texts) for name in problem.variables]), problem, texts)


def _with(names: str, problem: NotMade, texts: Texts) -> str:
    reason = reason_text(problem.reason, texts)
    return f"{names}: {reason}" if names else reason


def _data(figure: FigureItem, card: Card) -> bytes:
    """The numbers behind a figure; column names are the same in every language."""
    head = ["figure", "survey", "mark", "part", "row", "row_label", "series", "series_label", "unit", "estimate", "lower", "upper", "over", "under",
            "n", "flag", "flag_reason", "variant", "concept", "source"]  # fmt: skip
    marks = " ".join(figure.caption.marks)
    tail = [card.primary.variant, card.primary.concept, figure.caption.source]
    return csv_bytes(
        head,
        (
            [
                figure.item, card.survey, marks, row.part, row.row, row.row_label, row.series, row.series_label, row.measure,
                *(_finite(value) for value in (row.estimate, row.low, row.high, row.bound_low, row.bound_high, row.n)), row.flag, row.flag_reason, *tail,
            ]
            for row in figure.rows.itertuples()
        ),
    )  # fmt: skip


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _heading(card: Card, texts: Texts) -> str:
    return f"{texts.t('page.heading')}: {plain(card.country)}, {plain(card.title)}"


def _about(card: Card, texts: Texts) -> list[tuple[str, str]]:
    """What the card says of the survey, as label and text."""
    n = texts.numbers.count
    pairs = [
        ("survey", plain(card.title, MAX_SENTENCE)),
        ("country", plain(card.country)),
        ("reference", plain(card.reference)),
        ("producer", plain(card.producer, MAX_SENTENCE)),
        ("population", plain(card.population, MAX_SENTENCE)),
        ("standard", rules(card.primary.variant, card.primary.concept, texts)),
        ("sample", n(card.n_persons) if card.n_persons is not None else ""),
        ("sample_employed", n(card.n_employed) if card.n_employed is not None else ""),
        ("strata", n(card.n_strata) if card.n_strata is not None else ""),
        ("psus", n(card.n_psu) if card.n_psu is not None else ""),
        ("citation", plain(card.citation, MAX_SENTENCE)),
        ("terms", plain(card.terms, MAX_SENTENCE)),
    ]
    return [(texts.t(f"page.{key}"), text) for key, text in pairs if text]


def _notes(card: Card) -> list[str]:
    return [plain(note, MAX_SENTENCE) for note in card.notes]


def _workbook(shelf: Shelf, tables: list[TableItem], card: Card, texts: Texts, left: list[Left], code: str) -> None:
    names = mark_names(card)
    marks = mark_texts(names, texts)
    explained = [texts.t(f"mark_explained.{name}") for name in names if texts.has(f"mark_explained.{name}")]
    notes = [
        texts.t("page.own_processing"),
        *explained,
        texts.t("workbook.number_note"),
        texts.t("workbook.interval_note"),
        *_notes(card),
    ]
    missing = [(item.item, item.title, item.reason) for item in left]
    about = _about(card, texts)
    digest = _digest([t.digest("") for t in tables], about, notes, missing, marks, texts.digest(), code)
    if not shelf.keeps(WORKBOOK, digest, [WORKBOOK]):
        content = workbook(tables, _heading(card, texts), about, notes, marks, missing, texts)
        shelf.put(WORKBOOK, digest, {WORKBOOK: content})


def _page(
    shelf: Shelf, figures: list[FigureItem], tables: list[TableItem], card: Card, texts: Texts, catalogue: Catalogue,
    thresholds: Thresholds, left: list[Left], code: str,
) -> None:  # fmt: skip
    names = mark_names(card)
    marks = [
        Mark(text, texts.t(f"mark_explained.{name}") if texts.has(f"mark_explained.{name}") else "")
        for name, text in zip(names, mark_texts(names, texts), strict=True)
    ]
    pngs = [(figure, (shelf.out / f"{figure.stem}.png").read_bytes()[:24]) for figure in figures]
    limits = {name: getattr(thresholds, name) for name in ("flag_below", "hide_below", "confidential_below")}
    content = page(
        catalogue.folder, title=_heading(card, texts), figures=pngs, tables=tables, about=_about(card, texts), notes=_notes(card),
        marks=marks, not_made=left, flags=texts.t("page.flags", **limits), texts=texts,
    )  # fmt: skip
    digest = _digest(hashlib.sha256(content).hexdigest(), code)
    if not shelf.keeps(PAGE, digest, [PAGE]):
        shelf.put(PAGE, digest, {PAGE: content})


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=asdict).encode()).hexdigest()


def _sweep(out: Path, wanted: set[str]) -> tuple[str, ...]:
    """Remove figures of former runs that this run did not make."""
    old = sorted(path for path in out.iterdir() if OURS.fullmatch(path.name) and path.name not in wanted)
    for path in old:
        path.unlink()
    return tuple(path.name for path in old)
