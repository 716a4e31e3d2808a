"""Replicate weights of a survey's file: which columns they are, and their numbers. Like persons they are restricted."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from informality.errors import UserError, nearest
from informality.survey.description import Survey
from informality.survey.names import looks_like_a_name


def replicate_columns(survey: Survey, names: Iterable[str]) -> list[str]:
    """The columns of the file that hold replicate weights, in the order of their scales; none where none are declared.

    ``names``: the columns of the file in its order. UserError: a column is absent, fewer than two match, or ``rscales`` are more or
    fewer than columns.
    """
    given = survey.design.replicates
    if given is None or given.weights is None:
        return []
    where = f"{survey.file}, {survey.place('design', 'replicates')}.weights"
    there = list(names)
    shown = [name for name in there if looks_like_a_name(name)]
    ignore = survey.family.source.column_case == "ignore"
    if isinstance(given.weights, str):
        pattern = re.compile(given.weights, re.IGNORECASE if ignore else 0)
        found = [name for name in there if pattern.fullmatch(name)]
        if len(found) < 2:
            raise UserError(
                f"'{given.weights}' matches {len(found)} of the {len(there)} columns of the file, and replicates are two or more",
                where=where,
                todo=f"it must match the whole name, e.g. 'repw[0-9]+'; {nearest(given.weights, shown)}",
            )
    else:
        found = given.weights
        known = {name.lower() if ignore else name for name in there}
        for name in found:
            if (name.lower() if ignore else name) not in known:
                raise UserError(f"there is no column '{name}' in the file", where=where, todo=nearest(name, shown))
    if given.rscales is not None and len(given.rscales) != len(found):
        raise UserError(
            f"there are {len(found)} columns of replicate weights and {len(given.rscales)} rscales",
            where=where,
            todo="give one scale for each column, in their order",
        )
    return found


def replicate_weights(source: pd.DataFrame, survey: Survey) -> pd.DataFrame:
    """The replicate weights (float64, a row a person in the order of ``source``); no column where none are declared.

    UserError, with counts and never with values: a column is no number, a weight is missing.
    """
    columns = replicate_columns(survey, source.columns)
    where = f"{survey.file}, {survey.place('design', 'replicates')}.weights"
    made: dict[str, np.ndarray] = {}
    for name in columns:
        try:
            made[name] = source[name].to_numpy(dtype=np.float64, na_value=np.nan)
        except (TypeError, ValueError):
            raise UserError(
                f"{survey.id}: the replicate weight '{name}' is not a number", where=where, todo="see what it holds"
            ) from None
        bad = int(np.count_nonzero(~np.isfinite(made[name])))
        if bad:
            raise UserError(
                f"{survey.id}: the replicate weight '{name}' is missing for {bad} of {len(source)} persons",
                where=where,
                todo="ask the producer, or leave persons without weights out by 'keep'",
            )
    return pd.DataFrame(made, index=source.index)
