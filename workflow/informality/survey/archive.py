"""The data file inside a zip archive, unpacked with suspicion.

Only one member is unpacked, under a fixed name in a private folder, so that no name in an archive can reach the disk. Sizes are
checked twice: in the archive's list before reading, and while copying, because the list can lie.
"""

from __future__ import annotations

import errno
import fnmatch
import lzma
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from informality.errors import UserError
from informality.survey import content
from informality.survey.source import DataFile, SourceSpec, damaged, printable, some

DATA_EXTENSIONS = (".sav", ".zsav", ".dta", ".csv", ".txt", ".tsv", ".parquet")
MAX_BYTES = 8 * 1024**3
# Survey files pack to a fifth or a tenth; deflate itself ends near 1000. Small files may be anything.
MAX_RATIO = 200
RATIO_FROM = 100 * 1024**2
_BLOCK = 1024**2
_REPACK = "unpack it by hand, look at what it holds, and put the data file alone under the raw folder"


@contextmanager
def opened(path: Path, spec: SourceSpec) -> Iterator[DataFile]:
    """The data as a file on the disk: the file itself or, while the block runs, the member of a zip that holds the data.

    UserError for anything that `content.kind` refuses, and for an archive that is damaged, encrypted or too big, that holds
    unsafe names or links, or not exactly one data file (by ``spec.member``, else by known extensions).
    """
    if content.kind(path, where=str(path), encoding=spec.encoding) != "zip":
        yield DataFile(path, spec, origin=path)
        return
    # Scratch space holds persons: mkdtemp gives it to this user alone, and it goes when the block ends.
    with tempfile.TemporaryDirectory(prefix="informality-") as folder:
        target = Path(folder) / "data"
        member = _unpack(path, spec, target)
        yield DataFile(target, spec, origin=path, member=member)


def _unpack(path: Path, spec: SourceSpec, target: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_tricks(archive.infolist(), path)
            member = _data_member(archive.infolist(), spec, path)
            name = _base(member)
            where = f"{path}, member '{printable(name)}'"
            _check_sizes(member.file_size, member.compress_size, where)
            with archive.open(member) as packed, target.open("wb") as out:
                _copy(packed, out, member.compress_size, where)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, UnicodeDecodeError) as error:
        raise damaged(path, str(path), "zip", "it cannot be unpacked") from error
    except NotImplementedError as error:
        what = "the archive is packed by a method that is not read here"
        raise UserError(what, where=str(path), todo="pack it again as an ordinary .zip") from error
    except OSError as error:
        if error.errno in (None, errno.EINVAL):  # broken bzip2 data; a place before the file's start
            raise damaged(path, str(path), "zip", "it cannot be unpacked") from error
        todo = "check the room and the rights there; TMPDIR may name another folder"
        what = f"the archive cannot be unpacked: {error.strerror}"
        raise UserError(what, where=f"{path}, into {target.parent}", todo=todo) from error
    return printable(name)


def _refuse_tricks(members: list[zipfile.ZipInfo], path: Path) -> None:
    unsafe = [m.filename for m in members if not _is_plain(m.orig_filename)]
    if unsafe:
        what = f"the archive holds names that lead out of its folder: {some(map(repr, unsafe))}"
        raise UserError(what, where=str(path), todo=_REPACK)
    links = [m.filename for m in members if stat.S_ISLNK(m.external_attr >> 16)]
    if links:
        raise UserError(f"the archive holds links: {some(links)}", where=str(path), todo=_REPACK)


def _is_plain(name: str) -> bool:
    # Some Windows programs write backslashes for slashes: they are read as such, so that `..\x` and `C:\x` are seen.
    slashed = name.replace("\\", "/")
    has_drive = slashed[1:2] == ":"
    return not (slashed.startswith("/") or has_drive or "\0" in name or ".." in slashed.split("/"))


def _base(member: zipfile.ZipInfo) -> str:
    return PurePosixPath(member.filename.replace("\\", "/")).name


def _is_mac_shadow(member: zipfile.ZipInfo) -> bool:
    return member.filename.startswith("__MACOSX/") or _base(member).startswith("._")


def _data_member(members: list[zipfile.ZipInfo], spec: SourceSpec, path: Path) -> zipfile.ZipInfo:
    files = [m for m in members if not m.is_dir() and not _is_mac_shadow(m)]
    if spec.member is not None:
        data = [m for m in files if fnmatch.fnmatchcase(_base(m).lower(), spec.member.lower())]
        asked = f"that matches '{printable(spec.member)}'"
    else:
        data = [m for m in files if _base(m).lower().endswith(DATA_EXTENSIONS)]
        asked = f"with a known ending ({', '.join(DATA_EXTENSIONS)})"
    if not data and any(m.filename == "[Content_Types].xml" for m in members):
        raise UserError("this is an Excel or Word file", where=str(path), todo="save the table as .csv")
    if len(data) != 1:
        many = f"{len(data)} members" if data else "no member"
        raise UserError(
            f"the zip archive holds {many} {asked}: {some(m.filename for m in data or files)}",
            where=str(path),
            todo="name the data file by 'member:' under 'source:' in the survey's description, for example member: '*.dta'",
        )
    if data[0].flag_bits & 0x1:
        what = f"the member '{printable(_base(data[0]))}' is encrypted"
        raise UserError(
            what, where=str(path), todo="unpack it with its password, and put the data file under the raw folder"
        )
    return data[0]


def _check_sizes(unpacked: int, packed: int, where: str) -> None:
    if unpacked > MAX_BYTES:
        what = f"unpacked, the file would have more than {MAX_BYTES // 1024**3} GiB"
        raise UserError(what, where=where, todo=_REPACK)
    if unpacked > RATIO_FROM and unpacked > MAX_RATIO * max(packed, 1):
        what = f"unpacked, the file would be more than {MAX_RATIO} times as large as it is packed"
        raise UserError(what, where=where, todo=_REPACK)


def _copy(packed: IO[bytes], out: IO[bytes], packed_size: int, where: str) -> None:
    unpacked = 0
    while block := packed.read(_BLOCK):
        unpacked += len(block)
        _check_sizes(unpacked, packed_size, where)
        out.write(block)
