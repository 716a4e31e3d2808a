"""How many cases the data of an SPSS file hold, counted in the file's own terms.

The header may leave the number of cases open (-1), and then a file that was cut looks like a shorter one; it may also state fewer
than there are. So the data are walked: plain cases by their size, compressed ones code by code, those of .zsav block by block. No
value is looked at. The layout is that of PSPP's manual, "System File Format".
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

_HEADER = 176
_CHUNK = 1024**2  # words of eight bytes
_END, _LITERAL = 252, 253
_SUM, _HIGHEST = np.uint64(0x0101010101010101), np.uint64(56)
_LARGEST_BLOCK = 256 * 1024**2


@dataclass(frozen=True)
class Cases:
    """``stated`` in the header, None where it leaves them open; ``whole`` in the data; ``rest``: whether part of one more follows."""

    stated: int | None
    whole: int
    rest: bool


def count_cases(path: Path) -> Cases | None:
    """The cases of an SPSS file; None where its dictionary or its compression is not understood, so that nothing can be counted."""
    try:
        with path.open("rb") as stream:
            return _counted(stream, path.stat().st_size)
    except (struct.error, ValueError, OverflowError, zlib.error):
        return None


def _counted(stream: BinaryIO, size: int) -> Cases | None:
    header = stream.read(_HEADER)
    order = "<" if struct.unpack("<i", header[64:68])[0] in (2, 3) else ">"
    compression, _, stated = struct.unpack(f"{order}3i", header[72:84])
    width = _dictionary(stream, order, size)
    start = stream.tell()
    if not width or start > size:
        return None
    known = stated if stated >= 0 else None
    if compression == 0:
        whole, rest = divmod(size - start, 8 * width)
        return Cases(known, whole, rest > 0)
    if compression not in (1, 2):
        return None
    elements, cut = _elements(_plain_chunks(stream) if compression == 1 else _inflated(stream, order, size))
    whole, rest = divmod(elements, width)
    return Cases(known, whole, cut or rest > 0)


def _dictionary(stream: BinaryIO, order: str, size: int) -> int:
    """The elements of eight bytes that a case takes; leaves the stream where the data begin. ValueError for what is no dictionary."""
    width = 0

    def numbers(count: int) -> tuple[int, ...]:
        return struct.unpack(f"{order}{count}i", stream.read(4 * count))

    def skip(length: int) -> None:
        if length < 0 or stream.tell() + length > size:
            raise ValueError("beyond the end of the file")
        stream.seek(length, 1)

    while (kind := numbers(1)[0]) != 999:
        if kind == 2:
            width += 1
            _, has_label, missing, _, _ = numbers(5)
            skip(8)
            if has_label:
                skip(-(-numbers(1)[0] // 4) * 4)
            skip(8 * abs(missing))
        elif kind == 3:
            for _ in range(numbers(1)[0]):
                skip(8)
                length = stream.read(1)[0] if stream.tell() < size else 0
                skip(-(-(length + 1) // 8) * 8 - 1)
        elif kind == 4:
            skip(4 * numbers(1)[0])
        elif kind == 6:
            skip(80 * numbers(1)[0])
        elif kind == 7:
            _, each, count = numbers(3)
            skip(each * count)
        else:
            raise ValueError("no record of a dictionary")
    skip(4)
    return width


def _plain_chunks(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(8 * _CHUNK):
        yield chunk


def _inflated(stream: BinaryIO, order: str, size: int) -> Iterator[bytes]:
    """The blocks of a .zsav, as its trailer lists them."""
    _, trailer, length = struct.unpack(f"{order}3q", stream.read(24))
    stream.seek(trailer)
    _, _, _, blocks = struct.unpack(f"{order}2q2i", stream.read(24))
    if not 0 <= 24 * blocks == length - 24 <= size:
        raise ValueError("no trailer")
    listed = [struct.unpack(f"{order}2q2i", stream.read(24)) for _ in range(blocks)]
    for _, start, inflated, deflated in listed:
        if not (0 <= inflated <= _LARGEST_BLOCK and 0 <= deflated <= size):
            raise ValueError("no block")
        stream.seek(start)
        yield zlib.decompressobj().decompress(stream.read(deflated), inflated + 1)


def _elements(chunks: Iterator[bytes]) -> tuple[int, bool]:
    """The elements of a compressed stream, and whether it breaks off inside what it began.

    Eight codes in eight bytes; after them eight bytes for each code 253. Code 0 fills, 252 ends the data, where it is written at all.
    """
    elements, skipped, left = 0, 0, b""
    for chunk in chunks:
        data = left + chunk
        left = data[len(data) // 8 * 8 :]
        words = np.frombuffer(data, dtype=np.uint8, count=len(data) // 8 * 8).reshape(-1, 8)
        # Eight truth values as one number; the product's highest byte is their sum.
        literals = (words == _LITERAL).view(np.uint64).ravel() * _SUM >> _HIGHEST
        steps = (literals + np.uint64(1)).tolist()
        places = []
        at, end = skipped, len(steps)
        while at < end:
            places.append(at)
            at += steps[at]
        skipped = max(at - end, 0)
        codes = words[places].ravel()
        ends = np.flatnonzero(codes == _END)
        if ends.size:
            codes = codes[: ends[0]]
            # What follows the last literal is of no interest; the literal itself must be there.
            last = int((codes[ends[0] // 8 * 8 :] == _LITERAL).sum())
            missing = 0 if any(chunks) else max(places[ends[0] // 8] + 1 + last - end, 0)
            return elements + int(np.count_nonzero(codes)) - missing, missing > 0
        elements += int(np.count_nonzero(codes))
    return elements - skipped, skipped > 0 or any(left)
