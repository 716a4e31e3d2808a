"""SPSS and Stata files without a clock: their headers hold the time of writing, which would make every run differ."""

from __future__ import annotations

import struct
from pathlib import Path

# Stata 14 (release 118): pyreadstat writes 119 for Stata 15, which only the largest edition of Stata opens.
STATA = 14
# Where ReadStat writes the day and the time of creation into the header of a system file (9 and 8 characters), and the label.
_SAV_MAGIC, _SAV_CLOCK, _SAV_LABEL = b"$FL2", slice(92, 109), slice(109, 173)


def blank_sav_clock(path: Path, file_label: str) -> None:
    """Blank day and time of an SPSS file in place; RuntimeError where the header, known by its label, is laid out otherwise."""
    with path.open("r+b") as file:
        header = file.read(_SAV_LABEL.stop)
        if header[:4] != _SAV_MAGIC or header[_SAV_LABEL].rstrip() != file_label.encode():
            raise RuntimeError("the SPSS header is not laid out as expected: its clock cannot be blanked")
        file.seek(_SAV_CLOCK.start)
        file.write(b" " * (_SAV_CLOCK.stop - _SAV_CLOCK.start))


def blank_dta_clock(path: Path) -> None:
    """Take the time stamp out of a Stata file in place."""
    path.write_bytes(without_timestamp(path.read_bytes()))


def without_timestamp(content: bytes) -> bytes:
    """A Stata file (releases 117 to 119) whose time stamp has length zero, as its format allows.

    ``<map>`` holds 14 offsets from the start of the file; all behind the header move by the length of the stamp.
    """
    opening, closing = b"<timestamp>", b"</timestamp></header><map>"
    start = content.index(opening) + len(opening)
    end = content.index(closing, start)
    stamp = end - start - 1
    first = end + len(closing)
    little = b"<byteorder>LSF</byteorder>" in content[:200]
    layout = f"{'<' if little else '>'}14Q"
    offsets = struct.unpack(layout, content[first : first + 112])
    # The first two count to the start of the file and to the map's own tag.
    moved = [0, *(offset - stamp for offset in offsets[1:])]
    return content[:start] + b"\x00" + closing + struct.pack(layout, *moved) + content[first + 112 :]
