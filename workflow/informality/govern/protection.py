"""Which rows of a hub are hidden so that no confidential domain can be worked out: the rows' counts, the programme, the audit.

What the attacker knows is said in `audit.py`; that a domain is hidden as a whole, in `secondary.py`. Numerators of attributes
that are not sensitive are not defended (decision 28): their bounds keep a few persons out of print, and sums may give them back.
Those of sensitive ones are, each in a system of its own on top of the hidden domains.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pandas import DataFrame, factorize

from informality.govern import disclosure
from informality.govern.audit import Audit, Narrow
from informality.govern.equations import COMPARISONS, GROUPINGS, MOST_WAYS, Counts, counts, keys_of
from informality.govern.lines import without_lone_rows
from informality.govern.rule import System
from informality.govern.secondary import suppress
from informality.govern.worlds import Key, joined
from informality.settings import Thresholds
from informality.vocabulary import COMPARED, DIMENSIONS, HUB_KEYS, TOTAL, UNKNOWN

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
# What it costs to hide a row: of the country, of a one-way table, of a two-way table; of the office's own figures, which stand in none.
COSTS, UNSHOWN = (1000.0, 30.0, 1.0), 0.1
# The files of the program that decides what is hidden, and what they read.
PROGRAM = (
    "audit", "choice", "disclosure", "equations", "lines", "events", "halves", "nesting", "protection", "rule", "secondary", "solver",
    "ties", "worlds",
)  # fmt: skip
USED = ("n", "n_event", "n_missing", "n_psu", "state", "top1_share", "top2_share")


@dataclass(frozen=True, eq=False)
class Protection:
    """``rows``: rows whose domain is hidden; ``counted``: rows of sensitive attributes whose numerator is, the domain being shown.

    ``record``: counts of domains, and what `protect` needs to find the same again without work.
    """

    rows: Bools
    counted: Bools
    record: Mapping[str, Any]


def protect(hub: DataFrame, thresholds: Thresholds, known: Mapping[str, Any] | None = None) -> Protection:
    """Hidden rows of the hub (columns `HUB_KEYS`, `HUB_VALUES`). ``known``: the ``record`` of a former run, used if nothing has changed."""
    digest = _digest(hub, thresholds)
    if known is not None and known.get("digest") == digest:
        return Protection(_mask(hub, known["rows"]), _mask(hub, known["counted"]), known)
    found = counts(hub)
    unknown = unknown_domains(found, thresholds)
    primary = confidential(hub, found, thresholds) & ~unknown
    hidden = suppress(*system(found, primary, thresholds))
    rows = _rows(hub, found, hidden)
    counted = _counted(hub, found, hidden, unknown, thresholds) & ~rows
    record = {
        "digest": digest,
        "domains": len(found.keys),
        "confidential": int(primary.sum()),
        "hidden": int(hidden.sum()),
        "rows": np.flatnonzero(rows).tolist(),
        "counted": np.flatnonzero(counted).tolist(),
    }
    return Protection(rows, counted, record)


def confidential(hub: DataFrame, found: Counts, thresholds: Thresholds) -> Bools:
    """Domains in which some universe, or those of it with a known value, are a few persons (D1) or of a few PSUs (D2), and those of
    which one or two persons make nearly all of a magnitude (D3): of it and of the other domains a reader could work it out.
    """
    result = np.zeros(len(found.keys), dtype=bool)
    for measure in found.measures:
        result |= disclosure.few(measure, thresholds)
    rows = disclosure.few_units(hub, thresholds) | disclosure.dominated(hub, thresholds)
    result[found.domain[rows & (found.domain >= 0)]] = True
    return result


def unknown_domains(found: Counts, thresholds: Thresholds) -> Bools:
    """Domains of a level that only says that something is not known.

    So does a few persons' level that a coarser grouping counts as unknown: their number is that of the unknown.
    """
    levels = {(name, level) for name in DIMENSIONS for level in thresholds.unknown_levels}
    most = np.fmax.reduce(found.measures, axis=0) if len(found.series) else np.empty(0)
    for equation in found.equations:
        total = found.keys[equation.total][1]
        for part in equation.parts:
            key = found.keys[part][1]
            finer = len(total) == len(key) == 1 and (key[0][0], total[0][0]) in GROUPINGS
            if finer and total[0] in levels and most[part] < thresholds.confidential_below:
                levels.add(key[0])
    return np.array([bool(set(key) & levels) for _, key in found.keys], dtype=bool)


def system(found: Counts, primary: Bools, thresholds: Thresholds) -> tuple[System, Any]:
    """The system of domains with these confidential ones, and its audit: of all persons, and part by part of every series."""
    measures = found.measures
    most = np.fmax.reduce(measures, axis=0) if len(measures) else np.zeros(len(primary))
    need = np.where(primary, np.maximum(thresholds.range, thresholds.range_share * most), thresholds.range)
    different: dict[bytes, Floats] = {}
    for parts in [*(row[None, :] for row in found.persons), *(s.parts() for s in found.series)]:
        known = parts[:, np.nan_to_num(parts).any(axis=0)]
        if np.isfinite(known).all() and (known >= 0).all():
            different.setdefault(parts.tobytes(), parts)

    attack = Audit(list(different.values()), found.equations)

    def audit(hidden: Bools) -> list[Narrow]:
        return attack.narrow(hidden, need)

    return System(primary, measures, found.equations, _cost(found, most), need, twins=found.twins), audit


def _cost(found: Counts, most: Floats) -> Floats:
    """What is lost with each domain: its rows, each worth the more the more persons stand behind it (their square root).

    With rows alone agriculture is as good a partner for a small industry as another small one, and readers lose what they look for first.
    """
    there = found.domain >= 0
    kinds = np.where(found.shown, np.minimum(found.ways, len(COSTS) - 1), len(COSTS))[there]
    lost = np.zeros(len(most))
    # Row by row the sum would depend on their order.
    for kind, worth in enumerate((*COSTS, UNSHOWN)):
        lost += worth * np.bincount(found.domain[there][kinds == kind], minlength=len(most))
    return (1 + lost) * np.sqrt(1 + most)


def _counted(hub: DataFrame, found: Counts, hidden: Bools, unknown: Bools, thresholds: Thresholds) -> Bools:
    """Rows of sensitive attributes whose numerator or complement is confidential, or hidden to protect one."""
    result = np.zeros(len(hub), dtype=bool)
    is_sensitive = disclosure.sensitive(hub, thresholds) & (found.number >= 0)
    for number in np.unique(found.number[is_sensitive]):
        rows = np.flatnonzero(found.number == number)
        mine = np.zeros(len(found.keys), dtype=bool)
        mine[found.domain[rows[is_sensitive[rows]]]] = True
        series = found.series[number]
        event, other = series.event, series.known - series.event
        primary = mine & ~hidden & ~unknown & (disclosure.few(event, thresholds) | disclosure.few(other, thresholds))
        if not primary.any():
            continue
        closed = hidden & np.isfinite(event)
        most = np.fmax(event, other)
        need = np.where(
            primary, np.maximum(thresholds.range, thresholds.range_share * np.fmin(event, other)), thresholds.range
        )
        need = np.where(closed, 0.0, need)
        ceiling = np.where(hidden, np.inf, series.known)

        attack = Audit([event[None, :]], found.equations, least=0.0, most=ceiling)

        def audit(now: Bools, attack: Audit = attack, need: Floats = need) -> list[Narrow]:
            return attack.narrow(now, need)

        programme = System(
            primary | closed, np.stack([event, other]), found.equations, _cost(found, np.nan_to_num(most)), need, 0.0
        )
        result[rows] |= suppress(programme, audit)[found.domain[rows]]
    return result


def _rows(hub: DataFrame, found: Counts, hidden: Bools) -> Bools:
    rows = np.zeros(len(hub), dtype=bool)
    for domain in (found.domain, found.event_domain):
        there = domain >= 0
        rows[there] |= hidden[domain[there]]
    keys = keys_of(hub)
    rows = without_lone_rows(keys, found.number, rows)
    # Tables of more dimensions are in no system, so nothing of them is shown.
    rows |= np.array([len(key) > MOST_WAYS for key in keys], dtype=bool)
    closed = {key for (_, key), is_hidden in zip(found.keys, hidden, strict=True) if is_hidden}
    for row in np.flatnonzero(hub["statistic"].astype("str").isin(COMPARISONS).to_numpy()):
        rows[row] = rows[row] or any(side in closed for side in _sides(keys[row], closed))
    return rows


def _sides(key: Key, closed: Set[Key]) -> list[Key]:
    """Domains that a comparison compares: a level ``a-b`` stands for two levels, of which one may be the margin, and that of a test for
    all levels but the unknown, of which here those among ``closed``.
    """
    sides = [key]
    for name, level in key:
        rest = tuple(pair for pair in key if pair[0] != name)
        if level == COMPARED:
            others = {other for other, _ in key}
            sides += [
                k for k in closed if set(rest) <= set(k) and {n for n, _ in k} == others and (name, UNKNOWN) not in k
            ]
        for at in [i for i, sign in enumerate(level) if sign == "-"]:
            for side in (level[:at], level[at + 1 :]):
                sides.append(rest if side == TOTAL else joined(rest, ((name, side),)))
    return sides


def _mask(hub: DataFrame, rows: list[int]) -> Bools:
    mask = np.zeros(len(hub), dtype=bool)
    mask[rows] = True
    return mask


def _digest(hub: DataFrame, thresholds: Thresholds) -> str:
    """Digest of the counts, of the rule and of the program that applies it."""
    total = hashlib.sha256(json.dumps(thresholds.model_dump(mode="json"), sort_keys=True).encode())
    for file in PROGRAM:
        total.update(Path(__file__).with_name(f"{file}.py").read_bytes())
    for name in (*HUB_KEYS, *USED):
        if hub[name].dtype.kind in "iufb":
            total.update(hub[name].to_numpy(dtype=np.float64).tobytes())
        else:
            at, texts = factorize(hub[name].astype("str").fillna(""))
            total.update("\x1f".join(texts).encode() + at.astype(np.int64).tobytes())
    return total.hexdigest()
