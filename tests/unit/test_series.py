"""A family from persons to its page: estimate, govern and publish, each with what the one before wrote."""

from __future__ import annotations

import csv
import hashlib
import os
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from support import ROOT
from unit import small_series
from unit.small_series import SICK_LEAVE, laid_out

from informality import frames
from informality.errors import UserError
from informality.estimate.trends.stage import trends_job
from informality.govern.family import govern_family_job
from informality.govern.trends import PUBLISHED_TREND_COLUMNS
from informality.job import Job
from informality.publish.edition import FORMATS
from informality.publish.family import publish_family_job
from informality.settings import Thresholds
from informality.vocabulary import DIMENSIONS

SETTINGS = {
    "lonely": "adjust",
    "thresholds": Thresholds.model_validate({}).model_dump(),
    "languages": ["en"],
    "figure_formats": ["page"],
}
NAMES = {*(f"F37-trend.{suffix}" for suffix in FORMATS), "tables.xlsx", "index.html"}


def national(table: pd.DataFrame, indicator: str = "informal") -> pd.DataFrame:
    rows = table[(table["indicator"] == indicator) & (table[list(DIMENSIONS)] == "_T").all(axis=1)]
    return rows.sort_values(["comparison", "plus"]) if "plus" in rows else rows.sort_values("wave")


def differences(folder: Path, **changes: dict[str, Any]) -> pd.DataFrame:
    inputs = laid_out(folder, {name.removeprefix("w"): change for name, change in changes.items()})
    trends_job(Job("trends", "families/toy", "", inputs, SETTINGS, folder, folder))
    return frames.read(folder / "trends.parquet")


def governed(folder: Path, **changes: dict[str, Any]) -> dict[str, Path]:
    differences(folder, **changes)
    inputs = {f"{p.parent.name}/{p.name}": p for p in folder.glob("toy_*/published*")}
    inputs["trends.parquet"] = folder / "trends.parquet"
    govern_family_job(Job("govern", "families/toy", "", inputs, SETTINGS, folder, folder))
    names = ("published_waves.parquet", "published_trends.parquet", "published_family.json")
    return {name: folder / name for name in names}


def published(folder: Path, inputs: dict[str, Path], language: str = "en") -> Path:
    out = folder / language
    out.mkdir(exist_ok=True)
    publish_family_job(Job("publish", "families/toy", language, inputs, SETTINGS, out, out))
    return out


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return governed(tmp_path_factory.mktemp("series"))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of a run with the decisions of the repository."""
    (tmp_path / "workflow").symlink_to(ROOT / "workflow")
    (tmp_path / "processed" / "families" / "toy").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(autouse=True, scope="module")
def _from_the_root() -> Any:
    before = Path.cwd()
    os.chdir(ROOT)
    yield
    os.chdir(before)


def test_a_wave_is_shown_as_it_publishes_itself(series: dict[str, Path]) -> None:
    waves = frames.read(series["published_waves.parquet"])
    for wave in small_series.WAVES:
        theirs = national(small_series.hub(wave).query("concept == 'icls19' and statistic == 'share'"))
        ours = national(waves[waves["wave"] == wave])
        exact = theirs.loc[theirs["assumption"] == ""]
        step = 0.001 if ours["decimals"].item() else 0.01
        assert abs(ours["estimate"].item() - exact["estimate"].item()) <= step / 2 + 1e-12
        assert 0 <= exact["ci_low"].item() - ours["ci_low"].item() < step
        assert abs(ours["n"].item() - exact["n"].item()) <= 5


def test_differences_are_those_of_the_published_estimates(series: dict[str, Path]) -> None:
    waves, table = (frames.read(series[f"published_{name}.parquet"]) for name in ("waves", "trends"))
    assert list(table.columns) == list(PUBLISHED_TREND_COLUMNS)
    at = national(waves).set_index("wave")["estimate"]
    rows = national(table)
    assert rows[["plus", "minus", "comparison"]].to_numpy().tolist() == [
        ["2012", "2010", "consecutive"],
        ["2015", "2012", "consecutive"],
        ["2015", "2010", "first_last"],
    ]
    gaps = at[rows["plus"]].to_numpy() - at[rows["minus"]].to_numpy()
    assert rows["estimate"].to_numpy() == pytest.approx(gaps, abs=0.0111), "each is rounded for itself"
    assert (rows["p_holm"] >= rows["p_value"]).all()


def test_a_break_stops_what_rests_on_it_and_nothing_else(tmp_path: Path) -> None:
    table = differences(tmp_path, w2010={"break_points": [SICK_LEAVE]})
    jobs = national(table)
    assert jobs[["plus", "minus", "why", "breaks"]].to_numpy().tolist() == [
        ["2012", "2010", "break", "old.0"],
        ["2015", "2012", "", ""],
    ]
    refused = jobs.iloc[0]
    assert refused["state"] == "not_computable"
    assert np.isnan(refused[["estimate", "se", "p_value", "ci_low"]].astype(float)).all()
    for indicator in ("informal_sector", "cover"):
        assert set(national(table, indicator)["why"]) == {""}, indicator
    # A break of everything.
    everything = {**SICK_LEAVE, "of": None}
    table = differences(tmp_path / "all", w2010={"break_points": [everything]})
    assert set(table.loc[table["minus"] == "2010", "why"]) == {"break"}


def test_a_breakdown_breaks_by_itself(tmp_path: Path) -> None:
    area = {**SICK_LEAVE, "of": ["area"]}
    table = differences(tmp_path, w2010={"break_points": [area]})
    old = table[table["minus"] == "2010"]
    assert set(old.loc[old["area"] != "_T", "why"]) == {"break"}
    assert set(old.loc[old["area"] == "_T", "why"]) == {""}


def test_waves_of_another_sample_or_of_none_are_independent(tmp_path: Path) -> None:
    joined = national(differences(tmp_path / "one"))
    apart = national(differences(tmp_path / "two", w2012={"sample": "Sample of 2011"}))
    unnamed = national(differences(tmp_path / "three", **{f"w{wave}": {"sample": ""} for wave in small_series.WAVES}))
    errors = [
        national(small_series.hub(wave).query("concept == 'icls19' and statistic == 'share' and assumption == ''"))[
            "se"
        ].item()
        for wave in ("2012", "2010")
    ]
    independent = np.hypot(*errors)
    for table in (apart, unnamed):
        assert table.iloc[0]["se"] == pytest.approx(independent, rel=1e-10)
    assert joined.iloc[0]["se"] != pytest.approx(independent, rel=1e-6)


def test_replicates_and_calibrations_tell_no_covariance(tmp_path: Path) -> None:
    made = {"sampling": {"replicates": {"make": "jkn"}}}
    table = national(differences(tmp_path, w2012=made))
    assert table["why"].tolist() == ["no_covariance", "no_covariance", ""]


def test_published_estimates_of_another_run_are_refused(tmp_path: Path) -> None:
    differences(tmp_path)
    path = tmp_path / "toy_2012" / "published.parquet"
    other = frames.read(path)
    frames.write(other.assign(estimate=other["estimate"] + 0.01), path)
    inputs = {f"{p.parent.name}/{p.name}": p for p in tmp_path.glob("toy_*/published*")}
    job = Job(
        "govern",
        "families/toy",
        "",
        {**inputs, "trends.parquet": tmp_path / "trends.parquet"},
        SETTINGS,
        tmp_path,
        tmp_path,
    )
    with pytest.raises(UserError, match="not those of the published estimates"):
        govern_family_job(job)


def test_the_edition_of_a_family_is_whole_and_the_same_twice(series: dict[str, Path], here: Path) -> None:
    first = published(here, series)
    assert {path.name for path in first.iterdir()} == NAMES
    before = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in first.iterdir()}
    for path in [*first.iterdir(), *Path("processed/families/toy").iterdir()]:
        path.unlink()
    published(here, series)
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in first.iterdir()} == before
    times = {path.name: path.stat().st_mtime_ns for path in first.iterdir()}
    published(here, series)
    assert {path.name: path.stat().st_mtime_ns for path in first.iterdir()} == times, "nothing has changed"


def test_tables_have_a_line_for_each_wave_and_each_comparison(here: Path) -> None:
    inputs = governed(
        here / "in",
        w2010={"break_points": [SICK_LEAVE]},
        w2012={"reference": "Q2 2012", "reference_from": "2012-04-01"},
    )
    book = openpyxl.load_workbook(published(here, inputs) / "tables.xlsx")
    assert book.sheetnames[1:3] == ["T91", "T92"]
    waves, changes = ([list(row) for row in book[name].iter_rows(values_only=True)] for name in ("T91", "T92"))
    start = next(at for at, row in enumerate(waves) if row[0] == "Indicator") + 1
    first = waves[start : start + 3]
    assert [row[:4] for row in first] == [
        ["Informal employment, 17th ICLS standard", "Total", "Total", f"Q{q} {y}"]
        for q, y in ((3, 2010), (2, 2012), (3, 2015))
    ]
    remarks = [row[-1] for row in first]
    assert remarks[:2] == ["", "Q2 2012: another part of the year, Break: sick leave"]
    start = next(at for at, row in enumerate(changes) if row[0] == "Indicator") + 1
    refused = changes[start]
    assert refused[3:5] == ["Q2 2012", "Q3 2010"]
    assert refused[5:8] == [None, None, None]
    assert refused[-1].endswith("not compared: sick leave")
    made = changes[start + 1]
    assert made[3:5] == ["Q3 2015", "Q2 2012"]
    assert made[6] < made[5] < made[7]
    assert made[8] in ("higher", "lower", "unclear", "no clear difference")
    assert 0 <= made[9] <= 1


def test_a_mark_of_one_wave_is_a_mark_of_all(here: Path) -> None:
    out = published(here, governed(here / "in", w2012={"marks": ["simulated"]}))
    assert "SIMULATED DATA" in (out / "index.html").read_text(encoding="utf-8")
    with (out / "F37-trend.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["mark"] for row in rows} == {"SIMULATED DATA"}
    assert {row["survey"] for row in rows} == {"toy"}
    assert {row["variant"] for row in rows} == {"icls17", ""}, "cover rests on no standard"


def test_a_family_without_anything_in_common_says_so(series: dict[str, Path], here: Path) -> None:
    """No two waves yield one concept: no comparison, and nothing to show but why."""
    inputs = dict(series)
    for name in ("published_waves.parquet", "published_trends.parquet"):
        inputs[name] = frames.write(frames.read(series[name]).head(0), here / name)
    out = published(here, inputs)
    assert {path.name for path in out.iterdir()} == {"tables.xlsx", "index.html"}
    notes = [row[0] for row in openpyxl.load_workbook(out / "tables.xlsx")["Notes"].iter_rows(values_only=True)]
    for item in ("F37", "T91", "T92"):
        assert any(note and note.startswith(f"{item} ") for note in notes), item
