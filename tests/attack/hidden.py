"""What a release hides, before and after a change of the rules.

    PYTHONPATH=tests python -m attack.hidden BEFORE AFTER [--language en] [--tables]

``BEFORE`` and ``AFTER`` are folders of two runs with `figures/` and `processed/`. For each survey that both have:

- *cells*: the cells of all figures (rows of `F*.csv`) of the first run; *hidden*: of them those that are confidential, before and after.
  A cell that the second run left out counts as hidden; one that was joined with others counts as shown only where "other" is
  shown beside it, in the same figure, part and line. *left out*: how many of the hidden are not there at all.
- *persons*: the sample behind the cells that are shown, summed over all figures, in thousands.
- *tables*: the largest share of employment (weighted) that one table by one dimension hides, and which; with `--tables` all of them.

The exact counts of `estimates.parquet` serve as weights only.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from attack.cells import joined_rows
from attack.rows import BOUNDED, CONFIDENTIAL, OTHER, SERIES, UNKNOWN_LEVELS

from informality.vocabulary import DIMENSIONS, HUB_KEYS, TOTAL

LINE = ("figure", "part", "variant", "concept", "universe", "branch", "law", "assumption", "scenario")
SHOWN = ("", "u", BOUNDED)
# What is told of whom: tables of these cover all employed persons.
TABLES = ("employment_distribution", "informal", "informal_sector", "coverage", "cover")


def figures(folder: Path) -> pd.DataFrame:
    """The cells of all figures of one survey and language, the line of each, and its place in it."""
    parts = [pd.read_csv(path, dtype=str, keep_default_na=False) for path in sorted(folder.glob("F*.csv"))]
    if not parts:
        return pd.DataFrame(columns=[*LINE, "row", "series", "flag", "estimate", "n"])
    cells = pd.concat(parts, ignore_index=True)
    for name in (*LINE, "row", "series"):
        if name not in cells:
            cells[name] = ""
    cells["n"] = pd.to_numeric(cells["n"].str.extract(r"(\d+)", expand=False), errors="coerce")
    return cells.fillna({"n": 0.0}).drop_duplicates([*LINE, "row", "series"])


def compared(before: pd.DataFrame, after: pd.DataFrame) -> dict[str, float]:
    """Numbers of cells of the first list, and what became of them."""
    keys = [*LINE, "row", "series"]
    both = before[[*keys, "flag"]].merge(after[[*keys, "flag"]], on=keys, how="left", suffixes=("", "_after"))
    other = after[after["flag"].isin(SHOWN)]
    is_other = [other[name].str.contains(rf"(?:^|:){OTHER}$") for name in ("row", "series")]
    by_row = {tuple(one) for one in other.loc[is_other[0], [*LINE, "series"]].to_numpy()}
    by_series = {tuple(one) for one in other.loc[is_other[1], [*LINE, "row"]].to_numpy()}
    lines = both[list(LINE)].to_numpy().tolist()
    stands = np.array(
        [
            (*line, series) in by_row or (*line, row) in by_series
            for line, row, series in zip(lines, both["row"], both["series"], strict=True)
        ],
        dtype=bool,
    )
    gone = both["flag_after"].isna().to_numpy()
    confidential = (both["flag_after"] == CONFIDENTIAL).to_numpy()
    hidden = (gone | confidential) & ~stands
    unreliable = ((both["flag"] == "x") & gone & ~stands).to_numpy()
    persons = [float(f.loc[f["flag"].isin(SHOWN), "n"].sum()) / 1000 for f in (before, after)]
    return {
        "cells": len(both),
        "hidden before": 100 * float((both["flag"] == CONFIDENTIAL).mean()),
        "hidden after": 100 * float(hidden.mean()),
        "left out": int((gone & hidden).sum()),
        "of them x before": int(unreliable.sum()),
        "in other": int(((gone | confidential) & stands).sum()),
        "persons before": persons[0],
        "persons after": persons[1],
    }


def tables(processed: Path) -> pd.DataFrame:
    """For each table of the employed by one dimension the share of weighted persons in levels that are confidential.

    Levels that are joined count as shown where the row of the joined is shown; people of whom the level is not known do not count.
    """
    hub = pd.read_parquet(processed / "estimates.parquet")
    published = pd.read_parquet(processed / "published.parquet")
    keys = list(HUB_KEYS)
    rows = published.merge(hub[[*keys, "population"]], on=keys, how="left", suffixes=("", "_exact"))
    weight = "population_exact" if "population_exact" in rows else "population"
    rows = rows[rows["universe"].isin(["employed", "asked"]) & rows["indicator"].isin(TABLES)]
    rows = rows[(rows["scenario"] == "") & (rows["statistic"].isin(["share", "total"]))]
    broken = rows[list(DIMENSIONS)].astype(str) != TOTAL
    rows = rows[broken.sum(axis=1) == 1]
    by = broken.loc[rows.index].idxmax(axis=1)
    level = pd.Series([rows.at[at, name] for at, name in by.items()], index=rows.index)
    rows = rows.assign(by=by, level=level, other=joined_rows(rows) & (level == OTHER))
    rows = rows[~rows["level"].isin(UNKNOWN_LEVELS)]
    group = ["by", "statistic", *SERIES]
    shown = rows[rows["other"] & rows["flag"].isin(SHOWN)].groupby(group).size()
    rows = rows[~rows["other"]]
    joined = (rows["flag_reason"] == "joined") & pd.MultiIndex.from_frame(rows[group]).isin(shown.index)
    # Of totals of few the base is shown; second standards of sensitive dimensions are left out by decision, the first is there.
    known = rows["flag_reason"].isin(["few_counted", "one_standard"])
    hidden = (rows["flag"] == CONFIDENTIAL) & ~joined & ~known
    rows = rows.assign(hidden=rows[weight].where(hidden, 0.0), all=rows[weight])
    found = rows.groupby(group)[["hidden", "all"]].sum().reset_index()
    found["share"] = 100 * found["hidden"] / found["all"].where(found["all"] > 0)
    return found.sort_values("share", ascending=False, ignore_index=True)


def report(before: Path, after: Path, language: str = "en") -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row for each survey that both runs have, and all tables by one dimension."""
    lines, every = [], []
    for folder in sorted((before / "figures").iterdir()):
        survey = folder.name
        there = after / "figures" / survey / language
        if not (folder / language).is_dir() or not there.is_dir():
            continue
        line: dict[str, object] = {"survey": survey, **compared(figures(folder / language), figures(there))}
        for when, root in (("before", before), ("after", after)):
            processed = root / "processed" / survey
            if not (processed / "published.parquet").is_file():
                continue
            found = tables(processed)
            every.append(found.assign(survey=survey, when=when))
            worst = found.iloc[0]
            line[f"table {when}"] = f"{worst['share']:.1f} {worst['indicator']} {worst['variant']} by {worst['by']}"
        lines.append(line)
    return pd.DataFrame(lines), pd.concat(every, ignore_index=True) if every else pd.DataFrame()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="What a release hides, before and after")
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--language", default="en")
    parser.add_argument("--tables", action="store_true", help="all tables that hide more than 2 per cent")
    given = parser.parse_args()
    lines, every = report(given.before, given.after, given.language)
    with pd.option_context("display.width", 250, "display.max_columns", 30, "display.max_colwidth", 60):
        print(lines.round(1).to_string(index=False))
        if given.tables and len(every):
            shown = every[every["share"] > 2][["survey", "when", "by", "indicator", "variant", "statistic", "share"]]
            print(shown.round(1).to_string(index=False))


if __name__ == "__main__":
    main()
