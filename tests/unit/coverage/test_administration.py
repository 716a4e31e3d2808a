"""Administrative counts: what a file may say, and which count stands beside a survey."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from support import WORKFLOW
from unit.survey.small_family import put

from informality.coverage.administration import Administration, counts_of, load_administration
from informality.decisions import validated
from informality.errors import UserError

COMPONENTS = {
    "population": "with barracks",
    "membership": "registered",
    "reference_date": "end of the year",
    "multiple_jobs": "once",
}
COUNT = {"source": "report", "verified": False, "components": COMPONENTS}
CONTENT: dict[str, Any] = {
    "country": "TOY",
    "organisation": "Toy fund",
    "counts": [
        {"id": "all_2016", "what": "insured", "date": date(2016, 12, 31), "value": 900, **COUNT},
        {"id": "all_2019", "what": "insured", "date": date(2019, 12, 31), "value": 1000, **COUNT},
        {"id": "all_once", "what": "insured", "date": None, "value": 5000, **COUNT},
        {"id": "voluntary", "what": "voluntary_members", "date": date(2019, 12, 31), "value": 70, **COUNT},
        {"id": "families", "what": "insured_and_dependants", "date": None, "value": 2500, **COUNT},
    ],
}


def changed(key: str, value: object) -> dict[str, Any]:
    content = deepcopy(CONTENT)
    if key.startswith("counts."):
        _, place, last = key.split(".", 2)
        put(content["counts"][int(place)], last, value)
        return content
    return put(content, key, value)


def save(folder: Path, content: dict[str, Any], name: str = "toy.yaml") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(yaml.safe_dump(content), encoding="utf-8")
    return folder


TOY = validated(Administration, CONTENT, "toy.yaml")


def test_counts_of_a_kind_come_latest_first_and_undated_last() -> None:
    assert [count.id for count in TOY.of("insured")] == ["all_2019", "all_2016", "all_once"]
    assert TOY.of("dependants") == []


@pytest.mark.parametrize(
    ("day", "found"),
    [(date(2010, 1, 1), "all_2016"), (date(2017, 7, 1), "all_2016"), (date(2019, 1, 1), "all_2019"), (date(2030, 1, 1), "all_2019")],
)  # fmt: skip
def test_the_count_nearest_to_a_survey(day: date, found: str) -> None:
    count = TOY.nearest_to("insured", day)
    assert count is not None
    assert count.id == found


def test_without_any_day_the_undated_count_is_taken() -> None:
    count = TOY.nearest_to("insured_and_dependants", date(2017, 1, 1))
    assert count is not None
    assert (count.id, count.day) == ("families", None)
    assert TOY.nearest_to("dependants", date(2017, 1, 1)) is None


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("organisaton", "x", "organisaton: unknown key; did you mean 'organisation'?"),
        ("counts", [], "counts: "),
        ("counts.0.what", "insuerd", "did you mean 'insured'"),
        ("counts.0.value", -1, "counts.0.value: "),
        ("counts.0.value", 10.5, "counts.0.value: "),
        ("counts.0.date", "2016", "counts.0.date: a day is written as"),
        ("counts.0.date", ..., "counts.0.date: this key is required"),
        ("counts.0.id", "All 2016", "counts.0.id: "),
        ("counts.0.id", "voluntary", "counts: the id 'voluntary' stands twice"),
        ("counts.0.verified", True, "verified: a count is verified by a named person: write who under 'checked_by'"),
        ("counts.0.components", {}, "counts.0.components.population: this key is required"),
        ("counts.0.components.membership", "dependants", "counts.0.components.membership: "),
        ("counts.0.components.multiple_jobs", "", "counts.0.components.multiple_jobs: "),
        ("counts.3.value", 1001, "counts: on 2019-12-31 'voluntary' (voluntary_members) is more than 'all_2019' (insured)"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_key(key: str, value: object, message: str, tmp_path: Path) -> None:
    with pytest.raises(UserError) as error:
        load_administration(save(tmp_path, changed(key, value)))
    assert message in str(error.value)


def test_counts_of_different_days_are_not_compared(tmp_path: Path) -> None:
    """`all_once` is larger than `families`, and neither says of when it is."""
    assert load_administration(save(tmp_path, CONTENT))["TOY"] == TOY


def test_the_file_is_called_after_its_country(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"rename the file to toy\.yaml"):
        load_administration(save(tmp_path, CONTENT, "tea.yaml"))


def test_a_country_without_counts_is_said() -> None:
    with pytest.raises(
        UserError, match=r"there are no administrative counts of TOI\s+where: .*\s+what to do: did you mean 'TOY'"
    ):
        counts_of({"TOY": TOY}, "TOI")
    with pytest.raises(UserError, match=r"write workflow/administration/toi\.yaml"):
        counts_of({}, "TOI")
    assert counts_of({"TOY": TOY}, "TOY") is TOY


def test_the_lao_counts_are_those_that_are_published() -> None:
    lao = counts_of(load_administration(WORKFLOW / "administration"), "LAO")
    values = {count.id: count.value for count in lao.counts}
    assert values["nssf_voluntary"] / values["nssf_insured"] == pytest.approx(0.076, abs=0.0005), "as quoted: 7.6 %"
    assert not any(count.verified for count in lao.counts)
    assert len(lao.of("voluntary_members")) == 1
