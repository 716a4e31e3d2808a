"""Expected values with their slopes, and how far each scenario reaches: the arithmetic of scenarios, without chance (decision 22).

Person i is covered with probability b. A scenario with effect p covers those of its target m who are not, with probability p. Of
scenarios one after the other each acts on what is left:

    gain of s = (1 - b) (product over those before s of (1 - p_t m_t)) p_s m_s

so over all orders the gain is largest where s stands alone and smallest where it comes last, and all gains together are
1 - b - (1 - b) product of all (1 - p_t m_t), whatever the order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from informality.estimate.codes import Floats


@dataclass(frozen=True, eq=False)
class Expected:
    """A value for each kind of person, ``value`` (n), and its slopes by each estimated quantity, ``slope`` (k × n)."""

    value: Floats
    slope: Floats

    def __mul__(self, other: Expected) -> Expected:
        """Product, kind by kind."""
        return Expected(self.value * other.value, self.slope * other.value + other.slope * self.value)

    def rest(self) -> Expected:
        """1 minus it."""
        return Expected(1 - self.value, -self.slope)

    def part(self, share: float) -> Expected:
        """A constant share of it."""
        return Expected(share * self.value, share * self.slope)


def effect(rule: str, effort: float, covered: float) -> tuple[float, float]:
    """Probability that somebody of the target who is not covered becomes so, and its slope by the target's covered share c.

    ``compliance`` x: p = max(0, (x - c) / (1 - c)), so that c + (1 - c) p = x; dp/dc = (x - 1) / (1 - c)^2. ``joining`` y: p = y.
    """
    if rule == "joining":
        return effort, 0.0
    if covered >= effort or covered >= 1:
        return 0.0, 0.0
    return (effort - covered) / (1 - covered), (effort - 1) / (1 - covered) ** 2


def left(uncovered: Expected, reaches: Sequence[Expected]) -> Expected:
    """What is still not covered after scenarios whose reach p m is given."""
    for reach in reaches:
        uncovered = uncovered * reach.rest()
    return uncovered


def gains_in_order(uncovered: Expected, reaches: Sequence[Expected]) -> list[Expected]:
    """The gain of each scenario after those before it."""
    return [left(uncovered, reaches[:place]) * reach for place, reach in enumerate(reaches)]


def gain_last(uncovered: Expected, reaches: Sequence[Expected], place: int) -> Expected:
    """The gain of one scenario after all others."""
    return left(uncovered, [*reaches[:place], *reaches[place + 1 :]]) * reaches[place]


def total(values: Sequence[Expected]) -> Expected:
    """Sum of one value or more."""
    return Expected(
        sum((x.value for x in values[1:]), values[0].value), sum((x.slope for x in values[1:]), values[0].slope)
    )
