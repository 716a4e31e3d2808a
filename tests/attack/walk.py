"""Every number of every file of a folder of outputs, as a reader with all programs of an office could find it.

Text and numbers of csv, json, xlsx (hidden sheets, comments and properties too), html (attributes too), svg, pdf (text, properties,
attachments), docx, pptx and epub (all XML and whatever is embedded), png and jpeg (properties), archives inside archives. What a
picture shows is taken from the text beside it only. `UnreadableFormat` for anything else: who adds a format teaches it here.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree


class UnreadableFormat(Exception):
    """A file of a format that the attack does not know."""


@dataclass(frozen=True)
class Piece:
    """One text or number: the file (members of archives after `!`), the place in it (column, key, sheet), and what stands there."""

    file: str
    place: str
    value: str | float


# Parts of packages that hold no words: how pages look, and which parts belong together.
LAYOUT = re.compile(
    r"(^|/)(\[Content_Types\]\.xml|_rels/[^/]*\.rels|theme/|fontTable\.xml|styles\.xml|numbering\.xml|settings\.xml)"
)
DIGEST = re.compile(r"^(sha256-)?[0-9a-f]{32,64}$|^[A-Za-z0-9+/]{43}=$")
EMBEDDED = re.compile(r"data:([a-z]+/[a-z0-9.+-]+);base64,([A-Za-z0-9+/=\s]+)")
NAMES = {
    "image/png": "png",
    "image/jpeg": "jpeg",
    "image/svg+xml": "svg",
    "application/json": "json",
    "text/csv": "csv",
}


def walk(folder: Path) -> Iterator[Piece]:
    """Everything in the files of a folder and its subfolders, in the order of their names."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        yield from read(path.relative_to(folder).as_posix(), path.read_bytes())


def read(name: str, content: bytes) -> Iterator[Piece]:
    """Everything in one file."""
    suffix = name.rpartition(".")[2].lower()
    reader = READERS.get(suffix)
    if reader is None:
        raise UnreadableFormat(f"{name}: files like this are not known to the attack")
    yield from reader(name, content)


def _csv(name: str, content: bytes) -> Iterator[Piece]:
    lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    head = next(lines, [])
    yield from (Piece(name, "head", cell) for cell in head)
    for line in lines:
        if len(line) > len(head):
            raise UnreadableFormat(f"{name}: a line with more cells than the head")
        yield from (Piece(name, column, cell) for column, cell in zip(head, line, strict=False) if cell)


def _json(name: str, content: bytes) -> Iterator[Piece]:
    yield from _leaves(name, "", json.loads(content, parse_float=str, parse_int=str))


def _leaves(name: str, place: str, value: object) -> Iterator[Piece]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield Piece(name, f"{place}/key", str(key))
            yield from _leaves(name, f"{place}/{key}", inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(name, place, inner)
    elif isinstance(value, str):
        yield Piece(name, place, value)


def _xlsx(name: str, content: bytes) -> Iterator[Piece]:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in book.worksheets:
        yield Piece(name, "sheet", sheet.title)
        heads: dict[int, str] = {}
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is None:
                    continue
                if isinstance(cell.value, str):
                    heads[cell.column] = cell.value
                place = (
                    f"{sheet.title}/{heads.get(cell.column, '')}" if not isinstance(cell.value, str) else sheet.title
                )
                yield Piece(name, place, cell.value if isinstance(cell.value, str) else repr(cell.value))
                if cell.comment is not None:
                    yield Piece(name, f"{sheet.title}/comment", cell.comment.text)
    # What the library leaves out: charts, pictures, properties. Cells are read above; `app.xml` names the program and the sheets.
    read_above = ("xl/worksheets/", "xl/sharedStrings", "docProps/app.xml")
    yield from _package(name, content, lambda part: not part.startswith(read_above))


def _package(name: str, content: bytes, wanted: Callable[[str], bool] = lambda _: True) -> Iterator[Piece]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for part in archive.namelist():
            if part.endswith("/") or LAYOUT.search(part) or not wanted(part):
                continue
            yield from read(f"{name}!{part}", archive.read(part))


def _xml(name: str, content: bytes) -> Iterator[Piece]:
    """Words between the marks, a paragraph in one piece, since programs cut numbers into runs; and words that describe pictures."""
    root = ElementTree.fromstring(content)
    paragraphs = [e for e in root.iter() if e.tag.rpartition("}")[2] == "p"] or [root]
    for paragraph in paragraphs:
        text = "".join(paragraph.itertext())
        if text.strip():
            yield Piece(name, "text", text)
    for element in root.iter():
        for key, value in element.attrib.items():
            if key.rpartition("}")[2] in ("descr", "title", "alt") and value:
                yield Piece(name, key, value)


def _svg(name: str, content: bytes) -> Iterator[Piece]:
    """Words; each mark by itself, since texts of a picture stand side by side."""
    root = ElementTree.fromstring(content)
    for element in root.iter():
        tag = element.tag.rpartition("}")[2]
        if tag == "style":
            continue
        if tag == "text":
            yield Piece(name, tag, "".join(element.itertext()))
        elif tag != "tspan" and element.text and element.text.strip():
            yield Piece(name, tag, element.text)
        for key, value in element.attrib.items():
            plain = key.rpartition("}")[2]
            if plain == "href":
                yield from _inner(name, value)
            elif plain.startswith(("data-", "aria-")) or plain in ("title", "desc"):
                yield Piece(name, plain, value)


class _Page(HTMLParser):
    SPOKEN = ("alt", "title", "content", "summary", "label", "value")

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[tuple[str, str]] = []
        self.within: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.within.append(tag)
        for key, value in attrs:
            if value and (key in self.SPOKEN or key.startswith(("data-", "aria-")) or value.startswith("data:")):
                # Rules for programs, not words.
                rules = key == "content" and ("default-src" in value or "width=device" in value)
                if not rules:
                    self.pieces.append((key, value))

    def handle_endtag(self, tag: str) -> None:
        while self.within and self.within.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        tag = self.within[-1] if self.within else ""
        if tag != "style" and data.strip():
            self.pieces.append((tag or "text", data))

    def handle_comment(self, data: str) -> None:
        self.pieces.append(("comment", data))


def _html(name: str, content: bytes) -> Iterator[Piece]:
    page = _Page()
    page.feed(content.decode("utf-8"))
    for place, text in page.pieces:
        if EMBEDDED.search(text):
            yield from _inner(name, text)
        else:
            yield Piece(name, place, text)


def _inner(name: str, text: str) -> Iterator[Piece]:
    for kind, inner in EMBEDDED.findall(text):
        if kind not in NAMES:
            raise UnreadableFormat(f"{name}: {kind} inside it is not known to the attack")
        yield from read(f"{name}!.{NAMES[kind]}", base64.b64decode(inner))


def _pdf(name: str, content: bytes) -> Iterator[Piece]:
    import pypdf
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    try:
        for number, page in enumerate(document, start=1):
            text = page.get_textpage().get_text_range()
            yield from (Piece(name, f"page {number}", line) for line in text.splitlines() if line.strip())
    finally:
        document.close()
    reader = pypdf.PdfReader(io.BytesIO(content))
    for key, value in (reader.metadata or {}).items():
        if "Date" not in key:
            yield Piece(name, f"property {key}", str(value))
    for inner, contents in (reader.attachments or {}).items():
        for one in contents:
            yield from read(f"{name}!{inner}", one)


def _image(name: str, content: bytes) -> Iterator[Piece]:
    from PIL import Image

    with Image.open(io.BytesIO(content)) as image:
        for key, value in image.info.items():
            if isinstance(value, str):
                yield Piece(name, f"property {key}", value)
        yield from (Piece(name, "property exif", value) for value in image.getexif().values() if isinstance(value, str))


def _text(name: str, content: bytes) -> Iterator[Piece]:
    yield from (Piece(name, "text", line) for line in content.decode("utf-8").splitlines() if line.strip())


def _nothing(name: str, content: bytes) -> Iterator[Piece]:
    del name, content
    return iter(())


READERS: Mapping[str, Callable[[str, bytes], Iterator[Piece]]] = {
    "csv": _csv, "json": _json, "xlsx": _xlsx, "docx": _package, "pptx": _package, "epub": _package, "zip": _package, "xml": _xml,
    "rels": _nothing, "xhtml": _html, "html": _html, "svg": _svg, "pdf": _pdf, "png": _image, "jpeg": _image, "jpg": _image, "md": _text,
    "txt": _text, "vml": _xml, "css": _nothing, "ttf": _nothing,
}  # fmt: skip
