"""What stops a run before its first job."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support import WORKFLOW

from informality import decided
from informality import settings as configuration
from informality.decisions import read_yaml
from informality.errors import UserError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(
        WORKFLOW, tmp_path / "workflow", ignore=shutil.ignore_patterns("informality", "*.ttf", "__pycache__")
    )
    return tmp_path / "workflow"


def check(folder: Path) -> None:
    decided.check(folder, configuration.load(read_yaml(folder / "config.yaml")), [])


def test_the_decisions_of_the_repository_are_whole(folder: Path) -> None:
    check(folder)


def test_a_format_of_figures_that_nobody_described_stops_the_run(folder: Path) -> None:
    settings = configuration.load({**read_yaml(folder / "config.yaml"), "figure_formats": ["page", "slides"]})
    with pytest.raises(UserError, match="did you mean 'slide'") as error:
        decided.check(folder, settings, [])
    assert error.value.where == "workflow/config.yaml, figure_formats"


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("findings.yaml", "{indicator: informal}", "{indicator: informl}", "did you mean 'informal'"),
        ("findings.yaml", "      most: [", "      more: [", r"finding\.N01\.more"),
        (
            "text.en.yaml",
            "{rate} per cent ({rate_interval})",
            "{rat} per cent ({rate_interval})",
            "did you mean 'rate'",
        ),
        ("text.en.yaml", "{label: Standard,", "{lable: Standard,", r"bridge\.steps\.standard\.label"),
        ("figures.yaml", "slug: employment-by-component", "slug: component\n    formats: [wid]", "did you mean 'wide'"),
        ("formats.yaml", "  slide: {", "  deck: {", r"format_name\.deck"),
    ],
)
def test_a_missing_sentence_or_placeholder_stops_the_run(
    file: str, old: str, new: str, message: str, folder: Path
) -> None:
    path = folder / "report" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(UserError, match=message):
        check(folder)
