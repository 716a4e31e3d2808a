"""Figures in other formats beside the page: where they lie, when they are made again, kept, removed and listed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from unit.publish import fake_hub, fake_models
from unit.publish.test_publish import bytes_of

from informality.publish.catalogue import Catalogue
from informality.publish.other_formats import PICTURES
from informality.publish.publish import Report, publish
from informality.publish.text import Texts
from informality.settings import Thresholds

MODELS = fake_models.published(Thresholds(hide_below=30, flag_below=50))
EDUCATION, SETTLEMENT = "F05-informality-by-education", "F12-informality-by-settlement-type"
Run = Callable[..., Report]


@pytest.fixture
def small(catalogue: Catalogue) -> Catalogue:
    """Two figures and a table."""
    figures = {name: catalogue.figures[name] for name in ("F05", "F12")}
    return replace(catalogue, figures=figures, tables={"T04": catalogue.tables["T04"]}, models={})


@pytest.fixture
def run(published: pd.DataFrame, texts: Texts, small: Catalogue, limits: Thresholds) -> Run:
    def make(out: Path, *formats: str, previous: Report | None = None, catalogue: Catalogue = small) -> Report:
        return publish(
            published, MODELS, fake_hub.card(), texts, catalogue, out, thresholds=limits, formats=formats,
            previous=previous.items if previous else None,
        )  # fmt: skip

    return make


def files(stem: str, folder: str) -> set[str]:
    return {f"{folder}/{stem}.{suffix}" for suffix in PICTURES}


def test_pictures_lie_in_a_folder_of_their_own_and_the_page_leads_to_them(run: Run, tmp_path: Path) -> None:
    alone = run(tmp_path / "alone")
    report = run(tmp_path / "both", "slide", "page")
    assert set(report.made) - set(alone.made) == files(EDUCATION, "slide") | files(SETTLEMENT, "slide")
    page = (tmp_path / "both" / "index.html").read_text(encoding="utf-8")
    assert "Slide, 254 × 143 mm:" in page
    assert all(f'href="{name}"' in page for name in files(EDUCATION, "slide"))
    # All else is what it is without.
    before, after = bytes_of(tmp_path / "alone"), {
        p.name: p.read_bytes() for p in (tmp_path / "both").iterdir() if p.is_file()
    }  # fmt: skip
    assert set(before) == set(after)
    for name in set(before) - {"index.html"}:
        assert (tmp_path / "alone" / name).read_bytes() == after[name], name


def test_the_mark_is_on_every_picture(run: Run, tmp_path: Path) -> None:
    run(tmp_path, "slide")
    for name in files(EDUCATION, "slide"):
        content = (tmp_path / name).read_bytes()
        assert b"SIMULATED DATA" in content or name.endswith(".pdf"), name


def test_a_figure_may_ask_for_a_format_of_its_own(run: Run, small: Catalogue, tmp_path: Path) -> None:
    entry = small.figures["F12"].model_copy(update={"formats": ["slide"]})
    report = run(tmp_path, catalogue=replace(small, figures={**small.figures, "F12": entry}))
    assert {name for name in report.made if "/" in name} == files(SETTLEMENT, "slide")


def test_what_has_not_changed_is_kept_and_a_changed_format_remakes_its_pictures_only(
    run: Run, small: Catalogue, tmp_path: Path
) -> None:
    first = run(tmp_path, "slide", "narrow")
    second = run(tmp_path, "slide", "narrow", previous=first)
    assert second.made == ()
    assert set(second.kept) == set(first.made)
    changed = replace(
        small, formats={**small.formats, "slide": small.formats["slide"].model_copy(update={"text": 12.0})}
    )
    third = run(tmp_path, "slide", "narrow", previous=second, catalogue=changed)
    assert set(third.made) == files(EDUCATION, "slide") | files(SETTLEMENT, "slide")


def test_pictures_are_taken_over_from_where_the_last_run_left_them(
    published: pd.DataFrame, texts: Texts, small: Catalogue, limits: Thresholds, run: Run, tmp_path: Path
) -> None:
    first = run(tmp_path / "home", "slide")
    again = publish(
        published, MODELS, fake_hub.card(), texts, small, tmp_path / "part", thresholds=limits, formats=["slide"],
        previous=first.items, home=tmp_path / "home",
    )  # fmt: skip
    assert again.made == ()
    assert all((tmp_path / "part" / name).is_file() for name in files(EDUCATION, "slide"))


def test_what_nobody_asks_for_any_more_is_removed_and_nothing_else(run: Run, small: Catalogue, tmp_path: Path) -> None:
    mine = [tmp_path / "slide" / "F05-notes.txt", tmp_path / "mine" / f"{EDUCATION}.png"]
    for path in mine:
        path.parent.mkdir()
        path.write_bytes(b"")
    first = run(tmp_path, "slide", "narrow")
    # One of them is not even described any more.
    fewer = replace(small, formats={name: form for name, form in small.formats.items() if name != "narrow"})
    report = run(tmp_path, previous=first, catalogue=fewer)
    assert set(report.removed) == {
        name for stem in (EDUCATION, SETTLEMENT) for folder in ("slide", "narrow") for name in files(stem, folder)
    }
    assert all(path.is_file() for path in mine)
    assert [path.name for path in (tmp_path / "slide").iterdir()] == ["F05-notes.txt"]
    assert not (tmp_path / "narrow").exists()


def test_a_figure_without_room_is_listed_on_the_page_and_not_tried_again(
    run: Run, small: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    low = small.formats["slide"].model_copy(update={"height": 45.0})
    catalogue = replace(small, formats={"slide": low})
    first = run(tmp_path, "slide", catalogue=catalogue)
    reasons = {left.item: left.reason for left in first.not_made}
    assert "has more rows than there is room for with text of 8 points" in reasons["F05"]
    assert reasons["F05"] in (tmp_path / "index.html").read_text(encoding="utf-8").replace("&#34;", '"')
    assert not [name for name in first.made if "/" in name]
    monkeypatch.setattr("informality.publish.charts.draw", lambda _: pytest.fail("drawn again"))
    second = run(tmp_path, "slide", previous=first, catalogue=catalogue)
    assert (second.made, second.not_made) == ((), first.not_made)


def test_several_processors_draw_them_too_and_say_what_has_no_room(
    published: pd.DataFrame, lao: Texts, small: Catalogue, limits: Thresholds, tmp_path: Path
) -> None:
    formats = {**small.formats, "slide": small.formats["slide"].model_copy(update={"height": 45.0})}
    report = publish(
        published, MODELS, fake_hub.card(), lao, replace(small, formats=formats), tmp_path, thresholds=limits,
        formats=["narrow", "slide"], threads=2,
    )  # fmt: skip
    assert {name for name in report.made if "/" in name} == files(EDUCATION, "narrow") | files(SETTLEMENT, "narrow")
    assert lao.t("format_name.narrow") in (tmp_path / "index.html").read_text(encoding="utf-8")
    assert {left.item for left in report.not_made if lao.t("format_name.slide") in left.reason} == {"F05", "F12"}
