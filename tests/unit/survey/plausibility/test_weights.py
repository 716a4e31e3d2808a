"""Weights that are not numbers of persons."""

from __future__ import annotations

import numpy as np
import pandas as pd
from unit.survey.plausibility.looking import changed, found, ids, whole
from unit.survey.small_family import survey

N = len(whole())


def weighted(*weights: float) -> list[dict]:
    return [{**row, "w": weights[i % len(weights)]} for i, row in enumerate(whole())]


def test_weights_that_add_up_to_the_sample() -> None:
    assert ids(found(weighted(0.5, 1.5))) == [("weight_scale", False)]
    assert found(weighted(9.0, 11.1)) == []


def test_weights_without_their_decimals() -> None:
    assert ids(found(weighted(600_000.0, 800_000.0))) == [("weight_scale", False)]
    assert found(weighted(50_000.0)) == []


def test_persons_without_a_weight_do_not_make_it_small() -> None:
    assert found(changed(60, w=0.0)) == []


def test_one_person_who_stands_for_many() -> None:
    assert ids(found([*whole(), *whole(), {**whole()[0], "w": 5001.0}])) == [("weight_spread", False)]
    assert found([*whole(), *whole(), {**whole()[0], "w": 5000.0}]) == []


def test_two_scales_in_one_file() -> None:
    (finding,) = found(weighted(100.0, 150.0, 120.0, 1_500.0))
    assert (finding.id, finding.count) == ("weight_scales", 49)
    assert "thousands" in finding.text
    assert found(weighted(100.0, 150.0, 120.0, 1_499.0)) == []


CALIBRATED = {
    "method": "rake",
    "totals": {
        "source": "made",
        "if": "age >= 15",
        "margins": [{"by": ["sex"], "totals": {"male": 4000.0, "female": 2500.0}}],
    },
}


def test_totals_of_a_calibration_in_another_unit() -> None:
    assert found(whole(), survey(waves__2017q3__calibration=CALIBRATED)) == []
    totals = {**CALIBRATED["totals"], "unit": 1000.0}
    (finding,) = found(whole(), survey(waves__2017q3__calibration={**CALIBRATED, "totals": totals}))
    assert (finding.id, finding.where) == ("calibration_factor", "waves.2017q3.calibration.totals.margins.0")


def test_factors_are_told_from_weights() -> None:
    weights = {"weights": ["r1", "r2"], "kind": "jk1"}
    made = pd.DataFrame({"r1": np.full(N, 98.0), "r2": np.full(N, 103.0)})
    toy, factors = survey(design__replicates=weights), survey(design__replicates={**weights, "combined": False})
    assert found(whole(), toy, replicates=made) == []
    assert found(whole(), factors, replicates=made / 100) == []
    assert ids(found(whole(), toy, replicates=made / 100)) == [("replicates", False)]
    assert ids(found(whole(), factors, replicates=made)) == [("replicates", False)]
