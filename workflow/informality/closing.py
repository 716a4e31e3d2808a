"""The end of a run: what was made and where, or what failed and why, in a few lines."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from informality.job import FAULT, PROCESSED
from informality.manifest import Digests, Manifest, why_stale
from informality.start import DIGESTS, Run, few, manifests


def made(run: Run) -> str:
    """What this run made, per survey and language, every check that failed, and what looks wrong in a description."""
    new = [path for path in run.ends if path.exists() and path.stat().st_mtime_ns != run.before.get(path)]
    kept = len(run.ends) - len(new)
    text = ["", "Made:", *few([_line(path) for path in new])] if new else ["", "Nothing new."]
    if kept and new:
        text.append(f"  {kept} more {'was' if kept == 1 else 'were'} up to date")
    learn(run)
    return "\n".join([*text, *failed_checks(run.surveys), *warnings(run.places)])


def _line(path: Path) -> str:
    held = Manifest.read(path)
    if held is None:
        return f"  {path.as_posix()} cannot be read"
    # Editions under other laws lie in folders below and are counted with none of these.
    files = [Path(name) for name in sorted(held.outputs)]
    shallow = min((len(file.parts) for file in files), default=0)
    outputs = [file for file in files if len(file.parts) == shallow]
    pages = [file for file in outputs if file.name == "index.html"]
    figures = {file.stem for file in outputs if file.suffix == ".png"}
    books = [file.name for file in outputs if file.suffix == ".xlsx"]
    what = ", ".join([f"{len(figures)} figures"] * bool(figures) + books) or f"files: {len(outputs)}"
    where = pages[0] if pages else path.parent
    return f"  {held.survey}: {what} - {where.as_posix()}"


def failed_checks(surveys: Iterable[str]) -> list[str]:
    """Lines on the checks that failed, as ``checks/summary.json`` of each survey tells; none where all is well."""
    lines = _told(surveys, "failed")
    title = f"{len(lines)} failed {'check' if len(lines) == 1 else 'checks'}"
    return [f"{title} (details in processed/<survey>/checks/):", *few(lines)] if lines else []


def warnings(places: Iterable[str]) -> list[str]:
    """Lines on what is not plausible in files and descriptions, the first dozen of each survey; none where nothing is."""
    told = [_told([place], "warnings") for place in places]
    n = sum(map(len, told))
    title = f"{n} {'warning' if n == 1 else 'warnings'} (all in processed/<survey>/checks/warnings.csv):"
    return [title, *(line for lines in told for line in few(lines))] if n else []


def _told(surveys: Iterable[str], part: str) -> list[str]:
    lines = []
    for survey in surveys:
        path = PROCESSED / survey / "checks" / "summary.json"
        try:
            told = json.loads(path.read_bytes()).get(part, [])
        except (OSError, ValueError, AttributeError):
            continue
        lines += [f"  {survey}: {text}" for text in told]
    return lines


def failed(run: Run) -> str:
    """Which jobs failed, with the message that each left in its log."""
    lines = []
    for survey in run.places:
        for log in sorted((PROCESSED / survey / "logs").glob("*.log")):
            # A job that has ended well has a manifest; one that never began has no log.
            if not (PROCESSED / survey / f"{log.stem}.json").exists():
                lines.append(f"{survey}, {log.stem}: {_last_words(log)}")
    learn(run)
    return "\n".join(["", *few(lines), "What was made before is untouched. After mending, run the same command again."])


def _last_words(log: Path) -> str:
    words = log.read_text(encoding="utf-8", errors="replace").strip()
    if not words:
        return f"ended without a message; it may have been stopped, or memory ran out ({log.as_posix()})"
    if words.endswith(FAULT) or words.startswith("Traceback"):
        return f"{words.removesuffix(FAULT).strip().splitlines()[-1]} (a fault of the pipeline; frames in {log.as_posix()})"
    return words


def learn(run: Run) -> None:
    """Remember the digests of what was made, so that the next start need not read it again."""
    digests = Digests(DIGESTS)
    for _, held in manifests(run.places):
        why_stale(held, run.raw, digests)
    digests.save()
