"""Finding a survey's file by its name, anywhere under the raw folder.

The raw folder is the user's own choice and is trusted: it may be absolute, contain ``..`` or be a link, and is resolved once.
Every file found must resolve below it, so that a link cannot lead a description out of the folder.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from informality.errors import UserError, nearest
from informality.survey.source import printable, some


def find_file(raw: Path, name: str) -> Path | None:
    """The file called ``name`` under ``raw``, or None; UserError for two candidates or a link that leads out of ``raw``.

    Names are compared in Unicode's composed form (macOS writes them decomposed), otherwise to the letter. Linked folders are
    not entered.
    """
    _check_name(name)
    root = raw.resolve()
    wanted = unicodedata.normalize("NFC", name)
    found = [path for path in _files(root) if unicodedata.normalize("NFC", path.name) == wanted]
    if len(found) > 1:
        raise UserError(
            f"{len(found)} files are called '{name}': {some(path.relative_to(root) for path in found)}",
            where=str(raw),
            todo="keep one of them under this folder, and move the others out of it",
        )
    if not found:
        return None
    if not found[0].resolve().is_relative_to(root):
        raise UserError(
            f"'{found[0].relative_to(root)}' is a link that leads out of the raw folder",
            where=str(raw),
            todo="put the file itself there, or name the folder it leads to as the raw folder: --config raw=FOLDER",
        )
    return found[0]


def require_file(raw: Path, name: str, *, survey: str) -> Path:
    """As `find_file`, but a UserError that says what lies there instead where the file is absent."""
    found = find_file(raw, name)
    if found is not None:
        return found
    get_it = f"put the file there (raw/README.md says where it is obtained), or correct 'file:' in the description of {survey}"
    if not raw.is_dir():
        what = "is not a folder" if raw.exists() else "does not exist"
        raise UserError(
            f"{survey}: the raw folder {what}", where=str(raw), todo=f"name it by --config raw=FOLDER, then {get_it}"
        )
    root = raw.resolve()
    folders = [path for path in _folders(root) if path.name == name]
    if folders:
        raise UserError(
            f"{survey}: '{name}' is a folder, not a file",
            where=f"{raw}, {some(path.relative_to(root) for path in folders)}",
            todo=f"name the data file in that folder by 'file:' in the description of {survey}",
        )
    names = {path.name for path in _files(root)} - {"README.md", ".gitkeep"}
    links = [path.relative_to(root) for path in _folders(root) if path.is_symlink()]
    unseen = f"; linked folders are not searched: {some(links)}" if links else ""
    near = nearest(name, map(printable, names)) if names else "the folder holds no data file"
    raise UserError(f"{survey}: no file is called '{name}'; {near}{unseen}", where=str(raw), todo=get_it)


def _check_name(name: str) -> None:
    if name in ("", ".", "..") or any(character in name for character in "/\\\0"):
        raise UserError(
            f"'{printable(name)}' is not the name of a file",
            where="file: in a survey description",
            todo="give the file's name alone, without folders: it is found anywhere under the raw folder",
        )


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders.sort()
        yield from (path for name in sorted(names) if (path := Path(folder, name)).is_file())


def _folders(root: Path) -> Iterator[Path]:
    for folder, folders, _ in os.walk(root):
        folders.sort()
        yield from (Path(folder, name) for name in folders)
