"""One job: staging, manifest, dropped files, messages."""

import json
import os
import stat
import tempfile
from pathlib import Path

import pytest

from informality.errors import UserError
from informality.job import PLAN, Job, run, scratch_name, settings_parameter
from informality.manifest import Manifest, file_digest, write_text

SETTINGS = {"lonely": "adjust", "languages": ["en"]}


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_text(PLAN, json.dumps({"raw": str(tmp_path / "raw"), "umask": 0o022, "settings": SETTINGS}))
    write_text(Path("raw/sub/x.csv"), "data")
    return tmp_path


def do(function, stage="ingest", inputs=(), keys=()):
    manifest = f"processed/x_1/{stage}.json"
    options = ["--settings", settings_parameter(SETTINGS, keys), "--decisions", "d", "--code", "c"]
    run(function, ["--manifest", manifest, *options, *map(str, inputs)])
    held = Manifest.read(Path(manifest))
    assert held is not None
    return held


def writer(**files):
    def stage(job: Job) -> None:
        for name, text in files.items():
            write_text(job.folder / name, text)

    return stage


def test_files_arrive_and_the_manifest_tells_of_them(here):
    held = do(writer(a="one", b="two"), inputs=["raw/sub/x.csv"])
    assert held.stage == "ingest"
    assert held.survey == "x_1"
    assert held.inputs == {"raw/sub/x.csv": file_digest(here / "raw/sub/x.csv")}
    assert held.outputs == {f"processed/x_1/{name}": file_digest(here / f"processed/x_1/{name}") for name in "ab"}
    assert not list(here.rglob("*.part*"))
    assert str(here) not in Path("processed/x_1/ingest.json").read_text()


def test_a_stage_is_given_the_files_of_earlier_stages_by_name(here):
    do(writer(**{"source.parquet": "s"}))
    seen = {}

    def stage(job):
        seen.update(job.inputs)
        write_text(job.folder / "checks/rules.csv", "r")

    held = do(stage, "harmonise", ["processed/x_1/ingest.json", here / "raw/sub/x.csv"])
    assert seen == {"source.parquet": Path("processed/x_1/source.parquet"), "raw": here / "raw/sub/x.csv"}
    assert set(held.inputs) == {"processed/x_1/source.parquet", "raw/sub/x.csv"}
    assert set(held.outputs) == {"processed/x_1/checks/rules.csv"}


def test_publishing_writes_into_the_folder_of_its_language():
    def stage(job):
        assert (job.stage, job.language) == ("publish", "lo")
        write_text(job.folder / "index.html", "page")

    assert set(do(stage, "publish_lo").outputs) == {"figures/x_1/lo/index.html"}


def test_a_stage_sees_only_the_settings_that_its_rule_declares():
    def stage(job):
        assert job.settings == {"lonely": "adjust"}

    assert do(stage, keys=["lonely"]).configuration != do(writer(), keys=["languages"]).configuration


def test_settings_that_changed_meanwhile_stop_the_job(here):
    write_text(PLAN, json.dumps({"raw": str(here), "umask": 0o022, "settings": SETTINGS | {"lonely": "fail"}}))
    with pytest.raises(SystemExit, match="the configuration changed"):
        do(writer(), keys=["lonely"])


@pytest.mark.parametrize(
    "error", [UserError("no column 'a'", where="f.yaml", todo="mend it"), ValueError("secret 4711")]
)
def test_a_failing_stage_changes_nothing(here, error):
    do(writer(a="old"))
    Path("processed/x_1/ingest.json").unlink()

    def stage(job):
        write_text(job.folder / "a", "new")
        raise error

    with pytest.raises(SystemExit):
        do(stage)
    assert Path("processed/x_1/a").read_text() == "old"
    assert not Path("processed/x_1/ingest.json").exists()
    assert not list(here.rglob("*.part*"))


def test_a_user_error_is_shown_alone():
    def stage(_):
        raise UserError("no column 'a'", where="f.yaml", todo="mend it")

    with pytest.raises(SystemExit) as end:
        do(stage)
    assert end.value.code == "no column 'a'\n  where:      f.yaml\n  what to do: mend it"


def test_a_fault_shows_frames_but_no_words_that_could_quote_a_person(monkeypatch):
    name = "Somchai"

    def stage(_):
        raise ValueError(f"cannot convert '{name}'")

    with pytest.raises(SystemExit) as end:
        do(stage)
    assert "Somchai" not in str(end.value.code)
    assert "in stage" in str(end.value.code)
    assert "ValueError" in str(end.value.code)
    monkeypatch.setenv("INFORMALITY_DEBUG", "1")
    with pytest.raises(SystemExit, match="Somchai"):
        do(stage)


def test_what_a_stage_no_longer_makes_is_removed():
    do(writer(a="1", b="2"))
    Path("processed/x_1/ingest.json").unlink()  # as Snakemake does before a job starts
    do(writer(a="3"))
    assert Path("processed/x_1/a").read_text() == "3"
    assert not Path("processed/x_1/b").exists()


def test_a_folder_goes_with_its_last_file():
    do(writer(**{"a": "1", "slide/b": "2"}))
    do(writer(a="1"))
    assert not Path("processed/x_1/slide").exists()


def test_a_file_that_another_stage_has_taken_over_stays():
    do(writer(a="1", b="2"))
    do(writer(b="taken over"), "harmonise")
    do(writer(a="1"))
    assert Path("processed/x_1/b").read_text() == "taken over"


def test_a_kept_file_counts_as_made():
    first = do(writer(a="1", b="2"), "publish_en")

    def stage(job):
        job.keep("a")
        write_text(job.folder / "b", "new")

    second = do(stage, "publish_en")
    assert second.outputs["figures/x_1/en/a"] == first.outputs["figures/x_1/en/a"]
    assert second.outputs["figures/x_1/en/b"] != first.outputs["figures/x_1/en/b"]


def test_an_earlier_stage_without_manifest_is_an_error():
    with pytest.raises(SystemExit, match="left no manifest"):
        do(writer(), "harmonise", ["processed/x_1/ingest.json"])


def rights(folder):
    return {
        path.relative_to(folder).as_posix(): stat.S_IMODE(path.stat().st_mode)
        for path in folder.rglob("*")
        if not path.name.startswith(".")
    }


@pytest.mark.parametrize("umask", [0o022, 0o002, 0o027])
def test_persons_are_the_owners_alone_and_figures_follow_the_users_umask(here, umask):
    write_text(PLAN, json.dumps({"raw": str(here / "raw"), "umask": umask, "settings": SETTINGS}))
    before = os.umask(umask)
    try:
        for text in ("first", "rerun"):
            do(writer(**{"persons.parquet": text, "checks/rules.csv": text}))
            do(writer(**{"a.png": text, "slide/b.png": text}), "publish_en")

        def keeps(job):
            write_text(here / "elsewhere", "")
            Path("processed/x_1/persons.parquet").chmod(0o644)
            job.keep("persons.parquet")

        do(keeps)
        assert os.umask(umask) == umask
    finally:
        os.umask(before)
    assert set(rights(here / "processed").values()) == {0o600, 0o700}
    assert rights(here / "figures") == {
        "x_1": 0o777 & ~umask,
        "x_1/en": 0o777 & ~umask,
        "x_1/en/a.png": 0o666 & ~umask,
        "x_1/en/slide": 0o777 & ~umask,
        "x_1/en/slide/b.png": 0o666 & ~umask,
    }
    assert stat.S_IMODE((here / "elsewhere").stat().st_mode) == 0o600


def test_temporary_files_of_a_job_lie_in_a_folder_of_its_own_and_go_with_it():
    before, seen = tempfile.gettempdir(), []

    def stage(_):
        with tempfile.NamedTemporaryFile(delete=False) as left:
            seen.append(Path(left.name))
        raise UserError("stopped")

    with pytest.raises(SystemExit):
        do(stage)
    assert seen[0].parent.name.startswith(scratch_name())
    assert not seen[0].parent.exists()
    assert tempfile.gettempdir() == before


def test_what_is_being_drawn_is_the_owners_alone_until_it_is_whole():
    def stage(job):
        write_text(job.folder / "sub/a.png", "")
        assert set(rights(job.folder).values()) == {0o600, 0o700}
        assert stat.S_IMODE(job.folder.stat().st_mode) == 0o700

    do(stage, "publish_en")
