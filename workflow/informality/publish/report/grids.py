"""Tables for a page: estimate and interval in two columns instead of four, cells as text, widths by what they hold."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from informality.publish.cells import Cell, cell_text
from informality.publish.report.blocks import Block, Definitions, Grid, Heading, Paragraph, PrintedTable
from informality.publish.tables import Below, Column, TableItem
from informality.publish.text import Texts

TEXT = ("text", "flag")
# Sentences longer than this are no column of a page; then each row becomes a list of terms.
LONG_WORDS = 70
# Characters that a column of words is given at least and at most, and those of a line over the whole width in the size of tables.
NARROW, BROAD, LINE, SMALL_LINE = 8, 34, 112, 130
# With more columns than this a table is set in small letters.
MANY_COLUMNS = 8
# The longest word of a head for which a column of numbers is made wider; Lao writes without blanks and is broken inside.
WORD = 14
Columns = tuple[Column, ...]
Rows = tuple[tuple[Cell, ...], ...]


def printed(table: TableItem, texts: Texts) -> list[Block]:
    """A table of the catalogue as blocks of the report."""
    if _wordy(table.columns, table.rows):
        return _as_lists(table, texts)
    caption = table.caption
    grids = [grid("", table.columns, table.rows, texts)]
    grids += [grid(below.heading, below.columns, below.rows, texts) for below in table.below]
    notes = tuple(text for text in (caption.note, caption.source) if text)
    title = f"{caption.title} ({table.item})"
    return [PrintedTable(table.item, title, caption.subtitle, caption.marks, tuple(grids), notes)]


def grid(heading: str, columns: Columns, rows: Rows, texts: Texts) -> Grid:
    """Columns and cells as they are printed."""
    heads: list[str] = []
    cells: list[list[str]] = []
    right: list[bool] = []
    at = 0
    while at < len(columns):
        column = columns[at]
        if column.limits and any(row[at + 1] is not None for row in rows):
            flag = at + 3 if at + 3 < len(columns) and columns[at + 3].kind == "flag" else None
            estimates, intervals = _folded(column, rows, at, flag, texts)
            heads += [column.head, texts.t("common.interval")]
            cells += [estimates, intervals]
            right += [True, True]
            at += 3 if flag is None else 4
            continue
        heads.append(column.head)
        cells.append([cell_text(column, row[at], texts) for row in rows])
        right.append(column.kind not in TEXT)
        at += 1
    # A column without any content (flags of a table that has none) says nothing.
    kept = [i for i, column in enumerate(cells) if i == 0 or any(column) or not rows]
    heads, cells, right = [heads[i] for i in kept], [cells[i] for i in kept], [right[i] for i in kept]
    lines = tuple(zip(*cells, strict=True))
    return Grid(heading, tuple(heads), lines, tuple(right), _widths(heads, cells, right), len(heads) > MANY_COLUMNS)


def words_grid(heads: Sequence[str], rows: Sequence[tuple[str, ...]], right: Sequence[bool] | None = None) -> Grid:
    """A grid of words; ``right``: which columns hold numbers."""
    numbers = tuple(right or [False] * len(heads))
    cells = [[row[i] for row in rows] for i in range(len(heads))]
    return Grid("", tuple(heads), tuple(rows), numbers, _widths(heads, cells, numbers))


def _folded(column: Column, rows: Rows, at: int, flag: int | None, texts: Texts) -> tuple[list[str], list[str]]:
    estimates, intervals = [], []
    for row in rows:
        value, low, high = (cell_text(column, cell, texts) for cell in row[at : at + 3])
        interval = _interval(low, high, texts) if low and high else ""
        mark = str(row[flag] or "") if flag is not None else ""
        # A flag of several words stands where the interval would: what is so by definition has none.
        if " " in mark and not interval:
            mark, interval = "", mark
        estimates.append(" ".join(part for part in (value, mark) if part))
        intervals.append(interval)
    return estimates, intervals


def _interval(low: str, high: str, texts: Texts) -> str:
    """Between two limits stands a dash, or a word where a minus would be taken for one."""
    return texts.t("report.limits_in_words", low=low, high=high) if "−" in low + high else f"{low}–{high}"


def _widths(heads: Sequence[str], cells: Sequence[Sequence[str]], right: Sequence[bool]) -> tuple[float, ...]:
    """Shares of the width: numbers get what they need, so that none is broken; words share what is left."""
    line = LINE if len(heads) <= MANY_COLUMNS else SMALL_LINE
    wanted, least = [], []
    for head, column, number in zip(heads, cells, right, strict=True):
        longest = max(map(_letters, column), default=0) + 1.5
        # Heads are bold, and so wider.
        word = 1.1 * min(max(map(_letters, head.split()), default=0), WORD) + 2
        wanted.append(max(longest, word, _letters(head) / 5) if number else min(max(longest, word, NARROW), BROAD))
        least.append(word)
    room = line - sum(width for width, number in zip(wanted, right, strict=True) if number)
    words = sum(width for width, number in zip(wanted, right, strict=True) if not number)
    if words > room > 0:
        parts = zip(wanted, least, right, strict=True)
        wanted = [width if number else max(width * room / words, word) for width, word, number in parts]
    return tuple(round(one / sum(wanted), 4) for one in wanted)


def _letters(text: str) -> int:
    """Characters that take room in a line; Lao vowels and tone marks above and below do not."""
    return sum(unicodedata.category(character) != "Mn" for character in text)


def _wordy(columns: Columns, rows: Rows) -> bool:
    """Whether a table tells sentences beside its keys."""
    told = [i for i, column in enumerate(columns) if column.kind == "text" and not column.key]
    return max((len(str(row[i] or "")) for row in rows for i in told), default=0) > LONG_WORDS


def _as_lists(table: TableItem, texts: Texts) -> list[Block]:
    """Each row under its first cell, its other cells with their heads as terms; empty ones are left out."""
    caption = table.caption
    blocks: list[Block] = [Heading(f"{caption.title} ({table.item})", 2)]
    blocks += [Paragraph(" · ".join(caption.marks), "mark")] if caption.marks else []
    parts: list[TableItem | Below] = [table, *table.below]
    for part in parts:
        for row in part.rows:
            first, *others = [cell_text(c, cell, texts) for c, cell in zip(part.columns, row, strict=True)]
            heads = [column.head for column in part.columns[1:]]
            pairs = tuple((head, text) for head, text in zip(heads, others, strict=True) if text)
            blocks.append(Definitions(pairs, first))
    return [*blocks, *(Paragraph(text, "note") for text in (caption.note,) if text)]
