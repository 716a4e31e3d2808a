"""The first and the last line of a delimited file: whether names stand above the persons, once, and whether the last person is whole."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from informality.errors import UserError
from informality.survey.source import DataFile, some

# The mark of UTF-8 stands in the middle where files were put together.
_AROUND = ' \t\u00a0\ufeff"'
# From so many rows on, the shape that all values of a column share is taken for a rule.
_ENOUGH_ROWS = 50
_LINE_ENDS = (b"\n", b"\r", b"\x1a")


def refuse_numbers(names: Sequence[str], where: str) -> None:
    """UserError where most of the first line are no names: then it is the first person, and nothing of it is shown."""
    filled = [name for name in names if name]
    numbers = sum(not any(map(str.isalpha, name)) for name in filled)
    if 2 * numbers > len(filled):
        raise UserError(
            f"the first line holds no names of columns: {numbers:,} of its {len(filled):,} values have no letter",
            where=where,
            todo="put a line with the names of the columns above the first person; the code book tells them in order",
        )


def refuse_repeated_header(table: pa.Table, names: Sequence[str], where: str) -> None:
    """UserError for rows that hold the names of the columns instead of values, as where files were put together."""
    rows = np.arange(table.num_rows)
    for name in names:
        values = table[name] if len(rows) == table.num_rows else table[name].take(pa.array(rows))
        rows = rows[pc.equal(pc.utf8_trim(values, characters=_AROUND), name).to_numpy()]
        if not rows.size:
            return
    one = rows.size == 1
    raise UserError(
        f"{'row' if one else 'rows'} {some(f'{row + 2:,}' for row in rows)} {'repeats' if one else 'repeat'} the header",
        where=where,
        todo="files were put together here: take these lines out, and see that no person stands in two of the files",
    )


def has_open_end(file: DataFile) -> bool:
    """True where the file ends neither with a line end nor with a quotation mark that closes its last value."""
    with file.path.open("rb") as stream:
        stream.seek(max(file.path.stat().st_size - 8, 0))
        # Zeros are the other halves of characters in UTF-16 and UTF-32.
        last = stream.read().replace(b"\0", b"")[-1:]
    return last not in (*_LINE_ENDS, b'"')


def breaks_off(column: pa.ChunkedArray, decimal: str) -> bool:
    """Whether the last value of the file is surely cut: all others of its column have the same length, or the same number of decimals.

    A sound file may lack the last line end, and its last value may by chance be a short one; where lengths differ among the others too,
    nothing can be told.
    """
    if len(column) <= _ENOUGH_ROWS:
        return False
    values = column.combine_chunks()
    others, last = values[:-1], values[-1].as_py()
    lengths = pc.min_max(pc.utf8_length(others)).as_py()
    if lengths["min"] == lengths["max"] > len(last):
        return True
    places = pc.subtract(pc.utf8_length(others), pc.find_substring(others, decimal))
    ends = pc.min_max(places).as_py()
    all_have = bool(pc.all(pc.match_substring(others, decimal)).as_py())
    _, _, decimals = last.partition(decimal)
    return all_have and ends["min"] == ends["max"] > len(decimals) + 1
