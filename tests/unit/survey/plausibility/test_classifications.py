"""Codes of industry and occupation against their revision, and texts that have lost a zero."""

from __future__ import annotations

import pytest
from unit.survey.plausibility.looking import changed, found, ids, whole
from unit.survey.small_family import survey

from informality.survey.plausibility.classifications import KNOWN

N = len(whole())


@pytest.mark.parametrize(
    ("name", "revision", "inside", "outside"),
    [
        ("isic2", "rev4", (1, 3, 33, 68, 99), (4, 34, 40, 44, 48, 57, 67, 76, 83, 89, 0)),
        ("isic2", "rev3", (1, 5, 40, 67, 95), (3, 38, 42, 47, 56, 84, 94, 98)),
        ("isco2", "isco08", (1, 3, 26, 54, 63, 96), (0, 4, 15, 36, 45, 55, 64, 76, 84, 97)),
        ("isco2", "isco88", (1, 11, 24, 74, 93), (2, 14, 25, 35, 53, 63, 75, 94)),
    ],
)  # fmt: skip
def test_what_each_revision_has(name: str, revision: str, inside: tuple[int, ...], outside: tuple[int, ...]) -> None:
    assert set(inside) <= KNOWN[name][revision]
    assert not set(outside) & KNOWN[name][revision]


def test_the_numbers_of_divisions_are_those_of_the_classifications() -> None:
    """ISIC Rev.4 has 88 divisions, Rev.3 has 60 (3.1 has two more); ISCO-08 has 43 sub-major groups, ISCO-88 28."""
    assert {k: len(x) for k, x in KNOWN["isic2"].items()} == {"rev4": 88, "rev3": 62}
    assert {k: len(x) for k, x in KNOWN["isco2"].items()} == {"isco08": 43, "isco88": 28}


def test_codes_of_another_revision_stop_the_run() -> None:
    # Divisions 40 and 34 are no divisions of Rev.4.
    (finding,) = found(changed(4, isic=4010.0))
    assert (finding.id, finding.count, finding.impossible) == ("codes", 4, True)
    assert "ISIC Rev.4" in finding.text
    assert ids(found(changed(3, isic=4010.0))) == [("codes", False)], "three in 65 are below five per cent"
    assert ids(found(changed(1, isco=97.0))) == [("codes", False)]


def test_a_zero_that_some_codes_have_lost() -> None:
    toy = survey(variables__isic2={"number": "CAST(left(code, 2) AS DOUBLE)"})
    kept = ["0111" if i % 2 else "4711" for i in range(N)]
    assert found(whole(), toy, {"code": kept}) == []
    lost = [code.removeprefix("0") if i < 9 else code for i, code in enumerate(kept)]
    (finding,) = found(whole(), toy, {"code": lost})
    assert (finding.id, finding.count) == ("lengths", 4)
    assert "lpad(code, 4, '0')" in finding.text
