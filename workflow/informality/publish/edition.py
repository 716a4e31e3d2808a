"""Everything that is made of one survey in one language under one law: figures, workbook and page, and what of it could not be made."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path

from pandas import DataFrame

from informality.publish.bridge import bridge_table
from informality.publish.card import Card
from informality.publish.catalogue import Catalogue
from informality.publish.drawers import Drawer, Pictures
from informality.publish.exchange.file import EXCHANGE, put_exchange
from informality.publish.facts import fact_table
from informality.publish.figure_data import written
from informality.publish.figure_entries import BridgeFigure
from informality.publish.figures import figure_item
from informality.publish.files import Shelf
from informality.publish.findings import Stated, stated_of
from informality.publish.findings_file import FINDINGS, findings_bytes
from informality.publish.formats import in_order
from informality.publish.front_matter import about, benchmarks, explained, notes, own_marks
from informality.publish.item import FigureItem
from informality.publish.keys import Scope
from informality.publish.left import Left, why, with_names
from informality.publish.maker import Maker
from informality.publish.model_tables import model_table, reason_about
from informality.publish.other_formats import OtherFormats, folders, in_formats
from informality.publish.page import Mark, page
from informality.publish.quality_tables import quality_table
from informality.publish.report.content import Material, document
from informality.publish.report.drafts import put_drafts
from informality.publish.select import Estimates, NotMade
from informality.publish.tables import TableItem, table_item
from informality.publish.text import Texts
from informality.publish.words import (
    mark_names,
    mark_texts,
    plain,
)
from informality.publish.workbook import workbook
from informality.settings import AGENCY, Thresholds

WORKBOOK, PAGE = "tables.xlsx", "index.html"
# Beside the workbook, for whoever writes the report or feeds another database.
DOCUMENTS = ("report.docx", "report.pdf", FINDINGS)
# Characters of a finding that still can be a title.
LONGEST_TITLE = 200
# Files of each figure.
FORMATS = ("png", "svg", "pdf", "csv", "json")
# Only what this program names may it remove.
OURS = re.compile(rf"F\d\d-[a-z0-9-]+\.({'|'.join(FORMATS)})")


@dataclass(frozen=True)
class Report:
    """What a run did: file names, items that could not be made, and the record of every item for the next run."""

    made: tuple[str, ...]
    kept: tuple[str, ...]
    removed: tuple[str, ...]
    not_made: tuple[Left, ...]
    items: Mapping[str, str] = field(repr=False)

    def with_part(self, folder: str, prefix: str, part: Report) -> Report:
        """With the files of a folder below; what could not be made there is told there."""
        made, kept, removed = (
            tuple(sorted([*mine, *(folder + name for name in theirs)]))
            for mine, theirs in ((self.made, part.made), (self.kept, part.kept), (self.removed, part.removed))
        )
        return replace(
            self,
            made=made,
            kept=kept,
            removed=removed,
            items={**self.items, **{prefix + k: v for k, v in part.items.items()}},
        )


def law_title(card: Card, name: str) -> str:
    """Title of a law on the card, or its name."""
    law = card.coverage.law_of(name) if card.coverage is not None else None
    return plain(law.title) if law is not None else name


@dataclass(frozen=True)
class Edition:
    """Everything that is made under one law (None: the one in force, and what rests on none)."""

    hub: Estimates
    models: DataFrame
    card: Card
    texts: Texts
    catalogue: Catalogue
    thresholds: Thresholds
    code: str
    law: str | None = None
    languages: Sequence[tuple[str, str]] = ()
    agency: str = AGENCY
    # The card in the words of the survey's description, for files that are the same in every language; None: as `card`.
    given: Card | None = None
    formats: Sequence[str] = ()

    def under(self, law: str) -> Edition:
        """What is also made under a law that was not in force."""
        return replace(self, law=law, catalogue=self.catalogue.counterfactual)

    @property
    def has_report(self) -> bool:
        """Whether findings and a report draft are made."""
        return self.law is None

    @property
    def same(self) -> list[tuple[str, str]]:
        """The pages that say the same in other languages: address, and the language's own name."""
        up, down = ("../", "") if self.law is None else ("../../../", f"/counterfactual/{self.law}")
        return [(f"{up}{code}{down}/{PAGE}", name) for code, name in self.languages if code != self.texts.lang]

    @cached_property
    def stated(self) -> tuple[list[Stated], list[Left]]:
        """The findings with what they rest on, and those left out."""
        return stated_of(self)

    def figures(self, left: list[Left]) -> list[FigureItem]:
        """Every figure, in order; what cannot be made is added to ``left``."""
        found = [] if self.law is not None else [one.finding for one in reversed(self.stated[0])]
        told = {one.item: one.sentence for one in found if len(one.sentence) <= LONGEST_TITLE}
        return [_telling(figure, told.get(figure.item, "")) for figure in _figures(self, left)]

    def tables(self, left: list[Left]) -> list[TableItem]:
        """The same for tables."""
        return [
            *_tables(self, left), *_models(self, left), *_facts(self, left), *_bridges(self, left), *_quality(self, left),
        ]  # fmt: skip

    def formats_of(self, item: str) -> list[str]:
        """Names of the formats in which a figure is made too."""
        return in_order([*self.formats, *self.catalogue.figures[item].formats], self.catalogue.formats)

    def begin(self, out: Path, home: Path, previous: Mapping[str, str], draw: Drawer) -> Begun:
        """Begin to draw the figures that are not there yet; `Begun.finish` writes everything into ``out``."""
        shelf = Shelf(out, home, previous)
        left: list[Left] = []
        figures = self.figures(left)
        pending = []
        code = self.code + self.card.text()
        for figure in figures:
            names = [f"{figure.stem}.{suffix}" for suffix in FORMATS]
            digest = figure.digest(code)
            if not shelf.keeps(figure.item, digest, names):
                pending.append((figure, digest, draw(figure)))
        wanted = [(figure, self.formats_of(figure.item)) for figure in figures]
        others = OtherFormats(wanted, self.catalogue.formats, shelf, code, draw)
        return Begun(self, shelf, figures, pending, others, left)


@dataclass(frozen=True, eq=False)
class Begun:
    """An edition whose figures are being drawn."""

    edition: Edition
    shelf: Shelf
    figures: list[FigureItem]
    pending: list[tuple[FigureItem, str, Callable[[], Pictures]]]
    others: OtherFormats
    left: list[Left]

    def finish(self, others: Sequence[tuple[str, str]] = ()) -> Report:
        """Tables, pictures, workbook and page; ``others``: folders below with editions under other laws, and their titles."""
        edition, shelf, left = self.edition, self.shelf, self.left
        tables = sorted(edition.tables(left), key=lambda table: table.item)
        for figure, digest, pictures in self.pending:
            shelf.put(figure.item, digest, {**pictures(), **written(figure, edition.card)})
        unfit = self.others.finish(edition.texts)
        _exchange(shelf, edition, left)
        if edition.law is None or self.figures or tables:
            stated = _findings(shelf, edition, left) if edition.has_report else []
            _workbook(shelf, tables, edition, left)
            _page(shelf, self.figures, tables, edition, [*left, *unfit], others, stated)
        if edition.has_report:
            report = document(_material(edition, self.figures, tables, left))
            put_drafts(shelf, report, edition.catalogue.folder, edition.code)
        removed = _sweep(shelf, edition.catalogue.formats)
        return Report(
            tuple(sorted(shelf.made)),
            tuple(sorted(shelf.kept)),
            removed,
            (*left, *unfit),
            dict(sorted(shelf.items.items())),
        )


def _figures(edition: Edition, left: list[Left]) -> Iterator[FigureItem]:
    e = edition
    for item, entry in e.catalogue.figures.items():
        try:
            yield figure_item(item, e.hub, e.card, e.texts, e.catalogue, e.thresholds, e.law, e.models)
        except NotMade as problem:
            left.append(Left(item, e.texts.t(f"figure.{entry.text or item}.title"), why(problem, e.texts)))


def _telling(figure: FigureItem, sentence: str) -> FigureItem:
    """The figure under the first finding that rests on it."""
    return replace(figure, caption=replace(figure.caption, finding=sentence)) if sentence else figure


def _tables(edition: Edition, left: list[Left]) -> Iterator[TableItem]:
    e = edition
    for item, entry in e.catalogue.tables.items():
        try:
            yield table_item(item, e.hub, e.card, e.texts, e.catalogue, e.thresholds, e.law)
        except NotMade as problem:
            names = [e.texts.t(f"dimension.{name}") for name in dict.fromkeys(d for by in entry.over for d in by)]
            title = e.texts.t(f"table.{entry.text}.title", by=" × ".join(names))
            left.append(Left(item, title, why(problem, e.texts)))


def _facts(edition: Edition, left: list[Left]) -> Iterator[TableItem]:
    for item, entry in edition.catalogue.facts.items():
        try:
            yield fact_table(item, entry, edition.card, edition.texts)
        except NotMade as problem:
            left.append(Left(item, edition.texts.t(f"fact.{entry.kind}.title"), why(problem, edition.texts)))


def _bridges(edition: Edition, left: list[Left]) -> Iterator[TableItem]:
    e = edition
    for item, entry in e.catalogue.bridges.items():
        figure = e.catalogue.figures.get(entry.figure)
        if not isinstance(figure, BridgeFigure):
            continue
        try:
            yield bridge_table(item, figure, e.hub, e.card, e.texts, e.catalogue.declared, e.thresholds)
        except NotMade as problem:
            left.append(Left(item, e.texts.t("table.bridge.title"), why(problem, e.texts)))


def _findings(shelf: Shelf, edition: Edition, left: list[Left]) -> list[Stated]:
    """The findings, and their file."""
    stated, missing = edition.stated
    left += missing
    marks = mark_texts(_marks(edition), edition.texts)
    content = findings_bytes(stated, missing, marks, edition.thresholds.alpha, edition.card, edition.texts)
    digest = _digest(hashlib.sha256(content).hexdigest(), edition.code)
    if not shelf.keeps(FINDINGS, digest, [FINDINGS]):
        shelf.put(FINDINGS, digest, {FINDINGS: content})
    return stated


def _quality(edition: Edition, left: list[Left]) -> Iterator[TableItem]:
    e = edition
    for item, entry in e.catalogue.quality.items():
        try:
            maker = Maker(e.hub, Scope(e.card, e.catalogue.declared, e.law), e.texts)
            yield quality_table(item, entry, maker, e.thresholds)
        except NotMade as problem:
            left.append(Left(item, e.texts.t(f"quality.{entry.kind}.title"), why(problem, e.texts)))


def _models(edition: Edition, left: list[Left]) -> Iterator[TableItem]:
    e = edition
    for item, entry in e.catalogue.models.items():
        try:
            yield model_table(item, entry, e.models, e.card, e.texts, e.thresholds)
        except NotMade as problem:
            title = e.texts.t(f"model.{entry.model}.title")
            left.append(Left(item, title, with_names(reason_about(problem, e.texts), problem, e.texts)))


def _heading(card: Card, texts: Texts) -> str:
    # Waves of a family have one title; a survey of one year often has it in its title.
    when = "" if card.reference in card.title else f", {plain(card.reference)}"
    return f"{texts.t('page.heading')}: {plain(card.country)}, {plain(card.title)}{when}"


def _marks(edition: Edition) -> tuple[str, ...]:
    """Marks of the whole: of all that is in it."""
    return mark_names(edition.card, (), (edition.law,) if edition.law else ())


def _heading_of(edition: Edition) -> str:
    heading = _heading(edition.card, edition.texts)
    return f"{heading}: {law_title(edition.card, edition.law)}" if edition.law else heading


def _workbook(shelf: Shelf, tables: list[TableItem], edition: Edition, left: list[Left]) -> None:
    card, texts = edition.card, edition.texts
    names = _marks(edition)
    marks = mark_texts(names, texts)
    remarks = [
        texts.t("page.own_processing"),
        *explained(names, texts),
        *own_marks((), tables, names, texts),
        texts.t("workbook.number_note"),
        texts.t("workbook.interval_note"),
        *notes(card),
    ]
    missing = [(item.item, item.title, item.reason) for item in left]
    told, heading = about(card, texts), _heading_of(edition)
    digest = _digest(
        [t.digest("") for t in tables], told, remarks, missing, marks, heading, texts.digest(), edition.code
    )
    if not shelf.keeps(WORKBOOK, digest, [WORKBOOK]):
        content = workbook(tables, heading, told, remarks, marks, missing, texts)
        shelf.put(WORKBOOK, digest, {WORKBOOK: content})


def _page(
    shelf: Shelf, figures: list[FigureItem], tables: list[TableItem], edition: Edition, left: list[Left], others: Sequence[tuple[str, str]],
    stated: Sequence[Stated],
) -> None:  # fmt: skip
    card, texts, thresholds = edition.card, edition.texts, edition.thresholds
    names = _marks(edition)
    marks = [
        Mark(text, texts.t(f"mark_explained.{name}") if texts.has(f"mark_explained.{name}") else "")
        for name, text in zip(names, mark_texts(names, texts), strict=True)
    ]
    pngs = [(figure, (shelf.out / f"{figure.stem}.png").read_bytes()[:24]) for figure in figures]
    limits = {name: getattr(thresholds, name) for name in ("flag_below", "hide_below", "confidential_below")}
    content = page(
        edition.catalogue.folder, title=_heading_of(edition), figures=pngs, tables=tables, about=about(card, texts),
        notes=[*own_marks(figures, tables, names, texts), *notes(card)], marks=marks, not_made=left, flags=texts.t("page.flags", **limits),
        others=[(f"{folder}/{PAGE}", title) for folder, title in others], findings=[one.finding for one in stated],
        benchmarks=benchmarks(card, texts), same=edition.same, documents=_documents(shelf, edition), formats=in_formats(shelf, edition.catalogue.formats, texts), texts=texts,
    )  # fmt: skip
    digest = _digest(hashlib.sha256(content).hexdigest(), edition.code)
    if not shelf.keeps(PAGE, digest, [PAGE]):
        shelf.put(PAGE, digest, {PAGE: content})


def _material(e: Edition, figures: list[FigureItem], tables: list[TableItem], left: list[Left]) -> Material:
    """What the report draft is made of."""
    names = _marks(e)
    meanings = [e.texts.t(f"mark_explained.{n}") if e.texts.has(f"mark_explained.{n}") else "" for n in names]
    return Material(
        e.card, e.hub, e.texts, e.thresholds, e.catalogue.report, figures, tables,
        findings=[one.finding for one in e.stated[0]], left=[(item.item, item.title, item.reason) for item in left], about=about(e.card, e.texts),
        marks=list(zip(mark_texts(names, e.texts), meanings, strict=True)), some_marks=own_marks(figures, tables, names, e.texts),
        benchmarks=benchmarks(e.card, e.texts),
    )  # fmt: skip


def _documents(shelf: Shelf, edition: Edition) -> list[str]:
    """Files that the page leads to; not every survey has one for exchange."""
    there = {*shelf.made, *shelf.kept}
    return [*DOCUMENTS, *(name for name in (EXCHANGE,) if name in there)] if edition.has_report else []


def _exchange(shelf: Shelf, edition: Edition, left: list[Left]) -> None:
    """The file for other databases, under the law in force only: ILOSTAT has no dimension for another."""
    e = edition
    if e.has_report:
        try:
            put_exchange(shelf, e.hub, e.given or e.card, e.catalogue.folder, e.catalogue.declared, e.agency)
        except NotMade as problem:
            left.append(Left(EXCHANGE, e.texts.t("exchange.title"), why(problem, e.texts)))


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=asdict).encode()).hexdigest()


def _sweep(shelf: Shelf, formats: Iterable[str]) -> tuple[str, ...]:
    """Remove figures of former runs that this run did not make, also of formats that nobody asks for now."""
    wanted = {*shelf.made, *shelf.kept}
    old = []
    for folder in ("", *folders(shelf, formats)):
        here = shelf.out / folder
        names = sorted(path.name for path in (here.iterdir() if here.is_dir() else ()) if OURS.fullmatch(path.name))
        old += [name for name in (f"{folder}/{name}".lstrip("/") for name in names) if name not in wanted]
    for name in old:
        path = shelf.out / name
        path.unlink()
        if path.parent != shelf.out and not any(path.parent.iterdir()):
            path.parent.rmdir()
    return tuple(old)
