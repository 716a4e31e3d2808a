"""From published models and an entry of the catalogue to a table with everything resolved; written like any other table.

A logit model: a row a level, with the reference in its place; below it the joint tests of whole terms, and who is in the model.
A decomposition: both means, their difference and what accounts for it, whole and by characteristic; below it who is in.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from pandas import DataFrame

from informality.govern.flags import CONFIDENTIAL, FLAGS, HIDDEN, NORMAL, NOT_AVAILABLE, UNRELIABLE
from informality.publish.card import Card
from informality.publish.cells import P_DIGITS, Cell, cell
from informality.publish.model_entries import ModelEntry
from informality.publish.models import rows_of_model, term_order
from informality.publish.select import NotMade, levels_in_order
from informality.publish.tables import Below, Column, TableItem
from informality.publish.text import Texts, significant
from informality.publish.words import (
    Caption,
    capital,
    level_label,
    mark_names,
    mark_texts,
    note,
    source,
    subtitle,
    text_or_name,
)
from informality.settings import Thresholds
from informality.vocabulary import CONSTANT, TOTAL


def model_table(
    item: str, entry: ModelEntry, models: DataFrame, card: Card, texts: Texts, thresholds: Thresholds
) -> TableItem:
    """The table of one model. ``models``: `models.prepared_models`. Raises NotMade with the reason."""
    rows = rows_of_model(models, entry.model, card)
    maker = _Maker(entry, rows, card, texts)
    columns, cells = maker.logit() if entry.kind == "logit" else maker.decomposition()
    below = (maker.joint_tests(), maker.persons()) if entry.kind == "logit" else (maker.persons(),)
    grids = [(columns, cells), *((grid.columns, grid.rows) for grid in below)]
    flags = {
        str(line[at])
        for heads, lines in grids
        for at, column in enumerate(heads)
        for line in lines
        if column.kind == "flag" and line[at]
    }
    return TableItem(item, maker.caption(flags, thresholds), columns, cells, below)


# Digits after the point at most: of ratios, percentage points and logarithms.
RATIO, POINTS, LOG = 2, 1, 3
# A row of the models, by the names of its columns.
Row = Mapping[str, Any]


class _Maker:
    """One table in the making."""

    def __init__(self, entry: ModelEntry, rows: DataFrame, card: Card, texts: Texts) -> None:
        self.entry, self.card, self.texts = entry, card, texts
        self.rows: list[Row] = rows.to_dict("records")

    def logit(self) -> tuple[tuple[Column, ...], tuple[tuple[Cell, ...], ...]]:
        """Odds ratios and average marginal effects of every level."""
        t = self.texts.t
        columns = (
            *self._keys("common.characteristic", "common.level"),
            Column(t("models.odds_ratio"), "number", limits=True),
            Column(t("models.lower_ratio"), "number"),
            Column(t("models.upper_ratio"), "number"),
            Column(t("models.ame"), "number", limits=True),
            Column(t("models.lower_points"), "number"),
            Column(t("models.upper_points"), "number"),
            Column(t("models.se_points"), "number"),
            Column(t("models.se_fixed"), "number"),
            Column(t("models.flag"), "flag"),
            Column(t("common.persons_in_sample"), "count"),
        )
        of_level = [row for row in self.rows if row["part"] in ("coefficient", "ame") and row["term"] != CONSTANT]
        lines: dict[tuple[str, str], dict[str, Row]] = {}
        for row in of_level:
            lines.setdefault((row["term"], row["level"]), {}).setdefault(row["statistic"], row)
        cells: list[tuple[Cell, ...]] = []
        for term, mine in self._by_term(of_level):
            reference = str(mine[0]["reference"])
            for level in self._levels(term, {*(row["level"] for row in mine), reference} - {""}):
                names = (self._term(term), self._level(term, level))
                if level == reference:
                    n = cell(np.fmax.reduce([row["n_reference"] for row in mine]))
                    cells.append((*names, t("models.reference"), *[None] * 8, n))
                else:
                    cells.append((*names, *self._level_cells(lines[term, level])))
        return columns, tuple(cells)

    def _level_cells(self, rows: Mapping[str, Row]) -> tuple[Cell, ...]:
        odds, effect, fixed = (rows.get(name) for name in ("odds_ratio", "effect", "effect_fixed_covariates"))
        flags = [row["flag"] for row in (odds, effect) if row is not None]
        known = next(row for row in (odds, effect) if row is not None)
        return (
            *_interval(odds, RATIO),
            *_interval(effect, POINTS, 100),
            *(_error(row, POINTS, 100) for row in (effect, fixed)),
            max(flags, key=FLAGS.index),
            cell(known["n_level"]),
        )

    def joint_tests(self) -> Below:
        """Wald tests of whole terms."""
        t = self.texts.t
        columns = (
            *self._keys("common.characteristic", "common.level"),
            Column(t("models.f"), "number"),
            Column(t("models.df1"), "count"),
            Column(t("models.df2"), "count"),
            Column(t("models.p"), "p"),
            Column(t("models.flag"), "flag"),
        )
        cells = []
        for term, (row, *_) in self._by_term([row for row in self.rows if row["part"] == "wald"]):
            values = [cell(row["df1"]), cell(row["df"]), cell(row["p"], P_DIGITS)]
            cells.append((self._term(term), t("models.all_levels"), _interval(row, RATIO)[0], *values, row["flag"]))
        return Below(t("models.joint_tests"), columns, tuple(cells))

    def decomposition(self) -> tuple[tuple[Column, ...], tuple[tuple[Cell, ...], ...]]:
        """Means, difference and its parts, in all and by characteristic."""
        t = self.texts.t
        digits, by = (POINTS, 100.0) if self.entry.unit == "percent" else (LOG, 1.0)
        columns = (
            *self._keys("models.part", "common.characteristic"),
            *(
                Column(t(f"models.{name}_{self.entry.unit}"), "number", limits=name == "estimate")
                for name in ("estimate", "lower", "upper", "se")
            ),
            Column(t("models.flag"), "flag"),
        )
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            if row["part"] == "decomposition":
                found.setdefault(row["statistic"], []).append(row)
        own = f"model.{self.entry.model}"
        lines: list[tuple[str, str, Row]] = []
        for level in self.entry.groups:
            mean = next(row for row in found["mean"] if row["level"] == level)
            lines.append((t(f"{own}.mean"), level_label(str(mean["term"]), level, self.card, self.texts), mean))
        lines.append((t("models.difference"), t(f"{own}.difference"), found["difference"][0]))
        for statistic in ("accounted_for", "not_accounted_for"):
            part, terms = t(f"models.{statistic}"), dict(self._by_term(_of_total(found[statistic])))
            lines.append((part, t("models.all_characteristics"), terms.pop(TOTAL)[0]))
            constant = terms.pop(CONSTANT, [])[:1]
            lines += [(part, self._term(term), rows[0]) for term, rows in terms.items()]
            lines += [(part, t("models.constant"), row) for row in constant]
        cells = [
            (part, name, *_interval(row, digits, by), _error(row, digits, by), row["flag"]) for part, name, row in lines
        ]
        return columns, tuple(cells)

    def persons(self) -> Below:
        """Who is in the model and who is not, by reason."""
        t, fit = self.texts.t, [row for row in self.rows if row["part"] == "fit"]
        columns = (*self._keys("models.persons", "models.reason"), Column(t("common.persons_in_sample"), "count"))
        columns = (*columns, Column(t("models.flag"), "flag"))
        whole = next(row for row in fit if row["statistic"] == "n")
        cells: list[tuple[Cell, ...]] = [(t("models.in_model"), "", cell(whole["n"]), whole["flag"])]
        for statistic, row in self._outside(fit):
            cells.append((t(f"models.{statistic}"), self._who(row), cell(row["n"]), _flag_of_count(row)))
        for row in fit:
            if row["statistic"] == "term":
                cells.append((t("models.term"), self._term(str(row["term"])), None, str(row["flag"])))
        cells.append((t("models.psus"), "", cell(whole["n_psu"]), ""))
        cells.append((t("models.df"), "", cell(whole["df"]), ""))
        return Below(t("models.who"), columns, tuple(cells))

    def _by_term(self, rows: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
        """Terms in their order, each with its rows."""
        for term in term_order((row["term"] for row in rows), self.entry.terms):
            yield term, [row for row in rows if row["term"] == term]

    def _outside(self, fit: Sequence[Row]) -> Iterator[tuple[str, Row]]:
        """Rows of persons that are not in the model: excluded, without an answer, at a level that is left out."""
        for statistic in ("excluded", "unknown", "left_out"):
            for term, rows in self._by_term([row for row in fit if row["statistic"] == statistic]):
                mine = {row["level"]: row for row in rows}
                yield from ((statistic, mine[level]) for level in self._levels(term, mine))

    def _who(self, row: Row) -> str:
        term, level = str(row["term"]), str(row["level"])
        if row["statistic"] == "excluded":
            return text_or_name("excluded", term, self.texts)
        if row["statistic"] == "unknown":
            return capital(text_or_name("dimension", term, self.texts))
        return f"{self._term(term)}: {self._level(term, level)}"

    def caption(self, flags: set[str], thresholds: Thresholds) -> Caption:
        """The words around a table in which these flags stand."""
        # Whether somebody is covered does not depend on a standard of informality.
        t, variant = self.texts.t, "" if self.entry.of_law else self.card.primary.variant
        own = f"model.{self.entry.model}"
        explained = {
            UNRELIABLE: t("models.unreliable_note", flag_below=thresholds.flag_below),
            HIDDEN: t("models.hidden_note", hide_below=thresholds.hide_below),
            CONFIDENTIAL: t(
                "models.confidential_note",
                confidential_below=thresholds.confidential_below,
                least_psus=thresholds.least_psus,
            ),
            NOT_AVAILABLE: t("frame.not_available_note"),
        }
        sentences = [
            t(f"{own}.note"),
            t(f"models.note_{self.entry.kind}"),
            t("models.rounded_note", hide_below=thresholds.hide_below),
            *(text for flag, text in explained.items() if flag in flags),
            t("frame.provisional_note") if variant in self.card.provisional_variants else "",
            t("frame.main_job_note"),
        ]
        return Caption(
            title=t(f"{own}.title"),
            subtitle=subtitle(t(f"{own}.subtitle"), variant, self.card.primary.concept, self.card, self.texts),
            marks=mark_texts(mark_names(self.card, {variant} - {""}), self.texts),
            note=note(sentences, self.texts),
            source=source(self.card, self.texts),
        )

    def _keys(self, *heads: str) -> tuple[Column, ...]:
        return tuple(Column(capital(self.texts.t(head)), "text", key=True) for head in heads)

    def _term(self, term: str) -> str:
        return capital(term_label(term, self.texts))

    def _levels(self, term: str, present: Iterable[str]) -> list[str]:
        return levels_of_term(term, present, self.card)

    def _level(self, term: str, level: str) -> str:
        if level == TOTAL:
            return self.texts.t("models.per_unit")
        parts = zip(term.split(":"), level.split(":"), strict=False)
        return self.texts.join([level_label(name, part, self.card, self.texts) for name, part in parts])


def levels_of_term(term: str, present: Iterable[str], card: Card) -> list[str]:
    """Levels in the order of the vocabulary, of a product by its variables in turn."""
    names = term.split(":")
    split = [level.split(":") for level in present]
    orders = [levels_in_order(name, [one[i] for one in split if i < len(one)], card) for i, name in enumerate(names)]
    place = [{level: at for at, level in enumerate(order)} for order in orders]
    return [":".join(one) for one in sorted(split, key=lambda one: [place[i][level] for i, level in enumerate(one)])]


def term_label(term: str, texts: Texts) -> str:
    """A term in words: ``sex``, ``age^2``, ``sex:area``."""
    names = [text_or_name("dimension", name, texts) for name in term.removesuffix("^2").split(":")]
    label = " × ".join(names)
    return texts.t("models.squared", what=label) if term.endswith("^2") else label


def reason_about(problem: NotMade, texts: Texts) -> str:
    """What a model that cannot be made lacks: variables, terms or levels (``industry=O``) in words."""
    return texts.join([term_label(name.partition("=")[0], texts) for name in problem.variables])


def _of_total(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row["level"] == TOTAL]


def _interval(row: Row | None, most: int, by: float = 1.0) -> tuple[Cell, Cell, Cell]:
    """Estimate and limits with the three significant digits that the estimate has, or ``most`` after the point."""
    if row is None:
        return None, None, None
    digits = significant([float(row["estimate"]) * by], 3, most)
    estimate, low, high = (cell(float(row[name]) * by, digits) for name in ("estimate", "ci_low", "ci_high"))
    return estimate, low, high


def _error(row: Row | None, most: int, by: float = 1.0) -> Cell:
    """A standard error with its two significant digits, or as many after the point as its estimate has at most."""
    value = math.nan if row is None else float(row["se"]) * by
    return cell(value, significant([value], 2, most))


def _flag_of_count(row: Row) -> str:
    """A left-out level has no estimate, but a count; only where that is missing there is something to flag."""
    hidden = not math.isfinite(row["n"])
    return CONFIDENTIAL if hidden else NORMAL
