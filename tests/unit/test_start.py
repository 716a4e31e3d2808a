"""The start of a run: selection, lock, healing, stale manifests."""

import fcntl
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from informality.errors import UserError
from informality.job import JOBS_LOCK, scratch_name, working
from informality.manifest import Manifest, file_digest, write_text
from informality.start import (
    RUN_LOCK,
    SHOWN,
    Run,
    choose,
    clear_scratch,
    close_to_others,
    description_digest,
    drop_stale,
    ends,
    families,
    family_stages,
    few,
    heal,
    looks_only,
    readable_errors,
    stages,
    take_lock,
    wait_for_jobs,
)


@dataclass
class Family:
    """Stands for a description: what `start` reads of it."""

    estimates: bool = True
    source: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(layout=None))
    waves: dict = field(default_factory=dict)
    title: str = "t"

    def model_dump(self, *, mode, exclude):
        assert mode == "json"
        return {
            name: value for name, value in {"title": self.title, "waves": self.waves}.items() if name not in exclude
        }


@dataclass
class Survey:
    id: str
    file_name: str | None
    wave: str = "w"
    family: Family = field(default_factory=lambda: Family(waves={"w": "1"}))
    absent: frozenset = frozenset()


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_text(Path("raw/sub/a.sav"), "a")
    return tmp_path


KNOWN = {name: Survey(name, file) for name, file in [("lfs_a", "a.sav"), ("lfs_b", "b.sav"), ("lao_lfs_demo", None)]}


def test_by_default_every_survey_whose_file_is_there_is_chosen(here):
    assert choose([], KNOWN, here / "raw") == {"lfs_a": (Path("raw/sub/a.sav"),)}


def test_without_a_file_the_demo_is_chosen(here):
    Path("raw/sub/a.sav").unlink()
    assert choose([], KNOWN, here / "raw") == {"lao_lfs_demo": (Path("processed/lao_lfs_demo/simulate.json"),)}


def test_wanted_surveys_are_chosen_exactly_and_in_their_order(here):
    assert list(choose(["lao_lfs_demo", "lfs_a", "lfs_a"], KNOWN, here / "raw")) == ["lao_lfs_demo", "lfs_a"]


def test_a_file_outside_the_working_directory_keeps_its_whole_path(tmp_path_factory):
    raw = tmp_path_factory.mktemp("elsewhere")
    write_text(raw / "a.sav", "a")
    assert choose(["lfs_a"], KNOWN, raw) == {"lfs_a": (raw / "a.sav",)}


def test_a_layout_beside_the_data_is_a_source_too(here):
    write_text(Path("raw/sub/layout.txt"), "l")
    fixed = Survey("lfs_a", "a.sav", family=Family(source=SimpleNamespace(layout="layout.txt")))
    assert choose(["lfs_a"], {"lfs_a": fixed}, here / "raw") == {
        "lfs_a": (Path("raw/sub/a.sav"), Path("raw/sub/layout.txt"))
    }


@pytest.mark.parametrize(
    ("wanted", "raw", "message"),
    [
        (["lfs_aa"], "raw", "did you mean 'lfs_a'"),
        (["lfs_b"], "raw", "b.sav"),
        ([], "nowhere", "raw folder does not exist"),
    ],
)
def test_what_cannot_be_chosen_is_said(here, wanted, raw, message):
    with pytest.raises(UserError, match=message):
        choose(wanted, KNOWN, here / raw)


def test_the_description_of_a_survey_does_not_change_with_another_wave():
    one = Survey("x_1", None, family=Family(waves={"w": "1"}), absent=frozenset("ab"))
    assert description_digest(one) == description_digest(replace(one, family=Family(waves={"w": "1", "v": "2"})))
    for other in (
        replace(one, family=Family(waves={"w": "other file"})),
        replace(one, family=Family(waves={"w": "1"}, title="u")),
        replace(one, absent=frozenset("a")),
    ):
        assert description_digest(other) != description_digest(one)


def test_one_run_at_a_time():
    first = take_lock()
    assert first is not None
    with pytest.raises(UserError, match="another run is at work"):
        take_lock()
    first.close()
    second = take_lock()
    assert second is not None
    second.close()
    assert RUN_LOCK.exists()


def test_a_job_that_outlived_its_run_is_noticed(monkeypatch):
    said = []
    waited = []
    real = fcntl.flock

    def flock(file, how):
        if how == fcntl.LOCK_EX:
            waited.append(how)
        else:
            real(file, how)

    monkeypatch.setattr(fcntl, "flock", flock)
    Path("processed").mkdir()
    wait_for_jobs(said.append)
    assert not said
    with working():
        assert JOBS_LOCK.exists()
        wait_for_jobs(said.append)
    assert waited == [fcntl.LOCK_EX]
    assert "still at work" in said[0]


def test_what_an_older_run_left_open_is_closed_and_the_rest_let_be(monkeypatch):
    write_text(Path("processed/x_1/persons.parquet"), "")
    write_text(Path(".snakemake/log/a.log"), "")
    said = []
    close_to_others(said.append)
    for place in (Path("processed"), Path(".snakemake")):
        assert not any(path.stat().st_mode & 0o077 for path in [place, *place.rglob("*")])
    assert Path("raw/sub/a.sav").stat().st_mode & 0o044 == 0o044
    assert said == []
    Path("processed/x_1").chmod(0o755)
    Path("processed/x_1/persons.parquet").chmod(0o644)
    monkeypatch.setattr(Path, "chmod", lambda *_: None)
    close_to_others(said.append)
    assert len(said) == 1
    assert "able to read processed/x_1 and 1 more:" in said[0]


def test_what_killed_jobs_of_this_folder_left_in_the_place_for_temporary_files_goes(here, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(here / "tmp"))
    for name in (f"{scratch_name()}a/unpacked/data", "informality-0123456789abcdef-b/data", "other/data"):
        write_text(here / "tmp" / name, "persons")
    (here / "tmp" / f"{scratch_name()}link").symlink_to(here / "raw")
    clear_scratch()
    assert sorted(path.name for path in (here / "tmp").iterdir() if not path.is_symlink()) == [
        "informality-0123456789abcdef-b",
        "other",
    ]
    assert (here / "raw/sub/a.sav").exists()


def test_healing_clears_locks_and_marks_and_nothing_else():
    for name in ("locks/0.output.lock", "incomplete/abc", "incomplete/@long/rest", "metadata/abc"):
        write_text(Path(".snakemake", name), "x")
    heal(Path(".snakemake"))
    assert [path.name for path in Path(".snakemake").rglob("*") if path.is_file()] == ["abc"]
    assert Path(".snakemake/metadata/abc").exists()
    heal(Path("no such folder"))


@pytest.mark.parametrize("acts", [True, False])
def test_a_stale_manifest_is_removed_in_a_run_and_named_in_a_look(here, acts):
    write_text(Path("processed/x_1/out"), "out")
    digest = file_digest(Path("processed/x_1/out"))
    for stage, found in (("good", digest), ("bad", "0" * 64)):
        Manifest(stage, "x_1", {}, "", "", {"processed/x_1/out": found}).write(Path(f"processed/x_1/{stage}.json"))
    write_text(Path("processed/x_1/card.json"), "{}")
    run = Run(None, here / "raw", ("x_1",), (), (), {}, {}, {}, acts=acts)
    said = []
    drop_stale(run, said.append)
    assert Path("processed/x_1/good.json").exists()
    assert Path("processed/x_1/card.json").exists()
    assert Path("processed/x_1/bad.json").exists() is not acts
    assert len(said) == 1
    assert "bad" in said[0]
    assert Path("processed/.digests.json").exists() is acts


@pytest.mark.parametrize(
    ("options", "looks"),
    [(["--cores", "all"], False), (["--summary"], True), (["--report=r.zip"], True), (["--config", "a=--dag"], False)],
)
def test_looking_is_told_from_running(options, looks):
    assert looks_only(options) is looks


def test_a_user_error_ends_the_process_with_its_message_alone(capsys):
    with pytest.raises(SystemExit) as end, readable_errors():
        raise UserError("wrong key", where="config.yaml")
    assert end.value.code == 1
    assert capsys.readouterr().err == "wrong key\n  where:      config.yaml\n"


def test_what_follows_a_missing_manifest_is_stale_too(here):
    for stage, read in (("a", None), ("b", "a"), ("c", "b"), ("d", None)):
        write_text(Path(f"processed/x_1/{stage}.txt"), stage)
        name = f"processed/x_1/{read}.txt"
        inputs = {name: file_digest(Path(name))} if read else {"raw/sub/a.sav": file_digest(Path("raw/sub/a.sav"))}
        outputs = {f"processed/x_1/{stage}.txt": file_digest(Path(f"processed/x_1/{stage}.txt"))}
        Manifest(stage, "x_1", inputs, "", "", outputs).write(Path(f"processed/x_1/{stage}.json"))
    run = Run(None, here / "raw", ("x_1",), (), (), {}, {}, {}, acts=True)
    said = []
    drop_stale(run, said.append)
    assert len(list(Path("processed/x_1").glob("*.json"))) == 4
    Path("processed/x_1/a.json").unlink()
    drop_stale(run, said.append)
    assert [path.stem for path in Path("processed/x_1").glob("*.json")] == ["d"]
    assert said == []


def test_a_survey_without_estimates_ends_after_harmonising():
    paths = stages(Survey("x_1", "a", family=Family(estimates=False)), ["en"])
    assert [path.stem for path in paths] == ["ingest", "harmonise"]
    assert ends(paths) == paths[-1:]


def test_a_survey_ends_with_a_publication_in_each_language():
    paths = stages(Survey("x_1", None), ["en", "lo"])
    work = ["simulate", "ingest", "harmonise", "classify", "cover", "estimate", "models", "govern"]
    assert [path.stem for path in paths] == [*work, "publish_en", "publish_lo"]
    assert ends(paths) == paths[-2:]


def test_long_lists_are_cut():
    assert few(["a"] * SHOWN) == ["a"] * SHOWN
    assert few(["a"] * (SHOWN + 3))[SHOWN:] == ["  … and 3 more"]


@dataclass
class OfFamily:
    id: str
    reference: tuple
    family: SimpleNamespace
    file_name: str | None = "x.sav"


def test_a_family_is_two_waves_or_more_in_the_order_of_time():
    lfs, other, poor = (SimpleNamespace(family=name, estimates=name != "poor") for name in ("lfs", "other", "poor"))
    chosen = [
        OfFamily("lfs_2", (2012, 2013), lfs),
        OfFamily("lfs_10", (2010, 2011), lfs),
        OfFamily("other_1", (2010, 2011), other),
        OfFamily("other_demo", (2010, 2011), other, None),
        OfFamily("poor_1", (2010, 2011), poor),
        OfFamily("poor_2", (2011, 2012), poor),
    ]
    assert families(chosen) == {"lfs": ("lfs_10", "lfs_2")}
    paths = [path.as_posix() for path in family_stages("lfs", ["en", "lo"])]
    assert paths == [
        f"processed/families/lfs/{name}.json" for name in ("compare", "trends", "govern", "publish_en", "publish_lo")
    ]
