"""All kinds of entries of `figures.yaml`, told apart by their key `kind`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from informality.publish.compared_entries import ComparedFigure
from informality.publish.distribution_entries import DistributionFigure
from informality.publish.figure_entries import BridgeFigure, CoverageFigure, DotsFigure, LinesFigure, StackedFigure

AnyFigure = Annotated[
    DotsFigure | StackedFigure | LinesFigure | CoverageFigure | DistributionFigure | BridgeFigure | ComparedFigure,
    Field(discriminator="kind"),
]
