"""Whence the standard errors of one survey come: strata and clusters, replicates, or the residuals of a calibration."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pandas as pd

from informality.errors import UserError
from informality.estimate.calibration.calibrate import linear, post_stratify, rake
from informality.estimate.calibration.estimates import CalibratedDesign, estimate_calibrated
from informality.estimate.calibration.margins import Totals, Words
from informality.estimate.calibration.weights_check import check_weights
from informality.estimate.design import Design
from informality.estimate.replicates.design import ReplicateDesign
from informality.estimate.replicates.made import jkn, rao_wu
from informality.estimate.replicates.variance import estimate_replicates
from informality.estimate.survey import Sampling
from informality.population import PopulationTotals
from informality.sampling import Calibration, SamplingPlan
from informality.sql import booleans, parse

# The yes/no column of the persons whom population totals are about.
INSIDE = "population_totals"


def sampling(
    persons: pd.DataFrame, plan: SamplingPlan, replicates: pd.DataFrame | None = None, lonely: str = "adjust"
) -> Sampling:
    """The engine that a plan asks for; ``replicates``: the replicate weights, rows as in ``persons``.

    Tests are made on strata and clusters only: neither the weights of a calibration nor replicates that come with a file give
    the covariances that they need. UserError: weights cannot be calibrated, or replicates are not what the plan says.
    """
    design = Design.from_frame(persons, lonely=lonely)
    if plan.calibration is not None:
        with _declared_in(plan.place):
            calibrated = calibrate(persons, design, plan.calibration)
        return Sampling(lambda frame, requests: estimate_calibrated(frame, calibrated, requests), None)
    if plan.replicates is not None:
        with _declared_in(plan.place):
            made = replicate_design(persons, design, plan, replicates)
        tested = design if plan.replicates.make is not None else None
        return Sampling(lambda frame, requests: estimate_replicates(frame, made, requests)[0], tested)
    return Sampling.linearised(design)


def calibrate(persons: pd.DataFrame, design: Design, calibration: Calibration) -> CalibratedDesign:
    """The design with the weights of a declared calibration."""
    frame, totals = _about(persons, calibration.totals), _declared(calibration.totals)
    if calibration.method == "post_stratify":
        return post_stratify(frame, design, totals, where=INSIDE)
    if calibration.method == "rake":
        return rake(frame, design, totals, where=INSIDE)
    bounds = None if calibration.bounds is None else (calibration.bounds[0], calibration.bounds[1])
    return linear(frame, design, totals, where=INSIDE, bounds=bounds)


def replicate_design(
    persons: pd.DataFrame, design: Design, plan: SamplingPlan, weights: pd.DataFrame | None
) -> ReplicateDesign:
    """The declared replicates: made from the design, or those of the file in ``weights``."""
    declared = plan.replicates
    if declared is None:
        raise ValueError("the plan has no replicates")
    if declared.make == "jkn":
        return jkn(design, mse=declared.mse)
    if declared.make == "rao_wu":
        return rao_wu(design, declared.replicates or 0, declared.seed or 0, mse=declared.mse)
    if weights is None or len(weights) != len(persons):
        raise UserError(
            "the replicate weights are not there", where="replicates.parquet", todo="run the pipeline again"
        )
    return ReplicateDesign.supplied(
        persons["weight"].to_numpy(dtype=np.float64),
        weights[plan.columns].to_numpy(dtype=np.float64),
        kind=declared.kind or "other",
        factors=not declared.combined,
        rho=declared.rho,
        scale=declared.scale,
        rscales=None if declared.rscales is None else np.array(declared.rscales),
        mse=declared.mse,
        psu=design.psu if plan.psu else None,
        df=declared.df,
    )


def weights_check(
    persons: pd.DataFrame, plan: SamplingPlan, replicates: pd.DataFrame | None = None, lonely: str = "adjust"
) -> pd.DataFrame | None:
    """The weights of the file against the declared population totals; None where none are declared."""
    totals = plan.population_totals
    if totals is None:
        return None
    design = Design.from_frame(persons, lonely=lonely)
    with _declared_in(plan.place):
        made = None if plan.replicates is None else replicate_design(persons, design, plan, replicates)
        return check_weights(
            _about(persons, totals),
            design,
            _declared(totals),
            where=INSIDE,
            tolerance=totals.tolerance,
            replicates=made,
        )


def _declared(totals: PopulationTotals) -> Totals:
    found: dict[Words, dict[Words, float]] = {}
    for margin, cells in totals.declared().items():
        of_margin = found.setdefault(margin, {})
        for level, total in cells.items():
            of_margin[level] = total
    return {**found}


def _about(persons: pd.DataFrame, totals: PopulationTotals) -> pd.DataFrame:
    inside = np.ones(len(persons), dtype=np.bool_)
    if totals.condition is not None:
        inside = booleans(persons, {INSIDE: parse(totals.condition, "population totals, if")})[INSIDE]
    return persons.assign(**{INSIDE: inside})


@contextmanager
def _declared_in(place: str) -> Iterator[None]:
    """Put the file that declares it before the place that an error names."""
    try:
        yield
    except UserError as error:
        raise UserError(error.what, where=f"{place}, {error.where}", todo=error.todo) from None
