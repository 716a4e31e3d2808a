"""The survey's weights held against declared population totals."""

from __future__ import annotations

import numpy as np
import pandas as pd

from informality import vocabulary
from informality.errors import UserError
from informality.estimate import columns, results
from informality.estimate.calibration.margins import Margin, Totals, margins
from informality.estimate.codes import Bools, Floats, group_sums
from informality.estimate.columns import Dimension
from informality.estimate.design import Design
from informality.estimate.entries import from_rows
from informality.estimate.intervals import t_quantile
from informality.estimate.replicates.design import ReplicateDesign
from informality.estimate.replicates.variance import replicate_totals
from informality.estimate.variance import Layout

COLUMNS = ("margin", "level", "declared", "weighted", "se", "n", "ratio", "difference", "verdict")
# `agrees`: within the tolerance; `sampling`: beyond it, and the 95 % interval of the weighted total holds the declared one;
# `differs`: neither; `not_in_file`: nobody has the level; `not_declared`: persons of a level that has no total.
VERDICTS = ("agrees", "sampling", "differs", "not_in_file", "not_declared")


def check_weights(
    frame: pd.DataFrame,
    design: Design,
    totals: Totals,
    *,
    where: str | None = None,
    tolerance: float = 0.01,
    replicates: ReplicateDesign | None = None,
) -> pd.DataFrame:
    """Weighted against declared totals: a line for each level of each margin, declared ones first, and its sum `_T`.

    ``where``: the yes/no column of the persons that the totals are about (None: all). ``declared``, ``weighted``, ``difference``
    (weighted - declared) and ``se`` (of the weighted total, by the design without any calibration) are in persons, ``n`` in rows,
    ``ratio`` is weighted / declared; ``tolerance`` is a share of the declared total; ``replicates``: whence the standard errors
    come, where not from the design. The verdict is one of `VERDICTS`; `_T`
    compares all persons with the sum of the declared levels. Missing values are the level `_U`. UserError: see
    `margins.margins`; lengths that differ.
    """
    if len(frame) != len(design.weight):
        raise UserError(
            f"the frame has {len(frame)} rows, the design {len(design.weight)}", where="check of the weights"
        )
    inside = np.ones(len(frame), dtype=np.bool_) if where is None else columns.members(frame, where)
    parts = [_margin(margin, design, inside, tolerance, replicates) for margin in margins(frame, totals, inside)]
    return pd.concat(parts, ignore_index=True)


def _margin(
    margin: Margin, design: Design, inside: Bools, tolerance: float, replicates: ReplicateDesign | None
) -> pd.DataFrame:
    labels = tuple(margin.label(i) for i in range(len(margin.levels)))
    code = np.where(margin.code >= 0, margin.code, 0).astype(np.int32)
    dimensions = [
        Dimension(margin.name, labels, code),
        Dimension(margin.name, (vocabulary.TOTAL,), np.zeros_like(code)),
    ]
    lines = [_totals(dimension, design, inside, replicates) for dimension in dimensions]
    table = pd.concat(lines, ignore_index=True)
    declared = np.append(margin.declared, np.nansum(margin.declared))
    weighted, se = table["weighted"].to_numpy(), table["se"].to_numpy()
    table = table.assign(
        margin=margin.name,
        declared=declared,
        ratio=weighted / declared,
        difference=weighted - declared,
        verdict=_verdicts(declared, weighted, se, table["n"].to_numpy(), (replicates or design).df, tolerance),
    )
    return table[list(COLUMNS)]


def _totals(dimension: Dimension, design: Design, inside: Bools, replicates: ReplicateDesign | None) -> pd.DataFrame:
    """Sum of the weights, its standard error and the rows of each level; 0 where nobody has it."""
    rows = np.flatnonzero(inside)
    entries = from_rows([dimension], rows, design.psu[rows], len(design.psu_stratum))
    sums = group_sums(design.weight[rows], entries.source, entries.size)
    layout = Layout(design, entries.psu, entries.domain, entries.n_domains)
    weighted, se, n = (np.zeros(len(dimension.levels)) for _ in range(3))
    level = entries.level[:, 0]
    weighted[level] = group_sums(sums, entries.domain, entries.n_domains)
    if replicates is None:
        variance = layout.variance(sums, np.ones(entries.size, dtype=np.bool_))
    else:
        units = from_rows([dimension], rows, replicates.unit[rows], len(replicates.factor))
        base = group_sums(replicates.base[rows], units.source, units.size)
        variance, _ = replicates.variance(replicate_totals(replicates.factor, units, [base])[0], weighted[level])
    se[level] = results.standard_error(weighted[level], variance)
    n[level] = np.bincount(entries.source_domain, minlength=entries.n_domains)
    return pd.DataFrame({"level": list(dimension.levels), "weighted": weighted, "se": se, "n": n.astype(np.int64)})


def _verdicts(declared: Floats, weighted: Floats, se: Floats, n: np.ndarray, df: int, tolerance: float) -> list[str]:
    gap = np.abs(weighted - declared)
    chance = float(t_quantile(np.array([df], dtype=np.float64))[0]) * se
    out = np.where(gap <= tolerance * declared, "agrees", np.where(gap <= chance, "sampling", "differs"))
    out = np.where(np.isnan(declared), "not_declared", out)
    return [str(word) for word in np.where((n == 0) & ~np.isnan(declared), "not_in_file", out)]
