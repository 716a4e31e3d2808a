"""All tables of a survey as one workbook: contents, a sheet a table, notes.

Layout after the UK guidance on statistics in spreadsheets: one table a sheet (that of a model with its tests and persons below), no
merged cells, no blank rows inside, flags in their own column, numbers as numbers. Nothing in a cell can become a formula or an outside link; equal tables give equal bytes.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from informality.publish.cells import cell_text
from informality.publish.tables import Below, TableItem
from informality.publish.text import MOST_DIGITS, Texts
from informality.publish.words import plain

# A file has no clock of its own.
CREATED = datetime(2000, 1, 1)
# Numbers with thousands separators, by the digits that they have after the point; a p value that would be written as 0 says what it is
# smaller than.
FORMATS = {f"number{d}": "#,##0" + ("." + "0" * d if d else "") for d in range(MOST_DIGITS + 1)}
FORMATS |= {"p": '[<0.001]"< 0.001";0.000'}
MAX_TEXT = 32_000
# Height of a line in points: Lao letters carry marks above and below.
LINE = 17.0
# Characters of a label beyond which it takes a second line.
LONGEST_LABEL = 56
# Characters that a line above a table may have however narrow the table is.
LEAST_LINE = 110


def workbook(
    tables: Sequence[TableItem],
    heading: str,
    about: Sequence[tuple[str, str]],
    notes: Sequence[str],
    marks: Sequence[str],
    not_made: Sequence[tuple[str, str, str]],
    texts: Texts,
) -> bytes:
    """The workbook as bytes. ``about``: label and text; ``not_made``: item, title, reason."""
    import xlsxwriter

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"title": heading, "author": "", "comments": " ".join(marks), "created": CREATED})
    book.set_calc_mode("manual")
    formats = _formats(book, texts.meta.font)
    contents = _sheet(book, plain(texts.t("workbook.contents"))[:31])
    for table in tables:
        _table(book, table, formats, texts)
    _contents(contents, tables, heading, about, marks, formats, texts)
    _notes(book, notes, not_made, marks, formats, texts)
    book.close()
    return buffer.getvalue()


def _formats(book: Any, face: str) -> dict[str, Any]:
    font = {"font_name": face, "font_size": 10, "valign": "vcenter"}
    formats = {
        "text": book.add_format(font),
        "wrap": book.add_format({**font, "text_wrap": True}),
        "title": book.add_format({**font, "bold": True, "font_size": 13}),
        "below": book.add_format({**font, "bold": True, "valign": "bottom"}),
        "soft": book.add_format({**font, "font_color": "#5a5a5a"}),
        "mark": book.add_format({**font, "bold": True, "bg_color": "#fff3c4", "border": 1}),
        "link": book.add_format({**font, "font_color": "#0072b2", "underline": 1}),
        "flag": book.add_format({**font, "align": "center"}),
        "right": book.add_format({**font, "align": "right"}),
    }
    head = {**font, "bold": True, "text_wrap": True, "bottom": 1, "valign": "bottom"}
    formats |= {
        name: book.add_format({**head, "align": align})
        for name, align in (("head", "left"), ("head_right", "right"), ("head_flag", "center"))
    }
    for kind, number in FORMATS.items():
        formats[kind] = book.add_format({**font, "num_format": number, "align": "right"})
    return formats


def _sheet(book: Any, name: str) -> Any:
    """A sheet that prints on A4 across, one page wide."""
    sheet = book.add_worksheet(name)
    sheet.set_default_row(LINE)
    sheet.set_row(0, 1.5 * LINE)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    return sheet


def _line(sheet: Any, row: int, cells: Sequence[tuple[str, Any, int]]) -> None:
    """Text cells from the first column on (text, format, characters a line), and a row high enough to show them."""
    for column, (text, form, _) in enumerate(cells):
        _write(sheet, row, column, text, form)
    lines = max(-(-len(text) // width) for text, _, width in cells)
    if lines > 1:
        sheet.set_row(row, LINE * lines)


def _write(sheet: Any, row: int, column: int, text: str, form: Any) -> None:
    sheet.write_string(row, column, text[:MAX_TEXT], form)


def _link(sheet: Any, row: int, column: int, target: str, text: str, form: Any) -> None:
    sheet.write_url(row, column, f"internal:'{target}'!A1", form, string=text[:MAX_TEXT])


def _table(book: Any, table: TableItem, formats: dict[str, Any], texts: Texts) -> None:
    sheet = _sheet(book, table.item)
    caption = table.caption
    grids: list[TableItem | Below] = [table, *table.below]
    widths = [_width(position, grids) for position in range(len(table.columns))]
    for position, width in enumerate(widths):
        sheet.set_column(position, position, width)
    _write(sheet, 0, 0, f"{table.item} {caption.title}", formats["title"])
    lines = [caption.subtitle, *caption.marks, caption.note, caption.source]
    styles = [formats["soft"], *[formats["mark"]] * len(caption.marks), formats["soft"], formats["soft"]]
    row = 1
    for text, form in zip(lines, styles, strict=True):
        # A line that is wider than the table would widen the printed page.
        for line in textwrap.wrap(text, max(LEAST_LINE, int(sum(widths))), break_long_words=False):
            _write(sheet, row, 0, line, form)
            row += 1
    _link(sheet, row, 0, plain(texts.t("workbook.contents"))[:31], texts.t("workbook.back"), formats["link"])
    head = row + 1
    keys = sum(column.key for column in table.columns)
    row = _grid(sheet, head, table, formats, texts)
    for grid in table.below:
        sheet.set_row(row, 2 * LINE)
        _write(sheet, row, 0, grid.heading, formats["below"])
        row = _grid(sheet, row + 1, grid, formats, texts)
    sheet.freeze_panes(head + 1, keys)
    sheet.repeat_rows(head)
    sheet.set_footer(f"&L&8{_footer(' '.join([*caption.marks, caption.source]))}&R&8{table.item}  &P/&N")


def _width(position: int, grids: Sequence[TableItem | Below]) -> int:
    """Width of a column in characters: that of its longest label, or enough for a number and for heads that do not touch."""
    column = grids[0].columns[position]
    if column.kind != "text":
        return 9 if column.kind == "flag" else 16
    longest = max((len(str(line[position])) for grid in grids for line in grid.rows), default=0)
    return min(max(longest, 10), LONGEST_LABEL) + 2


def _grid(sheet: Any, head: int, grid: TableItem | Below, formats: dict[str, Any], texts: Texts) -> int:
    """Write heads and cells from the row ``head`` on; returns the row after the last."""
    for position, column in enumerate(grid.columns):
        form = formats["head" if column.kind == "text" else "head_flag" if column.kind == "flag" else "head_right"]
        _write(sheet, head, position, column.head, form)
    widths = {True: 24, False: 12}
    sheet.set_row(
        head, LINE * max(2, *(-(-len(c.head) // (8 if c.kind == "flag" else widths[c.key])) for c in grid.columns))
    )
    for offset, line in enumerate(grid.rows, start=head + 1):
        words = [str(cell) for column, cell in zip(grid.columns, line, strict=True) if column.kind == "text"]
        # What fits needs no look for the places to break it.
        long = [text for text in words if len(text) > LONGEST_LABEL]
        lines = max((len(textwrap.wrap(text, LONGEST_LABEL)) for text in long), default=1)
        if lines > 1:
            # Excel allows no higher row.
            sheet.set_row(offset, min(LINE * lines, 409.0))
        for position, (column, cell) in enumerate(zip(grid.columns, line, strict=True)):
            if isinstance(cell, str):
                _write(sheet, offset, position, cell_text(column, cell, texts), formats[_text_format(column.kind)])
            elif cell is not None:
                sheet.write_number(
                    offset, position, cell, formats["p" if column.kind == "p" else f"number{cell.decimals}"]
                )
    return head + 1 + len(grid.rows)


def _text_format(kind: str) -> str:
    """A text in a column of numbers is a bound, or a class."""
    return {"flag": "flag", "text": "wrap"}.get(kind, "right")


def _footer(text: str) -> str:
    # Excel allows 255 characters in a footer and reads & as a command.
    return text.replace("&", "&&")[:200].rstrip("&")


def _contents(
    sheet: Any,
    tables: Sequence[TableItem],
    heading: str,
    about: Sequence[tuple[str, str]],
    marks: Sequence[str],
    formats: dict[str, Any],
    texts: Texts,
) -> None:
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 100)
    _write(sheet, 0, 0, heading, formats["title"])
    row = 1
    for mark in marks:
        _write(sheet, row, 0, mark, formats["mark"])
        row += 1
    for label, text in about:
        _line(sheet, row, [(label, formats["soft"], 40), (text, formats["wrap"], 90)])
        row += 1
    _write(sheet, row, 0, texts.t("workbook.sheet"), formats["head"])
    _write(sheet, row, 1, texts.t("workbook.title"), formats["head"])
    for table in tables:
        row += 1
        _link(sheet, row, 0, table.item, table.item, formats["link"])
        title = table.caption.title
        provisional = [mark for mark in table.caption.marks if mark not in marks]
        _write(sheet, row, 1, " · ".join([title, *provisional]), formats["wrap"])
    notes = plain(texts.t("workbook.notes"))[:31]
    _link(sheet, row + 1, 0, notes, notes, formats["link"])


def _notes(
    book: Any,
    notes: Sequence[str],
    not_made: Sequence[tuple[str, str, str]],
    marks: Sequence[str],
    formats: dict[str, Any],
    texts: Texts,
) -> None:
    sheet = _sheet(book, plain(texts.t("workbook.notes"))[:31])
    sheet.set_column(0, 0, 100)
    sheet.set_column(1, 1, 60)
    _write(sheet, 0, 0, texts.t("workbook.about"), formats["title"])
    row = 1
    for mark in marks:
        _write(sheet, row, 0, mark, formats["mark"])
        row += 1
    for text in notes:
        _line(sheet, row, [(text, formats["wrap"], 90)])
        row += 1
    if not_made:
        _write(sheet, row, 0, texts.t("workbook.not_made"), formats["head"])
        _write(sheet, row, 1, texts.t("workbook.reason"), formats["head"])
        for item, title, reason in not_made:
            row += 1
            _line(sheet, row, [(f"{item} {title}", formats["wrap"], 90), (reason, formats["wrap"], 54)])
