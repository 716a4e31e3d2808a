"""The report as a Word file that a person can go on writing: styles, captions, fields and tables are Word's own."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import docx as word
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.text.paragraph import Paragraph as WordParagraph

from informality.publish.report.archive import normalised
from informality.publish.report.blocks import (
    Block,
    Bullets,
    Definitions,
    Document,
    Heading,
    Paragraph,
    Picture,
    PrintedTable,
    Told,
)
from informality.publish.report.word_parts import append, bookmark, clean, field, listed, paragraph_of, run, table
from informality.publish.report.word_styles import TABLE, dress

# A file has no clock of its own.
CREATED = datetime(2000, 1, 1)
MARGIN, TOP = 20, 24
HIGHEST = 215
BOLD = "<w:rPr><w:b/><w:bCs/></w:rPr>"
# Names of the counters, which Word wants in Latin letters whatever the label before the number.
SEQUENCES = {"figure": "Figure", "table": "Table"}
STYLE_OF = {"body": "Normal", "note": "Report Note", "mark": "Report Mark"}


def docx(report: Document, pngs: Mapping[str, bytes], template: Path | None = None) -> bytes:
    """The file. ``pngs``: stem of a figure → its picture at 300 dots per inch; ``template``: a house template, whose styles, paper,
    header and footer are kept and whose text is taken out. The same input gives the same bytes.
    """
    return _Writer(report, pngs, template).written()


class _Writer:
    def __init__(self, report: Document, pngs: Mapping[str, bytes], template: Path | None) -> None:
        self.report, self.pngs, self.house = report, pngs, template is not None
        self.file = word.Document(str(template) if template else None)
        self.marks = " · ".join(mark for mark, _ in report.marks)
        self.numbers = {"figure": 0, "table": 0}
        self.targets: list[tuple[str, str, str]] = []
        self.ids: dict[str, str] = {}
        self.end = self.file.element.body.sectPr

    def written(self) -> bytes:
        file, body = self.file, self.file.element.body
        for element in [element for element in body if element.tag != qn("w:sectPr")]:
            body.remove(element)
        dress(file, self.report.language, house=self.house)
        self._page()
        self._properties()
        self._front()
        for block in self.report.second:
            self._block(block)
        self._contents_go_here = self._add("Normal", "")
        for block in self.report.blocks:
            self._block(block)
        self._contents()
        out = io.BytesIO()
        file.save(out)
        return normalised(out.getvalue())

    def _page(self) -> None:
        section = self.file.sections[0]
        if not self.house:
            section.page_width, section.page_height = Mm(210), Mm(297)
            section.left_margin = section.right_margin = Mm(MARGIN)
            section.top_margin = section.bottom_margin = Mm(TOP)
        self.width = (section.page_width - section.left_margin - section.right_margin) / Mm(1)
        if not self.house or self.marks:
            # A mark is on every page, also where a house has a header of its own.
            head = section.header.paragraphs[0] if not self.house else section.header.add_paragraph()
            head.style = self.file.styles["Header"]
            append(head, run(f"{self.report.title}    "))
            append(
                head,
                run(self.marks, '<w:rPr><w:b/><w:bCs/><w:highlight w:val="yellow"/></w:rPr>') if self.marks else "",
            )
        if not self.house:
            foot = section.footer.paragraphs[0]
            before, _, rest = self.report.words["page"].partition("{page}")
            between, _, after = rest.partition("{pages}")
            append(foot, run(before) + field("PAGE", "1") + run(between) + field("NUMPAGES", "1") + run(after))

    def _properties(self) -> None:
        core = self.file.core_properties
        core.title, core.subject = clean(self.report.title), clean(self.report.subtitle)
        core.author = core.last_modified_by = core.keywords = core.category = ""
        core.comments, core.language = clean(self.marks), self.report.language
        core.created = core.modified = core.last_printed = CREATED
        core.revision = 1

    def _add(self, style: str, runs: str) -> Any:
        """A paragraph of some runs at the end of the text."""
        paragraph = WordParagraph(paragraph_of(runs, self._id(style)), self.file._body)
        self.end.addprevious(paragraph._p)
        return paragraph

    def _paragraph(self, text: str, style: str) -> Any:
        return self._add(style, run(text))

    def _id(self, style: str) -> str:
        """The id of a style; looked up once, because python-docx takes its time."""
        if style not in self.ids:
            self.ids[style] = str(self.file.styles[style].style_id)
        return self.ids[style]

    def _front(self) -> None:
        self._paragraph(self.report.title, "Title")
        self._paragraph(self.report.subtitle, "Subtitle")
        for mark, explained in self.report.marks:
            self._paragraph(f"{mark}: {explained}" if explained else mark, "Report Mark")
        for line in self.report.some_marks:
            self._paragraph(line, "Report Mark")
        for line in self.report.front:
            self._paragraph(line, "Normal")
        self._add("Normal", run(self.report.disclaimer, BOLD))

    def _contents(self) -> None:
        """Contents and lists of figures and tables before the text, whose places are known only now."""
        lists = (
            ("contents", 'TOC \\o "1-2" \\h \\z \\u', ("toc 1", "toc 2")),
            ("list_of_figures", f'TOC \\h \\z \\c "{SEQUENCES["figure"]}"', ("figure",)),
            ("list_of_tables", f'TOC \\h \\z \\c "{SEQUENCES["table"]}"', ("table",)),
        )
        place = self._contents_go_here._p
        for name, instruction, kinds in lists:
            entries = [(self._list_style(kind), text, target) for kind, text, target in self.targets if kind in kinds]
            if entries:
                title = self._paragraph(self.report.words[name], "TOC Heading")
                title.paragraph_format.page_break_before = name == "contents"
                place.addprevious(title._p)
                for element in listed(instruction, entries):
                    place.addprevious(element)
        place.getparent().remove(place)

    def _list_style(self, kind: str) -> str:
        return self._id(kind if kind.startswith("toc") else "table of figures")

    def _block(self, block: Block) -> None:
        if isinstance(block, Heading):
            self._heading(block)
        elif isinstance(block, Paragraph):
            self._paragraph(block.text, STYLE_OF[block.style])
        elif isinstance(block, Bullets):
            for item in block.items:
                self._paragraph(item, "List Bullet")
        elif isinstance(block, Told):
            self._told(block)
        elif isinstance(block, Definitions):
            self._defined(block)
        elif isinstance(block, Picture):
            self._picture(block)
        else:
            self._table(block)

    def _target(self, paragraph: Any, kind: str, text: str) -> None:
        number = len(self.targets) + 1
        bookmark(paragraph, number, f"_Toc{number:08d}")
        self.targets.append((kind, text, f"_Toc{number:08d}"))

    def _heading(self, block: Heading) -> None:
        paragraph = self._paragraph(block.text, f"Heading {block.level}")
        paragraph.paragraph_format.page_break_before = True if block.level == 1 else None
        if block.level <= 2:
            self._target(paragraph, f"toc {block.level}", block.text)

    def _told(self, block: Told) -> None:
        paragraph = self._paragraph(block.sentence, "Report Finding")
        for text in (" · ".join(block.marks), block.see):
            append(paragraph, run(f" {text}") if text else "")
        for line in block.evidence:
            self._paragraph(line, "Report Evidence")

    def _defined(self, block: Definitions) -> None:
        if block.title:
            self._paragraph(block.title, "Heading 3")
        for term, text in block.pairs:
            self._add("Report Definition", run(f"{term}: ", BOLD) + run(text))

    def _caption(self, kind: str, text: str) -> Any:
        self.numbers[kind] += 1
        label, number = self.report.words[kind], str(self.numbers[kind])
        counted = field(f"SEQ {SEQUENCES[kind]} \\* ARABIC", number)
        paragraph = self._add("Caption", run(f"{label} ") + counted + run(f". {text}"))
        self._target(paragraph, kind, f"{label} {number}. {text}")
        return paragraph

    def _picture(self, block: Picture) -> None:
        paragraph = self._add("Report Figure", "")
        picture = paragraph.add_run().add_picture(io.BytesIO(self.pngs[block.stem]), width=Mm(self.width))
        if picture.height > Mm(HIGHEST):
            picture.width, picture.height = round(picture.width * Mm(HIGHEST) / picture.height), Mm(HIGHEST)
        told = picture._inline.docPr
        told.set("name", block.stem)
        told.set("descr", clean(block.alt))
        self._caption("figure", block.caption)

    def _table(self, block: PrintedTable) -> None:
        self._caption("table", block.caption).paragraph_format.keep_with_next = True
        if block.marks:
            self._paragraph(" · ".join(block.marks), "Report Mark")
        if block.subtitle:
            self._paragraph(block.subtitle, "Report Note").paragraph_format.keep_with_next = True
        for grid in block.grids:
            if grid.heading:
                self._paragraph(grid.heading, "Report Part")
            end = self._paragraph(" ".join(block.notes[:1]) if grid is block.grids[-1] else "", "Report Note")
            size = "Report Small" if grid.small else "Report"
            styles = (self._id(TABLE), self._id(f"{size} Cell"), self._id(f"{size} Head"))
            made = table(grid, block.caption, width=self.width, styles=styles)
            end._p.addprevious(made)
        for note in block.notes[1:]:
            self._paragraph(note, "Report Note")
