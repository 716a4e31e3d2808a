"""Not computable is not non-response (decision 31): which missing values are missing because no needed question was put.

A value is *not computable* where, by the declared routing, none of the questions that it lacks was put to the person's group. Where one
of them was put and not answered, or the answer that decides the routing is missing, it is *no answer*. Units and jobs that a standard's
own rules leave open because of the routing are not computable; of an office's rule nobody knows why it leaves a person open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from informality.estimate.requests import Request
from informality.vocabulary import HUB_KEYS, why

Bools = npt.NDArray[np.bool_]
# Why a value is missing: no needed question was put, or one was put and not answered.
NOT_PUT, NOT_ANSWERED = ("not_asked", "not_applicable"), ("dont_know", "refused", "not_stated")
# The answer on which routing rests.
ROUTING = "status"
# The key that also tells the shares of what is not computable from the estimates that they belong to, until they are joined.
MARK = "scenario"


def not_computable(frame: pd.DataFrame, columns: Iterable[str], missing: Bools) -> Bools:
    """Persons with a ``missing`` value that could not be computed: of the ``columns`` that it reads, some were not put, and none that was
    put lacks its answer.
    """
    if not missing.any():
        return missing
    put, not_put = np.zeros(len(frame), dtype=np.bool_), np.zeros(len(frame), dtype=np.bool_)
    for name in columns:
        if why(name) in frame:
            reason = frame[why(name)]
            not_put |= reason.isin(NOT_PUT).to_numpy()
            put |= reason.isin(NOT_ANSWERED).to_numpy()
    if why(ROUTING) in frame:
        put |= frame[why(ROUTING)].isin(NOT_ANSWERED).to_numpy()
    return missing & not_put & ~put


def with_parts(
    given: pd.DataFrame,
    requests: Sequence[Request],
    rows: pd.DataFrame,
    of_value: Mapping[str, Bools],
    engine: Callable[[pd.DataFrame, Sequence[Request]], pd.DataFrame],
) -> pd.DataFrame:
    """The rows with ``w_not_computable`` parted from ``w_no_answer``.

    ``of_value``: for each column y (or x) of the requests, the persons of whom it is not computable, where there are any.
    """
    asked: dict[tuple[object, ...], Request] = {}
    columns: dict[str, Bools] = {}
    for request in requests:
        names = [name for name in (request.y, request.x) if name is not None and name in of_value]
        if names and request.between is None:
            column = f"not computable {' '.join(names)}"
            columns[column] = np.logical_or.reduce([of_value[name] for name in names])
            # A quantile's category is made from its p, which a share has not.
            keys = {
                **request.keys,
                "category": request.key("category"),
                MARK: f"{request.key(MARK)}|{request.statistic}",
            }
            share = replace(
                request, statistic="share", y=column, x=None, p=None, measure="share", interval=None, keys=keys
            )
            asked[(share.where, share.by, *sorted(keys.items()))] = share
    if not asked:
        return rows
    frame = pd.concat([given, pd.DataFrame(columns, index=given.index)], axis=1)
    found = engine(frame, list(asked.values()))
    names = [name for name in HUB_KEYS if name != "statistic"]
    wanted = rows[names].assign(**{MARK: rows[MARK].astype("str") + "|" + rows["statistic"].astype("str")})
    part = wanted.merge(found[[*names, "estimate"]], on=names, how="left", validate="many_to_one")
    w = np.minimum(part["estimate"].fillna(0.0).to_numpy(), rows["w_no_answer"].fillna(0.0).to_numpy())
    return rows.assign(w_not_computable=w, w_no_answer=rows["w_no_answer"] - w)


def with_open_universes(rows: pd.DataFrame, requests: Sequence[Request], parts: Mapping[str, float]) -> pd.DataFrame:
    """The rows with ``w_not_computable`` no smaller than the part of their universe (``parts``, by the column of its members) of whom it
    cannot be computed whether they belong to it: a distribution over those who happen to be computable is none of all.
    """
    keys = ("universe", "indicator", "category")
    of_series = {
        tuple(r.key(k) for k in keys): parts[r.where] for r in requests if r.where is not None and r.where in parts
    }
    if not of_series:
        return rows
    least = [of_series.get(one, 0.0) for one in rows[list(keys)].itertuples(index=False, name=None)]
    return rows.assign(w_not_computable=np.maximum(rows["w_not_computable"].fillna(0.0), least))
