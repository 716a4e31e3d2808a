"""The catalogue of figures and tables: `workflow/report/figures.yaml` and `tables.yaml`, checked when they are loaded."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from informality.decisions import Decision, load, read_yaml
from informality.errors import UserError, nearest
from informality.publish.model_entries import ModelEntry, ModelTable, declared_models
from informality.publish.text import Texts
from informality.vocabulary import CONCEPTS, DIMENSIONS, STATISTICS

# Names for the parts of a category `<unit>:<job>`; they behave like dimensions in a figure or table.
PARTS = ("unit", "job")
ANY = "any"

_FIGURE_ID = re.compile(r"F\d\d")
_TABLE_ID = re.compile(r"T\d\d")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def _one_of(word: str, known: tuple[str, ...], kind: str) -> str:
    if word not in known:
        raise ValueError(f"'{word}' is not {kind}; {nearest(word, known)}")
    return word


Dimension = Annotated[str, AfterValidator(lambda word: _one_of(word, DIMENSIONS, "a dimension"))]
Part = Annotated[str, AfterValidator(lambda word: _one_of(word, PARTS, "a part of a category"))]
Statistic = Annotated[str, AfterValidator(lambda word: _one_of(word, STATISTICS, "a statistic"))]


class Selection(Decision):
    """Rows of the published estimates. ``universe: any`` takes whatever the indicator was computed for."""

    indicator: str
    statistic: Statistic = "share"
    universe: str = "employed"
    by: list[Dimension] = Field(default_factory=list)
    margin: bool = False
    categories: list[str] | None = None
    split: list[Part] | None = None

    @property
    def columns(self) -> list[str]:
        """Names that a figure may use as rows or series."""
        return [*self.by, *(self.split or [])]


class Figure(Decision):
    """What every figure has."""

    slug: str
    text: str | None = None

    @field_validator("slug")
    @classmethod
    def _is_a_slug(cls, value: str) -> str:
        if not _SLUG.fullmatch(value):
            raise ValueError("a slug has small letters, digits and single hyphens only")
        return value

    def selections(self) -> list[Selection]:
        """All data of the figure."""
        raise NotImplementedError


class DotsFigure(Figure):
    """Estimates with intervals, a row a level; ``beside``: totals as bars in a second panel."""

    kind: Literal["dots"]
    data: list[Selection] = Field(min_length=1)
    order: Literal["levels", "estimate"] = "levels"
    beside: Selection | None = None

    def selections(self) -> list[Selection]:  # noqa: D102
        return [*self.data, *([self.beside] if self.beside else [])]


class StackedFigure(Figure):
    """Parts of a whole: a bar a row, a part a level of ``series``; ``first`` begins the bar, ``total`` adds a bar for its share."""

    kind: Literal["stacked"]
    data: Selection
    rows: str
    series: str
    first: str
    total: Selection | None = None

    @model_validator(mode="after")
    def _axes_are_in_the_data(self) -> StackedFigure:
        _known(self.data, self.rows, self.series)
        return self

    def selections(self) -> list[Selection]:  # noqa: D102
        return [self.data, *([self.total] if self.total else [])]


class LinesFigure(Figure):
    """A line a level of ``series`` over the levels of ``x``."""

    kind: Literal["lines"]
    data: Selection
    x: str
    series: str

    @model_validator(mode="after")
    def _axes_are_in_the_data(self) -> LinesFigure:
        _known(self.data, self.x, self.series)
        return self

    def selections(self) -> list[Selection]:  # noqa: D102
        return [self.data]


def _known(data: Selection, *names: str) -> None:
    for name in names:
        if name not in data.columns:
            raise ValueError(f"'{name}' is not in `by` or `split`; {nearest(name, data.columns)}")


AnyFigure = Annotated[DotsFigure | StackedFigure | LinesFigure, Field(discriminator="kind")]


class Measure(Decision):
    """What the columns of a table hold. ``category``: of an indicator of which one alone is shown, as a quantile (`p50`)."""

    indicator: str
    statistic: Statistic = "share"
    universe: str = "employed"
    category: str | None = None

    @property
    def text(self) -> str:
        """The key of its name."""
        return f"measure.{self.indicator}.{self.category or self.statistic}"


class Table(Decision):
    """One sheet: ``measures`` in columns, levels of ``over`` in rows."""

    text: str
    measures: list[Measure] = Field(min_length=1)
    over: list[list[Dimension]] = Field(min_length=1)
    category: bool = False
    split: list[Part] | None = None
    variants: Literal["primary", "options"] | list[str] = "primary"
    concepts: Literal["primary", "all"] = "primary"
    bounds: bool = False

    @property
    def by_universe(self) -> bool:
        """Whether its columns are of several universes, which their heads must name."""
        return len({measure.universe for measure in self.measures}) > 1

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

    @field_validator("tables", "models")
    @classmethod
    def _ids(cls, value: dict) -> dict:
        return _sorted_by_id(value, _TABLE_ID, "T01, T02 …")

    @model_validator(mode="after")
    def _once(self) -> _Tables:
        for item in self.models:
            if item in self.tables:
                raise ValueError(f"models.{item}: this number is that of a table already")
        return self


def _sorted_by_id(value: dict, pattern: re.Pattern[str], shape: str) -> dict:
    for name in value:
        if not pattern.fullmatch(name):
            raise ValueError(f"'{name}' is not an item number like {shape}")
    return dict(sorted(value.items()))


@dataclass(frozen=True)
class Catalogue:
    """Figures, tables and tables of models by item number, and the folder that holds them with fonts and page template."""

    folder: Path
    figures: dict[str, AnyFigure]
    tables: dict[str, Table]
    models: dict[str, ModelEntry] = field(default_factory=dict)

    def file_stem(self, item: str) -> str:
        """`F08-informality-by-industry`."""
        return f"{item}-{self.figures[item].slug}"

    def requests(self) -> list[tuple[str, str, str, tuple[str, ...]]]:
        """Item, indicator, statistic and breakdown of everything that is shown."""
        wanted = {(i, s.indicator, s.statistic, tuple(s.by)) for i, f in self.figures.items() for s in f.selections()}
        for item, table in self.tables.items():
            wanted |= {(item, m.indicator, m.statistic, tuple(by)) for m in table.measures for by in table.over}
        return sorted(wanted)

    def text_keys(self) -> Iterator[str]:
        """Every text that the entries need."""
        for item, figure in self.figures.items():
            base = figure.text or item
            for part in ("title", "subtitle", "alt", "note"):
                yield f"figure.{base}.{part}"
            for selection in figure.selections():
                yield from _selection_keys(selection.universe, selection.columns)
        for table in self.tables.values():
            yield f"table.{table.text}.title"
            yield f"table.{table.text}.note"
            for measure in table.measures:
                yield measure.text
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
        yield from (f"concept.{name}" for name in CONCEPTS)
        yield from (f"dimension.{name}" for name in DIMENSIONS)

    def check(self, texts: Texts) -> None:
        """UserError for the first text that an entry needs and the language lacks."""
        texts.require(self.text_keys(), "the catalogue of figures and tables")


def _selection_keys(universe: str, columns: list[str]) -> Iterator[str]:
    if universe != ANY:
        yield f"universe.{universe}"
    yield from (f"dimension.{name}" for name in columns)


def load_catalogue(folder: Path, estimates: Path | None = None) -> Catalogue:
    """Read figures.yaml and tables.yaml of the report folder and check them against what ``estimates`` and models.yaml declare.

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
    catalogue = Catalogue(folder, figures, tables.tables, models)
    _check_declared(catalogue, estimates or folder.parent / "estimates.yaml")
    return catalogue


def _check_declared(catalogue: Catalogue, path: Path) -> None:
    """UserError where an entry shows what is not computed: indicator, statistic or breakdown."""
    content = read_yaml(path)
    declared, breakdowns = content.get("indicators", {}), content.get("breakdowns", {})
    for item, table in catalogue.tables.items():
        for measure in table.measures:
            _check_parts(measure, declared, f"{item} in tables.yaml")
    for item, indicator, statistic, by in catalogue.requests():
        where = f"{item} in {'figures' if item.startswith('F') else 'tables'}.yaml"
        if indicator not in declared:
            raise UserError(f"no estimate '{indicator}' is declared", where=where, todo=nearest(indicator, declared))
        statistics = declared[indicator].get("statistics", [])
        if statistic not in statistics:
            raise UserError(
                f"no {statistic} of '{indicator}' is declared", where=where, todo=nearest(statistic, statistics)
            )
        if list(by) not in breakdowns.get(declared[indicator].get("by"), []):
            raise UserError(
                f"'{indicator}' is not declared by {', '.join(by) or 'nothing'}",
                where=where,
                todo=f"add the breakdown to {path.name}, or show another",
            )


def _check_parts(measure: Measure, declared: dict[str, Any], where: str) -> None:
    """UserError for a universe or a quantile of an indicator that is not declared."""
    content = declared.get(measure.indicator, {})
    universes = content.get("universe", [])
    universes = [universes] if isinstance(universes, str) else universes
    # Questions and categories have universes of their own.
    own = "for_each" in content or "categories" in content
    if measure.universe != ANY and not own and universes and measure.universe not in universes:
        raise UserError(
            f"'{measure.indicator}' is not declared among '{measure.universe}'",
            where=where,
            todo=nearest(measure.universe, universes),
        )
    names = [f"p{100 * p:g}" for p in content.get("quantiles", [])] or list(content.get("categories", {}))
    if measure.category is not None and measure.category not in names:
        raise UserError(
            f"'{measure.indicator}' has no category '{measure.category}'",
            where=where,
            todo=nearest(measure.category, names),
        )


def entry_text(entry: Figure | Table) -> str:
    """One entry as JSON, for digests."""
    return json.dumps(entry.model_dump(mode="json"), sort_keys=True)
