"""Parts of a Word file that python-docx has no words for, as XML: fields, captions that count themselves, tables, lists of contents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from informality.publish.report.blocks import Grid

# Characters that XML cannot hold; texts of a card may come from anywhere.
_REFUSED = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# A twentieth of a point, the unit of widths.
TWIPS_PER_MM = 1440 / 25.4


def clean(text: str) -> str:
    """Text that XML can hold."""
    return _REFUSED.sub("", text)


def run(text: str, properties: str = "") -> str:
    """A run of plain text as XML."""
    return f'<w:r>{properties}<w:t xml:space="preserve">{escape(clean(text))}</w:t></w:r>'


def field(instruction: str, shown: str, *, dirty: bool = False) -> str:
    """A field with the result that it has until it is brought up to date, as runs of XML; ``shown``: text."""
    return f"{_begin(instruction, dirty=dirty)}{run(shown)}{_END}"


_END = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def _begin(instruction: str, *, dirty: bool) -> str:
    mark = ' w:dirty="true"' if dirty else ""
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"{mark}/></w:r><w:r><w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )


def paragraph_of(runs: str, style: str) -> Any:
    """A paragraph of some runs, with the id of its style."""
    return parse_xml(f"<w:p {nsdecls('w')}><w:pPr><w:pStyle w:val={quoteattr(style)}/></w:pPr>{runs}</w:p>")


def append(paragraph: Any, xml: str) -> None:
    """Put runs of XML at the end of a paragraph."""
    for element in parse_xml(f"<w:p {nsdecls('w')}>{xml}</w:p>"):
        paragraph._p.append(element)


def bookmark(paragraph: Any, number: int, name: str) -> None:
    """Make a paragraph the target of links."""
    start = parse_xml(f'<w:bookmarkStart {nsdecls("w")} w:id="{number}" w:name={quoteattr(name)}/>')
    end = parse_xml(f'<w:bookmarkEnd {nsdecls("w")} w:id="{number}"/>')
    after_properties = 1 if paragraph._p.pPr is not None else 0
    paragraph._p.insert(after_properties, start)
    paragraph._p.append(end)


def listed(instruction: str, entries: Sequence[tuple[str, str, str]]) -> Iterator[Any]:
    """Paragraphs of a field that lists something: of each its style, text and bookmark. Word puts in the page numbers when it is updated."""
    for at, (style, text, target) in enumerate(entries):
        begin = _begin(instruction, dirty=True) if at == 0 else ""
        end = _END if at == len(entries) - 1 else ""
        link = f'<w:hyperlink w:anchor={quoteattr(target)} w:history="1">{run(text)}</w:hyperlink>'
        yield parse_xml(
            f"<w:p {nsdecls('w')}><w:pPr><w:pStyle w:val={quoteattr(style)}/></w:pPr>{begin}{link}{end}</w:p>"
        )


def table(grid: Grid, caption: str, *, width: float, styles: tuple[str, str, str]) -> Any:
    """A table with a head that is repeated on every page and rows that are never broken.

    ``width`` in mm; ``caption``: what it shows, for readers of screens; ``styles``: ids of the styles of table, cells and head.
    """
    whole, cell, head = styles
    columns = [round(share * width * TWIPS_PER_MM) for share in grid.widths]
    grid_columns = "".join(f'<w:gridCol w:w="{one}"/>' for one in columns)
    heads = zip(grid.heads, columns, grid.right, strict=True)
    rows = [_row([_cell(*one, head) for one in heads], "<w:cantSplit/><w:tblHeader/>")]
    for line in grid.rows:
        rows.append(_row([_cell(*one, cell) for one in zip(line, columns, grid.right, strict=True)], "<w:cantSplit/>"))
    return parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val={quoteattr(whole)}/><w:tblW w:w="{sum(columns)}" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/><w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        f"<w:tblCaption w:val={quoteattr(clean(caption))}/></w:tblPr>"
        f"<w:tblGrid>{grid_columns}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def _row(cells: Iterable[str], properties: str) -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def _cell(text: str, width: int, right: bool, style: str) -> str:
    align = '<w:jc w:val="right"/>' if right else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
        f"<w:p><w:pPr><w:pStyle w:val={quoteattr(style)}/>{align}</w:pPr>{run(text)}</w:p></w:tc>"
    )
