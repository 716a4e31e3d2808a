"""Writing files: whole or not at all, and for whom to read.

Everything is its owner's alone from the first byte, because most of it holds persons or exact statistics. Only what is made to be
shared, below figures/, is given the rights that the user's own umask allows.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

# Rights of everybody but the owner, as a umask takes them away.
OTHERS = stat.S_IRWXG | stat.S_IRWXO


@cache
def keep_private() -> int:
    """From now on whatever this process and its children make is their owner's alone. Returns the user's own umask, also when called again."""
    return os.umask(OTHERS)


@contextmanager
def private() -> Iterator[None]:
    """The same while the block runs, whatever the umask was."""
    before = os.umask(OTHERS)
    try:
        yield
    finally:
        os.umask(before)


def make_folder(folder: Path, umask: int) -> None:
    """Make a folder, and those above it that are missing, with the rights that ``umask`` leaves; those that are there stay as they are."""
    if not folder.is_dir():
        make_folder(folder.parent, umask)
        with suppress(FileExistsError):  # another job may make it at the same moment
            folder.mkdir()
            folder.chmod(0o777 & ~umask)


def set_rights(file: Path, umask: int) -> None:
    """Set the rights that a new file has under ``umask``, whatever those of the file that it was copied from."""
    with suppress(PermissionError):  # some disks know no rights
        file.chmod(0o666 & ~umask)


def withdraw(places: Iterable[Path]) -> list[Path]:
    """Take the rights of others from folders and all that lies in them, the outermost first; returns what stayed open.

    A link is left alone, as is what it leads to, unless it is itself one of ``places``.
    """
    return [path for place in places for path in _below(place) if not _closed(path)]


def _below(place: Path) -> list[Path]:
    """A folder, also where it is a link or cannot be read, and all below it that is no link."""
    found: list[Path] = []
    for folder, _, names in os.walk(place, onerror=lambda error: found.append(Path(error.filename))):
        found.extend([Path(folder), *(path for name in names if not (path := Path(folder, name)).is_symlink())])
    return found


def _closed(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
        if os.name == "posix" and mode & OTHERS:
            path.chmod(stat.S_IMODE(mode) & ~OTHERS)
            return not path.stat().st_mode & OTHERS
    except FileNotFoundError:  # a job that outlived its run is still at work
        return True
    except OSError:
        return False
    return True


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside ``path`` that takes its place on success and is removed on failure.

    Readers see the old file or the new one, never half of it. The suffix is kept, because writers choose their format by it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Replace ``path`` by ``content``."""
    with replacing(path) as partial:
        partial.write_bytes(content)


def write_text(path: Path, text: str) -> None:
    """Replace ``path`` by ``text`` in UTF-8."""
    write_bytes(path, text.encode("utf-8"))
