"""Choosing rows of the published estimates for a figure or table."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas import DataFrame, Series

from informality.errors import UserError, nearest
from informality.govern.flags import CONFIDENTIAL, NOT_AVAILABLE
from informality.publish.card import Card, Pair
from informality.publish.catalogue import Measure
from informality.publish.figure_entries import ANY, Selection
from informality.vocabulary import (
    ANY_CASH,
    BRANCHES,
    COMPLIANCE_STEPS,
    DIMENSIONS,
    HOUSEHOLD_JOBS,
    HUB_KEYS,
    JOBS,
    JOINED,
    OTHER,
    READINGS,
    SPLIT,
    TAKE_UP,
    TOTAL,
    UNITS,
    UNKNOWN,
    VARIABLES,
)

TEXT_COLUMNS = (
    *HUB_KEYS,
    "ci_method",
    "measure",
    "state",
    "n_class",
    "verdict",
    "flag",
    "flag_reason",
    "ilo_flag",
    "review",
)
# What one row of too few persons together may stand for.
LEVEL, CLASS = "level", "class"
# Within these the rows of a breakdown belong together.
CONTEXT = ("universe", "branch", "law", "scenario", "assumption")
DRAWER = ("variant", "concept", "indicator", "statistic", "assumption", "branch", "law", "scenario")
# Levels of what is no dimension: parts of categories, and keys.
_LEVELS: dict[str, Sequence[str]] = {
    "unit": UNITS, "job": JOBS, "split": SPLIT, "split_in_force": SPLIT, "step": COMPLIANCE_STEPS, "take_up": TAKE_UP, "reading": READINGS,
    "dimension": DIMENSIONS, "household_jobs": HOUSEHOLD_JOBS,
}  # fmt: skip
IntArray = npt.NDArray[np.intp]
NUMBERS = (
    "estimate", "se", "ci_low", "ci_high", "decimals", "cv", "deff", "df", "n", "n_psu", "bound_low", "bound_high",
)  # fmt: skip

# What stands between the parts of a category.
_BETWEEN = re.compile("[:>]")


class NotMade(Exception):
    """An item that cannot be made for this survey."""

    def __init__(self, reason: str, variables: Sequence[str] = ()) -> None:
        """``reason``: a word of `reason.*` in the texts, or free text of the card; ``variables``: what it is about."""
        self.reason, self.variables = reason, tuple(variables)
        super().__init__(reason)


@dataclass(frozen=True, order=True)
class Keys:
    """Branch, law, scenario and assumption (a reading of the law, a strength of a scenario, a bound) of some estimates."""

    branch: str = ""
    law: str = ""
    scenario: str = ""
    assumption: str = ""


NO_KEYS = Keys()


@dataclass(frozen=True)
class Estimates:
    """The published estimates with plain text keys, sorted into drawers so that choosing rows is a look-up.

    A drawer holds the rows of one variant, concept, indicator, statistic, assumption, branch, law, scenario and breakdown
    (dimensions not at total).
    """

    frame: DataFrame
    drawers: Mapping[tuple[object, ...], IntArray]

    def places(self, key: tuple[object, ...], breakdowns: Iterable[tuple[str, ...]]) -> IntArray:
        """Positions of the rows of all drawers of ``key`` (all but the breakdown) with one of the breakdowns, in the order of the frame."""
        found = [self.drawers[(*key, by)] for by in breakdowns if (*key, by) in self.drawers]
        return np.sort(np.concatenate(found)) if found else np.empty(0, dtype=np.intp)

    @cached_property
    def texts(self) -> Mapping[str, npt.NDArray[np.object_]]:
        """The columns of text: to look into them costs less than to take rows of the frame."""
        return {name: self.frame[name].to_numpy() for name in TEXT_COLUMNS}

    @cached_property
    def numbers(self) -> Mapping[str, npt.NDArray[np.float64]]:
        """The columns of numbers, likewise."""
        return {name: self.frame[name].to_numpy() for name in NUMBERS}


def prepared(published: DataFrame) -> Estimates:
    """The published estimates, ready to choose from; UserError where govern's columns are not there."""
    for name in (*TEXT_COLUMNS, *NUMBERS):
        if name not in published.columns:
            raise UserError(
                f"the published estimates lack the column '{name}'",
                where="published.parquet",
                todo=f"run govern again; {nearest(name, map(str, published.columns))}",
            )
    texts = {name: _plain(published[name]) for name in TEXT_COLUMNS}
    numbers = {name: published[name].to_numpy(dtype="float64", na_value=np.nan) for name in NUMBERS}
    frame = DataFrame({**texts, **numbers})
    drawers: dict[tuple[object, ...], list[int]] = {}
    for position, (key, by) in enumerate(zip(_tuples(frame, DRAWER), _broken(texts), strict=True)):
        drawers.setdefault((*key, by), []).append(position)
    return Estimates(frame, {key: np.array(positions, dtype=np.intp) for key, positions in drawers.items()})


def _plain(column: Series) -> Series:
    """The same text in all rows is one object, which is quickly told from others; empty where there is none."""
    codes, levels = pd.factorize(column)
    return Series(np.append(np.asarray(levels, dtype=object), "")[codes], dtype="object")


def _broken(texts: Mapping[str, Series]) -> list[tuple[str, ...]]:
    """Dimensions not at total, of every row."""
    codes = sum((texts[name] != TOTAL).to_numpy(dtype="int64") << i for i, name in enumerate(DIMENSIONS))
    by = {code: tuple(d for i, d in enumerate(DIMENSIONS) if code >> i & 1) for code in np.unique(codes).tolist()}
    return [by[code] for code in codes.tolist()]


def _tuples(frame: DataFrame, names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(frame[name] for name in names), strict=True)


def resolved(dimensions: Iterable[str], card: Card) -> list[str]:
    """Dimensions as this survey has them: groupings of industries become its own one where the sections cannot be had."""
    if card.industry == "industry":
        return list(dimensions)
    return [card.industry if name in ("industry", "industry10", "industry6") else name for name in dimensions]


def places_of(
    hub: Estimates, selection: Selection | Measure, by: Sequence[str], pair: Pair, *, keys: Keys = NO_KEYS
) -> IntArray:
    """Positions of the rows of one indicator, statistic and breakdown, on one variant and concept, under ``keys``; may be empty. Rows of
    levels and classes with too few persons, which others together stand for (`_O`), are among them.

    ``by`` are resolved dimensions: their totals are left out unless the selection asks for the margin; all other dimensions stand
    at their total. What does not depend on the standard (employment, cover) has no variant in the hub.
    """
    wanted = tuple(name for name in DIMENSIONS if name in by)
    margin = isinstance(selection, Selection) and selection.margin
    breakdowns = [c for size in range(len(wanted) + 1) for c in combinations(wanted, size)] if margin else [wanted]
    for variant in (pair.variant, ""):
        drawer = (keys.assumption, keys.branch, keys.law, keys.scenario)
        at = hub.places((variant, pair.concept, selection.indicator, selection.statistic, *drawer), breakdowns)
        if len(at):
            break
    if selection.universe != ANY:
        at = at[hub.texts["universe"][at] == selection.universe]
    if isinstance(selection, Selection) and selection.categories is not None:
        # Of several classes, those that were joined are among what is asked for.
        some = [*selection.categories, *([OTHER] if len(selection.categories) > 1 else [])]
        at = at[np.isin(hub.texts["category"][at], some)]
    if isinstance(selection, Measure) and selection.category is not None:
        at = at[hub.texts["category"][at] == selection.category]
    return at


def pair_of(selection: Selection, card: Card) -> Pair:
    """Variant and concept of a selection, by default the survey's primary ones; NotMade where the survey has not both.

    A variant without a concept takes the primary one, or else the first that it was computed on.
    """
    if not selection.variant and not selection.concept:
        return card.primary
    variant = selection.variant or card.primary.variant
    concepts = card.concepts_of(variant)
    if not concepts or (selection.concept and selection.concept not in concepts):
        raise NotMade("nothing_to_compare")
    usual = card.primary.concept if card.primary.concept in concepts else concepts[0]
    return Pair(variant=variant, concept=selection.concept or usual)


def rows_of(
    hub: Estimates, selection: Selection, card: Card, keys: Sequence[Keys] = (NO_KEYS,), members: Sequence[str] = ()
) -> DataFrame:
    """Rows of a selection on its variant and concept under all ``keys``, `industry` named so whatever grouping it is.

    Levels and classes with too few persons are left out where one row stands for them together; ``members``: but for these kinds (`LEVEL`,
    `CLASS`). Raises NotMade, with the reason, where there are none or none that may be shown.
    """
    by, pair = resolved(selection.by, card), pair_of(selection, card)
    at, whole = (
        np.concatenate([places_of(hub, selection, names, pair, keys=key) for key in keys]) for names in (by, [])
    )
    why_not(hub, at, by, card, whole)
    texts = hub.texts
    if by:
        nobody = ~(hub.numbers["n"][at] > 0) & (texts["flag"][at] != CONFIDENTIAL)
        unknown = np.any([texts[name][at] == UNKNOWN for name in by], axis=0)
        at = at[~(nobody & unknown)]
    categories = texts["category"][at].tolist()
    levels = list(zip(*(texts[name][at] for name in by), strict=True)) if by else [()] * len(at)
    contexts = zip(*(texts[name][at] for name in CONTEXT), strict=True)
    kinds = stood_for(contexts, categories, levels, texts["flag_reason"][at].tolist())
    kept = (i for i, kind in enumerate(kinds) if kind in ("", *members))
    at = at[sorted(kept, key=lambda i: (categories[i], *levels[i]))]
    rows = hub.frame.take(at).reset_index(drop=True)
    parts = parts_of(rows["category"].tolist(), selection.split or [])
    return rows.assign(**dict(parts), reading=rows["assumption"])


def parts_of(categories: Sequence[str], names: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Parts of categories, by the names that the catalogue gives them; empty where a category has not so many. Classes that were joined
    are so in all of their parts.
    """
    whole = [OTHER] * len(names)
    parts = [whole if category == OTHER else _BETWEEN.split(category) for category in categories] if names else []
    return [(name, [part[at] if at < len(part) else "" for part in parts]) for at, name in enumerate(names)]


def stood_for(
    contexts: Iterable[Hashable], categories: Sequence[str], levels: Sequence[tuple[str, ...]], reasons: Sequence[str]
) -> list[str]:
    """Of each row `LEVEL` or `CLASS` where another row of its context stands for it and others of too few persons; else empty.

    ``contexts``: standard, law, reading … of the rows, within which they belong together.
    """
    rows = list(zip(contexts, categories, levels, strict=True))
    there = {row for row, reason in zip(rows, reasons, strict=True) if reason != JOINED}

    def kind(context: Hashable, category: str, own: tuple[str, ...]) -> str:
        classes = {OTHER, f"{_BETWEEN.split(category)[0]}:{OTHER}"}
        if any((context, name, own) in there for name in classes):
            return CLASS
        others = ((context, category, (*own[:at], OTHER, *own[at + 1 :])) for at in range(len(own)))
        return LEVEL if any(other in there for other in others) else ""

    return [kind(*row) if reason == JOINED else "" for row, reason in zip(rows, reasons, strict=True)]


def needed(variables: Iterable[str], card: Card) -> None:
    """Raise NotMade with the reason for the first variable that the survey has not."""
    for name in variables:
        reason = card.why_missing(name)
        if reason is not None:
            raise NotMade(reason, [name])


def why_not(hub: Estimates, at: IntArray, by: Sequence[str], card: Card, whole: IntArray) -> None:
    """Raise NotMade where rows (``at``: their positions) are absent, not available or all hidden. ``whole``: the same without breakdown."""
    flags, reasons = hub.texts["flag"], hub.texts["flag_reason"]
    if not len(at):
        needed(by, card)
        not_available = whole[flags[whole] == NOT_AVAILABLE]
        if len(not_available):
            # Nothing of the indicator can be had, with or without this breakdown.
            raise NotMade(str(reasons[not_available[0]]))
        raise NotMade("no_estimates", by)
    # What stands for all small levels together is no group that could be shown by itself.
    single = at[~np.any([hub.texts[name][at] == OTHER for name in by], axis=0)] if len(by) else at
    if not shown(hub, single).any():
        not_available = single[flags[single] == NOT_AVAILABLE]
        if len(not_available) and len(not_available) == len(single):
            raise NotMade(str(reasons[not_available[0]]))
        if (flags[single] == CONFIDENTIAL).all():
            raise NotMade("all_confidential", by)
        raise NotMade("lonely_design" if card.lonely else "all_hidden", by)


def shown(hub: Estimates, at: IntArray) -> npt.NDArray[np.bool_]:
    """Of which rows a number can be seen: an estimate, or a bound."""
    return ~np.all([np.isnan(hub.numbers[name][at]) for name in ("estimate", "bound_low", "bound_high")], axis=0)


def levels_in_order(name: str, present: Iterable[str], card: Card) -> list[str]:
    """Levels of a dimension or part as the vocabulary or the card lists them: total first; strangers, those joined and unknown last."""
    found = set(present)
    known = [TOTAL, *_known_levels(name, card)]
    strangers = sorted(found - set(known) - {OTHER, UNKNOWN})
    return [level for level in [*known, *strangers, OTHER, UNKNOWN] if level in found]


def _known_levels(name: str, card: Card) -> list[str]:
    if name in card.levels:
        return list(card.levels[name])
    if name in _LEVELS:
        return list(_LEVELS[name])
    if name == "branch":
        return [*BRANCHES, ANY_CASH]
    if name == "scenario" and card.coverage is not None:
        return [scenario.scenario for scenario in card.coverage.scenarios]
    variable = VARIABLES.get(name)
    return list(variable.levels or ()) if variable is not None else []


def ranks(name: str, present: Iterable[str], card: Card) -> dict[str, int]:
    """Level → its position in the order of the levels."""
    return {level: position for position, level in enumerate(levels_in_order(name, present, card))}


def order(values: Series, name: str, card: Card) -> Series:
    """Position of each value in the order of its levels."""
    levels = values.tolist()
    places = ranks(name, levels, card)
    return Series([places[level] for level in levels], index=values.index, dtype="int64")


def last(values: Series) -> Series:
    """What stands after all others in any order: 1 for what was joined, 2 for what is not known."""
    return values.map({OTHER: 1, UNKNOWN: 2}).fillna(0).astype("int64")


def concat(frames: Sequence[DataFrame]) -> DataFrame:
    """Frames below each other; an empty frame of the same columns where there is nothing."""
    full = [frame for frame in frames if not frame.empty]
    return pd.concat(full, ignore_index=True) if full else frames[0].head(0)
