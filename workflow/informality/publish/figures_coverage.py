"""Rows of the figures on coverage: gaps, steps, readings, capacity, patterns, scenarios."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from pandas import DataFrame

from informality.govern.flags import FEW_DIFFER, NOT_AVAILABLE
from informality.publish.figure_entries import (
    CoverageFigure,
    CurveFigure,
    DumbbellFigure,
    HeatFigure,
    PairedFigure,
    PatternsFigure,
    SharesFigure,
    StepsFigure,
    WaterfallFigure,
)
from informality.publish.item import marked
from informality.publish.maker import Built, Maker, is_hidden, labelled, without_joined
from informality.publish.select import LEVEL, NotMade, concat, last, levels_in_order, order, resolved
from informality.publish.words import capital, count_notes, text_or_name
from informality.vocabulary import OTHER, READINGS, TOTAL, UNKNOWN

MOST_COLUMNS = 12
# A step on which more than this part of those before it is not known would show what was not asked, not what is lost.
MOST_UNKNOWN = 0.3
BASE, BEFORE, AFTER = "base", "before", "after"


def built(entry: CoverageFigure, maker: Maker) -> Built:
    """Rows, labels, options and sentences of one figure; NotMade with the reason."""
    if isinstance(entry, SharesFigure):
        return _shares(entry, maker)
    if isinstance(entry, HeatFigure):
        return _heat(entry, maker)
    if isinstance(entry, PairedFigure):
        return _paired(entry, maker)
    if isinstance(entry, DumbbellFigure):
        return _dumbbell(entry, maker)
    if isinstance(entry, StepsFigure):
        return _steps(entry, maker)
    if isinstance(entry, CurveFigure):
        return _curve(entry, maker)
    if isinstance(entry, PatternsFigure):
        return _patterns(entry, maker)
    return _waterfall(entry, maker)


def _named(found: DataFrame, maker: Maker, row: str, series: str = "") -> DataFrame:
    """Rows with their codes and labels; ``row``, ``series``: dimensions, parts or keys."""
    frame = found.assign(row=found[row], row_label=labelled(found, maker, row), strong=found[row] == TOTAL)
    return frame.assign(series=found[series], series_label=labelled(found, maker, series)) if series else frame


def _own(maker: Maker, name: str) -> str:
    return resolved([name], maker.card)[0]


def _shares(entry: SharesFigure, maker: Maker) -> Built:
    row, series = _own(maker, entry.rows), entry.series
    found = _named(maker.found(entry.data), maker, row, series)
    sums = _named(maker.found(entry.sum), maker, row)
    value = marked(sums).groupby(sums["row"]).first()
    keys = [
        ~found["strong"],
        last(found["row"]),
        -found["row"].map(value).fillna(-1),
        order(found["row"], row, maker.card),
    ]
    found = found.iloc[
        np.lexsort([order(found["series"], series, maker.card), *(np.asarray(k) for k in reversed(keys))])
    ]
    rows, empty = maker.without_empty(maker.columns(found), per_row=True)
    beside = maker.columns(sums, "beside")
    rows = concat([rows, beside[beside["row"].isin(rows["row"])]])
    labels = maker.labels() | {
        "sum": maker.level("indicator", entry.sum.indicator),
        "rest": maker.texts.t("figure_part.rest"),
    }
    notes = [maker.texts.t(f"frame.{name}") for name in ("shares_note", "parts_note", "n_note")]
    across = levels_in_order(series, found["series"], maker.card)
    return Built(rows, labels, {"series": across}, [*notes, *empty])


def _heat(entry: HeatFigure, maker: Maker) -> Built:
    row, column = _own(maker, entry.rows), _own(maker, entry.columns)
    # Margins alone are no figure.
    maker.found(entry.data.model_copy(update={"margin": False}))
    found = _named(maker.found(entry.data, [LEVEL]), maker, row, column)
    # What is small in a row stands in its last column; several rows together have no place among the others.
    found = found[~found["row"].isin([OTHER, UNKNOWN]) & (found["series"] != UNKNOWN)]
    found = found[~(found["n"] == 0).groupby(found["row"]).transform("all")]
    few = maker.too_few(found[(found["row"] == TOTAL) != (found["series"] == TOTAL)])
    gone = [level for level, some in found.groupby("series") if level not in (TOTAL, OTHER) and is_hidden(some)]
    without = maker.mostly_hidden(maker.level(column, level) for level in gone)
    found = found[~found["series"].isin(gone)]
    if found.loc[found["series"] != TOTAL, "series"].nunique() > MOST_COLUMNS:
        raise NotMade("too_many_columns", [column])
    if found.loc[found["series"] != TOTAL].empty:
        raise NotMade("all_hidden", [column])
    by_row = marked(found[found["series"] == TOTAL]).groupby(found["row"]).first()
    by_column = marked(found[found["row"] == TOTAL]).groupby(found["series"]).first()
    keys = [
        found["row"] != TOTAL, -found["row"].map(by_row).fillna(-1), order(found["row"], row, maker.card),
        found["series"] != TOTAL, found["series"] == OTHER, -found["series"].map(by_column).fillna(-1), order(found["series"], column, maker.card),
    ]  # fmt: skip
    found = found.iloc[np.lexsort([np.asarray(key) for key in reversed(keys)])]
    labels = maker.labels() | {"columns": maker.dimension(column)}
    return Built(maker.columns(found), labels, {}, [maker.texts.t("frame.heat_note"), *few, *without])


def _paired(entry: PairedFigure, maker: Maker) -> Built:
    coverage, law = maker.scope.coverage, maker.scope.applied()
    frames, panels, lines = [], {}, {}
    bars = [*entry.law, entry.practice, *([entry.assumed] if entry.assumed else [])]
    places = [f"law{at}" for at in range(len(entry.law))] + ["practice"] + (["assumed"] if entry.assumed else [])
    groups = [group.name for group in coverage.groups_of(law)]
    for at, universe in enumerate(entry.universes):
        panels[str(at)] = maker.level("universe", universe)
        if universe in entry.lines and coverage.c102 is not None:
            lines[str(at)] = 100 * getattr(coverage.c102, entry.lines[universe])
        for selection, place in zip(bars, places, strict=True):
            found = maker.found(selection.model_copy(update={"universe": universe}))
            found = _named(found, maker, "branch").assign(group=at, series=place)
            words = f"{selection.indicator}.{selection.categories[0]}" if selection.categories else selection.indicator
            found = found.assign(series_label=maker.texts.t(f"figure_part.{words}"))
            if place in ("practice", "assumed"):
                found = _without_evidence(found, [g for g in groups if coverage.evidence_of(g) is None])
            frames.append(maker.columns(found))
    rows = concat(frames)
    gone = [group for group, some in rows.groupby("group") if is_hidden(some)]
    if len(gone) == len(panels):
        raise NotMade("all_hidden")
    without = maker.mostly_hidden(panels[str(group)] for group in gone)
    rows = rows[~rows["group"].isin(gone)]
    rows = rows.assign(
        _p=rows["series"].map({p: i for i, p in enumerate(places)}),
        _b=rows["row"].map({g: i for i, g in enumerate(groups)}),
    )
    rows = rows.sort_values(["group", "_b", "_p"], kind="stable").drop(columns=["_p", "_b"]).reset_index(drop=True)
    rows = rows.assign(row=rows["universe"] + ":" + rows["branch"])
    labels = maker.labels() | {
        "c102": maker.texts.t("figure_part.c102"),
        "no_question": maker.texts.t("figure_part.no_question"),
    }
    panels = {key: name for key, name in panels.items() if int(key) not in gone}
    for key in panels:
        most = rows.loc[rows.loc[rows["group"] == int(key), "n"].idxmax()]
        n = maker.texts.numbers.counted(most["n"], most["n_class"])
        panels[key] = capital(maker.texts.t("frame.panel", what=panels[key], n=n))
    notes = [
        maker.texts.t("frame.whisker_note"),
        maker.texts.t("frame.n_note"),
        *([maker.texts.t("frame.c102_note")] if lines else []),
        *without,
    ]
    if (rows.loc[rows["series"] == "assumed", "estimate"].fillna(0) > 0).any():
        notes += [maker.texts.t("frame.assumed_note"), *count_notes(maker.card, maker.texts)]
    return Built(rows, labels, {"panels": panels, "lines": lines}, notes, in_words=(NOT_AVAILABLE,))


def _without_evidence(found: DataFrame, branches: Sequence[str]) -> DataFrame:
    """Branches on which the survey has no question are not available, whatever was computed of nobody."""
    here = found["branch"].isin(branches)
    hidden = {name: found[name].mask(here) for name in ("estimate", "ci_low", "ci_high", "bound_low", "bound_high")}
    return found.assign(
        **hidden, flag=found["flag"].mask(here, NOT_AVAILABLE), flag_reason=found["flag_reason"].mask(here, "not_asked")
    )


def _dumbbell(entry: DumbbellFigure, maker: Maker) -> Built:
    frames, left_out, problems = [], [], []
    for group, selection in enumerate(entry.data):
        by = maker.by(selection)
        try:
            found = without_joined(maker.found(selection, [LEVEL]), by)
        except NotMade as problem:
            problems.append(problem)
            left_out.append(maker.left_out(problem, maker.named(selection)))
            continue
        found = found.assign(
            row=[":".join((*by, *levels)) for levels in found[by].itertuples(index=False)] if by else TOTAL,
            row_label=[maker.label(selection, by, record) for record in found.to_dict("records")],
            series=found["reading"], series_label=labelled(found, maker, "reading"), strong=not by, group=group,
        )  # fmt: skip
        keys = [order(found[name], name, maker.card) for name in by] + [order(found["reading"], "reading", maker.card)]
        frames.append(maker.columns(found.iloc[np.lexsort([np.asarray(key) for key in reversed(keys)])]))
    if not frames or (len(entry.data) > 1 and all(frame["strong"].all() for frame in frames)):
        raise problems[0]
    rows, empty = maker.without_empty(concat(frames), per_row=True)
    wide, narrow = (rows.loc[rows["series"] == name].set_index("row")["estimate"] for name in READINGS)
    same = len(wide) == len(narrow) and np.allclose(wide, narrow.reindex(wide.index), equal_nan=True)
    few = "nearly_" if (rows["flag_reason"] == FEW_DIFFER).any() else ""
    told = [maker.texts.t(f"frame.{few}same_readings_note")] if same else []
    if same:
        rows = rows[rows["series"] == READINGS[0]].reset_index(drop=True)
    notes = [maker.texts.t("frame.whisker_note"), maker.texts.t("frame.n_note"), *empty, *left_out]
    return Built(rows, maker.labels(), {}, [*told, *notes])


def _steps(entry: StepsFigure, maker: Maker) -> Built:
    steps = entry.data.categories or []
    place = {name: i for i, name in enumerate(steps)}

    def ordered(found: DataFrame) -> DataFrame:
        return found.iloc[np.argsort(found["category"].map(place).to_numpy(), kind="stable")]

    def words(found: DataFrame, indicator: str) -> list[str]:
        return [maker.texts.t(f"category.{indicator}.{name}") for name in found["category"]]

    base = maker.found(entry.base)
    base = base[base[entry.base.by].eq("employee").all(axis=1)] if entry.base.by else base
    base = base.assign(row=BASE, row_label=maker.texts.t("figure_part.base"), strong=True)
    data, shares, beside = ordered(maker.found(entry.data)), maker.found(entry.shares), maker.found(entry.beside)
    data = data.assign(row=data["category"], row_label=words(data, entry.data.indicator))
    beside = beside.assign(row=beside["category"], row_label=words(beside, entry.beside.indicator))
    _known_enough(entry, maker)
    others = _named(maker.found(entry.others), maker, _own(maker, entry.others.by[0]))
    others = others[~others["row"].isin(["employee", UNKNOWN])]
    others = others.iloc[np.argsort(order(others["row"], entry.others.by[0], maker.card).to_numpy(), kind="stable")]
    parts = [(base, "main"), (data, "main"), (beside, "beside"), (others, "others")]
    rows = concat([maker.columns(some, part) for some, part in parts])
    known = shares[shares["estimate"].notna()]
    written = maker.texts.numbers.written
    options: dict[str, object] = {
        "shares": {row.category: written(100 * row.estimate, row.decimals) for row in known.itertuples()}
    }
    t = maker.texts.t
    labels = maker.labels() | {
        "thousand": t("figure_part.thousand"),
        "percent_of": t("figure_part.percent_of_employees"),
        "lost": t("figure_part.lost", persons="{persons}"),
        "others": t("figure_part.not_employees"),
    }
    return Built(rows, labels, options, [t("frame.whisker_note"), t("frame.parts_note"), t("frame.n_note")])


def _known_enough(entry: StepsFigure, maker: Maker) -> None:
    """NotMade where a step is not known of many: a question that was not asked is no loss (decision 3)."""
    found = maker.found(entry.unknown)
    for name, value in zip(found["category"], found["estimate"], strict=True):
        if np.isfinite(value) and value > MOST_UNKNOWN:
            raise NotMade("step_not_known", [name.removesuffix("_unknown")])


def _curve(entry: CurveFigure, maker: Maker) -> Built:
    coverage = maker.scope.coverage
    found = maker.found(entry.data)
    number = found["category"].astype(int)
    found = found.assign(row=found["category"], row_label=[f"{n} %" for n in number])
    found = found.iloc[np.argsort(number.to_numpy(), kind="stable")]
    parts = maker.found(entry.parts)
    parts = parts.assign(take_up=parts["category"])
    parts = parts[parts["category"] != UNKNOWN].assign(
        series=parts["category"], series_label=labelled(parts, maker, "take_up")
    )
    parts = parts.iloc[np.argsort(order(parts["take_up"], "take_up", maker.card).to_numpy(), kind="stable")]
    rows = concat([maker.columns(found), maker.columns(parts, "parts")])
    t, law = maker.texts.t, maker.scope.applied()
    options: dict[str, object] = {"mark": 100 * coverage.affordable if coverage.affordable is not None else None}
    labels = maker.labels() | {
        "x": t("common.hidden"), "axis": t("figure_part.contribution_share"),
        "mark": t("figure_part.affordable", share=maker.texts.numbers.fixed(100 * (coverage.affordable or 0.0), 0)), "rest": t("figure_part.rest"),
        "parts": t("figure_part.take_up_parts"),
    }  # fmt: skip
    line = law.earnings_line
    sentences = [t("frame.band_note"), t("frame.parts_note"), maker.n_note(rows, same=True)]
    if line is not None and coverage.share_of_minimum_wage is not None:
        share = maker.texts.numbers.fixed(100 * coverage.share_of_minimum_wage, 0)
        unit = text_or_name("currency", maker.card.currency or "currency", maker.texts)
        sentences.append(t("frame.earnings_line_note", amount=maker.texts.numbers.count(line), unit=unit, share=share))
    return Built(rows, labels, options, sentences)


def _patterns(entry: PatternsFigure, maker: Maker) -> Built:
    members = entry.alone.categories or []
    names = {name: maker.texts.t(f"category.{entry.alone.indicator}.{name}") for name in members}
    try:
        found, alone = maker.found(entry.data), maker.found(entry.alone)
    except NotMade as problem:
        if problem.reason != "no_estimates":
            raise
        # Patterns are computed only where all of their questions were asked.
        raise NotMade("not_computable") from problem
    # What is under a bound stands among the smallest.
    value = found["estimate"].fillna(found["bound_low"]).fillna(found["bound_high"] / 2)
    found = found.assign(
        row=found["category"],
        row_label=[_pattern(category, names, maker) for category in found["category"]],
    )  # fmt: skip
    found = found.iloc[
        np.lexsort([found["category"].to_numpy(), -value.fillna(-1).to_numpy(), last(found["category"])])
    ]
    alone = alone.assign(row=alone["category"], row_label=alone["category"].map(names))
    rows = concat([maker.columns(found), maker.columns(alone, "alone")])
    if (rows["n"].fillna(0) == 0).all():
        raise NotMade("not_asked", members)
    sentences = [maker.texts.t("frame.whisker_note"), maker.texts.t("frame.parts_note"), maker.n_note(rows, same=True)]
    return Built(rows, maker.labels(), {"members": names}, sentences)


def _pattern(category: str, names: Mapping[str, str], maker: Maker) -> str:
    if category == OTHER:
        return maker.texts.t("common.other_classes")
    return maker.texts.join([names[m] for m in category.split("+") if m in names]) or maker.texts.t(
        "figure_part.none_of_them"
    )


def _waterfall(entry: WaterfallFigure, maker: Maker) -> Built:
    if not maker.scope.in_order():
        raise NotMade("no_scenarios")
    t = maker.texts.t
    before = maker.found(entry.before).assign(row=BEFORE, row_label=t("figure_part.before"), strong=True)
    after = maker.found(entry.after).assign(row=AFTER, row_label=t("figure_part.after"), strong=True)
    gains = maker.found(entry.data)
    place = {scenario.scenario: i for i, scenario in enumerate(maker.scope.in_order())}
    gains = gains[gains["scenario"].isin(place)]
    gains = gains.assign(row=gains["scenario"], row_label=labelled(gains, maker, "scenario"))
    gains = gains.iloc[np.argsort(gains["scenario"].map(place).to_numpy(), kind="stable")]
    rows = concat(
        [
            maker.columns(some.assign(series=some["assumption"], series_label=some["assumption"]))
            for some in (before, gains, after)
        ]
    )
    labels = maker.labels() | {
        "thousand": t("figure_part.thousand"), "sampling": t("figure_part.sampling"), "range": t("figure_part.range"), "central": t("figure_part.central"),
    }  # fmt: skip
    bounds = [f"{s.title}: {s.upper_bound}" for s in maker.scope.in_order() if s.upper_bound]
    notes = [
        t("frame.waterfall_note"),
        t("frame.static_note"),
        *(t("frame.upper_bound_note", what=b.rstrip(".")) for b in bounds),
    ]
    return Built(rows, labels, {}, notes)
