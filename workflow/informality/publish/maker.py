"""What makers of all kinds of figures share: choosing rows, labelling them, display units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from pandas import DataFrame, Series

from informality.govern.flags import CONFIDENTIAL, HIDDEN, NOT_AVAILABLE
from informality.publish.figure_entries import Selection
from informality.publish.item import COLUMNS, marked
from informality.publish.keys import Scope
from informality.publish.select import Estimates, NotMade, resolved, rows_of
from informality.publish.text import MOST_DIGITS, Texts
from informality.publish.words import branches_label, capital, category_label, level_label, reason_text, text_or_name
from informality.vocabulary import JOINED, OTHER, TOTAL

# A panel or column of which more than this part is hidden says nothing.
MOST_HIDDEN = 0.5


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
            "b": t("common.few"),
            "over": t("common.over", bound="{bound}"),
            "under": t("common.under", bound="{bound}"),
            "between": t("common.between", low="{low}", high="{high}"),
            "by_definition": t("common.by_definition"),
            "percent": t("common.percent"),
            "interval": t("common.interval"),
            "rate": t("figure_part.rate"),
            "bars": t("figure_part.persons"),
            "unreliable": capital(t("flag.u")),
        }

    def found(self, selection: Selection, members: Sequence[str] = ()) -> DataFrame:
        """Rows of a selection under all of its keys; NotMade with the reason. ``members``: see `select.rows_of`."""
        keys = self.scope.keys(
            selection.indicator, selection.branch, selection.reading, selection.scenario, selection.assumption
        )
        return rows_of(self.hub, selection, self.card, keys, members)

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
            "bound_low": found["bound_low"] * scale,
            "bound_high": found["bound_high"] * scale,
            "measure": np.where(share, "percent", found["measure"]),
            # A zero without a sign, for the files.
            "decimals": found["decimals"] + 0.0,
        }
        # Per cent of a rounded share has no more digits than the share.
        made |= {name: made[name].round(MOST_DIGITS) for name in ("estimate", "low", "high", "bound_low", "bound_high")}
        columns = {**defaults, **{name: found[name] for name in COLUMNS if name in found}, **made}
        return DataFrame({name: columns[name] for name in COLUMNS}, index=found.index).reset_index(drop=True)

    def without_empty(self, rows: DataFrame, *, per_row: bool = False) -> tuple[DataFrame, list[str]]:
        """Leave out levels without any person in the sample, and those that the survey cannot tell, and say which."""
        n = rows.groupby("row")["n"].transform("max") if per_row else rows["n"]
        # Where n is not known it is hidden: somebody is there.
        empty, absent = (n == 0) & marked(rows).isna(), ~(n > 0) & (rows["flag"] == NOT_AVAILABLE)
        empty &= ~absent
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

    def mostly_hidden(self, names: Iterable[str]) -> list[str]:
        """A sentence on panels or columns that are left out because more than half of them is hidden (decision 29b)."""
        told = self.texts.join(dict.fromkeys(names))
        return [self.texts.t("frame.mostly_hidden_note", levels=told)] if told else []

    def too_few(self, rows: DataFrame) -> list[str]:
        """A sentence on the levels among ``rows`` (labels, flag_reason) that are not shown, for a chart without a place for what stands for them."""
        few = rows[rows["flag_reason"] == JOINED]
        columns = [name for name in ("row_label", "series_label") if name in few]
        names = dict.fromkeys(self.texts.join(dict.fromkeys(labels)) for labels in few[columns].itertuples(index=False))
        return [self.texts.t("frame.joined_note", levels="; ".join(names))] if names else []

    def named(self, selection: Selection) -> str:
        """What a selection adds to its figure: its breakdown, or its indicator."""
        return self.texts.join([self.dimension(v) for v in self.by(selection)]) or self.level(
            "indicator", selection.indicator
        )

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
            first = rows.iloc[0]
            return self.texts.t("frame.n_total_note", n=self.texts.numbers.counted(first["n"], first["n_class"]))
        return self.texts.t("frame.n_note")


def without_joined(found: DataFrame, by: Sequence[str]) -> DataFrame:
    """Without the levels of ``by`` that are too small in all rows; where they are so by one standard or reading only, the sign says so."""
    if not by:
        return found
    small = (found["flag_reason"] == JOINED).groupby([found[name] for name in by]).transform("all")
    return found[~small]


def is_hidden(rows: DataFrame) -> bool:
    """Whether more than half of a panel or column is hidden."""
    return bool(rows["flag"].isin([HIDDEN, CONFIDENTIAL]).mean() > MOST_HIDDEN)


def shares_of_total(rows: DataFrame) -> dict[str, float]:
    """Row → its persons in per cent of the total's, which stands among the rows; nothing where that is not known."""
    total = rows.loc[rows["strong"].astype(bool), "estimate"]
    if total.empty or not np.isfinite(total.iloc[0]) or total.iloc[0] <= 0:
        return {}
    known = rows[rows["estimate"].notna() & ~rows["strong"].astype(bool)]
    whole = float(total.iloc[0])
    return {str(r): float(e) / whole * 100 for r, e in zip(known["row"], known["estimate"], strict=True)}


def labelled(frame: DataFrame, maker: Maker, name: str) -> Series:
    """Labels of the column ``name``; what stands for several is called after what they are, levels or classes."""
    words = {level: maker.level(name, level) for level in frame[name].unique()}
    if OTHER in words and frame.loc[frame[name] == OTHER, "category"].eq(OTHER).all():
        words[OTHER] = maker.texts.t("common.other_classes")
    return frame[name].map(words)
