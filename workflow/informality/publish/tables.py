"""From published estimates and a catalogue entry to a table with everything resolved; `workbook` and `page` write it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from informality.govern.flags import BY_DEFINITION
from informality.publish.card import Card, Pair
from informality.publish.catalogue import Catalogue, Measure, Table
from informality.publish.keys import Scope
from informality.publish.select import Estimates, Keys, NotMade, needed, order, resolved, select, why_not
from informality.publish.table_keys import key_labels, parts_of, sorted_parts, without_strange_dimensions
from informality.publish.text import Texts
from informality.publish.words import (
    Caption,
    bounded,
    capital,
    category_label,
    comparability_notes,
    flag_notes,
    law_line,
    law_notes,
    level_label,
    mark_names,
    mark_texts,
    note,
    plain,
    reason_text,
    source,
    subtitle,
    text_or_name,
    variant_label,
)
from informality.settings import Thresholds
from informality.vocabulary import TOTAL

Kind = Literal[
    "text",
    "percent",
    "persons",
    "hours",
    "number",
    "amount",
    "small_amount",
    "count",
    "points",
    "ratio",
    "log",
    "p",
    "flag",
]
# Digits after the point; none where a kind is not named. A p value below the last of its decimals is written as smaller than it.
DECIMALS: dict[str, int] = {
    "percent": 1, "hours": 1, "number": 2, "small_amount": 2, "points": 1, "ratio": 2, "log": 3, "p": 3
}  # fmt: skip
# Amounts of money of which none reaches this are shown with decimals.
SMALL = 100.0
Cell = str | float | None

BOUNDS = ("as_formal", "as_informal")


@dataclass(frozen=True)
class Column:
    """Head and kind of a column; ``key``: it says what a row is about."""

    head: str
    kind: Kind
    key: bool = False


@dataclass(frozen=True)
class Below:
    """A second grid below the first one of a table, with a heading of its own."""

    heading: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class TableItem:
    """One table of one survey in one language. Cells: text, a number in the unit of its column, or None for nothing to show."""

    item: str
    caption: Caption
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    below: tuple[Below, ...] = ()

    def digest(self, code: str) -> str:
        """Digest of the table and of the program that writes it."""
        return hashlib.sha256((json.dumps(asdict(self), sort_keys=True) + code).encode()).hexdigest()


def table_item(
    item: str,
    hub: Estimates,
    card: Card,
    texts: Texts,
    catalogue: Catalogue,
    thresholds: Thresholds,
    law: str | None = None,
) -> TableItem:
    """The table ``item`` of the catalogue, resolved, under ``law`` (default: the one in force).

    ``hub``: `select.prepared` estimates. Raises NotMade with the reason.
    """
    needed(catalogue.tables[item].needs, card)
    scope = Scope(card, catalogue.declared, law)
    return _Maker(catalogue.tables[item], hub, scope, texts).made(item, thresholds)


class _Maker:
    """One table in the making. ``measure``, ``pair``, ``context``, ``breakdown``: positions, so that rows can be sorted as declared."""

    def __init__(self, entry: Table, hub: Estimates, scope: Scope, texts: Texts) -> None:
        self.entry, self.hub, self.card, self.texts = entry, hub, scope.card, texts
        self.over = [resolved(by, scope.card) for by in entry.over]
        self.dimensions = list(dict.fromkeys(name for by in self.over for name in by))
        # One breakdown that holds all others gives a column a dimension; else two columns, characteristic and level.
        self.nested = any(set(by) == set(self.dimensions) for by in self.over)
        self.pairs = list(self._pairs())
        self.keys = [self._keys(measure, scope) for measure in entry.measures]
        self.contexts = list(dict.fromkeys(key for keys in self.keys for key in keys))
        self.left_out: dict[str, NotMade] = {}

    def _keys(self, measure: Measure, scope: Scope) -> list[Keys]:
        entry = self.entry
        if entry.bounds:
            return [Keys(assumption=name) for name in BOUNDS]
        laws = scope.laws() if entry.law == "each" else None
        return scope.keys(
            measure.indicator, entry.branch, entry.reading, entry.scenario or "each", entry.assumption, laws
        )

    def made(self, item: str, thresholds: Thresholds) -> TableItem:
        found = [self._rows(at) for at in range(len(self.entry.measures))]
        self._enough(found)
        if self.entry.long:
            found = [pd.concat(found, ignore_index=True)]
        keys = ["measure_at", "pair", "context", "breakdown", "category", *self.dimensions]
        if not self.entry.long:
            found = [frame.assign(measure_at=0) for frame in found]
        index = pd.concat([frame[keys] for frame in found]).drop_duplicates(ignore_index=True)
        index = index.iloc[np.lexsort([k.to_numpy() for k in reversed(self._sorting(index))])].reset_index(drop=True)
        columns, cells = self._labels(index)
        joined = [index.merge(frame, on=keys, how="left", validate="one_to_one") for frame in found]
        n = joined[0]["n"]
        for frame in joined[1:]:
            n = n.combine_first(frame["n"])
        same_n = all((frame["n"].isna() | (frame["n"] == n)).all() for frame in joined)
        # A long table has one set of columns, and says in its lines which measure each is of.
        measures = self.entry.measures[: len(joined)]
        units = [self._unit(measure, frame) for measure, frame in zip(measures, joined, strict=True)]
        for position, (measure, frame) in enumerate(zip(measures, joined, strict=True)):
            of = units[0] if self.entry.long else self._of(measure, units, position)
            for column, values in self._values(measure, frame, units[position], of):
                columns.append(column)
                cells.append(values)
            if not same_n or position == len(joined) - 1:
                columns.append(Column(self._head_of_n("" if same_n else of), "count"))
                cells.append([_number(value, "count") for value in (n if same_n else frame["n"])])
        rows = tuple(zip(*cells, strict=True))
        return TableItem(item, self._caption(pd.concat(found), thresholds), tuple(columns), rows)

    def _pairs(self) -> Iterator[Pair]:
        primary, names = self.card.primary, self.entry.variants
        variants = [primary.variant] if isinstance(names, str) else list(names)
        if names == "options":
            variants += sorted({p.variant for p in self.card.pairs if p.variant.startswith(f"{primary.variant}_")})
        for variant in variants:
            concepts = self.card.concepts_of(variant) or ((primary.concept,) if variant == primary.variant else ())
            if self.entry.concepts == "primary" and primary.concept in concepts:
                concepts = (primary.concept,)
            yield from (Pair(variant=variant, concept=concept) for concept in concepts)

    def _rows(self, at: int) -> DataFrame:
        measure, frames = self.entry.measures[at], []
        for b, by in enumerate(self.over):
            found, problem = False, NotMade("no_estimates", by)
            for p, pair in enumerate(self.pairs):
                for keys in self.keys[at]:
                    whole = select(self.hub, measure, [], pair, keys=keys)
                    rows = select(self.hub, measure, by, pair, keys=keys)
                    try:
                        why_not(rows, by, self.card, whole)
                        found = True
                    except NotMade as reason:
                        problem = reason
                    context = self.contexts.index(keys)
                    frames.append(
                        rows.assign(measure_at=at, pair=p, context=context, breakdown=0 if self.nested else b)
                    )
            if not found:
                self.left_out.setdefault(":".join(by), problem)
        nothing = self.hub.frame.head(0).assign(measure_at=at, pair=0, context=0, breakdown=0)
        rows = pd.concat(frames, ignore_index=True) if frames else nothing
        return without_strange_dimensions(rows, self.entry.split or [])

    def _enough(self, found: list[DataFrame]) -> None:
        """Raise NotMade where there is nothing, nothing but the total, or only one of what is to be compared."""
        first = found[0]
        problem = next(iter(self.left_out.values()), NotMade("no_estimates"))
        if first.empty or (self.dimensions and (first[self.dimensions] == TOTAL).all(axis=None) and self.left_out):
            raise problem
        if first[["estimate", "bound_low", "bound_high"]].isna().all(axis=None):
            raise problem
        compares = (
            not isinstance(self.entry.variants, str) or self.entry.variants == "options" or self.entry.concepts == "all"
        )
        if compares and not self.entry.bounds and first["pair"].nunique() < 2:
            raise NotMade("nothing_to_compare")

    def _sorting(self, index: DataFrame) -> list[Series]:
        categories = ["", "total", *self.card.questions, *sorted(index["category"].unique())]
        place = {name: i for i, name in reversed(list(enumerate(categories)))}
        by_category = sorted_parts(self._parts(index), self.card) or [index["category"].map(place)]
        dimensions = [order(index[name], name, self.card) for name in self.dimensions]
        return [index["measure_at"], index["pair"], index["context"], *by_category, index["breakdown"], *dimensions]

    def _parts(self, index: DataFrame) -> list[tuple[str, Series]]:
        return parts_of(index["category"], self.entry.split or [])

    def _labels(self, index: DataFrame) -> tuple[list[Column], list[list[Cell]]]:
        texts = self.texts
        pairs = [self.pairs[p] for p in index["pair"]]
        columns: dict[str, list[str]] = {}
        if not isinstance(self.entry.variants, str) or len({pair.variant for pair in self.pairs}) > 1:
            columns["dimension.variant"] = [variant_label(pair.variant, texts) for pair in pairs]
        if len({pair.concept for pair in self.pairs}) > 1:
            columns["dimension.concept"] = [text_or_name("concept", pair.concept, texts) for pair in pairs]
        contexts = [self.contexts[c] for c in index["context"]]
        columns |= key_labels(contexts, self.card, texts)
        if self.entry.long:
            measures = [self.entry.measures[m] for m in index["measure_at"]]
            columns["common.indicator"] = [texts.t(measure.key) for measure in measures]
            columns["common.denominator"] = [capital(text_or_name("universe", m.universe, texts)) for m in measures]
        parts = self._parts(index)
        for name, levels in parts:
            of = dict(parts).get("dimension") if name == "level" else None
            columns[f"dimension.{name}"] = (
                self._levels(name, levels)
                if of is None
                else [level_label(d, level, self.card, texts) for d, level in zip(of, levels, strict=True)]
            )
        if self.entry.category and not self.entry.split:
            named = [self.entry.measures[m].indicator for m in index["measure_at"]]
            head = "common.question" if named[0] == "cover" else "common.category"
            columns[head] = [
                category_label(i, c, self.card, texts) for i, c in zip(named, index["category"], strict=True)
            ]
        if self.nested:
            columns |= {f"dimension.{name}": self._levels(name, index[name]) for name in self.dimensions}
        else:
            columns |= self._characteristics(index)
        heads = [Column(capital(texts.t(key)), "text", key=True) for key in columns]
        return heads, [list(labels) for labels in columns.values()]

    def _levels(self, name: str, levels: Series) -> list[str]:
        return [level_label(name, level, self.card, self.texts) for level in levels]

    def _characteristics(self, index: DataFrame) -> dict[str, list[str]]:
        """Where rows come from several breakdowns: what each is broken down by, and its level."""
        total = self.texts.t("common.total")
        characteristics, levels = [], []
        for record in index.to_dict("records"):
            by = self.over[record["breakdown"]]
            characteristics.append(
                capital(self.texts.join([self.texts.t(f"dimension.{name}") for name in by]) or total)
            )
            parts = [level_label(name, record[name], self.card, self.texts) for name in by]
            levels.append(self.texts.join(parts) or total)
        return {"common.characteristic": characteristics, "common.level": levels}

    def _values(self, measure: Measure, frame: DataFrame, unit: str, of: str) -> Iterator[tuple[Column, list[Cell]]]:
        t, kind = self.texts.t, _kind(measure, frame)
        name = t("common.estimate", unit=unit) if self.entry.long else t(measure.key, unit=unit)
        if self.entry.by_universe and not self.entry.long:
            name = f"{name}: {t(f'group.{measure.universe}')}"
        heads = {"estimate": name, "ci_low": t("common.lower", unit=of), "ci_high": t("common.upper", unit=of)}
        for column, head in heads.items():
            cells: list[Cell] = [_number(value, kind) for value in frame[column]]
            if column == "estimate":
                ends = zip(frame["bound_low"] * 100, frame["bound_high"] * 100, strict=True)
                cells = [bounded(low, high, self.texts) or cell for (low, high), cell in zip(ends, cells, strict=True)]
            yield Column(head, kind), cells
        flags = frame["flag"].fillna("").where(frame["flag_reason"] != BY_DEFINITION, t("common.by_definition"))
        yield Column(t("common.flag", unit=of), "flag"), list(flags)

    def _head_of_n(self, of: str) -> str:
        n = self.texts.t("common.persons_in_sample")
        return f"{n} ({of})" if of else n

    def _of(self, measure: Measure, units: Sequence[str], position: int) -> str:
        """What tells the columns of a measure from those of others: universe, statistic or name where they differ, and the unit."""
        t, entry = self.texts.t, self.entry
        parts = [t(f"group.{measure.universe}")] if entry.by_universe else []
        parts += [t(f"statistic.{measure.category or measure.statistic}")] if entry.by_statistic else []
        if not parts and units.count(units[position]) > 1:
            return f"{units[position]}: {t(measure.key)}"
        return self.texts.join([*parts, units[position]])

    def _unit(self, measure: Measure, frame: DataFrame) -> str:
        word = _measure_word(measure, frame)
        known = {"share": "common.unit_percent", "persons": "common.unit_persons", "hours": "common.unit_hours"}
        key = known.get(word, f"currency.{word}")
        # A currency that the texts do not know is called by the survey's own word.
        return (self.texts.t(key) if self.texts.has(key) else plain(word)).replace(" ", "\u00a0")

    def _caption(self, rows: DataFrame, thresholds: Thresholds) -> Caption:
        entry, texts, card = self.entry, self.texts, self.card
        by = [texts.t(f"dimension.{name}") for name in self.dimensions]
        variants = {pair.variant for pair in self.pairs}
        left_out = [
            texts.t("frame.left_out_note", what=_names(problem, texts), reason=reason_text(problem.reason, texts))
            for problem in self.left_out.values()
            if problem.variables
        ]
        provisional = ["frame.provisional_note"] if set(rows["variant"]) & set(card.provisional_variants) else []
        sentences = [
            texts.t(f"table.{entry.text}.note"),
            texts.t("frame.n_note"),
            *flag_notes(rows, texts, thresholds),
            *left_out,
            *(texts.t(key) for key in provisional),
            *comparability_notes([*self.dimensions, *(m.indicator for m in entry.measures)], card, texts),
            *law_notes(sorted({name for name in rows["law"] if name}), card, texts),
            texts.t("frame.main_job_note"),
        ]
        # What all rows share is named; employment and cover do not depend on a standard.
        shown = set(rows["variant"]) if (rows["variant"] == "").all() else variants
        concepts = {pair.concept for pair in self.pairs}
        variant, concept = (names.pop() if len(names) == 1 else "" for names in (shown, concepts))
        what = texts.join(dict.fromkeys(texts.t(f"indicator.{m.indicator}") for m in entry.measures))
        laws, scenarios = (sorted({name for name in rows[key] if name}) for key in ("law", "scenario"))
        named = law_line(card, texts, laws, rows["assumption"], rows["branch"])
        return Caption(
            title=texts.t(f"table.{entry.text}.title", by=" × ".join(by)),
            subtitle=subtitle(what, variant, concept, card, texts, named),
            marks=mark_texts(mark_names(card, set(rows["variant"]), laws, scenarios), texts),
            note=note(sentences, texts),
            source=source(card, texts),
        )


def _measure_word(measure: Measure, frame: DataFrame) -> str:
    """What the estimates count: the word of the hub, that of the statistic where there is no row."""
    words = [word for word in frame["measure"].dropna().unique() if word]
    return str(words[0]) if words else "share" if measure.statistic == "share" else "persons"


def _kind(measure: Measure, frame: DataFrame) -> Kind:
    word = _measure_word(measure, frame)
    kinds: dict[str, Kind] = {"share": "percent", "persons": "persons", "hours": "hours", "number": "number"}
    largest = frame["estimate"].abs().max()
    return kinds.get(word, "small_amount" if largest < SMALL else "amount")


def _names(problem: NotMade, texts: Texts) -> str:
    return " × ".join(text_or_name("dimension", name, texts) for name in problem.variables)


def _number(value: float, kind: Kind) -> float | None:
    if not np.isfinite(value):
        return None
    if kind in DECIMALS:
        return round(float(value) * (100 if kind == "percent" else 1), 6)
    return round(float(value))
