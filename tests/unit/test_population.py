"""Declared population totals: what a description may say."""

from __future__ import annotations

import pytest
import yaml

from informality.decisions import validated
from informality.errors import UserError
from informality.population import PopulationTotals

TEXT = """
source: Projections
if: age >= 15
unit: 1000
margins:
  - by: [sex]
    totals: {male: 2273.4, female: 2310}
  - by: [area, sex]
    totals:
      urban: {male: 812.0, female: 830.5}
      rural: {male: 1461.4, female: 1480.4}
  - by: [region]
    totals: {"01": 100}
"""


def read(text: str) -> PopulationTotals:
    return validated(PopulationTotals, yaml.safe_load(text), "survey.yaml")


def test_totals_are_persons() -> None:
    declared = read(TEXT).declared()
    assert list(declared) == [("sex",), ("area", "sex"), ("region",)]
    assert declared["sex",] == pytest.approx({("male",): 2_273_400, ("female",): 2_310_000})
    assert declared["area", "sex"]["rural", "female"] == pytest.approx(1_480_400)
    assert read(TEXT).condition == "age >= 15"
    assert read(TEXT).tolerance == 0.01


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{male: 2273.4", "{mail: 2273.4", "'mail' is no level of sex"),
        ("by: [sex]", "by: [sexx]", "did you mean 'sex'"),
        ("by: [sex]", "by: [age]", "no variable with levels"),
        ("by: [sex]", "by: [sex, sex]", "named twice"),
        ("by: [sex]", "by: [sex, area]", "totals.male: give a total for each level of area"),
        ("by: [area, sex]", "by: [area]", "totals.urban: the total must be a number above 0"),
        ('by: [region]\n    totals: {"01": 100}', "by: [sex]\n    totals: {male: 5}", "the margin by sex stands twice"),
        ('{"01": 100}', "{1: 100}", "1"),
        ("2310}", "-2}", "above 0"),
        ("2310}", "yes}", "above 0"),
        ("unit: 1000", "unit: 0", "greater than 0"),
        ("source: Projections", "note: x", "source"),
        ("if: age", "iff: age", "iff"),
    ],
)
def test_messages(old: str, new: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        read(TEXT.replace(old, new))
