"""`workflow/estimates.yaml`: what is computed, and the requests that follow from it for one survey."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from informality import vocabulary as v
from informality.decisions import Decision
from informality.errors import nearest

WHERE = "workflow/estimates.yaml"
QUESTION = "{question}"


class Category(Decision):
    """One category with a universe of its own, or one that is left out where nobody is in it."""

    value: str
    universe: str | None = None
    where_present: bool = False


class Difference(Decision):
    """Two levels of one dimension that are compared, with their covariance; ``_T`` for all levels together.

    ``within``: in each cell of these dimensions. Findings may compare only what is declared here, before the run (decision 26).
    """

    dimension: str
    plus: str
    minus: str
    within: list[str] = Field(default_factory=list, max_length=2)


Measure = Literal["share", "persons", "hours", "currency", "number"]
# What can be estimated of a condition, and of a number.
OF_CONDITIONS, OF_NUMBERS = ("share", "total"), ("mean", "total", "quantile", "ratio")
# The statistic that the declared differences of an indicator compare: the first of these that it has.
COMPARED = ("share", "mean", "ratio")


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class Indicator(Decision):
    """One indicator among one universe or several, in the domains of one list of breakdowns or several.

    It is a condition (or one for each category); or, where ``measure`` says what it counts, a number, and with ``over`` the ratio
    of two. ``interval``: that of its shares. ``tests``: dimensions of which it is tested whether it is independent of them.
    ``within``: a universe to which those of the indicator are narrowed. ``category_of``: a category for each level of these columns, or each pair of levels of two.
    """

    per: Literal["concept", "variant", "branch", "law"]
    universe: Annotated[list[str], BeforeValidator(_listed)] = Field(default_factory=list)
    within: str | None = None
    value: str | None = None
    categories: dict[str, str | Category] = Field(default_factory=dict)
    category_of: list[str | Annotated[list[str], Field(min_length=2, max_length=2)]] = Field(default_factory=list)
    for_each: Literal["question"] | None = None
    measure: Measure | None = None
    over: str | None = None
    statistics: list[Literal["share", "total", "mean", "ratio", "quantile"]] = Field(min_length=1)
    quantiles: list[Annotated[float, Field(gt=0, lt=1)]] = Field(default_factory=list)
    interval: Literal["logit", "beta", "wilson", "t"] | None = None
    by: Annotated[list[str], BeforeValidator(_listed), Field(min_length=1)]
    narrow: str | None = None
    also: str | None = None
    main_branch_only: bool = False
    bounds: bool = False
    differences: list[Difference] = Field(default_factory=list)
    tests: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _one_way(self) -> Indicator:
        if [self.value is not None, bool(self.categories), bool(self.category_of)].count(True) != 1:
            raise ValueError("give either 'value', 'categories' or 'category_of'")
        if self.main_branch_only and self.per != "law":
            raise ValueError("'main_branch_only' goes with per: law")
        if (self.narrow and self.per != "law") or (self.also and self.per not in ("branch", "law")):
            raise ValueError("'narrow' goes with per: law, 'also' with per: branch or law")
        own = [isinstance(c, Category) and c.universe is not None for c in self.categories.values()]
        if not self.universe and not (own and all(own)):
            raise ValueError("'universe' is required")
        if self.for_each is not None and (self.value is None or len(self.universe) > 1):
            raise ValueError(
                f"'for_each' goes with 'value' and one universe, in which {QUESTION} stands for the question's column"
            )
        self._check_statistics()
        self._check_parts()
        return self

    def _check_statistics(self) -> None:
        for name in ("universe", "statistics", "quantiles", "tests"):
            given = getattr(self, name)
            if len(set(given)) < len(given):
                raise ValueError(f"'{name}' names something twice")
        allowed = OF_CONDITIONS if self.measure is None else OF_NUMBERS
        for statistic in self.statistics:
            if statistic not in allowed and self.measure is None:
                raise ValueError(
                    f"a {statistic} is of a number: say by 'measure' what it counts ({', '.join(v.MEASURES)}), "
                    f"or estimate of a condition its {' or '.join(allowed)}"
                )
            if statistic not in allowed:
                raise ValueError("a share is of a condition: leave 'measure' out, or estimate the mean")
        if ("ratio" in self.statistics) != (self.over is not None):
            raise ValueError("'over' (the denominator) and the statistic ratio go together")
        if self.over is not None and len(self.statistics) > 1:
            raise ValueError("a ratio has a measure of its own: declare other statistics as another indicator")
        if ("quantile" in self.statistics) != bool(self.quantiles):
            raise ValueError("'quantiles', e.g. [0.25, 0.5, 0.75], and the statistic quantile go together")

    def _check_parts(self) -> None:
        plain = self.value is not None and self.for_each is None
        if self.quantiles and not plain:
            raise ValueError(
                "quantiles go with 'value' only: they are called p25, p50 … where categories have their names"
            )
        if self.tests and not (plain and self.measure is None):
            raise ValueError("'tests' go with a 'value' that is a condition")
        for key in ("interval", "bounds"):
            if getattr(self, key) and "share" not in self.statistics:
                raise ValueError(f"'{key}' is of shares, and no share is asked for")
        if self.differences and self.compared is None:
            raise ValueError(
                f"differences compare a {', '.join(COMPARED[:-1])} or {COMPARED[-1]}, and none is asked for"
            )

    @property
    def compared(self) -> str | None:
        """The statistic that differences compare."""
        return next((s for s in COMPARED if s in self.statistics), None)


class Declared(Decision):
    """All of `estimates.yaml`."""

    universes: dict[str, str]
    breakdowns: dict[str, list[list[str]]]
    indicators: dict[str, Indicator]

    @model_validator(mode="after")
    def _names_are_known(self) -> Declared:
        for name, breakdowns in self.breakdowns.items():
            for by in breakdowns:
                for dimension in by:
                    if dimension not in v.DIMENSIONS:
                        raise ValueError(f"breakdowns.{name}: '{dimension}'; {nearest(dimension, v.DIMENSIONS)}")
                if len(by) > 3:
                    raise ValueError(f"breakdowns.{name}: a breakdown has at most three dimensions")
        for name, indicator in self.indicators.items():
            for key in ("by", "narrow", "also"):
                for by_name in _listed(getattr(indicator, key)) or ():
                    if by_name not in self.breakdowns:
                        raise ValueError(f"indicators.{name}.{key}: '{by_name}'; {nearest(by_name, self.breakdowns)}")
            for difference in indicator.differences:
                _check_difference(f"indicators.{name}.differences", difference)
            for dimension in indicator.tests:
                if dimension not in v.DIMENSIONS:
                    raise ValueError(f"indicators.{name}.tests: '{dimension}'; {nearest(dimension, v.DIMENSIONS)}")
            if indicator.for_each is not None:
                continue
            own = [c.universe for c in indicator.categories.values() if isinstance(c, Category)]
            for universe in filter(None, [*indicator.universe, *own, indicator.within]):
                if universe not in self.universes:
                    raise ValueError(f"indicators.{name}.universe: '{universe}'; {nearest(universe, self.universes)}")
        return self


def _check_difference(where: str, difference: Difference) -> None:
    for dimension in (difference.dimension, *difference.within):
        if dimension not in v.DIMENSIONS:
            raise ValueError(f"{where}: '{dimension}'; {nearest(dimension, v.DIMENSIONS)}")
    levels = v.VARIABLES[difference.dimension].levels
    for level in (difference.plus, difference.minus):
        if levels is not None and level not in (*levels, v.TOTAL):
            raise ValueError(f"{where}: '{level}'; {nearest(level, levels)}")
