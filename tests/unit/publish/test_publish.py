from __future__ import annotations

import csv
import hashlib
import json
import re
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pandas as pd
import pypdfium2
import pytest
from PIL import Image
from unit.publish import fake_hub, fake_models
from unit.publish.released import release

from informality.publish.card import read_card
from informality.publish.catalogue import Catalogue
from informality.publish.edition import FORMATS, LONGEST_TITLE, _heading
from informality.publish.publish import Report, publish
from informality.publish.text import Texts
from informality.settings import Thresholds

STEMS = ["F01-employment-by-component", "F02-informality-rate-overview", "F03-components-of-informal-employment-by-sex"]
STEMS += ["F04-informality-by-age-and-sex", "F05-informality-by-education", "F06-informality-by-status"]
STEMS += ["F08-informality-by-industry", "F09-workers-and-informality-by-industry", "F10-informality-by-occupation"]
STEMS += ["F11-informality-by-region", "F12-informality-by-settlement-type", "F13-informality-by-size"]
STEMS += ["F31-factors-associated-with-informality", "F38-informality-by-concept-and-standard"]
STEMS += ["F41-what-changes-the-rate"]
MODELS = fake_models.published(Thresholds(hide_below=30, flag_below=50))
EVIL = "<script>alert(1)</script>"
CARD = fake_hub.card(
    not_available=[],
    questions={"pension": {"label": '=HYPERLINK("http://x")'}},
    levels={
        "region": {**fake_hub.REGIONS, "LA-VT": EVIL},
        "settlement": {**fake_hub.SETTLEMENTS, "urban": f"@Urban\n{EVIL}"},
    },
)


@pytest.fixture(scope="module")
def small(catalogue: Catalogue) -> Catalogue:
    """Two figures and a few tables: enough where only the machinery is looked at."""
    tables = {
        name: table for name, table in catalogue.tables.items() if name in ("T01", "T07", "T08", "T23", "T25", "T29")
    }
    return replace(
        catalogue, figures={name: catalogue.figures[name] for name in ("F05", "F12")}, tables=tables, models={}
    )


@pytest.fixture(scope="module")
def whole(
    tmp_path_factory: pytest.TempPathFactory,
    published: pd.DataFrame,
    texts: Texts,
    catalogue: Catalogue,
    limits: Thresholds,
) -> tuple[Path, Report]:
    out = tmp_path_factory.mktemp("figures")
    return out, publish(published, MODELS, CARD, texts, catalogue, out, thresholds=limits)


def bytes_of(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}


def test_every_file_is_there_under_its_name(whole: tuple[Path, Report]) -> None:
    out, report = whole
    wanted = {f"{stem}.{suffix}" for stem in STEMS for suffix in FORMATS}
    wanted |= {"tables.xlsx", "index.html", "findings.json", "report.pdf", "report.docx"}
    assert {p.name for p in out.iterdir()} == wanted == set(report.made)


def test_rows_in_another_order_are_the_same_items(
    whole: tuple[Path, Report], published: pd.DataFrame, texts: Texts, catalogue: Catalogue, limits: Thresholds
) -> None:
    out, report = whole
    before = bytes_of(out)
    hub, models = (frame.sample(frac=1, random_state=1) for frame in (published, MODELS))
    again = publish(hub, models, CARD, texts, catalogue, out, thresholds=limits, previous=report.items)
    assert again.made == ()
    assert again.items == report.items
    assert bytes_of(out) == before


def test_two_runs_give_the_same_bytes(
    tmp_path: Path, published: pd.DataFrame, texts: Texts, catalogue: Catalogue, small: Catalogue, limits: Thresholds
) -> None:
    """All figures of the demo are compared in tests/workflow; here rows come in another order."""
    some = replace(
        small, figures={name: catalogue.figures[name] for name in ("F05", "F31", "F38")}, models=catalogue.models
    )
    for place, order in (("one", slice(None)), ("other", slice(None, None, -1))):
        (tmp_path / place).mkdir()
        publish(published[order], MODELS[order], CARD, texts, some, tmp_path / place, thresholds=limits)
    assert len(bytes_of(tmp_path / "one")) > 3 * len(FORMATS)
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "other")


def words_of(path: Path) -> str:
    """What a file says that a program can read: of a picture its title."""
    if path.suffix == ".png":
        with Image.open(path) as picture:
            return str(picture.text["Title"])  # type: ignore[attr-defined]
    if path.suffix == ".pdf":
        document = pypdfium2.PdfDocument(path)
        pages = [page.get_textpage().get_text_range() for page in document]
        return " ".join([document.get_metadata_value("Title"), *pages])
    if path.suffix in (".xlsx", ".docx"):
        with zipfile.ZipFile(path) as archive:
            return " ".join(
                archive.read(name).decode(errors="ignore") for name in archive.namelist() if name.endswith(".xml")
            )
    return path.read_text(encoding="utf-8")


def test_the_mark_is_in_every_format(whole: tuple[Path, Report]) -> None:
    out, _ = whole
    formats = set()
    for path in sorted(out.iterdir()):
        formats.add(path.suffix)
        assert "SIMULATED DATA" in words_of(path), path.name
    assert formats == {".png", ".svg", ".pdf", ".csv", ".json", ".xlsx", ".html", ".docx"}
    book = openpyxl.load_workbook(out / "tables.xlsx")
    for sheet in book:
        assert "SIMULATED DATA" in {cell.value for row in sheet.iter_rows(max_row=6) for cell in row}, sheet.title


def test_the_first_finding_that_rests_on_a_figure_is_its_title_where_it_is_short(whole: tuple[Path, Report]) -> None:
    out, _ = whole
    findings = json.loads((out / "findings.json").read_text(encoding="utf-8"))["findings"]
    titles = {stem[:3]: json.loads((out / f"{stem}.json").read_text(encoding="utf-8"))["finding"] for stem in STEMS}
    for figure, title in titles.items():
        of_it = [one["sentence"] for one in findings if one["item"] == figure and len(one["sentence"]) <= LONGEST_TITLE]
        assert title == (of_it[0] if of_it else "")
    assert any(titles.values())


def test_the_data_of_a_figure_are_numbers(whole: tuple[Path, Report]) -> None:
    out, _ = whole
    with (out / "F08-informality-by-industry.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["row_label"] == "Total"
    assert float(rows[0]["estimate"]) == 82.7
    hidden = [row for row in rows if row["flag"] == "x"]
    assert hidden
    assert all(row["estimate"] == row["lower"] == row["upper"] == "" and row["n"] == "<30" for row in hidden)
    assert {row["decimals"] for row in rows if row["estimate"]} <= {"0", "1"}


def test_nothing_hidden_is_in_any_file(tmp_path: Path, texts: Texts, small: Catalogue, limits: Thresholds) -> None:
    hub = fake_hub.hub()
    canary = (hub["settlement"] == "rural_road") & (hub["indicator"] == "informal")
    hub.loc[canary, ["estimate", "n"]] = [0.123456, 12]
    publish(release(hub, limits), MODELS, fake_hub.card(), texts, small, tmp_path, thresholds=limits)
    for path in tmp_path.iterdir():
        content = path.read_bytes()
        assert b"12.3" not in content or path.suffix in (".png", ".svg", ".pdf", ".docx"), path.name
    assert "12.3" not in words_of(tmp_path / "report.pdf")
    with zipfile.ZipFile(tmp_path / "report.docx") as word:
        assert b"12.3" not in word.read("word/document.xml")
    book = openpyxl.load_workbook(tmp_path / "tables.xlsx")
    assert 12.3456 not in {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}


def test_the_workbook_has_contents_tables_and_notes(whole: tuple[Path, Report]) -> None:
    out, report = whole
    book = openpyxl.load_workbook(out / "tables.xlsx")
    assert book.sheetnames[0] == "Contents"
    assert book.sheetnames[-1] == "Notes"
    made = book.sheetnames[1:-1]
    assert {left.item for left in report.not_made}.isdisjoint(made)
    for sheet in (book[name] for name in made):
        assert sheet.freeze_panes
        assert sheet.print_title_rows
        assert not sheet.merged_cells.ranges
    links = {cell.hyperlink.location for row in book["Contents"].iter_rows() for cell in row if cell.hyperlink}
    assert {f"'{name}'!A1" for name in [*made, "Notes"]} <= links


def test_cells_are_numbers_or_text_never_formulas(whole: tuple[Path, Report]) -> None:
    out, _ = whole
    book = openpyxl.load_workbook(out / "tables.xlsx")
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert kinds == {"n", "s"}
    texts = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "s"}
    assert '=HYPERLINK("http://x")' in texts
    head = next(row for row in book["T04"].iter_rows(values_only=True) if row[0] == "Sex")
    total = next(row for row in book["T04"].iter_rows(values_only=True) if row[0] == "Total")
    assert head[1].startswith("Informality rate")
    assert total[1] == 82.7


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_page_is_whole_plain_and_closed(whole: tuple[Path, Report]) -> None:
    out, report = whole
    text = (out / "index.html").read_text(encoding="utf-8")
    page = _Page()
    page.feed(text)
    assert not [tag for tag, _ in page.tags if tag in ("script", "iframe", "object", "link", "form")]
    policy = next(a["content"] for tag, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    images = [a for tag, a in page.tags if tag == "img" and a["alt"]]
    # Small pictures stand beside the title that they link to, so they need no words of their own.
    assert len([a for tag, a in page.tags if tag == "img" and not a["alt"]]) == len(STEMS)
    assert len(images) == len(STEMS)
    assert all(len(a["alt"] or "") > 40 for a in images)
    targets = [a[key] or "" for _, a in page.tags for key in ("href", "src") if key in a]
    ids = {a["id"] for _, a in page.tags if "id" in a}
    for target in targets:
        assert not re.match(r"[a-z]+:|//", target)
        assert target[1:] in ids if target.startswith("#") else (out / target).is_file()
    assert all(left.item in text and left.reason.split(";")[0] in text for left in report.not_made)


def test_labels_stay_text_on_the_page(whole: tuple[Path, Report]) -> None:
    out, _ = whole
    text = (out / "index.html").read_text(encoding="utf-8")
    assert EVIL not in text
    assert "&lt;script&gt;" in text
    assert "'@Urban <script>" in (out / "F12-informality-by-settlement-type.csv").read_text(encoding="utf-8")


def test_what_cannot_be_made_is_listed_with_its_reason(
    tmp_path: Path, texts: Texts, small: Catalogue, limits: Thresholds
) -> None:
    card = fake_hub.card(not_available=[{"variable": "settlement", "reason": "not_asked"}])
    hub = release(fake_hub.hub(without=("settlement",)), limits)
    report = publish(hub, MODELS, card, texts, small, tmp_path, thresholds=limits)
    reasons = {left.item: left.reason for left in report.not_made}
    assert reasons["F12"] == "type of settlement: not asked in this survey"
    assert reasons["T07"] == "type of settlement: not asked in this survey"
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "F12 Informal employment by type of settlement: type of settlement: not asked in this survey" in page


def test_figures_no_longer_made_are_removed_and_nothing_else(
    tmp_path: Path, published: pd.DataFrame, texts: Texts, small: Catalogue, limits: Thresholds
) -> None:
    for name in ("F09-old-figure.png", "F09-old-figure.csv", "F09-old-figure.pdf", "notes.txt", "F9-mine.png"):
        (tmp_path / name).write_bytes(b"")
    report = publish(published, MODELS, fake_hub.card(), texts, small, tmp_path, thresholds=limits)
    assert report.removed == ("F09-old-figure.csv", "F09-old-figure.pdf", "F09-old-figure.png")
    assert {"notes.txt", "F9-mine.png"} <= {p.name for p in tmp_path.iterdir()}


def test_a_changed_caption_remakes_only_what_shows_it(
    tmp_path: Path, published: pd.DataFrame, texts: Texts, small: Catalogue, limits: Thresholds
) -> None:
    first = publish(published, MODELS, fake_hub.card(), texts, small, tmp_path, thresholds=limits)
    times = {p.name: p.stat().st_mtime_ns for p in tmp_path.iterdir()}
    changed = replace(texts, words={**texts.words, "figure.F05.title": "Another title"})
    second = publish(
        published, MODELS, fake_hub.card(), changed, small, tmp_path, thresholds=limits, previous=first.items
    )
    stem = "F05-informality-by-education"
    assert {name for name in second.made if name.startswith("F")} == {f"{stem}.{suffix}" for suffix in FORMATS}
    assert "index.html" in second.made
    assert all((tmp_path / name).stat().st_mtime_ns == times[name] for name in second.kept)
    third = publish(
        published, MODELS, fake_hub.card(), changed, small, tmp_path, thresholds=limits, previous=second.items
    )
    assert third.made == ()


def test_lao_has_the_same_file_names(
    tmp_path: Path, published: pd.DataFrame, lao: Texts, small: Catalogue, limits: Thresholds
) -> None:
    report = publish(published, MODELS, fake_hub.card(), lao, small, tmp_path, thresholds=limits)
    assert "F05-informality-by-education.png" in report.made
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert '<html lang="lo">' in page
    assert lao.t("mark.simulated") in page
    assert openpyxl.load_workbook(tmp_path / "tables.xlsx").sheetnames[0] == lao.t("workbook.contents")


def test_pages_of_the_waves_of_a_family_have_headings_of_their_own(texts: Texts) -> None:
    waves = [fake_hub.card(title="Quarterly Labour Force Survey", reference=when) for when in ("Q3 2016", "Q3 2017")]
    headings = [_heading(read_card(wave), texts) for wave in waves]
    assert [heading.rpartition(", ")[2] for heading in headings] == ["Q3 2016", "Q3 2017"]
    once = _heading(read_card(fake_hub.card(title="Labour Force Survey 2017", reference="2017")), texts)
    assert once.count("2017") == 1
