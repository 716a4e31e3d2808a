"""Contact sheets, the gallery, and the list of drafts for native readers."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from PIL import Image
from support import WORKFLOW

from informality.decisions import load
from informality.errors import UserError
from informality.publish import drafts, sheets
from informality.publish.catalogue import Catalogue
from informality.publish.text import Texts


def picture(path: Path, height: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (200, height), "red").save(path)


def test_a_contact_sheet_shows_every_figure_once(tmp_path: Path) -> None:
    for at, height in enumerate((100, 900, 300, 200, 250, 1000, 120)):
        picture(tmp_path / "survey" / "en" / f"F{at:02}-figure.png", height)
    made = sheets.contact(tmp_path / "survey" / "en", tmp_path / "out")
    assert made[0].name == "survey-en-1.png"
    red = 0
    for path in made:
        with Image.open(path) as page:
            colours = {colour: n for n, colour in page.convert("RGB").getcolors(1 << 24) or []}
            red += colours.get((255, 0, 0), 0)
    assert red == sum(height * 5 for height in (100, 900, 300, 200, 250, 1000, 120)) * sheets.CELL


def test_a_folder_without_figures_is_said_to_have_none(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no figure"):
        sheets.contact(tmp_path, tmp_path)


def test_the_gallery_is_of_figures_that_the_catalogue_has(catalogue: Catalogue) -> None:
    stems = {catalogue.file_stem(item) for item in catalogue.figures} | {"F37-trend"}
    named = load(sheets.Gallery, WORKFLOW / "report" / "gallery.yaml").pictures
    assert len(named) == 6
    for figure in named.values():
        assert Path(figure).name in stems


def test_a_figure_that_was_not_made_is_no_picture_of_the_gallery(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "FOLDER", WORKFLOW)
    with pytest.raises(UserError, match="has not been made"):
        sheets.gallery(tmp_path, tmp_path)


def test_drafts_list_every_word_with_the_glossary_first(texts: Texts, lao: Texts) -> None:
    content = drafts.drafts(WORKFLOW / "report", "lo").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert {row["key"] for row in rows} == set(lao.words) >= set(texts.words)
    first = [row["key"].startswith("glossary.") for row in rows]
    assert any(first)
    assert first == sorted(first, reverse=True)
    assert {row["state"] for row in rows} == {"draft"}
