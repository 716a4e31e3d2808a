"""Shares of one wave with what each of its sampling units adds to their variance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from informality.estimate import plan
from informality.estimate.codes import Bools, Floats, Ints
from informality.estimate.columns import Dimension, Flag, dimension, measured
from informality.estimate.design import Design
from informality.estimate.deviations import deviations
from informality.estimate.results import Counts, counts, point, standard_error
from informality.estimate.specifications import Specification
from informality.estimate.sums import Rows, Sums, regroup
from informality.estimate.tables import Table, tables
from informality.sql import booleans, evaluate


@dataclass(frozen=True, eq=False)
class Shares:
    """Shares in the domains of one breakdown: one value a domain, ``domains`` their levels in the order of the breakdown.

    ``deviations`` and ``used`` (units × domains): parts of the variance (`deviations.deviations`), and whether a unit counts for the
    degrees of freedom.
    """

    domains: tuple[tuple[str, ...], ...]
    estimate: Floats
    se: Floats
    deviations: Floats
    used: Bools
    counts: Counts


@dataclass(frozen=True)
class Asked:
    """A specification in one breakdown."""

    spec: Specification
    by: tuple[str, ...]


def shares(frame: pd.DataFrame, design: Design, asked: Sequence[Asked]) -> Iterator[tuple[Asked, Shares]]:
    """The shares that are asked for, of those persons of ``frame`` who are in the universe and whose value is known.

    ``frame`` holds the columns of the conditions and the dimensions. What has no value for anybody is left out.
    """
    specs = list({one.spec.value.text + one.spec.among.text: one.spec for one in asked}.values())
    inside = booleans(frame, {s.among.text: s.among for s in specs})
    value: dict[str, Floats] = {
        text: np.ma.asarray(found, dtype=float).filled(np.nan)
        for text, found in evaluate(frame, {s.value.text: s.value for s in specs}).items()
    }
    dimensions = {name: dimension(frame, name) for name in sorted({d for one in asked for d in one.by})}
    for spec in specs:
        mine = [
            one for one in asked if (one.spec.value.text, one.spec.among.text) == (spec.value.text, spec.among.text)
        ]
        rows = np.flatnonzero(inside[spec.among.text])
        flag = measured(pd.DataFrame({"y": value[spec.value.text][rows]}), "y")
        if np.isnan(value[spec.value.text][rows]).all() or not isinstance(flag, Flag):
            continue
        yield from _of_universe(design, rows, flag, mine, dimensions)


def _of_universe(
    design: Design, rows: Ints, flag: Flag, asked: Sequence[Asked], dimensions: Mapping[str, Dimension]
) -> Iterator[tuple[Asked, Shares]]:
    wanted: dict[plan.By, list[Asked]] = defaultdict(list)
    for one in asked:
        wanted[one.by].append(one)
    for family in plan.families(wanted, {name: len(d.levels) for name, d in dimensions.items()}):
        made = tables(family, design, rows, design.psu[rows], dict(dimensions))
        reader = Rows(made[0].entries, design.weight[rows])
        found: dict[int, Sums] = {}
        for at, (step, table) in enumerate(zip(family, made, strict=True)):
            found[at] = reader.sums(flag) if step.parent is None else regroup(found[step.parent], table.entries)
            result = _shares(table, found[at])
            yield from ((one, result) for one in wanted.get(step.by, ()))


def _shares(table: Table, found: Sums) -> Shares:
    layout = table.layout
    estimate, z = point("share", found, layout)
    parts = deviations(layout, z, found.parts.known)
    counted = counts(found, layout)
    se = standard_error(estimate, np.square(parts).sum(axis=0))
    se[counted.df_known <= 0] = np.nan
    used = np.zeros(parts.shape, dtype=np.bool_)
    used[layout.psu, layout.domain] = found.parts.w > 0
    levels = [
        tuple(d.levels[code] for d, code in zip(table.dimensions, line, strict=True)) for line in table.entries.level
    ]
    return Shares(tuple(levels), estimate, se, parts, used, counted)
