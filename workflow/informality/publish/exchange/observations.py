"""Published estimates as observations of ILOSTAT's dataflows: codes, values in ILOSTAT's units, status and comment."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from informality.govern.flags import CONFIDENTIAL, UNRELIABLE
from informality.govern.reliability import NOT_COMPUTABLE
from informality.publish.card import Card
from informality.publish.exchange.mapping import Dataflow, Exchange, Unit
from informality.publish.figure_entries import ANY
from informality.publish.files import guarded
from informality.publish.select import Estimates, NotMade
from informality.publish.text import digits
from informality.publish.words import MAX_SENTENCE, mark_names, plain
from informality.vocabulary import DIMENSIONS, TOTAL, UNKNOWN

# Attributes of every observation, in ILOSTAT's order; the last is not one of ILOSTAT's.
ATTRIBUTES = (
    "OBS_STATUS", "UNIT_MEASURE_TYPE", "UNIT_MEASURE", "UNIT_MULT", "SOURCE", "NOTE_SOURCE", "NOTE_INDICATOR", "NOTE_CLASSIF", "DECIMALS",
    "UPPER_BOUND", "LOWER_BOUND", "COMMENT_OBS",
)  # fmt: skip
NUMBERS = ("OBS_VALUE", "UPPER_BOUND", "LOWER_BOUND")
# The same in all observations of a dataflow and survey.
CONSTANT = (
    "REF_AREA", "FREQ", "MEASURE", "TIME_PERIOD",
    "UNIT_MEASURE_TYPE", "UNIT_MEASURE", "UNIT_MULT", "SOURCE", "NOTE_SOURCE", "NOTE_INDICATOR",
)  # fmt: skip
# What is read of a published row, besides the dimensions of the code lists.
_READ = ("category", "estimate", "ci_low", "ci_high", "bound_low", "bound_high", "decimals", "n", "flag", "ilo_flag")
_ILO_UNRELIABLE = "U"

Observation = dict[str, Any]
Columns = Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class Period:
    """A reference period as SDMX writes it."""

    freq: str
    time: str


def period(card: Card) -> Period:
    """The reference period of a survey: a year, a quarter or a month.

    Raises NotMade for any other: ILOSTAT has no code for it, and a wrong year would mislead.
    """
    if card.reference_from and card.reference_to:
        first, last = date.fromisoformat(card.reference_from), date.fromisoformat(card.reference_to)
        whole_months = first.day == 1 and last.day == monthrange(last.year, last.month)[1] and first.year == last.year
        if whole_months and (first.month, last.month) == (1, 12):
            return Period("A", str(first.year))
        if whole_months and first.month % 3 == 1 and last.month == first.month + 2:
            return Period("Q", f"{first.year}-Q{last.month // 3}")
        if whole_months and first.month == last.month:
            return Period("M", f"{first.year}-{first.month:02d}")
    raise NotMade("the reference period is neither a year nor a quarter nor a month")


def observations(exchange: Exchange, hub: Estimates, card: Card) -> dict[str, list[Observation]]:
    """Observations of each dataflow (by its id, without `DF_`) on the survey's primary variant and concept, in order of their codes.

    A dataflow is left out where the survey has no level of one of its concepts. Raises NotMade where the survey yields none, or its
    reference period has no code.
    """
    when = period(card)
    if not re.fullmatch(r"[A-Z]{3}", card.iso3):
        raise NotMade("the country has no code of three letters")
    read = (*dict.fromkeys(one.dimension for one in exchange.codelists.values()), *_READ)
    columns = {column: hub.frame[column].to_numpy() for column in read}
    found = {name: list(_of(exchange, name, hub, columns, card, when)) for name in exchange.dataflows}
    filled = {name: rows for name, rows in found.items() if rows}
    if not filled:
        raise NotMade("no_estimates")
    return filled


def _of(
    exchange: Exchange, name: str, hub: Estimates, columns: Columns, card: Card, when: Period
) -> Iterator[Observation]:
    flow = exchange.dataflows[name]
    at = {
        tuple(by): _places(exchange, flow, by, hub, card)
        for by in flow.by
        if all(_stands(exchange, codelist, card) for codelist in by)
    }
    totals = _totals(exchange, flow, {codelist for by, places in at.items() for codelist in by if len(places)})
    if not all(totals.values()):
        return
    fixed = _fixed(exchange, name, card, when)
    order = {code: place for codelist in flow.lists for place, code in enumerate(exchange.codelists[codelist].codes)}
    rows: list[tuple[tuple[Any, ...], Observation]] = []
    for by, places in at.items():
        broken = {exchange.codelists[codelist].concept: codelist for codelist in by}
        whole = [concept for concept in totals if concept not in broken]
        for position in places:
            row = {column: values[position] for column, values in columns.items()}
            codes = _codes(exchange, flow, by, row)
            if codes is None:
                continue
            for picked in product(*(totals[concept] for concept in whole)):
                lists = [*by, *(codelist for codelist, _ in picked)]
                key = {**codes, **dict(zip(whole, (code for _, code in picked), strict=True))}
                place = tuple((_rank(flow, key[c], exchange), order[key[c]]) for c in exchange.concepts(flow))
                rows.append((place, {**fixed, **key, **_values(exchange, name, row, lists, card)}))
    yield from (observation for _, observation in sorted(rows, key=lambda pair: pair[0]))


def _totals(exchange: Exchange, flow: Dataflow, present: set[str]) -> dict[str, list[tuple[str, str]]]:
    """Concept → the lists of it of which the survey has levels, each with the code of its total; without what categories carry."""
    own = exchange.codelists[flow.codes_of.codelist].concept if flow.codes_of else None
    lists = [codelist for codelist in flow.lists if codelist in present]
    return {
        concept: [(c, exchange.codelists[c].total) for c in lists if exchange.codelists[c].concept == concept]
        for concept in exchange.concepts(flow)
        if concept != own
    }


def _rank(flow: Dataflow, code: str, exchange: Exchange) -> int:
    """The place of a code's list among those of the dataflow."""
    return next(place for place, name in enumerate(flow.lists) if code in exchange.codelists[name].codes)


def _stands(exchange: Exchange, codelist: str, card: Card) -> bool:
    """Whether a list stands for the revision of the classification that the survey uses."""
    return all(card.revisions.get(name) == level for name, level in exchange.codelists[codelist].revision.items())


def _places(exchange: Exchange, flow: Dataflow, by: Sequence[str], hub: Estimates, card: Card) -> Any:
    dimensions = {exchange.codelists[codelist].dimension for codelist in by}
    broken = tuple(name for name in DIMENSIONS if name in dimensions)
    pair = card.primary
    at = np.empty(0, dtype=np.intp)
    # What does not depend on the standard (employment, hours) has no variant in the hub.
    for variant in (pair.variant, ""):
        at = hub.places((variant, pair.concept, flow.indicator, flow.statistic, "", "", "", ""), [broken])
        if len(at):
            break
    # What cannot be computed is no observation, not even one without a value.
    at = at[hub.texts["flag_reason"][at] != NOT_COMPUTABLE]
    if flow.universe != ANY:
        at = at[hub.texts["universe"][at] == flow.universe]
    if flow.category is not None:
        at = at[hub.texts["category"][at] == flow.category]
    return at


def _codes(exchange: Exchange, flow: Dataflow, by: Sequence[str], row: Mapping[str, Any]) -> dict[str, str] | None:
    """Concept → code of a row; None where a level has none, or where nobody is in the level that is not known."""
    codes = {}
    for name in by:
        codelist = exchange.codelists[name]
        level = row[codelist.dimension]
        if level not in codelist.levels or (level == UNKNOWN and row["flag"] != CONFIDENTIAL and not row["n"] > 0):
            return None
        codes[codelist.concept] = codelist.levels[level]
    if flow.codes_of:
        if row["category"] not in flow.codes_of.categories:
            return None
        codes[exchange.codelists[flow.codes_of.codelist].concept] = flow.codes_of.categories[row["category"]]
    elif flow.category is None and row["category"] not in ("", TOTAL):
        return None
    return codes


def _fixed(exchange: Exchange, name: str, card: Card, when: Period) -> Observation:
    """What all observations of a dataflow share."""
    flow, words = exchange.dataflows[name], exchange.words
    unit, pair = exchange.units[flow.unit], card.primary
    named = {"concept": words.concepts.get(pair.concept, pair.concept)}
    standard = words.standard.format(variant=words.standards.get(pair.variant, pair.variant), **named)
    return {
        "REF_AREA": card.iso3, "FREQ": when.freq, "MEASURE": flow.measure, "TIME_PERIOD": when.time,
        "UNIT_MEASURE_TYPE": unit.type, "UNIT_MEASURE": unit.measure, "UNIT_MULT": str(unit.mult),
        "SOURCE": _text(f"{card.producer}: {card.title}"), "NOTE_SOURCE": _text(words.own_processing), "NOTE_INDICATOR": _text(standard),
    }  # fmt: skip


def _values(exchange: Exchange, name: str, row: Mapping[str, Any], lists: Sequence[str], card: Card) -> Observation:
    """Value, bounds, status and notes of one observation; a hidden value is None."""
    flow, words = exchange.dataflows[name], exchange.words
    unit = exchange.units[flow.unit]
    shown = bool(np.isfinite(row["estimate"]))
    known = _digits(row, unit)
    national = card.industry != "industry" and any(exchange.codelists[one].concept == "ECO" for one in lists)
    return {
        "OBS_VALUE": _number(row["estimate"], unit, known),
        "UPPER_BOUND": _number(row["ci_high"], unit, known) if shown else None,
        "LOWER_BOUND": _number(row["ci_low"], unit, known) if shown else None,
        "DECIMALS": str(known),
        "OBS_STATUS": _status(exchange, row, shown, card),
        "NOTE_CLASSIF": _text(words.national_industry) if national else "",
        "COMMENT_OBS": _text("; ".join(_comments(exchange, flow, row, lists, shown, card))),
    }


def _status(exchange: Exchange, row: Mapping[str, Any], shown: bool, card: Card) -> str:
    codes = exchange.statuses
    if not shown:
        return codes.hidden
    if row["flag"] == UNRELIABLE or row["ilo_flag"] == _ILO_UNRELIABLE:
        return codes.unreliable
    return codes.break_ if card.breaks else ""


def _comments(
    exchange: Exchange, flow: Dataflow, row: Mapping[str, Any], lists: Sequence[str], shown: bool, card: Card
) -> Iterator[str]:
    """Marks, why a value is not there, breaks, and what could not be verified."""
    words, unit = exchange.words, exchange.units[flow.unit]
    yield from (words.marks.get(mark, mark.upper()) for mark in mark_names(card, [card.primary.variant]))
    if not shown:
        yield words.hidden.get(row["flag"], row["flag"])
        for pattern, bound in ((words.over, row["bound_low"]), (words.under, row["bound_high"])):
            if np.isfinite(bound):
                known = digits([bound * unit.factor], np.nan)
                yield pattern.format(bound=f"{bound * unit.factor:.{known}f}", unit=words.units[flow.unit])
    yield from (f"{words.break_}: {text}" for text in card.breaks)
    doubtful = [] if flow.verified else [flow.measure]
    doubtful += [] if exchange.units[flow.unit].verified else [exchange.units[flow.unit].measure]
    doubtful += [name for name in dict.fromkeys(lists) if not exchange.codelists[name].verified]
    if doubtful:
        yield words.unverified.format(names=", ".join(doubtful))


def _digits(row: Mapping[str, Any], unit: Unit) -> int:
    """Digits after the point that the numbers of a row have in a unit."""
    numbers = [row[name] for name in ("estimate", "ci_low", "ci_high")]
    return digits(numbers, row["decimals"], 1 / unit.factor if unit.factor < 1 else 1.0)


def _number(value: float, unit: Unit, known: int) -> float | None:
    return round(float(value) * unit.factor, known) if np.isfinite(value) else None


def _text(text: str) -> str:
    """One line that no spreadsheet takes for a formula."""
    return guarded(plain(text, MAX_SENTENCE))
