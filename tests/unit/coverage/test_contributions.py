"""What insurance costs: rates, floor, ceiling, and the earnings it is held against."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support import WORKFLOW, workers

from informality.coverage.contributions import contributions, earnings_line, insurable
from informality.coverage.law import Law
from informality.coverage.legal import legal_status
from informality.coverage.options import load_options

DAY = date(2017, 1, 1)
OPTIONS = load_options(WORKFLOW / "coverage.yaml")


def amount(value: float, day: date = date(2016, 1, 1)) -> dict[str, Any]:
    return {"from": day, "amount": value, "source": "s", "verified": False}


def law(**more: Any) -> Law:
    rates = {"employer": 0.06, "employee": 0.05, "voluntary": 0.09, "source": "s", "verified": False}
    rules = [
        {"id": "jobs", "if": "status = 'employee'", "then": "mandatory", "source": "s"},
        {"id": "others", "if": "status IN ('own_account', 'family_worker')", "then": "voluntary", "source": "s"},
        {"id": "rest", "if": "TRUE", "then": "excluded", "source": "s"},
    ]
    insurable_earnings = {"floor": "minimum_wage", "ceiling": [amount(2000), amount(4000, date(2017, 1, 1))]}
    fund = {
        "title": "t",
        "branches": ["old_age"],
        "rules": rules,
        "rates": rates,
        "insurable": insurable_earnings,
        "source": "s",
    }
    age = {"male": 60, "female": 60, "source": "s", "verified": False}
    content = {
        "law": "xxx_a", "title": "t", "country": "XXX", "source": "s", "verified": False, "from": DAY, "to": None,
        "pensionable_age": age, "minimum_wage": [amount(1000)], "schemes": {"fund": fund},
    }  # fmt: skip
    return Law.model_validate(content | more)


def people(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return workers(rows)


def test_contributions_are_rates_times_earnings_between_floor_and_ceiling() -> None:
    frame = people([{"status": "employee", "earnings_month": e} for e in (500.0, 3000.0, 9000.0, "?refused")])
    found = contributions(law(), frame, legal_status(law(), frame), DAY)
    assert found.due["employer"][:3] == pytest.approx([60, 180, 240])
    assert found.due["employee"][:3] == pytest.approx([50, 150, 200])
    assert found.due["state"][:3] == pytest.approx([0, 0, 0])
    assert np.isnan([found.due["employer"][3], *found.voluntary]).all()


def test_a_family_worker_is_assessed_on_the_earnings_of_the_household() -> None:
    frame = people([{"status": "family_worker", "earnings_month": 9000.0, "household_earnings": 1500.0}])
    found = contributions(law(), frame, legal_status(law(), frame), DAY)
    assert (found.means[0], found.voluntary[0]) == (1500.0, pytest.approx(135))


def test_an_amount_is_that_of_the_day_and_before_the_first_the_first() -> None:
    one = law()
    fund = one.schemes["fund"]
    assert insurable(one, fund, np.array([9000.0]), date(2016, 12, 31)).tolist() == [2000]
    assert insurable(one, fund, np.array([9000.0]), date(2017, 1, 1)).tolist() == [4000]
    assert insurable(one, fund, np.array([9000.0]), date(1990, 1, 1)).tolist() == [2000]


def test_contributions_to_several_schemes_add_up() -> None:
    one = law()
    content = one.model_dump(by_alias=True)
    other = {**content["schemes"]["fund"], "insurable": {"floor": None, "ceiling": []}}
    two = Law.model_validate({**content, "schemes": {"fund": content["schemes"]["fund"], "other": other}})
    frame = people([{"status": "employee", "earnings_month": 500.0}])
    assert contributions(two, frame, legal_status(two, frame), DAY).due["employer"] == pytest.approx([60 + 30])


def test_the_earnings_line_is_a_share_of_the_minimum_wage_and_none_without_one() -> None:
    assert earnings_line(law(), OPTIONS, DAY) == OPTIONS.take_up.line.share_of_minimum_wage * 1000
    fund = law().model_dump(by_alias=True)["schemes"]["fund"] | {"insurable": {"floor": None, "ceiling": []}}
    assert earnings_line(law(minimum_wage=[], schemes={"fund": fund}), OPTIONS, DAY) is None
