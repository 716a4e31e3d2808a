"""Names of strata and sampling units: the same in every wave, whatever the type of the column."""

from __future__ import annotations

import pandas as pd
import pytest
from unit.survey import small_family

from informality.survey.harmonise import harmonise
from informality.survey.units import sampling_units


@pytest.fixture
def source() -> pd.DataFrame:
    return small_family.persons(
        *({"str": 100.0 + stratum, "ea": float(unit)} for stratum in (2, 1) for unit in (7, 3) for _ in range(2))
    )


def test_each_unit_has_its_code_and_the_names_of_the_file(source: pd.DataFrame) -> None:
    survey = small_family.survey()
    persons = harmonise(source, survey)
    units = sampling_units(source, survey, persons)
    assert units["psu"].tolist() == sorted(persons["psu"].unique())
    named = persons.assign(s=source["str"].astype(int).astype(str), u=source["ea"].astype(int).astype(str))
    joined = named.merge(units, on="psu", validate="many_to_one")
    assert (joined["s"] == joined["stratum_name"]).all()
    assert (joined["u"] == joined["psu_name"]).all()


def test_a_number_has_one_name_however_it_is_stored(source: pd.DataFrame) -> None:
    survey = small_family.survey()
    as_float = source.assign(str=source["str"].astype(float), ea=source["ea"].astype(float))
    as_text = source.assign(str=source["str"].astype(int).astype(str), ea=source["ea"].astype(int).astype(str) + " ")
    names = [
        sampling_units(frame, survey, harmonise(frame, survey))[["stratum_name", "psu_name"]].drop_duplicates()
        for frame in (as_float, as_text)
    ]
    assert set(names[0].itertuples(index=False, name=None)) == set(names[1].itertuples(index=False, name=None))


def test_where_persons_are_the_units_nothing_is_named(source: pd.DataFrame) -> None:
    survey = small_family.survey(design={"weight": "w", "stratum": "str", "psu": "none"})
    assert sampling_units(source, survey, harmonise(source, survey)).empty
