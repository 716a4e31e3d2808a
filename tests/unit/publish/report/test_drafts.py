from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import docx as word
from unit.publish.conftest import REPORT
from unit.publish.report.small_report import document, pictures

from informality.publish.files import Shelf
from informality.publish.report.drafts import DOCX, PDF, put_drafts


def made(out: Path, previous: dict[str, str], folder: Path = REPORT, title: str = "A title", alt: str = "") -> Shelf:
    svgs, pngs = pictures(REPORT / "fonts")
    for suffix, contents in (("svg", svgs), ("png", pngs)):
        for stem, content in contents.items():
            (out / f"{stem}.{suffix}").write_bytes(content)
    shelf = Shelf(out, out, previous)
    report = document(title=title)
    if alt:
        blocks = tuple(replace(b, alt=alt) if hasattr(b, "alt") else b for b in report.blocks)
        report = replace(report, blocks=blocks)
    put_drafts(shelf, report, folder, "code")
    return shelf


def test_both_files_are_made_once_and_then_kept(tmp_path: Path) -> None:
    first = made(tmp_path, {})
    assert first.made == [PDF, DOCX]
    again = made(tmp_path, first.items)
    assert (again.made, again.kept) == ([], [PDF, DOCX])
    assert made(tmp_path, first.items, title="Another").made == [PDF, DOCX]
    assert made(tmp_path, first.items, alt="Another").made == [PDF, DOCX]


def test_a_file_that_was_changed_by_hand_is_made_again(tmp_path: Path) -> None:
    first = made(tmp_path, {})
    (tmp_path / DOCX).write_bytes(b"mine")
    assert made(tmp_path, first.items).made == [DOCX]


def test_each_look_has_its_own_template(tmp_path: Path) -> None:
    folder, out = tmp_path / "report", tmp_path / "out"
    shutil.copytree(REPORT, folder)
    out.mkdir()
    first = made(out, {}, folder)
    house = word.Document()
    house.styles["Heading 1"].font.name = "Georgia"
    house.save(str(folder / "template.docx"))
    second = made(out, first.items, folder)
    assert second.made == [DOCX]
    assert word.Document(str(out / DOCX)).styles["Heading 1"].font.name == "Georgia"
    typ = folder / "report.typ"
    typ.write_text(typ.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert made(out, second.items, folder).made == [PDF]
