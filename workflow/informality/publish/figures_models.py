"""Rows of a forest plot, from published models: average marginal effects, or what accounts for a difference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from pandas import DataFrame

from informality.govern.flags import NORMAL, NOT_AVAILABLE
from informality.publish.catalogue import Catalogue
from informality.publish.compared_entries import ForestFigure
from informality.publish.item import COLUMNS
from informality.publish.maker import MOST_HIDDEN, Built, Maker
from informality.publish.model_entries import ModelEntry
from informality.publish.model_tables import POINTS, Row, levels_of_term, reason_about, term_label
from informality.publish.models import rows_of_model, term_order
from informality.publish.select import NotMade
from informality.publish.text import significant
from informality.publish.words import capital, level_label, reason_text
from informality.vocabulary import CONSTANT, TOTAL

# Flag of a level that others are compared with, and of one that a model has not.
REFERENCE, ABSENT = "reference", "absent"
HEADING = "heading"
# A row of the figure, by the names of its columns, and one in which there is nothing.
Line = dict[str, Any]
_EMPTY: Line = dict.fromkeys(COLUMNS, "") | dict.fromkeys(
    ("estimate", "low", "high", "bound_low", "bound_high", "decimals", "n"), np.nan
)


def forest(entry: ForestFigure, maker: Maker, catalogue: Catalogue, models: DataFrame | None) -> Built:
    """A row a level of a term (or a part of a difference) and model: ``group`` is the place of the model, ``series`` the model.

    Options: ``panels`` (place → heading), ``counts`` (persons in each model), ``same_scale``, ``terms`` (row → its heading). NotMade where no model can be shown.
    """
    shown = {model.model: (item, model) for item, model in catalogue.models.items()}
    lines: list[list[Line]] = []
    panels: dict[str, str] = {}
    tables: list[str] = []
    counts: list[float] = []
    left_out: list[str] = []
    problems: list[NotMade] = []
    for name in entry.models:
        item, model = shown[name]
        title = maker.texts.t(f"figure_part.model.{name}")
        try:
            if models is None:
                raise NotMade("no_model")
            rows = rows_of_model(models, name, maker.card)
        except NotMade as problem:
            problems.append(problem)
            about = reason_about(problem, maker.texts)
            why = reason_text(problem.reason, maker.texts)
            left_out.append(
                maker.texts.t("frame.left_out_note", what=title, reason=f"{about}: {why}" if about else why)
            )
            continue
        one = _One(model, rows, maker, entry.leave_out)
        made = one.effects() if model.kind == "logit" else one.parts()
        panels[str(len(lines))] = title
        counts.append(float(rows.loc[(rows["part"] == "fit") & (rows["statistic"] == "n"), "n"].iloc[0]))
        own: Line = {"group": len(lines), "series": name, "series_label": title}
        lines.append([line | own for line in made])
        tables.append(item)
    if not lines:
        # The title names the figure; what stands in the way is said of the first model.
        raise problems[0]
    logit = shown[entry.models[0]][1].kind == "logit"
    rows, without = _shown(_together(lines))
    compared = rows[rows["flag"] != REFERENCE]
    empty = [group for group, some in compared.groupby("group") if some["estimate"].isna().mean() > MOST_HIDDEN]
    if len(empty) < len(lines):
        rows = rows[~rows["group"].isin(empty)]
        left_out += maker.mostly_hidden(panels.pop(str(group)) for group in empty)
        lines = [some for group, some in enumerate(lines) if group not in empty]
        counts = [n for group, n in enumerate(counts) if group not in empty]
        rows, without = _shown(_together(lines))
    t = maker.texts.t
    labels = maker.labels() | {
        "unit": t("figure_part.points" if logit else "figure_part.percent_difference"),
        REFERENCE: t("figure_part.reference"), ABSENT: "–",
    }  # fmt: skip
    terms = dict(zip(rows["row"], rows["heading"], strict=True)) if logit else {}
    notes = [
        t("frame.forest_note" if logit else "frame.gap_note"),
        t("frame.absent_note") if (rows["flag"] == ABSENT).any() else "",
        t("frame.without_estimate_note", levels="; ".join(without)) if without else "",
        t("frame.in_table_note", tables=maker.texts.join(tables)),
        *left_out,
    ]
    options: dict[str, object] = {"panels": panels, "counts": counts, "same_scale": logit, "terms": terms}
    of_law = [shown[name][1].of_law for name in entry.models]
    laws = (maker.scope.applied().law,) if any(of_law) else ()
    # Whether somebody is covered does not depend on a standard of informality.
    variants = () if all(of_law) else (maker.card.primary.variant,)
    return Built(rows.loc[:, list(COLUMNS)], labels, options, notes, laws, variants)


def _together(models: Sequence[Sequence[Line]]) -> DataFrame:
    """The rows of all models, each with the same rows in the same order; what a model has not is marked."""
    order: dict[str, None] = {}
    for lines in models:
        _merge(order, [line["row"] for line in lines])
    first = {line["row"]: line for lines in reversed(models) for line in reversed(lines)}
    found = []
    for lines in models:
        known = {line["row"]: line for line in lines}
        shared = {
            name: lines[0][name] for name in ("group", "series", "series_label", "variant", "concept", "universe")
        }
        for row in order:
            same = {name: first[row][name] for name in ("part", "row", "row_label", "heading", "strong", "measure")}
            found.append(known[row] if row in known else _EMPTY | same | shared | {"flag": ABSENT})
    return DataFrame(found)


def _shown(rows: DataFrame) -> tuple[DataFrame, list[str]]:
    """Rows without those of which no model has an estimate, whose labels come back; references of terms without any go with them.

    NotMade where nothing is left.
    """
    known = rows["estimate"].notna()
    kept = known.groupby(rows["row"]).transform("any")
    of_term = known.groupby(rows["heading"]).transform("any")
    reference = (rows["flag"] == REFERENCE).groupby(rows["row"]).transform("any")
    keep = kept | (reference & of_term)
    if not known.any():
        raise NotMade("all_hidden")
    dropped = rows[~keep & ~reference].drop_duplicates("row")
    return rows[keep].reset_index(drop=True), list(dict.fromkeys(dropped["row_label"]))


def _merge(order: dict[str, None], rows: Sequence[str]) -> None:
    """Put ``rows`` into the order, each new one after the one that it follows."""
    known = list(order)
    for at, row in enumerate(rows):
        if row in known:
            continue
        known.insert(known.index(rows[at - 1]) + 1 if at else 0, row)
    order.clear()
    order.update(dict.fromkeys(known))


class _One:
    """The rows of one model."""

    def __init__(self, entry: ModelEntry, rows: DataFrame, maker: Maker, leave_out: Sequence[str]) -> None:
        self.entry, self.rows, self.maker, self.leave_out = entry, rows, maker, leave_out

    def effects(self) -> list[Line]:
        """Average marginal effects in percentage points, under each term the reference in its place."""
        card, texts = self.maker.card, self.maker.texts
        effects = self._of_part("ame", "effect")
        terms = [row["term"] for row in effects if row["term"] not in (CONSTANT, *self.leave_out)]
        found = []
        for term in term_order(terms, self.entry.terms):
            mine = {row["level"]: row for row in effects if row["term"] == term}
            reference = str(next(iter(mine.values()))["reference"])
            for level in levels_of_term(term, {*mine, reference} - {""}, card):
                label = texts.t("models.per_unit") if level == TOTAL else level_label(term, level, card, texts)
                key = f"{term}={level}"
                if level == reference:
                    n = float(np.fmax.reduce([row["n_reference"] for row in mine.values()]))
                    found.append(self._row(key, label, capital(term_label(term, texts)), flag=REFERENCE, n=n))
                else:
                    found.append(self._of(mine[level], key, label, capital(term_label(term, texts)), 100.0))
        return found

    def parts(self) -> list[Line]:
        """The difference, and what accounts for it, in per cent of the second group."""
        texts, t = self.maker.texts, self.maker.texts.t
        difference = self._of_part("decomposition", "difference")[0]
        whole, not_for = (
            [row for row in self._of_part("decomposition", statistic) if row["level"] == TOTAL]
            for statistic in ("accounted_for", "not_accounted_for")
        )
        # The first row of each: of the total, and of each term.
        of_term, of_not = ({row["term"]: row for row in reversed(rows)} for rows in (whole, not_for))
        lines = [
            self._part(difference, "difference", t("models.difference"), True),
            self._part(of_term[TOTAL], "accounted_for", t("models.accounted_for"), True),
        ]
        terms = [row["term"] for row in whole if row["term"] not in (TOTAL, CONSTANT, *self.leave_out)]
        for term in term_order(terms, self.entry.terms):
            label = t("figure_part.by", what=term_label(term, texts))
            lines.append(self._part(of_term[term], f"accounted_for={term}", label, False))
        return [*lines, self._part(of_not[TOTAL], "not_accounted_for", t("models.not_accounted_for"), True)]

    def _of_part(self, part: str, statistic: str) -> list[Row]:
        rows = self.rows[(self.rows["part"] == part) & (self.rows["statistic"] == statistic)]
        return rows.to_dict("records")

    def _part(self, row: Row, key: str, label: str, strong: bool) -> Line:
        by = 100.0 if self.entry.unit == "percent" else None
        return self._of(row, key, label, "", by) | {"strong": strong}

    def _of(self, row: Row, key: str, label: str, heading: str, by: float | None) -> Line:
        """``by``: the factor of display; None for a difference of logarithms, shown in per cent."""
        numbers = {}
        for name, column in (("estimate", "estimate"), ("low", "ci_low"), ("high", "ci_high")):
            value = float(row[column])
            numbers[name] = 100.0 * float(np.expm1(value)) if by is None else by * value
        digits = significant([numbers["estimate"]], 3, POINTS)
        numbers = {name: round(value, digits) for name, value in numbers.items()} | {"decimals": float(digits)}
        n = float(row["n_level"]) if np.isfinite(row["n_level"]) else np.nan
        flag = str(row["flag"])
        shown = {"flag": flag, "flag_reason": str(row["flag_reason"]), "n": n}
        if flag == NORMAL and not np.isfinite(numbers["estimate"]):
            shown["flag"] = NOT_AVAILABLE
        return self._row(key, label, heading, **shown) | numbers

    def _row(self, key: str, label: str, heading: str, **values: object) -> Line:
        primary = self.maker.card.primary
        own = {
            "part": "main",
            "row": key,
            "row_label": label,
            "strong": False,
            "variant": primary.variant,
            "concept": primary.concept,
        }
        unit = "percent" if self.entry.kind == "decomposition" else "points"
        return _EMPTY | own | {"measure": unit, "heading": heading, **values}
