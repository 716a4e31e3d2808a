"""What makers of all kinds of figures share: choosing rows, labelling them, display units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from pandas import DataFrame, Series

from informality.govern.flags import HIDDEN, NOT_AVAILABLE
from informality.publish.figure_entries import Selection
from informality.publish.item import COLUMNS
from informality.publish.keys import Scope
from informality.publish.select import Estimates, NotMade, resolved, rows_of
from informality.publish.text import Texts
from informality.publish.words import branches_label, capital, category_label, level_label, reason_text, text_or_name
from informality.vocabulary import TOTAL


@dataclass(frozen=True)
class Built:
    """Rows (`item.COLUMNS`) with labels and options for the chart, and sentences for the note.

    ``laws``: what the rows rest on, for marks and subtitle, where the rows themselves do not say it; ``variants``: the standards that
    they show, where they are not those of the survey's primary one; ``in_words``: flags whose sign the chart does not use, for it says
    in words what they mean.
    """

    rows: DataFrame
    labels: dict[str, str]
    options: dict[str, object]
    sentences: list[str]
    laws: tuple[str, ...] = field(default=())
    variants: tuple[str, ...] | None = None
    in_words: tuple[str, ...] = ()


class Maker:
    """Rows of one survey in one language under one law."""

    def __init__(self, hub: Estimates, scope: Scope, texts: Texts) -> None:
        """See the class."""
        self.hub, self.scope, self.card, self.texts = hub, scope, scope.card, texts

    def labels(self) -> dict[str, str]:
        """Words that charts write themselves."""
        t = self.texts.t
        return {
            "n": t("common.persons_in_sample"),
            "x": t("common.hidden"),
            ":": t("common.not_available"),
            ":c": t("common.confidential"),
            "over": t("common.over", bound="{bound}"),
            "under": t("common.under", bound="{bound}"),
            "by_definition": t("common.by_definition"),
            "percent": t("common.percent"),
            "interval": t("common.interval"),
            "rate": t("figure_part.rate"),
            "bars": t("figure_part.persons"),
            "unreliable": capital(t("flag.u")),
        }

    def found(self, selection: Selection) -> DataFrame:
        """Rows of a selection under all of its keys; NotMade with the reason."""
        keys = self.scope.keys(
            selection.indicator, selection.branch, selection.reading, selection.scenario, selection.assumption
        )
        return rows_of(self.hub, selection, self.card, keys)

    def by(self, selection: Selection) -> list[str]:
        """Dimensions of a selection as this survey has them."""
        return resolved(selection.by, self.card)

    def level(self, name: str, level: str) -> str:
        """Label of a level of a dimension, part or key."""
        if name == "branch" and self.card.coverage is not None:
            law = self.card.coverage.law_of(self.scope.law or self.card.coverage.law)
            return branches_label(self.card.coverage.branches_of(level, law), self.texts)
        return level_label(name, level, self.card, self.texts)

    def label(self, selection: Selection, by: list[str], record: Mapping[str, str]) -> str:
        """Label of a row: its levels, or its category."""
        if not by:
            return category_label(selection.indicator, record["category"], self.card, self.texts)
        return self.texts.join([self.level(name, record[name]) for name in by])

    def columns(self, found: DataFrame, part: str = "main") -> DataFrame:
        """Rows of the estimates with `item.COLUMNS`, in per cent or persons."""
        share = (found["measure"] == "share").to_numpy()
        scale = np.where(share, 100.0, 1.0)
        defaults = {"series": "", "series_label": "", "row": TOTAL, "row_label": "", "group": 0, "strong": False}
        made = {
            "part": part,
            "estimate": found["estimate"] * scale,
            "low": found["ci_low"] * scale,
            "high": found["ci_high"] * scale,
            "bound_low": found["bound_low"] * 100,
            "bound_high": found["bound_high"] * 100,
            "measure": np.where(share, "percent", found["measure"]),
        }
        columns = {**defaults, **{name: found[name] for name in COLUMNS if name in found}, **made}
        return DataFrame({name: columns[name] for name in COLUMNS}, index=found.index).reset_index(drop=True)

    def without_empty(self, rows: DataFrame, *, per_row: bool = False) -> tuple[DataFrame, list[str]]:
        """Leave out levels without any person in the sample, and those that the survey cannot tell, and say which."""
        nobody = (rows.groupby("row")["n"].transform("max") if per_row else rows["n"]).fillna(0) == 0
        empty, absent = nobody & (rows["flag"] == HIDDEN), nobody & (rows["flag"] == NOT_AVAILABLE)
        gone = empty | absent
        if not gone.any() or gone.all():
            return rows, []
        sentences = []
        if empty.any():
            names = self.texts.join(dict.fromkeys(rows.loc[empty, "row_label"]))
            sentences.append(self.texts.t("frame.empty_note", levels=names))
        for reason, some in rows[absent].groupby("flag_reason", sort=False):
            names = self.texts.join(dict.fromkeys(some["row_label"]))
            sentences.append(
                self.texts.t("frame.left_out_note", what=names, reason=reason_text(str(reason), self.texts))
            )
        return rows[~gone].reset_index(drop=True), sentences

    def left_out(self, problem: NotMade, otherwise: str) -> str:
        """A sentence on what of an item could not be shown, and why."""
        names = self.texts.join([self.dimension(v) for v in problem.variables]) or otherwise
        return self.texts.t("frame.left_out_note", what=names, reason=reason_text(problem.reason, self.texts))

    def dimension(self, name: str) -> str:
        """Name of a dimension."""
        return text_or_name("dimension", name, self.texts)

    def n_note(self, rows: DataFrame, *, same: bool) -> str:
        """What n is: one number for all, or a column."""
        if same:
            return self.texts.t("frame.n_total_note", n=self.texts.numbers.count(float(rows["n"].iloc[0])))
        return self.texts.t("frame.n_note")


def shares_of_total(rows: DataFrame) -> dict[str, float]:
    """Row → its persons in per cent of the total's, which stands among the rows; nothing where that is not known."""
    total = rows.loc[rows["strong"].astype(bool), "estimate"]
    if total.empty or not np.isfinite(total.iloc[0]) or total.iloc[0] <= 0:
        return {}
    known = rows[rows["estimate"].notna() & ~rows["strong"].astype(bool)]
    whole = float(total.iloc[0])
    return {str(r): float(e) / whole * 100 for r, e in zip(known["row"], known["estimate"], strict=True)}


def labelled(frame: DataFrame, maker: Maker, name: str) -> Series:
    """Labels of the column ``name``."""
    words = {level: maker.level(name, level) for level in frame[name].unique()}
    return frame[name].map(words)
