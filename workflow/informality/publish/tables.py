"""From published estimates and a catalogue entry to a table with everything resolved; `workbook` and `page` write it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from informality.publish.card import Card, Pair
from informality.publish.catalogue import Catalogue, Measure, Table
from informality.publish.cells import Cell, cell, count_cell
from informality.publish.keys import Scope
from informality.publish.select import (
    LEVEL,
    Estimates,
    IntArray,
    Keys,
    NotMade,
    needed,
    parts_of,
    places_of,
    resolved,
    shown,
    stood_for,
    why_not,
)
from informality.publish.table_keys import About, in_order, key_labels, levels_of, strange_dimensions
from informality.publish.text import Texts
from informality.publish.words import (
    Caption,
    bounded,
    capital,
    category_label,
    comparability_notes,
    flag_notes,
    flag_word,
    law_line,
    law_notes,
    level_label,
    mark_names,
    mark_texts,
    note,
    plain,
    reading_notes,
    reason_text,
    source,
    subtitle,
    text_or_name,
    variant_label,
)
from informality.settings import NATIONAL, Thresholds
from informality.vocabulary import OTHER, TOTAL

Kind = Literal["text", "number", "count", "p", "flag"]

BOUNDS = ("as_formal", "as_informal")


@dataclass(frozen=True)
class Column:
    """Head and kind of a column; ``key``: it says what a row is about; ``limits``: its lower and its upper limit are the next two."""

    head: str
    kind: Kind
    key: bool = False
    limits: bool = False


@dataclass(frozen=True)
class Below:
    """A second grid below the first one of a table, with a heading of its own."""

    heading: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class TableItem:
    """One table of one survey in one language. Cells: text, a number with its digits in the unit of its column, or None for nothing to show."""

    item: str
    caption: Caption
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    below: tuple[Below, ...] = ()

    def digest(self, code: str) -> str:
        """Digest of the table and of the program that writes it."""
        rows = [row for grid in (self.rows, *(below.rows for below in self.below)) for row in grid]
        digits = [[getattr(cell, "decimals", None) for cell in row] for row in rows]
        words = json.dumps([vars(self), digits], sort_keys=True, default=vars)
        return hashlib.sha256((words + code).encode()).hexdigest()


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
    """One table in the making, from rows that are positions among the estimates."""

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
        self._enough(found[0])
        if self.entry.long:
            found = [{about: place for rows in found for about, place in rows.items()}]
        abouts = in_order(
            (about for rows in found for about in rows), self.dimensions, self.entry.split or [], self.card
        )
        columns, cells = self._labels(abouts)
        labels = [str(label) for column in cells for label in column]
        joined = [np.array([rows.get(about, -1) for about in abouts], dtype=np.intp) for rows in found]
        counts = [[*map(count_cell, self._numbers("n", places), self._words("n_class", places))] for places in joined]
        n = [next((one for one in some if one is not None), None) for some in zip(*counts, strict=True)]
        same_n = all(one is None or one == whole for some in counts for one, whole in zip(some, n, strict=True))
        # A long table has one set of columns, and says in its lines which measure each is of.
        measures = self.entry.measures[: len(joined)]
        units = [self._unit(measure, places) for measure, places in zip(measures, joined, strict=True)]
        for position, (measure, places) in enumerate(zip(measures, joined, strict=True)):
            of = units[0] if self.entry.long else self._of(measure, units, position)
            for column, values in self._values(measure, places, units[position], of):
                columns.append(column)
                cells.append(values)
            if not same_n or position == len(joined) - 1:
                columns.append(Column(self._head_of_n("" if same_n else of), "count"))
                cells.append(n if same_n else counts[position])
        there = np.concatenate([np.fromiter(rows.values(), dtype=np.intp, count=len(rows)) for rows in found])
        caption = self._caption(there, labels, thresholds)
        return TableItem(item, caption, tuple(columns), tuple(zip(*cells, strict=True)))

    def _pairs(self) -> Iterator[Pair]:
        primary, names = self.card.primary, self.entry.variants
        variants = [primary.variant] if isinstance(names, str) else list(names)
        if names == "options":
            variants += sorted({p.variant for p in self.card.pairs if p.variant.startswith(f"{primary.variant}_")})
        if names == "office":
            variants += [NATIONAL] if NATIONAL not in variants and self.card.concepts_of(NATIONAL) else []
        for variant in variants:
            concepts = self.card.concepts_of(variant) or ((primary.concept,) if variant == primary.variant else ())
            if self.entry.concepts == "primary" and primary.concept in concepts:
                concepts = (primary.concept,)
            yield from (Pair(variant=variant, concept=concept) for concept in concepts)

    def _rows(self, at: int) -> dict[About, int]:
        """What each row of a measure is about → its position among the estimates."""
        measure, texts = self.entry.measures[at], self.hub.texts
        first = at if self.entry.long else 0
        abouts: list[About] = []
        places: list[int] = []
        for b, by in enumerate(self.over):
            found, problem = False, NotMade("no_estimates", by)
            for p, pair in enumerate(self.pairs):
                for keys in self.keys[at]:
                    whole, mine = (places_of(self.hub, measure, names, pair, keys=keys) for names in ([], by))
                    mine = self._without_joined(mine, by)
                    try:
                        why_not(self.hub, mine, by, self.card, whole)
                        found = True
                    except NotMade as reason:
                        problem = reason
                    # One category alone is a column and has no name of its own among the rows.
                    categories = texts["category"][mine] if measure.category is None else [""] * len(mine)
                    levels = zip(*(texts[name][mine] for name in self.dimensions), strict=True)
                    positions = (first, p, self.contexts.index(keys), 0 if self.nested else b)
                    abouts += [
                        About(*positions, category, row)
                        for category, row in zip(
                            categories, levels if self.dimensions else [()] * len(mine), strict=True
                        )
                    ]
                    places += mine.tolist()
            if not found:
                self.left_out.setdefault(":".join(by), problem)
        strange = strange_dimensions([about.category for about in abouts], self.entry.split or [])
        rows = {a: place for a, place, left in zip(abouts, places, strange, strict=True) if not left}
        assert len(rows) == len(abouts) - sum(strange), "two estimates of the same"
        return rows

    def _without_joined(self, places: IntArray, by: Sequence[str]) -> IntArray:
        """Without levels of too few persons for which one row stands; classes stay, for other groups have them."""
        texts = self.hub.texts
        levels = list(zip(*(texts[name][places] for name in by), strict=True)) if by else [()] * len(places)
        contexts = texts["universe"][places].tolist()
        kinds = stood_for(contexts, texts["category"][places].tolist(), levels, texts["flag_reason"][places].tolist())
        return places[[kind != LEVEL for kind in kinds]]

    def _numbers(self, name: str, places: IntArray) -> list[float]:
        """A column of the estimates at some places; NaN where a row has none (-1)."""
        found: list[float] = np.where(places < 0, np.nan, self.hub.numbers[name][places]).tolist()
        return found

    def _words(self, name: str, places: IntArray) -> list[str]:
        """The same for text; empty where a row has none."""
        found: list[str] = np.where(places < 0, "", self.hub.texts[name][places]).tolist()
        return found

    def _enough(self, first: Mapping[About, int]) -> None:
        """Raise NotMade where there is nothing, nothing but the total, or only one of what is to be compared."""
        problem = next(iter(self.left_out.values()), NotMade("no_estimates"))
        totals = (TOTAL,) * len(self.dimensions)
        if not first or (self.dimensions and all(about.levels == totals for about in first) and self.left_out):
            raise problem
        if not shown(self.hub, np.array(list(first.values()), dtype=np.intp)).any():
            raise problem
        compares = (
            not isinstance(self.entry.variants, str) or self.entry.variants == "options" or self.entry.concepts == "all"
        )
        if compares and not self.entry.bounds and len({about.pair for about in first}) < 2:
            raise NotMade("nothing_to_compare")

    def _labels(self, abouts: Sequence[About]) -> tuple[list[Column], list[list[Cell]]]:
        texts = self.texts
        pairs = [self.pairs[about.pair] for about in abouts]
        columns: dict[str, list[str]] = {}
        if not isinstance(self.entry.variants, str) or len({pair.variant for pair in self.pairs}) > 1:
            columns["dimension.variant"] = [variant_label(pair.variant, texts) for pair in pairs]
        if len({pair.concept for pair in self.pairs}) > 1:
            columns["dimension.concept"] = [text_or_name("concept", pair.concept, texts) for pair in pairs]
        columns |= key_labels([self.contexts[about.context] for about in abouts], self.card, texts)
        measures = [self.entry.measures[about.measure] for about in abouts]
        if self.entry.long:
            columns["common.indicator"] = [texts.t(measure.key) for measure in measures]
            columns["common.denominator"] = [capital(text_or_name("universe", m.universe, texts)) for m in measures]
        parts = parts_of([about.category for about in abouts], self.entry.split or [])
        for name, levels in parts:
            of = dict(parts).get("dimension", []) if name == "level" else []
            columns[f"dimension.{name}"] = [
                texts.t("common.other_classes")
                if level == OTHER and not of
                else level_label(dimension, level, self.card, texts)
                for dimension, level in zip(of or [name] * len(levels), levels, strict=True)
            ]
        if self.entry.category and not self.entry.split:
            head = "common.question" if measures[0].indicator == "cover" else "common.category"
            columns[head] = [
                category_label(measure.indicator, about.category, self.card, texts)
                for measure, about in zip(measures, abouts, strict=True)
            ]
        columns |= self._nested(abouts) if self.nested else self._characteristics(abouts)
        heads = [Column(capital(texts.t(key)), "text", key=True) for key in columns]
        return heads, [list(labels) for labels in columns.values()]

    def _nested(self, abouts: Sequence[About]) -> dict[str, list[str]]:
        """A column of labels for each dimension."""
        return {
            f"dimension.{name}": [level_label(name, level, self.card, self.texts) for level in levels]
            for name, levels in zip(self.dimensions, levels_of(abouts), strict=True)
        }

    def _characteristics(self, abouts: Sequence[About]) -> dict[str, list[str]]:
        """Where rows come from several breakdowns: what each is broken down by, and its level."""
        total = self.texts.t("common.total")
        characteristics, levels = [], []
        for about in abouts:
            by, of = self.over[about.breakdown], dict(zip(self.dimensions, about.levels, strict=True))
            characteristics.append(
                capital(self.texts.join([self.texts.t(f"dimension.{name}") for name in by]) or total)
            )
            parts = [level_label(name, of[name], self.card, self.texts) for name in by]
            levels.append(self.texts.join(parts) or total)
        return {"common.characteristic": characteristics, "common.level": levels}

    def _values(self, measure: Measure, places: IntArray, unit: str, of: str) -> Iterator[tuple[Column, list[Cell]]]:
        t = self.texts.t
        name = t("common.estimate", unit=unit) if self.entry.long else t(measure.key, unit=unit)
        if self.entry.by_universe and not self.entry.long:
            name = f"{name}: {t(f'group.{measure.universe}')}"
        heads = {"estimate": name, "ci_low": t("common.lower", unit=of), "ci_high": t("common.upper", unit=of)}
        flags, decimals = self._words("flag", places), self._numbers("decimals", places)
        scales = [100.0 if word == "share" else 1.0 for word in self._words("measure", places)]
        for column, head in heads.items():
            scaled = [value * scale for value, scale in zip(self._numbers(column, places), scales, strict=True)]
            cells: list[Cell] = [cell(value, digits) for value, digits in zip(scaled, decimals, strict=True)]
            if column == "estimate":
                ends = zip(*(self._numbers(end, places) for end in ("bound_low", "bound_high")), strict=True)
                bounds = [
                    bounded(flag, low * scale, high * scale, self.texts)
                    for flag, (low, high), scale in zip(flags, ends, scales, strict=True)
                ]
                cells = [bound or one for bound, one in zip(bounds, cells, strict=True)]
            yield Column(head, "number", limits=column == "estimate"), cells
        reasons = self._words("flag_reason", places)
        yield (
            Column(t("common.flag", unit=of), "flag"),
            [flag_word(*said, self.texts) for said in zip(flags, reasons, strict=True)],
        )

    def _measure_word(self, measure: Measure, places: IntArray) -> str:
        """What the estimates count: the word of the hub, that of the statistic where there is no row."""
        word = next((word for word in self._words("measure", places) if word), "")
        return word or ("share" if measure.statistic == "share" else "persons")

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

    def _unit(self, measure: Measure, places: IntArray) -> str:
        word = self._measure_word(measure, places)
        known = {"share": "common.unit_percent", "persons": "common.unit_persons", "hours": "common.unit_hours"}
        key = known.get(word, f"currency.{word}")
        # A currency that the texts do not know is called by the survey's own word.
        return (self.texts.t(key) if self.texts.has(key) else plain(word)).replace(" ", "\u00a0")

    def _caption(self, places: IntArray, labels: Sequence[str], thresholds: Thresholds) -> Caption:
        entry, texts, card = self.entry, self.texts, self.card
        rows = {name: column[places] for name, column in self.hub.texts.items()}
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
            texts.t("frame.parts_note") if [] in self.over or entry.category else "",
            *flag_notes(rows, texts, thresholds),
            *reading_notes(labels, rows["n_class"], texts, thresholds),
            *left_out,
            *(texts.t(key) for key in provisional),
            *comparability_notes([*self.dimensions, *(m.indicator for m in entry.measures)], card, texts),
            *law_notes(sorted({name for name in rows["law"] if name}), card, texts),
            texts.t("frame.main_job_note"),
        ]
        # What all rows share is named; employment and cover do not depend on a standard.
        shown = {""} if set(rows["variant"]) == {""} else variants
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


def _names(problem: NotMade, texts: Texts) -> str:
    return " × ".join(text_or_name("dimension", name, texts) for name in problem.variables)
