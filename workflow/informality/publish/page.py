"""`index.html`: one plain page that shows every figure and table; no script, nothing from outside, works from a folder."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from informality.publish.cells import cell_text
from informality.publish.findings import Finding
from informality.publish.item import FigureItem
from informality.publish.other_formats import InFormat
from informality.publish.tables import Below, TableItem
from informality.publish.text import Texts
from informality.publish.words import Caption

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATE, CSS = "index.html.j2", "index.css"


@dataclass(frozen=True)
class Shown:
    """A figure as the page shows it; width and height in CSS pixels keep its place while it loads."""

    item: str
    stem: str
    caption: Caption
    width: int
    height: int


@dataclass(frozen=True)
class Mark:
    """A mark and what it means."""

    text: str
    explained: str


def page(
    folder: Path,
    *,
    title: str,
    figures: Sequence[tuple[FigureItem, bytes]],
    tables: Sequence[TableItem],
    about: Sequence[tuple[str, str]],
    notes: Sequence[str],
    marks: Sequence[Mark],
    not_made: Sequence[Any],
    flags: str,
    others: Sequence[tuple[str, str]] = (),
    findings: Sequence[Finding] = (),
    same: Sequence[tuple[str, str]] = (),
    documents: Sequence[str] = (),
    formats: Mapping[str, Sequence[InFormat]] | None = None,
    benchmarks: tuple[str, Sequence[tuple[str, str, str]]] = ("", ()),
    texts: Texts,
) -> bytes:
    """The page as UTF-8. ``folder``: the report folder with template and style; ``figures`` with the bytes of their PNG;
    ``others``: pages under other laws, as address and title; ``findings`` stand first, each linked to its item where that is shown;
    ``same``: the page in other languages, as address and name; ``documents``: files beside the page that it leads to; ``formats``: stem of a
    figure → its pictures in other formats; ``benchmarks``: published figures and a sentence on them, `front_matter.benchmarks`.
    """
    from markupsafe import Markup

    css = (folder / CSS).read_text(encoding="utf-8").strip()
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    html = _template(folder).render(
        lang=texts.lang,
        t=texts.t,
        css=Markup(css),
        style_hash=f"sha256-{digest}",
        title=title,
        figures=[_shown(item, png) for item, png in figures],
        tables=[_Table(table, texts) for table in tables],
        about=about,
        notes=notes,
        marks=marks,
        not_made=not_made,
        flags=flags,
        others=others,
        findings=findings,
        same=same,
        documents=documents,
        formats=formats or {},
        benchmarks=benchmarks,
        shown={item.item for item, _ in figures} | {table.item for table in tables},
    )
    return html.encode()


@lru_cache(maxsize=1)
def _template(folder: Path) -> Template:
    """The template of the page, read once for all editions."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(TEMPLATE)


def _shown(item: FigureItem, png: bytes) -> Shown:
    width, height = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
    return Shown(item.item, item.stem, item.caption, 864, round(height * 864 / width))


class _Text(NamedTuple):
    text: str
    number: bool
    key: bool


class _Table:
    """A table and the grids below it."""

    def __init__(self, table: TableItem, texts: Texts) -> None:
        self.item, self.caption = table.item, table.caption
        self.grids = [_Grid(table.caption.subtitle, table, texts), *(_Grid(b.heading, b, texts) for b in table.below)]


class _Grid:
    """A grid with its cells as text; a missing number shows its flag."""

    def __init__(self, heading: str, table: TableItem | Below, texts: Texts) -> None:
        self.heading, self.columns = heading, table.columns
        columns = [(column, column.kind not in ("text", "flag"), column.key) for column in table.columns]
        self.rows = [
            [
                _Text(cell_text(column, cell, texts), number, key)
                for (column, number, key), cell in zip(columns, row, strict=True)
            ]
            for row in table.rows
        ]
