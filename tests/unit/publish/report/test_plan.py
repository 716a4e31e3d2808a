from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from unit.publish.conftest import REPORT

from informality.errors import UserError
from informality.publish.catalogue import Catalogue
from informality.publish.report.plan import Part, load_plan

TABLES = ("T03", "T20", "T54")


def planned(tmp_path: Path, text: str, figures: tuple[str, ...] = ("F01", "F02")) -> None:
    path = tmp_path / "report.yaml"
    path.write_text(text, encoding="utf-8")
    load_plan(path, figures, TABLES)


def test_the_plan_of_the_repository_has_a_place_for_each_item(catalogue: Catalogue) -> None:
    plan = load_plan(
        REPORT / "report.yaml",
        [f"F{n:02}" for n in range(1, 42)],
        {**catalogue.tables, **catalogue.models, **catalogue.facts, **catalogue.bridges},
    )
    assert plan == catalogue.report


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("chapters: {extent: {figures: [F01-F02], tables: [T30]}}", "there is no table 'T30'"),
        ("chapters: {extent: {figures: [F01]}}", "the figure F02 stands in no chapter"),
        ("chapters: {a: {figures: [F01-F02]}, b: {figures: [F02]}}", "F02 stands in chapters.a and chapters.b"),
        ("chapters: {a: {figures: [F01-F02], tables: [T03, T03]}}", "T03 stands twice"),
        ("chapters: {a: {figures: [F1]}}", "'F1' is no number or range"),
        ("chapters: {a: {figures: [F09-F02]}}", "'F09-F02' is no number or range"),
        ("chapters: {a: {figure: [F01]}}", "did you mean 'figures'"),
        ("annexes: {quality: {}, assumption: {}}", "'assumption'; did you mean 'assumptions'"),
    ],
)
def test_a_wrong_plan_is_an_error_that_names_the_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UserError, match=message) as error:
        planned(tmp_path, text)
    assert "report.yaml" in str(error.value)


@given(some.integers(1, 99), some.integers(1, 99), some.integers(1, 99))
def test_a_range_holds_the_numbers_between_its_ends(first: int, length: int, number: int) -> None:
    last = min(first + length, 99)
    part = Part(figures=[f"F{first:02}-F{last:02}"])
    assert part.holds(f"F{number:02}") == (first <= number <= last)
