"""Ingest in a process of its own: files as before, messages as before, and words for the death of a reader."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from support import ROOT
from unit.survey.mutants import write
from unit.survey.small_family import survey

from informality import frames
from informality.errors import UserError
from informality.job import FAULT, PLAN, settings_parameter
from informality.manifest import Manifest
from informality.survey.apart import death
from informality.survey.ingest import ingest
from informality.survey.reading import Begun, reading
from informality.survey.source import DataFile, SourceSpec

INGEST = """
import sys
from informality.job import run
from informality.survey.apart import ingest_apart
run(ingest_apart, sys.argv[1:])
"""
# Done by every Python of a job before all else: only the one that reads notices.
DESCRIBED = """
import os, signal, sys
import pyreadstat
from informality.survey import stage
from unit.survey.small_family import survey
stage.described = lambda _: survey()
"""
DIES = "pyreadstat.read_sav = lambda *_, **__: os.kill(os.getpid(), signal.{})"
SPEAKS = "import informality.survey.ingest as i\nof = i.sha256\ni.sha256 = lambda file: os.write(1, b'a library speaks') and of(file)"
MANIFEST = Path("processed/toy_lfs_2017q3/ingest.json")


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "raw").mkdir()
    (tmp_path / PLAN).parent.mkdir()
    (tmp_path / PLAN).write_text(json.dumps({"raw": str(tmp_path / "raw"), "umask": 0o022, "settings": {}}))
    write(tmp_path / "raw", "compressed.sav").rename(tmp_path / "raw/toy.sav")
    return tmp_path


def start(folder: Path, before: str = "") -> subprocess.Popen[str]:
    (folder / "sitecustomize.py").write_text(DESCRIBED + textwrap.dedent(before))
    options = ["--settings", settings_parameter({}, []), "--decisions", "d", "--code", "c"]
    command = [sys.executable, "-c", INGEST, "--manifest", str(MANIFEST), *options, "raw/toy.sav"]
    way = os.pathsep.join(map(str, (folder, ROOT / "workflow", ROOT / "tests")))
    environment = os.environ | {"PYTHONPATH": way, "TMPDIR": str(folder)}
    return subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def said(folder: Path, before: str = "") -> tuple[int, str]:
    """The job's exit code and its log; where it fails, nothing may be left over."""
    with start(folder, before) as process:
        text, _ = process.communicate(timeout=120)
    left = [path.name for path in [*folder.glob("processed/*/*"), *folder.glob("processed/*/.*")]]
    assert bool(left) == (process.returncode == 0)
    assert not list(folder.glob("informality-*")), "temporary files are cleared"
    return process.returncode, text


def test_the_files_are_those_of_a_reading_in_the_same_process(here: Path) -> None:
    assert said(here, SPEAKS) == (0, "a library speaks")
    frame, facts = ingest(survey(), here / "raw/toy.sav")
    home = here / MANIFEST.parent
    assert frames.read(home / "source.parquet").equals(frame)
    assert json.loads((home / "source.json").read_text())["sha256"] == facts.sha256
    held = Manifest.read(here / MANIFEST)
    assert held is not None
    assert sorted(Path(name).name for name in held.outputs) == ["source.json", "source.parquet"]


def test_a_message_arrives_once_and_alone(here: Path) -> None:
    (here / "raw/toy.sav").write_bytes((here / "raw/toy.sav").read_bytes()[:-50])
    code, text = said(here)
    assert code == 1
    assert text.startswith("the file is incomplete or damaged (it promises 120 rows and holds 119)\n")
    assert text.count("what to do:") == 1


@pytest.mark.parametrize("name", ["SIGSEGV", "SIGABRT", "SIGBUS"])
def test_the_death_of_a_reader_is_a_damaged_file(here: Path, name: str) -> None:
    code, text = said(here, DIES.format(name))
    assert code == 1
    assert text.startswith("the file is incomplete or damaged\n")
    assert "raw/toy.sav: an SPSS file (.sav, .zsav)" in text
    assert "memory" not in text
    assert FAULT not in text


def test_a_reader_that_is_killed_was_stopped_from_outside(here: Path) -> None:
    code, text = said(here, DIES.format("SIGKILL"))
    assert code == 1
    assert "reading was stopped from outside (SIGKILL)" in text
    assert "damaged" not in text


def test_a_fault_of_ours_is_called_so_and_quotes_nothing(here: Path) -> None:
    code, text = said(here, "import informality.survey.ingest as i\ni.sha256 = lambda _: int('Som' + 'phone')\n")
    assert code == 1
    assert text.rstrip().endswith(FAULT)
    assert "ValueError" in text
    assert "Somphone" not in text


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
def test_the_reader_ends_with_a_job_that_is_killed(here: Path) -> None:
    sleeps = "import time\ndef sleep(*_, **__):\n    open('reads', 'w').write(str(os.getpid()))\n    time.sleep(60)\npyreadstat.read_sav = sleep\n"
    with start(here, sleeps) as process:
        while not (here / "reads").exists() or not (here / "reads").read_text():
            assert process.poll() is None
            time.sleep(0.02)
        reader = int((here / "reads").read_text())
        assert reader != process.pid
        process.kill()
    end = time.monotonic() + 10
    while Path(f"/proc/{reader}").exists() and "zombie" not in Path(f"/proc/{reader}/status").read_text():
        assert time.monotonic() < end, "the reader lives on"
        time.sleep(0.02)


def test_what_is_not_reading_is_not_blamed_on_the_file(tmp_path: Path) -> None:
    (tmp_path / "f.sav").write_bytes(b"data")
    begun = json.dumps(vars(Begun(str(tmp_path / "f.sav"), "f.sav", "sav", "it promises 3 rows"))).encode() + b"\n"
    assert "damaged (it promises 3 rows)" in str(death(signal.SIGSEGV, b"{}\n" + begun))
    assert "damaged" in str(death(signal.SIGSEGV, begun + b'{"orig')), "a line that breaks off says nothing"
    assert isinstance(death(signal.SIGSEGV, begun + b"{}\n"), RuntimeError)
    assert isinstance(death(signal.SIGSEGV, b""), RuntimeError)
    assert "stopped from outside" in str(death(signal.SIGTERM, b""))


@pytest.mark.parametrize(
    "error", [IndexError("Somphone"), MemoryError(), TypeError(), RecursionError(), OSError("Somphone")]
)
def test_whatever_a_library_raises_is_a_damaged_file(tmp_path: Path, error: Exception) -> None:
    (tmp_path / "f.sav").write_bytes(b"data")
    with (
        pytest.raises(UserError) as told,
        reading(DataFile(tmp_path / "f.sav", SourceSpec("f"), tmp_path / "f.sav"), "dta", rows=3),
    ):
        raise error
    assert told.value.what == "the file is incomplete or damaged (it promises 3 rows)"
    assert "a Stata file (.dta), 4 bytes" in told.value.where
    assert "Somphone" not in str(told.value)


def test_a_disk_that_fails_and_a_machine_that_is_too_small_are_no_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "f.sav").write_bytes(b"data")
    file = DataFile(tmp_path / "f.sav", SourceSpec("f"), tmp_path / "f.sav")
    with pytest.raises(UserError, match="cannot be read: Input/output error"), reading(file, "sav"):
        raise OSError(5, os.strerror(5))
    with pytest.raises(UserError, match="GiB of memory"), reading(file, "parquet", rows=10**9, columns=10**5):
        pytest.fail("nothing is read")
    monkeypatch.setattr("informality.survey.reading._room", lambda: 1000)
    with pytest.raises(UserError, match="GiB of memory"), reading(file, "parquet", rows=20, columns=1):
        raise MemoryError
    with pytest.raises(UserError, match="damaged"), reading(file, "parquet", rows=2, columns=1):
        raise MemoryError


def test_a_reader_stopped_from_the_keyboard_says_so(here: Path) -> None:
    # What a shell starts in the background ignores this signal, and so would the reader.
    heard = "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    code, text = said(here, heard + DIES.format("SIGINT") + " or sys.exit(3)")
    assert (code, text) == (1, "stopped from the keyboard\n")
