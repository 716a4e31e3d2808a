from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import docx as word
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.shared import Pt
from unit.publish.conftest import REPORT
from unit.publish.report.small_report import EVIL, LAO, LINES, SHOWN, document, pictures

from informality.publish.report.word import CREATED, docx
from informality.publish.report.word_styles import FONT, ORDER, SCRIPTS

_, PNGS = pictures(REPORT / "fonts")


def opened(content: bytes) -> Any:
    return word.Document(io.BytesIO(content))


@pytest.fixture(scope="module")
def content() -> bytes:
    return docx(document(), PNGS)


@pytest.fixture(scope="module")
def file(content: bytes) -> Any:
    return opened(content)


def texts(file: Any, style: str) -> list[str]:
    return [p.text for p in file.paragraphs if p.style.name == style]


def instructions(file: Any) -> list[str]:
    return [element.text.strip() for element in file.element.body.iter(qn("w:instrText"))]


def test_headings_are_headings(file: Any) -> None:
    assert texts(file, "Heading 1") == ["How to cite", "Results"]
    assert texts(file, "Heading 2") == ["Section"]
    assert texts(file, "Title") == [f"Informal employment: {SHOWN} "]


def test_captions_count_themselves(file: Any) -> None:
    captions = texts(file, "Caption")
    assert [caption.split(". ")[0] for caption in captions] == ["Figure 1", "Table 1"]
    fields = instructions(file)
    assert [f for f in fields if f.startswith("SEQ")] == ["SEQ Figure \\* ARABIC", "SEQ Table \\* ARABIC"]


def test_contents_are_a_field_that_is_filled_and_leads_to_its_places(file: Any) -> None:
    assert [f for f in instructions(file) if f.startswith("TOC")] == [
        'TOC \\o "1-2" \\h \\z \\u',
        'TOC \\h \\z \\c "Figure"',
        'TOC \\h \\z \\c "Table"',
    ]
    marks = {element.get(qn("w:name")) for element in file.element.body.iter(qn("w:bookmarkStart"))}
    links = [element.get(qn("w:anchor")) for element in file.element.body.iter(qn("w:hyperlink"))]
    assert len(links) == 5
    assert set(links) <= marks
    kinds = [element.get(qn("w:fldCharType")) for element in file.element.body.iter(qn("w:fldChar"))]
    assert kinds.count("begin") == kinds.count("separate") == kinds.count("end") == 5


def test_every_picture_has_its_alternative_text(file: Any) -> None:
    told = [shape._inline.docPr.get("descr") for shape in file.inline_shapes]
    assert told == [f"Dots with intervals. {EVIL}".replace("\x0b", "")]


def test_heads_of_tables_are_repeated_and_rows_not_broken(file: Any) -> None:
    assert len(file.tables) == 2
    for table in file.tables:
        first, *others = table._tbl.tr_lst
        assert first.trPr.find(qn("w:tblHeader")) is not None
        assert all(row.trPr.find(qn("w:tblHeader")) is None for row in others)
        assert all(row.trPr.find(qn("w:cantSplit")) is not None for row in table._tbl.tr_lst)
        assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")).startswith("By sex")


def test_cells_are_plain_text(file: Any) -> None:
    cells = [cell.text for cell in file.tables[0]._cells]
    assert cells[0] == f"{SHOWN} "
    assert LAO in cells
    assert any(cell.split() == LINES.split() for cell in cells)


def test_labels_are_text_everywhere(file: Any, content: bytes) -> None:
    assert SHOWN in " ".join(texts(file, "Normal"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"<script>" not in archive.read("word/document.xml")


def test_every_style_has_the_fonts_of_both_scripts(file: Any) -> None:
    styles = [style for style in file.styles if style.type != WD_STYLE_TYPE.LIST]
    assert {"Normal", "Heading 1", "Caption", "Report Table", "Report Cell", "toc 1"} <= {
        style.name for style in styles
    }
    for style in styles:
        fonts = style.element.rPr.find(qn("w:rFonts"))
        assert {fonts.get(qn(f"w:{script}")) for script in SCRIPTS} == {FONT}, style.name
        assert not [key for key in fonts.attrib if "heme" in key], style.name


def test_properties_of_characters_stand_in_the_order_of_the_schema(file: Any) -> None:
    places = {qn(name): place for place, name in enumerate(ORDER)}
    for properties in file.styles.element.iter(qn("w:rPr")):
        found = [places[child.tag] for child in properties if child.tag in places]
        assert found == sorted(found)


def test_sizes_and_weights_of_lao_are_those_of_latin(file: Any) -> None:
    for name in ("Normal", "Heading 1", "Caption", "Report Cell"):
        properties = file.styles[name].element.rPr
        assert properties.find(qn("w:szCs")).get(qn("w:val")) == properties.find(qn("w:sz")).get(qn("w:val"))
        bold = properties.find(qn("w:bCs")).get(qn("w:val")) == "1"
        assert bold == bool(file.styles[name].font.bold)


@pytest.mark.parametrize("language", ["en-GB", "lo-LA"])
def test_the_languages_are_told(language: str) -> None:
    file = opened(docx(document(language=language), PNGS))
    tag = next(file.styles.element.find(qn("w:docDefaults")).iter(qn("w:lang")))
    assert (tag.get(qn("w:val")), tag.get(qn("w:bidi"))) == (language, "lo-LA")


def test_the_file_knows_no_author_and_no_clock(file: Any) -> None:
    core = file.core_properties
    times = [core.created.replace(tzinfo=None), core.modified.replace(tzinfo=None)]
    assert (core.author, core.last_modified_by, times) == ("", "", [CREATED, CREATED])
    assert core.comments == "SIMULATED DATA"
    assert core.title == f"Informal employment: {SHOWN} "


def test_the_mark_is_on_every_page(file: Any) -> None:
    assert all("SIMULATED DATA" in section.header.paragraphs[0].text for section in file.sections)
    assert any("SIMULATED DATA: The persons are invented." in text for text in texts(file, "Report Mark"))
    assert "In some figures and tables: UNVERIFIED" in texts(file, "Report Mark")


def test_findings_and_terms_have_their_styles(file: Any) -> None:
    assert texts(file, "Report Finding") == ["Nine in ten work informally. UNVERIFIED See F05."]
    assert texts(file, "Report Evidence")[0].startswith("82.7 %")
    assert "Age base: 15 and over" in texts(file, "Report Definition")


def test_two_runs_give_the_same_bytes(content: bytes) -> None:
    assert docx(document(), PNGS) == content


def test_a_house_template_keeps_its_styles_and_loses_its_text(tmp_path: Path) -> None:
    house = word.Document()
    house.add_paragraph("Text of the template")
    house.styles["Heading 1"].font.name = "Georgia"
    house.styles["Heading 1"].font.size = Pt(31)
    house.sections[0].header.paragraphs[0].text = "The house"
    path = tmp_path / "template.docx"
    house.save(path)
    file = opened(docx(document(), PNGS, path))
    assert "Text of the template" not in [p.text for p in file.paragraphs]
    heading = file.styles["Heading 1"]
    assert (heading.font.name, heading.font.size) == ("Georgia", Pt(31))
    assert next(p.text for p in file.sections[0].header.paragraphs) == "The house"
    assert "SIMULATED DATA" in file.sections[0].header.paragraphs[-1].text
    assert file.styles["Report Note"].font.name is None, "it takes that of the house"
    assert texts(file, "Heading 1") == ["How to cite", "Results"]
    assert file.core_properties.author == ""


def test_the_archive_tells_no_time(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [member.filename for member in archive.infolist()]
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert names[0] == "[Content_Types].xml"
    assert names[1:] == sorted(names[1:])


def test_no_path_is_in_any_part(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            for place in (Path.cwd(), Path.home(), Path(tempfile.gettempdir())):
                assert str(place).encode() + b"/" not in archive.read(name), name
