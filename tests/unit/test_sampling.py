"""How variances are declared: every mistake is named with its key and the nearest word."""

from __future__ import annotations

import pytest
import yaml

from informality.decisions import validated
from informality.errors import UserError
from informality.sampling import Calibration, Replicates, SamplingPlan

TOTALS = "totals: {source: Projections, margins: [{by: [sex], totals: {male: 10, female: 12}}]}"


def replicates(text: str) -> Replicates:
    return validated(Replicates, yaml.safe_load(text), "toy.yaml")


@pytest.mark.parametrize(
    "text",
    [
        "{kind: JK1, weights: 'rep[0-9]+'}",
        "{kind: JKn, weights: [r1, r2], rscales: [0.5, 0.5], mse: false}",
        "{kind: BRR, weights: [r1, r2], combined: false}",
        "{kind: Fay, weights: [r1, r2], rho: 0.3}",
        "{kind: other, weights: [r1, r2], scale: 0.01, df: 12}",
        "{make: JKn}",
        "{make: rao_wu, replicates: 200, seed: 0}",
    ],
)
def test_what_can_be_declared(text: str) -> None:
    found = replicates(text)
    assert (found.weights is None) != (found.make is None)
    again = validated(Replicates, found.model_dump(mode="json", exclude_unset=True), "sampling.json")
    assert again == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", "give either 'weights' (columns of the file) or 'make'"),
        ("{make: jkn, weights: r1}", "give either 'weights' (columns of the file) or 'make'"),
        ("{weights: [r1, r2]}", "'kind' is required"),
        ("{kind: jk3, weights: [r1, r2]}", "kind: Input should be"),
        ("{kind: boostrap, weights: [r1, r2]}", "did you mean 'bootstrap'?"),
        ("{kind: JKn, weights: [r1, r2]}", "'rscales' is required for jkn"),
        ("{kind: Fay, weights: [r1, r2]}", "'rho' is required for fay"),
        ("{kind: other, weights: [r1, r2]}", "'scale' is required for other"),
        ("{kind: BRR, weights: [r1, r2], rho: 0.3}", "'rho' is for fay, not for brr"),
        ("{kind: Fay, weights: [r1, r2], rho: 1.5}", "rho: Input should be less than 1"),
        ("{kind: BRR, weights: [r1]}", "'weights' must name two columns or more, each once"),
        ("{kind: BRR, weights: [r1, r1]}", "'weights' must name two columns or more, each once"),
        ("{kind: BRR, weights: 'rep['}", "'weights' is no regular expression"),
        ("{kind: BRR, weight: 'rep.*'}", "did you mean 'weights'?"),
        ("{kind: BRR, weights: 'rep.*', seed: 4}", "'seed' goes with make: rao_wu, not with weights of the file"),
        ("{make: jkn, seed: 4}", "'seed' goes with make: rao_wu, not with jkn"),
        ("{make: jkn, scale: 0.5}", "'scale' goes with weights of the file, not with jkn"),
        ("{make: rao_wu, seed: 4}", "a bootstrap needs 'replicates'"),
        ("{make: raowu, seed: 4}", "did you mean 'rao_wu'?"),
    ],
)
def test_a_mistake_in_replicates_is_named(text: str, expected: str) -> None:
    with pytest.raises(UserError) as raised:
        replicates(text)
    assert expected in raised.value.what
    assert raised.value.where.startswith("toy.yaml")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{{method: rak, {TOTALS}}}", "did you mean 'rake'?"),
        ("{method: rake}", "totals: this key is required"),
        (f"{{method: rake, {TOTALS}, bounds: [0.3, 3]}}", "'bounds' is for linear, not for rake"),
        (f"{{method: linear, {TOTALS}, bounds: [1.3, 3]}}", "'bounds' must be 0 or more, with 1 between them"),
        (f"{{method: linear, {TOTALS}, bounds: [0.3]}}", "bounds: List should have at least 2 items"),
        (f"{{method: linear, {TOTALS}, bound: [0.3, 3]}}", "did you mean 'bounds'?"),
        (f"{{method: rake, {TOTALS.replace('female', 'femal')}}}", "did you mean 'female'?"),
        (
            "{method: post_stratify, totals: {source: P, margins: [{by: [sex], totals: {male: 1}}, {by: [area], totals: {urban: 1}}]}}",
            "post_stratify takes one margin: cross them",
        ),
    ],
)
def test_a_mistake_in_a_calibration_is_named(text: str, expected: str) -> None:
    with pytest.raises(UserError) as raised:
        validated(Calibration, yaml.safe_load(text), "toy.yaml")
    assert expected in raised.value.what


def test_the_card_says_whence_standard_errors_come() -> None:
    assert SamplingPlan().notes() == []
    of_file = SamplingPlan(replicates=replicates("{kind: JK1, weights: 'r.*'}"), columns=["r1", "r2"], psu=False)
    assert of_file.notes() == [
        "Standard errors rest on the 2 replicate weights of the file (jk1).",
        "Models are not estimated: they need sampling units, and the file has none. Tests of independence are not made.",
    ]
    assert not of_file.models_can_be_had
    made = SamplingPlan(replicates=replicates("{make: rao_wu, replicates: 200, seed: 1}"))
    assert made.notes()[0].startswith("Standard errors rest on 200 replicates of the rescaling bootstrap")
    assert "Tests" not in " ".join(made.notes())
    calibration = validated(Calibration, yaml.safe_load(f"{{method: rake, {TOTALS}}}"), "toy.yaml")
    (first, second) = SamplingPlan(calibration=calibration).notes()
    assert "calibrated by raking to population totals (Projections)" in first
    assert second.startswith("Models rest on the weights of the file")
