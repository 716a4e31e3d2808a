from __future__ import annotations

import io
import re

import pypdf
import pytest
from unit.publish.conftest import REPORT
from unit.publish.report.small_report import EVIL, LAO, SHOWN, document, pictures
from unit.publish.test_figure_pdf import alternatives

from informality.publish.report.blocks import Bullets, Definitions, Document, Grid, Heading, PrintedTable
from informality.publish.report.pages import pdf

SVGS, _ = pictures(REPORT / "fonts")


def read(report: Document) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf(report, SVGS, REPORT)))


@pytest.fixture(scope="module")
def reader() -> pypdf.PdfReader:
    return read(document())


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.fixture(scope="module")
def text(reader: pypdf.PdfReader) -> str:
    return squeezed(" ".join(page.extract_text() for page in reader.pages))


def test_the_file_is_tagged_and_has_title_and_language_and_no_date(reader: pypdf.PdfReader) -> None:
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert reader.metadata is not None
    assert reader.metadata.title == document().title
    assert reader.metadata.author is None
    assert reader.metadata.creation_date is None


def test_it_says_of_itself_that_it_is_accessible(reader: pypdf.PdfReader) -> None:
    assert b"pdfuaid" in reader.trailer["/Root"]["/Metadata"].get_data()


def test_the_mark_is_on_every_page(reader: pypdf.PdfReader) -> None:
    assert len(reader.pages) > 5
    assert all("SIMULATED DATA" in page.extract_text() for page in reader.pages)


def test_labels_are_text_and_never_commands(text: str) -> None:
    assert text.count(squeezed(SHOWN)) >= 6
    assert squeezed("first line second line") in text


def test_every_picture_has_its_alternative_text(reader: pypdf.PdfReader) -> None:
    assert [one for one in alternatives(reader) if one.startswith("Dots")] == [f"Dots with intervals. {EVIL}"]


def test_figures_and_tables_are_counted_and_listed(text: str) -> None:
    assert text.count(squeezed("Figure 1")) == text.count(squeezed("Table 1")) == 2, "in the list, and at its place"


def test_the_head_of_a_long_table_is_repeated(reader: pypdf.PdfReader) -> None:
    pages = [page.extract_text() for page in reader.pages]
    last = next(i for i, page in enumerate(pages) if "level 149" in page)
    assert re.search(r"Level\s+n", pages[last])
    assert "level 0" not in pages[last].split("level 149")[0].splitlines()


def test_evidence_stands_beside_the_finding(text: str) -> None:
    assert squeezed("Nine in ten work informally.") in text
    assert squeezed("n = 13,652") in text


def test_two_runs_give_the_same_bytes() -> None:
    assert pdf(document(), SVGS, REPORT) == pdf(document(), SVGS, REPORT)


def test_lao_is_written_with_its_own_language_and_font() -> None:
    reader = read(document(lang="lo", language="lo-LA", title=LAO))
    assert reader.trailer["/Root"]["/Lang"] == "lo"
    fonts = {str(f["/BaseFont"]) for page in reader.pages for f in fonts_of(page)}
    assert fonts
    assert all("NotoSansLao" in name for name in fonts)


def fonts_of(page: pypdf.PageObject) -> list[pypdf.generic.DictionaryObject]:
    return [font.get_object() for font in page["/Resources"].get("/Font", {}).values()]


def test_without_marks_figures_and_findings_there_is_a_report_too() -> None:
    reader = read(document(marks=(), some_marks=(), blocks=document().blocks[:2], lang="lo"))
    assert "SIMULATED" not in reader.pages[0].extract_text()


def test_a_table_without_rows_and_a_list_without_terms_break_nothing() -> None:
    empty = Grid("", ("Sex", "n"), (), (False, True), (0.5, 0.5))
    blocks = (Heading("One"), PrintedTable("", "Empty", "", (), (empty,), ()), Definitions(()), Bullets(()))
    reader = read(document(blocks=blocks))
    assert "Empty" in reader.pages[-1].extract_text()


def test_a_figure_that_is_higher_than_a_page_is_made_to_fit() -> None:
    tall = SVGS["F05-by-education"].replace(b'height="72pt"', b'height="900pt"')
    reader = pypdf.PdfReader(io.BytesIO(pdf(document(), {"F05-by-education": tall}, REPORT)))
    assert b'height="72pt"' in SVGS["F05-by-education"]
    assert len(reader.pages) == len(read(document()).pages) + 1
