"""What a run says at its end."""

from pathlib import Path

import pytest

from informality.closing import failed, failed_checks, made, warnings
from informality.job import FAULT
from informality.manifest import Manifest, file_digest, write_text
from informality.start import SHOWN, Run


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    surveys = ("x_1", "x_2")
    targets = tuple(Path(f"processed/{survey}/publish_en.json") for survey in surveys)
    return Run(None, tmp_path / "raw", surveys, targets, targets, {}, {}, {}, acts=True)


def publish(survey, *names):
    files = [Path("figures", survey, "en", name) for name in names]
    for file in files:
        write_text(file, "x")
    path = Path("processed", survey, "publish_en.json")
    Manifest("publish", survey, {}, "", "", {file.as_posix(): file_digest(file) for file in files}).write(path)
    return path


def test_what_was_made_is_counted_and_placed(run):
    publish("x_1", "F01-a.png", "F01-a.svg", "F02-b.png", "tables.xlsx", "index.html")
    publish("x_2", "index.html")
    said = made(run)
    assert "x_1: 2 figures, tables.xlsx - figures/x_1/en/index.html" in said
    assert Path("processed/.digests.json").exists()


def test_editions_under_other_laws_are_not_counted(run):
    publish(
        "x_1",
        "F26-a.png",
        "tables.xlsx",
        "index.html",
        "counterfactual/aaa_1999/F26-a.png",
        "counterfactual/aaa_1999/index.html",
    )
    assert "x_1: 1 figures, tables.xlsx - figures/x_1/en/index.html" in made(run)


def test_only_what_is_new_is_named(run):
    old = publish("x_1", "index.html")
    run.before = {old: old.stat().st_mtime_ns}
    publish("x_2", "index.html")
    said = made(run)
    assert "x_1:" not in said
    assert "x_2:" in said
    assert "1 more was up to date" in said


def test_failed_checks_are_visible(run):
    assert failed_checks(run.surveys) == []
    write_text(Path("processed/x_2/checks/summary.json"), '{"failed": ["Infempl: 3 rows differ"]}')
    assert "1 failed check" in made(run)
    assert "x_2: Infempl: 3 rows differ" in made(run)


def test_many_failed_checks_are_cut(run):
    texts = ", ".join(f'"c{i}"' for i in range(SHOWN + 5))
    write_text(Path("processed/x_1/checks/summary.json"), f'{{"failed": [{texts}]}}')
    assert failed_checks(run.surveys)[-1] == "  … and 5 more"


def test_warnings_are_told_apart_from_failed_checks(run):
    assert warnings(run.surveys) == []
    write_text(
        Path("processed/x_1/checks/summary.json"), '{"failed": [], "warnings": ["variables.sex.male holds for nobody"]}'
    )
    said = made(run)
    assert "1 warning (all in processed/<survey>/checks/warnings.csv):" in said
    assert "x_1: variables.sex.male holds for nobody" in said
    assert "failed" not in said


def test_a_failed_job_is_named_with_its_message(run):
    Manifest("ingest", "x_1", {}, "", "", {}).write(Path("processed/x_1/ingest.json"))
    write_text(Path("processed/x_1/logs/ingest.log"), "a warning of a job that ended well")
    write_text(Path("processed/x_1/logs/classify.log"), "no column 'a'\n  what to do: mend it\n")
    write_text(Path("processed/x_2/logs/ingest.log"), "")
    write_text(Path("processed/x_2/logs/estimate.log"), f'  File "a.py", line 1\nKeyError: withheld\n{FAULT}')
    said = failed(run)
    assert "a warning" not in said
    assert "x_1, classify: no column 'a'\n  what to do: mend it" in said
    assert "x_2, ingest: ended without a message" in said
    assert (
        "x_2, estimate: KeyError: withheld (a fault of the pipeline; frames in processed/x_2/logs/estimate.log)" in said
    )
