"""PSU × domain sums: rows are read once per breakdown, its margins add up those sums and never the rows.

What a variance needs is summed by entry, what only
describes a domain is summed by domain. All sums run in the order of the rows or of the entries, so the same input gives the
same bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from informality.estimate.codes import Bools, Floats, Ints, group_sums
from informality.estimate.columns import MISSING, Amount, Flag
from informality.estimate.entries import Entries


@dataclass(frozen=True, eq=False)
class Parts:
    """Sums by entry: of the weights of rows with a known value, of w y, and where they say more, of others.

    ``base`` (w x) for ratios only. Where weights of 0 or negative values are about: ``n`` and ``event`` (rows with a known
    value, and of a weight above 0 with one that is not 0), since otherwise ``w`` > 0 and ``wy`` > 0 tell which entries have any. Where weights of
    0 and missing values are: ``w_lost`` (weights of rows with a missing value), since otherwise every entry has a weight, or
    one only by its known rows. ``all_weighted``: no row has the weight 0.
    """

    w: Floats
    wy: Floats
    base: Floats | None = None
    w_lost: Floats | None = None
    n: Floats | None = None
    event: Floats | None = None
    all_weighted: bool = False

    @property
    def wx(self) -> Floats:
        """The denominator: w x of a ratio, else w."""
        return self.w if self.base is None else self.base

    @property
    def known(self) -> Bools:
        """Entries with a row whose value is known."""
        return (self.w if self.n is None else self.n) > 0

    @property
    def with_event(self) -> Bools:
        """Entries with a row whose value is not 0."""
        return (self.wy if self.event is None else self.event) > 0

    @property
    def weighted(self) -> Bools:
        """Entries with a row of a weight above 0, its value known or missing."""
        if self.all_weighted:
            return np.ones(len(self.w), dtype=np.bool_)
        return self.w > 0 if self.w_lost is None else (self.w > 0) | (self.w_lost > 0)

    def add_up(self, group: Ints, size: int) -> Parts:
        """The sums of groups of entries."""

        def over(values: Floats | None) -> Floats | None:
            return None if values is None else group_sums(values, group, size)

        return Parts(
            w=group_sums(self.w, group, size),
            wy=group_sums(self.wy, group, size),
            base=over(self.base),
            w_lost=over(self.w_lost),
            n=over(self.n),
            event=over(self.event),
            all_weighted=self.all_weighted,
        )


@dataclass(frozen=True, eq=False)
class Totals:
    """Sums by domain.

    Rows with a known value (``n``), of these with a weight above 0 (``used``), of those with a value that is not 0 (``event``); rows
    of a weight above 0 with a missing value (``lost``); weights (``w``, ``w_lost``), ``wy``, ``wx``. ``squares``: sum of
    w (y - mean)^2. Of magnitudes: sum of w |y| (``absolute``), largest and second largest w |y| (``top``, ``second``).
    """

    n: Floats
    event: Floats
    used: Floats
    lost: Floats
    w: Floats
    w_lost: Floats
    wy: Floats
    wx: Floats
    squares: Floats
    absolute: Floats | None = None
    top: Floats | None = None
    second: Floats | None = None

    def add_up(self, group: Ints, size: int) -> Totals:
        """The sums of groups of domains; the squares are about the mean of the group."""
        added = {name: group_sums(value, group, size) for name, value in vars(self).items() if name in _ADDITIVE}
        shift = quotient(self.wy, self.w) - quotient(added["wy"], added["w"])[group]
        added["squares"] = group_sums(self.squares + self.w * np.square(shift), group, size)
        if self.absolute is not None and self.top is not None and self.second is not None:
            added["absolute"] = group_sums(self.absolute, group, size)
            both = np.concatenate([self.top, self.second])
            added["top"], added["second"] = _two_largest(both, np.tile(group, 2), size)
        return Totals(**added)


# One in so many values is looked at first to find the largest of a group.
SAMPLED = 32
# Codes of a flag: no, yes, missing.
CODES = MISSING + 1
_ADDITIVE = ("n", "event", "used", "lost", "w", "w_lost", "wy", "wx")


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums of one measured column by entry and by domain."""

    parts: Parts
    totals: Totals


class Rows:
    """The rows of one universe and their weights, reduced column by column to the entries of one breakdown."""

    def __init__(self, entries: Entries, weight: Floats) -> None:
        """Entries and weights of the rows of the universe, in one order."""
        self.entries = entries
        self.weight = weight
        self.unweighted = np.flatnonzero(weight == 0)

    @cached_property
    def _n_rows(self) -> Floats:
        return self._count(self.entries.source_domain, self.entries.n_domains)

    def sums(self, column: Flag | Amount) -> Sums:
        """Sums of a column whose rows are those of the universe."""
        return self._flag(column) if isinstance(column, Flag) else self._amount(column)

    def _flag(self, column: Flag) -> Sums:
        """The code of the value joins the key: one pass each for weights and for counts."""
        domain, size, n_domains = self.entries.domain, self.entries.size, self.entries.n_domains
        key = _with_code(self.entries.source, column)
        no, yes, lost = group_sums(self.weight, key, CODES * size).reshape(size, CODES).T.copy()
        zeros = len(self.unweighted) > 0
        n_entry = self._count(key, CODES * size).reshape(size, CODES) if zeros else None
        used_entry = self._count(key[self.weight > 0], CODES * size).reshape(size, CODES) if zeros else None
        key = _with_code(self.entries.source_domain, column)
        rows = self._count(key, CODES * n_domains).reshape(n_domains, CODES)
        used = self._count(key[self.weight > 0], CODES * n_domains).reshape(n_domains, CODES) if zeros else rows
        some_lost = bool(rows[:, MISSING].any())
        parts = Parts(
            w=no + yes,
            wy=yes,
            w_lost=lost if some_lost and zeros else None,
            n=None if n_entry is None else n_entry[:, 0] + n_entry[:, 1],
            event=None if used_entry is None else used_entry[:, 1].copy(),
            all_weighted=not zeros,
        )
        event = group_sums(yes, domain, n_domains)
        weight = group_sums(no, domain, n_domains) + event
        totals = Totals(
            n=rows[:, 0] + rows[:, 1],
            event=used[:, 1].copy(),
            used=used[:, 0] + used[:, 1],
            lost=used[:, MISSING].copy(),
            w=weight,
            w_lost=group_sums(lost, domain, n_domains) if some_lost else np.zeros(n_domains),
            wy=event,
            wx=weight,
            squares=quotient(event * (weight - event), weight),
        )
        return Sums(parts, totals)

    def _amount(self, column: Amount) -> Sums:
        source, size = self.entries.source, self.entries.size
        domain, row_domain, n_domains = self.entries.domain, self.entries.source_domain, self.entries.n_domains
        lost = np.flatnonzero(~column.known)
        no_event = np.flatnonzero(column.value == 0)
        negative = bool(column.value.min(initial=0.0) < 0)
        weight = self.weight * column.known if len(lost) else self.weight
        contribution = weight * column.value
        base = None if column.base is None else group_sums(weight * column.base, source, size)
        zeros = len(self.unweighted) > 0
        n = event = None
        if zeros or negative:
            n = self._count(source, size) - self._count(source[lost], size)
            event = self._count(source[(column.value != 0) & (self.weight > 0)], size)
        parts = Parts(
            w=group_sums(weight, source, size),
            wy=group_sums(contribution, source, size),
            base=base,
            w_lost=group_sums(self.weight[lost], source[lost], size) if len(lost) and zeros else None,
            n=n,
            event=event,
            all_weighted=not zeros,
        )
        w, wy = (group_sums(part, domain, n_domains) for part in (parts.w, parts.wy))
        if negative:
            np.abs(contribution, out=contribution)
        top, second = _two_largest(contribution, row_domain, n_domains)
        absolute = group_sums(contribution, row_domain, n_domains) if negative else wy
        deviation = np.subtract(column.value, quotient(wy, w).take(row_domain), out=contribution)
        deviation *= deviation
        deviation *= weight
        known = self._n_rows - self._count(row_domain[lost], n_domains)
        unused = self.unweighted
        totals = Totals(
            n=known,
            event=self._n_rows
            - self._count(row_domain[no_event], n_domains)
            - self._count(row_domain[unused[column.value[unused] != 0]], n_domains),
            used=known - self._count(row_domain[unused[column.known[unused]]], n_domains),
            lost=self._count(row_domain[lost[self.weight[lost] > 0]], n_domains),
            w=w,
            w_lost=group_sums(self.weight[lost], row_domain[lost], n_domains),
            wy=wy,
            wx=w if base is None else group_sums(base, domain, n_domains),
            squares=group_sums(deviation, row_domain, n_domains),
            absolute=absolute,
            top=top,
            second=second,
        )
        return Sums(parts, totals)

    @staticmethod
    def _count(group: Ints, size: int) -> Floats:
        return np.bincount(group, minlength=size).astype(np.float64)


def _with_code(group: Ints, column: Flag) -> Ints:
    """A key of the group and the code of each row; made for each column, since to keep it would cost as much as the rows."""
    key = group * CODES
    key += column.code
    return key


def regroup(sums: Sums, entries: Entries) -> Sums:
    """The sums of the margin ``entries`` from those of the breakdown that it is a margin of."""
    return Sums(sums.parts.add_up(entries.source, entries.size), sums.totals.add_up(entries.up, entries.n_domains))


def quotient(a: Floats, b: Floats) -> Floats:
    """a / b, 0 where b is 0: such a domain has no weight and adds nothing."""
    return np.divide(a, b, out=np.zeros(len(a)), where=b != 0)


def _two_largest(values: Floats, group: Ints, size: int) -> tuple[Floats, Floats]:
    """Largest and second largest of the values >= 0 in each group; 0 where there is none."""
    if len(values) > SAMPLED * size:
        # The second largest of a part of the values is a bound that few of all reach.
        _, bound = _two_largest(values[::SAMPLED], group[::SAMPLED], size)
        reach = np.flatnonzero(values >= bound.take(group))
        values, group = values[reach], group[reach]
    first = np.zeros(size)
    np.maximum.at(first, group, values)
    hits = np.flatnonzero(values == first[group])
    holder: Any = np.full(size, -1, dtype=np.intp)
    # Written backwards, so that of several equal values the first holds the place and the others may come second.
    holder[group[hits][::-1]] = hits[::-1]
    rest = values.copy()
    rest[holder[holder >= 0]] = 0.0
    second = np.zeros(size)
    np.maximum.at(second, group, rest)
    return first, second
