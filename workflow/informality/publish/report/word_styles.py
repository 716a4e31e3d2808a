"""Styles of the Word file: every one has the fonts and languages of both scripts, so that no machine chooses another for Lao.

Word takes Lao for a complex script: font (w:cs), size (w:szCs) and bold (w:bCs) of it are told apart from those of Latin letters. A
house template keeps its own styles and fonts; only the styles that it lacks are added, and take the fonts of its body.
"""

from __future__ import annotations

from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

FONT = "Noto Sans Lao"
SCRIPTS = ("ascii", "hAnsi", "cs", "eastAsia")
INK, SOFT, WARN = "1a1a1a", "5a5a5a", "fff3c4"
TABLE = "Report Table"
# Paragraph styles: name, size in points, bold, colour, space before and after in points, kept with the next paragraph.
STYLES = (
    ("Normal", 10, False, INK, 0, 6, False),
    ("Title", 24, True, INK, 120, 12, True),
    ("Subtitle", 13, False, SOFT, 0, 18, False),
    ("Heading 1", 16, True, INK, 18, 8, True),
    ("Heading 2", 12, True, INK, 14, 6, True),
    ("Heading 3", 10, True, INK, 10, 4, True),
    ("Caption", 9, True, INK, 10, 4, False),
    ("List Bullet", 10, False, INK, 0, 3, False),
    ("Header", 8, False, SOFT, 0, 0, False),
    ("Footer", 8, False, SOFT, 0, 0, False),
    ("TOC Heading", 16, True, INK, 0, 8, True),
    ("toc 1", 10, False, INK, 0, 2, False),
    ("toc 2", 10, False, INK, 0, 2, False),
    ("table of figures", 10, False, INK, 0, 2, False),
    ("Report Note", 8, False, SOFT, 2, 3, False),
    ("Report Mark", 9, True, INK, 2, 4, True),
    ("Report Figure", 10, False, INK, 10, 0, True),
    ("Report Finding", 10, True, INK, 8, 2, True),
    ("Report Evidence", 8, False, SOFT, 0, 2, False),
    ("Report Definition", 9, False, INK, 0, 2, False),
    ("Report Part", 9, True, INK, 8, 3, True),
    ("Report Cell", 7.5, False, INK, 0, 0, False),
    ("Report Head", 7.5, True, INK, 0, 0, True),
    ("Report Small Cell", 6.5, False, INK, 0, 0, False),
    ("Report Small Head", 6.5, True, INK, 0, 0, True),
)
# Properties of characters in the order of the schema (ISO/IEC 29500-1, CT_RPr), and what follows a shade in those of paragraphs.
ORDER = tuple(
    f"w:{name}"
    for name in [
        "rStyle",
        "rFonts",
        "b",
        "bCs",
        "i",
        "iCs",
        "caps",
        "smallCaps",
        "strike",
        "dstrike",
        "outline",
        "shadow",
        "emboss",
        "imprint",
        "noProof",
        "snapToGrid",
        "vanish",
        "webHidden",
        "color",
        "spacing",
        "w",
        "kern",
        "position",
        "sz",
        "szCs",
        "highlight",
        "u",
        "effect",
        "bdr",
        "shd",
        "fitText",
        "vertAlign",
        "rtl",
        "cs",
        "em",
        "lang",
    ]
)
AFTER_SHADE = ("w:tabs", "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:outlineLvl", "w:rPr")
INDENTED = {"toc 2": 6, "Report Evidence": 6, "Report Definition": 6}


def dress(document: Any, language: str, *, house: bool) -> None:
    """Give the document its styles. ``house``: it is made from a template, whose styles stay as they are."""
    names = {style.name for style in document.styles}
    for name, size, bold, colour, before, after, keep in STYLES:
        there = name in names
        if not there:
            document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        if not (there and house):
            _look(document.styles[name], name, size, bold, colour, (before, after), keep)
    if TABLE not in names:
        document.styles.element.append(_table_style())
    for properties in [] if house else _all_properties(document):
        _fonts(properties)
    _languages(document, language)


def _look(style: Any, name: str, size: float, bold: bool, colour: str, around: tuple[float, float], keep: bool) -> None:
    font, space = style.font, style.paragraph_format
    font.size, font.bold, font.italic = Pt(size), bold, False
    font.color.rgb = RGBColor.from_string(colour.upper())
    space.space_before, space.space_after, space.keep_with_next = Pt(around[0]), Pt(around[1]), keep
    # The font's own lines leave room for Lao marks; more would only stretch the text.
    space.line_spacing = 1.0
    space.left_indent = Mm(INDENTED[name]) if name in INDENTED else space.left_indent
    properties = style.element.get_or_add_rPr()
    for stretched in [*properties.findall(qn("w:spacing")), *properties.findall(qn("w:kern"))]:
        properties.remove(stretched)
    for tag, value in (("w:bCs", "1" if bold else "0"), ("w:szCs", f"{round(size * 2)}")):
        _child(properties, tag).set(qn("w:val"), value)
    if name == "Report Mark":
        shade = parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{WARN}"/>')
        style.element.get_or_add_pPr().insert_element_before(shade, *AFTER_SHADE)
    if name == "Title":
        # The rule below the title of the default template.
        for border in style.element.pPr.findall(qn("w:pBdr")):
            style.element.pPr.remove(border)


def _all_properties(document: Any) -> list[Any]:
    """Properties of characters of the document's defaults and of every style."""
    defaults = document.styles.element.find(qn("w:docDefaults"))
    found = [] if defaults is None else list(defaults.iter(qn("w:rPr")))
    styles = [style for style in document.styles if style.type != WD_STYLE_TYPE.LIST]
    return [*found, *(style.element.get_or_add_rPr() for style in styles)]


def _fonts(properties: Any) -> None:
    fonts = _child(properties, "w:rFonts")
    for theme in ("asciiTheme", "hAnsiTheme", "cstheme", "eastAsiaTheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for script in SCRIPTS:
        fonts.set(qn(f"w:{script}"), FONT)


def _languages(document: Any, language: str) -> None:
    """Language of Latin text, and of complex scripts, which here is always Lao."""
    defaults = document.styles.element.find(qn("w:docDefaults"))
    for properties in [] if defaults is None else defaults.iter(qn("w:rPr")):
        tag = _child(properties, "w:lang")
        for key, value in (("val", language), ("eastAsia", language), ("bidi", "lo-LA")):
            tag.set(qn(f"w:{key}"), value)


def _child(properties: Any, tag: str) -> Any:
    """A property of characters, made at its place where it is not there: Word refuses files whose properties are in another order."""
    found = properties.find(qn(tag))
    if found is None:
        found = OxmlElement(tag)
        properties.insert_element_before(found, *ORDER[ORDER.index(tag) + 1 :])
    return found


def _table_style() -> Any:
    """Lines above, below and between rows; the head in bold."""
    lines = "".join(
        f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="{colour}"/>'
        for side, size, colour in (("top", 8, INK), ("bottom", 6, INK), ("insideH", 4, "bdbdbd"))
    )
    margins = "".join(
        f'<w:{side} w:w="{width}" w:type="dxa"/>'
        for side, width in (("top", 30), ("left", 60), ("bottom", 30), ("right", 60))
    )
    return parse_xml(
        f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="ReportTable"><w:name w:val="{TABLE}"/>'
        f'<w:basedOn w:val="TableNormal"/><w:uiPriority w:val="99"/><w:rPr/><w:tblPr><w:tblBorders>{lines}</w:tblBorders>'
        f"<w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>"
        f'<w:tblStylePr w:type="firstRow"><w:rPr><w:b/><w:bCs/></w:rPr><w:tcPr><w:tcBorders>'
        f'<w:bottom w:val="single" w:sz="6" w:space="0" w:color="{INK}"/></w:tcBorders></w:tcPr></w:tblStylePr></w:style>'
    )
