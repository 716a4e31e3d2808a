"""Administrative counts beside what the survey estimates of the same persons (decision 23): difference, and in standard errors.

A count has no sampling error: the difference over the survey's standard error says how far sampling alone could explain it. The rest is
made of components that the count names (scope, membership, reference date, multiple jobs), which are told and never netted off.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from pandas import DataFrame

from informality.vocabulary import DIMENSIONS, TOTAL

# Kind of count → indicator, category and universe of the survey's estimate of the same; other kinds have none in a labour force survey.
SAME: dict[str, tuple[str, str, str]] = {
    "insured": ("coverage", "", "employed"),
    "voluntary_members": ("split", "covered_voluntary", "main_span"),
}


def reconciled(
    counts: Sequence[Mapping[str, Any]], published: DataFrame, coverage: Mapping[str, Any], concept: str
) -> list[dict[str, Any]]:
    """A record a count: ``estimate``, ``ci_low``, ``ci_high``, ``n``, ``flag`` of the published estimate, and where both are shown
    ``difference`` (survey less count), ``in_standard_errors`` and ``ratio`` (survey over count).

    ``published``: the released hub, so that nothing hidden comes back; ``coverage``: coverage.json.
    """
    if not counts:
        return []
    totals = published[(published["statistic"].astype(str) == "total") & (published["concept"].astype(str) == concept)]
    totals = totals[(totals[list(DIMENSIONS)].astype(str) == TOTAL).all(axis=1)]
    return [_record(count, totals, coverage) for count in counts]


def _record(count: Mapping[str, Any], totals: DataFrame, coverage: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"id": count["id"], "indicator": ""}
    if count["what"] not in SAME:
        return found
    indicator, category, universe = SAME[count["what"]]
    rows = totals[
        _is(totals, {"indicator": indicator, "category": category, "universe": universe, **_keys(indicator, coverage)})
    ]
    if rows.empty:
        return found
    row = rows.iloc[0]
    found |= {"indicator": indicator, "flag": str(row["flag"]), "n": _number(row["n"])}
    estimate, error = _number(row["estimate"]), _number(row["se"])
    if estimate is None:
        return found
    difference = estimate - float(count["value"])
    found |= {
        "estimate": estimate,
        "ci_low": _number(row["ci_low"]),
        "ci_high": _number(row["ci_high"]),
        "difference": difference,
    }
    if error:
        found["in_standard_errors"] = difference / error
    if count["value"]:
        found["ratio"] = estimate / float(count["value"])
    return found


def _keys(indicator: str, coverage: Mapping[str, Any]) -> dict[str, str]:
    """Branch, law and reading under which the survey's estimate stands."""
    main = coverage["main"]
    if indicator == "coverage":
        name = next((name for name, some, _ in coverage["cover"] if main == name or main in some), "")
        return {"branch": name, "law": "", "assumption": ""}
    law = next((entry for entry in coverage["laws"] if entry["law"] == coverage["law"]), None)
    main = law["any_cash"] if law and main == "any_cash" else main
    return {"branch": main or "", "law": coverage["law"] or "", "assumption": "wide"}


def _is(rows: DataFrame, wanted: Mapping[str, str]) -> Any:
    return np.logical_and.reduce([(rows[name].astype(str) == value).to_numpy() for name, value in wanted.items()])


def _number(value: Any) -> float | None:
    return float(value) if value is not None and np.isfinite(float(value)) else None
