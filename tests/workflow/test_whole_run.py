"""The pipeline as a newcomer runs it: the plain command in a copy without any survey file, and what goes wrong in real life."""

import hashlib
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pypdfium2
import pytest
import yaml

from informality import start
from informality.errors import UserError
from informality.publish.edition import FORMATS
from informality.vocabulary import DIMENSIONS

pytestmark = pytest.mark.workflow

ROOT = Path(__file__).parents[2]
DEMO = "lao_lfs_demo"
FIGURES = tuple(f"F{at:02}" for at in range(1, 20))


def copy_to(folder: Path) -> Path:
    for name in ("Snakefile", "pyproject.toml"):
        shutil.copy2(ROOT / name, folder / name)
    shutil.copytree(ROOT / "workflow", folder / "workflow", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    for name in ("raw", "processed", "figures"):
        (folder / name).mkdir()
    return folder


def snakemake(folder: Path, *options: str, umask: int = -1) -> subprocess.CompletedProcess[str]:
    # Compiled modules are kept in the copy, so that not every job compiles the package.
    environment = {**os.environ, "PYTHONPATH": str(folder / "workflow"), "PYTHONDONTWRITEBYTECODE": ""}
    command = [sys.executable, "-m", "snakemake", "--cores", "2", *options]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600, check=False, umask=umask
    )


def digests(folder: Path) -> dict[str, str]:
    files = (f for f in sorted(folder.rglob("*")) if f.is_file())
    return {f.relative_to(folder).as_posix(): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = copy_to(tmp_path_factory.mktemp("demo"))
    run = snakemake(folder, umask=0o022)
    assert run.returncode == 0, run.stderr[-3000:]
    return folder, run


@pytest.fixture(scope="module")
def again(tmp_path_factory):
    """Another run of another kind of user, from nothing but an older survey's persons; it also exports the classified persons."""
    folder = copy_to(tmp_path_factory.mktemp("again"))
    old = folder / "processed" / "old_survey" / "persons.parquet"
    old.parent.mkdir()
    old.touch(0o644)
    run = snakemake(folder, "--config", "export=true", umask=0o002)
    assert run.returncode == 0, run.stderr[-3000:]
    return folder


def test_the_plain_command_makes_the_demo_and_says_where(demo):
    folder, run = demo
    out = folder / "figures" / DEMO / "en"
    for figure in FIGURES:
        for suffix in FORMATS:
            assert len(list(out.glob(f"{figure}-*.{suffix}"))) == 1, f"{figure}.{suffix}"
    assert (out / "tables.xlsx").is_file()
    assert {"T61", "T62", "T64", "T65", "T66"} <= set(openpyxl.load_workbook(out / "tables.xlsx").sheetnames)
    assert f"figures/{DEMO}/en/index.html" in run.stdout + run.stderr


def test_published_models_hold_no_value_of_a_confidential_level(demo):
    folder, _ = demo
    processed = folder / "processed" / DEMO
    published = pd.read_parquet(processed / "published_models.parquet")
    cells = pd.read_parquet(processed / "model_cells.parquet")
    assert len(published) == len(pd.read_parquet(processed / "models.parquet"))
    sides = cells.groupby(["model", "term", "level"])
    few = (sides["n"].min() < 10) | (sides["n_psu"].min() < 3)
    confidential = pd.MultiIndex.from_tuples(few.index[few & (sides["n"].sum() > 0)])
    assert len(confidential) > 5
    values = ["estimate", "se", "ci_low", "ci_high", "p", "n_level", "n"]
    levels = published.set_index(["model", "term", "level"])
    assert levels.loc[levels.index.isin(confidential), values].isna().all(axis=None)
    assert published.loc[published["flag"].isin(["x", ":c", ":"]), values[:5]].isna().all(axis=None)
    assert published.loc[published["flag"].isin(["", "u"]) & (published["part"] != "fit"), "estimate"].notna().all()
    counts = published[["n", "n_level", "n_reference"]].stack().dropna()
    assert (counts % 10 == 0).all()


def test_scenarios_of_the_demo_reach_the_hub_and_what_is_published(demo):
    processed = demo[0] / "processed" / DEMO
    hub, published = (pd.read_parquet(processed / f"{name}.parquet") for name in ("estimates", "published"))
    told = {one["scenario"]: one for one in json.loads((processed / "coverage.json").read_text())["scenarios"]}
    found = hub[hub["scenario"] != ""]
    assert set(told) | {"all"} == set(found["scenario"])
    assert len(published[published["scenario"] != ""]) == len(found)
    # Nobody was asked for health insurance, so nothing is added to any branch.
    health = found[found["scenario"] == "lao_health_insurance"]
    assert health[["branch", "state"]].to_numpy().tolist() == [["medical_care", "not_computable"]]
    assert told["lao_health_insurance"]["not_computable"] == [["medical_care", [["no_evidence", "medical_care"]]]]
    assert told["lao_coffee_and_tea"]["upper_bound"]
    national = (found[list(DIMENSIONS)] == "_T").all(axis=1)

    def value(indicator, scenario, assumption="central", category="", rows=national):
        keys = {
            "indicator": indicator,
            "scenario": scenario,
            "assumption": assumption,
            "category": category,
            "statistic": "total",
        }
        return found[rows & (found[list(keys)] == list(keys.values())).all(axis=1)]["estimate"].sum()

    # Covered persons of the headline, and the voluntary members of the administration.
    headline = hub[
        (hub["indicator"] == "coverage")
        & (hub["branch"] == "old_age")
        & (hub["law"] == "")
        & (hub["universe"] == "employed")
    ]
    headline = headline[(headline[list(DIMENSIONS)] == "_T").all(axis=1) & (headline["statistic"] == "total")]
    before = value("scenario_coverage", "all", "", "before")
    assert before == pytest.approx(headline["estimate"].item() + 26793)
    gains = {name: value("scenario_gain_in_order", name) for name, one in told.items() if one["order"]}
    assert min(gains.values()) > 0
    assert sum(gains.values()) == pytest.approx(value("scenario_gain_in_order", "all"))
    assert before + sum(gains.values()) == pytest.approx(value("scenario_coverage", "all", category="after_all"))
    for name, gain in gains.items():
        assert value("scenario_gain_last", name) <= gain * (1 + 1e-12)
        assert gain <= value("scenario_gain_alone", name) * (1 + 1e-12)
        for dimension in ("sex", "industry", "industry3"):
            parts = value("scenario_gain_in_order", name, rows=found[dimension] != "_T")
            assert parts == pytest.approx(gain)


def pages_of(path: Path) -> list[str]:
    """The text of each page; PDFium is not slowed by the outlines of figures."""
    document = pypdfium2.PdfDocument(path)
    return [page.get_textpage().get_text_range() for page in document]


def test_everything_made_from_the_demo_says_so(demo):
    folder, _ = demo
    out = folder / "figures" / DEMO / "en"
    assert json.loads((folder / "processed" / DEMO / "published_card.json").read_text())["marks"] == ["simulated"]
    assert "SIMULATED DATA" in (out / "index.html").read_text()
    assert json.loads((out / "findings.json").read_text())["marks"] == ["SIMULATED DATA"]
    with zipfile.ZipFile(out / "tables.xlsx") as book:
        assert "SIMULATED DATA" in book.read("xl/sharedStrings.xml").decode()
    assert all("SIMULATED DATA" in page for page in pages_of(out / "report.pdf"))
    with zipfile.ZipFile(out / "report.docx") as word:
        headers = [word.read(name).decode() for name in word.namelist() if name.startswith("word/header")]
    assert any("SIMULATED DATA" in header for header in headers)
    for table in sorted(out.glob("*.csv")):
        assert "SIMULATED DATA" in table.read_text(), table.name


def test_no_output_names_the_place_where_it_was_made(demo):
    folder, _ = demo
    kept = [
        *(folder / "figures").rglob("*"),
        *(folder / "processed").rglob("*.json"),
        *(folder / "processed").rglob("*.csv"),
    ]
    for file in kept:
        if file.is_file() and not file.name.startswith("."):
            assert str(folder).encode() not in file.read_bytes(), file.name


def test_figures_hold_no_rows_of_persons(demo):
    folder, _ = demo
    for table in (folder / "figures").rglob("*.csv"):
        # Only 22 industries by ten classes of coverage need more lines than any other figure.
        most = 300 if table.name.startswith("F26-") else 200
        # Some twenty dataflows stand in one file.
        most = 600 if table.name == "ilostat.csv" else most
        assert len(table.read_text().splitlines()) < most, table.name


def test_two_runs_write_the_same_bytes(demo, again):
    for part in ("figures", f"processed/{DEMO}/checks"):
        assert digests(again / part) == digests(demo[0] / part)
    for name in (
        "source.sav",
        "persons.parquet",
        "classified.parquet",
        "estimates.parquet",
        "published.parquet",
        "published_models.parquet",
    ):
        ours, theirs = (place / "processed" / DEMO / name for place in (again, demo[0]))
        assert ours.read_bytes() == theirs.read_bytes(), name


def test_nothing_to_do_the_second_time(demo):
    run = snakemake(demo[0])
    assert run.returncode == 0
    assert "Nothing to be done" in run.stdout + run.stderr


def stops(folder: Path, *options: str) -> str:
    """Run, expect one readable message and whole old outputs; returns what was printed."""
    before = digests(folder / "figures")
    run = snakemake(folder, *options)
    text = run.stdout + run.stderr
    assert run.returncode != 0
    assert "Traceback" not in text
    assert digests(folder / "figures") == before
    return text


def edited(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def broken(demo, tmp_path):
    """A copy of the finished demo that a test may break."""
    folder = tmp_path / "copy"
    shutil.copytree(demo[0], folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture
def fresh(tmp_path, monkeypatch):
    """A copy in which nothing has been made, as the working directory of this process."""
    folder = copy_to(tmp_path)
    monkeypatch.chdir(folder)
    return folder


def refused(**config: object) -> str:
    """What the Snakefile's first lines print of a start that is refused: the same call, without Snakemake around it."""
    given = yaml.safe_load(Path("workflow/config.yaml").read_text(encoding="utf-8")) | config
    with pytest.raises(UserError) as error:
        start.begin(given, main=True, dry=False, options=[], umask=0o022)
    assert not any(Path("processed").iterdir())
    return str(error.value)


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("workflow/surveys/lao_lfs.yaml", "hl04 = 1", "hl_04 = 1", ["hl_04", "lao_lfs.yaml", "sex", "'hl04'"]),
        ("workflow/config.yaml", "lonely:", "lonly:", ["lonly", "config.yaml", "'lonely'"]),
    ],
)
def test_a_misspelling_stops_the_run_with_file_key_and_nearest_word(broken, name, old, new, said):
    edited(broken, name, old, new)
    text = stops(broken)
    for part in said:
        assert part in text


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("standards/icls17.yaml", "registered = 'yes'", "registered = 'yse'", ["yse", "icls17.yaml", "U5", "'yes'"]),
        ("config.yaml", "sensitive_indicators: []", "sensitive_indicators: [infomal]", ["infomal", "'informal'"]),
        ("surveys/lao_lfs.yaml", "country:", "contry:", ["contry", "lao_lfs.yaml", "'country'"]),
        ("estimates.yaml", "[settlement]", "[settlment]", ["settlment", "estimates.yaml", "'settlement'"]),
        (
            "report/ilostat.yaml",
            "indicator: informal,",
            "indicator: infomal,",
            ["infomal", "ilostat.yaml", "dataflows.EMP_NIFL_SEX_AGE_RT", "'informal'"],
        ),
    ],
)
def test_a_misspelling_in_any_decision_is_found_at_the_start(fresh, name, old, new, said):
    edited(fresh, f"workflow/{name}", old, new)
    text = refused()
    for part in said:
        assert part in text


def test_persons_are_exported_only_on_request_and_never_to_the_figures(demo, again):
    """The figures of both runs are the same, as another test sees."""
    assert not (demo[0] / "processed" / DEMO / "export").exists()
    exported = again / "processed" / DEMO / "export"
    assert {path.name for path in exported.iterdir()} == {"persons.sav", "persons.dta"}
    assert digests(again / "figures").keys() == digests(demo[0] / "figures").keys()
    held = json.loads((again / "processed" / DEMO / "export.json").read_text())
    assert sorted(held["outputs"]) == [f"processed/{DEMO}/export/persons.{suffix}" for suffix in ("dta", "sav")]


@pytest.mark.parametrize(("made", "umask"), [("demo", 0o022), ("again", 0o002)])
def test_whatever_holds_persons_or_exact_statistics_is_its_owners_alone(request, made, umask):
    given = request.getfixturevalue(made)
    folder = given if isinstance(given, Path) else given[0]

    def rights(place: str) -> dict[str, int]:
        paths = [folder / place, *(folder / place).rglob("*")]
        return {path.relative_to(folder).as_posix(): stat.S_IMODE(path.lstat().st_mode) for path in paths}

    processed, snakemakes, figures = (rights(place) for place in ("processed", ".snakemake", f"figures/{DEMO}"))
    names = ["source.sav", "source.parquet", "persons.parquet", "estimates.parquet", "checks", "logs"]
    assert {f"processed/{DEMO}/{name}" for name in names} <= processed.keys()
    if made == "again":
        names = ["export/persons.sav", "logs/export.log", "../old_survey/persons.parquet"]
        assert {os.path.normpath(f"processed/{DEMO}/{name}") for name in names} <= processed.keys()
    assert {name: oct(mode) for name, mode in processed.items() if mode not in (0o600, 0o700)} == {}
    # Snakemake gives its records to the group, in folders that let nobody in.
    records = (".snakemake/metadata/", ".snakemake/incomplete/")
    assert {name: oct(mode) for name, mode in snakemakes.items() if mode & 0o077 and not name.startswith(records)} == {}
    assert any(name.endswith(".snakemake.log") for name in snakemakes)
    files = {name: oct(mode) for name, mode in figures.items() if (folder / name).is_file()}
    assert set(files.values()) == {oct(0o666 & ~umask)}
    assert {oct(mode) for name, mode in figures.items() if name not in files} == {oct(0o777 & ~umask)}


def test_a_wanted_file_that_is_missing_is_named(broken):
    text = stops(broken, "--config", "surveys=[ecu_enemdu_2021q1]")
    assert "enemdu_2021_enero_marzo_spss.zip" in text
    assert "raw/README.md" in text


def test_the_real_lao_survey_asks_for_its_design_columns(broken):
    (broken / "raw" / "LAO_LFS_2017_M3_25062018.dta").write_bytes(b"<stata_dta>")
    text = stops(broken, "--config", "surveys=[lao_lfs_2017]")
    assert "design columns are not declared yet: stratum, psu" in text
    assert "lao_lfs.yaml" in text


def test_a_truncated_file_is_said_to_be_damaged(broken):
    source = (broken / "processed" / DEMO / "source.sav").read_bytes()
    with zipfile.ZipFile(broken / "raw" / "enemdu_2021_enero_marzo_spss.zip", "w") as archive:
        archive.writestr("enemdu.sav", source[: len(source) // 2])
    text = stops(broken, "--config", "surveys=[ecu_enemdu_2021q1]")
    assert re.search(r"incomplete|damaged|no column", text)


@pytest.mark.parametrize(
    "answers", [("Somphone", "Nakhamxieng"), ("Somphone", "0205551", "213.2875", "48127.53", "17")]
)
def test_a_file_without_a_header_shows_its_first_person_nowhere(broken, answers):
    """Not on the screen, not in our logs, and not in Snakemake's, which people send around."""
    with zipfile.ZipFile(broken / "raw" / "enemdu_2021_enero_marzo_spss.zip", "w") as archive:
        archive.writestr("enemdu.sav", ",".join(answers) + "\n" + ",".join("1" for _ in answers) + "\n")
    text = stops(broken, "--config", "surveys=[ecu_enemdu_2021q1]")
    assert re.search("names of (the )?columns", text)
    logs = [*broken.glob("processed/ecu_enemdu_2021q1/logs/*"), *broken.glob(".snakemake/log/*")]
    assert any("names" in path.read_text() for path in logs)
    shown = text + "".join(path.read_text() for path in logs)
    assert [answer for answer in answers if len(answer) > 2 and answer in shown] == []


def test_an_archive_with_two_data_files_is_refused(broken):
    with zipfile.ZipFile(broken / "raw" / "enemdu_2021_enero_marzo_spss.zip", "w") as archive:
        archive.writestr("a.sav", b"$FL2")
        archive.writestr("b.sav", b"$FL2")
    text = stops(broken, "--config", "surveys=[ecu_enemdu_2021q1]")
    assert "a.sav" in text
    assert "b.sav" in text


def test_two_files_of_one_name_are_refused(fresh):
    for place in ("one", "two"):
        (fresh / "raw" / place).mkdir()
        (fresh / "raw" / place / "enemdu_2021_enero_marzo_spss.zip").write_bytes(b"PK")
    text = refused(surveys=["ecu_enemdu_2021q1"])
    assert "one" in text
    assert "two" in text
