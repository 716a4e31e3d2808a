"""Published numbers that the simulated survey reproduces, read from `workflow/surveys/simulation/lao_lfs_targets.yaml`."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from informality import decisions
from informality.decisions import Decision
from informality.errors import UserError, nearest

DATA = Path(__file__).resolve().parents[3] / "surveys" / "simulation"

BASES = (
    "population", "working_age", "labour_force", "extended_labour_force", "unemployed", "icls13", "icls19", "own_use",
)  # fmt: skip
ACTIVITIES = (
    "agriculture", "manufacturing", "construction", "mining_utilities", "market_services", "non_market_services",
    "not_classified",
)  # fmt: skip
# Class variables of `concepts.classes` and their levels.
CLASSES: dict[str, tuple[str, ...]] = {
    "sex": ("male", "female"),
    "area": ("urban", "rural"),
    "age": ("0_14", "15_24", "25_34", "35_54", "55_64", "65_plus"),
    "lfs": ("employed", "unemployed", "outside"),
    "underutilised": ("yes", "no"),
    "status": ("employee", "employer", "own_account", "family_worker", "not_classifiable"),
    "activity": ACTIVITIES,
    "sector": ("agriculture", "industry", "services", "not_classified"),
    "institution": ("public", "private"),
    "job": ("formal", "informal"),
    "unit": ("formal_sector", "informal_sector", "household"),
}
SECTOR_OF_ACTIVITY = {
    "agriculture": "agriculture",
    "manufacturing": "industry",
    "construction": "industry",
    "mining_utilities": "industry",
    "market_services": "services",
    "non_market_services": "services",
    "not_classified": "not_classified",
}
Where = dict[str, str | list[str]]


class Target(Decision):
    """One number: a count in thousand persons, or the per cent that ``part`` makes of ``of`` and ``where``."""

    id: str
    of: str
    where: Where = Field(default_factory=dict)
    part: Where = Field(default_factory=dict)
    thousand: float | None = None
    per_cent: float | None = None
    digits: int = 3
    basis: Literal["published", "derived", "assumed"]
    source: str | None = None
    why: str | None = None
    contradicts: str | None = None
    calibrate: bool = False

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.thousand is None) == (self.per_cent is None):
            raise ValueError(f"{self.id}: give either thousand or per_cent")
        if self.calibrate and self.thousand is None:
            raise ValueError(f"{self.id}: weights are made to meet counts, not per cents")
        if (self.per_cent is None) != (not self.part):
            raise ValueError(f"{self.id}: part belongs to per_cent")
        if (self.source if self.basis == "published" else self.why) is None:
            raise ValueError(f"{self.id}: a published number needs a source, any other needs why")
        if self.of not in BASES:
            raise ValueError(f"{self.id}: unknown base '{self.of}' ({nearest(self.of, BASES)})")
        for key, levels in (self.where | self.part).items():
            if key not in CLASSES:
                raise ValueError(f"{self.id}: unknown class '{key}' ({nearest(key, CLASSES)})")
            for level in [levels] if isinstance(levels, str) else levels:
                if level not in CLASSES[key]:
                    raise ValueError(f"{self.id}: '{level}' is no level of {key} ({nearest(level, CLASSES[key])})")
        return self

    @property
    def value(self) -> float:
        """The number itself, thousand persons or per cent."""
        return self.thousand if self.thousand is not None else float(self.per_cent or 0.0)


class LonelyStratum(Decision):
    """The stratum that gets one village."""

    province: int
    road: int


class Design(Decision):
    """Sample design: villages in all, households a village, power of the stratum's population in the allocation."""

    villages: int
    households: int
    allocation_power: float
    lonely: LonelyStratum


class Province(Decision):
    """Population in thousand and the shares that live in urban villages and in villages without road."""

    code: int
    persons: float
    urban: float
    no_road: float


class Split(Decision):
    """Share of one (job, unit) among the jobs of a status and an institution; ``share_in`` replaces it in an activity."""

    status: str
    institution: str
    job: str
    unit: str
    share: float
    share_in: dict[str, float] = Field(default_factory=dict)


class Jobs(Decision):
    """First guess of the joint table of jobs."""

    status_by_activity: dict[str, dict[str, float]]
    women: dict[str, dict[str, float]]
    public: dict[str, dict[str, float]]
    split: list[Split]


class Plan(Decision):
    """The whole file."""

    sources: dict[str, str]
    targets: list[Target]
    design: Design
    provinces: list[Province]
    jobs: Jobs

    @model_validator(mode="after")
    def _known(self) -> Self:
        ids = [t.id for t in self.targets]
        twice = sorted({i for i in ids if ids.count(i) > 1})
        if twice:
            raise ValueError(f"ids given twice: {', '.join(twice)}")
        unknown = sorted({t.source for t in self.targets if t.source} - set(self.sources))
        if unknown:
            raise ValueError(f"sources not listed: {', '.join(unknown)}")
        return self

    @property
    def calibrated(self) -> list[Target]:
        """Targets that the weights are made to meet."""
        return [t for t in self.targets if t.calibrate]

    def persons(self, identity: str) -> float:
        """Persons (not thousand) of the count with this id; `UserError` where there is none."""
        counts = {t.id: 1000.0 * t.thousand for t in self.targets if t.thousand is not None}
        if identity not in counts:
            raise UserError(
                f"the simulator needs the target '{identity}'", where="targets", todo=nearest(identity, counts)
            )
        return counts[identity]


@functools.cache
def load(folder: Path = DATA) -> Plan:
    """Read `lao_lfs_targets.yaml` in ``folder``; `UserError` where the file does not follow the model."""
    return decisions.load(Plan, folder / "lao_lfs_targets.yaml")


def select(classes: pd.DataFrame, of: str, where: Where) -> np.ndarray:
    """Rows of ``classes`` (columns: bases as booleans, class variables as categoricals) that belong to a target."""
    rows = classes[of].to_numpy(dtype=bool)
    for key, levels in where.items():
        column = classes[key].cat
        codes = [column.categories.get_loc(level) for level in ([levels] if isinstance(levels, str) else levels)]
        rows = rows & np.isin(column.codes.to_numpy(), codes)
    return rows


def compare(classes: pd.DataFrame, weight: np.ndarray, targets: list[Target]) -> pd.DataFrame:
    """Table of the targets: id, basis, unit, target, got, difference, printed (equal to the printed digit).

    ``digits`` of a count are decimals of the thousands: ``-2`` reads "in hundred thousand persons".
    """
    rows = []
    for target in targets:
        inside = select(classes, target.of, target.where)
        total = weight[inside].sum() / 1000.0
        if target.per_cent is not None:
            part = weight[inside & select(classes, target.of, target.where | target.part)].sum() / 1000.0
            total = 100.0 * part / total if total > 0 else float("nan")
        unit = "per cent" if target.per_cent is not None else "thousand"
        # A published figure may lie anywhere in the half unit around its last digit.
        printed = abs(total - target.value) <= 0.5 * 10.0**-target.digits + 1e-9
        rows.append((target.id, target.basis, unit, target.value, total, total - target.value, printed))
    return pd.DataFrame(rows, columns=["id", "basis", "unit", "target", "got", "difference", "printed"])
