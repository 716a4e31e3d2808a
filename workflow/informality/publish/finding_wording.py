"""Which wording of a finding is true of its estimates."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from informality.publish.finding_entries import Condition


@dataclass(frozen=True)
class Interval:
    """A value's 95 % interval, and the value itself, in display units (per cent for shares); ``apart``: the interval of every other lies
    beyond it.
    """

    low: float
    high: float
    apart: bool = False
    value: float = math.nan

    def written_as(self, other: Interval) -> bool:
        """Whether the two values, which are rounded, are the same number."""
        return math.isclose(self.value, other.value, abs_tol=1e-9)


def holds(condition: Condition, intervals: Mapping[str, Interval], verdicts: Mapping[str, str]) -> bool:
    """Whether all that a condition asks is true; an interval that is not known lies nowhere."""
    if condition.difference is not None:
        return verdicts[condition.difference] == condition.shows
    interval = intervals[condition.value or ""]
    asked = [condition.above is None or interval.low > condition.above]
    asked.append(condition.below is None or interval.high < condition.below)
    if condition.within is not None:
        asked.append(condition.within[0] <= interval.low and interval.high <= condition.within[1])
    asked.append(condition.apart is None or interval.apart == condition.apart)
    asked.append(condition.equals is None or interval.written_as(intervals[condition.equals]))
    of_interval = any(x is not None for x in (condition.above, condition.below, condition.within))
    known = math.isfinite(interval.low) and math.isfinite(interval.high)
    return all(asked) and (known or not of_interval)


def chosen(
    wordings: Mapping[str, Sequence[Condition]], intervals: Mapping[str, Interval], verdicts: Mapping[str, str]
) -> str | None:
    """The first wording of which every condition holds; None where there is none."""
    return next(
        (
            name
            for name, conditions in wordings.items()
            if all(holds(condition, intervals, verdicts) for condition in conditions)
        ),
        None,
    )
