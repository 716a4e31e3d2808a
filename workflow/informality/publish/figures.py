"""From published estimates and a catalogue entry to a figure with everything resolved; no drawing here."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from informality.govern.flags import HIDDEN
from informality.publish.card import Card
from informality.publish.catalogue import AnyFigure, Catalogue, DotsFigure, LinesFigure, Selection, StackedFigure
from informality.publish.item import COLUMNS, FigureItem, marked
from informality.publish.select import Estimates, NotMade, concat, levels_in_order, order, resolved, rows_of
from informality.publish.text import Texts
from informality.publish.words import (
    Caption,
    bounded,
    category_label,
    comparability_notes,
    flag_notes,
    level_label,
    mark_names,
    mark_texts,
    note,
    reason_text,
    source,
    subtitle,
    text_or_name,
)
from informality.settings import Thresholds
from informality.vocabulary import TOTAL, UNKNOWN


def figure_item(
    item: str, hub: Estimates, card: Card, texts: Texts, catalogue: Catalogue, thresholds: Thresholds
) -> FigureItem:
    """The figure ``item`` of the catalogue, resolved. ``hub``: `select.prepared` estimates. Raises NotMade with the reason."""
    entry = catalogue.figures[item]
    maker = _Maker(hub, card, texts)
    built = maker.dots(entry) if isinstance(entry, DotsFigure) else maker.grid(entry)
    rows, labels, options, sentences = built
    key = f"figure.{entry.text or item}"
    what = texts.t(f"{key}.subtitle", universe=_universe(entry, texts))
    line = subtitle(what, card.primary.variant, card.primary.concept, card, texts)
    caption = Caption(
        title=texts.t(f"{key}.title"),
        subtitle=line,
        marks=mark_texts(mark_names(card, [card.primary.variant]), texts),
        note=note(
            [
                texts.t(f"{key}.note"),
                *sentences,
                *flag_notes(rows, texts, thresholds),
                *comparability_notes([n for s in entry.selections() for n in (s.indicator, *s.by)], card, texts),
                texts.t("frame.main_job_note"),
            ],
            texts,
        ),
        source=source(card, texts),
        alt=texts.t(f"{key}.alt", **_alt_fields(rows, line, texts)),
    )
    return FigureItem(item, catalogue.file_stem(item), entry.kind, caption, rows, labels, texts.numbers, options)


def _universe(entry: AnyFigure, texts: Texts) -> str:
    return text_or_name("universe", entry.selections()[0].universe, texts)


def _alt_fields(rows: DataFrame, line: str, texts: Texts) -> dict[str, str]:
    """Words for the alternative text: the first estimate, the highest and the lowest of the others."""
    values = marked(rows)
    known = rows[(rows["part"] == "main") & values.notna()]
    names = known["row_label"].where(
        known["series_label"] == "", known["row_label"] + texts.meta.list_separator + known["series_label"]
    )
    first = known.index[0]
    others = known.loc[~known["strong"].astype(bool) & (known["row"] != UNKNOWN)]
    others = others if len(others) else known
    highest, lowest = values[others.index].idxmax(), values[others.index].idxmin()
    fields = {"subtitle": line}
    for field, index in (("first", first), ("highest", highest), ("lowest", lowest)):
        fields[field] = str(names[index])
        fields[f"{field}_value"] = _value(known.loc[index], texts)
    return fields


def _adds_up(rows: DataFrame) -> bool:
    """Whether the parts make a whole, as far as the bounds of those with a bound say."""
    under = rows["bound_high"].fillna(0).sum()
    known = rows["estimate"].notna() | rows["bound_high"].notna()
    return bool(known.all()) and -1e-6 < 100 - float(rows["estimate"].sum()) < float(under) + 1e-6


def _value(row: Series, texts: Texts) -> str:
    bound = bounded(row["bound_low"], row["bound_high"], texts)
    return bound or texts.numbers.fixed(float(row["estimate"]))


Built = tuple[DataFrame, dict[str, str], dict[str, object], list[str]]


class _Maker:
    def __init__(self, hub: Estimates, card: Card, texts: Texts) -> None:
        self.hub, self.card, self.texts = hub, card, texts

    def labels(self) -> dict[str, str]:
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
        }

    def dots(self, entry: DotsFigure) -> Built:
        frames, left_out, problems = [], [], []
        for position, selection in enumerate(entry.data):
            try:
                frames.append(self._dot_rows(selection, position, entry.order))
            except NotMade as problem:
                problems.append(problem)
                names = self.texts.join([self._dimension(v) for v in problem.variables]) or selection.indicator
                left_out.append(
                    self.texts.t("frame.left_out_note", what=names, reason=reason_text(problem.reason, self.texts))
                )
        # A total alone is no figure: without any of its groups the item is not made, for the reason of the first.
        if problems and (not frames or (len(entry.data) > 1 and all(frame["strong"].all() for frame in frames))):
            raise problems[0]
        rows = concat(frames)
        rows, empty = self._without_empty(rows)
        sentences = [self.texts.t("frame.interval_note")]
        options: dict[str, object] = {}
        if entry.beside is not None:
            beside, shares = self._beside(entry, rows)
            rows = pd.concat([rows, beside], ignore_index=True)
            options["shares"] = shares
            sentences.append(self.texts.t("frame.bars_note"))
        return rows, self.labels(), options, [*sentences, self.texts.t("frame.n_note"), *empty, *left_out]

    def grid(self, entry: StackedFigure | LinesFigure) -> Built:
        name = entry.rows if isinstance(entry, StackedFigure) else entry.x
        rows = self._grid_rows(entry.data, name, entry.series)
        lines = isinstance(entry, LinesFigure)
        if isinstance(entry, StackedFigure):
            rows = self._stack(rows, entry)
        rows, empty = self._without_empty(rows, per_row=True)
        n_by_row = rows.groupby("row", sort=False)["n"].first()
        same_n = bool((n_by_row == n_by_row.iloc[0]).all()) and not lines
        n_note = (
            self.texts.t("frame.n_total_note", n=self.texts.numbers.count(float(n_by_row.iloc[0])))
            if same_n
            else self.texts.t("frame.n_note")
        )
        sentences = [self.texts.t("frame.band_note" if lines else "frame.stack_note"), n_note, *empty]
        return rows, self.labels(), {"n_by_row": not same_n}, sentences

    def _dot_rows(self, selection: Selection, group: int, how: str) -> DataFrame:
        found = rows_of(self.hub, selection, self.card)
        by = resolved(selection.by, self.card)
        found = found.assign(
            row=[":".join([c, *d]).strip(":") or TOTAL for c, *d in found[["category", *by]].itertuples(index=False)],
            row_label=[self._label(selection, by, record) for record in found.to_dict("records")],
            strong=not by and selection.categories is None,
        )
        keys = [order(found[name], name, self.card) for name in by]
        if selection.categories:
            keys.insert(0, found["category"].map({c: i for i, c in enumerate(selection.categories)}))
        if how == "estimate" and by:
            last = (found[by] == UNKNOWN).any(axis=1)
            value = marked(found)
            keys = [last.astype(int), value.isna().astype(int), -value.fillna(0), *keys]
        if keys:
            found = found.iloc[np.lexsort([np.asarray(key) for key in reversed(keys)])]
        return self._columns(found.assign(group=group), selection)

    def _label(self, selection: Selection, by: list[str], record: dict) -> str:
        if not by:
            return category_label(selection.indicator, record["category"], self.card, self.texts)
        return self.texts.join([level_label(name, record[name], self.card, self.texts) for name in by])

    def _beside(self, entry: DotsFigure, rows: DataFrame) -> tuple[DataFrame, dict[str, float]]:
        assert entry.beside is not None
        frames = []
        for position, selection in enumerate(entry.data):
            twin = selection.model_copy(
                update={"indicator": entry.beside.indicator, "statistic": entry.beside.statistic}
            )
            try:
                frames.append(self._dot_rows(twin, position, "levels").assign(part="beside"))
            except NotMade:
                continue
        if not frames:
            return rows.head(0), {}
        beside = concat(frames)
        beside = beside[beside["row"].isin(rows["row"])]
        total = beside.loc[beside["strong"].astype(bool), "estimate"]
        if total.empty or not np.isfinite(total.iloc[0]) or total.iloc[0] <= 0:
            return beside, {}
        known = beside[beside["estimate"].notna()]
        return beside, {
            str(r): float(e) / float(total.iloc[0]) * 100 for r, e in zip(known["row"], known["estimate"], strict=True)
        }

    def _grid_rows(self, selection: Selection, row: str, series: str) -> DataFrame:
        found = rows_of(self.hub, selection, self.card)
        row, series = (resolved([name], self.card)[0] for name in (row, series))
        found = found.assign(
            row=found[row],
            series=found[series],
            row_label=[level_label(row, v, self.card, self.texts) for v in found[row]],
            series_label=[level_label(series, v, self.card, self.texts) for v in found[series]],
            strong=found[row] == TOTAL,
            group=0,
        )
        found = found.iloc[np.lexsort([order(found[series], series, self.card), order(found[row], row, self.card)])]
        return self._columns(found, selection)

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
        partition = len(series) == 2 and _adds_up(rows)
        if entry.total is None or not partition:
            return rows
        try:
            total = self._columns(
                rows_of(self.hub, entry.total, self.card).assign(group=0, strong=True, row=TOTAL), entry.total
            )
        except NotMade:
            return rows
        names = rows.drop_duplicates("series").set_index("series")["series_label"]
        total = total.assign(row_label=self.texts.t("common.total"), series=series[0], series_label=names[series[0]])
        other = total.assign(
            series=series[1], series_label=names[series[1]],
            estimate=100 - total["estimate"], low=100 - total["high"], high=100 - total["low"],
            bound_low=100 - total["bound_high"], bound_high=100 - total["bound_low"],
        )  # fmt: skip
        return concat([total, other, rows])

    def _columns(self, found: DataFrame, selection: Selection) -> DataFrame:
        scale = 100.0 if selection.statistic == "share" else 1.0
        frame = found.assign(
            part="main",
            estimate=found["estimate"] * scale,
            low=found["ci_low"] * scale,
            high=found["ci_high"] * scale,
            bound_low=found["bound_low"] * 100,
            bound_high=found["bound_high"] * 100,
            measure="percent" if selection.statistic == "share" else "persons",
        )
        for name in ("series", "series_label", "row_label"):
            if name not in frame:
                frame[name] = ""
        return frame.loc[:, list(COLUMNS)].reset_index(drop=True)

    def _without_empty(self, rows: DataFrame, *, per_row: bool = False) -> tuple[DataFrame, list[str]]:
        """Leave out levels without any person in the sample, and say which."""
        count = rows.groupby("row")["n"].transform("max") if per_row else rows["n"]
        empty = (count.fillna(0) == 0) & (rows["flag"] == HIDDEN)
        if not empty.any():
            return rows, []
        names = self.texts.join(dict.fromkeys(rows.loc[empty, "row_label"]))
        return rows[~empty].reset_index(drop=True), [self.texts.t("frame.empty_note", levels=names)]

    def _dimension(self, name: str) -> str:
        return text_or_name("dimension", name, self.texts)
