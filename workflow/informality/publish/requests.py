"""What figures and tables ask for, held against what `workflow/estimates.yaml` declares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from informality.decisions import read_yaml
from informality.errors import UserError, nearest
from informality.publish.figure_entries import ANY
from informality.vocabulary import COMPLIANCE_STEPS, SPLIT, TAKE_UP

PER_SCENARIO = "scenario"
_BY_SEX_AND_INDUSTRY = [[], ["sex"], ["industry"], ["industry_national"], ["industry3"]]
# Scenarios bring indicators of their own, described in `informality/estimate/scenarios/run.py`.
SCENARIO_INDICATORS: dict[str, dict[str, Any]] = {
    "scenario_gain_alone": {"statistics": ["total"], "by": _BY_SEX_AND_INDUSTRY},
    "scenario_gain_in_order": {"statistics": ["total"], "by": _BY_SEX_AND_INDUSTRY},
    "scenario_gain_last": {"statistics": ["total"], "by": _BY_SEX_AND_INDUSTRY},
    "scenario_coverage": {"statistics": ["share", "total"], "by": _BY_SEX_AND_INDUSTRY},
    "scenario_contribution": {"statistics": ["total"], "by": [[]]},
    "scenario_cost_gdp": {"statistics": ["total"], "by": [[]]},
    "scenario_phase_in": {"statistics": ["total"], "by": [[]]},
}


class Request(NamedTuple):
    """One thing that an item shows. ``extents``: the lists of breakdowns (by, narrow, also) that have to hold it."""

    item: str
    indicator: str
    statistic: str
    by: tuple[str, ...]
    extents: tuple[str, ...] = ("by",)
    own: bool = True


@dataclass(frozen=True)
class Declared:
    """Indicators by name, with ``per``, ``statistics`` and their lists of breakdowns."""

    indicators: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    breakdowns: Mapping[str, list[list[str]]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Declared:
        """What estimates.yaml declares, and the scenarios beside it."""
        content = read_yaml(path)
        scenarios = {name: {"per": PER_SCENARIO, **entry} for name, entry in SCENARIO_INDICATORS.items()}
        return cls({**content.get("indicators", {}), **scenarios}, content.get("breakdowns", {}))

    def per(self, indicator: str) -> str:
        """What an indicator is estimated per: concept, variant, branch, law, scenario."""
        return str(self.indicators.get(indicator, {}).get("per", "variant"))

    def listed(self, indicator: str, extent: str) -> list[list[str]]:
        """The breakdowns of one extent; none where the indicator has none of it."""
        given = self.indicators[indicator].get(extent) or []
        names = [given] if isinstance(given, str) else given
        # Scenarios bring their breakdowns themselves.
        return [by for name in names for by in (self.breakdowns.get(name, []) if isinstance(name, str) else [name])]


_FILES = {"F": "figures", "N": "findings", "T": "tables"}
# Columns of which categories are made.
_LEVELS = {"split": SPLIT, "step": COMPLIANCE_STEPS, "take_up": TAKE_UP}
_EXTENTS = {"narrow": "in the narrow reading", "also": "for other branches and laws"}


def check_declared(requests: Iterable[Request], declared: Declared, file: str) -> None:
    """UserError where an item shows what is not computed: indicator, statistic, breakdown, reading, branch or law."""
    for request in requests:
        where = f"{request.item} in {_FILES.get(request.item[0], 'ilostat')}.yaml"
        if request.indicator not in declared.indicators:
            raise UserError(
                f"no estimate '{request.indicator}' is declared",
                where=where,
                todo=nearest(request.indicator, declared.indicators),
            )
        statistics = declared.indicators[request.indicator].get("statistics", [])
        if request.statistic not in statistics:
            raise UserError(
                f"no {request.statistic} of '{request.indicator}' is declared",
                where=where,
                todo=nearest(request.statistic, statistics),
            )
        if list(request.by) not in declared.listed(request.indicator, "by"):
            raise UserError(
                f"'{request.indicator}' is not declared by {', '.join(request.by) or 'nothing'}",
                where=where,
                todo=f"add the breakdown to {file}, or show another",
            )
        _check_extents(request, declared, where, file)


def _check_extents(request: Request, declared: Declared, where: str, file: str) -> None:
    per = declared.per(request.indicator)
    for extent in request.extents:
        if extent == "by" or per not in ("branch", "law") or (extent == "narrow" and per == "branch"):
            continue
        if not declared.listed(request.indicator, extent):
            raise UserError(
                f"'{request.indicator}' is not estimated {_EXTENTS[extent]}",
                where=where,
                todo=f"give it '{extent}:' in {file}, or show something else",
            )


def check_measure(indicator: str, universe: str, category: str | None, declared: Declared, where: str) -> None:
    """UserError for a universe, a quantile or a category of an indicator that is not declared."""
    content = declared.indicators.get(indicator, {})
    universes = content.get("universe", [])
    universes = [universes] if isinstance(universes, str) else universes
    # Questions and categories have universes of their own.
    own = "for_each" in content or "categories" in content
    if universe != ANY and not own and universes and universe not in universes:
        raise UserError(
            f"'{indicator}' is not declared among '{universe}'", where=where, todo=nearest(universe, universes)
        )
    if content.get("per") == PER_SCENARIO:
        return
    names = [f"p{100 * p:g}" for p in content.get("quantiles", [])] or list(content.get("categories", {}))
    names += [level for column in content.get("category_of", []) for level in _LEVELS.get(str(column), ())]
    if category is not None and category not in names:
        raise UserError(f"'{indicator}' has no category '{category}'", where=where, todo=nearest(category, names))
