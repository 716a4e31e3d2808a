"""Rows of the figures that show where workers are: composition with persons, persons with rates, maps of regions."""

from __future__ import annotations

import numpy as np
from pandas import DataFrame

from informality.publish.catalogue import Catalogue
from informality.publish.distribution_entries import (
    UNIVERSE,
    CompositionFigure,
    DistributionFigure,
    TilesFigure,
    VolumeFigure,
)
from informality.publish.figure_entries import Selection
from informality.publish.item import marked
from informality.publish.maker import Built, Maker, labelled, shares_of_total
from informality.publish.regions import boundary_file, has_codes, shapes_of, tiles_of
from informality.publish.select import CLASS, LEVEL, NotMade, concat, last, levels_in_order, order, resolved
from informality.publish.words import capital
from informality.vocabulary import JOINED, TOTAL, UNKNOWN


def built(entry: DistributionFigure, maker: Maker, catalogue: Catalogue) -> Built:
    """Rows, labels, options and sentences of one figure; NotMade with the reason."""
    if isinstance(entry, CompositionFigure):
        return _composition(entry, maker)
    if isinstance(entry, VolumeFigure):
        return _volume(entry, maker)
    return _tiles(entry, maker, catalogue)


def _rows(found: DataFrame, maker: Maker, row: str, universes: list[str]) -> DataFrame:
    """With codes and labels of rows; universes are called as in the head of a column."""
    if row != UNIVERSE:
        return found.assign(row=found[row], row_label=labelled(found, maker, row), strong=found[row] == TOTAL)
    words = {name: capital(maker.texts.t(f"group.{name}")) for name in universes}
    found = found[found[UNIVERSE].isin(universes)]
    return found.assign(row=found[UNIVERSE], row_label=found[UNIVERSE].map(words), strong=False)


def _composition(entry: CompositionFigure, maker: Maker) -> Built:
    row, series = (resolved([name], maker.card)[0] for name in (entry.rows, entry.series))
    found = _rows(maker.found(entry.data, [CLASS]), maker, row, entry.universes)
    found = found.assign(series=found[series], series_label=labelled(found, maker, series))
    universes = [name for name in entry.universes if name in set(found["row"])]
    places = universes or levels_in_order(row, found["row"], maker.card)
    across = levels_in_order(series, found["series"], maker.card)
    keys = [found["series"].map(across.index), found["row"].map(places.index)]
    rows, empty = maker.without_empty(maker.columns(found.iloc[np.lexsort(keys)]), per_row=True)
    persons = maker.columns(_rows(maker.found(entry.persons), maker, row, entry.universes), "beside")
    rows = concat([rows, persons[persons["row"].isin(rows["row"])]])
    t = maker.texts.t
    labels = maker.labels() | {"persons": t("figure_part.thousand_persons"), "rest": t("figure_part.rest")}
    main = rows[rows["part"] == "main"]
    gaps = len(main) < main["row"].nunique() * main["series"].nunique()
    told = [t("frame.nobody_note")] if gaps else []
    notes = [t(f"frame.{name}") for name in ("composition_note", "parts_note", "n_note")]
    return Built(rows, labels, {"series": across}, [*notes, *told, *empty])


def _volume(entry: VolumeFigure, maker: Maker) -> Built:
    row = resolved([entry.rows], maker.card)[0]
    rate, workers, part = (
        _rows(_with_total(selection, maker), maker, row, []) for selection in (entry.rate, entry.data, entry.part)
    )
    value = workers.set_index("row")["estimate"]
    size = rate["row"].map(value)
    keys = [order(rate["row"], row, maker.card), -size.fillna(0), last(rate["row"]), rate["row"] != TOTAL]
    rows, empty = maker.without_empty(maker.columns(rate.iloc[np.lexsort(keys)]))
    parts = [maker.columns(workers, "workers"), maker.columns(part, "part")]
    rows = concat([rows, *(some[some["row"].isin(rows["row"])] for some in parts)])
    options: dict[str, object] = {"shares": shares_of_total(parts[1])}
    t = maker.texts.t
    labels = maker.labels() | {"part": t("figure_part.informal_workers"), "others": t("figure_part.other_workers"), "rest": t("figure_part.part_not_shown"), "axis": t("figure_part.workers_and_share")}  # fmt: skip
    return Built(
        rows,
        labels,
        options,
        [*(t(f"frame.{name}") for name in ("interval_note", "volume_note", "parts_note", "n_note")), *empty],
    )


def _with_total(selection: Selection, maker: Maker) -> DataFrame:
    """Groups, without any of which there is no figure, and all of them together."""
    groups = maker.found(selection)
    try:
        return concat([maker.found(selection.model_copy(update={"by": []})), groups])
    except NotMade:
        return groups


def _tiles(entry: TilesFigure, maker: Maker, catalogue: Catalogue) -> Built:
    t, card = maker.texts.t, maker.card
    found = _rows(maker.found(entry.data, [LEVEL]), maker, "region", [])
    value = marked(found)
    keys = [order(found["row"], "region", card), -value.fillna(0), value.isna(), last(found["row"])]
    found = found.iloc[np.lexsort(keys)].assign(group=1)
    # Regions with too few persons have their place on the map, and stand together in the list.
    few = maker.columns(found[found["flag_reason"] == JOINED], "few")
    found = found[found["flag_reason"] != JOINED]
    total = _rows(maker.found(entry.total), maker, "region", [])
    rows, empty = maker.without_empty(concat([maker.columns(total), maker.columns(found)]))
    ranks = _rank_note(rows, maker)
    rows = concat([rows, few])
    regions = [code for code in card.levels.get("region", {}) if code != UNKNOWN]
    options, sentences = _map(regions, maker, catalogue)
    codes = {code: code.partition("-")[2] for code in regions} if options else {}
    notes = [*sentences, *ranks, t("frame.interval_note"), t("frame.n_note"), *empty, *maker.too_few(few)]
    return Built(rows, maker.labels(), {**options, "codes": codes}, notes)


def _map(regions: list[str], maker: Maker, catalogue: Catalogue) -> tuple[dict[str, object], list[str]]:
    """Tiles or shapes of the regions with what the note says of them; neither where the regions have no codes or no layout."""
    t, iso3 = maker.texts.t, maker.card.iso3
    if not has_codes(regions):
        return {}, [t("frame.no_codes_note")]
    path = boundary_file(catalogue.folder, iso3)
    if path is not None:
        return {"shapes": shapes_of(path, regions)}, [t("frame.boundary_note")]
    if iso3 not in catalogue.tiles:
        return {}, [t("frame.no_layout_note")]
    return {"tiles": tiles_of(catalogue.tiles[iso3], regions)}, [t("frame.tiles_note")]


def _rank_note(rows: DataFrame, maker: Maker) -> list[str]:
    """That the first of the ranking cannot be told from others, where their intervals overlap (decision 29)."""
    regions = rows[~rows["strong"].astype(bool) & ~last(rows["row"]).astype(bool) & rows["estimate"].notna()]
    if len(regions) < 2:
        return []
    first = regions.loc[regions["estimate"].idxmax()]
    others = regions.drop(index=first.name)
    same = int((others["high"].fillna(others["estimate"]) >= first["low"]).sum()) if np.isfinite(first["low"]) else 0
    return [maker.texts.t("frame.rank_note", count=maker.texts.numbers.count(float(same)))] if same else []
