"""One job: read what it is to do from the command line, call one stage function, put its files in place, write the manifest.

A stage function gets a `Job`, writes into ``job.folder`` and returns nothing. That folder is a staging place: only after the
function has ended well do its files replace the old ones, all together and by rename. A job that fails or is killed therefore
leaves everything as it was. What it writes is its owner's alone; only what arrives below ``figures/`` is for others too.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from informality.errors import UserError
from informality.files import OTHERS, make_folder, private, set_rights
from informality.manifest import RAW, Manifest, file_digest, value_digest

PROCESSED = Path("processed")
FIGURES = Path("figures")
# Held shared by every job, so that a new run can wait for jobs whose run was killed.
JOBS_LOCK = PROCESSED / ".jobs.lock"
# Written at the start of a run: the raw root, the user's umask, and the configuration, of which each job is told what it may read.
PLAN = PROCESSED / ".run.json"
DEBUG = "INFORMALITY_DEBUG"
FAULT = "This is a fault of the pipeline, not of your data or files: please report it."
# Their messages name files, modules and sizes. Any other may quote a value of a person, which no log may hold.
HARMLESS = (OSError, ImportError, MemoryError, NotImplementedError)


@dataclass(frozen=True)
class Job:
    """What a stage function is given.

    ``survey``: its folder below ``processed/``; that of a family is ``families/<family>``.
    ``inputs``: name of a file in the survey's folder (``persons.parquet``), or ``raw`` and ``layout`` for files below the raw root,
    → path. A file of another survey has that survey's name before its own.
    ``settings``: the part of the configuration that the rule declares; another key is a KeyError, so that nothing is read
    unseen. ``folder``: where to write. ``home``: where those files will lie, with those of the last run still there. ``threads``:
    processors that the job may use.
    """

    stage: str
    survey: str
    language: str
    inputs: Mapping[str, Path]
    settings: Mapping[str, Any]
    folder: Path
    home: Path
    threads: int = 1

    def keep(self, name: str) -> Path:
        """Take over the file ``name`` of the last run unchanged; returns its path in ``folder``."""
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(self.home / name, target)
        return target


def run(function: Callable[[Job], object], argv: Sequence[str] | None = None) -> None:
    """Do the job that the command line describes; ends the process with 1 and a readable message on error."""
    arguments = _parser().parse_args(argv)
    with ended_well(), private(), working():
        _do(function, arguments)


@contextmanager
def ended_well() -> Iterator[None]:
    """Where the block does not end well, end the process with 1 and a readable message."""
    try:
        yield
    except UserError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("stopped from the keyboard")
    except Exception as error:
        sys.exit(_fault(error))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="One stage of one survey; called by the rules in workflow/rules/.")
    parser.add_argument(
        "--manifest", type=Path, required=True, help="the manifest to write; names stage, survey, language"
    )
    parser.add_argument(
        "--settings", required=True, help="keys of the configuration that the stage reads, and their digest"
    )
    parser.add_argument("--decisions", required=True, help="digest of the decisions that the stage reads")
    parser.add_argument("--threads", type=int, default=1, help="processors that the job may use")
    parser.add_argument("--code", required=True, help="digest of the stage's code")
    parser.add_argument(
        "--only", nargs="+", default=["*"], help="patterns of the files of earlier stages that are handed over"
    )
    parser.add_argument("inputs", nargs="*", type=Path, help="manifests of earlier stages, or raw files")
    return parser


def _do(function: Callable[[Job], object], arguments: argparse.Namespace) -> None:
    target: Path = arguments.manifest
    stage, _, language = target.stem.partition("_")
    survey = target.parent.relative_to(PROCESSED).as_posix()
    plan = json.loads(PLAN.read_bytes())
    settings = _settings(plan["settings"], arguments.settings)
    paths, digests = _inputs(arguments.inputs, survey, Path(plan["raw"]), arguments.only)
    home = FIGURES / survey / language if language else PROCESSED / survey
    umask = plan["umask"] if language else OTHERS
    folder = home / f".{target.stem}.part"
    shutil.rmtree(folder, ignore_errors=True)
    make_folder(home, umask)
    folder.mkdir()
    try:
        with scratch():
            function(Job(stage, survey, language, paths, settings, folder, home, arguments.threads))
        outputs = _settle(folder, home, target, umask)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    Manifest(
        stage=stage,
        survey=survey,
        inputs=digests,
        configuration=value_digest([settings, arguments.decisions]),
        code=arguments.code,
        outputs=outputs,
    ).write(target)


def settings_parameter(settings: Mapping[str, Any], keys: Sequence[str]) -> str:
    """Keys of the configuration (``thresholds.hide_below``: one of a mapping) and a digest of their values: what a rule hands to its job,
    and reruns by when it changes.
    """
    part = _chosen(settings, sorted(keys))
    return f"{','.join(part)}:{value_digest(part)}"


def _chosen(settings: Mapping[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    parts = {key: key.partition(".") for key in keys}
    return {key: settings[name][part] if part else settings[name] for key, (name, _, part) in parts.items()}


def _settings(settings: Mapping[str, Any], parameter: str) -> dict[str, Any]:
    keys = [key for key in parameter.partition(":")[0].split(",") if key]
    if settings_parameter(settings, keys) != parameter:
        raise UserError(
            "the configuration changed while the run was at work", where=str(PLAN), todo="run the same command again"
        )
    return _chosen(settings, keys)


def _inputs(
    given: Sequence[Path], survey: str, raw: Path, only: Sequence[str]
) -> tuple[dict[str, Path], dict[str, str]]:
    """Paths by the name that a stage uses, and digests by the name in the manifest.

    An input below ``processed/`` is the manifest of an earlier stage and stands for that stage's files.
    """
    paths: dict[str, Path] = {}
    digests: dict[str, str] = {}
    for path in given:
        if path.is_relative_to(PROCESSED):
            earlier = Manifest.read(path)
            if earlier is None:
                raise UserError(
                    "a stage before this one left no manifest", where=str(path), todo="run the same command again"
                )
            for name, digest in earlier.outputs.items():
                short = _short(name, survey)
                if any(fnmatch(short, pattern) for pattern in only):
                    paths[short], digests[name] = Path(name), digest
        else:
            # The data file comes first; a fixed-width file is followed by its layout.
            paths["layout" if RAW in paths else RAW] = path
            digests[f"{RAW}/{path.absolute().relative_to(raw).as_posix()}"] = file_digest(path)
    return paths, digests


def _short(name: str, survey: str) -> str:
    """``persons.parquet`` for a file of the job's own survey, ``<other survey>/published.parquet`` for one of another."""
    return name.removeprefix(f"{PROCESSED.as_posix()}/").removeprefix(f"{survey}/")


def _settle(folder: Path, home: Path, target: Path, umask: int) -> dict[str, str]:
    """Move the staged files home, with the rights that ``umask`` leaves, and remove what the last run of this stage made and this one did not."""
    staged = sorted(file for file in folder.rglob("*") if file.is_file())
    names = [file.relative_to(folder) for file in staged]
    outputs = {(home / name).as_posix(): file_digest(file) for name, file in zip(names, staged, strict=True)}
    # Snakemake removes the manifest before the job starts, so the list of what a stage owns lies beside it, hidden.
    owned_list = target.with_name(f".{target.name}")
    owned = Manifest.read(owned_list)
    for name, file in zip(names, staged, strict=True):
        make_folder((home / name).parent, umask)
        set_rights(file, umask)
        file.replace(home / name)
    for dropped in sorted(set(owned.outputs if owned else ()) - set(outputs) - _owned_by_others(target)):
        Path(dropped).unlink(missing_ok=True)
        with suppress(OSError):  # a folder that holds something else stays
            Path(dropped).parent.rmdir()
    Manifest(target.stem, target.parent.name, {}, "", "", outputs).write(owned_list)
    return outputs


def _owned_by_others(target: Path) -> set[str]:
    shown = (path for path in target.parent.glob("*.json") if not path.name.startswith("."))
    others = (Manifest.read(path) for path in shown if path != target)
    return {name for other in others if other for name in other.outputs}


def scratch_name() -> str:
    """How the names of temporary folders of this working directory begin."""
    return f"informality-{value_digest(str(Path.cwd()))}-"


@contextmanager
def scratch() -> Iterator[None]:
    """Temporary files (a survey's file, unpacked) lie in a folder of this user alone that the next run finds, should this job be killed."""
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix=scratch_name()) as folder:
        tempfile.tempdir = folder
        try:
            yield
        finally:
            tempfile.tempdir = before


@contextmanager
def working() -> Iterator[None]:
    """Hold the shared lock of all jobs while one is at work; nothing where the system has no such locks."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    JOBS_LOCK.parent.mkdir(exist_ok=True)
    with JOBS_LOCK.open("a") as file:
        with suppress(OSError):  # some network file systems have no locks
            fcntl.flock(file, fcntl.LOCK_SH)
        yield


def _fault(error: Exception) -> str:
    """A fault of the pipeline itself, as text: frames and kind always, words only where they cannot quote a person."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    open_words = isinstance(error, HARMLESS) or os.environ.get(DEBUG)
    words = str(error) if open_words else f"(message withheld, it may quote data; {DEBUG}=1 shows it)"
    return f"{frames}{type(error).__name__}: {words}\n{FAULT}"
