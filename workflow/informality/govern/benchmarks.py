"""Published figures beside computed ones: `workflow/benchmarks/<survey>.csv` against the hub."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pandas as pd

from informality import vocabulary as v
from informality.errors import UserError, nearest

COLUMNS = (
    "id",
    "indicator",
    "statistic",
    "variant",
    "concept",
    "universe",
    "category",
    "domain",
    "published",
    "unit",
    "decimals",
    "kind",
    "comparable",
    "source",
    "note",
)
RESULT = ("id", "kind", "published", "computed", "se", "difference", "unit", "verdict", "likely_cause", "source")
REFERENCE = "reference"
KINDS = ("published", REFERENCE)
NOT_COMPARABLE, NOT_SHOWN = "not_comparable", "the estimate is not shown"
UNITS = {"percent": 100.0, "persons": 1.0, "thousand": 1e-3, "million": 1e-6}


def load_benchmarks(path: Path) -> pd.DataFrame:
    """Read one file of benchmarks (CSV, UTF-8), all columns as text; UserError for a missing column, an unknown word, no number."""
    where = f"workflow/benchmarks/{path.name}"
    rows = _rows(path, where)
    words = {
        "unit": UNITS,
        "comparable": ("yes", "no"),
        "kind": KINDS,
        "statistic": v.STATISTICS,
        "concept": ("", *v.CONCEPTS),
    }
    seen: set[str] = set()
    for line, row in rows.items():
        at = f"{where}, line {line}"
        for column, known in words.items():
            if row[column] not in known:
                raise UserError(f"'{row[column]}' is no {column}", where=at, todo=nearest(row[column], known))
        if not _is_number(row["published"]) or not row["decimals"].isdecimal():
            raise UserError(
                "'published' is no number, or 'decimals' no count of digits", where=at, todo="write them as 32.16 and 2"
            )
        if not row["id"] or row["id"] in seen:
            raise UserError(
                f"the id '{row['id']}' is empty or stands twice", where=at, todo="give each line its own id"
            )
        seen.add(row["id"])
        _domain(row["domain"], at)
    return pd.DataFrame(list(rows.values()), columns=list(COLUMNS), dtype="str")


def _rows(path: Path, where: str) -> dict[int, dict[str, str]]:
    """Rows by line number, the header being line 1."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            header = reader.fieldnames or []
            for column in COLUMNS:
                if column not in header:
                    raise UserError(f"the column '{column}' is missing", where=where, todo=nearest(column, header))
            rows: dict[int, dict[str, str]] = {}
            for row in reader:
                if None in row or None in row.values():
                    raise UserError(
                        f"the line has more or fewer fields than the {len(header)} of the header",
                        where=f"{where}, line {reader.line_num}",
                        todo="put double quotes around a text that holds a comma",
                    )
                rows[reader.line_num] = row
            return rows
    except FileNotFoundError:
        raise UserError("there is no such file", where=where, todo="add it, or take its name out") from None
    except (UnicodeDecodeError, csv.Error):
        raise UserError("not a CSV file in UTF-8", where=where, todo="save it as CSV (UTF-8, commas)") from None


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _domain(text: str, where: str) -> dict[str, str]:
    """The levels that ``sex=male|area=urban`` names, by dimension."""
    levels = {}
    for part in filter(None, text.split("|")):
        dimension, _, level = part.partition("=")
        if dimension not in v.DIMENSIONS:
            raise UserError(f"'{dimension}' is no dimension", where=where, todo=nearest(dimension, v.DIMENSIONS))
        known = v.VARIABLES[dimension].levels
        if not level or (known is not None and level not in known):
            todo = nearest(level, known) if known else f"write {dimension}=LEVEL"
            raise UserError(f"'{level}' is not a level of '{dimension}'", where=where, todo=todo)
        levels[dimension] = level
    return levels


def compare(benchmarks: pd.DataFrame, hub: pd.DataFrame, *, simulated: bool = False) -> pd.DataFrame:
    """One row a benchmark: published, computed and se in the benchmark's unit, verdict and the likely cause of a difference.

    ``hub``: the rows of one survey. `match`: the computed figure, rounded to the printed digit, is the published one. Simulated
    data are never compared: they carry no stamp of validity (decision 12).
    """
    found = _found(benchmarks, hub)
    rows = []
    for benchmark, estimate, se in zip(benchmarks.itertuples(index=False), found["estimate"], found["se"], strict=True):
        unit = UNITS[benchmark.unit]
        published, computed = float(benchmark.published), float(estimate) * unit
        verdict, cause = _verdict(benchmark, published, computed, float(se) * unit, simulated)
        rows.append(
            (
                benchmark.id,
                benchmark.kind,
                published,
                computed,
                float(se) * unit,
                computed - published,
                benchmark.unit,
                verdict,
                cause,
                benchmark.source,
            )
        )
    return pd.DataFrame(rows, columns=list(RESULT))


def _found(benchmarks: pd.DataFrame, hub: pd.DataFrame) -> pd.DataFrame:
    """Estimate and standard error that stand in the hub for each benchmark; NaN where there is none."""
    keys = [key for key in v.HUB_KEYS if key not in ("survey", "wave")]
    wanted = pd.DataFrame([_keys(b, keys) for b in benchmarks.to_dict("records")], columns=keys, dtype="str")
    return wanted.merge(
        hub[[*keys, "estimate", "se"]].astype(dict.fromkeys(keys, "str")), on=keys, how="left", validate="many_to_one"
    )


def _keys(benchmark: dict[str, str], keys: list[str]) -> dict[str, str]:
    named = {key: benchmark[key] for key in keys if key in benchmark}
    domain = dict.fromkeys(v.DIMENSIONS, v.TOTAL) | _domain(benchmark["domain"], "workflow/benchmarks")
    return dict.fromkeys(keys, "") | named | domain


def _verdict(benchmark: object, published: float, computed: float, se: float, simulated: bool) -> tuple[str, str]:
    note = str(getattr(benchmark, "note", ""))
    if simulated:
        return NOT_COMPARABLE, "simulated data"
    if getattr(benchmark, "comparable", "yes") == "no":
        return NOT_COMPARABLE, note
    if math.isnan(computed):
        return NOT_COMPARABLE, "this survey and concept do not yield the figure"
    half_digit = 0.5 * 10.0 ** -int(str(getattr(benchmark, "decimals", "0")))
    if abs(computed - published) <= half_digit * (1 + 1e-9):
        return "match", ""
    if math.isfinite(se) and abs(computed - published) <= 2 * se:
        return "differs", note or "within sampling error: another weight, edit or age base of a few persons"
    return "differs", note or "another concept, age base or weight"


def told_benchmarks(
    compared: pd.DataFrame, benchmarks: pd.DataFrame | None, published: pd.DataFrame
) -> list[dict[str, object]]:
    """What readers are told of each published figure (not of references, which were printed nowhere: one that is reproduced would be our
    exact number): the published figure, whether the pipeline reproduces it to its last printed digit, and
    the estimate as it is published, rounded (None where it is not shown, which is then no verdict either).

    ``compared``: the rows of `compare` with the exact estimates, which do not cross the wall; ``published``: the released hub.
    """
    if benchmarks is None:
        return []
    shown = _found(benchmarks, published)
    said = []
    for row, about, estimate in zip(
        compared.to_dict("records"), benchmarks.to_dict("records"), shown["estimate"], strict=True
    ):
        if about["kind"] == REFERENCE:
            continue
        value = float(estimate) * UNITS[about["unit"]]
        seen = math.isfinite(value) or row["verdict"] == NOT_COMPARABLE
        verdict, cause = (row["verdict"], row["likely_cause"]) if seen else (NOT_COMPARABLE, NOT_SHOWN)
        said.append(
            {
                **{name: row[name] for name in ("id", "kind", "unit", "source")},
                **{name: about[name] for name in ("indicator", "statistic", "domain")},
                "published": float(row["published"]),
                "decimals": int(about["decimals"]),
                "estimate": round(value, 6) if math.isfinite(value) else None,
                "verdict": verdict,
                "likely_cause": cause,
            }
        )
    return said
