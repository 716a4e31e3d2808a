"""Writing outputs: whole files or none, text cells that no spreadsheet takes for formulas, digests to tell what changed."""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from informality.files import write_bytes

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def guarded(text: str) -> str:
    """Text that a spreadsheet will not run: an apostrophe before a cell that begins like a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def csv_bytes(head: Sequence[str], rows: Iterable[Sequence[str | float | None]]) -> bytes:
    """UTF-8 CSV as of RFC 4180. Numbers stay numbers, also negative ones; None is an empty cell; text is `guarded`."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([guarded(name) for name in head])
    for row in rows:
        writer.writerow(
            ["" if cell is None else guarded(cell) if isinstance(cell, str) else f"{cell:.10g}" for cell in row]
        )
    return buffer.getvalue().encode()


def files_digest(paths: Iterable[Path]) -> str:
    """Digest of the names and bytes of some files."""
    total = hashlib.sha256()
    for path in sorted(paths, key=lambda p: p.name):
        total.update(f"{path.name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\0".encode())
    return total.hexdigest()


class Shelf:
    """The outputs of one survey and language: what the last run made is kept where nothing that it shows has changed.

    ``home``: where the files of the last run lie (``out`` itself, or the folder that ``out`` will replace); ``previous``: what
    that run recorded of its items. A file that was changed by hand since is made again.
    """

    def __init__(self, out: Path, home: Path | None, previous: Mapping[str, str] | None) -> None:
        """See the class."""
        self.out, self.home, self.previous = out, home or out, previous or {}
        self.items: dict[str, str] = {}
        self.made: list[str] = []
        self.kept: list[str] = []

    def keeps(self, item: str, digest: str, names: Sequence[str]) -> bool:
        """Take over the files of an item whose digest is that of the last run; False where they must be made."""
        files = [self.home / name for name in names]
        if not all(file.is_file() for file in files) or self.previous.get(item) != self._record(digest, files):
            return False
        if self.home.resolve() != self.out.resolve():
            for name, file in zip(names, files, strict=True):
                (self.out / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(file, self.out / name)
        self.items[item] = self.previous[item]
        self.kept += names
        return True

    def put(self, item: str, digest: str, contents: Mapping[str, bytes]) -> None:
        """Write the files of an item and record what they were made from."""
        for name, content in contents.items():
            write_bytes(self.out / name, content)
        self.items[item] = self._record(digest, [self.out / name for name in contents])
        self.made += contents

    @staticmethod
    def _record(digest: str, files: Sequence[Path]) -> str:
        return f"{digest}:{files_digest(files)}"
