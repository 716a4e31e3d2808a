"""Digests, and the manifest that says what a job read, with what, and what it made.

A job declares its manifest as its only output and writes it last. A manifest holds digests and relative names only: no clock,
no host, no absolute path, so that two runs of the same work write the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from informality.files import write_text

PACKAGE = Path(__file__).parent
# Not counted as code of a stage: the wording of messages and the machinery itself change no output.
WITHOUT_EFFECT = ("errors", "files", "job", "manifest")
# First part of the name of an input that lies below the raw root, wherever that root is on this machine.
RAW = "raw"
# A dotted name of this package, wherever it stands, and what is imported from it. Too much found costs a needless rerun at worst.
_NAMED = re.compile(rb"\b(informality(?:\.\w+)*)(?:[ \t]+import[ \t]*(\([^)]*\)|[^\n]+))?")


def file_digest(path: Path) -> str:
    """The sha256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def value_digest(value: Any) -> str:
    """A digest of data (mappings, lists, sets, text, numbers, dates, pydantic models), whatever the order of its keys.

    Sixteen hexadecimal digits of the sha256: enough to tell a change, and short where a command shows it.
    """
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (date, Path)):
        return str(value)
    raise TypeError(f"no digest of {type(value).__name__}")


def files_digest(folder: Path, files: Iterable[Path]) -> str:
    """One digest over names below ``folder`` and contents of ``files``; their order does not matter."""
    return value_digest({file.relative_to(folder).as_posix(): file_digest(file) for file in set(files)})


class Code:
    """The modules of the package, each read once for all digests."""

    def __init__(self, package: Path = PACKAGE) -> None:
        """The modules that there are now."""
        self.package = package
        self._modules = {file.relative_to(package).with_suffix("").parts: file for file in package.rglob("*.py")}
        self._without_effect = {package / f"{name}.py" for name in WITHOUT_EFFECT}
        self._read: dict[Path, tuple[str, frozenset[Path]]] = {}

    def digest(self, script: Path) -> str:
        """One digest over the source of a script and of every module of the package that it names, directly or through others.

        Snakemake does not see edits of an imported package; with this digest among a rule's parameters it does.
        """
        found = {script}
        waiting = [script]
        while waiting:
            new = self._of(waiting.pop())[1] - found
            found |= new
            waiting += new
        counted = {file for file in found - {script} if file not in self._without_effect}
        modules = {file.relative_to(self.package).as_posix(): self._of(file)[0] for file in counted}
        return value_digest([self._of(script)[0], value_digest(modules)])

    def _of(self, file: Path) -> tuple[str, frozenset[Path]]:
        """The digest of a source, and the modules that it names."""
        if file not in self._read:
            source = file.read_bytes()
            self._read[file] = hashlib.sha256(source).hexdigest(), frozenset(self._named(source))
        return self._read[file]

    def _named(self, source: bytes) -> Iterator[Path]:
        modules = self._modules
        for parts in _names(source):
            for end in range(len(parts) + 1):
                yield from (modules[at] for at in (parts[:end], (*parts[:end], "__init__")) if at in modules)


def _names(source: bytes) -> frozenset[tuple[str, ...]]:
    """What a source names of the package, part by part below it."""
    names = {name for name, _ in _NAMED.findall(source)}
    names |= {base + b"." + name for base, listed in _NAMED.findall(source) for name in re.findall(rb"\w+", listed)}
    return frozenset(tuple(name.decode().split(".")[1:]) for name in names)


def decisions_digest(folder: Path, patterns: Iterable[str]) -> str:
    """One digest over the decision files (YAML, CSV, fonts …) in ``folder`` that match any of ``patterns``."""
    files = {file for pattern in patterns for file in folder.glob(pattern) if file.is_file()}
    return files_digest(folder, files)


@dataclass(frozen=True)
class Manifest:
    """What one job read and made. ``inputs`` and ``outputs``: relative name → sha256."""

    stage: str
    survey: str
    inputs: Mapping[str, str]
    configuration: str
    code: str
    outputs: Mapping[str, str]

    def write(self, path: Path) -> None:
        """Write by rename; the same manifest gives the same bytes."""
        write_text(path, json.dumps(asdict(self), indent=1, sort_keys=True, ensure_ascii=False) + "\n")

    @classmethod
    def read(cls, path: Path) -> Manifest | None:
        """The manifest in ``path``, or None where there is none or it is not one."""
        try:
            held = json.loads(path.read_bytes())
            return cls(**{field.name: held[field.name] for field in fields(cls)})
        except (OSError, ValueError, KeyError, TypeError):
            return None


class Digests:
    """Digests of files, remembered in ``cache`` for as long as size, time and inode stay as they were.

    The cache only saves time: an entry that does not fit is computed anew, and a lost or broken cache costs one more reading.
    """

    def __init__(self, cache: Path) -> None:
        """Read the cache where there is one."""
        self.cache = cache
        self.known: dict[str, list[Any]] = {}
        self.changed = False
        with suppress(OSError, ValueError):
            held = json.loads(cache.read_bytes())
            self.known = held if isinstance(held, dict) else {}

    def of(self, path: Path) -> str | None:
        """The file's digest, or None where it is missing."""
        try:
            stat = path.stat()
            mark = [stat.st_size, stat.st_mtime_ns, stat.st_ino]
            entry = self.known.get(str(path))
            if isinstance(entry, list) and entry[:-1] == mark:
                return str(entry[-1])
            digest = file_digest(path)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        self.known[str(path)] = [*mark, digest]
        self.changed = True
        return digest

    def save(self) -> None:
        """Write the cache where something was learnt; forget files that are gone."""
        if self.changed:
            self.known = {name: entry for name, entry in self.known.items() if Path(name).exists()}
            write_text(self.cache, json.dumps(self.known, indent=0, sort_keys=True))
            self.changed = False


def why_stale(manifest: Manifest, raw: Path, digests: Digests) -> str:
    """Why the manifest no longer tells the truth, as words for a user; empty where every file is as it says."""
    for kind, files in (("output", manifest.outputs), ("input", manifest.inputs)):
        for name, digest in sorted(files.items()):
            found = digests.of(located(name, raw))
            if found != digest:
                return f"{kind} {name} is {'missing' if found is None else 'not as it was left'}"
    return ""


def located(name: str, raw: Path) -> Path:
    """The path behind a name in a manifest: below the raw root, or relative to the working directory."""
    first, _, rest = name.partition("/")
    return raw / rest if first == RAW and rest else Path(name)
