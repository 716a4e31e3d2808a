"""The start of a run: choose the surveys, take the lock, heal what a killed run left, close to others what holds persons, drop
manifests that no longer hold.

Called while the Snakefile is parsed, so nothing heavy is imported here.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

from informality.decisions import FOLDER
from informality.errors import UserError, nearest
from informality.files import withdraw, write_text
from informality.job import JOBS_LOCK, PLAN, PROCESSED, scratch_name
from informality.manifest import RAW, Code, Digests, Manifest, files_digest, value_digest, why_stale

RUN_LOCK = PROCESSED / ".run.lock"
DIGESTS = PROCESSED / ".digests.json"
# The digest of decisions and program that were found in order last.
CHECKED = PROCESSED / ".checked"
# Folders below workflow/ that hold no decisions, or what Python leaves behind.
PROGRAM = ("informality", "rules", "scripts", "profiles", "__pycache__", "informality.egg-info")
SNAKEMAKE = Path(".snakemake")
# Where what is made of several waves of a family lies, below processed/ and figures/.
FAMILIES = "families"
DEMO = "lao_lfs_demo"
# Lines shown of one kind; the rest is counted.
SHOWN = 12
# Keys of the configuration that are taken whole from the command line; of `thresholds` single ones may be given.
WHOLE = ("variants",)
AFTER = "a step before it is to be made again"
# Options with which Snakemake looks and makes nothing: then nothing is locked, healed or removed. A dry run is known otherwise.
LOOKING = frozenset({
    "--dag", "--rulegraph", "--filegraph", "--d3dag", "--summary", "-S", "--detailed-summary", "-D",
    "--lint", "--list-rules", "--list", "-l", "--list-target-rules", "--lt", "--list-changes", "--lc", "--list-input-changes", "--li",
    "--list-params-changes", "--lp", "--list-untracked", "--lu", "--print-compilation", "--report",
})  # fmt: skip


@dataclass
class Run:
    """What the Snakefile needs to know of this run.

    ``targets``: every manifest of the surveys; ``ends``: those for which the run is made. ``sources``: survey → the files that
    its first stage reads. ``families``: family → its waves in this run, in the order of time, where they are two or more.
    ``descriptions``: survey → digest of its description. ``countries``: survey → its country as file names of
    laws begin. ``code``: the modules of the package, of which each rule has a digest. ``before``: manifest → its time at the
    start, to tell at the end what was made.
    """

    settings: Any
    raw: Path
    surveys: tuple[str, ...]
    targets: tuple[Path, ...]
    ends: tuple[Path, ...]
    sources: Mapping[str, tuple[Path, ...]]
    descriptions: Mapping[str, str]
    countries: Mapping[str, str]
    acts: bool
    code: Code = field(default_factory=Code)
    families: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    before: Mapping[Path, int] = field(default_factory=dict)
    lock: IO[str] | None = None

    @property
    def publishing_threads(self) -> int:
        """Processors of a job that draws: one survey in one language is drawn by two, several jobs go side by side."""
        jobs = (len(self.surveys) + len(self.families)) * len(self.settings.languages)
        return 2 if jobs == 1 else 1

    @property
    def places(self) -> tuple[str, ...]:
        """Folders below processed/ with manifests of this run: those of surveys, then of families."""
        return (*self.surveys, *(f"{FAMILIES}/{family}" for family in self.families))


@contextmanager
def readable_errors() -> Iterator[None]:
    """Print a `UserError` alone and end the process with 1, before Snakemake wraps it into a traceback."""
    try:
        yield
    except UserError as error:
        print(error, file=sys.stderr)
        sys.exit(1)


def begin(
    config: Mapping[str, Any],
    *,
    main: bool,
    dry: bool,
    options: Sequence[str],
    umask: int,
    given: Mapping[str, Any] = MappingProxyType({}),
    say: Callable[[str], None] | None = None,
) -> Run:
    """Everything that happens before Snakemake builds its graph.

    ``main``: False in the processes that Snakemake starts for single jobs, which must neither lock nor remove anything.
    ``given``: the part of the configuration that the command line gave. ``dry`` and ``options`` (the command line) tell a run from a
    look. ``umask``: the user's own, for what may be shared. Raises `UserError`.
    """
    from informality import settings as configuration
    from informality.survey import description

    say = say or (lambda text: print(text, file=sys.stderr))
    acts = main and not dry and not looks_only(options)
    if acts:
        close_to_others(say)
    # Snakemake mixes a mapping of the command line into that of the file: with other variants those of the file would stay.
    settings = configuration.load({**config, **{key: given[key] for key in WHOLE if key in given}})
    raw = Path(settings.raw).resolve()
    known = description.surveys(description.load_families(FOLDER / "surveys"))
    sources = choose(settings.surveys, known, raw)
    series = families([known[survey] for survey in sources])
    chains = [stages(known[survey], settings.languages, settings.export) for survey in sources]
    chains += [family_stages(family, settings.languages) for family in series]
    code = Code()
    if acts:
        _check(settings, [known[survey] for survey in sources], code, series=bool(series))
    run = Run(
        settings=settings,
        raw=raw,
        surveys=tuple(sources),
        targets=tuple(path for paths in chains for path in paths),
        ends=tuple(path for paths in chains for path in ends(paths)),
        sources=sources,
        descriptions={survey: description_digest(known[survey]) for survey in sources},
        countries={survey: known[survey].family.iso3.lower() for survey in sources},
        acts=acts,
        code=code,
        families=series,
        lock=take_lock() if acts else None,
    )
    if acts:
        wait_for_jobs(say)
        heal(SNAKEMAKE)
        if run.lock:
            clear_scratch()
        clear_logs(run.places)
        plan = {"raw": str(raw), "umask": umask, "settings": settings.model_dump(mode="json")}
        write_text(PLAN, json.dumps(plan, indent=1, sort_keys=True))
    if main:
        drop_stale(run, say)
        run.before = {path: path.stat().st_mtime_ns for path in run.targets if path.exists()}
    return run


def looks_only(options: Iterable[str]) -> bool:
    """True where the command line asks Snakemake to look, not to run."""
    return any(option.partition("=")[0] in LOOKING for option in options)


def _check(settings: Any, chosen: Sequence[Any], code: Code, *, series: bool) -> None:
    """`decided.check`, unless the same decisions have been found in order by the same program before."""
    files = (file for file in FOLDER.rglob("*") if file.is_file() and not set(PROGRAM) & set(file.parts))
    names = [survey.id for survey in chosen]
    key = value_digest([
        files_digest(FOLDER, files), code.digest(Path(__file__)), settings.model_dump(mode="json"), names, series,
    ])  # fmt: skip
    if CHECKED.is_file() and CHECKED.read_text(encoding="utf-8") == key:
        return
    from informality import decided

    decided.check(FOLDER, settings, chosen, series=series)
    write_text(CHECKED, key)


def choose(wanted: Sequence[str], known: Mapping[str, Any], raw: Path) -> dict[str, tuple[Path, ...]]:
    """Survey → source files: exactly the wanted surveys, or every described one whose file is there, else the demo.

    Raises `UserError` for an unknown survey, and for a wanted survey whose file is missing or found twice.
    """
    from informality.survey.locate import find_file

    for survey in wanted:
        if survey not in known:
            raise UserError(
                f"no survey '{survey}' is described",
                where="surveys in workflow/config.yaml or on the command line",
                todo=f"{nearest(survey, known)} (surveys are described in workflow/surveys/*.yaml)",
            )
    chosen = list(wanted)
    if not wanted:
        if not raw.is_dir():
            raise UserError(
                "the raw folder does not exist", where=str(raw), todo="make it, or name another: --config raw=FOLDER"
            )
        files = {name: survey.file_name for name, survey in sorted(known.items())}
        chosen = [name for name, file in files.items() if file and find_file(raw, file)] or [DEMO]
    return {survey: _source(known[survey], raw) for survey in dict.fromkeys(chosen)}


def _source(survey: Any, raw: Path) -> tuple[Path, ...]:
    """The raw file and, for fixed width, its layout; for a survey without a file the manifest of the simulator.

    Relative to the working directory where that is possible, so that the whole folder can be moved.
    """
    from informality.survey.locate import require_file

    if survey.file_name is None:
        return (PROCESSED / survey.id / "simulate.json",)
    data = require_file(raw, survey.file_name, survey=survey.id)
    layout = data.parent / (survey.family.source.layout or "")
    here = Path.cwd()
    found = [data, layout] if layout.is_file() else [data]
    return tuple(path.relative_to(here) if path.is_relative_to(here) else path for path in found)


def description_digest(survey: Any) -> str:
    """The digest of all that is declared of one survey; another wave of the family does not change it."""
    parts = {field.name: getattr(survey, field.name) for field in fields(survey)}
    parts["family"] = survey.family.model_dump(mode="json", exclude={"waves", "differences"})
    return value_digest([parts, survey.family.waves[survey.wave]])


def stages(survey: Any, languages: Iterable[str], export: bool = False) -> list[Path]:
    """The manifests of a survey, in the order of the work; ``export``: also that of the classified microdata.

    All are targets of a run: Snakemake does not remake a missing file in the middle of a chain whose end is there.
    """
    names = ["simulate"] if survey.file_name is None else []
    names += ["ingest", "harmonise"]
    if survey.family.estimates:
        names += [
            "classify",
            *(["export"] if export else []),
            "cover",
            "estimate",
            "models",
            "govern",
            *(f"publish_{language}" for language in languages),
        ]
    return [PROCESSED / survey.id / f"{name}.json" for name in names]


def families(chosen: Iterable[Any]) -> dict[str, tuple[str, ...]]:
    """Family → its waves among the chosen surveys, in the order of time; only families with two waves of which estimates are made.

    What the simulator makes is no wave of a series.
    """
    found: dict[str, list[Any]] = {}
    for survey in chosen:
        if survey.family.estimates and survey.file_name is not None:
            found.setdefault(survey.family.family, []).append(survey)
    ordered = {family: sorted(waves, key=lambda s: (s.reference, s.id)) for family, waves in sorted(found.items())}
    return {family: tuple(wave.id for wave in waves) for family, waves in ordered.items() if len(waves) > 1}


def family_stages(family: str, languages: Iterable[str]) -> list[Path]:
    """The manifests of what is made of the waves of a family, in the order of the work."""
    names = ["compare", "trends", "govern", *(f"publish_{language}" for language in languages)]
    return [PROCESSED / FAMILIES / family / f"{name}.json" for name in names]


def ends(paths: Sequence[Path]) -> list[Path]:
    """The manifests for which a survey is run: those of publishing, or the last one where nothing is published."""
    return [path for path in paths if path.stem.startswith("publish_")] or list(paths[-1:])


def close_to_others(say: Callable[[str], None]) -> None:
    """Take from other users what an earlier run, or Snakemake before it read the Snakefile, left readable; say what could not be taken.

    Snakemake's own folder is closed as well: its logs and records quote messages, commands and the machine's paths.
    """
    left = withdraw((PROCESSED, SNAKEMAKE))
    if left:
        more = f" and {len(left) - 1} more" if len(left) > 1 else ""
        say(
            f"Other users of this machine may be able to read {left[0].as_posix()}{more}: the rights cannot be changed."
            " It belongs to another user, or the disk knows no rights; keep the whole folder where only you can read it."
        )


def take_lock() -> IO[str] | None:
    """Lock this folder for the life of the process; None where the system or the file system has no such locks.

    Raises `UserError` where another run holds it. The system frees the lock when a process ends, however it ends.
    """
    try:
        import fcntl
    except ImportError:
        return None
    PROCESSED.mkdir(exist_ok=True)
    file = RUN_LOCK.open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise UserError(
            "another run is at work in this folder", where=str(RUN_LOCK), todo="wait until it has ended, then run again"
        ) from None
    except OSError:
        file.close()
        return None
    return file


def wait_for_jobs(say: Callable[[str], None]) -> None:
    """Wait for jobs that outlived a killed run, so that none of them overwrites what this run makes."""
    try:
        import fcntl
    except ImportError:
        return
    with JOBS_LOCK.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("A job of an earlier run is still at work; waiting for it to end.")
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError:
            return


def heal(snakemake: Path) -> None:
    """Remove the locks and marks that a killed run left in Snakemake's own folder.

    Only for the holder of the run's lock. The marks say that a declared output may be half written; here that is always a
    manifest, which is replaced by rename.
    """
    for name in ("locks", "incomplete"):
        folder = snakemake / name
        for entry in sorted(folder.iterdir()) if folder.is_dir() else ():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink(missing_ok=True)


def clear_scratch() -> None:
    """Remove temporary files that killed jobs of this working directory left: they may hold persons. Only while no job is at work."""
    for left in Path(tempfile.gettempdir()).glob(f"{scratch_name()}*"):
        # Anybody may make names in a folder for temporary files.
        if left.is_dir() and not left.is_symlink() and left.stat().st_uid == os.getuid():
            shutil.rmtree(left, ignore_errors=True)


def clear_logs(surveys: Iterable[str]) -> None:
    """Remove the logs of earlier runs, so that a log tells of this one."""
    for survey in surveys:
        for log in (PROCESSED / survey / "logs").glob("*.log"):
            log.unlink(missing_ok=True)


def manifests(surveys: Iterable[str]) -> Iterator[tuple[Path, Manifest]]:
    """Every manifest of the surveys, with its path, in stable order."""
    for survey in surveys:
        for path in sorted((PROCESSED / survey).glob("[!.]*.json")):
            held = Manifest.read(path)
            if held is not None:
                yield path, held


def drop_stale(run: Run, say: Callable[[str], None]) -> None:
    """Remove each manifest that no longer holds, so that Snakemake remakes it; only say so on a look.

    A manifest holds while its files are as it says and every file that it read is vouched for by another that holds.
    """
    digests = Digests(DIGESTS)
    held = dict(manifests(run.places))
    reasons = {path: reason for path, manifest in held.items() if (reason := why_stale(manifest, run.raw, digests))}
    while True:
        vouched = {item for path, manifest in held.items() if path not in reasons for item in manifest.outputs.items()}
        orphans = [path for path, manifest in held.items() if path not in reasons and not _read(manifest) <= vouched]
        if not orphans:
            break
        reasons |= dict.fromkeys(orphans, AFTER)
    verb = "will be" if run.acts else "would be"
    roots = [path for path in reasons if reasons[path] != AFTER]
    for line in few([f"{held[path].survey}: {path.stem} {verb} made again: {reasons[path]}" for path in roots]):
        say(line)
    if run.acts:
        for path in reasons:
            path.unlink(missing_ok=True)
        digests.save()


def _read(manifest: Manifest) -> set[tuple[str, str]]:
    return {item for item in manifest.inputs.items() if not item[0].startswith(f"{RAW}/")}


def few(lines: list[str]) -> list[str]:
    """The first lines, and how many there are besides."""
    return lines if len(lines) <= SHOWN else [*lines[:SHOWN], f"  … and {len(lines) - SHOWN} more"]
