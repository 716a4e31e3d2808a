"""What a scenario may say, and what is refused: with file, key and reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from support import WORKFLOW

from informality.coverage.economy import load_economies
from informality.coverage.laws import load_laws
from informality.coverage.scenario import Scenario
from informality.coverage.scenarios import load_scenarios, of_country
from informality.errors import UserError

LAWS = load_laws(WORKFLOW / "laws")
CONTENT: dict[str, Any] = {
    "scenario": "lao_new",
    "title": "t",
    "country": "LAO",
    "order": 1,
    "who": "status = 'employee'",
    "instrument": {"kind": "enforcement", "compliance": {"low": 0.2, "central": 0.5, "high": 1}},
    "months": {"contributed": 12, "reason": "r"},
    "phase_in": [{"from": 1, "to": 2, "share": 0.5}, {"from": 3, "to": 3, "share": 1}],
    "source": "s",
    "verified": False,
}


def written(folder: Path, name: str = "lao_new", **change: Any) -> Path:
    folder = folder / "workflow" / "scenarios"
    folder.mkdir(parents=True, exist_ok=True)
    content = {key: value for key, value in {**CONTENT, "scenario": name, **change}.items() if value is not None}
    (folder / f"{name}.yaml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return folder


def refused(folder: Path, **change: Any) -> str:
    with pytest.raises(UserError) as caught:
        load_scenarios(written(folder, **change), LAWS)
    assert "workflow/scenarios/lao_new.yaml" in caught.value.where
    return str(caught.value)


def test_a_scenario_is_read(tmp_path: Path) -> None:
    found = load_scenarios(written(tmp_path), LAWS)["lao_new"]
    assert (found.rule, found.effort.high, found.years) == ("compliance", 1, [0.5, 0.5, 1])
    assert Scenario.model_validate({**CONTENT, "phase_in": []}).years == []


TAKE_UP = {"kind": "take_up", "share": {"low": 0, "central": 0.5, "high": 1}}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"who": "statuss = 'employee'"}, ["there is no column 'statuss'", "lao_new.yaml, who", "status"]),
        ({"who": "status = 'employe'"}, ["'employe' is not a level of 'status'", "employee"]),
        ({"who": "legal = 'must'"}, ["'must' is not a level of 'legal'"]),
        ({"proxy": {"reason": "r", "who": "isic4 = 127"}}, ["no column 'isic4'", "proxy.who", "isic2"]),
        ({"instrument": {"kind": "enforcement", "compliance": {"low": 0.2, "central": 0.5, "high": 1.2}}}, ["instrument.compliance.high", "less than or equal to 1"]),
        ({"instrument": {"kind": "enforcement", "compliance": {"low": 0.6, "central": 0.5, "high": 1}}}, ["instrument.compliance", "must not decrease"]),
        ({"instrument": {**TAKE_UP, "kind": "takeup"}}, ["instrument.kind: 'takeup'", "take_up"]),
        ({"instrument": {"share": TAKE_UP["share"]}}, ["instrument.kind: this key is required"]),
        ({"instrument": {**TAKE_UP, "rate": 1}}, ["instrument.rate: unknown key", "known are: kind, share"]),
        ({"instrument": {"kind": "subsidy", "paid_by_state": 1.5, "share": TAKE_UP["share"]}}, ["instrument.paid_by_state", "less than or equal to 1"]),
        ({"instrument": {"kind": "mandatory_scope", "compliance": TAKE_UP["share"], "rates": {"employer": 0.6, "voluntary": 0.5, "source": "s"}}}, ["instrument.rates", "more than all of the earnings"]),
        ({"phase_in": [{"from": 1, "to": 3, "share": 0.5}, {"from": 3, "to": 4, "share": 1}]}, ["phase_in: year 3 stands in two spans"]),
        ({"phase_in": [{"from": 2, "to": 3, "share": 0.5}]}, ["phase_in: year 1 stands in no span"]),
        ({"phase_in": [{"from": 2, "to": 1, "share": 0.5}]}, ["'to: 1' lies before 'from: 2'"]),
        ({"phase_in": [{"from": 1, "to": 1, "share": 0.5}, {"from": 2, "to": 2, "share": 0.4}]}, ["the share falls in year 2"]),
        ({"months": {"contributed": 13, "reason": "r"}}, ["months.contributed", "less than or equal to 12"]),
        ({"months": None}, ["months: this key is required"]),
        ({"branches": ["oldage"]}, ["branches: 'oldage'", "old_age"]),
        ({"law": "lao_2031"}, ["LAO has no law 'lao_2031'", "lao_2013"]),
        ({"who": "covered = 'no'"}, ["'covered' cannot choose it", "lao_new.yaml, who"]),
        ({"verified": True}, ["checked_by"]),
        ({"country": "ZAF"}, ["a name is 'zaf_'"]),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(tmp_path: Path, change: dict[str, Any], words: list[str]) -> None:
    text = refused(tmp_path, **change)
    for word in words:
        assert word in text


def test_cover_may_choose_who_joins(tmp_path: Path) -> None:
    who = "legal = 'voluntary' AND covered = 'no' AND split = 'take_up_gap' AND take_up = 'can_pay' AND unit_registered = 'yes'"
    assert load_scenarios(written(tmp_path, who=who, instrument=TAKE_UP), LAWS)


def test_two_scenarios_of_a_country_cannot_have_one_place(tmp_path: Path) -> None:
    written(tmp_path, "lao_other")
    assert "have the order 1: 'lao_new' and 'lao_other'" in _error(written(tmp_path))
    folder = written(tmp_path, "lao_other", order=None)
    assert [s.scenario for s in of_country(load_scenarios(folder, LAWS), "LAO")] == ["lao_new", "lao_other"]


def test_a_file_is_called_after_its_scenario(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / "lao_new.yaml").rename(folder / "lao_old.yaml")
    assert "rename the file to lao_new.yaml" in _error(folder)


def _error(folder: Path) -> str:
    with pytest.raises(UserError) as caught:
        load_scenarios(folder, LAWS)
    return str(caught.value)


def test_the_scenarios_that_ship_are_assumptions_of_the_pipeline() -> None:
    found = load_scenarios(WORKFLOW / "scenarios", LAWS)
    assert {scenario.country for scenario in found.values()} == {"LAO", "ZAF", "ECU"}
    assert not any(scenario.verified for scenario in found.values())
    assert all("no source claims" in scenario.source for scenario in found.values())
    lao = of_country(found, "LAO")
    assert [scenario.order for scenario in lao if scenario.order] == [1, 2, 3, 4, 5, 6]
    # What counts other branches than the headline, or a part of another scenario, is not stacked.
    assert {s.scenario for s in lao if not s.order} == {"lao_enforcement_larger_units", "lao_health_insurance"}
    assert [s.branches for s in lao if s.scenario == "lao_health_insurance"] == [["medical_care"]]


def test_the_gross_domestic_product_is_taken_in_its_year_and_currency_only() -> None:
    economy = load_economies(WORKFLOW / "economy")["LAO"]
    product = economy.of(2017, "kip")
    assert product is not None
    assert product.source
    assert economy.of(2016, "kip") is None
    assert economy.of(2017, "usd") is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"country": "LAO", "currency": "kip", "gdp": [{"year": 2017, "amount": 1, "source": "s", "verified": False}] * 2}, "each year once"),
        ({"country": "LAO", "currency": "kip", "gdp": []}, "gdp"),
        ({"country": "ZAF", "currency": "rand", "gdp": [{"year": 2017, "amount": 1, "source": "s", "verified": False}]}, "rename the file to zaf.yaml"),
    ],
)  # fmt: skip
def test_an_economy_that_cannot_be_is_refused(tmp_path: Path, content: dict[str, Any], words: str) -> None:
    (tmp_path / "lao.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(UserError, match=words):
        load_economies(tmp_path)
