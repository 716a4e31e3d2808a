"""From published estimates and a catalogue entry to a figure with everything resolved; no drawing here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any

import numpy as np
import pandas as pd
from pandas import DataFrame

from informality.publish import bridge, figures_compared, figures_coverage, figures_distribution
from informality.publish.card import Card
from informality.publish.catalogue import Catalogue
from informality.publish.compared_entries import ComparedFigure
from informality.publish.distribution_entries import DistributionFigure
from informality.publish.figure_entries import BridgeFigure, DotsFigure, LinesFigure, Selection, StackedFigure
from informality.publish.figures_compared import rests_on
from informality.publish.item import FigureItem, marked, open_part
from informality.publish.keys import Scope
from informality.publish.kinds import AnyFigure
from informality.publish.maker import Built, Maker, is_hidden, labelled, shares_of_total
from informality.publish.select import (
    CLASS,
    LEVEL,
    Estimates,
    NotMade,
    concat,
    last,
    levels_in_order,
    needed,
    order,
    resolved,
)
from informality.publish.text import MOST_DIGITS, Texts
from informality.publish.words import (
    Caption,
    bounded,
    comparability_notes,
    flag_notes,
    law_line,
    law_notes,
    mark_names,
    mark_texts,
    note,
    reading_notes,
    source,
    subtitle,
    text_or_name,
)
from informality.settings import Thresholds
from informality.vocabulary import JOINED, OTHER, TOTAL, UNKNOWN

# The category of everybody, which stands for a total.
EVERYBODY = "all"
# What each number of a complement is made of.
_COMPLEMENT = {
    "estimate": "estimate",
    "low": "high",
    "high": "low",
    "bound_low": "bound_high",
    "bound_high": "bound_low",
}


def figure_item(
    item: str,
    hub: Estimates,
    card: Card,
    texts: Texts,
    catalogue: Catalogue,
    thresholds: Thresholds,
    law: str | None = None,
    models: DataFrame | None = None,
) -> FigureItem:
    """The figure ``item`` of the catalogue, resolved, under ``law`` (default: the one in force).

    ``hub``: `select.prepared` estimates; ``models``: `models.prepared_models`. Raises NotMade with the reason.
    """
    entry = catalogue.figures[item]
    needed(entry.needs, card)
    scope = Scope(card, catalogue.declared, law)
    amount = rests_on(entry, scope, texts)
    unconfirmed = ("unverified",) if amount and not amount.verified else ()
    built = _built(entry, Maker(hub, scope, texts), catalogue, models)
    rows, laws = built.rows, _named([*built.rows["law"], *built.laws])
    primary = () if all(scope.of_concept(s.indicator) for s in entry.selections()) else (card.primary.variant,)
    variants = primary if built.variants is None else built.variants
    variant, concept = (variants[0] if variants else "", card.primary.concept) if len(variants) < 2 else ("", "")
    key = f"figure.{entry.text or item}"
    what = texts.t(f"{key}.subtitle", universe=_universe(entry, texts))
    named = law_line(card, texts, laws, rows["assumption"], rows["branch"])
    line = subtitle(what, variant, concept, card, texts, named)
    caption = Caption(
        title=texts.t(f"{key}.title"),
        subtitle=line,
        marks=mark_texts(mark_names(card, variants, laws, _named(rows["scenario"]), unconfirmed), texts),
        note=note(
            [
                texts.t(f"{key}.note"),
                amount.sentence if amount else "",
                *built.sentences,
                *flag_notes(rows[~rows["flag"].isin(built.in_words)], texts, thresholds),
                *reading_notes([*rows["row_label"], *rows["series_label"]], rows["n_class"], texts, thresholds),
                *comparability_notes([n for s in entry.selections() for n in (s.indicator, *s.by)], card, texts),
                *law_notes(laws, card, texts),
                texts.t("frame.main_job_note"),
            ],
            texts,
        ),
        source=source(card, texts),
        alt=texts.t(f"{key}.alt", **_alt_fields(rows, line, texts)),
    )
    stem = catalogue.file_stem(item)
    return FigureItem(item, stem, entry.kind, texts.lang, caption, rows, built.labels, texts.numbers, built.options)


def _built(entry: AnyFigure, maker: Maker, catalogue: Catalogue, models: DataFrame | None) -> Built:
    if isinstance(entry, DotsFigure):
        return _Maker(maker.hub, maker.scope, maker.texts).dots(entry)
    if isinstance(entry, StackedFigure | LinesFigure):
        return _Maker(maker.hub, maker.scope, maker.texts).grid(entry)
    if isinstance(entry, BridgeFigure):
        return bridge.built(entry, maker)
    if isinstance(entry, DistributionFigure):
        return figures_distribution.built(entry, maker, catalogue)
    if isinstance(entry, ComparedFigure):
        return figures_compared.built(entry, maker, catalogue, models)
    return figures_coverage.built(entry, maker)


def _named(column: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({name for name in column if name}))


def _universe(entry: AnyFigure, texts: Texts) -> str:
    return next((text_or_name("universe", s.universe, texts) for s in entry.selections()), "")


def _alt_fields(rows: DataFrame, line: str, texts: Texts) -> dict[str, str]:
    """Words for the alternative text: the first estimate, the highest and the lowest of the others."""
    values = marked(rows)
    columns = ["row", "row_label", "series_label", "strong", "flag", "estimate", "bound_low", "bound_high", "decimals"]
    found = rows[columns].assign(mark=values)[(rows["part"] == "main") & values.notna()]
    known: list[dict[str, Any]] = found.to_dict("records")
    single = [row for row in known if not row["row"].endswith((OTHER, UNKNOWN))]
    others = [row for row in single if not row["strong"]] or known
    highest, lowest = (best(others, key=itemgetter("mark")) for best in (max, min))
    fields = {"subtitle": line}
    for field, row in (("first", known[0]), ("highest", highest), ("lowest", lowest)):
        fields[field] = texts.join([row["row_label"], row["series_label"]])
        fields[f"{field}_value"] = _value(row, texts)
    return fields


def _adds_up(rows: DataFrame) -> bool:
    """Whether the parts make a whole, as far as rounding and the bounds of those with a bound say."""
    known = rows["estimate"].notna() | rows["bound_high"].notna() | (rows["flag_reason"] == JOINED)
    return bool(known.all()) and not open_part(rows.itertuples())


def _value(row: Mapping[str, Any], texts: Texts) -> str:
    bound = bounded(row["flag"], row["bound_low"], row["bound_high"], texts)
    return bound or texts.numbers.written(row["estimate"], row["decimals"])


class _Maker(Maker):
    def dots(self, entry: DotsFigure) -> Built:
        frames, left_out, problems = [], [], []
        for position, selection in enumerate(entry.data):
            try:
                frames.append(self._dot_rows(selection, position, entry.order))
            except NotMade as problem:
                problems.append(problem)
                left_out.append(self.left_out(problem, self.named(selection)))
        # A total alone is no figure: without any of its groups the item is not made, for the reason of the first.
        if problems and (not frames or (len(entry.data) > 1 and all(frame["strong"].all() for frame in frames))):
            raise problems[0]
        rows = concat(frames)
        rows, empty = self.without_empty(rows)
        sentences = [self.texts.t("frame.interval_note")]
        options: dict[str, object] = {}
        if entry.beside is not None:
            beside, shares = self._beside(entry, rows)
            if is_hidden(beside):
                sentences += self.mostly_hidden([self.texts.t("figure_part.persons")])
            else:
                rows = pd.concat([rows, beside], ignore_index=True)
                options["shares"] = shares
                sentences += [self.texts.t("frame.bars_note"), self.texts.t("frame.parts_note")]
        return Built(rows, self.labels(), options, [*sentences, self.texts.t("frame.n_note"), *empty, *left_out])

    def grid(self, entry: StackedFigure | LinesFigure) -> Built:
        """Rows of a figure with rows (or a horizontal axis) and series."""
        lines = isinstance(entry, LinesFigure)
        if isinstance(entry, LinesFigure):
            rows, left_out = self._lines(entry)
        else:
            rows, left_out = self._stack(self._grid_rows(entry.data, entry.rows, entry.series), entry), []
        few = self.too_few(rows) if lines else []
        rows, empty = self.without_empty(rows, per_row=True)
        n_by_row = rows.groupby("row", sort=False)["n"].max()
        same_n = bool((n_by_row == n_by_row.iloc[0]).all()) and not lines
        sentences = [
            self.texts.t("frame.band_note" if lines else "frame.stack_note"),
            *([] if lines else [self.texts.t("frame.parts_note")]),
            self.n_note(rows, same=same_n),
            *few,
            *empty,
            *left_out,
        ]
        return Built(rows, self.labels(), {"n_by_row": not same_n}, sentences)

    def _lines(self, entry: LinesFigure) -> tuple[DataFrame, list[str]]:
        frames, left_out, problems = [], [], []
        for selection in entry.data:
            try:
                found = self._grid_rows(selection, entry.x, entry.series, LEVEL)
                # On an axis with an order there is no place for several levels together.
                frames.append(found[~found[["row", "series"]].isin([OTHER]).any(axis=1)])
            except NotMade as problem:
                problems.append(problem)
                left_out.append(self.left_out(problem, self.level("indicator", selection.indicator)))
        if not frames:
            raise problems[0]
        return concat(frames), left_out

    def _dot_rows(self, selection: Selection, group: int, how: str) -> DataFrame:
        found = self.found(selection)
        by = resolved(selection.by, self.card)
        found = found.assign(
            row=[":".join([c, *d]).strip(":") or TOTAL for c, *d in found[["category", *by]].itertuples(index=False)],
            row_label=[self.label(selection, by, record) for record in found[["category", *by]].to_dict("records")],
            strong=((found["category"] == EVERYBODY) | (selection.categories is None)) & (not by),
        )
        keys = [order(found[name], name, self.card) for name in by]
        if selection.categories:
            keys.insert(0, found["category"].map({c: i for i, c in enumerate(selection.categories)}))
        if how == "estimate" and by:
            value = marked(found)
            keys = [
                np.max([last(found[name]) for name in by], axis=0),
                value.isna().astype(int),
                -value.fillna(0),
                *keys,
            ]
        if keys:
            found = found.iloc[np.lexsort([np.asarray(key) for key in reversed(keys)])]
        return self.columns(found.assign(group=group))

    def _beside(self, entry: DotsFigure, rows: DataFrame) -> tuple[DataFrame, dict[str, float]]:
        assert entry.beside is not None
        frames = []
        for position, selection in enumerate(entry.data):
            # Groups that are categories are counted by their own indicator.
            own = selection.indicator if selection.categories else entry.beside.indicator
            twin = selection.model_copy(update={"indicator": own, "statistic": entry.beside.statistic})
            try:
                frames.append(self._dot_rows(twin, position, "levels").assign(part="beside"))
            except NotMade:
                continue
        if not frames:
            return rows.head(0), {}
        beside = concat(frames)
        beside = beside[beside["row"].isin(rows["row"])]
        return beside, shares_of_total(beside)

    def _grid_rows(self, selection: Selection, row: str, series: str, members: str = CLASS) -> DataFrame:
        """``members``: which kind of what was joined stays beside what stands for it."""
        found = self.found(selection, [members])
        row, series = (resolved([name], self.card)[0] for name in (row, series))
        found = found.assign(
            row=found[row],
            series=found[series],
            row_label=labelled(found, self, row),
            series_label=labelled(found, self, series),
            strong=found[row] == TOTAL,
            group=0,
        )
        found = found.iloc[np.lexsort([order(found[series], series, self.card), order(found[row], row, self.card)])]
        return self.columns(found)

    def _stack(self, rows: DataFrame, entry: StackedFigure) -> DataFrame:
        """Parts in drawing order, ``first`` first; above them the bar of the total with its complement, where the parts are a partition."""
        series = levels_in_order(entry.series, rows["series"], self.card)
        series = [
            *(level for level in series if level == entry.first),
            *(level for level in series if level != entry.first),
        ]
        rows = rows.assign(_o=rows["series"].map({level: i for i, level in enumerate(series)}))
        rows = rows.sort_values("_o", kind="stable")
        by_row = {row: i for i, row in enumerate(levels_in_order(entry.rows, rows["row"], self.card))}
        rows = (
            rows.assign(_r=rows["row"].map(by_row)).sort_values(["_r", "_o"], kind="stable").drop(columns=["_o", "_r"])
        )
        partition = len(set(series) - {OTHER}) == 2 and _adds_up(rows)
        if entry.total is None or not partition:
            return rows
        try:
            total = self.columns(self.found(entry.total).assign(group=0, strong=True, row=TOTAL))
        except NotMade:
            return rows
        names = rows.drop_duplicates("series").set_index("series")["series_label"]
        total = total.assign(row_label=self.texts.t("common.total"), series=series[0], series_label=names[series[0]])
        other = total.assign(
            series=series[1], series_label=names[series[1]],
            **{name: (100 - total[of]).round(MOST_DIGITS) for name, of in _COMPLEMENT.items()},
        )  # fmt: skip
        return concat([total, other, rows])
