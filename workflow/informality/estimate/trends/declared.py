"""`workflow/trends.yaml`: what is followed over the waves of a family."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from informality.decisions import Decision, load, shown
from informality.errors import UserError, nearest
from informality.estimate.declared import WHERE, Declared


class Trend(Decision):
    """One indicator of `estimates.yaml`; ``variants``: those that are followed, of an indicator per variant."""

    variants: list[str] = Field(default_factory=list)
    by: list[list[str]] = Field(min_length=1)


class Trends(Decision):
    """All of `trends.yaml`."""

    indicators: dict[str, Trend] = Field(min_length=1)


def load_trends(path: Path, declared: Declared) -> tuple[Trends, Declared]:
    """Read `trends.yaml`; with it what `estimates.yaml` (``declared``) says of the indicators that it names.

    UserError: an indicator that is not declared there, has no share or is estimated per branch or law; a breakdown that it has not.
    """
    trends = load(Trends, path)
    for name, trend in trends.indicators.items():
        where = f"{shown(path)}, indicators.{name}"
        if name not in declared.indicators:
            raise UserError(f"no indicator '{name}' is declared", where=where, todo=nearest(name, declared.indicators))
        indicator = declared.indicators[name]
        if "share" not in indicator.statistics or indicator.per not in ("concept", "variant"):
            raise UserError(
                f"'{name}' has no share per concept or variant",
                where=where,
                todo="follow another indicator: counts and magnitudes are not compared across waves",
            )
        if bool(trend.variants) != (indicator.per == "variant"):
            word = "needs" if indicator.per == "variant" else "has no"
            raise UserError(f"'{name}' {word} 'variants'", where=where, todo=f"it is estimated per {indicator.per}")
        for by in trend.by:
            if not any(by in declared.breakdowns[name] for name in indicator.by):
                raise UserError(
                    f"'{name}' is not declared by {', '.join(by) or 'nothing'}",
                    where=where,
                    todo=f"add the breakdown to '{indicator.by[0]}' in {WHERE}, or leave it out",
                )
    kept = {name: indicator for name, indicator in declared.indicators.items() if name in trends.indicators}
    return trends, declared.model_copy(update={"indicators": kept})
