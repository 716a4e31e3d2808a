"""Whether the rows that a Stata file states are the rows that it holds, told from its header and its length alone.

Layouts: Stata's help on ``dta``, releases 113 to 119. Older files are not judged.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

_TAGGED = b"<stata_dta><header><release>"
_WIDTHS = {32768: 8, 65526: 8, 65527: 4, 65528: 4, 65529: 2, 65530: 1}
_OLD_WIDTHS = {251: 1, 252: 2, 253: 4, 254: 4, 255: 8}
_OLD_HEADER = 109
_MOST_TABLES = 1_000_000


def holds_its_rows(path: Path) -> bool | None:
    """True where the stated rows fill the place of the data, False where they do not; None where the layout is not understood."""
    size = path.stat().st_size
    try:
        with path.open("rb") as stream:
            start = stream.read(len(_TAGGED))
            stream.seek(0)
            return _tagged(stream, size) if start == _TAGGED else _old(stream, size)
    except (struct.error, ValueError, IndexError, OverflowError, KeyError):
        return None


def _tagged(stream: BinaryIO, size: int) -> bool | None:
    head = stream.read(1024)
    release = int(_between(head, b"release"))
    order = "<" if _between(head, b"byteorder") == b"LSF" else ">"
    at = head.index(b"<K>") + 3
    many, long = release >= 119, release >= 118
    variables = struct.unpack_from(f"{order}{'I' if many else 'H'}", head, at)[0]
    at = head.index(b"<N>", at) + 3
    rows = struct.unpack_from(f"{order}{'Q' if long else 'I'}", head, at)[0]
    at = head.index(b"<map>") + 5
    places = struct.unpack_from(f"{order}14Q", head, at)
    stream.seek(places[2])
    if stream.read(16) != b"<variable_types>":
        return None
    types = struct.unpack(f"{order}{variables}H", stream.read(2 * variables))
    width = sum(kind if kind <= 2045 else _WIDTHS[kind] for kind in types)
    stream.seek(places[9])
    end = places[9] + len(b"<data>") + rows * width
    if stream.read(6) != b"<data>" or end > size:
        return False
    stream.seek(end)
    return stream.read(7) == b"</data>"


def _between(head: bytes, tag: bytes) -> bytes:
    return head.split(b"<" + tag + b">", 1)[1].split(b"</", 1)[0]


def _old(stream: BinaryIO, size: int) -> bool | None:
    head = stream.read(_OLD_HEADER)
    release, byte_order = head[0], head[1]
    if release not in (113, 114, 115):
        return None
    order = ">" if byte_order == 1 else "<"
    variables, rows = struct.unpack_from(f"{order}HI", head, 4)
    width = sum(kind if kind <= 244 else _OLD_WIDTHS[kind] for kind in stream.read(variables))
    formats = 12 if release == 113 else 49
    stream.seek(variables * (33 + formats + 33 + 81) + 2 * (variables + 1), 1)
    while (field := struct.unpack(f"{order}bI", stream.read(5))) != (0, 0):
        stream.seek(field[1], 1)
    end = stream.tell() + rows * width
    return end <= size and size - _after_tables(stream, order, end, size) < max(width, 1)


def _after_tables(stream: BinaryIO, order: str, start: int, size: int) -> int:
    """Where the value labels that begin at ``start`` end; where none begins, ``start``."""
    at = start
    for _ in range(_MOST_TABLES):
        stream.seek(at)
        head = stream.read(4)
        if len(head) < 4:
            break
        end = at + 40 + struct.unpack(f"{order}i", head)[0]
        if not at + 40 <= end <= size:
            break
        at = end
    return at
