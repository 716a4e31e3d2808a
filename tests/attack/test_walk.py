"""The walk reads every format, whatever stands inside what, and a number that nobody published is found in each."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from attack.digits import Allowed, finer, more, numbers_of
from attack.walk import UnreadableFormat, read, walk
from PIL import Image
from PIL.PngImagePlugin import PngInfo

PLANTED = "61.8374"
ROWS = pd.DataFrame({"estimate": [0.618, 42000.0], "n": [1230.0, 1230.0], "flag": ["", ""]})


@pytest.fixture(scope="module")
def may() -> Allowed:
    return Allowed(numbers_of([ROWS]), set())


def workbook(*cells: object) -> bytes:
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    hidden = book.create_sheet("more")
    hidden.sheet_state = "hidden"
    for cell in cells:
        hidden.append(["Rate", cell])
    book.save(buffer)
    return buffer.getvalue()


def packed(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def document(text: str, *embedded: bytes) -> bytes:
    body = f'<w:document xmlns:w="w"><w:p><w:r><w:t>{text[:3]}</w:t></w:r><w:r><w:t>{text[3:]}</w:t></w:r></w:p></w:document>'
    members = {f"word/embeddings/book{at}.xlsx": content for at, content in enumerate(embedded)}
    return packed(**{"word/document.xml": body.encode(), **members})


def picture(text: str) -> bytes:
    about, buffer = PngInfo(), io.BytesIO()
    about.add_text("Description", text)
    Image.new("L", (2, 2)).save(buffer, "png", pnginfo=about)
    return buffer.getvalue()


def pages(text: str) -> bytes:
    import pypdf

    writer, buffer = pypdf.PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    writer.add_metadata({"/Subject": text})
    writer.add_attachment("data.csv", f"estimate\r\n{text}\r\n".encode())
    writer.write(buffer)
    return buffer.getvalue()


def drawing(text: str) -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg"><text x="17.93715">{text}</text></svg>'.encode()


FORMATS: dict[str, Callable[[str], bytes]] = {
    "csv": lambda t: f"row,estimate\r\nall,{t}\r\n".encode(),
    "json": lambda t: json.dumps({"rate": float(t)}).encode(),
    "xlsx": lambda t: workbook(float(t)),
    "docx": lambda t: document(f"a rate of {t} per cent"),
    "html": lambda t: f'<p>a rate<img src="x.png" alt="of {t} per cent"></p>'.encode(),
    "svg": drawing,
    "png": picture,
    "pdf": pages,
    "md": lambda t: f"a rate of {t} per cent\n".encode(),
    "zip": lambda t: packed(**{"inner.docx": document("nothing", workbook(float(t)))}),
}


def too_many(name: str, content: bytes, may: Allowed) -> list[str]:
    return [number for piece in read(name, content) for number in more(piece, may)]


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_number_with_more_digits_than_were_published_is_found(suffix: str, may: Allowed) -> None:
    assert PLANTED in too_many(f"file.{suffix}", FORMATS[suffix](PLANTED), may)


@pytest.mark.parametrize("suffix", FORMATS)
def test_published_numbers_with_their_digits_or_fewer_are_not(suffix: str, may: Allowed) -> None:
    for number in ("61.8", "62", "42000"):
        assert too_many(f"file.{suffix}", FORMATS[suffix](number), may) == []


def test_a_picture_inside_a_page_is_opened(may: Allowed) -> None:
    inner = base64.b64encode(drawing(PLANTED)).decode()
    assert PLANTED in too_many("page.html", f'<img src="data:image/svg+xml;base64,{inner}">'.encode(), may)


@pytest.mark.parametrize(
    "text", ["n = 1,234", "of 1,234 persons in the sample", "n = 7", "7 persons in the sample", "1,234"]
)
def test_persons_that_are_not_rounded_are_found(text: str, may: Allowed) -> None:
    assert too_many("note.md", text.encode(), may)


@pytest.mark.parametrize("text", ["n = 1,230", "aged 15 and over", "42 thousand persons", "F17", "2013, Article 9"])
def test_innocent_words_are_not(text: str, may: Allowed) -> None:
    assert too_many("note.md", text.encode(), may) == []


def test_other_signs_for_decimals() -> None:
    may = Allowed(numbers_of([ROWS]), set(), ",")
    assert too_many("note.md", b"61,8 and 42.000", may) == []
    assert too_many("note.md", b"61,8374", may) == ["61,8374"]


def test_a_column_of_persons_is_in_tens(may: Allowed) -> None:
    assert too_many("file.csv", b"row,n\r\nall,1234\r\nsome,1230\r\n", may) == ["1234"]


def test_an_unknown_format_stops_the_attack(tmp_path: Path) -> None:
    (tmp_path / "data.parquet").write_bytes(b"")
    with pytest.raises(UnreadableFormat):
        list(walk(tmp_path))
    with pytest.raises(UnreadableFormat):
        list(read("report.docx", packed(**{"word/embeddings/data.bin": b"1"})))


def test_published_rows_that_say_too_much_are_named() -> None:
    row = {"n": 1230.0, "n_class": "", "estimate": 0.618, "ci_low": 0.6, "ci_high": 0.63, "se": 0.012}
    share = {**row, "statistic": "share", "measure": "share"}
    persons = {
        **row,
        "statistic": "total",
        "measure": "persons",
        "estimate": 42000.0,
        "ci_low": 40000.0,
        "ci_high": 44000.0,
        "se": 1200.0,
    }
    mean = {**persons, "statistic": "mean", "measure": "usd", "estimate": 345.0, "ci_low": 330.0, "ci_high": 361.0}
    good = [share, persons, mean]
    assert finer(pd.DataFrame(good), 2000).empty
    bad = [
        {**share, "estimate": 0.6183}, {**share, "n": 990.0}, {**share, "n": 1234.0}, {**persons, "ci_low": 40100.0},
        {**mean, "estimate": 345.2}, {**mean, "se": 1234.0},
    ]  # fmt: skip
    assert finer(pd.DataFrame(bad), 2000)["column"].tolist() == [
        "n",
        "estimate",
        "estimate",
        "estimate",
        "ci_low",
        "se",
    ]
