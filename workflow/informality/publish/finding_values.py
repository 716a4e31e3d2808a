"""The published estimates behind a finding: one row, the extreme one of several, or a declared difference; flagged ones are refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from pandas import DataFrame

from informality.govern.flags import BOUNDED, BY_DEFINITION, citable
from informality.publish.card import Card, Pair
from informality.publish.finding_entries import CATEGORY, Difference, Value
from informality.publish.finding_wording import Interval
from informality.publish.keys import Scope
from informality.publish.maker import Maker
from informality.publish.requests import Declared
from informality.publish.select import CLASS, LEVEL, Estimates, NotMade, resolved
from informality.publish.text import MOST_DIGITS, Texts
from informality.publish.words import category_label, level_label, variant_label
from informality.vocabulary import OTHER, READINGS, UNKNOWN

# Levels that are no group of persons whom a finding could name.
_NO_GROUP = (OTHER, UNKNOWN, "not_classifiable")


@dataclass(frozen=True)
class Found:
    """A published row (a mapping of its columns), in display units, and what it is called.

    ``pair``: variant (empty where the indicator does not depend on one) and concept. ``level``: what was sought; ``group``: its label
    with those of all that it cannot be told from; ``unranked``: how many others have no reliable estimate.
    """

    row: Mapping[str, Any]
    pair: Pair
    label: str
    estimate: float
    interval: Interval
    level: str = ""
    group: tuple[str, ...] = ()
    unranked: int = 0

    @property
    def measure(self) -> str:
        """What it counts: share, persons, hours, number or a currency."""
        return str(self.row["measure"])


class Evidence:
    """Looks up what findings refer to, for one survey in one language. NotMade, with the reason, for what may not be cited."""

    def __init__(self, hub: Estimates, card: Card, declared: Declared, texts: Texts) -> None:
        """See the class."""
        self.hub, self.card, self.declared, self.texts = hub, card, declared, texts

    def value(self, value: Value) -> Found:
        """The row of a value."""
        maker, pair = self._maker(value.variant, value.concept, value.indicator)
        rows = maker.found(value.selection, (LEVEL, CLASS))
        for name, level in value.at.items():
            rows = rows[rows[resolved([name], self.card)[0]] == level]
        if value.sought is None:
            return self._one(rows, value, pair)
        return self._extreme(rows, value, value.sought, pair)

    def difference(self, difference: Difference) -> Found:
        """The row of a declared difference."""
        maker, pair = self._maker(None, None, difference.indicator)
        rows = maker.found(difference.selection)
        for name, level in {difference.dimension: difference.level, **difference.within}.items():
            rows = rows[rows[name] == level]
        row = _only(rows)
        names = [self._level(difference.dimension, level) for level in (difference.plus, difference.minus)]
        within = [self._level(name, level) for name, level in difference.within.items()]
        label = self.texts.join(
            [
                self.texts.t(f"indicator.{difference.indicator}"),
                *within,
                self.texts.t("finding_word.less", a=names[0], b=names[1]),
                *self._conditions(row),
            ]
        )
        return _found(row, pair, label)

    def _maker(self, variant: str | None, concept: str | None, indicator: str) -> tuple[Maker, Pair]:
        """A maker of figures on this variant and concept; what does not depend on a standard has the survey's own."""
        primary = self.card.primary
        pair = Pair(variant=variant or primary.variant, concept=concept or primary.concept)
        if (variant or concept) and pair not in self.card.pairs:
            raise NotMade("nothing_to_compare")
        if self.declared.per(indicator) == "variant" and pair.variant in self.card.provisional_variants:
            raise NotMade("provisional")
        card = self.card if pair == primary else self.card.model_copy(update={"primary": pair})
        shown = pair if self.declared.per(indicator) == "variant" else Pair(variant="", concept=pair.concept)
        return Maker(self.hub, Scope(card, self.declared), self.texts), shown

    def _one(self, rows: DataFrame, value: Value, pair: Pair) -> Found:
        row = _only(rows)
        levels = [self._level(name, level) for name, level in value.at.items()]
        return _found(row, pair, self._label(value, row, levels))

    def _extreme(self, rows: DataFrame, value: Value, sought: str, pair: Pair) -> Found:
        column = sought if sought == CATEGORY else resolved([sought], self.card)[0]
        rows = rows[~rows[column].isin(_NO_GROUP)]
        if value.among is not None:
            rows = rows[rows[column].isin(value.among)]
        rows = rows[rows["flag_reason"] != BY_DEFINITION]
        records = _records(rows)
        ranked = [r for r in records if citable(r) and np.isfinite(r["ci_low"]) and np.isfinite(r["ci_high"])]
        if len(ranked) < 2:
            raise NotMade("no_ranking", [] if sought == CATEGORY else [column])
        sign = 1.0 if value.largest else -1.0
        top = max(ranked, key=lambda r: sign * r["estimate"])
        near = [r for r in records if r is not top and _reaches(r, top, largest=sign > 0)]
        if any(r not in ranked for r in near):
            # An unreliable estimate that may be the extreme one leaves open which it is.
            raise NotMade("no_ranking", [] if sought == CATEGORY else [column])
        near.sort(key=lambda r: -sign * r["estimate"])
        names = [self._named(value, column, str(r[column])) for r in (top, *near)]
        found = _found(top, pair, self._label(value, top, [names[0]]), apart=not near)
        return replace(found, level=names[0], group=tuple(names), unranked=len(records) - len(ranked))

    def _named(self, value: Value, column: str, level: str) -> str:
        if column != CATEGORY:
            return self._level(column, level)
        return category_label(value.indicator, level, self.card, self.texts, value.split or ())

    def _level(self, name: str, level: str) -> str:
        return level_label(name, level, self.card, self.texts)

    def _label(self, value: Value, row: Mapping[str, Any], levels: list[str]) -> str:
        own = value.category is not None and value.sought != CATEGORY and value.statistic != "quantile"
        category = self._named(value, CATEGORY, str(row["category"])) if own else ""
        quantile = self.texts.t(f"statistic.{value.category}") if value.statistic == "quantile" else ""
        return self.texts.join(
            [self.texts.t(f"indicator.{value.indicator}"), category, *levels, quantile, *self._told_apart(value, row)]
        )

    def _conditions(self, row: Mapping[str, Any]) -> Iterator[str]:
        """Universe, and reading of the law or strength of an assumption, in words."""
        if self.texts.has(f"group.{row['universe']}"):
            yield self.texts.t(f"group.{row['universe']}")
        if row["assumption"] in READINGS:
            yield self.texts.t(f"reading.{row['assumption']}")
        elif row["assumption"]:
            yield self.texts.t(f"assumption.{row['assumption']}")

    def _told_apart(self, value: Value, row: Mapping[str, Any]) -> Iterator[str]:
        """What tells a value from others of the same finding: universe, reading or strength, standard and concept."""
        yield from self._conditions(row)
        if value.variant is not None:
            yield variant_label(value.variant, self.texts)
        if value.concept is not None:
            yield self.texts.t(f"concept.{value.concept}")


def _records(rows: DataFrame) -> list[dict[str, Any]]:
    return [dict(zip(rows.columns, values, strict=True)) for values in rows.to_numpy(dtype=object)]


def _only(rows: DataFrame) -> Mapping[str, Any]:
    """The one row that is left, if it may be cited."""
    if len(rows) != 1:
        raise NotMade("no_estimates")
    row = _records(rows)[0]
    if not citable(row):
        raise NotMade(row["flag_reason"] or "not_estimable")
    return row


def _found(row: Mapping[str, Any], pair: Pair, label: str, *, apart: bool = False) -> Found:
    scale = 100.0 if row["measure"] == "share" else 1.0
    value, low, high = (round(float(row[name]) * scale, MOST_DIGITS) for name in ("estimate", "ci_low", "ci_high"))
    interval = Interval(low, high, apart, value)
    return Found(row, pair, label, value, interval)


def _reaches(row: Mapping[str, Any], top: Mapping[str, Any], *, largest: bool) -> bool:
    """Whether a row of which something is shown cannot be told from the extreme one by their intervals."""
    low, high = _span(row)
    return bool(high >= top["ci_low"]) if largest else bool(low <= top["ci_high"])


def _span(row: Mapping[str, Any]) -> tuple[float, float]:
    """Where a value may lie, as far as it is shown; NaN where nothing is."""
    if row["flag"] == BOUNDED:
        low, high = row["bound_low"], row["bound_high"]
        return (low if np.isfinite(low) else 0.0, high if np.isfinite(high) else np.inf)
    if np.isfinite(row["ci_low"]) and np.isfinite(row["ci_high"]):
        return row["ci_low"], row["ci_high"]
    return row["estimate"], row["estimate"]
