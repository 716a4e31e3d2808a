"""What a description says of the variances of its estimates: replicate weights, calibration, population totals.

The survey room reads it and writes the plan of one wave to ``sampling.json``; the estimate room reads the plan, and the replicate
weights themselves from ``replicates.parquet``.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from informality.decisions import Decision
from informality.population import PopulationTotals

# As the documentation of a file calls them; capital letters do not matter.
Kind = Literal["jk1", "jk2", "jkn", "brr", "fay", "bootstrap", "successive_difference", "other"]
# Keys that say how weights which come with the file are to be read, and how replicates are to be made.
OF_FILE = ("kind", "combined", "scale", "rscales", "rho", "df")
OF_BOOTSTRAP = ("replicates", "seed")


def _small(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


class Replicates(Decision):
    """Replicate weights that come with the file (``weights``), or replicates made from strata and sampling units (``make``).

    ``weights``: a list of columns, or a regular expression that the whole name of each matches. ``combined``: whether they hold the
    weight itself, or factors of it. ``scale``, ``rscales`` (in the order of the columns; of a list as written, else of the file),
    ``rho`` (Fay), ``df`` (degrees of freedom): as the producer documents them. ``mse``: deviations from the full estimate, else from
    the mean of the replicates.
    """

    kind: Annotated[Kind | None, BeforeValidator(_small)] = None
    weights: str | list[str] | None = None
    combined: bool = True
    scale: float | None = Field(None, gt=0)
    rscales: list[Annotated[float, Field(ge=0)]] | None = None
    rho: float | None = Field(None, ge=0, lt=1)
    df: int | None = Field(None, ge=1)
    mse: bool = True
    make: Annotated[Literal["jkn", "rao_wu"] | None, BeforeValidator(_small)] = None
    replicates: int | None = Field(None, ge=2)
    seed: int | None = Field(None, ge=0)

    @model_validator(mode="after")
    def _one_way(self) -> Replicates:
        if (self.weights is None) == (self.make is None):
            raise ValueError("give either 'weights' (columns of the file) or 'make' (jkn, rao_wu)")
        if self.make is not None:
            self._refuse(OF_FILE, "replicates that are made")
        if self.make == "rao_wu" and (self.replicates is None or self.seed is None):
            raise ValueError("a bootstrap needs 'replicates' (200 to 1000 are usual) and 'seed'")
        if self.make != "rao_wu":
            self._refuse(OF_BOOTSTRAP, "make: rao_wu")
        if self.weights is not None:
            self._check_weights()
        return self

    def _refuse(self, keys: tuple[str, ...], what: str) -> None:
        for key in keys:
            if key in self.model_fields_set:
                only = what if keys == OF_BOOTSTRAP else "weights of the file"
                raise ValueError(f"'{key}' goes with {only}, not with {self.make or 'weights of the file'}")

    def _check_weights(self) -> None:
        if self.kind is None:
            raise ValueError("'kind' is required: jk1, jk2, jkn, brr, fay, bootstrap, successive_difference or other")
        for key, kind in (("rho", "fay"), ("rscales", "jkn"), ("scale", "other")):
            if self.kind == kind and getattr(self, key) is None:
                raise ValueError(f"'{key}' is required for {kind}: see the documentation of the file")
        if self.rho is not None and self.kind != "fay":
            raise ValueError(f"'rho' is for fay, not for {self.kind}")
        if isinstance(self.weights, list):
            if len(set(self.weights)) < max(len(self.weights), 2):
                raise ValueError("'weights' must name two columns or more, each once")
        else:
            try:
                re.compile(self.weights or "")
            except re.error as error:
                raise ValueError(f"'weights' is no regular expression: {error}") from None


class Calibration(Decision):
    """Weights brought to population totals; the variance is that of the residuals.

    ``post_stratify`` takes one margin (crossed, if need be), ``rake`` and ``linear`` several; ``bounds`` are the least and the
    largest factor that a weight may get, for ``linear``.
    """

    method: Literal["post_stratify", "rake", "linear"]
    totals: PopulationTotals
    bounds: list[float] | None = Field(None, min_length=2, max_length=2)

    @model_validator(mode="after")
    def _fits_the_method(self) -> Calibration:
        if self.method == "post_stratify" and len(self.totals.margins) > 1:
            raise ValueError("post_stratify takes one margin: cross them, with a total for each cell, or rake to them")
        if self.bounds is not None:
            if self.method != "linear":
                raise ValueError(f"'bounds' is for linear, not for {self.method}")
            low, high = self.bounds
            if not 0 <= low < 1 < high:
                raise ValueError("'bounds' must be 0 or more, with 1 between them, e.g. [0.3, 3]")
        return self


class SamplingPlan(Decision):
    """How the variances of one wave are had. ``columns``: those of ``replicates.parquet``, in order; ``psu``: whether the file tells its
    sampling units; ``place``: where it is declared, for messages.
    """

    replicates: Replicates | None = None
    columns: list[str] = Field(default_factory=list)
    psu: bool = True
    calibration: Calibration | None = None
    population_totals: PopulationTotals | None = None
    place: str = ""

    def notes(self) -> list[str]:
        """What is said of it on the survey card."""
        notes = []
        if self.replicates is not None:
            notes.append(_of_replicates(self.replicates, len(self.columns)))
        if self.calibration is not None:
            method = {"post_stratify": "post-stratification", "rake": "raking", "linear": "linear calibration"}
            notes.append(
                f"Weights are calibrated by {method[self.calibration.method]} to population totals "
                f"({self.calibration.totals.source}); standard errors are those of the residuals."
            )
        if notes:
            notes.append(self._without())
        return notes

    def _without(self) -> str:
        made = self.replicates is not None and self.replicates.make is not None
        models = (
            "Models rest on the weights of the file and on its strata and sampling units."
            if self.models_can_be_had
            else "Models are not estimated: they need sampling units, and the file has none."
        )
        return models if made else f"{models} Tests of independence are not made."

    @property
    def models_can_be_had(self) -> bool:
        """Models rest on strata and sampling units, which a file with replicate weights may not have."""
        return self.psu or self.replicates is None or self.replicates.make is not None


def _of_replicates(replicates: Replicates, n: int) -> str:
    if replicates.make == "jkn":
        return "Standard errors rest on the stratified jackknife."
    if replicates.make == "rao_wu":
        return f"Standard errors rest on {replicates.replicates} replicates of the rescaling bootstrap (Rao and Wu)."
    return f"Standard errors rest on the {n} replicate weights of the file ({replicates.kind})."
