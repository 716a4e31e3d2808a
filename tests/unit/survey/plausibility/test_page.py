"""The page on checks is up to date, and the list of checks is whole."""

from __future__ import annotations

import re
from pathlib import Path

from support import ROOT

from informality.survey.plausibility import (
    answers,
    classifications,
    contradictions,
    file,
    levels,
    numbers,
    people,
    weights,
)
from informality.survey.plausibility.checks import CHECKS, described
from informality.survey.plausibility.finding import Subject
from informality.survey.plausibility.limits import Limits
from informality.survey.plausibility.page import CASES, cases, checks, filled

PAGE = ROOT / "docs" / "checks.md"
FOLDER = Path(answers.__file__).parent


def test_the_page_is_up_to_date() -> None:
    page = PAGE.read_text(encoding="utf-8")
    remedy = "run: python -m informality.survey.plausibility.page docs/checks.md"
    assert filled(page) == page, remedy


def test_every_check_is_in_the_list_once() -> None:
    looks = {
        value
        for module in (answers, classifications, contradictions, file, levels, numbers, people, weights)
        for name, value in vars(module).items()
        if getattr(value, "__module__", "") == module.__name__
        and not name.startswith("_")
        and getattr(value, "__annotations__", {}).get("return") == "Iterator[Finding]"
    }
    # Jumps are looked for where waves meet (`waves`).
    assert looks == {check.look for check in CHECKS if check.id != "jump"}
    assert len({check.id for check in CHECKS}) == len(CHECKS)
    assert all(check.error or check.warning for check in CHECKS)


def test_every_finding_carries_the_name_of_its_check() -> None:
    written = {name for file in FOLDER.glob("*.py") for name in re.findall(r'Finding\(\s*"(\w+)"', file.read_text())}
    assert written == {check.id for check in CHECKS}


def test_thresholds_in_the_table_are_those_in_force() -> None:
    assert "above 120" in checks()
    assert "above 99" in checks(described(Limits(age_possible=99)))
    assert "above 3 %" in checks(described(Limits(unknown_share=0.03))).replace("more than", "above")


def test_every_bad_input_has_an_answer() -> None:
    assert len(CASES) == 48
    assert not [line for line in cases().splitlines() if line.endswith("|  |")]
    assert {number for check in CHECKS for number in check.cases} <= set(range(1, 49))


def test_limits_are_what_a_subject_uses() -> None:
    assert Subject.__dataclass_fields__["limits"].default == Limits()
