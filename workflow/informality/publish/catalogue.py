"""The catalogue of figures and tables: `workflow/report/figures.yaml` and `tables.yaml`, checked when they are loaded."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator

from informality.decisions import Decision, load
from informality.errors import UserError, nearest
from informality.publish.compared_entries import ForestFigure
from informality.publish.fact_entries import BridgeTable, FactTable
from informality.publish.figure_entries import (
    ANY,
    MAIN,
    BridgeFigure,
    Dimension,
    Figure,
    Needed,
    Part,
    Reading,
    Statistic,
)
from informality.publish.finding_entries import NO_FINDINGS, Findings, load_findings
from informality.publish.formats import Format, check_asked, load_formats
from informality.publish.kinds import AnyFigure
from informality.publish.model_entries import ModelEntry, ModelTable, check_shown, declared_models
from informality.publish.quality_entries import QualityTable
from informality.publish.regions import TileLayout, load_tiles
from informality.publish.report.plan import Plan, load_plan
from informality.publish.requests import Declared, Request, check_declared, check_measure
from informality.publish.text import Texts
from informality.vocabulary import CONCEPTS, DIMENSIONS, HOUSEHOLD

_FIGURE_ID = re.compile(r"F\d\d")
_TABLE_ID = re.compile(r"T\d\d")


class Measure(Decision):
    """What the columns of a table hold.

    ``category``: of an indicator of which one alone is shown, as a quantile (`p50`). ``text``: the key of its name where that of the
    indicator does not say enough.
    """

    indicator: str
    statistic: Statistic = "share"
    universe: str = "employed"
    category: str | None = None
    text: str | None = None

    @property
    def key(self) -> str:
        """Key of its name in the texts."""
        return f"measure.{self.text or self.indicator}.{self.category or self.statistic}"


class Table(Decision):
    """One sheet: ``measures`` in columns, levels of ``over`` in rows."""

    text: str
    measures: list[Measure] = Field(min_length=1)
    over: list[list[Dimension]] = Field(min_length=1)
    category: bool = False
    split: list[Part] | None = None
    variants: Literal["primary", "options", "office"] | list[str] = "primary"
    concepts: Literal["primary", "all"] = "primary"
    bounds: bool = False
    branch: str = MAIN
    law: Literal["in_force", "each"] = "in_force"
    reading: Reading = "wide"
    scenario: str = ""
    assumption: Literal["central", "range"] = "central"
    long: bool = False
    counterfactual: bool = False
    needs: list[Needed] = Field(default_factory=list)

    @property
    def by_universe(self) -> bool:
        """Whether its columns are of several universes that their names do not tell apart."""
        return len({(m.key, m.universe) for m in self.measures}) > len({m.key for m in self.measures})

    @property
    def by_statistic(self) -> bool:
        """Whether its columns are of several statistics of numbers, which share their unit."""
        return len(self.measures) > 1 and any(m.statistic not in ("share", "total") for m in self.measures)


class _Figures(Decision):
    figures: dict[str, AnyFigure]

    @field_validator("figures")
    @classmethod
    def _ids(cls, value: dict[str, AnyFigure]) -> dict[str, AnyFigure]:
        return _sorted_by_id(value, _FIGURE_ID, "F01, F02 …")


class _Tables(Decision):
    tables: dict[str, Table]
    models: dict[str, ModelTable] = Field(default_factory=dict)
    facts: dict[str, FactTable] = Field(default_factory=dict)
    bridges: dict[str, BridgeTable] = Field(default_factory=dict)
    quality: dict[str, QualityTable] = Field(default_factory=dict)

    @field_validator("tables", "models", "facts", "bridges", "quality")
    @classmethod
    def _ids(cls, value: dict) -> dict:
        return _sorted_by_id(value, _TABLE_ID, "T01, T02 …")

    @model_validator(mode="after")
    def _once(self) -> _Tables:
        before: dict = {**self.tables}
        for key in ("models", "facts", "bridges", "quality"):
            others = dict(before)
            before |= getattr(self, key)
            for item in getattr(self, key):
                if item in others:
                    raise ValueError(f"{key}.{item}: this number is that of a table already")
        return self


def _sorted_by_id(value: dict, pattern: re.Pattern[str], shape: str) -> dict:
    for name in value:
        if not pattern.fullmatch(name):
            raise ValueError(f"'{name}' is not an item number like {shape}")
    return dict(sorted(value.items()))


@dataclass(frozen=True)
class Catalogue:
    """Figures, tables (of estimates, models, facts, bridges, quality) and findings by number, and the folder that holds them with fonts and page
    template; ``formats``: other sizes of figures, by name.
    """

    folder: Path
    figures: dict[str, AnyFigure]
    tables: dict[str, Table]
    models: dict[str, ModelEntry] = field(default_factory=dict)
    facts: dict[str, FactTable] = field(default_factory=dict)
    bridges: dict[str, BridgeTable] = field(default_factory=dict)
    findings: Findings = NO_FINDINGS
    quality: dict[str, QualityTable] = field(default_factory=dict)
    declared: Declared = field(default_factory=Declared)
    report: Plan = field(default_factory=Plan)
    tiles: dict[str, TileLayout] = field(default_factory=dict)
    formats: dict[str, Format] = field(default_factory=dict)

    def file_stem(self, item: str) -> str:
        """`F08-informality-by-industry`."""
        return f"{item}-{self.figures[item].slug}"

    @property
    def counterfactual(self) -> Catalogue:
        """What is made under laws that were not in force, too."""
        figures = {item: figure for item, figure in self.figures.items() if figure.counterfactual}
        tables = {item: table for item, table in self.tables.items() if table.counterfactual}
        return replace(
            self, figures=figures, tables=tables, models={}, facts={}, bridges={}, quality={}, findings=NO_FINDINGS
        )

    def requests(self) -> list[Request]:
        """Everything that is shown, in order."""
        wanted = {r for item, figure in self.figures.items() for r in _figure_requests(item, figure)}
        for item, table in self.tables.items():
            extents = _extents(table.branch, table.reading, table.counterfactual or table.law == "each")
            wanted |= {
                Request(item, m.indicator, m.statistic, tuple(by), extents, own=not table.bounds)
                for m in table.measures
                for by in table.over
            }
        wanted |= {
            Request(item, s.indicator, s.statistic, tuple(s.by), _extents(s.branch, s.reading, False))
            for item, table in self.quality.items()
            for s in table.data
        }
        return sorted(wanted)

    def text_keys(self) -> Iterator[str]:
        """Every text that the entries need."""
        for item, figure in self.figures.items():
            base = figure.text or item
            yield from (f"figure.{base}.{part}" for part in figure.text_parts())
            yield from figure.text_keys()
            for selection in figure.selections():
                yield from _selection_keys(selection.universe, [*selection.by, *(selection.split or [])])
                yield f"indicator.{selection.indicator}"
        for table in self.tables.values():
            yield f"table.{table.text}.title"
            yield f"table.{table.text}.note"
            yield from (f"dimension.{name}" for name in table.split or [])
            for measure in table.measures:
                yield measure.key
                yield f"indicator.{measure.indicator}"
                if table.by_universe:
                    yield f"group.{measure.universe}"
                if table.by_statistic:
                    yield f"statistic.{measure.category or measure.statistic}"
                yield from _selection_keys(measure.universe, [])
            for breakdown in table.over:
                yield from _selection_keys(ANY, list(breakdown))
            if not isinstance(table.variants, str):
                yield from (f"variant.{name}" for name in table.variants)
        for model in self.models.values():
            yield from model.text_keys()
        for fact in self.facts.values():
            yield from fact.text_keys()
        for quality in self.quality.values():
            yield from quality.text_keys()
        yield from self.report.text_keys()
        yield from (f"format_name.{name}" for name in self.formats)
        yield from (f"concept.{name}" for name in CONCEPTS)
        yield from (f"dimension.{name}" for name in (*DIMENSIONS, HOUSEHOLD))

    def check(self, texts: Texts) -> None:
        """UserError for the first text that an entry needs and the language lacks."""
        texts.require(self.text_keys(), "the catalogue of figures and tables")
        self.findings.check(texts)


def _selection_keys(universe: str, columns: list[str]) -> Iterator[str]:
    if universe != ANY:
        yield f"universe.{universe}"
    yield from (f"dimension.{name}" for name in columns)


def load_catalogue(folder: Path, estimates: Path | None = None) -> Catalogue:
    """Read figures.yaml, tables.yaml, findings.yaml and report.yaml of the report folder; check them against what ``estimates`` and models.yaml declare.

    ``estimates``: estimates.yaml, by default the one beside the report folder. UserError names file, key path and nearest word.
    """
    figures = load(_Figures, folder / "figures.yaml").figures
    tables = load(_Tables, folder / "tables.yaml")
    slugs: dict[str, str] = {}
    for item, figure in figures.items():
        if figure.slug in slugs:
            raise UserError(
                f"{slugs[figure.slug]} and {item} have the same slug '{figure.slug}'",
                where="figures.yaml",
                todo="give each figure its own",
            )
        slugs[figure.slug] = item
    models = declared_models(tables.models, folder.parent / "models.yaml")
    for item, figure in figures.items():
        if isinstance(figure, ForestFigure):
            check_shown(figure.models, models, f"{item} in figures.yaml")
    path = estimates or folder.parent / "estimates.yaml"
    declared = Declared.read(path)
    items = [*figures, *tables.tables, *tables.models, *tables.facts, *tables.bridges, *tables.quality]
    findings = load_findings(folder / "findings.yaml", declared, path.name, items)
    plan = load_plan(folder / "report.yaml", figures, set(items) - set(figures))
    tiles = load_tiles(folder / "tiles")
    formats = load_formats(folder)
    for item, figure in figures.items():
        check_asked(figure.formats, formats, f"{item} in figures.yaml, formats")
    catalogue = Catalogue(
        folder,
        figures,
        tables.tables,
        models,
        tables.facts,
        tables.bridges,
        findings,
        tables.quality,
        declared,
        plan,
        tiles,
        formats,
    )
    check_declared(catalogue.requests(), catalogue.declared, path.name)
    for item, bridge in catalogue.bridges.items():
        known = [name for name, figure in figures.items() if isinstance(figure, BridgeFigure)]
        if bridge.figure not in known:
            raise UserError(
                f"there is no figure '{bridge.figure}' of the kind bridge",
                where=f"{item} in tables.yaml",
                todo=nearest(bridge.figure, known),
            )
    for item, table in catalogue.tables.items():
        for measure in table.measures:
            check_measure(
                measure.indicator, measure.universe, measure.category, catalogue.declared, f"{item} in tables.yaml"
            )
    return catalogue


def _figure_requests(item: str, figure: Figure) -> Iterator[Request]:
    for s in figure.selections():
        yield Request(item, s.indicator, s.statistic, tuple(s.by), _extents(s.branch, s.reading, figure.counterfactual))


def _extents(branch: str, reading: str, other_laws: bool) -> tuple[str, ...]:
    """Which lists of breakdowns have to hold what is shown of an indicator per branch or law."""
    elsewhere = ("also",) if branch != MAIN or other_laws else ()
    return ("by", *(("narrow",) if reading != "wide" else ()), *elsewhere)


def entry_text(entry: Figure | Table) -> str:
    """One entry as JSON, for digests."""
    return json.dumps(entry.model_dump(mode="json"), sort_keys=True)
