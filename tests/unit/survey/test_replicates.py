"""Replicate weights, calibration and population totals in a description: what is refused, where, and the nearest word."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from unit.survey.small_family import family, persons, survey

from informality.errors import UserError
from informality.survey.conditions import conditions
from informality.survey.description import lay_over
from informality.survey.replicates import replicate_columns, replicate_weights

DESIGN = {"weight": "w", "stratum": "none", "psu": "none"}


def described(weights: object, **changes: object):
    return survey(design={**DESIGN, "replicates": {"kind": "brr", "weights": weights}}, **changes)


def totals(**changes: object) -> dict[str, object]:
    return {"source": "Projections", "margins": [{"by": ["sex"], "totals": {"male": 1.0, "female": 2.0}}], **changes}


def test_columns_of_a_pattern_come_in_the_order_of_the_file_and_of_a_list_as_written() -> None:
    there = ["w", "rep2", "rep10", "rep1", "report"]
    assert replicate_columns(described("rep[0-9]+"), there) == ["rep2", "rep10", "rep1"]
    assert replicate_columns(described(["rep1", "rep2"]), there) == ["rep1", "rep2"]
    assert replicate_columns(survey(), there) == []
    assert replicate_columns(described("REP[12]", source={"column_case": "ignore"}), there) == ["rep2", "rep1"]


@pytest.mark.parametrize(
    ("weights", "what", "todo"),
    [
        ("rep", "'rep' matches 0 of the 3 columns", "it must match the whole name"),
        ("rep1", "'rep1' matches 1 of the 3 columns", "it must match the whole name"),
        (["rep1", "repp2"], "there is no column 'repp2' in the file", "did you mean 'rep2'?"),
    ],
)
def test_columns_that_are_not_there(weights: object, what: str, todo: str) -> None:
    with pytest.raises(UserError) as raised:
        replicate_columns(described(weights), ["w", "rep1", "rep2"])
    assert what in raised.value.what
    assert todo in raised.value.todo
    assert raised.value.where == "workflow/surveys/toy_lfs.yaml, design.replicates.weights"


def test_the_place_is_that_of_the_overlay() -> None:
    design = {**DESIGN, "replicates": {"kind": "brr", "weights": "rep"}}
    changed = family(differences={"new": {"design": design}}, waves__2017q3__differs=["new"])
    with pytest.raises(UserError) as raised:
        replicate_columns(lay_over(changed, "2017q3"), ["w"])
    assert raised.value.where == "workflow/surveys/toy_lfs.yaml, differences.new.design.replicates.weights"


def test_a_scale_for_each_column() -> None:
    given = {"kind": "jkn", "weights": "rep[0-9]", "rscales": [0.5, 0.5, 0.5]}
    with pytest.raises(UserError, match="2 columns of replicate weights and 3 rscales"):
        replicate_columns(survey(design={**DESIGN, "replicates": given}), ["rep1", "rep2"])


def test_replicate_weights_are_numbers_of_everybody() -> None:
    source = persons({}, {}, {}).assign(rep1=[1, 2, 3], rep2=[0.5, 1.5, 2.5])
    found = replicate_weights(source, described("rep[0-9]"))
    assert found.dtypes.tolist() == [np.float64] * 2
    assert found["rep1"].tolist() == [1.0, 2.0, 3.0]
    with pytest.raises(UserError, match="'rep2' is missing for 1 of 3 persons"):
        replicate_weights(source.assign(rep2=[0.5, np.nan, 2.5]), described("rep[0-9]"))
    with pytest.raises(UserError, match="'rep2' is not a number") as raised:
        replicate_weights(source.assign(rep2=pd.array(["secret", "b", "c"], dtype="str")), described("rep[0-9]"))
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"design": {**DESIGN, "replicates": {"make": "jkn"}}},
            "replicates are made from sampling units, and 'psu' is none",
        ),
        ({"design": {**DESIGN, "replicate": {"make": "jkn"}}}, "did you mean 'replicates'?"),
        ({"design": {**DESIGN, "replicates": {"kind": "fy", "weights": "r.*"}}}, "design.replicates.kind"),
        ({"waves__2017q3__population_totals": totals(unit=0)}, "waves.2017q3.population_totals.unit"),
        ({"waves__2017q3__calibrations": {"method": "rake", "totals": totals()}}, "did you mean 'calibration'?"),
        ({"waves__2017q3__calibration": {"method": "rak", "totals": totals()}}, "did you mean 'rake'?"),
        (
            {
                "waves__2017q3__calibration": {"method": "rake", "totals": totals()},
                "design": {**DESIGN, "replicates": {"kind": "brr", "weights": "r.*"}},
            },
            "no variance takes both into account",
        ),
        (
            {"waves__2017q3__population_totals": totals(margins=[{"by": ["area"], "totals": {"urban": 1.0}}])},
            "totals are given by 'area', which is not described",
        ),
        (
            {"waves__2017q3__population_totals": totals(margins=[{"by": ["region"], "totals": {"nort": 1.0}}])},
            "did you mean 'north'?",
        ),
        ({"waves__2017q3__population_totals": totals(**{"if": "ag >= 15"})}, "did you mean 'age'?"),
        ({"waves__2017q3__population_totals": totals(**{"if": "region = 'sooth'"})}, "did you mean 'south'?"),
    ],
)
def test_a_mistake_is_named(changes: dict[str, object], expected: str) -> None:
    with pytest.raises(UserError) as raised:
        conditions(survey(**changes))
    assert expected in str(raised.value)
    assert "toy_lfs.yaml" in raised.value.where
